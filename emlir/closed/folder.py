"""Folding: the forms of all closed nodes of an expression, with exp and ln.

Used are, where they hold for the numbers in question: ln(exp f) = f, exp(ln f) = f,
ln(c f) = ln c + ln f, exp(n ln c + f) = c^n exp(f), and in ``complex`` the principal
logarithms of negative and of imaginary numbers, and ln(exp f) = f for f in the strip where
that is true. Nothing recurses: forms are numbered, and
atoms refer to forms by number.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction

from emlir.closed import bounds
from emlir.closed.forms import (
    COMPLEX,
    PI,
    PI_I,
    Atom,
    Form,
    Kind,
    add,
    parts,
    real_part,
    scale,
    single,
    subtract,
    turn,
)
from emlir.closed.rules import RULES
from emlir.expr.calculus import rebuild
from emlir.expr.core import Expr, build, number
from emlir.expr.traverse import postorder
from emlir.semantics import Semantics

MAX_BITS = 4_096
"""Rationals with larger numerators or denominators are not folded."""
MAX_TERMS = 16


def fold_closed(root: Expr, semantics: Semantics) -> Expr:
    """Replace closed subterms by the number that they exactly are.

    Value and domain stay the same under ``semantics``. Truth values are left alone.
    """
    folder = Folder(semantics)
    result: dict[Expr, Expr] = {}
    for node in postorder((root,)):
        constant = _constant(folder.visit(node), node)
        if constant is None:
            constant = rebuild(node, tuple(result[arg] for arg in node.args))
        result[node] = constant
    return result[root]


def _constant(form: Form | None, node: Expr) -> Expr | None:
    if form is None:
        return None
    if form.infinite:
        infinity: Expr = build("inf")
        return infinity if form.infinite > 0 else -infinity
    if form.is_rational:
        return number(form.rational)
    return _complex_constant(form) if node.op.qualified_name in _MAKERS else None


_MAKERS = ("eml.eml", "elementary.exp", "elementary.ln")
"""Their closed nodes become a + b i, a pi or a pi i, in ``complex``, where they are that."""


def _complex_constant(form: Form) -> Expr | None:
    parts = form.gaussian
    if parts is not None:
        imaginary = _multiple(parts[1], build("i"))
        return number(parts[0]) + imaginary if parts[0] else imaginary
    if form.rational or len(form.terms) != 1:
        return None
    ((atom, factor),) = form.terms
    if atom[0] != "pi":
        return None
    pi: Expr = build("pi")
    return _multiple(factor, pi * build("i") if atom[2] else pi)


def _multiple(factor: Fraction, of: Expr) -> Expr:
    return of if factor == 1 else -of if factor == -1 else number(factor) * of


@dataclass(slots=True)
class Folder:
    """The forms of nodes, and what is known about the forms inside atoms."""

    semantics: Semantics
    forms: dict[Expr, Form | None] = field(default_factory=dict)
    numbers: dict[Form, int] = field(default_factory=dict)
    by_number: list[Form] = field(default_factory=list)
    known_bounds: dict[int, bounds.Bounds | None] = field(default_factory=dict)

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
        own = _OWN.get(node.op.qualified_name)
        if None in args:
            return None
        if own is not None:
            return own(self, *args)
        rule = RULES.get(node.op.qualified_name)
        return None if rule is None else rule(*args)

    def constant(self, name: str) -> Form | None:
        """The constants whose existence depends on the semantics."""
        if name == "inf":
            return None if self.semantics == "real" else Form(infinite=1)
        return turn(Form(Fraction(1))) if self.semantics == "complex" else None

    def atom(self, kind: Kind, argument: Form) -> Form:
        key = self.numbers.setdefault(argument, len(self.numbers))
        if key == len(self.by_number):
            self.by_number.append(argument)
        return single((kind, key, False))

    def exp(self, x: Form) -> Form | None:
        if x.infinite:
            return x if x.infinite > 0 else Form()
        quarters = _quarter_turns(x)
        if quarters is None:
            logarithm = self._only(x, "complex ln")
            return self.atom("complex exp", x) if logarithm is None else logarithm
        size = self._real_exp(real_part(x))
        return None if size is None else turn(size, quarters)

    def _only(self, x: Form, kind: Kind) -> Form | None:
        """Return the form inside, if this is exactly one atom of a kind."""
        if x.rational or len(x.terms) != 1:
            return None
        ((atom, factor),) = x.terms
        return self.by_number[atom[1]] if atom == (kind, atom[1], False) and factor == 1 else None

    def _real_exp(self, x: Form) -> Form | None:
        """exp of a real form; n ln(rational) in it becomes a factor."""
        factor, rest = Fraction(1), set(x.terms)
        for atom, times in x.terms:
            base = self.by_number[atom[1]] if atom[0] == "ln" else None
            if base is not None and base.is_rational and _is_small_power(base.rational, times):
                factor *= base.rational**times.numerator
                rest.remove((atom, times))
        other = Form(x.rational, frozenset(rest))
        if other.is_rational and not other.rational:
            return Form(factor)
        inside = self._only(other, "ln")
        return scale(self.atom("exp", other) if inside is None else inside, factor)

    def ln(self, x: Form) -> Form | None:
        if x.infinite:
            return x if x.infinite > 0 else None
        if x.is_rational and not x.rational:
            return None if self.semantics == "real" else Form(infinite=-1)
        if x.is_real:
            return self._ln_of(x, 0, 2)
        return self._ln_of(turn(x, 3), 1, -1) if turn(x, 3).is_real else self._complex_ln(x)

    def _complex_ln(self, x: Form) -> Form | None:
        """Log of a number on neither axis: exp(f) with f in the strip, or one of known parts."""
        exponent = self._only(x, "complex exp")
        if exponent is not None:
            return exponent if self._in_strip(exponent) else None
        split = parts(x)
        return self.atom("complex ln", x) if split and self.sign(split[1]) else None

    def _in_strip(self, x: Form) -> bool:
        """Whether the imaginary part is shown to be within (-pi, pi).

        That of a ``complex ln`` is: there is one only for numbers off the real axis.
        """
        split = parts(x)
        if split is not None:
            edges = (add(single(PI), split[1]), subtract(single(PI), split[1]))
            return all(edge is not None and self.sign(edge) > 0 for edge in edges)
        others = frozenset(term for term in x.terms if term[0][0] not in COMPLEX)
        ((kind, _, turned), factor), *more = x.terms - others
        plain = kind == "complex ln" and not turned and abs(factor) <= 1
        return plain and not more and Form(terms=others).is_real

    def _ln_of(self, x: Form, above: int, below: int) -> Form | None:
        """ln |x| and, by the sign of x, so many times pi i / 2."""
        sign = self.sign(x)
        quarters = above if sign > 0 else below
        size = scale(x, Fraction(sign))
        if not sign or size is None or (quarters and self.semantics != "complex"):
            return None
        angle = scale(single(PI_I), Fraction(quarters, 2))
        return None if angle is None else add(self._positive_ln(size), angle)

    def _positive_ln(self, x: Form) -> Form:
        if x.is_rational:
            return self._rational_ln(x.rational)
        if x.rational or len(x.terms) != 1:
            return self.atom("ln", x)
        ((atom, factor),) = x.terms
        if factor < 0:
            return self.atom("ln", x)
        inside = self.by_number[atom[1]] if atom[0] == "exp" else self.atom("ln", single(atom))
        return add(inside, self._rational_ln(factor)) or self.atom("ln", x)

    def _rational_ln(self, value: Fraction) -> Form:
        """ln of a positive rational, as a multiple of that of one above 1."""
        if value == 1:
            return Form()
        if value > 1:
            return self.atom("ln", Form(value))
        ((atom, _),) = self.atom("ln", Form(1 / value)).terms
        return Form(terms=frozenset({(atom, Fraction(-1))}))

    def eml(self, x: Form, y: Form) -> Form | None:
        left, right = self.exp(x), self.ln(y)
        return None if left is None or right is None else subtract(left, right)

    def sign(self, x: Form) -> int:
        """Return the sign of a finite real form, or 0 where it is 0 or not known."""
        signs = {_sign(factor) * self._visible_sign(atom) for atom, factor in x.terms}
        signs |= {_sign(x.rational)} if x.rational or not x.terms else set()
        if len(signs) == 1 and 0 not in signs:
            return signs.pop()
        return 0 if x.is_rational else bounds.sign(self._bounds(x))

    def _visible_sign(self, atom: Atom) -> int:
        kind, inside, _ = atom
        above_one = kind == "ln" and self.by_number[inside].is_rational  # see _rational_ln
        return 1 if kind in ("pi", "exp") or above_one else 0

    def _bounds(self, x: Form) -> bounds.Bounds | None:
        """Bound a real form, and first all forms inside it."""
        try:
            stack = list(self._inside(x))
            while stack:
                inside = self._inside(self.by_number[stack[-1]])
                pending = [key for key in inside if key not in self.known_bounds]
                if pending:
                    stack.extend(pending)
                else:
                    key = stack.pop()
                    self.known_bounds[key] = self._sum(self.by_number[key])
            return self._sum(x)
        except ArithmeticError:
            return None

    def _inside(self, x: Form) -> list[int]:
        return [inside for (kind, inside, _), _ in x.terms if kind in ("exp", "ln")]

    def _sum(self, x: Form) -> bounds.Bounds | None:
        result = bounds.of_rational(x.rational)
        for (kind, inside, _), factor in x.terms:
            part = bounds.PI if kind == "pi" else self._atom_bounds(kind, inside)
            if part is None:
                return None
            result = bounds.total(result, bounds.scaled(part, factor))
        return result

    def _atom_bounds(self, kind: Kind, inside: int) -> bounds.Bounds | None:
        argument = self.known_bounds[inside]
        if argument is None:
            return None
        return bounds.exp(argument) if kind == "exp" else bounds.ln(argument)


def _quarter_turns(x: Form) -> int | None:
    """Return n where the imaginary part is n pi / 2."""
    turned = [term for term in x.terms if term[0][2] or term[0][0] in COMPLEX]
    if not turned:
        return 0
    (atom, factor), *more = turned
    twice = 2 * factor
    return twice.numerator if not more and atom == PI_I and twice.denominator == 1 else None


def _sign(value: Fraction) -> int:
    return 1 if value > 0 else -1 if value < 0 else 0


def _is_small_power(base: Fraction, exponent: Fraction) -> bool:
    bits = max(base.numerator.bit_length(), base.denominator.bit_length())
    return exponent.denominator == 1 and bits * abs(exponent) <= MAX_BITS


def _is_small(form: Form) -> bool:
    values = [form.rational, *(factor for _, factor in form.terms)]
    bits = max(max(v.numerator.bit_length(), v.denominator.bit_length()) for v in values)
    return bits <= MAX_BITS and len(form.terms) <= MAX_TERMS


_OWN: dict[str, Callable[..., Form | None]] = {
    "eml.eml": Folder.eml,
    "elementary.exp": Folder.exp,
    "elementary.ln": Folder.ln,
    "elementary.e": lambda folder: folder.exp(Form(Fraction(1))),
    "elementary.pi": lambda _: single(PI),
    "elementary.inf": lambda folder: folder.constant("inf"),
    "elementary.i": lambda folder: folder.constant("i"),
}
