"""What may stand where in content MathML; all else is refused where it begins."""

from collections.abc import Mapping
from difflib import get_close_matches

from emlir.plugin_api import Expr, ProblemError
from emlir_codegen.mathml_elements import BINDERS, PRESENTATION, WITHOUT_COUNTERPART
from emlir_codegen.mathml_meaning import CONSTANT_NAMES, MEANINGS, QUALIFIED, Meaning

DOCUMENT = ""
"""The name of what holds the outermost element."""

TEXTUAL = frozenset({"ci", "cn", "csymbol"})
ANNOTATIONS = frozenset({"annotation", "annotation-xml"})
_EMPTY = frozenset({*MEANINGS, *CONSTANT_NAMES, "share", "sep"})
_ONE = frozenset({DOCUMENT, "math", "semantics", "annotation-xml", "otherwise", *QUALIFIED})
_VALUES = frozenset({*TEXTUAL, *CONSTANT_NAMES, "apply", "piecewise", "share", "semantics", "math"})
_KNOWN = frozenset({*_VALUES, *MEANINGS, *QUALIFIED, *ANNOTATIONS, "piece", "otherwise", "sep"})

_PARENTS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys((*MEANINGS, *QUALIFIED), ("apply",)),
    **dict.fromkeys(ANNOTATIONS, ("semantics",)),
    "math": (DOCUMENT, "annotation-xml"),
    "piece": ("piecewise",),
    "otherwise": ("piecewise",),
    "sep": ("cn",),
}
"""The only places of elements that cannot stand wherever a value can."""


class Frame:
    """An element that is being read, and what it holds so far.

    ``offset`` is where it begins and ``content`` where its text does; ``head`` is the operator
    element of an ``apply`` and where that stands; ``inner`` are parts with a name of their own.
    """

    __slots__ = (
        "attributes",
        "content",
        "head",
        "inner",
        "meaning",
        "name",
        "offset",
        "texts",
        "values",
    )

    def __init__(self, name: str, offset: int, attributes: dict[str, str]) -> None:
        self.name = name
        self.offset = self.content = offset
        self.attributes = attributes
        self.values: list[Expr] = []
        self.inner: dict[str, Expr] = {}
        self.texts: list[list[str]] = [[]]
        self.head = ("", 0)
        self.meaning: Meaning | None = None


def check_place(parent: Frame, name: str, offset: int) -> None:
    """Raise :class:`ProblemError` if an element cannot stand in its parent, now."""
    reason = _unreadable(name) or _misplaced(parent, name)
    if reason:
        raise ProblemError(reason, offset)


def _unreadable(name: str) -> str:
    """Say why an element can stand nowhere, if so."""
    if name in _KNOWN:
        return ""
    if name in PRESENTATION:
        return (
            f"<{name}> is presentation MathML, which says how a formula looks and not what it "
            "means: only content MathML (<apply>, <ci>, <cn>) can be read"
        )
    if name in BINDERS:
        return f"<{name}> has no counterpart here: there are no bound variables, sets or matrices"
    if name in WITHOUT_COUNTERPART:
        return f"<{name}> has no counterpart here"
    near = get_close_matches(name, _KNOWN, 1)
    return f"<{name}> is not content MathML" + (f"; did you mean <{near[0]}>?" if near else "")


def _misplaced(parent: Frame, name: str) -> str:
    """Say why an element cannot come next in its parent, if so."""
    place = f"<{parent.name}>"
    if parent.name in _EMPTY:
        return f"{place} holds nothing: close it as <{parent.name}/>"
    if parent.name not in _PARENTS.get(name, (parent.name,)):
        return _elsewhere(name)
    if parent.name in TEXTUAL and name != "sep":
        return f"{place} holds text only, not <{name}>"
    if parent.name == "apply":
        return _in_apply(parent, name)
    if parent.name == "piecewise":
        return _in_piecewise(parent, name)
    if parent.name == "piece" and len(parent.values) == 2:
        return "<piece> holds a value and its condition, and nothing else"
    if parent.name in _ONE and parent.values:
        return f"only one expression can stand in {place if parent.name else 'the text'}"
    return ""


def _elsewhere(name: str) -> str:
    if name in MEANINGS:
        return f"<{name}/> is an operator: it stands first in <apply>"
    where = {"math": "around everything", "sep": "in <cn>", "piece": "in <piecewise>"}
    where |= {"otherwise": "in <piecewise>"} | dict.fromkeys(ANNOTATIONS, "in <semantics>")
    where |= {q: f"in <apply> after <{head}/>" for q, (head, _) in QUALIFIED.items()}
    return f"<{name}> stands {where[name]}"


def _in_apply(parent: Frame, name: str) -> str:
    head = parent.head[0]
    if not head:
        is_head = name in MEANINGS or name == "csymbol"
        return "" if is_head else f"<{name}> is not an operator, and <apply> begins with one"
    if name in MEANINGS or (name in QUALIFIED and QUALIFIED[name][0] != head):
        return _elsewhere(name)
    return f"<{name}> stands here twice" if name in parent.inner else ""


def _in_piecewise(parent: Frame, name: str) -> str:
    if name not in ("piece", "otherwise"):
        return f"<piecewise> holds <piece> and <otherwise>, not <{name}>"
    return f"<{name}> stands here twice" if name in parent.inner else ""
