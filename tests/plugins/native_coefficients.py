"""Computes the polynomials of the native backend: ``python tests/plugins/native_coefficients.py``.

Prints plugins/emlir_native/source/coefficients.h; a test compares the two. Each polynomial
interpolates at Chebyshev nodes; "error" is that of the function, relative, in exact arithmetic.
"""

from collections.abc import Callable
from dataclasses import dataclass

from mpmath import mp, mpf

BITS = 300


@dataclass(frozen=True)
class Tail:
    """``function`` is ``start`` + ``factor`` * polynomial(``variable``) on [low, high]."""

    name: str
    terms: Callable[[int], mpf]
    low: mpf
    high: mpf
    variable: Callable[[mpf], mpf]
    whole: Callable[[mpf, mpf], mpf]
    function: Callable[[mpf], mpf]


def tails() -> dict[str, Tail]:
    half_ln_2, root = mp.log(2) / 2, mp.sqrt(2)
    ratio, quarter = (root - 1) / (root + 1), mp.pi / 4

    def same(x: mpf) -> mpf:
        return x

    def squared(x: mpf) -> mpf:
        return x * x

    found = (
        Tail(
            "EXP_TAIL", lambda k: 1 / mp.factorial(k + 2), -half_ln_2, half_ln_2, same,
            lambda r, p: 1 + r + r * r * p, mp.exp,
        ),
        Tail(
            "LN_TAIL_32", lambda k: mpf(-1) ** k / (k + 3), 1 / root - 1, root - 1, same,
            lambda f, p: f - f * f / 2 + f**3 * p, mp.log1p,
        ),
        Tail(
            "LN_TAIL_64", lambda k: mpf(2) / (2 * k + 3), -ratio, ratio, squared,
            lambda s, p: 2 * s + s**3 * p, lambda s: 2 * mp.atanh(s),
        ),
        Tail(
            "SIN_TAIL", lambda k: mpf(-1) ** (k + 1) / mp.factorial(2 * k + 3), -quarter, quarter,
            squared, lambda x, p: x + x**3 * p, mp.sin,
        ),
        Tail(
            "COS_TAIL", lambda k: mpf(-1) ** k / mp.factorial(2 * k + 4), -quarter, quarter,
            squared, lambda x, p: 1 - x * x / 2 + x**4 * p, mp.cos,
        ),
    )  # fmt: skip
    return {tail.name: tail for tail in found}


def polynomial(tail: Tail, degree: int) -> list[mpf]:
    """Interpolate the series at Chebyshev nodes of the polynomial's own variable."""
    low = mpf(0) if tail.low == -tail.high and tail.variable(tail.low) > 0 else tail.low
    high = tail.variable(tail.high)
    nodes = [
        (low + high) / 2 + (high - low) / 2 * mp.cos(mp.pi * (2 * k + 1) / (2 * degree + 2))
        for k in range(degree + 1)
    ]
    matrix = mp.matrix([[t**j for j in range(degree + 1)] for t in nodes])
    values = mp.matrix([mp.fsum(tail.terms(k) * t**k for k in range(350)) for t in nodes])
    return list(mp.lu_solve(matrix, values))


def error_bits(tail: Tail, coefficients: list[mpf]) -> float:
    """Return the binary logarithm of the largest relative error on a grid."""
    worst = mpf(0)
    for k in range(401):
        x = tail.low + (tail.high - tail.low) * (k + mpf("0.37")) / 402
        value = tail.whole(x, mp.polyval(coefficients[::-1], tail.variable(x)))
        worst = max(worst, abs(value / tail.function(x) - 1))
    return float(mp.log(worst, 2))


def parts(value: mpf, bits: tuple[int, ...]) -> list[float]:
    """Split a number into floats of so many bits each, from the top."""
    found = []
    for count in bits:
        scale = mpf(2) ** (count - 1 - int(mp.floor(mp.log(abs(value), 2))))
        found.append(float(mp.nint(value * scale) / scale))
        value -= mpf(found[-1])
    return found


def horner(coefficients: list[mpf], bits: int) -> str:
    suffix = "f" if bits == 32 else ""
    text = [f"{mp.nstr(c, 9 if bits == 32 else 17)}{suffix}" for c in coefficients]
    inner = text[-1]
    for constant in reversed(text[:-1]):
        inner = f"fused(t, {inner}, {constant})"
    return inner


def define(name: str, value: float) -> str:
    return f"#define {name} {value!r}"


def section(bits: int, degrees: dict[str, int], splits: tuple[int, ...]) -> list[str]:
    lines = []
    known = tails()
    for name, degree in degrees.items():
        tail = known[f"{name}_{bits}" if name == "LN_TAIL" else name]
        found = polynomial(tail, degree)
        lines.append(f"/* error 2^{error_bits(tail, found):.1f} */")
        lines.append(f"INLINE real {name}(real t) {{")
        lines.append(f"    return {horner(found, bits)};\n}}")
    high, low = parts(mp.log(2), splits)
    most, least = (89, -104) if bits == 32 else (710, -746)
    root = mpf(2) ** (24 if bits == 32 else 53) / mp.sqrt(2)
    mantissa = int(root) - 2 ** (23 if bits == 32 else 52)
    exponent = (126 << 23) if bits == 32 else (1022 << 52)
    suffix = "f" if bits == 32 else ""
    lines += [f"#define LN2_HIGH {high!r}{suffix}", f"#define LN2_LOW {low!r}{suffix}"]
    lines += [f"#define EXP_MOST {most}", f"#define EXP_LEAST {least}"]
    return [*lines, f"#define SQRT_HALF {hex(exponent + mantissa)}u"]


def header() -> str:
    mp.prec = BITS
    first = {"EXP_TAIL": 4, "LN_TAIL": 7, "SIN_TAIL": 2, "COS_TAIL": 2}
    second = {"EXP_TAIL": 9, "LN_TAIL": 6, "SIN_TAIL": 5, "COS_TAIL": 5}
    halves = parts(mp.pi / 2, (53, 53, 53))
    constants = [("LOG2_E", float(1 / mp.log(2))), ("LN_2", float(mp.log(2)))]
    constants += [("EULER", float(mp.e)), ("TWO_OVER_PI", float(2 / mp.pi))]
    constants += [(f"HALF_PI_{k}", part) for k, part in enumerate(halves, 1)]
    return "\n".join(
        [
            "/* Polynomials and constants, from tests/plugins/native_coefficients.py. */",
            *(define(name, value) for name, value in constants),
            "#if REAL_BITS == 32",
            *section(32, first, (15, 24)),
            "#else",
            *section(64, second, (42, 53)),
            "#endif\n",
        ]
    )


if __name__ == "__main__":
    print(header(), end="")
