"""Exact values where floats cannot tell: x - x is 0, and exp(1e-900) - 1 is 1e-900.

The value of a tree at the point is kept as an integer combination of atoms

    1, pi i, the values of symbols, exp(f), ln(f), exp(f)*expm1(g), log1p(g/f)

with forms f and g, in which exp(ln f) = f, exp(f + pi i) = -exp(f) and ln 1 = 0 are applied;
for real values ln(exp f) = f, and ln(-f) = ln(f) + pi i; and where g is a speck beside f,
exp(f + g) = exp(f) + exp(f)*expm1(g) and ln(f + g) = ln(f) + log1p(g/f), all of them real.
These are identities, so two trees of one form have one value, a form without atoms is
exactly 0, and one of real atoms is exactly real.
"""

from collections import Counter
from typing import Protocol

import numpy as np

from emlir_minimal.atoms import Size, divided, is_positive, magnitude, multiplied, total
from emlir_minimal.wide import EPS, FIN, NINF, PINF, ZERO, Wide, finite
from emlir_minimal.wide_exp import exp, ln
from emlir_minimal.wide_sub import negative

Atom = tuple[str, int, int]  # kind and the numbers of the forms inside, or of the leaf
Form = frozenset[tuple[Atom, int]]
LEAF = -1
UNIT: Atom = ("one", 0, 0)
PI_I: Atom = ("pi i", 0, 0)
ONE: Form = frozenset({(UNIT, 1)})
SPECK_LOG = 23.0
"""What is smaller by this factor (as a logarithm) is split off."""


class Trees(Protocol):
    """Where the trees are: a table."""

    point: tuple[float, ...]

    def children(self, row: int) -> tuple[int, int]:
        """The rows that a row is made of; -1 twice for a leaf."""
        ...

    def exp_of(self, row: int) -> Wide:
        """exp of a row, a column of one."""
        ...


class Forms:
    """The forms of the rows of a table, found when they are asked for."""

    def __init__(self, trees: Trees) -> None:
        self.trees = trees
        self.rows: dict[int, Form | None] = {}
        self.numbers: dict[Form, int] = {}
        self.inside: list[Form] = []
        self.known: dict[Form, Wide | None] = {}
        self.atoms: dict[Atom, Wide] = {
            UNIT: finite(1.0),
            PI_I: finite(np.pi * 1j, 4 * EPS, real=False),
        }

    def difference(self, left: int, right: int) -> Wide | None:
        """Return exp(left) - ln(right) as its form shows it, or None."""
        form = self._combine(left, right)
        return None if form is None else self.value(form)

    def value(self, form: Form) -> Wide | None:
        """Return the value of a form, or None where floats cannot tell it either."""
        if form not in self.known:
            found = total([(self.atoms[atom], count) for atom, count in sorted(form)])
            if found is not None and found.real[0]:
                found.m.imag[found.kind == FIN] = 0.0
            self.known[form] = found
        return self.known[form]

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
        value = self.trees.point[row]
        if value == 1:
            return ONE
        atom: Atom = ("leaf", row, 0)
        self.atoms[atom] = finite(value)
        return frozenset({(atom, 1)})

    def _combine(self, left: int, right: int) -> Form | None:
        first = self._exp_of(left)
        second = None if first is None else self._ln_of(right)
        return None if first is None or second is None else _sum(first, second, -1)

    def _exp_of(self, row: int) -> Form | None:
        kind = self.trees.exp_of(row).kind[0]
        if kind == ZERO:
            return frozenset()
        form = None if kind in (NINF, PINF) else self.form(row)
        return None if form is None else self._exp(form)

    def _ln_of(self, row: int) -> Form | None:
        form = self.form(row)
        return None if not form else self._ln(form)

    def _exp(self, form: Form) -> Form | None:
        if not form:
            return ONE
        turns = dict(form).get(PI_I, 0)
        if turns:
            unturned = self._exp(form - {(PI_I, turns)})
            return None if unturned is None else _scaled(unturned, -1 if turns % 2 else 1)
        inner = _single(form, "ln")
        if inner is not None:
            return self.inside[inner[1]]
        main, speck = self._split(form, absolute=True)
        if not speck:
            return self._atom("exp", form)
        base = self._exp(main)
        return None if base is None else self._plus(base, "expm1", main, speck)

    def _ln(self, form: Form) -> Form | None:
        if form == ONE:
            return frozenset()
        inner = _single(form, "exp")
        if inner is not None and self._is_real(self.inside[inner[1]]):
            return self.inside[inner[1]]
        value = self.value(form)
        if value is not None and is_positive(negative(value)):
            positive = self._ln(_scaled(form, -1))
            return None if positive is None else _sum(positive, frozenset({(PI_I, 1)}), 1)
        if value is None or not is_positive(value):
            return self._atom("ln", form)
        main, speck = self._split(form, absolute=False)
        if not speck:
            return self._atom("ln", form)
        if main == ONE and (undone := _single(speck, "expm1")) and not self.inside[undone[1]]:
            return self.inside[undone[2]]
        base = self._ln(main)
        return None if base is None else self._plus(base, "log1p", main, speck)

    def _is_real(self, form: Form) -> bool:
        return all(bool(self.atoms[atom].real[0]) for atom, _ in form)

    def _split(self, form: Form, absolute: bool) -> tuple[Form, Form]:
        """Split a real form into what matters and a speck beside it (beside 1: absolute)."""
        if not self._is_real(form):
            return form, frozenset()
        sizes = {atom: magnitude(self.atoms[atom]) for atom, _ in form}
        top: Size = (0.0, 0.0, 0.0) if absolute else max(sizes.values())
        speck = frozenset(
            (atom, count)
            for atom, count in form
            if sizes[atom][:2] < top[:2] or sizes[atom][2] < top[2] - SPECK_LOG
        )
        if absolute:
            speck = frozenset(item for item in speck if sizes[item[0]] < top)
        main = form - speck
        return (main, speck) if main or absolute else (form, frozenset())

    def _plus(self, base: Form, kind: str, main: Form, speck: Form) -> Form | None:
        """base + exp(main)*expm1(speck), or base + log1p(speck/main)."""
        small, large = self.value(speck), self.value(main)
        if small is None or large is None:
            return None
        atom: Atom = (kind, self._number(main), self._number(speck))
        if atom not in self.atoms:
            product = multiplied(small, exp(large)) if kind == "expm1" else divided(small, large)
            if product is None:
                return None
            self.atoms[atom] = product
        return _sum(base, frozenset({(atom, 1)}), 1)

    def _atom(self, kind: str, inner: Form) -> Form | None:
        atom: Atom = (kind, self._number(inner), 0)
        if atom not in self.atoms:
            value = self.value(inner)
            if value is None:
                return None
            self.atoms[atom] = (
                exp(value) if kind == "exp" else ln(value, plane=True, infinities=False)[0]
            )
        return frozenset({(atom, 1)})

    def _number(self, form: Form) -> int:
        number = self.numbers.setdefault(form, len(self.numbers))
        if number == len(self.inside):
            self.inside.append(form)
        return number


def _scaled(form: Form, by: int) -> Form:
    return frozenset((atom, by * count) for atom, count in form)


def _sum(first: Form, second: Form, sign: int) -> Form:
    counts = Counter(dict(first))
    for atom, count in second:
        counts[atom] += sign * count
    return frozenset((atom, count) for atom, count in counts.items() if count)


def _single(form: Form, kind: str) -> Atom | None:
    """Return the atom if the form is exactly one atom of that kind."""
    if len(form) != 1:
        return None
    ((atom, count),) = form
    return atom if atom[0] == kind and count == 1 else None
