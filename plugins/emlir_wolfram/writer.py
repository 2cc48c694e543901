"""Writing the input form: few brackets, and the same meaning to Wolfram itself."""

from emlir.plugin_api import Expr, InexpressibleError, assemble, write_quotient
from emlir_wolfram.functions import CONSTANT_NAMES, FUNCTION_NAMES
from emlir_wolfram.names import write_name

OR, AND, NOT, RELATION, SUM, PRODUCT, QUOTIENT, UNARY, POWER, ATOM = range(10)
"""How tightly a term holds together; in Wolfram quotients are tighter than products."""

Group = tuple[Expr, int]
"""A subterm and the level that its place asks for."""
Item = str | Group
Spelled = tuple[int, list[Item]]

_INFIX = {
    "or": (" || ", OR),
    "and": (" && ", AND),
    "lt": (" < ", RELATION),
    "le": (" <= ", RELATION),
    "gt": (" > ", RELATION),
    "ge": (" >= ", RELATION),
    "eq": (" == ", RELATION),
    "ne": (" != ", RELATION),
    "add": (" + ", SUM),
    "sub": (" - ", SUM),
    "mul": ("*", PRODUCT),
    "div": ("/", QUOTIENT),
}

OPERATORS = frozenset(
    ["symbol", "number", "neg", "pow", "not", *_INFIX, *CONSTANT_NAMES, *FUNCTION_NAMES]
)
"""The names of the operators that the notation has."""


def write(expr: Expr) -> str:
    """Write the input form of Wolfram, on one line.

    Raises :class:`emlir.InexpressibleError` for operators that Wolfram has no function for.
    """
    text = assemble([(expr, OR)], _expand)
    # a line that begins with ! is a command to the system in a Wolfram terminal
    return f"({text})" if text.startswith("!") else text


def _expand(group: Group) -> list[Item]:
    node, least = group
    level, items = _spell(node)
    return ["(", *items, ")"] if level < least else items


def _spell(node: Expr) -> Spelled:
    """Return how tightly a node holds together, and its text with holes."""
    if node.is_symbol:
        return ATOM, [write_name(node.name)]
    if node.is_number:
        return _spell_number(node)
    kind = node.op.name
    if kind in _INFIX:
        return _spell_infix(*_INFIX[kind], *node.args)
    if kind == "neg":
        return UNARY, ["-", (node.args[0], POWER)]
    if kind == "pow":
        return POWER, [(node.args[0], ATOM), "^", (node.args[1], POWER)]
    if kind == "not":
        return NOT, ["!", (node.args[0], RELATION)]
    return ATOM, _spell_call(node)


def _spell_number(node: Expr) -> Spelled:
    text = write_quotient(node.number)
    return (QUOTIENT if "/" in text else UNARY if text[0] == "-" else ATOM), [text]


def _spell_infix(sign: str, level: int, left: Expr, right: Expr) -> Spelled:
    lowest = SUM if level == RELATION else level
    signed = level >= SUM and _starts_with_minus(right)
    return level, [(left, lowest), sign, (right, ATOM if signed else level + 1)]


def _starts_with_minus(node: Expr) -> bool:
    return node.op.name == "neg" or (node.is_number and node.number < 0)


def _spell_call(node: Expr) -> list[Item]:
    name = node.op.name
    if name in CONSTANT_NAMES:
        return [CONSTANT_NAMES[name]]
    if name not in FUNCTION_NAMES:
        raise InexpressibleError(f"Wolfram has no function for {name}: define or rewrite it first")
    items: list[Item] = [f"{FUNCTION_NAMES[name]}["]
    for arg in node.args:
        items += [(arg, OR), ", "]
    return [*items[:-1], "]"]
