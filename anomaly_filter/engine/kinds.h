/* Numbers for byte strings: two have the same number if, and only if, they are equal. */
#ifndef ANOMALY_FILTER_KINDS_H
#define ANOMALY_FILTER_KINDS_H

#include "text.h"

#define KINDS_NONE UINT32_MAX

typedef struct {
    uint32_t most, most_bytes; /* limits, below UINT32_MAX */
    uint32_t count;
    uint32_t *starts; /* of each number's bytes; after them the end of the last one's */
    size_t start_room;
    uint8_t *bytes;
    size_t byte_room;
    uint64_t *slots;   /* 0: free; else the hash in the upper half and the number + 1 in the lower */
    size_t slot_count; /* a power of 2 */
} Kinds;

/* The number of these bytes, the next one if they had none; KINDS_NONE if a limit is reached. */
uint32_t kinds_number(Kinds *kinds, Text text);

/* The bytes of a number. */
Text kinds_text(const Kinds *kinds, uint32_t number);

/* How many bytes are kept. */
size_t kinds_size(const Kinds *kinds);

/* Forget all, and keep the memory. */
void kinds_forget(Kinds *kinds);

/* Forget all, and give the memory back. */
void kinds_clear(Kinds *kinds);

void kinds_free(Kinds *kinds);

#endif
