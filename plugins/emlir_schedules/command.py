"""``emlir schedule``: show, prove, lint, match and export schedules, and compare them."""

from typing import Any

import click

from emlir.plugin_api import REJECTED, UNKNOWN, finish, json_option, show
from emlir_schedules.compare.command import compare_command
from emlir_schedules.core import Schedule


@click.group("schedule")
def schedule_command() -> None:
    """Learning-rate schedules as expressions.

    A schedule is a family with its parameters, then combinators:
    'cosine(total=1000, warmup=100) | floor(0.01)'. A formula stands in quotes:
    'formula("exp(-2*u) - ln(1 + u)", total=1000)', in the step t or the fraction u.
    """


def _total(command: Any) -> Any:
    return click.option("--total", type=int, help="Steps of training, where the text says none.")(
        command
    )


def _steps(command: Any) -> Any:
    return click.option("--steps", type=int, help="Steps of training, if not the total.")(command)


schedule_command.add_command(compare_command, "compare")


@schedule_command.command("families")
@json_option
def families_command(as_json: bool) -> None:
    """List the families with their parameters and formulas."""
    from emlir_schedules.catalogue import families, family

    rows = [_described(name, family(name)) for name in families()]
    lines = []
    for row in rows:
        lines.append(f"{row['name']:16} {row['summary']}")
        lines.append(f"{'':16} {', '.join(row['parameters'])}")
    show({"families": rows}, lines, as_json)


def _described(name: str, family: Any) -> dict[str, Any]:
    parameters = []
    for parameter in family.parameters.values():
        value = "" if parameter.default is parameter.empty else f"={parameter.default}"
        parameters.append(f"{parameter.name}{value}")
    return {"name": name, "summary": family.summary, "parameters": parameters}


@schedule_command.command("show")
@click.argument("texts", nargs=-1, required=True)
@_total
@_steps
@click.option("--out", help="A picture: a file that ends in .png, .svg or .pdf.")
@json_option
def show_command(
    texts: tuple[str, ...], total: int | None, steps: int | None, out: str | None, as_json: bool
) -> None:
    """Draw schedules, one or several, in the terminal or into a picture."""
    from emlir_schedules.drawing import curves_of, draw, save

    schedules = {text: _read(text, total) for text in texts}
    curves = curves_of(schedules, steps)
    lines = [] if out else draw(curves)
    if out:
        save(curves, out)
    lines += [f"{text}\n    {schedule.expression}" for text, schedule in schedules.items()]
    data = [
        {
            "text": text,
            "expression": str(schedule.expression),
            "digest": schedule.digest,
            "rates": [rate if rate == rate else None for rate in curves[text].tolist()],
        }
        for text, schedule in schedules.items()
    ]
    show({"schedules": data}, lines, as_json)


@schedule_command.command("prove")
@click.argument("text")
@_total
@_steps
@click.option("--certificates", type=click.Path(file_okay=False), help="A folder for them.")
@json_option
def prove_command(
    text: str, total: int | None, steps: int | None, certificates: str | None, as_json: bool
) -> None:
    """Prove or refute what people want to know of a schedule, over all real steps."""
    from emlir_schedules.properties import prove_properties

    schedule = _read(text, total)
    found = prove_properties(schedule, steps)
    lines = [str(schedule.expression)]
    for one in found:
        lines.append(f"{one.verdict:8} {one.name:12} {one.statement}")
        if one.point is not None:
            lines.append(f"{'':21} not at step {one.point}")
        if one.first_bad_step is not None:
            lines.append(f"{'':21} the float at step {one.first_bad_step} is against it")
        if one.verdict == "unknown":
            lines.append(f"{'':21} {one.detail}")
    if certificates is not None:
        lines.append(_save_certificates(found, certificates))
    data = {"expression": str(schedule.expression), "properties": [one.to_json() for one in found]}
    show(data, lines, as_json)
    if any(one.verdict == "unknown" for one in found):
        finish(UNKNOWN)
    elif any(one.verdict == "refuted" for one in found):
        finish(REJECTED)


def _save_certificates(found: list[Any], folder: str) -> str:
    from pathlib import Path

    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    count = 0
    for one in found:
        for number, certificate in enumerate(one.certificates, 1):
            certificate.save(place / f"{one.name}-{number}.json")
            count += 1
    return f"{count} certificates in {folder}; emlir check FILE checks one"


@schedule_command.command("lint")
@click.argument("text")
@_total
@_steps
@json_option
def lint_command(text: str, total: int | None, steps: int | None, as_json: bool) -> None:
    """Point out what is probably a mistake."""
    from emlir_schedules.lints import lint

    found = lint(_read(text, total), steps)
    lines = [f"{one.code}: {one.message}" for one in found] or ["nothing found"]
    show({"lints": [one.to_json() for one in found]}, lines, as_json)
    if found:
        finish(REJECTED)


@schedule_command.command("match")
@click.argument("text")
@click.option("--to", "goal", required=True, help="Another schedule, or the value itself.")
@click.option(
    "--what",
    type=click.Choice(["mean", "area", "final", "peak"]),
    default="mean",
    show_default=True,
)
@click.option("--parameter", help="Change this one; without it the rates are scaled.")
@click.option("--between", nargs=2, help="Where to look for the parameter.")
@_total
@_steps
@json_option
def match_command(
    text: str,
    goal: str,
    what: str,
    parameter: str | None,
    between: tuple[str, str] | None,
    total: int | None,
    steps: int | None,
    as_json: bool,
) -> None:
    """Change a schedule so that it has the mean, area, final rate or peak of another one."""
    from emlir_schedules.calibrate import matched, measure, solved

    schedule = _read(text, total)
    other = goal if _is_number(goal) else _read(goal, total)
    if parameter is None:
        found = matched(schedule, other, what, steps)
    else:
        found = solved(schedule, parameter, other, what, between or None, steps)
    value = measure(found, what, steps)
    lines = [str(found), f"    {found.expression}", f"{what} {value:.12g}"]
    data = {"text": str(found), "expression": str(found.expression), what: value}
    show(data, lines, as_json)


@schedule_command.command("export")
@click.argument("text")
@click.option("--to", "language", required=True, help="numpy, python, jax, torch, c, latex, ...")
@click.option("--name", default="learning_rate", show_default=True, help="Of the function.")
@_total
@json_option
def export_command(text: str, language: str, name: str, total: int | None, as_json: bool) -> None:
    """Write a schedule as a function of the step, or as a formula in any notation."""
    from emlir_schedules.export import source

    written = source(_read(text, total), language, name)
    show({"text": written}, [written.rstrip("\n")], as_json)


def _read(text: str, total: int | None) -> Schedule:
    from emlir_schedules.reading import read_schedule

    return read_schedule(text, total)


def _is_number(text: str) -> bool:
    from emlir.plugin_api import read_number

    try:
        read_number(text)
    except ValueError:
        return False
    return True
