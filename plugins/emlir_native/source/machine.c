/* Runs instructions on blocks of points; one vector loop for each kind of instruction. */
#include "number.h"
#include "libm.h"
#include "coefficients.h"
#include "exponential.h"
#include "circular.h"
#include "functions.h"
#include "instructions.h"
#include <stdlib.h>

/* The iterations of a loop may be done in any order, and those of a sum be added in any order;
   where the compiler does not know these lines, the loops are slower. */
#define PRAGMA(text) _Pragma(#text)
#define VECTOR_LOOP PRAGMA(omp simd)
#define SUM_LOOP(...) PRAGMA(omp simd reduction(+ : __VA_ARGS__))

/* An output may be the very column of an input, never a part of it. */
#define EACH(value) VECTOR_LOOP for (int64_t k = 0; k < n; k++) out[k] = value;

#define CONSTANT(name, value)
#define UNARY(name, value)                                                  \
    static void name##_op(real *out, const real *a, int64_t n) {            \
        VECTOR_LOOP for (int64_t k = 0; k < n; k++) {                       \
            real x = a[k];                                                  \
            out[k] = value;                                                 \
        }                                                                   \
    }
#define TURNED(name)                                                        \
    static void name##_op(real *out, const real *a, int64_t n) {            \
        word far = 0;                                                       \
        for (int64_t k = 0; k < n; k++) far |= magnitude(a[k]) > (real)TURN_LIMIT; \
        if (far) {                                                          \
            for (int64_t k = 0; k < n; k++) out[k] = LIBM(name)(a[k]);      \
            return;                                                         \
        }                                                                   \
        EACH(name##_(a[k]))                                                 \
    }
#define BINARY(name, value)                                                 \
    INLINE real name##_one(real x, real y) { return value; }         \
    static void name##_op(int form, real *out, const real *a, const real *b, int64_t n) { \
        if (form == BOTH_COLUMNS) {                                         \
            EACH(name##_one(a[k], b[k]))                                    \
        } else if (form == SECOND_SCALAR) {                                 \
            real y = *b;                                                    \
            EACH(name##_one(a[k], y))                                       \
        } else {                                                            \
            real x = *a;                                                    \
            EACH(name##_one(x, b[k]))                                       \
        }                                                                   \
    }
#define TERNARY(name, value)                                                \
    INLINE real name##_one(real x, real y, real z) { return value; } \
    static void name##_op(real *out, const real *a, const real *b, const real *c, int64_t n) { \
        EACH(name##_one(a[k], b[k], c[k]))                                  \
    }
#include "operators.h"
#undef CONSTANT
#undef UNARY
#undef TURNED
#undef BINARY
#undef TERNARY

/* One operator on columns; operands of scalar forms point at the scalar. */
static void apply(int op, int form, real *out, const real *a, const real *b, const real *c,
                  int64_t n) {
    switch (op) {
#define CONSTANT(name, value) case OP_##name: EACH(value) break;
#define UNARY(name, value) case OP_##name: name##_op(out, a, n); break;
#define TURNED(name) case OP_##name: name##_op(out, a, n); break;
#define BINARY(name, value) case OP_##name: name##_op(form, out, a, b, n); break;
#define TERNARY(name, value) case OP_##name: name##_op(out, a, b, c, n); break;
#include "operators.h"
#undef CONSTANT
#undef UNARY
#undef TURNED
#undef BINARY
#undef TERNARY
    case OP_fill:
        EACH(*a + 0) /* a zero in an output is +0 */
        break;
    }
}

#include "reduce.h"
#include "plan.h"

/* A column of data: `step` numbers further on for each further point, 0 or 1. */
typedef struct {
    real *start;
    int64_t step;
} column;

/* A run; the slots of the instructions are the columns, then rows of `results`, then of `work`. */
typedef struct {
    const instruction *code;
    int64_t length;
    real *pool; /* scalars */
    const column *columns;
    int64_t column_count;
    real *results;
    int64_t result_count, points; /* the length of a row of results */
    real *work;
    int64_t work_count, block; /* the length of a row of work: points in a block */
    const double *target;      /* for reductions */
    double *sums;
} machine;

static void run_block(const machine *m, real *const *at, int64_t begin, int64_t n, int fresh) {
    for (const instruction *now = m->code, *end = now + m->length; now < end; now++) {
        if (now->op == OP_squares) {
            add_squares(m->sums + now->out, at[now->a], m->target + begin, n);
        } else if (now->op == OP_moments) {
            add_moments(m->sums + 4 * now->out, at[now->a], m->target + begin, n, fresh);
        } else {
            int first = now->form == FIRST_SCALAR || now->op == OP_fill;
            const real *a = first ? m->pool + now->a : now->a < 0 ? 0 : at[now->a];
            const real *b = now->form == SECOND_SCALAR ? m->pool + now->b
                            : now->b < 0               ? 0
                                                       : at[now->b];
            apply(now->op, now->form, at[now->out], a, b, now->c < 0 ? 0 : at[now->c], n);
        }
    }
}

/* Run points [begin, end) of the columns; 0, or 1 where there is no memory.
   `fresh`: whether the sums of a reduction begin here. */
int emlir_run(const machine *m, int64_t begin, int64_t end, int fresh) {
    real **at = malloc((m->column_count + m->result_count + m->work_count + 1) * sizeof *at);
    if (!at) return 1;
    real **results = at + m->column_count, **work = results + m->result_count;
    for (int64_t k = 0; k < m->work_count; k++) work[k] = m->work + k * m->block;
    for (int64_t done = begin; done < end; done += m->block) {
        int64_t n = end - done < m->block ? end - done : m->block;
        for (int64_t k = 0; k < m->column_count; k++)
            at[k] = m->columns[k].start + done * m->columns[k].step;
        for (int64_t k = 0; k < m->result_count; k++)
            results[k] = m->results + k * m->points + done;
        run_block(m, at, done, n, fresh && done == begin);
    }
    free(at);
    return 0;
}

#define TEXT_(x) #x
#define TEXT(x) TEXT_(x)

/* What built this library, and for what. */
const char *emlir_about(void) {
    return
#if defined __clang__
        "clang " TEXT(__clang_major__) "." TEXT(__clang_minor__)
#elif defined __GNUC__
        "gcc " TEXT(__GNUC__) "." TEXT(__GNUC_MINOR__)
#else
        "another compiler"
#endif
#if defined __AVX512F__
        ", AVX-512"
#elif defined __AVX2__
        ", AVX2"
#elif defined __AVX__
        ", AVX"
#elif defined __SSE2__
        ", SSE2"
#elif defined __ARM_NEON
        ", NEON"
#endif
#if defined LIBMVEC
        ", libmvec"
#endif
        ;
}
