/* How long a log was silent before a line: clock.py, line for line. */
#ifndef ANOMALY_FILTER_CLOCK_H
#define ANOMALY_FILTER_CLOCK_H

#include "text.h"

#define CLOCK_LOOKED_AT 90
#define CLOCK_HEAD (CLOCK_LOOKED_AT + 1) /* characters: whether a digit follows a time counts, too */
#define CLOCK_STAMP 19 /* characters of the longest time, with a date */

typedef struct {
    char last[CLOCK_STAMP]; /* the last line's time, as it is written */
    size_t size;            /* of it; 0: there was none yet */
    size_t at;              /* where it stands */
    int day_at;             /* where the day of the month stands in it; -1: nowhere */
    long seconds;
    unsigned untimed, backwards;
} Clock;

/* Write the beginning of a clean text, a byte for each character; return its size, CLOCK_HEAD at the most. */
size_t clock_head(Text text, uint8_t *head);

/* Seconds since the line before that has a time, by a line's head; 0 where that cannot be told. */
uint32_t clock_wait(Clock *clock, Text head);

#endif
