"""Circular functions; the facts that they rest on are axioms."""

from emlir.rewrite.rule import Rule
from emlir.rules.kit import LINE, definition, more, same

_FINITE = "defined a; finite a"
_PERIOD = "~double, sin_add, sin_add, cos_add, value_of_sin_pi, value_of_cos_pi, decided"

_SQUARES = (
    same("pythagoras", "sin(a)^2 + cos(a)^2 -> 1", when=_FINITE, steps="cos_squared, decided"),
    same("one_minus_sin_squared", "1 - sin(a)^2 -> cos(a)^2", steps="~cos_squared"),
    same("one_minus_cos_squared", "1 - cos(a)^2 -> sin(a)^2", steps="cos_squared, decided"),
    same("double_angle_cos", "cos(a)^2 - sin(a)^2 -> cos(2*a)", steps="decided, ~cos_add, double"),
    same("double_angle_sin", "2*(sin(a)*cos(a)) -> sin(2*a)", steps="decided, ~sin_add, double"),
    same(
        "double_angle_sin_left", "(2*sin(a))*cos(a) -> sin(2*a)", steps="decided, ~sin_add, double"
    ),
    same("double_angle_of_sin", "1 - 2*sin(a)^2 -> cos(2*a)"),
)

_TAN = (
    same(
        "tan_neg",
        "tan(-a) -> -tan(a)",
        steps="tan_quotient, sin_neg, cos_neg, decided, ~tan_quotient",
    ),
    definition("to_tan", "sin(a)/cos(a) -> tan(a)", uses="simplify"),
    more("tan_cos", "tan(a)*cos(a) -> sin(a)", LINE, "cos(a) != 0"),
    more("sin_over_tan", "sin(a)/tan(a) -> cos(a)", LINE, "sin(a) != 0; cos(a) != 0"),
    same(
        "tan_add",
        "tan(a + b) -> (tan(a) + tan(b))/(1 - tan(a)*tan(b))",
        LINE,
        "cos(a) != 0; cos(b) != 0",
        uses="expand",
    ),
)

_SHIFTS = (
    same(
        "sin_plus_pi",
        "sin(a + pi) -> -sin(a)",
        steps="sin_add, value_of_sin_pi, value_of_cos_pi, decided",
    ),
    same(
        "cos_plus_pi",
        "cos(a + pi) -> -cos(a)",
        steps="cos_add, value_of_sin_pi, value_of_cos_pi, decided",
    ),
    same(
        "tan_plus_pi",
        "tan(a + pi) -> tan(a)",
        steps="tan_quotient, sin_plus_pi, cos_plus_pi, decided, ~tan_quotient",
    ),
    same(
        "sin_plus_half_pi",
        "sin(a + pi/2) -> cos(a)",
        steps="sin_add, value_of_sin_half_pi, value_of_cos_half_pi, decided",
    ),
    same(
        "cos_plus_half_pi",
        "cos(a + pi/2) -> -sin(a)",
        steps="cos_add, value_of_sin_half_pi, value_of_cos_half_pi, decided",
    ),
    same(
        "sin_complement",
        "sin(pi/2 - a) -> cos(a)",
        steps="sin_sub, value_of_sin_half_pi, value_of_cos_half_pi, decided",
    ),
    same(
        "cos_complement",
        "cos(pi/2 - a) -> sin(a)",
        steps="cos_sub, value_of_sin_half_pi, value_of_cos_half_pi, decided",
    ),
    same(
        "sin_supplement",
        "sin(pi - a) -> sin(a)",
        steps="sin_sub, value_of_sin_pi, value_of_cos_pi, decided",
    ),
    same(
        "cos_supplement",
        "cos(pi - a) -> -cos(a)",
        steps="cos_sub, value_of_sin_pi, value_of_cos_pi, decided",
    ),
    same("sin_period", "sin(a + 2*pi) -> sin(a)", steps=_PERIOD),
    same("cos_period", "cos(a + 2*pi) -> cos(a)"),
)

_EXPANDING = (
    same(
        "sin_sub",
        "sin(a - b) -> sin(a)*cos(b) - cos(a)*sin(b)",
        steps="~add_neg, sin_add, sin_neg, cos_neg, decided",
        uses="expand",
    ),
    same(
        "cos_sub",
        "cos(a - b) -> cos(a)*cos(b) + sin(a)*sin(b)",
        steps="~add_neg, cos_add, sin_neg, cos_neg, decided",
        uses="expand",
    ),
    same(
        "sin_double",
        "sin(2*a) -> 2*sin(a)*cos(a)",
        steps="~double, sin_add, decided",
        uses="expand",
    ),
    same(
        "cos_double",
        "cos(2*a) -> cos(a)^2 - sin(a)^2",
        steps="~double, cos_add, decided",
        uses="expand",
    ),
)

_INVERSE = (
    same(
        "asin_plus_acos",
        "asin(a) + acos(a) -> pi/2",
        LINE,
        "a >= -1; a <= 1; defined a",
        "acos_asin, decided",
    ),
    same("sin_minus_asin", "sin(-asin(a)) -> -a", LINE, "a >= -1; a <= 1", "sin_neg, sin_asin"),
)

RULES: tuple[Rule, ...] = (*_SQUARES, *_TAN, *_SHIFTS, *_EXPANDING, *_INVERSE)
