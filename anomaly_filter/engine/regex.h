/* A backtracking machine for regular expressions over ASCII, with the semantics of Python's re.

   Programs are made by program.py. All of them share their instructions, sets and switches. NUL, which no text
   holds, stands for what is before the first byte and behind the last one: a set that has it may match there. */
#ifndef REGEX_H
#define REGEX_H

#include <stddef.h>
#include <stdint.h>

#include "engine.h"

enum {
    REGEX_GROUPS = 3,   /* captures that a program can have */
    REGEX_STACK = 8192, /* choices that are open at a time; our real logs need 725 at the most */
    REGEX_BYTES = 128   /* different bytes */
};

/* Why a program did not match; a match is its number, 0 or more. */
enum { REGEX_NONE = -1, REGEX_LIMIT = -2 };

enum regex_operation {
    DO_FAIL,     /* go back to the last choice */
    DO_BYTE,     /* take a byte of `set` */
    DO_RUN,      /* take `least` to `most` bytes of `set`, as many as possible, such that one of `follow` is next */
    DO_RUN_LAZY, /* the same, as few as possible */
    DO_RUN_ALL,  /* take as many bytes of `set` as there are, up to `most`, and never give one back */
    DO_CHOOSE,   /* go on if the next byte is in `set`, else or later at `to` if it is in `follow` */
    DO_SWITCH,   /* go on where the switch number `to` says for the next byte */
    DO_TRY,      /* go on at `to`, later behind this */
    DO_JUMP,     /* go on at `to` */
    DO_AHEAD,    /* the next byte is in `set` */
    DO_BEHIND,   /* the byte before is in `set` */
    DO_LOOK,     /* what is up to the LOOK_END matches here, then go on at `to` from the same place */
    DO_LOOK_NOT, /* the same if it does not match */
    DO_LOOK_END,
    DO_BACK, /* go back by `to` bytes */
    DO_SAVE, /* remember this place in the slot `to` */
    DO_MATCH /* the text up to here matches; `to` is the match's number */
};

struct regex_instruction {
    uint8_t operation, set, follow;
    uint16_t to, least, most;
};

struct regex_set {
    uint64_t bits[2];
};

struct regex_code {
    const struct regex_instruction *instructions;
    const struct regex_set *sets;
    const uint16_t (*switches)[REGEX_BYTES];
};

/* A choice that is open: where to go on, or what to do, when what was chosen fails. */
struct regex_choice {
    uint16_t kind, instruction;
    uint32_t at, least;
};

struct regex_machine {
    size_t steps_left;                  /* set by the caller; a program that uses them up answers REGEX_LIMIT */
    uint32_t saved[2 * REGEX_GROUPS];   /* begin and end of each group, or REGEX_UNSET */
    uint32_t end;                       /* of the last match */
    struct regex_choice stack[REGEX_STACK];
};

#define REGEX_UNSET UINT32_MAX

static inline int regex_has(const struct regex_set *set, unsigned char byte) {
    return (int)(set->bits[byte >> 6] >> (byte & 63) & 1);
}

/* Runs the program that begins at `start` from the place `at` of a text of n bytes, each of 1 to 127; n is below 2^16.
   Python calls it in tests only. */
ENGINE_EXPORT int regex_match(struct regex_machine *machine, const struct regex_code *code, uint16_t start,
                              const char *text, uint32_t n, uint32_t at);

#endif
