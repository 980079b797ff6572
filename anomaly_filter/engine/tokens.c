#include "tokens.h"

#include <string.h>

#include "rules_table.h"

/* As in rules.py. */
enum { ID = 1, CLASS = 2 };

static int is_upper(char byte) { return byte >= 'A' && byte <= 'Z'; }

static int is_letter(char byte) { return (byte >= 'a' && byte <= 'z') || is_upper(byte) || byte == '_'; }

static char lower(char byte) { return is_upper(byte) ? (char)(byte - 'A' + 'a') : byte; }

/* ---- numbers ---- */

static struct slice stripped(struct slice text, const char *of) {
    while (text.size && strchr(of, text.bytes[0])) text.bytes++, text.size--;
    while (text.size && strchr(of, text.bytes[text.size - 1])) text.size--;
    return text;
}

static int equals(struct slice text, const char *other) {
    return text.size == strlen(other) && memcmp(text.bytes, other, text.size) == 0;
}

/* Whether the mask rules have made it of an HTTP status, or of what looks like one. */
static int is_hundreds(struct slice digits) {
    return equals(digits, "200") || equals(digits, "300") || equals(digits, "400") || equals(digits, "500");
}

static void append_class(struct tokens *t, struct slice number, struct slice key) {
    struct slice digits = stripped(number, "-.,");
    uint32_t at = 0;
    if (!stripped(digits, "0.,").size) {
        buffer_append_text(t->work, &t->found, "0");
    } else if (number.bytes[0] == '-') {
        buffer_append_text(t->work, &t->found, "negative");
    } else if (is_hundreds(digits) && rule_search(t->work, &HTTP_KEY_RULE, key, &at) != REGEX_NONE) {
        buffer_append(t->work, &t->found, digits.bytes, 1);
        buffer_append_text(t->work, &t->found, "xx");
    } else {
        buffer_append_text(t->work, &t->found, equals(digits, "100") ? "full" : "n");
    }
}

/* Appends the token of a pair that a rule has matched. */
static void append_number(struct tokens *t, const struct rule *rule, struct slice pair) {
    struct slice key = rule_group(t->work, pair, SLOT_KEY), number = rule_group(t->work, pair, SLOT_NUMBER);
    char letters[2 * LONGEST_WORD + 1];
    if (!key.bytes) {
        key = (struct slice){"http", 4};
    } else if (!equals(key, "->") && !equals(key, "=>")) {
        uint32_t size = 0;
        for (uint32_t at = 0; at < key.size; at++)
            if (is_letter(key.bytes[at])) letters[size++] = lower(key.bytes[at]);
        key = (struct slice){letters, size};
    }
    for (const char *at = rule->becomes; *at; at++) {
        if (*at == FIELD_KEY) buffer_append(t->work, &t->found, key.bytes, key.size);
        else if (*at == FIELD_CLASS) append_class(t, number, key);
        else buffer_append(t->work, &t->found, at, 1);
    }
    buffer_append_text(t->work, &t->found, "\n");
}

/* `pair` is the end of the word before, a blank, and the beginning of the word. */
static void find_numbers(struct tokens *t, struct slice pair, uint32_t before) {
    struct regex_set all = slice_bytes(pair);
    struct regex_set first = slice_bytes((struct slice){pair.bytes, before});
    struct regex_set second = slice_bytes((struct slice){pair.bytes + before + 1, pair.size - before - 1});
    for (size_t i = 0; i < NUMBER_STAGE.count; i++) {
        const struct rule *rule = &NUMBER_STAGE.rules[i];
        if (rule_has_each(&first, rule->needs_before) && rule_has_each(&second, rule->needs) &&
            rule_may_match(rule, &all, pair.size) && rule_match(t->work, rule, pair, 0) != REGEX_NONE)
            append_number(t, rule, pair);
    }
}

/* ---- word, part, token ---- */

static int drops(struct tokens *t, struct stage stage, struct slice text) {
    struct regex_set bytes = slice_bytes(text);
    for (size_t i = 0; i < stage.count; i++) {
        const struct rule *rule = &stage.rules[i];
        if (rule_may_match(rule, &bytes, text.size) && rule_match(t->work, rule, text, 0) != REGEX_NONE) return 1;
    }
    return 0;
}

static void find_token(struct tokens *t, struct slice part) {
    if (drops(t, PART_STAGE, part)) return;
    uint32_t begin = t->found.size;
    for (uint32_t at = 0; at < part.size; at++) {
        char byte = lower(part.bytes[at]);
        if (!is_digit(byte) && byte != ID) buffer_append(t->work, &t->found, &byte, 1);
    }
    struct slice token = {t->found.bytes + begin, t->found.size - begin};
    if (!token.size || drops(t, TOKEN_STAGE, token)) t->found.size = begin;
    else buffer_append_text(t->work, &t->found, "\n");
}

static int is_word_byte(char byte) { return is_letter(byte) || is_digit(byte); }

static int is_part_byte(char byte) { return is_word_byte(byte) || byte == ID; }

static void find_parts(struct tokens *t, struct slice text) {
    uint32_t at = 0;
    while (at < text.size) {
        uint32_t begin = at++;
        char byte = text.bytes[begin];
        int begins_class = byte == CLASS;
        if (!begins_class && !is_part_byte(byte)) continue;
        while (at < text.size && (begins_class ? is_word_byte : is_part_byte)(text.bytes[at])) at++;
        struct slice part = {text.bytes + begin, at - begin};
        if (!begins_class) {
            find_token(t, part);
        } else if (part.size > 1) {
            buffer_append(t->work, &t->found, part.bytes, part.size);
            buffer_append_text(t->work, &t->found, "\n");
        }
    }
}

/* What the rules of the stage word make of a word, with the end of it that they do not look at. */
static struct slice after_word_rules(struct tokens *t, struct slice word) {
    struct slice looked_at = {word.bytes, word.size < LONGEST_WORD ? word.size : LONGEST_WORD};
    struct regex_set bytes = slice_bytes(looked_at);
    int changed = 0;
    for (size_t i = 0; i < WORD_STAGE.count; i++) {
        const struct rule *rule = &WORD_STAGE.rules[i];
        t->replaced->size = 0;
        if (!rule_may_match(rule, &bytes, looked_at.size)) continue;
        if (!rule_replace(t->work, rule, &rule->becomes, looked_at, t->replaced)) continue;
        buffer_swap(&t->looked_at, &t->replaced);
        looked_at = buffer_slice(t->looked_at);
        bytes = slice_bytes(looked_at);
        changed = 1;
    }
    if (!changed) return word;
    uint32_t rest = word.size > LONGEST_WORD ? word.size - LONGEST_WORD : 0;
    buffer_append(t->work, t->looked_at, word.bytes + (word.size - rest), rest);
    return buffer_slice(t->looked_at);
}

/* Appends what is known of a key; 0: nothing is. */
static int append_known(struct tokens *t, const memo *m, struct slice key) {
    size_t size;
    const char *known = memo_find(m, key.bytes, key.size, &size);
    if (known) buffer_append(t->work, &t->found, known, size);
    return known != NULL;
}

/* Remembers the tokens from `begin` on. */
static void remember(struct tokens *t, memo *m, struct slice key, uint32_t begin) {
    if (key.size <= LONGEST_REMEMBERED && !t->work->failed)
        memo_keep(m, key.bytes, key.size, t->found.bytes + begin, t->found.size - begin);
}

static void find_word(struct tokens *t, struct slice word) {
    if (append_known(t, &t->words, word)) return;
    uint32_t begin = t->found.size;
    find_parts(t, after_word_rules(t, word));
    remember(t, &t->words, word, begin);
}

void tokens_find(struct tokens *t, struct slice word, struct slice before) {
    if (!slice_has_digit(word) && !slice_has_digit(before)) { /* every rule of the stage number needs one */
        find_word(t, word);
        return;
    }
    uint32_t looked_at = before.size < LONGEST_WORD ? before.size : LONGEST_WORD;
    t->pair.size = 0;
    buffer_append(t->work, &t->pair, before.bytes + (before.size - looked_at), looked_at);
    buffer_append(t->work, &t->pair, " ", 1);
    buffer_append(t->work, &t->pair, word.bytes, word.size);
    struct slice pair = buffer_slice(&t->pair);
    if (append_known(t, &t->pairs, pair)) return;
    uint32_t begin = t->found.size, most = looked_at + 1 + LONGEST_WORD;
    find_numbers(t, (struct slice){pair.bytes, pair.size < most ? pair.size : most}, looked_at);
    find_word(t, word);
    remember(t, &t->pairs, pair, begin);
}

int tokens_begin(struct tokens *t, struct work *work, size_t memo_bytes) {
    t->work = work;
    t->looked_at = &t->two[0], t->replaced = &t->two[1];
    int has_room = memo_begin(&t->words, memo_bytes / 2);
    return has_room & memo_begin(&t->pairs, memo_bytes / 2);
}

void tokens_end(struct tokens *t) {
    memo_end(&t->words);
    memo_end(&t->pairs);
}
