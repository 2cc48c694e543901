"""The notation ``latex``: one way to write every term, fit to print."""

from collections.abc import Callable, Mapping
from fractions import Fraction

from emlir.plugin_api import (
    Expr,
    assemble,
    named_parts,
    postorder,
    write_integer,
    write_number,
)
from emlir_latex.names import write_name

CASES, OR, AND, NOT, RELATION, SUM, PRODUCT, UNARY, POWER, ATOM = range(10)
"""How tightly a term holds together; what is looser than its place asks gets brackets."""

SHARE_ABOVE = 150
"""Terms with more nodes name the parts that they use more than once."""
NESTING = 60
"""LaTeX itself gives up at some depth of groups: 255."""

Group = tuple[Expr, int]
"""A subterm and the level that its place asks for."""
Item = str | Group
Spelled = tuple[int, list[Item]]

_INFIX = {
    "piecewise.or": (r" \lor ", OR),
    "piecewise.and": (r" \land ", AND),
    "piecewise.lt": (" < ", RELATION),
    "piecewise.le": (r" \le ", RELATION),
    "piecewise.gt": (" > ", RELATION),
    "piecewise.ge": (r" \ge ", RELATION),
    "piecewise.eq": (" = ", RELATION),
    "piecewise.ne": (r" \ne ", RELATION),
    "arithmetic.add": (" + ", SUM),
    "arithmetic.sub": (" - ", SUM),
    "arithmetic.mul": (r" \cdot ", PRODUCT),
}

_CONSTANTS = {
    "elementary.e": r"\mathrm{e}",
    "elementary.i": r"\mathrm{i}",
    "elementary.pi": r"\pi",
    "elementary.inf": r"\infty",
    "piecewise.true": r"\mathrm{true}",
    "piecewise.false": r"\mathrm{false}",
}

_FUNCTIONS = {
    "elementary.asin": r"\arcsin",
    "elementary.acos": r"\arccos",
    "elementary.atan": r"\arctan",
} | {
    f"{family}.{name}": f"\\{name}"
    for family, names in {
        "elementary": ("exp", "ln", "sin", "cos", "tan", "sinh", "cosh", "tanh"),
        "piecewise": ("min", "max"),
    }.items()
    for name in names
}

_AROUND = {
    "elementary.sqrt": (r"\sqrt{", "}"),
    "piecewise.abs": (r"\left|", r"\right|"),
    "piecewise.floor": (r"\left\lfloor ", r" \right\rfloor"),
}


OPERATORS: Mapping[str, str] = {
    sign.strip(): kind.partition(".")[2]
    for kind, sign in [
        *((kind, sign) for kind, (sign, _) in _INFIX.items()),
        *_CONSTANTS.items(),
        *_FUNCTIONS.items(),
        *((kind, left.removesuffix("{")) for kind, (left, _) in _AROUND.items()),
    ]
}
"""The operator that each sign or command means, for the reader."""


class Writer:
    """Spells nodes; ``names`` are the parts that stand on lines of their own."""

    def __init__(self, root: Expr) -> None:
        parts = named_parts((root,), nesting=NESTING, share_above=SHARE_ABOVE)
        self.names = {part: f"\\mathrm{{w}}_{{{k}}}" for k, part in enumerate(parts, 1)}
        self.with_minus: set[Expr] = set()
        for node in postorder((root,)):
            if self._starts_with_minus(node):
                self.with_minus.add(node)

    def _starts_with_minus(self, node: Expr) -> bool:
        """Whether the text begins with a minus sign, which after an operator needs brackets."""
        if node.is_number:
            return node.number < 0
        kind = node.op.qualified_name
        leads = kind == "arithmetic.mul" and node.args[0] in self.with_minus
        return node not in self.names and (leads or kind == "arithmetic.neg")

    def line(self, node: Expr) -> str:
        """Write a term; the parts with a name in it as that."""
        return assemble(self.spell(node)[1], self._expand)

    def _expand(self, group: Group) -> list[Item]:
        node, least = group
        if node in self.names:
            return [self.names[node]]
        level, items = self.spell(node)
        return [r"\left(", *items, r"\right)"] if level < least else items

    def spell(self, node: Expr) -> Spelled:
        """Return how tightly a node holds together, and its text with holes."""
        if node.is_symbol:
            return ATOM, [write_name(node.name)]
        if node.is_number:
            return _spell_number(node.number)
        kind = node.op.qualified_name
        if kind in _CONSTANTS:
            return ATOM, [_CONSTANTS[kind]]
        if kind in _INFIX:
            return self._spell_infix(*_INFIX[kind], *node.args)
        if kind in _SPECIAL:
            return _SPECIAL[kind](*node.args)
        if kind in _AROUND:
            left, right = _AROUND[kind]
            return POWER, [left, (node.args[0], CASES), right]
        return POWER, _spell_call(node)

    def _spell_infix(self, sign: str, level: int, left: Expr, right: Expr) -> Spelled:
        lowest = SUM if level == RELATION else level
        signed = level in (SUM, PRODUCT) and right in self.with_minus
        return level, [(left, lowest), sign, (right, ATOM if signed else level + 1)]


def _spell_number(value: Fraction) -> Spelled:
    sign = "-" if value < 0 else ""
    numerator = write_integer(abs(value.numerator))
    shortest = write_number(abs(value))
    if value.denominator == 1 or ("." in shortest and "e" not in shortest):
        plain = numerator if value.denominator == 1 else shortest
        return (UNARY if sign else ATOM), [sign + plain]
    text = f"{sign}\\frac{{{numerator}}}{{{write_integer(value.denominator)}}}"
    return (UNARY if sign else POWER), [text]


def _spell_neg(x: Expr) -> Spelled:
    return UNARY, ["-", (x, POWER)]


def _spell_div(x: Expr, y: Expr) -> Spelled:
    return POWER, [r"\frac{", (x, CASES), "}{", (y, CASES), "}"]


def _spell_pow(x: Expr, y: Expr) -> Spelled:
    return POWER, [(x, ATOM), "^{", (y, CASES), "}"]


def _spell_not(x: Expr) -> Spelled:
    return NOT, [r"\lnot ", (x, ATOM)]


def _spell_where(condition: Expr, x: Expr, y: Expr) -> Spelled:
    chosen: list[Item] = [(x, OR), r" & \text{if } ", (condition, OR), r" \\ "]
    return CASES, [r"\begin{cases} ", *chosen, (y, OR), r" & \text{otherwise} \end{cases}"]


def _spell_call(node: Expr) -> list[Item]:
    kind = node.op.qualified_name
    name = _FUNCTIONS.get(kind) or f"\\operatorname{{{_operator_name(node.op.name)}}}"
    items: list[Item] = [f"{name}\\left("]
    for k, arg in enumerate(node.args):
        items += [", ", (arg, CASES)] if k else [(arg, CASES)]
    return [*items, r"\right)"]


def _operator_name(name: str) -> str:
    return name if name.isascii() and name.isalnum() else write_name(name)


_SPECIAL: Mapping[str, Callable[..., Spelled]] = {
    "arithmetic.neg": _spell_neg,
    "arithmetic.div": _spell_div,
    "arithmetic.pow": _spell_pow,
    "piecewise.not": _spell_not,
    "piecewise.where": _spell_where,
}


def write(expr: Expr) -> str:
    """Write canonical LaTeX, for math mode.

    Terms of more than ``SHARE_ABOVE`` nodes become an ``aligned`` environment in which
    shared and deep parts stand on numbered lines, each after the parts that it uses.
    """
    writer = Writer(expr)
    lines = [f"{name} &= {writer.line(part)}" for part, name in writer.names.items()]
    result = writer.line(expr)
    return _align(result, lines) if lines else result


def _align(result: str, lines: list[str]) -> str:
    """Put the term first and the parts after the word where."""
    rows = [f"& {result}", r"\text{where}\quad " + lines[0], *lines[1:]]
    return "\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}"
