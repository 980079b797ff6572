/* Open addressing. A hash is never trusted: bytes are compared. */
#include "table.h"

#include <string.h>

/* Slots that are looked at. With half of them free a longer way is one that somebody made: there is no table then, for
 * it would be slow. */
#define LONGEST_WAY 1024

/* FNV-1a. It is part of the format of an image: to change it is to raise ENGINE_VERSION. */
static uint64_t hash_of(const uint8_t *bytes, size_t size) {
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t at = 0; at < size; at++)
        hash = (hash ^ bytes[at]) * UINT64_C(0x100000001b3);
    return hash ^ hash >> 32; /* the lower half has heard of all bits */
}

static int is(const Table *table, uint32_t string, const uint8_t *bytes, size_t size) {
    uint32_t start = table->starts[string];
    return table->starts[string + 1] - start == size && (size == 0 || !memcmp(table->bytes + start, bytes, size));
}

/* Return the slot of a string, or the free one where it would be; NULL: the way is too long. */
static uint32_t *slot_of(const Table *table, const uint8_t *bytes, size_t size) {
    uint64_t hash = hash_of(bytes, size), mask = table->slot_count - 1;
    for (uint64_t step = 0; step < LONGEST_WAY && step < table->slot_count; step++) {
        uint32_t *slot = &table->slots[(hash + step) & mask];
        if (*slot == 0 || is(table, *slot - 1, bytes, size))
            return slot;
    }
    return NULL;
}

int table_fill(const Table *table) {
    for (uint32_t string = 0; string < table->strings; string++) {
        uint32_t start = table->starts[string];
        uint32_t *slot = slot_of(table, table->bytes + start, table->starts[string + 1] - start);
        if (!slot || *slot)
            return -1;
        *slot = string + 1;
    }
    return 0;
}

int table_is_sound(const Table *table) {
    uint64_t used = 0;
    if (table->slot_count == 0 || (table->slot_count & (table->slot_count - 1)) ||
        table->strings >= table->slot_count || table->strings >= TABLE_NONE)
        return 0;
    for (uint64_t at = 0; at < table->slot_count; at++) {
        if (table->slots[at] > table->strings)
            return 0;
        used += table->slots[at] != 0;
    }
    return used == table->strings;
}

uint32_t table_find(const Table *table, const uint8_t *bytes, size_t size) {
    const uint32_t *slot = slot_of(table, bytes, size);
    return slot && *slot ? *slot - 1 : TABLE_NONE;
}

size_t table_find_lines(const Table *table, const uint8_t *bytes, size_t size, uint32_t *numbers) {
    size_t found = 0;
    for (size_t start = 0, end = 0; end <= size; end++) {
        if (end < size && bytes[end] != '\n')
            continue;
        uint32_t number = table_find(table, bytes + start, end - start);
        if (number != TABLE_NONE)
            numbers[found++] = number;
        start = end + 1;
    }
    return found;
}
