"""S-expressions: reading their text, and building expressions from them with scopes.

For notations in the manner of SMT-LIB and FPCore. Neither part recurses.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from emlir.expr.core import Expr, build
from emlir.text.problem import ProblemError


class Atom:
    """A word, a string or a quoted name, as it stands in the text."""

    __slots__ = ("offset", "text")

    def __init__(self, text: str, offset: int) -> None:
        self.text = text
        self.offset = offset

    def __repr__(self) -> str:
        return f"Atom({self.text!r}, {self.offset})"


class Group:
    """Forms between brackets."""

    __slots__ = ("items", "offset")

    def __init__(self, offset: int) -> None:
        self.items: list[Form] = []
        self.offset = offset

    def head(self) -> str:
        """Return the text of the first item if that is an atom, else nothing."""
        first = self.items[0] if self.items else None
        return first.text if isinstance(first, Atom) else ""


Form = Atom | Group

_CLOSES = {")": "(", "]": "["}


def forms(
    text: str, token: "re.Pattern[str]", unquote: Callable[[str], str] = str
) -> Iterator[Form]:
    """Yield the forms of a text one by one.

    ``token`` finds the next piece: white space and comments have no group, brackets the
    group ``bracket``, words the group ``atom``, quoted words, which go through ``unquote``,
    the group ``quoted``; what it does not match is an odd character.
    """
    top = Group(0)
    stack = [top]
    opened: list[str] = []
    end = 0
    for match in token.finditer(text):
        start = match.start()
        if start != end:
            raise _odd(text, end)
        end = match.end()
        kind = match.lastgroup
        if kind is None:
            continue
        word = match[0]
        if kind != "bracket":
            plain = unquote(word) if kind == "quoted" else word
            stack[-1].items.append(Atom(plain, start))
        elif word in _CLOSES:
            if not opened or opened.pop() != _CLOSES[word]:
                raise ProblemError(f"this {word} closes no bracket", start)
            stack.pop()
        else:
            group = Group(start)
            stack[-1].items.append(group)
            stack.append(group)
            opened.append(word)
        if not opened:
            yield top.items.pop()
    if end != len(text):
        raise _odd(text, end)
    if opened:
        raise ProblemError(f"the text ends with {len(opened)} bracket(s) open", len(text))


def _odd(text: str, offset: int) -> ProblemError:
    if text[offset] in '"|':
        return ProblemError(f"this {text[offset]} is not closed", offset)
    return ProblemError(f"unexpected {text[offset]!r}", offset)


Step = Form | Callable[[], None]


class TermReader:
    """Builds an expression from a form, arguments first, with an explicit stack.

    A subclass says what atoms and applications mean (:meth:`atom`, :meth:`apply`) and what
    is special (:meth:`special`). ``scopes`` holds what names are bound to, the innermost
    last; ``values`` the terms built so far.
    """

    def __init__(self) -> None:
        self.scopes: dict[str, list[Expr]] = {}
        self.values: list[Expr] = []

    def atom(self, atom: Atom) -> Expr:
        """Return what a word means; bound names are looked up before."""
        raise NotImplementedError

    def apply(self, group: Group, args: list[Expr]) -> Expr:
        """Return what a group means, given its arguments."""
        raise NotImplementedError

    def special(self, group: Group) -> Sequence[Step] | None:
        """Return the steps for a group that is no application, or ``None``."""
        raise NotImplementedError

    def term(self, form: Form) -> Expr:
        """Build the term that a form means."""
        steps: list[Step] = [form]
        while steps:
            step = steps.pop()
            if isinstance(step, Atom):
                bound = self.scopes.get(step.text)
                self.values.append(bound[-1] if bound else self.atom(step))
            elif isinstance(step, Group):
                steps.extend(reversed(self._steps(step)))
            else:
                step()
        return self.values.pop()

    def _steps(self, group: Group) -> Sequence[Step]:
        if not group.items:
            raise ProblemError("a term is missing between these brackets", group.offset)
        special = self.special(group)
        if special is not None:
            return special
        return [*group.items[1:], lambda: self._finish(group)]

    def _finish(self, group: Group) -> None:
        count = len(group.items) - 1
        args = self.values[len(self.values) - count :]
        del self.values[len(self.values) - count :]
        try:
            self.values.append(self.apply(group, args))
        except (TypeError, ValueError) as error:
            raise ProblemError(str(error), group.offset) from None

    def let(
        self, bindings: Sequence[tuple[str, Form]], body: Form, *, one_by_one: bool
    ) -> list[Step]:
        """Return the steps for a body with names bound, at once or each for the next."""
        names = [name for name, _ in bindings]
        steps: list[Step] = []
        for name, form in bindings:
            steps.append(form)
            if one_by_one:
                steps.append(lambda name=name: self.bind([name]))  # type: ignore[misc]
        if not one_by_one:
            steps.append(lambda: self.bind(names))
        return [*steps, body, lambda: self.unbind(names)]

    def bind(self, names: Sequence[str]) -> None:
        """Bind names to the terms built last."""
        if not names:
            return
        for name, value in zip(names, self.values[-len(names) :], strict=True):
            self.scopes.setdefault(name, []).append(value)
        del self.values[-len(names) :]

    def unbind(self, names: Iterable[str]) -> None:
        """Undo :meth:`bind`."""
        for name in names:
            bound = self.scopes[name]
            bound.pop()
            if not bound:
                del self.scopes[name]


def choose(condition: Expr, yes: Expr, no: Expr) -> Expr:
    """Return the choice between two numbers, or between two truths."""
    if yes.sort == no.sort == "truth":
        chosen = build("and", condition, yes)
        return build("or", chosen, build("and", build("not", condition), no))
    return build("where", condition, yes, no)
