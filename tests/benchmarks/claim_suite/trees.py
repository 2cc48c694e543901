"""Random trees of eml that are defined on a box of positive numbers."""

from dataclasses import dataclass
from itertools import product
from typing import Any

from tests.benchmarks.claim_suite.draw import Box, Draw, Shape
from tests.benchmarks.claim_suite.optimum import largest
from tests.benchmarks.claim_suite.truth import UndefinedError, value

SMALLEST_LOGARITHM_OF = 0.05
LARGEST_EXPONENT = 6
SMALLEST_RANGE = 0.01


@dataclass(frozen=True, slots=True)
class Tree:
    """A tree as text, and pairs of exponent and argument of its operators, inner ones first."""

    text: str
    nodes: tuple[tuple[str, str], ...] = ()


def nested(draw: Draw) -> Shape:
    """Return a tree of depth 3 to 5, the first one drawn that is defined and not too steep."""
    names, depth = draw.form(("x", "xy", "xyz")), draw.pick((3, 4, 5))
    while True:
        tree, box = _tree(draw, depth, names), draw.box(names, 0.5, 2)
        if all(name in tree.text for name in names) and _is_good(tree, box):
            return Shape(tree.text, box)


def _tree(draw: Draw, depth: int, names: str) -> Tree:
    if depth == 0:
        return Tree(draw.pick(("1", *names)))
    depths = (depth - 1, draw.pick(range(depth)))
    left, right = (_tree(draw, below, names) for below in draw.pick((depths, depths[::-1])))
    nodes = (*left.nodes, *right.nodes, (left.text, right.text))
    return Tree(f"eml({left.text}, {right.text})", nodes)


def _is_good(tree: Tree, box: Box) -> bool:
    """Whether a tree is defined, not too steep and not constant; inner nodes are judged first."""
    try:
        return _is_tame_at_corners(tree, box) and _is_tame(tree, box) and _varies(tree.text, box)
    except UndefinedError:
        return False


def _is_tame_at_corners(tree: Tree, box: Box) -> bool:
    """Whether all is well at the corners, which most trees are not; this takes little time."""
    corners = [dict(zip(box, ends, strict=True)) for ends in product(*box.values())]
    return all(
        value(exponent, corner) <= LARGEST_EXPONENT
        and value(argument, corner) >= SMALLEST_LOGARITHM_OF
        for exponent, argument in tree.nodes
        for corner in corners
    )


def _is_tame(tree: Tree, box: Box) -> bool:
    return all(
        _largest(exponent, box) <= LARGEST_EXPONENT
        and -_largest(f"-{argument}", box) >= SMALLEST_LOGARITHM_OF
        for exponent, argument in tree.nodes
    )


def _varies(text: str, box: Box) -> bool:
    return bool(_largest(text, box) + _largest(f"-{text}", box) > SMALLEST_RANGE)


def _largest(text: str, box: Box) -> Any:
    return largest(Shape(text, box)).value
