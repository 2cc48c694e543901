"""Problems by name: dataclasses, neighbours, attributes that raise, code that prints."""

import json
import sys

import pytest

torch = pytest.importorskip("torch")

from emlir.cli import main as cli  # noqa: E402
from emlir_equilibrium.loading import load_problem  # noqa: E402

HEAD = "import torch\nfrom emlir_equilibrium.problem import EquilibriumProblem\n"
PROBLEM = "problem = EquilibriumProblem(lambda z: -z, torch.ones(1, 2).double(), name='one')\n"


@pytest.fixture(autouse=True)
def here(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_file_may_have_dataclasses_with_late_annotations(here):
    late = "from __future__ import annotations\nfrom dataclasses import dataclass\n" + HEAD
    late += "@dataclass\nclass Sizes:\n    width: int = 2\nassert Sizes().width == 2\n" + PROBLEM
    (here / "late.py").write_text(late, encoding="utf-8")
    assert load_problem("late.py:problem").name == "one"


def test_a_file_finds_its_neighbours_first_and_the_path_is_put_back(here):
    folder = here / "models"
    folder.mkdir()
    (folder / "a_neighbour_of_mine.py").write_text(HEAD + PROBLEM, encoding="utf-8")
    (folder / "mine.py").write_text("from a_neighbour_of_mine import problem\n", encoding="utf-8")
    before = list(sys.path)
    assert load_problem("models/mine.py:problem").name == "one"
    assert sys.path == before


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("def __getattr__(name):\n    raise RuntimeError('no weights')\n", "problem"),
        ("class P:\n    @property\n    def q(self):\n        raise RuntimeError('no weights')\n"
         "p = P()\n", "p.q"),
    ],
)  # fmt: skip
def test_an_attribute_that_raises_is_told(here, capsys, text, name):
    (here / "raising.py").write_text(text, encoding="utf-8")
    assert cli.run(["equilibrium", "analyse", f"raising.py:{name}"]) == 2
    assert "cannot be looked up: RuntimeError: no weights" in capsys.readouterr().err


def test_what_code_prints_is_not_among_the_json(here, capsys):
    text = HEAD + "print('at import')\ndef force(z):\n    print('force')\n    return -z\n"
    text += "def problem():\n    print('made')\n"
    text += "    return EquilibriumProblem(force, torch.ones(1, 2).double())\n"
    (here / "chatty.py").write_text(text, encoding="utf-8")
    words = ["equilibrium", "analyse", "chatty.py:problem", "--analysis", "solve", "--json"]
    assert cli.run(words) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["analyses"]["solve"]["verdict"] == "converged"
    assert all(one in err for one in ("at import", "made", "force"))


@pytest.mark.parametrize(("force", "code"), [("-z", 0), ("z", 1), ("z * float('nan')", 1)])
def test_a_relaxation_that_goes_nowhere_is_no_success(here, force, code):
    text = HEAD + f"made = EquilibriumProblem(lambda z: {force}, torch.ones(1, 2).double())\n"
    (here / "going.py").write_text(text, encoding="utf-8")
    assert cli.run(["equilibrium", "analyse", "going.py:made", "--analysis", "solve"]) == code
