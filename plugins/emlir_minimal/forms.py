"""Exact values where floats cannot tell: x - x is 0, not 1e-16.

The value of a tree at the point is kept as an integer combination of atoms

    1, the values of symbols, exp(form), ln(form)

in which exp(ln f) = f, ln 1 = 0 and, for a real f, ln(exp f) = f are applied. Two trees of
one form have one value; a form without atoms is exactly 0.
"""

from collections import Counter
from typing import Protocol

from emlir_minimal.wide import NINF, PINF, ZERO, Wide, finite
from emlir_minimal.wide_sub import negative

Atom = tuple[str, int, bool]  # kind, number of the leaf or of the form inside, inside is real
Form = frozenset[tuple[Atom, int]]
LEAF = -1


class Trees(Protocol):
    """Where the trees are: a table."""

    point: tuple[float, ...]

    def children(self, row: int) -> tuple[int, int]:
        """The rows that a row is made of; -1 twice for a leaf."""
        ...

    def exp_of(self, row: int) -> Wide:
        """exp of a row, a column of one."""
        ...

    def ln_of(self, row: int) -> Wide:
        """ln of a row, a column of one."""
        ...


class Forms:
    """The forms of the rows of a table, found when they are asked for."""

    def __init__(self, trees: Trees) -> None:
        self.trees = trees
        self.rows: dict[int, Form | None] = {}
        self.numbers: dict[Form, int] = {}
        self.inside: list[Form] = []
        self.values: dict[Atom, Wide] = {}

    def difference(self, left: int, right: int) -> Wide | None:
        """Return exp(left) - ln(right) if its form shows the value."""
        form = self._combine(left, right)
        return None if form is None else self._value(form)

    def form(self, row: int) -> Form | None:
        """Return the form of a row, or None where an infinity is involved."""
        stack = [row]
        while stack:
            current = stack[-1]
            pending = [k for k in self.trees.children(current) if k not in self.rows and k != LEAF]
            if current in self.rows or not pending:
                stack.pop()
                if current not in self.rows:
                    self.rows[current] = self._of_row(current)
            else:
                stack.extend(pending)
        return self.rows[row]

    def _of_row(self, row: int) -> Form | None:
        left, right = self.trees.children(row)
        if left != LEAF:
            return self._combine(left, right)
        atom: Atom = ("leaf", row, True)
        value = self.trees.point[row]
        if value == int(value):
            return frozenset({(("one", 0, True), int(value))})
        self.values[atom] = finite(value)
        return frozenset({(atom, 1)})

    def _combine(self, left: int, right: int) -> Form | None:
        first, second = self._exp(left), self._ln(right)
        if first is None or second is None:
            return None
        total = Counter(dict(first))
        total.subtract(dict(second))
        return frozenset((atom, count) for atom, count in total.items() if count)

    def _exp(self, row: int) -> Form | None:
        value = self.trees.exp_of(row)
        if value.kind[0] == ZERO:
            return frozenset()
        form = self.form(row)
        if form is None or value.kind[0] in (NINF, PINF):
            return None
        if not form:
            return frozenset({(("one", 0, True), 1)})
        inner = _single(form, "ln")
        return self._atom("exp", form, value) if inner is None else self.inside[inner[1]]

    def _ln(self, row: int) -> Form | None:
        form = self.form(row)
        if not form:
            return None
        if form == {(("one", 0, True), 1)}:
            return frozenset()
        inner = _single(form, "exp")
        if inner is not None and inner[2]:
            return self.inside[inner[1]]
        value = self.trees.ln_of(row)
        return None if not len(value) else self._atom("ln", form, value)

    def _atom(self, kind: str, inner: Form, value: Wide) -> Form:
        number = self.numbers.setdefault(inner, len(self.numbers))
        if number == len(self.inside):
            self.inside.append(inner)
        atom: Atom = (kind, number, bool(value.real[0]))
        self.values.setdefault(atom, value)
        return frozenset({(atom, 1)})

    def _value(self, form: Form) -> Wide | None:
        if not form:
            return finite(0.0)
        if len(form) != 1:
            return None
        ((atom, count),) = form
        if atom[0] == "one":
            return finite(float(count))
        if abs(count) != 1:
            return None
        return self.values[atom] if count == 1 else negative(self.values[atom])


def _single(form: Form, kind: str) -> Atom | None:
    """Return the atom if the form is exactly one atom of that kind."""
    if len(form) != 1:
        return None
    ((atom, count),) = form
    return atom if atom[0] == kind and count == 1 else None
