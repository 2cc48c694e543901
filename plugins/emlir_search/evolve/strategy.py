"""The strategy ``evolution``: islands of formulas that are bred towards the data.

Some islands look for y, and where y has one sign some look for ln y, whose formulas become
products. Islands differ in the length that they allow; after each epoch the best of an island
move to the next. What is on the fronts is fitted with all its constants, snapped, and judged by
description length, as in the strategy ``exact``.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

import emlir
from emlir import Expr
from emlir.plugin_api import Candidate, Problem
from emlir_search.devices import check_device
from emlir_search.evolve.aim import Aim
from emlir_search.evolve.backward import Library
from emlir_search.evolve.genomes import Floats, Genomes, Piece, expression, genome
from emlir_search.evolve.island import Setting, State, epoch, merged, started
from emlir_search.evolve.vocabulary import Vocabulary
from emlir_search.form import Form, parameter
from emlir_search.noise import Noise
from emlir_search.refine import Refiner, spread
from emlir_search.tidy import tidy
from emlir_search.transforms import IDENTITY, LOGARITHM, Transform, main_sign, usable
from emlir_search.wide import wide_table

POINTS = 128
"""Rows of data on which populations are judged."""
LENGTHS = (11, 15, 21, 31)
"""The longest formula of each island."""
CLASSES = 12_000
"""Classes of the library."""
GENERATIONS = 4
"""In an epoch, between which the best move."""
MOVING = 10
REFINED = 6
"""Formulas of each island that are refined after an epoch."""
EPOCHS = 10_000
RESOLVED = 40
"""A formula of so many nodes that matches to the last digit ends the search."""
BACKEND = "native"


class Evolution:
    """The strategy; see the module."""

    def search(self, problem: Problem) -> Iterator[Candidate]:
        """Yield formulas as they are found; ValueError for a device that torch cannot use."""
        check_device(problem.device)
        refiner = Refiner(problem)
        yield from evolved(refiner, [candidate.expression for candidate in problem.known])
        yield from refiner.front()


STRATEGY = Evolution()


def evolved(
    refiner: Refiner, seeds: Sequence[Expr], is_enough: Callable[[int], bool] = lambda since: False
) -> Iterator[Candidate]:
    """Breed formulas from seeds and others, in the units of the refiner.

    Ends when a formula matches the data to their last digit, or when ``is_enough`` says so,
    which is asked with the number of epochs in which nothing better was found.
    """
    yield from _Archipelago(refiner, tuple(seeds), is_enough).run()


@dataclass(slots=True)
class _View:
    """One way to look at the target, with its islands."""

    transform: Transform
    noise: Noise
    settings: list[Setting]
    library: Library
    islands: list[State]


@dataclass(slots=True)
class _Archipelago:
    """All islands of a search; formulas that are known are among the first."""

    refiner: Refiner
    seeds: tuple[Expr, ...]
    is_enough: Callable[[int], bool]

    def run(self) -> Iterator[Candidate]:
        """Breed until the time is over, the data are matched, or it is enough."""
        views = list(self._views())
        best, since = self.refiner.best, 0
        for count in range(EPOCHS):
            for view in views:
                for place in range(len(view.islands)):
                    self._breed(view, place, count)
                    yield from self._refined(view, view.islands[place])
                _move(view)
            yield from self.refiner.finish()
            since = 0 if self.refiner.best < best else since + 1
            best = self.refiner.best
            if self.refiner.is_resolved(RESOLVED) or self.is_enough(since):
                return

    def _views(self) -> Iterator[_View]:
        refiner = self.refiner
        points = spread(refiner.y, POINTS)
        names = tuple(refiner.columns)
        columns = {name: column[points] for name, column in refiner.columns.items()}
        for transform, noise in ((IDENTITY, refiner.noises[0]), (LOGARITHM, refiner.noises[-1])):
            found = usable(transform, noise.y)
            if found is None or (transform is LOGARITHM and len(refiner.noises) < 2):
                continue
            target, slope = (part[points] for part in found)
            weight = slope * noise.weights()[points]
            settings = [
                Setting(
                    names,
                    columns,
                    target,
                    weight / weight.max(),
                    BACKEND,
                    longest,
                    device=refiner.problem.device,
                )
                for longest in LENGTHS
            ]
            library = Library.of(wide_table(columns, self._spend, CLASSES), Vocabulary(names))
            seeds = list(self._seeds(names, transform))
            islands = [
                started(setting, seeds, library, self._seed(transform, place))
                for place, setting in enumerate(settings)
            ]
            yield _View(transform, noise, settings, library, islands)

    def _seeds(self, names: tuple[str, ...], transform: Transform) -> Iterator[Piece]:
        for seen in self.seeds:
            if transform is LOGARITHM:
                seen = emlir.ln(seen)
            piece = genome(seen, Vocabulary(names), max(LENGTHS))
            if piece is not None:
                yield piece

    def _seed(self, transform: Transform, *more: int) -> tuple[int, ...]:
        return (self.refiner.problem.seed, int(transform is LOGARITHM), *more)

    def _breed(self, view: _View, place: int, count: int) -> None:
        seed = self._seed(view.transform, place, count + 1)
        setting, state = view.settings[place], view.islands[place]
        view.islands[place] = epoch(setting, state, view.library, seed, GENERATIONS)
        self._spend(GENERATIONS * len(state.losses))

    def _spend(self, count: int) -> None:
        self.refiner.problem.budget.spend(count, "evolving formulas")

    def _refined(self, view: _View, state: State) -> Iterator[Candidate]:
        """Fit the formulas of a front that gain most, with all their constants."""
        vocabulary = Vocabulary(view.settings[0].names)
        for row in state.best(REFINED):
            piece, aim = state.genomes.piece(row), view.settings[0].aim()
            form = form_of(piece, vocabulary, aim, view.transform, main_sign(view.noise.y))
            if form is not None:
                yield from self.refiner.consider(form, view.noise)


def _move(view: _View) -> None:
    """The best of each island go to the next one, which allows longer formulas."""
    leaving = [state.take(state.best(MOVING)) for state in view.islands]
    for place, (setting, state) in enumerate(zip(view.settings, view.islands, strict=True)):
        view.islands[place] = merged(setting, state, leaving[place - 1])


def form_of(
    piece: Piece, vocabulary: Vocabulary, aim: Aim, transform: Transform, sign: float = 1.0
) -> Form | None:
    """Write a + b*f as a form, seen through the transform; all constants are free.

    ``sign`` is that of y, which its logarithm does not show.
    """
    values = aim.values(Genomes.of([piece]))[0]
    solved = _line(values, aim)
    if solved is None:
        return None
    offset, scale = solved
    inner = piece[1][piece[0] == vocabulary.constant]
    start = [offset, scale, *inner.tolist()]
    places = [parameter(k) for k in range(len(start))]
    body = expression(piece, vocabulary, places[2:])
    if transform.log:
        with np.errstate(over="ignore"):
            start[0] = sign * float(np.exp(start[0]))
        if not np.isfinite(start[0]):
            return None
        expr = places[0] * emlir.exp(places[1] * body)
    else:
        expr = places[0] + places[1] * body
    return Form(tidy(expr), tuple(places), np.array(start))


@np.errstate(all="ignore")
def _line(values: Floats, aim: Aim) -> tuple[float, float] | None:
    size = np.max(np.abs(values))
    matrix = np.stack([aim.weight, values / size * aim.weight], axis=1)
    if not np.isfinite(matrix).all():
        return None
    offset, scale = np.linalg.lstsq(matrix, aim.target * aim.weight, rcond=None)[0].tolist()
    return offset, scale / float(size)
