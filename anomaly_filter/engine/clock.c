/* Positions are characters, so a line is looked at through a copy of its beginning in which each of them is one byte.
 * test_scanner.py holds the constants against those of clock.py. */
#include "clock.h"

#include "eight.h"

#define WAIT_LIMIT (2 * DAY_SECONDS)
#define NEAR 50
#define PATIENCE 1000
#define BACKWARDS 100
#define DAY_SECONDS (24L * 3600)

#define OTHER 0x80 /* stands for a character that is not ASCII */

static bool is_digit(uint8_t byte) { return (uint8_t)(byte - '0') < 10; }

static bool is_blank(uint8_t byte) { return byte == ' ' || byte == '\t' || byte == '\r'; }

/* What Python's int() makes of two characters: blanks around and a sign are allowed. */
static bool two_digits(const uint8_t *pair, long *number) {
    uint8_t one = pair[0], other = pair[1];
    if (is_digit(one) && (is_digit(other) || is_blank(other))) {
        *number = is_digit(other) ? (one - '0') * 10 + other - '0' : one - '0';
        return true;
    }
    if (!is_digit(other) || !(is_blank(one) || one == '+' || one == '-')) return false;
    *number = one == '-' ? '0' - other : other - '0';
    return true;
}

/* The seconds of a time whose last eight characters are the clock; false if it has none. */
static bool seconds_of(const uint8_t *stamp, size_t size, int day_at, long *seconds) {
    long day = 0, hour, minute, second;
    const uint8_t *clock = stamp + size - 8;
    if (!two_digits(clock, &hour) || !two_digits(clock + 3, &minute) || !two_digits(clock + 6, &second)) return false;
    if (day_at >= 0 && !two_digits(stamp + day_at, &day)) return false;
    *seconds = day * DAY_SECONDS + hour * 3600 + minute * 60 + second;
    return true;
}

static uint32_t waited(Clock *clock, const uint8_t *stamp, size_t size, long seconds) {
    long wait = seconds - clock->seconds;
    memcpy(clock->last, stamp, size);
    clock->size = size;
    clock->seconds = seconds;
    clock->untimed = 0;
    if (wait < 0) clock->backwards++;
    return 0 < wait && wait < WAIT_LIMIT ? (uint32_t)wait : 0;
}

/* Whether bytes look like a pattern: 9 stands for a digit, A and a for letters, _ for a digit or blank, T for the T
 * or blank between a date and a time; others for themselves. */
static bool like(const uint8_t *bytes, const char *pattern) {
    for (; *pattern; pattern++, bytes++) {
        uint8_t byte = *bytes;
        bool same;
        switch (*pattern) {
        case '9': same = is_digit(byte); break;
        case 'A': same = 'A' <= byte && byte <= 'Z'; break;
        case 'a': same = 'a' <= byte && byte <= 'z'; break;
        case '_': same = is_digit(byte) || byte == ' '; break;
        case 'T': same = byte == 'T' || byte == ' '; break;
        default: same = byte == (uint8_t)*pattern;
        }
        if (!same) return false;
    }
    return true;
}

/* Look for the time of a line that is not written like the last one. */
static uint32_t found(Clock *clock, const uint8_t *text, size_t size) {
    if (clock->untimed >= PATIENCE) return 0;
    if (size > CLOCK_LOOKED_AT) size = CLOCK_LOOKED_AT;
    for (size_t at = 0; at + 8 <= size; at++) {
        const uint8_t *colon = memchr(text + at + 2, ':', size - at - 7);
        if (!colon) break;
        at = (size_t)(colon - text) - 2;
        if (!like(text + at, "99:99:99") || (at + 8 < size && is_digit(text[at + 8]))) continue;
        size_t start = at;
        int day_at = -1;
        if (at >= 11 && like(text + at - 11, "9999-99-99T")) {
            start = at - 11;
            day_at = 8;
        } else if (at >= 7 && like(text + at - 7, "Aaa _9 ")) {
            start = at - 7;
            day_at = 4;
        }
        bool beside = clock->size > 0 && clock->untimed <= NEAR && clock->at == start;
        long seconds = 0;
        seconds_of(text + start, at + 8 - start, day_at, &seconds);
        clock->at = start;
        clock->day_at = day_at;
        uint32_t wait = waited(clock, text + start, at + 8 - start, seconds);
        return beside ? wait : 0;
    }
    clock->untimed++;
    return 0;
}

static uint32_t wait_of(Clock *clock, const uint8_t *text, size_t size) {
    size_t end = clock->at + clock->size;
    if (!clock->size || end > size) return found(clock, text, size);
    const uint8_t *stamp = text + clock->at;
    if (memcmp(stamp, clock->last, clock->size) == 0) {
        clock->untimed = 0;
        return 0;
    }
    long seconds;
    /* Most lines have their time where the last one had it. */
    if (clock->untimed > NEAR || text[end - 3] != ':' || (end < size && is_digit(text[end])) ||
        !seconds_of(stamp, clock->size, clock->day_at, &seconds)) {
        return found(clock, text, size);
    }
    for (size_t at = 0; at < clock->size; at++) {
        if (stamp[at] >= OTHER) return found(clock, text, size);
    }
    return waited(clock, stamp, clock->size, seconds);
}

static size_t fold(Text text, uint8_t *head) {
    size_t size = 0;
    for (size_t at = 0; at < text.size && size < CLOCK_HEAD; at++) {
        uint8_t byte = text.bytes[at];
        if ((byte & 0xc0) != 0x80) head[size++] = byte < 0x80 && byte != WIDE_SPACE ? byte : OTHER;
    }
    return size;
}

/* Whether all characters are one byte and stand for themselves. */
static bool is_plain(const uint8_t *text, size_t size) {
    size_t at = 0;
    for (; size - at >= 8; at += 8) {
        uint64_t word = eight_load(text + at);
        if ((word | eight_are(word & BELOW_TOPS, WIDE_SPACE)) & TOPS) return false;
    }
    while (at < size && text[at] < OTHER && text[at] != WIDE_SPACE) at++;
    return at == size;
}

size_t clock_head(Text text, uint8_t *head) {
    size_t size = text.size < CLOCK_HEAD ? text.size : CLOCK_HEAD;
    if (!is_plain(text.bytes, size)) return fold(text, head);
    memcpy(head, text.bytes, size);
    return size;
}

uint32_t clock_wait(Clock *clock, Text head) {
    return clock->backwards > BACKWARDS ? 0 : wait_of(clock, head.bytes, head.size);
}
