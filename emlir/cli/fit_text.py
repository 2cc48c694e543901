"""The result of a fit for machines (one dictionary) and for people (lines of text)."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from emlir.data import Measurements
from emlir.fitting import FitResult
from emlir.fitting.analysis import EmlForm, notation
from emlir.text.syntax import emit

NOTATIONS = ("latex", "smtlib2", "sympy")
WIDEST_TREE = 300
"""Longer EML trees are only measured in the text for people."""
ROWS_SHOWN = 40


def as_data(result: FitResult, data: Measurements, checked: bool = True) -> dict[str, Any]:
    """Return everything that is known about a fit; without what takes time if not ``checked``."""
    tree = result.eml if checked else "interrupted"
    return {
        "formula": emit(result.expression),
        "target": data.target,
        "label": result.label,
        "r2": result.r2,
        "held_out": result.held_out,
        "unexplained": result.unexplained,
        "noise": asdict(result.noise) | {"text": str(result.noise)},
        "constants": [asdict(constant) for constant in result.constants],
        "front": [
            {"formula": emit(m.expression), "size": m.size, "loss": m.loss, "r2": m.r2}
            for m in result.front
        ],
        "eml": asdict(tree) if isinstance(tree, EmlForm) else {"refused": tree},
        "notations": {name: _written(result, name) for name in NOTATIONS},
        "residuals": list(_residuals(result, data)),
        "checked": checked,
        "findings": [
            {**asdict(finding), "said": finding.said}
            for finding in (result.findings if checked else ())
        ],
        "range": {name: [float(c.min()), float(c.max())] for name, c in result.columns.items()},
        "not_used": list(data.text_columns),
        "strategy": result.strategy,
        "seed": result.seed,
        "seconds": result.time,
        "work": result.work,
        "earlier": None if result.earlier is None else asdict(result.earlier),
        "stopped": result.stopped,
    }


def _written(result: FitResult, name: str) -> dict[str, str]:
    text, reason = notation(result.expression, name)
    return {"refused": reason} if text is None else {"text": text}


def _residuals(result: FitResult, data: Measurements) -> Iterator[dict[str, Any]]:
    for k, (measured, residual) in enumerate(zip(result.y, result.residuals, strict=True)):
        yield {
            "row": data.labels[k] if data.labels else f"line {data.lines[k]}",
            "measured": float(measured),
            "formula": float(measured - residual),
            "residual": float(residual),
        }


def as_lines(facts: dict[str, Any]) -> list[str]:
    """Return the text for people."""
    return [
        *_formula_lines(facts),
        "",
        *_eml_lines(facts["eml"]),
        *_notation_lines(facts["notations"]),
        "",
        *_front_lines(facts["front"], facts["formula"]),
        "",
        *_residual_lines(facts["residuals"]),
        "",
        *_finding_lines(facts),
        "",
        *_closing_lines(facts),
    ]


def _formula_lines(facts: dict[str, Any]) -> Iterator[str]:
    yield f"{facts['target']} = {facts['formula']}"
    yield f"  label   {facts['label']}"
    yield f"  R²      {facts['r2']:.10g}"
    yield f"  noise   {facts['noise']['text']}"
    if facts["held_out"] is not None:
        of = " of ln y" if facts["noise"]["model"] == "multiplicative" else ""
        yield f"  held    {facts['held_out']:.6g} (R²{of} on rows left out)"
    if facts["unexplained"]:
        yield "  rest    seems to depend on the variables: the formula is not the whole law"
    for constant in facts["constants"]:
        value = f"{constant['value']:.12g} ± {constant['error']:.2g} (standard error)"
        if constant["exact"] is None:
            yield f"  fitted  {value}"
        else:
            yield f"  exact   {constant['exact']}; fitted freely it is {value}"


def _eml_lines(eml: dict[str, Any]) -> Iterator[str]:
    if "refused" in eml:
        yield f"EML: no tree: {eml['refused']}"
        return
    count = eml["parameters"]
    plus = f" + {count} parameter{'s' * (count != 1)}" if count else ""
    yield f"EML tree: K = {eml['size']}{plus}, semantics {eml['semantics']}"
    if eml["text"] is not None and len(eml["text"]) <= WIDEST_TREE:
        yield f"  {eml['text']}"
    else:
        yield "  (long: emlir lower writes it out)"
    yield f"  on the data it differs from the formula by at most {eml['difference']:.1e} (relative)"


def _notation_lines(notations: dict[str, dict[str, str]]) -> Iterator[str]:
    for name, entry in notations.items():
        text = entry.get("text", f"not available: {entry.get('refused')}")
        first, *rest = text.splitlines() or [""]
        yield f"{name:8} {first}"
        yield from (f"{'':8} {line}" for line in rest)


def _front_lines(front: list[dict[str, Any]], formula: str) -> Iterator[str]:
    yield "Pareto front (size, loss, R²; * is the formula above):"
    for member in front:
        mark = "*" if member["formula"] == formula else " "
        figures = f"{member['size']:4} {member['loss']:11.4g} {member['r2']:12.8f}"
        yield f" {mark}{figures}  {member['formula']}"


def _residual_lines(residuals: list[dict[str, Any]]) -> Iterator[str]:
    width = max(3, *(len(entry["row"]) for entry in residuals))
    yield f"{'row':{width}} {'measured':>14} {'formula':>14} {'residual':>12}"
    for entry in residuals[:ROWS_SHOWN]:
        yield (
            f"{entry['row']:{width}} {entry['measured']:14.7g} {entry['formula']:14.7g} "
            f"{entry['residual']:12.3g}"
        )
    if len(residuals) > ROWS_SHOWN:
        yield f"... and {len(residuals) - ROWS_SHOWN} more rows (--json has all)"


def _finding_lines(facts: dict[str, Any]) -> Iterator[str]:
    sides = ", ".join(f"{name} in [{lo:g}, {hi:g}]" for name, (lo, hi) in facts["range"].items())
    yield f"Over the range of the data ({sides}):"
    for finding in facts["findings"]:
        detail = f" ({finding['detail']})" if finding["detail"] else ""
        yield f"  {finding['statement']}: {finding['said']}{detail}"
    if not facts["checked"]:
        yield "  interrupted before anything was shown"


def _closing_lines(facts: dict[str, Any]) -> Iterator[str]:
    if facts["not_used"]:
        yield f"Columns of text, not used in the fit: {', '.join(facts['not_used'])}"
    yield (
        f"{facts['seconds']:.1f} s, {facts['work']:,} formulas compared, strategy "
        f"{facts['strategy']}, seed {facts['seed']}, stopped: {facts['stopped']}"
    )
    if (earlier := facts["earlier"]) is not None:
        yield f"resumed after {earlier['time']:.1f} s and {earlier['work']:,} formulas compared"
    if "report" in facts:
        yield f"report: {facts['report']}"
