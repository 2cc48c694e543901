/* Rows of real numbers with +-infinity: ln 0 = -infinity, exp(-infinity) = 0. */

/* exp(a) - ln(b); with b = 1 nothing is lost and nothing is set to 0 */
static void real_difference(int64_t n, const double *e, const double *l, int one, double *d) {
    for (int64_t p = 0; p < n; p++) {
        double size = e[p] + fabs(l[p]), gap = e[p] - l[p];
        double room = larger(TINY, ROUNDING * size);
        d[p] = !one && fabs(gap) < room ? 0.0 : gap;
    }
}

static void real_exp(int64_t n, const double *v, double *e) {
    for (int64_t p = 0; p < n; p++) e[p] = exp(v[p]);
}

static void real_ln(int64_t n, const double *v, double *l) {
    for (int64_t p = 0; p < n; p++) l[p] = v[p] < 0 ? NAN : log(v[p]);
}

/* ln(exp(a) - ln(b)) where exp(a) may overflow */
static void real_big_ln(int64_t n, const double *v, const double *l, double *out) {
    for (int64_t p = 0; p < n; p++) {
        if (v[p] > EXP_LIMIT) {
            out[p] = v[p] + log1p(-l[p] * exp(-v[p]));
        } else {
            double d[1];
            real_exp(1, v + p, d);
            real_difference(1, d, l + p, 0, d);
            real_ln(1, d, out + p);
        }
    }
}
