"""Quotes an admin withheld: not shown again, whatever is reloaded, until released.

A hold is on a place and on its words: every passage that overlaps the place is
withheld, and, where the document's text was changed, every passage of the new
text that says the same words. The words themselves are not stored, only a digest.
"""

from __future__ import annotations

import threading
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from bot.model import Span, digest
from bot.storage import sealed_files
from bot.text import split_sentences

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.model import Passage, Quote

_MAX_SENTENCES = 4


@dataclass(frozen=True, slots=True)
class Hold:
    """A quote withheld: where it stands, what it says (as a digest), when and why."""

    id: str
    document: str
    sha256: str
    start: int
    end: int
    words: str
    when: str
    reason: str

    def withholds(self, passage: Passage) -> bool:
        """Return whether `passage` may not be shown."""
        if passage.document.sha256 == self.sha256:
            return any(
                span.start < self.end and self.start < span.end
                for span in (passage.span, passage.frame)
            )
        return passage.document.id == self.document and any(
            _hash_words(passage.document.text, span) == self.words
            for span in _quotable_spans(passage)
        )


class Holds:
    """The holds, in a file where there is a folder."""

    def __init__(self, folder: Path | None) -> None:
        self._path = folder and folder / "holds.json"
        self._holds: dict[str, Hold] = {}
        self._holds = self._read_holds()
        self._write_lock = threading.Lock()

    def __iter__(self) -> Iterator[Hold]:
        """Iterate over the holds as they are now, oldest first."""
        return iter(tuple(self._holds.values()))

    def get(self, quote_id: str) -> Hold | None:
        """Return the hold on the quote, if there is one."""
        return self._holds.get(quote_id)

    def add(self, hold: Hold) -> None:
        """Hold one more, in place of an earlier hold on the same quote.

        Raises:
            StateError: the disk refused; nothing changed.
        """
        with self._write_lock:
            self._replace_all({**self._read_holds(), hold.id: hold})

    def remove(self, quote_id: str) -> None:
        """Release a quote.

        Raises:
            StateError: the disk refused; nothing changed.
        """
        with self._write_lock:
            self._replace_all(
                {
                    other_id: hold
                    for other_id, hold in self._read_holds().items()
                    if other_id != quote_id
                }
            )

    def _read_holds(self) -> dict[str, Hold]:
        """Return the holds as they are kept now: another process may have added some."""
        stored = sealed_files.read_sealed(self._path) if self._path else None
        holds = (
            [Hold(**entry) for entry in stored]
            if isinstance(stored, list)
            else self._holds.values()
        )
        return {hold.id: hold for hold in holds}

    def _replace_all(self, holds: dict[str, Hold]) -> None:
        if self._path:
            sealed_files.write_sealed(self._path, [asdict(hold) for hold in holds.values()])
        self._holds = holds


def create_hold(quote: Quote, reason: str, when: str) -> Hold:
    """Return the hold that withholds `quote`."""
    document, span = quote.passage.document, quote.span
    words_digest = _hash_words(document.text, span)
    return Hold(quote.id, document.id, document.sha256, *span, words_digest, when, reason)


def _hash_words(text: str, span: Span) -> str:
    """Return a digest of the words of `span`, whatever blanks stand between them."""
    return digest(" ".join(text[span.start : span.end].split()))


def _quotable_spans(passage: Passage) -> Iterator[Span]:
    """Yield the passage's words, and every run of sentences that a quote of it could be."""
    yield passage.span
    sentence_spans = split_sentences(passage.document.text, passage.frame)
    for first, sentence in enumerate(sentence_spans):
        for last in sentence_spans[first : first + _MAX_SENTENCES]:
            yield Span(sentence.start, last.end)
