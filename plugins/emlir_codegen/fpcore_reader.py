"""Reading FPCore 2.0: one straight-line core, over the reals."""

import re
from collections.abc import Sequence
from fractions import Fraction

from emlir.plugin_api import (
    Atom,
    Expr,
    Form,
    Group,
    ProblemError,
    Reading,
    Step,
    TermReader,
    conjuncts,
    find_operator,
    forms,
    number,
    problems_in,
    read_number,
    symbol,
)
from emlir_codegen.fpcore_functions import (
    CONSTANTS,
    ELSEWHERE,
    EXPANDED_CONSTANTS,
    REFUSED,
    apply,
)
from emlir_codegen.fpcore_names import is_name, read_name, read_string

_TOKEN = re.compile(
    r'\s+|;[^\n]*|(?P<bracket>[()\[\]])|(?P<atom>"(?:[^"\\]|\\.)*"|[^\s()\[\];"]+)', re.DOTALL
)
_HEXADECIMAL = re.compile(r"([+-]?)0x([0-9a-f]*)(?:\.([0-9a-f]+))?(?:p([+-]?[0-9]{1,5}))?\Z")
_STARTS_NUMBER = re.compile(r"[+-]?\.?[0-9]")


def read(text: str) -> Reading:
    """Read a core, or an expression that stands alone.

    Its ``:pre`` gives the assumptions and its ``:name`` the title. Everything is read over
    the reals: ``:precision`` and other rounding contexts are left out, and operations that
    have no operator here are written with those that do. Raises :class:`emlir.ParseError`,
    also for loops, tensors, and what is about floats.
    """
    with problems_in(text):
        found = list(forms(text, _TOKEN))
        if not found:
            raise ProblemError("there is no core and no expression here", 0)
        if len(found) > 1:
            raise ProblemError("a second core: only one can be read", found[1].offset)
        core = found[0]
        if isinstance(core, Group) and core.head() == "FPCore":
            return _read_core(core)
        return Reading(_Terms(alone=True).term(core))


def _read_core(core: Group) -> Reading:
    parts = core.items[1:]
    if parts and isinstance(parts[0], Atom):
        parts = parts[1:]  # the core's own name, which others would call
    if not parts or not isinstance(parts[0], Group):
        raise ProblemError("a core is written (FPCore (argument ...) expression)", core.offset)
    terms = _Terms(alone=False)
    for argument in parts[0].items:
        terms.declare(argument)
    properties, body = _properties(parts[1:], core)
    given: list[Expr] = []
    if ":pre" in properties:
        given = conjuncts(terms.truth(properties[":pre"]))
    return Reading(terms.term(body), tuple(given), title=_title(properties.get(":name")))


def _properties(parts: Sequence[Form], core: Group) -> tuple[dict[str, Form], Form]:
    """Split what follows the arguments into properties and the expression."""
    found: dict[str, Form] = {}
    rest = list(parts)
    while len(rest) > 1 and isinstance(rest[0], Atom) and rest[0].text.startswith(":"):
        if rest[0].text in found:
            raise ProblemError(f"{rest[0].text} is given twice", rest[0].offset)
        found[rest[0].text] = rest[1]
        rest = rest[2:]
    if not rest:
        raise ProblemError("the core has no expression", core.offset)
    if len(rest) > 1:
        raise ProblemError("one expression ends a core; this is a second one", rest[1].offset)
    return found, rest[0]


def _title(form: Form | None) -> str:
    if form is None:
        return ""
    if not isinstance(form, Atom) or not form.text.startswith('"'):
        raise ProblemError('a :name is a string, "..."', form.offset)
    return read_string(form.text)


class _Terms(TermReader):
    """The expressions of a core, or one alone, whose unknown words are then symbols."""

    def __init__(self, *, alone: bool) -> None:
        super().__init__()
        self.alone = alone
        self.sources: dict[str, str] = {}

    def declare(self, argument: Form) -> None:
        """Bind an argument of the core."""
        form = argument
        if isinstance(argument, Group) and argument.head() == "!" and len(argument.items) > 1:
            form = argument.items[-1]
        if not isinstance(form, Atom):
            raise ProblemError("only scalar arguments can be read, not tensors", argument.offset)
        if form.text in self.scopes:
            raise ProblemError(f"the argument {form.text} is given twice", form.offset)
        self.scopes[form.text] = [self._symbol(form)]

    def _symbol(self, atom: Atom) -> Expr:
        if not is_name(atom.text):
            raise ProblemError(f"{atom.text} is no name for a symbol", atom.offset)
        name = read_name(atom.text)
        if self.sources.setdefault(name, atom.text) != atom.text:
            other = self.sources[name]
            raise ProblemError(f"{atom.text} and {other} would be the same symbol", atom.offset)
        return symbol(name)

    def truth(self, form: Form) -> Expr:
        """Read a precondition."""
        fact = self.term(form)
        if fact.sort != "truth":
            raise ProblemError("a :pre is a truth, such as (< 0 x 1)", form.offset)
        return fact

    def atom(self, atom: Atom) -> Expr:
        word = atom.text
        if word in CONSTANTS:
            return find_operator(CONSTANTS[word])()  # type: ignore[no-any-return]
        if word in EXPANDED_CONSTANTS:
            return EXPANDED_CONSTANTS[word]()
        if word in REFUSED:
            raise ProblemError(f"{word}: {REFUSED[word]}", atom.offset)
        if _STARTS_NUMBER.match(word):
            return number(_read_number(atom))
        if not self.alone:
            raise ProblemError(f"{word} is no argument of the core", atom.offset)
        return self._symbol(atom)

    def special(self, group: Group) -> Sequence[Step] | None:
        head = group.head()
        if head in ("let", "let*"):
            return self._let(group, one_by_one=head == "let*")
        if head == "!":
            return [_annotated(group)]
        if head == "digits":
            return [lambda: self.values.append(_digits(group))]
        if head in REFUSED:
            raise ProblemError(f"{head}: {REFUSED[head]}", group.offset)
        return None

    def _let(self, group: Group, *, one_by_one: bool) -> Sequence[Step]:
        if len(group.items) != 3 or not isinstance(group.items[1], Group):
            raise ProblemError("let is written (let ([name value] ...) body)", group.offset)
        bindings: list[tuple[str, Form]] = []
        bound: set[str] = set()
        for binding in group.items[1].items:
            name = binding.head() if isinstance(binding, Group) else ""
            if (
                not isinstance(binding, Group)
                or len(binding.items) != 2
                or not is_name(name or "(")
            ):
                raise ProblemError("a binding is written [name value]", binding.offset)
            if not one_by_one and name in bound:
                raise ProblemError(f"{name} is bound twice in one let", binding.offset)
            bound.add(name)
            bindings.append((name, binding.items[1]))
        return self.let(bindings, group.items[2], one_by_one=one_by_one)

    def apply(self, group: Group, args: list[Expr]) -> Expr:
        head = group.head()
        if not head:
            raise ProblemError("an operation is expected here", group.offset)
        result = apply(head, args)
        if result is None:
            hint = f": it is called {ELSEWHERE[head]}" if head in ELSEWHERE else ""
            raise ProblemError(f"FPCore has no operation {head}{hint}", group.items[0].offset)
        return result


def _annotated(group: Group) -> Form:
    """Return the expression in a rounding context, (! property ... expression)."""
    pairs, body = group.items[1:-1], group.items[-1]
    if len(pairs) % 2 or not all(map(_is_key, pairs[::2])) or _is_key(body):
        raise ProblemError("a context is written (! :property value expression)", group.offset)
    return body


def _is_key(form: Form) -> bool:
    return isinstance(form, Atom) and form.text[0] in ":!"


def _read_number(atom: Atom) -> Fraction:
    try:
        hexadecimal = _HEXADECIMAL.match(atom.text)
        return _read_hexadecimal(hexadecimal) if hexadecimal else read_number(atom.text)
    except ValueError as error:
        raise ProblemError(str(error), atom.offset) from None


def _read_hexadecimal(match: "re.Match[str]") -> Fraction:
    sign, whole, part, power = match[1], match[2], match[3] or "", int(match[4] or "0")
    if not whole + part:
        raise ValueError(f"{match[0]!r} is not a number")
    value = Fraction(int(whole + part, 16)) * Fraction(2) ** (power - 4 * len(part))
    return -value if sign == "-" else value


def _digits(group: Group) -> Expr:
    """(digits m e b) is m * b^e."""
    words = [item.text if isinstance(item, Atom) else "" for item in group.items[1:]]
    if len(words) != 3 or not all(re.match(r"[+-]?[0-9]{1,4000}\Z", word) for word in words):
        raise ProblemError("digits are written (digits mantissa exponent base)", group.offset)
    mantissa, exponent, base = map(int, words)
    if base < 2 or abs(exponent) * base.bit_length() > 100_000:
        raise ProblemError("the base is below 2, or the number is too long", group.offset)
    return number(mantissa * Fraction(base) ** exponent)
