/* What lines.py has to know of a block before its lines are read. */
#include "engine.h"

#include <string.h>

size_t block_line_ends(const uint8_t *data, size_t size) {
    size_t count = 0;
    for (size_t at = 0; at < size;) {
        /* Sums of bytes, so that a compiler makes a few instructions of it that do many at once. */
        uint8_t some = 0;
        size_t end = size - at < UINT8_MAX ? size : at + UINT8_MAX;
        for (; at < end; at++) some = (uint8_t)(some + (data[at] == '\n'));
        count += some;
    }
    return count;
}

/* By its rarest letter. */
int block_names_key(const uint8_t *data, size_t size) {
    static const char BEFORE[] = "PRIVATE ", KEY[] = "KEY-----";
    enum { BEFORE_SIZE = sizeof BEFORE - 1, KEY_SIZE = sizeof KEY - 1 };
    if (size < BEFORE_SIZE + KEY_SIZE) return 0;
    const uint8_t *end = data + size - (KEY_SIZE - 1), *at = data + BEFORE_SIZE;
    while (at < end && (at = memchr(at, KEY[0], (size_t)(end - at)))) {
        if (memcmp(at, KEY, KEY_SIZE) == 0 && memcmp(at - BEFORE_SIZE, BEFORE, BEFORE_SIZE) == 0) return 1;
        at++;
    }
    return 0;
}
