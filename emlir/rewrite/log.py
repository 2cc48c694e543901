"""The record of a rewriting: which rule replaced which node by what, pass by pass."""

from collections.abc import Callable, Iterable, Iterator
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


Progress = Callable[[str, int], None]
"""Called with the text of the pass that runs, and the number of its steps so far."""


@dataclass(slots=True)
class Log:
    """The sections of a pipeline, in order; ``progress`` is told of each pass and step."""

    sections: list[Section] = field(default_factory=list)
    progress: Progress | None = field(default=None, repr=False, compare=False)

    def open(self, name: str, before: Expr) -> Section:
        """Begin the section of a pass."""
        section = Section(name, before)
        self.sections.append(section)
        if self.progress is not None:
            self.progress(name, 0)
        return section

    def note(self, step: Step) -> None:
        """Add a step to the section of the pass that runs now."""
        if self.sections:
            section = self.sections[-1]
            section.steps.append(step)
            if self.progress is not None:
                self.progress(section.name, len(section.steps))

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
        needs = " and ".join(brief(condition) for condition in step.obligations)
        yield f"  {step.rule}: {brief(step.before)} -> {brief(step.after)}" + (
            f"  [if {needs}]" if needs else ""
        )
    if section.exhausted:
        yield "  the limit of steps was reached"


def brief(expr: Expr) -> str:
    """Return an expression as text, a large one by its operator and size."""
    text = repr(expr)
    return text.removeprefix("<Expr ").removesuffix(">")
