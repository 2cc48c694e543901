/* Making new rows from pairs of rows, each class of equal trees once.

   Equal rows fall into the same cell or, near its edge, into the next one: a cell is an
   interval of a weighted sum of the numbers of a row, each on a scale that is logarithmic for
   large numbers and linear for small ones. */

static const double CELL = 2e-8;
static const double EDGE = 0.04;
static const double SAME = 2e-11; /* times (number + 0.1) */
static const double FLOOR = 0.1;

static inline double steps(double v) {
    double size = fabs(v) + FLOOR, base = FLOOR;
    int64_t a, b;
    memcpy(&a, &size, 8);
    memcpy(&b, &base, 8);
    return copysign((double)(a - b) * 0x1p-52, v);
}

static double place_of(const table *t, const candidate *c) {
    int only = c->flags & LOG_ONLY;
    const double *row = only ? c->ln : c->value;
    double sum = only ? 1e5 : 0.0;
    for (int64_t k = 0; k < width(t); k++) sum += t->weights[k] * steps(row[k]);
    return sum / CELL;
}

static inline uint64_t slot(const table *t, int64_t cell) {
    uint64_t h = (uint64_t)cell * 0x9E3779B97F4A7C15ull;
    return (h ^ (h >> 29)) & (uint64_t)t->mask;
}

static int same(const table *t, int64_t row, const candidate *c) {
    int only = c->flags & LOG_ONLY;
    if ((t->flags[row] & LOG_ONLY) != only) return 0;
    const double *a = (only ? t->ln : t->value) + row * width(t), *b = only ? c->ln : c->value;
    for (int64_t k = 0; k < width(t); k++)
        if (!(a[k] == b[k] || fabs(a[k] - b[k]) <= SAME * (fabs(a[k]) + FLOOR))) return 0;
    return 1;
}

static int64_t find_in(const table *t, int64_t cell, const candidate *c) {
    for (int32_t row = t->head[slot(t, cell)]; row >= 0; row = t->next[row])
        if (t->cell[row] == cell && same(t, row, c)) return row;
    return -1;
}

static int64_t find(const table *t, double place, const candidate *c) {
    int64_t cell = (int64_t)floor(place), row = find_in(t, cell, c);
    double rest = place - (double)cell;
    if (row < 0 && rest < EDGE) row = find_in(t, cell - 1, c);
    if (row < 0 && rest > 1 - EDGE) row = find_in(t, cell + 1, c);
    return row;
}

static void enter(table *t, int64_t row, int64_t cell) {
    uint64_t at = slot(t, cell);
    t->cell[row] = cell;
    t->next[row] = t->head[at];
    t->head[at] = (int32_t)row;
}

/* Whether one term vanishes beside the other wherever both are there: exp(-infinity) and ln 1 are
   0 exactly. Nothing in the numbers tells then that the term exists. */
static int absorbs(const table *t, int64_t a, int64_t b) {
    if (b == 0) return 0;
    int64_t step = 1 << t->plane, lost = 0;
    const double *v = t->value + a * width(t), *l = t->ln + b * width(t);
    for (int64_t k = 0; k < width(t); k += step) {
        double first = exp(v[k]);
        double second = t->plane ? modulus(l[k], l[k + 1]) : fabs(l[k]);
        if (isinf(l[k]) || v[k] == -INFINITY || second == 0) continue;
        if (!(first < EPSILON * second || second < EPSILON * first)) return 0;
        lost++;
    }
    return lost > 0;
}

/* 1 if all are finite, 2 if all are the same infinity, 0 otherwise */
static int finiteness(const table *t, const double *row) {
    int64_t step = 1 << t->plane, finite = 0, same_infinity = 0;
    for (int64_t k = 0; k < width(t); k += step) {
        finite += isfinite(row[k]) != 0;
        same_infinity += isinf(row[k]) && row[k] == row[0];
    }
    return finite == t->points ? 1 : same_infinity == t->points ? 2 : 0;
}

static double largest(const table *t, const double *row) {
    double found = 0;
    for (int64_t k = 0; k < width(t); k++) found = larger(found, fabs(row[k]));
    return found;
}

/* The largest, or with sign -1 minus the smallest, real part. */
static double extreme(const table *t, const double *row, int sign) {
    double found = -INFINITY;
    for (int64_t k = 0; k < width(t); k += 1 << t->plane) found = larger(found, sign * row[k]);
    return found;
}

/* Whether exp of a row is so large that no logarithm but ln 1 = 0 is tried beside it. */
static int is_lone(const table *t, int64_t a) {
    return (t->flags[a] & BIG) && -extreme(t, t->value + a * width(t), -1) >= LONE;
}

/* What a value may be used for as the first argument. */
static uint8_t uses(const table *t, const double *value) {
    int kind = finiteness(t, value);
    if (kind == 2) return value[0] < 0 ? EXP : 0;
    if (!kind || largest(t, value) > VALUE_LIMIT) return 0;
    if (extreme(t, value, 1) <= EXP_LIMIT) return EXP;
    return largest(t, value) < BIG_LIMIT ? BIG : 0;
}

static void copy_ln(const table *t, const double *v, double *l) {
    memcpy(l, v, sizeof(double) * (size_t)width(t));
    if (t->plane)
        for (int64_t k = 1; k < width(t); k += 2) l[k] = principal(v[k]);
}

/* The value, and the logarithm where the row is known by that. Returns whether it is defined. */
static int combine(const table *t, int64_t a, int64_t b, candidate *c) {
    int64_t w = width(t), n = t->points;
    const double *v = t->value + a * w, *e = t->exp + a * w, *l = t->ln + b * w;
    int one = b == 0;
    c->left = (int32_t)a;
    c->right = (int32_t)b;
    c->flags = (t->flags[a] | t->flags[b]) & ABSORBED;
    if (t->flags[a] & BIG) {
        c->flags |= LOG_ONLY;
        if (isinf(l[0])) return 0;
        memset(c->value, 0, sizeof c->value);
        if (one) copy_ln(t, v, c->ln);
        else if (t->plane) plane_big_ln(n, v, l, c->ln);
        else real_big_ln(n, v, l, c->ln);
        return finiteness(t, c->ln) == 1;
    }
    if (t->plane) plane_difference(n, e, l, one, c->value);
    else real_difference(n, e, l, one, c->value);
    if (!finiteness(t, c->value)) return 0;
    if (one && isfinite(v[0]) && extreme(t, v, 1) < -25.4) {
        c->flags |= LOG_ONLY;
        copy_ln(t, v, c->ln);
    }
    return 1;
}

/* Write a candidate into a row; returns what it may be used for, 0 if for nothing. */
static uint8_t fill(table *t, candidate *c, int64_t row) {
    int64_t w = width(t), n = t->points;
    int only = c->flags & LOG_ONLY;
    double *value = t->value + row * w, *e = t->exp + row * w, *l = t->ln + row * w;
    if (!only) {
        if (c->right == 0) copy_ln(t, t->value + c->left * w, c->ln);
        else if (t->plane) plane_ln(n, c->value, c->ln);
        else real_ln(n, c->value, c->ln);
    }
    uint8_t use = only ? 0 : uses(t, c->value);
    if (finiteness(t, c->ln)) use |= LN;
    memcpy(value, c->value, sizeof(double) * (size_t)w);
    memcpy(l, c->ln, sizeof(double) * (size_t)w);
    if (!(use & EXP)) memset(e, 0, sizeof(double) * (size_t)w);
    else if (t->plane) plane_exp(n, value, e);
    else real_exp(n, value, e);
    t->left[row] = c->left;
    t->right[row] = c->right;
    return use;
}

static void consider(table *t, int64_t a, int64_t b, int64_t level) {
    candidate c;
    if (!combine(t, a, b, &c)) return;
    double place = place_of(t, &c);
    int64_t row = find(t, place, &c);
    uint8_t use;
    if (row < 0) {
        if (!(use = fill(t, &c, t->count))) return;
        if (absorbs(t, a, b)) c.flags |= ABSORBED;
        t->flags[t->count] = c.flags | use;
        enter(t, t->count, (int64_t)floor(place));
        t->count++;
    } else if (row >= level && (t->flags[row] & ABSORBED) && !(c.flags & ABSORBED)) {
        if (absorbs(t, a, b)) return; /* else the same without a loss: a better tree for it */
        use = fill(t, &c, row);
        t->flags[row] = c.flags | use;
    }
}

/* Compute a row again from the rows it points to. */
static void refill(table *t, int64_t row) {
    candidate c;
    int64_t a = t->left[row], b = t->right[row];
    t->flags[row] = 0;
    if (!combine(t, a, b, &c)) return;
    uint8_t use = fill(t, &c, row);
    if (absorbs(t, a, b)) c.flags |= ABSORBED;
    t->flags[row] = c.flags | use;
}
