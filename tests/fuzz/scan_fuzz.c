/* Scans random blocks for some seconds, under the sanitizers: `make fuzz SECONDS=60`. The same seed makes the same
 * blocks. Checked: no read or write goes astray, nothing leaks, and the same lines are the same however they are cut into blocks. */
#include "../../anomaly_filter/engine/engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define LARGEST 70000 /* bytes of a block: twice a line of which Python looks at a part only */

#define PIECE(text) {text, sizeof text - 1}
static const struct {
    const char *bytes;
    size_t size;
} PIECES[] = {
    PIECE("\n"), PIECE("\n"), PIECE(" "), PIECE("\t"), PIECE("\r"), PIECE("\r\n"), PIECE("\0"), PIECE("\\n"), PIECE("\\r"),
    PIECE("\\"), PIECE("0"), PIECE("00"), PIECE("7"), PIECE("100"), PIECE("%"), PIECE("204"), PIECE("599"), PIECE("1000"),
    PIECE("12:00:00"), PIECE("12:00:42"), PIECE("2024-06-01T"), PIECE("Jun  1 "), PIECE("Jun 11 "), PIECE(":"), PIECE("-"),
    PIECE("\x1b[32m"), PIECE("\x1b[0"), PIECE("\x1b]0;"), PIECE("\x07"), PIECE("\x1b\\"), PIECE("\x1b("), PIECE("\x1b"),
    PIECE("\xc2\x85"), PIECE("\xc2\xa0"), PIECE("\xe3\x80\x80"), PIECE("\xc3\xa9"), PIECE("\xe2\x82"), PIECE("\xed\xa0\x80"),
    PIECE("\xf0\x9f\x98\x80"), PIECE("\xf0\x9f"), PIECE("\xff"), PIECE("\xf4\x90"), PIECE("error"), PIECE("a usual word or two"),
    PIECE("12345678-1234-1234-1234-123456789012"), PIECE("job\tstep\t2024-06-01T"), PIECE("\\\\r\\n"),
};
#define PIECE_COUNT (sizeof PIECES / sizeof PIECES[0])

static uint64_t state;

static size_t below(size_t limit) { /* xorshift64 */
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (size_t)(state % limit);
}

static void check(int holds, const char *what) {
    if (holds) return;
    fprintf(stderr, "scan_fuzz: %s\n", what);
    abort();
}

static size_t make_block(uint8_t *block) {
    size_t size = 0, pieces = below(200), last = below(PIECE_COUNT);
    for (; pieces > 0; pieces--) {
        size_t piece = last = below(3) ? below(PIECE_COUNT) : last;
        size_t times = below(100) ? 1 : below(40000);
        for (; times > 0 && size + PIECES[piece].size <= LARGEST; times--) {
            memcpy(block + size, PIECES[piece].bytes, PIECES[piece].size);
            size += PIECES[piece].size;
        }
        if (!below(10) && size < LARGEST) block[size++] = (uint8_t)below(256);
    }
    return size;
}

/* Scan bytes at an address of their own, so that none beside them can be read unseen. */
static void scan(Scanner *scanner, const uint8_t *bytes, size_t size) {
    uint8_t *alone = malloc(size ? size : 1);
    check(alone != NULL, "no memory");
    memcpy(alone, bytes, size);
    check(scanner_scan(scanner, alone, size, 0) == 0, "no memory");
    free(alone);
}

static size_t some_lines(const uint8_t *bytes, size_t size) {
    size_t end = 1 + below(size);
    while (end < size && bytes[end - 1] != '\n') end++;
    return end;
}

/* Where the kinds of a line's parts begin. */
static uint32_t parts_start(const ScanView *view, uint64_t line) { return line ? view->lines[line - 1].parts_end : 0; }

static int same_parts(const ScanView *one, uint64_t line, const ScanView *other, uint64_t index) {
    uint32_t start = parts_start(one, line), count = one->lines[line].parts_end - start;
    uint32_t other_start = parts_start(other, index);
    return other->lines[index].parts_end - other_start == count &&
           (count > 0) == (one->lines[line].kind == SCAN_PARTED) &&
           (count == 0 || !memcmp(one->parts + start, other->parts + other_start, count * sizeof *one->parts));
}

/* Have texts of some lines written to memory of just the size that they may take. */
static void write_texts(Scanner *scanner, const uint8_t *block, size_t size) {
    const ScanView *view = scanner_view(scanner);
    size_t ends = block_line_ends(block, size);
    check(view->line_count == ends + (size > 0 && block[size - 1] != '\n'), "another count of lines");
    (void)block_names_key(block, size);
    if (view->line_count == 0) return;
    size_t first = below(view->line_count), end = first + 1 + below(view->line_count - first), left_count;
    size_t room = view->lines[end - 1].end + 1 - (first ? view->lines[first - 1].end + 1 : 0);
    uint8_t *texts = malloc(room);
    uint32_t *left = malloc((end - first) * sizeof *left);
    check(texts && left, "no memory");
    size_t written = scanner_texts(scanner, block, view->lines, first, end, texts, left, &left_count);
    check(written <= room && left_count <= end - first, "texts without room");
    check(block_line_ends(texts, written) == end - first, "texts of other lines");
    free(texts);
    free(left);
}

/* Scan a block as a whole, and cut into blocks. */
static void compare(Scanner *whole, Scanner *cut, const uint8_t *block, size_t size) {
    scan(whole, block, size);
    write_texts(whole, block, size);
    const ScanView *all = scanner_view(whole), *some = scanner_view(cut);
    uint64_t line = 0;
    for (size_t at = 0; at < size;) {
        size_t piece = some_lines(block + at, size - at);
        scan(cut, block + at, piece);
        for (uint64_t index = 0; index < some->line_count; index++, line++) {
            check(line < all->line_count, "more lines");
            ScanLine one = all->lines[line], other = some->lines[index];
            check(one.kind == other.kind && one.wait == other.wait && same_parts(all, line, some, index), "another line");
            check(one.end == other.end + at, "another end");
            check(one.kind >= SCAN_PARTED || one.kind < all->kind_count, "no such kind");
        }
        at += piece;
    }
    check(line == all->line_count, "fewer lines");
    check(all->kind_count == some->kind_count && all->generation == some->generation, "other kinds");
    check(all->kind_count == 0 || !memcmp(all->kinds, some->kinds, all->kind_count * sizeof *all->kinds), "other counts");
}

int main(int count, char **arguments) {
    static uint8_t block[LARGEST];
    time_t end = time(NULL) + (count > 1 ? atoi(arguments[1]) : 60);
    unsigned long blocks = 0;
    for (state = 88172645463325252u; time(NULL) < end;) {
        uint32_t most_kinds = below(4) ? 1u << 20 : (uint32_t)below(40), most_bytes = below(4) ? 64u << 20 : (uint32_t)below(2000);
        Scanner *whole = scanner_new(most_kinds, most_bytes), *cut = scanner_new(most_kinds, most_bytes);
        check(whole && cut, "no memory");
        for (size_t files = 1 + below(20); files > 0; files--) {
            scanner_begin(whole);
            scanner_begin(cut);
            for (size_t parts = below(4); parts > 0; parts--, blocks++) compare(whole, cut, block, make_block(block));
        }
        scanner_free(whole);
        scanner_free(cut);
    }
    printf("%lu blocks\n", blocks);
    return 0;
}
