"""Writing presentation MathML: what a formula looks like, for pages.

Every subterm is one element, so that it can stand under a root or above a base as it is.
"""

from collections.abc import Callable, Mapping
from fractions import Fraction

from emlir import TooLargeError
from emlir.plugin_api import Expr, assemble, postorder, tree_size, write_integer, write_number
from emlir_codegen.mathml_elements import NAMESPACE
from emlir_codegen.mathml_symbols import write_function, write_symbol

MAX_NODES = 100_000

CASES, OR, AND, NOT, RELATION, SUM, PRODUCT, UNARY, POWER, ATOM = range(10)
"""How tightly a term holds together; what is looser than its place asks gets brackets."""

Group = tuple[Expr, int]
"""A subterm and the level that its place asks for."""
Item = str | Group
Spelled = tuple[int, list[Item]]

MINUS = "<mo>−</mo>"

_INFIX = {
    "piecewise.or": ("∨", OR),
    "piecewise.and": ("∧", AND),
    "piecewise.lt": ("&lt;", RELATION),
    "piecewise.le": ("≤", RELATION),
    "piecewise.gt": ("&gt;", RELATION),
    "piecewise.ge": ("≥", RELATION),
    "piecewise.eq": ("=", RELATION),
    "piecewise.ne": ("≠", RELATION),
    "arithmetic.add": ("+", SUM),
    "arithmetic.sub": ("−", SUM),
    "arithmetic.mul": ("⋅", PRODUCT),
}

_CONSTANTS = {
    "elementary.e": '<mi mathvariant="normal">e</mi>',
    "elementary.i": '<mi mathvariant="normal">i</mi>',
    "elementary.pi": '<mi mathvariant="normal">π</mi>',
    "elementary.inf": '<mi mathvariant="normal">∞</mi>',
    "piecewise.true": "<mi>true</mi>",
    "piecewise.false": "<mi>false</mi>",
}

_NAMES = {"elementary.asin": "arcsin", "elementary.acos": "arccos", "elementary.atan": "arctan"}
"""Functions that are printed under another name than emlir's."""


def write_presentation(expr: Expr) -> str:
    """Write a ``math`` element with presentation MathML; every copy of a shared part."""
    if tree_size(expr, limit=MAX_NODES) > MAX_NODES:
        raise TooLargeError(
            f"presentation MathML shows every node, up to {MAX_NODES:,}; "
            'form="content" writes shared parts once'
        )
    pieces: list[Item] = [f'<math xmlns="{NAMESPACE}">', (expr, CASES), "</math>"]
    return assemble(pieces, _Writer(expr).expand)


class _Writer:
    """Spells nodes; ``with_minus`` are those whose text begins with a minus sign."""

    def __init__(self, root: Expr) -> None:
        self.with_minus: set[Expr] = set()
        for node in postorder((root,)):
            if self._starts_with_minus(node):
                self.with_minus.add(node)

    def _starts_with_minus(self, node: Expr) -> bool:
        if node.is_number:
            return node.number < 0
        kind = node.op.qualified_name
        return kind == "arithmetic.neg" or (
            kind == "arithmetic.mul" and node.args[0] in self.with_minus
        )

    def expand(self, group: Group) -> list[Item]:
        """Return the one element of a subterm, in brackets if its place needs them."""
        node, least = group
        level, items = self._spell(node)
        return _row("<mo>(</mo>", *items, "<mo>)</mo>") if level < least else items

    def _spell(self, node: Expr) -> Spelled:
        kind = node.op.qualified_name
        if node.is_symbol:
            return ATOM, [write_symbol(node.name)]
        if node.is_number:
            return _spell_number(node.number)
        if kind in _CONSTANTS:
            return ATOM, [_CONSTANTS[kind]]
        if kind in _INFIX:
            return self._spell_infix(*_INFIX[kind], *node.args)
        if kind in _SPECIAL:
            return _SPECIAL[kind](*node.args)
        return _spell_call(node)

    def _spell_infix(self, sign: str, level: int, left: Expr, right: Expr) -> Spelled:
        lowest = SUM if level == RELATION else level
        signed = level in (SUM, PRODUCT) and right in self.with_minus
        tight = ATOM if signed else level + 1
        return level, _row((left, lowest), f"<mo>{sign}</mo>", (right, tight))


def _row(*items: Item) -> list[Item]:
    return ["<mrow>", *items, "</mrow>"]


def _spell_number(value: Fraction) -> Spelled:
    shortest = write_number(abs(value))
    if value.denominator == 1:
        text, level = f"<mn>{write_integer(abs(value.numerator))}</mn>", ATOM
    elif "." in shortest and "e" not in shortest:
        text, level = f"<mn>{shortest}</mn>", ATOM
    else:
        pair = write_integer(abs(value.numerator)), write_integer(value.denominator)
        text, level = f"<mfrac><mn>{pair[0]}</mn><mn>{pair[1]}</mn></mfrac>", POWER
    return (UNARY, _row(MINUS, text)) if value < 0 else (level, [text])


def _spell_neg(x: Expr) -> Spelled:
    return UNARY, _row(MINUS, (x, POWER))


def _spell_not(x: Expr) -> Spelled:
    return NOT, _row("<mo>¬</mo>", (x, ATOM))


def _spell_div(x: Expr, y: Expr) -> Spelled:
    return POWER, ["<mfrac>", (x, CASES), (y, CASES), "</mfrac>"]


def _spell_pow(x: Expr, y: Expr) -> Spelled:
    return POWER, ["<msup>", (x, ATOM), (y, CASES), "</msup>"]


def _spell_sqrt(x: Expr) -> Spelled:
    return POWER, ["<msqrt>", (x, CASES), "</msqrt>"]


def _spell_abs(x: Expr) -> Spelled:
    return POWER, _row("<mo>|</mo>", (x, CASES), "<mo>|</mo>")


def _spell_floor(x: Expr) -> Spelled:
    return POWER, _row("<mo>⌊</mo>", (x, CASES), "<mo>⌋</mo>")


def _spell_where(condition: Expr, x: Expr, y: Expr) -> Spelled:
    return CASES, _row(
        "<mo>{</mo><mtable><mtr><mtd>",
        (x, OR),
        "</mtd><mtd><mtext>if\u00a0</mtext>",
        (condition, OR),
        "</mtd></mtr><mtr><mtd>",
        (y, OR),
        "</mtd><mtd><mtext>otherwise</mtext></mtd></mtr></mtable>",
    )


def _spell_call(node: Expr) -> Spelled:
    kind = node.op.qualified_name
    name = write_function(_NAMES.get(kind, node.op.name))
    items: list[Item] = [name, "<mo>\u2061</mo><mrow><mo>(</mo>"]  # applies the function
    for k, arg in enumerate(node.args):
        items += ["<mo>,</mo>", (arg, CASES)] if k else [(arg, CASES)]
    return POWER, _row(*items, "<mo>)</mo></mrow>")


_SPECIAL: Mapping[str, Callable[..., Spelled]] = {
    "arithmetic.neg": _spell_neg,
    "arithmetic.div": _spell_div,
    "arithmetic.pow": _spell_pow,
    "elementary.sqrt": _spell_sqrt,
    "piecewise.not": _spell_not,
    "piecewise.abs": _spell_abs,
    "piecewise.floor": _spell_floor,
    "piecewise.where": _spell_where,
}
