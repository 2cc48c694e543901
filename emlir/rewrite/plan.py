"""Pipelines as text: ``"lift, fixpoint(algebra), differentiate(x)"``.

A pipeline is a list of steps separated by commas. A step is a pass by name, a pass with an
argument (``differentiate(x)``, ``specialise(y = 2)``), or a combinator:

    once(R)  bottom-up(R)  top-down(R)  fixpoint(R)   R: names of rules or rule sets
    chain(P)  fixpoint(P)                             P: a pipeline
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from emlir.plugins import manager
from emlir.rewrite.context import Pass
from emlir.rewrite.library import find_rules, is_rule_or_set
from emlir.rewrite.strategy import Rules, bottom_up, chain, fixpoint, once, repeat, top_down


@dataclass(frozen=True, slots=True)
class Parametric:
    """A pass that takes an argument: ``make`` reads its text, ``usage`` shows an example.

    With ``bare`` it may stand without one, and ``make`` is given no text.
    """

    make: Callable[[str], Pass]
    usage: str
    bare: bool = False


@dataclass(frozen=True, slots=True)
class PlannedPass:
    """A step of a pipeline: its text, and what it does."""

    text: str
    run: Pass


_ON_RULES: dict[str, Callable[[Rules], Pass]] = {
    "once": once,
    "bottom-up": bottom_up,
    "top-down": top_down,
    "fixpoint": fixpoint,
}


def plan(pipeline: str) -> list[PlannedPass]:
    """Read a pipeline; see the module.

    Raises :class:`emlir.UnknownNameError` for an unknown name and ``ValueError`` for an
    empty place, a bracket without its partner, or a missing argument.
    """
    return [PlannedPass(text, _read(text)) for text in _split(pipeline)]


def _read(text: str) -> Pass:
    name, bracket, inner = text.partition("(")
    name = name.strip()
    if not bracket:
        return _plain(name)
    if not inner.endswith(")"):
        raise ValueError(f"the step {text!r} does not end with its bracket")
    inner = inner[:-1].strip()
    if name in _ON_RULES and all(is_rule_or_set(item) for item in _split(inner)):
        return _ON_RULES[name](find_rules(_split(inner)))
    if name in ("chain", "fixpoint"):
        passes = [step.run for step in plan(inner)]
        return chain(passes) if name == "chain" else repeat(passes)
    if name in _ON_RULES:
        find_rules(_split(inner))  # says which name is unknown
    found = manager().get("passes", name)
    if not isinstance(found, Parametric):
        raise ValueError(f"the pass {name!r} takes no argument, it was given {inner!r}")
    return found.make(inner)


def _plain(name: str) -> Pass:
    if name in (*_ON_RULES, "chain"):
        raise ValueError(f"{name} needs something to apply in brackets: {name}(...)")
    found = manager().get("passes", name)
    if isinstance(found, Parametric):
        if found.bare:
            return found.make("")
        raise ValueError(f"the pass {name!r} needs an argument: {found.usage}")
    return cast(Pass, found)


def _split(text: str) -> list[str]:
    """Split at commas outside brackets."""
    pieces, depth, start = [], 0, 0
    for k, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if depth < 0:
            raise ValueError(f"the pipeline {text!r} closes a bracket that is not open")
        if character == "," and depth == 0:
            pieces.append(text[start:k].strip())
            start = k + 1
    pieces.append(text[start:].strip())
    if depth:
        raise ValueError(f"the pipeline {text!r} has a bracket that is not closed")
    if not all(pieces):
        raise ValueError(f"the pipeline {text!r} has an empty place: write 'fold,lift'")
    return pieces
