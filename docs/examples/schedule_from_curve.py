"""From recorded learning rates to a formula: search, EML, proof, and training with it.

    python docs/examples/schedule_from_curve.py

The curve is one that a run left behind: here the rates that a training loop with a gamma-shaped
schedule really used, written down step by step. Any list of rates will do.
"""

import math

import emlir
from emlir_schedules import fit_schedule, prove_properties

STEPS, PEAK = 200, 20


def recorded() -> list[float]:
    """The rates that a run used, one for each step."""
    return [step / PEAK * math.exp(1 - step / PEAK) for step in range(STEPS)]


def main() -> None:
    found = fit_schedule(recorded(), time_limit=20)
    print(f"found: {found.schedule}")
    print(f"  largest gap to the {STEPS} recorded rates: {found.largest_gap:.1g}")

    tree = emlir.lower(found.schedule.expression, assume={"t": (1, STEPS)})
    print(f"  as a tree of eml and 1: K = {tree.tree_size}")

    for one in prove_properties(found.schedule):
        print(f"  {one.verdict:8} {one.name:12} {one.statement}")

    train_with(found.schedule)


def train_with(schedule) -> None:  # type: ignore[no-untyped-def]
    """Train two weights with it, where torch is installed."""
    try:
        import torch
    except ImportError:
        print("training needs torch: pip install 'emlir[torch]'")
        return
    from emlir_schedules import ExpressionLR

    weights = torch.tensor([3.0, -2.0], requires_grad=True)
    optimizer = torch.optim.SGD([weights], lr=0.1)
    rates = ExpressionLR(optimizer, schedule)
    for _ in range(STEPS):
        loss = (weights**2).sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        rates.step()
    print(f"  after {STEPS} steps of gradient descent with it the loss is {loss.item():.2g}")


if __name__ == "__main__":
    main()
