"""What to tell somebody whose text is no Python expression: where, and what to write."""

import keyword
import re
from collections.abc import Iterator

Explained = tuple[str, int]
"""A message, and the offset of the first wrong character."""

_TOKEN = re.compile(
    r"""(?P<space>(?:\s|\#[^\n]*)+)
      | (?P<number>0[xX][0-9a-fA-F]+|(?:[0-9][0-9_]*\.?[0-9_]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
      | (?P<text>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')
      | (?P<word>[^\W\d]\w*)
      | (?P<open>[(\[{])
      | (?P<close>[)\]}])
      | (?P<sign>\*\*|//|:=|<=|>=|==|!=|[-+*/%<>&^,~])
      | (?P<odd>.)""",
    re.VERBOSE | re.DOTALL,
)
_ODD = {
    "|": "an absolute value is written Abs(x)",
    "!": "there is no factorial; 'not equal' is Ne(x, y)",
    "=": "an equation is written Eq(x, y)",
    "²": "write a power with **: x**2",
    "³": "write a power with **: x**3",
    "√": "write a root as sqrt(x)",
    "∞": "infinity is written oo",
    "·": "write a product with *",
    "×": "write a product with *",
    "−": "write a minus sign as -",
    "≤": "write <=",
    "≥": "write >=",
    "≠": "write Ne(x, y)",
    "$": "leave out the $ of LaTeX",
    "\\": "this looks like LaTeX: parse(text, 'latex') where that notation is installed",
    '"': "this string is not closed",
    "'": "this string is not closed",
    ";": "write one expression",
}
_CLOSES = {")": "(", "]": "[", "}": "{"}
_PREFIXES = ("-", "+", "~")


def explain(text: str, complaint: str, place: int) -> Explained:
    """Explain why Python cannot read a text; ``complaint`` and ``place`` are what it says."""
    if complaint.startswith("too many nested"):
        return "more than 200 brackets are open here: Python reads no more", place
    if complaint.startswith("Exceeds the limit"):
        return _long_number(text)
    if not text.strip():
        return "there is no formula here", 0
    found = _Scan(text).explain()
    if found is not None and (found[1] <= place or not complaint.startswith("invalid character")):
        return found
    return _python(text, complaint, place)


def _python(text: str, complaint: str, place: int) -> Explained:
    """Pass on what Python says, with advice where there is some."""
    character = text[place : place + 1]
    if complaint.startswith("invalid character"):
        return _unexpected(character), place
    if character in ("\r", "\n") or complaint == "unexpected indent":
        return "the formula goes on in the next line: put brackets around it", place
    return f"Python cannot read this: {complaint}", place


def _unexpected(character: str) -> str:
    return f"unexpected {character!r}: {_ODD.get(character, 'it has no meaning in a formula')}"


def _long_number(text: str) -> Explained:
    longest = max(re.finditer(r"[0-9][0-9_]*", text), key=lambda found: len(found[0]))
    return "write an integer of more than 4,300 digits in hexadecimal, 0x...", longest.start()


class _Scan:
    """Goes over the words of a text until one cannot stand where it does."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.opened: list[str] = []
        self.last = ""
        self.ended = False
        """Whether an operand has just ended."""

    def explain(self) -> Explained | None:
        for kind, word, offset in self._words():
            message = self._complaint(kind, word, offset)
            if message is not None:
                return message, offset
            self.ended = kind in ("number", "text", "word", "close")
            self.last = word
        return self._at_the_end()

    def _words(self) -> Iterator[tuple[str, str, int]]:
        for found in _TOKEN.finditer(self.text):
            if found.lastgroup and found.lastgroup != "space":
                yield found.lastgroup, found[0], found.start()

    def _complaint(self, kind: str, word: str, offset: int) -> str | None:
        if kind == "odd":
            return self._odd(word, offset)
        if kind == "close":
            return self._closing(word)
        if kind == "open":
            self.opened.append(word)
            return None
        if kind == "sign":
            return self._sign(word)
        if kind == "word" and keyword.iskeyword(word) and word not in ("True", "False"):
            return f"{word!r} is a word of Python's, not a name: write Symbol({word!r})"
        return self._missing_operator(word) if self.ended else None

    def _odd(self, word: str, offset: int) -> str | None:
        if word == "|" and self.ended and self.text[offset + 1 :].lstrip()[:1] not in ("", "|"):
            return None
        if word == "=" and self.opened and self.last.isidentifier():
            return None
        return _ODD[word] if word in "\"'" else _unexpected(word)

    def _closing(self, word: str) -> str | None:
        if not self.opened or self.opened.pop() != _CLOSES[word]:
            return f"this {word} closes no bracket"
        if not self.ended and self.last not in _CLOSES.values() and self.last != ",":
            return f"a value is expected before this {word}"
        return None

    def _sign(self, word: str) -> str | None:
        if self.ended or word in _PREFIXES:
            return None
        return f"a value is expected before this {word}"

    def _missing_operator(self, word: str) -> str:
        if self.last == ")":
            return f"unexpected {word!r}: an operator is missing; for a product write )*{word}"
        product = f"for a product write {self.last}*{word}"
        if self.last.isidentifier() and len(self.last) > 1:
            return f"unexpected {word!r}: write {self.last}({word}), or {product}"
        return f"unexpected {word!r}: an operator is missing; {product}"

    def _at_the_end(self) -> Explained | None:
        if self.opened:
            return f"the formula ends with {len(self.opened)} bracket(s) open", len(self.text)
        if not self.ended:
            return "the formula ends where a value is expected", len(self.text.rstrip())
        return None
