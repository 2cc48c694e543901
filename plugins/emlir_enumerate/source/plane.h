/* Rows of complex numbers, and +-infinity with imaginary part 0; Im ln lies in (-pi, pi]. */

/* What is rounding beside terms of a size counts as 0: it would choose the side of a cut. */
static inline double snapped(double part, double size) {
    return fabs(part) < TURN * size ? 0.0 : part;
}

static inline double principal(double angle) {
    if (fabs(angle) <= PI - 1e-12) return angle;
    double turned = angle - 2 * PI * rint(angle / (2 * PI));
    return turned < -PI + 1e-12 ? PI : smaller(turned, PI);
}

static void plane_difference(int64_t n, const double *e, const double *l, int one, double *d) {
    for (int64_t k = 0; k < 2 * n; k += 2) {
        double re = e[k] - l[k], im = e[k + 1] - l[k + 1];
        if (isinf(re)) {
            d[k] = im == 0 ? re : NAN;
            d[k + 1] = 0.0;
            continue;
        }
        double size = modulus(e[k], e[k + 1]) + modulus(l[k], l[k + 1]);
        if (!one && modulus(re, im) < larger(TINY, ROUNDING * size)) re = im = 0.0;
        d[k] = snapped(re, size);
        d[k + 1] = snapped(im, size);
    }
}

static void plane_exp(int64_t n, const double *v, double *e) {
    for (int64_t k = 0; k < 2 * n; k += 2) {
        double size = exp(v[k]), angle = v[k + 1];
        e[k] = angle == 0 ? size : snapped(size * cos(angle), size);
        e[k + 1] = angle == 0 ? 0.0 : snapped(size * sin(angle), size);
    }
}

static inline void point_ln(double re, double im, double *l) {
    l[0] = log(hypot(re, im));
    l[1] = im == 0 ? (re < 0 && !isinf(re) ? PI : 0.0) : atan2(im, re);
    if (re == -INFINITY) l[0] = NAN;
}

static void plane_ln(int64_t n, const double *v, double *l) {
    for (int64_t k = 0; k < 2 * n; k += 2) point_ln(v[k], v[k + 1], l + k);
}

static void plane_big_ln(int64_t n, const double *v, const double *l, double *out) {
    for (int64_t k = 0; k < 2 * n; k += 2) {
        double size = exp(-fabs(v[k])), c = cos(v[k + 1]), s = sin(v[k + 1]);
        if (v[k] > EXP_LIMIT) { /* 1 - ln(b) exp(-a) */
            double re = -size * (l[k] * c + l[k + 1] * s), im = -size * (l[k + 1] * c - l[k] * s);
            out[k] = v[k] + 0.5 * log1p(2 * re + re * re + im * im);
            out[k + 1] = principal(v[k + 1] + atan2(im, 1 + re));
        } else {
            double d[2];
            plane_exp(1, v + k, d);
            plane_difference(1, d, l + k, 0, d);
            plane_ln(1, d, out + k);
        }
    }
}
