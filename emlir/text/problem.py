"""Something wrong at a place of a text, on its way to become a ParseError."""

from collections.abc import Iterator
from contextlib import contextmanager

from emlir.text.syntax import error_at


class ProblemError(Exception):
    """What is wrong, and the offset into the text; raised by the parts of a reader.

    :func:`problems_in` makes a :class:`emlir.ParseError` of it.
    """

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset


@contextmanager
def problems_in(text: str) -> Iterator[None]:
    """Turn a :class:`ProblemError` about ``text`` into a :class:`emlir.ParseError`."""
    try:
        yield
    except ProblemError as problem:
        raise error_at(problem.message, text, problem.offset) from None
