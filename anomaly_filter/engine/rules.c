/* The stages mask and line of tokens.Table, and then tokens.c; the names of functions are those of tokens.py where they
   do the same. */
#include "rules.h"

#include <stdlib.h>
#include <string.h>

#include "rules_table.h"
#include "tokens.h"

struct word {
    uint32_t at, size;
};

struct rules {
    struct work work;
    struct tokens tokens;
    memo masks; /* by the shapes of words */
    struct buffer *line, *spare; /* the masked words, with one blank between them */
    struct buffer two[2]; /* of the pointers above */
    uint32_t word_count;
    struct word of_line[RULE_ROOM / 2 + 1];
};

/* Writes to `shape` what stands for a run of digits: all nines, but for those that rules of the stage mask tell from
   others, which are zeros only, 200 to 599, and 100 %. */
static void write_run(struct slice run, char behind, char *shape) {
    memset(shape, '9', run.size);
    uint32_t zeros = 0;
    while (zeros < run.size && run.bytes[zeros] == '0') zeros++;
    if (zeros == run.size) {
        memset(shape, '0', run.size);
    } else if (run.size == 3) {
        if (run.bytes[0] >= '2' && run.bytes[0] <= '5') shape[0] = run.bytes[0];
        if (behind == '%' && memcmp(run.bytes, "100", 3) == 0) memcpy(shape, "100", 3);
    }
}

/* Writes the shape of a word: words of one shape are masked alike. Returns 0 if the word has no digit. */
static int write_shape(struct slice word, char *shape) {
    int digits = 0;
    for (uint32_t at = 0; at < word.size; at++) {
        shape[at] = word.bytes[at];
        if (!is_digit(word.bytes[at])) continue;
        uint32_t begin = at;
        while (at + 1 < word.size && is_digit(word.bytes[at + 1])) at++;
        struct slice run = {word.bytes + begin, at + 1 - begin};
        write_run(run, at + 1 < word.size ? word.bytes[at + 1] : ' ', shape + begin);
        digits = 1;
    }
    return digits;
}

static void append_replaced(rules *r, struct slice word) {
    /* Every rule of the stage needs a digit. */
    if (!slice_has_digit(word) || !rule_replace(&r->work, &MASK_RULE, MASK_BECOMES, word, r->line))
        buffer_append(&r->work, r->line, word.bytes, word.size);
}

static void append_masked(rules *r, struct slice word) {
    char shape[LONGEST_REMEMBERED];
    size_t size;
    if (word.size > LONGEST_REMEMBERED || !write_shape(word, shape)) {
        append_replaced(r, word);
        return;
    }
    const char *known = memo_find(&r->masks, shape, word.size, &size);
    if (known) {
        buffer_append(&r->work, r->line, known, size);
        return;
    }
    uint32_t begin = r->line->size;
    append_replaced(r, word);
    if (!r->work.failed) memo_keep(&r->masks, shape, word.size, r->line->bytes + begin, r->line->size - begin);
}

static int is_blank(char byte) { return byte == ' ' || byte == '\t'; }

/* The next word of a text; moves the place behind it. Empty: there is none. */
static struct slice next_word(struct slice text, uint32_t *at) {
    while (*at < text.size && is_blank(text.bytes[*at])) ++*at;
    uint32_t begin = *at;
    while (*at < text.size && !is_blank(text.bytes[*at])) ++*at;
    return (struct slice){text.bytes + begin, *at - begin};
}

/* Masks the words. Of those that vanish no blank is left, but they stay words. */
static void mask_words(rules *r, struct slice text) {
    uint32_t at = 0;
    for (struct slice word = next_word(text, &at); word.size; word = next_word(text, &at)) {
        uint32_t end = r->line->size;
        if (end) buffer_append(&r->work, r->line, " ", 1);
        uint32_t begin = r->line->size;
        append_masked(r, word);
        r->of_line[r->word_count++] = (struct word){begin, r->line->size - begin};
        if (r->line->size == begin) r->line->size = end;
    }
}

static void append_line(rules *r, const struct rule *rule, struct slice line) {
    for (const char *at = rule->becomes; *at; at++) {
        struct slice kept = rule_group(&r->work, line, SLOT_KEPT);
        if (*at == FIELD_KEPT) buffer_append(&r->work, r->spare, kept.bytes, kept.size);
        else buffer_append(&r->work, r->spare, at, 1);
    }
    buffer_append(&r->work, r->spare, line.bytes + r->work.machine.end, line.size - r->work.machine.end);
}

/* Cuts envelopes and free text off the line. */
static void cut_line(rules *r) {
    int cut = 0;
    for (size_t i = 0; i < LINE_STAGE.count; i++) {
        struct slice line = buffer_slice(r->line);
        if (rule_match(&r->work, &LINE_STAGE.rules[i], line, 0) == REGEX_NONE) continue;
        r->spare->size = 0;
        append_line(r, &LINE_STAGE.rules[i], line);
        buffer_swap(&r->line, &r->spare);
        cut = 1;
    }
    if (!cut) return;
    uint32_t at = 0;
    r->word_count = 0;
    struct slice line = buffer_slice(r->line);
    for (struct slice word = next_word(line, &at); word.size; word = next_word(line, &at))
        r->of_line[r->word_count++] = (struct word){at - word.size, word.size};
}

rules *rules_new(size_t memo_bytes) {
    rules *r = malloc(sizeof *r);
    if (!r) return NULL;
    size_t third = memo_bytes / 3;
    int has_room = memo_begin(&r->masks, third);
    has_room &= tokens_begin(&r->tokens, &r->work, memo_bytes - third);
    if (!has_room) {
        rules_free(r);
        return NULL;
    }
    r->line = &r->two[0], r->spare = &r->two[1];
    return r;
}

void rules_free(rules *r) {
    if (!r) return;
    memo_end(&r->masks);
    tokens_end(&r->tokens);
    free(r);
}

const char *rules_found(const rules *r) { return r->tokens.found.bytes; }

int32_t rules_tokens(rules *r, const char *text, uint32_t n) {
    struct slice all = {text, n};
    int refused = work_begin(&r->work, all);
    if (refused) return refused;
    r->line->size = r->tokens.found.size = r->word_count = 0;
    mask_words(r, all);
    cut_line(r);
    struct slice before = {r->line->bytes, 0};
    for (uint32_t i = 0; i < r->word_count && !r->work.failed; i++) {
        struct slice word = {r->line->bytes + r->of_line[i].at, r->of_line[i].size};
        tokens_find(&r->tokens, word, before);
        before = word;
    }
    return r->work.failed ? RULES_LIMIT : (int32_t)r->tokens.found.size;
}

const char *rules_digest(void) { return RULES_DIGEST; }
