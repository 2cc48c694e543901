"""``emlir fit``: the two laws of the examples, what is printed, and bad files."""

import json
from pathlib import Path

import pytest

import emlir
from emlir.cli import main

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
GAS_CONSTANT = 8.314462618


def run(capsys, *words):
    code = main.run([str(word) for word in words])
    captured = capsys.readouterr()
    assert "Traceback" not in captured.err
    return code, captured.out, captured.err


def as_json(capsys, *words):
    code, out, err = run(capsys, "fit", *words, "--json")
    assert (code, err) == (0, "")
    return json.loads(out)


def test_kepler(capsys, tmp_path):
    report = tmp_path / "out.html"
    facts = as_json(
        capsys, EXAMPLES / "planets.csv", "--target", "period_years", "--report", report
    )
    law = emlir.parse(facts["formula"])
    assert law is emlir.parse("semi_major_axis_au^(3/2)")
    assert facts["r2"] > 0.9999
    exponent, factor = facts["constants"]
    assert (exponent["exact"], factor["exact"]) == ("3/2", "1")
    assert exponent["value"] == pytest.approx(1.5, rel=0.005)
    assert facts["label"] == "approximate"
    assert facts["eml"]["size"] == 25
    assert facts["eml"]["parameters"] == 1
    assert facts["eml"]["difference"] < 1e-12
    assert emlir.parse(facts["eml"]["text"], "eml").tree_size == 25
    assert [entry["row"] for entry in facts["residuals"]][:2] == ["Mercury", "Venus"]
    assert {finding["verdict"] for finding in facts["findings"]} == {"enclosed"}
    assert facts["not_used"] == ["body"]
    assert "semi_major_axis_au" in report.read_text(encoding="utf-8")


def test_arrhenius(capsys):
    code, out, err = run(
        capsys, "fit", EXAMPLES / "n2o5_decomposition.csv", "--target", "rate_constant_per_s"
    )
    assert (code, err) == (0, "")
    law = emlir.parse(out.splitlines()[0].partition(" = ")[2])
    slope = law.diff("temperature_K") / law
    energy = GAS_CONSTANT * 300.0**2 * emlir.evaluate(slope, {"temperature_K": 300.0})
    assert energy == pytest.approx(103_000, rel=0.02)
    for part in (
        "multiplicative",
        "+ 2 parameters",
        "latex",
        "sympy",
        "smtlib2",
        "Pareto",
        "line 7",
    ):
        assert part in out
    assert out.count("holds, by ball arithmetic") == 2
    assert "proved" not in out.lower()


def test_options_reach_the_search(capsys):
    facts = as_json(
        capsys,
        *(EXAMPLES / "planets.csv", "--target", "period_years", "--noise", "additive"),
        *("--strategy", "exact", "--time-limit", "0.5", "--seed", "7"),
    )
    assert facts["noise"]["model"] == "additive"
    assert (facts["strategy"], facts["seed"]) == ("exact", 7)
    assert facts["stopped"] == "time limit"


BAD = {
    "empty": ("", "empty"),
    "header": ("x,y\n", "no rows"),
    "target": ("x,z\n1,2\n", "no column 'y'"),
    "text": ("x,y\n1,2\n2,abc\n3,4\n", "line 3, column 'y'"),
    "nan": ("x,y\n1,2\n2,nan\n3,4\n", "line 3, column 'y'"),
    "one row": ("x,y\n1,2\n", "1 row"),
    "duplicate": ("x,x,y\n1,2,3\n", "two columns are called 'x'"),
    "ragged": ("x,y\n1,2,3\n", "line 2"),
    "binary": (b"\x00\xff", "UTF-8"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_files(capsys, tmp_path, case):
    content, said = BAD[case]
    path = tmp_path / "data.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    code, out, err = run(capsys, "fit", path, "--target", "y")
    assert (code, out) == (2, "")
    assert said in err
    code, out, _ = run(capsys, "fit", path, "--target", "y", "--json")
    assert code == 2
    assert said in json.loads(out)["error"]


@pytest.mark.parametrize(
    "words",
    [
        ["fit"],
        ["fit", "nowhere.csv", "--target", "y"],
        ["fit", "docs", "--target", "y"],
        ["fit", EXAMPLES / "planets.csv", "--target", "period_years", "--noise", "pink"],
        ["fit", EXAMPLES / "planets.csv", "--target", "period_years", "--time-limit", "-1"],
        ["fit", EXAMPLES / "planets.csv", "--target", "period_years", "--strategy", "magic"],
    ],
)
def test_bad_words(capsys, words):
    code, out, err = run(capsys, *words)
    assert (code, out) == (2, "")
    assert err


@pytest.mark.parametrize(
    ("content", "formula"),
    [
        ("x,y\n1,5\n2,5\n3,5\n", "5"),
        ("x,y\n1,2\n2,4\n3,6\n4,8\n", "2*x"),
        ("x,y\n1e-05,2e-05\n2e-05,4e-05\n3e-05,6e-05\n\u22124e-05,-8e-05\n", "2*x"),
    ],
)
def test_small_files(capsys, tmp_path, content, formula):
    path = tmp_path / "data.csv"
    path.write_text(content, encoding="utf-8")
    assert as_json(capsys, path, "--target", "y")["formula"] == formula


def test_large_numbers(capsys, tmp_path):
    path = tmp_path / "data.csv"
    path.write_text("x,y\n1,0.2e308\n2,0.4e308\n3,0.6e308\n4,0.8e308\n5,1e308\n", encoding="utf-8")
    facts = as_json(capsys, path, "--target", "y")
    assert facts["r2"] == pytest.approx(1.0)
    assert emlir.parse(facts["formula"]) is emlir.const("2e307") * emlir.symbols("x")


def test_a_law_that_cannot_be_lowered_or_is_not_monotone_says_so(capsys, tmp_path):
    path = tmp_path / "data.csv"
    rows = "".join(f"{k / 8},{(k / 8 - 2) ** 2 - 1}\n" for k in range(33))
    path.write_text("x,y\n" + rows, encoding="utf-8")
    code, out, _ = run(capsys, "fit", path, "--target", "y")
    assert code == 0
    assert "y is not monotone in x: not claimed (the derivative changes sign" in out
