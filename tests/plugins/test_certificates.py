"""Certificates: what is proved, the same bytes each time, and who accepts them where."""

import json
import os
import shutil
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest

import emlir
from emlir.certificates import Certificate
from emlir_proof import checker
from tests.plugins.certificate_cases import FEW, TIME_LIMIT, TRUE, certified

CHECKER = Path(checker.__file__).parent


@pytest.mark.parametrize(("claim", "box"), TRUE)
def test_true_claims_are_proved_and_accepted_from_a_file(claim, box, tmp_path):
    verdict = emlir.prove(claim, box or None, time_limit=TIME_LIMIT)
    assert verdict.verdict == "proved"
    file = tmp_path / "proof.json"
    verdict.certificate.save(file)
    loaded = Certificate.load(file)
    assert loaded == verdict.certificate
    found = emlir.check(file, by="exact")
    assert found.accepted
    assert found.reports[0].detail == "every step follows"
    assert checker.check(loaded.data) == loaded.statement
    assert not list(tmp_path.glob("*.part"))


@pytest.mark.parametrize(("claim", "box"), FEW)
def test_two_runs_give_the_same_bytes(claim, box):
    first, second = (emlir.prove(claim, box, time_limit=TIME_LIMIT).certificate for _ in "ab")
    assert first.text == second.text
    assert first.text.isascii()


MANY = """
import hashlib, sys
from tests.plugins.certificate_cases import FEW, certified
for claim, box in FEW[::4]:
    print(certified(claim, box)["checksum"])
"""


def test_two_processes_give_the_same_bytes():
    found = set()
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": _path()}
        run = [sys.executable, "-c", MANY]
        found.add(subprocess.run(run, env=environment, check=True, capture_output=True).stdout)
    (text,) = found
    own = [certified(claim, box)["checksum"] for claim, box in FEW[::4]]
    assert text.decode().split() == own


def _path() -> str:
    return os.pathsep.join(part for part in sys.path if part)


def test_a_certificate_says_what_it_trusts():
    trusts = {
        ("x^2 >= 0", "x in [-1, 1]"): set(),
        ("exp(x) >= 1 + x", "x in [-1, 1]"): {"E1", "E2", "E3"},
        ("sin(x) <= 2", "x in [-1, 1]"): {"T1", "T2"},
        ("pi > 3", ""): {"T1", "T2", "T3"},
        ("atan(x) <= 1", "x in [-1, 1]"): {"T1", "T2", "T4"},
        ("x >= sin(x)", "x in [0, 1]"): {"T1", "T2", "M"},
    }
    for (claim, box), keys in trusts.items():
        assert set(certified(claim, box)["trusts"]) == keys, claim


BIG = "0." + "1234567890" * 20


@pytest.mark.parametrize(
    ("claim", "box", "verdict"),
    [
        ("exp(x) > 0", "x in (-inf, inf)", "proved"),
        ("exp(x) > 0", {"x": (0, float("inf"))}, "proved"),
        ("x > 0", "x in (-inf, inf)", "refuted"),
        ("x*1e-400 >= 0", "x in [0, 1]", "proved"),
        ("x + 1e-400 > x", "x in [0, 1]", "proved"),
        ("1e-400 > 0", None, "proved"),
        ("1e-400*exp(x) <= 0", "x in [0, 1]", "refuted"),
        ("x >= -1e-5000", "x in [0, 1]", "enclosed"),
        ("x <= 1e-5000", "x in [0, 1]", "refuted"),
        ("x >= 1e-400", "x in [0, 1]", "refuted"),
        (f"x <= {BIG}", f"x in [0, {BIG}]", "proved"),
        (f"x < {BIG}", f"x in [0, {BIG}]", "refuted"),
        (f"x < {BIG}", f"x in [0, {BIG})", "proved"),
        ("`exp` >= 0", "`exp` in [0, 1]", "proved"),
        ("exp(`exp`) >= 1 + `exp`", "`exp` in [-1, 1]", "proved"),
        ("`x y` >= 0", "`x y` in [0, 1]", "proved"),
        ("höhe^2 >= 0", "höhe in [-1, 1]", "proved"),
        ("x = x", "x in [1, 1]", "proved"),
        ("ln(x) <= x", "x in [-1, 1]", "refuted"),
        ("1/x >= 1", "x in [0, 1]", "refuted"),
        ("1/x >= 1", "x in (0, 1]", "proved"),
        ("sqrt(x) >= 0", "x in [-1, 1]", "refuted"),
        ("sqrt(x)^2 = x", "x in [-1, 1]", "refuted"),
        ("x/x = 1", "x in [-1, 1]", "refuted"),
        ("0*ln(x) = 0", "x in [0, 1]", "refuted"),
        ("0*ln(x) = 0", "x in (0, 1]", "proved"),
        ("ln(x) - ln(x) = 0", "x in [-1, 1]", "refuted"),
        ("exp(ln(x)) = x", "x in [0, 1]", "refuted"),
        ("asin(x) <= 2", "x in [0, 2]", "refuted"),
        ("x^0 = 1", "x in [-1, 1]", "proved"),
        ("0^0 = 1", None, "proved"),
        ("(1/0)*0 = 0", None, "refuted"),
        ("where(x > 0, 1/x, 1) > 0", "x in [-1, 1]", "proved"),
        ("where(x >= 0, 1/x, 1) > 0", "x in [-1, 1]", "refuted"),
        ("x^2 >= 0 or ln(x) > 0", "x in [-1, 1]", "proved"),
        ("x >= 0 or ln(x) > 0", "x in [-1, 1]", "refuted"),
        ("2^(10^10) > 0", None, "enclosed"),
        ("floor(x) = 0", "x in [0, 1)", "proved"),
        ("floor(x) = 0", "x in [0, 1]", "refuted"),
        ("true", None, "proved"),
        ("1 > 2", None, "refuted"),
    ],
)
def test_odd_claims_have_the_right_verdict(claim, box, verdict):
    found = emlir.prove(claim, box, time_limit=TIME_LIMIT)
    assert found.verdict == verdict
    if verdict == "proved":
        assert emlir.check(found.certificate, by="exact").accepted
    if verdict == "refuted":
        again = emlir.prove(claim, box, time_limit=TIME_LIMIT)
        assert (again.point, again.sides) == (found.point, found.sides)


@pytest.mark.parametrize(
    ("claim", "box", "complaint"),
    [
        ("x > 0", {"x": (1, 0)}, "empty"),
        ("x > 0", "x in (1, 1)", "empty"),
        ("x > 0", "x in [1, 1)", "empty"),
        ("x > 0", {"x": (float("nan"), 1)}, "nan is not a finite number"),
        ("x > 0", "x in [nan, 1]", "not a number"),
        ("x > 0", "x in [inf, inf]", "starts at"),
        ("exp >= 0", "exp in [0, 1]", "exp is a function"),
        ("pi > 0", "pi in [1, 2]", "one symbol"),
        ("x > y", "x in [0, 1]", "no interval for 'y'"),
        ("x + 1", "x in [0, 1]", "a claim is a relation"),
    ],
)
def test_what_cannot_be_claimed_is_a_clear_error(claim, box, complaint):
    with pytest.raises((ValueError, TypeError), match=complaint):
        emlir.prove(claim, box)


FALSE = [
    ("exp(x) >= 1 + x + 1/1000", "x in [-1, 1]"),
    ("x*ln(x) >= -1/3", "x in (0, 1]"),
    ("sin(x) >= x - x^3/7", "x in [0, 1]"),
    ("x*y <= (x^2 + y^2)/2 - 1/10^6", "x in [0, 1], y in [0, 1]"),
    ("abs(x + y) >= abs(x) + abs(y)", "x in [-1, 1], y in [-1, 1]"),
]


@pytest.mark.parametrize(("claim", "box"), FALSE)
def test_a_refutation_can_be_repeated_by_hand(claim, box):
    found, again = (emlir.prove(claim, box, time_limit=TIME_LIMIT) for _ in "ab")
    assert found.verdict == "refuted"
    assert (found.point, found.sides, found.work) == (again.point, again.sides, again.work)
    assert all(isinstance(value, Fraction) for value in found.point.values())
    (side,) = found.sides
    for node, bounds in zip(side.relation.args, (side.left, side.right), strict=True):
        lo, hi = emlir.enclose(node.subs(dict(found.point)), {})
        assert bounds[0] <= hi
        assert lo <= bounds[1]
    assert (
        side.difference[1] < 0 if side.relation.op.name in ("ge", "gt") else side.difference[0] > 0
    )


ALONE = """
import runpy, sys
sys.path.insert(0, sys.argv[1])
sys.argv = ["checker", sys.argv[2]]
try:
    runpy.run_module("checker", run_name="__main__")
except SystemExit as ended:
    code = ended.code
found = {name.split(".")[0] for name in sys.modules}
assert found <= {*sys.stdlib_module_names, "checker", "__main__"}, sorted(found)
assert not any("emlir" in name for name in sys.modules)
sys.exit(code)
"""


@pytest.fixture
def copied_checker(tmp_path):
    shutil.copytree(CHECKER, tmp_path / "checker", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def alone(place: Path, file: Path) -> subprocess.CompletedProcess[str]:
    run = [sys.executable, "-I", "-S", "-c", ALONE, str(place), str(file)]
    environment = {"PATH": os.environ.get("PATH", "")}
    return subprocess.run(run, env=environment, cwd=place, capture_output=True, text=True)


def test_the_checker_runs_alone_from_a_copy_of_its_folder(copied_checker):
    file = copied_checker / "proof.json"
    for claim, box in FEW:
        data = certified(claim, box)
        file.write_text(json.dumps(data))
        done = alone(copied_checker, file)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.splitlines()[0] == "proved: " + data["claim"]["text"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('{"format": 1}', 1),
        ("[]", 1),
        ("", 2),
        ("{", 2),
        ("[" * 100_000, 2),
        ('{"format": 1, "format": 2}', 2),
        ("\ud800", 2),
    ],
)
def test_alone_it_says_what_is_wrong_with_a_file(copied_checker, text, code):
    file = copied_checker / "proof.json"
    file.write_bytes(text.encode("utf-8", "surrogatepass"))
    done = alone(copied_checker, file)
    assert (done.returncode, done.stderr) == (code, "")
    assert done.stdout.startswith("cannot read" if code == 2 else "rejected: ")


def test_alone_it_rejects_a_changed_file_and_misses_a_missing_one(copied_checker):
    data = certified(*FEW[0])
    file = copied_checker / "proof.json"
    file.write_text(json.dumps({**data, "cover": []}))
    assert "checksum" in alone(copied_checker, file).stdout
    assert alone(copied_checker, copied_checker / "none.json").returncode == 2
