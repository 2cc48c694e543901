"""The command line: results, exit codes, JSON, and never a traceback."""

import io
import json
import subprocess
import sys
from contextlib import contextmanager

import pytest

from emlir.cli import main
from tests.terminal import run_on_terminal

BAD = 2


def run(capsys, *words):
    code = main.run(list(words))
    captured = capsys.readouterr()
    assert "Traceback" not in captured.err
    return code, captured.out, captured.err


@pytest.mark.parametrize(
    ("words", "output"),
    [
        (["convert", "x**2 + 1e-05", "--to", "infix"], "x^2 + 0.00001"),
        (["convert", "11xE1EE", "--from", "rpn", "--to", "eml"], "eml(1, eml(eml(1, x), 1))"),
        (["convert", "-x^2"], "-x^2"),
        (["eval", "exp(x)", "x=0.5", "--digits", "20"], "1.6487212707001281468"),
        (["eval", "x/3", "x=1e-05", "--digits", "3"], "0.00000333"),
        (["eval", "ln(-1)", "--semantics", "complex", "--digits", "5"], "0 + 3.1416*i"),
        (["eval", "x", "x=0.135", "--digits", "2"], "0.14"),
        (["eval", "x^2", "x=1+2*i", "--semantics", "complex", "--digits", "2"], "-3.0 + 4.0*i"),
        (["eval", "sin(x)", "x=pi"], "0"),
        (["eval", "x*y", "x=1/3", "y=sqrt(2)", "--digits", "4"], "0.4714"),
        (["eval", "1 < 2 and not 2 < 1"], "true"),
        (["eval", "x − 1", "x=-2"], "-3.0000000000000000"),
        (["rewrite", "eml(x, 1)", "--passes", "lift"], "exp(x)"),
        (["lift", "eml(1, eml(eml(1, x), 1))"], "ln(x)"),
    ],
)
def test_results(capsys, words, output):
    assert run(capsys, *words) == (0, output + "\n", "")


@pytest.mark.parametrize(
    ("words", "output", "size"),
    [
        (["exp(x)"], "eml(x, 1)", "K = 3"),
        (["x - y", "--assume", "x > 0", "--to", "rpn"], "1 1 x E 1 E E y 1 E E", "K = 11"),
        (["Log[x]", "--from", "wolfram", "--to", "wolfram"], "EML[1, EML[EML[1, x], 1]]", "K = 7"),
        (["5/2 - y"], "eml(eml(1, eml(eml(1, 5/2), 1)), eml(y, 1))", "K = 11 + 1 parameter"),
    ],
)
def test_lower_prints_the_tree_and_its_size(capsys, words, output, size):
    assert run(capsys, "lower", *words) == (0, output + "\n", size + "\n")


def test_rewrite_shows_the_pass_on_a_terminal():
    words = ("rewrite", "sqrt(x + 1) - sqrt(x)", "--passes", "simplify, stabilise")
    out, shown = run_on_terminal(*words, "--assume", "x > 0")
    assert out == "1/(sqrt(x + 1) + sqrt(x))\n"
    assert "stabilise" in shown


def test_rewrite_counts_steps(monkeypatch, capsys):
    told = []

    @contextmanager
    def spinner(first):
        yield told.append

    monkeypatch.setattr("emlir.cli.rewrite.spinner", spinner)
    monkeypatch.setattr("emlir.cli.rewrite.EVERY", 1)
    formula = "exp(ln(exp(x))) + x*1"
    assert run(capsys, "rewrite", formula, "--passes", "simplify")[0] == 0
    assert told[:2] == ["simplify", "simplify: 1 steps"]


def test_rewrite_can_be_interrupted(monkeypatch, capsys):
    def interrupted(*_, progress, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("emlir.cli.rewrite.trace", interrupted)
    words = ("rewrite", "x + 1", "--passes", "stabilise")
    assert run(capsys, *words) == (130, "", "\nemlir: interrupted\n")


def test_lower_says_where_its_tree_is_right(capsys):
    code, out, err = run(capsys, "lower", "x^y")
    assert code == 0 and out.startswith("eml(")
    assert err == "K = 37\nif x != 0 or y > 0\n"
    code, out, err = run(capsys, "lower", "x^y", "--json")
    assert (code, err) == (0, "") and json.loads(out)["obligations"] == ["x != 0 or y > 0"]
    assert json.loads(run(capsys, "lower", "x + y", "--json")[1])["obligations"] == []
    code, out, err = run(capsys, "lower", "x^y", "--semantics", "complex")
    assert (code, out) == (BAD, "") and "or where (x != 0 or y > 0) and (" in err


def test_lower_gives_the_size_as_json_too(capsys):
    code, out, err = run(capsys, "lower", "1/2", "--constants", "expand", "--finite", "--json")
    assert (code, err) == (0, "")
    assert json.loads(out)["k"] == "K = 31"


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["convert", "2x"], "line 1, column 2"),
        (["convert", "(x"], "1 bracket(s) open"),
        (["convert", "x)"], "closes no bracket"),
        (["convert", "x + 1 y"], "an operator is missing"),
        (["convert", "foo(x)"], "foo"),
        (["convert", "x", "--to", "nope"], "a notation called 'nope'"),
        (["convert"], "TEXT"),
        (["convert", "x", "--wat"], "--wat"),
        (["convert", "x", "--read", "strict"], "NAME=VALUE"),
        (["convert", "x", "--read", "a=1", "--read", "a=2"], "twice"),
        (["convert", "x", "--read", "strict=true"], "reading infix has no option 'strict'"),
        (["convert", "x", "--to", "fpcore", "--write", "wat=1"], "it has box, title"),
        (["convert", "eml(x, 1)", "--to", "fpcore"], "no operation for eml"),
        (["convert", "x", "--from", "latex", "--read", "strict=maybe"], "true or false"),
        (["eval", "x + y", "x=1"], "no value for 'y'"),
        (["eval", "x", "x"], "NAME=VALUE"),
        (["eval", "x", "x=1", "x=2"], "twice"),
        (["eval", "x", "x=y"], "not a number"),
        (["eval", "x", "x=1<2"], "not a number"),
        (["eval", "x", "x="], "no formula"),
        (["eval", "x", "z=1", "x=1"], "the formula has no z; its symbols: x"),
        (["eval", "x", "x=1", "--digits", "0"], "digits"),
        (["eval", "x", "x=1", "--semantics", "wild"], "wild"),
        (["rewrite", "x", "--passes", "nope"], "a pass called 'nope'"),
        (["rewrite", "x", "--passes", "fold", "--assume", "x in [2, 1]"], "empty"),
        (["lower", "sin(x)", "--semantics", "real"], "sin has no EML tree"),
        (["lower", "x", "--basis", "nope"], "no basis 'nope'"),
        (["lower", "x > 1"], "truth"),
        (["nonsense"], "nonsense"),
        ([], "Usage"),
    ],
)
def test_bad_input(capsys, words, complaint):
    code, _, err = run(capsys, *words)
    assert code == BAD
    assert complaint in err


@pytest.mark.parametrize(
    ("words", "output", "remark"),
    [
        (
            ['(FPCore (x) :name "n" :pre (< 0 x) (log x))', "--from", "fpcore", "--to", "fpcore"],
            '(FPCore (x)\n :name "n"\n :pre (< 0 x)\n (log x))\n',
            "",
        ),
        (
            ["(FPCore (x) :pre (< 0 x) (log x))", "--from", "fpcore", "--to", "rpn"],
            "x ln\n",
            "emlir: not in the text, it holds under the assumptions 0 < x\n",
        ),
        (
            [
                "(FPCore (x) :pre (<= 0 x 9) x)",
                "--from",
                "fpcore",
                "--to",
                "fpcore",
                "--write",
                "box=x < 3",
            ],
            "(FPCore (x)\n :pre (and (<= 0 x) (< x 3))\n x)\n",
            "",
        ),
        (
            ['(FPCore (x) :name "n" x)', "--from", "fpcore", "--to", "rpn"],
            "x\n",
            "emlir: not in the text, its title is 'n'\n",
        ),
        (
            ["x > 1", "--to", "fpcore", "--write", "box=x in [0, 2]", "--write", "title=t"],
            '(FPCore (x)\n :name "t"\n :pre (and (<= 0 x) (<= x 2))\n (> x 1))\n',
            "",
        ),
    ],
)
def test_what_a_text_says_beside_its_formula_is_kept_or_told(capsys, words, output, remark):
    assert run(capsys, "convert", *words) == (0, output, remark)


def test_guesses_are_told(capsys):
    words = ["convert", r"\log x", "--from", "latex"]
    code, out, err = run(capsys, *words, "--read", "log=log10")
    assert (code, out) == (0, "ln(x)/ln(10)\n")
    assert "guess: line 1, column" in err
    code, out, _ = run(capsys, *words, "--json")
    assert json.loads(out)["notes"]
    code, _, err = run(capsys, "eval", r"\log x", "x=1", "--from", "latex")
    assert code == 0
    assert err.startswith("emlir: read with guesses")
    assert run(capsys, *words, "--read", "strict=true")[0] == BAD


def test_errors_show_the_place(capsys):
    _, _, err = run(capsys, "convert", "x + * y")
    assert err.splitlines()[-1].index("^") == len("  x + ")
    code, out, _ = run(capsys, "convert", "x + * y", "--json")
    error = json.loads(out)
    assert code == BAD
    assert (error["line"], error["column"]) == (1, 5)


def test_undefined_and_undecided(capsys):
    assert run(capsys, "eval", "ln(x)", "x=0")[:2] == (
        0,
        "undefined: undefined in the semantics real\n",
    )
    code, out, _ = run(capsys, "eval", "cos(pi/5) - (1 + sqrt(5))/4", "--json")
    assert code == 3
    assert json.loads(out)["status"] == "undecided"


def test_json_of_results(capsys):
    _, out, _ = run(
        capsys, "lower", "x*y", "--assume", "x > 0, y > 0", "--semantics", "complex", "--json"
    )
    assert json.loads(out)["tree_size"] == 17
    _, out, _ = run(capsys, "convert", "x", "--json")
    assert json.loads(out)["text"] == "x"


def test_standard_input(capsys, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO("x +\n 1\n"))
    assert run(capsys, "convert", "-")[1] == "x + 1\n"


def test_plugins_are_listed(capsys):
    code, out, _ = run(capsys, "plugins")
    assert code == 0
    assert "numpy" in out
    assert "emlir.builtin" in out
    _, out, _ = run(capsys, "plugins", "--json")
    listed = json.loads(out)
    assert {"kind", "name", "plugin", "distribution", "missing"} <= set(listed["offered"][0])


def test_problems_are_listed(capsys, monkeypatch):
    from emlir.plugins import Broken, manager

    monkeypatch.setattr(manager(), "broken", [Broken("p", "d", "it broke")])
    assert "broken: p (d): it broke" in run(capsys, "plugins")[1]


@pytest.mark.parametrize("stop", [KeyboardInterrupt, __import__("click").exceptions.Abort])
def test_interruption(capsys, monkeypatch, stop):
    def interrupted(**_):
        raise stop

    monkeypatch.setattr(main.root, "main", interrupted)
    assert run(capsys, "convert", "x") == (130, "", "emlir: interrupted\n")


def test_the_installed_command():
    command = [sys.executable, "-m", "emlir.cli.main", "convert", "x+1"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "x + 1\n"
    done = subprocess.run([*command[:3], "--version"], capture_output=True, text=True, check=True)
    assert "0.1.0" in done.stdout
    done = subprocess.run([*command[:3], "--help"], capture_output=True, text=True, check=True)
    assert "notation to notation" in done.stdout
