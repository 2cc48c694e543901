"""One form for expressions: signs, squares and numbers, and what is always at least as good."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from emlir.expr.calculus import rebuild
from emlir.expr.core import Expr, Operator, build, number
from emlir.expr.traverse import dag_size, postorder
from emlir.passes.stabilise.rational import NAME, rational_forms
from emlir.rewrite.context import Context
from emlir.rewrite.log import Step
from emlir.rewrite.pattern import Heads, fits
from emlir.rewrite.rule import Rewriter

ARITHMETIC = ("add", "sub", "mul", "div", "pow")
MAX_BITS = 200
ROUNDS = 12
"""How often one node is rewritten, at most."""


@dataclass(frozen=True, slots=True)
class Written:
    """An expression with the steps that led to it."""

    expr: Expr
    steps: tuple[Step, ...] = ()

    def then(self, other: "Written") -> "Written":
        """Add the steps to what ``other`` is."""
        return Written(other.expr, (*self.steps, *other.steps))


class RuleTable:
    """Rules by the operator of their left side."""

    def __init__(self, rewriters: Iterable[Rewriter]) -> None:
        self._table: dict[Operator, list[tuple[Heads, Rewriter]]] = {}
        for rewriter in rewriters:
            for operator, heads in rewriter.heads:
                self._table.setdefault(operator, []).append((heads, rewriter))

    def candidates(self, node: Expr) -> list[Rewriter]:
        """Return, each once, the rules that the arguments' operators do not exclude."""
        found = {
            rewriter.name: rewriter
            for heads, rewriter in self._table.get(node.op, ())
            if fits(heads, node)
        }
        return list(found.values())


class Tidier:
    """Brings expressions to one form; what a node becomes is remembered.

    With ``shorten`` every sum, product and quotient is also written as a reduced rational
    function where that is smaller.
    """

    def __init__(self, rules: Sequence[Rewriter], context: Context, shorten: bool) -> None:
        self._table = RuleTable(rules)
        self._context = context
        self._shorten = shorten
        self._known: dict[Expr, Written] = {}

    def __call__(self, root: Expr) -> Written:
        """Return the tidied form."""
        steps: list[Step] = []
        for node in self._unknown(root):
            rebuilt = rebuild(node, tuple(self._known[arg].expr for arg in node.args))
            self._known[node] = self._settled(rebuilt)
        for node in postorder((root,)):
            steps.extend(self._known[node].steps)
        return Written(self._known[root].expr, tuple(dict.fromkeys(steps)))

    def _unknown(self, root: Expr) -> list[Expr]:
        if root in self._known:
            return []
        return [node for node in postorder((root,)) if node not in self._known]

    def _settled(self, node: Expr) -> Written:
        """Rewrite a node whose arguments are tidy until nothing changes."""
        steps: list[Step] = []
        for _ in range(ROUNDS):
            step = self._step(node)
            if step is None:
                break
            steps.append(step)
            node = step.after
            if node in self._known and not self._known[node].steps:
                break
            for inner in postorder(node.args):
                if inner not in self._known:
                    self._known[inner] = self._settled(inner)
            node = rebuild(node, tuple(self._arg(arg, steps) for arg in node.args))
        return Written(node, tuple(steps))

    def _arg(self, node: Expr, steps: list[Step]) -> Expr:
        steps.extend(self._known[node].steps)
        return self._known[node].expr

    def _step(self, node: Expr) -> Step | None:
        folded = fold_numbers(node)
        if folded is not None:
            return Step("numbers", node, folded)
        for rewriter in self._table.candidates(node):
            outcome = rewriter.apply(node, self._context)
            if outcome is not None and outcome.expr is not node and not outcome.obligations:
                return Step(rewriter.name, node, outcome.expr)
        if self._shorten and node.op.name in ARITHMETIC:
            return self._shorter(node)
        return None

    def _shorter(self, node: Expr) -> Step | None:
        forms = rational_forms(node, self._context)
        best = min(forms, key=dag_size, default=node)
        return Step(NAME, node, best) if dag_size(best) < dag_size(node) else None


def fold_numbers(node: Expr) -> Expr | None:
    """Fold arithmetic on two numbers, and move the sign of a number outside."""
    name = node.op.name
    if name not in ARITHMETIC or len(node.args) != 2:
        return None
    x, y = node.args
    if x.is_number and y.is_number:
        return _folded(name, x.number, y.number)
    if name == "add" and x.is_number and x.number < 0:
        return y - number(-x.number)
    if name in ("add", "sub") and y.is_number and y.number < 0:
        opposite = number(-y.number)
        return x - opposite if name == "add" else x + opposite
    return _sign_outside(name, x, y)


def _sign_outside(name: str, x: Expr, y: Expr) -> Expr | None:
    if name == "mul" and y.is_number and not x.is_number:
        return build("mul", y, x)
    if name in ("mul", "div"):
        if x.is_number and x.number < 0:
            return -build(name, number(-x.number), y)
        if y.is_number and y.number < 0:
            return -build(name, x, number(-y.number))
    if name == "mul" and x.is_number and x.number.numerator == 1 and x.number != 1:
        return build("div", y, number(x.number.denominator))
    return None


def _folded(name: str, x: Fraction, y: Fraction) -> Expr | None:
    if name == "pow":
        if y.denominator != 1 or not 0 < y <= 16:
            return None
        return _small(x ** int(y))
    if name == "div":
        return None
    return _small({"add": x + y, "sub": x - y, "mul": x * y}[name])


def _small(value: Fraction) -> Expr | None:
    large = value.numerator.bit_length() + value.denominator.bit_length() > MAX_BITS
    return None if large else number(value)
