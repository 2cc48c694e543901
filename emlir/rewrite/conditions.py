"""Side conditions of rules, as text, as facts to be shown, and as obligations."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast, get_args

from emlir.expr.core import Expr, build
from emlir.rewrite.context import Context
from emlir.rewrite.matching import fill
from emlir.text.syntax import parse

Kind = Literal["holds", "real", "finite", "defined", "strip", "literal"]


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition on what the symbols of a rule stand for.

    ``holds``: ``subject`` is a truth that holds. ``real``, ``finite``, ``defined``: of its
    value. ``strip``: the imaginary part is in (-pi, pi]. ``literal``: it is a number as
    written.
    """

    kind: Kind
    subject: Expr

    def is_shown(self, binding: Mapping[str, Expr], context: Context) -> bool:
        """Whether the condition follows from the assumptions for this binding."""
        subject = fill(self.subject, binding)
        if self.kind == "holds":
            return context.holds(subject)
        if self.kind == "literal":
            return subject.is_number
        if self.kind == "defined":
            return context.is_defined(subject)
        if self.kind == "finite":
            return context.is_finite(subject)
        return context.is_real(subject)

    def obligation(self, binding: Mapping[str, Expr]) -> Expr | None:
        """Return the condition as a truth expression; ``None`` if it has no such form."""
        subject = fill(self.subject, binding)
        if self.kind == "holds":
            return subject
        if self.kind == "defined":
            return build("eq", subject, subject)
        if self.kind == "finite":
            return abs(subject) < build("inf")
        if self.kind == "real":
            return subject <= build("inf")
        return None

    def __str__(self) -> str:
        return str(self.subject) if self.kind == "holds" else f"{self.kind} {self.subject}"


def read_conditions(text: str) -> tuple[Condition, ...]:
    """Read conditions separated by semicolons; see :func:`emlir.rewrite.rule.rule`."""
    return tuple(_read(part.strip()) for part in text.split(";") if part.strip())


def _read(text: str) -> Condition:
    word, _, rest = text.partition(" ")
    if word in get_args(Kind) and word != "holds":
        return Condition(cast(Kind, word), parse(rest))
    subject = parse(text)
    if subject.sort != "truth":
        raise ValueError(f"the condition {text!r} is neither a truth nor one of {get_args(Kind)}")
    return Condition("holds", subject)
