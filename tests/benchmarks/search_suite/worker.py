"""One search in a process of its own: ``python -m tests.benchmarks.search_suite.worker FOLDER``.

The folder holds ``request.json`` and ``data.npz``; ``answer.json`` and ``predictions.npz`` are
written beside them. Failures are part of the answer.
"""

import json
import sys
import warnings
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import numpy as np

from tests.benchmarks.search_suite.methods import METHODS, Array, Found, Request


def answer(folder: Path) -> dict[str, Any]:
    """Run the search that a folder asks for, and write the predictions."""
    asked = json.loads((folder / "request.json").read_text(encoding="utf-8"))
    with np.load(folder / "data.npz") as data:
        arrays = dict(data)
    request = Request(
        x=arrays.pop("x"),
        y=arrays.pop("y"),
        names=asked["names"],
        seconds=asked["seconds"],
        seed=asked["seed"],
        options=asked["options"],
    )
    wall, cpu = perf_counter(), process_time()
    found = METHODS[asked["method"]](request)
    facts = {
        "formula": found.formula,
        "size": found.size,
        **found.more,
        "seconds": round(perf_counter() - wall, 3),
        "cpu_seconds": round(process_time() - cpu, 3),
    }
    predictions = {name: _predict(found, x) for name, x in arrays.items()}
    np.savez(folder / "predictions.npz", allow_pickle=False, **predictions)
    return facts


def _predict(found: Found, x: Array) -> Array:
    with np.errstate(all="ignore"):
        return np.broadcast_to(np.asarray(found.predict(x), dtype=float), len(x))


def main() -> None:
    folder = Path(sys.argv[1])
    warnings.simplefilter("ignore")
    try:
        facts = answer(folder)
    except Exception as error:  # whatever a peer raises is a result
        facts = {"error": f"{type(error).__name__}: {error}"}
    (folder / "answer.json").write_text(json.dumps(facts), encoding="utf-8")


if __name__ == "__main__":
    main()
