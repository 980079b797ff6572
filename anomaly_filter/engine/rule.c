#include "rule.h"

#include <string.h>

#include "rules_table.h"

/* Other white space than blank and tab never comes from lines.py. */
static int refusal(struct slice text) {
    int refused = text.size > RULE_TEXT ? RULES_LIMIT : 0;
    for (uint32_t at = 0; at < text.size; at++) {
        unsigned char byte = (unsigned char)text.bytes[at];
        if (byte > 0x7f) return RULES_NOT_ASCII;
        if ((byte < ' ' && byte != '\t') || byte == 0x7f) refused = RULES_LIMIT;
    }
    return refused;
}

int work_begin(struct work *work, struct slice text) {
    work->failed = 0;
    work->machine.steps_left = RULE_STEPS;
    return refusal(text);
}

struct regex_set slice_bytes(struct slice text) {
    struct regex_set found = {{1, 0}};
    for (uint32_t at = 0; at < text.size; at++) {
        unsigned char byte = (unsigned char)text.bytes[at];
        found.bits[byte >> 6] |= (uint64_t)1 << (byte & 63);
    }
    return found;
}

int rule_has_each(const struct regex_set *bytes, const uint8_t needs[RULE_NEEDS]) {
    for (size_t i = 0; i < RULE_NEEDS; i++) {
        const struct regex_set *need = &RULES_CODE.sets[needs[i]];
        if (!((bytes->bits[0] & need->bits[0]) | (bytes->bits[1] & need->bits[1]))) return 0;
    }
    return 1;
}

int rule_may_match(const struct rule *rule, const struct regex_set *bytes, uint32_t size) {
    const struct regex_set *can = &RULES_CODE.sets[rule->alphabet];
    uint64_t cannot = (bytes->bits[0] & ~can->bits[0]) | (bytes->bits[1] & ~can->bits[1]);
    return size >= rule->shortest && !cannot && rule_has_each(bytes, rule->needs);
}

static int is_in(uint8_t set, char byte) { return regex_has(&RULES_CODE.sets[set], (unsigned char)byte); }

int rule_match(struct work *work, const struct rule *rule, struct slice text, uint32_t at) {
    if (at < text.size && !is_in(rule->first, text.bytes[at])) return REGEX_NONE;
    int number = regex_match(&work->machine, &RULES_CODE, rule->start, text.bytes, text.size, at);
    if (number != REGEX_LIMIT) return number;
    work->failed = 1;
    return REGEX_NONE;
}

int rule_search(struct work *work, const struct rule *rule, struct slice text, uint32_t *at) {
    const struct regex_set *sets = RULES_CODE.sets;
    const struct regex_set *first = &sets[rule->begins[0].first], *behind = &sets[rule->begins[0].behind];
    const struct regex_set *or_first = &sets[rule->begins[1].first], *or_behind = &sets[rule->begins[1].behind];
    unsigned char before = *at > 0 ? (unsigned char)text.bytes[*at - 1] : 0;
    for (; *at < text.size; ++*at) {
        unsigned char byte = (unsigned char)text.bytes[*at];
        int may_begin = (regex_has(first, byte) & regex_has(behind, before)) |
                        (regex_has(or_first, byte) & regex_has(or_behind, before));
        before = byte;
        if (!may_begin) continue;
        int number = rule_match(work, rule, text, *at);
        if (number != REGEX_NONE) return number;
    }
    return REGEX_NONE;
}

struct slice rule_group(const struct work *work, struct slice text, size_t slot) {
    uint32_t begin = work->machine.saved[slot], end = work->machine.saved[slot + 1];
    if (end == REGEX_UNSET) return (struct slice){NULL, 0};
    return (struct slice){text.bytes + begin, end - begin};
}

void buffer_append(struct work *work, struct buffer *to, const char *bytes, size_t size) {
    if (size > RULE_ROOM - to->size) {
        work->failed = 1;
        return;
    }
    memcpy(to->bytes + to->size, bytes, size);
    to->size += (uint32_t)size;
}

void buffer_append_text(struct work *work, struct buffer *to, const char *text) {
    buffer_append(work, to, text, strlen(text));
}

int rule_replace(struct work *work, const struct rule *rule, const char *const *becomes, struct slice text,
                 struct buffer *to) {
    uint32_t at = 0, copied = 0;
    int number = rule_search(work, rule, text, &at);
    if (number == REGEX_NONE) return 0;
    for (; number != REGEX_NONE; number = rule_search(work, rule, text, &at)) {
        buffer_append(work, to, text.bytes + copied, at - copied);
        buffer_append_text(work, to, becomes[number]);
        at = copied = work->machine.end;
    }
    buffer_append(work, to, text.bytes + copied, text.size - copied);
    return 1;
}

struct slice buffer_slice(const struct buffer *of) { return (struct slice){of->bytes, of->size}; }

void buffer_swap(struct buffer **one, struct buffer **other) {
    struct buffer *was = *one;
    *one = *other;
    *other = was;
}

int slice_has_digit(struct slice word) {
    for (uint32_t at = 0; at < word.size; at++)
        if (is_digit(word.bytes[at])) return 1;
    return 0;
}
