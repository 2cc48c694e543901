"""The check on rows that were left out: does the formula do better there than a straight line?

Constants are fitted again without a part of the rows, in turn, and judged on it. Formulas that
were chosen among very many look better than they are even so; linear models (least squares,
and ridge regression) are not chosen. Where one is closer by more than ``SIGNIFICANT`` standard
errors of the paired differences, it takes the lead.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from emlir.plugin_api import Candidate
from emlir_search.form import Form
from emlir_search.match import make_view
from emlir_search.noise import FAR, Noise
from emlir_search.polish import Fitted, assess, polish
from emlir_search.polynomials import linear
from emlir_search.refine import Refiner
from emlir_search.ridge import ridge
from emlir_search.structure import leaves_structure
from emlir_search.transforms import IDENTITY

Array = NDArray[np.float64]
Rows = NDArray[np.int64]
Again = Callable[[Mapping[str, Array], Noise], Form | None]
"""Gives a form with its constants for some rows."""

FOLDS = 6
FEWEST_ROWS = 10
ROWS_TO_DECIDE = 40
"""With fewer rows the check is told, and changes nothing."""
SIGNIFICANT = 1.0
CLEAN = 1e-7
"""Residuals below this part of what varies need no check."""


@dataclass(frozen=True, eq=False)
class Member:
    """A formula in the check, and how it is found again from other rows.

    Constants that are ``drawn`` towards 0 have no standard errors.
    """

    fitted: Fitted
    again: Again
    drawn: bool = False


def checked(refiner: Refiner) -> Iterator[Candidate]:
    """Yield the formula that leads after the check, with its R² on rows left out."""
    leader = refiner.leader
    if (
        leader is None
        or leader.noise.y.size < FEWEST_ROWS
        or leader.rms < CLEAN * leader.noise.spread
    ):
        return
    members = [
        Member(leader, partial(_polished, replace(leader.form, start=leader.theta))),
        *_linear(refiner, leader.noise),
    ]
    losses = [_losses(member, refiner) for member in members]
    chosen = min(range(len(members)), key=lambda k: (float(np.mean(losses[k])), k))
    if not _is_closer(losses[chosen], losses[0]):
        chosen = 0
    winner = members[chosen]
    candidate = refiner.candidate(winner.fitted)
    r2 = 1 - float(np.mean(losses[chosen])) / _variance(leader.noise)
    best = min(refiner.best, leader.score)
    yield replace(
        candidate,
        score=best - 1e-6 * abs(best),
        constants=() if winner.drawn else candidate.constants,
        held_out=r2,
        unexplained=leaves_structure(winner.fitted, refiner),
    )


def _linear(refiner: Refiner, noise: Noise) -> Iterator[Member]:
    """The linear models in all variables, in those that matter, and by ridge regression."""
    for find in (_least_squares, _selected, _ridge):
        form = find(refiner.columns, noise)
        fitted = None if form is None else assess(form, refiner.columns, noise)
        if fitted is not None and refiner.allows(fitted):
            yield Member(fitted, find, drawn=find is _ridge)


def _least_squares(columns: Mapping[str, Array], noise: Noise) -> Form | None:
    view = make_view(IDENTITY, noise, np.arange(noise.y.size))
    return None if view is None else linear(columns, view)


def _selected(columns: Mapping[str, Array], noise: Noise) -> Form | None:
    """Variables are selected on these very rows: a choice made on all of them flatters itself."""
    view = make_view(IDENTITY, noise, np.arange(noise.y.size))
    return None if view is None else linear(columns, view, spare=False)


def _ridge(columns: Mapping[str, Array], noise: Noise) -> Form | None:
    form = _least_squares(columns, noise)
    theta = None if form is None else ridge(form, columns, noise)
    return None if form is None or theta is None else replace(form, start=theta)


def _polished(form: Form, columns: Mapping[str, Array], noise: Noise) -> Form | None:
    found = polish(form, columns, noise)
    return None if found is None else replace(form, start=found.theta)


def _losses(member: Member, refiner: Refiner) -> Array:
    """Return the squared residual of each row, by a formula fitted without it."""
    fitted = member.fitted
    count = fitted.noise.y.size
    order = np.random.default_rng(refiner.problem.seed).permutation(count)
    losses = np.empty(count)
    for left_out in np.array_split(order, min(FOLDS, count)):
        refiner.problem.budget.spend(1, "checking on rows left out")
        used = np.setdiff1d(order, left_out)
        form = member.again(_at(refiner, used), fitted.noise.part(used))
        form = form or replace(fitted.form, start=fitted.theta)
        values, slopes = form.run(_at(refiner, left_out), form.start)
        with np.errstate(all="ignore"):
            residuals, _ = fitted.noise.part(left_out).residuals(values, slopes)
        losses[left_out] = np.minimum(np.abs(residuals), FAR) ** 2
    return losses


def _at(refiner: Refiner, rows: Rows) -> dict[str, Array]:
    return {name: column[rows] for name, column in refiner.columns.items()}


def _is_closer(losses: Array, others: Array) -> bool:
    gains = others - losses
    error = float(np.std(gains)) / np.sqrt(gains.size)
    return gains.size >= ROWS_TO_DECIDE and float(np.mean(gains)) > SIGNIFICANT * error


def _variance(noise: Noise) -> float:
    """What a constant leaves, in the units of squared residuals."""
    y = noise.y / noise.scale if noise.name == "additive" else np.log(np.abs(noise.y))
    weights = np.broadcast_to(noise.roots, y.shape) ** 2
    return float(np.mean(weights * (y - np.average(y, weights=weights)) ** 2)) or 1.0
