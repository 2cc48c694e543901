"""The functions that a script declares or defines, each with a name below ``emlir.``.

What SMT-LIB can say exactly is defined; exp, ln, sin and the like are left uninterpreted:
a solver knows nothing about them, so it can show less, but nothing false.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from emlir import exp, floor, ln, where
from emlir.plugin_api import Expr, symbol
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


def function_of(node: Expr) -> Function:
    """Return the function that an operator without a sign in SMT-LIB is."""
    op = node.op
    power = integer_power(node)
    if power is not None:
        return Function(f"emlir.pow.{power}", ("Real",), "Real", _product(power))
    takes = tuple(SORTS[sort] for sort in op.takes)
    arguments = [symbol(f"a{k}") for k in range(1, op.arity + 1)]
    meaning = _MEANINGS.get(op.qualified_name) or op.definition
    body: Expr | str | None = None
    if meaning is not None and "truth" not in op.takes:
        body = meaning(*arguments)
    return Function(operator_name(op.name), takes, SORTS[op.gives], body)


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
