"""Store: sums by number."""

from collections.abc import Container, Iterator

from emlir.passes.lifting.sums import ZERO, Base, Sum


class Store:
    """Gives every sum a number; 0 is the sum 0."""

    def __init__(self) -> None:
        self._keys: dict[Sum, int] = {ZERO: 0}
        self._sums: list[Sum] = [ZERO]

    def key(self, x: Sum) -> int:
        """The number of a sum."""
        key = self._keys.setdefault(x, len(self._sums))
        if key == len(self._sums):
            self._sums.append(x)
        return key

    def __getitem__(self, key: object) -> Sum:
        assert isinstance(key, int)
        return self._sums[key]

    def number_of(self, base: Base) -> int:
        """The number of the sum inside a function."""
        assert isinstance(base[1], int)
        return base[1]

    def new_parts(self, key: int, known: Container[int]) -> list[int]:
        """The numbers that a sum refers to, directly or not, and its own, parts first.

        A sum is numbered after its parts. Those in ``known`` are left out with their parts.
        """
        found: set[int] = set()
        stack = [key]
        while stack:
            top = stack.pop()
            if top not in found and top not in known:
                found.add(top)
                stack.extend(_parts(self._sums[top]))
        return sorted(found)


def _parts(x: Sum) -> Iterator[int]:
    for product, _ in x.terms:
        yield product.exponent
        for (_, content), _ in product.factors:
            if isinstance(content, int):
                yield content
