/* Doubling, so that all elements together are moved about once each. */
#include "room.h"

#include <stdlib.h>

void *with_room(void *array, size_t *room, size_t needed, size_t first, size_t size) {
    if (array && needed <= *room) return array;
    size_t more = *room ? *room : first;
    while (more < needed) more *= 2;
    void *grown = realloc(array, more * size);
    if (grown) *room = more;
    return grown;
}
