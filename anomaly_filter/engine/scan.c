/* Block after block of a file: kinds get the numbers that they have in all files, lines their times, and kinds their
 * tallies. clock.py says line by line what the times have to come to. */
#include "clock.h"
#include "engine.h"
#include "kinds.h"
#include "reading.h"
#include "room.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_ROOM 1024

struct Scanner {
    ScanView view;
    uint32_t *fresh;
    size_t fresh_room;
    ScanKind *tallies; /* of the kinds */
    size_t tally_room;
    Kinds kinds;
    uint32_t *names; /* of the kinds of a block that was read ahead: their numbers here */
    size_t name_room;
    Clock clock;
    Reading reading; /* of blocks that were not */
};

uint32_t engine_version(void) { return ENGINE_VERSION; }

Scanner *scanner_new(uint32_t most_kinds, uint32_t most_bytes) {
    Scanner *scanner = calloc(1, sizeof *scanner);
    if (!scanner) return NULL;
    scanner->kinds.most = most_kinds < SCAN_PARTED ? most_kinds : SCAN_PARTED - 1;
    scanner->kinds.most_bytes = most_bytes;
    reading_begin(&scanner->reading);
    return scanner;
}

void scanner_free(Scanner *scanner) {
    if (!scanner) return;
    kinds_free(&scanner->kinds);
    reading_end(&scanner->reading);
    free(scanner->fresh);
    free(scanner->tallies);
    free(scanner->names);
    free(scanner);
}

const ScanView *scanner_view(const Scanner *scanner) { return &scanner->view; }

void scanner_begin(Scanner *scanner) {
    Kinds *kinds = &scanner->kinds;
    /* A scanner for many files forgets now and then: what is full of one log's kinds has no room for the next one's. */
    if (kinds->count > kinds->most / 2 || kinds_size(kinds) > kinds->most_bytes / 2) {
        kinds_clear(kinds);
        scanner->view.generation++;
    }
    /* Kinds that a scan found before it ran out of memory may have no room yet; the next scan makes some. */
    uint32_t count = kinds->count < scanner->tally_room ? kinds->count : (uint32_t)scanner->tally_room;
    if (count) memset(scanner->tallies, 0, count * sizeof *scanner->tallies);
    scanner->view = (ScanView){
        .kinds = scanner->tallies, .kind_count = count, .generation = scanner->view.generation};
    scanner->clock = (Clock){.size = 0};
}

/* ---- a block ---- */

static bool have_room(Scanner *scanner, size_t line_count) {
    uint32_t *fresh = with_room(scanner->fresh, &scanner->fresh_room, line_count, FIRST_ROOM, sizeof *fresh);
    if (fresh) scanner->fresh = fresh;
    size_t kind_count = scanner->kinds.count;
    ScanKind *tallies = with_room(scanner->tallies, &scanner->tally_room, kind_count, FIRST_ROOM, sizeof *tallies);
    if (tallies) scanner->tallies = tallies;
    return fresh && tallies;
}

/* Give the kinds of a block their numbers here, in the order in which they come first. */
static bool name_kinds(Scanner *scanner, const Kinds *kinds) {
    uint32_t *names = with_room(scanner->names, &scanner->name_room, kinds->count, FIRST_ROOM, sizeof *names);
    if (!names) return false;
    scanner->names = names;
    for (uint32_t kind = 0; kind < kinds->count; kind++) {
        names[kind] = kinds_number(&scanner->kinds, kinds_text(kinds, kind));
    }
    return true;
}

/* Write the numbers that kinds have here. A line that has one without is irregular. */
static void rename_kinds(Reading *reading, const uint32_t *names) {
    const ScanLine *end = reading->lines + reading->line_count;
    uint32_t part = 0;
    for (ScanLine *line = reading->lines; line < end; line++) {
        if (line->kind < SCAN_PARTED) line->kind = names[line->kind];
        for (; part < line->parts_end; part++) {
            reading->parts[part] = names[reading->parts[part]];
            if (reading->parts[part] == KINDS_NONE) line->kind = SCAN_IRREGULAR;
        }
    }
}

static void run_clock(Clock *clock, Reading *reading) {
    uint32_t start = 0;
    for (size_t at = 0; at < reading->line_count && !reading->withheld; at++) {
        uint32_t end = reading->lines[at].wait;
        reading->lines[at].wait = clock_wait(clock, (Text){reading->heads + start, end - start});
        start = end;
    }
}

/* The kinds of a line: its own, or those of its parts. */
typedef struct {
    const uint32_t *at, *end;
} Range;

static Range kinds_of(const ScanLine *lines, size_t at, const uint32_t *parts) {
    const ScanLine *line = &lines[at];
    if (line->kind != SCAN_PARTED) return (Range){&line->kind, &line->kind + (line->kind != SCAN_IRREGULAR)};
    return (Range){parts + (at > 0 ? lines[at - 1].parts_end : 0), parts + line->parts_end};
}

/* Count the lines of a block, and note which are fresh. */
static void tally(Scanner *scanner, const Reading *reading) {
    uint64_t fresh_count = 0;
    for (size_t at = 0; at < reading->line_count; at++) {
        const ScanLine *line = &reading->lines[at];
        bool fresh = line->kind == SCAN_IRREGULAR;
        for (Range kinds = kinds_of(reading->lines, at, reading->parts); kinds.at < kinds.end; kinds.at++) {
            ScanKind *kind = &scanner->tallies[*kinds.at];
            fresh |= kind->count == 0;
            if (kind->count < UINT32_MAX) kind->count++;
            if (line->wait > kind->longest_wait) kind->longest_wait = line->wait;
        }
        if (fresh) scanner->fresh[fresh_count++] = (uint32_t)at;
    }
    scanner->view.fresh_count = fresh_count;
}

/* Take a block whose kinds have the scanner's numbers. */
static bool take(Scanner *scanner, Reading *reading) {
    uint32_t known = scanner->view.kind_count, count = scanner->kinds.count;
    if (!have_room(scanner, reading->line_count)) return false;
    if (count > known) memset(scanner->tallies + known, 0, (count - known) * sizeof *scanner->tallies);
    run_clock(&scanner->clock, reading);
    tally(scanner, reading);
    scanner->view.kind_count = count;
    scanner->view.lines = reading->lines;
    scanner->view.line_count = reading->line_count;
    scanner->view.parts = reading->parts;
    scanner->view.part_count = reading->part_count;
    scanner->view.fresh = scanner->fresh;
    scanner->view.kinds = scanner->tallies;
    return true;
}

int scanner_scan(Scanner *scanner, const uint8_t *data, size_t size, int withheld) {
    bool done = reading_of(&scanner->reading, &scanner->kinds, (Text){data, size}, withheld);
    return done && take(scanner, &scanner->reading) ? 0 : -1;
}

int scanner_take(Scanner *scanner, Reading *reading) {
    if (!name_kinds(scanner, &reading->kinds)) return -1;
    rename_kinds(reading, scanner->names);
    return take(scanner, reading) ? 0 : -1;
}

uint32_t scanner_wait(Scanner *scanner, const uint8_t *text, size_t size) {
    uint8_t head[CLOCK_HEAD];
    return clock_wait(&scanner->clock, (Text){head, clock_head((Text){text, size}, head)});
}

/* ---- what is asked of a block ---- */

size_t scan_waits(const ScanLine *lines, size_t count, uint32_t least, uint32_t *indices) {
    size_t found = 0;
    for (size_t at = 0; at < count; at++) {
        if (lines[at].wait >= least) indices[found++] = (uint32_t)at;
    }
    return found;
}

size_t scanner_texts(Scanner *scanner, const uint8_t *data, const ScanLine *lines, size_t first, size_t end,
                     uint8_t *texts, uint32_t *left, size_t *left_count) {
    size_t written = 0, start = first ? (size_t)lines[first - 1].end + 1 : 0;
    *left_count = 0;
    for (size_t at = first; at < end; at++) {
        Text raw = {data + start, lines[at].end - start}, text = {0};
        bool fits = raw.size <= TEXT_LIMIT && text_exact(raw, scanner->reading.text, &text) && text.size <= raw.size;
        if (fits) {
            memcpy(texts + written, text.bytes, text.size);
            written += text.size;
        } else {
            left[(*left_count)++] = (uint32_t)at;
        }
        texts[written++] = '\n';
        start = (size_t)lines[at].end + 1;
    }
    return written;
}
