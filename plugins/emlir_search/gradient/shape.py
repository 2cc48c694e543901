"""The master formula: a full binary tree of eml nodes whose inputs are chosen among few things."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

import emlir
from emlir import Expr
from emlir.plugin_api import number, postorder, symbol

Ints = NDArray[np.int64]

DEEPEST = 10
"""Beyond, a full tree has thousands of nodes."""


BELOW = -1
"""The choice of the node below an input; 0 is 1, then come the variables."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How deep the tree is, and how many variables there are.

    Every input of every node is a mixture of 1, the variables and, above the leaves, the node
    below it (arXiv 2603.21852, master formula). The paper's experiments have the variables at the
    leaves only: ``bottom``. Inputs are numbered level by level from the root, from left to right:
    the level ``k`` has 2^k inputs from 2^k - 2, and the node below the input ``p`` of a level has
    the inputs 2p and 2p + 1 of the next one.
    """

    depth: int
    variables: int
    bottom: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.depth <= DEEPEST:
            raise ValueError(f"the depth of a tree must be 1 to {DEEPEST}, not {self.depth}")

    @property
    def leaves(self) -> int:
        """Inputs of the lowest nodes."""
        return int(2**self.depth)

    @property
    def inner(self) -> int:
        """Inputs that have a node below."""
        return self.leaves - 2

    @property
    def terms(self) -> int:
        """Between how many things an inner input chooses."""
        return 2 if self.bottom else self.variables + 2

    @property
    def parameters(self) -> int:
        """Weights of all mixtures: 5*2^n - 6 for one variable."""
        return self.inner * self.terms + self.leaves * (self.variables + 1)

    def level(self, k: int) -> slice:
        """The inputs of a level; the root has those of level 1."""
        return slice(2**k - 2, 2 ** (k + 1) - 2)


def tree_of(choices: Sequence[int], shape: Shape, names: Sequence[str]) -> Expr:
    """Write the tree in which each input is what ``choices`` says."""
    leaves = (number(1), *(symbol(name) for name in names))
    below: list[Expr] = []
    for k in range(shape.depth, 0, -1):
        chosen = choices[shape.level(k)]
        inputs = [
            below[place] if choice == BELOW else leaves[choice]
            for place, choice in enumerate(chosen)
        ]
        below = [emlir.eml(*pair) for pair in zip(inputs[::2], inputs[1::2], strict=True)]
    return below[0]


def choices_of(tree: Expr, shape: Shape, names: Sequence[str]) -> Ints | None:
    """Read a tree as choices; ``None`` if it does not fit into the shape.

    Inputs below a chosen 1 or variable, which the tree does not say, are 1.
    """
    if not tree.args or tree.depth > shape.depth or not is_pure(tree, names):
        return None
    choices = np.zeros(shape.inner + shape.leaves, dtype=np.int64)
    todo = [(tree, 0, 0)]  # a node, and the level and place of the input that it is below
    while todo:
        node, level, place = todo.pop()
        for side, arg in enumerate(node.args):
            at = 2 * place + side
            index = shape.level(level + 1).start + at
            if arg.args:
                choices[index] = BELOW
                todo.append((arg, level + 1, at))
            elif arg.is_symbol:
                if shape.bottom and level + 1 < shape.depth:
                    return None
                choices[index] = 1 + list(names).index(arg.name)
    return choices


def is_pure(tree: Expr, names: Sequence[str]) -> bool:
    """Whether a tree is made of eml, 1 and these variables alone."""
    return all(
        node.op.name == "eml"
        or (node.is_symbol and node.name in names)
        or (node.is_number and node.number == 1)
        for node in postorder((tree,))
    )
