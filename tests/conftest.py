"""Settings that all tests share: the number of Hypothesis examples, and reproducible runs."""

import os

from hypothesis import HealthCheck, settings

EXAMPLES = int(os.environ.get("EMLIR_EXAMPLES", "150"))

settings.register_profile(
    "emlir",
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("emlir")
