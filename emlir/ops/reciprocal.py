"""Functions that are no operators here, by exact definitions: what readers make of them.

The reciprocal circular and hyperbolic functions, their principal inverses, and the ceiling.
Arccot is not among them, as authors differ on its values for negative arguments.
"""

from collections.abc import Callable, Mapping

from emlir.expr.core import Expr, build


def _reciprocal(name: str) -> Callable[[Expr], Expr]:
    return lambda x: 1 / build(name, x)


def _of_reciprocal(name: str) -> Callable[[Expr], Expr]:
    return lambda x: build(name, 1 / x)


DEFINED: Mapping[str, Callable[[Expr], Expr]] = {
    "sec": _reciprocal("cos"),
    "csc": _reciprocal("sin"),
    "cot": lambda x: build("cos", x) / build("sin", x),  # 1/tan is undefined where this is 0
    "sech": _reciprocal("cosh"),
    "csch": _reciprocal("sinh"),
    "coth": _reciprocal("tanh"),
    "asec": _of_reciprocal("acos"),
    "acsc": _of_reciprocal("asin"),
    "asech": _of_reciprocal("acosh"),
    "acsch": _of_reciprocal("asinh"),
    "acoth": _of_reciprocal("atanh"),
    "ceil": lambda x: -build("floor", -x),
}
"""What each function is of its argument."""
