/* Sums over points, in double, in lanes so that the compiler may use vectors. */
#define LANES 8

static void add_squares(double *sum, const real *f, const double *target, int64_t n) {
    double lanes[LANES] = {0};
    int64_t k = 0;
    for (; k + LANES <= n; k += LANES)
        for (int j = 0; j < LANES; j++) {
            double gap = (double)f[k + j] - target[k + j];
            lanes[j] += gap * gap;
        }
    for (; k < n; k++) {
        double gap = (double)f[k] - target[k];
        lanes[0] += gap * gap;
    }
    for (int j = 0; j < LANES; j++) *sum += lanes[j];
}

/* c, sum (f - c), sum (f - c)^2, sum (f - c) target, with c = f at the first point. */
static void add_moments(double *sums, const real *f, const double *target, int64_t n, int fresh) {
    if (fresh) sums[0] = (double)f[0];
    double c = sums[0], first[LANES] = {0}, second[LANES] = {0}, mixed[LANES] = {0};
    int64_t k = 0;
    for (; k + LANES <= n; k += LANES)
        for (int j = 0; j < LANES; j++) {
            double moved = (double)f[k + j] - c;
            first[j] += moved;
            second[j] += moved * moved;
            mixed[j] += moved * target[k + j];
        }
    for (; k < n; k++) {
        double moved = (double)f[k] - c;
        first[0] += moved;
        second[0] += moved * moved;
        mixed[0] += moved * target[k];
    }
    for (int j = 0; j < LANES; j++) {
        sums[1] += first[j];
        sums[2] += second[j];
        sums[3] += mixed[j];
    }
}
