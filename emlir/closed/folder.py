"""Folding: the forms of all closed nodes of an expression, with exp and ln.

Used are, where they hold for the numbers in question: ln(exp f) = f, exp(ln f) = f,
ln(c f) = ln c + ln f, exp(n ln c + f) = c^n exp(f), and in ``complex`` the principal
logarithms of negative and of imaginary numbers, and ln(exp f) = f + 2 pi i k with the k
that is right. Nothing recurses over expressions: forms are numbered.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from emlir.closed import bounds
from emlir.closed.atoms import Atoms
from emlir.closed.forms import (
    COMPLEX,
    PI,
    PI_I,
    Form,
    add,
    divide,
    multiply,
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
    return fold_all((root,), semantics)[0]


def fold_all(roots: Sequence[Expr], semantics: Semantics) -> tuple[Expr, ...]:
    """Fold several expressions, shared subterms once; see :func:`fold_closed`."""
    folder = Folder(semantics)
    result: dict[Expr, Expr] = {}
    for node in postorder(roots):
        constant = _constant(folder.visit(node), node)
        if constant is None:
            constant = rebuild(node, tuple([result[arg] for arg in node.args]))
        result[node] = constant
    return tuple(result[root] for root in roots)


def _constant(form: Form | None, node: Expr) -> Expr | None:
    if form is None:
        return None
    if form.infinite:
        infinity: Expr = build("inf")
        return infinity if form.infinite > 0 else -infinity
    if form.is_rational:
        return number(form.rational)
    makes = node.op.closed is not None or node.op.qualified_name in _MAKERS
    return _complex_constant(form) if makes else None


_MAKERS = ("elementary.exp", "elementary.ln")
"""Closed nodes of these, and of operators with a rule of their own, become a + b i, a pi or
a pi i, in ``complex``, where they are that."""


def _complex_constant(form: Form) -> Expr | None:
    gaussian = form.gaussian
    if gaussian is not None:
        real, imaginary = gaussian
        if not real:
            return _multiple(imaginary, build("i"))
        size = _multiple(abs(imaginary), build("i"))
        return number(real) + size if imaginary > 0 else number(real) - size
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
    """The forms of nodes."""

    semantics: Semantics
    forms: dict[Expr, Form | None] = field(default_factory=dict)
    atoms: Atoms = field(default_factory=Atoms)

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
        own = node.op.closed or _OWN.get(node.op.qualified_name)
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

    def exp(self, x: Form) -> Form | None:
        if x.infinite:
            return x if x.infinite > 0 else Form()
        quarters = _quarter_turns(x)
        if quarters is None:
            return self._complex_exp(x)
        size = self._real_exp(real_part(x))
        return None if size is None else turn(size, quarters)

    def _complex_exp(self, x: Form) -> Form:
        """exp off the axes; one Log(f) in it becomes a factor, where the rest is a + b i."""
        for atom, times in x.terms:
            if times == 1 and atom[0] == "complex ln" and not atom[2]:
                rest = self.exp(Form(x.rational, x.terms - {(atom, times)}))
                inside = self.atoms.by_number[atom[1]]
                product = rest and rest.gaussian and multiply(rest, inside)
                if product:
                    return product
        return self.atoms.atom("complex exp", x)

    def _real_exp(self, x: Form) -> Form | None:
        """exp of a real form; n ln(rational) in it becomes a factor."""
        factor, rest = Fraction(1), set(x.terms)
        for atom, times in x.terms:
            base = self.atoms.by_number[atom[1]] if atom[0] == "ln" else None
            if base is not None and base.is_rational and _is_small_power(base.rational, times):
                factor *= base.rational**times.numerator
                rest.remove((atom, times))
        other = Form(x.rational, frozenset(rest))
        if other.is_rational and not other.rational:
            return Form(factor)
        inside = self.atoms.only(other, "ln")
        return scale(self.atoms.atom("exp", other) if inside is None else inside, factor)

    def ln(self, x: Form) -> Form | None:
        if x.infinite:
            return x if x.infinite > 0 else None
        if x.is_rational and not x.rational:
            return None if self.semantics == "real" else Form(infinite=-1)
        if x.is_real:
            return self._ln_of(x, 0, 2)
        return self._ln_of(turn(x, 3), 1, -1) if turn(x, 3).is_real else self._complex_ln(x)

    def _complex_ln(self, x: Form) -> Form | None:
        """Log off the axes: of exp(f) it is f + 2 pi i k, of known parts it is an atom."""
        exponent = self.atoms.only(x, "complex exp")
        if exponent is not None:
            return self._unwound(exponent)
        split = parts(x)
        return self.atoms.atom("complex ln", x) if split and self.atoms.sign(split[1]) else None

    def _unwound(self, x: Form) -> Form | None:
        """x + 2 pi i k with the imaginary part within (-pi, pi), if that is sure for one k."""
        turns = bounds.turns(self.atoms.imaginary_bounds(x))
        shift = None if turns is None else scale(single(PI_I), Fraction(-2 * turns))
        return None if shift is None else add(x, shift)

    def _ln_of(self, x: Form, above: int, below: int) -> Form | None:
        """ln |x| and, by the sign of x, so many times pi i / 2."""
        sign = self.atoms.sign(x)
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
            return self.atoms.atom("ln", x)
        ((atom, factor),) = x.terms
        if factor < 0:
            return self.atoms.atom("ln", x)
        inside = (
            self.atoms.by_number[atom[1]]
            if atom[0] == "exp"
            else self.atoms.atom("ln", single(atom))
        )
        return add(inside, self._rational_ln(factor)) or self.atoms.atom("ln", x)

    def _rational_ln(self, value: Fraction) -> Form:
        """ln of a positive rational, as a multiple of that of one above 1."""
        if value == 1:
            return Form()
        if value > 1:
            return self.atoms.atom("ln", Form(value))
        ((atom, _),) = self.atoms.atom("ln", Form(1 / value)).terms
        return Form(terms=frozenset({(atom, Fraction(-1))}))

    def difference(self, x: Form | None, y: Form | None) -> Form | None:
        """x - y; ``None`` where one of them is not known."""
        return None if x is None or y is None else subtract(x, y)

    def exp_over(self, x: Form, y: Form | None) -> Form | None:
        """exp(x)/y, and +oo for a real x and a y that is exactly 0, beyond ``real``."""
        size = self.exp(x)
        if y is None or size is None or (y.infinite and size.infinite):
            return None
        if y.infinite:
            return divide(size, y)
        if y.is_rational and y.rational:
            return scale(size, 1 / y.rational)
        if y.is_rational:
            exists = x.is_real and x.infinite >= 0 and self.semantics != "real"
            return Form(infinite=1) if exists else None
        if x.infinite:
            return None
        exponent = self.difference(x, self.ln(y))
        return None if exponent is None else self.exp(exponent)


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
    "elementary.exp": Folder.exp,
    "elementary.ln": Folder.ln,
    "elementary.e": lambda folder: folder.exp(Form(Fraction(1))),
    "elementary.pi": lambda _: single(PI),
    "elementary.inf": lambda folder: folder.constant("inf"),
    "elementary.i": lambda folder: folder.constant("i"),
}
