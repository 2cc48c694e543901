"""Code: an expression as text of a programming language, its shared parts with names."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
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
            yield name, assemble(self._filled(part), self._expand)

    def result(self) -> str:
        """The text of the whole, which reads the shared parts by their names."""
        return assemble([self._expr], self._expand)

    def _expand(self, node: Expr) -> list[str | Expr]:
        return [self._parts[node]] if node in self._parts else self._filled(node)

    def _filled(self, node: Expr) -> list[str | Expr]:
        if node.is_symbol:
            return [self._symbols[node.name]]
        pieces, order = _holes(self._spell(node))
        out: list[str | Expr] = [pieces[0]]
        for place, piece in zip(order, pieces[1:], strict=True):
            out += [node.args[place], piece]
        return out


@lru_cache
def _holes(template: str) -> tuple[list[str], list[int]]:
    """Return the pieces of a text between its holes, and which argument each hole takes."""
    found = re.split(r"\{(\d*)\}", template)
    return found[::2], [int(place) if place else k for k, place in enumerate(found[1::2])]


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
