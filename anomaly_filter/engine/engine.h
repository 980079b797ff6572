/* What the engine's library offers. Python calls it through ctypes, see native.py.
 *
 * All state is in the structs that the functions take, so each thread may have its own. Nothing here aborts or
 * prints: what is out of bounds or out of memory is a return value. Buffers belong to the caller unless it says
 * otherwise. */
#ifndef ANOMALY_FILTER_ENGINE_H
#define ANOMALY_FILTER_ENGINE_H

#include <stddef.h>
#include <stdint.h>

#if defined(_WIN32)
#define ENGINE_EXPORT __declspec(dllexport)
#elif defined(__GNUC__)
#define ENGINE_EXPORT __attribute__((visibility("default")))
#else
#define ENGINE_EXPORT
#endif

/* To be raised, here and in native.py, whenever a function or a struct below changes. */
#define ENGINE_VERSION 6

ENGINE_EXPORT uint32_t engine_version(void);

/* ---- block.c ---- */

/* Count the LFs of a block. */
ENGINE_EXPORT size_t block_line_ends(const uint8_t *data, size_t size);

/* Tell whether a block has the words with which the first line of a private key ends, and the last one. */
ENGINE_EXPORT int block_names_key(const uint8_t *data, size_t size);

/* ---- reading.c, scan.c: bytes to lines, and lines to kinds ---- */

/* In the place of the kind of a line that Python has to look at by itself. */
#define SCAN_IRREGULAR UINT32_MAX

/* The same for a line that is not its only part: its parts have kinds. */
#define SCAN_PARTED (UINT32_MAX - 1)

/* A line of a block. scanner.py reads these three structs by their layout. */
typedef struct {
    uint32_t kind;      /* or one of the two above */
    uint32_t end;       /* where in the block its LF is, or the end of the block */
    uint32_t parts_end; /* where among `parts` its own end; those of the next line begin there */
    uint32_t wait;      /* whole seconds that the log was silent before it */
} ScanLine;

/* What a file has of a kind. A line with parts counts for each of them. */
typedef struct {
    uint32_t count; /* lines */
    uint32_t longest_wait; /* seconds, before one of its lines */
} ScanKind;

/* What came of a scan. The arrays hold until the next scan or beginning, or until what was taken is used again. */
typedef struct {
    const ScanLine *lines; /* of the block */
    const uint32_t *parts; /* of its lines that have some: their kinds */
    const uint32_t *fresh; /* indices of lines that are irregular, or the first ones in the file of a kind */
    const ScanKind *kinds; /* that are known */
    uint64_t line_count;
    uint64_t part_count;
    uint64_t fresh_count;
    uint32_t kind_count;
    uint32_t generation; /* of the kinds: rises when they are forgotten */
} ScanView;

typedef struct Scanner Scanner;

/* Make a scanner that remembers so many kinds, and so many bytes of words for them. NULL: no memory. */
ENGINE_EXPORT Scanner *scanner_new(uint32_t most_kinds, uint32_t most_bytes);
ENGINE_EXPORT void scanner_free(Scanner *scanner);

/* The view stays where it is for as long as the scanner lives. */
ENGINE_EXPORT const ScanView *scanner_view(const Scanner *scanner);

/* Begin a file. */
ENGINE_EXPORT void scanner_begin(Scanner *scanner);

/* Bytes of a block: offsets have 32 bits. */
#define SCAN_MOST ((size_t)1 << 31)

/* Scan the next whole lines of the file. With `withheld` all are irregular, and the clock does not move. 0, or -1 if
 * there are too many bytes or no memory is left; then the file cannot be gone on with. */
ENGINE_EXPORT int scanner_scan(Scanner *scanner, const uint8_t *data, size_t size, int withheld);

/* Move the clock by the clean text of a line (UTF-8) that was withheld, and return the wait in seconds. */
ENGINE_EXPORT uint32_t scanner_wait(Scanner *scanner, const uint8_t *text, size_t size);

/* A block that was read ahead. Reading is all that can be done with a block before those in front of it, and most of
 * the work. It depends on the block's bytes alone and touches nothing but the reading, so that any number of threads may
 * read while another one scans; a reading itself is one thread's at a time, and whoever hands it on sees to that. */
typedef struct Reading Reading;

/* NULL: no memory. */
ENGINE_EXPORT Reading *reading_new(void);
ENGINE_EXPORT void reading_free(Reading *reading);

/* Read whole lines; `withheld` and what is returned as of scanner_scan. */
ENGINE_EXPORT int reading_read(Reading *reading, const uint8_t *data, size_t size, int withheld);

/* Take a block that was read for the next one of the file, once; this and reading_read come to the same as
 * scanner_scan. */
ENGINE_EXPORT int scanner_take(Scanner *scanner, Reading *reading);

/* Write the indices of the lines before which the log was silent for `least` seconds or longer; return how many they
 * are. `indices` has room for all lines. */
ENGINE_EXPORT size_t scan_waits(const ScanLine *lines, size_t count, uint32_t least, uint32_t *indices);

/* Write the texts of the lines of a block from `first` on and below `end`, each with an LF behind it, and return how many
 * bytes that are; `texts` has room for as many as the lines have, with their LFs. Of a line that is too long, or longer
 * as a text than its bytes are, there is only the LF: its index is written to `left`, which has room for all. */
ENGINE_EXPORT size_t scanner_texts(Scanner *scanner, const uint8_t *data, const ScanLine *lines, size_t first, size_t end,
                                   uint8_t *texts, uint32_t *left, size_t *left_count);

/* ---- watch.c: the numbers and hosts of lines of known kinds ---- */

/* A number that lines of a kind have. Places are bytes of a text's words with one blank between two, and the same in
 * all its texts. watch.py reads these three structs by their layout. */
typedef struct {
    uint32_t start, end;
    uint32_t whole_start, whole_end; /* of what it is a part of; 0 and 0: the number is no share */
    double low, high;                /* between what it has to be, or what was learnt */
} WatchNumber;

/* The host that lines of a kind name. */
typedef struct {
    uint32_t start, end; /* 0 and 0: they name none */
    uint32_t room;       /* for names */
} WatchHost;

/* What lines of a kind are looked at for. */
typedef struct {
    WatchNumber *numbers;
    uint64_t *counts; /* lines that name each of the hosts */
    uint8_t *names;   /* of hosts, in lower case, each as long as its place */
    uint32_t number_count, name_count;
    WatchHost host;
    uint32_t end; /* of the last place */
} Watch;

typedef struct Watches Watches;

/* Watch nothing yet. Watches that learn widen the bounds of numbers, and count and add hosts, up to their room; the
 * others compare. NULL: no memory. */
ENGINE_EXPORT Watches *watches_new(int learns);
ENGINE_EXPORT void watches_free(Watches *watches);

/* Select each line of a kind. 0, or -1: no memory. */
ENGINE_EXPORT int watches_each(Watches *watches, uint32_t kind);

/* Watch lines of a kind for numbers, and for a host that has one of these names. 0, or -1 if there is no room. */
ENGINE_EXPORT int watches_add(Watches *watches, uint32_t kind, const WatchNumber *numbers, uint32_t number_count,
                              WatchHost host, const uint8_t *names, uint32_t name_count);

/* What is watched of a kind, or NULL; it holds as long as the watches do. */
ENGINE_EXPORT const Watch *watches_of(const Watches *watches, uint32_t kind);

/* Look at the lines of a block, and write the indices of those that Python has to see, likewise: irregular ones, those
 * of a kind that is selected always, those with a number that is out of its bounds or cannot be read exactly, or with
 * another host. Of a line with parts each part is looked at. */
ENGINE_EXPORT size_t watches_select(Watches *watches, const uint8_t *data, const ScanLine *lines, size_t count,
                                    const uint32_t *parts, uint32_t *indices);

#endif
