/* The stages of tokens.Table, in its order; the names of functions are those there where they do the same. */
#include "rules.h"

#include <stdlib.h>
#include <string.h>

#include "memo.h"
#include "rules_table.h"

/* lines.py cuts longer texts into pieces of 32,000 bytes. */
enum { LONGEST_TEXT = 1 << 15 };

/* What rules make of a text may be longer: a host name of four bytes becomes a class of seven. A number and the words
   beside it have two tokens more. */
enum { BUFFER_ROOM = RULES_ROOM };

/* Bytes of a word, or of a pair of words, that are remembered; longer ones hardly come twice. */
enum { LONGEST_REMEMBERED = 1 << 11 };

/* Steps of the machine for one text, some ten milliseconds; the worst line of our real logs takes a twentieth. */
enum { MOST_STEPS = 4 << 20 };

/* As in rules.py. */
enum { ID = 1, CLASS = 2 };

#define COUNT(array) (sizeof(array) / sizeof *(array))

struct slice {
    const char *bytes;
    uint32_t size;
};

struct buffer {
    uint32_t size;
    char bytes[BUFFER_ROOM];
};

struct word {
    uint32_t at, size;
};

struct rules {
    int failed; /* a limit was reached: what has been worked out for this text is not to be used */
    memo masks; /* by the shapes of words */
    memo words; /* tokens of a masked word by itself */
    memo pairs; /* tokens of a masked word behind another one, where one of them has a digit */
    struct regex_machine machine;
    struct buffer *line, *spare; /* the masked words, with one blank between them */
    struct buffer *looked_at, *replaced;
    struct buffer pair;
    struct buffer found; /* the tokens, each with LF */
    struct buffer four[4]; /* of the pointers above */
    uint32_t word_count;
    struct word of_line[BUFFER_ROOM / 2 + 1];
};

static int is_digit(char byte) { return byte >= '0' && byte <= '9'; }

static int is_upper(char byte) { return byte >= 'A' && byte <= 'Z'; }

static int is_letter(char byte) { return (byte >= 'a' && byte <= 'z') || is_upper(byte) || byte == '_'; }

static char lower(char byte) { return is_upper(byte) ? (char)(byte - 'A' + 'a') : byte; }

static void append(rules *r, struct buffer *to, const char *bytes, size_t size) {
    if (size > BUFFER_ROOM - to->size) {
        r->failed = 1;
        return;
    }
    memcpy(to->bytes + to->size, bytes, size);
    to->size += (uint32_t)size;
}

static void append_text(rules *r, struct buffer *to, const char *text) { append(r, to, text, strlen(text)); }

static struct slice slice_of(const struct buffer *of) { return (struct slice){of->bytes, of->size}; }

static void swap(struct buffer **one, struct buffer **other) {
    struct buffer *was = *one;
    *one = *other;
    *other = was;
}

/* ---- one rule ---- */

/* The bytes of a text, and NUL, which behind its end is in all of them. */
static struct regex_set bytes_of(struct slice text) {
    struct regex_set found = {{1, 0}};
    for (uint32_t at = 0; at < text.size; at++) {
        unsigned char byte = (unsigned char)text.bytes[at];
        found.bits[byte >> 6] |= (uint64_t)1 << (byte & 63);
    }
    return found;
}

static int has_each(const struct regex_set *bytes, const uint8_t needs[RULE_NEEDS]) {
    for (size_t i = 0; i < RULE_NEEDS; i++) {
        const struct regex_set *need = &SETS[needs[i]];
        if (!((bytes->bits[0] & need->bits[0]) | (bytes->bits[1] & need->bits[1]))) return 0;
    }
    return 1;
}

/* Whether running the rule over a text of these bytes could be of use. */
static int may_match(const struct rule *rule, const struct regex_set *bytes, uint32_t size) {
    const struct regex_set *can = &SETS[rule->alphabet];
    uint64_t cannot = (bytes->bits[0] & ~can->bits[0]) | (bytes->bits[1] & ~can->bits[1]);
    return size >= rule->shortest && !cannot && has_each(bytes, rule->needs);
}

/* The number of the match that begins at a place of the text, or REGEX_NONE. */
static int match(rules *r, const struct rule *rule, struct slice text, uint32_t at) {
    if (at < text.size && !regex_has(&SETS[rule->first], (unsigned char)text.bytes[at])) return REGEX_NONE;
    int number = regex_match(&r->machine, &CODE, rule->start, text.bytes, text.size, at);
    if (number != REGEX_LIMIT) return number;
    r->failed = 1;
    return REGEX_NONE;
}

/* The first match from a place on; moves it there. No rule that is searched for matches the empty text. */
static int search(rules *r, const struct rule *rule, struct slice text, uint32_t *at) {
    for (; *at < text.size; ++*at) {
        int number = match(r, rule, text, *at);
        if (number != REGEX_NONE) return number;
    }
    return REGEX_NONE;
}

/* Appends the text with all matches replaced by the one of `becomes` that has the match's number. Returns 0,
   and appends nothing, if there are none. */
static int replace(rules *r, const struct rule *rule, const char *const *becomes, struct slice text,
                   struct buffer *to) {
    uint32_t at = 0, copied = 0;
    int number = search(r, rule, text, &at);
    if (number == REGEX_NONE) return 0;
    for (; number != REGEX_NONE; number = search(r, rule, text, &at)) {
        append(r, to, text.bytes + copied, at - copied);
        append_text(r, to, becomes[number]);
        at = copied = r->machine.end;
    }
    append(r, to, text.bytes + copied, text.size - copied);
    return 1;
}

static struct slice group(const rules *r, struct slice text, size_t slot) {
    uint32_t begin = r->machine.saved[slot], end = r->machine.saved[slot + 1];
    if (end == REGEX_UNSET) return (struct slice){NULL, 0};
    return (struct slice){text.bytes + begin, end - begin};
}

/* ---- mask and line ---- */

static int has_digit(struct slice word) {
    for (uint32_t at = 0; at < word.size; at++)
        if (is_digit(word.bytes[at])) return 1;
    return 0;
}

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
    if (!has_digit(word) || !replace(r, MASK, MASK_BECOMES, word, r->line))
        append(r, r->line, word.bytes, word.size);
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
        append(r, r->line, known, size);
        return;
    }
    uint32_t begin = r->line->size;
    append_replaced(r, word);
    if (!r->failed) memo_keep(&r->masks, shape, word.size, r->line->bytes + begin, r->line->size - begin);
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
        if (end) append(r, r->line, " ", 1);
        uint32_t begin = r->line->size;
        append_masked(r, word);
        r->of_line[r->word_count++] = (struct word){begin, r->line->size - begin};
        if (r->line->size == begin) r->line->size = end;
    }
}

static void append_line(rules *r, const struct rule *rule, struct slice line) {
    for (const char *at = rule->becomes; *at; at++) {
        struct slice kept = group(r, line, SLOT_KEPT);
        if (*at == FIELD_KEPT) append(r, r->spare, kept.bytes, kept.size);
        else append(r, r->spare, at, 1);
    }
    append(r, r->spare, line.bytes + r->machine.end, line.size - r->machine.end);
}

/* Cuts envelopes and free text off the line. */
static void cut_line(rules *r) {
    int cut = 0;
    for (size_t i = 0; i < COUNT(LINE_RULES); i++) {
        struct slice line = slice_of(r->line);
        if (match(r, &LINE_RULES[i], line, 0) == REGEX_NONE) continue;
        r->spare->size = 0;
        append_line(r, &LINE_RULES[i], line);
        swap(&r->line, &r->spare);
        cut = 1;
    }
    if (!cut) return;
    uint32_t at = 0;
    r->word_count = 0;
    struct slice line = slice_of(r->line);
    for (struct slice word = next_word(line, &at); word.size; word = next_word(line, &at))
        r->of_line[r->word_count++] = (struct word){at - word.size, word.size};
}

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

static void append_class(rules *r, struct slice number, struct slice key) {
    struct slice digits = stripped(number, "-.,");
    uint32_t at = 0;
    if (!stripped(digits, "0.,").size) {
        append_text(r, &r->found, "0");
    } else if (number.bytes[0] == '-') {
        append_text(r, &r->found, "negative");
    } else if (is_hundreds(digits) && search(r, HTTP_KEY, key, &at) != REGEX_NONE) {
        append(r, &r->found, digits.bytes, 1);
        append_text(r, &r->found, "xx");
    } else {
        append_text(r, &r->found, equals(digits, "100") ? "full" : "n");
    }
}

/* Appends the token of a pair that a rule has matched. */
static void append_number(rules *r, const struct rule *rule, struct slice pair) {
    struct slice key = group(r, pair, SLOT_KEY), number = group(r, pair, SLOT_NUMBER);
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
        if (*at == FIELD_KEY) append(r, &r->found, key.bytes, key.size);
        else if (*at == FIELD_CLASS) append_class(r, number, key);
        else append(r, &r->found, at, 1);
    }
    append_text(r, &r->found, "\n");
}

/* `pair` is the end of the word before, a blank, and the beginning of the word. */
static void find_numbers(rules *r, struct slice pair, uint32_t before) {
    struct regex_set all = bytes_of(pair);
    struct regex_set first = bytes_of((struct slice){pair.bytes, before});
    struct regex_set second = bytes_of((struct slice){pair.bytes + before + 1, pair.size - before - 1});
    for (size_t i = 0; i < COUNT(NUMBER_RULES); i++) {
        const struct rule *rule = &NUMBER_RULES[i];
        if (has_each(&first, rule->needs_before) && has_each(&second, rule->needs) &&
            may_match(rule, &all, pair.size) && match(r, rule, pair, 0) != REGEX_NONE)
            append_number(r, rule, pair);
    }
}

/* ---- word, part, token ---- */

static int drops(rules *r, const struct rule *stage, size_t count, struct slice text) {
    struct regex_set bytes = bytes_of(text);
    for (const struct rule *rule = stage; rule < stage + count; rule++)
        if (may_match(rule, &bytes, text.size) && match(r, rule, text, 0) != REGEX_NONE) return 1;
    return 0;
}

static void find_token(rules *r, struct slice part) {
    if (drops(r, PART_RULES, COUNT(PART_RULES), part)) return;
    uint32_t begin = r->found.size;
    for (uint32_t at = 0; at < part.size; at++) {
        char byte = lower(part.bytes[at]);
        if (!is_digit(byte) && byte != ID) append(r, &r->found, &byte, 1);
    }
    struct slice token = {r->found.bytes + begin, r->found.size - begin};
    if (!token.size || drops(r, TOKEN_RULES, COUNT(TOKEN_RULES), token)) r->found.size = begin;
    else append_text(r, &r->found, "\n");
}

static int is_word_byte(char byte) { return is_letter(byte) || is_digit(byte); }

static int is_part_byte(char byte) { return is_word_byte(byte) || byte == ID; }

static void find_parts(rules *r, struct slice text) {
    uint32_t at = 0;
    while (at < text.size) {
        uint32_t begin = at++;
        char byte = text.bytes[begin];
        int begins_class = byte == CLASS;
        if (!begins_class && !is_part_byte(byte)) continue;
        while (at < text.size && (begins_class ? is_word_byte : is_part_byte)(text.bytes[at])) at++;
        struct slice part = {text.bytes + begin, at - begin};
        if (!begins_class) {
            find_token(r, part);
        } else if (part.size > 1) {
            append(r, &r->found, part.bytes, part.size);
            append_text(r, &r->found, "\n");
        }
    }
}

/* What the rules of the stage word make of a word, with the end of it that they do not look at. */
static struct slice after_word_rules(rules *r, struct slice word) {
    struct slice looked_at = {word.bytes, word.size < LONGEST_WORD ? word.size : LONGEST_WORD};
    struct regex_set bytes = bytes_of(looked_at);
    int changed = 0;
    for (size_t i = 0; i < COUNT(WORD_RULES); i++) {
        const struct rule *rule = &WORD_RULES[i];
        r->replaced->size = 0;
        if (!may_match(rule, &bytes, looked_at.size)) continue;
        if (!replace(r, rule, &rule->becomes, looked_at, r->replaced)) continue;
        swap(&r->looked_at, &r->replaced);
        looked_at = slice_of(r->looked_at);
        bytes = bytes_of(looked_at);
        changed = 1;
    }
    if (!changed) return word;
    uint32_t rest = word.size > LONGEST_WORD ? word.size - LONGEST_WORD : 0;
    append(r, r->looked_at, word.bytes + (word.size - rest), rest);
    return slice_of(r->looked_at);
}

/* Appends what is known of a key; 0: nothing is. */
static int append_known(rules *r, const memo *m, struct slice key) {
    size_t size;
    const char *known = memo_find(m, key.bytes, key.size, &size);
    if (known) append(r, &r->found, known, size);
    return known != NULL;
}

/* Remembers the tokens from `begin` on. */
static void remember(rules *r, memo *m, struct slice key, uint32_t begin) {
    if (key.size <= LONGEST_REMEMBERED && !r->failed)
        memo_keep(m, key.bytes, key.size, r->found.bytes + begin, r->found.size - begin);
}

static void find_word(rules *r, struct slice word) {
    if (append_known(r, &r->words, word)) return;
    uint32_t begin = r->found.size;
    find_parts(r, after_word_rules(r, word));
    remember(r, &r->words, word, begin);
}

/* Finds the tokens of a masked word that stands behind another one. */
static void find_tokens(rules *r, struct slice word, struct slice before) {
    if (!has_digit(word) && !has_digit(before)) { /* every rule of the stage number needs one */
        find_word(r, word);
        return;
    }
    uint32_t looked_at = before.size < LONGEST_WORD ? before.size : LONGEST_WORD;
    r->pair.size = 0;
    append(r, &r->pair, before.bytes + (before.size - looked_at), looked_at);
    append(r, &r->pair, " ", 1);
    append(r, &r->pair, word.bytes, word.size);
    struct slice pair = slice_of(&r->pair);
    if (append_known(r, &r->pairs, pair)) return;
    uint32_t begin = r->found.size, most = looked_at + 1 + LONGEST_WORD;
    find_numbers(r, (struct slice){pair.bytes, pair.size < most ? pair.size : most}, looked_at);
    find_word(r, word);
    remember(r, &r->pairs, pair, begin);
}

/* ---- what others call ---- */

rules *rules_new(size_t memo_bytes) {
    rules *r = malloc(sizeof *r);
    if (!r) return NULL;
    r->masks = r->words = r->pairs = (memo){0};
    size_t third = memo_bytes / 3;
    if (!memo_begin(&r->masks, third) || !memo_begin(&r->words, third) || !memo_begin(&r->pairs, third)) {
        rules_free(r);
        return NULL;
    }
    r->line = &r->four[0], r->spare = &r->four[1];
    r->looked_at = &r->four[2], r->replaced = &r->four[3];
    return r;
}

void rules_free(rules *r) {
    if (!r) return;
    memo_end(&r->masks);
    memo_end(&r->words);
    memo_end(&r->pairs);
    free(r);
}

/* Why the text is not looked at, or 0. Other white space than these two never comes from lines.py. */
static int refusal(struct slice text) {
    int refused = 0;
    for (uint32_t at = 0; at < text.size; at++) {
        unsigned char byte = (unsigned char)text.bytes[at];
        if (byte > 0x7f) return RULES_NOT_ASCII;
        if ((byte < ' ' && byte != '\t') || byte == 0x7f) refused = RULES_LIMIT;
    }
    return refused;
}

const char *rules_found(const rules *r) { return r->found.bytes; }

int32_t rules_tokens(rules *r, const char *text, uint32_t n) {
    if (n > LONGEST_TEXT) return RULES_LIMIT;
    struct slice all = {text, n};
    int refused = refusal(all);
    if (refused) return refused;
    r->failed = 0;
    r->machine.steps_left = MOST_STEPS;
    r->line->size = r->found.size = r->word_count = 0;
    mask_words(r, all);
    cut_line(r);
    struct slice before = {r->line->bytes, 0};
    for (uint32_t i = 0; i < r->word_count && !r->failed; i++) {
        struct slice word = {r->line->bytes + r->of_line[i].at, r->of_line[i].size};
        find_tokens(r, word, before);
        before = word;
    }
    return r->failed ? RULES_LIMIT : (int32_t)r->found.size;
}

const char *rules_digest(void) { return RULES_DIGEST; }
