"""Where the parts of an expression stand in a picture: in layers, arguments below.

A part is one layer below the lowest of its users. A part that is used from higher up too has
a lane: one waypoint in each layer between, which those edges share. Sweeping
down and up, every layer is put in the order of the means of its neighbours; of these orders
the one with the fewest crossings stays, and all move as close to their neighbours as they can.
"""

from bisect import bisect_right, insort
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise

from emlir.plugin_api import Expr, postorder

SWEEPS = 8
GAP = 18.0
"""The space between neighbours in a layer."""


@dataclass(eq=False, slots=True)
class Place:
    """A part, or a waypoint if ``node`` is ``None``; ``x`` is its middle.

    ``below`` are the ends of its edges, one an argument; ``above`` the beginnings of those
    that end here, and which of its edges each is.
    """

    layer: int
    width: float
    node: Expr | None = None
    x: float = 0.0
    below: "list[Place]" = field(default_factory=list)
    above: "list[tuple[Place, int]]" = field(default_factory=list)

    def port(self, k: int) -> float:
        """Return how far right of the middle edge ``k`` begins: arguments keep their order."""
        return self.width * ((k + 1) / (len(self.below) + 1) - 0.5)


Layers = list[list[Place]]
Pull = tuple[float, int]
"""Where a neighbour wants a place to be, and how strongly."""

_STRENGTHS = (1, 2, 8)


def place(root: Expr, widths: Mapping[Expr, float]) -> Layers:
    """Return the layers of a picture from the top, each from left to right."""
    layers = _connect(root, widths)
    for layer in layers:
        _spread(layer, [0.0] * len(layer))
    layers = min(_orders(layers), key=_crossings)
    for _ in range(SWEEPS):
        for layer in (*layers, *reversed(layers)):
            _spread(layer, [_wish(place) for place in layer])
    return layers


def _orders(layers: Layers) -> Iterator[Layers]:
    """Yield arrangements: sweep down and up in turns, each layer sorted by its neighbours."""
    for _ in range(SWEEPS):
        for order, wish in ((layers, _wish_from_above), (layers[::-1], _wish_from_below)):
            for layer in order:
                layer.sort(key=wish)
                _spread(layer, [wish(place) for place in layer])
            yield [list(layer) for layer in layers]


def _crossings(layers: Layers) -> int:
    """Count the pairs of edges that cross; ``index`` is where a place stands in its layer."""
    index = {place: k for layer in layers for k, place in enumerate(layer)}
    total = 0
    for layer in layers:
        ends: list[int] = []
        for lower in (index[lower] for place in layer for lower in place.below):
            total += len(ends) - bisect_right(ends, lower)
            insort(ends, lower)
    return total


def _depths(root: Expr) -> dict[Expr, int]:
    """Return the length of the longest way from the root to each part, in that order."""
    depths: dict[Expr, int] = {}
    for node in reversed(list(postorder((root,)))):
        own = depths.setdefault(node, 0)
        for arg in node.args:
            depths[arg] = max(depths.get(arg, 0), own + 1)
    return depths


def _connect(root: Expr, widths: Mapping[Expr, float]) -> Layers:
    """Make the places of all parts and the waypoints of their lanes."""
    depths = _depths(root)
    layers: Layers = [[] for _ in range(1 + max(depths.values()))]
    lanes: dict[Expr, dict[int, Place]] = {}
    for node, depth in depths.items():
        lanes[node] = {depth: Place(depth, widths[node], node)}
        layers[depth].append(lanes[node][depth])
    for node, depth in depths.items():
        for arg in node.args:
            _link(lanes[node][depth], _lane(lanes[arg], depth + 1, layers))
    return layers


def _lane(lane: dict[int, Place], top: int, layers: Layers) -> Place:
    """Return the place of a lane in layer ``top``; the lane is made longer if it starts lower."""
    for layer in range(min(lane) - 1, top - 1, -1):
        lane[layer] = Place(layer, 0.0)
        layers[layer].append(lane[layer])
        _link(lane[layer], lane[layer + 1])
    return lane[top]


def _link(upper: Place, lower: Place) -> None:
    lower.above.append((upper, len(upper.below)))
    upper.below.append(lower)


def _wish_from_below(place: Place) -> float:
    return _mean(_pulls_from_below(place), place.x)


def _wish_from_above(place: Place) -> float:
    return _mean(_pulls_from_above(place), place.x)


def _wish(place: Place) -> float:
    return _mean([*_pulls_from_below(place), *_pulls_from_above(place)], place.x)


def _pulls_from_below(place: Place) -> list[Pull]:
    ends = enumerate(place.below)
    return [(lower.x - place.port(k), _strength(place, lower)) for k, lower in ends]


def _pulls_from_above(place: Place) -> list[Pull]:
    return [(upper.x + upper.port(k), _strength(upper, place)) for upper, k in place.above]


def _strength(upper: Place, lower: Place) -> int:
    """Lanes are to be straight, edges between nodes may slope."""
    return _STRENGTHS[(upper.node is None) + (lower.node is None)]


def _mean(pulls: Sequence[Pull], otherwise: float) -> float:
    total = sum(strength for _, strength in pulls)
    return sum(x * strength for x, strength in pulls) / total if pulls else otherwise


def _spread(layer: Sequence[Place], wishes: Sequence[float]) -> None:
    """Move a layer as close to the wishes, by least squares, as order and widths allow."""
    steps = ((left.width + right.width) / 2 + GAP for left, right in pairwise(layer))
    shifts = list(accumulate(steps, initial=0.0))
    fitted = _isotonic([wish - shift for wish, shift in zip(wishes, shifts, strict=True)])
    for place, value, shift in zip(layer, fitted, shifts, strict=True):
        place.x = value + shift


def _isotonic(values: Iterable[float]) -> list[float]:
    """Return the closest sequence that never falls: neighbours in the wrong order are pooled."""
    pools: list[tuple[float, int]] = []
    for value in values:
        total, count = value, 1
        while pools and pools[-1][0] / pools[-1][1] >= total / count:
            before = pools.pop()
            total, count = total + before[0], count + before[1]
        pools.append((total, count))
    return [total / count for total, count in pools for _ in range(count)]
