/* A hash table with open addressing over one buffer of bytes. A hash is never trusted: bytes are compared. */
#include "kinds.h"

#include "eight.h"
#include "room.h"

#include <stdlib.h>

/* Slots that are looked at. With half of them free a longer way is one that somebody made; a log of such lines
 * must not become slow, so these have no number. */
#define LONGEST_WAY 128
#define FIRST_SLOTS 1024
#define FIRST_BYTES ((size_t)64 << 10)

/* Multiplications by odd constants (of xxHash), with the upper half folded into the lower one, which it would else
 * never reach. Two chains, because one would wait for itself. */
static uint64_t mixed(uint64_t hash, uint64_t word) {
    hash = (hash ^ word) * 0x9e3779b185ebca87u;
    return hash ^ (hash >> 32);
}

static uint32_t hash_of(Text text) {
    const uint8_t *at = text.bytes, *end = text.bytes + text.size;
    uint64_t one = text.size, other = 0xc2b2ae3d27d4eb4fu, last = 0;
    if (text.size < 8) {
        while (end > at) last = last << 8 | *--end;
    } else {
        for (; end - at > 16; at += 16) {
            one = mixed(one, eight_load(at));
            other = mixed(other, eight_load(at + 8));
        }
        /* The last bytes, of which some may have been read before: so there are no rests of all sizes. */
        one = mixed(one, eight_load(text.size < 16 ? at : end - 16));
        last = eight_load(end - 8);
    }
    other = mixed(other, last);
    return (uint32_t)mixed(one, other << 1 | other >> 63);
}

static size_t starts_at(const Kinds *kinds, uint32_t number) { return kinds->starts[number]; }

size_t kinds_size(const Kinds *kinds) { return kinds->count ? starts_at(kinds, kinds->count) : 0; }

Text kinds_text(const Kinds *kinds, uint32_t number) {
    size_t start = starts_at(kinds, number);
    return (Text){kinds->bytes + start, starts_at(kinds, number + 1) - start};
}

static bool is(const Kinds *kinds, uint32_t number, Text text) {
    Text known = kinds_text(kinds, number);
    return known.size == text.size && (text.size == 0 || memcmp(known.bytes, text.bytes, text.size) == 0);
}

static uint32_t find(const Kinds *kinds, Text text, uint32_t hash) {
    for (size_t step = 0; kinds->slot_count && step < LONGEST_WAY; step++) {
        uint64_t slot = kinds->slots[(hash + step) & (kinds->slot_count - 1)];
        if (!slot) break;
        uint32_t number = (uint32_t)slot - 1;
        if (slot >> 32 == hash && is(kinds, number, text)) return number;
    }
    return KINDS_NONE;
}

static size_t steps_to_free(const uint64_t *slots, size_t slot_count, uint32_t hash) {
    size_t step = 0;
    while (slots[(hash + step) & (slot_count - 1)]) step++;
    return step;
}

/* Have half of the slots free with one more number. */
static bool grow_slots(Kinds *kinds) {
    if ((size_t)kinds->count + 1 <= kinds->slot_count / 2) return true;
    size_t more = kinds->slot_count ? kinds->slot_count * 2 : FIRST_SLOTS;
    uint64_t *slots = calloc(more, sizeof *slots);
    if (!slots) return false;
    for (size_t at = 0; at < kinds->slot_count; at++) {
        uint64_t slot = kinds->slots[at];
        uint32_t hash = (uint32_t)(slot >> 32);
        if (slot) slots[(hash + steps_to_free(slots, more, hash)) & (more - 1)] = slot;
    }
    free(kinds->slots);
    kinds->slots = slots;
    kinds->slot_count = more;
    return true;
}

static uint32_t add(Kinds *kinds, Text text, uint32_t hash) {
    uint32_t number = kinds->count;
    size_t start = kinds_size(kinds);
    if (number >= kinds->most || text.size > kinds->most_bytes - start) return KINDS_NONE;
    uint32_t *starts =
        with_room(kinds->starts, &kinds->start_room, (size_t)number + 2, FIRST_SLOTS, sizeof *kinds->starts);
    if (!starts) return KINDS_NONE;
    kinds->starts = starts;
    uint8_t *bytes = with_room(kinds->bytes, &kinds->byte_room, start + text.size, FIRST_BYTES, 1);
    if (!bytes) return KINDS_NONE;
    kinds->bytes = bytes;
    if (!grow_slots(kinds)) return KINDS_NONE;
    size_t steps = steps_to_free(kinds->slots, kinds->slot_count, hash);
    if (steps >= LONGEST_WAY) return KINDS_NONE;
    kinds->slots[(hash + steps) & (kinds->slot_count - 1)] = (uint64_t)hash << 32 | (number + 1);
    if (text.size) memcpy(kinds->bytes + start, text.bytes, text.size);
    kinds->starts[number] = (uint32_t)start;
    kinds->starts[number + 1] = (uint32_t)(start + text.size);
    return kinds->count++;
}

uint32_t kinds_number(Kinds *kinds, Text text) {
    uint32_t hash = hash_of(text), number = find(kinds, text, hash);
    return number != KINDS_NONE ? number : add(kinds, text, hash);
}

void kinds_forget(Kinds *kinds) {
    kinds->count = 0;
    if (kinds->slots) memset(kinds->slots, 0, kinds->slot_count * sizeof *kinds->slots);
}

void kinds_clear(Kinds *kinds) {
    uint32_t most = kinds->most, most_bytes = kinds->most_bytes;
    kinds_free(kinds);
    *kinds = (Kinds){.most = most, .most_bytes = most_bytes};
}

void kinds_free(Kinds *kinds) {
    free(kinds->slots);
    free(kinds->starts);
    free(kinds->bytes);
}
