"""Symbol names in LaTeX: no two look alike to a reader, and none can do anything but stand.

x, T                 a letter; e and i, which are constants to most readers, \\mathit{e}
alpha, Omega         \\alpha, \\Omega
x_1, T_max           x_{1}, T_{\\mathrm{max}}
mass_2               \\mathit{mass}_{2}
rate, half_life_s    \\mathit{rate}, \\mathit{half\\_life\\_s}
anything else        \\text{...}, every special character escaped
"""

import re

_LETTER = re.compile(r"[A-Za-z]\Z")
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9]*\Z")
_WORDS = re.compile(r"[A-Za-z0-9_]+\Z")
_DIGITS = re.compile(r"[0-9]+\Z")

_GREEK_LETTERS = """
alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi rho sigma tau upsilon
phi chi psi omega Gamma Delta Theta Lambda Xi Sigma Upsilon Phi Psi Omega
"""
GREEK = frozenset(_GREEK_LETTERS.split())
"""Names with a letter of their own; pi and Pi are left to the constant and the product."""

CONSTANT_LETTERS = ("e", "i")

_ESCAPES = {character: "\\" + character for character in "#$%&_{}"} | {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}


def write_name(name: str) -> str:
    """Return the LaTeX of a symbol."""
    if name in CONSTANT_LETTERS:
        return f"\\mathit{{{name}}}"
    base, underscore, index = name.partition("_")
    if underscore:
        simple = _WORD.match(base) if _DIGITS.match(index) else _is_one_letter(base)
        if simple and (_WORD.match(index) or _DIGITS.match(index)):
            return f"{_word(base)}_{{{_index(index)}}}"
    if _WORDS.match(name):
        return _word(name)
    return r"\text{" + "".join(map(_escape, name)) + "}"


def _is_one_letter(name: str) -> bool:
    return name in GREEK or _LETTER.match(name) is not None


def _word(name: str) -> str:
    if name in GREEK:
        return "\\" + name
    if _LETTER.match(name):
        return name
    return r"\mathit{" + name.replace("_", r"\_") + "}"


def _index(index: str) -> str:
    if index in GREEK:
        return "\\" + index
    return index if _DIGITS.match(index) or len(index) == 1 else r"\mathrm{" + index + "}"


def _escape(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    plain = " " <= character <= "~" or (character.isalnum() and not character.isascii())
    return character if plain else f"\\symbol{{{ord(character)}}}"


_UNESCAPE = re.compile(
    r"\\symbol\{([0-9]+)\}|\\text(backslash|asciitilde|asciicircum)\{\}|\\(.)", re.DOTALL
)
_WORD_COMMANDS = {"backslash": "\\", "asciitilde": "~", "asciicircum": "^"}


def read_name(text: str) -> str:
    """Return the symbol that :func:`write_name` wrote; ``ValueError`` if it never writes so."""
    if text.startswith(r"\text{"):
        name = _UNESCAPE.sub(_unescape, text[len(r"\text{") : -1])
    else:
        name = "_".join(_read_piece(piece) for piece in text.removesuffix("}").split("_{"))
    if not name or write_name(name) != text:
        raise ValueError(f"{text} is not how a symbol is written here")
    return name


def _unescape(match: "re.Match[str]") -> str:
    code, word, character = match.groups()
    if code:
        return chr(int(code)) if int(code) < 0x110000 else "\x00"
    return _WORD_COMMANDS[word] if word else str(character)


def _read_piece(piece: str) -> str:
    """Return the text of a word or an index, in or out of its font."""
    inner = piece.removeprefix(r"\mathit{").removeprefix(r"\mathrm{").removeprefix("\\")
    return inner.removesuffix("}").replace(r"\_", "_")
