"""The report of a fit: one page in HTML that needs nothing else."""

from collections.abc import Iterable, Sequence
from html import escape

from emlir.fitting.record import FitRecord
from emlir.text.syntax import emit

STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem }
code { background: #f2f2f2; padding: .1em .3em; overflow-wrap: anywhere }
table { border-collapse: collapse; margin: 1rem 0 } caption { text-align: left; font-weight: 600 }
td, th { border: 1px solid #ccc; padding: .2rem .6rem; text-align: right }
"""
ROWS = 1_000
"""Longer data are shown up to here."""


def write_report(result: FitRecord) -> str:
    """Return the page; everything that comes from the data is escaped."""
    formula = escape(emit(result.expression))
    front = [
        (str(m.size), f"{m.loss:.4g}", f"{m.r2:.8f}", emit(m.expression)) for m in result.front
    ]
    parts = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8"><title>emlir fit</title>',
        f"<style>{STYLE}</style></head><body>",
        f"<h1><code>{formula}</code></h1>",
        _facts(result),
        _table("Pareto front", ("size", "loss", "R²", "formula"), front),
        _table("Residuals", (*result.names, "measured", "formula", "residual"), _rows(result)),
        "</body></html>",
    ]
    return "\n".join(parts) + "\n"


def _facts(result: FitRecord) -> str:
    facts = {
        "label": result.label,
        "R²": f"{result.r2:.10g}",
        "noise": str(result.noise),
        "constants": ", ".join(f"{c.value:.12g} ± {c.error:.2g}" for c in result.constants),
        "strategy": f"{result.strategy}, seed {result.seed}",
        "work": f"{result.work:,} formulas in {result.time:.1f} s; stopped: {result.stopped}",
    }
    rows = (f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in facts.items())
    return f"<dl>{''.join(rows)}</dl>"


def _rows(result: FitRecord) -> list[tuple[str, ...]]:
    columns = [*result.columns.values(), result.y, result.y - result.residuals, result.residuals]
    shown = (tuple(f"{value:.7g}" for value in row) for row in zip(*columns, strict=True))
    return [row for row, _ in zip(shown, range(ROWS), strict=False)]


def _table(caption: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    top = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
    return f"<table><caption>{escape(caption)}</caption><tr>{top}</tr>{body}</table>"
