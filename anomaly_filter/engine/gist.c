/* A line to its gist. What each step has to come to is said by Python, see gists.py. */
#include "gist.h"

#include "phrases.h"
#include "room.h"
#include "rules_table.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_ROOM 1024
#define FIRST_BYTES ((size_t)64 << 10)

/* Bytes of all texts and tokens of a block, below 2^32; the lines beyond are left to Python. */
#define MOST_BYTES ((size_t)1 << 30)

/* As amounts.py and hosts.py have them; no id is shorter. */
enum { SLOTS_LOOKED_AT = 2000, HOST_LOOKED_AT = 400, SHORTEST_ID = 6 };

/* Tokens that are sorted by insertion. */
enum { FEW = 24 };

/* Of hosts.py. */
static const char HOST_TOKEN[] = "\002host";

/* A text within the work on one line. */
typedef struct {
    uint32_t size;
    char bytes[TEXT_LIMIT + 1];
} Copy;

struct Gists {
    GistView view;
    Gist *gists;
    uint8_t *bytes;
    struct found *matches;
    uint32_t *zeros, *numbers; /* the latter of the line's tokens */
    struct slice *tokens; /* of the line, in what rules_tokens found */
    size_t gist_room, byte_room, match_room, zero_room, number_room, token_room;
    size_t byte_count, match_count, zero_count;
    int no_memory;
    Phrases secrets, failures;
    searches *searches;
    struct work work;
    uint8_t clean[CLEAN_LIMIT];
    Copy even, alike, kept;   /* in the last two, ids have one letter; in the last, times are left out */
    char folded[RULE_ROOM + 2]; /* a text in lower case, or tokens between LFs */
};

Gists *gists_new(const char *secrets, size_t secrets_size, const char *failures, size_t failures_size) {
    Gists *gists = calloc(1, sizeof *gists);
    if (!gists) return NULL;
    gists->searches = searches_new();
    if (!gists->searches || !phrases_begin(&gists->secrets, secrets, secrets_size) ||
        !phrases_begin(&gists->failures, failures, failures_size)) {
        gists_free(gists);
        return NULL;
    }
    return gists;
}

void gists_free(Gists *gists) {
    if (!gists) return;
    phrases_end(&gists->secrets);
    phrases_end(&gists->failures);
    searches_free(gists->searches);
    free(gists->gists);
    free(gists->bytes);
    free(gists->matches);
    free(gists->zeros);
    free(gists->numbers);
    free(gists->tokens);
    free(gists);
}

const GistView *gists_view(const Gists *gists) { return &gists->view; }

const char *gists_digest(void) { return GISTS_DIGEST; }

/* ---- what is kept ---- */

/* Keep bytes, and say where. */
static uint32_t keep(Gists *gists, const void *bytes, size_t size) {
    size_t at = gists->byte_count;
    uint8_t *grown = with_room(gists->bytes, &gists->byte_room, at + size, FIRST_BYTES, 1);
    if (!grown) {
        gists->no_memory = 1;
        return 0;
    }
    gists->bytes = grown;
    if (size > 0) memcpy(grown + at, bytes, size);
    gists->byte_count += size;
    return (uint32_t)at;
}

static void keep_matches(Gists *gists, const struct found *found, size_t count) {
    size_t at = gists->match_count;
    struct found *grown =
        with_room(gists->matches, &gists->match_room, at + count, FIRST_ROOM, sizeof *grown);
    if (!grown) {
        gists->no_memory = 1;
        return;
    }
    gists->matches = grown;
    if (count > 0) memcpy(grown + at, found, count * sizeof *found);
    gists->match_count += count;
}

static void keep_zero(Gists *gists, uint32_t place) {
    uint32_t *grown =
        with_room(gists->zeros, &gists->zero_room, gists->zero_count + 1, FIRST_ROOM, sizeof *grown);
    if (!grown) {
        gists->no_memory = 1;
        return;
    }
    gists->zeros = grown;
    grown[gists->zero_count++] = place;
}

static void keep_token(Gists *gists, size_t at, struct slice token) {
    struct slice *grown = with_room(gists->tokens, &gists->token_room, at + 1, FIRST_ROOM, sizeof *grown);
    if (!grown) {
        gists->no_memory = 1;
        return;
    }
    gists->tokens = grown;
    grown[at] = token;
}

/* ---- tokens ---- */

static int compared(const void *one, const void *other) {
    const struct slice *left = one, *right = other;
    uint32_t least = left->size < right->size ? left->size : right->size;
    int order = memcmp(left->bytes, right->bytes, least);
    return order ? order : (left->size > right->size) - (left->size < right->size);
}

static void sort(struct slice *tokens, size_t count) {
    if (count > FEW) {
        qsort(tokens, count, sizeof *tokens, compared);
        return;
    }
    for (size_t next = 1; next < count; next++) {
        struct slice token = tokens[next];
        size_t at = next;
        for (; at > 0 && compared(&tokens[at - 1], &token) > 0; at--) tokens[at] = tokens[at - 1];
        tokens[at] = token;
    }
}

/* Cut what rules_tokens found into tokens; return how many. */
static size_t cut(Gists *gists, const char *found, size_t size) {
    size_t count = 0;
    for (const char *at = found, *end = found + size; at < end && !gists->no_memory; count++) {
        const char *newline = memchr(at, '\n', (size_t)(end - at)); /* there is one behind each */
        keep_token(gists, count, (struct slice){at, (uint32_t)(newline - at)});
        at = newline + 1;
    }
    return count;
}

static int is_host(const struct slice *token) {
    return token->size == sizeof HOST_TOKEN - 1 && memcmp(token->bytes, HOST_TOKEN, token->size) == 0;
}

/* Leave each of some sorted tokens once; return how many are left. */
static uint32_t once_each(struct slice *tokens, size_t count) {
    uint32_t left = 0;
    for (size_t at = 0; at < count; at++)
        if (left == 0 || compared(&tokens[left - 1], &tokens[at]) != 0) tokens[left++] = tokens[at];
    return left;
}

static void keep_tokens(Gists *gists, const char *found, size_t size, Gist *gist) {
    size_t count = cut(gists, found, size);
    if (gists->no_memory) return;
    sort(gists->tokens, count);
    gist->token_count = once_each(gists->tokens, count);
    gist->tokens = (uint32_t)gists->byte_count;
    for (size_t at = 0; at < gist->token_count; at++) {
        const struct slice *token = &gists->tokens[at];
        if (at > 0) keep(gists, "\n", 1);
        keep(gists, token->bytes, token->size);
        if (is_host(token)) gist->flags |= GIST_HOST;
        if (memchr(token->bytes, '=', token->size)) gist->flags |= GIST_NUMBER;
    }
    gist->tokens_size = (uint32_t)gists->byte_count - gist->tokens;
}

/* ---- words ---- */

static int is_blank(char byte) { return byte == ' ' || byte == '\t'; }

/* The next word from a place on; moves it behind. Empty: there is none. */
static struct slice next_word(struct slice text, uint32_t *at) {
    while (*at < text.size && is_blank(text.bytes[*at])) ++*at;
    uint32_t begin = *at;
    while (*at < text.size && !is_blank(text.bytes[*at])) ++*at;
    return (struct slice){text.bytes + begin, *at - begin};
}

/* Add a word and, but for the first one, a blank before it. */
static void add_word(Copy *to, const char *bytes, uint32_t size) {
    if (to->size > 0) to->bytes[to->size++] = ' ';
    memcpy(to->bytes + to->size, bytes, size);
    to->size += size;
}

static void make_even(Copy *even, struct slice text) {
    even->size = 0;
    uint32_t at = 0;
    for (struct slice word = next_word(text, &at); word.size; word = next_word(text, &at))
        add_word(even, word.bytes, word.size);
}

static int is_hex(char byte) {
    return is_digit(byte) || (byte >= 'a' && byte <= 'f') || (byte >= 'A' && byte <= 'F');
}

static int may_have_id(const Copy *text) {
    uint32_t run = 0;
    for (uint32_t at = 0; at < text->size && run < SHORTEST_ID; at++) run = is_hex(text->bytes[at]) ? run + 1 : 0;
    return run == SHORTEST_ID;
}

static void make_alike(Gists *gists, Gist *gist) {
    Copy *alike = &gists->alike;
    alike->size = gists->even.size;
    memcpy(alike->bytes, gists->even.bytes, alike->size);
    if (!may_have_id(alike)) return;
    gist->flags |= GIST_ID;
    struct slice text = {gists->even.bytes, gists->even.size};
    for (uint32_t at = 0; rule_search(&gists->work, &IDS_RULE, text, &at) != REGEX_NONE; at = gists->work.machine.end)
        memset(alike->bytes + at, 'x', gists->work.machine.end - at);
}

/* Leave out the words that masking takes out. */
static void make_kept(Gists *gists) {
    struct slice text = {gists->even.bytes, gists->even.size};
    gists->kept.size = 0;
    uint32_t at = 0;
    for (struct slice word = next_word(text, &at); word.size; word = next_word(text, &at))
        if (rule_match(&gists->work, &TAKEN_OUT_RULE, word, 0) == REGEX_NONE)
            add_word(&gists->kept, gists->alike.bytes + (at - word.size), word.size);
}

/* ---- numbers and hosts ---- */

static int is_zero(struct slice number) {
    while (number.size > 0 && number.bytes[number.size - 1] == '0') number.size--;
    return number.size == 0;
}

static void find_integers(Gists *gists, Gist *gist) {
    make_kept(gists);
    struct slice text = {gists->kept.bytes, gists->kept.size};
    uint32_t at = 0;
    gist->zeros = (uint32_t)gists->zero_count;
    while (rule_search(&gists->work, &INTEGER_RULE, text, &at) != REGEX_NONE) {
        uint32_t end = gists->work.machine.end;
        if (is_zero((struct slice){text.bytes + at, end - at})) keep_zero(gists, gist->integers);
        gist->integers++;
        at = end;
    }
    gist->zero_count = (uint32_t)gists->zero_count - gist->zeros;
}

static uint32_t at_most(uint32_t size, uint32_t most) { return size < most ? size : most; }

/* 0: Python has to look. */
static int find_matches(Gists *gists, Gist *gist) {
    int32_t count =
        searches_find(gists->searches, gists->alike.bytes, at_most(gists->alike.size, SLOTS_LOOKED_AT));
    if (count < 0) return 0;
    gist->matches = (uint32_t)gists->match_count;
    gist->match_count = (uint32_t)count;
    keep_matches(gists, searches_found(gists->searches), (size_t)count);
    return 1;
}

static void find_host(Gists *gists, Gist *gist) {
    struct slice text = {gists->alike.bytes, at_most(gists->alike.size, HOST_LOOKED_AT)};
    uint32_t at = 0;
    if (rule_search(&gists->work, &HOST_RULE, text, &at) == REGEX_NONE) return;
    gist->host = at;
    gist->host_end = gists->work.machine.end;
}

/* ---- secrets and failures ---- */

static void fold(Gists *gists, struct slice text) {
    for (uint32_t at = 0; at < text.size; at++) {
        char byte = text.bytes[at];
        gists->folded[at] = byte >= 'A' && byte <= 'Z' ? (char)(byte - 'A' + 'a') : byte;
    }
    gists->folded[text.size] = '\0';
}

/* Whether a token has a word of failure of one part or two. */
static int has_failure(Gists *gists, const struct slice *token) {
    gists->folded[0] = '\n';
    memcpy(gists->folded + 1, token->bytes, token->size);
    memcpy(gists->folded + 1 + token->size, "\n", 2);
    return phrases_any(&gists->failures, gists->folded);
}

static int points(Gists *gists, struct slice text) {
    uint32_t at = 0;
    return rule_search(&gists->work, &POINTS_RULE, text, &at) != REGEX_NONE;
}

/* ---- rows ---- */

static int rises(const void *one, const void *other) {
    uint32_t left = *(const uint32_t *)one, right = *(const uint32_t *)other;
    return (left > right) - (left < right);
}

/* Have room for the numbers of tokens, twice: in the order of the tokens, and sorted. */
static int have_numbers(Gists *gists, size_t count) {
    uint32_t *numbers = with_room(gists->numbers, &gists->number_room, 2 * count, FIRST_ROOM, sizeof *numbers);
    if (!numbers) gists->no_memory = 1;
    else gists->numbers = numbers;
    return numbers != NULL;
}

/* Write the numbers of a gist's tokens, TABLE_NONE of those that no row has, and those of the others sorted; return how
 * many these are. */
static uint32_t number_tokens(Gists *gists, const GistRows *rows, size_t count) {
    uint32_t *numbers = gists->numbers, *sorted = numbers + count, known = 0;
    for (size_t at = 0; at < count; at++) {
        const struct slice *token = &gists->tokens[at];
        numbers[at] = table_find(rows->tokens, (const uint8_t *)token->bytes, token->size);
        if (numbers[at] != TABLE_NONE) sorted[known++] = numbers[at];
    }
    qsort(sorted, known, sizeof *sorted, rises);
    return known;
}

/* Say how a line differs from its nearest row. */
static void compare(Gists *gists, const GistRows *rows, Gist *gist) {
    uint32_t size = 0;
    const uint32_t *row = gist->row == NEAREST_NONE ? NULL : nearest_row(rows->image, gist->row, &size);
    for (uint32_t at = 0; at < size; at++) rows->marks[row[at]] = 1;
    for (size_t at = 0; at < gist->token_count; at++) {
        const struct slice *token = &gists->tokens[at];
        uint32_t number = gists->numbers[at];
        int is_fresh = number == TABLE_NONE || !rows->marks[number];
        if (memchr(token->bytes, '=', token->size)) continue;
        if (is_fresh) gist->fresh++;
        if (number == TABLE_NONE) gist->strange++;
        if (has_failure(gists, token)) gist->flags |= is_fresh ? GIST_NEW_FAILURE : GIST_FAILURE;
    }
    for (uint32_t at = 0; at < size; at++) rows->marks[row[at]] = 0;
}

/* 0: Python has to look. */
static int find_row(Gists *gists, const GistRows *rows, Gist *gist) {
    size_t count = gist->token_count;
    if (!have_numbers(gists, count)) return 0;
    uint32_t known = number_tokens(gists, rows, count);
    NearestFound found;
    if (nearest_find(rows->image, rows->marks, gists->numbers + count, known, (uint32_t)count, NEAREST_NONE, &found))
        return 0;
    gist->squared_cosine = found.squared_cosine;
    gist->row = found.row;
    if (found.squared_cosine < 1.0) compare(gists, rows, gist);
    return 1;
}

/* ---- a line ---- */

static void find_words(Gists *gists, struct slice text, Gist *gist) {
    gist->text = keep(gists, text.bytes, text.size);
    gist->text_size = text.size;
    make_even(&gists->even, text);
    gist->even_size = gists->even.size;
    int is_even = gists->even.size == text.size && memcmp(gists->even.bytes, text.bytes, text.size) == 0;
    gist->even = is_even ? gist->text : keep(gists, gists->even.bytes, gists->even.size);
}

/* 0: Python has to look. */
static int find_places(Gists *gists, Gist *gist) {
    struct slice even = {gists->even.bytes, gists->even.size};
    int has_digit = slice_has_digit(even), has_host = (gist->flags & GIST_HOST) != 0;
    if (has_digit || has_host) make_alike(gists, gist);
    if (has_host) find_host(gists, gist);
    if (!has_digit) return 1;
    find_integers(gists, gist);
    return find_matches(gists, gist);
}

static int find_nearest(Gists *gists, const GistRows *rows, struct slice text, Gist *gist) {
    if (!find_row(gists, rows, gist)) return 0;
    if (gist->squared_cosine < 1.0 && points(gists, text)) gist->flags |= GIST_POINTS;
    return 1;
}

/* 0: the line is left to Python. */
static int find_gist(Gists *gists, rules *r, const GistRows *rows, struct slice text, Gist *gist) {
    if (gists->byte_count > MOST_BYTES) return 0;
    int32_t size = rules_tokens(r, text.bytes, text.size);
    if (size < 0 || work_begin(&gists->work, text)) return 0;
    fold(gists, text);
    if (phrases_any(&gists->secrets, gists->folded)) gist->flags |= GIST_SECRET;
    keep_tokens(gists, rules_found(r), (size_t)size, gist);
    find_words(gists, text, gist);
    if (gists->no_memory || !find_places(gists, gist)) return 0;
    if (rows && gist->token_count > 0 && !find_nearest(gists, rows, text, gist)) return 0;
    return !gists->work.failed;
}

static void read_gist(Gists *gists, rules *r, const GistRows *rows, Text raw, Gist *gist) {
    uint32_t line = gist->line;
    Text text;
    if (text_clean(text_looked_at(raw), gists->clean, &text) && text.size <= TEXT_LIMIT &&
        find_gist(gists, r, rows, (struct slice){(const char *)text.bytes, (uint32_t)text.size}, gist))
        return;
    *gist = (Gist){.line = line, .flags = GIST_LEFT};
}

int gists_of(Gists *gists, rules *r, const GistRows *rows, const uint8_t *data, const ScanLine *lines,
             const uint32_t *wanted, size_t count) {
    gists->byte_count = gists->match_count = gists->zero_count = 0;
    gists->no_memory = 0;
    Gist *grown = with_room(gists->gists, &gists->gist_room, count, FIRST_ROOM, sizeof *grown);
    if (!grown) return -1;
    gists->gists = grown;
    for (size_t at = 0; at < count && !gists->no_memory; at++) {
        uint32_t line = wanted[at], start = line > 0 ? lines[line - 1].end + 1 : 0;
        grown[at] = (Gist){.line = line, .row = NEAREST_NONE};
        read_gist(gists, r, rows, (Text){data + start, lines[line].end - start}, &grown[at]);
    }
    gists->view = (GistView){grown,
                             gists->bytes,
                             gists->matches,
                             gists->zeros,
                             gists->byte_count,
                             gists->match_count,
                             gists->zero_count};
    return gists->no_memory ? -1 : 0;
}
