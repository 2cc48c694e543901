"""Candidates: what one node can be written as, and an expression with one node rewritten."""

from collections.abc import Iterable, Iterator, Sequence

from emlir.expr.calculus import substitute
from emlir.expr.core import Expr
from emlir.expr.traverse import postorder
from emlir.passes.stabilise import rational, regroup
from emlir.passes.stabilise.tidy import ARITHMETIC, RuleTable, Tidier, Written
from emlir.rewrite.context import Context
from emlir.rewrite.log import Step
from emlir.rewrite.rule import Rewriter

REPEATS = 6
"""One rule is applied so often in a row to what it made, at most."""


class Candidates:
    """Rewritings under one context; what is found for a node is remembered."""

    def __init__(
        self, rules: Sequence[Rewriter], tidying: Sequence[Rewriter], context: Context
    ) -> None:
        self._context = context
        self._table = RuleTable(rules)
        self._light = Tidier(tidying, context, shorten=False)
        self._full = Tidier(tidying, context, shorten=True)
        self._known: dict[Expr, tuple[Written, ...]] = {}

    def start(self, expr: Expr) -> list[Written]:
        """Return the tidied forms of an expression."""
        return _distinct([self._light(expr), self._full(expr)])

    def neighbours(self, written: Written, places: Iterable[Expr]) -> Iterator[Written]:
        """Yield the expression with one of its nodes written otherwise."""
        for place in places:
            for other in self.of(place):
                expr = substitute(written.expr, {place: other.expr})
                yield written.then(Written(expr, other.steps)).then(self._light(expr))

    def shortened(self, written: Written) -> Written:
        """Return the expression with everything shortened that can be."""
        return written.then(self._full(written.expr))

    def of(self, node: Expr) -> tuple[Written, ...]:
        """Return what ``node`` itself can be written as."""
        if node not in self._known:
            found = [tidied for raw in self._raw(node) for tidied in self._tidied(raw)]
            self._known[node] = tuple(w for w in _distinct(found) if w.expr is not node)
        return self._known[node]

    def _tidied(self, raw: Written) -> list[Written]:
        return [raw.then(self._light(raw.expr)), raw.then(self._full(raw.expr))]

    def _raw(self, node: Expr) -> Iterator[Written]:
        for rewriter in self._table.candidates(node):
            step = self._step(rewriter, node)
            if step is not None:
                yield Written(step.after, (step,))
                yield self._repeated(rewriter, step)
        if node.op.name in ARITHMETIC:
            for form in rational.rational_forms(node, self._context):
                yield _written(rational.NAME, node, form)
            for form in regroup.regrouped(node, self._context):
                yield from self._brought_together(_written(regroup.NAME, node, form))

    def _step(self, rewriter: Rewriter, node: Expr) -> Step | None:
        outcome = rewriter.apply(node, self._context)
        if outcome is None or outcome.expr is node or outcome.obligations:
            return None
        return Step(rewriter.name, node, outcome.expr)

    def _repeated(self, rewriter: Rewriter, first: Step) -> Written:
        """Apply one rule again to the arguments that it made, as a sum of many terms needs."""
        written = Written(first.after, (first,))
        old = set(postorder((first.before,)))
        made = first.after
        for _ in range(REPEATS):
            steps = (self._step(rewriter, arg) for arg in made.args if arg not in old)
            step = next((step for step in steps if step is not None), None)
            if step is None:
                break
            made = step.after
            expr = substitute(written.expr, {step.before: step.after})
            written = written.then(Written(expr, (step,)))
        return written

    def _brought_together(self, regrouped: Written) -> Iterator[Written]:
        """Yield a regrouped sum or product, and that with rules applied to the pair."""
        yield regrouped
        pair = regrouped.expr.args[0]
        for rewriter in self._table.candidates(pair):
            step = self._step(rewriter, pair)
            if step is not None:
                expr = substitute(regrouped.expr, {pair: step.after})
                yield regrouped.then(Written(expr, (step,)))


def _written(name: str, before: Expr, after: Expr) -> Written:
    return Written(after, (Step(name, before, after),))


def _distinct(items: Iterable[Written]) -> list[Written]:
    return list({item.expr: item for item in reversed(list(items))}.values())[::-1]


def places_in(expr: Expr) -> list[Expr]:
    """Return the nodes that can be rewritten, users before their arguments."""
    return [node for node in postorder((expr,)) if node.args and node.sort == "number"][::-1]
