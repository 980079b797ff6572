/* Eight bytes at once, in a word. The first byte is the lowest one, as on all machines that use the engine.
 *
 * What is found out about a byte is in its highest bit; bits below it mean nothing until TOPS has been taken of them.
 * `low` is a word whose bytes are all below 0x80: then no sum reaches the next byte. */
#ifndef ANOMALY_FILTER_EIGHT_H
#define ANOMALY_FILTER_EIGHT_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define EACH(byte) (0x0101010101010101u * (byte))
#define TOPS EACH(0x80u)
#define BELOW_TOPS EACH(0x7fu)

static inline uint64_t eight_load(const uint8_t *bytes) {
    uint64_t word;
    memcpy(&word, bytes, 8);
    return word;
}

static inline void eight_store(uint8_t *bytes, uint64_t word) { memcpy(bytes, &word, 8); }

/* Whether each byte is at least `least`. */
static inline uint64_t eight_from(uint64_t low, unsigned least) { return low + EACH(0x80u - least); }

/* Whether each byte is this one. */
static inline uint64_t eight_are(uint64_t low, unsigned byte) { return ~((low ^ EACH(byte)) + BELOW_TOPS); }

/* Of eight bytes that are 0 or 1, the bits next to each other. The factor moves each one to a place of its own in the
 * highest byte of the product. */
static inline uint64_t eight_gather(const uint8_t *flags) { return eight_load(flags) * 0x0102040810204080u >> 56; }

/* The number of the lowest bit that is set. */
static inline size_t lowest_bit(uint64_t bits) {
    /* What six bits of a de Bruijn sequence tell when they are moved to the top. */
    static const uint8_t PLACES[64] = {
        0,  1,  2,  53, 3,  7,  54, 27, 4,  38, 41, 8,  34, 55, 48, 28, 62, 5,  39, 46, 44, 42,
        22, 9,  24, 35, 59, 56, 49, 18, 29, 11, 63, 52, 6,  26, 37, 40, 33, 47, 61, 45, 43, 21,
        23, 58, 17, 10, 51, 25, 36, 32, 60, 20, 57, 16, 50, 31, 19, 15, 30, 14, 13, 12,
    };
    return PLACES[(bits & (~bits + 1)) * 0x022fdd63cc95386du >> 58];
}

#endif
