/* Whole lines, and each of them to its kind: a number that lines share when their words are the same once digits that
 * tell nothing are. lines.py and tokens.py say line by line what this has to come to. */
#include "reading.h"

#include "clock.h"
#include "room.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_ROOM 1024
#define FIRST_HEADS ((size_t)64 << 10)

/* Bytes of the longest line whose parts get kinds: four bytes for each part could be more than the log. */
#define PARTED_LIMIT ((size_t)1 << 20)

void reading_begin(Reading *reading) {
    /* Words are seldom longer than their text, and a block is what a caller could hold. */
    reading->kinds.most = SCAN_PARTED - 1;
    reading->kinds.most_bytes = UINT32_MAX - 1;
}

void reading_end(Reading *reading) {
    kinds_free(&reading->kinds);
    free(reading->lines);
    free(reading->parts);
    free(reading->heads);
}

Reading *reading_new(void) {
    Reading *reading = calloc(1, sizeof *reading);
    if (reading) reading_begin(reading);
    return reading;
}

void reading_free(Reading *reading) {
    if (!reading) return;
    reading_end(reading);
    free(reading);
}

/* ---- a line ---- */

static bool add_part(Reading *reading, uint32_t kind) {
    uint32_t *parts =
        with_room(reading->parts, &reading->part_room, reading->part_count + 1, FIRST_ROOM, sizeof *parts);
    if (!parts) return false;
    reading->parts = parts;
    parts[reading->part_count++] = kind;
    return true;
}

/* Give each part a kind. False: there is one that has none. */
static bool add_parts(Reading *reading, Kinds *kinds, Parts parts) {
    for (Text part, words; parts_next(&parts, &part);) {
        words_read(part, true, reading->words, &words);
        uint32_t kind = kinds_number(kinds, words);
        if (kind == KINDS_NONE || !add_part(reading, kind)) return false;
    }
    return true;
}

static bool is_only_part(Text text) {
    Parts parts = parts_of(text);
    Text part;
    return parts_next(&parts, &part) && part.size == text.size;
}

/* Have the clock read a clean text. */
static void keep_head(Reading *reading, Text text) {
    reading->head_size += clock_head(text, reading->heads + reading->head_size);
}

/* The kind of a line that has to be cleaned, or cut into pieces or parts. */
static uint32_t read_parts(Reading *reading, Kinds *kinds, Text raw) {
    size_t start = reading->part_count;
    Text left = text_looked_at(raw), text, words;
    bool fits = text_clean(text_take_piece(&left), reading->text, &text);
    keep_head(reading, text);
    if (fits && left.size == 0 && is_only_part(text)) {
        words_read(text, true, reading->words, &words);
        return kinds_number(kinds, words);
    }
    fits = fits && left.size <= PARTED_LIMIT && add_parts(reading, kinds, parts_of(text));
    while (fits && left.size > 0) {
        fits = text_clean(text_take_piece(&left), reading->text, &text) &&
               add_parts(reading, kinds, parts_of_rest(text));
    }
    if (fits && reading->part_count > start) return SCAN_PARTED;
    reading->part_count = start;
    return SCAN_IRREGULAR;
}

static uint32_t read_line(Reading *reading, Kinds *kinds, Text raw) {
    Text text = text_looked_at(raw), words;
    if (text.size > TEXT_LIMIT || !words_read(text, false, reading->words, &words)) {
        return read_parts(reading, kinds, raw);
    }
    keep_head(reading, text);
    return kinds_number(kinds, words);
}

/* ---- a block ---- */

static ScanLine *add_line(Reading *reading) {
    ScanLine *lines =
        with_room(reading->lines, &reading->line_room, reading->line_count + 1, FIRST_ROOM, sizeof *lines);
    if (!lines) return NULL;
    reading->lines = lines;
    return &lines[reading->line_count++];
}

static bool have_head_room(Reading *reading) {
    size_t needed = reading->head_size + CLOCK_HEAD;
    uint8_t *heads = with_room(reading->heads, &reading->head_room, needed, FIRST_HEADS, 1);
    if (heads) reading->heads = heads;
    return heads;
}

bool reading_of(Reading *reading, Kinds *kinds, Text block, bool withheld) {
    reading->line_count = reading->part_count = reading->head_size = 0;
    reading->withheld = withheld;
    if (block.size > SCAN_MOST) return false;
    for (size_t start = 0; start < block.size;) {
        const uint8_t *bytes = block.bytes + start;
        const uint8_t *newline = memchr(bytes, '\n', block.size - start);
        Text raw = {bytes, newline ? (size_t)(newline - bytes) : block.size - start};
        ScanLine *line = add_line(reading);
        if (!line || !have_head_room(reading)) return false;
        *line = (ScanLine){.kind = SCAN_IRREGULAR, .end = (uint32_t)(start + raw.size)};
        start += raw.size + 1;
        if (withheld) continue;
        line->kind = read_line(reading, kinds, raw);
        line->parts_end = (uint32_t)reading->part_count;
        line->wait = (uint32_t)reading->head_size;
    }
    return true;
}

int reading_read(Reading *reading, const uint8_t *data, size_t size, int withheld) {
    kinds_forget(&reading->kinds);
    return reading_of(reading, &reading->kinds, (Text){data, size}, withheld) ? 0 : -1;
}
