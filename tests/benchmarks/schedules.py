"""What a step of a schedule costs, and a proof: ``python -m tests.benchmarks.schedules``.

A step stands beside one of torch's LambdaLR with a closure, in the same run.
"""

import statistics
import time
import warnings

import torch

from emlir_schedules import ExpressionLR, prove_properties
from tests.plugins.schedule_strategies import EXAMPLES, examples

STEPS, GROUPS, BAR = 20_000, 10, 20.0


def microseconds(make) -> float:
    """The time of a step with ten groups of parameters, the least of five."""
    groups = [{"params": [torch.zeros(1, requires_grad=True)]} for _ in range(GROUPS)]
    times = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        scheduler = make(torch.optim.SGD(groups, lr=0.1))
        for _ in range(5):
            start = time.perf_counter()
            for _ in range(STEPS):
                scheduler.step()
            times.append(time.perf_counter() - start)
    return min(times) / STEPS * 1e6


def main() -> None:
    closure = microseconds(
        lambda o: torch.optim.lr_scheduler.LambdaLR(o, lambda t: min(1.0, t / 100))
    )
    print(f"a step of {GROUPS} groups, LambdaLR with a closure: {closure:.1f} us")
    for name, made in examples().items():
        ours = microseconds(lambda o, made=made: ExpressionLR(o, made))
        print(
            f"{name:22} {ours:5.1f} us (bar {BAR:g}), {ours / closure:.2f} x LambdaLR", flush=True
        )

    found = [one for text in EXAMPLES for one in prove_properties(examples()[text])]
    times = [one.seconds for one in found]
    unknown = sum(one.verdict == "unknown" for one in found)
    print(
        f"{len(found)} claims, {unknown} unknown; "
        f"median {statistics.median(times):.3f} s, longest {max(times):.2f} s"
    )


if __name__ == "__main__":
    main()
