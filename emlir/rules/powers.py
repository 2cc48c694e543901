"""Powers and roots."""

from emlir.rewrite.rule import Rule
from emlir.rules.kit import ANY, COMPLEX, EXTENDED, LINE, REAL, more, same

_FINITE_2 = "finite a; finite b"

_INTEGER = (
    same("pow_one", "a^1 -> a"),
    more("pow_zero", "a^0 -> 1", when="finite a"),
    same("pow_minus_one", "a^(-1) -> 1/a"),
    same("square", "a*a -> a^2"),
    same("pow_two", "a^2 -> a*a", uses=""),
    same("cube", "a^2*a -> a^3", LINE),
    same("cube_finite", "a^2*a -> a^3", COMPLEX, "finite a"),
    same("square_of_negative", "(-a)^2 -> a^2"),
    same("cube_of_negative", "(-a)^3 -> -(a^3)"),
    same("square_of_square", "(a^2)^2 -> a^4"),
    same("reciprocal_power", "1/a^(-1) -> a", when="a != 0; finite a"),
    same("square_of_product", "(a*b)^2 -> a^2*b^2", LINE, uses="expand"),
    same("square_of_quotient", "(a/b)^2 -> a^2/b^2", LINE, uses="expand"),
)

_ROOTS = (
    more("square_of_sqrt", "sqrt(a)^2 -> a", LINE, "a >= 0", "pow_two, sqrt_squared"),
    more(
        "square_of_sqrt_complex",
        "sqrt(a)^2 -> a",
        COMPLEX,
        "finite a",
        "pow_two, sqrt_squared_complex",
    ),
    same("sqrt_square", "sqrt(a^2) -> abs(a)", LINE, "", "pow_two, sqrt_of_square"),
    same("sqrt_square_positive", "sqrt(a^2) -> a", ANY, "a >= 0"),
    more("mul_sqrt", "sqrt(a)*sqrt(b) -> sqrt(a*b)", LINE, "a >= 0; b >= 0", "~sqrt_mul"),
    same("sqrt_div", "sqrt(a/b) -> sqrt(a)/sqrt(b)", ANY, "a > 0; b > 0", uses="expand"),
    same("sqrt_reciprocal", "1/sqrt(a) -> sqrt(1/a)", ANY, "a > 0", uses="expand"),
    same("sqrt_of_exp", "sqrt(exp(a)) -> exp(a/2)", REAL, "", "sqrt_exp, ln_exp", uses="expand"),
    same(
        "sqrt_of_exp_extended",
        "sqrt(exp(a)) -> exp(a/2)",
        EXTENDED,
        "",
        "sqrt_exp_extended, ln_exp",
        uses="expand",
    ),
    same("pow_minus_half", "a^(-1/2) -> 1/sqrt(a)", ANY, "a > 0", uses="expand"),
    same("exp_half_ln", "exp(ln(a)/2) -> sqrt(a)", REAL, "a > 0", "~sqrt_exp"),
    same("exp_half_ln_extended", "exp(ln(a)/2) -> sqrt(a)", EXTENDED, "", "~sqrt_exp_extended"),
    same(
        "sqrt_of_fourth",
        "sqrt(a^4) -> a^2",
        LINE,
        "",
        "~square_of_square, sqrt_square, abs_of_square",
    ),
)

_GENERAL = (
    more("one_pow", "1^a -> 1", LINE, "finite a", "pow_exp, value_of_ln_1, decided"),
    same("one_pow_complex", "1^a -> 1", COMPLEX, "defined a; finite a"),
    same("pow_of_pow", "(a^b)^c -> a^(b*c)", LINE, "a > 0; finite a; finite b; finite c"),
    same("pow_of_exp", "exp(a)^b -> exp(a*b)", REAL, "", "pow_exp, ln_exp, decided"),
    same(
        "pow_of_exp_extended",
        "exp(a)^b -> exp(a*b)",
        EXTENDED,
        _FINITE_2,
        "pow_exp, ln_exp, decided",
    ),
    same("pow_of_sqrt", "sqrt(a)^b -> a^(b/2)", ANY, "a > 0", uses="expand"),
    same(
        "pow_add", "a^(b + c) -> a^b*a^c", ANY, "a > 0; finite a; finite b; finite c", uses="expand"
    ),
    same(
        "pow_sub", "a^(b - c) -> a^b/a^c", ANY, "a > 0; finite a; finite b; finite c", uses="expand"
    ),
    same("mul_pow", "a^b*a^c -> a^(b + c)", ANY, "a > 0; finite a; finite b; finite c"),
    same("div_pow", "a^b/a^c -> a^(b - c)", ANY, "a > 0; finite a; finite b; finite c"),
    same("mul_pow_base", "a^b*a -> a^(b + 1)", ANY, "a > 0; finite a; finite b"),
    same("pow_neg", "1/a^b -> a^(-b)", ANY, "a > 0; finite a; finite b"),
    same(
        "pow_of_product",
        "(a*b)^c -> a^c*b^c",
        ANY,
        "a > 0; b > 0; finite a; finite b; finite c",
        uses="expand",
    ),
    same(
        "pow_of_quotient",
        "(a/b)^c -> a^c/b^c",
        ANY,
        "a > 0; b > 0; finite a; finite b; finite c",
        uses="expand",
    ),
    same(
        "product_of_pows", "a^c*b^c -> (a*b)^c", ANY, "a > 0; b > 0; finite a; finite b; finite c"
    ),
    same(
        "quotient_of_pows", "a^c/b^c -> (a/b)^c", ANY, "a > 0; b > 0; finite a; finite b; finite c"
    ),
    same("exp_times_ln", "exp(b*ln(a)) -> a^b", LINE, "a > 0", "~pow_exp"),
    same(
        "exp_times_ln_complex",
        "exp(b*ln(a)) -> a^b",
        COMPLEX,
        "finite a; finite b; a != 0",
        "~pow_exp_complex",
    ),
    same("pow_inverse_base", "(1/a)^b -> a^(-b)", ANY, "a > 0; finite a; finite b"),
)

RULES: tuple[Rule, ...] = (*_INTEGER, *_ROOTS, *_GENERAL)
