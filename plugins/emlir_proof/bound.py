"""Bounding a form over a box: balls, its form, its monotonicity, and the mean value theorem."""

from collections.abc import Mapping
from fractions import Fraction
from typing import cast

from flint import arb

from emlir.plugin_api import Interval, fold_closed
from emlir_arb import Ball, Evaluator, Value, arithmetic, box_values
from emlir_proof.boxes import Box, middle, shifted
from emlir_proof.form import Form, at
from emlir_proof.reading import Reading

Gradient = Mapping[str, Reading]


def bound(form: Form, box: Box, evaluator: Evaluator, order: int) -> tuple[Reading, Gradient]:
    """Bound a form that is defined on the box, using derivatives up to ``order``.

    Derivatives are bounded by their own derivatives in turn, so that sin(x) - x + x^3/6,
    flat to the fourth order at 0, is seen to rise. Returns the gradient too, empty if none
    was used.
    """
    reading = Reading(evaluator(form.expr))
    if not reading.is_real:
        return reading, {}
    if form.sign:
        reading = reading.meet(_from_sign(form.sign, reading.ball))
    if not order:
        return reading, {}
    gradient = {
        name: bound(partial, box, evaluator, order - 1)[0]
        for name, partial in form.gradient().items()
    }
    if gradient:
        for lowest in (True, False):
            reading = reading.meet(_at_face(form, gradient, box, lowest))
        reading = reading.meet(_mean_value(form, gradient, box))
    return reading, gradient


def _from_sign(sign: int, ball: Value) -> Reading:
    zero = arb(0)
    if sign > 0:
        return Reading(arithmetic().real(zero, ball.hi), lo_open=True)
    return Reading(arithmetic().real(ball.lo, zero), hi_open=True)


def _at_face(form: Form, gradient: Gradient, box: Box, lowest: bool) -> Reading:
    """Bound a form from below (or above) by its values where it is lowest (or highest).

    Symbols in which it is monotone over the box go to the end where that is. If such an
    end is open and the derivative is 0 nowhere in the box, the bound is not reached.
    """
    ends, is_open = _ends(gradient, box, lowest)
    rest = {name: interval for name, interval in box.items() if name not in ends}
    ball = Evaluator(box_values(rest))(fold_closed(at(form.expr, ends), "real"))
    if ball.kind != "real":
        return Reading(ball)
    if lowest:
        return Reading(arithmetic().real(ball.lo, arb.pos_inf()), lo_open=is_open)
    return Reading(arithmetic().real(arb.neg_inf(), ball.hi), hi_open=is_open)


def _ends(gradient: Gradient, box: Box, lowest: bool) -> tuple[dict[str, Fraction], bool]:
    ends: dict[str, Fraction] = {}
    is_open = False
    for name, slope in gradient.items():
        rises = slope.relation("ge").lo is True
        if not rises and slope.relation("le").lo is not True:
            continue
        side = box[name]
        end, end_open = (side.lo, side.lo_open) if rises == lowest else (side.hi, side.hi_open)
        if end is not None:
            ends[name] = end
            is_open |= end_open and slope.relation("ne").lo is True
    return ends, is_open


def _mean_value(form: Form, gradient: Gradient, box: Box) -> Reading:
    """f(box) lies in f(c) + sum of f_i(box) (x_i - c_i): the mean value theorem."""
    if not all(side.is_bounded for side in box.values()):
        return Reading(arithmetic().undecided())
    center = middle(box)
    at_center = {name: Interval(value, value) for name, value in center.items()}
    offsets = {name: shifted(side, -center[name]) for name, side in box.items()}
    total = cast(Ball, Evaluator(box_values(at_center))(form.expr))
    for name, offset in box_values(offsets).items():
        total = total + cast(Ball, gradient[name].ball) * cast(Ball, offset)
    return Reading(total)
