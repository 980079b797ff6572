/* Bytes of a line to its text, as lines.py does it: decoded, without ANSI sequences and control characters. */
#include "text.h"

#include <string.h>

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

static size_t decode(Text raw, uint8_t *out) {
    size_t size = 0;
    for (size_t at = 0; at < raw.size;) {
        uint8_t byte = raw.bytes[at];
        if (byte < 0x80) {
            size_t ansi = byte == ESC ? ansi_size(raw, at) : 0;
            if (!ansi) out[size++] = byte;
            at += ansi ? ansi : 1;
            continue;
        }
        int character = character_size(raw, at);
        size_t taken = (size_t)(character > 0 ? character : ~character);
        if (character > 0) {
            memcpy(out + size, raw.bytes + at, taken);
            size += taken;
        } else {
            memcpy(out + size, "\xef\xbf\xbd", 3);
            size += 3;
        }
        at += taken;
    }
    return size;
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

bool text_clean(Text raw, uint8_t *buffer, Text *text) {
    size_t decoded = decode(raw, buffer), size = 0;
    while (decoded > 0 && buffer[decoded - 1] == '\r') decoded--;
    Text all = {buffer, decoded};
    for (size_t at = 0; at < decoded;) {
        if (in(buffer[at], ' ', '~')) {
            buffer[size++] = buffer[at++];
            continue;
        }
        size_t taken = (size_t)character_size(all, at); /* it is UTF-8 by now */
        if (is_wide_space(buffer + at, taken)) {
            buffer[size++] = WIDE_SPACE;
        } else if (!is_control(buffer + at, taken)) {
            memmove(buffer + size, buffer + at, taken);
            size += taken;
        }
        at += taken;
    }
    *text = (Text){buffer, size};
    return decoded <= TEXT_LIMIT;
}

Text text_first_piece(Text raw) {
    if (raw.size > LINE_LIMIT) raw.size = LINE_LIMIT;
    while (raw.size > 0 && raw.bytes[raw.size - 1] == '\r') raw.size--;
    if (raw.size <= TEXT_LIMIT) return raw;
    for (size_t end = TEXT_LIMIT; end > TEXT_LIMIT / 2; end--) {
        if (raw.bytes[end - 1] == ' ') return (Text){raw.bytes, end};
    }
    for (size_t back = 0; back < 4; back++) {
        if ((raw.bytes[TEXT_LIMIT - back] & 0xc0) != 0x80) return (Text){raw.bytes, TEXT_LIMIT - back};
    }
    return (Text){raw.bytes, TEXT_LIMIT};
}
