"""Runs a search in another process, with one thread and a limit of wall time."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

ROOT = Path(__file__).parents[3]
WORKER = "tests.benchmarks.search_suite.worker"
ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1"
)
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
        problem = _start(folder, PATIENCE * job.seconds + START)
        return _read(folder, problem)


def _start(folder: Path, limit: float) -> str:
    """Return what went wrong, or nothing."""
    command = [sys.executable, "-m", WORKER, str(folder)]
    try:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=os.environ | ONE_THREAD,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            timeout=limit,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"still running after {limit:.0f} s"
    last = done.stderr.strip().splitlines()[-1:] or [""]
    return f"exit code {done.returncode} {last[0]}".strip() if done.returncode else ""


def _read(folder: Path, problem: str) -> Answer:
    if problem:
        return Answer({"error": problem}, {})
    facts = json.loads((folder / "answer.json").read_text(encoding="utf-8"))
    if "error" in facts:
        return Answer(facts, {})
    with np.load(folder / "predictions.npz") as arrays:
        return Answer(facts, dict(arrays))
