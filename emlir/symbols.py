"""Making symbols."""

from emlir.expr.core import Expr, symbol


def symbols(names: str) -> Expr | tuple[Expr, ...]:
    """Return the symbol, or the symbols, that a text names, separated by spaces or commas.

    >>> import emlir
    >>> x, y = emlir.symbols("x y")
    >>> str(x * y)
    'x*y'
    """
    parts = names.replace(",", " ").split()
    if not parts:
        raise ValueError("symbols() needs at least one name")
    return symbol(parts[0]) if len(parts) == 1 else tuple(symbol(part) for part in parts)
