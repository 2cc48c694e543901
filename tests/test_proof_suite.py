"""The parts of the proof benchmark that decide: scripts, translations, the judge, and tables."""

import json
import math
from collections import namedtuple
from pathlib import Path
from types import SimpleNamespace

import pytest

import emlir
from tests.benchmarks.claim_suite.case import ClaimCase
from tests.benchmarks.proof_suite import measure as measuring
from tests.benchmarks.proof_suite.certified import checked, with_emlir
from tests.benchmarks.proof_suite.emltorch_claims import targets
from tests.benchmarks.proof_suite.measure import judge, measure
from tests.benchmarks.proof_suite.methods import METHODS
from tests.benchmarks.proof_suite.natives import native_cvc5, native_z3
from tests.benchmarks.proof_suite.request import Request
from tests.benchmarks.proof_suite.scripts import for_cvc5, for_z3
from tests.benchmarks.proof_suite.solvers import with_cvc5, with_z3
from tests.benchmarks.proof_suite.tables import bars, families, line, page, totals
from tests.benchmarks.proof_suite.worker import with_checks
from tests.benchmarks.proofs import chosen, installed

TRUE = ClaimCase("true", "exp(x) >= 0.5*x", {"x": "[0, 1]"}, True, "threshold", "")
FALSE = ClaimCase("false", "exp(x) >= 2", {"x": "[0, 1]"}, False, "threshold", "", {"x": "0"})
REPORT = namedtuple("REPORT", "name accepted seconds detail")


def request(claim, where, folder="."):
    return Request(claim, where, 5.0, Path(folder))


@pytest.mark.parametrize("script", [for_z3, for_cvc5])
def test_a_script_asks_where_a_claim_fails_or_is_undefined(script):
    assert "(or (not (> x 0.0)) (not (< " in script("ln(x) < 3", "x in [0, 1]")
    assert "(assert (not (< (exp x) 3.0)))" in script("exp(x) < 3", "x in [0, 1]")


def test_cvc5_gets_no_logarithm_and_z3_its_own():
    claim, where = "ln(ln(x) + x^0.3) < 3", "x in [1, 2]"
    assert "ln" not in for_cvc5(claim, where).replace("emlir.let", "")
    assert for_cvc5(claim, where).count("(declare-const |v.logarithm ") == 2
    assert "(ln x)" in for_z3(claim, where) and "axiom" not in for_z3(claim, where)


@pytest.mark.parametrize("solver", [native_z3, native_cvc5])
@pytest.mark.parametrize(
    ("claim", "where", "answer"),
    [
        ("x^2 - 2*x + 1 >= 0", "x in [0, 3]", "proved"),
        ("x^2 - 2*x + 1 > 0", "x in [0, 3]", "refuted"),
        ("x^2 > 1", "x in (1, 3]", "proved"),
        ("1/x > -5", "x in [0, 3]", "refuted"),
        ("1/x > -5 or x < 1", "x in [0, 3]", "proved"),
        ("x^1.5 > 0", "x in [1, 3]", "proved"),
        ("max(x, -x) - abs(x) = 0", "x in [-1, 3]", "proved"),
    ],
)
def test_solvers_answer_the_claim(solver, claim, where, answer):
    assert solver(request(claim, where)).answer == answer


def test_solvers_know_exp_and_ln():
    assert native_z3(request("ln(x) <= 1.2", "x in [1, 3]")).answer == "proved"
    assert native_cvc5(request("exp(ln(x)) = x", "x in [1, 3]")).answer == "proved"
    assert native_cvc5(request("tanh(x) <= 1.5", "x in [0, 1]")).answer == "proved"


def test_a_script_with_a_mistake_is_no_answer():
    for solve in (with_z3, with_cvc5):
        with pytest.raises(Exception, match="nowhere"):
            solve("(set-logic QF_LRA)\n(assert (> nowhere 0.0))\n(check-sat)\n", 5)


@pytest.mark.parametrize(
    ("claim", "formula", "relation", "value"),
    [
        ("exp(x) <= 2.5", "eml(x, 1)", "<=", 2.5),
        ("2.5 >= exp(x*y)", "eml((x * y), 1)", "<=", 2.5),
        ("eml(x, eml(y, 1)) > -1", "eml(x, eml(y, 1))", ">", -1),
        ("ln(x) < 3", "eml(1, eml(eml(1, x), 1))", "<", 3),
        ("3 - 0.5*exp(x) >= 0.1", "3 + (-0.5) * [eml(x, 1)]", ">=", 0.1),
        ("2*(exp(x) - 1.25) = 1", "-2.5 + (2) * [eml(x, 1)]", "==", 1),
        ("exp(1e-7*x) < 3", "eml((0.0000001 * x), 1)", "<", 3),
    ],
)
def test_claims_in_the_words_of_emltorch(claim, formula, relation, value):
    assert next(targets(claim, "x in [1, 2], y in [1, 2]")) == (formula, relation, value)


def test_other_claims_become_trees_of_eml():
    (target,) = targets("exp(x) - x >= 1", "x in [1, 2]")
    tree = emlir.parse(target.formula, "eml")
    assert {node for node in target.formula if node.isalpha()} == set("emlx")
    assert emlir.evaluate(tree, {"x": 1.5}) == pytest.approx(math.exp(1.5) - 1.5)


@pytest.mark.parametrize("claim", ["sin(x) < 2", "x > 1 and x < 2", "exp(x/3) + max(x, 1) < 9"])
def test_what_emltorch_cannot_express(claim):
    assert list(targets(claim, "x in [1, 2]")) == []


@pytest.mark.parametrize(
    ("case", "facts", "expected"),
    [
        (TRUE, {"answer": "proved"}, "right"),
        (TRUE, {"answer": "enclosed"}, "right"),
        (TRUE, {"answer": "refuted"}, "wrong"),
        (TRUE, {"answer": "unknown"}, "unknown"),
        (FALSE, {"answer": "refuted"}, "right"),
        (FALSE, {"answer": "refuted", "point": {"x": "1/2"}}, "right"),
        (FALSE, {"answer": "refuted", "point": {"x": "3/4"}}, "wrong"),
        (FALSE, {"answer": "proved"}, "wrong"),
    ],
)
def test_the_judge(case, facts, expected):
    assert judge(case, facts) == expected


def test_a_claim_is_measured_in_its_own_process():
    facts = measure(FALSE, "emlir", 10.0)
    assert (facts["judged"], facts["answer"], facts["checks"]) == ("right", "refuted", [])
    assert 0 < facts["seconds"] < 10 and set(facts["point"]) == {"x"}
    assert measure(TRUE, "emlir", 10.0)["judged"] == "right"


def test_failures_are_answers():
    facts = measure(TRUE, "nobody", 1.0)
    assert facts["judged"] == "unknown" and facts["detail"] == "KeyError: 'nobody'"


@pytest.mark.parametrize(
    ("written", "problem", "answer", "detail"),
    [
        ({"answer": "proved", "detail": "", "seconds": 0.9}, "", "proved", ""),
        ({"answer": "proved", "seconds": 1.1}, "", "unknown", "proved, but after the limit"),
        ({"answer": "unknown", "detail": "why", "seconds": 1.1}, "", "unknown", "why"),
        ({"answer": "proved", "seconds": 1}, "exit code 1", "proved", "check: exit code 1"),
        (None, "exit code -14", "unknown", "stopped by the alarm"),
        (None, "still running after 61 s", "unknown", "still running after 61 s"),
    ],
)
def test_answers_count_within_the_limit(monkeypatch, written, problem, answer, detail):
    def run(_, folder, __):
        if written is not None:
            (folder / "answer.json").write_text(json.dumps(written))
        return problem

    monkeypatch.setattr(measuring, "run_module", run)
    facts = measure(TRUE, "emlir", 1.0)
    assert (facts["answer"], facts["detail"]) == (answer, detail)


def test_certificates_are_weighed_and_checked(monkeypatch, tmp_path):
    def save(path):
        path.mkdir()
        (path / "leaves").write_text("12345")
        (path / "knots").write_text("123")

    proved = SimpleNamespace(verdict="proved", certificate=SimpleNamespace(save=save, size=5))
    reports = (REPORT("exact", True, 0.25, ""), REPORT("z3", False, 1.0, "sat"))
    monkeypatch.setattr(emlir, "prove", lambda *_, **__: proved)
    monkeypatch.setattr(
        emlir, "check", lambda *_, **__: SimpleNamespace(reports=reports), raising=False
    )
    outcome = with_emlir(request("x > 0", "x in [1, 2]", tmp_path))
    assert outcome.answer == "proved"
    assert (outcome.more["bytes"], outcome.more["bytes_with_knots"]) == (5, 8)
    checks = checked(outcome.more)
    assert [(c["checker"], c["accepted"], c["seconds"]) for c in checks] == [
        ("exact", True, 0.25),
        ("z3", False, 1.0),
    ]
    assert with_checks({"path": "p", "answer": "proved"})["checks"] == checks
    monkeypatch.setattr(emlir, "check", None)
    assert with_checks({"path": "p", "answer": "proved"}) == {
        "path": "p",
        "answer": "proved",
        "detail": "check: TypeError: 'NoneType' object is not callable",
    }


def record(name, method, holds, answer, **more):
    case = TRUE if holds else FALSE
    judged = judge(case, {"answer": answer})
    shared = {"family": "threshold", "time_limit": 10.0, "commit": "c", "date": "2026-01-01T0"}
    facts = {"detail": "", "seconds": 1.5, "checks": []} | more
    return shared | facts | {
        "name": name, "method": method, "holds": holds, "answer": answer, "judged": judged
    }  # fmt: skip


def test_tables():
    checks = [
        {"checker": "exact", "accepted": True, "seconds": 0.5, "detail": ""},
        {"checker": "z3", "accepted": True, "seconds": 12.0, "detail": ""},
        {"checker": "cvc5", "accepted": False, "seconds": 0.5, "detail": ""},
    ]
    sizes = {"bytes": 30_000, "bytes_with_knots": 90_000}
    records = [
        record("a", "emlir", True, "proved", checks=checks, **sizes),
        record("b", "emlir", False, "refuted"),
        record("a", "z3", True, "refuted"),
        record("b", "z3", False, "unknown"),
    ]
    assert totals(records, ["emlir", "z3"]) == [
        ("emlir", "2", "0", "0", "1/1", "1/1", "1.50", "3"),
        ("z3", "0", "1", "1", "0/1", "0/1", "1.50", "3"),
    ]
    assert families(records, ["emlir", "z3"]) == [("threshold", "2/2", "0/2, 1 wrong")]
    found = {what: (figure, met) for what, figure, _, met in bars(records)}
    assert found["answers"][0] == "1 proved, 0 enclosed, 1 refuted, 0 unknown"
    assert found["decided right in time"] == ("2 of 2", "yes") and found["wrong"] == ("0", "yes")
    assert found["bytes without knots, median"] == ("30000", "no")
    assert found["accepted by cvc5"] == ("0 of 1", "no")
    assert found["seconds of exact, median"] == ("0.50", "yes")
    assert found["seconds of z3, largest"] == ("12.00", "no")
    assert bars(records[2:]) == []
    assert line(records[0]).endswith("30000 bytes | exact yes 0.50 s z3 yes 12.00 s cvc5 NO 0.50 s")
    text = page(records, ["emlir", "z3"])
    assert "| a | proved, 1.5 | **wrong: refuted**, 1.5 |" in text
    assert "| b | refuted, 1.5 | – |" in text
    assert "at commit c, 10 seconds for each claim." in text


def test_choices():
    assert {case.family for case in chosen("floor")} == {"floor"}
    assert len(chosen("")) == 100 and [case.name for case in chosen("Jordan")] == ["Jordan"]
    with pytest.raises(SystemExit, match="nothing"):
        chosen("nothing")
    assert installed("emlir,z3") == ["emlir", "z3"] and set(METHODS) >= {"emlir", "z3", "cvc5"}
    with pytest.raises(SystemExit, match="nobody"):
        installed("nobody")
