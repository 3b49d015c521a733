"""A reply as any chat can show it: blocks of styled text, and buttons.

A surface turns a reply into its own markup at the last moment; nothing before
it escapes, cuts or joins text.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Style(StrEnum):
    """How a piece of text stands out."""

    PLAIN = "plain"
    BOLD = "bold"
    ITALIC = "italic"
    QUOTE = "quote"


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text in one style.

    `url` makes it a link to a source; `quote_id` a link to that quote, whose
    address only the surface knows. A piece in style QUOTE is a quote's exact
    words and is never cut; it stands on lines of its own.
    """

    text: str
    style: Style = Style.PLAIN
    url: str | None = None
    quote_id: str | None = None


Block = tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Button:
    """A label, and the command that pressing it stands for, such as `/ask privacy`.

    The command is at most 64 bytes of UTF-8, so that any chat can carry it.
    """

    label: str
    command: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What is said at once: blocks, a blank line between each, then rows of buttons.

    Splitting for a chat's limit happens between blocks, or between the lines of
    a block, never inside a quote.
    """

    blocks: tuple[Block, ...]
    buttons: tuple[tuple[Button, ...], ...] = ()
