/* The gists of lines: all that is looked for in a line whose kind comes for the first time, for many lines at once.
 * gists.py says what each part of a gist is, by the Python that finds the same. */
#ifndef ANOMALY_FILTER_GIST_H
#define ANOMALY_FILTER_GIST_H

#include "nearest.h"
#include "rules.h"
#include "searches.h"
#include "table.h"

/* What is known of a line beside what can be counted. */
enum {
    GIST_LEFT = 1,    /* the line is left to Python: it is not ASCII, or a limit was reached; the rest is not set */
    GIST_SECRET = 2,  /* it may hold a secret, of which nothing must be kept; Python sees whether it does */
    GIST_POINTS = 4,  /* it points into a source */
    GIST_HOST = 8,    /* its tokens say that it names a host */
    GIST_NUMBER = 16, /* they have a number that is joined to its key */
    GIST_ID = 32,     /* it may have an id */
    GIST_FAILURE = 64,     /* one of its words, which the nearest row has as well, may be one of failure */
    GIST_NEW_FAILURE = 128 /* one that the row lacks may be */
};

/* Places are bytes. gists.py reads this by its layout. */
typedef struct {
    double squared_cosine;             /* to the nearest row */
    uint32_t line;                     /* its place in the block */
    uint32_t flags;
    uint32_t text, text_size;          /* in `bytes` */
    uint32_t even, even_size;          /* the same with single blanks between its words */
    uint32_t tokens, tokens_size;      /* sorted, each once, with LF between them */
    uint32_t token_count;
    uint32_t matches, match_count;     /* in `matches`, of the searches in the even text */
    uint32_t zeros, zero_count;        /* in `zeros`: the places among its whole numbers of those that are 0 */
    uint32_t integers;                 /* whole numbers */
    uint32_t host, host_end;           /* its first host in the even text; 0 and 0: there is none */
    uint32_t row;                      /* the nearest one; NEAREST_NONE */
    uint32_t fresh;                    /* tokens without a number that it lacks */
    uint32_t strange;                  /* of these, those that all rows lack */
} Gist;

/* The arrays hold until the next call. */
typedef struct {
    const Gist *gists;
    const uint8_t *bytes;
    const struct found *matches;
    const uint32_t *zeros;
    uint64_t byte_count, match_count, zero_count;
} GistView;

/* Where rows are looked for. */
typedef struct {
    const NearestImage *image;
    const Table *tokens; /* of the image, by their numbers */
    uint8_t *marks;      /* as nearest_find wants them */
} GistRows;

typedef struct Gists Gists;

/* One for each thread. Secrets and failures are strings that tell of them, for phrases.h; secrets are in lower case.
 * NULL: they are not sound, or there is no memory. */
ENGINE_EXPORT Gists *gists_new(const char *secrets, size_t secrets_size, const char *failures, size_t failures_size);
ENGINE_EXPORT void gists_free(Gists *gists);
ENGINE_EXPORT const GistView *gists_view(const Gists *gists);

/* Make the gists of lines of a block, each its only part. What comes after `host_end` is looked for only if rows are
 * given; failures, and what points into a source, only in a line that is none of the rows. 0, or -1: no memory. */
ENGINE_EXPORT int gists_of(Gists *gists, rules *r, const GistRows *rows, const uint8_t *data, const ScanLine *lines,
                           const uint32_t *wanted, size_t count);

/* What gists.py makes of the same patterns. */
ENGINE_EXPORT const char *gists_digest(void);

#endif
