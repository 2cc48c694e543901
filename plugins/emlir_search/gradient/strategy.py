"""The strategy ``gradient``: the paper's master formula, trained by Adam from many starts.

It is the baseline that the paper sets (arXiv 2603.21852), not the way to find a law fast: a tree
of eml nodes and nothing else, so that constants other than 1 have to be built.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

import numpy as np

import emlir
from emlir import Expr
from emlir.plugin_api import Candidate, DomainError, InexpressibleError, Problem, symbol
from emlir_search.devices import check_device
from emlir_search.form import Form, parameter
from emlir_search.gradient.shape import Shape, choices_of, tree_of
from emlir_search.gradient.starts import KINDS, Floats, Logits, perturbed, random_start
from emlir_search.gradient.train import Schedule, Training
from emlir_search.refine import Refiner, spread

POINTS = 64
"""Rows of data on which trees are trained."""
DEEPEST = 6
RESTARTS = 16
"""Trees that are trained together."""
CHECK = 50
"""Steps between two looks at what the trees would be if they were snapped now."""
SHOWN = 3
"""Trees that are considered after a look; all are after the last one."""
EXACT = 1e-20
"""A tree that leaves so little of the variance is the law, up to rounding."""
CLOSE = 1e-9
"""The largest error of a law on any row, as a part of the value or of the spread of all."""
LARGEST = 2 ** (DEEPEST + 1)
NOISES = (12.0, 24.0)
"""Of the logits of known trees: that of the paper's warm starts, and twice that."""


class Gradient:
    """The strategy; see the module."""

    def search(self, problem: Problem) -> Iterator[Candidate]:
        """Yield trees as they are found; ValueError for a device that torch cannot use.

        It ends when a tree gives the data to their last digit, or when the time is over.
        """
        check_device(problem.device)
        refiner = Refiner(problem)
        yield from _Search(refiner).run()
        yield from refiner.front()


STRATEGY = Gradient()


@dataclass(slots=True)
class _Search:
    refiner: Refiner
    names: tuple[str, ...] = field(init=False)
    columns: Floats = field(init=False)
    target: Floats = field(init=False)
    weights: Floats | None = field(init=False)
    deepest: int = field(init=False)

    def __post_init__(self) -> None:
        refiner = self.refiner
        points = spread(refiner.y, POINTS)
        self.names = refiner.problem.names
        self.columns = np.stack([column[points] for column in refiner.columns.values()])
        self.target = refiner.y[points]
        roots = np.broadcast_to(refiner.noises[0].roots, refiner.y.shape)[points]
        self.weights = roots**2 if roots.any() else None
        self.deepest = min(DEEPEST, refiner.problem.limits.depth or DEEPEST)

    def run(self) -> Iterator[Candidate]:
        """Train batch after batch, of every depth in turn."""
        yield from self._simplest()
        for number, tree in enumerate(self._known()):
            yield from self._warm(tree, number)
        for turn in count():
            for depth in range(1, self.deepest + 1):
                for bottom in (True, False)[depth == 1 :]:
                    if self._is_resolved():
                        return
                    yield from self._cold(Shape(depth, len(self.names), bottom), turn)

    def _simplest(self) -> Iterator[Candidate]:
        """A constant, which says that there is no law, and the leaves."""
        middle = np.array([float(np.median(self.refiner.y))])
        yield from self._consider(Form(parameter(0), (parameter(0),), middle))
        for leaf in (emlir.const(1), *map(symbol, self.names)):
            yield from self._consider(Form(leaf, (), np.empty(0)))

    def _known(self) -> Iterator[Expr]:
        """What an earlier search found, as far as it is a tree of eml that is not too deep."""
        shape = Shape(self.deepest, len(self.names))
        box = {name: (float(c.min()), float(c.max())) for name, c in self._all_columns.items()}
        for candidate in self.refiner.problem.known:
            try:
                tree = emlir.lower(candidate.expression, assume=box)
            except (DomainError, InexpressibleError):
                continue
            if choices_of(tree, shape, self.names) is not None:
                yield tree

    @property
    def _all_columns(self) -> dict[str, Floats]:
        return self.refiner.problem.columns

    def _warm(self, tree: Expr, number: int) -> Iterator[Candidate]:
        shape = Shape(tree.depth, len(self.names))
        seed = self.refiner.problem.seed
        starts = [
            perturbed(tree, NOISES[k % 2], (seed, 1, number, k), shape, self.names)
            for k in range(RESTARTS)
        ]
        start = Logits.joined([one for one in starts if one is not None])
        yield from self._train(self._training(shape, start, np.random.default_rng((seed, 2))))

    def _cold(self, shape: Shape, turn: int) -> Iterator[Candidate]:
        seed = (self.refiner.problem.seed, 0, turn, shape.depth, int(shape.bottom))
        rng = np.random.default_rng(seed)
        kinds = [KINDS[k % len(KINDS)] for k in range(RESTARTS)]
        start = Logits.joined([random_start(shape, kind, rng) for kind in kinds])
        yield from self._train(self._training(shape, start, rng))

    def _training(self, shape: Shape, start: Logits, rng: np.random.Generator) -> Training:
        def draw() -> Logits:
            return random_start(shape, KINDS[int(rng.integers(len(KINDS)))], rng)

        device = self.refiner.problem.device
        data = self.columns, self.target
        return Training(shape, *data, start, draw, Schedule(), device, self.weights)

    def _train(self, training: Training) -> Iterator[Candidate]:
        """Train, and consider from time to time what the trees would be."""
        while not training.is_over:
            training.step()
            self.refiner.problem.budget.spend(len(training), "training trees")
            if training.step_count % CHECK == 0 or training.is_over:
                shown = len(training) if training.is_over else SHOWN
                yield from self._snapped(training, shown)
                if self._is_resolved():
                    break
        yield from self.refiner.finish()

    def _snapped(self, training: Training, shown: int) -> Iterator[Candidate]:
        choices, losses = training.snapped()
        for row in np.argsort(losses, kind="stable")[:shown].tolist():
            if np.isfinite(losses[row]):
                tree = tree_of(choices[row].tolist(), training.shape, self.names)
                yield from self._consider(Form(tree, (), np.empty(0)), losses[row] < EXACT)

    def _consider(self, form: Form, is_exact: bool = False) -> Iterator[Candidate]:
        """Judge a form by the values that it has over the reals, without any clamp.

        A tree that is exact but leaves the reals on its way, or is infinite there, is considered
        in elementary form.
        """
        noise = self.refiner.noises[0]
        if is_exact and (form.expr, noise.name) not in self.refiner.tried:
            values, _ = form.run(self.refiner.columns, form.start)
            if not np.isfinite(values).all():
                self.refiner.tried.add((form.expr, noise.name))
                columns = self.refiner.columns.items()
                box = {name: (float(c.min()), float(c.max())) for name, c in columns}
                form = Form(emlir.lift(form.expr, assume=box), (), np.empty(0))
        yield from self.refiner.consider(form, noise)
        if is_exact:
            yield from self.refiner.finish()

    def _is_resolved(self) -> bool:
        """Whether the leader gives the data to their last digit, on all rows that count."""
        refiner = self.refiner
        if refiner.leader is None or not refiner.is_resolved(LARGEST):
            return False
        y = refiner.problem.y
        found = emlir.evaluate(refiner.candidate(refiner.leader).expression, self._all_columns)
        room = CLOSE * np.maximum(np.abs(y), np.std(y))
        counts = np.ones_like(y) if refiner.problem.weights is None else refiner.problem.weights
        return bool((np.abs(found - y) <= room)[counts > 0].all())
