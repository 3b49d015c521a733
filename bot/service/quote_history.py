"""A quote's whole life: first shown, moved, withheld, released, its speaker corrected.

Nobody's name is kept, asker's or speaker's: of who speaks only a digest, by which a later load is compared.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime

from bot.answers.answerer import Answerer
from bot.model import AttributionSource, Corpus, Document, Quote
from bot.service.snapshot import Snapshot
from bot.storage import QuoteChange, QuoteEvent, ShownQuote, Storage, Tombstone
from bot.storage.records import UNKNOWN_SPEAKER, create_event, hash_speaker

_NAMING_CHANGES = frozenset({QuoteChange.SHOWN, QuoteChange.CORRECTED, QuoteChange.REREAD})


class QuoteHistory:
    """Records what happens to quotes, dated by `clock`."""

    def __init__(self, storage: Storage, clock: Callable[[], datetime]) -> None:
        self._storage = storage
        self._clock = clock

    async def record_speakers(self, answerer: Answerer, corpus: Corpus) -> None:
        """Record an event for each shown quote whose speaker has changed since the last record."""
        changes = await asyncio.to_thread(lambda: tuple(self._find_other_speakers(answerer, corpus)))
        await self.record(changes, corpus)

    def _find_other_speakers(self, answerer: Answerer, corpus: Corpus) -> Iterator[tuple[str, QuoteChange, str]]:
        """Yield the change of each shown quote that another speaks by now."""
        for shown in self._storage.list_shown(corpus.name):
            before = self._find_last_speaker(shown.id)
            quote = answerer.find_quote_at(shown.sha256, shown.span) if before else None
            if quote and before not in {UNKNOWN_SPEAKER, hash_speaker(quote.passage)}:
                is_corrected = quote.passage.by is AttributionSource.CURATOR
                change = QuoteChange.CORRECTED if is_corrected else QuoteChange.REREAD
                yield shown.id, change, hash_speaker(quote.passage)

    def _find_last_speaker(self, quote_id: str) -> str | None:
        """Return the digest of who spoke when that was last recorded."""
        events = [event for event in self._storage.list_events(quote_id) if event.change in _NAMING_CHANGES]
        return events[-1].detail if events else None

    async def record(self, changes: Iterable[tuple[str, QuoteChange, str]], corpus: Corpus) -> None:
        """Record changes, each of a quote's id with its detail; see `QuoteEvent`."""
        place = self._clock(), corpus.fingerprint
        events = [create_event(quote_id, change, detail, *place) for quote_id, change, detail in changes]
        if events:
            await self._storage.record_events(events)

    async def find_retired(self, new: Snapshot, old: Snapshot | None) -> list[tuple[Tombstone, Quote | None]]:
        """Return what becomes of each quote that was shown and would not be found in `new`.

        Beside it stands the quote of the same words in `new`, if there is one.
        With `old` those that stand in it are meant, else those without a tombstone.
        """
        missing = await asyncio.to_thread(self._list_missing, new, old)
        old_documents = {each.sha256: each for each in old.corpus.documents} if old else {}
        new_hashes = {document.id: document.sha256 for document in new.corpus.documents}
        pairs = []
        for shown_quote in missing:
            new_sha256 = new_hashes.get(shown_quote.document)
            old_document = old_documents.get(shown_quote.sha256)
            words = await (
                asyncio.to_thread(_cut_words, old_document, shown_quote)
                if old_document
                else self._storage.read_words(shown_quote.id)
            )
            place = shown_quote.sha256, shown_quote.span
            new_quote = (
                await asyncio.to_thread(new.answerer.find_successor, *place, new_sha256, words) if new_sha256 else None
            )
            reason = _explain_retirement(shown_quote, new_sha256)
            new_id = new_quote.id if new_quote else None
            pairs.append((Tombstone(shown_quote.id, f"{self._clock():%Y-%m-%d}", reason, new_id), new_quote))
        return pairs

    def _list_missing(self, new: Snapshot, old: Snapshot | None) -> list[ShownQuote]:
        """List the quotes shown that `old`, if given, can show and `new` cannot."""
        return [
            shown_quote
            for shown_quote in self._storage.list_shown(new.corpus.name)
            if (
                old.answerer.find_quote_at(shown_quote.sha256, shown_quote.span)
                if old
                else not self._storage.find_tombstone(shown_quote.id)
            )
            and not new.answerer.find_quote_at(shown_quote.sha256, shown_quote.span)
        ]

    def list_events(self, quote_id: str) -> Sequence[QuoteEvent]:
        """Return what happened to a quote, oldest first; of one that moved also what happened at its new place."""
        events: list[QuoteEvent] = []
        seen: set[str] = set()
        current: str | None = quote_id
        while current and current not in seen:
            seen.add(current)
            events += self._storage.list_events(current)
            tombstone = self._storage.find_tombstone(current)
            current = tombstone.now if tombstone else None
        return events


def _cut_words(document: Document, shown_quote: ShownQuote) -> str:
    return document.text[slice(*shown_quote.span)]


def _explain_retirement(shown_quote: ShownQuote, new_sha256: str | None) -> str:
    if new_sha256 is None:
        return "removed"
    return "reread" if new_sha256 == shown_quote.sha256 else "changed"
