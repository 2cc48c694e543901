"""``emlir rules`` and ``emlir rules check``: the installed rules, and whether they hold."""

from collections.abc import Iterable, Iterator
from typing import Any

import click
from rich.console import Console
from rich.progress import track

from emlir.cli.common import REJECTED, finish, json_option, show
from emlir.errors import UnknownNameError
from emlir.rewrite.library import all_rules
from emlir.rewrite.rule import Rule
from emlir.testing.rules import RuleReport, examine_rule

Named = tuple[str, Rule]


@click.group("rules", invoke_without_command=True, help="List the rules that are installed.")
@click.option("--set", "sets", multiple=True, help="Only the rules of this set.")
@json_option
@click.pass_context
def rules_command(context: click.Context, sets: tuple[str, ...], as_json: bool) -> None:
    """List rules; ``check`` is a command of its own."""
    if context.invoked_subcommand is None:
        chosen = _chosen(sets)
        show({"rules": [_row(*named) for named in chosen]}, _lines(chosen), as_json)


@rules_command.command("check")
@click.argument("names", nargs=-1)
@click.option("--points", default=200, show_default=True, help="Random points for each rule.")
@click.option("--seed", default=0, show_default=True)
@json_option
def check_command(names: tuple[str, ...], points: int, seed: int, as_json: bool) -> None:
    """Attack rules with points and check their proofs.

    NAMES are rules or sets; without any, all that are installed are checked.
    """
    chosen = _chosen(names)
    reports = list(_reports(chosen, points, seed))
    rejected = [report for report in reports if not report.accepted]
    data = {
        "checked": len(reports),
        "rejected": len(rejected),
        "rules": list(map(_result, reports)),
    }
    show(data, [*map(str, reports), f"{len(reports)} checked, {len(rejected)} rejected"], as_json)
    if rejected:
        finish(REJECTED)


def _chosen(names: Iterable[str]) -> list[Named]:
    """Return rules by the names of sets and rules, all without names."""
    rules = all_rules()
    found: dict[str, Named] = {}
    for name in names:
        members = {rule: entry for rule, entry in rules.items() if name in (rule, entry[0])}
        if not members:
            known = ", ".join(dict.fromkeys(set_name for set_name, _ in rules.values()))
            raise UnknownNameError(f"no rule or rule set is called {name!r}; the sets are {known}")
        found |= members
    return list(found.values()) if names else list(rules.values())


def _reports(chosen: list[Named], points: int, seed: int) -> Iterator[RuleReport]:
    console = Console(stderr=True)
    watched = track(chosen, "checking", console=console, disable=not console.is_terminal)
    for _, rule in watched:
        yield examine_rule(rule, points=points, seed=seed)


def _row(set_name: str, rule: Rule) -> dict[str, Any]:
    return {
        "set": set_name,
        "name": rule.name,
        "rule": f"{rule.left} -> {rule.right}",
        "when": [str(condition) for condition in rule.when],
        "semantics": list(rule.semantics),
        "kind": rule.kind,
        "proof": rule.proof,
        "steps": list(rule.steps),
        "uses": list(rule.uses),
        "source": rule.source,
    }


def _lines(chosen: list[Named]) -> list[str]:
    lines: list[str] = []
    current = ""
    for set_name, rule in chosen:
        if set_name != current:
            current = set_name
            lines.append(current)
        facts = [", ".join(rule.semantics), rule.kind, rule.proof, *rule.uses]
        lines.append(f"  {rule.name}: {rule}  [{'; '.join(facts)}]")
    return lines


def _result(report: RuleReport) -> dict[str, Any]:
    return {
        "name": report.rule.name,
        "accepted": report.accepted,
        "problem": report.problem,
        "proof": report.rule.proof,
        "compared": report.compared,
        "undecided": report.undecided,
    }
