/* The search is the exact one of the set-similarity-join literature: prefix and length filters as in AllPairs
 * (Bayardo et al. 2007) and PPJoin (Xiao et al. 2008); and each row has a signature of 64 bits, looked at first.
 *
 * A bound and a result are computed by the same expression. Its products are exact and its division rounds
 * monotonically, so a bound is never below a result that it covers, and no tolerance is needed. */
#include "nearest.h"

#include "image.h"

#include <stdbool.h>
#include <string.h>

/* Arrays begin on lines of the cache. */
#define ALIGNMENT UINT64_C(64)

/* Knuth's multiplicative hashing: 2^32 divided by the golden ratio; the upper 6 bits name one of 64. */
#define GOLDEN UINT32_C(0x9E3779B1)
#define SIGNATURE_SHIFT 26

/* The arrays of an image. */
typedef struct {
    const uint64_t *signatures;
    const uint32_t *row_start;
    const uint32_t *columns;
    const uint32_t *posting_start;
    const uint32_t *postings;
    const uint32_t *first_row;
    uint32_t tokens;
    uint32_t longest;
} Index;

/* A set of tokens that is compared with rows. */
typedef struct {
    const uint8_t *marks; /* of each token whether the set has it */
    uint64_t absent;      /* the bits of a signature that none of its tokens has */
    uint32_t size;
    uint32_t without;
} Query;

/* ---- the image ---- */

static uint64_t place(NearestImage *image, uint64_t count, uint64_t width) {
    uint64_t offset = image->size;
    image->size = (offset + count * width + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    return offset;
}

/* Write the head; false where a limit is exceeded. */
static bool lay_out(NearestImage *image, uint64_t longest, uint64_t rows, uint64_t entries, uint64_t tokens) {
    if (rows >= NEAREST_NONE || entries > NEAREST_ENTRIES_LIMIT || tokens > entries ||
        longest > NEAREST_TOKENS_LIMIT)
        return false;
    memset(image, 0, sizeof *image);
    (void)place(image, 1, sizeof *image);
    image->rows = rows;
    image->tokens = tokens;
    image->entries = entries;
    image->longest = longest;
    image->signatures = place(image, rows, sizeof(uint64_t));
    image->row_start = place(image, rows + 1, sizeof(uint32_t));
    image->columns = place(image, entries, sizeof(uint32_t));
    image->posting_start = place(image, tokens + 1, sizeof(uint32_t));
    image->postings = place(image, entries, sizeof(uint32_t));
    image->first_row = place(image, longest + 2, sizeof(uint32_t));
    return image->size <= SIZE_MAX;
}

/* Return the length of the last of some rows, which is the longest. */
static uint64_t longest_of(const uint32_t *lengths, uint64_t rows) {
    return rows > 0 ? lengths[rows - 1] : 0;
}

static void *at(NearestImage *image, uint64_t offset) {
    return (unsigned char *)image + offset;
}

static const void *in(const NearestImage *image, uint64_t offset) {
    return (const unsigned char *)image + offset;
}

static Index index_of(const NearestImage *image) {
    Index index = {
        .signatures = in(image, image->signatures),
        .row_start = in(image, image->row_start),
        .columns = in(image, image->columns),
        .posting_start = in(image, image->posting_start),
        .postings = in(image, image->postings),
        .first_row = in(image, image->first_row),
        .tokens = (uint32_t)image->tokens,
        .longest = (uint32_t)image->longest,
    };
    return index;
}

static uint64_t signature_bit(uint32_t token) {
    return UINT64_C(1) << ((uint32_t)(token * GOLDEN) >> SIGNATURE_SHIFT);
}

/* Write `row_start` and `first_row`; false where lengths fall or do not add up. */
static bool number_rows(NearestImage *image, const uint32_t *lengths) {
    uint32_t *row_start = at(image, image->row_start), *first_row = at(image, image->first_row);
    uint64_t start = 0;
    uint32_t length = 0; /* rows of at least this many tokens begin here or later */
    row_start[0] = 0;
    for (uint32_t row = 0; row < image->rows; row++) {
        if (lengths[row] > image->longest || (row > 0 && lengths[row] < lengths[row - 1]))
            return false;
        while (length <= lengths[row])
            first_row[length++] = row;
        start += lengths[row];
        if (start > image->entries)
            return false;
        row_start[row + 1] = (uint32_t)start;
    }
    while (length <= image->longest + 1)
        first_row[length++] = (uint32_t)image->rows;
    return start == image->entries;
}

/* Write `posting_start`, as yet so that it says of each token where the rows of the one before it begin; filling
 * moves that on to their end. False where a token is unknown. */
static bool count_postings(NearestImage *image) {
    const uint32_t *columns = in(image, image->columns);
    uint32_t *start = at(image, image->posting_start);
    memset(start, 0, ((size_t)image->tokens + 1) * sizeof *start);
    for (uint64_t entry = 0; entry < image->entries; entry++) {
        if (columns[entry] >= image->tokens)
            return false;
        start[columns[entry] + 1]++;
    }
    uint32_t begin = 0;
    for (uint64_t token = 1; token <= image->tokens; token++) {
        uint32_t frequency = start[token];
        start[token] = begin;
        begin += frequency;
    }
    return true;
}

/* Write `postings` and `signatures`. */
static void fill_postings(NearestImage *image) {
    const uint32_t *columns = in(image, image->columns), *row_start = in(image, image->row_start);
    uint32_t *start = at(image, image->posting_start), *postings = at(image, image->postings);
    uint64_t *signatures = at(image, image->signatures);
    for (uint32_t row = 0; row < image->rows; row++) {
        signatures[row] = 0;
        for (uint32_t entry = row_start[row]; entry < row_start[row + 1]; entry++) {
            postings[start[columns[entry] + 1]++] = row;
            signatures[row] |= signature_bit(columns[entry]);
        }
    }
}

/* Tell whether no row has a token twice: each token's rows rise. */
static bool are_sets(const NearestImage *image) {
    const uint32_t *start = in(image, image->posting_start), *postings = in(image, image->postings);
    for (uint64_t token = 0; token < image->tokens; token++)
        for (uint64_t entry = (uint64_t)start[token] + 1; entry < start[token + 1]; entry++)
            if (postings[entry] == postings[entry - 1])
                return false;
    return true;
}

uint64_t nearest_image_size(const uint32_t *lengths, uint64_t rows, uint64_t entries, uint64_t tokens) {
    NearestImage image;
    return lay_out(&image, longest_of(lengths, rows), rows, entries, tokens) ? image.size : 0;
}

NearestStatus nearest_build(NearestImage *image, const uint32_t *lengths, uint64_t rows,
                            const uint32_t *columns, uint64_t entries, uint64_t tokens) {
    if (!lay_out(image, longest_of(lengths, rows), rows, entries, tokens))
        return NEAREST_BAD_ROWS;
    if (entries > 0)
        memcpy(at(image, image->columns), columns, (size_t)entries * sizeof *columns);
    if (!number_rows(image, lengths) || !count_postings(image))
        return NEAREST_BAD_ROWS;
    fill_postings(image);
    return are_sets(image) ? NEAREST_OK : NEAREST_BAD_ROWS;
}

/* ---- an image of unknown origin ---- */

/* Tell whether rows begin and end within the entries, their lengths do not fall, and `first_row` follows from them. */
static bool rows_are_sound(const NearestImage *image) {
    const uint32_t *row_start = in(image, image->row_start), *first_row = in(image, image->first_row);
    uint64_t length = 0; /* rows of at least this many tokens begin here or later */
    if (row_start[0] != 0 || row_start[image->rows] != image->entries)
        return false;
    for (uint32_t row = 0; row < image->rows; row++) {
        if (row_start[row + 1] < row_start[row] || row_start[row + 1] - row_start[row] > image->longest ||
            row_start[row + 1] - row_start[row] + 1 < length)
            return false;
        for (; length <= row_start[row + 1] - row_start[row]; length++)
            if (first_row[length] != row)
                return false;
    }
    for (; length <= image->longest + 1; length++)
        if (first_row[length] != image->rows)
            return false;
    return true;
}

/* Tell whether each entry names a row or a token that there is, and each token's rows begin and end within them. */
static bool entries_are_sound(const NearestImage *image) {
    return image_rises(in(image, image->posting_start), (size_t)image->tokens + 1, 0, image->entries) &&
           image_below(in(image, image->columns), (size_t)image->entries, image->tokens) &&
           image_below(in(image, image->postings), (size_t)image->entries, image->rows);
}

NearestStatus nearest_check(const NearestImage *image, uint64_t size) {
    NearestImage sound;
    if (size < sizeof sound || !lay_out(&sound, image->longest, image->rows, image->entries, image->tokens) ||
        sound.size > size || memcmp(&sound, image, sizeof sound) != 0)
        return NEAREST_BAD_ROWS;
    return rows_are_sound(image) && entries_are_sound(image) ? NEAREST_OK : NEAREST_BAD_ROWS;
}

/* ---- a query ---- */

static bool is_sound(const Index *index, const uint32_t *known, uint32_t count, uint32_t size) {
    if (count > size || size > NEAREST_TOKENS_LIMIT)
        return false;
    for (uint32_t i = 0; i < count; i++)
        if (known[i] >= index->tokens || (i > 0 && known[i] <= known[i - 1]))
            return false;
    return true;
}

/* Mark tokens; return the bits of a signature that none of them has. */
static uint64_t mark(uint8_t *marks, const uint32_t *known, uint32_t count) {
    uint64_t present = 0;
    for (uint32_t i = 0; i < count; i++) {
        marks[known[i]] = 1;
        present |= signature_bit(known[i]);
    }
    return ~present;
}

static void unmark(uint8_t *marks, const uint32_t *known, uint32_t count) {
    for (uint32_t i = 0; i < count; i++)
        marks[known[i]] = 0;
}

/* ISO C has no count of bits: pairs, nibbles, bytes are summed side by side (Warren, Hacker's Delight, 5-1). */
static uint32_t bit_count(uint64_t bits) {
    bits -= bits >> 1 & UINT64_C(0x5555555555555555);
    bits = (bits & UINT64_C(0x3333333333333333)) + (bits >> 2 & UINT64_C(0x3333333333333333));
    bits = (bits + (bits >> 4)) & UINT64_C(0x0F0F0F0F0F0F0F0F);
    return (uint32_t)(bits * UINT64_C(0x0101010101010101) >> 56);
}

/* Return how many of a row's tokens the query lacks, at the least. */
static uint32_t fewest_lacking(const Index *index, const Query *query, uint32_t row) {
    return bit_count(index->signatures[row] & query->absent);
}

static uint32_t count_common(const Index *index, const Query *query, uint32_t row) {
    uint32_t common = 0;
    for (uint32_t entry = index->row_start[row]; entry < index->row_start[row + 1]; entry++)
        common += query->marks[index->columns[entry]];
    return common;
}

static uint32_t row_length(const Index *index, uint32_t row) {
    return index->row_start[row + 1] - index->row_start[row];
}

/* Return the first of some rising rows that is not before `row`. */
static const uint32_t *not_before(const uint32_t *begin, const uint32_t *end, uint32_t row) {
    while (begin < end) {
        const uint32_t *middle = begin + (end - begin) / 2;
        if (*middle < row)
            begin = middle + 1;
        else
            end = middle;
    }
    return begin;
}

/* ---- the nearest row ---- */

static double squared_cosine(uint32_t common, uint32_t size, uint32_t length) {
    return (double)((uint64_t)common * common) / (double)((uint64_t)size * length);
}

static bool is_nearer(const NearestFound *found, double cosine, uint32_t row) {
    return cosine > found->squared_cosine || (cosine == found->squared_cosine && row < found->row);
}

/* Return with how many tokens in common, at the least, a row is nearer than what is found; most + 1: not even
 * with `most`. */
static uint32_t fewest_common(const NearestFound *found, const Query *query, uint32_t row, uint32_t length,
                              uint32_t most) {
    uint32_t fewest = 1, beyond = most + 1;
    while (fewest < beyond) {
        uint32_t middle = fewest + (beyond - fewest) / 2;
        if (is_nearer(found, squared_cosine(middle, query->size, length), row))
            beyond = middle;
        else
            fewest = middle + 1;
    }
    return fewest;
}

/* Look at rows, rising, of which each shares at most `left` tokens with the query, or has been looked at before. */
static void search(const Index *index, const Query *query, uint32_t left, const uint32_t *posting,
                   const uint32_t *end, NearestFound *found) {
    while (posting < end) {
        /* A run of rows of one length, all before or all behind the row found: they need equally much. */
        uint32_t length = row_length(index, *posting), beyond = index->first_row[length + 1];
        if (*posting < found->row && found->row < beyond)
            beyond = found->row;
        uint32_t most = left < length ? left : length;
        uint32_t fewest = fewest_common(found, query, *posting, length, most);
        if (fewest > most) {
            if (length >= left)
                return; /* with as much in common, a longer row is farther */
            posting = not_before(posting, end, beyond);
            continue;
        }
        for (; posting < end && *posting < beyond; posting++) {
            uint32_t row = *posting, common;
            if (fewest_lacking(index, query, row) > length - fewest || row == query->without)
                continue;
            common = count_common(index, query, row);
            /* More than can be: the row of an image that somebody made has a token twice. */
            if (common >= fewest && common <= most) {
                found->squared_cosine = squared_cosine(common, query->size, length);
                found->row = row;
                posting++;
                break; /* the rows behind it need more */
            }
        }
    }
}

/* Look at the rows that have a token, of which `left` tokens of the query are left, this one included. */
static void search_token(const Index *index, const Query *query, uint32_t token, uint32_t left,
                         NearestFound *found) {
    const uint32_t *begin = index->postings + index->posting_start[token];
    const uint32_t *end = index->postings + index->posting_start[token + 1];
    /* A row has at least as many tokens as it must have in common. */
    uint32_t shortest = (uint32_t)(found->squared_cosine * query->size);
    if (shortest <= index->longest)
        search(index, query, left, not_before(begin, end, index->first_row[shortest]), end, found);
}

NearestStatus nearest_find(const NearestImage *image, uint8_t *marks, const uint32_t *known, uint32_t count,
                           uint32_t size, uint32_t without, NearestFound *found) {
    Index index = index_of(image);
    found->squared_cosine = 0.0;
    found->row = NEAREST_NONE;
    if (!is_sound(&index, known, count, size))
        return NEAREST_BAD_QUERY;
    Query query = {marks, mark(marks, known, count), size, without};
    for (uint32_t i = 0; i < count; i++) {
        uint32_t left = count - i;
        if (squared_cosine(left, size, left) < found->squared_cosine)
            break;
        search_token(&index, &query, known[i], left, found);
    }
    unmark(marks, known, count);
    return NEAREST_OK;
}

/* ---- rows ---- */

const uint32_t *nearest_row(const NearestImage *image, uint32_t row, uint32_t *size) {
    Index index = index_of(image);
    *size = row_length(&index, row);
    return index.columns + index.row_start[row];
}

size_t nearest_rows_with(const NearestImage *image, uint8_t *marks, const uint32_t *wanted, uint32_t count,
                         uint32_t size, uint32_t from, uint32_t *found, size_t capacity) {
    Index index = index_of(image);
    if (count == 0 || size > index.longest || !is_sound(&index, wanted, count, size))
        return 0;
    uint32_t first = index.first_row[size], beyond = index.first_row[size + 1];
    const uint32_t *posting = index.postings + index.posting_start[wanted[0]];
    const uint32_t *end = index.postings + index.posting_start[wanted[0] + 1];
    Query query = {marks, mark(marks, wanted, count), size, NEAREST_NONE};
    size_t written = 0;
    if (from > first)
        first = from;
    for (posting = not_before(posting, end, first); written < capacity && posting < end && *posting < beyond;
         posting++)
        /* In an image that somebody made they may not rise; what is given does, so that it comes to an end. */
        if (*posting >= first && fewest_lacking(&index, &query, *posting) <= size - count &&
            count_common(&index, &query, *posting) == count) {
            found[written++] = *posting;
            first = *posting + 1;
        }
    unmark(marks, wanted, count);
    return written;
}
