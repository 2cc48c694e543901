"""The report of a fit: one page in HTML that needs nothing else, without scripts."""

from collections.abc import Iterator, Sequence

from emlir.expr.core import symbol
from emlir.fitting.analysis import EmlForm, Finding, notation
from emlir.fitting.record import FitRecord
from emlir.fitting.report_html import block, code, facts, legal, section, table, text
from emlir.fitting.report_plots import MOST_POINTS, fit_figures, front_figure
from emlir.fitting.report_source import Source
from emlir.fitting.report_style import STYLE
from emlir.fitting.versions import plugins, versions
from emlir.ops.piecewise import eq
from emlir.text.syntax import emit

ROWS = 500
"""Longer data are listed up to here."""
LONGEST = 20_000
"""Longer EML trees are not written into the page."""
_NAMESPACE = ' xmlns="http://www.w3.org/1998/Math/MathML"'
UNEXPLAINED = "seem to depend on the variables: the formula is not the whole law"


def write_report(
    result: FitRecord, findings: Sequence[Finding], eml: EmlForm | str, source: Source
) -> str:
    """Return the page; everything that comes from the data is escaped."""
    body = [
        _head(result, source),
        _formula(result, eml),
        _constants(result),
        _fit(result, source),
        _front(result),
        _findings(result, findings),
        _rows(result, source),
        _made(result, source),
    ]
    title = text(f"{result.target}: emlir fit")
    return legal(
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"/>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"/>'
        f"<title>{title}</title>\n<style>{STYLE}</style></head>\n"
        f"<body><main>{''.join(body)}</main></body></html>\n"
    )


def _head(result: FitRecord, source: Source) -> str:
    logarithm = " of ln y" if result.noise.model == "multiplicative" else ""
    key = {
        "label": result.label,
        "R²": f"{result.r2:.8g}",
        f"R²{logarithm} on rows left out": ""
        if result.held_out is None
        else f"{result.held_out:.6g}",
        "noise": str(result.noise),
        "residuals": UNEXPLAINED if result.unexplained else "",
        "data": f"{result.y.size:,} rows, {_count(len(result.names), 'variable')}",
        "weights": "" if result.weights is None else "the rows have weights",
    }
    shown = "".join(f"<div><b>{text(k)}</b>{text(v)}</div>" for k, v in key.items() if v)
    law = math(result)
    return (
        f"<header><p>emlir fit</p><h1>The law of {text(result.target)}</h1></header>"
        f'<div class="formula">{law}</div><div class="key">{shown}</div>\n'
    )


def math(result: FitRecord) -> str:
    """Return the equation in presentation MathML, or as text where that cannot be written."""
    equation = eq(symbol(result.target), result.expression)
    written, _ = notation(equation, "mathml", form="presentation")
    if written is None:
        return code(f"{result.target} = {emit(result.expression)}")
    return written.replace(_NAMESPACE, ' display="block"', 1)


def _formula(result: FitRecord, eml: EmlForm | str) -> str:
    latex, refusal = notation(result.expression, "latex")
    return section(
        "Formula",
        facts(
            [
                ("text", block(emit(result.expression))),
                ("LaTeX", text(refusal) if latex is None else block(latex)),
                ("EML", "".join(_eml(eml))),
            ]
        ),
    )


def _eml(eml: EmlForm | str) -> Iterator[str]:
    if isinstance(eml, str):
        yield text(f"no tree: {eml}")
        return
    plus = f" + {_count(eml.parameters, 'parameter')}" if eml.parameters else ""
    yield text(f"K = {eml.size}{plus}, semantics {eml.semantics}; on the data it differs from the ")
    yield text(f"formula by at most {eml.difference:.1e} (relative)")
    if eml.text is not None and len(eml.text) <= LONGEST:
        yield block(eml.text)


def _constants(result: FitRecord) -> str:
    rows = [
        (
            f"{constant.value:.12g}",
            f"{constant.error:.2g}",
            "stays as fitted" if constant.exact is None else code(constant.exact),
        )
        for constant in result.constants
    ]
    head = ("fitted value", "standard error", "in the formula")
    return section("Constants", table(head, rows, words=1)) if rows else ""


def _fit(result: FitRecord, source: Source) -> str:
    note = ""
    if result.y.size > MOST_POINTS:
        said = f"{MOST_POINTS:,} of {result.y.size:,} rows are drawn, evenly spread over the data."
        note = f'<p class="note">{said}</p>'
    figures = "".join(fit_figures(result, source.rows))
    return section("Fit and residuals", f'<div class="figures">{figures}</div>', note)


def _front(result: FitRecord) -> str:
    rows = [
        (str(m.size), f"{m.loss:.4g}", f"{m.r2:.8f}", code(emit(m.expression)))
        for m in result.front
    ]
    chosen = [member.expression is result.expression for member in result.front]
    members = table(("size", "loss", "R²", "formula"), rows, chosen, words=1)
    return section("Pareto front", front_figure(result), members)


def _findings(result: FitRecord, findings: Sequence[Finding]) -> str:
    ranges = [
        (code(name), f"{column.min():.7g}", f"{column.max():.7g}")
        for name, column in (*result.columns.items(), (result.target, result.y))
    ]
    rows = [
        (
            text(finding.statement),
            text(f"{finding.said} ({finding.detail})" if finding.detail else finding.said),
            code(finding.claim) if finding.claim else "",
        )
        for finding in findings
    ]
    shown = table(("statement", "verdict", "claim"), rows, words=3) if rows else ""
    sides = table(("column", "least", "greatest"), ranges)
    return section("Over the range of the data", shown, sides)


def _rows(result: FitRecord, source: Source) -> str:
    values = [*result.columns.values(), result.y, result.y - result.residuals, result.residuals]
    count = min(ROWS, result.y.size)
    rows = [
        (
            text(source.rows[k]) if source.rows else str(k + 1),
            *(f"{column[k]:.7g}" for column in values),
        )
        for k in range(count)
    ]
    head = ("row", *result.names, result.target, "formula", "residual")
    said = "All rows" if count == result.y.size else f"The first {count:,} rows"
    listed = f"<details><summary>{said}</summary>{table(head, rows)}</details>"
    return section("Data", f"<p>{code(source.data)}</p>", listed)


def _made(result: FitRecord, source: Source) -> str:
    work = f"{result.work:,} formulas compared in {result.time:.1f} s; stopped: {result.stopped}"
    if result.earlier is not None:
        before = result.earlier
        work += f"; after {before.work:,} in {before.time:.1f} s of earlier fits"
    made = ", ".join(f"{name} {number}" for name, number in versions(result.strategy).items())
    return section(
        "How it was made",
        facts(
            [
                ("call", block(source.call)),
                ("search", text(f"strategy {result.strategy}, seed {result.seed}; {work}")),
                ("versions", text(made)),
                ("plugins", text(", ".join(plugins()))),
            ]
        ),
    )


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"
