"""Reading sympy text: what emlir writes, ``sympy.srepr`` and ``str``; nothing of it is run."""

import ast
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial

from emlir.plugin_api import (
    Expr,
    InexpressibleError,
    ProblemError,
    Reading,
    lookup,
    problems_in,
    read_number,
)
from emlir_sympy.decoding import (
    HEADS,
    PAIR,
    Decoded,
    Part,
    constants,
    decode,
    decode_undefined,
    literal,
)
from emlir_sympy.encoding import CHAINS, MINUS_INFINITY
from emlir_sympy.leaves import LEAVES, Leaves, function_name
from emlir_sympy.operators import BINARY, RELATIONS, UNARY
from emlir_sympy.refusals import odd_sign, refused
from emlir_sympy.source import Source

Steps = Sequence[ast.expr | Callable[[], None]]
Meaning = Callable[[list[Decoded]], Decoded]

_PART_NAME = re.compile(r"_[0-9]+\Z")
_FUNCTIONS = HEADS | {*LEAVES, "Function", "Basic", "sqrt"}
_LACKING = frozenset({"zoo", "nan", "EulerGamma", "GoldenRatio", "TribonacciConstant", "Catalan"})


def read_text(text: str) -> Reading:
    """Read Python text for a sympy object, without running it and without sympy.

    What the text assumes of its symbols (``Symbol('x', positive=True)``) is in the
    assumptions of the reading. Raises :class:`emlir.ParseError`.
    """
    with problems_in(text):
        reader = _Reader(Source(text))
        expr = reader.read()
        return Reading(expr, assumptions=tuple(reader.leaves.facts))


class _Reader:
    """Turns the syntax tree of one text into an expression, with a stack."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.leaves = Leaves()
        self.constants = constants()
        self.values: list[Decoded] = []
        self.parts: dict[str, Decoded] | None = None
        """The named parts so far; ``None`` in a text without any."""

    def read(self) -> Expr:
        tree = self.source.tree
        if isinstance(tree, ast.Tuple):
            raise refused(self.source, tree)
        result = self._named_parts(tree) if isinstance(tree, ast.Subscript) else self._term(tree)
        if not isinstance(result, Part):
            raise ProblemError("a pair is no formula", self.source.offset(tree))
        return result.expr

    def _named_parts(self, tree: ast.Subscript) -> Decoded:
        """Read ``(_1 := ..., _2 := ..., result)[-1]``."""
        if not isinstance(tree.value, ast.Tuple) or ast.unparse(tree.slice) != "-1":
            raise refused(self.source, tree)
        self.parts = {}
        *named, last = tree.value.elts
        for line in named:
            self._bind(line, self.parts)
        return self._term(last)

    def _bind(self, line: ast.expr, parts: dict[str, Decoded]) -> None:
        if not isinstance(line, ast.NamedExpr) or not _PART_NAME.match(line.target.id):
            message = "a part is named here, _1 := ...; only the last line has no name"
            raise ProblemError(message, self.source.offset(line))
        if line.target.id in parts:
            raise ProblemError(f"{line.target.id} is named twice", self.source.offset(line))
        parts[line.target.id] = self._term(line.value)

    def _term(self, node: ast.expr) -> Decoded:
        steps: list[ast.expr | Callable[[], None]] = [node]
        while steps:
            step = steps.pop()
            if isinstance(step, ast.expr):
                steps.extend(reversed(self._steps(step)))
            else:
                step()
        return self.values.pop()

    def _steps(self, node: ast.expr) -> Steps:
        """Return what to do for a node: its arguments, then the node itself."""
        read = _NODES.get(type(node))
        if read is None:
            raise refused(self.source, node)
        return read(self, node)

    def _push(self, value: Decoded) -> Steps:
        self.values.append(value)
        return ()

    def _then(self, args: Sequence[ast.expr], meaning: Meaning, place: Callable[[], int]) -> Steps:
        """Return the steps that read the arguments and replace them by what they mean."""

        def finish() -> None:
            start = len(self.values) - len(args)
            with _problems_at(place):
                self.values[start:] = [meaning(self.values[start:])]

        return [*args, finish]

    def _constant(self, node: ast.Constant) -> Steps:
        if isinstance(node.value, bool):
            return self._push(self.constants["true" if node.value else "false"])
        if isinstance(node.value, int):
            return self._push(literal(node.value))
        if not isinstance(node.value, float):
            raise refused(self.source, node)
        with _problems_at(lambda: self.source.offset(node)):
            return self._push(literal(read_number(self.source.words(node).replace("_", ""))))

    def _name(self, node: ast.Name) -> Steps:
        name = self.source.words(node)  # node.id is normalised: ℝ would be R
        if self.parts is not None and _PART_NAME.match(name):
            return self._push(self._part(name, node))
        if name in self.constants:
            return self._push(self.constants[name])
        with _problems_at(lambda: self.source.offset(node)):
            return self._push(self._symbol(name))

    def _part(self, name: str, node: ast.Name) -> Decoded:
        if self.parts is None or name not in self.parts:
            raise ProblemError(f"{name} is not named above", self.source.offset(node))
        return self.parts[name]

    def _symbol(self, name: str) -> Part:
        if name in _FUNCTIONS:
            advice = f"{name} is a function: write {name}(...), or Symbol({name!r})"
            raise InexpressibleError(advice)
        if name in _LACKING:
            raise InexpressibleError(f"emlir has nothing for sympy's {name}")
        return self.leaves.name(name)

    def _unary(self, node: ast.UnaryOp) -> Steps:
        if isinstance(node.op, ast.USub):
            negative = self._negative(node.operand)
            if negative is not None:
                return self._push(negative)
        meaning = UNARY.get(type(node.op))
        if meaning is None:
            message = "unexpected 'not': write ~(x > 0)"
            raise ProblemError(message, self.source.offset(node))
        return self._then([node.operand], lambda args: meaning(*args), self._at(node))

    def _negative(self, operand: ast.expr) -> Part | None:
        """Return -2 and -oo, which are constants and no products."""
        if isinstance(operand, ast.Name) and operand.id == "oo":
            return self.constants[MINUS_INFINITY]
        if isinstance(operand, ast.Constant) and type(operand.value) in (int, float):
            self._constant(operand)
            value = self.values.pop()
            return literal(-value.expr.number) if isinstance(value, Part) else None
        return None

    def _binary(self, node: ast.BinOp) -> Steps:
        if type(node.op) not in BINARY:
            raise odd_sign(self.source, node.left, node.op)
        sign, meaning = BINARY[type(node.op)]
        place = partial(self.source.after, node.left, sign)
        return self._then([node.left, node.right], lambda args: meaning(*args), place)

    def _comparison(self, node: ast.Compare) -> Steps:
        if len(node.ops) > 1 or type(node.ops[0]) not in RELATIONS:
            raise refused(self.source, node)
        sign, meaning = RELATIONS[type(node.ops[0])]
        place = partial(self.source.after, node.left, sign)
        return self._then([node.left, *node.comparators], lambda args: meaning(*args), place)

    def _pair(self, node: ast.Tuple) -> Steps:
        return self._then(node.elts, partial(decode, PAIR), self._at(node))

    def _call(self, node: ast.Call) -> Steps:
        function = node.func
        if isinstance(function, ast.Name) and function.id in LEAVES:
            with _problems_at(self._at(node)):
                return self._push(self.leaves.read(function.id, node))
        self._check_options(node)
        if isinstance(function, ast.Name):
            with _problems_at(self._at(node)):
                meaning = _function(function.id)
            return self._then(node.args, meaning, self._at(node))
        if isinstance(function, ast.Attribute):
            head, args = self._bare(function, node.args)
            return self._then(args, partial(decode, head), self._at(node))
        if isinstance(function, ast.Call) and _is_named(function.func, "Function"):
            with _problems_at(self._at(node)):
                name = function_name(function)
            return self._then(node.args, partial(decode_undefined, name), self._at(node))
        raise refused(self.source, node)

    def _bare(self, function: ast.Attribute, args: list[ast.expr]) -> tuple[str, list[ast.expr]]:
        """Read ``Basic.__new__(Min, x, y)``, which makes an object as it is."""
        if not (_is_named(function.value, "Basic") and function.attr == "__new__"):
            raise refused(self.source, function)
        head = args[0].id if args and isinstance(args[0], ast.Name) else ""
        if head not in CHAINS.values():
            message = "Basic.__new__ is read with Min, Max, And or Or as its first argument"
            raise ProblemError(message, self.source.offset(function))
        return head, args[1:]

    def _check_options(self, node: ast.Call) -> None:
        for option in node.keywords:
            given = option.value
            truth = isinstance(given, ast.Constant) and isinstance(given.value, bool)
            if option.arg != "evaluate" or not truth:
                message = f"the option {option.arg or '**'} is not read: only evaluate=False is"
                raise ProblemError(message, self.source.offset(option))

    def _at(self, node: ast.expr) -> Callable[[], int]:
        return lambda: self.source.offset(node)


def _function(name: str) -> Meaning:
    """Return what a function means: one of sympy's, or an operator that sympy lacks."""
    if len(name) == 1 and lookup(name) is None:
        raise InexpressibleError(f"emlir has nothing for {name}; for a product write {name}*(...)")
    return partial(decode if name in HEADS else decode_undefined, name)


def _is_named(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


@contextmanager
def _problems_at(place: Callable[[], int]) -> Iterator[None]:
    """Say where it stands that something cannot be read."""
    try:
        yield
    except ValueError as error:
        raise ProblemError(str(error), place()) from None


_NODES: Mapping[type[ast.expr], Callable[..., Steps]] = {
    ast.Constant: _Reader._constant,
    ast.Name: _Reader._name,
    ast.UnaryOp: _Reader._unary,
    ast.BinOp: _Reader._binary,
    ast.Compare: _Reader._comparison,
    ast.Tuple: _Reader._pair,
    ast.Call: _Reader._call,
}
