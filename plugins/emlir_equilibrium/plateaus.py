"""Why a training run stands still: classes of plateaus, from its log alone.

The classes and what they look like are those of a published campaign (TinyStories, 512 channels, EP
2.4037 against backpropagation 1.6953); thresholds are named below and stand between its good and
bad figures.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Any, Literal

from emlir_equilibrium.logs import Log, read_log
from emlir_equilibrium.pictures import Picture, bars
from emlir_equilibrium.report import Report, Status
from emlir_equilibrium.steadiness import Bad, at_the_end, goes_back, mixed

PlateauClass = Literal["healthy", "invalid", "over_contracted", "controller_fight", "undecided"]

RES_INVALID = 1e-2
"""A residual as in the campaign's warm-up (1.5e-2) and in its broken runs (7e-2)."""
RES_TARGET = 1.5e-3
"""What the published controller aims at."""
RES_TINY = RES_TARGET / 10
SKIP_HIGH, SKIP_LOW = 0.5, 0.1
PINNED = 0.95
"""A penalty weight above this part of its bound is at the bound."""
LAM_MAX = 32.0
"""The published bound, where the log has none."""
COS_HIGH, COS_LOW = 0.9, 0.5
"""Cosines with the exact gradient: 0.96 and more where training worked, 0.26 and less where not."""
SELF_COS_BAD = 0.0
"""Gradients of two halves of a batch that point apart: -0.27 at the campaign's plateau. It is no
sign where the cosine with the exact gradient is high: then it is chance, from a small batch."""
K_LARGE = 10.0
"""Norm ratios: 0.3 to 1 where training worked, 30 to 4233 where not."""
SWINGS = 0.3
"""The part of the steps at which the penalty weight turns round, as when a controller hunts..."""
SWING_SIZE = 2.0
"""... and by which factor it moves in the tail."""
FAR_ABOVE = 0.2
"""Nats above the control at which a loss is far from it; the campaign's plateau is 0.7 above."""
FLAT = 0.01
"""A loss that falls by less than this part over the tail is flat."""
TAIL = 0.25
"""The part of the log that is looked at..."""
LEAST_ROWS = 5
"""... and its least length, which the log must have."""

SICK: frozenset[PlateauClass] = frozenset({"invalid", "controller_fight"})

SEEN = "step loss val_loss res cos skip_rate lam lam_max rho re_mu self_cos".split()
"""The columns that are used, besides ``k``, the norm ratio, where there is one."""


@dataclass(frozen=True, kw_only=True)
class PlateauReport(Report):
    """The class of a run's last part, and why.

    ``signs`` says for each sign whether it is there; ``None`` where the log does not tell.
    ``missing`` are the columns that the log lacks, or that are empty in its last part.
    ``figures`` are medians over that part.
    """

    label: PlateauClass
    signs: Mapping[str, bool | None]
    figures: Mapping[str, float | None]
    missing: tuple[str, ...]

    def picture(self) -> Picture:
        """The medians over the last part."""
        known = {name: one for name, one in self.figures.items() if one is not None}
        return Picture(f"plateau: {self.label}", (bars(dict(known), "median", scale="symlog"),))


def plateau(log: Any, control_loss: float | None = None) -> PlateauReport:
    """Classify the last part of a training run from its log.

    - ``invalid``: no equilibrium is reached, so gradients mean nothing: a large residual, nudges
      that the gate skips, a loss that is not finite, an unstable spectrum
    - ``controller_fight``: equilibria are reached, and gradients point elsewhere, or the penalty's
      controller swings
    - ``over_contracted``: good gradients and a tiny residual, but a loss that stays far above the
      control, or does not move with the penalty at its bound
    - ``healthy``: none of that, and the loss falls or is near the control
    - ``undecided``: the log does not tell, or its last part is not of one kind; the notes say why

    Args:
        log: a CSV file, columns, a DataFrame, or rows; see the constant ``SEEN`` for columns.
        control_loss: the loss that training by backpropagation reaches.

    Never raises for what a log holds: without rows that can be used the status is ``refused``.
    Raises ``OSError`` for a file that cannot be read.

    >>> rows = [{"step": k, "loss": 3 - k / 100, "res": 1e-3, "cos": 0.98} for k in range(40)]
    >>> plateau(rows).label
    'healthy'
    """
    table = read_log(log)
    first = table.rows - max(LEAST_ROWS, math.ceil(TAIL * table.rows))
    usable = [name for name in SEEN[1:] if table.known(name)]
    if first < 0 or not usable:
        return _refused((*table.problems, *_why_refused(table)))
    figures = _figures(table, first)
    signs = _signs(table, first, figures, control_loss)
    label, why = _steady(table, first, figures, _label(signs), control_loss)
    return PlateauReport(
        status="inconclusive" if label == "undecided" else "ok",
        method=f"signs in the last {table.rows - first} of {table.rows} rows",
        evidence={"control_loss": control_loss, "rows": table.rows, "first_row_used": first},
        notes=(why, *_note_on_missing(figures), *table.problems),
        label=label,
        signs=signs,
        figures=figures,
        missing=tuple(name for name in SEEN[1:] if figures[name] is None),
    )


def _why_refused(table: Log) -> tuple[str, ...]:
    if not table.rows:
        return ()  # the reader has said so
    if table.rows < LEAST_ROWS:
        return (f"{table.rows} rows are too few: {LEAST_ROWS} are needed",)
    return (f"no column can be used: columns are separated by commas, and named {', '.join(SEEN)}",)


def _refused(notes: tuple[str, ...]) -> PlateauReport:
    status: Status = "refused"
    nothing = dict.fromkeys(SEEN[1:])
    return PlateauReport(
        status=status,
        method="none",
        notes=notes,
        label="undecided",
        signs={},
        figures=nothing,
        missing=tuple(nothing),
    )


def _figures(table: Log, first: int) -> dict[str, float | None]:
    """Return medians over the tail; of an infinity among more than half it is one."""
    found: dict[str, float | None] = {}
    for name in (*SEEN[1:], "k"):
        values = [value for _, value in table.known(name, first)]
        found[name] = median(values) if values else None
    found["loss_fall"] = _fall(table, first, "loss")
    found["val_loss_fall"] = _fall(table, first, "val_loss")
    return found


def _fall(table: Log, first: int, name: str) -> float | None:
    """Return by which part a loss falls over the tail: medians of its two halves."""
    values = [value for _, value in table.known(name, first)]
    half = len(values) // 2
    if half < 2 or not all(map(math.isfinite, values)):
        return None
    before, after = median(values[:half]), median(values[half:])
    return (before - after) / max(abs(before), 1e-12)


Signs = dict[str, bool | None]


def _signs(
    table: Log, first: int, figures: Mapping[str, float | None], control: float | None
) -> Signs:
    loss = figures["loss"] if figures["val_loss"] is None else figures["val_loss"]
    fall = figures["loss_fall"] if figures["val_loss_fall"] is None else figures["val_loss_fall"]
    return {
        "loss_not_finite": _ends_infinite(table, first),
        "residual_high": _above(figures["res"], RES_INVALID),
        "residual_at_target": _not_above(figures["res"], RES_TARGET),
        "residual_tiny": _not_above(figures["res"], RES_TINY),
        "nudge_skipped": _above(figures["skip_rate"], SKIP_HIGH),
        "nudge_used": _not_above(figures["skip_rate"], SKIP_LOW),
        "weight_pinned": _pinned(figures),
        "weight_swings": _swings(table, first),
        "cosine_high": _above(figures["cos"], COS_HIGH),
        "cosine_low": _not_above(figures["cos"], COS_LOW),
        "self_cosine_negative": _not_above(figures["self_cos"], SELF_COS_BAD),
        "norm_ratio_large": _above(figures["k"], K_LARGE),
        "spectrum_unstable": _any(_above(figures["rho"], 1.0), _above(figures["re_mu"], 0.0)),
        "loss_flat": _not_above(None if fall is None else abs(fall), FLAT),
        "loss_falls": _above(fall, FLAT),
        "loss_far_above_control": None
        if loss is None or control is None
        else loss > control + FAR_ABOVE,
    }


def _above(value: float | None, bound: float) -> bool | None:
    return None if value is None else value > bound


def _not_above(value: float | None, bound: float) -> bool | None:
    return None if value is None else value <= bound


def _any(*signs: bool | None) -> bool | None:
    if True in signs:
        return True
    return None if all(one is None for one in signs) else False


def _ends_infinite(table: Log, first: int) -> bool | None:
    """Whether the last loss or residual that was measured is not finite."""
    ends = [table.known(name, first)[-1:] for name in ("loss", "res")]
    return _any(*[not math.isfinite(end[0][1]) if end else None for end in ends])


def _pinned(figures: Mapping[str, float | None]) -> bool | None:
    weight = figures["lam"]
    return None if weight is None else weight >= PINNED * _bound(figures)


def _bound(figures: Mapping[str, float | None]) -> float:
    return LAM_MAX if figures["lam_max"] is None else figures["lam_max"]


def _swings(table: Log, first: int) -> bool | None:
    """Whether the penalty weight turns round often and moves far."""
    values = [value for _, value in table.known("lam", first)]
    if len(values) < LEAST_ROWS or not all(0 < one < math.inf for one in values):
        return None
    moves = [b - a for a, b in pairwise(values) if a != b]
    turns = sum(a * b < 0 for a, b in pairwise(moves))
    return turns >= SWINGS * len(values) and max(values) >= SWING_SIZE * min(values)


def _label(signs: Signs) -> tuple[PlateauClass, str]:
    """Return the class and the sentence that says why; the first that fits, in this order."""
    if signs["loss_not_finite"]:
        return "invalid", "the loss or the residual is not finite at the end"
    if signs["residual_high"]:
        also = [name for name in ("nudge_skipped", "weight_pinned", "cosine_low") if signs[name]]
        more = f", with {', '.join(also)}" if also else ""
        return "invalid", f"the residual is above {RES_INVALID:g}: no equilibrium is reached{more}"
    if signs["nudge_skipped"]:
        return "invalid", "the gate skips most nudges, so there is hardly a task gradient"
    if signs["spectrum_unstable"]:
        return "invalid", "the spectrum says that the relaxation leaves the equilibrium"
    fights = [
        name
        for name in ("self_cosine_negative", "norm_ratio_large", "cosine_low", "weight_swings")
        if signs[name] and not (name == "self_cosine_negative" and signs["cosine_high"])
    ]
    if fights:
        return "controller_fight", f"equilibria may be reached, but: {', '.join(fights)}"
    return _quiet(signs)


def _steady(
    table: Log,
    first: int,
    figures: Mapping[str, float | None],
    found: tuple[PlateauClass, str],
    control: float | None,
) -> tuple[PlateauClass, str]:
    """Return the class and why, or ``undecided`` where the rows are not all of that class."""
    label, _ = found
    if goes_back(table, first):
        return "undecided", "the steps go back: the log holds more than one run"
    bad = _bad(figures)
    end, why = _label(_signs(table, first, {**figures, **at_the_end(table, first, bad)}, control))
    if "undecided" not in (label, end) and (label in SICK) != (end in SICK):
        return "undecided", f"the rows as a whole look {label}, the last ones {end}: {why}"
    if label in SICK or label == "undecided":
        return found
    spoken_for = {"lam"} if label == "over_contracted" else set()
    strays = mixed(table, first, {name: bad[name] for name in bad if name not in spoken_for})
    return ("undecided", f"the rows look {label}, but {', '.join(strays)}") if strays else found


def _bad(figures: Mapping[str, float | None]) -> Bad:
    """The values that speak for a sick class, or against healthy."""
    return {
        "res": lambda one: one > RES_INVALID,
        "cos": lambda one: one <= COS_LOW,
        "skip_rate": lambda one: one > SKIP_HIGH,
        "k": lambda one: one > K_LARGE,
        "rho": lambda one: one > 1,
        "re_mu": lambda one: one > 0,
        "lam": lambda one: one >= PINNED * _bound(figures),
    }


def _quiet(signs: Signs) -> tuple[PlateauClass, str]:
    """Classify a run in which nothing is broken."""
    if signs["residual_high"] is None:
        return "undecided", "without the column res nothing shows that equilibria are reached"
    unseen = signs["cosine_high"] is None and signs["self_cosine_negative"] is None
    if signs["residual_tiny"] and signs["cosine_high"] is not False and not unseen:
        if signs["loss_far_above_control"] and not signs["loss_falls"]:
            return "over_contracted", "a tiny residual, and a loss that stays far above the control"
        if signs["weight_pinned"] and signs["loss_flat"]:
            return "over_contracted", "a tiny residual, a flat loss, and the penalty at its bound"
    if not signs["residual_at_target"]:
        return "undecided", f"the residual lies between {RES_TARGET:g} and {RES_INVALID:g}"
    if signs["weight_pinned"]:
        return "undecided", "the penalty weight is at its bound, and nothing else is wrong"
    if signs["nudge_used"] is False:
        return "undecided", f"the gate skips more than {SKIP_LOW:.0%} of the nudges, and not most"
    if unseen:
        return "undecided", "without cos and self_cos nothing shows that gradients are right"
    if signs["cosine_high"] is False:
        return "undecided", f"the cosine lies between {COS_LOW:g} and {COS_HIGH:g}"
    if signs["loss_falls"] or signs["loss_far_above_control"] is False:
        right = "are right" if signs["cosine_high"] else "agree between halves of a batch"
        why = f"equilibria are reached, gradients {right}, and the loss falls or is low"
        return "healthy", why
    if signs["loss_far_above_control"]:
        return "undecided", "the loss is far above the control, and nothing in the log says why"
    if signs["loss_flat"]:
        return "undecided", "the loss is flat: give control_loss to tell whether it is low enough"
    return "undecided", "the loss rises, or is not logged often enough to tell"


def _note_on_missing(figures: Mapping[str, float | None]) -> tuple[str, ...]:
    missing = [name for name in SEEN[1:] if figures[name] is None]
    return (f"no evidence from {', '.join(missing)}: not logged",) if missing else ()
