"""eml_log: the paper's tree of the logarithm, in torch, against torch.log."""

import math

import pytest
import torch
from hypothesis import example, given, settings, strategies as st

import emlir
from emlir_schedules.eml_log import eml_log
from tests.amounts import MANY

TREE = "eml(1, eml(eml(1, x), 1))"
LEAST = {torch.float64: 8.5e-308, torch.float32: 4.5e-38}
"""From here on the inner exponential does not overflow."""
MOST = {dtype: torch.finfo(dtype).max for dtype in LEAST}


def positive(dtype):
    """Numbers of all magnitudes, and many near 1."""
    width = torch.finfo(dtype).bits
    least, most = (torch.tensor(end, dtype=dtype).item() for end in (LEAST[dtype], MOST[dtype]))
    spread = st.floats(math.log(least), math.log(most) - 1e-3).map(
        lambda power: torch.tensor(math.exp(power), dtype=dtype).item()
    )
    anywhere = st.floats(least, most, width=width)
    return (spread | anywhere | st.floats(0.5, 2, width=width)).filter(lambda x: least <= x <= most)


def both(x, dtype):
    here = torch.tensor(x, dtype=dtype)
    return eml_log(here).item(), torch.log(here).item()


@settings(max_examples=MANY)
@given(positive(torch.float64))
@example(LEAST[torch.float64])
@example(MOST[torch.float64])
@example(1.0)
@example(math.e)
def test_it_is_the_logarithm(x):
    found, log = both(x, torch.float64)
    assert abs(found - log) <= 2 * torch.finfo(torch.float64).eps * (math.e + abs(log))
    if abs(log) >= 0.002:
        assert found == pytest.approx(log, rel=1e-12, abs=0)


@settings(max_examples=MANY)
@given(positive(torch.float32))
def test_it_is_the_logarithm_in_single_precision(x):
    found, log = both(x, torch.float32)
    assert abs(found - log) <= 2 * torch.finfo(torch.float32).eps * (math.e + abs(log))


@settings(max_examples=MANY)
@given(positive(torch.float64))
def test_its_gradient_is_the_inverse(x):
    here = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    (slope,) = torch.autograd.grad(eml_log(here), here)
    assert slope.item() * x == pytest.approx(1, rel=8 * torch.finfo(torch.float64).eps, abs=0)


def test_its_gradient_by_differences():
    here = torch.linspace(0.1, 10, 20, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(eml_log, here)


def test_it_is_the_tree():
    x = torch.logspace(-300, 300, 101, dtype=torch.float64)
    by_tree = emlir.evaluate(emlir.parse(TREE, "eml"), {"x": x.numpy()})
    assert eml_log(x).numpy() == pytest.approx(by_tree, rel=1e-12)


def test_where_there_is_no_logarithm():
    x = torch.tensor([0.0, math.inf, -1.0, math.nan], dtype=torch.float64)
    assert torch.equal(eml_log(x)[:2], torch.log(x)[:2])
    assert eml_log(x)[2:].isnan().all()


def test_below_its_range_the_inner_exponential_overflows():
    assert eml_log(torch.tensor(8e-308, dtype=torch.float64)) == -math.inf


def test_whole_numbers():
    assert torch.allclose(eml_log(torch.tensor([1, 2, 30])), torch.log(torch.tensor([1, 2, 30])))
