"""One head of softmax attention on tokens X: softmax(scale Q K' + bias) V, and its norms."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from emlir_attention.near import SLACK, Matrix, Near
from emlir_attention.softmax_norm import row_norms, softmax_error, softmax_rows


@dataclass(frozen=True, eq=False)
class Head:
    """The weights of a head: tokens of width d to queries, keys (d, k) and values (d, v).

    A ``bias`` is added to scores; -inf hides a place. ``causal`` hides later tokens. Biases of
    projections are (1, k) and (1, v). ``rotation`` holds the cosines and the sines, each (T, k/2),
    by which queries and keys are turned at their places, halves as pairs as in ``rotated``. Only
    heads of this form are meant: with norms on queries and keys the bounds do not hold.
    """

    query: Matrix
    key: Matrix
    value: Matrix
    scale: float
    causal: bool = False
    query_bias: Matrix | None = None
    key_bias: Matrix | None = None
    value_bias: Matrix | None = None
    bias: Matrix | None = None
    rotation: tuple[Matrix, Matrix] | None = None

    def allowed(self, tokens: int) -> Any:
        """Return which source each row may look at."""
        seen = np.ones((tokens, tokens), dtype=bool)
        if self.causal:
            seen = np.tril(seen)
        if self.bias is not None:
            seen = seen & ~np.isneginf(self.bias)
        if not seen.any(axis=-1).all():
            raise ValueError("every row may look somewhere, or it has no weights")
        return seen

    def weights(self, tokens: Matrix) -> Matrix:
        """Return the attention weights in floats."""
        return _look(self, Near.of(tokens)).weights.floats

    def output(self, tokens: Matrix) -> Matrix:
        """Return the output in floats."""
        value = np.asarray(tokens) @ self.value
        return self.weights(tokens) @ (
            value if self.value_bias is None else value + self.value_bias
        )


@dataclass(frozen=True, slots=True)
class Norms:
    """Upper bounds on what the Lipschitz bound is made of, at some tokens.

    ``from_rows`` and ``from_sources`` bound how scores change with the row's token and with the
    source's, ``weighted_sources`` the latter with each row times its g1; ``bilinear`` is the
    norm of both projections together; ``score_slope`` is for a single score. Keys and values
    are taken from their means: a change that is equal in a row is not seen by softmax.

    With rotations each place has projections of its own. A row's scores change with its token
    only, a column's (as sources) with its token: all together change no more than the worst one.
    """

    tokens: int
    weights: float
    value: float
    values: float
    from_rows: float
    from_sources: float
    weighted_sources: float
    bilinear: float
    score_slope: float
    g1: float
    least_peak: float
    most_peak: float
    theorem3: float
    """The bound of the paper, for heads without biases of projections."""


@dataclass(frozen=True, slots=True)
class _Look:
    queries: Near
    keys: Near
    weights: Near


def _look(head: Head, tokens: Near) -> _Look:
    queries, keys = tokens @ Near.of(head.query), tokens @ Near.of(head.key)
    if head.query_bias is not None:
        queries = queries + Near.of(np.broadcast_to(head.query_bias, queries.floats.shape))
    if head.key_bias is not None:
        keys = keys + Near.of(np.broadcast_to(head.key_bias, keys.floats.shape))
    turns = _turns(head, len(tokens.floats))
    if turns is not None:
        queries, keys = queries.turned(*turns), keys.turned(*turns)
    scores = (queries @ keys.T).times(head.scale)
    seen = head.allowed(len(tokens.floats))
    if head.bias is not None:
        scores = scores + Near(np.where(seen, head.bias, 0.0))
    rows = softmax_rows(scores.floats, seen)
    return _Look(queries, keys, Near(rows, softmax_error(scores.error, scores.floats) * SLACK))


def norms_at(head: Head, tokens: Any) -> Norms:
    """Compute upper bounds, safe against rounding, on the norms of a head at tokens (T, d).

    Raises ``ValueError`` for rotations that do not fit.
    """
    at = Near.of(tokens)
    turns = _turns(head, len(at.floats))
    looked = _look(head, at)
    value, keys = Near.of(head.value), _centred(looked.keys)
    at_rows, at_sources = _at_places(head.query, turns), _at_places(head.key, turns)
    rows_side = [(one @ keys.T).times(head.scale) for one in at_rows]
    sources_side = [(looked.queries @ one.T).times(head.scale) for one in at_sources]
    g1 = np.minimum(row_norms(looked.weights.floats) + 2 * looked.weights.error, 0.5)
    peaks = looked.weights.floats.max(axis=-1)
    bilinear = _bilinear(at_rows, at_sources, head.scale)
    weights, widest = looked.weights.norm, value.norm
    scaled = [Near(g1[:, None] * one.floats, one.error) for one in sources_side]
    slope = max(one.T.longest_row for one in rows_side)
    return Norms(
        tokens=len(at.floats),
        weights=weights,
        value=widest,
        values=_centred(at @ value).norm,
        from_rows=max(one.norm for one in rows_side),
        from_sources=max(one.norm for one in sources_side),
        weighted_sources=max(one.norm for one in scaled) * SLACK,
        bilinear=bilinear,
        score_slope=(slope + max(one.longest_row for one in sources_side)) * SLACK,
        g1=float(g1.max()),
        least_peak=max(0.0, float(peaks.min()) - looked.weights.error),
        most_peak=min(1.0, float(peaks.max()) + looked.weights.error),
        theorem3=widest * (weights + 2 * at.norm**2 * bilinear * float(g1.max())) * SLACK,
    )


def _turns(head: Head, tokens: int) -> tuple[Matrix, Matrix] | None:
    """Return cosines and sines, if there are any, and see that they fit."""
    if head.rotation is None:
        return None
    cosines, sines = (np.asarray(part, dtype=np.float64) for part in head.rotation)
    wanted = (tokens, np.shape(head.query)[1] / 2)
    if not cosines.shape == sines.shape == wanted or not np.isfinite([cosines, sines]).all():
        raise ValueError(f"cosines and sines are finite, and of the shape {wanted}")
    return cosines, sines


def _at_places(projection: Matrix, turns: tuple[Matrix, Matrix] | None) -> list[Near]:
    """Return the projection at every place; one for all if there are no rotations."""
    plain = Near.of(projection)
    if turns is None:
        return [plain]
    return [plain.turned(*one) for one in zip(*turns, strict=True)]


def _bilinear(at_rows: list[Near], at_sources: list[Near], scale: float) -> float:
    """Bound both projections together; with rotations by the product of their norms."""
    if len(at_rows) == 1:
        return (at_rows[0] @ at_sources[0].T).times(scale).norm
    widest = max(one.norm for one in at_rows) * max(one.norm for one in at_sources)
    return widest * abs(scale) * SLACK


def _centred(values: Near) -> Near:
    """Take a fixed row, about the mean, off all rows: any will do for the bound."""
    mean = np.broadcast_to(values.floats.mean(axis=0), values.floats.shape)
    return values - Near(mean)
