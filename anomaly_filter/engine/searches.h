/* Where the patterns of a Searches, see searches.py, match in a text. */
#ifndef SEARCHES_H
#define SEARCHES_H

#include "rule.h"

/* Matches in one text; a text with more is left to Python. */
enum { SEARCHES_FOUND = 1 << 10 };

/* A match; searches.py reads it by its layout. */
struct found {
    uint32_t search;                  /* its number */
    uint32_t spans[2 * REGEX_GROUPS]; /* begin and end of each group, in the order of the pattern, or REGEX_UNSET */
};

typedef struct searches searches;

/* One for each thread. NULL: no memory. */
ENGINE_EXPORT searches *searches_new(void);
ENGINE_EXPORT void searches_free(searches *);

/* Finds the matches of all searches, one search after the other. Returns how many they are, or one of the codes of
   rule.h. */
ENGINE_EXPORT int32_t searches_find(searches *, const char *text, uint32_t n);

/* Where the matches in the last text are: the same place as long as the searches live. */
ENGINE_EXPORT const struct found *searches_found(const searches *);

/* What Searches.digest() is for the same patterns. */
ENGINE_EXPORT const char *searches_digest(void);

#endif
