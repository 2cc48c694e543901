"""The built wheel and the example plugin, really installed into a fresh environment."""

import json
from pathlib import Path

import pytest

from tests.fresh import ROOT, FreshEnvironment, build_wheel

NATIVE = ROOT / "plugins" / "emlir_native" / "source"


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    folder = tmp_path_factory.mktemp("fresh")
    wheels = [
        build_wheel(ROOT, folder / "emlir"),
        build_wheel(ROOT / "tests" / "example_plugin", folder / "example"),
    ]
    return FreshEnvironment(folder / "venv", wheels)


def test_the_wheel_is_what_is_imported_and_finds_its_grammars(fresh):
    where = fresh.run("-c", "import emlir; print(emlir.__file__)")
    assert Path(where.strip()).is_relative_to(fresh.python.parents[1])
    assert fresh.run("-m", "emlir.cli.main", "convert", "x + 1", "--to", "eml") == "add(x, 1)\n"


def test_the_plugins_are_listed(fresh):
    listed = json.loads(fresh.run("-m", "emlir.cli.main", "plugins", "--json"))
    assert listed["broken"] == []
    rows = {(row["kind"], row["name"]): row for row in listed["offered"]}
    for key in (
        ("operators", "gauss"),
        ("rules", "gauss"),
        ("passes", "find_gauss"),
        ("syntaxes", "lisp"),
        ("strategies", "line"),
    ):
        assert rows[key]["distribution"] == "emlir-example"
        assert rows[key]["missing"] == []
    assert rows["syntaxes", "latex"]["distribution"] == "emlir"


def test_the_compiled_backend_has_its_source(fresh):
    program = (
        "from emlir_native.build import MAIN; print(MAIN.is_file(), len([*MAIN.parent.iterdir()]))"
    )
    assert fresh.run("-c", program) == f"True {len([*NATIVE.iterdir()])}\n"


def test_the_operator_works_everywhere(fresh):
    program = """
import emlir
e = emlir.parse("gauss(2*x)")
print(emlir.evaluate(e, {"x": 0.0}), emlir.enclose(e, {"x": (0, 0)}), e.diff("x").symbols)
print(emlir.parse(emlir.emit(e, "json"), "json") is e)
print(emlir.lower(e, assume="x in [1, 2]", semantics="complex").tree_size > 10)
"""
    assert fresh.run("-c", program).splitlines() == ["1.0 (1.0, 1.0) ('x',)", "True", "True"]


def test_the_rules_are_checked_and_used(fresh):
    command = ("-m", "emlir.cli.main", "rules", "check", "gauss", "--points", "20")
    assert "2 checked, 0 rejected" in fresh.run(*command)
    command = ("-m", "emlir.cli.main", "rewrite", "gauss(-x)/gauss(x)", "--passes", "simplify")
    assert fresh.run(*command, "--assume", "x in [-1, 1]") == "1\n"


def test_the_pass_works_and_its_log_is_replayed(fresh, tmp_path):
    words = ["-m", "emlir.cli.main", "rewrite", "2*exp(-(x*x))", "--passes", "find_gauss"]
    assert fresh.run(*words) == "2*gauss(x)\n"
    log = tmp_path / "log.json"
    log.write_text(fresh.run(*words, "--log", "--json"))
    assert fresh.run("-m", "emlir.cli.main", "replay", str(log)) == "1 steps: 2*gauss(x)\n"


def test_the_emitter_works(fresh):
    command = ("-m", "emlir.cli.main", "convert", "exp(x)*gauss(1/2)", "--to", "lisp")
    assert fresh.run(*command) == "(mul (exp x) (gauss 1/2))\n"


def test_the_strategy_works(fresh, tmp_path):
    data = tmp_path / "line.csv"
    data.write_text("t,y\n0,1\n1,3\n2,5\n3,7\n")
    command = ("-m", "emlir.cli.main", "fit", str(data), "--target", "y", "--strategy", "line")
    found = json.loads(fresh.run(*command, "--json"))
    assert found["formula"] == "2*t + 1"


def test_the_example_is_short():
    files = (ROOT / "tests" / "example_plugin").rglob("*.py")
    assert sum(len(file.read_text().splitlines()) for file in files) <= 110
