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
#define ENGINE_VERSION 2

ENGINE_EXPORT uint32_t engine_version(void);

/* ---- scan.c: bytes to lines, and lines to kinds ---- */

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
    uint64_t first; /* index of its first line in the file; means nothing where count is 0 */
} ScanKind;

/* What came of a scan. The arrays are the scanner's, and hold until the next scan or beginning. */
typedef struct {
    const ScanLine *lines; /* of the block */
    const uint32_t *parts; /* of its lines that have some: their kinds */
    const ScanKind *kinds; /* that are known */
    uint64_t line_count;
    uint64_t part_count;
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

/* Write the indices of lines of the last block that are irregular, or the first ones in the file of a kind; return how
 * many they are. `indices` has room for all lines. */
ENGINE_EXPORT size_t scanner_fresh(const Scanner *scanner, uint32_t *indices);

/* Write the indices of lines that are irregular, or whose kind's flag is not 0, or that of a part's, likewise. */
ENGINE_EXPORT size_t scan_select(const ScanLine *lines, size_t count, const uint32_t *parts, const uint8_t *flags,
                                 size_t flag_count, uint32_t *indices);

/* Write the indices of the lines before which the log was silent for `least` seconds or longer, likewise. */
ENGINE_EXPORT size_t scan_waits(const ScanLine *lines, size_t count, uint32_t least, uint32_t *indices);

#endif
