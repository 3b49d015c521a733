"""UTF-16 code units: what Telegram counts lengths and offsets in."""

from __future__ import annotations


def length(text: str) -> int:
    """Return how many UTF-16 units `text` has; an emoji is two.

    >>> length("a😀")
    3
    """
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut(text: str, offset: int, units: int) -> str:
    """Return the part of `text` that an entity at `offset`, `units` long, covers.

    >>> cut("😀 hello", 3, 5)
    'hello'
    """
    encoded = text.encode("utf-16-le", "surrogatepass")
    return encoded[2 * offset : 2 * (offset + units)].decode("utf-16-le", "surrogatepass")
