"""abs, min, max, choices and relations. Order is of reals and infinities only."""

from emlir.rewrite.rule import Rule
from emlir.rules.kit import ANY, LINE, more, same

_REAL_2 = "real a; real b"

_ABS = (
    same("abs_abs", "abs(abs(a)) -> abs(a)"),
    same("abs_neg", "abs(-a) -> abs(a)", LINE),
    same("abs_positive", "abs(a) -> a", when="a >= 0"),
    same("abs_negative", "abs(a) -> -a", when="a <= 0"),
    same("square_of_abs", "abs(a)^2 -> a^2", LINE),
    same("abs_times_itself", "abs(a)*abs(a) -> a^2", LINE),
    same("abs_of_square", "abs(a^2) -> a^2", LINE),
    same("abs_of_exp", "abs(exp(a)) -> exp(a)", LINE),
    same("abs_of_cosh", "abs(cosh(a)) -> cosh(a)", LINE),
    same("product_of_abs", "abs(a)*abs(b) -> abs(a*b)", LINE),
    same("quotient_of_abs", "abs(a)/abs(b) -> abs(a/b)", LINE),
    same("abs_of_product", "abs(a*b) -> abs(a)*abs(b)", LINE, uses="expand"),
    same("abs_of_quotient", "abs(a/b) -> abs(a)/abs(b)", LINE, uses="expand"),
    same("abs_of_difference", "abs(a - b) -> a - b", ANY, "a >= b"),
)

_EXTREMA = (
    same("min_same", "min(a, a) -> a", when="real a"),
    same("max_same", "max(a, a) -> a", when="real a"),
    same("min_left", "min(a, b) -> a", when="a <= b; defined b"),
    same("max_left", "max(a, b) -> a", when="a >= b; defined b"),
    same("max_opposite", "max(a, -a) -> abs(a)", when="real a"),
    same("min_opposite", "min(a, -a) -> -abs(a)", when="real a"),
    same("max_of_negatives", "max(-a, -b) -> -min(a, b)"),
    same("min_of_negatives", "min(-a, -b) -> -max(a, b)"),
    more("max_absorbs", "max(a, min(a, b)) -> a", when=_REAL_2),
    more("min_absorbs", "min(a, max(a, b)) -> a", when=_REAL_2),
    same("max_twice", "max(a, max(a, b)) -> max(a, b)"),
    same("min_twice", "min(a, min(a, b)) -> min(a, b)"),
    same("max_plus_min", "max(a, b) + min(a, b) -> a + b", when=_REAL_2),
    same("max_times_min", "max(a, b)*min(a, b) -> a*b", when=_REAL_2),
    same(
        "max_minus_min",
        "max(a, b) - min(a, b) -> abs(a - b)",
        when=f"{_REAL_2}; finite a; finite b",
    ),
    same("max_of_sums", "max(a + c, b + c) -> max(a, b) + c", LINE, "finite a; finite b; finite c"),
    same("min_of_sums", "min(a + c, b + c) -> min(a, b) + c", LINE, "finite a; finite b; finite c"),
    same("max_from_abs", "(a + b + abs(a - b))/2 -> max(a, b)", LINE, "finite a; finite b"),
    same("min_from_abs", "(a + b - abs(a - b))/2 -> min(a, b)", LINE, "finite a; finite b"),
    same("relu_from_abs", "(a + abs(a))/2 -> max(a, 0)", LINE, "finite a"),
    same("max_of_exps", "max(exp(a), exp(a)) -> exp(a)", LINE),
)

_CHOICES = (
    same("where_true", "where(true, a, b) -> a"),
    same("where_false", "where(false, a, b) -> b"),
    *(
        more(f"where_same_{name}", f"where(a {sign} b, c, c) -> c", when=_REAL_2)
        for name, sign in (("gt", ">"), ("ge", ">="), ("lt", "<"), ("le", "<="))
    ),
    same("where_to_max", "where(a > b, a, b) -> max(a, b)"),
    same("where_to_max_le", "where(a <= b, b, a) -> max(a, b)"),
    same("where_ge_to_max", "where(a >= b, a, b) -> max(a, b)"),
    same("where_to_min", "where(a < b, a, b) -> min(a, b)"),
    same("where_le_to_min", "where(a <= b, a, b) -> min(a, b)"),
    same("where_to_abs", "where(a > 0, a, -a) -> abs(a)", when="real a"),
    same("where_ge_to_abs", "where(a >= 0, a, -a) -> abs(a)", when="real a"),
    same("where_lt_to_abs", "where(a < 0, -a, a) -> abs(a)", when="real a"),
    same("where_not_gt", "where(not(a > b), c, d) -> where(a > b, d, c)"),
    same("where_not_lt", "where(not(a < b), c, d) -> where(a < b, d, c)"),
)

_RELATIONS = (
    same("not_lt", "not(a < b) -> a >= b"),
    same("not_le", "not(a <= b) -> a > b"),
    same("not_gt", "not(a > b) -> a <= b"),
    same("not_ge", "not(a >= b) -> a < b"),
    same("not_eq", "not(a = b) -> a != b", LINE),
    same("not_ne", "not(a != b) -> a = b", LINE),
    same("lt_same", "a < a -> false", when="defined a; real a"),
    same("le_same", "a <= a -> true", when="defined a; real a"),
    same("gt_same", "a > a -> false", when="defined a; real a"),
    same("ge_same", "a >= a -> true", when="defined a; real a"),
    same("eq_same", "a = a -> true", LINE, "defined a"),
    same("ne_same", "a != a -> false", LINE, "defined a"),
    same("lt_of_negatives", "-a < -b -> b < a"),
    same("le_of_negatives", "-a <= -b -> b <= a"),
    same("lt_of_difference", "a - b < 0 -> a < b", LINE, "finite a; finite b"),
    same("gt_of_difference", "a - b > 0 -> a > b", LINE, "finite a; finite b"),
    same("le_of_difference", "a - b <= 0 -> a <= b", LINE, "finite a; finite b"),
    same("ge_of_difference", "a - b >= 0 -> a >= b", LINE, "finite a; finite b"),
    same("exp_positive", "exp(a) > 0 -> true", LINE, "defined a; finite a"),
)

RULES: tuple[Rule, ...] = (*_ABS, *_EXTREMA, *_CHOICES, *_RELATIONS)
