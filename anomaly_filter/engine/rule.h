/* A row of rules_table.h: a rule's program, and what tells without running it that it cannot match. */
#ifndef RULE_H
#define RULE_H

#include "regex.h"

enum { RULE_NEEDS = 3 };

/* What a match becomes has these bytes where tokens.py has {key}, {class} and {kept}. */
enum { FIELD_KEY = 3, FIELD_CLASS = 4, FIELD_KEPT = 5 };

/* The slots where groups begin, in the order of program.py; the next slot is the end. */
enum { SLOT_KEY = 0, SLOT_NUMBER = 2, SLOT_KEPT = 4 };

struct rule {
    uint16_t start;                   /* of its program */
    uint16_t shortest;                /* length of a match */
    uint8_t first;                    /* set: the bytes that a match can begin with */
    uint8_t alphabet;                 /* set: the bytes that the text can have; not all only if all of it must match */
    uint8_t needs_before[RULE_NEEDS]; /* sets, of each of which the word before has a byte */
    uint8_t needs[RULE_NEEDS];        /* sets, of each of which the word has a byte */
    const char *becomes;
};

#endif
