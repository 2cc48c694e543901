"""emlir prove by enclosures: verdicts, exit codes, JSON, and clear complaints."""

import io
import json

import pytest

from emlir.cli import main
from tests.terminal import run_on_terminal


def run(capsys, *words):
    code = main.run(["prove", "--prover", "enclosure", *words])
    captured = capsys.readouterr()
    assert "Traceback" not in captured.err
    assert "proved" not in captured.out.lower()
    return code, captured.out, captured.err


def test_an_enclosed_claim_shows_its_boxes(capsys):
    code, out, err = run(capsys, "exp(x) >= 1 + x", "--where", "x in [-1, 2]")
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        "enclosed: exp(x) >= 1 + x for x in [-1, 2]",
        "holds by ball arithmetic on each of 2 boxes that cover it (no certificate)",
        "  x in [-1, 0]: left - right in [0.0, 0.36787944117144233]",
        "  x in [0, 2]: left - right in [0.0, 4.38905609893065]",
    ]


def test_a_refuted_claim_shows_the_point_and_both_sides(capsys):
    code, out, _ = run(capsys, "1e-20*exp(x) <= 0", "--where", "x in [50, 50]")
    assert code == 1
    first, second, third, fourth = out.splitlines()
    assert first == "refuted: 1e-20*exp(x) <= 0 for x in [50, 50]"
    assert second == "false at x = 50"
    assert third.startswith("  1e-20*exp(x) <= 0: left in [51.8470552858")
    assert fourth.startswith("    left - right in [51.8470552858")


def test_an_undefined_claim_is_refuted(capsys):
    code, out, _ = run(capsys, "ln(x) > -100", "--where", "x in [0, 1]")
    assert code == 1
    assert "undefined at x = 0" in out
    assert "left is undefined" in out


def test_an_unknown_claim_shows_why_and_where(capsys):
    code, out, _ = run(capsys, "ln(x) > -100", "--where", "x in (0, 1]")
    assert code == 3
    assert "edge of the domain: the claim reaches the edge of where it is defined" in out
    assert "the hardest box: x in (0, 1/" in out


def test_many_boxes_are_not_all_shown(capsys):
    claim = "x*y <= (x^2 + y^2)/2 + 0.01"
    code, out, _ = run(capsys, claim, "--where", "x in [0, 1], y in [0, 1]")
    assert code == 0
    assert out.count("\n") == 11
    assert "more; --json has all of them" in out


def test_claims_without_symbols(capsys):
    assert run(capsys, "exp(1) > 2.718")[0] == 0
    code, out, _ = run(capsys, "exp(1) < 2.718")
    assert (code, out.splitlines()[1]) == (1, "it is false")
    code, out, _ = run(capsys, "sqrt(2)^2 = 2")
    assert (code, out.splitlines()[1].split(":")[0]) == (3, "zero margin")


def test_several_boxes_meet(capsys):
    assert run(capsys, "x > y", "--where", "x in [0, 9]", "--where", "x > 2, y in [0, 2]")[0] == 0


def test_the_claim_from_standard_input(capsys, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("2 > 1\n"))
    assert run(capsys, "-")[0] == 0


def load(capsys, *words):
    code, out, _ = run(capsys, *words, "--json")
    return code, json.loads(out, parse_constant=lambda name: pytest.fail(f"{name} in JSON"))


def test_json_of_an_enclosed_claim(capsys):
    code, data = load(capsys, "exp(-x) > 0 and x < 1/3", "--where", "x in [0, 0.3]")
    assert (code, data["verdict"], data["claim"]) == (0, "enclosed", "exp(-x) > 0 and x < 1/3")
    side = {"lo": "0", "hi": "3/10", "lo_open": False, "hi_open": False}
    assert data["box"] == {"x": side}
    (cell,) = data["boxes"]
    assert cell["box"] == {"x": side}
    assert cell["differences"][1] == [-0.33333333333333337, -0.03333333333333333]


def test_json_of_a_refuted_claim(capsys):
    code, data = load(capsys, "x != 1/3", "--where", "x in [0, 1]")
    assert (code, data["verdict"], data["reason"]) == (1, "refuted", "false")
    assert data["point"] == {"x": "1/3"}
    (relation,) = data["relations"]
    assert relation["relation"] == "x != 1/3"
    assert relation["difference"] == [0.0, 0.0]


def test_json_of_an_unknown_claim_and_endless_sides(capsys):
    code, data = load(capsys, "sin(x)*x < x^2 + 1/1000", "--where", "x >= 0")
    assert (code, data["verdict"], data["reason"]) == (3, "unknown", "unbounded")
    assert data["box"]["x"] == {"lo": "0", "hi": None, "lo_open": False, "hi_open": False}
    assert data["worst_box"]["x"]["hi"] is None
    code, data = load(capsys, "exp(x) > x", "--where", "x in (-inf, inf)")
    assert code == 0
    assert None in [end for cell in data["boxes"] for end in cell["differences"][0]]


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["x > y", "--where", "x in [0, 1]"], "no interval for 'y'"),
        (["x + 1", "--where", "x in [0, 1]"], "a claim is a relation"),
        (["x >", "--where", "x in [0, 1]"], "line 1, column 4"),
        (["x > 0", "--where", "x in [2, 1]"], "empty"),
        (["x > 0", "--where", "x in [a, 1]"], "not a number"),
        (["x > 0", "--where", "x^2 < 1"], "does not bound one symbol"),
        (["x > 0", "--where", "x in [0, 1]", "--time-limit", "0"], "time limit"),
        (["x > 0", "--where", "x in [0, 1]", "--time-limit", "nan"], "time limit"),
        (["x > 0", "--where"], "requires an argument"),
        ([], "Missing argument"),
    ],
)
def test_bad_input(capsys, words, complaint):
    code, out, err = run(capsys, *words)
    assert (code, out) == (2, "")
    assert complaint in err


def test_bad_input_as_json(capsys):
    code, out, _ = run(capsys, "x >", "--json")
    assert code == 2
    assert json.loads(out)["column"] == 4


def test_progress_is_shown_on_a_terminal():
    claim = ["x*y <= (x^2 + y^2)/2 + 0.001", "--where", "x in [0, 1], y in [0, 1]"]
    out, shown = run_on_terminal("prove", "--prover", "enclosure", *claim, "--json")
    assert json.loads(out)["verdict"] == "enclosed"
    assert "boxes decided" in shown
