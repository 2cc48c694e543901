"""Moments of candidates against a target: R^2 with a free scale and offset, and what they are."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


SQUARABLE = 600
"""Binary exponent of the factor that brings values into the range where squares are floats."""
_SMALL = 2.0**-900
"""Sums of squares below this may have lost terms to underflow."""
_ORDINARY = 300
"""Targets of binary exponents up to this need no unit of their own."""


@dataclass(frozen=True, eq=False)
class Target:
    """A target y: ``values`` are (y - mean)/unit, with a power of 2 as unit.

    All are 0 where the target is constant up to rounding. ``squares`` is the sum of their
    squares.
    """

    values: "Floats"
    mean: float
    unit: float
    squares: float

    @classmethod
    def of(cls, y: "Floats") -> "Target":
        """Centre a target of at least one point; not finite, it has NaN everywhere."""
        import numpy as np

        with np.errstate(all="ignore"):
            exponent = int(np.frexp(np.maximum(y.max(), -y.min()))[1])
            values = np.ldexp(y, -exponent)
            first = float(values[0])
            values -= first  # exactly 0 for a constant, whose mean is rounded
            centre = float(values.mean())
            values -= centre
            mean = float(np.ldexp(first + centre, exponent))
            squares = float(values @ values)
            if squares <= y.size * np.finfo(np.float64).eps ** 2:
                return cls(np.zeros_like(y), mean, 1.0, 0.0)
            if abs(exponent) > _ORDINARY:
                return cls(values, mean, float(np.ldexp(1.0, exponent)), squares)
            np.ldexp(values, exponent, out=values)
            return cls(values, mean, 1.0, float(values @ values))


@dataclass(frozen=True, eq=False)
class Moments:
    """Sums over all points for each candidate f and one target y; arrays (candidates,).

    They are in units, powers of 2, that keep squares in the range of floats: below, f stands
    for f/unit, and y for y/target_unit. Both are 1 for values of ordinary sizes.

    count
        The number of points.
    shift
        The value of f at the first point, which the sums are taken about.
    total, squares, products
        The sums of (f - shift), (f - shift)^2 and (f - shift)*(y - mean of y).
    target_mean, target_squares
        The mean of y, not in its unit, and the sum of (y - mean)^2.
    unit, target_unit
        The units, that of f for each candidate.

    A candidate that is undefined somewhere has NaN everywhere.
    """

    count: int
    shift: "Floats"
    total: "Floats"
    squares: "Floats"
    products: "Floats"
    target_mean: float
    target_squares: float
    unit: "Floats"
    target_unit: float

    @property
    def spread(self) -> "Floats":
        """The sum of (f - mean of f)^2, at least 0, in units as the sums are."""
        import numpy as np

        with np.errstate(all="ignore"):
            return np.maximum(self.squares - self.total * (self.total / self.count), 0.0)

    @property
    def scale(self) -> "Floats":
        """b of the least-squares fit a + b*f; 0 for a candidate that is constant."""
        import numpy as np

        with np.errstate(all="ignore"):
            return self._slope / self.unit * self.target_unit

    @property
    def offset(self) -> "Floats":
        """a of the least-squares fit a + b*f."""
        import numpy as np

        with np.errstate(all="ignore"):
            mean = self.shift + self.total / self.count
            return self.target_mean - self._slope * mean * self.target_unit

    @property
    def r2(self) -> "Floats":
        """The coefficient of determination of a + b*f, between 0 and 1.

        NaN for an undefined candidate, and for a target that is constant up to rounding.
        """
        import numpy as np

        with np.errstate(all="ignore"):
            share = self._slope * self.products / np.float64(self.target_squares)
            return np.minimum(share, 1.0)

    @property
    def _slope(self) -> "Floats":
        """The scale in units."""
        import numpy as np

        spread = self.spread
        # what rounding leaves of a constant is no spread
        flat = spread <= self.squares * (self.count * np.finfo(np.float64).eps)
        with np.errstate(all="ignore"):
            return np.where(flat, 0.0 * self.products, self.products / spread)


def beyond_squares(sums: "Floats") -> "tuple[NDArray[np.intp], NDArray[np.intp]]":
    """Return rows of moments whose squares overflowed, though values are finite, or underflowed.

    Rows are (shift, total, squares, products), of a target of ordinary size.
    """
    import numpy as np

    shift, total, squares, products = sums.T
    is_sum = np.isfinite(squares) & np.isfinite(products)
    large = np.isfinite(shift) & np.isfinite(total) & ~is_sum
    small = (squares < _SMALL) & ((total != 0) | (products != 0))
    return np.flatnonzero(large), np.flatnonzero(small)


def join(first: "Floats", second: "Floats", count: int, target_total: float) -> "Floats":
    """Add the moments of ``count`` more points, whose targets sum to ``target_total``.

    Rows are (shift, total, squares, products) as a backend gives them; the shift of the sum
    is that of ``first``.
    """
    import numpy as np

    with np.errstate(all="ignore"):
        step = second[:, 0] - first[:, 0]
        total = second[:, 1] + count * step
        squares = second[:, 2] + step * (2 * second[:, 1] + count * step)
        products = second[:, 3] + step * target_total
    joined = np.column_stack([first[:, 1] + total, first[:, 2] + squares, first[:, 3] + products])
    return np.column_stack([first[:, 0], joined])
