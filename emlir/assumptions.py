"""Assumptions: boxes and facts about symbols, one object for rewriting, lowering and proving."""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from emlir.expr.core import Expr, build, number, symbol
from emlir.expr.numbers import exact, write_number
from emlir.text.pieces import split_at_commas, without_quoted
from emlir.text.syntax import parse

_IN = re.compile(r"\s*(.+?)\s+in\s+([\[(])\s*([^,]+?)\s*,\s*([^,]+?)\s*([\])])\s*\Z", re.DOTALL)
_INFINITE = {"inf": 1, "+inf": 1, "oo": 1, "-inf": -1, "-oo": -1, "∞": 1, "-∞": -1, "−∞": -1}


@dataclass(frozen=True, slots=True)
class Interval:
    """A real interval with exact ends; ``None`` is an infinite end."""

    lo: Fraction | None
    hi: Fraction | None
    lo_open: bool = False
    hi_open: bool = False

    def __post_init__(self) -> None:
        if self.lo is not None and self.hi is not None:
            empty = self.lo > self.hi
            if empty or (self.lo == self.hi and (self.lo_open or self.hi_open)):
                raise ValueError(f"the interval {self} is empty: the ends are reversed or open")

    @classmethod
    def of(cls, ends: Any) -> "Interval":
        """Make an interval of two ends: ints, Fractions, decimal strings or floats.

        Numbers and strings are exact; a float end moves outward so far that both the
        double and the decimal that it prints as are inside.
        """
        if isinstance(ends, Interval):
            return ends
        try:
            lo, hi = ends
        except (TypeError, ValueError):
            raise ValueError(f"an interval has two ends, (lo, hi), not {ends!r}") from None
        return cls(_end(lo, min), _end(hi, max))

    @property
    def is_bounded(self) -> bool:
        """Whether both ends are finite."""
        return self.lo is not None and self.hi is not None

    def contains(self, value: Fraction) -> bool:
        """Whether a number is inside."""
        above = self.lo is None or value > self.lo or (value == self.lo and not self.lo_open)
        below = self.hi is None or value < self.hi or (value == self.hi and not self.hi_open)
        return above and below

    def meet(self, other: "Interval") -> "Interval":
        """Return the intersection; ``ValueError`` if it is empty."""
        lo, lo_open = _tighter((self.lo, self.lo_open), (other.lo, other.lo_open), max)
        hi, hi_open = _tighter((self.hi, self.hi_open), (other.hi, other.hi_open), min)
        return Interval(lo, hi, lo_open, hi_open)

    def __str__(self) -> str:
        lo = "-inf" if self.lo is None else write_number(self.lo)
        hi = "inf" if self.hi is None else write_number(self.hi)
        return f"{'(' if self.lo_open else '['}{lo}, {hi}{')' if self.hi_open else ']'}"


End = tuple[Fraction | None, bool]


def _tighter(a: End, b: End, pick: Any) -> End:
    if a[0] is None or b[0] is None:
        return b if a[0] is None else a
    if a[0] == b[0]:
        return a[0], a[1] or b[1]
    return a if pick(a[0], b[0]) == a[0] else b


def _end(value: Any, outward: Any) -> Fraction | None:
    if isinstance(value, str) and value.strip() in _INFINITE:
        value = math.inf * _INFINITE[value.strip()]
    if isinstance(value, float) and math.isinf(value):
        if (value > 0) != (outward is max):
            raise ValueError("an interval starts at +inf or ends at -inf")
        return None
    if isinstance(value, Expr) and value.is_number:
        return value.number
    if isinstance(value, float) or getattr(getattr(value, "dtype", None), "kind", "") == "f":
        return outward(exact(value), exact(value, dyadic=True))  # type: ignore[no-any-return]
    return exact(value)


Assumable = "Assumptions | Mapping[str, Any] | str | Expr | Iterable[Any] | None"


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What is known about symbols: a box each, and truth expressions.

    Build one with :meth:`of`. A fact that bounds one symbol (``x > 0``) also enters its box.
    """

    boxes: Mapping[str, Interval] = field(default_factory=dict)
    facts: tuple[Expr, ...] = ()

    @classmethod
    def of(cls, *given: Any) -> "Assumptions":
        """Collect mappings (``{"x": (0.1, 10)}``), text (``"x in [0, 1), y > 0"``), truth
        expressions, other assumptions, and iterables of these.

        Raises ``ValueError`` for an empty box and :class:`emlir.ParseError` for bad text.
        """
        boxes: dict[str, Interval] = {}
        facts: list[Expr] = []
        stack = list(reversed(given))
        while stack:
            item = stack.pop()
            if item is None:
                continue
            if isinstance(item, Expr):
                facts.extend(conjuncts(item))
            elif isinstance(item, Assumptions):
                facts.extend(item.facts)
                _meet_all(boxes, item.boxes)
            elif isinstance(item, Mapping):
                _meet_all(boxes, {_name(k): Interval.of(v) for k, v in item.items()})
            elif isinstance(item, str):
                _read(item, boxes, facts)
            else:
                stack.extend(reversed(list(item)))
        for fact in facts:
            _meet_all(boxes, _bounds(fact))
        return cls(boxes, tuple(dict.fromkeys(facts)))

    def box(self, names: Iterable[str]) -> dict[str, Interval]:
        """Return an interval for each name, the whole line for those without a box."""
        return {name: self.boxes.get(name, Interval(None, None)) for name in names}

    def beyond_boxes(self) -> tuple[Expr, ...]:
        """Return the facts that are more than bounds on one symbol, which the boxes have."""
        return tuple(fact for fact in self.facts if not _bounds(fact))

    def known_facts(self) -> tuple[Expr, ...]:
        """Return the facts with those that strict ends of boxes imply."""
        implied: list[Expr] = []
        for name, interval in self.boxes.items():
            x = symbol(name)
            if interval.lo is not None and interval.lo_open:
                end = number(interval.lo)
                implied += [x > end, x >= end, build("ne", x, end), end < x, end <= x]
            if interval.hi is not None and interval.hi_open:
                end = number(interval.hi)
                implied += [x < end, x <= end, build("ne", x, end), end > x, end >= x]
        return (*self.facts, *implied)


def _name(key: Any) -> str:
    return key.name if isinstance(key, Expr) else str(key)


def _meet_all(boxes: dict[str, Interval], more: Mapping[str, Interval]) -> None:
    for name, interval in more.items():
        boxes[name] = boxes[name].meet(interval) if name in boxes else interval


def conjuncts(fact: Expr) -> list[Expr]:
    """Return the truths that a truth joins by and, in order; ``TypeError`` for a number."""
    if fact.sort != "truth":
        raise TypeError(f"an assumption is a truth expression, not the number {fact}")
    found, stack = [], [fact]
    while stack:
        node = stack.pop()
        if node.op.name == "and":
            stack.extend(reversed(node.args))
        else:
            found.append(node)
    return found


def _read(text: str, boxes: dict[str, Interval], facts: list[Expr]) -> None:
    for piece in split_at_commas(text):
        match = _IN.match(without_quoted(piece))
        if match is None:
            facts.extend(conjuncts(parse(piece)))
            continue
        _, left, lo, hi, right = match.groups()
        variable = parse(piece[slice(*match.span(1))])
        if not variable.is_symbol:
            raise ValueError(f"{piece.strip()!r}: an interval is for one symbol, not {variable}")
        ends = Interval.of((_read_end(lo), _read_end(hi)))
        lo_open, hi_open = left == "(", right == ")"
        _meet_all(boxes, {variable.name: Interval(ends.lo, ends.hi, lo_open, hi_open)})


def _read_end(text: str) -> Any:
    if text.strip() in _INFINITE:
        return text
    value = parse(text)
    if not value.is_number:
        raise ValueError(f"the end {text!r} of an interval is not a number")
    return value


def _bounds(fact: Expr) -> dict[str, Interval]:
    """Read a bound on one symbol off a relation."""
    if fact.op.name not in ("lt", "le", "gt", "ge"):
        return {}
    left, right = fact.args
    rising = fact.op.name in ("lt", "le")
    strict = fact.op.name in ("lt", "gt")
    if left.is_number and right.is_symbol:
        left, right, rising = right, left, not rising
    if not (left.is_symbol and right.is_number):
        return {}
    end = right.number
    interval = Interval(None, end, False, strict) if rising else Interval(end, None, strict)
    return {left.name: interval}
