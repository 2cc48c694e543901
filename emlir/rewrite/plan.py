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
from emlir.text.pieces import split_at_commas, without_quoted


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


MOST_NESTED = 50
"""How deep ``chain`` and ``fixpoint`` may stand in each other."""

_ON_RULES: dict[str, Callable[[Rules], Pass]] = {
    "once": once,
    "bottom-up": bottom_up,
    "top-down": top_down,
    "fixpoint": fixpoint,
}


def plan(pipeline: str) -> list[PlannedPass]:
    """Read a pipeline; see the module.

    Raises :class:`emlir.UnknownNameError` for an unknown name and ``ValueError`` for an
    empty place, a bracket without its partner, a missing argument, or steps that are nested
    deeper than ``MOST_NESTED``.
    """
    return _plan(pipeline, 0)


def _plan(pipeline: str, nested: int) -> list[PlannedPass]:
    if nested > MOST_NESTED:
        raise ValueError(f"the pipeline nests more than {MOST_NESTED} steps in each other")
    return [PlannedPass(text, _read(text, nested)) for text in _split(pipeline)]


def _read(text: str, nested: int) -> Pass:
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
        passes = [step.run for step in _plan(inner, nested + 1)]
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
    _check_brackets(text)
    pieces = [piece.strip() for piece in split_at_commas(text)]
    if not all(pieces):
        raise ValueError(f"the pipeline {text!r} has an empty place: write 'fold,lift'")
    return pieces


def _check_brackets(text: str) -> None:
    depth = 0
    for character in without_quoted(text):
        depth += (character == "(") - (character == ")")
        if depth < 0:
            raise ValueError(f"the pipeline {text!r} closes a bracket that is not open")
    if depth:
        raise ValueError(f"the pipeline {text!r} has a bracket that is not closed")
