/* The exact nearest neighbour of a set of tokens among many, for the cosine of binary vectors.
 *
 * A row is a set of tokens; both are numbers. Rows are numbered by rising length: those of some lengths are a
 * range. Tokens are numbered by rising frequency: those of a query that say most come first, which is what makes
 * the search fast, and not what makes it right.
 *
 * An index is one block of memory without pointers, an image: it can be written to a file and mapped. It is not
 * changed once built, so that any number of threads may search it, each with marks of its own.
 *
 * Nothing here allocates. All memory is the caller's.
 */
#ifndef ANOMALY_FILTER_NEAREST_H
#define ANOMALY_FILTER_NEAREST_H

#include "engine.h"

#include <stddef.h>
#include <stdint.h>

/* In the place of a row's number: no row. */
#define NEAREST_NONE UINT32_MAX

/* Tokens that a row or a query may have: the product of two such counts is exact in a double. */
#define NEAREST_TOKENS_LIMIT (UINT32_C(1) << 26)

/* Tokens of all rows together: their places are 32 bits wide. */
#define NEAREST_ENTRIES_LIMIT UINT32_MAX

typedef enum {
    NEAREST_OK = 0,
    NEAREST_BAD_ROWS,  /* lengths fall, do not add up, or a row has a token twice or an unknown one */
    NEAREST_BAD_QUERY, /* tokens that do not rise, or unknown ones, or more than the query's size */
} NearestStatus;

/* The head of an image. Offsets count from its start; all numbers are little-endian. */
typedef struct {
    uint64_t size;          /* bytes, this head included */
    uint64_t rows;
    uint64_t tokens;        /* different ones */
    uint64_t entries;       /* tokens of all rows together */
    uint64_t longest;       /* tokens of the longest row */
    uint64_t signatures;    /* u64[rows]: a bit for each of a row's tokens; tokens share bits */
    uint64_t row_start;     /* u32[rows + 1]: where in `columns` a row begins */
    uint64_t columns;       /* u32[entries]: the tokens of row 0, of row 1, … */
    uint64_t posting_start; /* u32[tokens + 1]: where in `postings` a token's rows begin */
    uint64_t postings;      /* u32[entries]: the rows that have token 0, rising; those that have token 1, … */
    uint64_t first_row;     /* u32[longest + 2]: the first row of at least so many tokens */
} NearestImage;

typedef struct {
    double squared_cosine; /* 0 where no row shares a token */
    uint32_t row;          /* NEAREST_NONE where no row shares a token */
} NearestFound;

/* Return the bytes of the image of some rows; 0 where a limit is exceeded.
 *
 * lengths[rows] says how many tokens each row has; `tokens` how many different ones all have. */
ENGINE_EXPORT uint64_t nearest_image_size(const uint32_t *lengths, uint64_t rows, uint64_t entries,
                                          uint64_t tokens);

/* Write the image of rows whose tokens are columns[entries], row by row.
 *
 * `image` has room for nearest_image_size bytes and is aligned for a uint64_t. */
ENGINE_EXPORT NearestStatus nearest_build(NearestImage *image, const uint32_t *lengths, uint64_t rows,
                                          const uint32_t *columns, uint64_t entries, uint64_t tokens);

/* Tell whether the searches below may read an image that lies in `size` bytes, aligned for a uint64_t, whoever wrote
 * it: NEAREST_OK, or NEAREST_BAD_ROWS. It does not tell whether what they find is right. */
ENGINE_EXPORT NearestStatus nearest_check(const NearestImage *image, uint64_t size);

/* Find the row with the largest squared cosine, common² / (size · length); of equal ones the lowest number.
 *
 * known[count] are the tokens of the query that the index has, rising; `size` counts those that it has not, too.
 * The row `without` is passed over; NEAREST_NONE passes over none. marks[tokens] are the memory of one search at
 * a time: zero before and after it. */
ENGINE_EXPORT NearestStatus nearest_find(const NearestImage *image, uint8_t *marks, const uint32_t *known,
                                         uint32_t count, uint32_t size, uint32_t without,
                                         NearestFound *found);

/* Return the tokens of a row, in no order. */
ENGINE_EXPORT const uint32_t *nearest_row(const NearestImage *image, uint32_t row, uint32_t *size);

/* Give the rows of exactly `size` tokens that have all of wanted[count], from the row `from` on, rising.
 *
 * Return how many were written to found[capacity]; fewer than `capacity`: there are no more. None for a query
 * that nearest_find would refuse. Marks as there. */
ENGINE_EXPORT size_t nearest_rows_with(const NearestImage *image, uint8_t *marks, const uint32_t *wanted,
                                       uint32_t count, uint32_t size, uint32_t from, uint32_t *found,
                                       size_t capacity);

#endif
