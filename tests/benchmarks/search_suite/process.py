"""Runs a search in another process, with one thread and a limit of wall time."""

import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.benchmarks.workers import run_module

Array = NDArray[np.float64]

WORKER = "tests.benchmarks.search_suite.worker"
PATIENCE = 6
"""A process may take this many times the seconds asked for; emltorch looks at no clock."""
START = 60
"""Seconds more than that, to start and to predict."""


@dataclass(frozen=True, slots=True)
class Job:
    """A search: its data, and the points for which predictions are wanted."""

    method: str
    x: Array
    y: Array
    names: Sequence[str]
    points: Mapping[str, Array]
    seconds: float
    seed: int = 0
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: ``facts`` have ``formula``, ``size`` and ``seconds``, or an ``error``."""

    facts: Mapping[str, Any]
    predictions: Mapping[str, Array]


def run(job: Job) -> Answer:
    """Run a search to its end or to the limit, and never raise for what it does."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        np.savez(folder / "data.npz", allow_pickle=False, x=job.x, y=job.y, **job.points)
        request = {
            "method": job.method,
            "names": list(job.names),
            "seconds": job.seconds,
            "seed": job.seed,
            "options": dict(job.options),
        }
        (folder / "request.json").write_text(json.dumps(request), encoding="utf-8")
        problem = run_module(WORKER, folder, PATIENCE * job.seconds + START)
        return _read(folder, problem)


def _read(folder: Path, problem: str) -> Answer:
    if problem:
        return Answer({"error": problem}, {})
    facts = json.loads((folder / "answer.json").read_text(encoding="utf-8"))
    if "error" in facts:
        return Answer(facts, {})
    with np.load(folder / "predictions.npz") as arrays:
        return Answer(facts, dict(arrays))
