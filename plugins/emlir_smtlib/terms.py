"""Terms of SMT-LIB: what words and applications mean."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import reduce
from itertools import combinations, pairwise

from emlir import add, and_, div, eq, exp, floor, ln, mul, ne, neg, not_, or_, power, sub
from emlir.plugin_api import (
    Atom,
    Expr,
    Form,
    Group,
    ProblemError,
    Step,
    TermReader,
    all_operators,
    choose,
    find_operator,
    forms,
    number,
    read_number,
    substitute,
    symbol,
)
from emlir_smtlib.functions import power_exponent
from emlir_smtlib.names import operator_name, read_name
from emlir_smtlib.signs import SIGNS

_TOKEN = re.compile(
    r"[ \t\r\n]+|;[^\n]*|(?P<bracket>[()])"
    r'|(?P<atom>"(?:[^"]|"")*"|[^\s()|";]+)|(?P<quoted>\|[^|\\]*\|)'
)
_SIMPLE = re.compile(r"[A-Za-z0-9~!@$%^&*_\-+=<>.?/]+\Z")
MAX_DISTINCT = 300
_ALMOST = re.compile(r"[+-]?\.?[0-9]")
_NUMERAL = re.compile(r"(?:0|[1-9][0-9]*)(?:\.[0-9]+)?\Z")
RESERVED = frozenset("! _ as let exists forall match par".split())
"""Words of SMT-LIB itself; between bars they are names like any other."""


def read_forms(text: str) -> Iterator[Form]:
    """Yield the forms of a text; a quoted name that needs no quotes loses them."""
    return forms(text, _TOKEN, _unquote)


def _unquote(word: str) -> str:
    inner = word[1:-1]
    plain = _SIMPLE.match(inner) and not _NUMERAL.match(inner) and inner not in RESERVED
    return inner if plain else word


def _fold(operation: Callable[[Expr, Expr], Expr], sort: str) -> Callable[..., Expr]:
    """Make an operation of any number of arguments, grouped from the left."""

    def apply(*args: Expr) -> Expr:
        if not args:
            raise TypeError("this takes at least 1 argument")
        if any(arg.sort != sort for arg in args):
            raise TypeError(f"this takes arguments of the sort {sort} only")
        return reduce(operation, args)

    return apply


def _chain(name: str) -> Callable[..., Expr]:
    """a < b < c means a < b and b < c."""
    relation = find_operator(name)

    def apply(*args: Expr) -> Expr:
        _at_least_two(args)
        links: list[Expr] = [relation(*pair) for pair in pairwise(args)]
        return reduce(and_, links)

    return apply


def _at_least_two(args: Sequence[Expr]) -> None:
    if len(args) < 2:
        raise TypeError("this takes at least 2 arguments")


def _equal(*args: Expr) -> Expr:
    """Equality of numbers, or of truths: both or neither."""
    _at_least_two(args)
    truths = args[0].sort == "truth"
    return reduce(and_, ((_both_or_neither if truths else eq)(*pair) for pair in pairwise(args)))


def _both_or_neither(a: Expr, b: Expr) -> Expr:
    return or_(and_(a, b), and_(not_(a), not_(b)))


def _distinct(*args: Expr) -> Expr:
    _at_least_two(args)
    if len(args) > MAX_DISTINCT:
        raise TypeError(f"distinct compares every pair, of at most {MAX_DISTINCT} terms here")
    if args[0].sort == "truth":
        return reduce(and_, (not_(_both_or_neither(*pair)) for pair in combinations(args, 2)))
    return reduce(and_, (ne(*pair) for pair in combinations(args, 2)))


def _minus(*args: Expr) -> Expr:
    return neg(*args) if len(args) == 1 else _fold(sub, "number")(*args)


def _real(x: Expr) -> Expr:
    if x.sort != "number":
        raise TypeError("to_real takes a number")
    return x


def _implies(*args: Expr) -> Expr:
    _at_least_two(args)
    return reduce(lambda right, left: or_(not_(left), right), reversed(args))


def _either(a: Expr, b: Expr) -> Expr:
    return or_(and_(a, not_(b)), and_(not_(a), b))


_HEADS: Mapping[str, Callable[..., Expr]] = {
    "+": _fold(add, "number"),
    "-": _minus,
    "*": _fold(mul, "number"),
    "/": _fold(div, "number"),
    "<": _chain("lt"),
    "<=": _chain("le"),
    ">": _chain("gt"),
    ">=": _chain("ge"),
    "=": _equal,
    "distinct": _distinct,
    "and": _fold(and_, "truth"),
    "or": _fold(or_, "truth"),
    "not": not_,
    "=>": _implies,
    "xor": _fold(_either, "truth"),
    "ite": choose,
    "to_real": _real,
    "to_int": floor,
    "is_int": lambda x: eq(x, floor(x)),
    "^": power,
    "exp": exp,
    "log": ln,
    "ln": ln,
    **{name: find_operator(name) for name in "sin cos tan sinh cosh tanh sqrt abs".split()},
    **{f"a{name}": find_operator(f"a{name}") for name in "sin cos tan sinh cosh tanh".split()},
    **{f"arc{name}": find_operator(f"a{name}") for name in "sin cos tan".split()},
}
"""Heads of the theories of reals and of cvc5's and z3's transcendental functions."""

_CONSTANTS = {"true": "true", "false": "false", "real.pi": "pi", "pi": "pi"}


class Terms(TermReader):
    """Builds expressions from the terms of one script, or from a term that stands alone.

    ``introduced`` are the operators that a script has declared or defined so far. In a term
    ``alone`` all operators are known, and every word that means nothing else is a symbol.
    """

    def __init__(self, *, alone: bool) -> None:
        super().__init__()
        self.alone = alone
        self.functions: dict[str, tuple[tuple[Expr, ...], Expr]] = {}
        self.operators = {
            operator_name(op.name): op
            for op in all_operators()
            if op.family != "leaf" and op.qualified_name not in SIGNS
        }
        self.sources: dict[str, str] = {}
        self.introduced: set[str] = set()
        self.calls: dict[tuple[str, tuple[Expr, ...]], Expr] = {}

    def atom(self, atom: Atom) -> Expr:
        word = atom.text
        if _NUMERAL.match(word):
            return self._number(atom)
        if word in _CONSTANTS:
            return find_operator(_CONSTANTS[word])()  # type: ignore[no-any-return]
        operator = self.operators.get(word)
        if operator is not None and not operator.arity and self._own(word):
            return operator()  # type: ignore[no-any-return]
        if _ALMOST.match(word):
            message = f"{word} is no number of SMT-LIB: write 0.5, (/ 1.0 2.0) or (- 1.0)"
            raise ProblemError(message, atom.offset)
        if not self.alone:
            raise ProblemError(f"{word} is not declared", atom.offset)
        return self.declare(atom)

    def _number(self, atom: Atom) -> Expr:
        try:
            return number(read_number(atom.text))
        except ValueError as error:
            raise ProblemError(str(error), atom.offset) from None

    def declare(self, atom: Atom) -> Expr:
        """Return the symbol for a name; two names never become the same symbol."""
        word = atom.text
        if not is_name(word):
            raise ProblemError(f"{word} is not a number or a name of SMT-LIB", atom.offset)
        if word.startswith("emlir."):
            raise ProblemError(f"{word}: names with emlir. are emlir's own", atom.offset)
        name = read_name(word)
        if self.sources.setdefault(name, word) != word:
            other = self.sources[name]
            raise ProblemError(f"{word} and {other} would be the same symbol", atom.offset)
        return symbol(name)

    def special(self, group: Group) -> Sequence[Step] | None:
        head = group.head()
        if head == "let":
            return self._let(group)
        if head == "!":
            return self._annotated(group)
        if head in RESERVED:
            raise ProblemError(f"{head} has no counterpart in a formula", group.offset)
        return None

    def _annotated(self, group: Group) -> Sequence[Step]:
        """A :named term can be used by its name from here on."""
        if len(group.items) < 2:
            raise ProblemError("a term is missing after !", group.offset)
        name = label(group)
        if not is_name(name):
            return [group.items[1]]
        if name in self.scopes:
            raise ProblemError(f"{name} is a name already", group.offset)
        return [group.items[1], lambda: self.scopes.setdefault(name, []).append(self.values[-1])]

    def _let(self, group: Group) -> Sequence[Step]:
        if len(group.items) != 3 or not isinstance(group.items[1], Group):
            raise ProblemError("let is written (let ((name term) ...) term)", group.offset)
        bindings: dict[str, Form] = {}
        for binding in group.items[1].items:
            name = binding.head() if isinstance(binding, Group) else ""
            if not isinstance(binding, Group) or len(binding.items) != 2 or not is_name(name):
                raise ProblemError("a binding is written (name term)", binding.offset)
            if name in bindings:
                raise ProblemError(f"{name} is bound twice in one let", binding.offset)
            bindings[name] = binding.items[1]
        return self.let(list(bindings.items()), group.items[2], one_by_one=False)

    def apply(self, group: Group, args: list[Expr]) -> Expr:
        head = group.head()
        if not head:
            raise ProblemError("a function's name is expected here", group.offset)
        if head in self.functions:
            return self._expand(head, args)
        operator = _HEADS.get(head) or self._own(head)
        if operator is not None:
            return operator(*args)
        raise ProblemError(f"emlir has no function {head}", group.items[0].offset)

    def _own(self, head: str) -> Callable[..., Expr] | None:
        """Return an operator or a power by its name; a script introduces it before."""
        if not (self.alone or head in self.introduced):
            return None
        exponent = power_exponent(head)
        if exponent is None:
            return self.operators.get(head)
        return lambda *args: power(*args, number(exponent))

    def _expand(self, name: str, args: list[Expr]) -> Expr:
        """Put arguments into the body of a function that the script defines."""
        parameters, body = self.functions[name]
        if len(args) != len(parameters):
            raise TypeError(f"{name} takes {len(parameters)} arguments, not {len(args)}")
        if any(arg.sort != "number" for arg in args):
            raise TypeError(f"{name} takes numbers")
        call = name, tuple(args)
        if call not in self.calls:
            table = dict(zip(parameters, args, strict=True))
            self.calls[call] = substitute(body, table)
        return self.calls[call]


def label(group: Group) -> str:
    """Return the :named of an annotated term, nothing if it has none."""
    words = [item.text if isinstance(item, Atom) else "" for item in group.items]
    return words[words.index(":named") + 1] if ":named" in words[:-1] else ""


def is_name(word: str) -> bool:
    """Whether a word can name something: no literal, no keyword, no word of a theory."""
    if not word or word == "||" or word in RESERVED or word in THEORY or _NUMERAL.match(word):
        return False
    return word[0] == "|" or (_SIMPLE.match(word) is not None and word[0] not in ".@0123456789")


THEORY = frozenset([*_HEADS, "true", "false", "real.pi"])
"""Names that a script may not give another meaning: solvers refuse it too, or differ."""
