"""Operators that have a definition: unfolding, folding back, and what follows from it."""

from emlir.rewrite.rule import Rule
from emlir.rules.kit import ANY, BEYOND, LINE, REAL, definition, more, same

_UNFOLD = (
    definition("log1p_def", "log1p(a) -> ln(1 + a)"),
    definition("expm1_def", "expm1(a) -> exp(a) - 1"),
    definition("sigmoid_def", "sigmoid(a) -> 1/(1 + exp(-a))"),
    definition("softplus_def", "softplus(a) -> ln(1 + exp(a))"),
    definition("hypot_def", "hypot(a, b) -> sqrt(a*a + b*b)", LINE),
    definition("logaddexp_def", "logaddexp(a, b) -> ln(exp(a) + exp(b))", LINE),
)

_FOLD = (
    definition("to_log1p", "ln(1 + a) -> log1p(a)"),
    definition("to_expm1", "exp(a) - 1 -> expm1(a)"),
    definition("to_sigmoid", "1/(1 + exp(-a)) -> sigmoid(a)", uses="simplify"),
    definition("to_softplus", "ln(1 + exp(a)) -> softplus(a)", uses="simplify"),
    definition("to_hypot", "sqrt(a*a + b*b) -> hypot(a, b)", LINE),
    definition("to_logaddexp", "ln(exp(a) + exp(b)) -> logaddexp(a, b)", LINE, uses="simplify"),
    same("to_sigmoid_of_negative", "1/(1 + exp(a)) -> sigmoid(-a)", steps="decided, ~sigmoid_def"),
    same(
        "quotient_to_sigmoid",
        "exp(a)/(1 + exp(a)) -> sigmoid(a)",
        REAL,
        steps="decided, ~sigmoid_def",
    ),
    more(
        "quotient_to_sigmoid_finite",
        "exp(a)/(1 + exp(a)) -> sigmoid(a)",
        BEYOND,
        "finite a",
        "decided, ~sigmoid_def",
    ),
)

_SIGMOID = (
    same(
        "one_minus_sigmoid",
        "1 - sigmoid(a) -> sigmoid(-a)",
        steps="sigmoid_def, decided, ~sigmoid_def",
    ),
    same(
        "sigmoid_sum",
        "sigmoid(a) + sigmoid(-a) -> 1",
        LINE,
        "defined a",
        "sigmoid_def, sigmoid_def, decided",
    ),
    same(
        "sigmoid_neg",
        "sigmoid(-a) -> 1 - sigmoid(a)",
        steps="sigmoid_def, decided, ~sigmoid_def",
        uses="expand",
    ),
    same(
        "sigmoid_to_tanh", "2*sigmoid(2*a) - 1 -> tanh(a)", steps="sigmoid_def, decided, ~tanh_exp"
    ),
    same(
        "tanh_to_sigmoid",
        "(1 + tanh(a/2))/2 -> sigmoid(a)",
        steps="tanh_exp, decided, ~sigmoid_def",
    ),
    same("minus_ln_sigmoid", "-ln(sigmoid(a)) -> softplus(-a)", LINE),
    same("ln_sigmoid", "ln(sigmoid(a)) -> -softplus(-a)", LINE, uses="expand"),
    same("exp_softplus", "exp(softplus(a)) -> 1 + exp(a)", LINE, uses="expand"),
)

_LOGARITHMS = (
    same(
        "log1p_expm1",
        "log1p(expm1(a)) -> a",
        LINE,
        "",
        "log1p_def, expm1_def, sub_add_cancel, ln_exp",
    ),
    more("expm1_log1p", "expm1(log1p(a)) -> a", ANY, "a > -1"),
    more("exp_log1p", "exp(log1p(a)) -> 1 + a", ANY, "a > -1"),
    same("ln_expm1", "ln(1 + expm1(a)) -> a", LINE, "", "expm1_def, sub_add_cancel, ln_exp"),
    same("expm1_plus_one", "expm1(a) + 1 -> exp(a)", steps="expm1_def, decided"),
    same("logaddexp_zero", "logaddexp(0, a) -> softplus(a)", LINE),
    same("logaddexp_same", "logaddexp(a, a) -> ln(2) + a", LINE, uses="expand"),
    same("hypot_zero", "hypot(a, 0) -> abs(a)", LINE, "", "hypot_def, decided, sqrt_of_square"),
    same("hypot_neg", "hypot(-a, b) -> hypot(a, b)", LINE, "", "hypot_def, decided, ~hypot_def"),
    same(
        "hypot_abs", "hypot(abs(a), b) -> hypot(a, b)", LINE, "", "hypot_def, decided, ~hypot_def"
    ),
)

_EXTENDED = (same("exp_minus_softplus", "exp(-softplus(a)) -> sigmoid(-a)", LINE),)

RULES: tuple[Rule, ...] = (*_UNFOLD, *_FOLD, *_SIGMOID, *_LOGARITHMS, *_EXTENDED)
