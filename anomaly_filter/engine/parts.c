/* A line's text to its parts, as `parts` of lines.py does it. */
#include "text.h"

#include <string.h>

#define FIELD_LIMIT 200 /* characters of a job's or a step's name */

static bool in(uint8_t byte, uint8_t low, uint8_t high) { return low <= byte && byte <= high; }

static bool is_date(Text text, size_t at) {
    static const char pattern[] = "9999-99-99T";
    if (text.size - at < sizeof pattern - 1) return false;
    for (size_t index = 0; pattern[index]; index++) {
        uint8_t byte = text.bytes[at + index];
        if (pattern[index] == '9' ? !in(byte, '0', '9') : byte != (uint8_t)pattern[index]) return false;
    }
    return true;
}

/* Where the field that begins at `at` is over, behind its tab; 0: it is empty, too long, or has no tab. */
static size_t field_end(Text text, size_t at) {
    size_t characters = 0;
    for (; at < text.size && text.bytes[at] != '\t'; at++) {
        if ((text.bytes[at] & 0xc0) != 0x80 && ++characters > FIELD_LIMIT) return 0;
    }
    return at < text.size && characters > 0 ? at + 1 : 0;
}

size_t text_envelope(Text text) {
    size_t job = field_end(text, 0), step = job ? field_end(text, job) : 0;
    return step && is_date(text, step) ? step : 0;
}

static size_t backslashes_end(Text text, size_t at) {
    while (at < text.size && text.bytes[at] == '\\') at++;
    return at;
}

bool text_is_line_end(Text text, size_t letter) {
    if (letter >= text.size) return false;
    uint8_t next = letter + 1 < text.size ? text.bytes[letter + 1] : 0;
    return text.bytes[letter] == 'n' || (text.bytes[letter] == 'r' && !in(next, 'a', 'z'));
}

/* Take what stands before the first line end that is written out, and that end. */
static Text take_literal_line(Text *left) {
    Text line = *left;
    const uint8_t *end = left->bytes + left->size, *at = left->bytes;
    while ((at = memchr(at, '\\', (size_t)(end - at)))) {
        size_t start = (size_t)(at - left->bytes), letter = backslashes_end(*left, start);
        if (text_is_line_end(*left, letter)) {
            line.size = start;
            *left = (Text){left->bytes + letter + 1, left->size - letter - 1};
            return line;
        }
        at = left->bytes + letter;
    }
    *left = (Text){end, 0};
    return line;
}

Parts parts_of(Text text) {
    size_t envelope = text_envelope(text);
    return parts_of_rest((Text){text.bytes + envelope, text.size - envelope});
}

Parts parts_of_rest(Text text) { return (Parts){.left = text}; }

/* Take what stands before the first CR, and the CR. */
static Text take_piece(Parts *parts) {
    Text piece = parts->left;
    const uint8_t *end = memchr(piece.bytes, '\r', piece.size);
    parts->over = !end;
    if (end) {
        piece.size = (size_t)(end - piece.bytes);
        parts->left = (Text){end + 1, parts->left.size - piece.size - 1};
    }
    return piece;
}

bool parts_next(Parts *parts, Text *part) {
    for (;;) {
        while (parts->piece.size > 0) {
            *part = take_literal_line(&parts->piece);
            if (part->size > 0) return true;
        }
        if (parts->over) return false;
        *part = take_piece(parts);
        /* Only of a piece with a backslash the empty parts are left out. */
        if (part->size == 0 || !memchr(part->bytes, '\\', part->size)) return true;
        parts->piece = *part;
    }
}
