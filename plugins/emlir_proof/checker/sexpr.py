"""Reading s-expressions: SMT-LIB2 text as nested lists of words."""

import re

from .facts import CertificateError

Sexpr = str | list["Sexpr"]


TOKEN = re.compile(r'\s+|;[^\n]*|([()])|("[^"]*")|([^\s()";|]+)')
"""Space, comments, brackets, texts in quotes, words; quoted names are not used."""


def read(text: str) -> list[Sexpr]:
    """Return the expressions of a text."""
    stack: list[list[Sexpr]] = [[]]
    place = 0
    while place < len(text):
        found = TOKEN.match(text, place)
        if found is None:
            raise CertificateError(f"not SMT-LIB2: {text[place : place + 20]!r}")
        place = found.end()
        token = found.group(1) or found.group(2) or found.group(3)
        if token == "(":
            stack.append([])
        elif token == ")":
            if len(stack) == 1:
                raise CertificateError("a bracket closes that was not open")
            done = stack.pop()
            stack[-1].append(done)
        elif token:
            stack[-1].append(token)
    if len(stack) > 1:
        raise CertificateError("a bracket is not closed")
    return stack[0]


def items(code: Sexpr) -> list[Sexpr]:
    """Return what is within brackets."""
    if isinstance(code, str):
        raise CertificateError(f"{code[:40]} stands where brackets should be")
    return code
