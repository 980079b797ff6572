/* A text to its canonical words: those of str.split, with the digits that no rule tells from others made alike.
 *
 * A run of digits is kept if it is zeros only, or 100 before a per cent sign; of three digits from 200 to 599 that
 * stand by themselves the first is kept, if the text names a status. All other digits become 9. Of an id nothing is
 * kept but its length: a UUID, or six or more hex digits with a digit and a letter. test_scanner.py
 * proves that texts whose words are now the same have the same tokens under the rules of rules.py. */
#include "text.h"

#include <string.h>

enum { LETTER, DIGIT, BLANK, BACKSLASH, CONTROL, HIGH };

/* In the place of each byte of an id; no text has it. */
enum { ID = 1 };

#define L4 LETTER, LETTER, LETTER, LETTER
#define L16 L4, L4, L4, L4
#define C4 CONTROL, CONTROL, CONTROL, CONTROL
#define H16 HIGH, HIGH, HIGH, HIGH, HIGH, HIGH, HIGH, HIGH, HIGH, HIGH, HIGH, HIGH, HIGH, HIGH, HIGH, HIGH
static const uint8_t CLASS[256] = {
    C4, C4, CONTROL, BLANK, CONTROL, CONTROL, C4,                                   /* 0x09: tab */
    C4, C4, C4, C4,                                                                 /* 0x1f: WIDE_SPACE in a part */
    BLANK, LETTER, LETTER, LETTER, L4, L4, L4,                                      /* ' ' to '/' */
    DIGIT, DIGIT, DIGIT, DIGIT, DIGIT, DIGIT, DIGIT, DIGIT, DIGIT, DIGIT, LETTER, LETTER, L4, /* '0' to '?' */
    L16,                                                                            /* '@' to 'O' */
    L4, L4, L4, BACKSLASH, LETTER, LETTER, LETTER,                                  /* 'P' to '_' */
    L16, L4, L4, L4, LETTER, LETTER, LETTER, CONTROL,                               /* '`' to 0x7f */
    H16, H16, H16, H16, H16, H16, H16, H16,
};

static bool is_digit(uint8_t byte) { return (uint8_t)(byte - '0') < 10; }

/* Write the canonical form of the run of digits at `at`; return its size. Eight bytes at once would be slower here:
 * runs are short, and a processor foresees the loop. */
static size_t read_digits(Text text, size_t at, uint8_t *out) {
    const uint8_t *run = text.bytes + at;
    size_t size = 0, most = text.size - at;
    unsigned nonzero = 0;
    do {
        nonzero |= (unsigned)run[size] - '0';
        out[size++] = '9';
    } while (size < most && is_digit(run[size]));
    if (!nonzero) {
        for (size_t zero = 0; zero < size; zero++) out[zero] = '0';
    } else if (most > 3 && memcmp(run, "100%", 4) == 0) {
        memcpy(out, run, 3);
    }
    return size;
}

static bool is_word(uint8_t byte) {
    return is_digit(byte) || byte == '_' || (uint8_t)((byte | 0x20) - 'a') < 26;
}

static bool is_hex(uint8_t byte) { return is_digit(byte) || (uint8_t)((byte | 0x20) - 'a') < 6; }

static bool is_alphanumeric(uint8_t byte) { return is_word(byte) && byte != '_'; }

enum { UUID_HEAD = 24, UUID = 36 };

/* Whether so many bytes from a place on are as those of a UUID. */
static bool is_uuid(Text text, size_t begin, size_t size) {
    if (text.size - begin < size) return false;
    for (size_t at = 0; at < size; at++) {
        uint8_t byte = text.bytes[begin + at];
        if (at == 8 || at == 13 || at == 18 || at == 23 ? byte != '-' : !is_hex(byte)) return false;
    }
    return true;
}

/* The UUID that has a run of hex digits of this size for a group; false: there is none. */
static bool find_uuid(Text text, size_t run, size_t size, size_t *begin) {
    static const size_t GROUPS[] = {0, 9, 14, 19, UUID_HEAD}; /* where they begin */
    for (size_t group = 0; group < sizeof GROUPS / sizeof *GROUPS; group++) {
        size_t before = GROUPS[group];
        bool fits = group == 0 ? size == 8 : group < 4 ? size == 4 : size >= UUID - UUID_HEAD;
        if (!fits || before > run || !is_uuid(text, run - before, UUID)) continue;
        *begin = run - before;
        return *begin == 0 || !is_alphanumeric(text.bytes[*begin - 1]);
    }
    return false;
}

/* The end of the id that has the digit at `at`, and where it begins; 0: there is none, nor up to `*none` another. */
static size_t find_id(Text text, size_t at, size_t *begin, size_t *none) {
    size_t run = at, end = at, digits = 0;
    while (run > 0 && is_hex(text.bytes[run - 1])) run--;
    bool whole = run == 0 || !is_alphanumeric(text.bytes[run - 1]);
    for (end = run; end < text.size && is_hex(text.bytes[end]); end++) digits += is_digit(text.bytes[end]);
    if (whole && find_uuid(text, run, end - run, begin) && *begin + UUID > at) return *begin + UUID;
    /* A longer run behind the groups of a UUID is one with it only in part. */
    bool in_uuid = end - run > UUID - UUID_HEAD && run >= UUID_HEAD && is_uuid(text, run - UUID_HEAD, UUID_HEAD);
    whole &= end == text.size || !is_alphanumeric(text.bytes[end]);
    if (whole && !in_uuid && end - run >= 6 && digits < end - run) {
        *begin = run;
        return end;
    }
    while (end < text.size && is_alphanumeric(text.bytes[end])) end++;
    *none = end;
    return 0;
}

/* Whether a run of three digits could be the status of an answer: it stands by itself. */
static bool is_hundreds(Text text, size_t at) {
    uint8_t before = at > 0 ? text.bytes[at - 1] : ' ';
    const uint8_t *behind = text.bytes + at + 3;
    size_t left = text.size - at - 3;
    if (text.bytes[at] < '2' || text.bytes[at] > '5' || is_word(before) || memchr(".,-", before, 3)) return false;
    if (left > 0 && behind[0] == '.') behind++, left--;
    return left == 0 || !is_word(behind[0]);
}

/* Whether a text has a key that makes a status of a number, as rules.py and amounts.py know them. */
static bool names_status(Text text) {
    static const char *const NAMES[] = {"http",  "status", "code", "resp", "answer", "got",
                                        "reply", "return", "->",   "=>",   "get",    "head",
                                        "post",  "put",    "patch"};
    for (size_t at = 0; at < text.size; at++) {
        uint8_t first = text.bytes[at] | 0x20; /* of '-' and '=' the same, as they have that bit */
        if (!memchr("hscrag-=p", first, 9)) continue;
        for (size_t name = 0; name < sizeof NAMES / sizeof *NAMES; name++) {
            size_t size = strlen(NAMES[name]), same = 0;
            if (size > text.size - at) continue;
            while (same < size && (text.bytes[at + same] | 0x20) == NAMES[name][same]) same++;
            if (same == size) return true;
        }
    }
    return false;
}

#define EACH(byte) (0x0101010101010101u * (byte))

/* How many of eight bytes come before the first one that cannot be copied as it is: any but a LETTER, or a space
 * after a blank. A byte's highest bit is made to say which it is; the sums stay within their bytes because that bit
 * is taken off before. The first byte is the lowest, as on all machines that use the engine. */
static size_t leading_plain(const uint8_t *bytes, bool after_blank) {
    uint64_t word;
    memcpy(&word, bytes, 8);
    uint64_t low = word & EACH(0x7f);
    uint64_t no_control = low + EACH(0x80 - ' ');
    uint64_t digit = (low + EACH(0x80 - '0')) & ~(low + EACH(0x7f - '9'));
    uint64_t delete = low + EACH(1);
    uint64_t no_backslash = (low ^ EACH('\\')) + EACH(0x7f);
    uint64_t space = ~((low ^ EACH(' ')) + EACH(0x7f)) & EACH(0x80);
    uint64_t second_space = space & (space << 8 | (after_blank ? 0x80u : 0));
    uint64_t other = (word | ~no_control | digit | delete | ~no_backslash | second_space) & EACH(0x80);
    if (!other) return 8;
    uint64_t before = ((other & (~other + 1)) >> 7) - 1; /* all bits of the bytes before the first other one */
    return (size_t)((before & EACH(1)) * EACH(1) >> 56);
}

static bool is_blank(uint8_t byte) { return byte == ' ' || byte == '\t' || byte == WIDE_SPACE; }

bool words_read(Text text, bool is_part, uint8_t *buffer, Text *out) {
    uint8_t *to = buffer;
    bool tabs = false, asked = false, status = false;
    size_t no_id = 0; /* up to there */
    for (size_t at = 0; at < text.size;) {
        bool after_blank = at == 0 || is_blank(text.bytes[at - 1]);
        if (text.size - at >= 8) {
            size_t plain = leading_plain(text.bytes + at, after_blank);
            memcpy(to, text.bytes + at, 8);
            to += plain;
            at += plain;
            if (plain == 8) continue;
            if (plain > 0) after_blank = text.bytes[at - 1] == ' ';
        }
        uint8_t byte = text.bytes[at], class = CLASS[byte];
        if (class == DIGIT) {
            size_t begin = at, end = at < no_id ? 0 : find_id(text, at, &begin, &no_id);
            if (end) {
                to -= at - begin; /* a byte for each */
                memset(to, ID, end - begin);
                to += end - begin;
                at = end;
                continue;
            }
            size_t size = read_digits(text, at, to);
            if (size == 3 && is_hundreds(text, at)) {
                status = asked ? status : names_status(text);
                asked = true;
                if (status) to[0] = byte;
            }
            to += size;
            at += size;
            continue;
        }
        if (class == BLANK || (is_part && byte == WIDE_SPACE)) {
            tabs |= byte == '\t';
            if (!after_blank) *to++ = ' ';
            at++;
            continue;
        }
        bool plain = class == LETTER || (class == BACKSLASH && !text_is_line_end(text, at + 1));
        if (!plain && !is_part) return false;
        *to++ = byte;
        at++;
    }
    if (tabs && !is_part && text_envelope(text)) return false;
    if (to > buffer && to[-1] == ' ') to--;
    *out = (Text){buffer, (size_t)(to - buffer)};
    return true;
}
