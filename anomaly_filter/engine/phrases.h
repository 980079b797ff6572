/* Whether a text has any of some strings in it. */
#ifndef ANOMALY_FILTER_PHRASES_H
#define ANOMALY_FILTER_PHRASES_H

#include <stddef.h>
#include <stdint.h>

enum { PHRASES_BYTES = 128 }; /* of ASCII */

typedef struct {
    char *bytes; /* of all, each with NUL behind it */
    uint16_t begins[PHRASES_BYTES][PHRASES_BYTES]; /* by two bytes, behind the beginning of the first string of them */
} Phrases;

/* Copy strings of ASCII, each with NUL behind it, that are sorted. Returns 0, with nothing to be given back, if one is
 * empty or not ASCII, they have 64 KiB, or there is no memory. */
int phrases_begin(Phrases *phrases, const char *sorted, size_t size);
void phrases_end(Phrases *phrases);

/* The text is ASCII, and behind it there is a NUL. */
int phrases_any(const Phrases *phrases, const char *text);

#endif
