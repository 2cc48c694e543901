"""A log as JSON: one table of nodes for all expressions, and the context that it needs.

    {"emlir_log": 1, "semantics": "real", "assume": ["x > 0"], "allow_obligations": false,
     "limit": null, "operators": {...}, "nodes": [...],
     "passes": [{"pass": "simplify", "before": 7, "after": 2,
                 "steps": [["exp_ln", 7, 2, []]]}]}

Numbers refer to rows of ``nodes``, which are those of the notation ``json``.
"""

import json
from collections.abc import Iterator
from typing import Any, TypeVar

from emlir.assumptions import Assumptions, Interval
from emlir.expr.core import Expr
from emlir.rewrite.context import Context
from emlir.rewrite.log import Log, Section, Step
from emlir.semantics import check_semantics
from emlir.text.json import read_rows, write_rows
from emlir.text.names import quote
from emlir.text.syntax import emit

VERSION = 1
T = TypeVar("T")


def log_data(log: Log, context: Context) -> dict[str, Any]:
    """Return a log and its context as JSON data."""
    rows, operators, index = write_rows(_expressions(log))
    return {
        "emlir_log": VERSION,
        "semantics": context.semantics,
        "assume": _assumed(context.assumptions),
        "allow_obligations": context.allow_obligations,
        "limit": context.limit,
        "operators": operators,
        "nodes": [json.loads(row) for row in rows],
        "passes": [_section_data(section, index) for section in log.sections],
    }


def _expressions(log: Log) -> Iterator[Expr]:
    for section in log.sections:
        yield section.before
        for step in section.steps:
            yield from (step.before, step.after, *step.obligations)
        yield section.result


def _assumed(assumptions: Assumptions) -> list[str]:
    boxes = [_box_text(name, box) for name, box in assumptions.boxes.items()]
    return [*boxes, *(emit(fact) for fact in assumptions.facts)]


def _box_text(name: str, box: Interval) -> str:
    return f"{quote(name)} in {box}"


def _section_data(section: Section, index: dict[Expr, int]) -> dict[str, Any]:
    return {
        "pass": section.name,
        "before": index[section.before],
        "after": index[section.result],
        "exhausted": section.exhausted,
        "steps": [
            [
                step.rule,
                index[step.before],
                index[step.after],
                [index[condition] for condition in step.obligations],
            ]
            for step in section.steps
        ],
    }


def read_log(document: Any) -> tuple[Log, Context]:
    """Read what :func:`log_data` gives; ``ValueError`` for anything else."""
    if not isinstance(document, dict) or document.get("emlir_log") != VERSION:
        raise ValueError(f'a log is a JSON object with "emlir_log": {VERSION}')
    try:
        nodes = read_rows(document)
        log = Log([_section(item, nodes) for item in document["passes"]])
        context = _context(document)
    except (KeyError, IndexError, TypeError, AttributeError) as error:
        raise ValueError(f"the log is damaged: {error!r}") from None
    return log, context


def _context(document: dict[str, Any]) -> Context:
    limit = document["limit"]
    if limit is not None and _typed(int, limit) < 0:
        raise ValueError(f"the log is damaged: the limit is {limit}")
    return Context(
        check_semantics(document["semantics"]),
        Assumptions.of([_typed(str, fact) for fact in document["assume"]]),
        allow_obligations=_typed(bool, document["allow_obligations"]),
        limit=limit,
    )


def _typed(kind: type[T], value: Any) -> T:
    if type(value) is not kind:
        raise TypeError(f"{value!r} is not of type {kind.__name__}")
    return value


def _section(item: dict[str, Any], nodes: list[Expr]) -> Section:
    steps = [
        Step(_typed(str, rule), nodes[before], nodes[after], tuple(nodes[k] for k in obligations))
        for rule, before, after, obligations in item["steps"]
    ]
    before, after = nodes[item["before"]], nodes[item["after"]]
    name, exhausted = _typed(str, item["pass"]), _typed(bool, item["exhausted"])
    return Section(name, before, after, steps, exhausted)
