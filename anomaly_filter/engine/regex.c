#include "regex.h"

/* The kinds of an open choice. */
enum { GO_ON, GIVE_BACK, TAKE_MORE, RESTORE, LOOKING };

struct run {
    struct regex_machine *machine;
    const struct regex_code *code;
    const char *text;
    uint32_t n, at;
    uint16_t next; /* instruction */
    uint32_t depth;
};

static unsigned char byte_at(const struct run *run, uint32_t at) {
    return at < run->n ? (unsigned char)run->text[at] : 0;
}

static int is_in(const struct run *run, uint8_t set, uint32_t at) {
    return regex_has(&run->code->sets[set], byte_at(run, at));
}

static int push(struct run *run, uint16_t kind, uint16_t instruction, uint32_t at, uint32_t least) {
    if (run->depth == REGEX_STACK) return 0;
    run->machine->stack[run->depth++] = (struct regex_choice){kind, instruction, at, least};
    return 1;
}

static void spend(struct run *run, size_t steps) {
    size_t *left = &run->machine->steps_left;
    *left -= steps < *left ? steps : *left;
}

/* The end of the bytes of the instruction's set from `at` on, at most `most` of them. */
static uint32_t run_end(struct run *run, const struct regex_instruction *now, uint32_t most) {
    const struct regex_set *set = &run->code->sets[now->set];
    uint32_t at = run->at;
    uint32_t bound = most < run->n - at ? at + most : run->n;
    while (at < bound && regex_has(set, (unsigned char)run->text[at])) at++;
    spend(run, at - run->at);
    return at;
}

/* Goes on behind a run at the last place of least..at before a byte that can follow; 0: there is none. */
static int give_back(struct run *run, uint16_t instruction, uint32_t least, uint32_t at, int *room) {
    const struct regex_instruction *now = &run->code->instructions[instruction];
    while (!is_in(run, now->follow, at)) {
        if (at == least) return 0;
        at--;
    }
    if (at > least) *room = push(run, GIVE_BACK, instruction, at - 1, least);
    run->at = at;
    run->next = (uint16_t)(instruction + 1);
    return 1;
}

/* Goes on behind a lazy run at the first place of at..most before a byte that can follow; 0: there is none. */
static int take_more(struct run *run, uint16_t instruction, uint32_t at, uint32_t most, int *room) {
    const struct regex_instruction *now = &run->code->instructions[instruction];
    uint32_t begin = at;
    while (!is_in(run, now->follow, at)) {
        if (at >= most || !is_in(run, now->set, at)) return 0;
        at++;
    }
    spend(run, at - begin);
    if (at < most && is_in(run, now->set, at)) *room = push(run, TAKE_MORE, instruction, at + 1, most);
    run->at = at;
    run->next = (uint16_t)(instruction + 1);
    return 1;
}

static int begin_run(struct run *run, uint16_t instruction, int *room) {
    const struct regex_instruction *now = &run->code->instructions[instruction];
    int lazy = now->operation == DO_RUN_LAZY;
    uint32_t begin = run->at;
    uint32_t end = run_end(run, now, lazy ? now->least : now->most);
    if (end - begin < now->least) return 0;
    if (now->operation == DO_RUN) return give_back(run, instruction, begin + now->least, end, room);
    if (lazy) return take_more(run, instruction, end, begin + now->most, room);
    run->at = end;
    run->next = (uint16_t)(instruction + 1);
    return 1;
}

/* Goes on at the last choice that is open. Returns 0 if there is none. */
static int backtrack(struct run *run, int *room) {
    while (run->depth) {
        struct regex_choice last = run->machine->stack[--run->depth];
        switch (last.kind) {
        case GO_ON:
            run->at = last.at;
            run->next = last.instruction;
            return 1;
        case GIVE_BACK:
            if (give_back(run, last.instruction, last.least, last.at, room)) return 1;
            break;
        case TAKE_MORE:
            if (take_more(run, last.instruction, last.at, last.least, room)) return 1;
            break;
        case RESTORE:
            run->machine->saved[last.instruction] = last.at;
            break;
        default: /* LOOKING: what a look around looks for is not there */
            if (run->code->instructions[last.instruction].operation == DO_LOOK) break;
            run->at = last.at;
            run->next = run->code->instructions[last.instruction].to;
            return 1;
        }
    }
    return 0;
}

/* What a look around looks for is there: its choices are closed. Returns whether it is to be there. */
static int end_look(struct run *run) {
    const struct regex_choice *begun;
    do begun = &run->machine->stack[--run->depth];
    while (begun->kind != LOOKING);
    const struct regex_instruction *look = &run->code->instructions[begun->instruction];
    run->at = begun->at;
    run->next = look->to;
    return look->operation == DO_LOOK;
}

static int choose(struct run *run, const struct regex_instruction *now, int *room) {
    int first = is_in(run, now->set, run->at), second = is_in(run, now->follow, run->at);
    if (first && second) *room = push(run, GO_ON, now->to, run->at, 0);
    if (!first) run->next = now->to;
    return first || second;
}

static int save(struct run *run, uint16_t slot) {
    int room = push(run, RESTORE, slot, run->machine->saved[slot], 0);
    run->machine->saved[slot] = run->at;
    return room;
}

int regex_match(struct regex_machine *machine, const struct regex_code *code, uint16_t start,
                const char *text, uint32_t n, uint32_t at) {
    struct run run = {machine, code, text, n, at, start, 0};
    for (size_t slot = 0; slot < 2 * REGEX_GROUPS; slot++) machine->saved[slot] = REGEX_UNSET;
    int room = 1;
    while (room && machine->steps_left) {
        machine->steps_left--;
        uint16_t here = run.next++;
        const struct regex_instruction *now = &code->instructions[here];
        int goes_on = 1;
        switch ((enum regex_operation)now->operation) {
        case DO_FAIL: goes_on = 0; break;
        case DO_BYTE: goes_on = is_in(&run, now->set, run.at++); break;
        case DO_RUN:
        case DO_RUN_LAZY:
        case DO_RUN_ALL: goes_on = begin_run(&run, here, &room); break;
        case DO_CHOOSE: goes_on = choose(&run, now, &room); break;
        case DO_SWITCH: run.next = code->switches[now->to][byte_at(&run, run.at)]; break;
        case DO_TRY:
            room = push(&run, GO_ON, run.next, run.at, 0);
            run.next = now->to;
            break;
        case DO_JUMP: run.next = now->to; break;
        case DO_AHEAD: goes_on = is_in(&run, now->set, run.at); break;
        case DO_BEHIND: goes_on = is_in(&run, now->set, run.at - 1); break; /* before the first byte: at no place */
        case DO_LOOK:
        case DO_LOOK_NOT: room = push(&run, LOOKING, here, run.at, 0); break;
        case DO_LOOK_END: goes_on = end_look(&run); break;
        case DO_BACK:
            goes_on = now->to <= run.at;
            run.at -= goes_on ? now->to : 0;
            break;
        case DO_SAVE: room = save(&run, now->to); break;
        case DO_MATCH: machine->end = run.at; return now->to;
        }
        if (!goes_on && !backtrack(&run, &room)) return room ? REGEX_NONE : REGEX_LIMIT;
    }
    return REGEX_LIMIT;
}
