"""``emlir equilibrium``: analyses of a problem, a log or a checkpoint."""

import math
import sys
from collections.abc import Iterable, Mapping
from contextlib import redirect_stdout
from typing import Any

import click

from emlir.plugin_api import REJECTED, UNKNOWN, check_picture, finish, json_option, show, spinner

BAD_INPUT = 2
ANALYSES = ("solve", "leading_eigs", "hopf_margin", "abscissa")
ALL = (*ANALYSES, "jac_norm", "first_lyapunov")
NOWHERE = ("divergent", "limit_cycle")
"""Verdicts of ``solve`` on a relaxation that reaches no equilibrium."""
HIDDEN = frozenset({"status", "method", "cost", "evidence", "notes", "z"})
"""Parts of reports that are not among the figures shown to people."""

picture_option = click.option("--out", help="A picture: a file that ends in .png, .svg or .pdf.")


@click.group("equilibrium")
def equilibrium_command() -> None:
    """Models whose state is a fixed point: equilibria, spectra, plateaus, checkpoints.

    Exit codes: 0 nothing wrong was found, 1 something was, 2 bad input, 3 not decided.
    """


@equilibrium_command.command("analyse")
@click.argument("place", metavar="MODULE:OBJECT")
@click.option(
    "--analysis",
    "chosen",
    multiple=True,
    type=click.Choice(ALL),
    help="Only this one; may be given several times.",
)
@click.option("--out", "folder", help="A folder, for a picture of each report.")
@json_option
def analyse_command(place: str, chosen: tuple[str, ...], folder: str | None, as_json: bool) -> None:
    """Solve a problem, and say whether its equilibrium is stable.

    OBJECT is an EquilibriumProblem, or a function that makes one; MODULE may be a file that ends in
    .py. Exit code 1: unstable, for the flow or for the map with its step; or, where stability is
    not asked for, a relaxation that diverges or cycles.
    """
    from emlir_equilibrium.loading import load_problem

    pictures = {name: None if folder is None else f"{folder}/{name}.svg" for name in ALL}
    _check(pictures[ANALYSES[0]])
    problem = load_problem(place)
    found: dict[str, Any] = {}
    with spinner("analysing") as say:
        for name in chosen or ANALYSES:
            if say is not None:
                say(name)
            report, problem = _analysed(name, problem)
            found[name] = report
            _draw(report, pictures[name])
    data = {name: _machine(report) for name, report in found.items()}
    lines = [line for name, report in data.items() for line in _lines(name, report)]
    show({"problem": problem.name or place, "analyses": data}, lines, as_json)
    finish(_code(found))


def _analysed(name: str, problem: Any) -> tuple[Any, Any]:
    """Return a report, or what was raised, and the problem to go on with."""
    from emlir_equilibrium.places import find

    try:
        with redirect_stdout(sys.stderr):
            report = find(name)(problem)
    except Exception as error:  # the force is the user's code
        return error, problem
    if name == "solve" and report.status == "ok":
        problem = problem.starting_at(report.z.detach())
    return report, problem


def _code(found: Mapping[str, Any]) -> int:
    if any(isinstance(report, Exception) for report in found.values()):
        return BAD_INPUT
    margin = found.get("hopf_margin")
    if margin is not None and "unstable" in (margin.flow, margin.map):
        return REJECTED
    if margin is None and "solve" in found and found["solve"].verdict in NOWHERE:
        return REJECTED
    asked = [margin] if margin is not None else found.values()
    return 0 if all(report.status == "ok" for report in asked) else UNKNOWN


@equilibrium_command.command("plateau")
@click.argument("log", type=click.Path())
@click.option("--control-loss", type=float, help="What training by backpropagation reaches.")
@picture_option
@json_option
def plateau_command(log: str, control_loss: float | None, out: str | None, as_json: bool) -> None:
    """Say why a training run stands still, from its CSV log.

    Exit code 1: invalid, over-contracted, or a controller that fights; 3: undecided.
    """
    from emlir_equilibrium.plateaus import plateau

    if control_loss is not None and not math.isfinite(control_loss):
        raise click.BadParameter("the control's loss is a finite number")
    _check(out)
    report = plateau(log, control_loss)
    if report.status == "refused":
        raise ValueError(f"{log}: {'; '.join(report.notes)}")
    _draw(report, out)
    data = report.to_json()
    signs = [name for name, sign in report.signs.items() if sign]
    lines = [report.label, *(f"    {note}" for note in report.notes)]
    lines.append(f"    signs: {', '.join(signs) or 'none'}")
    lines += [
        f"    {name} {value:.6g}" for name, value in report.figures.items() if value is not None
    ]
    show(data, lines, as_json)
    finish({"healthy": 0, "undecided": UNKNOWN}.get(report.label, REJECTED))


@equilibrium_command.command("fingerprint")
@click.argument("checkpoint", type=click.Path())
@click.option("--samples", default=4, show_default=True, help="Of the validation batch.")
@picture_option
@json_option
def fingerprint_command(checkpoint: str, samples: int, out: str | None, as_json: bool) -> None:
    """Show residual, cosine, rho, Re mu and validation loss of a checkpoint of EPTrainer."""
    from emlir_equilibrium.fingerprints import fingerprint

    _check(out)
    with spinner("measuring"):
        report = fingerprint(checkpoint, samples)
    _draw(report, out)
    data = report.to_json()
    show(data, _lines("fingerprint", data), as_json)
    finish({"ok": 0, "inconclusive": UNKNOWN}.get(report.status, BAD_INPUT))


@equilibrium_command.command("experiment")
@click.argument("name", required=False)
@click.option("--steps", type=click.IntRange(1), help="Of training; the experiment has a default.")
@click.option("--seed", type=click.IntRange(0, 2**63 - 1), help="Of weights and batches.")
@click.option(
    "--checkpoint",
    "paths",
    multiple=True,
    help="For triangulation: of EPTrainer, instead of training; may be given several times.",
)
@picture_option
@json_option
def experiment_command(
    name: str | None,
    steps: int | None,
    seed: int | None,
    paths: tuple[str, ...],
    out: str | None,
    as_json: bool,
) -> None:
    """Run an experiment on the bundled text; without NAME list them. Takes minutes."""
    from emlir_equilibrium.places import find

    experiments: Mapping[str, Any] = find("experiments")
    if name is None:
        rows = {key: _summary(one) for key, one in experiments.items()}
        lines = [f"{key:16} {text}" for key, text in rows.items()]
        show({"experiments": rows}, lines, as_json)
        return
    if name not in experiments:
        raise ValueError(f"there is no experiment {name!r}; there is {', '.join(experiments)}")
    if paths and name != "triangulation":
        raise click.BadParameter("checkpoints are for the experiment triangulation")
    _check(out)
    given = {"steps": steps, "seed": seed, "paths": paths or None}
    with spinner(f"{name}: this takes minutes"):
        report = experiments[name](**{key: one for key, one in given.items() if one is not None})
    _draw(report, out)
    lines = [report.question, report.table(), *(f"note: {note}" for note in report.notes)]
    show(report.to_json(), lines, as_json)
    finish({"ok": 0, "inconclusive": UNKNOWN}.get(report.status, BAD_INPUT))


def _check(path: str | None) -> None:
    """Say before the work whether a picture can be written there."""
    if path is not None:
        check_picture(path)


def _draw(report: Any, path: str | None) -> None:
    if path is not None and not isinstance(report, Exception):
        report.plot(path)


def _summary(function: Any) -> str:
    return str(function.__doc__ or "").strip().partition("\n")[0]


def _machine(report: Any) -> dict[str, Any]:
    if isinstance(report, Exception):
        return {"error": f"{type(report).__name__}: {report}"}
    data: dict[str, Any] = report.to_json()
    data.pop("z", None)  # the state itself: as large as the model's
    return data


def _lines(name: str, data: Mapping[str, Any]) -> list[str]:
    """Return a report for people: its figures, one a line, then its notes."""
    if "status" not in data:  # what was raised
        return [f"{name}: failed", f"    {data['error']}"]
    lines = [f"{name}: {data['status']}, {data['method']}"]
    for key, value in data.items():
        if key not in HIDDEN:
            lines += [f"    {text}" for text in _shown(key, value)]
    return [*lines, *(f"    note: {note}" for note in data["notes"])]


MOST_LINES = 8


def _shown(key: str, value: Any) -> Iterable[str]:
    """Yield the lines of one figure."""
    if isinstance(value, float):
        yield f"{key} {value:.10g}"
    elif isinstance(value, bool | int | str):
        yield f"{key} {value}"
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for row in value[:MOST_LINES]:
            yield f"{key} {_row(row)}"
    elif isinstance(value, dict):
        yield f"{key} {_row(value)}"
    elif isinstance(value, list) and len(value) <= MOST_LINES:
        yield f"{key} {_text(value)}"


def _row(row: Mapping[str, Any]) -> str:
    return ", ".join(f"{key} {_text(value)}" for key, value in row.items())


def _text(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, list):
        return f"[{', '.join(map(_text, value))}]"
    return "none" if value is None else str(value)
