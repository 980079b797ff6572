/* Tokens of a text, as tokens.Table says, by the rules of rules.py. */
#ifndef RULES_H
#define RULES_H

#include <stddef.h>

#include "rule.h"

typedef struct rules rules;

/* One for each thread. What it remembers of words and of pairs of words takes at most memo_bytes. NULL: no memory. */
ENGINE_EXPORT rules *rules_new(size_t memo_bytes);
ENGINE_EXPORT void rules_free(rules *);

/* Finds the tokens of a sub-line. Returns how many bytes they take, or one of the codes of rule.h. */
ENGINE_EXPORT int32_t rules_tokens(rules *, const char *text, uint32_t n);

/* Where the tokens of the last sub-line are, each with LF behind it, in no order; one may come twice. The place is the
   same as long as the rules live, and has room for RULE_ROOM bytes. */
ENGINE_EXPORT const char *rules_found(const rules *);

/* What tokens.Table().digest is for the same rules. */
ENGINE_EXPORT const char *rules_digest(void);

#endif
