"""One claim in a process of its own: ``python -m tests.benchmarks.proof_suite.worker FOLDER``.

The folder holds ``request.json``; ``answer.json`` is written beside it. Failures are part of the
answer. A method that is not done shortly after its time is ended by an alarm, which also ends
solvers that look at no clock.
"""

import json
import signal
import sys
import warnings
from importlib import import_module
from pathlib import Path
from time import perf_counter
from typing import Any

import emlir
from tests.benchmarks.proof_suite.certified import checked
from tests.benchmarks.proof_suite.methods import METHODS
from tests.benchmarks.proof_suite.request import Request

GRACE = 2.0
"""Seconds between the limit and the alarm; answers in between are late, and count as none."""


def answer(folder: Path) -> dict[str, Any]:
    """Run the method that a folder asks for."""
    asked = json.loads((folder / "request.json").read_text(encoding="utf-8"))
    request = Request(asked["claim"], asked["where"], asked["seconds"], folder)
    method = METHODS[asked["method"]]
    for module in method.modules:
        import_module(module)
    emlir.parse(request.claim)  # so that the plugins are there before the clock starts
    signal.setitimer(signal.ITIMER_REAL, request.seconds + GRACE)
    start = perf_counter()
    outcome = method.decide(request)
    seconds = perf_counter() - start
    signal.setitimer(signal.ITIMER_REAL, 0)
    facts = {"answer": outcome.answer, "detail": outcome.detail, "seconds": round(seconds, 3)}
    return {**facts, **outcome.more}


def with_checks(facts: dict[str, Any]) -> dict[str, Any]:
    """Add what the checkers say of the certificate; a check that fails takes back no answer."""
    try:
        return facts | {"checks": checked(facts)}
    except Exception as error:
        return facts | {"detail": f"check: {type(error).__name__}: {error}"}


def main() -> None:
    folder = Path(sys.argv[1])
    warnings.simplefilter("ignore")
    try:
        facts = answer(folder)
    except Exception as error:  # whatever a method raises is a result
        facts = {"answer": "unknown", "detail": f"{type(error).__name__}: {error}"}
    file = folder / "answer.json"
    file.write_text(json.dumps(facts), encoding="utf-8")
    if "path" in facts:
        file.write_text(json.dumps(with_checks(facts)), encoding="utf-8")


if __name__ == "__main__":
    main()
