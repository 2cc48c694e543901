"""Kit: how one basis writes the few functions from which the trigonometric trees are built.

The functions take and give raw trees, which may be complex. Preconditions, in which a
logarithm is known up to 2 pi i where an exponential takes it away again:

    exp(x)          any x
    ln(x)           a logarithm of x, which is not 0
    minus(x, y)     x not 0, and y within the strip -pi .. pi where the basis needs it
    times(x, y)     x and y not 0; within the range that the basis states
    plus(x, y)      real x and y
    over(x, y)      as times
"""

from collections.abc import Callable
from dataclasses import dataclass

from emlir.expr.core import Expr

One = Callable[[Expr], Expr]
Two = Callable[[Expr, Expr], Expr]


@dataclass(frozen=True, slots=True)
class Kit:
    """The functions; see the module."""

    one: Callable[[], Expr]
    exp: One
    ln: One
    minus: Two
    plus: Two
    times: Two
    over: Two
    minus_pi_i: Callable[[], Expr]

    def two(self) -> Expr:
        """2 = 1 + 1."""
        return self.plus(self.one(), self.one())

    def minus_i(self) -> Expr:
        """-i = exp(-pi i / 2)."""
        return self.exp(self.over(self.minus_pi_i(), self.two()))

    def plus_i(self) -> Expr:
        """i = 1 / (-i)."""
        return self.over(self.one(), self.minus_i())

    def pi(self) -> Expr:
        """pi = i (-pi i)."""
        return self.times(self.plus_i(), self.minus_pi_i())


def sine(kit: Kit, exp_ix: Expr, exp_minus_ix: Expr) -> Expr:
    """sin x from exp(ix) and exp(-ix), for real x.

    4 + 2i sin x never vanishes, so its product with -i/2 is safe; adding 2i gives sin x.
    """
    two, less = kit.two(), kit.minus_i()
    shifted = kit.minus(exp_ix, kit.minus(exp_minus_ix, kit.times(two, two)))
    lowered = kit.times(kit.over(less, two), shifted)
    return kit.minus(lowered, kit.times(two, less))


def sine_away_from_zero(kit: Kit, x: Expr) -> Expr:
    """sin x for real x other than 0."""
    exp_ix = kit.exp(kit.times(x, kit.plus_i()))
    return sine(kit, exp_ix, kit.exp(kit.times(x, kit.minus_i())))


def sine_of_parts(kit: Kit, up: Expr, down: Expr) -> Expr:
    """sin(up - down) for real up and down that are not 0: exp(ix) is a quotient."""
    plus, less = kit.plus_i(), kit.minus_i()
    exp_ix = kit.times(kit.exp(kit.times(up, plus)), kit.exp(kit.times(down, less)))
    exp_minus_ix = kit.times(kit.exp(kit.times(up, less)), kit.exp(kit.times(down, plus)))
    return sine(kit, exp_ix, exp_minus_ix)


def arcsine(kit: Kit, x_plus_two: Expr, minus_cosine: Expr) -> Expr:
    """asin x from x + 2 and -sqrt(1 - x^2), for -1 < x < 1.

    With t = asin x: conj(q) = cos t - ix, 2i - Log(conj q) = i (2 + t), and t follows.
    """
    two_i = kit.times(kit.two(), kit.plus_i())
    conjugate = kit.minus(kit.minus(two_i, minus_cosine), kit.times(x_plus_two, kit.plus_i()))
    turned = kit.times(kit.minus_i(), kit.minus(two_i, kit.ln(conjugate)))
    return kit.minus(turned, kit.two())
