/* Blocks of bytes to lines, and each line to its kind: a number that lines share when their words are the same once
 * digits that tell nothing are. lines.py, tokens.py and clock.py say line by line what this has to come to. */
#include "clock.h"
#include "engine.h"
#include "kinds.h"
#include "room.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_ROOM 1024

struct Scanner {
    ScanView view;
    ScanLine *lines;
    size_t line_room;
    uint32_t *parts; /* their kinds */
    size_t part_room;
    ScanKind *tallies; /* of the kinds */
    size_t tally_room;
    Kinds kinds;
    Clock clock;
    uint64_t lines_before; /* of the file, before the block */
    uint8_t text[CLEAN_LIMIT];
    uint8_t words[TEXT_LIMIT];
};

uint32_t engine_version(void) { return ENGINE_VERSION; }

Scanner *scanner_new(uint32_t most_kinds, uint32_t most_bytes) {
    Scanner *scanner = calloc(1, sizeof *scanner);
    if (!scanner) return NULL;
    scanner->kinds.most = most_kinds < SCAN_PARTED ? most_kinds : SCAN_PARTED - 1;
    scanner->kinds.most_bytes = most_bytes;
    return scanner;
}

void scanner_free(Scanner *scanner) {
    if (!scanner) return;
    kinds_free(&scanner->kinds);
    free(scanner->lines);
    free(scanner->parts);
    free(scanner->tallies);
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
    scanner->lines_before = 0;
    scanner->clock = (Clock){.size = 0};
}

/* ---- a line ---- */

/* The kind of a line or a part, by its words. */
static uint32_t kind_of(Scanner *scanner, Text words) {
    uint32_t hash = kinds_hash(words);
    uint32_t kind = kinds_find(&scanner->kinds, words, hash);
    return kind != KINDS_NONE ? kind : kinds_add(&scanner->kinds, words, hash);
}

static bool add_part(Scanner *scanner, uint32_t kind) {
    size_t count = scanner->view.part_count;
    uint32_t *parts = with_room(scanner->parts, &scanner->part_room, count + 1, FIRST_ROOM, sizeof *parts);
    if (!parts) return false;
    scanner->parts = parts;
    parts[scanner->view.part_count++] = kind;
    return true;
}

/* The kind of a line whose text is clean. */
static uint32_t read_parts(Scanner *scanner, Text text) {
    uint64_t start = scanner->view.part_count;
    Parts parts = parts_of(text);
    uint32_t kind = SCAN_IRREGULAR; /* without any part, too */
    for (Text part, words; parts_next(&parts, &part);) {
        words_read(part, true, scanner->words, &words);
        kind = kind_of(scanner, words);
        if (part.size == text.size) return kind;
        if (kind == SCAN_IRREGULAR || !add_part(scanner, kind)) {
            scanner->view.part_count = start;
            return SCAN_IRREGULAR;
        }
    }
    return kind == SCAN_IRREGULAR ? kind : SCAN_PARTED;
}

/* The kind of a line; `text` becomes what the clock reads. */
static uint32_t read_line(Scanner *scanner, Text raw, Text *text) {
    bool whole = raw.size <= TEXT_LIMIT;
    Text words;
    if (whole) {
        *text = raw;
        while (text->size > 0 && raw.bytes[text->size - 1] == '\r') text->size--;
        if (words_read(*text, false, scanner->words, &words)) return kind_of(scanner, words);
    }
    bool short_enough = text_clean(whole ? raw : text_first_piece(raw), scanner->text, text);
    return whole && short_enough ? read_parts(scanner, *text) : SCAN_IRREGULAR;
}

/* ---- a block ---- */

static bool have_line_room(Scanner *scanner, size_t count) {
    ScanLine *lines = with_room(scanner->lines, &scanner->line_room, count, FIRST_ROOM, sizeof *lines);
    if (lines) scanner->lines = lines;
    return lines;
}

static bool have_tally_room(Scanner *scanner) {
    size_t count = scanner->kinds.count;
    ScanKind *tallies = with_room(scanner->tallies, &scanner->tally_room, count, FIRST_ROOM, sizeof *tallies);
    if (tallies) scanner->tallies = tallies;
    return tallies;
}

/* Cut a block into lines and find out their kinds. */
static bool read_lines(Scanner *scanner, Text block, bool withheld) {
    size_t count = 0;
    scanner->view.part_count = 0;
    for (size_t start = 0; start < block.size;) {
        const uint8_t *bytes = block.bytes + start;
        const uint8_t *newline = memchr(bytes, '\n', block.size - start);
        Text raw = {bytes, newline ? (size_t)(newline - bytes) : block.size - start};
        if (!have_line_room(scanner, count + 1)) return false;
        ScanLine *line = &scanner->lines[count++];
        *line = (ScanLine){.kind = SCAN_IRREGULAR, .end = (uint32_t)(start + raw.size)};
        start += raw.size + 1;
        if (withheld) continue;
        Text text;
        line->kind = read_line(scanner, raw, &text);
        line->parts_end = (uint32_t)scanner->view.part_count;
        line->wait = clock_wait(&scanner->clock, text);
    }
    scanner->view.line_count = count;
    return true;
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

/* Count the lines of a block. */
static bool tally(Scanner *scanner) {
    uint32_t known = scanner->view.kind_count, count = scanner->kinds.count;
    if (!have_tally_room(scanner)) return false;
    if (count > known) memset(scanner->tallies + known, 0, (count - known) * sizeof *scanner->tallies);
    for (uint64_t at = 0; at < scanner->view.line_count; at++) {
        uint32_t wait = scanner->lines[at].wait;
        for (Range kinds = kinds_of(scanner->lines, at, scanner->parts); kinds.at < kinds.end; kinds.at++) {
            ScanKind *kind = &scanner->tallies[*kinds.at];
            if (kind->count == 0) kind->first = scanner->lines_before + at;
            if (kind->count < UINT32_MAX) kind->count++;
            if (wait > kind->longest_wait) kind->longest_wait = wait;
        }
    }
    scanner->lines_before += scanner->view.line_count;
    return true;
}

int scanner_scan(Scanner *scanner, const uint8_t *data, size_t size, int withheld) {
    if (size > SCAN_MOST || !read_lines(scanner, (Text){data, size}, withheld) || !tally(scanner)) return -1;
    scanner->view.kind_count = scanner->kinds.count;
    scanner->view.lines = scanner->lines;
    scanner->view.parts = scanner->parts;
    scanner->view.kinds = scanner->tallies;
    return 0;
}

uint32_t scanner_wait(Scanner *scanner, const uint8_t *text, size_t size) {
    return clock_wait(&scanner->clock, (Text){text, size});
}

/* ---- what is asked of a block ---- */

size_t scanner_fresh(const Scanner *scanner, uint32_t *indices) {
    size_t found = 0, count = scanner->view.line_count;
    uint64_t before = scanner->lines_before - count;
    for (size_t at = 0; at < count; at++) {
        bool fresh = scanner->lines[at].kind == SCAN_IRREGULAR;
        Range kinds = kinds_of(scanner->lines, at, scanner->parts);
        for (; kinds.at < kinds.end && !fresh; kinds.at++) {
            fresh = scanner->tallies[*kinds.at].first == before + at;
        }
        if (fresh) indices[found++] = (uint32_t)at;
    }
    return found;
}

size_t scan_select(const ScanLine *lines, size_t count, const uint32_t *parts, const uint8_t *flags,
                   size_t flag_count, uint32_t *indices) {
    size_t found = 0;
    for (size_t at = 0; at < count; at++) {
        bool selected = lines[at].kind == SCAN_IRREGULAR;
        Range kinds = kinds_of(lines, at, parts);
        for (; kinds.at < kinds.end && !selected; kinds.at++) {
            selected = *kinds.at < flag_count && flags[*kinds.at];
        }
        if (selected) indices[found++] = (uint32_t)at;
    }
    return found;
}

size_t scan_waits(const ScanLine *lines, size_t count, uint32_t least, uint32_t *indices) {
    size_t found = 0;
    for (size_t at = 0; at < count; at++) {
        if (lines[at].wait >= least) indices[found++] = (uint32_t)at;
    }
    return found;
}
