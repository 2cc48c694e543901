"""Theorems with random parameters: inequalities that are sharp, identities, and floors."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tests.benchmarks.claim_suite.draw import Box, Draw


@dataclass(frozen=True, slots=True)
class Fact:
    """A claim that is true by the theorem in ``why``."""

    claim: str
    box: Box
    why: str


def zero_margin(draw: Draw) -> Fact:
    a, b = draw.decimal(0.5, 2), draw.decimal(0.6, 1.9)
    around = draw.decimal(0.1, 0.5, 1), draw.decimal(2, 4, 1)
    x, both = {"x": around}, {"x": around, "y": around}
    options = (
        Fact(f"exp({a}*(x - {b})) >= 1 + {a}*(x - {b})", x, "exp(t) >= 1 + t"),
        Fact(f"x*ln(x/{b}) >= x - {b}", x, f"ln t >= 1 - 1/t for t = x/{b}, times x"),
        Fact(f"ln(x/{b}) <= x/{b} - 1", x, "ln t <= t - 1"),
        Fact("exp(x - y) >= 1 + x - y", both, "exp(t) >= 1 + t"),
        Fact(f"y*ln(y/({b}*x)) >= y - {b}*x", both, "ln t >= 1 - 1/t, times y"),
        Fact(f"{a}*(x/{b} + {b}/x) >= 2*{a}", x, "t + 1/t >= 2 for t > 0"),
    )
    return draw.form(options)


def identity(draw: Draw) -> Fact:
    a, b, power = draw.decimal(0.5, 2), draw.decimal(0.5, 2), draw.pick((2, 3, 4))
    x, both = draw.box("x", 0.2, 4), draw.box("xy", 0.2, 3)
    options = (
        Fact(f"exp({a}*x + {b}*y) = exp({a}*x)*exp({b}*y)", both, "exp of a sum"),
        Fact(f"ln({a}*x^{power}) = ln({a}) + {power}*ln(x)", x, "ln of a product"),
        Fact(f"eml({a}*x, exp({b}*x)) = exp({a}*x) - {b}*x", x, "ln(exp t) = t"),
        Fact(f"eml(ln(x + {a}), 1)*y = x*y + {a}*y", both, "exp(ln t) = t for t > 0"),
        Fact(f"sin({a}*x + y) = sin({a}*x)*cos(y) + cos({a}*x)*sin(y)", both, "sine of a sum"),
        Fact(f"sqrt({a}*x*{a}*x) = {a}*abs(x)", x, "the root of a square"),
    )
    return draw.form(options)


def floor(draw: Draw) -> Fact:
    n = draw.pick((2, 3, 4))
    x, both = draw.box("x", -3, 4), draw.box("xy", -2, 2)
    options = (
        Fact(f"floor(x) + {n} = floor(x + {n})", x, "floor of a number and an integer"),
        Fact(f"{n}*floor(x) <= floor({n}*x)", x, f"{n} floor(x) is an integer not above {n} x"),
        Fact("floor(x) + floor(y) <= floor(x + y)", both, "an integer not above x + y"),
    )
    return draw.form(options)


FACTS: Mapping[str, Callable[[Draw], Fact]] = {
    "zero margin": zero_margin,
    "identity": identity,
    "floor": floor,
}
