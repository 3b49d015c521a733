"""Replies as Telegram HTML: escaped last, split between blocks, a quote never cut.

Limits count UTF-16 units of the parsed text, and the marked spans that Telegram
calls entities.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from html import escape
from itertools import groupby
from typing import NamedTuple

from bot.replies.reply import Block, Piece, Reply, Style

# As many as Telegram takes in one message.
MAX_ENTITIES = 100
_TAGS = {Style.BOLD: "b", Style.ITALIC: "i", Style.QUOTE: "blockquote", Style.CODE: "pre"}
_SOURCE_STYLES = {Style.QUOTE, Style.CONTEXT}
_BLOCK_SEPARATOR = "\n\n"


class _HtmlChunk(NamedTuple):
    """A piece of HTML, its length in UTF-16 units, and its number of entities."""

    html: str
    length: int
    entities: int

    def fits(self, limit: int) -> bool:
        """Return whether a message of up to `limit` units can hold it."""
        return self.length <= limit and self.entities <= MAX_ENTITIES


def render_messages(reply: Reply, limit: int, permalink: Callable[[str], str]) -> list[str]:
    """Render `reply` as messages of at most `limit` UTF-16 units each.

    `permalink` returns the URL of a quote by its id. Messages are split between blocks,
    and a block that is too long between its lines; a quote is never cut.

    Raises:
        ValueError: a quote alone is longer than `limit`.
    """
    chunks = [chunk for block in reply.blocks for chunk in _split_block(block, limit, permalink)]
    message_chunks: list[_HtmlChunk] = []
    for chunk in chunks:
        candidate = _join_chunks([*message_chunks[-1:], chunk], _BLOCK_SEPARATOR)
        if message_chunks and candidate.fits(limit):
            message_chunks[-1] = candidate
        else:
            message_chunks.append(chunk)
    return [chunk.html for chunk in message_chunks]


def count_utf16_units(text: str) -> int:
    """Return the length of `text` in UTF-16 units.

    >>> count_utf16_units("a👍")
    3
    """
    if text.isascii():
        return len(text)
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _split_block(block: Block, limit: int, permalink: Callable[[str], str]) -> Iterator[_HtmlChunk]:
    """Split `block` into as few chunks as fit, between its lines."""
    chunk = _render_block(block, permalink)
    if chunk.fits(limit):
        yield chunk
        return
    pieces: list[Piece] = []
    for piece in _split_lines(block, limit):
        if pieces and not _render_block((*pieces, piece), permalink).fits(limit):
            yield _render_block(tuple(pieces), permalink)
            pieces = []
        pieces.append(piece)
    yield _render_block(tuple(pieces), permalink)


def _split_lines(block: Block, limit: int) -> Iterator[Piece]:
    """Yield `block` line by line, a line cut into pieces of half of `limit`, a quote whole."""
    for piece in block:
        if piece.style is Style.QUOTE:
            if count_utf16_units(piece.text) > limit:
                raise ValueError(f"a quote of {count_utf16_units(piece.text)} units in messages of {limit}")
            yield piece
            continue
        for line in piece.text.splitlines(keepends=True):
            for start in range(0, len(line), limit // 2):
                text = line[start : start + limit // 2]
                yield Piece(text, piece.style, piece.url, piece.quote_id)


def _render_block(block: Block, permalink: Callable[[str], str]) -> _HtmlChunk:
    """Render a block; the source's words around a quote are one run with it."""
    if not any(piece.style is Style.CONTEXT for piece in block):
        return _render_pieces(block, permalink)
    chunks = [
        _render_source_run(pieces)
        if any(piece.style is Style.CONTEXT for piece in pieces)
        else _render_pieces(pieces, permalink)
        for pieces in (tuple(run) for _, run in groupby(block, lambda piece: piece.style in _SOURCE_STYLES))
    ]
    return _join_chunks(chunks)


def _join_chunks(chunks: Sequence[_HtmlChunk], separator: str = "") -> _HtmlChunk:
    """Join chunks into one, with `separator` between them, which counts towards its length."""
    length = sum(chunk.length for chunk in chunks) + len(separator) * (len(chunks) - 1)
    return _HtmlChunk(separator.join(chunk.html for chunk in chunks), length, sum(chunk.entities for chunk in chunks))


def _render_source_run(pieces: Block) -> _HtmlChunk:
    """Render a run of the source as a foldable block, with the quote in bold."""
    quote_flags = [piece.style is Style.QUOTE for piece in pieces]
    content = "".join(
        f"<b>{_escape_text(piece)}</b>" if is_quote else _escape_text(piece)
        for piece, is_quote in zip(pieces, quote_flags, strict=True)
    )
    length = sum(count_utf16_units(piece.text) for piece in pieces)
    return _HtmlChunk(f"<blockquote expandable>{content}</blockquote>", length, 1 + sum(quote_flags))


def _render_pieces(pieces: Block, permalink: Callable[[str], str]) -> _HtmlChunk:
    """Render pieces one after the other, each with its link and its tag."""
    parts, length, entities = [], 0, 0
    for piece in pieces:
        html = _escape_text(piece)
        if address := _link_address(piece, permalink):
            html, entities = f'<a href="{escape(address)}">{html}</a>', entities + 1
        if tag := _TAGS.get(piece.style):
            html, entities = f"<{tag}>{html}</{tag}>", entities + 1
        parts.append(html)
        length += count_utf16_units(piece.text)
    return _HtmlChunk("".join(parts), length, entities)


def _escape_text(piece: Piece) -> str:
    """Escape the text of a piece for HTML, except quotation marks."""
    return escape(piece.text, quote=False)


def _link_address(piece: Piece, permalink: Callable[[str], str]) -> str | None:
    """Return the address that `piece` links to, only http or https, whatever a source says; None for no link."""
    if piece.style is Style.CODE:
        return None
    address = permalink(piece.quote_id) if piece.quote_id else piece.url
    return address if address and address.startswith(("https://", "http://")) else None
