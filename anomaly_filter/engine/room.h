/* Arrays that grow. */
#ifndef ANOMALY_FILTER_ROOM_H
#define ANOMALY_FILTER_ROOM_H

#include <stdbool.h>
#include <stddef.h>

/* Return `array`, or what it was moved to so that it has room for `needed` elements of a size; `*room` says how many
 * it has. It gets at least twice as many, or `first`. NULL: no memory, and nothing has changed. */
void *with_room(void *array, size_t *room, size_t needed, size_t first, size_t size);

#endif
