"""Basis: a few operators and constants in which everything else is to be written."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from emlir.errors import UnknownNameError
from emlir.expr.core import Expr, Operator
from emlir.expr.operator import Lowering
from emlir.expr.traverse import postorder


@dataclass(frozen=True, eq=False, slots=True)
class Basis:
    """Operators with constants, and how to write the others with them.

    ``lowerings`` gives by operator, macro or number the ways to write it, beside those of
    the operator's own record and of witnesses that name this basis or ``any``.
    """

    name: str
    operators: tuple[Operator, ...]
    constants: Callable[[], tuple[Expr, ...]]
    summary: str = ""
    lowerings: Mapping[str, tuple[Lowering, ...]] = field(default_factory=dict)

    def has(self, node: Expr) -> bool:
        """Whether a node that is no symbol may stand in a tree of this basis."""
        return node.op in self.operators or node in self.constants()

    def tree_size(self, tree: Expr) -> int:
        """The nodes of a tree, where each constant of the basis counts as one leaf.

        The constant -oo of -EML is the negation of oo as a term, of two nodes.
        """
        leaves, sizes = set(self.constants()), dict[Expr, int]()
        for node in postorder((tree,)):
            sizes[node] = 1 if node in leaves else 1 + sum(sizes[arg] for arg in node.args)
        return sizes[tree]


_BASES: dict[str, Basis] = {}


def declare(basis: Basis) -> Basis:
    """Make a basis known under its name."""
    _BASES[basis.name] = basis
    return basis


def find_basis(name: str) -> Basis:
    """Return the basis called ``name``; :class:`emlir.UnknownNameError` if there is none."""
    if name not in _BASES:
        raise UnknownNameError(f"there is no basis {name!r}; there is {', '.join(sorted(_BASES))}")
    return _BASES[name]


def bases() -> tuple[str, ...]:
    """The names of all bases."""
    return tuple(sorted(_BASES))


def basis_of(op: Operator) -> Basis:
    """Return the basis that an operator belongs to; ``LookupError`` if there is none."""
    return next(basis for basis in _BASES.values() if op in basis.operators)


def is_of_basis(op: Operator) -> bool:
    """Whether some basis has the operator."""
    return any(op in basis.operators for basis in _BASES.values())
