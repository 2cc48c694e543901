"""Exact values of closed subterms.

A float or ball evaluation of e - ln(exp(e)) is only near 0, and its logarithm is nonsense.
So every evaluation first replaces the closed subterms whose value is exactly a rational
number or an infinity. The value of a closed term is kept as a linear form

    rational + sum of rational * atom,    atoms: exp(form), ln(form), pi, ...

in which ln(exp(f)) = f, exp(ln(f)) = f and f - f = 0 are applied where they hold: every form
here stands for a real number that is defined, so no condition is lost. Terms outside the
forms have no closed value and are left as they are. Nothing recurses: forms are numbered,
and atoms refer to forms by number.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from emlir.expr.calculus import rebuild
from emlir.expr.core import Expr, build, number
from emlir.expr.traverse import postorder
from emlir.semantics import Semantics

MAX_BITS = 4_096
"""Rationals with larger numerators or denominators are not folded."""
MAX_TERMS = 16

Atom = tuple[Any, ...]  # ("exp", form number), ("ln", form number), or ("pi",)
Terms = frozenset[tuple[Atom, Fraction]]


@dataclass(frozen=True, slots=True)
class Form:
    """A real number, or an infinity when ``infinite`` is 1 or -1."""

    rational: Fraction = Fraction(0)
    terms: Terms = frozenset()
    infinite: int = 0

    @property
    def is_rational(self) -> bool:
        return not self.terms and not self.infinite


def fold_closed(root: Expr, semantics: Semantics) -> Expr:
    """Replace closed subterms by the rational or infinity that they exactly are.

    Value and domain stay the same under ``semantics``. Truth values are left alone.
    """
    folder = _Folder(semantics)
    result: dict[Expr, Expr] = {}
    for node in postorder((root,)):
        form = folder.visit(node)
        if form is None or not (form.is_rational or form.infinite):
            result[node] = rebuild(node, tuple(result[arg] for arg in node.args))
        else:
            result[node] = _constant(form)
    return result[root]


def _constant(form: Form) -> Expr:
    if not form.infinite:
        return number(form.rational)
    infinity: Expr = build("inf")
    return infinity if form.infinite > 0 else -infinity


@dataclass(slots=True)
class _Folder:
    semantics: Semantics
    forms: dict[Expr, Form | None] = field(default_factory=dict)
    numbers: dict[Form, int] = field(default_factory=dict)
    by_number: list[Form] = field(default_factory=list)

    def visit(self, node: Expr) -> Form | None:
        """Find the form of ``node``, whose arguments were visited before."""
        form = self._form(node)
        if form is not None and not _is_small(form):
            form = None
        self.forms[node] = form
        return form

    def _form(self, node: Expr) -> Form | None:
        if node.is_number:
            return Form(node.number)
        args = [self.forms[arg] for arg in node.args]
        rule = _RULES.get(node.op.qualified_name)
        if rule is None or None in args:
            return None
        return rule(self, *args)

    def atom(self, kind: str, argument: Form) -> Form:
        key = self.numbers.setdefault(argument, len(self.numbers))
        if key == len(self.by_number):
            self.by_number.append(argument)
        return Form(terms=frozenset({((kind, key), Fraction(1))}))

    def single(self, form: Form, kind: str) -> Form | None:
        """Return the argument f if the form is exactly kind(f)."""
        if form.infinite or form.rational or len(form.terms) != 1:
            return None
        ((atom, factor),) = form.terms
        return self.by_number[atom[1]] if atom[0] == kind and factor == 1 else None

    def positive(self, form: Form) -> bool:
        """Whether the form is visibly above 0: a sum of positive rationals and exponentials."""
        if form.infinite:
            return form.infinite > 0
        visible = all(factor > 0 and atom[0] in _POSITIVE for atom, factor in form.terms)
        return visible and form.rational >= 0 and bool(form.rational or form.terms)

    def exp(self, x: Form) -> Form | None:
        if x.infinite:
            return x if x.infinite > 0 else Form()
        if x.is_rational and not x.rational:
            return Form(Fraction(1))
        inner = self.single(x, "ln")
        return inner if inner is not None else self.atom("exp", x)

    def ln(self, x: Form) -> Form | None:
        if x.infinite:
            return x if x.infinite > 0 else None
        if x.is_rational and x.rational in (0, 1):
            return _ln_corner(x, self.semantics)
        if not self.positive(x):
            return None
        inner = self.single(x, "exp")
        return inner if inner is not None else self.atom("ln", x)

    def eml(self, x: Form, y: Form) -> Form | None:
        left, right = self.exp(x), self.ln(y)
        return None if left is None or right is None else _subtract(left, right)


_POSITIVE = ("exp", "pi")


def _ln_corner(x: Form, semantics: Semantics) -> Form | None:
    if x.rational == 1:
        return Form()
    return None if semantics == "real" else Form(infinite=-1)


def _is_small(form: Form) -> bool:
    values = [form.rational, *(factor for _, factor in form.terms)]
    bits = max(max(v.numerator.bit_length(), v.denominator.bit_length()) for v in values)
    return bits <= MAX_BITS and len(form.terms) <= MAX_TERMS


def _add(x: Form, y: Form) -> Form | None:
    if x.infinite or y.infinite:
        return None if x.infinite * y.infinite < 0 else Form(infinite=x.infinite or y.infinite)
    terms = dict(x.terms)
    for atom, factor in y.terms:
        terms[atom] = terms.get(atom, Fraction(0)) + factor
    kept = frozenset((atom, factor) for atom, factor in terms.items() if factor)
    return Form(x.rational + y.rational, kept)


def _scale(x: Form, by: Fraction) -> Form | None:
    if x.infinite:
        return Form(infinite=x.infinite if by > 0 else -x.infinite) if by else None
    if not by:
        return Form()
    return Form(x.rational * by, frozenset((atom, factor * by) for atom, factor in x.terms))


def _subtract(x: Form, y: Form) -> Form | None:
    negative = _scale(y, Fraction(-1))
    return None if negative is None else _add(x, negative)


def _multiply(x: Form, y: Form) -> Form | None:
    if x.is_rational:
        return _scale(y, x.rational)
    return _scale(x, y.rational) if y.is_rational else None


def _divide(x: Form, y: Form) -> Form | None:
    if y.infinite:
        return None if x.infinite else Form()
    return _scale(x, 1 / y.rational) if y.is_rational and y.rational else None


def _power(x: Form, y: Form) -> Form | None:
    if not (x.is_rational and y.is_rational) or y.rational.denominator != 1:
        return None
    base, exponent = x.rational, y.rational.numerator
    bits = max(base.numerator.bit_length(), base.denominator.bit_length())
    if (not base and exponent < 0) or bits * abs(exponent) > MAX_BITS:
        return None
    return Form(base**exponent)


def _of_rationals(function: Callable[..., Any]) -> Callable[..., Form | None]:
    def rule(_: _Folder, *args: Form) -> Form | None:
        if not all(arg.is_rational for arg in args):
            return None
        return Form(Fraction(function(*(arg.rational for arg in args))))

    return rule


def _mod(x: Fraction, y: Fraction) -> Fraction:
    return x - y * (x // y)


_RULES: dict[str, Callable[..., Form | None]] = {
    "eml.eml": _Folder.eml,
    "elementary.exp": _Folder.exp,
    "elementary.ln": _Folder.ln,
    "elementary.e": lambda folder: folder.exp(Form(Fraction(1))),
    "elementary.inf": lambda folder: None if folder.semantics == "real" else Form(infinite=1),
    "elementary.pi": lambda _: Form(terms=frozenset({(("pi",), Fraction(1))})),
    "arithmetic.add": lambda _, x, y: _add(x, y),
    "arithmetic.sub": lambda _, x, y: _subtract(x, y),
    "arithmetic.neg": lambda _, x: _scale(x, Fraction(-1)),
    "arithmetic.mul": lambda _, x, y: _multiply(x, y),
    "arithmetic.div": lambda _, x, y: _divide(x, y),
    "arithmetic.pow": lambda _, x, y: _power(x, y),
    "piecewise.abs": _of_rationals(abs),
    "piecewise.min": _of_rationals(min),
    "piecewise.max": _of_rationals(max),
    "piecewise.floor": _of_rationals(lambda x: x // 1),
    "piecewise.mod": lambda folder, x, y: (
        _of_rationals(_mod)(folder, x, y) if y.is_rational and y.rational else None
    ),
}
