/* From the rows of a program to instructions: closed rows are evaluated at once, and a column
   is used again as soon as nobody reads it any more. */

enum { ROW_SYMBOL = -1, ROW_NUMBER = -2 };

/* The rows of a program. `args` has three numbers for each row: rows before it, -1, or for a
   leaf its index. `first_root[r]` to `first_root[r + 1]` are the places in `roots` of the
   numbers of the roots that row r is. */
typedef struct {
    int64_t rows;
    const int32_t *ops, *args, *last_use, *first_root, *roots;
    int32_t symbols, root_count, sums; /* `sums`: 0, or OP_squares or OP_moments */
} source;

/* What is made of them. The slots are the symbols, the roots (without sums), then `temporaries`
   columns of one block. The caller has room for all: 3 instructions and 3 scalars for each row,
   and an instruction for each root. */
typedef struct {
    instruction *code;
    int64_t length;
    real *pool; /* begins with the numbers of the program */
    int32_t scalars, temporaries;
    int32_t *spread; /* by scalar: the column that it fills, or -1 */
} plan;

typedef struct common common;

typedef struct {
    const source *from;
    plan *to;
    int32_t *place; /* by row: a slot, or -1 - scalar */
    int32_t *unused;
    int32_t unused_count;
    common *exps, *lns; /* by row */
} planner;

static int32_t first_temporary(const planner *p) {
    return p->from->symbols + (p->from->sums ? 0 : p->from->root_count);
}

static int32_t take(planner *p) {
    if (p->unused_count) return p->unused[--p->unused_count];
    return first_temporary(p) + p->to->temporaries++;
}

static void give_back(planner *p, int32_t slot) {
    if (slot >= first_temporary(p)) p->unused[p->unused_count++] = slot;
}

static void emit(planner *p, int op, int form, int32_t out, int32_t a, int32_t b, int32_t c) {
    p->to->code[p->to->length++] = (instruction){op, form, out, a, b, c};
}

static int32_t add_scalar(planner *p, real value) {
    int32_t index = p->to->scalars++;
    p->to->pool[index] = value;
    p->to->spread[index] = -1;
    return -1 - index;
}

static real scalar_at(const planner *p, int32_t place) { return p->to->pool[-1 - place]; }

/* A column that holds a scalar; filled once for each run, so it is never given back. */
static int32_t spread(planner *p, int32_t place) {
    int32_t *column = &p->to->spread[-1 - place];
    if (*column < 0) *column = first_temporary(p) + p->to->temporaries++;
    return *column;
}

static int is_binary(int op) {
    switch (op) {
#define CONSTANT(name, value)
#define UNARY(name, value)
#define TURNED(name)
#define BINARY(name, value) case OP_##name:
#define TERNARY(name, value)
#include "operators.h"
#undef CONSTANT
#undef UNARY
#undef TURNED
#undef BINARY
#undef TERNARY
        return 1;
    }
    return 0;
}

/* x^2 and the like need no logarithm. */
static int simple_power(real exponent) {
    return exponent == 2              ? OP_square
           : exponent == 3            ? OP_cube
           : exponent == -1           ? OP_reciprocal
           : exponent == -2           ? OP_reciprocal_square
           : exponent == (real)0.5    ? OP_sqrt
                                      : -1;
}

#include "eml.h"

static int32_t closed_value(planner *p, int op, const int32_t *operands) {
    real x[3], value;
    for (int k = 0; k < 3; k++) x[k] = operands[k] < 0 ? scalar_at(p, operands[k]) : 0;
    apply(op, BOTH_COLUMNS, &value, x, x + 1, x + 2, 1);
    return add_scalar(p, value);
}

/* Emit one row whose operands are not all scalars; return its slot. */
static int32_t plan_columns(planner *p, int64_t row, int op, int32_t *operands, int count) {
    const int32_t *args = p->from->args + 3 * row;
    int form = BOTH_COLUMNS;
    if (op == OP_eml || op == OP_eml_real) op = eml_instruction(p, op, args, operands);
    int simple = op == OP_pow && operands[1] < 0 ? simple_power(scalar_at(p, operands[1])) : -1;
    if (simple >= 0) {
        op = simple;
        operands[1] = -1;
    }
    if (is_binary(op)) {
        form = operands[0] < 0 ? FIRST_SCALAR : operands[1] < 0 ? SECOND_SCALAR : BOTH_COLUMNS;
        for (int k = 0; k < 2; k++)
            if (operands[k] < 0) operands[k] = -1 - operands[k];
    } else if (count == 3) {
        for (int k = 0; k < 3; k++)
            if (operands[k] < 0) operands[k] = spread(p, operands[k]);
    }
    for (int k = 0; k < count; k++) {
        int again = (k > 0 && args[k] == args[0]) || (k > 1 && args[k] == args[1]);
        int is_free = !again && p->from->last_use[args[k]] == row && p->place[args[k]] >= 0;
        if (is_free) give_back(p, p->place[args[k]]);
    }
    int32_t root = p->from->first_root[row];
    int is_output = !p->from->sums && root < p->from->first_root[row + 1];
    int32_t out = is_output ? p->from->symbols + p->from->roots[root] : take(p);
    emit(p, op, form, out, operands[0], operands[1], operands[2]);
    return out;
}

static int32_t plan_row(planner *p, int64_t row) {
    const int32_t *args = p->from->args + 3 * row;
    int op = p->from->ops[row];
    if (op == ROW_SYMBOL) return args[0];
    if (op == ROW_NUMBER) return -1 - args[0];
    int32_t operands[3] = {-1, -1, -1};
    int count = 0, closed = 1;
    for (; count < 3 && args[count] >= 0; count++) {
        operands[count] = p->place[args[count]];
        closed &= operands[count] < 0;
    }
    if (!closed) return plan_columns(p, row, op, operands, count);
    for (int k = count; k < 3; k++) operands[k] = 0;
    return closed_value(p, op, operands);
}

static int is_never_negative_zero(int op) {
    return op == OP_exp || op == OP_ln || op == OP_ln_real || op == OP_eml || op == OP_eml_real ||
           op == OP_exp_minus || op == OP_minus_ln || op == OP_minus_ln_real;
}

/* Give a row to the roots that it is; a zero in an output is +0. */
static void plan_roots(planner *p, int64_t row) {
    int32_t place = p->place[row], outputs = p->from->symbols;
    for (int32_t k = p->from->first_root[row]; k < p->from->first_root[row + 1]; k++) {
        int32_t root = p->from->roots[k];
        if (p->from->sums)
            emit(p, p->from->sums, BOTH_COLUMNS, root, place < 0 ? spread(p, place) : place, -1, -1);
        else if (place < 0)
            emit(p, OP_fill, BOTH_COLUMNS, outputs + root, -1 - place, -1, -1);
        else if (place != outputs + root || !is_never_negative_zero(p->to->code[p->to->length - 1].op))
            emit(p, OP_positive_zero, BOTH_COLUMNS, outputs + root, place, -1, -1);
    }
    int is_dead = p->from->last_use[row] == row && place >= 0;
    if (is_dead) give_back(p, place);
}

/* Fill a plan; 0, or 1 where there is no memory. */
int emlir_plan(const source *from, plan *to) {
    size_t rows = from->rows + 1;
    planner p = {from, to, malloc(rows * sizeof(int32_t)), malloc(3 * rows * sizeof(int32_t)), 0,
                 calloc(rows, sizeof(common)), calloc(rows, sizeof(common))};
    int failed = !p.place || !p.unused || !p.exps || !p.lns;
    if (!failed) count_common(from, p.exps, p.lns);
    for (int64_t row = 0; row < from->rows && !failed; row++) {
        p.place[row] = plan_row(&p, row);
        plan_roots(&p, row);
    }
    free(p.place);
    free(p.unused);
    free(p.exps);
    free(p.lns);
    return failed;
}
