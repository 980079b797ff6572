/* Rules run over texts: a program, and what tells without running it that it cannot match. */
#ifndef RULE_H
#define RULE_H

#include "regex.h"

enum { RULE_NEEDS = 3, RULE_BEGINS = 2 };

/* What a match becomes has these bytes where tokens.py has {key}, {class} and {kept}. */
enum { FIELD_KEY = 3, FIELD_CLASS = 4, FIELD_KEPT = 5 };

/* The slots where groups of rules begin, in the order of program.py; the next slot is the end. */
enum { SLOT_KEY = 0, SLOT_NUMBER = 2, SLOT_KEPT = 4 };

/* Bytes of a text. lines.py cuts longer ones into pieces of 32,000. */
enum { RULE_TEXT = 1 << 15 };

/* Bytes; four times as many as the longest text has, since what rules make of it may be longer: a host name of four
   bytes becomes a class of seven. A number and the words beside it have two tokens more. */
enum { RULE_ROOM = 4 * RULE_TEXT };

/* Steps of the machine for one text, some ten milliseconds; the worst line of our real logs takes a twentieth. */
enum { RULE_STEPS = 4 << 20 };

/* Why a text is not looked at. */
enum {
    RULES_NOT_ASCII = -1, /* it has a byte of 128 or more */
    RULES_LIMIT = -2      /* a control character, a text that is too long, or a pattern that takes too long */
};

struct rule {
    uint16_t start;                   /* of its program */
    uint16_t shortest;                /* length of a match */
    uint8_t first;                    /* set: the bytes that a match can begin with */
    struct {
        uint8_t behind, first;
    } begins[RULE_BEGINS];            /* sets: a match begins with a byte of `first`, behind one of `behind` */
    uint8_t alphabet;                 /* set: the bytes that the text can have; not all only if all of it must match */
    uint8_t needs_before[RULE_NEEDS]; /* sets, of each of which the word before has a byte */
    uint8_t needs[RULE_NEEDS];        /* sets, of each of which the word has a byte */
    const char *becomes;
};

/* Rules in the order in which they are tried. */
struct stage {
    const struct rule *rules;
    size_t count;
};

struct slice {
    const char *bytes;
    uint32_t size;
};

struct buffer {
    uint32_t size;
    char bytes[RULE_ROOM];
};

/* The work on one text. */
struct work {
    int failed; /* a limit was reached: what has been worked out for this text is not to be used */
    struct regex_machine machine;
};

/* Begins the work on a text. Returns 0, or one of the codes above. */
int work_begin(struct work *work, struct slice text);

/* The bytes of a text, and NUL, which behind its end is in all of them. */
struct regex_set slice_bytes(struct slice text);

int rule_has_each(const struct regex_set *bytes, const uint8_t needs[RULE_NEEDS]);

/* Whether running the rule over a text of these bytes could be of use. */
int rule_may_match(const struct rule *rule, const struct regex_set *bytes, uint32_t size);

/* The number of the match that begins at a place of the text, or REGEX_NONE. */
int rule_match(struct work *work, const struct rule *rule, struct slice text, uint32_t at);

/* The first match from a place on; moves it there. No rule that is searched for matches the empty text. */
int rule_search(struct work *work, const struct rule *rule, struct slice text, uint32_t *at);

/* What a group of the last match matched; its bytes are NULL if it had no part in it. */
struct slice rule_group(const struct work *work, struct slice text, size_t slot);

void buffer_append(struct work *work, struct buffer *to, const char *bytes, size_t size);
void buffer_append_text(struct work *work, struct buffer *to, const char *text);

/* Appends the text with all matches replaced by the one of `becomes` that has the match's number. Returns 0,
   and appends nothing, if there are none. */
int rule_replace(struct work *work, const struct rule *rule, const char *const *becomes, struct slice text,
                 struct buffer *to);

struct slice buffer_slice(const struct buffer *of);
void buffer_swap(struct buffer **one, struct buffer **other);

static inline int is_digit(char byte) { return byte >= '0' && byte <= '9'; }

int slice_has_digit(struct slice word);

#endif
