"""Training many soft trees at once: Adam, then a falling temperature, then the largest choices."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from emlir_search.devices import usable_device
from emlir_search.gradient.formula import Pair, tree_values
from emlir_search.gradient.shape import Ints, Shape
from emlir_search.gradient.starts import Floats, Logits

Rows = NDArray[np.int64]
Draw = Callable[[], Logits]
"""Gives the weights of one new tree."""

DECAYS = 0.9, 0.999
TINY = 1e-8


@dataclass(frozen=True, slots=True)
class Schedule:
    """How training goes.

    ``search`` steps at the temperature ``warm``, then ``harden`` steps in which it falls to
    ``cold``, the rate to 0, and the penalties for undecided inputs rise to ``entropy`` and
    ``binary``. The temperatures and penalties are those of the paper's toolkit. So short and so
    fast it finds more than with the toolkit's steps (``TOOLKIT``), on the paper's own targets.
    """

    search: int = 800
    harden: int = 400
    rate: float = 0.4
    warm: float = 2.5
    cold: float = 0.01
    entropy: float = 0.02
    binary: float = 0.02
    slowest: float = 0.01

    @property
    def steps(self) -> int:
        """All steps."""
        return self.search + self.harden

    def at(self, step: int) -> tuple[float, float, float]:
        """Return the temperature, the rate, and how far hardening is (0 to 1)."""
        part = max(0.0, (step - self.search) / self.harden)
        heat = self.warm * (self.cold / self.warm) ** (part * part)
        return heat, self.rate * max(self.slowest, (1 - part) ** 2), part


TOOLKIT = Schedule(search=6000, harden=2000, rate=0.01)


class Training:
    """Trees of one shape in training; each has its own loss and its own steps.

    ``columns`` (variables, points) and ``target`` are the data, ``weights`` how much each point
    counts, ``start`` the first weights of the trees, and ``draw`` gives new ones.

    A tree whose loss or slopes are not finite is drawn again, or, once hardening has begun, rests
    as it is.
    """

    def __init__(
        self,
        shape: Shape,
        columns: Floats,
        target: Floats,
        start: Logits,
        draw: Draw | None = None,
        schedule: Schedule = Schedule(),
        device: str | None = None,
        weights: Floats | None = None,
    ) -> None:
        self.shape, self.schedule, self._draw = shape, schedule, draw
        self.step_count, self.redrawn = 0, 0
        self._device = usable_device(device)
        ones = np.ones((1, target.size))
        self._columns = self._tensor(np.concatenate([ones, columns]))
        self._target = self._tensor(target)
        rows = np.ones_like(target) if weights is None else weights
        self._rows = self._tensor(rows / rows.sum())
        self._scale = max(float(np.var(target)), np.finfo(np.float64).tiny)
        self._weights = [self._tensor(part) for part in (start.inner, start.leaf)]
        self._moments = [[torch.zeros_like(w) for w in self._weights] for _ in DECAYS]
        self._age = self._tensor(np.zeros(len(start)))
        self._best = [w.clone() for w in self._weights]
        self._lowest = torch.full_like(self._age, torch.inf)

    def _tensor(self, values: Floats) -> Tensor:
        return torch.tensor(values, dtype=torch.float64, device=self._device)

    def __len__(self) -> int:
        return len(self._age)

    @property
    def is_over(self) -> bool:
        """Whether all steps are done."""
        return self.step_count >= self.schedule.steps

    def step(self) -> None:
        """Take one step with every tree."""
        if self.step_count == self.schedule.search:
            self._back_to_best()
        heat, rate, hardness = self.schedule.at(self.step_count)
        self.step_count += 1
        weights = [w.requires_grad_() for w in self._weights]
        logs = [(w / heat).log_softmax(-1) for w in weights]
        mixed = [log.exp() for log in logs]
        loss = self._losses(tree_values(mixed, self._columns, self.shape))
        whole = loss + hardness * self._undecided(mixed, logs)
        slopes = torch.autograd.grad(whole.sum(), weights, materialize_grads=True)
        with torch.no_grad():
            self._weights = [w.detach() for w in weights]
            good = torch.isfinite(whole)
            for s in slopes:
                good &= torch.isfinite(s).flatten(1).all(1)
            self._remember(loss, good)
            self._move(slopes, good, rate)
            if hardness == 0 and self._draw is not None:
                self._draw_again(torch.nonzero(~good).ravel().tolist())

    def snapped(self) -> tuple[Ints, Floats]:
        """Return the largest choice of every input, and the loss of these trees."""
        with torch.no_grad():
            hard = [_one_hot(w) for w in self._weights]
            losses = self._losses(tree_values(hard, self._columns, self.shape))
        return self.logits().choices(), losses.cpu().numpy()

    def logits(self) -> Logits:
        """The weights as they are now."""
        return Logits(*(w.detach().cpu().numpy() for w in self._weights))

    def keep(self, rows: Rows) -> None:
        """Go on with some of the trees only."""
        index = torch.as_tensor(rows, device=self._device)
        self._weights = [w[index] for w in self._weights]
        self._moments = [[m[index] for m in some] for some in self._moments]
        self._best = [w[index] for w in self._best]
        self._age, self._lowest = self._age[index], self._lowest[index]

    def _losses(self, values: Pair) -> Tensor:
        """Mean squared distance in the plane, as a part of the variance of the target."""
        re, im = values
        return ((re - self._target) ** 2 + im**2) @ self._rows / self._scale

    def _undecided(self, mixed: list[Tensor], logs: list[Tensor]) -> Tensor:
        """The penalty for inputs that are not one choice: entropy, and how far from 0 or 1."""
        total = torch.zeros_like(self._age)
        for part, log in zip(mixed, logs, strict=True):
            entropy = -(part * log).sum(-1).mean(-1)
            binary = (part * (1 - part)).sum(-1).mean(-1)
            if part.shape[1]:
                total = total + self.schedule.entropy * entropy + self.schedule.binary * binary
        return total

    def _remember(self, loss: Tensor, good: Tensor) -> None:
        better = good & (loss < self._lowest)
        self._lowest = torch.where(better, loss, self._lowest)
        pairs = zip(self._weights, self._best, strict=True)
        self._best = [torch.where(better[:, None, None], w, b) for w, b in pairs]

    def _back_to_best(self) -> None:
        """Hardening starts from the closest soft tree, without momentum."""
        self._weights = [w.clone() for w in self._best]
        self._moments = [[torch.zeros_like(w) for w in self._weights] for _ in DECAYS]
        self._age = torch.zeros_like(self._age)

    def _move(self, slopes: Sequence[Tensor], good: Tensor, rate: float) -> None:
        """One step of Adam (Kingma and Ba 2015), for the trees whose slopes are finite."""
        self._age = self._age + good
        moved = good[:, None, None]
        fades = [(1 - decay ** self._age.clamp(min=1))[:, None, None] for decay in DECAYS]
        for k, slope in enumerate(slopes):
            for power, (decay, some) in enumerate(zip(DECAYS, self._moments, strict=True)):
                new = decay * some[k] + (1 - decay) * slope ** (power + 1)
                some[k] = torch.where(moved, new, some[k])
            first, second = (
                some[k] / fade for some, fade in zip(self._moments, fades, strict=True)
            )
            change = rate * first / (second.sqrt() + TINY)
            self._weights[k] = torch.where(moved, self._weights[k] - change, self._weights[k])

    def _draw_again(self, rows: list[int]) -> None:
        for row in rows:
            assert self._draw is not None
            new = self._draw()
            for k, part in enumerate((new.inner, new.leaf)):
                self._weights[k][row] = self._tensor(part[0])
                for some in self._moments:
                    some[k][row] = 0.0
            self._age[row] = 0.0
            self.redrawn += 1


def _one_hot(weights: Tensor) -> Tensor:
    choices = weights.argmax(-1)
    return torch.nn.functional.one_hot(choices, weights.shape[-1]).to(weights.dtype)
