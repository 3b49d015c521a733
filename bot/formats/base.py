"""What reading a file kept and what it left out, for the person who signs it off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from bot.text import split_paragraphs

if TYPE_CHECKING:
    from bot.model import Document

_HEADER_SOURCE = "the file's header"
_METADATA = ("title", "publisher", "authors", "date", "url", "licence")


class Parsed(NamedTuple):
    """A document, the source's text that is no part of it, in order, and where its date stands."""

    document: Document
    left_out: tuple[str, ...] = ()
    dated_by: str | None = None


@dataclass(frozen=True, slots=True)
class ParseReport:
    """How much of a source's text a document holds.

    `kept` and `lost` count characters other than blanks; `left_out` holds the
    lost text, a line for each piece; `missing` names the metadata not given;
    `dated_by` tells what the date rests on, None where there is none.
    """

    paragraphs: int
    kept: int
    left_out: tuple[str, ...]
    missing: tuple[str, ...]
    dated_by: str | None = None

    @property
    def lost(self) -> int:
        """Characters that are no part of the document."""
        return sum(map(_count_characters, self.left_out))

    @property
    def kept_share(self) -> float:
        """The part of the source's text that was kept, from 0 to 1; 1 for no text at all."""
        return self.kept / (self.kept + self.lost) if self.kept + self.lost else 1.0


def build_report(parsed: Parsed) -> ParseReport:
    """Return what `parsed` kept and left out."""
    document, left_out, dated_by = parsed
    missing = tuple(name for name in _METADATA if not getattr(document, name))
    return ParseReport(
        len(split_paragraphs(document.text)),
        _count_characters(document.text),
        left_out,
        missing,
        (dated_by or _HEADER_SOURCE) if document.date else None,
    )


def _count_characters(text: str) -> int:
    return len("".join(text.split()))
