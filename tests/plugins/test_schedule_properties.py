"""Claims about schedules: all families, all properties, and what the certificates say."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import emlir
from emlir_schedules import (
    Schedule,
    clip,
    lint,
    matched,
    measure,
    prove_properties,
    read_schedule,
    repeat,
    schedule,
    solved,
)
from emlir_schedules.area import area
from emlir_schedules.lints import lint_groups
from emlir_schedules.parts import Domain
from emlir_schedules.pieces import TooManyPiecesError, pieces
from emlir_schedules.properties import PROPERTIES
from tests.amounts import MANY
from tests.plugins.schedule_strategies import EXAMPLES, examples, families as members

REFUTED = {
    "nonnegative": {"eml_decay", "formula"},
    "bounded": set(),
    "continuous": {"cosine_restarts", "warm_restarts", "step", "multistep"},
    "monotone": set(),
    "end": set(),
    "area": set(),
    "unique_peak": {"constant", "cosine_waves", "cosine_restarts", "warm_restarts", "step",
                    "multistep", "wsd", "wsd with a root", "wsd with a cosine", "cyclic"},
}  # fmt: skip
"""The claims that are false, by property; ``positive`` depends on warm-up."""


@pytest.fixture(scope="module")
def proved():
    return {
        name: {one.name: one for one in prove_properties(made)} for name, made in examples().items()
    }


def test_nothing_is_unknown(proved):
    for name, found in proved.items():
        assert list(found) == list(PROPERTIES)
        for one in found.values():
            assert one.verdict != "unknown", (name, one)


def test_what_is_refuted(proved):
    for claim, names in REFUTED.items():
        refuted = {name for name, found in proved.items() if found[claim].verdict == "refuted"}
        assert refuted == names, claim
    for name, found in proved.items():
        made = read_schedule(EXAMPLES[name])
        first = made(0)
        starts = first == 0 or name in REFUTED["nonnegative"]
        assert (found["positive"].verdict == "refuted") == starts, name


def test_refutations_come_with_a_step(proved):
    for name, found in proved.items():
        made = read_schedule(EXAMPLES[name])
        for one in found.values():
            if one.verdict != "refuted":
                continue
            assert one.point is not None, (name, one)
            value = emlir.enclose(made.expression, {"t": (one.point, one.point)})
            if one.name == "nonnegative":
                assert value[1] < 0
            if one.name == "positive":
                assert value[0] <= 0
            if one.name == "unique_peak":
                assert value[1] >= made.trace(made.total + 1).max() * (1 - 1e-12)
            if one.name == "continuous":
                left, right = (float(one.point) + side for side in (-1e-9, 1e-9))
                assert abs(made.function(left) - made.function(right)) > 1e-3


def test_sure_claims_have_certificates(proved):
    for name, found in proved.items():
        for claim in ("nonnegative", "bounded", "monotone", "end"):
            one = found[claim]
            if one.verdict == "proved":
                assert one.certificates, (name, claim)


def test_floats_are_checked_beside_the_reals(proved):
    for name, found in proved.items():
        for claim in ("nonnegative", "positive", "bounded"):
            one = found[claim]
            if one.verdict == "proved":
                assert one.first_bad_step is None, (name, claim)
    assert proved["eml_decay"]["nonnegative"].first_bad_step == 29


class Proofs(list):
    """All proofs; shown by their number, as there are many."""

    def __repr__(self):
        return f"{len(self)} proofs"


@pytest.fixture(scope="module")
def proofs(proved):
    return Proofs(
        proof for found in proved.values() for one in found.values() for proof in one.proofs
    )


def test_certificates_are_accepted_again(proofs):
    for proof in proofs[:: len(proofs) // 40]:
        assert emlir.check(proof.certificate, by=("exact",)).accepted, proof.claim


@settings(max_examples=MANY)
@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_claims_of_certificates_hold_at_random_steps(proofs, place, part):
    claim = proofs[place % len(proofs)].claim
    inside = claim.box["t"]
    step = inside.lo + Fraction(part, 10**6) * (inside.hi - inside.lo)
    if inside.contains(step):
        verdict = emlir.prove(claim.expr, {"t": (step, step)}, prover="enclosure", time_limit=1)
        assert verdict.verdict != "refuted"


@pytest.mark.parametrize("name", EXAMPLES)
def test_claims_hold_at_all_whole_steps(name, proved):
    made, found = read_schedule(EXAMPLES[name]), proved[name]
    rates = made.trace(made.total + 1)
    if found["nonnegative"].verdict == "proved":
        assert (rates >= 0).all()
    if found["positive"].verdict == "proved":
        assert (rates[:-1] > 0).all()
    top = float(found["bounded"].statement.rpartition(" ")[2])
    assert (rates <= top * (1 + 1e-11)).all() and rates.max() <= top * (1 + 1e-11)


@settings(max_examples=MANY // 3, deadline=None)
@given(members(), st.integers(0, 2**32 - 1))
def test_runs_agree_with_floats(made, seed):
    from emlir_schedules.shape import runs

    rng = np.random.default_rng(seed)
    for run in runs(Domain(made)):
        lo, hi = float(run.lo), float(run.hi)
        steps = np.sort(rng.uniform(lo, hi, 20))[1:-1]
        change = np.diff([made.function(step) for step in steps.tolist()])
        if run.kind == "rises":
            assert (change >= -1e-15).all()
        elif run.kind == "falls":
            assert (change <= 1e-15).all()
        elif run.kind == "stays":
            assert (abs(change) <= 1e-15).all()


@settings(max_examples=300)
@given(members())
def test_pieces_are_the_schedule(made):
    total = Fraction(made.total)
    found = pieces(made.expression, Fraction(0), total)
    assert found[0].lo == 0 and found[-1].hi == total
    for piece, after in pairwise(found):
        assert piece.hi == after.lo
    for piece in found:
        for part in (Fraction(1, 7), Fraction(1, 2), Fraction(9, 10)):
            step = piece.lo + part * (piece.hi - piece.lo)
            one = Schedule(piece.expression, {}).function(float(step))
            assert one == pytest.approx(made.function(float(step)), rel=1e-12, abs=1e-14)


def test_a_formula_with_too_many_pieces_is_refused():
    with pytest.raises(TooManyPiecesError, match="more than 2,000 steps"):
        prove_properties(schedule("step", size=1, gamma="0.999", total=5000))


def test_a_maximum_without_an_exact_place_is_bracketed():
    made = read_schedule('formula(total=100, text="u*exp(-3*u) + 0.1*sin(5*u)")')
    found = {one.name: one for one in prove_properties(made)}
    assert "maximum between 32.0" in found["monotone"].statement
    assert found["unique_peak"].verdict in ("proved", "enclosed")
    assert found["bounded"].verdict == "proved"


def test_a_peak_that_is_only_a_limit():
    made = read_schedule('formula(total=10, text="where(t < 5, t, 1)")')
    found = {one.name: one for one in prove_properties(made)}
    assert found["unique_peak"].verdict == "refuted"
    assert "only a limit" in found["unique_peak"].detail
    assert found["bounded"].verdict == "proved" and "above 5" in found["bounded"].statement


def test_an_undefined_rate_is_refuted():
    made = read_schedule('formula(total=10, text="1/(t - 3)")')
    found = {one.name: one for one in prove_properties(made)}
    assert found["continuous"].verdict == "refuted" and found["continuous"].point == 3


# the sum of the rates


@pytest.mark.parametrize("name", EXAMPLES)
def test_area(name):
    made = read_schedule(EXAMPLES[name])
    found = area(made)
    exact = float(np.sum(made.trace()))
    assert float(found.lo) - 1e-12 <= exact <= float(found.hi) + 1e-12
    assert found.hi - found.lo < 1e-12 * abs(found.hi) and found.steps == made.total


def test_an_exact_area():
    assert area(schedule("linear", total=10)).lo == Fraction(11, 2)
    assert area(schedule("linear", total=10)).is_exact


# calibration


@settings(max_examples=MANY)
@given(members(), members(), st.sampled_from(["mean", "area", "final", "peak"]))
def test_matched(one, other, what):
    own, goal = measure(one, what), measure(other, what)
    if not own:
        with pytest.raises(ValueError, match="is 0"):
            matched(one, other, what)
    else:
        assert measure(matched(one, other, what), what) == pytest.approx(goal, rel=1e-12)


def test_solved():
    cosine = schedule("cosine", total=100)
    found = solved(schedule("polynomial", total=100, power=2), "power", cosine, "mean", (1, 3))
    assert measure(found, "mean") == pytest.approx(measure(cosine, "mean"), rel=1e-12)
    with pytest.raises(ValueError, match="is not between"):
        solved(schedule("linear", total=100), "final", 5, "mean", (0, 1))
    with pytest.raises(ValueError, match="no parameter finale"):
        solved(schedule("linear", total=100), "finale", 5)
    with pytest.raises(ValueError, match="match one of mean"):
        matched(cosine, cosine, "median")


# lints


@pytest.mark.parametrize(
    ("text", "steps", "codes"),
    [
        ("cosine(total=100, warmup=10, start=0.1)", None, []),
        ("cosine(total=100, warmup=10)", None, ["zero_first_step"]),
        ("cosine(total=100)", 50, ["minimum_never_reached"]),
        ("cosine(total=100)", 150, ["zero_steps", "unfinished"]),
        ("constant(total=100) | warmup(200, start=0.1)", 150, ["long_warmup"]),
        ('formula(total=100, text="eml(-2*u, 1 + u)")', None, ["negative"]),
        ('formula(total=100, text="u*(1 - u)") | warmup(10, start=0.01)', None,
         ["peak_not_after_warmup"]),
        ("constant(total=50) | then(constant(total=50, peak=0.1))", None, ["jump"]),
        ('formula(total=9, text="1/t")', None, ["undefined"]),
        ("exponential(total=100, gamma=0.8)", None, []),
    ],
)  # fmt: skip
def test_lints(text, steps, codes):
    found = lint(read_schedule(text), steps)
    assert sorted(one.code for one in found if one.code != "zero_steps") == sorted(
        code for code in codes if code != "zero_steps"
    )
    assert all(one.message for one in found)


def test_rates_of_groups_that_multiply():
    groups = [{"lr": 1.0}, {"lr": 0.01}]
    found = lint_groups(groups, [schedule("constant", peak=0.1)] * 2)
    assert [one.code for one in found] == ["groups_lost"] and "group 1" in found[0].message
    assert not lint_groups(groups, [schedule("constant")] * 2)


def test_the_decay_that_becomes_negative_is_caught():
    made = schedule("eml_decay", total=100, fast=2, slow=1)
    assert [one.code for one in lint(made)] == ["negative"]
    found = {one.name: one for one in prove_properties(made)}
    assert found["nonnegative"].verdict == "refuted" and found["nonnegative"].point is not None
    safe = {one.name: one for one in prove_properties(made.floor(0))}
    assert safe["nonnegative"].verdict == "proved"
    assert clip(made, 0, 1).trace().min() == 0 and repeat(made, 2).total == 200
