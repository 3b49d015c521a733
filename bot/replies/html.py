"""Replies as HTML that Telegram takes: escaped at the last moment, split, never cut.

Limits count UTF-16 units of the text after parsing, and the marked stretches
that Telegram calls entities.
"""

from __future__ import annotations

from html import escape
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from bot.replies.reply import Piece, Style

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.replies.reply import Block, Reply

ENTITIES = 100
_TAGS = {Style.BOLD: "b", Style.ITALIC: "i", Style.QUOTE: "blockquote", Style.CODE: "pre"}
_SOURCE = {Style.QUOTE, Style.AROUND}
_BETWEEN = "\n\n"


class _Part(NamedTuple):
    """A stretch of HTML, and what it counts for."""

    html: str
    units: int
    entities: int


def messages(reply: Reply, limit: int, link: Callable[[str], str]) -> list[str]:
    """Return the messages that say `reply`, in order, each within `limit` UTF-16 units.

    `link` gives the address of a quote by its id. Messages part between blocks;
    a block that is too long by itself parts between its lines, but a quote is
    never cut.

    Raises:
        ValueError: a quote alone is longer than `limit`.
    """
    parts = [part for block in reply.blocks for part in _fitting(block, limit, link)]
    found: list[_Part] = []
    for part in parts:
        joined = _joined(found[-1], part) if found else None
        if joined and joined.units <= limit and joined.entities <= ENTITIES:
            found[-1] = joined
        else:
            found.append(part)
    return [part.html for part in found]


def units(text: str) -> int:
    """Return the length of `text` in UTF-16 units.

    >>> units("a👍")
    3
    """
    if text.isascii():
        return len(text)
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _fitting(block: Block, limit: int, link: Callable[[str], str]) -> Iterator[_Part]:
    """Yield `block` as few parts that each fit, parted between its lines where it must be."""
    whole = _part(block, link)
    if whole.units <= limit and whole.entities <= ENTITIES:
        yield whole
        return
    line: list[Piece] = []
    for piece in _lines(block, limit):
        grown = _part((*line, piece), link)
        if line and (grown.units > limit or grown.entities > ENTITIES):
            yield _part(tuple(line), link)
            line = []
        line.append(piece)
    yield _part(tuple(line), link)


def _lines(block: Block, limit: int) -> Iterator[Piece]:
    """Yield the pieces of `block` line by line, no piece longer than `limit`."""
    for piece in block:
        if piece.style is Style.QUOTE:
            if units(piece.text) > limit:
                raise ValueError(f"a quote of {units(piece.text)} units in messages of {limit}")
            yield piece
            continue
        for line in piece.text.splitlines(keepends=True):
            for start in range(0, len(line), limit // 2):
                cut = line[start : start + limit // 2]
                yield Piece(cut, piece.style, piece.url, piece.quote_id)


def _part(block: Block, link: Callable[[str], str]) -> _Part:
    parts = [
        _stretch(pieces) if any(p.style is Style.AROUND for p in pieces) else _marked(pieces, link)
        for pieces in (tuple(run) for _, run in groupby(block, lambda p: p.style in _SOURCE))
    ]
    return _Part(
        "".join(part.html for part in parts),
        sum(part.units for part in parts),
        sum(part.entities for part in parts),
    )


def _joined(one: _Part, other: _Part) -> _Part:
    return _Part(
        one.html + _BETWEEN + other.html,
        one.units + len(_BETWEEN) + other.units,
        one.entities + other.entities,
    )


def _stretch(pieces: Block) -> _Part:
    """Return one stretch of a source, folded where it is long, in which its quote stands out."""
    bold = [piece.style is Style.QUOTE for piece in pieces]
    inner = "".join(
        f"<b>{_escaped(piece)}</b>" if stands_out else _escaped(piece)
        for piece, stands_out in zip(pieces, bold, strict=True)
    )
    length = sum(units(piece.text) for piece in pieces)
    return _Part(f"<blockquote expandable>{inner}</blockquote>", length, 1 + sum(bold))


def _marked(pieces: Block, link: Callable[[str], str]) -> _Part:
    tagged = [_tagged(piece, link) for piece in pieces]
    return _Part(
        "".join(part.html for part in tagged),
        sum(part.units for part in tagged),
        sum(part.entities for part in tagged),
    )


def _tagged(piece: Piece, link: Callable[[str], str]) -> _Part:
    html, entities = _escaped(piece), 0
    if address := _address(piece, link):
        html, entities = f'<a href="{escape(address)}">{html}</a>', 1
    if tag := _TAGS.get(piece.style):
        html, entities = f"<{tag}>{html}</{tag}>", entities + 1
    return _Part(html, units(piece.text), entities)


def _escaped(piece: Piece) -> str:
    return escape(piece.text, quote=False)


def _address(piece: Piece, link: Callable[[str], str]) -> str | None:
    """Return where `piece` leads; only to the web, whatever a source may say."""
    if piece.style is Style.CODE:
        return None
    address = link(piece.quote_id) if piece.quote_id else piece.url
    return address if address and address.startswith(("https://", "http://")) else None
