"""The e-graph itself: loading terms, running rules, undoing, and reading what is there.

Terms go in and come out as rows of numbers, in bulk and without recursion: nesting depth
never matters, and no command is compiled for each term.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType

from egglog.bindings import EGraph, FrozenEGraph, PrintAllFunctionsSize, RunScheduleOutput

from emlir_egraph.language import Language

Rows = Mapping[str, Sequence[tuple[int, ...]]]


class Session:
    """One e-graph; a context manager, because input goes through a temporary folder."""

    def __init__(self, language: Language, program: Iterable[str]) -> None:
        self.language = language
        self._folder = TemporaryDirectory(prefix="emlir_egraph_")
        self._egraph = EGraph(fact_directory=self._folder.name)
        self._files = count()
        self._groups: dict[tuple[str, ...], str] = {}
        for text in (*language.declarations(), *program):
            self._run(text)  # one by one: each command keeps a copy of the text it came in

    def __enter__(self) -> "Session":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._folder.cleanup()

    def _run(self, text: str) -> list[object]:
        return list(self._egraph.run_program(*self._egraph.parse_program(text)))

    def load(self, rows: Rows) -> None:
        """Add rows to the relations ``in_...`` and ``same_...``, and make terms of them."""
        for relation, table in rows.items():
            if not table:
                continue
            name = f"{next(self._files)}.tsv"
            lines = ("\t".join(map(str, row)) + "\n" for row in table)
            (Path(self._folder.name) / name).write_text("".join(lines), encoding="ascii")
            self._run(f'(input {relation} "{name}")')
        self._run("(run load 1)")

    def run(self, rule_set: str) -> tuple[bool, Mapping[str, int]]:
        """Apply the rules of a set once; whether anything changed, and how often each matched."""
        (output,) = self._run(f"(run {rule_set} 1)")
        assert isinstance(output, RunScheduleOutput)
        return output.report.updated, output.report.num_matches_per_rule

    def combined(self, rule_sets: tuple[str, ...]) -> str:
        """Return the name of the set of all rules in some sets. Undoing forgets new names."""
        if len(rule_sets) == 1:
            return rule_sets[0]
        if rule_sets not in self._groups:
            name = self._groups[rule_sets] = f"g{len(self._groups)}"
            self._run(f"(unstable-combined-ruleset {name} {' '.join(rule_sets)})")
        return self._groups[rule_sets]

    def save(self) -> None:
        """Remember the state."""
        self._run("(push)")

    def undo(self) -> None:
        """Go back to the state that was saved last."""
        self._run("(pop)")

    @property
    def size(self) -> int:
        """The number of e-nodes."""
        (output,) = self._run("(print-size)")
        assert isinstance(output, PrintAllFunctionsSize)
        counted = {"symbol", "number", *self.language.operators}
        return sum(size for name, size in output.sizes if name in counted)

    def rows(self) -> FrozenEGraph:
        """All rows of all tables."""
        return self._egraph.freeze()

    def integer(self, value: object) -> int:
        """Read a number out of a row."""
        return self._egraph.value_to_i64(value)  # type: ignore[arg-type]
