"""The SMT-LIB2 script of certificates: every checker accepts it, and defects are caught."""

import json
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import cache
from typing import Any

import pytest
from hypothesis import assume, given, settings, strategies as st

from emlir.plugin_api import Claim, Limits
from emlir_proof.certify.search import Search
from emlir_proof.certify.write import written
from emlir_proof.checker import CertificateError, check, headings
from emlir_proof.checker.bundle import checksum
from emlir_proof.checker.facts import Fact
from emlir_proof.checker.polynomials import UNIT
from emlir_proof.checker.rungs import RUNGS, rung_obligation
from emlir_proof.checker.schemas import SCHEMAS, obligations
from emlir_proof.checker.sexpr import read
from emlir_proof.smtlib import ladders, leaves, lemmas, names, points, replay, script, with_script
from emlir_proof.solvers import arb, cvc5, z3

Data = dict[str, Any]

CUBE = {"x": (-3, 3), "y": (-3, 3), "z": (-3, 3)}
CLAIMS: dict[str, tuple[str, Any]] = {
    "tangent": ("exp(x) >= 1 + x", "x in [-1, 1]"),
    "unbounded": ("exp(x) >= 1 + x", "x in (-inf, inf)"),
    "open": ("exp(x) > 1 + x", "x in (0, 1]"),
    "chord": ("exp(x) <= 1 + 2*x", "x in [0, 1]"),
    "squares": ("x^2 + y^2 >= 2*x*y", "x in [-2, 3], y in [-1, 1]"),
    "logarithm": ("ln(x) <= x - 1", "x in [0.1, 10]"),
    "entropy": ("x*ln(x) >= x - 1", "x in [0.01, 5]"),
    "relative entropy": ("y*ln(y/x) >= y - x", "x in [0.1, 3], y in [0.1, 3]"),
    "exponentials": ("exp(x)*exp(y)*exp(-x - y) = 1", "x in [0, 1], y in [0, 1]"),
    "mean": ("exp((x + y)/2) <= (exp(x) + exp(y))/2", "x in [-2, 2], y in [-2, 2]"),
    "maximum": ("ln(exp(x) + exp(y)) >= max(x, y)", "x in [-3, 3], y in [-3, 3]"),
    "tanh": ("tanh(x) <= x", "x in [0, 3]"),
    "sigmoid": ("sigmoid(x)*(1 - sigmoid(x)) <= 1/4", "x in [-5, 5]"),
    "softmax": ("exp(x)/(exp(x) + exp(y)) <= 1", "x in [-3, 3], y in [-3, 3]"),
    "root": ("sqrt(x*y) <= (x + y)/2", "x in [0, 5], y in [0, 5]"),
    "power": ("x^0.3 <= 0.3*x + 0.7", "x in [0.1, 5]"),
    "quotient": ("(exp(x) - 1)/x >= 1", "x in (0, 3]"),
    "quotient of quotients": ("(x + y)/(1/(x + y)) >= 0", "x in [1, 2], y in [1, 2]"),
    "absolute": ("abs(x + y) <= abs(x) + abs(y)", "x in [-3, 3], y in [-3, 3]"),
    "floor": ("x - floor(x) < 1 and floor(x) <= x", "x in [-3, 3]"),
    "floor above": ("floor(x) >= 1", "x in [1, 1.9]"),
    "choice": ("where(x < 0, -x, x) = abs(x)", "x in [-3, 3]"),
    "sine": ("sin(x) >= x - x^3/6", "x in [0, 1]"),
    "cosine": ("cos(x) >= 1 - x^2/2", "x in [-2, 3]"),
    "wave": ("sin(x)*exp(y) < 20.1", "x in [0, 5], y in [0, 3]"),
    "addition": ("sin(x + 1) = sin(x)*cos(1) + cos(x)*sin(1)", "x in [0, 2]"),
    "tangent of angles": ("tan(x) >= x", "x in [0, 1.5]"),
    "bend": ("cos(x) + x <= 5", "x in [2, 4]"),
    "arc": ("atan(x) <= 1.3", "x in [-2, 3]"),
    "circle": ("pi + 0*x < 3.1416", "x in [0, 1]"),
    "three": ("ln(exp(x) + exp(y) + exp(z)) <= max(x, max(y, z)) + 1.1", CUBE),
    "high power": ("(1 + x)^30 >= 1", "x in [0, 1]"),
    "high product": ("x^64*y^64 >= 0", "x in [0, 1], y in [0, 2]"),
    "nested": ("eml(eml(x, 1), eml(y, x)) >= 2", "x in [0.5, 1], y in [1, 2]"),
    "odd name": (r"""exp(`e 3) ; |\"`) >= 1 + `e 3) ; |\"`""", {'e 3) ; |"': (-1, 1)}),
    "between zeros": ("sin(2*pi*x) <= 0", "x in [0.5, 1]"),
    "strictly between": ("sin(pi*x) > 0", "x in (0, 1)"),
    "below the top": ("1 + cos(pi*x) > 0", "x in [0, 1)"),
    "root above 0": ("1/sqrt(x) > 0", "x in (0, 4]"),
    "nothing asked": ("x - x = 0", "x in [-1, 1]"),
}


@cache
def bare(name: str) -> str:
    """Return a certificate without its script, as text."""
    claim, box = CLAIMS[name]
    search = Search(Claim.of(claim, box), Limits(20.0))
    assert search.run() is True
    data = written(search)
    return json.dumps({k: v for k, v in data.items() if k not in ("smtlib2", "ladders")})


def sealed(data: Mapping[str, Any]) -> Data:
    """Return a certificate with the right checksum, as it is read from a file."""
    return json.loads(json.dumps({**data, "checksum": checksum(data)}))


def certificate(name: str) -> Data:
    """Return the certificate of a claim."""
    return sealed(with_script(json.loads(bare(name))))


@pytest.mark.parametrize("name", CLAIMS)
def test_every_checker_accepts(name: str) -> None:
    data = certificate(name)
    assert check(data)
    for solver in (z3, cvc5, arb):
        accepted, detail = solver.check(data, 60.0)
        assert accepted, detail


def test_the_script_is_the_same_each_time() -> None:
    assert certificate("entropy") == certificate("entropy")


def test_all_schemas_and_rungs_follow() -> None:
    lines = ["(set-logic QF_NRA)"]
    for name in SCHEMAS:
        lines += obligations(name)
    for name in RUNGS:
        lines += rung_obligation(name)
    for solver in (z3, cvc5):
        assert solver.check({"smtlib2": lines, "ladders": []}, 60.0)[0]


def test_lemmas_of_schemas_use_only_what_is_given() -> None:
    for schema in SCHEMAS.values():
        known = set(schema.given)
        for lemma in schema.lemmas:
            assert set(lemma.uses) <= known
            known.add(lemma.shows)
        assert set(schema.last) <= set(schema.given)


def test_names_in_the_script_are_safe() -> None:
    text = headings.text_of(certificate("odd name"))
    code = [line.partition(";")[0] for line in text.splitlines() if not line.startswith(";")]
    assert read("\n".join(code))
    assert "|" not in "".join(code)
    assert all(line.isprintable() for line in text.splitlines())


# Defects of the part that writes scripts. Each is a function that puts it in.

Patch = pytest.MonkeyPatch


def unsigned(patch: Patch) -> None:
    real = names.real
    patch.setattr(names, "real", lambda value: real(abs(value)))


def last_term_lost(patch: Patch) -> None:
    term = names.Names.term

    def short(self: Any, poly: Any) -> str:
        few = type(poly)(dict(poly.key[:-1] or poly.key))
        return term(self, few)

    patch.setattr(names.Names, "term", short)


def domains_lost(patch: Patch) -> None:
    for module in (lemmas, leaves):
        patch.setattr(module, "guards", lambda *_: [])


def domain_weaker(patch: Patch) -> None:
    patch.setitem(lemmas.DOMAINS, "ln", "(>= t_{} 0.0)")


def bounds_swapped(patch: Patch) -> None:
    knot = points.Points.knot

    def swapped(self: Any, k: Fraction) -> tuple[str, str, str]:
        point, lo, hi = knot(self, k)
        return point, hi, lo

    patch.setattr(points.Points, "knot", swapped)


def always_strict(patch: Patch) -> None:
    patch.setattr(lemmas, "_strict", lambda name, fact: f"{name}_strict")


def products_strict(patch: Patch) -> None:
    product = lemmas._product
    patch.setattr(lemmas, "_product", lambda *args: Fact(product(*args).poly, ">"))


def products_lost(patch: Patch) -> None:
    patch.setattr(lemmas, "products", lambda parts, facts: [])


def questions_lost(patch: Patch) -> None:
    noted = replay.Asked._noted

    def some(self: Any, answer: bool, poly: Any, relation: str) -> bool:
        return answer if relation == ">" else noted(self, answer, poly, relation)

    patch.setattr(replay.Asked, "_noted", some)


def cuts_lost(patch: Patch) -> None:
    patch.setattr(leaves.Leaves, "_part", lambda self, leaf: [])


def cuts_turned(patch: Patch) -> None:
    cut = leaves.Leaves._cut
    patch.setattr(leaves.Leaves, "_cut", lambda self, fact: cut(self, Fact(-fact.poly, ">=")))


def leaf_lost(patch: Patch) -> None:
    replayed = replay.replayed
    patch.setattr(script, "replayed", lambda *args: replayed(*args)[:-1])


def leaves_alike(patch: Patch) -> None:
    replayed = replay.replayed
    patch.setattr(script, "replayed", lambda *args: replayed(*args)[:1] * 2)


def chord_turned(patch: Patch) -> None:
    chord = lemmas.Instances._chord

    def turned(*args: Any) -> tuple[Any, ...]:
        name, e, t, a, b, left, right = chord(*args)
        return name, e, t, a, b, right, left

    patch.setattr(lemmas.Instances, "_chord", turned)


def bend_turned(patch: Patch) -> None:
    patch.setattr(lemmas, "_minus", lambda ends: [f"(- {ends[0]})", f"(- {ends[1]})"])


def tangent_above(patch: Patch) -> None:
    def wrong(self: Any, rules: Any, fact: Any, some: Any, t: Any, k: Fraction) -> tuple[Any, ...]:
        point, _lo, hi = self.points.knot(k)
        return "tangent", rules.atoms.exp(t), t, point, hi

    patch.setattr(lemmas.Instances, "_tangent", wrong)


def ladder_inward(patch: Patch) -> None:
    patch.setattr(ladders, "_up", ladders._down)


def rung_lost(patch: Patch) -> None:
    exponential = ladders.exponential
    patch.setattr(ladders, "exponential", lambda k, ends: exponential(k, ends)[:-1])


def ladder_elsewhere(patch: Patch) -> None:
    turning = ladders.turning
    patch.setattr(ladders, "turning", lambda k: turning(k - Fraction(1, 10)))


def inverse_lost(patch: Patch) -> None:
    atom = names.Names.atom
    patch.setattr(names.Names, "atom", lambda self, k, inverse=False: atom(self, k))


def variables_swapped(patch: Patch) -> None:
    made = names.Names.__init__
    patch.setattr(
        names.Names, "__init__", lambda self, atoms, box: made(self, atoms, list(reversed(box)))
    )


def premise_lost(patch: Patch) -> None:
    made = replay.Mean
    patch.setattr(replay, "Mean", lambda needs, gives: made(needs[:-1], gives))


def mean_stronger(patch: Patch) -> None:
    made = replay.Mean
    patch.setattr(replay, "Mean", lambda needs, gives: made(needs, Fact(gives.poly, ">")))


def schema_stronger(patch: Patch) -> None:
    text = script.schema_text
    patch.setattr(script, "schema_text", lambda name: text(name).replace(">=", ">"))


def obligations_lost(patch: Patch) -> None:
    patch.setattr(script, "obligations", lambda name: obligations(name)[:1])


def floor_higher(patch: Patch) -> None:
    above = lemmas.Instances._whole_above

    def higher(*args: Any) -> tuple[Any, ...]:
        name, floor, p, n = above(*args)
        return name, floor, p, n + UNIT

    patch.setattr(lemmas.Instances, "_whole_above", higher)


def zeros_elsewhere(patch: Patch) -> None:
    arch = lemmas.Instances._arch

    def moved(self: Any, *args: Any) -> tuple[Any, ...]:
        name, wave, q, width = arch(self, *args)
        return name, wave, q - UNIT, width

    patch.setattr(lemmas.Instances, "_arch", moved)


def top_lower(patch: Patch) -> None:
    crest = lemmas.Instances._crest

    def lower(self: Any, *args: Any) -> tuple[Any, ...]:
        name, wave, q, width = crest(self, *args)
        return name, wave + UNIT, q, width

    patch.setattr(lemmas.Instances, "_crest", lower)


def root_of_another(patch: Patch) -> None:
    root = lemmas.Instances._root_positive

    def another(self: Any, *args: Any) -> tuple[Any, ...]:
        name, made, p = root(self, *args)
        return name, made, p + UNIT

    patch.setattr(lemmas.Instances, "_root_positive", another)


def reduction_wrong(patch: Patch) -> None:
    patch.setattr(
        "emlir_proof.smtlib.normal.NormalForms._reduced",
        lambda self, made: self._product(made._replace(product=made.product[:1])),
    )


def trust_hidden(patch: Patch) -> None:
    header = script.header
    patch.setattr(
        script, "header", lambda *args: [line for line in header(*args) if "E2" not in line]
    )


def claim_reworded(patch: Patch) -> None:
    header = script.header
    patch.setattr(script, "header", lambda *args: [line + "!" for line in header(*args)][:1])


DEFECTS: list[tuple[Callable[[Patch], None], str]] = [
    (unsigned, "tangent"),
    (last_term_lost, "squares"),
    (domains_lost, "logarithm"),
    (domain_weaker, "logarithm"),
    (bounds_swapped, "power"),
    (always_strict, "power"),
    (products_strict, "root"),
    (products_lost, "root"),
    (questions_lost, "logarithm"),
    (cuts_lost, "choice"),
    (cuts_turned, "choice"),
    (leaf_lost, "choice"),
    (leaves_alike, "choice"),
    (chord_turned, "chord"),
    (bend_turned, "bend"),
    (tangent_above, "power"),
    (ladder_inward, "power"),
    (rung_lost, "power"),
    (ladder_elsewhere, "circle"),
    (inverse_lost, "quotient"),
    (variables_swapped, "relative entropy"),
    (premise_lost, "open"),
    (mean_stronger, "sine"),
    (schema_stronger, "tangent"),
    (obligations_lost, "tangent"),
    (floor_higher, "floor above"),
    (zeros_elsewhere, "between zeros"),
    (zeros_elsewhere, "strictly between"),
    (top_lower, "below the top"),
    (root_of_another, "root above 0"),
    (always_strict, "between zeros"),
    (reduction_wrong, "exponentials"),
    (trust_hidden, "tangent"),
    (claim_reworded, "tangent"),
]


@pytest.mark.parametrize(("defect", "name"), DEFECTS)
def test_defects_of_the_writer_are_caught(
    defect: Callable[[Patch], None], name: str, monkeypatch: Patch
) -> None:
    honest = certificate(name)
    check(honest)
    defect(monkeypatch)
    data = certificate(name)
    assert data != honest, "the defect changes nothing here"
    with pytest.raises(CertificateError):
        check(data)


def test_a_reduction_that_is_missing_is_found_by_solvers(monkeypatch: Patch) -> None:
    monkeypatch.setattr(
        "emlir_proof.smtlib.normal.NormalForms._reductions", lambda self, products: []
    )
    data = certificate("exponentials")
    assert not z3.check(data, 30.0)[0]
    assert not cvc5.check(data, 30.0)[0]


@pytest.mark.parametrize(
    "name",
    ["root", "quotient", "choice", pytest.param("power", marks=pytest.mark.slow), "circle"],
)
def test_lines_that_are_lost_are_missed(name: str) -> None:
    """All but questions about products, which only solvers ask, and names that may be unused."""
    data = certificate(name)
    for key in ("smtlib2", "ladders"):
        for place in _lines_that_count(data[key]):
            lines = data[key][:place] + data[key][place + 1 :]
            with pytest.raises(CertificateError):
                check(sealed({**data, key: lines}))


def _lines_that_count(lines: list[str]) -> list[int]:
    section, found = "", []
    for place, line in enumerate(lines):
        section = line[2:3] if line.startswith("; ") else section
        is_name = line.startswith(("(declare-const", "(define-fun t_"))
        if not is_name and not (section == "N" and line.startswith("(assert (=")):
            found.append(place)
    return found


@st.composite
def edits(draw: st.DrawFn) -> Data:
    """Return a certificate with one word of its script changed."""
    data = certificate(draw(st.sampled_from(["root", "quotient", "power", "tanh", "wave"])))
    key = draw(st.sampled_from(["smtlib2", "ladders"]))
    place = draw(st.integers(0, len(data[key]) - 1))
    words = data[key][place].replace("(", " ( ").replace(")", " ) ").split()
    at = draw(st.integers(0, len(words) - 1))
    other = draw(st.sampled_from([*OTHERS, *words]))
    assume(words[at] != other)
    words[at] = other
    lines = [*data[key][:place], " ".join(words), *data[key][place + 1 :]]
    return sealed({**data, key: lines})


OTHERS = ["0.0", "1.0", "2.0", ">", ">=", "<", "<=", "=", "+", "-", "*", "x_0", "lo_0", "hi_0"]


@given(edits())
@settings(max_examples=150, deadline=None)
def test_words_that_are_changed_are_seen(data: Data) -> None:
    with pytest.raises(CertificateError):
        check(data)


def test_solvers_say_no_to_what_they_cannot_run() -> None:
    data = certificate("tangent")
    for text in ("(check-sat)", "(assert true) (check-sat)", "(nonsense)", "(check-sat"):
        wrong = {**data, "smtlib2": [text], "ladders": []}
        for solver in (z3, cvc5):
            accepted, detail = solver.check(wrong, 20.0)
            assert not accepted
            assert detail


def test_a_script_without_questions_is_not_accepted() -> None:
    for solver in (z3, cvc5):
        assert not solver.check({"smtlib2": ["(set-logic QF_LRA)"], "ladders": []}, 20.0)[0]
        assert not solver.check({}, 20.0)[0]


def test_the_time_limit_ends_a_solver() -> None:
    hard = ["(set-logic QF_NIA)", *(f"(declare-const {v} Int)" for v in "xyz")]
    hard += ["(assert (= (+ (* x x x) (* y y y) (* z z z)) 114))", "(check-sat)"]
    for solver in (z3, cvc5):
        accepted, detail = solver.check({"smtlib2": hard, "ladders": []}, 1.0)
        assert not accepted
        assert "within 1 s" in detail or "unknown" in detail


def test_balls_reject_bounds_and_facts_that_fail() -> None:
    data = certificate("power")
    k, lo, hi = data["knots"][0]
    assert not arb.check({**data, "knots": [[k, hi, lo], *data["knots"][1:]]}, 20.0)[0]


def test_balls_reject_a_fact_that_fails(monkeypatch: Patch) -> None:
    monkeypatch.setattr(
        "emlir_proof.checker.rules.Rules.tangent",
        lambda self, t, k: Fact(t - self.atoms.exp(t), ">="),
    )
    accepted, detail = arb.check(certificate("tangent"), 20.0)
    assert not accepted
    assert "violated" in detail
