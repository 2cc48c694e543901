"""Runs a method on a claim in a process of its own, and judges the answer."""

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from tests.benchmarks.claim_suite.case import ClaimCase
from tests.benchmarks.claim_suite.truth import fails
from tests.benchmarks.workers import run_module

WORKER = "tests.benchmarks.proof_suite.worker"
START = 60
"""Seconds beyond the limit, to import torch, and to check a certificate with three checkers."""
KILLED = "exit code -14"
"""How a process ends by its alarm."""

Judgement = Literal["right", "wrong", "unknown"]
Facts = dict[str, Any]


def measure(case: ClaimCase, method: str, seconds: float) -> Facts:
    """Return what a method answers within the seconds, and how that is judged."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        request = {"method": method, "claim": case.claim, "where": case.where, "seconds": seconds}
        (folder / "request.json").write_text(json.dumps(request), encoding="utf-8")
        problem = run_module(WORKER, folder, seconds + START)
        facts = _read(folder / "answer.json", problem, seconds)
    facts = _in_time({"seconds": seconds, "checks": []} | facts, seconds)
    facts.pop("path", None)
    return facts | {"holds": case.holds, "judged": judge(case, facts)}


def _read(file: Path, problem: str, seconds: float) -> Facts:
    """Return what was written; a process may have ended while it checked a certificate."""
    if not file.exists():
        detail = "stopped by the alarm" if problem.startswith(KILLED) else problem
        return {"answer": "unknown", "detail": detail, "seconds": seconds}
    facts: Facts = json.loads(file.read_text(encoding="utf-8"))
    return facts | {"detail": f"check: {problem}"} if problem else facts


def _in_time(facts: Facts, seconds: float) -> Facts:
    """Take back an answer that came after the limit."""
    if facts["answer"] == "unknown" or facts["seconds"] <= seconds:
        return facts
    return facts | {"answer": "unknown", "detail": f"{facts['answer']}, but after the limit"}


def judge(case: ClaimCase, facts: Mapping[str, Any]) -> Judgement:
    """Compare an answer with the truth; a point that does not refute is wrong in any case."""
    answer = facts["answer"]
    if answer == "unknown":
        return "unknown"
    if "point" in facts and not fails(case.claim, facts["point"]):
        return "wrong"
    return "right" if (answer == "refuted") is not case.holds else "wrong"
