"""Factors side by side: what they mean, what is a guess, and what is refused."""

import re

from emlir.plugin_api import ProblemError
from emlir_latex.lenient_piece import NUMBERS, Guesses, Piece, build
from emlir_latex.names import GREEK

DIFFERENCES = ("d", "D", "Delta", "delta")
"""Letters before a variable that may mean a derivative or a difference."""

_WIDE = re.compile(r"\\[;: \t\n]")
_FUNCTION_LETTERS = ("f", "g", "h", "Gamma", "zeta")
_PLAIN = ("name", "power", "constant", *NUMBERS)


def product(name: str, offset: int, left: Piece, right: Piece) -> Piece:
    """Return a product or a quotient of two pieces; ``name`` says which."""
    return Piece(
        build(name, offset, left.expr, right.expr),
        left.start,
        right.end,
        right.shape,
        right.name,
        right.name_at,
        left.first,
        left.factors + right.factors,
        right.ends,
        right.doubtful,
        name == "div",
    )


def side_by_side(left: Piece, right: Piece, guesses: Guesses) -> Piece:
    """Return the product of factors without a sign between them."""
    for side in (left, right):
        if side.shape == "text":
            raise ProblemError("a text beside a value is not read: leave it out", side.start)
    _check_numbers(left, right, guesses)
    _check_call(left, right, guesses)
    if left.divided:
        if left.first == left.name and left.name in DIFFERENCES:
            raise ProblemError("derivatives are not read", left.start)
        raise ProblemError("a/bc could be (a/b)c or a/(bc): use \\frac or brackets", right.start)
    _check_space(left, right, guesses)
    if left.shape == "name" and left.name in DIFFERENCES and right.first:
        guesses.add(f"{left.name} before {right.first} is read as a factor", left.name_at)
    if left.doubtful:
        guesses.add(f"the argument of \\{left.ends} is read as ending here", right.start)
    if _touching_letters(left, right, guesses.text):
        guesses.add("letters side by side are read as a product", right.start - 1)
    return product("mul", right.start, left, right)


def _check_space(left: Piece, right: Piece, guesses: Guesses) -> None:
    """A wide space between factors may be one between formulas."""
    between = guesses.text[left.end : right.start]
    if "quad" in between:
        raise ProblemError("a wide space separates formulas: read them one by one", left.end)
    if _WIDE.search(between):
        guesses.add("a wide space is read as a product", left.end)


def _touching_letters(left: Piece, right: Piece, text: str) -> bool:
    touching = left.end == right.start > 0
    return touching and text[left.end - 1].isalpha() and text[right.start].isalpha()


def _check_numbers(left: Piece, right: Piece, guesses: Guesses) -> None:
    if left.shape in NUMBERS and right.first == "#":
        raise ProblemError("two numbers side by side: write + or \\cdot between them", right.start)
    if right.shape in NUMBERS:
        guesses.add(
            "a number after a factor is read as a product; an exponent, index or argument "
            "without braces is one character",
            right.start,
        )


def _check_call(left: Piece, right: Piece, guesses: Guesses) -> None:
    """A letter before a bracket might be a function."""
    if not left.name or right.shape not in ("group", "lone group"):
        return
    lone = left.shape == "name" and right.shape == "lone group"
    base = left.name.partition("_")[0]
    word = len(base) > 1 and base not in GREEK and left.shape in ("name", "power")
    if lone or word or base in _FUNCTION_LETTERS:
        raise ProblemError(
            f"{left.name}(...) looks like a function, which is not known; "
            f"for a product write {left.name} \\cdot (...)",
            left.name_at,
        )
    if left.shape == "name":
        guesses.add(f"{left.name}(...) is read as a product, not as a function", right.start)


def check_run(factors: list[Piece]) -> None:
    """Refuse the argument of a function without brackets whose end is not clear."""
    *before, last = factors
    odd = next((k for k, factor in enumerate(before) if factor.shape not in _PLAIN), None)
    if odd is not None:
        raise _unclear(factors[odd + 1])
    amounts = all(factor.shape in ("constant", *NUMBERS) for factor in before)
    if last.shape not in _PLAIN and not amounts:
        raise _unclear(last)


def _unclear(factor: Piece) -> ProblemError:
    return ProblemError(
        "whether this belongs to the argument of the function is not clear: use brackets",
        factor.start,
    )


def is_usual_argument(run: Piece) -> bool:
    """Whether this is one factor, or a number with one symbol, as in \\sin 2x."""
    return run.factors == 1 or (
        run.factors == 2 and run.first == "#" and run.shape in ("name", "power", "constant")
    )
