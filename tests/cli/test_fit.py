"""``emlir fit``: the two laws of the examples, what is printed, and bad files."""

import json
import shlex
from concurrent.futures import Executor
from hashlib import sha256
from io import StringIO
from pathlib import Path
from xml.etree import ElementTree

import pytest
from rich.console import Console

import emlir
from emlir.cli import main
from emlir.cli.fit_live import LiveView
from emlir.fitting import Candidate, Member
from tests.fitting.quick import use
from tests.terminal import run_on_terminal

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
    assert {finding["verdict"] for finding in facts["findings"]} == {"proved"}
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
    assert out.count("proved over the whole range, with a certificate") == 2


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
        ["fit", EXAMPLES / "planets.csv", "--target", "period_years", "--depth", "0"],
        ["fit", EXAMPLES / "planets.csv", "--target", "period_years", "--max-size", "none"],
        ["fit", EXAMPLES / "planets.csv", "--target", "period_years", "--workers", "0"],
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


FOUR = "x,w,v,y\n1,1,?,3\n2,1,5,6\n3,0,6,80\n4,2,7,12\n"


@pytest.fixture
def four(tmp_path):
    """A file with weights, a column that cannot be used, and a row that does not count."""
    path = tmp_path / "four.csv"
    path.write_text(FOUR, encoding="utf-8")
    return path


@pytest.fixture
def offered(monkeypatch):
    """A search that yields 3*x at once; what it was given is returned."""
    given = []

    def search(problem):
        given.append(problem)
        problem.budget.spend(7, "offering")
        yield Candidate(emlir.parse("3*x"), 1.0)

    use(monkeypatch, search)
    return given


def test_weights_and_columns_to_drop(capsys, four):
    words = four, "--target", "y", "--drop", "v", "--weights", "w", "--noise", "additive"
    facts = as_json(capsys, *words)
    assert facts["formula"] == "3*x"
    assert facts["range"] == {"x": [1, 4]}


def test_options_reach_the_problem(capsys, four, offered, tmp_path):
    words = four, "--target", "y", "--drop", "v", "--drop", "w", "--unit", "x=m/s", "--unit", "y=m"
    as_json(capsys, *words, "--max-size", "9", "--depth", "4", "--device", "cuda")
    (problem,) = offered
    assert problem.units == {"x": {"m": 1, "s": -1}}
    assert problem.y_unit == {"m": 1}
    assert (problem.limits.max_size, problem.limits.depth, problem.device) == (9, 4, "cuda")
    assert problem.executor is None


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--unit", "x"], "write NAME=UNIT"),
        (["--unit", "z=m"], "there is y, x, w"),
        (["--unit", "x=m", "--unit", "x=s"], "x has the unit m already"),
        (["--unit", "x=m+s"], "no product of powers"),
        (["--weights", "ww"], "no column 'ww'; there is x, w, v, y; did you mean 'w'?"),
        (["--weights", "y"], "'y' is named twice"),
        (["--weights", "v"], "named twice"),
        (["--drop", "z"], "no column 'z'"),
        (["--drop", "y"], "'y' is named twice"),
        (["--drop", "x", "--drop", "w"], "no column of numbers beside the target"),
        (["--report", "nowhere/out.html"], "no folder 'nowhere'"),
        (["--report", "."], "is a directory"),
        (["--resume", "nowhere/state.json"], "no folder 'nowhere'"),
    ],
)
def test_bad_options(capsys, four, words, says):
    code, out, err = run(capsys, "fit", four, "--target", "y", "--drop", "v", *words)
    assert (code, out) == (2, "")
    assert says in err


@pytest.mark.parametrize(
    ("weights", "says"), [("0,0,0", "some must be above"), ("1,-1,1", "below 0"), ("a,b,c", "text")]
)
def test_bad_weights(capsys, tmp_path, weights, says):
    path = tmp_path / "data.csv"
    rows = zip("123", "246", weights.split(","), strict=True)
    path.write_text("x,y,w\n" + "\n".join(map(",".join, rows)), encoding="utf-8")
    code, _, err = run(capsys, "fit", path, "--target", "y", "--weights", "w")
    assert code == 2
    assert says in err


def test_the_page_names_the_command_that_makes_it_again(capsys, four, offered, tmp_path):
    page = tmp_path / "the page.html"
    facts = as_json(capsys, four, "--target", "y", "--drop", "v", "--drop", "w", "--report", page)
    assert facts["report"] == str(page)
    text = page.read_text(encoding="utf-8")
    assert sha256(FOUR.encode()).hexdigest() in text
    command = ElementTree.fromstring(text).findall(".//pre/code")[-1].text
    assert command.startswith("emlir fit ")
    page.unlink()
    code, _, _ = run(capsys, *shlex.split(command)[1:])
    assert code == 0
    assert command in "".join(ElementTree.fromstring(page.read_text("utf-8")).itertext())
    assert len(offered) == 2


def test_resume(capsys, four, monkeypatch, offered, tmp_path):
    words = four, "--target", "y", "--drop", "v", "--drop", "w", "--resume", tmp_path / "state.json"
    assert as_json(capsys, *words)["earlier"] is None

    def worse(problem):
        yield Candidate(emlir.parse("x"), 2.0)

    use(monkeypatch, worse)
    facts = as_json(capsys, *words)
    assert facts["formula"] == "3*x"
    assert facts["earlier"]["work"] == 7
    _, out, _ = run(capsys, "fit", *words)
    assert "resumed after" in out
    code, _, err = run(capsys, "fit", *words, "--noise", "additive")
    assert code == 2
    assert "keeps a fit of other options: noise" in err


def test_an_interrupt_prints_what_is_there(capsys, four, monkeypatch):
    def search(problem):
        yield Candidate(emlir.parse("3*x"), 1.0)
        raise KeyboardInterrupt

    use(monkeypatch, search)
    words = "fit", four, "--target", "y", "--drop", "v", "--drop", "w"
    code, out, _ = run(capsys, *words)
    assert code == 130
    assert out.startswith("y = 3*x\n")
    assert "stopped: interrupted" in out
    code, out, _ = run(capsys, *words, "--json")
    assert (code, json.loads(out)["formula"]) == (130, "3*x")


def test_an_interrupt_of_the_checks_prints_the_formula(
    capsys, four, monkeypatch, offered, tmp_path
):
    def interrupted(self):
        raise KeyboardInterrupt

    monkeypatch.setattr(emlir.FitResult, "findings", property(interrupted))
    page = tmp_path / "out.html"
    words = "fit", four, "--target", "y", "--drop", "v", "--drop", "w", "--report", page
    code, out, _ = run(capsys, *words)
    assert code == 130
    assert out.startswith("y = 3*x\n")
    assert "interrupted before anything was shown" in out
    assert not page.exists()


def test_workers(capsys, four, monkeypatch):
    def search(problem):
        assert isinstance(problem.executor, Executor)
        factor = problem.executor.submit(abs, -3).result()
        yield Candidate(emlir.const(factor) * emlir.symbols("x"), 1.0)

    use(monkeypatch, search)
    words = four, "--target", "y", "--drop", "v", "--drop", "w", "--workers", "1"
    assert as_json(capsys, *words)["formula"] == "3*x"


def test_the_front_is_shown_on_a_terminal():
    words = str(EXAMPLES / "planets.csv"), "--target", "period_years", "--time-limit", "2"
    out, shown = run_on_terminal("fit", *words)
    assert out.startswith("period_years = semi_major_axis_au^(3/2)\n")
    assert "\x1b" not in out
    for part in ("size", "loss", "formulas compared", "of 2 s", "semi_major_axis_au^(3/2)"):
        assert part in shown


def drawn(view, width):
    file = StringIO()
    Console(file=file, width=width).print(view)
    return file.getvalue().splitlines()


def test_the_view_fits_the_terminal():
    view = LiveView(60, height=10)
    assert len(drawn(view, 50)) == 1
    x = emlir.symbols("x")
    view.progress("fitting [bold]constants[/bold]", 12_345)
    view.on_front(tuple(Member(x + k, k, 10.0**-k, 0.5) for k in range(30)))
    lines = drawn(view, 70)
    assert len(lines) <= view.height
    assert max(map(len, lines)) <= 70
    assert "[bold]" in lines[0] and "12,345" in lines[0]
    assert lines[-1].split() == ["29", "1e-29", "0.500000", "x", "+", "29"]
    view.on_front((Member(sum((x**k for k in range(2, 60)), start=x), 99, 1.0, 0.5),))
    assert drawn(view, 70)[-1].endswith("…")
