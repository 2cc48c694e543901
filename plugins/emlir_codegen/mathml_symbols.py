"""How names look on a page; no two look alike.

x, alpha            a letter, sloped: <mi>x</mi>, <mi>α</mi>
x_1, T_max          a letter with a subscript
rate, mass_2        a word, sloped, perhaps with a number as subscript
anything else       <mtext>, upright; functions and constants are upright too, but <mi>
"""

import re
from xml.sax.saxutils import escape

from emlir_codegen.mathml_names import encode, stands, write_element

_LETTERS = """
alpha α beta β gamma γ delta δ epsilon ε zeta ζ eta η theta θ iota ι kappa κ lambda λ mu μ
nu ν xi ξ rho ρ sigma σ tau τ upsilon υ phi φ chi χ psi ψ omega ω Gamma Γ Delta Δ Theta Θ
Lambda Λ Xi Ξ Sigma Σ Upsilon Υ Phi Φ Psi Ψ Omega Ω
""".split()
GREEK = dict(zip(_LETTERS[::2], _LETTERS[1::2], strict=True))
"""Names with a letter of their own; pi and Pi are left to the constant and the product."""

_LETTER = re.compile(r"[A-Za-z]\Z")
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9]*\Z")
_WORDS = re.compile(r"[A-Za-z0-9_]+\Z")
_DIGITS = re.compile(r"[0-9]+\Z")


def write_symbol(name: str) -> str:
    """Return the element of a symbol."""
    base, _, index = name.partition("_")
    simple = _WORD.match(base) if _DIGITS.match(index) else _is_one_letter(base)
    if simple and (_WORD.match(index) or _DIGITS.match(index)):
        return f"<msub>{_word(base)}{_index(index)}</msub>"
    if _WORDS.match(name):
        return _word(name)
    return f"<mtext>{escape(name if stands(name) and '~' not in name else encode(name))}</mtext>"


def write_function(name: str) -> str:
    """Return the element of a function, upright as functions are."""
    return write_element("mi", name, ' mathvariant="normal"' if len(name) == 1 else "")


def _is_one_letter(name: str) -> bool:
    return name in GREEK or _LETTER.match(name) is not None


def _word(name: str) -> str:
    if _is_one_letter(name):
        return f"<mi>{GREEK.get(name, name)}</mi>"
    return f'<mi mathvariant="italic">{name}</mi>'


def _index(index: str) -> str:
    element = "mn" if _DIGITS.match(index) else "mi"
    return f"<{element}>{GREEK.get(index, index)}</{element}>"
