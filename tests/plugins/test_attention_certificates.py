"""Certificates about weights and features: right verdicts, no false proofs."""

from fractions import Fraction

import numpy as np
import pytest
import torch
from hypothesis import given, settings, strategies as st

import emlir
from emlir_attention import concentration_claim, feature_claim, feature_witness
from tests.plugins.attention_cases import FAILING

MANY = settings(max_examples=300)
"""The benchmark asks a thousand false claims."""
NUMBERS = st.fractions(min_value=-3, max_value=3, max_denominator=8)
NORMS = st.sampled_from(["l2", "linf"])


def decided(claim):
    return emlir.prove(claim).verdict


def logs(weights):
    with np.errstate(divide="ignore"):
        return np.log(np.array(weights, dtype=float))


@pytest.mark.parametrize(("kind", "arguments", "right"), FAILING)
def test_what_the_peer_got_wrong(kind, arguments, right):
    def claim():
        if kind == "threshold":
            return feature_claim(*arguments)
        return concentration_claim(logs(arguments[0]), *arguments[1:], share="others")

    if right == "error":
        with pytest.raises(ValueError, match=r"radius|rho|at least one"):
            claim()
    else:
        assert decided(claim()) == right


@MANY
@given(
    plane=st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=3),
    radius=st.fractions(min_value=0, max_value=3, max_denominator=8),
    short=st.fractions(min_value=Fraction(1, 1000), max_value=2),
    norm=NORMS,
)
def test_a_false_threshold_is_never_proved(plane, radius, short, norm):
    direction, at = zip(*plane, strict=True)
    value = sum((w * c for w, c in plane), Fraction(0))
    sizes = [abs(w) for w in direction]
    # the l2 norm rounded down, so that the claim is false
    dual = sum(sizes) if norm == "linf" else root_below(sum(w * w for w in sizes))
    threshold = value + radius * dual - short
    assert decided(feature_claim(direction, threshold, at, radius, norm)) != "proved"
    found = feature_witness(direction, threshold, at, radius, norm)
    assert sum(w * x for w, x in zip(direction, found.point, strict=True)) > threshold


def root_below(value):
    low = Fraction(float(value) ** 0.5)
    while low * low > value:
        low -= Fraction(1, 2**50)
    return low


@MANY
@given(
    weights=st.lists(st.floats(1e-12, 1.0), min_size=2, max_size=4),
    rho=st.sampled_from([0, Fraction(1, 10), 1]),
    short=st.sampled_from([1e-6, 0.01, 0.3]),
    tau=st.sampled_from([Fraction(1, 3), Fraction(9, 10)]),
)
def test_a_false_concentration_is_never_proved(weights, rho, short, tau):
    others = sum(weights[1:])
    share = float(tau / (1 - tau))
    target = others * share * np.exp(2 * float(rho)) * (1 - short)
    row = logs([target, *weights[1:]])
    assert decided(concentration_claim(row, 0, tau, rho)) != "proved"


@settings(max_examples=100)
@given(
    weights=st.lists(st.floats(1e-12, 1.0), min_size=2, max_size=4),
    rho=st.sampled_from([0, Fraction(1, 10)]),
    tau=st.sampled_from([Fraction(1, 3), Fraction(9, 10)]),
)
def test_a_concentration_with_a_margin_is_proved(weights, rho, tau):
    share = float(tau / (1 - tau))
    target = sum(weights[1:]) * share * np.exp(2 * float(rho)) * 1.1
    assert decided(concentration_claim(logs([target, *weights[1:]]), 0, tau, rho)) == "proved"


def test_a_share_of_all_and_one_of_the_others():
    row = logs([0.62, 0.38])
    assert decided(concentration_claim(row, 0, 0.6)) == "proved"
    assert decided(concentration_claim(row, 0, 0.63)) == "refuted"
    assert decided(concentration_claim(row, 0, 0.9, share="others")) == "proved"


def test_weights_that_no_float_can_hold():
    row = torch.tensor([-5000.0, -5003.0, -torch.inf], dtype=torch.float64)
    assert decided(concentration_claim(row, 0, 0.9)) == "proved"
    assert decided(concentration_claim(row, 1, 0.1)) == "refuted"
    assert decided(concentration_claim([0.0, -1e6], 0, 0.999)) == "proved"


def test_sources_that_do_not_count():
    row = logs([0.3, 0.6, 0.1])
    assert decided(concentration_claim(row, 0, 0.5)) == "refuted"
    assert decided(concentration_claim(row, 0, 0.5, exclude=[1])) == "proved"


def test_tensors_are_the_very_doubles():
    direction = torch.tensor([0.1, 0.2], dtype=torch.float64)
    assert decided(feature_claim(direction, 0.3, [1, 1], 0)) == "refuted"
    assert decided(feature_claim(direction, Fraction(0.1) + Fraction(0.2), [1, 1], 0)) == "proved"


def test_logarithms_are_taken_exactly():
    """Numbers that floats cannot tell apart: cut to floats the claim would hold."""
    share = Fraction(1, 2) - Fraction(1, 10**18)
    more = Fraction(8, 10**17)
    for row in ([Fraction(1), 1 + more], ["1", "1.00000000000000008"], [2**53, 2**53 + 1]):
        assert decided(concentration_claim(row, 0, share)) == "refuted"
        assert decided(concentration_claim(row, 1, share)) == "proved"


def test_long_doubles_keep_their_digits():
    more = np.longdouble(1) + np.finfo(np.longdouble).eps
    claim = feature_claim([more], 1, [1], 0)
    assert decided(claim) == "refuted"


def test_rows_that_are_none_are_refused():
    with pytest.raises(TypeError, match="a row of numbers is needed"):
        concentration_claim(torch.tensor(0.0), 0, 0.5)
    with pytest.raises(TypeError, match=r"weights\[0\]: a logarithm"):
        concentration_claim(torch.zeros(2, 2), 0, 0.5)
    with pytest.raises(ValueError, match="of all or of the others"):
        concentration_claim([0.0, 0.0], 0, 0.5, share="some")


BAD = [
    (([float("nan"), 0.0], 0, 0.5), ValueError, r"weights\[0\]"),
    (([float("inf"), 0.0], 0, 0.5), ValueError, r"weights\[0\]"),
    (([0.0, 0.0], 0, 0.5, -1), ValueError, "rho is at least 0"),
    (([0.0, 0.0], 2, 0.5), IndexError, "there is no weight 2"),
    (([0.0, 0.0], 0, 1), ValueError, "tau is between 0 and 1"),
    (([0.0, 0.0], 0, 0), ValueError, "tau is between 0 and 1"),
    (([], 0, 0.5), ValueError, "at least one"),
]


@pytest.mark.parametrize(("arguments", "kind", "message"), BAD)
def test_bad_rows_are_refused(arguments, kind, message):
    with pytest.raises(kind, match=message):
        concentration_claim(*arguments)


@pytest.mark.parametrize("function", [feature_claim, feature_witness])
@pytest.mark.parametrize("radius", [None, [], -1, -1e-300, float("nan"), float("inf")])
def test_balls_without_a_radius_are_refused(function, radius):
    with pytest.raises(ValueError, match="radius"):
        function([1.0], 1.0, [0.0], radius)


def test_other_norms_are_refused():
    with pytest.raises(ValueError, match="l2 or linf"):
        feature_claim([1.0], 1.0, [0.0], 1, "l1")


def test_errors_that_are_left_out_would_be_seen():
    row = logs([0.5, 0.3, 0.1])
    assert decided(concentration_claim(row, 0, 0.5, 0)) == "proved"
    assert decided(concentration_claim(row, 0, 0.5, 0.2)) == "refuted"
