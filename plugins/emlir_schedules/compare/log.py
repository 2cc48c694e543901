"""The lines of the log.

A line for each step, then two for each run::

    schedule=NAME step=K train_loss=X val_loss=Y lr=Z seed=S
    schedule=NAME seed=S lr_trace_start=... lr_trace_end=... peak=... final=... mean=...
    schedule=NAME seed=S initial_val_loss=... best_val_loss=... final_val_loss=... ...

Names are written without white space, numbers so that they read back as the same floats.
"""

from collections.abc import Iterator
from dataclasses import asdict

from emlir_schedules.compare.records import Run, Step


def step_line(name: str, seed: int, step: Step) -> str:
    """Return the line of a step."""
    return f"{_name(name)} {_pairs(asdict(step))} seed={seed}"


def run_lines(run: Run) -> Iterator[str]:
    """Yield the lines that end a run."""
    head = f"{_name(run.schedule)} seed={run.seed}"
    yield f"{head} {_pairs(asdict(run.trace))}"
    losses = {
        f"{part}_{kind}_loss": value
        for kind, record in (("val", run.validation), ("train", run.train))
        for part, value in asdict(record).items()
    }
    yield f"{head} {_pairs(losses)} diverged={'yes' if run.diverged else 'no'}"


def _name(name: str) -> str:
    return f"schedule={''.join(name.split())}"


def _pairs(values: dict[str, float]) -> str:
    return " ".join(f"{name}={value!r}" for name, value in values.items())
