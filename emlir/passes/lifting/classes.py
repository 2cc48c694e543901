"""Classes: expressions of the same value, each with all its readings and the smallest one.

A class is a number. A reading is an operator over classes, or a leaf. Classes are made from
the leaves up, so the smallest expression of a class is known before anything is built on it.
"""

from collections.abc import Callable, Iterator

from emlir.expr.core import Expr, Operator, number
from emlir.passes.lowering.engine import LARGEST

Reading = tuple[Operator, tuple[int, ...]]
Binding = dict[Expr, int]
Todo = tuple[tuple[Expr, int], "Todo"] | None


class Classes:
    """Keeps classes; operators for which ``is_hidden`` holds stay out of expressions."""

    def __init__(self, is_hidden: Callable[[Operator], bool]) -> None:
        self._is_hidden = is_hidden
        self._numbers: dict[Expr | Reading, int] = {}
        self._readings: list[dict[Reading, None]] = []
        self._best: list[Expr | None] = []
        self._sizes: list[int] = []

    def leaf(self, expr: Expr) -> int:
        """The class of a leaf."""
        if expr not in self._numbers:
            self._numbers[expr] = self._new()
            self._offer(self._numbers[expr], expr, 1)
        return self._numbers[expr]

    def node(self, reading: Reading) -> tuple[int, bool]:
        """The class of an operator over classes, and whether it is new."""
        is_new = reading not in self._numbers
        if is_new:
            self._numbers[reading] = self._new()
            self.add(self._numbers[reading], reading)
        return self._numbers[reading], is_new

    def add(self, to: int, reading: Reading) -> bool:
        """Add a reading to a class; whether it is new there."""
        if reading in self._readings[to]:
            return False
        self._readings[to][reading] = None
        op, args = reading
        best = [self._best[arg] for arg in args]
        if not self._is_hidden(op) and None not in best:
            made: Expr = op(*best)
            size = 1 + sum(self._sizes[arg] for arg in args) if made.args else 1
            self._offer(to, made, min(size, LARGEST))
        return True

    def readings(self, of: int) -> tuple[Reading, ...]:
        """All readings of a class."""
        return tuple(self._readings[of])

    def best(self, of: int) -> Expr | None:
        """The smallest expression without hidden operators, if there is one."""
        return self._best[of]

    def best_of(self, classes: tuple[int, ...]) -> tuple[Expr, ...] | None:
        """The smallest expressions of several classes, if all have one."""
        found = tuple(expr for expr in map(self.best, classes) if expr is not None)
        return found if len(found) == len(classes) else None

    def bindings(self, pattern: Expr, reading: Reading) -> Iterator[Binding]:
        """Yield what the symbols of a pattern are where it matches a reading of its operator."""
        stack: list[tuple[Todo, Binding]] = [(_more(pattern.args, reading[1], None), {})]
        while stack:
            todo, bound = stack.pop()
            if todo is None:
                yield bound
                continue
            (part, found), rest = todo
            if part.is_symbol:
                if bound.get(part, found) == found:
                    stack.append((rest, {**bound, part: found}))
            elif not part.args:
                if self._best[found] is part or self._is_constant(part, found):
                    stack.append((rest, bound))
            else:
                stack.extend(
                    (_more(part.args, args, rest), bound) for args in self._as(part, found)
                )

    def _is_constant(self, part: Expr, found: int) -> bool:
        return not part.is_number and (part.op, ()) in self._readings[found]

    def _as(self, part: Expr, found: int) -> Iterator[tuple[int, ...]]:
        """The arguments of the readings of a class with the operator of a pattern."""
        for op, args in tuple(self._readings[found]):
            if op is part.op:
                yield args
        value = self._best[found]
        if part.op.name == "neg" and value is not None and value.is_number:
            yield (self.leaf(number(-value.number)),)

    def _new(self) -> int:
        self._readings.append({})
        self._best.append(None)
        self._sizes.append(LARGEST)
        return len(self._best) - 1

    def _offer(self, to: int, expr: Expr, size: int) -> None:
        if self._best[to] is None or size < self._sizes[to]:
            self._best[to], self._sizes[to] = expr, size


def _more(parts: tuple[Expr, ...], found: tuple[int, ...], rest: Todo) -> Todo:
    for pair in zip(reversed(parts), reversed(found), strict=True):
        rest = (pair, rest)
    return rest
