"""Executing a term in one case: each node's outcome from those of its arguments."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from emlir.evaluate import ball_backend
from emlir.expr.core import Expr, build
from emlir.expr.signs import ANY, NEGATIVE, POSITIVE, ZERO
from emlir.expr.traverse import postorder
from emlir.rewrite.facts import Facts
from emlir.testing.rules_cases import Case
from emlir.testing.rules_elementary import Elementary
from emlir.testing.rules_field import Field, Key
from emlir.testing.rules_outcome import (
    UNDEFINED,
    Calculator,
    Outcome,
    finite,
    infinite,
    truth,
    unclear,
)

LARGEST_POWER = 12
_ODD = ("asin", "atan")
_ORDERS = {
    "lt": NEGATIVE,
    "le": NEGATIVE | ZERO,
    "gt": POSITIVE,
    "ge": POSITIVE | ZERO,
    "eq": ZERO,
    "ne": NEGATIVE | POSITIVE,
}


@dataclass(slots=True)
class Executor:
    """Outcomes of terms in one case, remembered."""

    case: Case
    facts: Facts
    terms: Field = field(default_factory=Field)
    known: dict[Expr, Outcome] = field(default_factory=dict)

    @property
    def calculator(self) -> Calculator:
        return Calculator(self.terms, self.case)

    @property
    def elementary(self) -> Elementary:
        return Elementary(self.calculator, self.facts.semantics)

    def __call__(self, expr: Expr) -> Outcome:
        """Return the outcome of a term; may raise :class:`SplitError`."""
        for node in postorder((expr,)):
            if node not in self.known:
                self.known[node] = self._outcome(node)
        return self.known[expr]

    def _outcome(self, node: Expr) -> Outcome:
        if node.is_symbol:
            return self._symbol(node.name)
        if node.is_number:
            return finite(self.terms.constant(node.number), True)
        args = [self.known[arg] for arg in node.args]
        if node.op.name in ("where", "and", "or"):
            return _LAZY[node.op.name](*args)
        for kind in ("undefined", "unclear"):
            for arg in args:
                if arg.kind == kind:
                    return arg
        result = self._strict(node, args)
        if result.ratio is not None and self.terms.relations:
            result = replace(result, ratio=self.terms.reduced(result.ratio))
        needs = frozenset[Key]().union(*(arg.needs for arg in args))
        return replace(result, needs=result.needs | needs)

    def _symbol(self, name: str) -> Outcome:
        kind = self.case.classes[name]
        if kind == "undefined":
            return UNDEFINED
        if kind in ("inf", "-inf"):
            return infinite(1 if kind == "inf" else -1)
        return finite(self.case.symbol(self.terms, name), kind == "real")

    def _strict(self, node: Expr, args: list[Outcome]) -> Outcome:
        name, calculator = node.op.name, self.calculator
        if name in _ARITHMETIC:
            return _ARITHMETIC[name](calculator, *args)
        if name == "pow" and _has_small_exponent(node):
            return calculator.power(args[0], int(node.args[1].number))
        if name == "pow":
            power = self.elementary.power(*args)
            return self._term(node, args) if power is None else power
        if name in _ELEMENTARY:
            return _ELEMENTARY[name](self.elementary, *args)
        if name in _ORDERS:
            return self._relation(name, *args)
        if name in ("min", "max", "abs"):
            return self._choice(node, args)
        if name in _CONSTANTS:
            return _CONSTANTS[name](calculator, self.facts.semantics)
        return self._term(node, args)

    def _relation(self, name: str, x: Outcome, y: Outcome) -> Outcome:
        if x.real and y.real:
            return truth(bool(self.calculator.compare(x, y) & _ORDERS[name]))
        if name in ("eq", "ne"):
            return unclear("an equation between values that need not be real")
        unsure = x.real is None or y.real is None
        return unclear("an order of values that may be real or not") if unsure else UNDEFINED

    def _choice(self, node: Expr, args: list[Outcome]) -> Outcome:
        """min, max, abs."""
        name = node.op.name
        if not all(arg.real for arg in args):
            if name == "abs":
                return self._term(node, args)
            unsure = any(arg.real is None for arg in args)
            return unclear(f"{name} of values that may be real or not") if unsure else UNDEFINED
        calculator = self.calculator
        if name == "abs":
            args = [args[0], calculator.negative(args[0])]
        order = calculator.compare(*args)
        return args[0] if (order == NEGATIVE) == (name == "min") else args[1]

    def _term(self, node: Expr, args: list[Outcome]) -> Outcome:
        """An operator that is not rational: a new unknown, the same for equal arguments."""
        if any(arg.kind == "infinite" for arg in args):
            return self._at_infinity(node, args)
        name, all_real = node.op.name, all(arg.real for arg in args)
        if name in _ODD and all_real and _is_turned(args[0]):
            positive = self._term(node, [self.calculator.negative(args[0])])
            return replace(positive, ratio=-positive.value) if positive.ratio else positive
        keys = [arg.value.key for arg in args]
        key = (name, *(sorted(keys) if node.op.commutative else keys))
        inside = all_real and self._is_inside(node)
        plane = self.facts.semantics == "complex" and not inside
        if name == "logaddexp" and plane and not all_real:
            return unclear("logaddexp off the real axis may be infinite")
        if node.op.poles and self.facts.semantics != "real" and not inside:
            return unclear(f"{name} may be infinite")
        value = self.terms.generator(key, not plane or name == "abs", self._sign(node, args))
        free = inside or (plane and node.op.entire)
        needs = frozenset[Key]() if free else frozenset({("domain", *key)})
        known_real = not plane or name == "abs"
        return replace(finite(value, True if known_real else None), needs=needs)

    def _is_inside(self, node: Expr) -> bool:
        return node.op.domain is None or self.facts.holds(node.op.domain(*node.args))

    def _sign(self, node: Expr, args: list[Outcome]) -> int:
        if node.op.name == "abs":
            return ZERO | POSITIVE
        if node.op.signs is None or not all(arg.real for arg in args):
            return ANY
        signs = tuple(self.terms.sign(arg.value.top * arg.value.bottom) for arg in args)
        return node.op.signs(node.args, signs)

    def _at_infinity(self, node: Expr, args: list[Outcome]) -> Outcome:
        if len(args) != 1:
            return unclear(f"{node.op.name} at an infinity")
        name, sign = node.op.name, args[0].sign
        argument = build("inf") if sign > 0 else -build("inf")
        value = ball_backend().at_points(self.facts.semantics, 128)(node.op(argument), {})
        if value.state == "undefined":
            return UNDEFINED
        if value.state == "number" and value.is_finite is False:
            return infinite(1 if str(value) == "inf" else -1)
        return finite(self.terms.generator((name, sign), True), True)


def _is_turned(x: Outcome) -> bool:
    """Whether a value is minus one in normal form."""
    top = x.value.top
    return top != 0 and bool(top.leading_coefficient() < 0)


def _has_small_exponent(node: Expr) -> bool:
    exponent = node.args[1]
    small = exponent.is_number and exponent.number.denominator == 1
    return small and abs(exponent.number) <= LARGEST_POWER


def _where(condition: Outcome, yes: Outcome, no: Outcome) -> Outcome:
    if condition.kind != "truth":
        return condition
    chosen = yes if condition.sign else no
    return replace(chosen, needs=chosen.needs | condition.needs)


def _joined(a: Outcome, b: Outcome, decisive: int) -> Outcome:
    """and (0 decides), or (1 decides); a side that decides needs nothing of the other."""
    for side in (a, b):
        if side.kind == "truth" and side.sign == decisive and not side.needs:
            return side
    for kind in ("unclear", "undefined"):
        for side in (a, b):
            if side.kind == kind:
                return side
    if decisive in (a.sign, b.sign):
        return unclear("a truth that may be undefined")
    return replace(truth(not decisive), needs=a.needs | b.needs)


def _constant(name: str) -> Callable[[Calculator, str], Outcome]:
    def make(calculator: Calculator, semantics: str) -> Outcome:
        return finite(calculator.field.generator((name,), True, POSITIVE), True)

    return make


def _imaginary_unit(calculator: Calculator, semantics: str) -> Outcome:
    if semantics != "complex":
        return UNDEFINED
    unit = calculator.field.generator(("i",), False)
    if not calculator.field.has_unit:
        calculator.field.has_unit = True
        calculator.field.relate(unit * unit + calculator.field.constant(1))
    return finite(unit, False)


_LAZY: dict[str, Callable[..., Outcome]] = {
    "where": _where,
    "and": lambda a, b: _joined(a, b, 0),
    "or": lambda a, b: _joined(a, b, 1),
}
_ARITHMETIC: dict[str, Callable[..., Outcome]] = {
    "add": Calculator.add,
    "sub": lambda calculator, x, y: calculator.add(x, calculator.negative(y)),
    "neg": Calculator.negative,
    "mul": Calculator.multiply,
    "div": Calculator.divide,
    "not": lambda calculator, a: truth(not a.sign),
}
_ELEMENTARY: dict[str, Callable[..., Outcome]] = {
    "exp": Elementary.exp,
    "ln": Elementary.ln,
    "sqrt": Elementary.sqrt,
    "sin": lambda elementary, x: elementary.angle(x, 0),
    "cos": lambda elementary, x: elementary.angle(x, 1),
}
_CONSTANTS: dict[str, Callable[[Calculator, str], Outcome]] = {
    "pi": _constant("pi"),
    "e": lambda calculator, semantics: Elementary(calculator, semantics).exp(
        finite(calculator.field.constant(1), True)
    ),
    "i": _imaginary_unit,
    "inf": lambda _, semantics: UNDEFINED if semantics == "real" else infinite(1),
    "true": lambda *_: truth(True),
    "false": lambda *_: truth(False),
}
