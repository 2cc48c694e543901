"""Island: one population, some generations at a time. An epoch needs nothing but its arguments."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from emlir_search.devices import backend_on
from emlir_search.evolve.aim import Aim
from emlir_search.evolve.backward import Library, Wanted, traced, wanted
from emlir_search.evolve.combine import products, sums
from emlir_search.evolve.genomes import Floats, Genomes, Ints, Piece
from emlir_search.evolve.grow import Grower
from emlir_search.evolve.links import Links, links
from emlir_search.evolve.select import crowding, ranks, survivors, unlike
from emlir_search.evolve.tune import tuned
from emlir_search.evolve.vary import Breeder, replaced
from emlir_search.evolve.vocabulary import FUNCTIONS, Vocabulary

SIZE = 400
"""Formulas on an island."""
LONGEST = 31
TUNING = 2
"""Steps in which the constants of each child are fitted."""
PAIRED = 16
"""Formulas from the front, and others, that are given the best partner in each generation."""
NEAREST = 3
AIMED = 40
"""Children of each generation that semantic backpropagation makes."""


@dataclass(frozen=True, eq=False)
class Setting:
    """What an island is given: the points, the names, and what to start from."""

    names: tuple[str, ...]
    columns: Mapping[str, Floats]
    target: Floats
    weight: Floats
    backend: str
    longest: int = LONGEST
    functions: tuple[str, ...] = FUNCTIONS
    device: str | None = None

    def aim(self) -> Aim:
        """What formulas are judged by."""
        backend = backend_on(self.backend, self.device)
        return Aim(
            Vocabulary(self.names, self.functions), self.columns, self.target, self.weight, backend
        )


@dataclass(frozen=True, eq=False)
class State:
    """A population with its losses."""

    genomes: Genomes
    losses: Floats

    def take(self, rows: Ints) -> "State":
        """Some of the formulas."""
        return State(self.genomes.take(rows), self.losses[rows])

    def best(self, count: int) -> Ints:
        """The formulas of the front that gain most on the next shorter ones, the closest first."""
        order = np.lexsort((self.losses, self.genomes.length))
        lowest = np.minimum.accumulate(np.concatenate([[1.0], self.losses[order][:-1]]))
        gain = np.log(np.maximum(lowest, 1e-300)) - np.log(np.maximum(self.losses[order], 1e-300))
        wins = order[gain > 0]
        ranked = np.argsort(-gain[gain > 0], kind="stable")[: count - 1]
        closest = int(np.argmin(self.losses))
        return np.unique(np.concatenate([[closest], wins[ranked]]))


def started(setting: Setting, seeds: list[Piece], library: Library, seed: tuple[int, ...]) -> State:
    """Return a first population: the seeds, formulas of the library and random ones."""
    rng = np.random.default_rng(seed)
    aim = setting.aim()
    grower = Grower(aim.vocabulary, rng)
    picked = rng.permutation(len(library.pieces))[: SIZE // 2]
    known = [piece for piece in seeds if len(piece[0]) <= setting.longest]
    pieces = [*known, *(library.pieces[k] for k in picked)]
    pieces += [grower.piece(int(rng.integers(1, 12))) for _ in range(2 * SIZE - len(pieces))]
    return _kept(Genomes.of(pieces), aim)


def merged(setting: Setting, state: State, arriving: State) -> State:
    """Return the population after others have arrived, without those that are too long."""
    rows = np.flatnonzero(arriving.genomes.length <= setting.longest)
    return _kept(state.genomes.joined(arriving.genomes.take(rows)), setting.aim())


def epoch(
    setting: Setting, state: State, library: Library, seed: tuple[int, ...], generations: int
) -> State:
    """Return the population after some generations."""
    aim = setting.aim()
    rng = np.random.default_rng(seed)
    breeder = Breeder(aim.vocabulary, setting.longest, rng, Grower(aim.vocabulary, rng))
    for _ in range(generations):
        state = _generation(state, aim, library, breeder, rng)
    return state


def _generation(
    state: State, aim: Aim, library: Library, breeder: Breeder, rng: np.random.Generator
) -> State:
    genomes, losses = state.genomes, state.losses
    found = links(genomes, aim.vocabulary)
    front = ranks(losses, genomes.length)
    room = crowding(losses, genomes.length, front)
    pairs = rng.integers(len(genomes), size=(SIZE, 2))
    first, second = pairs.T
    is_first = (front[first] < front[second]) | (
        (front[first] == front[second]) & (room[first] >= room[second])
    )
    chosen = np.where(is_first, first, second)
    pieces = breeder.children(genomes, found, chosen)
    pieces += _aimed(genomes, found, chosen[:AIMED], aim, library, breeder)
    pieces += _combined(state, aim, library, front, breeder)
    if not pieces:
        return state
    children = Genomes.of(pieces)
    shapes, _ = aim.shapes(aim.values(children))
    fitted = tuned(children, shapes, aim.losses(shapes), aim, TUNING)
    return _kept(genomes.joined(fitted), aim)


def _combined(
    state: State, aim: Aim, library: Library, front: Ints, breeder: Breeder
) -> list[Piece]:
    """Pair formulas of the population with those of library and population."""
    if not aim.vocabulary.has("add", "mul", "pow"):
        return []
    rng = breeder.rng
    order = np.lexsort((rng.random(len(front)), front))
    rows = np.concatenate([order[:PAIRED], rng.permutation(len(front))[:PAIRED]])
    values = aim.values(state.genomes)
    pieces = [state.genomes.piece(row) for row in rows]
    everyone = [state.genomes.piece(row) for row in range(len(state.genomes))]
    others, theirs = (
        [*library.pieces, *everyone],
        np.concatenate([library.values * library.sizes[:, None], values]),
    )
    made = [*sums(pieces, values[rows], others, theirs, aim)]
    made += products(pieces, values[rows], others, theirs, aim)
    return [piece for piece in made if len(piece[0]) <= breeder.longest]


def _kept(genomes: Genomes, aim: Aim) -> State:
    shapes, _ = aim.shapes(aim.values(genomes))
    losses = aim.losses(shapes)
    rows = unlike(shapes, losses, genomes.length)
    best = rows[survivors(losses[rows], genomes.length[rows], SIZE)]
    return State(genomes.take(best), losses[best])


def _aimed(
    genomes: Genomes, found: Links, rows: Ints, aim: Aim, library: Library, breeder: Breeder
) -> list[Piece]:
    """Replace a part of each formula by what fits best in its place."""
    places, wants = [], []
    for row in rows.tolist():
        piece = genomes.piece(row)
        place = int(breeder.rng.integers(len(piece[0])))
        want = _wanted(piece, found.start[row], place, aim)
        if want is not None:
            places.append((piece, int(found.start[row, place]), place + 1))
            wants.append(want)
    if not wants:
        return []
    nearest = library.nearest(wants, NEAREST)
    picks = breeder.rng.integers(NEAREST, size=len(wants))
    made = []
    for (piece, begin, end), want, pick, ranked in zip(places, wants, picks, nearest, strict=True):
        part = library.scaled(int(ranked[pick]), want, aim.vocabulary)
        made.append(replaced(piece, (begin, end), part))
    return [piece for piece in made if len(piece[0]) <= breeder.longest]


@np.errstate(all="ignore")
def _wanted(piece: Piece, start: Ints, place: int, aim: Aim) -> Wanted | None:
    """What the subtree at ``place`` should be, for the best scale and offset of the whole."""
    values = traced(piece, aim.vocabulary, aim.columns)
    matrix = np.stack([aim.weight, values[-1] * aim.weight], axis=1)
    if not np.isfinite(matrix).all():
        return None
    offset, scale = np.linalg.lstsq(matrix, aim.target * aim.weight, rcond=None)[0].tolist()
    if not scale:
        return None
    root = (aim.target - offset) / scale, aim.weight * abs(scale)
    return wanted(piece, start, place, values, root, aim.vocabulary)
