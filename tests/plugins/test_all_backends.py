"""All float backends agree with balls on the same random programs, at 64 points each."""

import pytest
from hypothesis import given, settings, strategies as st

from emlir.testing import check_agreement, columns, eml_trees, expressions
from tests.conftest import EXAMPLES
from tests.test_agreement import KINDS

torch = pytest.importorskip("torch")

BACKENDS = ("numpy", "native", "torch")


@pytest.fixture(autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.mark.slow
@pytest.mark.parametrize(("semantics", "dtype"), KINDS)
@settings(max_examples=max(EXAMPLES, 1_000))
@given(data=st.data())
def test_all_backends_agree_at_many_points(semantics, dtype, data):
    expr = data.draw(st.one_of(expressions(), eml_trees()))
    points = data.draw(columns(("x", "y"), semantics, 64))
    for backend in BACKENDS:
        check_agreement(expr, points, semantics=semantics, backend=backend, dtype=dtype)
