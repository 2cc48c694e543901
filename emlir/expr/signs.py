"""Signs of real values: sets of negative, zero, positive, as bits, and how operators act on them.

A rule for signs is a function of the arguments (expressions) and of their signs; it may say
only what holds for all finite real arguments of those signs at which the operator is defined.
"""

from collections.abc import Callable
from itertools import product
from typing import Any

NEGATIVE, ZERO, POSITIVE = 1, 2, 4
ANY = NEGATIVE | ZERO | POSITIVE
NOT_NEGATIVE = ZERO | POSITIVE

SignRule = Callable[[tuple[Any, ...], tuple[int, ...]], int]

_BITS = (NEGATIVE, ZERO, POSITIVE)


def negated(sign: int) -> int:
    """The signs of -x."""
    return (
        (sign & ZERO) | (POSITIVE if sign & NEGATIVE else 0) | (NEGATIVE if sign & POSITIVE else 0)
    )


def _sum_of_bits(a: int, b: int) -> int:
    if a in (ZERO, b):
        return b
    return a if b == ZERO else ANY


def _product_of_bits(a: int, b: int) -> int:
    if ZERO in (a, b):
        return ZERO
    return POSITIVE if a == b else NEGATIVE


def _table(combine: Callable[[int, int], int]) -> list[list[int]]:
    table = [[0] * 8 for _ in range(8)]
    for x, y in product(range(8), repeat=2):
        for a, b in product(_BITS, repeat=2):
            if x & a and y & b:
                table[x][y] |= combine(a, b)
    return table


_SUMS, _PRODUCTS = _table(_sum_of_bits), _table(_product_of_bits)


def sum_sign(args: tuple[Any, ...], signs: tuple[int, ...]) -> int:
    """x + y."""
    return _SUMS[signs[0]][signs[1]]


def difference_sign(args: tuple[Any, ...], signs: tuple[int, ...]) -> int:
    """x - y."""
    return _SUMS[signs[0]][negated(signs[1])]


def product_sign(args: tuple[Any, ...], signs: tuple[int, ...]) -> int:
    """x * y; a square is not negative."""
    if args[0] is args[1]:
        return (signs[0] & ZERO) | (POSITIVE if signs[0] & ~ZERO else 0)
    return _PRODUCTS[signs[0]][signs[1]]


def quotient_sign(args: tuple[Any, ...], signs: tuple[int, ...]) -> int:
    """x / y where y is not 0."""
    return _PRODUCTS[signs[0]][signs[1] & ~ZERO]


def negation_sign(args: tuple[Any, ...], signs: tuple[int, ...]) -> int:
    """-x."""
    return negated(signs[0])


def power_sign(args: tuple[Any, ...], signs: tuple[int, ...]) -> int:
    """x^y: positive for x > 0, not negative for an even exponent."""
    base, exponent = signs
    even = args[1].is_number and args[1].number.denominator == 1 and args[1].number % 2 == 0
    if base & NEGATIVE and not even:
        return ANY
    return POSITIVE | (ZERO if base & ZERO and exponent & POSITIVE else 0)


def same_sign(args: tuple[Any, ...], signs: tuple[int, ...]) -> int:
    """Odd increasing functions: sinh, tanh, atan, ..."""
    return signs[0]


def always_positive(args: tuple[Any, ...], signs: tuple[int, ...]) -> int:
    """exp, cosh, sigmoid, constants, ..."""
    return POSITIVE


def never_negative(args: tuple[Any, ...], signs: tuple[int, ...]) -> int:
    """acos, acosh, ..."""
    return NOT_NEGATIVE


def root_sign(args: tuple[Any, ...], signs: tuple[int, ...]) -> int:
    """sqrt, for arguments that are not negative."""
    return signs[0] & NOT_NEGATIVE


def modulus_sign(args: tuple[Any, ...], signs: tuple[int, ...]) -> int:
    """abs and hypot: 0 only if every argument is."""
    all_zero = all(sign & ZERO for sign in signs)
    some_other = any(sign & ~ZERO for sign in signs)
    return (ZERO if all_zero else 0) | (POSITIVE if some_other else 0)


def floor_sign(args: tuple[Any, ...], signs: tuple[int, ...]) -> int:
    """floor: positive numbers may fall to 0."""
    return signs[0] | (ZERO if signs[0] & POSITIVE else 0)


def smaller_sign(args: tuple[Any, ...], signs: tuple[int, ...]) -> int:
    """min."""
    return _choice(signs, min)


def larger_sign(args: tuple[Any, ...], signs: tuple[int, ...]) -> int:
    """max."""
    return _choice(signs, max)


def _choice(signs: tuple[int, ...], pick: Callable[[int, int], int]) -> int:
    found = 0
    for a, b in product(_BITS, repeat=2):
        if signs[0] & a and signs[1] & b:
            found |= pick(a, b)  # the bits are in the order of the line
    return found


def branch_sign(args: tuple[Any, ...], signs: tuple[int, ...]) -> int:
    """where: either branch."""
    return signs[1] | signs[2]
