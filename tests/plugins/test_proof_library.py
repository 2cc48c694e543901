"""Lemmas by name, linear thresholds and concentration: proved, refuted, or refused, and right."""

import json
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, strategies as st

import emlir
from emlir.plugin_api import symbol
from emlir_proof import (
    LEMMAS,
    lemma,
    linear_threshold,
    linear_witness,
    weight_concentration,
)

NAN, INF = float("nan"), float("inf")
NORMS = ("linf", "l1", "l2")
SOLVER_LEMMAS = """multiplicativity ln_multiplicativity ratio_corollary depth3_ln_identity
    relu_depth4_identity exp_minus_y e_interval_tight ln_at_e""".split()


def verdict(claim, box=None):
    return emlir.prove(claim, box).verdict


def decided(claim):
    return verdict(claim)


@pytest.mark.parametrize("name", LEMMAS)
def test_a_lemma_is_proved_and_its_certificate_is_accepted(name):
    proof = lemma(name)
    copy = emlir.Certificate(json.loads(proof.certificate.text))
    assert emlir.check(copy, by="exact").accepted
    assert proof.claim == emlir.Claim.of(LEMMAS[name].claim, LEMMAS[name].box or None)
    assert lemma(name) is proof


@pytest.mark.parametrize("name", sorted({n for n in LEMMAS if "tanh_tangent" not in n}))
def test_a_lemma_rests_on_three_facts_at_most(name):
    assert set(lemma(name).certificate.trusts) <= {"E1", "E2", "E3"}


def test_the_lemmas_of_emltorch_are_there():
    assert list(LEMMAS)[:8] == SOLVER_LEMMAS


def test_another_lemma_is_not_known():
    with pytest.raises(emlir.UnknownNameError, match="no lemma is called 'ratio'; there is am_gm"):
        lemma("ratio")


SHARPER = [
    ("u < v + 1 or exp(u) >= 2.72*exp(v)", LEMMAS["ratio_corollary"].box),
    ("u < v or exp(u) >= 5/2*exp(v)", LEMMAS["ratio_corollary"].box),
    ("2.71828183 <= e", None),
    ("exp(x) > 1 + x", LEMMAS["exp_tangent"].box),
    ("ln(x) <= 0.99*(x - 1)", "x > 0"),
    ("ln(u*v) = ln(u) + ln(v)", "u in [-1, 1], v in [-1, 1]"),
    ("softplus(x) <= max(x, 0) + 0.69", LEMMAS["softplus_below"].box),
    ("sigmoid(x)*(1 - sigmoid(x)) < 1/4", LEMMAS["sigmoid_slope"].box),
    ("y*ln(y/x) > y - x", LEMMAS["gibbs"].box),
    ("-x*ln(x) < 0.3678", "x > 0"),
]


@pytest.mark.parametrize(("claim", "box"), SHARPER)
def test_what_is_sharper_than_a_lemma_is_refuted(claim, box):
    assert verdict(claim, box) == "refuted"


ABOUT_TREES = [  # what solvers say of emltorch 0.2.0's scripts is wrong or missing for these
    ("a tail", "eml(x, 1) - 10 > 0", {"x": (0, 1)}, "refuted"),
    ("a second factor", "(x - y)*x < 3.5", {"x": (2, 3), "y": (0, 1)}, "refuted"),
    ("a sum of two", "eml(x, 1) + eml(x, 1) > 1.9", {"x": (0, 1)}, "proved"),
    ("an exponent", "1e-05 + 1.0*eml(x, 1) > 0.9", {"x": (-5, 1)}, "refuted"),
    ("a power", "x^2 < 0", {"x": (-2, -1)}, "refuted"),
    ("20 decimals", "0.00000000000000000001*eml(x, 1) <= 0", {"x": (49, 50)}, "refuted"),
    ("a number in brackets", "eml((x - 1), 1) > 0", {"x": (0, 1)}, "proved"),
    ("a reserved name", "eml(exp_L_1, 1) > 0", {"exp_L_1": (0, 1)}, "proved"),
    ("another one", "eml(Exp, 1) > 0", {"Exp": (0, 1)}, "proved"),
    ("a logarithm", "eml(eml(1, eml(eml(1, x), 1)), 1) > 0", {"x": (-2, -1)}, "refuted"),
    ("its edge", "eml(1, x) < 100", {"x": (-1, 1)}, "refuted"),
    ("close to its edge", "eml(1, x) > 2", {"x": ("1e-10", 1)}, "proved"),
    ("exp itself", "exp(x) > 0", {"x": (-1, 1)}, "proved"),
    ("e", "eml(x, e) >= -1", {"x": (-1, 1)}, "proved"),
    ("a sign", "-x > 0.5", {"x": (1, 2)}, "refuted"),
    ("overflow", "eml(x, 1) > 0", {"x": (0, 800)}, "proved"),
    ("an equation", "eml(1, eml(x, 1)) = e", {"x": (0, 0)}, "proved"),
    ("its negation", "eml(1, eml(x, 1)) != e", {"x": (0, 0)}, "refuted"),
    ("14 digits", "eml(x, 1) <= 2.6881171418161e43", {"x": (100, 100)}, "refuted"),
    ("14 digits, up", "eml(x, 1) <= 2.6881171418162e43", {"x": (100, 100)}, "proved"),
    ("a sum in brackets", "(x + 5) >= 5", {"x": (0, 1)}, "proved"),
    ("softmax", "p*(1 - p + q) <= 1/2 or p + q > 1 or p < q", {"p": (0, 1), "q": (0, 1)}, "proved"),
]  # fmt: skip


@pytest.mark.parametrize(("claim", "box", "right"), [row[1:] for row in ABOUT_TREES])
def test_trees_that_solvers_were_asked_wrongly(claim, box, right):
    assert verdict(claim, box) == right


@pytest.mark.parametrize("x", [(1, 0), (NAN, 1)])
def test_a_box_with_its_ends_reversed_and_nan_are_errors(x):
    with pytest.raises(ValueError, match=r"reversed|nan"):
        emlir.prove("eml(x, 1) < -5", {"x": x})


def test_no_name_can_put_a_command_into_a_script():
    name = symbol("f\n(assert false)")
    script = emlir.emit(emlir.gt(name, emlir.const(0)), "smtlib2")
    assert not [line for line in script.splitlines() if line.startswith("(assert false)")]
    assert emlir.parse(script, "smtlib2") is emlir.gt(name, emlir.const(0))


LINEAR = [
    (([1, 2], 6, [1, 1], 1), "linf", "proved"),
    (([1, 2], 6, [1, 1], "1.0000001"), "linf", "refuted"),
    (([1, 2], 5, [1, 1], 1), "l1", "proved"),
    (([1, 2], "4.999", [1, 1], 1), "l1", "refuted"),
    (([3, -4], 5, [0, 0], 1), "l2", "proved"),
    (([3, -4], "4.9999999", [0, 0], 1), "l2", "refuted"),
    (([1, 1], "1.4142135623730951", [0, 0], 1), "l2", "proved"),
    (([1, 1], "1.414213562373095", [0, 0], 1), "l2", "refuted"),
    (([1e16, 1, -1e16], 0.5, [1, 1, 1], 0), "linf", "refuted"),
    (([1e-20], 1e-20, [0], 2), "linf", "refuted"),
    (([0, 0], 0, [5, 5], 9), "l2", "proved"),
]


@pytest.mark.parametrize(("plane", "norm", "right"), LINEAR)
def test_linear_thresholds(plane, norm, right):
    assert decided(linear_threshold(*plane, norm)) == right
    found = linear_witness(*plane, norm)
    assert (found is None) == (right == "proved")
    assert found is None or length(found.offset, norm) <= Fraction(plane[3]) ** 2


def length(offset, norm):
    if norm == "l2":
        return sum(d * d for d in offset)
    return (max if norm == "linf" else sum)(map(abs, offset)) ** 2


NUMBERS = st.fractions(min_value=-3, max_value=3, max_denominator=8)


@given(
    vectors=st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=4),
    threshold=NUMBERS,
    radius=st.fractions(min_value=0, max_value=3, max_denominator=8),
    norm=st.sampled_from(NORMS),
)
def test_a_witness_is_there_exactly_where_the_largest_value_passes(
    vectors, threshold, radius, norm
):
    weights, center = zip(*vectors, strict=True)
    found = linear_witness(weights, threshold, center, radius, norm)
    value = sum(w * c for w, c in vectors)
    sizes = [abs(w) for w in weights]
    dual = {"linf": sum(sizes) ** 2, "l1": max(sizes) ** 2, "l2": sum(w * w for w in sizes)}[norm]
    margin = threshold - value
    assert (found is not None) == (margin < 0 or margin**2 < radius**2 * dual)
    if found is not None:
        assert sum(w * x for w, x in zip(weights, found.point, strict=True)) == found.value
        assert found.value > threshold
        assert [p - c for p, c in zip(found.point, center, strict=True)] == list(found.offset)
        assert length(found.offset, norm) <= radius**2


@given(
    vectors=st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=3),
    threshold=NUMBERS,
    norm=st.sampled_from(NORMS),
)
def test_a_witness_is_hardly_farther_than_it_must_be(vectors, threshold, norm):
    weights, center = zip(*vectors, strict=True)
    found = linear_witness(weights, threshold, center, norm=norm)
    if found is None:
        assert not any(weights)
        return
    distance = emlir.evaluate(found.distance, {})
    assert float(length(found.offset, norm)) ** 0.5 == pytest.approx(distance, rel=2e-6, abs=2e-5)


@pytest.mark.parametrize("norm", NORMS)
def test_the_claim_and_the_witness_agree(norm):
    for radius in ("0.4", "0.6", "0.8", 1):
        plane = ([1, -2, "0.5"], "1.3", ["0.1", 0, "-0.3"], radius, norm)
        expected = "proved" if linear_witness(*plane) is None else "refuted"
        assert decided(linear_threshold(*plane)) == expected


def test_the_distance_is_exact():
    assert linear_witness([1, 2], 6, [1, 1]).distance is emlir.const(1)
    assert linear_witness([1, 2], 6, [1, 1], norm="l1").distance is emlir.const(Fraction(3, 2))
    assert str(linear_witness([1, 2], 6, [1, 1], norm="l2").distance) == "3/sqrt(5)"


def test_a_center_that_passes_the_threshold_is_its_own_witness():
    found = linear_witness([1, 2], 2, [1, 1], 0)
    assert found.point == (1, 1) and found.offset == (0, 0) and found.distance is emlir.const(0)


def test_a_float_is_its_decimal_or_with_dyadic_the_double():
    plane = (np.array([0.1, 0.2]), 0.3, [1, 1], 0)
    assert decided(linear_threshold(*plane)) == "proved"
    assert decided(linear_threshold(*plane, dyadic=True)) == "refuted"
    assert linear_witness(*plane) is None
    assert linear_witness(*plane, dyadic=True).value > Fraction(0.3)


BAD_PLANES = [
    (([1, 2], 1.0, [1, 1], -1.0), "linf", ValueError, "the radius is at least 0, not -1.0"),
    (([1, 2], NAN, [1, 1], 1), "linf", ValueError, "the threshold: "),
    (([1, 2], 1, [1, 1], INF), "l2", ValueError, "the radius: "),
    (([1, NAN], 1, [1, 1], 1), "l2", ValueError, r"weights\[1\]: "),
    (([1, 2], 1, [1], 1), "l1", ValueError, "there are 2 weights, and the center has 1 entries"),
    (([], 1, [], 1), "l1", ValueError, "weights: at least one number"),
    (([[1, 2]], 1, [1], 1), "l1", TypeError, r"weights\[0\]: "),
    ((3, 1, [1], 1), "l1", TypeError, "weights: a list of numbers is needed, not 3"),
    (([1], 1, "1", 1), "l1", TypeError, "center: a list of numbers is needed, not '1'"),
    (([1], 1, [1], 1), "l3", ValueError, "the norm is one of linf, l1, l2, not 'l3'"),
]


@pytest.mark.parametrize(("plane", "norm", "kind", "message"), BAD_PLANES)
@pytest.mark.parametrize("function", [linear_threshold, linear_witness])
def test_bad_planes_are_refused(function, plane, norm, kind, message):
    with pytest.raises(kind, match=message):
        function(*plane, norm)


CONCENTRATED = [
    (([0.9, 0.06, 0.04], 0, 0.5, 0.1), "proved"),
    (([0.9, 0.06, 0.04], 0, 0.5, 2), "refuted"),
    (([0.9, 0.6, 0.04], 0, 0.5, 0.1, [1]), "proved"),
    (([6e-19, 4e-19, 4e-19, 4e-19, 4e-19], 0, 0.9, 0.0), "refuted"),
    (([6e-19, 4e-19, 2e-19], 0, 0.9, 0.0), "proved"),
    (([6, 4, 8], 0, "0.5", 0), "refuted"),  # equal
    (([0.5, 0.5], 0, 0.5, 800), "refuted"),
    (([1], 0, 0.5, 800), "proved"),
    (([0, 0], 0, 0.5, 0), "refuted"),
]


@pytest.mark.parametrize(("arguments", "right"), CONCENTRATED)
def test_concentration_of_weights(arguments, right):
    assert decided(weight_concentration(*arguments)) == right


@given(
    weights=st.lists(st.integers(min_value=0, max_value=9), min_size=1, max_size=4),
    tau=st.sampled_from([Fraction(1, 3), Fraction(1, 2), Fraction(9, 10)]),
    errors=st.lists(st.integers(min_value=-1, max_value=1), min_size=4, max_size=4),
)
def test_a_proved_concentration_holds_for_weights_within_the_error(weights, tau, errors):
    if decided(weight_concentration(weights, 0, tau, "0.1")) == "proved":
        true = [w * np.exp(0.1 * error) for w, error in zip(weights, errors, strict=False)]
        assert true[0] > float(tau) * sum(true[1:])


BAD_WEIGHTS = [
    (([NAN, 1], 0, 0.5, 0), ValueError, r"weights\[0\]: "),
    (([1, -1], 0, 0.5, 0), ValueError, r"weights\[1\]: a weight is at least 0"),
    (([1, 1], 2, 0.5, 0), IndexError, "there is no weight 2: places are 0 to 1"),
    (([1, 1], 0, 0.5, 0, [-1]), IndexError, "there is no weight -1"),
    (([1, 1], 0, 1, 0), ValueError, "tau is between 0 and 1, not 1"),
    (([1, 1], 0, NAN, 0), ValueError, "tau: "),
    (([1, 1], 0, 0.5, -1), ValueError, "rho is at least 0, not -1"),
    (([], 0, 0.5, 0), ValueError, "weights: at least one number"),
]


@pytest.mark.parametrize(("arguments", "kind", "message"), BAD_WEIGHTS)
def test_bad_weights_are_refused(arguments, kind, message):
    with pytest.raises(kind, match=message):
        weight_concentration(*arguments)
