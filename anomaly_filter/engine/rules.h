/* Tokens of a text, as tokens.Table says, by the rules of rules.py. */
#ifndef RULES_H
#define RULES_H

#include <stddef.h>

#include "engine.h"

/* Why there are no tokens. */
enum {
    RULES_ROOM = -1,      /* `out` is too small */
    RULES_NOT_ASCII = -2, /* the text has a byte of 128 or more */
    RULES_LIMIT = -3      /* a control character, a text that is too long, or a pattern that takes too long */
};

typedef struct rules rules;

/* One for each thread. What it remembers of words and of pairs of words takes at most memo_bytes. NULL: no memory. */
ENGINE_EXPORT rules *rules_new(size_t memo_bytes);
ENGINE_EXPORT void rules_free(rules *);

/* Writes the tokens of a sub-line to out, each with LF behind it, in no order; one may come twice. Returns the bytes
   written or one of the codes above. */
ENGINE_EXPORT ptrdiff_t rules_tokens(rules *, const char *text, size_t n, char *out, size_t room);

/* What tokens.Table().digest is for the same rules. */
ENGINE_EXPORT const char *rules_digest(void);

#endif
