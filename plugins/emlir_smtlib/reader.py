"""Reading SMT-LIB: a script, emlir's own or another, or a term that stands alone."""

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import chain, count

from emlir import and_
from emlir.plugin_api import (
    Atom,
    Expr,
    Form,
    Group,
    ProblemError,
    Reading,
    problems_in,
    symbol,
)
from emlir_smtlib.axioms import is_axiom
from emlir_smtlib.functions import SORTS, power_exponent
from emlir_smtlib.names import AXIOM, DEFINED, GIVEN, VALUE
from emlir_smtlib.terms import THEORY, Terms, is_name, label, read_forms
from emlir_smtlib.writer import own_lines

_IGNORED = frozenset(
    """
    set-logic set-info set-option check-sat get-model get-value get-unsat-core get-proof
    get-assertions get-info get-option echo exit
    """.split()
)
_SORT_OF = {text: sort for sort, text in SORTS.items()}


def read(text: str) -> Reading:
    """Read a script or a single term.

    A script means its ``emlir.value`` if it defines that, else the conjunction of what it
    asserts; what it asserts under the name ``emlir.given...`` are the reading's assumptions.
    Definitions are expanded, shared parts stay shared. Raises :class:`emlir.ParseError`,
    also for what has no counterpart here: quantifiers, integers, other functions.
    """
    with problems_in(text):
        commands = read_forms(text)
        first = next(commands, None)
        if first is None:
            raise ProblemError("there is no script and no term here", 0)
        if _is_command(first):
            return _Script().read(chain([first], commands), len(text))
        for second in commands:
            raise ProblemError("a second term: only one can be read", second.offset)
        return Reading(Terms(alone=True).term(first))


def _is_command(form: Form) -> bool:
    return isinstance(form, Group) and (form.head() in _COMMANDS or form.head() in _IGNORED)


class _Script:
    """What a script has said so far."""

    def __init__(self) -> None:
        self.terms = Terms(alone=False)
        self.asserted: list[Expr] = []
        self.given: list[Expr] = []
        self.names: set[str] = set()
        self.checked = False
        self.value: Expr | None = None
        self.fresh = (f"parameter {secrets.token_hex(8)} {k}" for k in count())

    def read(self, commands: Iterable[Form], end: int) -> Reading:
        for command in commands:
            if isinstance(command, Group) and command.head() == "exit":
                break
            self._obey(command)
        if self.value is not None:
            expr = self.value
            if self.asserted:
                raise ProblemError(f"the script defines {VALUE} and asserts something too", end)
        elif self.asserted:
            expr = reduce(and_, self.asserted)
        else:
            raise ProblemError(f"the script neither asserts anything nor defines {VALUE}", end)
        return Reading(expr, assumptions=tuple(self.given))

    def _obey(self, command: Form) -> None:
        if not isinstance(command, Group) or not command.head():
            raise ProblemError("a command such as (assert ...) is expected", command.offset)
        if command.head() in _IGNORED:
            self.checked |= command.head() == "check-sat"
            return
        action = _COMMANDS.get(command.head())
        if action is None:
            advice = "one check of one set of assertions can be read"
            raise ProblemError(
                f"cannot read the command {command.head()}: {advice}", command.offset
            )
        if len(command.items) != action.length:
            message = f"the command is written {action.pattern}"
            raise ProblemError(message, command.offset)
        action.run(self, command)

    def _introduce(self, form: Form) -> str:
        """Return a name that is declared or defined here, for the first time."""
        if isinstance(form, Atom) and form.text in THEORY:
            message = f"{form.text} is a word of a theory, which cannot be given another meaning"
            raise ProblemError(message, form.offset)
        if not isinstance(form, Atom) or not is_name(form.text):
            raise ProblemError("a name is expected here", form.offset)
        if form.text in self.names:
            raise ProblemError(f"{form.text} is declared twice", form.offset)
        self.names.add(form.text)
        return form.text

    def declare_const(self, command: Group) -> None:
        _, name, sort = command.items
        self._declare(name, sort)

    def declare_fun(self, command: Group) -> None:
        _, name, takes, gives = command.items
        if _items(takes) or self._is_own(name):
            self._own_only(command)
        else:
            self._declare(name, gives)

    def _own_only(self, command: Group) -> None:
        """A function without a body must be one that emlir's scripts declare."""
        if not self._is_own(command.items[1]):
            message = "an uninterpreted function is nothing that a formula here can have"
            raise ProblemError(message, command.items[1].offset)
        self._check_own(command)

    def _declare(self, name: Form, sort: Form) -> None:
        word = self._introduce(name)
        if _sort(sort) != "number":
            raise ProblemError("a symbol here is a real number: declare it Real", sort.offset)
        assert isinstance(name, Atom)
        self.terms.scopes[word] = [self.terms.declare(name)]

    def define_const(self, command: Group) -> None:
        _, name, sort, body = command.items
        if self._is_own(name):
            raise ProblemError("an operator of emlir's is no constant to define", name.offset)
        self._define_value(name, sort, body)

    def define_fun(self, command: Group) -> None:
        _, name, parameters, sort, body = command.items
        if self._is_own(name):
            self._check_own(command)
        elif _items(parameters):
            self._define_function(name, _items(parameters), sort, body)
        else:
            self._define_value(name, sort, body)

    def _is_own(self, name: Form) -> bool:
        """Whether this is the name of an operator, or of a power with a fixed exponent."""
        word = name.text if isinstance(name, Atom) else ""
        return word in self.terms.operators or power_exponent(word) is not None

    def _check_own(self, command: Group) -> None:
        """The name of an operator is introduced word for word as emlir's scripts do it."""
        word = self._introduce(command.items[1])
        own = read_forms("\n".join(own_lines(word)))
        if " ".join(_words(command)) not in [" ".join(_words(form)) for form in own]:
            message = f"{word} is emlir's own, and stands otherwise in emlir's scripts"
            raise ProblemError(message, command.offset)
        self.terms.introduced.add(word)

    def _define_value(self, name: Form, sort: Form, body: Form) -> None:
        word = self._introduce(name)
        if word == DEFINED:
            return
        value = self._term(body, _sort(sort))
        if word == VALUE:
            self.value = value
        self.terms.scopes[word] = [value]

    def _define_function(
        self, name: Form, parameters: Sequence[Form], sort: Form, body: Form
    ) -> None:
        word = self._introduce(name)
        taken: dict[str, Expr] = {}
        for parameter in parameters:
            if not isinstance(parameter, Group) or len(parameter.items) != 2:
                raise ProblemError("a parameter is written (name Real)", parameter.offset)
            first, second = parameter.items
            if not isinstance(first, Atom) or not is_name(first.text) or first.text in taken:
                raise ProblemError("a parameter needs a name of its own", first.offset)
            if _sort(second) != "number":
                raise ProblemError("a parameter here is a real number", second.offset)
            taken[first.text] = symbol(next(self.fresh))
        for parameter_name, stand_in in taken.items():
            self.terms.scopes.setdefault(parameter_name, []).append(stand_in)
        value = self._term(body, _sort(sort))
        self.terms.unbind(taken)
        self.terms.functions[word] = tuple(taken.values()), value

    def assertion(self, command: Group) -> None:
        if self.checked:
            message = "one check of one set of assertions can be read: this comes after a check"
            raise ProblemError(message, command.offset)
        form = command.items[1]
        name = label(form) if isinstance(form, Group) and form.head() == "!" else ""
        claim = self._term(form, "truth")
        if name.startswith(AXIOM):
            self._check_axiom(claim, form.offset)
        else:
            (self.given if name.startswith(GIVEN) else self.asserted).append(claim)

    def _check_axiom(self, claim: Expr, offset: int) -> None:
        if not is_axiom(claim):
            raise ProblemError(f"what is named {AXIOM}k is not such a fact", offset)

    def _term(self, form: Form, sort: str) -> Expr:
        value = self.terms.term(form)
        if value.sort != sort:
            wanted = "a truth (Bool)" if sort == "truth" else "a number (Real)"
            raise ProblemError(f"{wanted} is expected here", form.offset)
        return value


def _items(form: Form) -> list[Form]:
    if not isinstance(form, Group):
        raise ProblemError("a list in brackets is expected here", form.offset)
    return form.items


def _sort(form: Form) -> str:
    word = form.text if isinstance(form, Atom) else ""
    if word not in _SORT_OF:
        shown = word or "this"
        raise ProblemError(f"{shown} is no sort here: numbers are Real, truths Bool", form.offset)
    return _SORT_OF[word]


def _words(form: Form) -> list[str]:
    """Return the words of a form with its brackets."""
    out: list[str] = []
    stack: list[Form | None] = [form]
    while stack:
        item = stack.pop()
        if item is None:
            out.append(")")
        elif isinstance(item, Atom):
            out.append(item.text)
        else:
            out.append("(")
            stack += [None, *reversed(item.items)]
    return out


@dataclass(frozen=True, slots=True)
class _Command:
    """What to do with a command, and the form that it has."""

    run: Callable[[_Script, Group], None]
    pattern: str

    @property
    def length(self) -> int:
        return len(self.pattern.split())


_COMMANDS: Mapping[str, _Command] = {
    "declare-const": _Command(_Script.declare_const, "(declare-const name sort)"),
    "declare-fun": _Command(_Script.declare_fun, "(declare-fun name (sort...) sort)"),
    "define-const": _Command(_Script.define_const, "(define-const name sort term)"),
    "define-fun": _Command(_Script.define_fun, "(define-fun name ((name-sort)...) sort term)"),
    "assert": _Command(_Script.assertion, "(assert term)"),
}
