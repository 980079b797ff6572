/* A text to its canonical words: those of str.split, with the digits that no rule tells from others made alike.
 *
 * A run of digits is kept if it is zeros only, or 100 before a per cent sign; of three digits from 200 to 599 that
 * stand by themselves the first is kept, if the text names a status. All other digits become 9. Of an id nothing is
 * kept but its length: a UUID and digits behind it, or six or more hex digits with a digit and a letter.
 * test_scanner.py proves that texts whose words are now the same have the same tokens under the rules of rules.py.
 *
 * A text is read three times, in chunks of 64 bytes. First it is copied with all digits as 9, and bits are made that
 * tell where each chunk has something that one of the other rules could be about: no branch depends on a byte. Then
 * these places are looked at, and mended in the copy. Last, blanks that are too many are squeezed out. */
#include "eight.h"
#include "text.h"

/* In the place of each byte of an id; no text has it. */
enum { ID = 1 };

enum {
    CHUNK = 64, /* bits of a word */
    STEP = 16,  /* bytes that most processors can look at at once */
    MOST_CHUNKS = TEXT_LIMIT / CHUNK + 1,
    BUFFER_HAS_WHOLE_STEPS = 1 / (TEXT_LIMIT % STEP == 0), /* does not compile if it has not */
};

/* Of each byte of a chunk, whether it is this; the lowest bit is the first byte's. */
typedef struct {
    uint64_t digits, zeros, hex, blanks;
    uint64_t odd; /* any other byte that is not simply copied */
} Chunk;

/* Whether it begins this. What lies beyond the chunk is not known and taken to be so: each place is looked at in the
 * text. */
typedef struct {
    uint64_t zeros;  /* a run of digits with a zero in front */
    uint64_t threes; /* a run of three digits */
    uint64_t ids;    /* a run of six or more hex digits */
    uint64_t hex;    /* is one of them */
    uint64_t extra;  /* is a blank after a blank */
} Marks;

/* ---- bytes to bits ---- */

static bool is_digit(uint8_t byte) { return (uint8_t)(byte - '0') < 10; }

static bool is_hex(uint8_t byte) { return is_digit(byte) || (uint8_t)((byte | 0x20) - 'a') < 6; }

/* The bits of flags that are 0 or 1, the first one lowest. */
static uint64_t gather(const uint8_t flags[STEP]) { return eight_gather(flags) | eight_gather(flags + 8) << 8; }

/* The next bytes of a text; behind its end something that no rule is about. */
static void read_step(Text text, size_t at, uint8_t bytes[STEP]) {
    if (text.size - at >= STEP) {
        memcpy(bytes, text.bytes + at, STEP);
    } else {
        memset(bytes, '@', STEP);
        memcpy(bytes, text.bytes + at, text.size - at);
    }
}

/* Copy a chunk with all digits as 9, and tell its bytes apart. */
static Chunk read_chunk(Text text, size_t start, bool is_part, uint8_t *buffer) {
    const uint8_t unclean = !is_part; /* in a part all but blanks is clean */
    Chunk chunk = {0};
    for (size_t at = 0; at < CHUNK && start + at < text.size; at += STEP) {
        uint8_t bytes[STEP], nines[STEP], digits[STEP], zeros[STEP], hex[STEP], blanks[STEP], odd[STEP];
        read_step(text, start + at, bytes);
        /* Without branches, so that a compiler makes a few instructions of it that do all bytes at once. */
        for (size_t byte = 0; byte < STEP; byte++) {
            uint8_t it = bytes[byte];
            digits[byte] = is_digit(it);
            nines[byte] = is_digit(it) ? '9' : it;
            zeros[byte] = it == '0';
            hex[byte] = is_digit(it) | ((uint8_t)((it | 0x20) - 'a') < 6);
            blanks[byte] = it == ' ';
            odd[byte] = (it < ' ') | (unclean & ((it >= 0x7f) | (it == '\\')));
        }
        memcpy(buffer + start + at, nines, STEP);
        chunk.digits |= gather(digits) << at;
        chunk.zeros |= gather(zeros) << at;
        chunk.hex |= gather(hex) << at;
        chunk.blanks |= gather(blanks) << at;
        chunk.odd |= gather(odd) << at;
    }
    return chunk;
}

/* Of each byte, what bits say of the one so many places behind it, beyond the chunk that they are set. */
static uint64_t ahead(uint64_t bits, unsigned places) { return bits >> places | ~(UINT64_MAX >> places); }

/* Of each byte, what bits say of the one before it; the first one's belongs to the chunk before. */
static uint64_t before(uint64_t bits, uint64_t chunk_before) { return bits << 1 | chunk_before >> (CHUNK - 1); }

static Marks marks_of(const Chunk *chunk, const Chunk *last) {
    uint64_t digits = chunk->digits, hex = chunk->hex, starts = digits & ~before(digits, last->digits);
    uint64_t pairs = hex & ahead(hex, 1), fours = pairs & ahead(pairs, 2), sixes = fours & ahead(pairs, 4);
    return (Marks){
        .zeros = starts & chunk->zeros,
        .threes = starts & ahead(digits, 1) & ahead(digits, 2) & ~(digits >> 3),
        .ids = sixes & ~before(hex, last->hex),
        .hex = hex,
        .extra = chunk->blanks & before(chunk->blanks, last->blanks),
    };
}

/* ---- what is kept of digits ---- */

static bool is_word(uint8_t byte) {
    return is_digit(byte) || byte == '_' || (uint8_t)((byte | 0x20) - 'a') < 26;
}

static bool is_alphanumeric(uint8_t byte) { return is_word(byte) && byte != '_'; }

/* Keep a run of digits if it is zeros only. */
static void keep_zeros(Text text, size_t begin, uint8_t *buffer) {
    size_t end = begin + 1;
    while (end < text.size && text.bytes[end] == '0') end++;
    if (end < text.size && is_digit(text.bytes[end])) return;
    while (begin < end) buffer[begin++] = '0';
}

/* Whether a run of three digits could be the status of an answer: it stands by itself. */
static bool is_hundreds(Text text, size_t at) {
    uint8_t before_it = at > 0 ? text.bytes[at - 1] : ' ';
    const uint8_t *behind = text.bytes + at + 3;
    size_t left = text.size - at - 3;
    if (text.bytes[at] < '2' || text.bytes[at] > '5') return false;
    if (is_word(before_it) || memchr(".,-", before_it, 3)) return false;
    if (left > 0 && behind[0] == '.') behind++, left--;
    return left == 0 || !is_word(behind[0]);
}

static bool begins_with(Text text, const char *name) {
    size_t same = 0;
    while (name[same] && same < text.size && (text.bytes[same] | 0x20) == name[same]) same++;
    return !name[same];
}

/* Whether a text has a key that makes a status of a number, as rules.py and amounts.py know them. */
static bool names_status(Text text) {
    /* By their first two characters, which are looked up together. */
    enum { A = 1, C = 2, G = 4, H = 8, P = 16, R = 32, S = 64, DASH = 128 };
    static const uint8_t FIRST[128] = {['a'] = A, ['c'] = C, ['g'] = G, ['h'] = H,    ['p'] = P,
                                       ['r'] = R, ['s'] = S, ['-'] = DASH, ['='] = DASH};
    static const uint8_t SECOND[128] = {['a'] = P,     ['e'] = G | H | R, ['n'] = A,   ['o'] = C | G | P,
                                        ['t'] = H | S, ['u'] = P,         ['>'] = DASH};
    static const char *const NAMES[] = {"http",  "status", "code", "resp", "answer", "got",
                                        "reply", "return", "->",   "=>",   "get",    "head",
                                        "post",  "put",    "patch"};
    unsigned seen = 0;
    for (size_t at = 0; at < text.size; at++) {
        unsigned small = (text.bytes[at] & 0x7fu) | 0x20; /* '-', '=' and '>' have that bit */
        for (size_t name = 0; seen & SECOND[small] && name < sizeof NAMES / sizeof *NAMES; name++) {
            if (begins_with((Text){text.bytes + at - 1, text.size - at + 1}, NAMES[name])) return true;
        }
        seen = FIRST[small];
    }
    return false;
}

/* What is known of whether a text names a status; asking takes a while. */
typedef enum { UNKNOWN, NO, YES } Status;

/* Keep of a run of three digits what says something. */
static void keep_of_three(Text text, size_t begin, uint8_t *buffer, Status *status) {
    const uint8_t *run = text.bytes + begin;
    size_t left = text.size - begin;
    if (left < 3 || !is_digit(run[1]) || !is_digit(run[2]) || (left > 3 && is_digit(run[3]))) return;
    if (left > 3 && memcmp(run, "100%", 4) == 0) {
        memcpy(buffer + begin, run, 3);
    } else if (is_hundreds(text, begin)) {
        if (*status == UNKNOWN) *status = names_status(text) ? YES : NO;
        if (*status == YES) buffer[begin] = *run;
    }
}

enum { UUID_HEAD = 24, UUID = 36, LEAST_ID = 6 };

/* Without a way out, so that a compiler can look at many bytes at once. */
static size_t count_digits(const uint8_t *bytes, size_t size) {
    size_t count = 0;
    for (size_t at = 0; at < size; at++) count += is_digit(bytes[at]);
    return count;
}

/* Whether so many bytes from a place on, the head or more, are as those of a UUID. */
static bool is_uuid(Text text, size_t begin, size_t size) {
    const uint8_t *uuid = text.bytes + begin;
    if (text.size - begin < size) return false;
    if (uuid[8] != '-' || uuid[13] != '-' || uuid[18] != '-' || uuid[23] != '-') return false;
    size_t hex = 4;
    for (size_t at = 0; at < size; at++) hex += is_hex(uuid[at]);
    return hex == size;
}

/* Keep nothing of an id that a run of so many hex digits begins, or more if it is the last of its chunk. */
static void drop_id(Text text, size_t begin, size_t size, bool last, uint8_t *buffer) {
    const uint8_t *id = text.bytes + begin;
    if (begin > 0 && is_alphanumeric(id[-1])) return;
    while (last && begin + size < text.size && is_hex(id[size])) size++;
    if (size == 8 && is_uuid(text, begin, UUID)) {
        size = UUID;
        while (begin + size < text.size && is_digit(id[size])) size++;
        if (count_digits(id, size) > 0) memset(buffer + begin, ID, size);
        return;
    }
    if (size < LEAST_ID || (begin + size < text.size && is_alphanumeric(id[size]))) return;
    size_t digits = count_digits(id, size);
    if (digits == 0 || digits == size) return;
    /* A longer run behind the groups of a UUID is one with it only in part. */
    if (size > UUID - UUID_HEAD && begin >= UUID_HEAD && is_uuid(text, begin - UUID_HEAD, UUID_HEAD)) return;
    memset(buffer + begin, ID, size);
}

/* Drop the ids of a chunk. */
static void drop_ids(Text text, size_t start, const Marks *mark, uint8_t *buffer) {
    for (uint64_t ids = mark->ids; ids; ids &= ids - 1) {
        size_t at = lowest_bit(ids);
        uint64_t others = ~(mark->hex >> at);
        size_t size = others ? lowest_bit(others) : CHUNK;
        drop_id(text, start + at, size, at + size == CHUNK, buffer);
    }
}

/* ---- words ---- */

/* Look at bytes that are not simply copied. False: the text has to be cleaned and cut before. */
static bool read_odd(Text text, size_t start, bool is_part, uint8_t *buffer, Chunk *chunk, bool *tabs) {
    for (uint64_t odd = chunk->odd; odd; odd &= odd - 1) {
        size_t at = start + lowest_bit(odd);
        uint8_t byte = text.bytes[at];
        if (byte == '\t' || (is_part && byte == WIDE_SPACE)) {
            *tabs |= byte == '\t';
            chunk->blanks |= odd & (~odd + 1);
            buffer[at] = ' ';
        } else if (!is_part && (byte != '\\' || text_is_line_end(text, at + 1))) {
            return false;
        }
    }
    return true;
}

/* Move what is kept together; return its size. */
static size_t squeeze(uint8_t *buffer, size_t size, const Marks *marks) {
    size_t to = 0, from = 0;
    for (size_t start = 0; start < size; start += CHUNK) {
        for (uint64_t extra = marks[start / CHUNK].extra; extra; extra &= extra - 1) {
            size_t end = start + lowest_bit(extra);
            if (to < from) memmove(buffer + to, buffer + from, end - from);
            to += end - from;
            from = end + 1;
        }
    }
    if (to < from) memmove(buffer + to, buffer + from, size - from);
    return to + size - from;
}

/* Mend the copy where digits are kept, or ids are dropped. */
static void mend(Text text, const Marks *marks, uint64_t any_id, uint8_t *buffer) {
    Status status = UNKNOWN;
    for (size_t start = 0; start < text.size; start += CHUNK) {
        const Marks *mark = &marks[start / CHUNK];
        for (uint64_t at = mark->zeros; at; at &= at - 1) keep_zeros(text, start + lowest_bit(at), buffer);
        for (uint64_t at = mark->threes; at; at &= at - 1) keep_of_three(text, start + lowest_bit(at), buffer, &status);
    }
    /* After them, because zeros of an id are not kept. */
    for (size_t start = 0; any_id && start < text.size; start += CHUNK) {
        drop_ids(text, start, &marks[start / CHUNK], buffer);
    }
}

bool words_read(Text text, bool is_part, uint8_t *buffer, Text *out) {
    Marks marks[MOST_CHUNKS];
    Chunk last = {.blanks = UINT64_MAX}; /* so blanks in front are too many */
    uint64_t any_id = 0, any_extra = 0;
    bool tabs = false;
    for (size_t start = 0; start < text.size; start += CHUNK) {
        Chunk chunk = read_chunk(text, start, is_part, buffer);
        if (chunk.odd && !read_odd(text, start, is_part, buffer, &chunk, &tabs)) return false;
        Marks mark = marks_of(&chunk, &last);
        any_id |= mark.ids;
        any_extra |= mark.extra;
        marks[start / CHUNK] = mark;
        last = chunk;
    }
    if (tabs && !is_part && text_envelope(text)) return false;
    mend(text, marks, any_id, buffer);
    size_t size = any_extra ? squeeze(buffer, text.size, marks) : text.size;
    if (size > 0 && buffer[size - 1] == ' ') size--;
    *out = (Text){buffer, size};
    return true;
}
