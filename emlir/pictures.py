"""Pictures by matplotlib, for plugins: the same curves give the same file."""

from pathlib import Path
from typing import TYPE_CHECKING

from emlir.errors import MissingDependencyError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DATES = {".png": None, ".svg": "Date", ".pdf": "CreationDate"}
"""The endings of pictures, and what the date in such a file is called."""


def check_picture(path: str | Path) -> None:
    """Say before the work whether a picture can be written there.

    Raises ``ValueError`` for an ending that is no picture's, ``FileNotFoundError`` for a folder
    that is not there, ``emlir.MissingDependencyError`` without matplotlib.
    """
    file = Path(path)
    if file.suffix.lower() not in DATES:
        raise ValueError(f"a picture ends in {', '.join(DATES)}, not {file.name!r}")
    if not file.parent.is_dir():
        raise FileNotFoundError(f"no folder {file.parent}")
    new_figure(1, 1)


def new_figure(width: float, height: float) -> "Figure":
    """Return an empty figure; ``emlir.MissingDependencyError`` without matplotlib."""
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise MissingDependencyError(
            "pictures need matplotlib: pip install 'emlir[plots]'"
        ) from error
    return Figure(figsize=(width, height), layout="constrained")


def write_picture(figure: "Figure", path: str | Path) -> None:
    """Write a figure; raises what :func:`check_picture` raises."""
    check_picture(path)
    from matplotlib import rc_context

    date = DATES[Path(path).suffix.lower()]
    with rc_context({"svg.hashsalt": "emlir"}):
        figure.savefig(path, metadata=None if date is None else {date: None})
