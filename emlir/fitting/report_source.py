"""Where a result came from: the call that made it, and its data."""

from dataclasses import dataclass
from typing import Any

from emlir.fitting.record import FitRecord
from emlir.fitting.state import data_digest


@dataclass(frozen=True, slots=True)
class Source:
    """What a page says beside the result itself.

    ``call`` makes the page again, ``data`` names the data and their digest, ``rows`` name
    the rows.
    """

    call: str
    data: str
    rows: tuple[str, ...] = ()


def python_source(result: FitRecord, path: str) -> Source:
    """Return the source of a result of :func:`emlir.fit`."""
    digest = data_digest(result.columns, result.y, result.weights)
    return Source(python_call(result, path), f"arrays of float64, SHA-256 {digest}")


def python_call(result: FitRecord, path: str) -> str:
    """Return the call in Python that gives a result, and its page again."""
    options: dict[str, Any] = {"strategy": result.strategy, "seed": result.seed, **result.settings}
    count = len(result.names)
    usual = ("x",) if count == 1 else tuple(f"x{k + 1}" for k in range(count))
    if result.names != usual:
        options["names"] = result.names
    words = ["X", "y", *(f"{name}={value!r}" for name, value in options.items())]
    if result.weights is not None:
        words.append("sample_weight=weights")
    return f"emlir.fit({', '.join(words)}).report({path!r})"
