/* The numbers and the hosts of lines of known kinds, compared or learnt without making an object of any line. What
 * Slot.number of amounts.py and HostSlot.name of hosts.py say of a text is what this has to come to. */
#include "engine.h"
#include "room.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_ROOM 1024

/* Bytes of all watches. A usual one takes about 100; a log that was made to have many of large ones must not fill the
 * memory, so its other lines are looked at by Python. */
#define MOST_BYTES ((size_t)32 << 20)

/* Up to there each whole number is a double. */
#define EXACT ((uint64_t)1 << 53)

typedef struct {
    bool each;    /* whether Python looks at all its lines */
    Watch *watch; /* or NULL */
} Kind;

struct Watches {
    bool learns;
    Kind *kinds;
    size_t kind_count, kind_room;
    size_t bytes;
    uint8_t text[CLEAN_LIMIT];
    uint8_t words[TEXT_LIMIT];
};

Watches *watches_new(int learns) {
    Watches *watches = calloc(1, sizeof *watches);
    if (watches) watches->learns = learns;
    return watches;
}

void watches_free(Watches *watches) {
    if (!watches) return;
    for (size_t kind = 0; kind < watches->kind_count; kind++) free(watches->kinds[kind].watch);
    free(watches->kinds);
    free(watches);
}

/* ---- what is watched ---- */

static Kind *have_kind(Watches *watches, uint32_t kind) {
    size_t known = watches->kind_count, count = (size_t)kind + 1;
    if (count > known) {
        Kind *kinds = with_room(watches->kinds, &watches->kind_room, count, FIRST_ROOM, sizeof *kinds);
        if (!kinds) return NULL;
        memset(kinds + known, 0, (count - known) * sizeof *kinds);
        watches->kinds = kinds;
        watches->kind_count = count;
    }
    return &watches->kinds[kind];
}

int watches_each(Watches *watches, uint32_t kind) {
    Kind *entry = have_kind(watches, kind);
    if (!entry) return -1;
    entry->each = true;
    return 0;
}

/* How many bytes of a text are looked at. */
static uint32_t last_end(const WatchNumber *numbers, uint32_t count, uint32_t host_end) {
    uint32_t last = host_end;
    for (uint32_t at = 0; at < count; at++) {
        if (numbers[at].end > last) last = numbers[at].end;
        if (numbers[at].whole_end > last) last = numbers[at].whole_end;
    }
    return last;
}

int watches_add(Watches *watches, uint32_t kind, const WatchNumber *numbers, uint32_t number_count, WatchHost host,
                const uint8_t *names, uint32_t name_count) {
    uint32_t end = last_end(numbers, number_count, host.end);
    Kind *entry = have_kind(watches, kind);
    if (!entry || entry->watch || end > TEXT_LIMIT || host.start > host.end || host.room < name_count) return -1;
    size_t name_size = host.end - host.start, number_bytes = number_count * sizeof *numbers;
    size_t counts_bytes = host.room * sizeof(uint64_t);
    size_t size = sizeof(Watch) + number_bytes + counts_bytes + host.room * name_size;
    if (size > MOST_BYTES - watches->bytes) return -1;
    Watch *watch = calloc(1, size);
    if (!watch) return -1;
    /* In this order, all are aligned. */
    watch->numbers = (WatchNumber *)(watch + 1);
    watch->counts = (uint64_t *)(watch->numbers + number_count);
    watch->names = (uint8_t *)(watch->counts + host.room);
    watch->number_count = number_count;
    watch->name_count = name_count;
    watch->host = host;
    watch->end = end;
    if (number_count > 0) memcpy(watch->numbers, numbers, number_bytes);
    if (name_count > 0) memcpy(watch->names, names, name_count * name_size);
    watches->bytes += size;
    entry->watch = watch;
    return 0;
}

const Watch *watches_of(const Watches *watches, uint32_t kind) {
    return kind < watches->kind_count ? watches->kinds[kind].watch : NULL;
}

/* ---- a number ---- */

/* Whole numbers up to EXACT and these powers of ten are doubles, and the quotient of two doubles is rounded as the
 * nearest double to a decimal number is: so this is what float() reads once commas are left out. False: it may not
 * be, or there is no such number. */
static bool read_number(const uint8_t *text, uint32_t start, uint32_t end, double *number) {
    static const double POWERS[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8};
    uint64_t digits = 0;
    size_t digit_count = 0, places = 0;
    bool in_fraction = false;
    for (uint32_t at = start; at < end; at++) {
        uint8_t byte = text[at];
        if (byte == ',') continue;
        if (byte == '.' && !in_fraction) {
            in_fraction = true;
            continue;
        }
        if (byte < '0' || byte > '9' || digits > EXACT) return false;
        digits = digits * 10 + (byte - '0');
        digit_count++;
        places += in_fraction;
    }
    if (digit_count == 0 || digits > EXACT || places >= sizeof POWERS / sizeof *POWERS) return false;
    *number = (double)digits / POWERS[places];
    return true;
}

/* Compare a number of a text, or learn it. False: Python has to see it. */
static bool see_number(WatchNumber *watched, const uint8_t *text, bool learns) {
    double number, whole;
    if (!read_number(text, watched->start, watched->end, &number)) return false;
    if (watched->whole_end) {
        if (!read_number(text, watched->whole_start, watched->whole_end, &whole) || !(whole > 0)) return false;
        number /= whole;
    }
    if (!learns) return watched->low <= number && number <= watched->high;
    if (number < watched->low) watched->low = number;
    if (number > watched->high) watched->high = number;
    return true;
}

/* ---- a host ---- */

static uint8_t lower(uint8_t byte) { return (uint8_t)(byte - 'A') < 26 ? byte | 0x20 : byte; }

static bool is_name(const uint8_t *name, const uint8_t *text, size_t size) {
    size_t same = 0;
    while (same < size && name[same] == lower(text[same])) same++;
    return same == size;
}

/* Look for the host of a text, or count it. False: Python has to see it. */
static bool see_host(Watch *watch, const uint8_t *text, bool learns) {
    size_t size = watch->host.end - watch->host.start;
    const uint8_t *host = text + watch->host.start;
    uint32_t name = 0;
    while (name < watch->name_count && !is_name(watch->names + name * size, host, size)) name++;
    if (name < watch->name_count) {
        watch->counts[name]++;
        return true;
    }
    if (learns && name < watch->host.room) {
        for (size_t at = 0; at < size; at++) watch->names[name * size + at] = lower(host[at]);
        watch->counts[name] = 1;
        watch->name_count++;
    }
    return learns;
}

/* ---- a line ---- */

/* Write the words of a text, with one blank between two, as far as `end` bytes. False: the text is not clean, or has
 * fewer. */
static bool write_words(Text text, bool is_clean, size_t end, uint8_t *words) {
    size_t size = 0;
    bool after_blank = true;
    for (size_t at = 0; at < text.size && size < end; at++) {
        uint8_t byte = text.bytes[at];
        if (byte == ' ' || byte == '\t' || (is_clean && byte == WIDE_SPACE)) {
            if (!after_blank) words[size++] = ' ';
            after_blank = true;
        } else if (is_clean || (byte > ' ' && byte < 0x7f)) {
            words[size++] = byte;
            after_blank = false;
        } else {
            return false;
        }
    }
    return size == end;
}

/* Compare what is watched in words, or learn it. False: Python has to see them. */
static bool see_words(Watches *watches, Watch *watch) {
    bool fine = watch->host.end == 0 || see_host(watch, watches->words, watches->learns);
    for (uint32_t at = 0; at < watch->number_count; at++) {
        fine &= see_number(&watch->numbers[at], watches->words, watches->learns);
    }
    return fine;
}

static bool see_line(Watches *watches, Watch *watch, Text raw) {
    Text text;
    raw = text_looked_at(raw);
    bool written = write_words(raw, false, watch->end, watches->words) ||
                   (text_clean(raw, watches->text, &text) && write_words(text, true, watch->end, watches->words));
    return written && see_words(watches, watch);
}

static bool see_parts(Watches *watches, const uint32_t *kind, const uint32_t *end, Text raw) {
    bool fine = true, any = false;
    for (const uint32_t *each = kind; each < end; each++) {
        if (*each >= watches->kind_count) continue;
        fine &= !watches->kinds[*each].each;
        any |= watches->kinds[*each].watch != NULL;
    }
    if (!any) return fine;
    bool first = true;
    for (Text left = text_looked_at(raw), text; first || left.size > 0; first = false) {
        if (!text_clean(text_take_piece(&left), watches->text, &text)) return false;
        Parts parts = first ? parts_of(text) : parts_of_rest(text);
        for (Text part; kind < end && parts_next(&parts, &part); kind++) {
            Watch *watch = *kind < watches->kind_count ? watches->kinds[*kind].watch : NULL;
            if (!watch) continue;
            fine &= write_words(part, true, watch->end, watches->words) && see_words(watches, watch);
        }
    }
    return fine && kind == end;
}

size_t watches_select(Watches *watches, const uint8_t *data, const ScanLine *lines, size_t count, const uint32_t *parts,
                      uint32_t *indices) {
    size_t found = 0, start = 0, parts_start = 0;
    for (size_t at = 0; at < count; at++) {
        const ScanLine *line = &lines[at];
        Text raw = {data + start, line->end - start};
        bool fine = true;
        if (line->kind == SCAN_IRREGULAR) {
            fine = false;
        } else if (line->kind == SCAN_PARTED) {
            fine = see_parts(watches, parts + parts_start, parts + line->parts_end, raw);
        } else if (line->kind < watches->kind_count) {
            Kind *kind = &watches->kinds[line->kind];
            fine = !kind->each && (!kind->watch || see_line(watches, kind->watch, raw));
        }
        if (!fine) indices[found++] = (uint32_t)at;
        start = (size_t)line->end + 1;
        parts_start = line->parts_end;
    }
    return found;
}
