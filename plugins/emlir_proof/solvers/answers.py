"""Running a script in a solver, in a process of its own that ends when its time is over."""

import re
import subprocess
import sys
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from emlir_proof.checker.headings import text_of


def judged(data: Mapping[str, Any], package: str, code: str, limit: float) -> tuple[bool, str]:
    """Return whether a solver answers ``unsat`` to every question of a script, and what it says.

    ``code`` is a program that reads a script from its input and writes the answers.
    """
    try:
        text = text_of(data)
    except (KeyError, TypeError) as error:
        return False, f"there is no script: {error!r}"
    label = f"{package} {version(package)}"
    asked = re.sub(r";[^\n]*", "", text).count("(check-sat)")
    try:
        done = subprocess.run(
            [sys.executable, "-c", code], input=text, capture_output=True, text=True, timeout=limit
        )
    except subprocess.TimeoutExpired:
        return False, f"{label}: no answer within {limit:g} s"
    if done.returncode:
        return False, f"{label}: {_last_line(done.stderr)}"
    return _counted(label, done.stdout.split("\n"), asked)


def _counted(label: str, lines: list[str], asked: int) -> tuple[bool, str]:
    answers = [line.strip() for line in lines if line.strip()]
    others = [answer for answer in answers if answer != "unsat"]
    if others:
        place = answers.index(others[0]) + 1
        return False, f"{label}: question {place} of {asked}: {others[0][:200]}"
    if len(answers) != asked or not asked:
        return False, f"{label}: {len(answers)} answers to {asked} questions"
    return True, f"{label}: {asked} times unsat"


def _last_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1][:200] if lines else "it ended without an answer"
