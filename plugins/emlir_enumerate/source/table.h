/* A table of EML trees: one row of numbers at the probe points for each class of equal trees.

   A number is one double, or two in the plane (real and imaginary part). Of each row there are
   the value, its exponential and its logarithm. The fields are those of Rows in kernel.py. */

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
    EXP = 1,       /* the exponential may be used */
    BIG = 2,       /* only the logarithm of the exponential may be used */
    LN = 4,        /* the logarithm may be used */
    LOG_ONLY = 8,  /* the value itself is too large or too small for anything else */
    ABSORBED = 16, /* at some node one term is never seen: rounding swallows it */
};

enum { MOST = 32 }; /* doubles in a row */

typedef struct {
    int64_t points, plane, count;
    double *value, *exp, *ln;
    const double *weights;
    int32_t *left, *right, *next, *head;
    int64_t *cell;
    int64_t mask;
    uint8_t *flags;
} table;

typedef struct {
    double value[MOST], ln[MOST];
    int32_t left, right;
    uint8_t flags;
} candidate;

static const double EXP_LIMIT = 35.0;    /* exp is usable up to here */
static const double BIG_LIMIT = 1e9;     /* and its logarithm up to here */
static const double LONE = 46.0;         /* from here on no logarithm matters beside exp */
static const double VALUE_LIMIT = 1e15;
static const double TINY = 1e-11;        /* a difference below this is 0 */
static const double ROUNDING = 2e-14;    /* and one below this times its terms */
static const double TURN = 1e-13;        /* a real or imaginary part below this is 0 */
static const double EPSILON = 1.1102230246251565e-16;
static const double PI = 3.141592653589793;

static inline int64_t width(const table *t) { return t->points << t->plane; }

static inline double larger(double a, double b) { return a > b ? a : b; }
static inline double smaller(double a, double b) { return a < b ? a : b; }
static inline double modulus(double re, double im) { return sqrt(re * re + im * im); }
