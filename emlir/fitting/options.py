"""The rarer options of a fit, and the problem that they and the data make."""

from collections.abc import Callable, Mapping
from operator import index
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

from emlir.errors import DataError
from emlir.fitting.dimensions import read_unit, read_units
from emlir.fitting.inputs import read_weights
from emlir.fitting.problem import NOISES, Budget, NoiseName, Problem, SizeLimits
from emlir.fitting.record import Member

if TYPE_CHECKING:
    from concurrent.futures import Executor

    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


class FitOptions(TypedDict, total=False):
    """Options that :func:`emlir.fit` takes by name.

    ``sample_weight``: n numbers, not below 0: how much each row counts beside the others; those
    of weight 0 are not looked at. ``units``: for
    variables their units, such as ``{"v": "m/s"}``, and ``y_unit`` that of y. ``max_size``,
    ``depth``: the most nodes and levels that a formula may have. ``device``: a torch device,
    such as ``cuda``, for populations. ``executor``: for independent work, in processes or on
    other machines; the formula is the same as without. What a strategy does with units, device
    and executor is up to it: with the units of all variables and of y, ``exact`` looks for laws
    in dimensionless products first; ``evolution`` and ``gradient`` run on the device.
    ``y_name``: what y is called in reports; a series has a name of its own. ``on_front``: called
    with the Pareto front whenever it changes. ``resume``: a file that keeps what was found; a fit
    of the same data with the same options starts from it, so that its result is never worse.
    """

    sample_weight: Any
    units: Mapping[str, str] | None
    y_unit: str | None
    max_size: int | None
    depth: int | None
    device: str | None
    executor: "Executor | None"
    y_name: str | None
    on_front: Callable[[tuple[Member, ...]], None] | None
    resume: str | Path | None


PLAIN = ("units", "y_unit", "max_size", "depth", "device", "y_name", "resume")
"""Options that are text and numbers, so that a report can show them."""


def plain_options(options: FitOptions) -> dict[str, Any]:
    """Return those of the options that a report can show."""
    given = {name: options.get(name) for name in PLAIN}
    return {
        name: str(value) if isinstance(value, Path) else value
        for name, value in given.items()
        if value is not None
    }


def target_name(y: Any, names: tuple[str, ...], options: FitOptions) -> str:
    """Return what y is called: as the options say, or the series, or ``y``."""
    own = getattr(y, "name", None)
    name = options.get("y_name") or (own if isinstance(own, str) else None) or "y"
    return "target" if name == "y" and "y" in names else name


def make_problem(
    columns: "dict[str, Array]",
    y: "Array",
    noise: str,
    seed: int,
    budget: Budget,
    options: FitOptions,
) -> Problem:
    """Check the options and put all together."""
    unknown = sorted(set(options) - set(FitOptions.__annotations__))
    if unknown:
        raise TypeError(f"fit has no option {unknown[0]!r}; see emlir.FitOptions")
    limits = SizeLimits(options.get("max_size"), options.get("depth"))
    for what, limit in (("max_size", limits.max_size), ("depth", limits.depth)):
        if limit is not None and limit < 1:
            raise ValueError(f"{what} must be at least 1, not {limit}")
    if index(seed) < 0:
        raise ValueError(f"the seed must not be below 0, but is {seed}")
    y_unit = options.get("y_unit")
    weights = read_weights(options.get("sample_weight"), y.size)
    return Problem(
        columns=columns,
        y=y,
        noises=_noises(noise, y if weights is None else y[weights > 0]),
        seed=index(seed),
        budget=budget,
        weights=weights,
        limits=limits,
        units=read_units(options.get("units"), tuple(columns)),
        y_unit=None if y_unit is None else read_unit(y_unit),
        device=options.get("device"),
        executor=options.get("executor"),
    )


def _noises(noise: str, y: "Array") -> tuple[NoiseName, ...]:
    one_sign = bool((y > 0).all() or (y < 0).all())
    if noise == "auto":
        return NOISES if one_sign else ("additive",)
    for name in NOISES:
        if name == noise:
            if name == "multiplicative" and not one_sign:
                raise DataError("multiplicative noise needs y of one sign and without zeros")
            return (name,)
    raise ValueError(f"there is no noise model {noise!r}; there is auto, {', '.join(NOISES)}")
