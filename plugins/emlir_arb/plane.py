"""Complex functions on rectangles, principal branches.

A zero part counts as +0: on a cut along the real axis the value is the one from above, on a
cut along the imaginary axis the one from the right. Arb takes the value from below on the
right-hand cuts of asin, acos and atanh, and the one from the left on the lower cuts of atan
and asinh; that is put right here.
"""

from collections.abc import Callable
from typing import Any

from flint import acb

from emlir_arb import winding
from emlir_arb.turn import turned
from emlir_arb.value import Arithmetic, Value

Function = Callable[..., Any]
Composed = Callable[..., Value]

_RIGHT_CUTS = ("asin", "acos", "atanh")
_LOWER_CUTS = ("atan", "asinh")

_DIRECT: dict[str, Function] = {
    "neg": lambda z: -z,
    "exp": lambda z: z.exp(),
    "sqrt": lambda z: z.sqrt(),
    "sin": lambda z: z.sin(),
    "cos": lambda z: z.cos(),
    "tan": lambda z: z.tan(),
    "asin": lambda z: z.asin(),
    "acos": lambda z: z.acos(),
    "atan": lambda z: z.atan(),
    "sinh": lambda z: z.sinh(),
    "cosh": lambda z: z.cosh(),
    "tanh": lambda z: z.tanh(),
    "asinh": lambda z: z.asinh(),
    "acosh": lambda z: z.acosh(),
    "atanh": lambda z: z.atanh(),
    "log1p": lambda z: z.log1p(),
    "expm1": lambda z: z.expm1(),
    "square": lambda z: z * z,
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
}

_IMAGINARY: dict[str, Function] = {
    "sin": lambda y: acb(0, y.sinh()),
    "cos": lambda y: acb(y.cosh()),
    "tan": lambda y: acb(0, y.tanh()),
    "sinh": lambda y: acb(0, y.sin()),
    "cosh": lambda y: acb(y.cos()),
    "tanh": lambda y: acb(0, y.tan()),
    "asin": lambda y: acb(0, y.asinh()),
    "asinh": lambda y: acb(0, y.asin()),  # NaN beyond the branch points, and below
    "atan": lambda y: acb(0, y.atanh()),
    "atanh": lambda y: acb(0, y.atan()),
}
"""f(i y): off the cuts they are real or imaginary."""

_TURNED: dict[str, Callable[[Any], bool]] = {
    "log1p": lambda z: z.imag.is_zero() and bool(z.real < -1),
    "acosh": lambda z: z.real.is_zero() or (z.imag.is_zero() and bool(z.real < -1)),
    "atanh": lambda z: z.imag.is_zero() and bool(abs(z.real) > 1),
    "asinh": lambda z: z.real.is_zero() and bool(abs(z.imag) >= 1),
}
"""Where the imaginary part is exactly a multiple of pi/2."""

_COMPOSED: dict[str, Composed] = {
    "sigmoid": lambda z: _one(z) / (_one(z) + (-z).exp()),
    "softplus": lambda z: (_one(z) + z.exp()).ln(),
    "hypot": lambda a, b: (a.square() + b.square()).sqrt(),
    "logaddexp": lambda a, b: (a.exp() + b.exp()).ln(),
    "pow": lambda a, b: (b * a.ln()).exp(),
}


def _one(z: Any) -> Any:
    return z.arithmetic.real(acb(1).real, acb(1).real)


def unary(name: str, x: Value) -> Value:
    """Apply a function of one argument to a rectangle off the real axis."""
    z, arithmetic = x.lo, x.arithmetic
    if name == "abs":
        return arithmetic.rounded(z.abs_lower(), z.abs_upper())
    if name == "floor":
        return arithmetic.undefined() if not z.imag.contains(0) else arithmetic.undecided()
    if name in _COMPOSED:
        return _COMPOSED[name](x)
    if name == "ln":
        return winding.logarithm(z, arithmetic)
    if name == "atan" and z.real.is_zero() and abs(z.imag) == 1:
        return arithmetic.undefined()
    return _direct(name, z, arithmetic)


def _direct(name: str, z: Any, arithmetic: Arithmetic) -> Value:
    value = _imaginary(name, z) if not arithmetic.ulps else None
    if value is None:
        value = _on_cut(name, z, _DIRECT[name](z))
    result = arithmetic.plane(value)
    return turned(result) if name in _TURNED and _TURNED[name](z) else result


def _imaginary(name: str, z: Any) -> Any:
    """f(i y) with a part that is exactly 0, or ``None``."""
    if name not in _IMAGINARY or not z.real.is_zero():
        return None
    value = _IMAGINARY[name](z.imag)
    return value if value.is_finite() else None


def leaving_the_axis(on_axis: Value, name: str, *args: Value) -> Value:
    """Apply a function where its real version is undefined or undecided (``on_axis``)."""
    arithmetic = on_axis.arithmetic
    if not all(arg.is_finite for arg in args):
        if any(arg.kind == "plane" for arg in args) and name in _ABSORBING:
            return _ABSORBING[name](*args)
        certain = on_axis.kind == "undefined" and _excludes_the_axis(args)
        return on_axis if certain else arithmetic.undecided()
    if name in ("min", "max", "floor", "mod"):
        return _real_only(on_axis, args)
    if name == "pow":
        return _power(on_axis, *args)
    if name in _COMPOSED:
        return _COMPOSED[name](*(_as_plane(arg) for arg in args))
    if name == "div" and args[1].is_zero:
        return arithmetic.undefined()
    points = [_rectangle(arg) for arg in args]
    if name == "ln":
        return winding.logarithm(points[0], arithmetic)
    if len(points) == 1:
        return _direct(name, points[0], arithmetic)
    return arithmetic.plane(_DIRECT[name](*points))


def _excludes_the_axis(args: tuple[Value, ...]) -> bool:
    """Whether exact infinities stand beside numbers that are real for sure, or not real."""
    infinite = [arg for arg in args if not arg.is_finite]
    planes = [arg for arg in args if arg.kind == "plane"]
    return all(arg.is_point for arg in infinite) and all(
        not arg.lo.imag.contains(0) for arg in planes
    )


def _absorbed(name: str, x: Value, y: Value) -> Value:
    """The sum or difference of a real that may be infinite and a finite complex number."""
    infinite = x if y.is_finite else y
    if not infinite.is_point:
        return x.arithmetic.undecided()
    negated = infinite is y and name == "sub"
    return x.arithmetic.real(-infinite.lo, -infinite.lo) if negated else infinite


_ABSORBING: dict[str, Composed] = {
    "add": lambda a, b: _absorbed("add", a, b),
    "sub": lambda a, b: _absorbed("sub", a, b),
    "hypot": _COMPOSED["hypot"],
    "logaddexp": _COMPOSED["logaddexp"],
}
"""What infinities beside finite complex numbers may have a value in."""


def _real_only(on_axis: Value, args: tuple[Value, ...]) -> Value:
    if all(arg.kind == "real" for arg in args):
        return on_axis
    perhaps_real = all(arg.kind == "real" or arg.lo.imag.contains(0) for arg in args)
    return on_axis.arithmetic.undecided() if perhaps_real else on_axis.arithmetic.undefined()


def _rectangle(x: Value) -> Any:
    return x.lo if x.kind == "plane" else acb(x.lo.union(x.hi))


def _as_plane(x: Value) -> Value:
    """The same value, marked so that the next operation is complex."""
    if x.kind == "plane":
        return x
    return x.arithmetic.build(x.arithmetic, "plane", _rectangle(x), None)


def _power(on_axis: Value, base: Value, exponent: Value) -> Value:
    arithmetic = on_axis.arithmetic
    if exponent.is_zero:
        return arithmetic.real(acb(1).real, acb(1).real)
    if base.is_zero:
        power = _rectangle(exponent)
        if power.real > 0:
            return arithmetic.real(acb(0).real, acb(0).real)
        surely_not_zero = power.real < 0 or not power.imag.contains(0)
        certain = power.real <= 0 and surely_not_zero
        return arithmetic.undefined() if certain else arithmetic.undecided()
    small = exponent.is_point and exponent.lo.is_integer() and 0 < exponent.lo <= 4
    if small:
        return arithmetic.plane(_rectangle(base) ** int(exponent.lo.unique_fmpz()))
    return _COMPOSED["pow"](_as_plane(base), _as_plane(exponent))


def _on_cut(name: str, z: Any, value: Any) -> Any:
    """Correct Arb's value where ``z`` lies on, or touches, a cut that it closes otherwise."""
    if name in _RIGHT_CUTS and z.imag.contains(0) and not z.real <= 1:
        upper = value.conjugate()
        return upper if z.imag.is_zero() and z.real > 1 else value.union(upper)
    if name in _LOWER_CUTS and z.real.contains(0) and not z.imag >= -1:
        right = -value.conjugate()
        return right if z.real.is_zero() and z.imag < -1 else value.union(right)
    return value
