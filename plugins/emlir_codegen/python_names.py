"""Names in Python: those of symbols that Python cannot have, or that mean something here."""

import keyword
import re
import unicodedata

_TAKEN = frozenset({"np", "jnp", "torch", "math", "abs"})
"""What the written text calls by name."""
_OURS = re.compile(r"[ctuv][0-9]+\Z|_")


def is_usable(name: str) -> bool:
    """Whether a name can be that of a function: an identifier, the same in Python's own form."""
    is_plain = name.isidentifier() and unicodedata.normalize("NFKC", name) == name
    return is_plain and not keyword.iskeyword(name) and name not in _TAKEN


def is_usable_symbol(name: str) -> bool:
    """Whether the written text leaves a name to a symbol."""
    return is_usable(name) and not _OURS.match(name)
