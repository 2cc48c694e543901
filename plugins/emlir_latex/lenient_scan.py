"""The tokens of LaTeX that others wrote: spaces and sizes dropped, every argument in braces.

So x^2, x^{2} and x ^ {2} give the same tokens. Brackets are matched and bars are paired
here. Nothing recurses: open brackets and commands that wait for arguments are on a stack.
"""

import re
from dataclasses import dataclass, field

from lark import Token

from emlir.plugin_api import ProblemError
from emlir_latex.lenient_bars import pair_bars
from emlir_latex.lenient_functions import FUNCTIONS, is_function
from emlir_latex.lenient_names import TEXT, check_word, index_after, is_letter, text_name
from emlir_latex.lenient_words import (
    BRACKETS,
    CONSTANTS,
    FENCES,
    FRACTIONS,
    KEYWORDS,
    REFUSED,
    ROMAN_CONSTANTS,
    SIGNS,
    SIZES,
)

_SPACE = re.compile(
    r"(?:\s|~|\\[,;:!>\s]"
    r"|\\(?:quad|qquad|enspace|thinspace|displaystyle|textstyle|scriptstyle)(?![A-Za-z]))*"
)
_LEXEME = re.compile(
    r"[0-9]+(?:\.[0-9]+)?|\.[0-9]+|\\\\(?:\s*\[[^\[\]]*\])?|\\(?:[A-Za-z]+|.)|.", re.DOTALL
)
_EXPONENT = re.compile(r"[eE][+-]?[0-9]")
_NOTHING = re.compile(r"\{\s*\}")
_SEPARATOR = re.compile(r"\{\s*[,.]\s*\}")
_SPACING = re.compile(r"\\\\\s*\[\s*[0-9.]+\s*(?:pt|em|ex|mm|cm)\s*\]\Z")
_ENVIRONMENT = re.compile(r"\s*\{([^{}]*)\}")
_WORDED = (r"\text", r"\textrm", r"\mathrm", r"\mathit", r"\operatorname", r"\mbox")
_CASES = ("cases", "dcases")
_JOINS = {"LAND": "and", "LOR": "or"}


@dataclass(slots=True)
class _Level:
    """What stands between brackets, or the whole text; ``kind`` says which."""

    kind: str
    token: int
    sized: bool = False
    bars: list[int] = field(default_factory=list)
    inner: tuple[int, int] = (-1, -1)  # the round brackets closed last, by their tokens


@dataclass(slots=True)
class _Need:
    """A command that still takes so many arguments; ``wrapped`` if it is itself one."""

    count: int
    wrapped: bool


class Scanner:
    """Reads the part of a text from ``start`` to ``end`` once, from left to right."""

    def __init__(self, text: str, start: int, end: int) -> None:
        self.text = text
        self.tokens: list[Token] = []
        self.position, self.end = start, end
        self.level = _Level("", 0)
        self.stack: list[_Level | _Need] = [self.level]

    def run(self) -> None:
        while (start := self._skip(self.position)) < self.end:
            match = _LEXEME.match(self.text, start, self.end)
            assert match is not None
            self.position = match.end()
            if isinstance(self.stack[-1], _Need):
                self._argument(match[0], start)
            else:
                self._item(match[0], start)
        self._finish()

    def _skip(self, position: int) -> int:
        match = _SPACE.match(self.text, position, self.end)
        return match.end() if match else position

    def _finish(self) -> None:
        if isinstance(self.stack[-1], _Need):
            end = len(self.text[: self.end].rstrip())
            raise ProblemError("the formula ends where an argument is expected", end)
        opened = sum(isinstance(frame, _Level) for frame in self.stack) - 1
        if opened:
            raise ProblemError(f"the formula ends with {opened} bracket(s) open", self.end)
        pair_bars(self.tokens, self.level.bars)

    def _emit(self, kind: str, value: str, start: int) -> None:
        self.tokens.append(Token(kind, value, start_pos=start, end_pos=self.position))

    def _item(self, word: str, start: int) -> None:
        """Read what may stand where no argument is awaited."""
        if self._operand(word, start) or self._command(word, start, wrapped=False):
            return
        if word in SIGNS:
            kind, value = SIGNS[word]
            self._emit(kind, value, start)
        elif word in SIZES:
            self._sized(word, start)
        elif word in BRACKETS:
            kind, side = BRACKETS[word]
            self._bracket(kind, side, start, sized=False)
        elif word in "{}":
            self._brace(word, start)
        elif word == "^":
            self._emit("CARET", word, start)
            self.stack.append(_Need(1, wrapped=False))
        elif word.startswith("\\\\"):
            self._new_row(word, start)
        elif word in (r"\begin", r"\end"):
            self._environment(word, start)
        elif word in _WORDED and self._worded(word, start):
            return
        elif not self._function(word[1:], word, start):
            raise _refusal(word, start)

    def _argument(self, word: str, start: int) -> None:
        """Read what may be an argument: braces, or one token, which gets braces."""
        if word == "{":
            self._open("{}", "LBRACE", start)
            return
        if word[0] in "0123456789":
            self.position = start + 1  # x^23 is x^{2}3
            word = word[0]
        first = len(self.tokens)
        if self._operand(word, start, index=False):
            self._wrap(first, start)
            self._done()
        elif self._command(word, start, wrapped=True):
            self._wrap(first, start, close=False)
        elif word[0] == "\\" and word[1:] in FUNCTIONS:
            raise ProblemError("put the argument in braces, as in \\sqrt{\\sin x}", start)
        elif word in REFUSED or (word[0] == "\\" and word not in (*SIGNS, *SIZES, *BRACKETS)):
            raise _refusal(word, start)
        else:
            raise ProblemError("put the argument in braces, as in x^{-1}", start)

    def _wrap(self, first: int, start: int, *, close: bool = True) -> None:
        self.tokens.insert(first, Token("LBRACE", "{", start_pos=start, end_pos=start))
        if close:
            self._emit("RBRACE", "}", self.position)

    def _done(self) -> None:
        """Count an argument that is complete, and the commands that it completes."""
        while isinstance(need := self.stack[-1], _Need):
            need.count -= 1
            if need.count:
                return
            self.stack.pop()
            if not need.wrapped:
                return
            self._emit("RBRACE", "}", self.position)

    def _operand(self, word: str, start: int, *, index: bool = True) -> bool:
        """Read a number, a constant or a symbol, if it is one."""
        if word[0] in ".0123456789" and word != ".":
            self._number(word, start)
        elif is_letter(word) or word in CONSTANTS:
            self._symbol(word, word.removeprefix("\\"), start, index)
        elif word in (r"\mathrm", r"\text", r"\textrm", r"\mathit", r"\textit"):
            return self._text(word, start, index)
        else:
            return False
        return True

    def _number(self, word: str, start: int) -> None:
        if _EXPONENT.match(self.text, self.position, self.end):
            raise ProblemError("write a power of ten as 2 \\cdot 10^{5}", start)
        if _SEPARATOR.match(self.text, self.position, self.end):
            raise ProblemError(
                "write numbers without separators of thousands, and decimals with a point",
                self.position,
            )
        self._emit("NUMBER", word, start)

    def _symbol(self, word: str, name: str, start: int, index: bool, kind: str = "NAME") -> None:
        """Emit a letter or a constant; with an index any of them is a symbol."""
        if len(word) == 1:
            check_word(self.text, start)
        found, self.position = self._index(index)
        if found:
            self._emit("NAME", name + found, start)
        elif word in CONSTANTS:
            self._emit("CONSTANT", CONSTANTS[word], start)
        else:
            self._emit("LETTER" if word in ("e", "i") else kind, name, start)

    def _text(self, command: str, start: int, index: bool) -> bool:
        """Read a symbol or a constant in a font; leave keywords and functions."""
        inner, end = self._braces(command)
        word = inner.strip() if command == r"\mathrm" else inner
        if command != r"\mathit" and _is_worded(word):
            return False
        self.position = end
        if command != r"\mathit" and word in ("NaN", "d"):
            why = "this is no value" if word == "NaN" else "derivatives and integrals are not read"
            raise ProblemError(why, start)
        if command in (r"\mathrm", r"\text") and word in ROMAN_CONSTANTS:
            self._roman(command, word, start, index)
        else:
            name = text_name(command, inner, start)
            prose = command in (r"\text", r"\textrm")
            self._symbol("", name, start, index, kind="TEXT" if prose else "NAME")
        return True

    def _roman(self, command: str, word: str, start: int, index: bool) -> None:
        """Emit a constant in upright letters; with an index it is a symbol."""
        found, self.position = self._index(index)
        if found:
            self._emit("NAME", word + found, start)
        else:
            guessed = command == r"\text" and word in ("e", "i")
            self._emit("LETTER" if guessed else "CONSTANT", ROMAN_CONSTANTS[word], start)

    def _index(self, wanted: bool) -> tuple[str, int]:
        return index_after(self.text, self.position) if wanted else ("", self.position)

    def _braces(self, command: str) -> tuple[str, int]:
        match = TEXT.match(self.text, self.position, self.end)
        if match is None:
            raise ProblemError(f"{command} takes plain text in braces", self.position)
        return match[1], match.end()

    def _worded(self, command: str, start: int) -> bool:
        """Read a keyword of cases and logic, or a function named in words."""
        inner, end = self._braces(command)
        word = inner.strip()
        if command != r"\operatorname":
            kind = _keyword(word)
            if kind is not None:
                self.position = end
                self._emit(kind, _JOINS.get(kind, word), start)
                return True
        elif not is_function(word):
            word = text_name(r"\text", inner, start) if "\\" in inner else word
            if not is_function(word):
                raise ProblemError(f"there is no function {word} here", start)
        elif word not in FUNCTIONS:
            self.position = end
            self._emit("FUNCTION", word, start)
            return True
        self.position = end
        return self._function(word, command, start)

    def _function(self, name: str, word: str, start: int) -> bool:
        if name not in FUNCTIONS and word != r"\operatorname":
            return False
        self._emit("FUNCTION", name, start)
        at = self._skip(self.position)
        if name == "log" and self.text.startswith("_", at):
            self.position = at + 1
            self._emit("SUB", "_", at)
            self.stack.append(_Need(1, wrapped=False))
        return True

    def _command(self, word: str, start: int, *, wrapped: bool) -> bool:
        """Read a command with arguments, if it is one."""
        if word in FRACTIONS:
            self._emit("FRAC", word, start)
            self.stack.append(_Need(2, wrapped))
        elif word == r"\sqrt":
            self._emit("ROOT", word, start)
            self.stack.append(_Need(1, wrapped))
            at = self._skip(self.position)
            if self.text.startswith("[", at):
                self.position = at + 1
                self._open("degree", "DEGREE", at)
        else:
            return False
        return True

    def _sized(self, size: str, start: int) -> None:
        """Read a bracket with a size."""
        at = self._skip(self.position)
        match = _LEXEME.match(self.text, at, self.end)
        word = match[0] if match else ""
        if word not in BRACKETS:
            raise ProblemError(f"{size} stands before a bracket", start)
        self.position = at + len(word)
        kind, side = BRACKETS[word]
        wanted = SIZES[size]
        if wanted and side and wanted != side:
            raise ProblemError(f"{size} {word} turns the bracket around", start)
        self._bracket(kind, side or wanted, start, sized=size in (r"\left", r"\right"))

    def _bracket(self, kind: str, side: str, start: int, *, sized: bool) -> None:
        if not side:
            self.level.bars.append(len(self.tokens))
            self._emit("BAR", "abs", start)
        elif side == "open":
            self._open(kind, "FENCE" if kind in FENCES else "OPEN", start, sized)
        else:
            self._close(kind, "END_FENCE" if kind in FENCES else "CLOSE", start, sized)

    def _open(self, kind: str, token: str, start: int, sized: bool = False) -> None:
        self.level = _Level(kind, len(self.tokens), sized)
        self.stack.append(self.level)
        self._emit(token, kind, start)

    def _close(self, kind: str, token: str, start: int, sized: bool = False) -> None:
        level = self.level
        if level.kind == "degree" and kind == "[]":
            kind, token = "degree", "END_DEGREE"
        shown = self.text[start : self.position]
        if not level.kind:
            raise ProblemError(f"this {shown} closes no bracket", start)
        if (level.kind, level.sized) != (kind, sized):
            opened = self.tokens[level.token].start_pos or 0
            at = opened - self.text.rfind("\n", 0, opened)
            raise ProblemError(
                f"this {shown} does not close the bracket opened at column {at}", start
            )
        pair_bars(self.tokens, level.bars)
        self._emit(token, kind, start)
        self._leave(level, kind)

    def _leave(self, level: _Level, kind: str) -> None:
        self.stack.pop()
        below = [frame for frame in self.stack[-2:] if isinstance(frame, _Level)]
        self.level = below[-1] if below else self._last_level()
        if kind == "{}" and isinstance(self.stack[-1], _Need):
            self._done()
        elif kind == "{}":
            self._simplify(level)
        elif kind != "degree":
            self.level.inner = (level.token, len(self.tokens) - 1)

    def _last_level(self) -> _Level:
        return next(frame for frame in reversed(self.stack) if isinstance(frame, _Level))

    def _simplify(self, level: _Level) -> None:
        """Drop braces around brackets, ``{(x)}``; after a letter they are sympy's f{(x)}."""
        first, last = level.token + 1, len(self.tokens) - 2
        if level.inner != (first, last) or self.tokens[first].type != "OPEN":
            return
        before = self.tokens[level.token - 1] if level.token else None
        if before is not None and before.type == "NAME":
            raise ProblemError(f"there is no function {before} here", before.start_pos or 0)
        self.tokens[level.token].type = self.tokens[-1].type = "DROPPED"

    def _brace(self, word: str, start: int) -> None:
        if word == "}":
            self._close("{}", "RBRACE", start)
            return
        separator = _SEPARATOR.match(self.text, start, self.end)
        if separator is not None:
            raise ProblemError("a decimal is written with a point", start)
        nothing = _NOTHING.match(self.text, start, self.end)
        if nothing is not None:
            self.position = nothing.end()
        else:
            self._open("{}", "LBRACE", start)

    def _new_row(self, word: str, start: int) -> None:
        if len(word) > 2 and not _SPACING.match(word):
            self.position = start + 2
        self._emit("ROW", "\\\\", start)

    def _environment(self, word: str, start: int) -> None:
        match = _ENVIRONMENT.match(self.text, self.position, self.end)
        name = match[1] if match else ""
        if match is None or name not in _CASES:
            raise ProblemError(f"the environment {name} is not read, only cases", start)
        self.position = match.end()
        if word == r"\begin":
            self._open(name, "BEGIN", start)
        else:
            self._close(name, "END", start)


def _keyword(word: str) -> str | None:
    return KEYWORDS.get(word.strip().rstrip(".,:; "))


def _is_worded(word: str) -> bool:
    return _keyword(word) is not None or word in FUNCTIONS


def _refusal(word: str, start: int) -> ProblemError:
    if word in REFUSED:
        return ProblemError(f"{word} is not read: {REFUSED[word]}", start)
    if word[0] == "\\":
        return ProblemError(f"the command {word} is unknown here", start)
    return ProblemError(f"unexpected {word!r}: it has no meaning in a formula", start)
