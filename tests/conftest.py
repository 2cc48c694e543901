"""What all tests share: Hypothesis settings, and a check of every pass that a test runs."""

import os

import pytest
from hypothesis import HealthCheck, settings

from emlir.rewrite.pipeline import observed
from emlir.testing.preservation import verify_pass

collect_ignore = ["plugins/torch_population_check.py", "benchmarks/gpu_limit.py"]  # need Triton

EXAMPLES = int(os.environ.get("EMLIR_EXAMPLES", "50"))

settings.register_profile(
    "emlir",
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("emlir")


@pytest.fixture(scope="session", autouse=True)
def verified_passes():
    """After every pass of every pipeline in the tests, value and domain are compared by balls."""
    with observed(verify_pass):
        yield
