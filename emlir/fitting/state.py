"""The state of a fit in a file, so that a later fit of the same data goes on from there.

    {"emlir_fit": 1, "checksum": "...", "emlir": "0.1.0",
     "problem": {"data": "...", "strategy": "exact", ...}, "work": 120, "time": 1.5,
     "operators": {...}, "nodes": [...],
     "candidates": [{"node": 3, "score": -20.1, "noise": "additive", ...}]}

Expressions are rows as in the notation ``json``, shared by all candidates.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emlir.errors import DataError
from emlir.fitting.problem import Candidate, Constant, Problem
from emlir.fitting.record import Spent
from emlir.fitting.versions import version_of
from emlir.text.json import read_rows, write_rows

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

VERSION = 1


@dataclass(frozen=True, slots=True)
class State:
    """What was found in earlier fits of a problem, and what they took."""

    candidates: tuple[Candidate, ...] = ()
    spent: Spent = field(default_factory=Spent)


def data_digest(columns: "Mapping[str, Array]", y: "Array", weights: "Array | None") -> str:
    """Return a SHA-256 of names and numbers, the same on every machine."""
    parts = {**{f"x:{name}": column for name, column in columns.items()}, "y": y}
    if weights is not None:
        parts["weights"] = weights
    digest = sha256(json.dumps([*parts, y.size]).encode())
    for part in parts.values():
        digest.update(part.astype("<f8").tobytes())
    return digest.hexdigest()


def identity(problem: Problem, strategy: str) -> dict[str, Any]:
    """Return what must be the same for a fit to go on from another's candidates."""
    units = {"": problem.y_unit, **problem.units}
    return {
        "data": data_digest(problem.columns, problem.y, problem.weights),
        "strategy": strategy,
        "noise": list(problem.noises),
        "units": {
            name: {base: str(power) for base, power in dimension.items()}
            for name, dimension in units.items()
            if dimension is not None
        },
        "max_size": problem.limits.max_size,
        "depth": problem.limits.depth,
    }


def write_state(path: Path, problem: Mapping[str, Any], state: State) -> None:
    """Write the file; it holds the old state or the new one at every moment."""
    rows, operators, index = write_rows(c.expression for c in state.candidates)
    body = {
        "emlir": version_of("emlir"),
        "problem": problem,
        **asdict(state.spent),
        "operators": operators,
        "nodes": [json.loads(row) for row in rows],
        "candidates": [
            {
                "node": index[candidate.expression],
                "score": float(candidate.score),
                "noise": candidate.noise,
                "parameters": int(candidate.parameters),
                "constants": [asdict(constant) for constant in candidate.constants],
                "held_out": candidate.held_out,
                "unexplained": candidate.unexplained,
            }
            for candidate in state.candidates
        ],
    }
    document = {"emlir_fit": VERSION, "checksum": _checksum(body), **body}
    _replace(path, json.dumps(document, ensure_ascii=False))


def read_state(path: Path, problem: Mapping[str, Any]) -> State:
    """Read the file; without one there is an empty state.

    Raises :class:`emlir.DataError` for a file that is damaged, or of another problem.
    """
    if not path.exists():
        return State()
    body = _body(path)
    for what, wanted in problem.items():
        held = body["problem"].get(what)
        if held != wanted:
            difference = "data" if what == "data" else f"options: {what} {held!r}, not {wanted!r}"
            raise DataError(f"{path} keeps a fit of other {difference}; name another file")
    try:
        nodes = read_rows(body)
    except ValueError as error:  # an operator of a plugin that is not installed
        raise DataError(f"{path} cannot be read: {error}") from error
    found = (_candidate(entry, nodes) for entry in body["candidates"])
    return State(tuple(found), Spent(body["work"], body["time"]))


def _body(path: Path) -> dict[str, Any]:
    """Return the document without its head, if it is what was written."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict) or "emlir_fit" not in document:
        raise DataError(f"{path} is no state of a fit, or was damaged; name another file")
    version, checksum = document.pop("emlir_fit"), document.pop("checksum", None)
    if version != VERSION:
        raise DataError(
            f"{path} is of the format {version}, which this version of emlir "
            "does not read; name another file"
        )
    if checksum != _checksum(document):
        raise DataError(f"{path} was changed or damaged; name another file")
    return document


def _candidate(entry: dict[str, Any], nodes: list[Any]) -> Candidate:
    constants = tuple(Constant(**constant) for constant in entry.pop("constants"))
    return Candidate(nodes[entry.pop("node")], constants=constants, **entry)


def _checksum(body: dict[str, Any]) -> str:
    return sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


def _replace(path: Path, text: str) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with draft.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
