"""The notation ``smtlib2``: a complete script, linear in the size of the shared term."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from emlir.plugin_api import (
    Assumptions,
    Expr,
    InexpressibleError,
    Interval,
    assemble,
    named_parts,
    number,
    postorder,
    symbol,
    write_integer,
)
from emlir_smtlib.axioms import axioms
from emlir_smtlib.defined import defined
from emlir_smtlib.functions import (
    SORTS,
    STYLES,
    Function,
    Style,
    function_name,
    function_of,
    functions_named,
    integer_power,
)
from emlir_smtlib.names import AXIOM, DEFINED, GIVEN, VALUE, write_name
from emlir_smtlib.signs import SIGNS

SHARE_ABOVE = 60
NESTING = 100

WITHOUT_MEANING = ("elementary.i", "elementary.inf")

_ABOUT_DEFINED = """\
; In SMT-LIB every function is total: x/0 and ln(-1) have some value. The term has the value
; that emlir gives it in the semantics real only where emlir.defined holds."""


def write(expr: Expr, *, box: Any = None, functions: str = "uninterpreted") -> str:
    """Write a script: a number is defined as ``emlir.value``, a truth is asserted.

    ``box``, anything that :meth:`emlir.Assumptions.of` takes, is asserted too, each fact
    under a name ``emlir.given...``. The condition under which the expression is defined, if
    it has one, is defined as ``emlir.defined``, and not asserted. ``functions`` says what
    exp, ln, sin and the like are: ``"uninterpreted"``, for every solver, or ``"cvc5"``, that
    solver's own. Raises :class:`emlir.InexpressibleError` for i and inf.
    """
    if functions not in STYLES:
        raise ValueError(f"functions is one of {', '.join(STYLES)}, not {functions!r}")
    return "\n".join(Script(expr, Assumptions.of(box), STYLES[functions]).lines()) + "\n"


class Script:
    """One script: the names of its parts, and its lines."""

    def __init__(self, expr: Expr, region: Assumptions, style: Style) -> None:
        self.expr = expr
        self.style = style
        self.region = [*_bounds(region.boxes), *region.beyond_boxes()]
        self.condition = defined(expr)
        self.has_condition = self.condition.op.name != "true"
        terms = [expr, self.condition] if self.has_condition else [expr]
        self.axioms = axioms([*self.region, *terms], style) if style.heads else []
        self.roots = [*self.region, *self.axioms, *terms]
        parts = named_parts(self.roots, nesting=NESTING, share_above=SHARE_ABOVE)
        self.names = {part: f"emlir.let.{k}" for k, part in enumerate(parts, 1)}

    def lines(self) -> list[str]:
        """Return the lines of the script, every name declared before its use."""
        functions = _functions(self.roots, self.style)
        symbols = sorted({name for root in self.roots for name in root.symbols})
        out = [f"(set-logic {_logic(functions, self.style)})"]
        out += [f"(declare-const {write_name(name)} Real)" for name in symbols]
        out += [function_line(function, self.style) for function in functions]
        out += [self._definition(name, part) for part, name in self.names.items()]
        out += self._assertions(GIVEN, self.region) + self._assertions(AXIOM, self.axioms)
        if self.has_condition:
            out += [_ABOUT_DEFINED, self._definition(DEFINED, self.condition, whole=True)]
        if self.expr.sort == "number":
            return [*out, self._definition(VALUE, self.expr, whole=True)]
        return [*out, f"(assert {self._term(self.expr)})", "(check-sat)"]

    def _assertions(self, name: str, facts: Iterable[Expr]) -> list[str]:
        return [
            f"(assert (! {self._term(fact)} :named {name}{k}))" for k, fact in enumerate(facts, 1)
        ]

    def _definition(self, name: str, term: Expr, whole: bool = False) -> str:
        """Define a name; a ``whole`` term may be a named part itself."""
        text = self._term(term) if whole else assemble(_spell(term, self.style), self._expand)
        return f"(define-fun {name} () {SORTS[term.sort]} {text})"

    def _term(self, term: Expr) -> str:
        return assemble([term], self._expand)

    def _expand(self, node: Expr) -> list[str | Expr]:
        return [self.names[node]] if node in self.names else _spell(node, self.style)


def function_line(function: Function, style: Style) -> str:
    """Return the declaration or the definition of a function."""
    if function.body is None:
        return f"(declare-fun {function.name} ({' '.join(function.takes)}) {function.gives})"
    pairs = zip(function.parameters, function.takes, strict=True)
    parameters = " ".join(f"({name} {sort})" for name, sort in pairs)
    body = function.body
    text = body if isinstance(body, str) else assemble([body], lambda node: _spell(node, style))
    return f"(define-fun {function.name} ({parameters}) {function.gives} {text})"


def own_lines(name: str) -> list[str]:
    """Return the lines, one a style, by which scripts introduce the name of an operator."""
    return [function_line(function, style) for style, function in functions_named(name)]


def _head(node: Expr, style: Style) -> str:
    kind = node.op.qualified_name
    return SIGNS.get(kind) or style.heads.get(kind) or function_name(node)


def _spell(node: Expr, style: Style) -> list[str | Expr]:
    """Return the text of a node with its arguments as holes."""
    if node.is_symbol:
        return [write_name(node.name)]
    if node.is_number:
        return [_number(node.number)]
    head = _head(node, style)
    args = node.args[:1] if integer_power(node) is not None else node.args
    if not args:
        return [head]
    return [f"({head}", *(piece for arg in args for piece in (" ", arg)), ")"]


def _number(value: Fraction) -> str:
    text = f"{write_integer(abs(value.numerator))}.0"
    if value.denominator != 1:
        text = f"(/ {text} {write_integer(value.denominator)}.0)"
    return f"(- {text})" if value < 0 else text


def _functions(roots: Iterable[Expr], style: Style) -> list[Function]:
    """Return the functions that terms use, each after those that its body uses."""
    found: dict[str, Function] = {}
    for node in postorder(roots):
        kind = node.op.qualified_name
        if node.op.family == "leaf" or kind in SIGNS or kind in style.heads:
            continue
        if kind in WITHOUT_MEANING:
            raise InexpressibleError(f"SMT-LIB has no {node.op.name}: its reals are finite")
        function = function_of(node, style)
        if function.name in found:
            continue
        if isinstance(function.body, Expr):
            inner = _functions([function.body], style)  # as deep as definitions nest
            found.update((each.name, each) for each in inner)
        found[function.name] = function
    return list(found.values())


def _logic(functions: Iterable[Function], style: Style) -> str:
    mixed = any(function.name == "emlir.floor" for function in functions)
    return ("QF_UFNIRA" if mixed else "QF_UFNRA") + style.logic


def _bounds(boxes: Mapping[str, Interval]) -> Iterable[Expr]:
    for name, interval in boxes.items():
        yield from _interval(symbol(name), interval)


def _interval(x: Expr, interval: Interval) -> Iterable[Expr]:
    if interval.lo is not None:
        yield x > number(interval.lo) if interval.lo_open else x >= number(interval.lo)
    if interval.hi is not None:
        yield x < number(interval.hi) if interval.hi_open else x <= number(interval.hi)
