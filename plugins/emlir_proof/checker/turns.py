"""Quarter turns: sin(t + n pi/2) by sin or cos of an argument that is as simple as it gets.

All that is used: sin(t + pi/2) = cos t and cos(t + pi/2) = -sin t, sin being odd and cos even.
A wave is sin(t + n pi/2), with n = 0, 1, 2, 3 for sin t, cos t, -sin t and -cos t.
"""

from fractions import Fraction
from math import ceil

from .polynomials import Monomial, Poly

HALF = Fraction(1, 2)

SQUARES = {
    ("sin", Fraction(1, 6)): 1,
    ("cos", Fraction(1, 6)): 3,
    ("sin", Fraction(1, 4)): 2,
    ("cos", Fraction(1, 4)): 2,
}
"""The squares of twice sin(r pi) and cos(r pi): s = sin(pi/6) solves 3 s - 4 s^3 = 1, which is
(s + 1) (2 s - 1)^2 = 0, and s = sin(pi/4) solves 1 - 2 s^2 = 0, both by T1."""


def turned(t: Poly, n: int, pi: Monomial | None) -> tuple[Poly, int]:
    """Return s and m with sin(s + m pi/2) = sin(t + n pi/2), the same for all equal waves.

    ``pi`` is the monomial of pi, if there is one. What is left of it alone in s is above -1/4
    and at most 1/4, and the leading term of the rest is above 0; without a rest, s is not below 0.
    """
    rest, share = _apart(t, pi)
    if rest.terms and rest.leading < 0:
        rest, share, n = -rest, -share, 2 - n
    quarters = ceil(2 * share - HALF)
    share, n = share - HALF * quarters, n + quarters
    if not rest.terms and share < 0:
        share, n = -share, 2 - n
    return (rest + Poly({pi: share}) if pi and share else rest), n % 4


def _apart(t: Poly, pi: Monomial | None) -> tuple[Poly, Fraction]:
    """Return what is left of ``t`` without pi alone, and the factor of pi."""
    share = t.terms.get(pi, Fraction(0)) if pi else Fraction(0)
    return (t - Poly({pi: share}) if pi and share else t), share
