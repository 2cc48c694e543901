"""What to tell somebody whose Wolfram formula could not be read."""

import re

from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from emlir.plugin_api import Advice, ParseError, error_at

_SIGN = re.compile(
    r"=!=|===|==|!=|:=|:>|->|/[.@;]|//|@@|<>|&&|\|\||--|\+\+|\*[*^]|\^\^|.", re.DOTALL
)
"""What Wolfram takes for one sign, though some have no meaning in a formula here."""

_APPLY = "a function is applied with square brackets: Sin[x]"
_RULE = "rules are no formulas: write what is meant with the values in it"
_CHARACTER = "write a special character alone, not as a part of a name"
_PURE = "pure functions are no formulas: give the argument a name"

_ODD = {
    "=": "an equation is written with ==",
    ":=": "a definition is no formula: write only what stands on its right side",
    "===": "it compares how terms are written: an equation is written with ==",
    "=!=": "it compares how terms are written: 'not equal' is !=",
    "->": _RULE,
    ":>": _RULE,
    "/.": _RULE + "; before a decimal point write 0",
    "/;": "a condition is written with If[condition, a, b]",
    "//": _APPLY,
    "/@": _APPLY,
    "@": _APPLY,
    "@@": _APPLY,
    "~": _APPLY,
    "#": _PURE,
    "&": _PURE + "; 'and' is &&",
    "|": "an absolute value is Abs[x]; 'or' is ||",
    "<>": "'not equal' is !=",
    "--": "to Wolfram it counts down: write brackets around the negative value, x - (-y)",
    "++": "to Wolfram it counts up: write a single +",
    "**": "a power is x^y, a product x*y",
    "*^": "it belongs between the digits of a number: 1.5*^-3",
    "^^": "numbers are decimal",
    ".": "there are no vectors: a product is x*y",
    "!": "there is no factorial; 'not' stands before a condition",
    "'": "there are no derivatives of functions: write the derivative itself",
    "_": 'patterns are no formulas; a name with an underscore is written v["x_1"]',
    "{": "lists are no formulas; only Piecewise[{{a, c}, ...}, b] has braces",
    "[": 'square brackets stand after a function; a name with an index is v["x_1"]',
    '"': 'a string stands only in v["..."], a symbol of any name, and ends with a second "',
    "`": "there are no contexts, and numbers are exact without a mark",
    ";": "there is one formula only",
    "%": "there are no results before this one",
    "$": 'a name with $ is written v["$x"]',
    "√": "write a root as Sqrt[x]",
    "\\": _CHARACTER,
    "∞": _CHARACTER,
}

_ADVICE = Advice(brackets=("()", "[]", "{}"))


def explain(error: UnexpectedInput, text: str) -> ParseError:
    """Turn Lark's complaint into one that says what to do."""
    offset = _offset(error)
    sign = _SIGN.match(text, offset) if offset is not None else None
    if offset is not None and sign is not None and sign[0] in _ODD:
        return error_at(f"unexpected {sign[0]!r}: {_ODD[sign[0]]}", text, offset)
    return _ADVICE.explain(error, text)


def _offset(error: UnexpectedInput) -> int | None:
    """Return where the complaint points, ``None`` for the end of the text."""
    if isinstance(error, UnexpectedCharacters):
        return error.pos_in_stream or 0
    if isinstance(error, UnexpectedToken) and error.token.type != "$END":
        return error.token.start_pos or 0
    return None
