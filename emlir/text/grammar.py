"""Reading by Lark grammars: finding them, and running one on a text."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emlir.errors import ParseError
from emlir.text.problem import ProblemError, problems_in

if TYPE_CHECKING:
    from lark.exceptions import UnexpectedInput, VisitError

_PLACES = (
    Path(__file__).parents[1] / "grammars",  # in the wheel
    Path(__file__).parents[2] / "grammars",  # in a checkout
)


@cache
def grammar_text(name: str) -> str:
    """Return the text of ``grammars/<name>.lark``."""
    for place in _PLACES:
        path = place / f"{name}.lark"
        if path.is_file():
            return path.read_text(encoding="utf-8")
    raise FileNotFoundError(f"the grammar {name}.lark is not in {' or '.join(map(str, _PLACES))}")


def _problem(error: "VisitError") -> Exception:
    """Return what a builder complained about, with a place."""
    cause = error.orig_exc
    if not isinstance(cause, TypeError | ValueError):
        return cause
    parts = getattr(error.obj, "children", [error.obj])
    places = [part.start_pos for part in parts if getattr(part, "start_pos", None) is not None]
    return ProblemError(str(cause), min(places, default=0))


class GrammarReader:
    """Reads text by an LALR grammar; nothing recurses, so any depth is read.

    ``grammar`` is the name of one of emlir's own, or the path of a ``.lark`` file. ``builder``
    is a Lark transformer that builds expressions as the text is reduced; it may
    raise :class:`ProblemError`, or a ``TypeError`` or ``ValueError`` whose message says what is
    wrong. ``explain`` turns Lark's complaint into an error that says
    what to do. Further options go to ``lark.Lark``.
    """

    def __init__(
        self,
        grammar: str | Path,
        builder: Any,
        explain: "Callable[[UnexpectedInput, str], ParseError]",
        **options: Any,
    ) -> None:
        from lark import Lark

        self._explain = explain
        self._lark = Lark(
            grammar_text(grammar) if isinstance(grammar, str) else grammar.read_text("utf-8"),
            parser="lalr",
            transformer=builder,
            maybe_placeholders=False,
            **options,
        )

    def read(self, text: str) -> Any:
        """Return what the builder makes of the text; raise :class:`emlir.ParseError`."""
        from lark.exceptions import UnexpectedInput, VisitError

        with problems_in(text):
            try:
                return self._lark.parse(text)
            except UnexpectedInput as error:
                raise self._explain(error, text) from None
            except VisitError as error:
                raise _problem(error) from None
