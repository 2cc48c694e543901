"""Reading content MathML with the XML parser of the standard library; nothing recurses."""

import re
from collections.abc import Callable, Mapping
from xml.parsers import expat

from emlir.plugin_api import (
    Expr,
    ProblemError,
    find_operator,
    lookup,
    number,
    problems_in,
    symbol,
)
from emlir_codegen.mathml_advice import explain
from emlir_codegen.mathml_elements import DICTIONARY, NAMESPACE, PRESENTATION
from emlir_codegen.mathml_meaning import CONSTANT_NAMES, MEANINGS, QUALIFIED, named, read_cn
from emlir_codegen.mathml_names import ENCODED, read_name
from emlir_codegen.mathml_places import (
    ANNOTATIONS,
    DOCUMENT,
    TEXTUAL,
    Frame,
    check_place,
)

_SPACE = " \t\r\n"
_DOCTYPE = re.compile(r"\ufeff?(?>\s|<\?(?s:.*?)\?>|<!--(?s:.*?)-->)*+(?=<!DOCTYPE)")
_CONTENT = ("MathML-Content", "application/mathml-content+xml")
_SYMBOL_TYPES = ("real", "complex", "constant")


def read_content(text: str) -> Expr:
    """Read an expression; raises :class:`emlir.ParseError`."""
    with problems_in(text):
        data = _encode(text)
        try:
            return _Reader().read(data)
        except ProblemError as problem:
            before = data[: problem.offset].decode("utf-8", "ignore")
            raise ProblemError(problem.message, len(before)) from None


def _encode(text: str) -> bytes:
    """Return the text for the parser; a document type, which may define entities, is refused."""
    doctype = _DOCTYPE.match(text)
    if doctype is not None:
        raise ProblemError("a document type is not read: remove <!DOCTYPE ...>", doctype.end())
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise ProblemError("this is half a character, which XML cannot hold", error.start) from None


class _Reader:
    """Handles what the parser reports; offsets are in bytes."""

    def __init__(self) -> None:
        self.stack = [Frame(DOCUMENT, 0, {})]
        self.skipped = 0
        self.parts: dict[str, Expr] = {}
        self.parser = expat.ParserCreate("UTF-8", " ")
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.text

    def read(self, data: bytes) -> Expr:
        try:
            self.parser.Parse(data, True)
        except expat.ExpatError as error:
            offset = max(0, self.parser.ErrorByteIndex)
            opened = [frame.name for frame in self.stack[1:]]
            raise ProblemError(explain(error.code, opened), offset) from None
        return self.stack[0].values[0]

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        parent, offset = self.stack[-1], self.parser.CurrentByteIndex
        name = "" if self.skipped else _local(tag, offset)
        if self.skipped or _is_passed_over(parent, name, attributes):
            self.skipped += 1
            return
        check_place(parent, name, offset)
        if "definitionURL" in attributes:
            raise ProblemError(f"the definitionURL of <{name}> is a meaning unknown here", offset)
        if name == "sep":
            parent.texts.append([])
        self.stack.append(Frame(name, offset, attributes))

    def end(self, tag: str) -> None:
        if self.skipped:
            self.skipped -= 1
            return
        frame = self.stack.pop()
        parent = self.stack[-1]
        if frame.name in MEANINGS:
            parent.head, parent.meaning = (frame.name, frame.offset), MEANINGS[frame.name]
        elif frame.name == "csymbol" and parent.name == "apply" and not parent.head[0]:
            parent.head, parent.meaning = (frame.name, frame.offset), named(_csymbol(frame))
        else:
            self._deliver(frame, parent)

    def text(self, text: str) -> None:
        if self.skipped:
            return
        frame, rest = self.stack[-1], text.lstrip(_SPACE)
        offset = self.parser.CurrentByteIndex + len(text) - len(rest)
        if frame.name in TEXTUAL:
            frame.texts[-1].append(text)
            if rest and frame.content == frame.offset:
                frame.content = offset
        elif rest:
            advice = "a name is written <ci>x</ci>, a number <cn>2</cn>"
            raise ProblemError(f"{rest[:20].rstrip()!r} stands outside of any: {advice}", offset)

    def _deliver(self, frame: Frame, parent: Frame) -> None:
        """Put what an element holds where its parent looks for it."""
        if frame.name == "share":
            parent.values.append(self._shared(frame))
        elif frame.name == "piece":
            parent.values += _piece(frame)
        elif frame.name in ("otherwise", *QUALIFIED):
            parent.inner[frame.name] = _single(frame)
        elif frame.name != "sep":
            value = _VALUES[frame.name](frame)
            self._remember(frame, value)
            parent.values.append(value)

    def _remember(self, frame: Frame, value: Expr) -> None:
        name = frame.attributes.get("id")
        if name is None:
            return
        if name in self.parts:
            raise ProblemError(f"the id {name!r} is given twice", frame.offset)
        self.parts[name] = value

    def _shared(self, frame: Frame) -> Expr:
        target = frame.attributes.get("href", "")
        found = self.parts.get(target[1:]) if target.startswith("#") else None
        if found is None:
            message = f'<share href="{target}"/> names no id of a part that ends before it'
            raise ProblemError(message, frame.offset)
        return found


def _local(tag: str, offset: int) -> str:
    """Return the name of an element without its namespace, which must be that of MathML."""
    namespace, _, name = tag.rpartition(" ")
    if namespace not in ("", NAMESPACE):
        message = f"<{name}> is not MathML: its namespace is {namespace}"
        raise ProblemError(message, offset)
    return name


def _is_passed_over(parent: Frame, name: str, attributes: dict[str, str]) -> bool:
    """Whether this is a part of ``semantics`` beside the one that says what is meant."""
    if parent.name != "semantics":
        return False
    if name == "annotation-xml":
        return bool(parent.values) or attributes.get("encoding") not in _CONTENT
    return name in ANNOTATIONS or name in PRESENTATION


def _single(frame: Frame) -> Expr:
    if not frame.values:
        raise ProblemError(f"<{frame.name}> holds no expression in content MathML", frame.offset)
    return frame.values[0]


def _apply(frame: Frame) -> Expr:
    if frame.meaning is None:
        message = "<apply> is empty: it begins with an operator such as <plus/>"
        raise ProblemError(message, frame.offset)
    args = frame.values
    try:
        for qualifier, value in frame.inner.items():
            if len(args) != 1:
                raise TypeError(f"<{frame.head[0]}/> takes 1 argument, not {len(args)}")
            return QUALIFIED[qualifier][1](args[0], value)
        return frame.meaning(args)
    except TypeError as error:
        raise ProblemError(str(error), frame.head[1]) from None


def _piece(frame: Frame) -> list[Expr]:
    if [value.sort for value in frame.values] != ["number", "truth"]:
        message = "<piece> holds a value, then a condition such as <apply><lt/>...</apply>"
        raise ProblemError(message, frame.offset)
    return frame.values


def _piecewise(frame: Frame) -> Expr:
    result = frame.inner.get("otherwise")
    if result is None or not frame.values:
        missing = "<otherwise>" if frame.values else "<piece>"
        raise ProblemError(f"<piecewise> needs a {missing}", frame.offset)
    where = find_operator("where")
    pairs = list(zip(frame.values[::2], frame.values[1::2], strict=True))
    try:
        for value, condition in reversed(pairs):
            result = where(condition, value, result)
    except TypeError as error:
        raise ProblemError(str(error), frame.offset) from None
    return result


def _cn(frame: Frame) -> Expr:
    kind, base = (frame.attributes.get(*pair) for pair in (("type", "real"), ("base", "10")))
    try:
        return number(read_cn(kind, base, ["".join(text) for text in frame.texts]))
    except ValueError as error:
        raise ProblemError(str(error), frame.content) from None


def _ci(frame: Frame) -> Expr:
    kind = frame.attributes.get("type", "real")
    if kind not in _SYMBOL_TYPES:
        message = f"a symbol here is a number and can be no {kind}: remove the type"
        raise ProblemError(message, frame.offset)
    return symbol(_name(frame))


def _name(frame: Frame) -> str:
    encoded = frame.attributes.get("class") == ENCODED
    try:
        return read_name("".join(frame.texts[0]), encoded=encoded)
    except ValueError as error:
        raise ProblemError(str(error), frame.content) from None


def _csymbol(frame: Frame) -> str:
    """Return the name of the operator of emlir that a ``csymbol`` means."""
    name, dictionary = _name(frame), frame.attributes.get("cd")
    if dictionary != DICTIONARY:
        message = f'the symbol {name!r} is not of cd="{DICTIONARY}", the only one known here'
        raise ProblemError(message, frame.offset)
    operator = lookup(name)
    if operator is None or operator.family == "leaf":
        raise ProblemError(f"no operator is called {name!r}", frame.content)
    return name


def _constant(frame: Frame) -> Expr:
    if frame.name == "csymbol":
        name = _csymbol(frame)
        if find_operator(name).arity:
            message = f"{name} is an operator: it stands first in <apply>"
            raise ProblemError(message, frame.offset)
        return named(name)(())
    return named(CONSTANT_NAMES[frame.name])(())


_VALUES: Mapping[str, Callable[[Frame], Expr]] = {
    "math": _single,
    "semantics": _single,
    "annotation-xml": _single,
    "apply": _apply,
    "piecewise": _piecewise,
    "cn": _cn,
    "ci": _ci,
    "csymbol": _constant,
    **dict.fromkeys(CONSTANT_NAMES, _constant),
}
"""What each element means that is a value."""
