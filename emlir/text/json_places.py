"""Where the parts of a JSON document stand; looked for only when something is wrong there."""

import json
import re
from collections.abc import Iterator

_SPACE = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()


def place_of(text: str, *path: str | int) -> int:
    """Return the offset of the value at a path of keys and indices in a valid document.

    Where the path leads nowhere it is the place of the last value that it reached.
    """
    offset = _skip(text, 0)
    for step in path:
        found = [start for name, start in _members(text, offset) if name == step]
        if not found:
            break
        offset = found[-1]  # the last of equal keys counts
    return offset


def _members(text: str, offset: int) -> Iterator[tuple[str | int, int]]:
    """Yield the key or index and the offset of each member of an object or array."""
    if text[offset] not in "{[":
        return
    is_object = text[offset] == "{"
    position = _skip(text, offset + 1)
    index = 0
    while text[position] not in "}]":
        key: str | int = index
        if is_object:
            key, position = _DECODER.raw_decode(text, position)
            position = _skip(text, _skip(text, position) + 1)  # over the colon
        yield key, position
        _, position = _DECODER.raw_decode(text, position)
        position = _skip(text, position)
        if text[position] == ",":
            position = _skip(text, position + 1)
        index += 1


def _skip(text: str, offset: int) -> int:
    match = _SPACE.match(text, offset)
    return match.end() if match else offset
