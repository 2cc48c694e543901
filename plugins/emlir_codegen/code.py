"""Code: an expression as text of a programming language, its shared parts with names."""

import math
import re
import struct
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from emlir.plugin_api import Expr, assemble, encode_name, named_parts

SHARE_ABOVE = 3
Spell = Callable[[Expr], str]


class Code:
    """The text of one expression.

    ``symbols`` says what each symbol is called, and ``spell`` gives the text of any other node,
    with a hole ``{}`` for each argument, or ``{1}`` where they stand in another order.
    """

    def __init__(self, expr: Expr, symbols: Mapping[str, str], spell: Spell, nesting: int) -> None:
        self._expr = expr
        self._symbols = symbols
        self._spell = spell
        parts = named_parts((expr,), nesting=nesting, share_above=SHARE_ABOVE)
        self._parts = {part: f"t{k}" for k, part in enumerate(parts, 1)}

    def assignments(self) -> Iterator[tuple[str, str]]:
        """The names of shared parts with their text, each after those that it reads."""
        for part, name in self._parts.items():
            yield name, assemble(self._filled(part, alone=True), self._expand)

    def result(self, *, alone: bool = False) -> str:
        """The text of the whole, which reads the shared parts by their names.

        It stands in brackets if it needs them anywhere but ``alone``.
        """
        return assemble([(self._expr, alone)], self._expand)

    def _expand(self, item: "_Item") -> "list[str | _Item]":
        node, alone = item
        return [self._parts[node]] if node in self._parts else self._filled(node, alone)

    def _filled(self, node: Expr, alone: bool) -> "list[str | _Item]":
        if node.is_symbol:
            return [self._symbols[node.name]]
        text = self._spell(node)
        first, *holes = _holes(text[1:-1] if alone and _is_bracketed(text) else text)
        out: list[str | _Item] = [first.after]
        for hole in holes:
            out += [(node.args[hole.place], hole.alone), hole.after]
        return out


_Item = tuple[Expr, bool]
"""A part, and whether it stands alone, as between the brackets and commas of a call."""


@dataclass(frozen=True, slots=True)
class _Hole:
    """The place of the argument, whether that stands alone, and the text after it."""

    place: int
    alone: bool
    after: str


@lru_cache
def _holes(template: str) -> list[_Hole]:
    """Return the holes of a text; the first one, of no argument, has the text before them."""
    pieces = re.split(r"\{(\d*)\}", template)
    found = [_Hole(-1, False, pieces[0])]
    for k, (place, after) in enumerate(zip(pieces[1::2], pieces[2::2], strict=True)):
        alone = re.search(r"\($|, $", found[-1].after) and re.match(r"[,)]", after)
        found.append(_Hole(int(place) if place else k, alone is not None, after))
    return found


@lru_cache
def _is_bracketed(template: str) -> bool:
    """Whether the bracket that begins a text is closed at its end."""
    depth = 0
    for place, character in enumerate(template):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if depth == 0:
            return place > 0 and place == len(template) - 1
    return False


def nearest(exact: Fraction | float, *, single: bool) -> float:
    """Return the nearest double, or the float32 nearest to that; beyond the range an infinity."""
    try:
        value = float(exact) + 0.0  # a zero is +0
        return float(struct.unpack("f", struct.pack("f", value))[0]) if single else value
    except OverflowError:
        return math.inf if exact > 0 else -math.inf


def renamed(names: Iterable[str], usable: Callable[[str], bool]) -> dict[str, str]:
    """Return for each name one for the language: itself where it is usable, else v1, v2, ..."""
    found: dict[str, str] = {}
    count = 0
    for name in names:
        if usable(name):
            found[name] = name
        else:
            count += 1
            found[name] = f"v{count}"
    return found


def renamings(symbols: Mapping[str, str]) -> list[str]:
    """Return a remark for each symbol that is called otherwise, in plain ASCII."""
    return [
        f"{new} is the symbol {encode_name(old, _is_ascii)}"
        for old, new in symbols.items()
        if old != new
    ]


def called_first(names: Collection[str], helpers: dict[str, str], prefix: str) -> list[str]:
    """Return those ``helpers`` that are named and those that their texts call, called ones first.

    The text of a helper calls another one by its name after the ``prefix``.
    """
    needed: dict[str, None] = {}
    stack = [name for name in reversed(helpers) if name in names]
    while stack:
        name = stack[-1]
        calls = [
            other
            for other in helpers
            if other != name and other not in needed and f"{prefix}{other}(" in helpers[name]
        ]
        if name in needed or not calls:
            needed[stack.pop()] = None
        else:
            stack += calls
    return list(needed)


def _is_ascii(character: str) -> bool:
    return " " <= character <= "}"
