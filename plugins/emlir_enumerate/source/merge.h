/* Two-sum: all pairs of rows with exp(a) - ln(b) = target within its radius.

   Both lists are sorted by the real part at the first probe point, so one pass finds for each a
   the window of b; the second point sorts out most of what falls into a window by chance. */

static const double RELATIVE = 2e-13;
static const double ABSOLUTE = 1e-14;
static const double EXP_MOST = 1e9; /* no larger exponential is in the lists */

typedef struct {
    int64_t points, plane, lefts, rights;
    const double *left_key, *left_size, *left_next, *left_next_size, *right_key, *right_next;
    const int32_t *left_row, *right_row;
    const double *exp, *ln;
} lists;

static int matches(const lists *s, int64_t a, int64_t b, const double *target, const double *radius) {
    int64_t w = s->points << s->plane;
    const double *e = s->exp + s->left_row[a] * w, *l = s->ln + s->right_row[b] * w;
    for (int64_t p = 0; p < s->points; p++) {
        int64_t k = p << s->plane;
        double gap = fabs(e[k] - l[k] - target[k]), size = fabs(e[k]) + fabs(l[k]);
        if (s->plane) {
            gap = modulus(gap, e[k + 1] - l[k + 1] - target[k + 1]);
            size = modulus(e[k], e[k + 1]) + modulus(l[k], l[k + 1]);
        }
        if (!(gap <= radius[p] + RELATIVE * size + ABSOLUTE)) return 0;
    }
    return 1;
}

static inline double room(double size, double target, double radius) {
    return radius + 2 * RELATIVE * (size + target) + ABSOLUTE;
}

int64_t emlir_two_sum(
    const lists *s, const double *target, const double *radius, int32_t *pairs, int64_t capacity
) {
    int64_t step = 1 << s->plane, second = s->points > 1 ? 1 : 0, found = 0, j = 0;
    double x = target[0], y = target[second * step];
    double x_size = s->plane ? modulus(x, target[1]) : fabs(x);
    double y_size = s->plane ? modulus(y, target[second * step + 1]) : fabs(y);
    double widest = room(EXP_MOST, x_size, radius[0]);
    if (!s->rights) return 0;
    for (int64_t a = 0; a < s->lefts; a++) {
        double wanted = s->left_key[a] - x, tol = room(s->left_size[a], x_size, radius[0]);
        while (j < s->rights && s->right_key[j] < wanted) j++;
        int64_t b = j;
        while (b > 0 && s->right_key[b - 1] >= wanted - tol) b--;
        double other = s->left_next[a] - y;
        double other_tol = room(s->left_next_size[a], y_size, radius[second]);
        for (; b < s->rights && s->right_key[b] <= wanted + tol; b++) {
            if (fabs(other - s->right_next[b]) > other_tol) continue;
            if (!matches(s, a, b, target, radius)) continue;
            pairs[2 * found] = s->left_row[a];
            pairs[2 * found + 1] = s->right_row[b];
            if (++found == capacity) return found;
        }
        if (j == s->rights && wanted - widest > s->right_key[j - 1]) break;
    }
    return found;
}
