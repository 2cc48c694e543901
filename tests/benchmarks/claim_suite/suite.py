"""All hundred claims."""

from tests.benchmarks.claim_suite.by_hand import BY_HAND
from tests.benchmarks.claim_suite.case import ClaimCase
from tests.benchmarks.claim_suite.generated import generated


def claims() -> tuple[ClaimCase, ...]:
    """Return the claims, those written by hand first."""
    return BY_HAND + generated()
