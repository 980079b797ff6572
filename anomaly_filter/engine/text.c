/* Bytes of a line to its text, as lines.py does it: decoded, without ANSI sequences and control characters. */
#include "text.h"

#include "eight.h"

#define ESC 0x1b
#define BEL 0x07

static bool in(uint8_t byte, uint8_t low, uint8_t high) { return low <= byte && byte <= high; }

/* The end of a run of bytes within a range. */
static size_t run_end(Text text, size_t at, uint8_t low, uint8_t high) {
    while (at < text.size && in(text.bytes[at], low, high)) at++;
    return at;
}

/* The size of the ANSI sequence at an ESC; 0: it begins none that ends. */
static size_t ansi_size(Text text, size_t escape) {
    size_t at = escape + 1;
    if (at == text.size) return 0;
    if (text.bytes[at] == '[') {
        at = run_end(text, at + 1, '0', '?');
        at = run_end(text, at, ' ', '/');
        return at < text.size && in(text.bytes[at], '@', '~') ? at + 1 - escape : 0;
    }
    if (text.bytes[at] == ']') {
        at++;
        while (at < text.size && text.bytes[at] != BEL && text.bytes[at] != ESC) at++;
        if (at < text.size && text.bytes[at] == BEL) return at + 1 - escape;
        return at + 1 < text.size && text.bytes[at + 1] == '\\' ? at + 2 - escape : 0;
    }
    at = run_end(text, at, ' ', '/');
    if (at == text.size) return 0;
    uint8_t last = text.bytes[at];
    return in(last, '0', 'Z') || in(last, '\\', '^') || in(last, '_', '~') ? at + 1 - escape : 0;
}

/* The size of the character of UTF-8 at `at`. Of bytes that are none, the complement of how many of them one
 * U+FFFD stands for: the longest beginning of a character, at least a byte (Unicode 3.9, as Python decodes). */
static int character_size(Text text, size_t at) {
    uint8_t lead = text.bytes[at];
    int following;
    uint8_t low = 0x80, high = 0xbf; /* of the second byte: no overlong form, no surrogate, nothing above U+10FFFF */
    if (lead < 0x80) return 1;
    if (in(lead, 0xc2, 0xdf)) {
        following = 1;
    } else if (in(lead, 0xe0, 0xef)) {
        following = 2;
        if (lead == 0xe0) low = 0xa0;
        if (lead == 0xed) high = 0x9f;
    } else if (in(lead, 0xf0, 0xf4)) {
        following = 3;
        if (lead == 0xf0) low = 0x90;
        if (lead == 0xf4) high = 0x8f;
    } else {
        return ~1;
    }
    for (int size = 1; size <= following; size++) {
        if (at + (size_t)size == text.size || !in(text.bytes[at + (size_t)size], low, high)) return ~size;
        low = 0x80;
        high = 0xbf;
    }
    return following + 1;
}

/* Whether a character of two or three bytes is one at which str.split cuts. */
static bool is_wide_space(const uint8_t *character, size_t size) {
    if (size == 2) return character[0] == 0xc2 && character[1] == 0xa0;
    if (size != 3) return false;
    unsigned point = (character[0] & 0xfu) << 12 | (character[1] & 0x3fu) << 6 | (character[2] & 0x3fu);
    return point == 0x1680 || (point >= 0x2000 && point <= 0x200a) || point == 0x2028 || point == 0x2029 ||
           point == 0x202f || point == 0x205f || point == 0x3000;
}

/* Everything below space and the C1 range, except tab and CR. */
static bool is_control(const uint8_t *character, size_t size) {
    if (size == 2) return character[0] == 0xc2 && character[1] < 0xa0;
    return size == 1 && (character[0] == 0x7f || (character[0] < ' ' && character[0] != '\t' && character[0] != '\r'));
}

/* Write what is kept of a character, or of bytes that are none, and return its size. */
static size_t write_character(const uint8_t *bytes, size_t size, bool valid, bool mark_spaces, uint8_t *out) {
    static const uint8_t REPLACEMENT[] = {0xef, 0xbf, 0xbd};
    if (!valid) bytes = REPLACEMENT, size = sizeof REPLACEMENT;
    if (is_control(bytes, size)) return 0;
    if (mark_spaces && is_wide_space(bytes, size)) {
        *out = WIDE_SPACE;
        return 1;
    }
    for (size_t at = 0; at < size; at++) out[at] = bytes[at];
    return size;
}

/* How many of eight bytes come before the first one that is not from ' ' to '~'. */
static size_t leading_plain(uint64_t word) {
    uint64_t low = word & BELOW_TOPS, other = (word | ~eight_from(low, ' ') | eight_from(low, 0x7f)) & TOPS;
    return other ? lowest_bit(other) / 8 : 8;
}

static bool clean(Text raw, bool mark_spaces, uint8_t *buffer, Text *text) {
    size_t size = 0, decoded = 0; /* without ANSI sequences; with control characters */
    Text kept = {buffer, 0};      /* up to CRs at the end of what is decoded */
    size_t kept_decoded = 0;
    for (size_t at = 0; at < raw.size;) {
        if (raw.size - at >= 8) {
            uint64_t word = eight_load(raw.bytes + at);
            size_t plain = leading_plain(word);
            eight_store(buffer + size, word); /* there is room: three bytes for each */
            at += plain, size += plain, decoded += plain;
            if (plain > 0) kept.size = size, kept_decoded = decoded;
            if (plain == 8) continue;
        }
        uint8_t byte = raw.bytes[at];
        size_t ansi = byte == ESC ? ansi_size(raw, at) : 0;
        if (ansi) {
            at += ansi;
            continue;
        }
        int character = character_size(raw, at);
        size_t taken = (size_t)(character > 0 ? character : ~character);
        size += write_character(raw.bytes + at, taken, character > 0, mark_spaces, buffer + size);
        decoded += character > 0 ? taken : 3;
        at += taken;
        if (byte != '\r') kept.size = size, kept_decoded = decoded;
    }
    *text = kept;
    return kept_decoded <= TEXT_LIMIT;
}

bool text_clean(Text raw, uint8_t *buffer, Text *text) { return clean(raw, true, buffer, text); }

bool text_exact(Text raw, uint8_t *buffer, Text *text) { return clean(raw, false, buffer, text); }

Text text_looked_at(Text raw) {
    if (raw.size > LINE_LIMIT) raw.size = LINE_LIMIT;
    while (raw.size > 0 && raw.bytes[raw.size - 1] == '\r') raw.size--;
    return raw;
}

/* At a blank where there is one, so that words stay whole; else where no character is cut. */
static size_t piece_size(Text left) {
    if (left.size <= TEXT_LIMIT) return left.size;
    for (size_t end = TEXT_LIMIT; end > TEXT_LIMIT / 2; end--) {
        if (left.bytes[end - 1] == ' ') return end;
    }
    for (size_t back = 0; back < 4; back++) {
        if ((left.bytes[TEXT_LIMIT - back] & 0xc0) != 0x80) return TEXT_LIMIT - back;
    }
    return TEXT_LIMIT;
}

Text text_take_piece(Text *left) {
    Text piece = {left->bytes, piece_size(*left)};
    *left = (Text){left->bytes + piece.size, left->size - piece.size};
    return piece;
}
