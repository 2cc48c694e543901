"""``emlir suite``: the paper's 29 numeric cases, lowered and run in several evaluators."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import click

from emlir.cli.common import REJECTED, finish, json_option, show
from emlir.errors import LoweringError, MissingDependencyError
from emlir.passes.lower import Lowered, lowered
from emlir.testing import CASES, Case, Report, find_case, run_balls, run_c, run_emlir, run_numpy
from emlir.text.syntax import emit

RUNNERS = ("numpy", "c", "emlir", "balls")
_EACH: dict[str, Callable[..., Report]] = {
    "numpy": run_numpy,
    "emlir": run_emlir,
    "balls": run_balls,
}


@click.command(
    "suite",
    help="Lower the paper's 29 cases (or those named) and check the trees on its grids: plain "
    "NumPy, plain C, emlir's complex semantics, and balls of 40 digits.",
)
@click.argument("names", nargs=-1, metavar="[CASE]...")
@click.option("--every", type=click.IntRange(1), default=1, help="Every so many points only.")
@click.option("--wide", is_flag=True, help="For functions of x, [-4, 4] by 1/4 too.")
@click.option(
    "--runner", "runners", type=click.Choice(RUNNERS), multiple=True, help="All if not given."
)
@json_option
def suite_command(
    names: tuple[str, ...], every: int, wide: bool, runners: tuple[str, ...], as_json: bool
) -> None:
    """Print a row for each case; exit code 1 if one has no tree or is not within tolerance."""
    cases = [find_case(name) for name in names] or list(CASES)
    chosen = [name for name in RUNNERS if name in (runners or RUNNERS)]
    trees, refused = _lowered(cases)
    rows = _rows(cases, trees, refused, _results(trees, chosen, every, wide))
    data = []
    _say(_header(chosen), as_json)
    for row in rows:
        data.append(row)
        _say(_line(row, chosen), as_json)
    total = sum(done.tree.tree_size for done in trees.values())
    passed = all(row["passed"] for row in data)
    end = {"cases": data, "total_k": total, "passed": passed}
    show(end, [f"total K {total} of {len(trees)} trees"], as_json)
    if not passed:
        finish(REJECTED)


def _lowered(cases: Sequence[Case]) -> tuple[dict[str, Lowered], dict[str, str]]:
    trees, refused = {}, {}
    for case in cases:
        try:
            trees[case.name] = lowered(case.expr, constants="expand")
        except LoweringError as error:
            refused[case.name] = str(error)
    return trees, refused


Results = Callable[[str], dict[str, Report | str]]


def _results(trees: Mapping[str, Lowered], runners: list[str], every: int, wide: bool) -> Results:
    """Return what gives the reports of one case; the C program is made once for all."""
    plain = {name: done.tree for name, done in trees.items()}
    compiled: Mapping[str, Report] | str = {}
    if "c" in runners and trees:
        try:
            compiled = run_c(plain, every=every, wide=wide)
        except MissingDependencyError as error:
            compiled = f"skipped: {error}"

    def run(name: str) -> dict[str, Report | str]:
        def one(runner: str) -> Report | str:
            if runner == "c":
                return compiled if isinstance(compiled, str) else compiled[name]
            return _EACH[runner](plain[name], find_case(name), every=every, wide=wide)

        return {runner: one(runner) for runner in runners}

    return run


def _rows(
    cases: Sequence[Case], trees: Mapping[str, Lowered], refused: Mapping[str, str], run: Results
) -> Iterator[dict[str, Any]]:
    for case in cases:
        row: dict[str, Any] = {"case": case.name, "formula": case.formula}
        if case.name in refused:
            yield {**row, "passed": False, "refused": refused[case.name]}
            continue
        results = run(case.name)
        passed = all(isinstance(r, str) or r.passed for r in results.values())
        reports = {runner: _report(result) for runner, result in results.items()}
        done = trees[case.name]
        obligations = [emit(condition) for condition in done.obligations]
        found = {"k": done.tree.tree_size, "obligations": obligations}
        yield {**row, "passed": passed, **found, "reports": reports}


def _report(result: Report | str) -> dict[str, Any]:
    if isinstance(result, str):
        return {"skipped": result}
    return {
        "points": result.points,
        "nonfinite": result.nonfinite,
        "error": result.error,
        "where": dict(result.where),
        "tolerance": result.tolerance,
        "passed": result.passed,
    }


def _say(line: str, as_json: bool) -> None:
    if not as_json:
        click.echo(line)


def _header(runners: list[str]) -> str:
    cells = "".join(f"{runner:>16}" for runner in runners)
    return f"{'case':<10}{'K':>6}{'points':>8}{cells}"


def _line(row: Mapping[str, Any], runners: list[str]) -> str:
    if "refused" in row:
        return f"{row['case']:<10}{'-':>6}  no tree: {row['refused']}"
    reports = row["reports"]
    points = max((report.get("points", 0) for report in reports.values()), default=0)
    cells = "".join(f"{_cell(reports[runner]):>16}" for runner in runners)
    conditions = "".join(f"  if {condition}" for condition in row["obligations"])
    return f"{row['case']:<10}{row['k']:>6}{points:>8}{cells}{conditions}"


def _cell(report: Mapping[str, Any]) -> str:
    if "skipped" in report:
        return "skipped"
    if report["nonfinite"]:
        return f"{report['nonfinite']} not finite"
    return f"{report['error']:.1e}{'' if report['passed'] else ' FAILS'}"
