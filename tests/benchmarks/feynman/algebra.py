"""Whether a difference or a ratio simplifies to a constant: by emlir's rules, then by sympy."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any

import emlir

PATIENCE = 10.0
"""Seconds for each attempt: simplification may take for ever."""


def constant_by(found: emlir.Expr, truth: emlir.Expr) -> str:
    """Return who simplified the difference or the ratio to a constant, or nothing.

    All variables are taken as positive, as they are in the database.
    """
    attempts: tuple[tuple[str, Callable[[emlir.Expr, emlir.Expr], bool]], ...] = (
        ("emlir", _by_emlir),
        ("sympy", _by_sympy),
    )
    for name, attempt in attempts:
        if find_spec(name) is None:
            continue
        try:
            with time_limit(PATIENCE):
                if attempt(found, truth):
                    return name
        except (TimeoutError, ArithmeticError, ValueError, TypeError, NotImplementedError):
            continue  # what cannot be simplified is not decided
    return ""


def _by_emlir(found: emlir.Expr, truth: emlir.Expr) -> bool:
    """Conditions that rules ask for are granted: points have shown that both are defined."""
    positive = dict.fromkeys({*found.symbols, *truth.symbols}, (0.001, 1000))
    return any(
        not emlir.trace(
            both, "expand, simplify", assume=positive, allow_obligations=True
        ).expr.symbols
        for both in (found - truth, found / truth)
    )


def _by_sympy(found: emlir.Expr, truth: emlir.Expr) -> bool:
    import sympy

    a, b = (_positive(expr) for expr in (found, truth))
    ratio = sympy.simplify(a / b)
    if not ratio.free_symbols:
        return bool(ratio.is_finite and ratio != 0)
    return not sympy.simplify(a - b).free_symbols


def _positive(expr: emlir.Expr) -> Any:
    """Return the sympy object with positive symbols."""
    import sympy

    from emlir_sympy import to_sympy

    built = to_sympy(expr)
    symbols = {s: sympy.Symbol(s.name, positive=True) for s in built.free_symbols}
    return sympy.sympify(built.subs(symbols).doit())


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise ``TimeoutError`` in the block after so many seconds; only in the main thread."""

    def stop(_signal: int, _frame: Any) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
