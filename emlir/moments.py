"""Moments of candidates against a target: R^2 with a free scale and offset, and what they are."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Moments:
    """Sums over all points for each candidate f and one target y; arrays (candidates,).

    count
        The number of points.
    shift
        The value of f at the first point, which the sums are taken about.
    total, squares, products
        The sums of (f - shift), (f - shift)^2 and (f - shift)*(y - mean of y).
    target_mean, target_squares
        The mean of y, and the sum of (y - mean)^2.

    A candidate that is undefined somewhere has NaN everywhere.
    """

    count: int
    shift: "Floats"
    total: "Floats"
    squares: "Floats"
    products: "Floats"
    target_mean: float
    target_squares: float

    @property
    def spread(self) -> "Floats":
        """The sum of (f - mean of f)^2, at least 0."""
        import numpy as np

        return np.maximum(self.squares - self.total * (self.total / self.count), 0.0)

    @property
    def scale(self) -> "Floats":
        """b of the least-squares fit a + b*f; 0 for a candidate that is constant."""
        import numpy as np

        spread = self.spread
        # what rounding leaves of a constant is no spread
        flat = spread <= self.squares * (self.count * np.finfo(np.float64).eps)
        with np.errstate(all="ignore"):
            return np.where(flat, 0.0 * self.products, self.products / spread)

    @property
    def offset(self) -> "Floats":
        """a of the least-squares fit a + b*f."""
        mean = self.shift + self.total / self.count
        return self.target_mean - self.scale * mean

    @property
    def r2(self) -> "Floats":
        """The coefficient of determination of a + b*f, between 0 and 1.

        NaN for an undefined candidate, and for a target that is constant.
        """
        import numpy as np

        with np.errstate(all="ignore"):
            share = self.scale * self.products / np.float64(self.target_squares)
            return np.minimum(share, 1.0)


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
