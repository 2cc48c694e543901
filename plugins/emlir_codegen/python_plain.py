"""Plain Python: the fastest text of each part that is right where it raises no error."""

from emlir.plugin_api import Expr, postorder
from emlir_codegen.python_levels import ANY, FINITE, NOT_NAN, Level, is_nonzero, levels
from emlir_codegen.python_module import Target

RELATIONS = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!="}

_PLAIN = {
    "div": "({} / {})",
    "ln": "math.log({})",
    "sigmoid": "(1.0 / (1.0 + math.exp(-{})))",
    "eml": "(math.exp({}) - math.log({}))",
    "neml": "(math.log({}) - math.exp({}))",
    **{
        name: f"math.{name}({{}})"
        for name in "exp sqrt sin cos tan asin acos sinh cosh acosh atanh expm1 log1p".split()
    },
}
"""Plain text that raises an error, or gives what the helper gives."""

_ORDERED = {
    "hypot": "math.hypot({}, {})",
    **{name: f"({{}} {sign} {{}})" for name, sign in RELATIONS.items()},
}
"""Plain text for arguments that are not NaN."""

_FINITE = {
    "floor": "({} // 1.0)",
    "mod": "({} % {})",
    "pow": "math.pow({}, {})",
    "and": "({} and {})",
    "or": "({} or {})",
    "not": "(not {})",
}
"""Plain text for finite arguments, and for truths that are defined."""

_BY_LEVEL = {
    ANY: _PLAIN,
    NOT_NAN: _PLAIN | _ORDERED,
    FINITE: _PLAIN | _ORDERED | _FINITE,
}
_POWER = "({} ** {})"
_CHOICE = "({1} if {0} else {2})"
_EXTREMES = {"min": "<", "max": ">"}


class PlainText:
    """The plain text of an expression; ``target`` has the text of what needs a helper."""

    def __init__(self, expr: Expr, target: Target) -> None:
        self._levels = levels(expr)
        self._target = target
        self._held = 0
        self.may_fail = any(map(self._may_fail, postorder((expr,))))
        """Whether it may raise an error."""

    def spell(self, node: Expr) -> str:
        """Return the text of a node with holes for its arguments."""
        name, level = node.op.name, self._least(node)
        if name == "where" and self._levels[node.args[0]] is FINITE:
            return _CHOICE
        if name in _EXTREMES and level >= NOT_NAN:
            return self._extreme(_EXTREMES[name], node)
        if name == "pow" and level is FINITE and _is_never_complex(*node.args):
            return _POWER
        return _BY_LEVEL[level].get(name) or self._target.spell(node)

    def _extreme(self, sign: str, node: Expr) -> str:
        """Write min or max as a choice, which is faster than a call; see PEP 572 for ``:=``."""
        read, kept = [], []
        for place, arg in enumerate(node.args):
            if arg.args:
                self._held += 1
                read.append(f"(u{self._held} := {{{place}}})")
                kept.append(f"u{self._held}")
            else:
                read.append(f"{{{place}}}")
                kept.append(f"{{{place}}}")
        return f"({kept[0]} if {read[0]} {sign} {read[1]} else {kept[1]})"

    def _least(self, node: Expr) -> Level:
        return min((self._levels[arg] for arg in node.args), default=FINITE)

    def _may_fail(self, node: Expr) -> bool:
        name = node.op.name
        if name in ("sin", "cos", "tan"):
            return self._least(node) is not FINITE
        if name in ("div", "mod"):
            return not is_nonzero(node.args[1])
        return name in _PLAIN or name == "pow"


def _is_never_complex(base: Expr, exponent: Expr) -> bool:
    """Whether Python's ``**``, which is math.pow but faster, gives no complex number."""
    if base.is_number and base.number >= 0:
        return True
    return exponent.is_number and exponent.number.denominator == 1
