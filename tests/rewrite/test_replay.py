"""Logs: written, read and made again; a log that was tampered with is refused."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings

import emlir
from emlir.rewrite.log import Log
from emlir.rewrite.log_text import log_data, read_log
from emlir.rewrite.replay import ReplayError, replay
from emlir.testing import expressions

PIPELINE = "simplify, expand, lower, lift, cse"


@settings(max_examples=30)
@given(expr=expressions(families=("arithmetic", "elementary"), max_nodes=10))
def test_logs_replay_and_survive_json(expr):
    done = emlir.trace(expr, "simplify, expand, simplify", allow_obligations=True)
    assert replay(done.log, done.context) is done.expr
    log, context = read_log(json.loads(json.dumps(log_data(done.log, done.context))))
    assert replay(log, context) is done.expr
    assert log.obligations == done.obligations


def test_assumptions_are_in_the_log():
    done = emlir.trace(
        emlir.parse("exp(ln(x)) + sqrt(y^2)"), PIPELINE, assume="x in (0, 4], y > 1, x*y < 3"
    )
    log, context = read_log(log_data(done.log, done.context))
    assert replay(log, context) is done.expr
    assert context.assumptions == done.context.assumptions


def tampered(done):
    """Logs that differ from a good one in one place."""
    section = done.log.sections[0]
    step = section.steps[0]
    x = emlir.parse("x")
    yield "result", Log([replace(section, after=x + 1)])
    yield "start", Log([replace(section, before=x + 1)])
    yield "step", Log([replace(section, steps=[replace(step, after=x + 1), *section.steps[1:]])])
    yield "left out", Log([replace(section, steps=section.steps[1:])])
    yield "rule", Log([replace(section, steps=[replace(step, rule="collect-terms")])])
    yield "exhausted", Log([replace(section, exhausted=True)])
    yield "two passes", Log([replace(section, name="simplify, fold")])
    yield "chain", Log([section, replace(section, before=x)])
    yield "empty", Log([])


KINDS = "result, start, step, left out, rule, exhausted, two passes, chain, empty".split(", ")


@pytest.mark.parametrize("kind", KINDS)
def test_a_changed_log_is_refused(kind):
    done = emlir.trace(emlir.parse("exp(ln(x))"), "simplify", assume="x > 0")
    logs = dict(tampered(done))
    with pytest.raises(ReplayError):
        replay(logs[kind], done.context)


def test_a_log_needs_its_assumptions():
    done = emlir.trace(emlir.parse("exp(ln(x))"), "simplify", assume="x > 0")
    with pytest.raises(ReplayError):
        replay(done.log, emlir.trace(emlir.parse("x"), "fold").context)


@pytest.mark.parametrize("document", [None, [], {}, {"emlir_log": 2}, {"emlir_log": 1}])
def test_other_documents_are_refused(document):
    with pytest.raises(ValueError, match="log"):
        read_log(document)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["limit"], "abc"),
        (["limit"], -1),
        (["limit"], 1.5),
        (["allow_obligations"], "no"),
        (["assume"], {"x": [1, 2]}),
        (["assume"], [None]),
        (["operators"], []),
        (["passes", 0, "pass"], 5),
        (["passes", 0, "exhausted"], "no"),
        (["passes", 0, "steps", 0, 0], []),
    ],
)
def test_a_part_of_another_type_is_refused(path, value):
    done = emlir.trace(emlir.parse("exp(ln(x))"), "simplify", assume="x > 0")
    document = log_data(done.log, done.context)
    place = document
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    with pytest.raises(ValueError, match="damaged"):
        read_log(document)


def test_odd_names_stay_in_a_log():
    x = emlir.symbols("x").subs({"x": emlir.parse("`a, in (b`")})
    done = emlir.trace(emlir.exp(emlir.ln(x)), "simplify", assume={x.name: (1, 2)})
    log, context = read_log(log_data(done.log, done.context))
    assert replay(log, context) is x
    assert context.assumptions == done.context.assumptions
