"""The families that others have too. After the length the rate stays at the last one."""

from fractions import Fraction

from emlir import Expr, cos, floor, lt, minimum, mod, pi, sqrt, tanh, where
from emlir.plugin_api import exact, number, symbol
from emlir_schedules.shapes import rising

T = symbol("t")
ZERO, ONE, HALF = number(0), number(1), number(Fraction(1, 2))
TENTH = number(Fraction(1, 10))
LEAST, TOP = number(-7), number(3)
INITIAL, VERY_LOW = number(Fraction(1, 25)), number(Fraction(1, 250000))


def constant(peak: Expr = ONE) -> Expr:
    """The same rate at all steps."""
    return peak


def linear(length: Expr, peak: Expr = ONE, final: Expr = ZERO) -> Expr:
    """A straight line from the peak to the final rate."""
    return final + (peak - final) * (ONE - _done(length))


def cosine(length: Expr, peak: Expr = ONE, final: Expr = ZERO) -> Expr:
    """Half a cosine from the peak to the final rate (Loshchilov and Hutter, arXiv:1608.03983)."""
    return final + (peak - final) * _falling_cosine(_done(length))


def cosine_waves(length: Expr, waves: Expr = ONE, peak: Expr = ONE, final: Expr = ZERO) -> Expr:
    """Whole waves of a cosine: the rate falls and rises again, without jumps."""
    angle = pi() * waves * 2 * _done(length)
    return final + (peak - final) * (HALF * (ONE + cos(angle)))


def cosine_restarts(length: Expr, cycles: Expr = ONE, peak: Expr = ONE, final: Expr = ZERO) -> Expr:
    """Hard restarts: half a cosine, ``cycles`` times, each from the peak again."""
    done = T / length
    again = final + (peak - final) * _falling_cosine(mod(cycles * done, ONE))
    return where(lt(done, ONE), again, final)


def warm_restarts(
    first: int, factor: int = 2, cycles: int = 3, peak: Expr = ONE, final: Expr = ZERO
) -> Expr:
    """SGDR: cycles of half a cosine, each ``factor`` times as long (arXiv:1608.03983)."""
    if first < 1 or factor < 1 or cycles < 1:
        raise ValueError("a cycle has at least one step, and there is at least one cycle")
    begins = [sum(first * factor**k for k in range(cycle)) for cycle in range(cycles)]
    form: Expr | None = None
    for cycle in reversed(range(cycles)):
        done = (T - begins[cycle]) / (first * factor**cycle)
        piece = final + (peak - final) * _falling_cosine(
            minimum(done, ONE) if form is None else done
        )
        form = piece if form is None else where(lt(T, number(begins[cycle + 1])), piece, form)
    assert form is not None
    return form


def polynomial(length: Expr, power: Expr = ONE, peak: Expr = ONE, final: Expr = ZERO) -> Expr:
    """A power of what is left of training."""
    return final + (peak - final) * (ONE - _done(length)) ** power


def inverse_sqrt(timescale: Expr, peak: Expr = ONE) -> Expr:
    """peak/sqrt(1 + t/timescale): after a warm-up of ``timescale`` steps, sqrt(warmup/step)."""
    return peak / sqrt((T + timescale) / timescale)


def exponential(gamma: Expr, period: Expr = ONE, peak: Expr = ONE) -> Expr:
    """The rate is multiplied by ``gamma`` in each ``period`` of steps, evenly."""
    return peak * gamma ** (T / period)


def step(size: Expr, gamma: Expr = TENTH, peak: Expr = ONE) -> Expr:
    """The rate is multiplied by ``gamma`` after every ``size`` steps."""
    return peak * gamma ** floor(T / size)


def multistep(at: str, gamma: Expr = TENTH, peak: Expr = ONE) -> Expr:
    """The rate is multiplied by ``gamma`` at each of the steps in ``at``, ``"30, 80"``."""
    places = sorted(exact(part) for part in at.split(","))
    form = peak * gamma ** len(places)
    for count, place in reversed(list(enumerate(places))):
        form = where(lt(T, number(place)), peak * gamma**count if count else peak, form)
    return form


def wsd(
    length: Expr,
    decay: Expr,
    shape: str = "linear",
    peak: Expr = ONE,
    final: Expr = ZERO,
) -> Expr:
    """Warm-up, stable, decay: the peak, then a fall in the last ``decay`` steps.

    ``shape`` is ``linear``, ``cosine``, ``sqrt`` (one minus the square root of the part of the
    decay that is done, the "1-sqrt" of arXiv:2405.18392) or ``eml``.
    """
    done = minimum((T - (length - decay)) / decay, ONE)
    falls = {"cosine": _falling_cosine(done), "sqrt": ONE - sqrt(done)}
    fall = falls[shape] if shape in falls else ONE - rising(shape, done)
    return where(lt(T, length - decay), peak, final + (peak - final) * fall)


def one_cycle(
    length: Expr,
    top: Expr,
    initial: Expr = INITIAL,
    peak: Expr = ONE,
    final: Expr = VERY_LOW,
    shape: str = "cosine",
) -> Expr:
    """Rise to the peak at step ``top``, then fall to the final rate (Smith, arXiv:1708.07120)."""
    rise = initial + (peak - initial) * rising(shape, T / top)
    done = minimum((T - top) / (length - top), ONE)
    fall = final + (peak - final) * (
        _falling_cosine(done) if shape == "cosine" else ONE - rising(shape, done)
    )
    return where(lt(T, top), rise, fall)


def cyclic(period: Expr, low: Expr = ZERO, peak: Expr = ONE) -> Expr:
    """Triangles between ``low`` and the peak, one in each ``period`` (Smith, arXiv:1506.01186)."""
    part = mod(T / period, ONE)
    return low + (peak - low) * (ONE - abs(number(2) * part - ONE))


def rex(length: Expr, bend: Expr = HALF, peak: Expr = ONE) -> Expr:
    """Reflected exponential: (1 - u)/(1 - bend u) (Chen and others, arXiv:2107.04197)."""
    left = ONE - _done(length)
    return peak * (left / ((ONE - bend) + bend * left))


def hyperbolic_tangent(
    length: Expr,
    lower: Expr = LEAST,
    upper: Expr = TOP,
    peak: Expr = ONE,
    final: Expr = ZERO,
) -> Expr:
    """(1 - tanh x)/2 with x from ``lower`` to ``upper`` (Hsueh and others, arXiv:1806.01593)."""
    done = _done(length)
    return final + (peak - final) * ((ONE - tanh(lower * (ONE - done) + upper * done)) / 2)


def _done(length: Expr) -> Expr:
    """The part that is done, 1 after the end."""
    return minimum(T / length, ONE)


def _falling_cosine(done: Expr) -> Expr:
    return HALF * (ONE + cos(pi() * done))
