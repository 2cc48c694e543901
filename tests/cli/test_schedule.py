"""emlir schedule: what it prints, exit codes, JSON, and clear complaints."""

import json

import pytest

from emlir.cli import main


def run(capsys, *words):
    code = main.run(["schedule", *words])
    captured = capsys.readouterr()
    assert "Traceback" not in captured.err
    return code, captured.out, captured.err


def test_show_draws_curves(capsys):
    code, out, err = run(capsys, "show", "linear(total=10)", "constant(total=10, peak=0.5)")
    lines = out.splitlines()
    assert (code, err) == (0, "")
    assert lines[0].startswith("1 |*") and "step 10" in out
    assert "  o constant(total=10, peak=0.5)" in lines and "    1 - min(t/10, 1)" in lines


def test_show_writes_pictures(capsys, tmp_path):
    pytest.importorskip("matplotlib")
    for ending in ("png", "svg"):
        file = tmp_path / f"rates.{ending}"
        assert run(capsys, "show", "linear(total=10)", "--out", str(file))[0] == 0
        assert file.stat().st_size > 1000
    code, _, err = run(capsys, "show", "linear(total=10)", "--out", str(tmp_path / "rates.txt"))
    assert code == 2 and ".png" in err


def test_show_json(capsys):
    code, out, _ = run(capsys, "show", 'formula("1/t", total=2)', "--json")
    (one,) = json.loads(out)["schedules"]
    assert code == 0 and one["rates"] == [None, 1.0, 0.5] and one["expression"] == "1/t"


def test_prove_a_good_schedule(capsys, tmp_path):
    folder = tmp_path / "proofs"
    code, out, err = run(capsys, "prove", "linear(total=10)", "--certificates", str(folder))
    assert (code, err) == (0, "")
    assert "proved   nonnegative  no rate is negative" in out.splitlines()
    files = sorted(folder.iterdir())
    assert files and f"{len(files)} certificates in" in out
    assert main.run(["check", str(files[0]), "--by", "exact"]) == 0


def test_prove_finds_the_step(capsys):
    code, out, _ = run(capsys, "prove", "eml_decay(total=100)", "--json")
    found = {one["name"]: one for one in json.loads(out)["properties"]}
    assert code == 1 and found["nonnegative"]["point"] == "50"
    code, out, _ = run(capsys, "prove", "eml_decay(total=100)")
    assert "not at step 50" in out and "the float at step 48 is against it" in out


def test_lint(capsys):
    code, out, _ = run(capsys, "lint", "cosine(total=100, warmup=10)")
    assert code == 1 and out.startswith("zero_first_step: the first step has the rate 0")
    assert run(capsys, "lint", "linear(total=5)")[:2] == (0, "nothing found\n")


def test_match(capsys):
    code, out, _ = run(
        capsys, "match", "linear(total=100)", "--to", "cosine(total=100, final=0.1)", "--json"
    )
    assert code == 0 and json.loads(out)["mean"] == pytest.approx(0.5545)
    code, out, _ = run(
        capsys, "match", "exponential(total=50, gamma=0.9)", "--to", "0.5", "--what", "final",
        "--parameter", "gamma", "--between", "0.9", "1",
    )  # fmt: skip
    assert code == 0 and "final 0.5" in out and "0.98623" in out


@pytest.mark.parametrize("language", "numpy python jax torch c mlir latex infix".split())
def test_export(capsys, language):
    code, out, err = run(capsys, "export", "cosine(total=100)", "--to", language)
    assert (code, err) == (0, "") and "cos" in out


def test_families(capsys):
    code, out, _ = run(capsys, "families")
    assert code == 0 and "one_cycle" in out and "length, peak=1, final=0" in out
    assert json.loads(run(capsys, "families", "--json")[1])["families"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["show", "cosin(total=3)"], "no plugin offers a schedule called 'cosin'"),
        (["show", "cosine()"], "cosine needs total"),
        (["show", "constant()"], "has no total; say for how many steps"),
        (["show", "exp(-u)"], "a formula stands in quotes"),
        (["show", ""], "the text ends too early"),
        (["prove", "step(total=9000, size=1)"], "more than 2,000 steps"),
        (["lint", "linear(total=5)", "--steps", "-1"], "a whole number of at least 0, not -1"),
        (["match", "linear(total=5)", "--to", "7", "--what", "final"], "no factor changes that"),
        (["export", "linear(total=5)", "--to", "cobol"], "cobol"),
        (["compare", "--schedule", "cosin(total=3)"], "cosin"),
        (["show", 'formula("1/(", total=5)'], "line 1, column 1"),
        (["show", "linear(total=" + "9" * 400 + ")"], ""),
        (["show", "|".join(["linear(total=9)", *["scale(0.5)"] * 300])], ""),
    ],
    ids=range(13),
)
def test_bad_input_is_explained(capsys, words, says):
    code, _, err = run(capsys, *words)
    assert code in (0, 2) and says in err


def test_an_interrupt_is_130(capsys, monkeypatch):
    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("emlir_schedules.properties.prove_properties", stop)
    assert run(capsys, "prove", "linear(total=5)")[0] == 130
