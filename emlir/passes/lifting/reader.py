"""Reader: follows the values of an expression from the leaves up."""

from functools import lru_cache

from emlir.assumptions import Assumptions
from emlir.expr.calculus import rebuild
from emlir.expr.core import Expr, Operator
from emlir.expr.table import builtin
from emlir.expr.traverse import postorder
from emlir.ops.basis import basis_of
from emlir.ops.macros import MACROS
from emlir.passes.lifting.algebra import Algebra
from emlir.passes.lifting.functions import unfolding_of, value_of
from emlir.passes.lifting.gauss import real
from emlir.passes.lifting.reality import Obligation, Reality
from emlir.passes.lifting.store import Store
from emlir.passes.lifting.sums import UnknownValueError, leaf, number
from emlir.passes.lifting.templates import Match, Matcher
from emlir.passes.lifting.values import Value, apply, same
from emlir.passes.lifting.write import Writer
from emlir.rewrite.context import Context
from emlir.semantics import Semantics

UNREAL = ("i", "inf")


class Reader:
    """Reads expressions under obligations; ``refused=None`` takes nothing for granted."""

    def __init__(
        self,
        assumptions: Assumptions,
        semantics: Semantics | None,
        refused: frozenset[Obligation] | None,
    ) -> None:
        self.semantics = semantics
        self.context = Context(semantics or "complex", assumptions, reals=True)
        self.store = Store()
        self.trusting = refused is not None
        self.reality = Reality(self.store, refused or frozenset(), semantics, self._leaf_is_real)
        self.writer = Writer(self.store, self.reality)
        self.algebra = Algebra(self.store, self.reality)
        self._unreal: dict[Expr, bool] = {}
        self._result = 0

    @property
    def obligations(self) -> frozenset[Obligation]:
        """What was taken for granted."""
        return frozenset(self.reality.owed)

    def written(self, key: int) -> Expr:
        """The expression of a sum."""
        return self.writer.write(key)

    def read(self, root: Expr) -> Expr:
        """Return the expression without operators of a basis."""
        values: dict[Expr, Value] = {}
        plans: dict[Expr, list[Match]] = {}
        stack = [root]
        while stack:
            node = stack[-1]
            if node in values:
                stack.pop()
                continue
            if node not in plans:
                plans[node] = self._plan(node)
            needed = plans[node][0].args if plans[node] else node.args
            pending = [part for part in needed if part not in values]
            if pending:
                stack.extend(reversed(pending))
                continue
            value = self._planned(plans[node], values, node)
            if value is not None:
                values[node] = value
        self._result = self.store.key(values[root].exact)
        return self.writer.write(self._result)

    def implied(self) -> frozenset[Obligation]:
        """What holds wherever the result is defined: logarithms and roots stand in it."""
        found: set[Obligation] = set()
        for part in self.store.new_parts(self._result, ()):
            for product, _ in self.store[part].terms:
                for (kind, content), power in product.factors:
                    if isinstance(content, int):
                        rooted = kind == "sum" and power.denominator != 1
                        what = "not negative" if rooted or kind == "ln" else kind
                        found.add(Obligation(what, (content,)))
        return frozenset(found)

    def _plan(self, node: Expr) -> list[Match]:
        if not self.trusting or unfolding_of(node.op) is None:
            return []
        return matcher(node.op).matches(node)

    def _planned(self, plan: list[Match], values: dict[Expr, Value], node: Expr) -> Value | None:
        """Take the first template of the plan, or drop it where it does not hold."""
        if not plan:
            return self._value(node, tuple(values[arg] for arg in node.args))
        match = plan[0]
        args = tuple(values[arg] for arg in match.args)
        value = self._templated(match, args) if self._holds(match, args) else None
        if value is None:
            plan.pop(0)
        return value

    def _templated(self, match: Match, args: tuple[Value, ...]) -> Value | None:
        try:
            return value_of(self.algebra, match.name, args)
        except UnknownValueError:
            return None

    def _holds(self, match: Match, args: tuple[Value, ...]) -> bool:
        """Whether the arguments are real and inside the domain, under obligations."""
        if not all(self.reality.is_real(arg.exact) for arg in args):
            return False
        keys = tuple(self.store.key(arg.exact) for arg in args)
        needs = [] if match.way.requires is None else [Obligation(match.way, keys)]
        names = () if match.name in MACROS else (match.name,)
        needs += [Obligation(name, keys) for name in names if builtin(name).domain is not None]
        return self.reality.owe(*needs)

    def _expression(self, value: Value) -> Expr:
        return self.writer.write(self.store.key(value.exact))

    def _value(self, node: Expr, args: tuple[Value, ...]) -> Value:
        if node.is_number:
            return same(number(real(node.number)))
        unfolding = unfolding_of(node.op)
        if unfolding is not None:
            try:
                return apply(self.algebra, unfolding, args)
            except UnknownValueError:
                return same(leaf(unfolding.build(*map(self._expression, args))))
        if node.args:
            node = rebuild(node, tuple(map(self._expression, args)))
        if node.sort == "truth":
            return same(leaf(node))
        return same(number(real(node.number))) if node.is_number else same(leaf(node))

    def _leaf_is_real(self, expr: Expr) -> bool:
        """Whether a leaf is real: where the result counts, or as the assumptions show."""
        if expr.is_symbol:
            return True
        if self.semantics is not None:
            return self.context.is_real(expr) and self.context.is_finite(expr)
        for node in postorder((expr,)):
            if node not in self._unreal:
                inside = any(self._unreal[arg] for arg in node.args)
                self._unreal[node] = inside or node.op.name in UNREAL
        return not self._unreal[expr]


@lru_cache
def matcher(op: Operator) -> Matcher:
    """The templates of the basis of an operator."""
    return Matcher(basis_of(op))
