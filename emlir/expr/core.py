"""Expr, the immutable node of a hash-consed graph, and Operator, which builds it.

Equal structure means the same object: a node is looked up before it is made, in a table
that holds it weakly. So ``==`` is identity and costs nothing.
"""

import threading
import weakref
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar, cast

from emlir.expr import calculus, traverse
from emlir.expr.digest import digest
from emlir.expr.numbers import exact
from emlir.expr.operator import OperatorRecord, Sort
from emlir.expr.table import builtin, register

if TYPE_CHECKING:
    Key = tuple[object, object]
    Replacements = Mapping[str, Any] | Mapping["Expr", Any] | Mapping["str | Expr", Any]


class Expr:
    """An expression: an operator with arguments, a symbol, or an exact number.

    Build one with :func:`emlir.parse`, :func:`emlir.symbols`, :func:`emlir.const`, the
    functions (``emlir.exp``, ...) and Python's operators. ``==`` is identity; ``eq(a, b)``
    builds the equation. Immutable, thread-safe, and of any depth.
    """

    __slots__ = ("__weakref__", "_digest", "args", "op", "value")
    __array_ufunc__: ClassVar[None] = None  # NumPy leaves mixed operations to us
    __array_priority__: ClassVar[float] = 1000.0

    op: "Operator"
    args: "tuple[Expr, ...]"
    value: Fraction | str | None
    _digest: bytes | None

    @property
    def sort(self) -> Sort:
        """``number`` or ``truth``."""
        return self.op.gives

    @property
    def is_number(self) -> bool:
        """Whether this is an exact number."""
        return self.op is NUMBER

    @property
    def is_symbol(self) -> bool:
        """Whether this is a symbol."""
        return self.op is SYMBOL

    @property
    def name(self) -> str:
        """The name of a symbol; ``AttributeError`` for anything else."""
        if self.op is not SYMBOL:
            raise AttributeError(f"only a symbol has a name, this is {self.op.name}")
        return cast(str, self.value)

    @property
    def number(self) -> Fraction:
        """The value of a number; ``AttributeError`` for anything else."""
        if self.op is not NUMBER:
            raise AttributeError(f"only a number has a value, this is {self.op.name}")
        return cast(Fraction, self.value)

    @property
    def symbols(self) -> tuple[str, ...]:
        """The names of the symbols in it, sorted."""
        nodes = traverse.postorder((self,))
        return tuple(sorted(cast(str, node.value) for node in nodes if node.op is SYMBOL))

    @property
    def dag_size(self) -> int:
        """The number of distinct nodes."""
        return traverse.dag_size(self)

    @property
    def tree_size(self) -> int:
        """The number of nodes of the unfolded tree, exact; for pure EML the paper's K."""
        return traverse.tree_size(self)

    @property
    def depth(self) -> int:
        """The number of edges on the longest path to a leaf."""
        return traverse.depth(self)

    @property
    def digest(self) -> str:
        """The 128-bit structural hash in hexadecimal, stable across processes and versions."""
        return digest(self).hex()

    def subs(self, replacements: "Replacements") -> "Expr":
        """Replace symbols (by name) or whole subexpressions, all at once.

        >>> import emlir
        >>> str(emlir.parse("x + y*x").subs({"x": 2, "y": "x"}))
        '2 + x*2'
        """
        table = {
            symbol(k) if isinstance(k, str) else k: as_expr(v) for k, v in replacements.items()
        }
        for old, new in table.items():
            if old.sort != new.sort:
                raise TypeError(f"cannot put a {new.sort} in the place of a {old.sort}")
        return calculus.substitute(self, table)

    def diff(self, name: "str | Expr") -> "Expr":
        """Return the derivative with respect to a symbol, by the operator records."""
        variable = symbol(name) if isinstance(name, str) else name
        if variable.op is not SYMBOL:
            raise TypeError("differentiate with respect to a symbol")
        if self.sort != "number":
            raise TypeError("a truth expression has no derivative")
        return calculus.differentiate(self, variable, number(0), number(1))

    def __add__(self, other: object) -> "Expr":
        return _binary("add", self, other)

    def __radd__(self, other: object) -> "Expr":
        return _binary("add", other, self)

    def __sub__(self, other: object) -> "Expr":
        return _binary("sub", self, other)

    def __rsub__(self, other: object) -> "Expr":
        return _binary("sub", other, self)

    def __mul__(self, other: object) -> "Expr":
        return _binary("mul", self, other)

    def __rmul__(self, other: object) -> "Expr":
        return _binary("mul", other, self)

    def __truediv__(self, other: object) -> "Expr":
        return _binary("div", self, other)

    def __rtruediv__(self, other: object) -> "Expr":
        return _binary("div", other, self)

    def __pow__(self, other: object) -> "Expr":
        return _binary("pow", self, other)

    def __rpow__(self, other: object) -> "Expr":
        return _binary("pow", other, self)

    def __mod__(self, other: object) -> "Expr":
        return _binary("mod", self, other)

    def __rmod__(self, other: object) -> "Expr":
        return _binary("mod", other, self)

    def __neg__(self) -> "Expr":
        return build("neg", self)

    def __pos__(self) -> "Expr":
        return self

    def __abs__(self) -> "Expr":
        return build("abs", self)

    def __lt__(self, other: object) -> "Expr":
        return _binary("lt", self, other)

    def __le__(self, other: object) -> "Expr":
        return _binary("le", self, other)

    def __gt__(self, other: object) -> "Expr":
        return _binary("gt", self, other)

    def __ge__(self, other: object) -> "Expr":
        return _binary("ge", self, other)

    def __and__(self, other: object) -> "Expr":
        return _binary("and", self, other)

    def __or__(self, other: object) -> "Expr":
        return _binary("or", self, other)

    def __invert__(self) -> "Expr":
        return build("not", self)

    def __bool__(self) -> bool:
        raise TypeError(
            "an expression has no truth value: use == for identity, eq(a, b) for an equation, "
            "& | ~ for and, or, not, and (a < b) & (b < c) for a chain"
        )

    def __str__(self) -> str:
        return _printer[0](self)

    def __repr__(self) -> str:
        if traverse.tree_size(self, limit=200) <= 200:
            return f"<Expr {self}>"
        return f"<Expr {self.op.name} of {self.dag_size} nodes, {self.digest[:8]}>"

    def _repr_latex_(self) -> str | None:
        return _displays[0](self)

    def _repr_svg_(self) -> str | None:
        return _displays[1](self)

    def __copy__(self) -> "Expr":
        return self

    def __deepcopy__(self, memo: object) -> "Expr":
        return self

    def __setattr__(self, name: str, value: object) -> None:
        if name != "_digest":
            raise AttributeError("expressions are immutable")
        object.__setattr__(self, name, value)


class Operator(OperatorRecord):
    """An operator; call it with arguments to build an expression.

    See :class:`emlir.expr.operator.OperatorRecord` for the fields. Arguments that are not
    expressions are made exact numbers; wrong sorts and counts raise ``TypeError``.
    """

    __slots__ = ()

    def __post_init__(self) -> None:
        OperatorRecord.__post_init__(self)
        register(self)

    def __call__(self, *args: object) -> Expr:
        nodes = tuple([arg if isinstance(arg, Expr) else as_expr(arg) for arg in args])
        sorts = tuple([node.op.gives for node in nodes])
        if sorts != self.takes:
            raise TypeError(self._complaint(sorts))
        return self.applied(nodes)

    def applied(self, nodes: tuple[Expr, ...]) -> Expr:
        """Like a call, for arguments that are known to be expressions of the right sorts."""
        if self.canonical is not None:
            folded = self.canonical(*nodes)
            if folded is not None:
                return cast(Expr, folded)
        return _intern(self, nodes, None)

    def _complaint(self, sorts: tuple[Sort, ...]) -> str:
        if len(sorts) != self.arity:
            plural = "" if self.arity == 1 else "s"
            return f"{self.name} takes {self.arity} argument{plural}, not {len(sorts)}"
        wanted = ", ".join(self.takes)
        return f"{self.name} takes ({wanted}), not ({', '.join(sorts)})"


class _Reference(weakref.ref[Expr]):
    __slots__ = ("key",)
    key: "Key"


_table: "dict[Key, _Reference]" = {}
_lock = threading.RLock()  # re-entered when collecting garbage while a node is added
_new_object: Callable[[type[Expr]], Expr] = object.__new__
_set_op, _set_args, _set_value, _set_digest = (
    vars(Expr)[slot].__set__ for slot in ("op", "args", "value", "_digest")
)  # as object.__setattr__, without looking the slot up


def _forget(reference: "weakref.ref[Expr]") -> None:
    key = cast(_Reference, reference).key
    with _lock:
        if _table.get(key) is reference:
            del _table[key]


def _intern(op: Operator, args: tuple[Expr, ...], value: Fraction | str | None) -> Expr:
    key = (op, args if value is None else value)
    reference = _table.get(key)
    node = None if reference is None else reference()
    return node if node is not None else _add(key, op, args, value)


def _add(key: "Key", op: Operator, args: tuple[Expr, ...], value: Fraction | str | None) -> Expr:
    with _lock:
        reference = _table.get(key)
        node = None if reference is None else reference()
        if node is not None:
            return node
        node = _new_object(Expr)
        _set_op(node, op)
        _set_args(node, args)
        _set_value(node, value)
        _set_digest(node, None)
        fresh = _Reference(node, _forget)
        fresh.key = key
        _table[key] = fresh
        return node


def _refuse_call() -> Expr:
    raise TypeError("symbol and number are no functions: use symbols('x') or const(2)")


SYMBOL = Operator(
    name="symbol", arity=0, family="leaf", summary="a named unknown", canonical=_refuse_call
)
NUMBER = Operator(
    name="number", arity=0, family="leaf", summary="an exact rational", canonical=_refuse_call
)


_printer: list[Callable[[Expr], str]] = []


def set_printer(printer: Callable[[Expr], str]) -> None:
    """Name the function behind ``str(expr)``; the notations live above this module."""
    _printer[:] = [printer]


Display = Callable[[Expr], str | None]
_displays: list[Display] = []


def set_displays(latex: Display, svg: Display) -> None:
    """Name the functions behind what notebooks show."""
    _displays[:] = [latex, svg]


def symbol(name: str) -> Expr:
    """Return the symbol called ``name``: any text that is not empty.

    A surrogate pair is the character that it encodes; a lone surrogate stays one.
    """
    if not isinstance(name, str) or not name:
        raise ValueError(f"a symbol needs a name, not {name!r}")
    return _intern(SYMBOL, (), str(name) if name.isascii() else _joined(name))


def _joined(name: str) -> str:
    return name.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def number(value: Fraction | int) -> Expr:
    """Return the node of an exact rational."""
    return _intern(NUMBER, (), Fraction(value))


def const(value: object, *, dyadic: bool = False) -> Expr:
    """Return the exact number that ``value`` stands for.

    A float is the rational of the shortest decimal that reads back to it; with ``dyadic``
    it is the exact double. Raises ``TypeError`` for what is not a number and ``ValueError``
    for NaN and infinities.

    >>> import emlir
    >>> emlir.const(0.1).number, emlir.const(0.5, dyadic=True).number
    (Fraction(1, 10), Fraction(1, 2))
    """
    return number(exact(value, dyadic=dyadic))


def as_expr(value: object) -> Expr:
    """Return ``value`` if it is an expression; a string names a symbol; a bool is a truth."""
    if isinstance(value, Expr):
        return value
    if isinstance(value, str):
        return symbol(value)
    if isinstance(value, bool):
        return build("true" if value else "false")
    return const(value)


def build(name: str, *args: object) -> Expr:
    """Apply the built-in operator called ``name``."""
    return cast(Expr, builtin(name)(*args))


def _binary(name: str, left: object, right: object) -> Expr:
    return build(name, _operand(left), _operand(right))


def _operand(value: object) -> Expr:
    if isinstance(value, str):
        raise TypeError(f"use parse({value!r}) or symbols({value!r}) in arithmetic, not text")
    return as_expr(value)
