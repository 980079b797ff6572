#include "searches.h"

#include <stdlib.h>
#include <string.h>

#include "rules_table.h"

struct searches {
    struct work work;
    uint32_t count;
    struct found found[SEARCHES_FOUND];
};

searches *searches_new(void) { return malloc(sizeof(searches)); }

void searches_free(searches *s) { free(s); }

static void keep(searches *s, uint32_t number) {
    if (s->count == SEARCHES_FOUND) {
        s->work.failed = 1;
        return;
    }
    struct found *found = &s->found[s->count++];
    found->search = number;
    memcpy(found->spans, s->work.machine.saved, sizeof found->spans);
}

/* Finds and keeps the next match from a place on, and moves that behind it. Returns 0 if there is none. */
static int find_next(searches *s, uint32_t number, struct slice text, uint32_t *at) {
    if (rule_search(&s->work, &SEARCHES[number].rule, text, at) == REGEX_NONE) return 0;
    keep(s, number);
    *at = s->work.machine.end;
    return !s->work.failed;
}

static void find_all(searches *s, uint32_t number, struct slice text) {
    uint32_t at = 0;
    while (find_next(s, number, text, &at)) continue;
}

/* The same, as Search._near does. */
static void find_near(searches *s, uint32_t number, struct slice text) {
    const struct search *search = &SEARCHES[number];
    uint32_t end = 0, hint = 0;
    while (rule_search(&s->work, search->near, text, &hint) != REGEX_NONE) {
        uint32_t behind = s->work.machine.end;
        if (end <= hint) {
            uint32_t reach = hint - end < search->reach ? hint - end : search->reach;
            end = hint - reach;
            if (!find_next(s, number, text, &end)) return;
        }
        hint = behind;
    }
}

int32_t searches_find(searches *s, const char *text, uint32_t n) {
    struct slice all = {text, n};
    int refused = work_begin(&s->work, all);
    if (refused) return refused;
    s->count = 0;
    struct regex_set bytes = slice_bytes(all);
    for (uint32_t number = 0; number < SEARCHES_COUNT; number++) {
        if (!rule_may_match(&SEARCHES[number].rule, &bytes, n)) continue;
        if (SEARCHES[number].near) find_near(s, number, all);
        else find_all(s, number, all);
    }
    return s->work.failed ? RULES_LIMIT : (int32_t)s->count;
}

const struct found *searches_found(const searches *s) { return s->found; }

const char *searches_digest(void) { return SEARCHES_DIGEST; }
