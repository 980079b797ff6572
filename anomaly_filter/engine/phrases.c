/* Most places have two bytes with which none of the strings begins; only at the others strings are compared. */
#include "phrases.h"

#include <stdlib.h>
#include <string.h>

static int is_sound(const char *sorted, size_t size) {
    size_t length = 0;
    for (size_t at = 0; at < size; at++) {
        unsigned char byte = (unsigned char)sorted[at];
        if (byte >= PHRASES_BYTES || (byte == 0 && length == 0)) return 0;
        length = byte ? length + 1 : 0;
    }
    return size > 0 && size <= UINT16_MAX && length == 0;
}

/* Note where a string begins, unless another one has its first two bytes; one of a single byte may have any behind it. */
static void note(Phrases *phrases, size_t at) {
    size_t first = (unsigned char)phrases->bytes[at], second = (unsigned char)phrases->bytes[at + 1];
    size_t end = second ? second + 1 : PHRASES_BYTES;
    for (; second < end; second++)
        if (!phrases->begins[first][second]) phrases->begins[first][second] = (uint16_t)(at + 1);
}

int phrases_begin(Phrases *phrases, const char *sorted, size_t size) {
    *phrases = (Phrases){0};
    if (!is_sound(sorted, size)) return 0;
    phrases->bytes = malloc(size + 1);
    if (!phrases->bytes) return 0;
    memcpy(phrases->bytes, sorted, size);
    phrases->bytes[size] = '\0'; /* in the place of one more string */
    for (size_t at = 0; at < size; at += strlen(phrases->bytes + at) + 1) note(phrases, at);
    return 1;
}

void phrases_end(Phrases *phrases) {
    free(phrases->bytes);
    *phrases = (Phrases){0};
}

static int begins_with(const char *text, const char *phrase) {
    while (*phrase && *text == *phrase) text++, phrase++;
    return !*phrase;
}

/* Whether one of the strings from the place on that have the same two bytes begins a text. */
static int begins_one(const char *phrase, const char *text) {
    char first = phrase[0], second = phrase[1];
    do {
        if (begins_with(text, phrase)) return 1;
        phrase += strlen(phrase) + 1;
    } while (*phrase == first && phrase[1] == second);
    return 0;
}

int phrases_any(const Phrases *phrases, const char *text) {
    for (; *text; text++) {
        uint16_t begin = phrases->begins[(unsigned char)text[0]][(unsigned char)text[1]];
        if (begin && begins_one(phrases->bytes + begin - 1, text)) return 1;
    }
    return 0;
}
