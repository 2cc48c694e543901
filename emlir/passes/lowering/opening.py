"""What a lowering leaves open: conditions that are not shown, and go out as obligations."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from emlir.assumptions import Assumptions
from emlir.expr.core import Expr, build
from emlir.passes.lowering.measure import NO_FAULT, Fault
from emlir.rewrite.context import Context
from emlir.rewrite.log import Log

T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """The tree for a goal, its size, and whether floats can follow its own steps.

    ``fault`` is what was measured of that over the assumed box.
    ``missing`` is what its own lowering needs and was not shown; ``parts`` are the choices
    that it is made of and that leave something open themselves.
    """

    tree: Expr
    size: int
    safe: bool = True
    missing: tuple[Expr, ...] = ()
    parts: tuple["Choice", ...] = ()
    fault: Fault = NO_FAULT

    @property
    def is_open(self) -> bool:
        """Whether something is not shown."""
        return bool(self.missing or self.parts)

    @property
    def rank(self) -> tuple[bool, Fault, bool, int]:
        """The smaller, the better."""
        return self.is_open, self.fault, not self.safe, self.size


@dataclass(frozen=True, slots=True, eq=False)
class Gap(Generic[T]):
    """A lowering, and the truths that it needs and that were not shown."""

    lowering: T
    missing: tuple[Expr, ...]


def open_parts(parts: Iterable[Choice]) -> tuple[Choice, ...]:
    """Return those that leave something open."""
    return tuple(part for part in parts if part.is_open)


def obligations_of(choice: Choice) -> tuple[Expr, ...]:
    """Return all that a choice and its parts leave open, each once, what is inside last."""
    found: dict[Expr, None] = {}
    stack, seen = [choice], {choice}
    while stack:
        one = stack.pop()
        found.update(dict.fromkeys(one.missing))
        fresh = [part for part in dict.fromkeys(one.parts) if part not in seen]
        seen.update(fresh)
        stack.extend(reversed(fresh))
    return tuple(found)


def widest(context: Context, gaps: Sequence[Gap[T]]) -> list[Gap[T]]:
    """Return the gaps that may be left: not shown to be impossible, and none narrower than another.

    One is narrower than another if its condition is shown to imply the other's, and not the
    other way round.
    """
    possible = [gap for gap in gaps if not any(_refuted(context, t) for t in gap.missing)]
    return [gap for gap in possible if not any(_narrower(context, gap, o) for o in possible)]


def _refuted(context: Context, truth: Expr) -> bool:
    return truth.op.name == "false" or context.holds(build("not", truth))


def _narrower(context: Context, gap: Gap[T], other: Gap[T]) -> bool:
    return _implies(context, gap.missing, other.missing) and not _implies(
        context, other.missing, gap.missing
    )


def _implies(context: Context, some: Sequence[Expr], others: Sequence[Expr]) -> bool:
    known = Assumptions.of(context.assumptions, *some)
    under = replace(context, assumptions=known, log=Log(), _facts=None)
    return all(under.holds(truth) for truth in others)
