"""The engine: rewriters applied over the shared graph, each distinct node once.

Nothing recurses. Nodes are immutable, so what a node becomes is remembered and serves every
place where it occurs.
"""

from collections import defaultdict
from collections.abc import Iterable

from emlir.expr.calculus import rebuild, substitute
from emlir.expr.core import Expr, Operator
from emlir.expr.traverse import dag_size, postorder
from emlir.rewrite.context import Context
from emlir.rewrite.log import Step
from emlir.rewrite.pattern import Heads, fits
from emlir.rewrite.rule import Rewriter

Shape = tuple[Operator, bool, tuple[Operator, ...]]

STEPS_PER_NODE = 40
"""Without a limit in the context, a pass may apply this many rules for each node it was given."""


class Engine:
    """Tries rewriters on nodes, within the limit of steps, and writes the log."""

    def __init__(self, rewriters: Iterable[Rewriter], context: Context, size: int) -> None:
        self.context = context
        self.left = STEPS_PER_NODE * (size + 25) if context.limit is None else context.limit
        self._table: dict[Operator, list[tuple[Heads, Rewriter]]] = defaultdict(list)
        self._fitting: dict[Shape, tuple[Rewriter, ...]] = {}
        for rewriter in rewriters:
            if context.semantics not in rewriter.semantics:
                continue
            for operator, heads in rewriter.heads:
                self._table[operator].append((heads, rewriter))

    @classmethod
    def for_expr(cls, rewriters: Iterable[Rewriter], context: Context, expr: Expr) -> "Engine":
        """An engine whose limit fits the size of ``expr``."""
        return cls(rewriters, context, dag_size(expr) if context.limit is None else 0)

    def step(self, node: Expr) -> Expr | None:
        """Return what the first rewriter that fires makes of ``node`` itself."""
        for rewriter in self._candidates(node):
            outcome = rewriter.apply(node, self.context)
            if outcome is None or outcome.expr is node:
                continue
            if not self.left:
                self.context.log.note_exhausted()
                return None
            self.left -= 1
            self.context.log.note(Step(rewriter.name, node, outcome.expr, outcome.obligations))
            return outcome.expr
        return None

    def _candidates(self, node: Expr) -> tuple[Rewriter, ...]:
        """Return the rewriters whose heads fit, remembered by the operators of the arguments."""
        args = node.args
        shape = (node.op, len(args) > 1 and args[0] is args[1], tuple([arg.op for arg in args]))
        found = self._fitting.get(shape)
        if found is None:
            fitting = (rewriter for heads, rewriter in self._table[node.op] if fits(heads, node))
            found = self._fitting[shape] = tuple(dict.fromkeys(fitting))
        return found

    def _stepped(self, node: Expr) -> Expr:
        replaced = self.step(node)
        return node if replaced is None else replaced

    def normalise(self, root: Expr, normal: dict[Expr, Expr]) -> Expr:
        """Rewrite arguments first, and every result again, until nothing fires anywhere.

        A rewriting that comes back to a node that is being rewritten stops there. ``normal``
        holds normal forms that are known and takes up those that are found.
        """
        for node in postorder((root,), normal):
            if node in normal:
                continue  # it turned up in a result before
            args = node.args
            current = rebuild(node, tuple([normal[arg] for arg in args])) if args else node
            normal[node] = self.settled(current, node, normal)
        return normal[root]

    def settled(self, current: Expr, origin: Expr, normal: dict[Expr, Expr]) -> Expr:
        """Return the normal form of ``current``, which is ``origin`` with arguments in it.

        ``normal`` holds these arguments and takes up what is found.
        """
        found = normal.get(current)
        if found is None:
            replaced = self.step(current)
            if replaced is None or replaced is origin:  # else it goes round in a circle
                found = current
            else:
                becomes = {origin: current, current: replaced}
                found = self._normal_form(replaced, becomes, normal)
            normal[current] = found
        return found

    def _normal_form(
        self, start: Expr, becomes: dict[Expr, Expr], normal: dict[Expr, Expr]
    ) -> Expr:
        """Return the normal form of what a node became."""
        stack = [start]
        while stack:
            node = stack[-1]
            if node in normal:
                stack.pop()
                continue
            following = self._following(node, normal, becomes, stack)
            if following is not None:
                normal[node] = following
                stack.pop()
        return normal[start]

    def _following(
        self,
        node: Expr,
        normal: dict[Expr, Expr],
        becomes: dict[Expr, Expr],
        stack: list[Expr],
    ) -> Expr | None:
        """Return the normal form of ``node`` if it is at hand, else push what it waits for."""
        target = becomes.get(node)
        if target is None:
            # an argument that is being rewritten to something around it stays as it is
            pending = [arg for arg in node.args if arg not in normal and arg not in becomes]
            if pending:
                stack.extend(reversed(pending))
                return None
            target = rebuild(node, tuple([normal.get(arg, arg) for arg in node.args]))
            if target is node:
                replaced = self.step(node)
                if replaced is None:
                    return node
                target = replaced
            if target in becomes and target not in normal:
                return node  # it goes round in a circle
            becomes[node] = target
        if target in normal:
            return normal[target]
        stack.append(target)
        return None

    def bottom_up(self, root: Expr) -> Expr:
        """Try each node once, arguments before their users."""
        result: dict[Expr, Expr] = {}
        for node in postorder((root,)):
            rebuilt = rebuild(node, tuple([result[arg] for arg in node.args]))
            result[node] = self._stepped(rebuilt)
        return result[root]

    def top_down(self, root: Expr) -> Expr:
        """Try each node once, users before their arguments, then the arguments of the result."""
        replaced: dict[Expr, Expr] = {}
        result: dict[Expr, Expr] = {}
        stack = [root]
        while stack:
            node = stack[-1]
            if node not in replaced:
                replaced[node] = self._stepped(node)
            current = replaced[node]
            # an argument that is open was replaced by something around it
            pending = [arg for arg in current.args if arg not in replaced]
            if pending and node not in result:
                stack.extend(reversed(pending))
                continue
            stack.pop()
            args = tuple([result.get(arg, arg) for arg in current.args])
            result.setdefault(node, rebuild(current, args))
        return result[root]

    def once(self, root: Expr) -> Expr:
        """Apply one rewriter at the first node where one fires, arguments first."""
        for node in postorder((root,)):
            replaced = self.step(node)
            if replaced is not None:
                return substitute(root, {node: replaced})
        return root
