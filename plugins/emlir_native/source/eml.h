/* eml from parts: what is known of exp(a) or ln(b) is not computed again. Several rows may take
   exp or ln of one row; it is then a column of its own, until the last of them has read it. */

struct common {
    int32_t uses; /* still to come */
    int32_t slot; /* 1 + the column, once there is one */
};

/* Count under `real`; under `extended` an infinite logarithm absorbs what only exp(a) shows. */
static void count_common(const source *from, common *exps, common *lns) {
    for (int64_t row = 0; row < from->rows; row++)
        if (from->ops[row] == OP_eml_real) {
            exps[from->args[3 * row]].uses++;
            lns[from->args[3 * row + 1]].uses++;
        }
}

/* Replace an operand by op(operand) if that is a scalar below infinity or a common column. */
static int is_known(planner *p, int op, common *of, int32_t *operand, int32_t *spent) {
    if (*operand < 0) {
        real value = scalar_at(p, *operand);
        value = op == OP_exp ? exp_(value) : op == OP_ln ? ln_(value) : ln_real(value);
        if (value == INF) return 0; /* an overflow and an infinity differ */
        *operand = add_scalar(p, value);
        return 1;
    }
    if (!of->slot && of->uses < 2) return 0;
    if (!of->slot) {
        of->slot = 1 + take(p);
        emit(p, op, BOTH_COLUMNS, of->slot - 1, *operand, -1, -1);
    }
    if (!--of->uses) *spent = of->slot - 1;
    *operand = of->slot - 1;
    return 1;
}

/* Return the instruction for an eml row and change its operands to those that it takes. */
static int eml_instruction(planner *p, int op, const int32_t *args, int32_t *operands) {
    int ln = op == OP_eml ? OP_ln : OP_ln_real;
    int32_t spent[2] = {-1, -1};
    int has_exp = is_known(p, OP_exp, p->exps + args[0], operands, spent);
    int has_ln = is_known(p, ln, p->lns + args[1], operands + 1, spent + 1);
    for (int k = 0; k < 2; k++)
        if (spent[k] >= 0) give_back(p, spent[k]);
    if (has_exp) return has_ln ? OP_sub : op == OP_eml ? OP_minus_ln : OP_minus_ln_real;
    if (!has_ln) return op;
    if (operands[1] >= 0 || scalar_at(p, operands[1]) != 0) return OP_exp_minus;
    operands[1] = -1;
    return OP_exp;
}
