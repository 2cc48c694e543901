"""The strategy ``hybrid_mul``: trees of eml and products over 1 and variables, scaled and moved.

The space is that of emltorch's EML + MUL basis: a + b*tree, where the nodes of the tree are
eml(f, g) = exp(f) - ln(g) and f*g, and its leaves variables and constants. First all small trees
and all pairs of them are ranked in closed form; then islands are bred from what came close.
Nothing is clamped: formulas are judged by their values over the reals.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

import numpy as np
from numpy.typing import NDArray

from emlir.plugin_api import Candidate, Problem, number
from emlir_enumerate import Table, build_table
from emlir_search.assemble import assemble
from emlir_search.evolve.backward import Library
from emlir_search.evolve.genomes import Piece, exact_expression, genome
from emlir_search.evolve.island import Setting, State, epoch, merged, started
from emlir_search.evolve.strategy import form_of
from emlir_search.evolve.vocabulary import Vocabulary
from emlir_search.form import Form, parameter
from emlir_search.hybrid.pairs import best_pairs
from emlir_search.hybrid.space import BASIS, FUNCTIONS, bare, is_alive, pair_terms, tree_in
from emlir_search.match import View, make_view, singles
from emlir_search.noise import Noise
from emlir_search.refine import Refiner, spread
from emlir_search.terms import Terms, table_terms
from emlir_search.tidy import tidy
from emlir_search.transforms import IDENTITY

Array = NDArray[np.float64]

POINTS = 100
"""Rows of data on which trees are ranked and bred."""
SIZE, ROWS = 9, 12_000
"""The largest trees of the table, in nodes, and the most of them."""
PAIRED = 2_500
"""Trees, the smallest, that are paired with one another."""
PAIRS = 100
"""Pairs that are looked at again, with exact values."""
KEEP = 12
LENGTHS = (11, 17, 25)
"""The longest formula of each island."""
GENERATIONS = 4
MOVING = 10
REFINED = 6
"""Formulas of each island that are refined after an epoch."""
RESOLVED = 40
"""A formula of so many nodes that matches to the last digit ends the search."""
BACKEND = "native"


class HybridMul:
    """The strategy; see the module."""

    def search(self, problem: Problem) -> Iterator[Candidate]:
        """Yield formulas as they are found.

        Eml nodes stay as they are; products are written as people do, x^2 for x*x.
        """
        refiner = Refiner(problem)
        yield from _Search(refiner).run()
        yield from refiner.front()


STRATEGY = HybridMul()


@dataclass(slots=True)
class _Search:
    refiner: Refiner
    points: NDArray[np.int64] = field(init=False)
    columns: dict[str, Array] = field(init=False)
    noise: Noise = field(init=False)
    view: View = field(init=False)
    vocabulary: Vocabulary = field(init=False)
    seeds: list[Piece] = field(default_factory=list)

    def __post_init__(self) -> None:
        refiner = self.refiner
        self.points = spread(refiner.y, POINTS)
        self.columns = {name: column[self.points] for name, column in refiner.columns.items()}
        self.noise = refiner.noises[0]
        view = make_view(IDENTITY, self.noise, self.points)
        assert view is not None  # the identity applies to all data
        self.view = view
        self.vocabulary = Vocabulary(tuple(self.columns), FUNCTIONS)

    def run(self) -> Iterator[Candidate]:
        """Rank what is small, then breed until the time is over or the data are matched."""
        middle = np.array([float(np.median(self.refiner.y))])
        start = Form(parameter(0), (parameter(0),), middle)
        yield from self.refiner.consider(start, self.noise)
        table = build_table(
            self.columns, BASIS, max_size=SIZE, max_rows=ROWS, on_block=self._spend_on_table
        )
        yield from self._ranked(table)
        if not self.refiner.is_resolved(RESOLVED):
            yield from self._bred(table)

    def _spend_on_table(self, trees: int) -> None:
        self.refiner.problem.budget.spend(trees, "enumerating trees")

    def _ranked(self, table: Table) -> Iterator[Candidate]:
        """Fit the trees of the table, and the pairs of them, that match best."""
        yield from self._best_of(table_terms(table, len(self.columns)))
        if self.refiner.is_resolved(RESOLVED):
            return
        self._spend_on_table(min(PAIRED, len(table)) ** 2)
        few = table.values[:PAIRED], table.size[:PAIRED].astype(np.int64)
        pairs = best_pairs(*few, self.view.target, self.view.weight, PAIRS)
        if pairs:
            yield from self._best_of(pair_terms(pairs, table))

    def _best_of(self, terms: Terms) -> Iterator[Candidate]:
        """Fit a + b*tree for the trees that match best; keep them to breed from."""
        for offset in (False, True):
            for proposal in singles(terms, self.view, offset, KEEP) if len(terms) else ():
                body = terms.term(proposal.members[0])[0]
                piece = genome(body, self.vocabulary, max(LENGTHS))
                if piece is not None:
                    self.seeds.append(piece)
                form = assemble(proposal, terms, self.view)
                if form is not None:
                    yield from self.refiner.consider(form, self.noise)
        yield from self.refiner.finish()

    def _bred(self, table: Table) -> Iterator[Candidate]:
        library = Library.of(table, self.vocabulary)
        settings = [self._setting(longest) for longest in LENGTHS]
        seeds = [*self.seeds, *self._known()]
        islands = [
            started(setting, seeds, library, self._seed(0, place))
            for place, setting in enumerate(settings)
        ]
        for turn in count(1):
            for place, setting in enumerate(settings):
                state = islands[place]
                seed = self._seed(turn, place)
                islands[place] = epoch(setting, state, library, seed, GENERATIONS)
                self.refiner.problem.budget.spend(
                    GENERATIONS * len(state.losses), "evolving formulas"
                )
                yield from self._refined(setting, islands[place])
            islands = _moved(settings, islands)
            yield from self.refiner.finish()
            if self.refiner.is_resolved(RESOLVED):
                return

    def _setting(self, longest: int) -> Setting:
        names = tuple(self.columns)
        view = (self.view.target, self.view.weight)
        return Setting(names, self.columns, *view, BACKEND, longest, FUNCTIONS)

    def _seed(self, *more: int) -> tuple[int, ...]:
        return (self.refiner.problem.seed, *more)

    def _known(self) -> Iterator[Piece]:
        """What an earlier search found, without scale and offset."""
        for candidate in self.refiner.problem.known:
            piece = genome(tree_in(candidate.expression), self.vocabulary, max(LENGTHS))
            if piece is not None:
                yield piece

    def _refined(self, setting: Setting, state: State) -> Iterator[Candidate]:
        """Fit the formulas of a front that gain most, with all constants that matter."""
        for row in state.best(REFINED):
            tree = bare(exact_expression(state.genomes.piece(row), self.vocabulary))
            piece = genome(tree, self.vocabulary, max(LENGTHS))
            if piece is not None and is_alive(piece, self.vocabulary, self.columns):
                form = form_of(piece, self.vocabulary, setting.aim(), IDENTITY)
                if form is not None:
                    yield from self.refiner.consider(with_ones(form), self.noise)


def with_ones(form: Form) -> Form:
    """Fix the constants that are exactly 1, which nothing wanted to move; not offset and scale."""
    for k in range(form.start.size - 1, 1, -1):
        if form.start[k] == 1:
            form = form.fix(k, number(1), form.start)
    return Form(tidy(form.expr), form.parameters, form.start)


def _moved(settings: list[Setting], islands: list[State]) -> list[State]:
    """The best of each island go to the next one, which allows longer formulas."""
    leaving = [state.take(state.best(MOVING)) for state in islands]
    return [
        merged(setting, state, leaving[place - 1])
        for place, (setting, state) in enumerate(zip(settings, islands, strict=True))
    ]
