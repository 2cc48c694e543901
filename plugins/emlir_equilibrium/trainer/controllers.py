"""What steers training by the residual: penalty weight, gate, fuse; and the mean of parameters."""

import math
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

RESIDUAL_TARGET = 1.5e-3
"""ept's published target of the residual."""

WEIGHT_BOUNDS = (0.1, 32.0)
"""ept's published bounds of the penalty's weight."""

WINDOW = 50
"""The steps over which the rate of skipped nudges is taken."""


@dataclass
class WeightController:
    """The weight of a penalty: up while the residual is above its target, down while below.

    A step multiplies the weight by (residual/target)^``gain``, by at most ``most`` either way, and
    keeps it within its bounds.
    """

    weight: float = WEIGHT_BOUNDS[0]
    target: float = RESIDUAL_TARGET
    bounds: tuple[float, float] = WEIGHT_BOUNDS
    gain: float = 0.05
    most: float = 1.2

    def __post_init__(self) -> None:
        low, high = self.bounds
        if not 0 < low <= high or not self.target > 0:
            raise ValueError("bounds and target of the weight are above 0, the lower bound first")
        self.weight = min(max(self.weight, low), high)

    def update(self, residual: float) -> float:
        """Take in a residual; return the new weight. One that is not finite counts as huge."""
        if not math.isfinite(residual):
            factor = self.most
        else:
            factor = (max(residual, 1e-300) / self.target) ** self.gain
        low, high = self.bounds
        bounded = min(max(factor, 1 / self.most), self.most)
        self.weight = min(max(self.weight * bounded, low), high)
        return self.weight


@dataclass
class Gate:
    """Skips the nudge where the free phase has not settled, and in the first ``warm_up`` steps.

    Without a ``limit`` it looks at no residual.
    """

    limit: float | None
    warm_up: int = 0
    recent: deque[bool] = field(default_factory=lambda: deque(maxlen=WINDOW))

    def skips(self, residual: float) -> bool:
        """Decide on a step, and remember it."""
        skipped = self.warm_up > 0 or (self.limit is not None and not residual <= self.limit)
        self.warm_up = max(self.warm_up - 1, 0)
        self.recent.append(skipped)
        return skipped

    @property
    def rate(self) -> float:
        """The part of the last steps that were skipped."""
        return sum(self.recent) / len(self.recent) if self.recent else 0.0


class Diverged(RuntimeError):  # noqa: N818
    """Training has diverged and the fuse has blown."""


@dataclass
class Fuse:
    """Stops a run that has diverged.

    It blows where the loss or residual is not finite, the residual exceeds ``residual``, or the
    loss exceeds the lowest one by more than ``rise``.
    """

    residual: float = 10.0
    rise: float = 3.0
    lowest: float = math.inf
    blown: str | None = None

    def check(self, loss: float, residual: float) -> str | None:
        """Take in a step; return why the fuse has blown, or ``None``."""
        if not (math.isfinite(loss) and math.isfinite(residual)):
            self.blown = "the loss or the residual is not finite"
        elif residual > self.residual:
            self.blown = f"the residual is {residual:.2g}, above {self.residual:g}"
        elif loss > self.lowest + self.rise:
            self.blown = f"the loss is {loss:.3g}, above the lowest by more than {self.rise:g}"
        else:
            self.lowest = min(self.lowest, loss)
        return self.blown


class ParameterMean:
    """The exponential mean of parameters, without the bias of its first values."""

    def __init__(self, parameters: Mapping[str, Tensor], decay: float = 0.999) -> None:
        if not 0 <= decay < 1:
            raise ValueError(f"the decay of the mean lies in [0, 1), not at {decay}")
        self.decay = decay
        self.parameters = dict(parameters)
        self.steps = 0
        self.totals = {name: torch.zeros_like(one) for name, one in self.parameters.items()}

    def update(self) -> None:
        """Take in the present values."""
        self.steps += 1
        with torch.no_grad():
            for name, one in self.parameters.items():
                self.totals[name].lerp_(one.detach(), 1 - self.decay)

    def state(self) -> dict[str, Any]:
        """Return what was taken in so far, as copies."""
        totals = {name: one.clone() for name, one in self.totals.items()}
        return {"steps": self.steps, "totals": totals}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from what :meth:`state` returned."""
        self.steps = state["steps"]
        put(self.totals, state["totals"])

    def values(self) -> dict[str, Tensor]:
        """Return the mean; the present values if none was taken in."""
        if not self.steps:
            return {name: one.detach().clone() for name, one in self.parameters.items()}
        weight = 1 - self.decay**self.steps
        return {name: one / weight for name, one in self.totals.items()}

    @contextmanager
    def applied(self) -> Iterator[None]:
        """Let the parameters be their mean inside."""
        kept = {name: one.detach().clone() for name, one in self.parameters.items()}
        put(self.parameters, self.values())
        try:
            yield
        finally:
            put(self.parameters, kept)


def put(parameters: Mapping[str, Tensor], values: Mapping[str, Tensor]) -> None:
    """Copy values into parameters."""
    with torch.no_grad():
        for name, one in parameters.items():
            one.copy_(values[name])
