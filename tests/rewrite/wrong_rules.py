"""Rules that look right and are wrong, and right rules whose proof claims are wrong."""

from emlir.plugin_api import rule

REAL, EXTENDED, COMPLEX = ("real",), ("extended",), ("complex",)


def wrong(name, text, semantics, when="", kind="equivalence"):
    return rule(name, text, when=when, kind=kind, semantics=semantics)


LOGARITHMS = (
    wrong(
        "ln_mul_complex", "ln(a*b) -> ln(a) + ln(b)", COMPLEX, "a != 0; b != 0; finite a; finite b"
    ),
    wrong("ln_mul_real", "ln(a*b) -> ln(a) + ln(b)", REAL),
    wrong("ln_square", "ln(a^2) -> 2*ln(a)", REAL),
    wrong("ln_square_extending", "ln(a^2) -> 2*ln(a)", REAL, "a > 0", "extending"),
    wrong("ln_square_not_zero", "ln(a^2) -> 2*ln(a)", REAL, "a != 0"),
    wrong("ln_exp_complex", "ln(exp(a)) -> a", COMPLEX, "finite a"),
    wrong("ln_inverse_complex", "ln(1/a) -> -ln(a)", COMPLEX, "a != 0; finite a"),
    wrong("ln_inverse_extended", "ln(1/a) -> -ln(a)", EXTENDED),
    wrong("ln_of_negative", "ln(-1*a) -> ln(a) + i*pi", COMPLEX, "a != 0; finite a"),
    wrong("ln_quotient", "ln(a) - ln(b) -> ln(a/b)", REAL),
    wrong("ln_quotient_extended", "ln(a) - ln(b) -> ln(a/b)", EXTENDED, "a >= 0; b >= 0"),
    wrong("exp_ln_equivalence", "exp(ln(a)) -> a", REAL),
    wrong("exp_ln_back", "a + b -> exp(ln(a + b))", REAL),
    wrong("exp_ln_back_extended", "a + b -> exp(ln(a + b))", EXTENDED, "finite a; finite b"),
    wrong("exp_add_complex", "exp(a + b) -> exp(a)*exp(b)", COMPLEX),
    wrong("exp_div_extended", "exp(a)/exp(b) -> exp(a - b)", EXTENDED),
    wrong("log1p", "log1p(a) -> a", REAL, "a > -2^(-100); a < 2^(-100)"),
)

POWERS = (
    wrong("sqrt_square", "sqrt(a^2) -> a", REAL),
    wrong("sqrt_square_complex", "sqrt(a^2) -> abs(a)", COMPLEX),
    wrong("sqrt_mul_complex", "sqrt(a*b) -> sqrt(a)*sqrt(b)", COMPLEX, "finite a; finite b"),
    wrong(
        "sqrt_div_complex", "sqrt(a/b) -> sqrt(a)/sqrt(b)", COMPLEX, "finite a; finite b; b != 0"
    ),
    wrong("sqrt_mul_real", "sqrt(a*b) -> sqrt(a)*sqrt(b)", REAL),
    wrong("sqrt_of_reciprocal", "sqrt(1/a) -> 1/sqrt(a)", COMPLEX, "a != 0; finite a"),
    wrong("pow_pow_real", "(a^b)^c -> a^(b*c)", REAL),
    wrong("pow_pow_complex", "(a^b)^c -> a^(b*c)", COMPLEX, "a != 0; finite a; finite b; finite c"),
    wrong("pow_zero", "a^0 -> 1", EXTENDED, "defined a"),
    wrong("pow_add", "a^b*a^c -> a^(b + c)", REAL),
    wrong("pow_base", "a^c*b^c -> (a*b)^c", REAL, "a >= 0"),
    wrong("pow_exp", "a^b -> exp(b*ln(a))", REAL, "a >= 0"),
    wrong("cube_root", "(a^3)^(1/3) -> a", REAL),
    wrong("square_of_abs_complex", "abs(a)^2 -> a^2", COMPLEX),
    wrong("pow_one_plus", "1^a -> 1", EXTENDED, "defined a"),
)

ALGEBRA = (
    wrong("div_self", "a/a -> 1", REAL),
    wrong("div_self_undefined", "a/a -> 1", REAL, "a != 0"),
    wrong("div_self_extended", "a/a -> 1", EXTENDED, "a != 0", "extending"),
    wrong("mul_zero_extended", "0*a -> 0", EXTENDED, "defined a"),
    wrong("mul_zero_undefined", "0*a -> 0", REAL),
    wrong("sub_self_extended", "a - a -> 0", EXTENDED, "defined a"),
    wrong("double_reciprocal", "1/(1/a) -> a", REAL),
    wrong("distribute_extended", "a*(b + c) -> a*b + a*c", EXTENDED),
    wrong("associate_complex", "(a*b)*c -> a*(b*c)", COMPLEX),
    wrong("freshman", "(a + b)^2 -> a^2 + b^2", REAL),
    wrong("cancel", "(a + b)/(a + c) -> b/c", REAL),
    wrong("cancel_square", "(a^2 - 1)/(a - 1) -> a + 1", REAL),
    wrong("cancel_shifted", "(7*a - 22)/(7*a - 22) -> 1", REAL, "defined a"),
    wrong("cancel_root", "(a^2 - 2)/(a^2 - 2) + a -> 1 + a", REAL),
    wrong("sub_swapped", "a - b -> b - a", REAL),
    wrong("div_div", "a/(b/c) -> a/b/c", REAL),
    wrong("div_div_right", "a/(b/c) -> (a*c)/b", REAL),
)

CIRCULAR = (
    wrong("asin_sin", "asin(sin(a)) -> a", REAL),
    wrong("asin_sin_wide", "asin(sin(a)) -> a", REAL, "a >= -2; a <= 2"),
    wrong("acos_cos", "acos(cos(a)) -> abs(a)", REAL),
    wrong("atan_tan", "atan(tan(a)) -> a", REAL),
    wrong("atan_quotient", "atan(a/b) -> atan(a) - atan(b)", REAL, "b != 0"),
    wrong("atan_sum", "atan(a) + atan(b) -> atan((a + b)/(1 - a*b))", REAL, "a*b != 1"),
    wrong("atan_reciprocal", "atan(1/a) -> pi/2 - atan(a)", REAL, "a != 0"),
    wrong("atan_half", "2*atan(a) -> atan(2*a/(1 - a^2))", REAL, "a != 1; a != -1"),
    wrong("asin_odd_complex", "asin(-a) -> -asin(a)", COMPLEX, "finite a"),
    wrong("acos_reflected", "acos(-a) -> pi - acos(a)", COMPLEX, "finite a"),
    wrong("cos_asin", "cos(asin(a)) -> sqrt(1 - a^2)", COMPLEX, "finite a"),
    wrong("tan_period", "tan(a + pi/2) -> -tan(a)", REAL),
    wrong("sin_even", "sin(-a) -> sin(a)", REAL),
    wrong("pythagoras", "sin(a)^2 + cos(a)^2 -> 1", EXTENDED, "defined a"),
    wrong("pythagoras_root", "sqrt(1 - cos(a)^2) -> sin(a)", REAL),
    wrong("sin_small", "sin(a) -> a", REAL, "a > -10^(-60); a < 10^(-60)"),
    wrong("half_angle_other", "tan(a/2) -> (1 - cos(a))/sin(a)", REAL),
    wrong("tan_cos", "tan(a)*cos(a) -> sin(a)", REAL),
)

HYPERBOLIC = (
    wrong("acosh_cosh", "acosh(cosh(a)) -> a", REAL),
    wrong("acosh_cosh_complex", "acosh(cosh(a)) -> a", COMPLEX, "finite a"),
    wrong("asinh_sinh_complex", "asinh(sinh(a)) -> a", COMPLEX, "finite a"),
    wrong("asinh_ln", "asinh(a) -> ln(a + sqrt(a^2 + 1))", EXTENDED),
    wrong("acosh_ln", "acosh(a) -> ln(a + sqrt(a^2 - 1))", COMPLEX, "finite a"),
    wrong("atanh_ln", "atanh(a) -> ln((1 + a)/(1 - a))/2", EXTENDED),
    wrong("atanh_ln_complex", "atanh(a) -> (ln(1 + a) - ln(1 - a))/2", COMPLEX, "finite a"),
    wrong("tanh_one", "tanh(a) -> 1", REAL, "defined a; a > 1000"),
    wrong("cosh_abs_complex", "cosh(abs(a)) -> cosh(a)", COMPLEX),
    wrong("sinh_over_cosh", "sinh(a)/cosh(a) -> tanh(a)", EXTENDED),
)

OTHERS = (
    wrong("sigmoid", "sigmoid(a) -> 1 - sigmoid(a)", REAL),
    wrong("sigmoid_quotient", "exp(a)/(1 + exp(a)) -> sigmoid(a)", EXTENDED),
    wrong("softplus", "softplus(a) -> a", REAL, "a > 200"),
    wrong("softplus_negative", "softplus(-a) -> softplus(a) - a", EXTENDED),
    wrong("hypot_sum", "hypot(a, b) -> a + b", REAL, "a >= 0; b >= 0"),
    wrong("hypot_complex", "hypot(a, 0) -> abs(a)", COMPLEX, "finite a"),
    wrong("max_sum", "max(a, b) -> (a + b)/2 + abs(a - b)/2", EXTENDED),
    wrong("max_left", "max(a, b) -> a", REAL, "a >= b"),
    wrong("max_wrong_side", "max(a, b) -> a", REAL, "a <= b; defined b"),
    wrong("max_product", "max(a*c, b*c) -> max(a, b)*c", REAL),
    wrong("max_neg", "max(-a, -b) -> -max(a, b)", REAL),
    wrong("min_max", "min(a, max(a, b)) -> a", REAL),
    wrong("max_self_complex", "max(a, a) -> a", COMPLEX),
    wrong("abs_sum", "abs(a + b) -> abs(a) + abs(b)", REAL),
    wrong("abs_neg_where", "where(a > 0, a, -a) -> abs(a)", COMPLEX),
    wrong("where_dropped", "where(a > b, c, c) -> c", REAL),
    wrong("where_swapped", "where(a > b, c, 1/c) -> where(a <= b, c, 1/c)", REAL),
    wrong("where_both", "where(a > 0, b, c) -> where(a > 0, b + c, c + c) - c", REAL),
    wrong("floor_sum", "floor(a + b) -> floor(a) + floor(b)", REAL),
    wrong("floor_large", "floor(a) -> a", REAL, "a > 10^50"),
    wrong("floor_neg", "floor(-a) -> -floor(a)", REAL),
    wrong("mod_neg", "mod(-a, b) -> -mod(a, b)", REAL),
    wrong("lt_scaled", "a*c < b*c -> a < b", REAL, "c != 0"),
    wrong("le_undefined", "a <= a -> true", REAL),
    wrong("eq_undefined", "a = a -> true", COMPLEX),
)

NEAR_MISSES = (
    wrong("off_by_1e_30", "exp(a) -> exp(a) + 10^(-30)", REAL),
    wrong("relative_1e_60", "a + 1 -> a*(1 + 10^(-60)) + 1", REAL),
    wrong("only_at_zero", "a + 0 -> a*a/a", REAL),
    wrong("only_at_one", "ln(a)/ln(a) + a -> 1 + a", REAL, "a > 0"),
    wrong("only_at_seven", "where(a = 7, 0, a) + 0 -> a", REAL),
    wrong("only_at_odd_fraction", "where(113*a = 355, 0, a) -> a", REAL),
    wrong("only_between", "where((a > 5) and (a < 5.001), 0, a) -> a", REAL),
    wrong("only_huge", "where(a > 10^200, a + 1, a) -> a", REAL),
    wrong("only_tiny", "where(abs(a) < 10^(-200), 0, a) -> a", REAL),
    wrong("absorbed", "a + 1 -> a", REAL, "a > 10^20"),
    wrong("pi_like", "sin(a) -> sin(a + 2*355/113)", REAL),
    wrong("only_on_the_cut", "sqrt(a)*sqrt(a*a) -> a*sqrt(a)", COMPLEX, "finite a"),
    wrong("only_when_equal", "(a - b)/(a - b) + a*b -> 1 + a*b", REAL),
    wrong("only_when_opposite", "1/(a + b)*(a + b) -> where(a > b, 1, 1)", REAL),
    wrong("at_infinity_only", "a*(1/b) -> a/b", COMPLEX),
    wrong("reciprocal_sum", "1/(1/a + 1/b) -> a*b/(a + b)", REAL),
    wrong("tanh_far", "tanh(a) -> sigmoid(a)", REAL, "a > 300"),
)

WRONG = (*LOGARITHMS, *POWERS, *ALGEBRA, *CIRCULAR, *HYPERBOLIC, *OTHERS, *NEAR_MISSES)


def claim(name, text, proof, steps="", when="", kind="equivalence", semantics=REAL):
    return rule(name, text, proof=proof, steps=steps, when=when, kind=kind, semantics=semantics)


CLAIMS = (
    (claim("not_decided", "atan(1/a) -> pi/2 - atan(a)", "decided", when="a > 0"), "not decided"),
    (claim("no_definition", "a + a -> 2*a", "definition"), "neither a definition nor an axiom"),
    (
        claim("not_the_definition", "log1p(a) -> ln(a + 1)", "definition"),
        "neither a definition nor an axiom",
    ),
    (
        claim("does_not_arrive", "tan(-a) -> -tan(a)", "derived", "tan_quotient, sin_neg"),
        "do not lead",
    ),
    (claim("unknown_step", "tan(-a) -> -tan(a)", "derived", "tan_magic"), "no rule is called"),
    (claim("no_steps", "tan(-a) -> -tan(a)", "derived"), "do not lead"),
    (
        claim("in_a_circle", "tan(-a) -> -tan(a)", "derived", "in_a_circle"),
        "circular",
    ),
    (
        claim(
            "condition_missing", "ln(1/(1 + exp(a))) -> -ln(1 + exp(-a)) - a", "derived", "ln_mul"
        ),
        "do not lead",
    ),
    (
        claim(
            "no_way_back",
            "cosh(a)^2 - sinh(a)^2 -> 1",
            "derived",
            "decided, pythagoras",
            "defined a",
        ),
        "no way back",
    ),
)
"""Rules that are right, with a wrong claim, and what the refusal says."""
