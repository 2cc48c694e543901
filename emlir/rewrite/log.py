"""The record of a rewriting: which rule replaced which node by what, pass by pass."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from emlir.expr.core import Expr


@dataclass(frozen=True, slots=True)
class Step:
    """One application of a rule or a computation, and the conditions that it leaves open."""

    rule: str
    before: Expr
    after: Expr
    obligations: tuple[Expr, ...] = ()


@dataclass(slots=True)
class Section:
    """What one pass did; ``name`` is its text in the pipeline."""

    name: str
    before: Expr
    after: Expr | None = None
    steps: list[Step] = field(default_factory=list)
    exhausted: bool = False
    """Whether the limit of steps was reached, so that more could have been done."""
    remarks: list[str] = field(default_factory=list)

    @property
    def result(self) -> Expr:
        """What the pass made, or what it was given if it did not finish."""
        return self.before if self.after is None else self.after


@dataclass(slots=True)
class Log:
    """The sections of a pipeline, in order."""

    sections: list[Section] = field(default_factory=list)

    def open(self, name: str, before: Expr) -> Section:
        """Begin the section of a pass."""
        section = Section(name, before)
        self.sections.append(section)
        return section

    def note(self, step: Step) -> None:
        """Add a step to the section of the pass that runs now."""
        if self.sections:
            self.sections[-1].steps.append(step)

    def note_exhausted(self) -> None:
        """Note that the pass that runs now reached its limit."""
        if self.sections:
            self.sections[-1].exhausted = True

    def remark(self, lines: Iterable[str]) -> None:
        """Add lines for the reader to the section of the pass that runs now."""
        if self.sections:
            self.sections[-1].remarks.extend(lines)

    @property
    def steps(self) -> Iterator[Step]:
        """All steps."""
        return (step for section in self.sections for step in section.steps)

    @property
    def obligations(self) -> tuple[Expr, ...]:
        """The conditions under which the result has the domain of the original, each once."""
        found = (condition for step in self.steps for condition in step.obligations)
        return tuple(dict.fromkeys(found))

    def __str__(self) -> str:
        return "\n".join(line for section in self.sections for line in _lines(section))


def _lines(section: Section) -> Iterator[str]:
    yield f"{section.name}:"
    yield from (f"  {line}" for line in section.remarks)
    for step in section.steps:
        needs = " and ".join(_brief(condition) for condition in step.obligations)
        yield f"  {step.rule}: {_brief(step.before)} -> {_brief(step.after)}" + (
            f"  [if {needs}]" if needs else ""
        )
    if section.exhausted:
        yield "  the limit of steps was reached"


def _brief(expr: Expr) -> str:
    text = repr(expr)
    return text.removeprefix("<Expr ").removesuffix(">")
