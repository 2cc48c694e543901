"""The space of trees of eml and products: its basis, and its trees as terms and as formulas."""

import operator
from collections.abc import Mapping, Sequence
from functools import reduce

import numpy as np

import emlir
from emlir import Expr
from emlir.plugin_api import number, postorder, rebuild
from emlir_enumerate import EML, Basis, Function, Table
from emlir_search.evolve.backward import traced
from emlir_search.evolve.genomes import Genomes, Piece
from emlir_search.evolve.links import links
from emlir_search.evolve.vocabulary import Vocabulary
from emlir_search.hybrid.pairs import Array, Pair
from emlir_search.terms import Terms

FUNCTIONS = ("eml", "mul")
BASIS = Basis((*EML.functions, Function("mul", 2, np.multiply, emlir.mul, commutes=True)), (1, -1))
"""Over the variables, and 1 and -1 for constants of either sign."""
_BY_NAME = {function.name: function for function in BASIS.functions}
HIGHEST = 8
"""The highest power that is read as a product."""
LOST = 1e-12
"""A term that is so small beside the other one does nothing."""
NODE = 1.6
"""What a node costs, in nats, on average."""


@np.errstate(all="ignore")
def pair_terms(pairs: Sequence[Pair], table: Table) -> Terms:
    """Make the trees of pairs of classes; those that are undefined or too large are left out."""
    made = [_BY_NAME[p.name].values(table.values[p.left], table.values[p.right]) for p in pairs]
    values = np.stack(made)
    good = np.flatnonzero(np.max(np.abs(values), axis=1) < 1e140)
    kept = [pairs[k] for k in good.tolist()]
    source: list[tuple[Expr, tuple[float, ...]]] = [
        (_BY_NAME[p.name].build(table.expression(p.left), table.expression(p.right)), ())
        for p in kept
    ]
    cost = NODE * np.array([expr.tree_size for expr, _ in source], dtype=np.float64)
    rows = np.arange(len(kept))
    return Terms(values[good], cost, source, rows, np.full(len(kept), -1))


def bare(tree: Expr) -> Expr:
    """Take out of a tree what scale and offset of the whole do as well.

    That is a constant factor of the tree, a constant first argument of an eml at the root, and,
    as ln(c*g) = ln(c) + ln(g), a constant factor of its second argument.
    """
    tree = _without_factors(tree)
    if tree.op.name == "eml":
        first, second = tree.args
        first = first if first.symbols else emlir.const(1)
        return emlir.eml(first, _without_factors(second))
    return tree


def is_alive(piece: Piece, vocabulary: Vocabulary, columns: Mapping[str, Array]) -> bool:
    """Whether every eml node needs both of its terms, but for a logarithm of 1.

    Otherwise one is lost in the rounding of the other at all points, and the formula only looks
    like what it is said to be: exp(-250000) - ln(exp(x)) is not -x.
    """
    values = traced(piece, vocabulary, columns)
    found = links(Genomes.of([piece]), vocabulary)
    with np.errstate(all="ignore"):
        for place in np.flatnonzero(piece[0] == vocabulary.function("eml")).tolist():
            right = values[found.right[0, place]]
            exp, ln = np.exp(values[found.left[0, place]]), np.abs(np.log(right))
            if (exp < LOST * ln).all() or ((ln < LOST * exp).all() and (right != 1).any()):
                return False
    return True


def tree_in(formula: Expr) -> Expr:
    """Return the tree of a formula that the strategy printed, without scale and offset.

    Powers, quotients and signs are products again. What is not such a formula comes back with
    operators that are not in the space.
    """
    made: dict[Expr, Expr] = {}
    for node in postorder((formula,)):
        args = [made[arg] for arg in node.args]
        made[node] = _as_product(node, args)
    root = made[formula]
    varying = [arg for arg in root.args if arg.symbols]
    if root.op.name in ("add", "sub") and len(varying) == 1:
        (root,) = varying
    return _without_factors(root)


def _as_product(node: Expr, args: list[Expr]) -> Expr:
    name = node.op.name
    if name == "neg":
        return number(-1) * args[0]
    if name == "div" and args[1].is_number and args[1].number:
        return number(1 / args[1].number) * args[0]
    if name == "pow" and args[1].is_number and args[1].number in range(2, HIGHEST + 1):
        return reduce(operator.mul, [args[0]] * int(args[1].number))
    return rebuild(node, tuple(args))


def _without_factors(tree: Expr) -> Expr:
    """A product without its constant factors; 1 if nothing is left."""
    factors, todo = [], [tree]
    while todo:
        node = todo.pop()
        if node.op.name == "mul":
            todo += reversed(node.args)
        elif node.symbols:
            factors.append(node)
    return reduce(operator.mul, factors) if factors else emlir.const(1)
