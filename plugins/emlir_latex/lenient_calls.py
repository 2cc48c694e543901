"""Functions applied: which one is meant, with its base and its exponent."""

from emlir.plugin_api import Expr, ProblemError, find_operator, number
from emlir_latex.lenient_functions import LOGARITHMS, apply, inverse
from emlir_latex.lenient_piece import Guesses, Head, Piece, build


def call(head: Head, args: list[Expr], guesses: Guesses) -> Expr:
    """Return what a function with its exponent is of its arguments."""
    if head.power is None:
        return _value(head, args, guesses)
    if not _is_minus_one(head.power):
        return build("pow", head.power.start, _value(head, args, guesses), head.power.expr)
    return _inverse(head, args, guesses)


def _is_minus_one(power: Piece) -> bool:
    """Whether it is written -1; sympy's -1.0 is a power."""
    return power.shape == "-number" and power.expr is number(-1)


def _inverse(head: Head, args: list[Expr], guesses: Guesses) -> Expr:
    name = inverse(head.name)
    if name is None:
        raise ProblemError(
            f"\\{head.name}^{{-1}} could be an inverse or a reciprocal: write what is meant",
            head.start,
        )
    guesses.add(f"\\{head.name}^{{-1}} is read as the inverse function {name}", head.start)
    _note_arccotangent(name, head.start, guesses)
    return _apply(name, args, head.start)


def _value(head: Head, args: list[Expr], guesses: Guesses) -> Expr:
    _note_arccotangent(head.name, head.start, guesses)
    if head.name not in ("log", "lg"):
        return _apply(head.name, args, head.start)
    if len(args) != 1:
        raise ProblemError(f"{head.name} takes 1 argument; a base is \\log_{{b}}", head.start)
    if head.base is not None:
        return _logarithm(args[0], head.base.expr, head.start)
    if head.name == "lg":
        guesses.add("\\lg is read as the logarithm to base 10", head.start)
        return _logarithm(args[0], number(10), head.start)
    return _log(args[0], head.start, guesses)


def _note_arccotangent(name: str, offset: int, guesses: Guesses) -> None:
    if name in ("acot", "arccot"):
        guesses.add("arccot x is read as arctan(1/x)", offset)


def _logarithm(x: Expr, base: Expr, offset: int) -> Expr:
    if base is find_operator("e")():
        return build("ln", offset, x)
    return build("div", offset, build("ln", offset, x), build("ln", offset, base))


def _log(x: Expr, offset: int, guesses: Guesses) -> Expr:
    if guesses.log == "error":
        raise ProblemError("\\log has no base: write \\ln, or \\log_{b}", offset)
    base = LOGARITHMS[guesses.log]
    if base is None:
        guesses.add("\\log is read as the natural logarithm", offset)
        return build("ln", offset, x)
    guesses.add(f"\\log is read as the logarithm to base {base}", offset)
    return _logarithm(x, number(base), offset)


def _apply(name: str, args: list[Expr], offset: int) -> Expr:
    try:
        return apply(name, args)
    except TypeError as error:
        raise ProblemError(str(error), offset) from None
