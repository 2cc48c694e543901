"""What the tail of a residual curve says: its slope, whether it repeats, and the verdict."""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Verdict = Literal["converged", "slow", "limit_cycle", "divergent", "undecided"]

FEWEST = 32
"""Points below which a tail says nothing."""
REPEATS = 0.8
"""The autocorrelation from which a tail counts as periodic."""
CONSTANT = 1e-3
"""The deviation of log |F| below which a tail counts as constant."""
MUCH = math.log(10)
"""The change of log |F| over a tail that a true slope must exceed to count as growth."""


@dataclass(frozen=True)
class Tail:
    """The second half of a curve log |F|: slope per step with its error, period, deviation.

    ``period`` is None if the tail doesn't repeat, 0 if it is constant about its slope.
    """

    steps: int
    slope: float
    error: float
    deviation: float
    period: int | None
    correlation: float

    @property
    def repeats(self) -> bool:
        return self.period is not None


def tail_of(forces: NDArray[np.float64]) -> Tail | None:
    """Describe the second half of a curve of |F|; None where it is too short."""
    values = forces[len(forces) // 2 :]
    if len(values) < FEWEST or not np.all(np.isfinite(values)) or np.any(values <= 0):
        return None
    steps = np.arange(len(values)) - (len(values) - 1) / 2
    logs = np.log(values)
    slope = float(steps @ logs / (steps @ steps))
    rest = logs - logs.mean() - slope * steps
    deviation = float(rest.std())
    # A part period at the ends tilts a line by up to about the deviation over the length.
    error = 4 * deviation / len(values)
    correlation, period = _period(rest) if deviation > CONSTANT else (1.0, 0)
    return Tail(
        len(values),
        slope,
        error,
        deviation,
        period if correlation >= REPEATS else None,
        correlation,
    )


def _period(rest: NDArray[np.float64]) -> tuple[float, int]:
    """The autocorrelation at its first peak after it has been negative, and that lag."""
    n = len(rest)
    spectrum = np.fft.rfft(rest, 2 * n)
    sums = np.fft.irfft(np.abs(spectrum) ** 2)[: n // 2]
    curve = sums / sums[0] * n / (n - np.arange(n // 2))
    below = np.flatnonzero(curve < 0)
    if not len(below):
        return 0.0, 0
    lag = int(below[0] + np.argmax(curve[below[0] :]))
    return float(curve[lag]), lag


def judge(tail: Tail | None, log_rho: float | None) -> tuple[Verdict, str]:
    """Return the verdict on a run that ended without convergence or escape, and why.

    ``log_rho`` is the logarithm of the spectral radius of the map at the corrected
    equilibrium; a curve alone cannot tell a cycle from slow decay.
    """
    if tail is None:
        return "undecided", "the curve is too short"
    if tail.slope + tail.error < 0 and -tail.slope * tail.steps > MUCH / 4:
        if log_rho is not None and log_rho > 0:
            return "undecided", "the residual falls, but the equilibrium found repels"
        return "slow", f"the residual falls by a factor {math.exp(tail.slope):.9g} a step"
    if tail.slope * tail.steps > MUCH and tail.slope > tail.error:
        if log_rho is not None and log_rho > 0:
            return "divergent", "the residual grows, and the equilibrium repels"
        return "undecided", "the residual grows, and no equilibrium explains it"
    return _flat(tail, log_rho)


def _flat(tail: Tail, log_rho: float | None) -> tuple[Verdict, str]:
    if log_rho is None:
        return "undecided", "the curve is flat, and no equilibrium was found to compare with"
    if log_rho > 0 and tail.repeats:
        return "limit_cycle", "the residual stays, and the equilibrium repels"
    if log_rho > 0:
        return "undecided", "the equilibrium repels, and the residual doesn't repeat"
    if log_rho <= 0 and abs(tail.slope - log_rho) <= tail.error + 0.5 * abs(log_rho):
        return "slow", f"the curve looks flat, but log rho = {log_rho:.3g} explains it"
    if tail.repeats:
        return "limit_cycle", "a cycle beside an equilibrium that attracts"
    return "undecided", "the residual stays, though the equilibrium attracts"
