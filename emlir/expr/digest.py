"""A 128-bit structural hash, the same in every process and on every machine."""

from collections.abc import Iterator
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Protocol, Self

from emlir.expr.traverse import postorder

if TYPE_CHECKING:

    class Digestible(Protocol):
        """What a node shows of itself to be digested."""

        _digest: bytes | None

        @property
        def args(self) -> tuple[Self, ...]: ...
        @property
        def op(self) -> Any: ...
        @property
        def value(self) -> object: ...


def digest(root: "Digestible") -> bytes:
    """Return the digest of ``root``; it depends on operator names and versions, symbol
    names, exact numbers and structure, and on nothing else."""
    if root._digest is None:
        for node in postorder((root,)):
            if node._digest is None:
                node._digest = blake2b(b"".join(_parts(node)), digest_size=16).digest()
    assert root._digest is not None
    return root._digest


def _parts(node: "Digestible") -> Iterator[bytes]:
    yield node.op.signature
    if node.value is not None:
        yield _value_bytes(node.value)
    for arg in node.args:
        assert arg._digest is not None
        yield arg._digest


def _value_bytes(value: Any) -> bytes:
    if isinstance(value, str):
        return value.encode("utf-8", "surrogatepass")
    return f"{value.numerator:x}/{value.denominator:x}".encode("ascii")
