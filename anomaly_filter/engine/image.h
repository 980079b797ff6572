/* Whether what lies in a mapped file may be followed: its bytes are nobody's promise. See image.py. */
#ifndef ANOMALY_FILTER_IMAGE_H
#define ANOMALY_FILTER_IMAGE_H

#include "engine.h"

/* Return the checksum of some words. Any change of one word changes it; it is no protection against malice. */
ENGINE_EXPORT uint64_t image_checksum(const uint64_t *words, size_t count);

/* Tell whether numbers begin with 0, rise by `step` or more each time, and end with `last`; none do not. */
ENGINE_EXPORT int image_rises(const uint32_t *numbers, size_t count, uint32_t step, uint64_t last);

/* Tell whether all numbers are below a limit. */
ENGINE_EXPORT int image_below(const uint32_t *numbers, size_t count, uint64_t limit);

/* Tell whether of each pair of numbers, which are none but numbers, the second is not the smaller one. */
ENGINE_EXPORT int image_spans(const double *numbers, size_t pairs);

/* Tell whether an order has each row once that has a count, and no other one. marks[rows] are 0. */
ENGINE_EXPORT int image_order(const uint32_t *order, size_t count, const uint32_t *counts, size_t rows,
                              uint8_t *marks);

#endif
