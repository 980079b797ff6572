/* Strings that are found where they lie: a hash table without pointers, in memory that may be a mapped file. */
#ifndef ANOMALY_FILTER_TABLE_H
#define ANOMALY_FILTER_TABLE_H

#include "engine.h"

/* In the place of a string's number: there is no such string. */
#define TABLE_NONE UINT32_MAX

typedef struct {
    uint32_t *slots;        /* [slot_count]: the number of a string, plus 1; 0: none */
    uint64_t slot_count;    /* a power of two, greater than `strings` */
    const uint32_t *starts; /* [strings + 1], rising: where in `bytes` a string begins */
    const uint8_t *bytes;
    uint64_t strings;
} Table;

/* Fill the slots, which are all 0. 0, or -1 if two strings are equal, or too many alike to
 * their hash. */
ENGINE_EXPORT int table_fill(const Table *table);

/* Tell whether the slots may be followed: what a mapped file says is not trusted. Bytes and starts are the caller's to
 * check. */
ENGINE_EXPORT int table_is_sound(const Table *table);

/* Return the number of a string. */
ENGINE_EXPORT uint32_t table_find(const Table *table, const uint8_t *bytes, size_t size);

/* Write the numbers of those strings that are in the table, of several that LFs separate; return how many there are.
 * `numbers` has room for all of them. */
ENGINE_EXPORT size_t table_find_lines(const Table *table, const uint8_t *bytes, size_t size, uint32_t *numbers);

#endif
