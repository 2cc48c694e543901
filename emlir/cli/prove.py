"""``emlir prove``: whether a claim holds on a box, with the evidence."""

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import click

from emlir.assumptions import Interval
from emlir.claims import Bounds, Enclosed, Progress, Proved, Refuted, Unknown, Verdict, prove
from emlir.cli.common import DONE, REJECTED, UNKNOWN, finish, json_option, read_text, show, spinner
from emlir.expr.core import Expr
from emlir.expr.numbers import write_number, write_quotient

EXIT_CODES = {"proved": DONE, "enclosed": DONE, "refuted": REJECTED, "unknown": UNKNOWN}
QUIET_STEPS = 500
"""Steps that pass before progress is shown."""
MOST_BOXES = 8
"""Boxes that people are shown; JSON has all."""


@click.command("prove")
@click.argument("claim")
@click.option("--where", multiple=True, metavar="BOX", help='Such as "x in [0.1, 10], y > 0".')
@click.option("--time-limit", default=10.0, show_default=True, metavar="SECONDS")
@click.option("--prover", default="certificate", show_default=True, metavar="NAME")
@click.option("--certificate", metavar="FILE", help="Save the certificate of a proved claim.")
@json_option
def prove_command(
    claim: str,
    where: tuple[str, ...],
    time_limit: float,
    prover: str,
    certificate: str | None,
    as_json: bool,
) -> None:
    """Decide whether CLAIM, such as "exp(x) >= 1 + x", holds on the whole box.

    The exit code is 0 if it does, 1 if it is refuted, 3 if it stays unknown.
    """
    with _shown_progress() as progress:
        options: dict[str, Any] = {"time_limit": time_limit, "prover": prover}
        verdict = prove(read_text(claim), where, progress=progress, **options)
    if certificate is not None and isinstance(verdict, Proved):
        verdict.certificate.save(certificate)
    elif certificate is not None:
        click.echo(f"{certificate} is not written: there is no certificate", err=True)
    data: dict[str, Any] = {"verdict": verdict.verdict, "claim": str(verdict.claim.expr)}
    data["box"] = _box(verdict.claim.box)
    show({**data, **_evidence(verdict)}, _lines(verdict), as_json)
    finish(EXIT_CODES[verdict.verdict])


def _evidence(verdict: Verdict) -> dict[str, Any]:
    if isinstance(verdict, Proved):
        proof = verdict.certificate
        return {
            "statement": proof.statement,
            "digest": proof.digest,
            "leaves": proof.leaves,
            "bytes": proof.size,
            "trusts": dict(proof.trusts),
            "work": verdict.work,
        }
    if isinstance(verdict, Enclosed):
        boxes = [
            {"box": _box(cell.box), "differences": [_ends(d) for d in cell.differences]}
            for cell in verdict.boxes
        ]
        return {"boxes": boxes, "work": verdict.work}
    if isinstance(verdict, Refuted):
        point = {name: write_quotient(value) for name, value in verdict.point.items()}
        sides = [
            {
                "relation": str(side.relation),
                "left": _ends(side.left),
                "right": _ends(side.right),
                "difference": _ends(side.difference),
            }
            for side in verdict.sides
        ]
        return {
            "point": point,
            "reason": verdict.reason,
            "relations": sides,
            "precision": verdict.precision,
            "work": verdict.work,
        }
    worst = _box(verdict.worst_box)
    return {
        "reason": verdict.reason,
        "detail": verdict.detail,
        "worst_box": worst,
        "work": verdict.work,
    }


def _ends(bounds: Bounds | None) -> list[float | None] | None:
    """JSON has no infinity: an endless side is null."""
    return None if bounds is None else [end if math.isfinite(end) else None for end in bounds]


def _box(box: Mapping[str, Interval]) -> dict[str, dict[str, Any]]:
    return {name: _interval(interval) for name, interval in box.items()}


def _interval(interval: Interval) -> dict[str, Any]:
    return {
        "lo": None if interval.lo is None else write_quotient(interval.lo),
        "hi": None if interval.hi is None else write_quotient(interval.hi),
        "lo_open": interval.lo_open,
        "hi_open": interval.hi_open,
    }


def _lines(verdict: Verdict) -> list[str]:
    lines = [f"{verdict.verdict}: {verdict.claim}"]
    if isinstance(verdict, Proved):
        return lines + _proved_lines(verdict)
    if isinstance(verdict, Enclosed):
        return lines + _enclosed_lines(verdict)
    if isinstance(verdict, Refuted):
        return lines + _refuted_lines(verdict)
    return lines + _unknown_lines(verdict)


def _proved_lines(verdict: Proved) -> list[str]:
    proof = verdict.certificate
    parts = "one part" if proof.leaves == 1 else f"{proof.leaves} parts"
    lines = [f"by a certificate of {proof.size:,} bytes in {parts}, accepted by the exact checker"]
    return lines + [f"  it trusts {key}: {fact}" for key, fact in proof.trusts.items()]


def _enclosed_lines(verdict: Enclosed) -> list[str]:
    count = len(verdict.boxes)
    lines = [f"holds by ball arithmetic on each of {count} boxes that cover it (no certificate)"]
    if count == 1:
        lines = ["holds by ball arithmetic on the whole box (no certificate)"]
    for cell in verdict.boxes[:MOST_BOXES]:
        bounds = ", ".join(map(_range, cell.differences))
        lines.append(f"  {_sides(cell.box)}: left - right in {bounds}")
    if count > MOST_BOXES:
        lines.append(f"  and {count - MOST_BOXES} more; --json has all of them")
    return lines


def _refuted_lines(verdict: Refuted) -> list[str]:
    point = ", ".join(f"{name} = {write_number(value)}" for name, value in verdict.point.items())
    lines = [f"{verdict.reason} at {point}" if point else f"it is {verdict.reason}"]
    for side in verdict.sides:
        left, right = _value(side.left), _value(side.right)
        lines.append(f"  {_short(side.relation)}: left {left}, right {right}")
        lines.append(f"    left - right {_value(side.difference)}")
    return lines


def _unknown_lines(verdict: Unknown) -> list[str]:
    lines = [f"{verdict.reason}: {verdict.detail}"]
    if verdict.worst_box:
        lines.append(f"  the hardest box: {_sides(verdict.worst_box)}")
    return lines


def _sides(box: Mapping[str, Interval]) -> str:
    return ", ".join(f"{name} in {interval}" for name, interval in box.items()) or "everywhere"


def _short(expr: Expr) -> str:
    text = str(expr)
    return text if len(text) <= 70 else text[:67] + "..."


def _range(bounds: Bounds) -> str:
    return f"[{bounds[0]!r}, {bounds[1]!r}]"  # in full: fewer digits might round inward


def _value(bounds: Bounds | None) -> str:
    return "is undefined" if bounds is None else f"in {_range(bounds)}"


@contextmanager
def _shown_progress() -> Iterator[Callable[[Progress], None]]:
    """Show a long search."""
    with spinner("searching") as say:

        def tell(progress: Progress) -> None:
            if say is not None and progress.work >= QUIET_STEPS:
                boxes = f"{progress.decided} boxes decided, {progress.waiting} to do"
                say(f"{boxes}, {progress.stuck} too hard")

        yield tell
