"""Exact values of closed subterms.

A float or ball evaluation of e - ln(exp(e)) is only near 0, and its logarithm is nonsense.
So every evaluation first replaces the closed subterms whose value is exactly a rational
number or an infinity (in ``complex`` also a + b i, a pi and a pi i, as trees of exp and ln
give them). How: ``forms`` has the linear forms that values are kept in, ``folder`` exp, ln
and the pass over an expression, ``rules`` the other operators, ``bounds`` rigorous signs.
"""

from emlir.closed.folder import (
    MAX_BITS as MAX_BITS,
    fold_all as fold_all,
    fold_closed as fold_closed,
)
