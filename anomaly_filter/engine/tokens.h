/* The stages number, word, part and token of tokens.Table: masked words to tokens. */
#ifndef TOKENS_H
#define TOKENS_H

#include "memo.h"
#include "rule.h"

/* Bytes of a word, or of a pair of words, that are remembered; longer ones hardly come twice. */
enum { LONGEST_REMEMBERED = 1 << 11 };

struct tokens {
    struct work *work;
    memo words; /* tokens of a masked word by itself */
    memo pairs; /* tokens of a masked word behind another one, where one of them has a digit */
    struct buffer *looked_at, *replaced;
    struct buffer two[2]; /* of the pointers above */
    struct buffer pair;
    struct buffer found; /* the tokens, each with LF; emptied by the caller */
};

/* 0: no memory; tokens_end is called all the same. */
int tokens_begin(struct tokens *, struct work *, size_t memo_bytes);
void tokens_end(struct tokens *);

/* Finds the tokens of a masked word that stands behind another one. */
void tokens_find(struct tokens *, struct slice word, struct slice before);

#endif
