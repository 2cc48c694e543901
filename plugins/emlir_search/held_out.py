"""The check on rows that were left out: is a larger formula of the front really closer?

Description length decides between formulas, and prefers small ones. Where the data are noisy,
the constants of the front are fitted again without a part of the rows, in turn, and judged on
it. A formula that is closer there by more than ``SIGNIFICANT`` standard errors of the paired
differences takes the lead.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from emlir.plugin_api import Candidate
from emlir_search.noise import FAR, Noise
from emlir_search.polish import Fitted, polish
from emlir_search.refine import Refiner
from emlir_search.snap import snap

Array = NDArray[np.float64]
Rows = NDArray[np.int64]

FOLDS = 10
FEWEST_ROWS = 10
ROWS_TO_DECIDE = 40
"""With fewer rows the check is told, and changes nothing."""
SIGNIFICANT = 2.0
CLEAN = 1e-7
"""Residuals below this part of the signal need no check."""


def checked(refiner: Refiner) -> Iterator[Candidate]:
    """Yield the formula that leads after the check, with its R² on rows left out."""
    leader = refiner.leader
    if leader is None or leader.noise.y.size < FEWEST_ROWS or leader.rms < CLEAN:
        return
    members = [leader, *_front(refiner, leader)]
    losses = [_losses(member, refiner) for member in members]
    chosen = min(range(len(members)), key=lambda k: (float(np.mean(losses[k])), k))
    if not _is_closer(losses[chosen], losses[0]):
        chosen = 0
    winner = members[chosen]
    if chosen:
        winner = snap(winner, refiner.columns, refiner.problem.budget.spend)
    r2 = 1 - float(np.mean(losses[chosen])) / _variance(leader.noise)
    best = min(refiner.best, leader.score)
    yield replace(refiner.candidate(winner), score=best - 1e-6 * abs(best), held_out=r2)


def _front(refiner: Refiner, leader: Fitted) -> list[Fitted]:
    """The formulas under the leader's noise that are closer than all smaller ones."""
    found: list[Fitted] = []
    for (_, noise), fitted in sorted(refiner.by_size.items(), key=lambda item: item[0]):
        is_closer = not found or fitted.rms < found[-1].rms
        if noise == leader.noise.name and is_closer and fitted.form.expr != leader.form.expr:
            found.append(fitted)
    return found


def _losses(fitted: Fitted, refiner: Refiner) -> Array:
    """Return the squared residual of each row, by constants fitted without it."""
    count = fitted.noise.y.size
    order = np.random.default_rng(refiner.problem.seed).permutation(count)
    losses = np.empty(count)
    for left_out in np.array_split(order, min(FOLDS, count)):
        refiner.problem.budget.spend(1, "checking on rows left out")
        used = np.setdiff1d(order, left_out)
        form = replace(fitted.form, start=fitted.theta)
        again = polish(form, _at(refiner, used), _part(fitted.noise, used))
        theta = fitted.theta if again is None else again.theta
        values, slopes = fitted.form.run(_at(refiner, left_out), theta)
        with np.errstate(all="ignore"):
            residuals, _ = _part(fitted.noise, left_out).residuals(values, slopes)
        losses[left_out] = np.minimum(residuals, FAR) ** 2
    return losses


def _at(refiner: Refiner, rows: Rows) -> dict[str, Array]:
    return {name: column[rows] for name, column in refiner.columns.items()}


def _part(noise: Noise, rows: Rows) -> Noise:
    roots = noise.roots if isinstance(noise.roots, float) else noise.roots[rows]
    return replace(noise, y=noise.y[rows], roots=roots)


def _is_closer(losses: Array, others: Array) -> bool:
    gains = others - losses
    error = float(np.std(gains)) / np.sqrt(gains.size)
    return gains.size >= ROWS_TO_DECIDE and float(np.mean(gains)) > SIGNIFICANT * error


def _variance(noise: Noise) -> float:
    """What a constant leaves, in the units of squared residuals."""
    y = noise.y / noise.scale if noise.name == "additive" else np.log(np.abs(noise.y))
    weights = np.broadcast_to(noise.roots, y.shape) ** 2
    return float(np.mean(weights * (y - np.average(y, weights=weights)) ** 2)) or 1.0
