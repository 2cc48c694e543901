/* Tables of EML trees and matching in them; see eml/kernel.py for how they are called. */

#include "table.h"
#include "real.h"
#include "plane.h"
#include "grow.h"
#include "merge.h"

/* Enter the rows from `start` on into the empty cells from there. */
void emlir_enter(table *t, int64_t start) {
    candidate c;
    int64_t w = width(t);
    for (int64_t row = start; row < t->count; row++) {
        memcpy(c.value, t->value + row * w, sizeof(double) * (size_t)w);
        memcpy(c.ln, t->ln + row * w, sizeof(double) * (size_t)w);
        c.flags = t->flags[row];
        enter(t, row, (int64_t)floor(place_of(t, &c)));
    }
}

/* Compute the rows from `start` on from their back-pointers. */
void emlir_refill(table *t, int64_t start) {
    for (int64_t row = start; row < t->count; row++) refill(t, row);
}

/* Add what eml(a, b) gives for a and b in two ranges of rows; new rows begin at `level`. */
int64_t emlir_grow(
    table *t, int64_t a_start, int64_t a_end, int64_t b_start, int64_t b_end, int64_t level
) {
    int64_t tried = 0;
    for (int64_t a = a_start; a < a_end; a++) {
        if (!(t->flags[a] & (EXP | BIG))) continue;
        int64_t end = !is_lone(t, a) ? b_end : b_start == 0 ? 1 : 0;
        for (int64_t b = b_start; b < end; b++) {
            if (!(t->flags[b] & LN)) continue;
            tried++;
            consider(t, a, b, level);
        }
    }
    return tried;
}
