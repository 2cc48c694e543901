"""The script of a certificate: schemas, ladders, normal forms, leaves and coverage.

Every ``(check-sat)`` has to answer ``unsat``.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from emlir_proof.checker.bundle import TRUSTED
from emlir_proof.checker.cover import sides
from emlir_proof.checker.headings import SECTIONS, header
from emlir_proof.checker.rungs import RUNGS, rung_obligation
from emlir_proof.checker.schemas import SCHEMAS, obligations, schema_text
from emlir_proof.smtlib import ladders
from emlir_proof.smtlib.leaves import Leaves
from emlir_proof.smtlib.names import Names
from emlir_proof.smtlib.normal import NormalForms
from emlir_proof.smtlib.points import Points
from emlir_proof.smtlib.replay import replayed
from emlir_proof.smtlib.traced import Traced

NONLINEAR, LINEAR = "(set-logic QF_NRA)", "(set-logic QF_LRA)"


def with_script(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return a certificate with its script: the lines of it, and those of the ladders."""
    atoms, points = Traced(), Points.of(data)
    box = data["claim"]["box"]
    found = replayed(data, atoms, points)
    calls = list(atoms.calls)
    names = Names(atoms, list(box))
    leaves = Leaves(names, found, sides(atoms, box))
    declared = list(names.preamble(meaning=False))
    normal = list(NormalForms(names, atoms).lines(calls))
    used = [name for name in SCHEMAS if name in leaves.schemas]
    schemas = [schema_text(name) for name in used]
    sections = (
        _obligations(used),
        [NONLINEAR, *names.preamble(meaning=True), *normal],
        [LINEAR, *declared, *points.definitions(), *schemas, *leaves.lines()],
        _ladders(points),
    )
    *parts, ladders_ = (
        ["(reset)", f"; {title}", *lines] for title, lines in zip(SECTIONS, sections, strict=True)
    )
    lines = [f"; {line}" for line in header(data, TRUSTED)]
    return {**data, "smtlib2": sum(parts, lines), "ladders": ladders_}


def _obligations(used: list[str]) -> Iterator[str]:
    yield NONLINEAR
    for name in used:
        yield from obligations(name)


def _ladders(points: Points) -> Iterator[str]:
    exps = [ladders.exponential(k, ends) for k, ends in points.knots.items()]
    circles = [ladders.circle(k, ends) for k, ends in points.circles.items()]
    turns = [ladders.turning(k)[0] for k in points.turns]
    found = [*exps, *circles, *turns]
    yield NONLINEAR
    used = {name for ladder in found for name, _ in ladder}
    for name in (name for name in RUNGS if name in used):
        yield from rung_obligation(name)
    yield from ladders.lines(found)
