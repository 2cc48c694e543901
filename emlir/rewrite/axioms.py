"""Axioms: textbook facts about the elementary functions, from which other rules are derived.

Each is a fact that defines a function by another one, says that one function is the inverse
of another, or is an addition theorem. Conditions are those under which both sides have one
domain; they are attacked like those of every rule, see :func:`emlir.testing.check_rule`.
Sources: the DLMF, chapter 4 (4.2 logarithm and powers, 4.21 and 4.35 addition theorems, 4.23
and 4.37 inverse functions, 4.28 hyperbolic functions).

exp(a + b) = exp(a) exp(b) is not here: the decision procedure knows it.
"""

from emlir.rewrite.rule import Kind, Rule, rule

ON_LINE = ("real", "extended")
BEYOND = ("extended", "complex")


def _axiom(
    name: str,
    text: str,
    semantics: str | tuple[str, ...] = ("real", "extended", "complex"),
    when: str = "",
    kind: Kind = "equivalence",
    uses: str = "",
    source: str = "",
) -> Rule:
    return rule(
        name,
        text,
        when=when,
        kind=kind,
        semantics=semantics,
        proof="definition",
        uses=uses,
        source=source,
    )


def _inverse(name: str, text: str, semantics: str | tuple[str, ...], when: str) -> Rule:
    return _axiom(name, text, semantics, when, "extending", "simplify", "inverse functions")


_EXP_AND_LN = (
    _axiom("eml_def", "eml(a, b) -> exp(a) - ln(b)", source="Odrzywolek, arXiv:2603.21852"),
    _axiom("ln_exp", "ln(exp(a)) -> a", ON_LINE, uses="simplify", source="inverse functions"),
    _axiom("ln_exp_complex", "ln(exp(a)) -> a", "complex", "strip a", uses="simplify"),
    _inverse("exp_ln", "exp(ln(a)) -> a", "real", "a > 0"),
    _inverse("exp_ln_extended", "exp(ln(a)) -> a", "extended", "a >= 0"),
    _inverse("exp_ln_complex", "exp(ln(a)) -> a", "complex", "finite a"),
    _axiom("ln_mul", "ln(a*b) -> ln(a) + ln(b)", when="a > 0; b > 0", uses="expand"),
    _axiom("ln_inverse", "ln(1/a) -> -ln(a)", when="a > 0", uses="simplify"),
    _axiom("ln_pow", "ln(a^b) -> b*ln(a)", ON_LINE, "a > 0; finite a; finite b", uses="expand"),
    _axiom("pow_exp", "a^b -> exp(b*ln(a))", ON_LINE, "a > 0"),
    _axiom("pow_exp_complex", "a^b -> exp(b*ln(a))", "complex", "finite a; finite b; a != 0"),
)

_ROOTS = (
    _axiom("sqrt_exp", "sqrt(a) -> exp(ln(a)/2)", "real", "a > 0"),
    _axiom("sqrt_exp_extended", "sqrt(a) -> exp(ln(a)/2)", BEYOND),
    _inverse("sqrt_squared", "sqrt(a)*sqrt(a) -> a", ON_LINE, "a >= 0"),
    _inverse("sqrt_squared_complex", "sqrt(a)*sqrt(a) -> a", "complex", "finite a"),
    _axiom("sqrt_of_square", "sqrt(a*a) -> abs(a)", ON_LINE, uses="simplify"),
    _axiom("pow_half", "a^(1/2) -> sqrt(a)", uses="simplify"),
    _axiom("zero_pow", "0^a -> 0", ON_LINE, "defined a; a > 0", uses="simplify"),
    _axiom("sqrt_mul", "sqrt(a*b) -> sqrt(a)*sqrt(b)", ON_LINE, "a >= 0; b >= 0", uses="expand"),
)

_CIRCULAR = (
    _axiom("tan_quotient", "tan(a) -> sin(a)/cos(a)"),
    _axiom("sin_neg", "sin(-a) -> -sin(a)", uses="simplify", source="odd"),
    _axiom("cos_neg", "cos(-a) -> cos(a)", uses="simplify", source="even"),
    _axiom("sin_add", "sin(a + b) -> sin(a)*cos(b) + cos(a)*sin(b)", uses="expand"),
    _axiom("cos_add", "cos(a + b) -> cos(a)*cos(b) - sin(a)*sin(b)", uses="expand"),
    _axiom("cos_squared", "cos(a)^2 -> 1 - sin(a)^2", source="Pythagoras"),
    _axiom("euler", "exp(i*a) -> cos(a) + i*sin(a)", "complex", "finite a"),
)

_VALUES = tuple(
    _axiom(f"value_of_{name}", text, uses="simplify", source="table of values")
    for name, text in (
        ("ln_1", "ln(1) -> 0"),
        ("sqrt_0", "sqrt(0) -> 0"),
        ("sqrt_1", "sqrt(1) -> 1"),
        ("sin_0", "sin(0) -> 0"),
        ("sin_pi", "sin(pi) -> 0"),
        ("sin_half_pi", "sin(pi/2) -> 1"),
        ("cos_0", "cos(0) -> 1"),
        ("cos_pi", "cos(pi) -> -1"),
        ("cos_half_pi", "cos(pi/2) -> 0"),
        ("asin_0", "asin(0) -> 0"),
        ("acos_1", "acos(1) -> 0"),
        ("atan_0", "atan(0) -> 0"),
        ("asinh_0", "asinh(0) -> 0"),
        ("acosh_1", "acosh(1) -> 0"),
        ("atanh_0", "atanh(0) -> 0"),
    )
)

_HYPERBOLIC = (
    _axiom("sinh_exp", "sinh(a) -> (exp(a) - exp(-a))/2"),
    _axiom("cosh_exp", "cosh(a) -> (exp(a) + exp(-a))/2"),
    _axiom("tanh_exp", "tanh(a) -> 1 - 2/(exp(2*a) + 1)"),
    _axiom("asinh_ln", "asinh(a) -> ln(a + sqrt(a*a + 1))", "real"),
    _axiom("acosh_ln", "acosh(a) -> ln(a + sqrt(a - 1)*sqrt(a + 1))", ON_LINE),
    _axiom("atanh_ln", "atanh(a) -> (ln(1 + a) - ln(1 - a))/2", ON_LINE),
)

_INVERSE = (
    _inverse("sin_asin", "sin(asin(a)) -> a", ON_LINE, "a >= -1; a <= 1"),
    _inverse("sin_asin_complex", "sin(asin(a)) -> a", "complex", "finite a"),
    _inverse("cos_acos", "cos(acos(a)) -> a", ON_LINE, "a >= -1; a <= 1"),
    _inverse("cos_acos_complex", "cos(acos(a)) -> a", "complex", "finite a"),
    _inverse("tan_atan", "tan(atan(a)) -> a", ON_LINE, "finite a"),
    _axiom("asin_sin", "asin(sin(a)) -> a", "real", when="a >= -pi/2; a <= pi/2", uses="simplify"),
    _axiom("acos_cos", "acos(cos(a)) -> a", "real", when="a >= 0; a <= pi", uses="simplify"),
    _axiom("atan_tan", "atan(tan(a)) -> a", "real", when="a > -pi/2; a < pi/2", uses="simplify"),
    _axiom("sinh_asinh", "sinh(asinh(a)) -> a", ON_LINE, uses="simplify"),
    _inverse("sinh_asinh_complex", "sinh(asinh(a)) -> a", "complex", "finite a"),
    _axiom("asinh_sinh", "asinh(sinh(a)) -> a", ON_LINE, uses="simplify"),
    _inverse("cosh_acosh", "cosh(acosh(a)) -> a", ON_LINE, "a >= 1"),
    _inverse("cosh_acosh_complex", "cosh(acosh(a)) -> a", "complex", "finite a"),
    _inverse("tanh_atanh", "tanh(atanh(a)) -> a", "real", "a > -1; a < 1"),
    _inverse("tanh_atanh_extended", "tanh(atanh(a)) -> a", "extended", "a >= -1; a <= 1"),
    _axiom("atanh_tanh", "atanh(tanh(a)) -> a", ON_LINE, uses="simplify"),
    _axiom("acosh_cosh", "acosh(cosh(a)) -> abs(a)", ON_LINE, uses="simplify"),
    _axiom("asin_neg", "asin(-a) -> -asin(a)", ON_LINE, uses="simplify", source="odd"),
    _axiom("atan_neg", "atan(-a) -> -atan(a)", ON_LINE, uses="simplify", source="odd"),
    _axiom("acos_neg", "acos(-a) -> pi - acos(a)", ON_LINE, uses="expand"),
    _axiom("asinh_neg", "asinh(-a) -> -asinh(a)", ON_LINE, uses="simplify", source="odd"),
    _axiom("atanh_neg", "atanh(-a) -> -atanh(a)", ON_LINE, uses="simplify", source="odd"),
    _axiom("acos_asin", "acos(a) -> pi/2 - asin(a)"),
    _axiom("cos_asin", "cos(asin(a)) -> sqrt(1 - a*a)", ON_LINE),
    _axiom("sin_acos", "sin(acos(a)) -> sqrt(1 - a*a)", ON_LINE),
    _axiom("value_of_asin_1", "asin(1) -> pi/2", source="table of values"),
    _axiom("value_of_atan_1", "atan(1) -> pi/4", source="table of values"),
    _axiom("atan_asin", "asin(a/sqrt(1 + a^2)) -> atan(a)", "real", uses="simplify"),
)

_HALVES = (
    _axiom("acos_half", "acos(a) -> 2*asin(sqrt((1 - a)/2))", "real", source="1 - cos"),
    _axiom("acos_half_tangent", "acos(a) -> 2*atan(sqrt((1 - a)/(1 + a)))", "real", "a > -1"),
    _axiom("acosh_half", "acosh(a) -> 2*asinh(sqrt((a - 1)/2))", "real", source="cosh - 1"),
    _axiom("atan_reciprocal", "pi/2 - atan(a) -> atan(1/a)", "real", "a > 0"),
)

_SUMS_OF_INVERSES = (
    _axiom("atan_add", "atan(a) + atan(b) -> atan((a + b)/(1 - a*b))", "real", "a*b < 1"),
    _axiom("atan_sub", "atan(a) - atan(b) -> atan((a - b)/(1 + a*b))", "real", "a*b > -1"),
    _axiom(
        "asinh_sub",
        "asinh(a) - asinh(b) -> asinh(a*sqrt(1 + b^2) - b*sqrt(1 + a^2))",
        "real",
        source="sinh(x - y)",
    ),
    _axiom(
        "acosh_sub",
        "acosh(a) - acosh(b) -> asinh(b*sqrt(a^2 - 1) - a*sqrt(b^2 - 1))",
        "real",
        "a >= 1; b >= 1",
        source="sinh(x - y)",
    ),
    *(
        _axiom(
            f"asin_sub_{name}",
            "asin(a) - asin(b) -> asin(a*sqrt(1 - b^2) - b*sqrt(1 - a^2))",
            "real",
            when,
            source="4.24",
        )
        for name, when in (("positive", "a >= 0; b >= 0"), ("negative", "a <= 0; b <= 0"))
    ),
)

_STEPS = (
    _axiom("floor_floor", "floor(floor(a)) -> floor(a)", uses="simplify"),
    _axiom("floor_add_integer", "floor(a + floor(b)) -> floor(a) + floor(b)", "real"),
    _axiom("mod_floor", "mod(a, b) -> a - b*floor(a/b)", "real"),
)

AXIOMS: tuple[Rule, ...] = (
    *_EXP_AND_LN,
    *_ROOTS,
    *_CIRCULAR,
    *_VALUES,
    *_HYPERBOLIC,
    *_INVERSE,
    *_HALVES,
    *_SUMS_OF_INVERSES,
    *_STEPS,
)
