"""Templates: the replacement that a lowering builds, over holes, with its size."""

from dataclasses import dataclass

from emlir.expr.core import Expr, symbol
from emlir.expr.operator import Lowering
from emlir.expr.traverse import postorder
from emlir.ops.basis import Basis

HOLES = tuple(symbol(name) for name in ("x", "y", "z"))

Uses = tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Template:
    """A replacement over holes.

    ``base`` and ``uses`` give the size of its tree, base + sum of uses * size of argument,
    if it is ``pure``: written with the basis alone. ``mixed`` says that it has
    operators of the basis and others.
    """

    way: Lowering
    body: Expr
    holes: tuple[Expr, ...]
    pure: bool
    mixed: bool
    base: int
    uses: Uses
    steps: tuple[tuple[Expr, tuple[int, ...]], ...]
    """The nodes after the holes, with the places of their arguments."""

    def over(self, args: tuple[Expr, ...]) -> Expr:
        """Return the replacement over arguments."""
        built = list(args)
        for node, places in self.steps:
            built.append(node.op(*[built[place] for place in places]) if places else node)
        return built[-1] if self.steps else built[self.holes.index(self.body)]

    def size(self, sizes: tuple[int, ...]) -> int:
        """The size of its tree over arguments of these sizes."""
        return self.base + sum(use * size for use, size in zip(self.uses, sizes, strict=True))


class Templates:
    """Makes templates, each once (a template keeps its lowering, so identities stay)."""

    def __init__(self, basis: Basis) -> None:
        self.basis = basis
        self._made: dict[tuple[object, ...], Template] = {}

    def of(self, way: Lowering, args: tuple[Expr, ...]) -> Template:
        """Return the template of a lowering for these arguments."""
        literals = tuple(arg if way.literal and arg.is_number else None for arg in args)
        key = (id(way), literals)
        if key not in self._made:
            self._made[key] = self._make(way, literals)
        return self._made[key]

    def _make(self, way: Lowering, literals: tuple[Expr | None, ...]) -> Template:
        holes = HOLES[: len(literals)]
        shown = (hole if arg is None else arg for arg, hole in zip(literals, holes, strict=True))
        body: Expr = way.build(*shown)
        inner = [node for node in postorder((body,)) if not node.is_symbol]
        own = [self.basis.has(node) for node in inner]
        base, uses = linear_size(body, holes)
        mixed = any(node.op in self.basis.operators for node in inner) and not all(own)
        return Template(way, body, holes, all(own), mixed, base, uses, _steps(body, holes))


def _steps(body: Expr, holes: tuple[Expr, ...]) -> tuple[tuple[Expr, tuple[int, ...]], ...]:
    places = {hole: place for place, hole in enumerate(holes)}
    steps = []
    for node in postorder((body,)):
        if node not in places:
            places[node] = len(places)
            steps.append((node, tuple(places[arg] for arg in node.args)))
    return tuple(steps)


def linear_size(body: Expr, holes: tuple[Expr, ...]) -> tuple[int, Uses]:
    """Return the tree size of ``body`` without its holes, and how often each hole occurs."""
    nothing = (0,) * len(holes)
    sizes: dict[Expr, tuple[int, Uses]] = {}
    for node in postorder((body,)):
        if node in holes:
            sizes[node] = 0, tuple(int(node is hole) for hole in holes)
            continue
        parts = [sizes[arg] for arg in node.args]
        columns = zip(*(uses for _, uses in parts), strict=True) if parts else ()
        total = tuple(sum(column) for column in columns) if parts else nothing
        sizes[node] = 1 + sum(base for base, _ in parts), total
    return sizes[body]
