"""The pass ``lower``: every elementary expression as a pure EML tree.

For each operator the first lowering of its record is taken that is valid under the semantics
and whose condition the assumptions discharge at that place. Symbols stand for reals. Where
no lowering can be shown to be right, it is refused: nothing is guessed.
"""

from typing import Any, Literal

from emlir.assumptions import Assumptions
from emlir.errors import LoweringError
from emlir.expr.calculus import rebuild
from emlir.expr.core import Expr, Operator, number
from emlir.expr.operator import Lowering
from emlir.expr.traverse import postorder
from emlir.ops import trees
from emlir.plugins import manager
from emlir.rewrite.pipeline import Context
from emlir.semantics import check_semantics

Constants = Literal["keep", "expand"]


def lower(
    expr: Expr, *, assume: Any = None, semantics: str = "real", constants: Constants = "keep"
) -> Expr:
    """Return a tree of ``eml``, 1, symbols and (with ``constants="keep"``) numbers.

    Args:
        assume: anything that :meth:`emlir.Assumptions.of` takes; more is short, and more is
            possible, where more is known. Symbols are real.
        semantics: where the tree is to be right. ``real`` has no sin; in ``complex`` the
            intermediate values leave the real line.
        constants: ``keep`` leaves numbers as leaves, each counting 1 in K; ``expand``
            builds them from 1.

    Raises:
        LoweringError: an operator cannot be lowered where it stands; says which, and what
            is not known. ``TypeError`` for a truth expression.

    >>> import emlir
    >>> str(emlir.lower(emlir.parse("ln(x)"), assume="x > 0"))
    'eml(1, eml(eml(1, x), 1))'
    """
    context = Context(check_semantics(semantics), Assumptions.of(assume))
    return lower_in(expr, context, constants)


def lower_in(expr: Expr, context: Context, constants: Constants = "keep") -> Expr:
    """Lower under a given context."""
    if expr.sort != "number":
        raise TypeError("a truth expression has no EML tree")
    return _Lowerer(context, constants).run(expr)


class _Lowerer:
    def __init__(self, context: Context, constants: Constants) -> None:
        self.context = context
        self.expand = constants == "expand"
        self.result: dict[Expr, Expr] = {}
        self.bodies: dict[Expr, Expr] = {}
        self.real: dict[Expr, bool] = {}

    def run(self, root: Expr) -> Expr:
        stack = [root]
        while stack:
            node = stack[-1]
            if node in self.result:
                stack.pop()
                continue
            body = self._body(node)
            needed = node.args if body is None else (body,)
            pending = [part for part in needed if part not in self.result]
            if not pending:
                stack.pop()
                self.result[node] = self._finish(node, body)
            else:
                stack.extend(reversed(pending))
        return self.result[root]

    def _finish(self, node: Expr, body: Expr | None) -> Expr:
        if body is not None:
            return self.result[body]
        return rebuild(node, tuple(self.result[arg] for arg in node.args))

    def _body(self, node: Expr) -> Expr | None:
        """Return what to lower instead of ``node``; ``None`` if it is EML already."""
        if node.is_symbol or node.op.name == "eml":
            return None
        if node.is_number:
            return expand_number(node) if self.expand and node.number != 1 else None
        if node not in self.bodies:
            self.bodies[node] = self._choose(node)
        return self.bodies[node]

    def _choose(self, node: Expr) -> Expr:
        semantics = self.context.semantics
        candidates = [way for way in _ways(node.op) if semantics in way.semantics]
        if not candidates and node.op.definition is not None:
            return node.op.definition(*node.args)  # type: ignore[no-any-return]
        if not all(self.is_real(arg) for arg in node.args):
            raise LoweringError(
                f"{node.op.name} of an argument that is not shown to be a real number"
            )
        for way in candidates:
            if way.requires is None or self.context.holds(way.requires(*node.args)):
                return self._trust(way.build(*node.args), node)
        raise LoweringError(_refusal(node, candidates, semantics))

    def _trust(self, body: Expr, node: Expr) -> Expr:
        """Note what a lowering promises: its ordinary operators have real arguments."""
        self.real[body] = self.real.get(body, self.real.get(node, True))
        for inner in postorder((body,)):
            if inner.op.name != "eml":
                for arg in inner.args:
                    self.real.setdefault(arg, True)
        return body

    def is_real(self, root: Expr) -> bool:
        """Whether the value is shown to be a finite real, given that symbols are."""
        if self.context.semantics == "real":
            return True
        stack = [root]
        while stack:
            node = stack[-1]
            pending = [arg for arg in node.args if arg not in self.real]
            if node in self.real or not pending:
                stack.pop()
                if node not in self.real:
                    self.real[node] = self._is_real_node(node)
            else:
                stack.extend(pending)
        return self.real[root]

    def _is_real_node(self, node: Expr) -> bool:
        if node.op.name in ("i", "inf") or not all(self.real[arg] for arg in node.args):
            return False
        domain = node.op.domain
        return domain is None or self.context.holds(domain(*node.args))


def _ways(operator: Operator) -> tuple[Lowering, ...]:
    """The lowerings of an operator, those of plugins first."""
    offered = manager()
    witnesses = offered.names("witnesses")
    more = offered.get("witnesses", operator.name) if operator.name in witnesses else ()
    return (*more, *operator.lowerings)


def _refusal(node: Expr, candidates: list[Lowering], semantics: str) -> str:
    name = node.op.name
    if not candidates:
        return f"{name} has no EML tree in the semantics {semantics}" + (
            "; try semantics='complex'" if semantics != "complex" and node.op.lowerings else ""
        )
    needs = [way.requires(*node.args) for way in candidates if way.requires is not None]
    shown = " or ".join(dict.fromkeys(repr(need).removeprefix("<Expr ")[:-1] for need in needs))
    return f"{name} can be lowered where {shown}; this does not follow from the assumptions"


def expand_number(node: Expr) -> Expr:
    """Write an exact number with 1, +, quotients and EML negation (binary doubling)."""
    value = node.number
    if value < 0:
        return trees.real_negation(number(-value))
    if value.denominator != 1:
        return _ratio(_integer(value.numerator), _integer(value.denominator))
    return _integer(value.numerator)


def _integer(value: int) -> Expr:
    if value == 0:
        return trees.zero_tree()
    result = number(1)
    for bit in bin(value)[3:]:
        result = result + result
        if bit == "1":
            result = result + 1
    return result


def _ratio(numerator: Expr, denominator: Expr) -> Expr:
    return numerator / denominator
