#include "image.h"

/* Words go round so many chains, because one would wait for itself at each multiplication. */
#define LANES 8
#define PRIME UINT64_C(0x9e3779b185ebca87) /* of xxHash; any odd number with bits all over it would do */

/* One to one in each of its arguments, so that a change of one word cannot get lost on its way. */
static uint64_t mixed(uint64_t sum, uint64_t word) {
    sum = (sum ^ word) * PRIME;
    return sum << 31 | sum >> 33;
}

uint64_t image_checksum(const uint64_t *words, size_t count) {
    uint64_t lanes[LANES] = {0}, sum = count;
    size_t at = 0;
    for (; at + LANES <= count; at += LANES)
        for (size_t lane = 0; lane < LANES; lane++)
            lanes[lane] = mixed(lanes[lane], words[at + lane]);
    for (; at < count; at++)
        sum = mixed(sum, words[at]);
    for (size_t lane = 0; lane < LANES; lane++)
        sum = mixed(sum, lanes[lane]);
    return sum;
}

int image_rises(const uint32_t *numbers, size_t count, uint32_t step, uint64_t last) {
    if (count == 0 || numbers[0] != 0 || numbers[count - 1] != last)
        return 0;
    uint32_t unsound = 0; /* without a way out, so that several are compared at once */
    for (size_t at = 1; at < count; at++)
        unsound |= (numbers[at] < numbers[at - 1]) | (numbers[at] - numbers[at - 1] < step);
    return !unsound;
}

int image_below(const uint32_t *numbers, size_t count, uint64_t limit) {
    uint32_t most = 0;
    for (size_t at = 0; at < count; at++)
        most = numbers[at] > most ? numbers[at] : most;
    return count == 0 || most < limit;
}

int image_spans(const double *numbers, size_t pairs) {
    uint32_t unsound = 0;
    for (size_t at = 0; at < pairs; at++)
        unsound |= !(numbers[2 * at] <= numbers[2 * at + 1]); /* false of what is no number */
    return !unsound;
}

int image_order(const uint32_t *order, size_t count, const uint32_t *counts, size_t rows, uint8_t *marks) {
    size_t counted = 0;
    for (size_t at = 0; at < count; at++) {
        if (order[at] >= rows || marks[order[at]] || counts[order[at]] == 0)
            return 0;
        marks[order[at]] = 1;
    }
    for (size_t row = 0; row < rows; row++)
        counted += counts[row] != 0;
    return counted == count;
}
