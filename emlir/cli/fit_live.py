"""What ``emlir fit`` shows on a terminal while it searches: time, work and the front so far."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter
from typing import TYPE_CHECKING

from emlir.fitting import Member

if TYPE_CHECKING:
    from rich.console import Group
    from rich.table import Table

UPDATES = 8
"""Most updates of the terminal in a second."""
OTHER_LINES = 5
"""Lines of the terminal that the front leaves for the rest."""


@dataclass(slots=True)
class LiveView:
    """The state of a search, drawn anew by rich; a call only notes what it is told."""

    time_limit: float
    height: int = 24
    doing: str = "reading"
    work: int = 0
    front: tuple[Member, ...] = ()
    started: float = field(default_factory=perf_counter)

    def progress(self, doing: str, work: int) -> None:
        """Note what is being done and the formulas compared so far."""
        self.doing, self.work = doing, work

    def on_front(self, front: tuple[Member, ...]) -> None:
        """Note the Pareto front."""
        self.front = front

    def __rich__(self) -> "Group":
        """Draw."""
        from rich.console import Group
        from rich.text import Text

        elapsed = perf_counter() - self.started
        clock = f"{elapsed:.1f} s of {self.time_limit:g} s"
        line = Text(f"{self.doing} · {clock} · {self.work:,} formulas compared", no_wrap=True)
        return Group(line, *([self._table()] if self.front else []))

    def _table(self) -> "Table":
        from rich.table import Table
        from rich.text import Text

        table = Table(box=None, pad_edge=False, expand=True)
        for name in ("size", "loss", "R²"):
            table.add_column(name, justify="right", no_wrap=True)
        table.add_column("formula", no_wrap=True, overflow="ellipsis", ratio=1)
        for member in self.front[-max(1, self.height - OTHER_LINES) :]:
            figures = f"{member.size}", f"{member.loss:.4g}", f"{member.r2:.6f}"
            table.add_row(*figures, Text(str(member.expression)))
        return table


@contextmanager
def live_view(time_limit: float) -> Iterator[LiveView | None]:
    """Show a search on standard error, if that is a terminal; else yield ``None``."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.live import Live

    console = Console(stderr=True)
    view = LiveView(time_limit, console.height)
    with Live(view, console=console, refresh_per_second=UPDATES, transient=True):
        yield view
