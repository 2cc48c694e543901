/* Sums over points, in double. */

static void add_squares(double *sum, const real *f, const double *target, int64_t n) {
    double total = 0;
    SUM_LOOP(total)
    for (int64_t k = 0; k < n; k++) {
        double gap = (double)f[k] - target[k];
        total += gap * gap;
    }
    *sum += total;
}

/* c, sum (f - c), sum (f - c)^2, sum (f - c) target, with c = f at the first point. */
static void add_moments(double *sums, const real *f, const double *target, int64_t n, int fresh) {
    if (fresh) sums[0] = (double)f[0];
    double c = sums[0], first = 0, second = 0, mixed = 0;
    SUM_LOOP(first, second, mixed)
    for (int64_t k = 0; k < n; k++) {
        double moved = (double)f[k] - c;
        first += moved;
        second += moved * moved;
        mixed += moved * target[k];
    }
    sums[1] += first;
    sums[2] += second;
    sums[3] += mixed;
}
