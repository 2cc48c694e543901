"""What a method is asked, and what it answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

Answer = Literal["proved", "enclosed", "refuted", "unknown"]


@dataclass(frozen=True, slots=True)
class Request:
    """A claim in infix, its box as text, how long to try, and a folder for files."""

    claim: str
    where: str
    seconds: float
    folder: Path


@dataclass(frozen=True, slots=True)
class Outcome:
    """An answer, a word about it, and what else a record of the run should hold."""

    answer: Answer
    detail: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Method:
    """How to decide a claim, and the modules that have to be there, imported beforehand."""

    modules: tuple[str, ...]
    decide: Callable[[Request], Outcome]
