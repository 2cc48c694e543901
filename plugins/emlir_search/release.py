"""What the data alone say about the constants of a formula: intervals that forget the snaps.

A constant that was snapped looks certain, and makes those beside it look more certain than they
are. So for the errors all that was snapped is fitted again, a term that was snapped away too.
An offset or a factor that a formula does without cannot be seen in it: in noise, both are
fitted as well if it is additive, the factor if it is relative. Numbers that belong to a shape,
such as the 1 in 1 + exp(x), stay as they are.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

import emlir
from emlir import Expr
from emlir.plugin_api import Constant, number, postorder, write_number
from emlir_search.form import Form, index_of, is_parameter, parameter
from emlir_search.polish import Fitted, polish
from emlir_search.shorten import summands
from emlir_search.tidy import tidy

Array = NDArray[np.float64]

CLEAN = 1e-7
"""Less noise cannot hide an offset or a factor."""


def constants(
    fitted: Fitted,
    columns: Mapping[str, Array],
    written: Mapping[str | Expr, Expr],
    offset: Fraction = Fraction(0),
) -> tuple[Constant, ...]:
    """Return the free constants with the values ``written`` in the formula, then the exact ones.

    An exact constant has the value and the standard error that it has when it is fitted. The
    error of a free one counts how far it moves then. Where the data cannot tell all of them
    apart, as in a/(b + c*x), free ones have the errors that they have beside the exact ones as
    they are, and these are not listed. ``offset`` is added to the whole formula in the end, and
    so to a constant that is a term of it.
    """
    found, exact = _fitted_freely(fitted, columns)
    pairs = zip(found.theta.tolist(), found.errors.tolist(), strict=True)
    known = dict(zip(found.form.parameters, pairs, strict=True))
    free = {
        place: Constant(float(value.number), _distance(float(value.number), *known[place]))
        for place, value in written.items()
        if isinstance(place, Expr)
    }
    listed = free | {place: Constant(*known[place], text) for place, text in exact.items()}
    for place in _terms_of(found, columns) & listed.keys() if offset else ():
        listed[place] = _moved(listed[place], offset)
    return tuple(listed.values())


def _terms_of(fitted: Fitted, columns: Mapping[str, Array]) -> set[Expr]:
    """Return the constants that are added to the formula: it moves by as much as they do."""
    _, slopes = fitted.form.run(columns, fitted.theta)
    is_term = (slopes == 1).all(axis=0).tolist()
    pairs = zip(fitted.form.parameters, is_term, strict=True)
    return {place for place, is_it in pairs if is_it}


def _moved(constant: Constant, offset: Fraction) -> Constant:
    exact = constant.exact
    if exact is not None:
        exact = str(tidy(emlir.parse(exact) + number(offset)))
    return Constant(constant.value + float(offset), constant.error, exact)


def _distance(value: float, freely: float, error: float) -> float:
    """Return how far the truth is from ``value``, root mean square."""
    return float(np.hypot(error, value - freely))


@dataclass(frozen=True, eq=False)
class _Freed:
    """A form with more constants free, and what the formula says in the places of those."""

    form: Form
    exact: Mapping[Expr, str]

    def scaled(self) -> "_Freed":
        """Return the form with a factor in front, unless there is one."""
        place, expr = self._next, self.form.expr
        return self if _has_scale(expr) else self._with(place, place * expr, 1)

    def shifted(self) -> "_Freed":
        """Return the form with an offset, unless there is one."""
        place, expr = self._next, self.form.expr
        return self if _has_offset(expr) else self._with(place, expr + place, 0)

    @property
    def _next(self) -> Expr:
        return parameter(1 + max((index_of(p) for p in self.form.parameters), default=-1))

    def _with(self, place: Expr, expr: Expr, value: int) -> "_Freed":
        parameters = (*self.form.parameters, place)
        form = Form(expr, parameters, np.append(self.form.start, float(value)))
        return _Freed(form, {**self.exact, place: str(value)})


def _fitted_freely(
    fitted: Fitted, columns: Mapping[str, Array]
) -> tuple[Fitted, Mapping[Expr, str]]:
    """Fit all that is free, with what may be missing where the data tell it from the rest."""
    tried = {len(fitted.theta)}  # with nothing more to fit than was fitted
    for freed in _variants(fitted):
        count = len(freed.form.parameters)
        if count not in tried:
            tried.add(count)
            found = polish(freed.form, columns, fitted.noise)
            if found is not None and not found.is_loose and found.errors.all():
                return found, freed.exact
    return fitted, {}


def _variants(fitted: Fitted) -> Iterator[_Freed]:
    """Yield what may be fitted freely, that with most constants first."""
    freed, is_noisy = _freed(fitted), fitted.rms > CLEAN
    if is_noisy and fitted.noise.name == "additive":
        yield freed.scaled().shifted()
        yield freed.shifted()
    if is_noisy or not fitted.theta.size:
        yield freed.scaled()
    yield freed


def _freed(fitted: Fitted) -> _Freed:
    """Free what was snapped; of a formula without free constants all numbers."""
    form = replace(fitted.form, start=fitted.theta)
    if fitted.theta.size and fitted.snapped is None:
        return _Freed(form, {})
    if fitted.theta.size and fitted.snapped is not None:
        exact = {place: str(value) for place, value in fitted.snapped.exact.items()}
        return _Freed(fitted.snapped.form, exact)
    numbers = [node for node in postorder((form.expr,)) if node.is_number]
    places: dict[str | Expr, Expr] = {node: parameter(k) for k, node in enumerate(numbers)}
    start = np.array([float(node.number) for node in numbers])
    free = tuple(parameter(k) for k in range(len(numbers)))
    names = [write_number(node.number) for node in numbers]
    return _Freed(Form(form.expr.subs(places), free, start), dict(zip(free, names, strict=True)))


def _has_scale(expr: Expr) -> bool:
    """Whether a constant already multiplies the whole formula, or it is a sum."""
    node = expr
    while node.op.name in ("mul", "div", "neg"):
        node = node.args[0]
    return node.op.name in ("add", "sub") or is_parameter(node)


def _has_offset(expr: Expr) -> bool:
    """Whether a constant is already added to the whole formula."""
    return any(
        is_parameter(term.args[0] if term.op.name == "neg" else term) for term in summands(expr)
    )
