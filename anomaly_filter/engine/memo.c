#include "memo.h"

#include <stdlib.h>
#include <string.h>

/* Slots that are looked at for one key: a log made up of words that collide must not make it slow. */
enum { MOST_PROBES = 16 };

struct entry {
    uint32_t hash, size, value_size; /* the key and the value follow */
};

static uint32_t hash_of(const char *key, size_t size) {
    const uint64_t odd = 0x9e3779b97f4a7c15u; /* 2^64 by the golden ratio, as Knuth has it */
    uint64_t hash = size;
    while (size) {
        uint64_t piece = 0;
        size_t bytes = size < sizeof piece ? size : sizeof piece;
        memcpy(&piece, key, bytes);
        hash = (hash ^ piece) * odd;
        hash ^= hash >> 32;
        key += bytes;
        size -= bytes;
    }
    return (uint32_t)hash;
}

int memo_begin(memo *m, size_t bytes) {
    /* A quarter for the slots: an entry takes some 40 bytes, and half of the slots stay free. */
    size_t count = 1;
    while (count * 2 * sizeof *m->slots <= bytes / 4 && count < UINT32_MAX / 2) count *= 2;
    size_t room = bytes > count * sizeof *m->slots ? bytes - count * sizeof *m->slots : 0;
    if (room >= UINT32_MAX) room = UINT32_MAX - 1; /* a slot has 1 + a place */
    *m = (memo){calloc(count, sizeof *m->slots), count, 0, malloc(room + 1), 0, room};
    if (m->slots && m->entries) return 1;
    memo_end(m);
    return 0;
}

void memo_end(memo *m) {
    free(m->slots);
    free(m->entries);
    *m = (memo){0};
}

/* The slot of the key, or a free one that it may take, or NULL. */
static uint32_t *slot_of(const memo *m, uint32_t hash, const char *key, size_t size) {
    for (uint32_t probe = 0; probe < MOST_PROBES; probe++) {
        uint32_t *slot = &m->slots[(hash + probe) & (m->slot_count - 1)];
        if (!*slot) return slot;
        struct entry known;
        const char *at = m->entries + (*slot - 1);
        memcpy(&known, at, sizeof known);
        if (known.hash == hash && known.size == size && !memcmp(at + sizeof known, key, size)) return slot;
    }
    return NULL;
}

const char *memo_find(const memo *m, const char *key, size_t size, size_t *value_size) {
    const uint32_t *slot = slot_of(m, hash_of(key, size), key, size);
    if (!slot || !*slot) return NULL;
    struct entry known;
    const char *at = m->entries + (*slot - 1);
    memcpy(&known, at, sizeof known);
    *value_size = known.value_size;
    return at + sizeof known + size;
}

void memo_keep(memo *m, const char *key, size_t size, const char *value, size_t value_size) {
    struct entry new = {hash_of(key, size), (uint32_t)size, (uint32_t)value_size};
    size_t needed = sizeof new + size + value_size;
    if (needed > m->room) return;
    if (needed > m->room - m->used || m->taken >= m->slot_count / 2) {
        memset(m->slots, 0, m->slot_count * sizeof *m->slots);
        m->taken = m->used = 0;
    }
    uint32_t *slot = slot_of(m, new.hash, key, size);
    if (!slot || *slot) return;
    char *at = m->entries + m->used;
    memcpy(at, &new, sizeof new);
    memcpy(at + sizeof new, key, size);
    memcpy(at + sizeof new + size, value, value_size);
    *slot = (uint32_t)m->used + 1;
    m->used += needed;
    m->taken++;
}
