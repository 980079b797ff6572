/* A block of bytes to lines and their kinds: all that can be said of a block without those before it. */
#ifndef ANOMALY_FILTER_READING_H
#define ANOMALY_FILTER_READING_H

#include "engine.h"
#include "kinds.h"

struct Reading {
    ScanLine *lines;
    size_t line_room, line_count;
    uint32_t *parts; /* their kinds */
    size_t part_room, part_count;
    uint8_t *heads; /* what the clock reads of each line; until it has, `wait` is where that ends */
    size_t head_room, head_size;
    bool withheld;
    Kinds kinds;
    uint8_t text[CLEAN_LIMIT];
    uint8_t words[TEXT_LIMIT];
};

/* Make a reading of what is all zero. */
void reading_begin(Reading *reading);

/* Give back what it holds. */
void reading_end(Reading *reading);

/* Read a block; the numbers of its kinds are those of `kinds`. False: there are too many bytes, or no memory. */
bool reading_of(Reading *reading, Kinds *kinds, Text block, bool withheld);

#endif
