"""Dynamics as expressions: a rate for each state variable; other symbols are parameters."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import emlir
from emlir import Expr, cosh, parse
from emlir.plugin_api import exact, number, postorder, substitute, symbol

Rates = Mapping[str, Expr | str]
Values = Mapping[str, Any]
"""Numbers, texts or expressions by name of a symbol."""


@dataclass(frozen=True)
class Dynamics:
    """A system x' = F(x): ``rates`` holds F by state variable, in their order.

    >>> system = Dynamics.of({"x": "-x + k*y", "y": "-y"})
    >>> system.states, system.parameters
    (('x', 'y'), ('k',))
    """

    rates: Mapping[str, Expr]

    @classmethod
    def of(cls, given: "Dynamics | Rates") -> "Dynamics":
        """Make dynamics of rates: expressions, or texts in infix.

        Raises ``ValueError`` if there is none, ``TypeError`` for what is no number expression,
        and :class:`emlir.ParseError` for bad text.
        """
        if isinstance(given, Dynamics):
            return given
        if not isinstance(given, Mapping):
            raise TypeError(f"dynamics are rates by state variable, not {type(given).__name__}")
        if not given:
            raise ValueError("dynamics need at least one state variable")
        return cls({str(name): as_expression(rate) for name, rate in given.items()})

    @property
    def states(self) -> tuple[str, ...]:
        """The state variables, in the order of the rates."""
        return tuple(self.rates)

    @property
    def parameters(self) -> tuple[str, ...]:
        """The other symbols, sorted."""
        found = {name for rate in self.rates.values() for name in rate.symbols}
        return tuple(sorted(found - set(self.rates)))

    def at(self, values: Values | None) -> dict[str, Expr]:
        """Return the rates with values in the places of symbols, all at once.

        Raises ``ValueError`` for a value of a symbol that the dynamics do not have.
        """
        self.check_names(values)
        return {name: placed(rate, values) for name, rate in self.rates.items()}

    def check_names(self, values: Values | None) -> None:
        """Raise ``ValueError`` for a name that is neither a state variable nor a parameter."""
        unknown = set(values or ()) - set(self.states) - set(self.parameters)
        if unknown:
            there = ", ".join((*self.states, *self.parameters))
            raise ValueError(f"there is no {', '.join(sorted(unknown))}; there is {there}")


def as_expression(value: Any) -> Expr:
    """Return a number expression for text, a number (exact, as ``emlir.const``) or itself."""
    if isinstance(value, str):
        value = parse(value)
    if not isinstance(value, Expr):
        return number(exact(value))
    if value.sort != "number":
        raise TypeError(f"a number expression is wanted, not the truth {value}")
    return value


def placed(expr: Expr, values: Values | None) -> Expr:
    """Put values in the places of symbols, all at once."""
    if not values:
        return expr
    return substitute(expr, {symbol(name): as_expression(one) for name, one in values.items()})


def tidy(expr: Expr, assume: Any = None) -> Expr:
    """Return an equal expression, multiplied out and collected."""
    if expr.is_number or expr.is_symbol:
        return expr
    first = emlir.rewrite(expr, _TIDY, assume=assume)
    second = substitute(first, {cosh(0): number(1)})  # of which no rule knows
    return first if second is first else emlir.rewrite(second, _TIDY, assume=assume)


_TIDY = "fold,expand,simplify,expand"


def check_smooth(dynamics: Dynamics) -> None:
    """Raise ``ValueError`` for rates that may have kinks or jumps.

    What is shown of a rate by its derivatives holds only where it has them, everywhere in the box.
    """
    for name, rate in dynamics.rates.items():
        for node in postorder((rate,)):
            if node.op.family == "piecewise":
                raise ValueError(
                    f"the rate of {name} has {node.op.name}, which may make kinks or jumps: "
                    "proofs by derivatives need smooth rates"
                )
