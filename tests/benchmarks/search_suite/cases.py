"""What is run: every target, and measured data."""

from collections.abc import Mapping

from tests.benchmarks.search_suite.case import Array, Case, Judgement
from tests.benchmarks.search_suite.judge import is_exact, r_squared
from tests.benchmarks.search_suite.measured import measured
from tests.benchmarks.search_suite.targets import Target, targets

TRAIN, TEST = 256, 1000


def from_target(target: Target, seed: int) -> Case:
    """Draw data of a target: 256 rows for training, 1000 to test in and 1000 out of the box."""
    x = target.inside(TRAIN, seed)
    points = {"test": target.inside(TEST, seed + 1), "outside": target.outside(TEST, seed + 2)}
    truth = {name: target.values(drawn) for name, drawn in points.items()}

    def judge(predictions: Mapping[str, Array]) -> Judgement:
        inside = (predictions["test"], truth["test"])
        outside = (predictions["outside"], truth["outside"])
        return Judgement(is_exact(inside, outside), r_squared(*inside), r_squared(*outside))

    return Case(target.group, target.name, target.names, x, target.values(x), points, judge)


def cases(seed: int) -> list[Case]:
    """Return every case; those of scikit-learn's data only where it is installed."""
    return [*(from_target(target, seed) for target in targets()), *measured()]
