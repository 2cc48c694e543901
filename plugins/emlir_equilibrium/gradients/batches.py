"""``batch_self_cos``: whether an estimator errs by chance or always in one direction."""

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from emlir_equilibrium.gradients.comparing import WHOLE, agreement, flat
from emlir_equilibrium.gradients.estimating import GradientEstimate, estimate
from emlir_equilibrium.gradients.relaxing import relax
from emlir_equilibrium.pictures import Panel, Picture, Series, bars
from emlir_equilibrium.problem import EquilibriumProblem
from emlir_equilibrium.report import Cost, Report

GOOD = 0.9
"""The cosine from which an average counts as right."""


@dataclass(frozen=True, kw_only=True)
class SelfCosineReport(Report):
    """Gradients of several batches against one another, and their averages against the reference.

    ``self_cos`` is the mean cosine between batches, ``reference_self_cos`` that of exact
    gradients on the same batches. ``averaged`` maps a number of batches to the cosine of the
    estimator's mean over the first ones with the exact mean over the same ones. ``cause`` is
    ``none`` (the mean over all is right, and so is one batch), ``variance`` (averaging mends
    it), ``bias`` (it does not), ``undecided`` (a gradient is 0 or not finite).
    """

    self_cos: float
    reference_self_cos: float
    averaged: Mapping[int, float] = field(default_factory=dict)
    cause: str = "none"
    residual: float = 0.0

    def picture(self) -> Picture:
        """The cosine with the exact mean by the number of batches, and the two self-cosines."""
        numbers = tuple(float(one) for one in self.averaged)
        line = Series(numbers, tuple(self.averaged.values()))
        means = Panel(
            "batches in the mean", "cosine with the exact mean", (line,), across=(0.0, 1.0)
        )
        own: dict[str, float | None] = {
            "estimator": self.self_cos,
            "exact": self.reference_self_cos,
        }
        between = bars(own, "cosine between batches", across=(0.0, 1.0))
        return Picture(f"cause of disagreement: {self.cause}", (means, between))


def batch_self_cos(
    problems: Sequence[EquilibriumProblem],
    method: str = "asymep",
    *,
    reference: str = "implicit",
    free_steps: int = 1000,
    steps: int | None = None,
    radius: float | None = None,
) -> SelfCosineReport:
    """Compare the gradients of two or more batches, which are problems with the same parameters."""
    if len(problems) < 2:
        raise ValueError("self-cosines need at least two batches")
    made, exact = [], []
    for problem in problems:
        at = relax(problem, None, free_steps, 1e-14)[0]
        made.append(estimate(problem, at, method, steps=steps, radius=radius))
        exact.append(estimate(problem, at, reference))
    if any(one.status == "refused" for one in made):
        return SelfCosineReport(
            status="refused",
            method=method,
            self_cos=0.0,
            reference_self_cos=0.0,
            notes=made[0].notes,
        )
    averaged = _averages(_vectors(made), _vectors(exact))
    residual = max(one.residual for one in exact)
    at_rest = all(one.status == "ok" for one in exact)
    cause = _cause(averaged)
    return SelfCosineReport(
        status="ok" if at_rest and cause != "undecided" else "inconclusive",
        method=f"{method} on {len(problems)} batches against {reference}",
        self_cos=_mean_cosine(_vectors(made)),
        reference_self_cos=_mean_cosine(_vectors(exact)),
        averaged=averaged,
        cause=cause,
        residual=residual,
        cost=sum((one.cost for one in made + exact), Cost()),
        evidence={"residual": residual},
        notes=() if at_rest else ("some batch is not at rest",),
    )


def _vectors(made: list[GradientEstimate]) -> list[Tensor]:
    return [flat(one.gradients, tuple(one.gradients)) for one in made]


def _cosine(first: Tensor, second: Tensor) -> float:
    found = agreement("", WHOLE, first, second)
    return float("nan") if found is None else found.cosine


def _mean_cosine(vectors: list[Tensor]) -> float:
    pairs = [_cosine(*pair) for pair in itertools.combinations(vectors, 2)]
    return sum(pairs) / len(pairs)


def _averages(made: list[Tensor], exact: list[Tensor]) -> dict[int, float]:
    """The cosine of means over 1, 2, 4, ... and over all batches."""
    counts = [1 << power for power in range(len(made).bit_length()) if 1 << power < len(made)]
    return {
        count: _cosine(torch.stack(made[:count]).mean(0), torch.stack(exact[:count]).mean(0))
        for count in [*counts, len(made)]
    }


def _cause(averaged: Mapping[int, float]) -> str:
    few, many = averaged[1], averaged[max(averaged)]
    if math.isnan(few) or math.isnan(many):
        return "undecided"
    if few >= GOOD and many >= GOOD:
        return "none"
    return "variance" if many >= GOOD else "bias"
