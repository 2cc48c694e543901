"""``lr_sweep``: what one step along a gradient does to the loss, at several learning rates."""

import math
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from emlir_equilibrium.gradients.adjoint import loss_of
from emlir_equilibrium.gradients.estimating import estimate
from emlir_equilibrium.gradients.relaxing import relax
from emlir_equilibrium.pictures import Panel, Picture, Series
from emlir_equilibrium.problem import EquilibriumProblem
from emlir_equilibrium.report import Cost, Report

Rule = Literal["sgd", "sign"]
RATES = (1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2)


@dataclass(frozen=True)
class Move:
    """A step: the change of the loss, and the residual where it was measured.

    ``change`` is ``None`` where the loss was not finite.
    """

    method: str
    rate: float
    change: float | None
    residual: float | None


@dataclass(frozen=True, kw_only=True)
class LrSweepReport(Report):
    """The loss before, and its change at each rate."""

    loss: float
    moves: tuple[Move, ...] = ()

    def best(self, method: str) -> Move | None:
        """Return the step of a method that lowers the loss most; ``None`` if none does."""
        found = [
            one
            for one in self.moves
            if one.method == method and one.change is not None and one.change < 0
        ]
        return min(found, key=lambda one: one.change or 0.0, default=None)

    def picture(self) -> Picture:
        """The change of the loss by rate, a line for each method."""
        lines = []
        for method in dict.fromkeys(one.method for one in self.moves):
            steps = [one for one in self.moves if one.method == method and one.change is not None]
            rates = tuple(one.rate for one in steps)
            lines.append(Series(rates, tuple(one.change or 0.0 for one in steps), method))
        panel = Panel("rate", "change of the loss", tuple(lines), x_scale="log", across=(0.0,))
        return Picture(f"one step along each gradient: {self.status}", (panel,))


def lr_sweep(
    problem: EquilibriumProblem,
    methods: Iterable[str] = ("asymep", "implicit"),
    rates: Iterable[float] = RATES,
    *,
    rule: Rule = "sgd",
    free_steps: int = 300,
    steps: int | None = None,
) -> LrSweepReport:
    """Take one step p - rate * g from the same parameters for each method and rate.

    ``sign`` steps along the sign of g, which is Adam's first step. Each loss is measured after
    ``free_steps`` steps of relaxation. The parameters are put back.
    """
    tried = tuple(rates)
    at = relax(problem, None, free_steps)[0]
    before, residual = _loss(problem, free_steps)
    moves: list[Move] = []
    cost = Cost()
    notes: list[str] = []
    for method in methods:
        made = estimate(problem, at, method, steps=None if method == "implicit" else steps)
        cost += made.cost
        notes += [f"{method}: {note}" for note in made.notes]
        if made.status == "refused":
            continue
        for rate in tried:
            with moved(problem, made.gradients, rate, rule):
                after, rest = _loss(problem, free_steps)
            finite = math.isfinite(after)
            moves.append(
                Move(method, rate, after - before if finite else None, rest if finite else None)
            )
    return LrSweepReport(
        status="ok" if math.isfinite(before) and moves else "inconclusive",
        method=f"one {rule} step, {free_steps} steps of relaxation",
        loss=before,
        moves=tuple(moves),
        cost=cost + Cost(force=free_steps * (2 + len(moves))),
        evidence={"residual": residual},
        notes=tuple(notes),
    )


@contextmanager
def moved(
    problem: EquilibriumProblem, gradients: Mapping[str, Tensor], rate: float, rule: Rule = "sgd"
) -> Iterator[None]:
    """Let the parameters be p - rate * g inside."""
    kept = {name: one.detach().clone() for name, one in problem.parameters.items()}
    try:
        with torch.no_grad():
            for name, one in problem.parameters.items():
                step = gradients[name].sign() if rule == "sign" else gradients[name]
                one -= rate * step
        yield
    finally:
        with torch.no_grad():
            for name, one in problem.parameters.items():
                one.copy_(kept[name])


def _loss(problem: EquilibriumProblem, free_steps: int) -> tuple[float, float]:
    z, _ = relax(problem, None, free_steps)
    with torch.no_grad():
        return float(loss_of(problem, z)), float(problem.residual_of(z).max())
