"""Expressions: hash-consed graphs of operators, symbols and exact numbers."""

from emlir.expr.core import (
    NUMBER as NUMBER,
    SYMBOL as SYMBOL,
    Expr as Expr,
    Operator as Operator,
    as_expr as as_expr,
    const as const,
    number as number,
    symbol as symbol,
)
from emlir.expr.operator import Lowering as Lowering, Sort as Sort
from emlir.expr.traverse import postorder as postorder, tree_size as tree_size
