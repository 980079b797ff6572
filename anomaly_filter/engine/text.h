/* A line's text, and what of it is compared. */
#ifndef ANOMALY_FILTER_TEXT_H
#define ANOMALY_FILTER_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* As lines.py has them; test_scanner.py holds them together. */
#define TEXT_LIMIT ((size_t)32000)
#define LINE_LIMIT ((size_t)32 << 20)

/* U+FFFD, three bytes, may stand for each byte. */
#define CLEAN_LIMIT (3 * TEXT_LIMIT)

/* In a cleaned text, where white space was that is not ASCII. Clean texts have no control character but tab and
 * CR, so this one is free. */
#define WIDE_SPACE 0x1f

typedef struct {
    const uint8_t *bytes;
    size_t size;
} Text;

/* Write what `Line.text` of lines.py is for at most TEXT_LIMIT bytes, but for WIDE_SPACE. `text->bytes` is `buffer`,
 * which has room for CLEAN_LIMIT bytes. False if so much had to be replaced that lines.py might shorten it. */
bool text_clean(Text raw, uint8_t *buffer, Text *text);

/* The same without WIDE_SPACE. */
bool text_exact(Text raw, uint8_t *buffer, Text *text);

/* What lines.py looks at of a line that is longer than TEXT_LIMIT. */
Text text_looked_at(Text raw);

/* Take the next of the pieces in which it is: its text is made of the first one. */
Text text_take_piece(Text *left);

/* The size of the job and the step before a text, which are no part of it; mostly 0. */
size_t text_envelope(Text text);

/* Whether the letter behind backslashes makes a line end of them, one that is written out. Of a CR and an LF each is
 * one: nothing stands between them, which is no part. */
bool text_is_line_end(Text text, size_t letter);

/* What is left of a text that is cut into parts. */
typedef struct {
    Text left;  /* pieces that end with a CR, and the last one */
    Text piece; /* with a backslash */
    bool over;  /* whether nothing is left but the piece */
} Parts;

/* Begin to cut a clean text, or one of the further pieces of a long line. */
Parts parts_of(Text text);
Parts parts_of_rest(Text text);

/* Take the next part; false: there is none. */
bool parts_next(Parts *parts, Text *part);

/* Write the canonical words of a text, with one blank between two; `size` of `out` is set. `out->bytes` is
 * `buffer`, which has room for TEXT_LIMIT bytes; the text has no more. Of a part it is always true; else false if
 * the text has to be cleaned and cut into parts before. */
bool words_read(Text text, bool is_part, uint8_t *buffer, Text *out);

#endif
