"""``emlir rules``: listing and checking."""

import json

from click.testing import CliRunner

from emlir.cli import rules as command
from emlir.plugin_api import rule


def run(*words):
    return CliRunner().invoke(command.rules_command, words)


def test_list_of_one_set():
    lines = run("--set", "algebra").output.splitlines()
    assert lines[0] == "algebra"
    assert "  div_one: a/1 -> a  [real, extended, complex; equivalence; decided; simplify]" in lines


def test_json_has_everything():
    rows = json.loads(run("--json").output)["rules"]
    row = next(row for row in rows if row["name"] == "exp_ln")
    assert row == {
        "set": "axioms",
        "name": "exp_ln",
        "rule": "exp(ln(a)) -> a",
        "when": ["a > 0"],
        "semantics": ["real"],
        "kind": "extending",
        "proof": "definition",
        "steps": [],
        "uses": ["simplify"],
        "source": "inverse functions",
    }


def test_check_by_name():
    done = run("check", "neg_neg", "tan_neg", "--points", "5")
    assert done.exit_code == 0
    assert done.output.splitlines()[-1] == "2 checked, 0 rejected"


def test_a_rejected_rule_gives_exit_code_1(monkeypatch):
    bad = rule("bad", "sqrt(a^2) -> a", semantics="real")
    monkeypatch.setattr(command, "all_rules", lambda: {"bad": ("mine", bad)})
    done = run("check", "mine", "--json")
    assert done.exit_code == 1
    result = json.loads(done.output)
    assert result["rejected"] == 1
    assert result["rules"][0]["problem"].startswith("at a = -1 (real): sqrt(a^2) is 1")


def test_unknown_names():
    done = run("check", "no_such_rule")
    assert done.exit_code != 0
    assert "no rule or rule set is called 'no_such_rule'" in str(done.exception)
