"""Wide numbers: every operation encloses the true value, far beyond floats too."""

import numpy as np
import pytest
from flint import acb, arb, ctx
from hypothesis import given, settings, strategies as st

from emlir_minimal import wide, wide_exp, wide_sub
from emlir_minimal.wide import BAD, FIN, LOG, LOST, NINF, PINF, ZERO, finite, tower


def log_of(x):
    """The logarithm of a FIN or LOG number as a ball of 400 bits."""
    m = acb(complex(x.m[0]).real, complex(x.m[0]).imag)
    wide_ball = acb(arb(0, float(x.r[0])), arb(0, float(x.r[0])))
    return (m + wide_ball).log() if x.kind[0] == FIN else m + wide_ball


def exp_chain(value, count):
    x = finite(value)
    for _ in range(count):
        x = wide_exp.exp(x)
    return x


REALS = st.floats(-40, 40).filter(lambda v: abs(v) > 1e-6)


@settings(max_examples=150, deadline=None)
@given(a=REALS, b=REALS, c=REALS)
def test_values_lie_within_their_radii(a, b, c):
    """exp(a) - ln|b| + exp(c) against Arb."""
    with np.errstate(all="ignore"), ctx.workprec(400):
        logs, _ = wide_exp.ln(finite(abs(b)), plane=True, infinities=True)
        first = wide_sub.sub(wide_exp.exp(finite(a)), logs)
        second = wide_sub.sub(first, wide_sub.negative(wide_exp.exp(finite(c))))
        exact = arb(a).exp() - arb(abs(b)).log() + arb(c).exp()
        assert second.kind[0] == FIN
        gap = abs(exact - arb(float(second.m[0].real)))
        assert gap <= arb(float(second.r[0]))


@settings(max_examples=100, deadline=None)
@given(a=st.floats(301, 700), b=st.floats(-700, 700))
def test_differences_of_logarithms(a, b):
    with np.errstate(all="ignore"), ctx.workprec(2400):
        x, y = (wide_exp.exp(finite(v)) for v in (a, b))
        difference = wide_sub.sub(x, y)
        if difference.kind[0] == LOST:
            assert abs(a - b) < 1e-9
            return
        exact = abs(arb(a).exp() - arb(b).exp()).log()
        found = log_of(difference).real
        assert abs(exact - found.mid()) <= arb(float(difference.r[0])) + arb(2) ** -30


def test_ln_undoes_exp_at_every_height():
    with np.errstate(all="ignore"):
        for count in range(8):
            x = exp_chain(1.2, count)
            for _ in range(count):
                x, _ = wide_exp.ln(x, plane=True, infinities=True)
            assert x.kind[0] == FIN
            assert abs(x.m[0] - 1.2) <= x.r[0] + 1e-15


def test_one_over_a_tower():
    with np.errstate(all="ignore"):
        huge = exp_chain(1.2, 6)
        tiny = wide_exp.exp(wide_sub.negative(huge))
        assert tiny.towers[0] and tiny.inverse[0]
        again, _ = wide_exp.ln(tiny, plane=True, infinities=True)
        assert again.sign[0] == -1
        one = wide_exp.exp(tiny)
        assert one.m[0] == 1 and 0 < one.r[0] <= wide.SPECK


@pytest.mark.parametrize(
    ("x", "kind"), [(ZERO, NINF), (PINF, PINF), (NINF, BAD), (LOST, LOST), (BAD, BAD)]
)
def test_corners_of_ln(x, kind):
    with np.errstate(all="ignore"):
        found, _ = wide_exp.ln(wide.empty(1, x), plane=True, infinities=True)
    assert found.kind[0] == kind


def test_semantics_of_ln():
    with np.errstate(all="ignore"):
        for plane, infinities, value, kind in [
            (False, True, -1.0, BAD),
            (True, True, -1.0, FIN),
            (True, False, 0.0, BAD),
            (False, True, 0.0, NINF),
        ]:
            found, _ = wide_exp.ln(finite(value), plane=plane, infinities=infinities)
            assert found.kind[0] == kind


def test_corners_of_sub():
    kinds = {"inf": PINF, "-inf": NINF, "1": FIN, "?": LOST}
    rows = [("inf", "inf", BAD), ("inf", "-inf", PINF), ("1", "inf", NINF), ("-inf", "1", NINF)]
    rows += [("?", "1", LOST), ("inf", "?", LOST)]
    for left, right, wanted in rows:
        pair = [finite(1.0) if k == "1" else wide.empty(1, kinds[k]) for k in (left, right)]
        with np.errstate(all="ignore"):
            assert wide_sub.sub(*pair).kind[0] == wanted, (left, right)


def test_a_number_near_the_cut_has_two_logarithms():
    near = finite(-2 + 1e-17j, 1e-16, real=False)
    exact = finite(-2.0)
    with np.errstate(all="ignore"):
        assert wide_exp.ln(near, plane=True, infinities=True)[1][0]
        value, twice = wide_exp.ln(exact, plane=True, infinities=True)
    assert not twice[0]
    assert value.m[0].imag == pytest.approx(np.pi)


def test_what_may_be_zero_has_no_logarithm():
    doubtful = finite(1e-17, 1e-16)
    with np.errstate(all="ignore"):
        assert wide_exp.ln(doubtful, plane=True, infinities=True)[0].kind[0] == LOST


def test_equal_towers_are_lost_and_others_absorb():
    with np.errstate(all="ignore"):
        high, low = exp_chain(1.3, 5), exp_chain(1.2, 5)
        assert wide_sub.sub(high, high).kind[0] == LOST
        assert wide_sub.sub(high, low).kind[0] == high.kind[0]
        assert wide_sub.sub(low, high).sign[0] == -1
        logs = wide_exp.exp(finite(500.0))
        assert wide_sub.sub(high, logs).m[0] == high.m[0]
        assert logs.kind[0] == LOG


def test_towers_too_high_are_lost():
    assert tower(40, 1, False, 1.0, 0.0, True).kind == LOST
