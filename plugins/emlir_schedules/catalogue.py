"""Families of schedules: functions from parameters to an expression in the step.

A family is a function with keyword parameters that returns an expression in ``t``, offered by
the hook ``emlir_schedules``. A parameter annotated ``Expr`` is a number, given to the function
as a symbol; one annotated ``int`` or ``str`` is given as it is, and may change the structure. A
parameter called ``length`` is the number of steps from the first rate to the last; it
is the total without warm-up, unless it is said.
"""

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from emlir import Expr
from emlir.plugin_api import exact, manager, symbol
from emlir_schedules.core import Number, Schedule, warmup as warmed_up, whole

LENGTH = "length"


@dataclass(frozen=True)
class Family:
    """A family by name."""

    name: str
    function: Callable[..., Expr]

    @property
    def summary(self) -> str:
        """The first line of its documentation."""
        return (inspect.getdoc(self.function) or "").partition("\n")[0]

    @cached_property
    def parameters(self) -> dict[str, inspect.Parameter]:
        """The parameters of its function."""
        return dict(inspect.signature(self.function, eval_str=True).parameters)

    @property
    def form(self) -> Expr:
        """The formula, with the names of the parameters; structure at its defaults."""
        return self.function(**{name: symbol(name) for name in self.parameters if self._is(name)})

    def build(self, total: int | None, **given: Any) -> Schedule:
        """Return the member with these parameters; see :func:`schedule`."""
        self._check(given, total)
        if LENGTH in self.parameters and LENGTH not in given and total is not None:
            given[LENGTH] = total
        values = {name: self._value(name, given) for name in self.parameters}
        numbers = {name: value for name, value in values.items() if self._is(name)}
        rest = {name: value for name, value in values.items() if not self._is(name)}
        form = self.function(**{name: symbol(name) for name in numbers}, **rest)
        if LENGTH in form.symbols and numbers[LENGTH] <= 0:
            raise ValueError(f"{self.name} needs a total, or a length above 0")
        used = {name: numbers[name] for name in numbers if name in form.symbols}
        return Schedule(form, used, total)

    def _check(self, given: dict[str, Any], total: int | None) -> None:
        unknown = sorted(set(given) - set(self.parameters))
        if unknown:
            known = ", ".join(self.parameters)
            raise ValueError(f"{self.name} has no parameter {', '.join(unknown)}; it has {known}")
        missing = [
            "total" if name == LENGTH else name
            for name, parameter in self.parameters.items()
            if parameter.default is parameter.empty
            and name not in given
            and not (name == LENGTH and total is not None)
        ]
        if missing:
            raise ValueError(f"{self.name} needs {', '.join(missing)}")

    def _value(self, name: str, given: dict[str, Any]) -> Any:
        parameter = self.parameters[name]
        value = given.get(name, parameter.default)
        if self._is(name):
            return value.number if isinstance(value, Expr) else exact(value)
        if parameter.annotation is int:
            return whole(value, f"{name} of {self.name}")
        if not isinstance(value, parameter.annotation) or isinstance(value, bool):
            raise TypeError(f"{name} of {self.name} is no {parameter.annotation.__name__}")
        return value

    def _is(self, name: str) -> bool:
        """Whether a parameter is a number of the formula."""
        return self.parameters[name].annotation is Expr


@cache
def family(name: str) -> Family:
    """Return the family called ``name``; ``emlir.UnknownNameError`` if no plugin offers it."""
    return Family(name, manager().get("schedules", name))


def families() -> list[str]:
    """Return the names of all families."""
    return manager().names("schedules")


def schedule(
    name: str, *, total: int | None = None, warmup: int = 0, start: Number = 0, **parameters: Any
) -> Schedule:
    """Return a schedule of a family.

    ``total`` is the number of steps of training, ``warmup`` how many of them rise linearly from
    ``start`` to the first rate of the family, which begins after them. Numbers may be
    given as ints, floats, decimal strings or Fractions, and are exact: 0.1 is 1/10.

    Raises ``emlir.UnknownNameError`` for a family that no plugin offers, ``ValueError`` for
    parameters that it does not have or that it needs.

    >>> from emlir_schedules import schedule
    >>> print(schedule("inverse_sqrt", timescale=100).expression)
    1/sqrt((t + 100)/100)
    >>> schedule("linear", total=10, final=0.5).trace().tolist()[:3]
    [1.0, 0.95, 0.9]
    """
    warmup = whole(warmup, "warmup")
    total = None if total is None else whole(total, "total", 1)
    if total is not None and warmup >= total:
        raise ValueError(f"a warm-up of {warmup} steps does not fit into {total}")
    left = None if total is None else total - warmup
    body = family(name).build(left, **parameters)
    made = warmed_up(body, warmup, start)
    return Schedule(
        made.form, made.parameters, total, _text(name, total, warmup, start, parameters)
    )


def _text(
    name: str, total: int | None, warmup: int, start: Number, parameters: dict[str, Any]
) -> str:
    said: dict[str, object] = {} if total is None else {"total": total}
    said |= {"warmup": warmup} if warmup else {}
    said |= {"start": start} if start else {}
    said |= parameters
    return f"{name}({', '.join(f'{key}={_spelled(value)}' for key, value in said.items())})"


def _spelled(value: object) -> str:
    if not isinstance(value, str) or value.isidentifier() or _NUMBER.match(value):
        return str(value)
    return f'"{value}"'


_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\Z")
