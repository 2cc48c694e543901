"""Local Lipschitz bounds of attention as expressions in the radius of a ball of tokens.

The Jacobian of softmax attention has two parts: the weights applied to a change of the values,
and a change of the weights applied to the values. Yudin et al. 2025 (arXiv:2507.07814, Theorem
3) bound them by |W_V| (|P| + 2 |X|^2 |A| max g1(P_i)). Softmax does not see what is equal in a
row, so keys and values may be taken from any fixed point, and |X A|, |A X'|, |X W_V| need not
be split: the bound here, at most theirs,

    |P| |W_V| + (g1 |A X'| + |G X A|) |X W_V|,   G the diagonal of g1(P_i).

Over a ball of radius r (all tokens together, Euclidean) each norm grows by at most its
Lipschitz constant times r, and the weights stay within what their scores allow.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import emlir
from emlir.plugin_api import Expr, exact, number, symbol
from emlir_attention.head import Head, Norms, norms_at
from emlir_attention.short import above, below

RADIUS = "r"
"""The symbol of the radius in the expressions."""


@dataclass(frozen=True, slots=True)
class LocalBound:
    """An upper bound on the norm of the Jacobian everywhere in a ball.

    ``expression`` in the symbol ``r`` bounds it in a ball of radius r, for every r from 0
    to ``radius``, and grows with r.
    """

    expression: Expr
    radius: Fraction

    @property
    def value(self) -> float:
        """The bound for the whole ball, rounded up."""
        return emlir.enclose(self.expression, {RADIUS: (self.radius, self.radius)})[1]


def attention_bound(head: Head, tokens: Any, radius: Any = 0) -> LocalBound:
    """Bound the Lipschitz constant of a head around tokens (T, d).

    The output and the input are taken as vectors of all their numbers. Raises ``ValueError``
    for a radius below 0, and for NaN and infinities.
    """
    return bound_of(norms_at(head, tokens), radius_of(radius))


def radius_of(radius: Any) -> Fraction:
    """Return the radius as an exact number; a float is the very double."""
    found = exact(radius, dyadic=True)
    if found < 0:
        raise ValueError(f"the radius is at least 0, not {radius!r}")
    return found


def bound_of(norms: Norms, radius: Fraction) -> LocalBound:
    """Put the bound together; of several bounds on a part the best at ``radius`` is taken."""
    r = symbol(RADIUS)
    drift, g1 = _scores_drift(norms, r), g1_in_ball(norms, radius)
    weights = _least(
        (number(exact(norms.tokens)) ** Fraction(1, 2), above(norms.weights) + drift / 2), radius
    )
    grown = above(norms.bilinear) * r
    if radius:
        changed = g1 * (above(norms.from_rows) + above(norms.from_sources) + 2 * grown)
    else:
        changed = g1 * above(norms.from_rows) + above(norms.weighted_sources)
    spread = above(norms.values) + above(norms.value) * r
    return LocalBound(weights * above(norms.value) + changed * spread, radius)


def _scores_drift(norms: Norms, r: Expr) -> Expr:
    """How far all scores together move."""
    return (above(norms.from_rows) + above(norms.from_sources)) * r + above(norms.bilinear) * r * r


def g1_in_ball(norms: Norms, radius: Fraction) -> Expr:
    """Bound g1 in the ball: a single score moves by at most ``moved`` (up to what a row shares).

    An entry of the weights moves by at most half of that, so g1 by at most all of it. An entry
    p stays between p/(p + (1 - p) e^2m) and p/(p + (1 - p) e^-2m). g1 is at most its largest
    entry, and 2p(1 - p) where that is above 1/2.
    """
    r = symbol(RADIUS)
    moved = above(norms.score_slope) * r + above(norms.bilinear) * r * r
    choices = [
        number(Fraction(1, 2)),
        above(norms.g1) + moved,
        _stays(above(norms.most_peak), -2 * moved),
    ]
    peak = _stays(below(norms.least_peak), 2 * moved)
    if emlir.enclose(peak, {RADIUS: (radius, radius)})[0] > 0.5:
        choices.append(2 * peak * (1 - peak))
    return _least(choices, radius)


def _stays(share: Expr, moved: Expr) -> Expr:
    return share / (share + number(1 - share.number) * emlir.exp(moved))


def _least(choices: Any, radius: Fraction) -> Expr:
    """Of expressions that are all bounds, take the one that is least for the whole ball."""
    at = {RADIUS: (radius, radius)}
    found: Expr = min(choices, key=lambda one: emlir.enclose(one, at)[1])
    return found


def theorem3(head: Head, tokens: Any) -> float:
    """Return the bound of the paper at the tokens themselves, rounded up.

    Raises ``ValueError`` for biases of projections and for rotations, which it does not cover.
    """
    if head.query_bias is not None or head.key_bias is not None or head.rotation is not None:
        raise ValueError("Theorem 3 is about projections without biases and rotations")
    return norms_at(head, tokens).theorem3
