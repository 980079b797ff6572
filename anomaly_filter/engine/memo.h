/* What has been worked out for some bytes, remembered within a bound; results do not depend on it. */
#ifndef MEMO_H
#define MEMO_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
    uint32_t *slots; /* 0, or 1 + where an entry begins */
    size_t slot_count, taken;
    char *entries;
    size_t used, room;
} memo;

/* An empty memo of at most so many bytes. Returns 0 if there is no memory. */
int memo_begin(memo *, size_t bytes);
void memo_end(memo *);

/* The value of a key, until the next memo_keep, or NULL. */
const char *memo_find(const memo *, const char *key, size_t size, size_t *value_size);

/* Remembers the value of a key that has none; what does not fit empties the memo before. */
void memo_keep(memo *, const char *key, size_t size, const char *value, size_t value_size);

#endif
