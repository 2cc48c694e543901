"""The functions that a script declares or defines, each with a name below ``emlir.``.

What SMT-LIB can say exactly is defined. exp, ln, sin and the like are uninterpreted in one
style: a solver knows nothing about them, so it can show less, but nothing false. The other
style uses the functions that cvc5 has, and says what ln is by facts about its arguments.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from emlir import cosh, exp, floor, ln, sinh, where
from emlir.plugin_api import Expr, Operator, all_operators, number, symbol
from emlir_smtlib.names import operator_name

MAX_POWER = 64
"""Integer powers up to here are products; larger ones are left uninterpreted."""

SORTS = {"number": "Real", "truth": "Bool"}


@dataclass(frozen=True, slots=True)
class Function:
    """A function of a script; without a body it is only declared."""

    name: str
    takes: tuple[str, ...]
    gives: str
    body: Expr | str | None

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of the arguments in the body."""
        return tuple(f"a{k}" for k in range(1, len(self.takes) + 1))


@dataclass(frozen=True, slots=True)
class Style:
    """Which functions a solver is taken to know.

    ``heads`` are native functions, by qualified name; ``meanings`` define others with them.
    """

    heads: Mapping[str, str] = field(default_factory=dict)
    meanings: Mapping[str, Callable[..., Expr | str]] = field(default_factory=dict)
    logic: str = ""

    def meaning(self, op: Operator) -> Callable[..., Expr | str] | None:
        """Return the function that writes an operator with others, if there is one."""
        found = self.meanings.get(op.qualified_name) or _MEANINGS.get(op.qualified_name)
        return found or op.definition


def function_name(node: Expr) -> str:
    """Return the name of the function that an operator without a sign in SMT-LIB is."""
    power = integer_power(node)
    return operator_name(node.op.name) if power is None else f"emlir.pow.{power}"


def function_of(node: Expr, style: Style) -> Function:
    """Return the function that an operator without a sign in SMT-LIB is."""
    power = integer_power(node)
    if power is not None:
        return _power_function(power)
    return _operator_function(node.op, style)


def _power_function(power: int) -> Function:
    return Function(f"emlir.pow.{power}", ("Real",), "Real", _product(power))


def _operator_function(op: Operator, style: Style) -> Function:
    takes = tuple(SORTS[sort] for sort in op.takes)
    arguments = [symbol(f"a{k}") for k in range(1, op.arity + 1)]
    meaning = style.meaning(op)
    body: Expr | str | None = None
    if meaning is not None and "truth" not in op.takes:
        body = meaning(*arguments)
    return Function(operator_name(op.name), takes, SORTS[op.gives], body)


_POWER_NAME = re.compile(r"emlir\.pow\.(-?[0-9]+)\Z")


def power_exponent(name: str) -> int | None:
    """Return the exponent if a name is that of a power with a fixed one."""
    match = _POWER_NAME.match(name)
    return None if match is None else int(match[1])


def functions_named(name: str) -> list[tuple[Style, Function]]:
    """Return the function that scripts of each style have under a name, if any."""
    power = power_exponent(name)
    if power is not None:
        small = abs(power) <= MAX_POWER
        return [(STYLES["uninterpreted"], _power_function(power))] if small else []
    op = next((op for op in all_operators() if operator_name(op.name) == name), None)
    return [] if op is None else [(s, _operator_function(op, s)) for s in STYLES.values()]


def integer_power(node: Expr) -> int | None:
    """Return the exponent if the node is a small integer power."""
    if node.op.qualified_name != "arithmetic.pow" or not node.args[1].is_number:
        return None
    exponent = node.args[1].number
    small = exponent.denominator == 1 and abs(exponent) <= MAX_POWER
    return exponent.numerator if small else None


def _product(power: int) -> str:
    if power < 0:
        return f"(/ 1.0 {_product(-power)})"
    if power < 2:
        return "a1" if power else "1.0"
    return f"(* {' '.join(['a1'] * power)})"


_MEANINGS: Mapping[str, Callable[..., Expr | str]] = {
    "eml.eml": lambda x, y: exp(x) - ln(y),
    "piecewise.abs": lambda x: where(x >= 0, x, -x),
    "piecewise.min": lambda x, y: where(x <= y, x, y),
    "piecewise.max": lambda x, y: where(x >= y, x, y),
    "piecewise.floor": lambda x: "(to_real (to_int a1))",
    "piecewise.mod": lambda x, y: x - y * floor(x / y),
}


def _tanh(x: Expr) -> Expr:
    return sinh(x) / cosh(x)


STYLES: Mapping[str, Style] = {
    "uninterpreted": Style(),
    "cvc5": Style(
        heads={
            "elementary.pi": "real.pi",
            "elementary.asin": "arcsin",
            "elementary.acos": "arccos",
            "elementary.atan": "arctan",
            **{f"elementary.{name}": name for name in ("exp", "sin", "cos", "tan", "sqrt")},
        },
        meanings={
            "elementary.e": lambda: exp(number(1)),
            "elementary.sinh": lambda x: (exp(x) - exp(-x)) / 2,
            "elementary.cosh": lambda x: (exp(x) + exp(-x)) / 2,
            "elementary.tanh": _tanh,
        },
        logic="T",
    ),
}
"""The styles of scripts by name."""
