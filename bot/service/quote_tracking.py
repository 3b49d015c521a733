"""Quotes from one generation of a corpus to the next: their history, and what a hold withholds of a text that changed.

The history keeps nobody's name, asker's or speaker's: of the speaker only a digest, to compare a later load with.

A hold is found again by its place while the text is the same, else by its document and its words, whatever marks,
blanks and punctuation stand among them. Where the words are no longer there as a whole, whatever shares a sentence's
worth of them is withheld, and the admins are told: better too much withheld than a withheld quote shown.
"""

from __future__ import annotations

import asyncio
import logging
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from enum import Enum
from typing import NamedTuple

from bot.errors import StorageError
from bot.model import AttributionSource, Corpus, Document, Passage, Quote, Span
from bot.service.snapshot import Snapshot
from bot.storage import Hold, QuoteChange, QuoteEvent, ShownQuote, Storage, Tombstone
from bot.storage.records import UNKNOWN_SPEAKER, create_event, hash_speaker
from bot.text import Letters, fold_letters

# The changes whose detail is the digest of the speaker.
_NAMING_CHANGES = frozenset({QuoteChange.SHOWN, QuoteChange.CORRECTED, QuoteChange.REREAD})


class QuoteHistory:
    """Records what happens to quotes, dated by `clock`."""

    def __init__(self, storage: Storage, clock: Callable[[], datetime]) -> None:
        self._storage = storage
        self._clock = clock

    async def record_speakers(self, snapshot: Snapshot) -> None:
        """Record an event for each shown quote whose speaker has changed since the last record."""
        changes = await asyncio.to_thread(lambda: tuple(self._find_other_speakers(snapshot)))
        await self.record(changes, snapshot.corpus)

    def _find_other_speakers(self, snapshot: Snapshot) -> Iterator[tuple[str, QuoteChange, str]]:
        """Yield id, change and new speaker's digest for each shown quote that somebody else now speaks."""
        for shown in self._storage.list_shown(snapshot.corpus.name):
            before = self._find_last_speaker(shown.id)
            quote = snapshot.answerer.find_quote_at(shown.sha256, shown.span) if before else None
            if quote and before not in {UNKNOWN_SPEAKER, hash_speaker(quote.passage)}:
                is_corrected = quote.passage.by is AttributionSource.CURATOR
                change = QuoteChange.CORRECTED if is_corrected else QuoteChange.REREAD
                yield shown.id, change, hash_speaker(quote.passage)

    def _find_last_speaker(self, quote_id: str) -> str | None:
        """Return the digest of the speaker last recorded for a quote; None where none was."""
        events = [event for event in self._storage.list_events(quote_id) if event.change in _NAMING_CHANGES]
        return events[-1].detail if events else None

    async def record(self, changes: Iterable[tuple[str, QuoteChange, str]], corpus: Corpus) -> None:
        """Record changes, each of a quote's id with its detail; see `QuoteEvent`."""
        place = self._clock(), corpus.fingerprint
        events = [create_event(quote_id, change, detail, *place) for quote_id, change, detail in changes]
        if events:
            await self._storage.record_events(events)

    async def find_retired(self, new: Snapshot, old: Snapshot | None) -> list[tuple[Tombstone, Quote | None]]:
        """Return the tombstone of each quote that was shown and is not in `new`, with its successor in `new` if any.

        A successor has the same words. With `old` only quotes found there count, else those without a tombstone.
        """
        missing = await asyncio.to_thread(self._list_missing, new, old)
        old_documents = {each.sha256: each for each in old.corpus.documents} if old else {}
        new_hashes = {document.id: document.sha256 for document in new.corpus.documents}
        pairs = []
        for shown in missing:
            reason, new_quote, new_sha256 = "removed", None, new_hashes.get(shown.document)
            if new_sha256:
                reason = "reread" if new_sha256 == shown.sha256 else "changed"
                document = old_documents.get(shown.sha256)
                words = await (
                    asyncio.to_thread(_cut_quote, document, shown) if document else self._storage.read_words(shown.id)
                )
                find = new.answerer.find_successor
                new_quote = await asyncio.to_thread(find, shown.sha256, shown.span, new_sha256, words)
            today = f"{self._clock():%Y-%m-%d}"
            pairs.append((Tombstone(shown.id, today, reason, new_quote.id if new_quote else None), new_quote))
        return pairs

    def _list_missing(self, new: Snapshot, old: Snapshot | None) -> list[ShownQuote]:
        """List the quotes shown that `old`, if given, can show and `new` cannot."""

        def was_there(shown: ShownQuote) -> bool:
            if old is None:
                return self._storage.find_tombstone(shown.id) is None
            return old.answerer.find_quote_at(shown.sha256, shown.span) is not None

        shown_quotes = filter(was_there, self._storage.list_shown(new.corpus.name))
        return [each for each in shown_quotes if not new.answerer.find_quote_at(each.sha256, each.span)]

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


def _cut_quote(document: Document, shown: ShownQuote) -> str:
    """Return the words of a shown quote, from its document as it was when shown."""
    return document.text[slice(*shown.span)]


log = logging.getLogger(__name__)

# The letters of the shortest sentence that is ever quoted, of 40 characters (`QuoteLengths.min_characters`).
SENTENCE_LETTERS = 30


class HoldStatus(Enum):
    """How surely a hold was found again; the log prints the values, which say by what."""

    FOUND = "its place or its words"
    UNSURE = "some of its words, or all of them in another document"
    LOST = "nothing"


class AppliedHold(NamedTuple):
    """A hold, the passages that it withholds, and how surely they are those that were meant."""

    hold: Hold
    passages: tuple[Passage, ...]
    status: HoldStatus


class DoubtfulHolds(NamedTuple):
    """The ids of holds that were not found again for certain."""

    lost: tuple[str, ...]
    unsure: tuple[str, ...]


class HoldRegister:
    """The holds of one corpus: their words, the passages they withhold, and what the admins must hear of them."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._words: dict[str, str] = {}
        self._statuses: dict[str, HoldStatus] = {}
        self._unsent: dict[str, HoldStatus] = {}

    def remember_words(self, hold: Hold, quote: Quote) -> None:
        """Remember the words that `hold` withholds, since storage may keep no texts."""
        self._words[hold.id] = quote.text

    async def match(self, corpus: Corpus) -> list[AppliedHold]:
        """Match each hold that is on `corpus`: on a document that it has, or on a quote that was shown of it."""
        for each_hold in self._storage.list_holds():
            # What cannot be read now may be at the next match, or be remembered meanwhile.
            if each_hold.id not in self._words and (words := await self._read_words(each_hold.id)) is not None:
                self._words[each_hold.id] = words
        return await asyncio.to_thread(self._match, corpus)

    def note(self, matched: Iterable[AppliedHold]) -> None:
        """Note what is withheld now; log each hold that became doubtful, and keep it to alert the admins."""
        statuses = {each.hold.id: each.status for each in matched}
        for hold_id, status in statuses.items():
            if status is not HoldStatus.FOUND and self._statuses.get(hold_id) is not status:
                log.warning("hold=%s found again by %s", hold_id, status.value)
                self._unsent[hold_id] = status
        self._statuses = statuses

    async def find_doubtful(self, old: Corpus, new: Corpus) -> DoubtfulHolds:
        """Return the holds that are found less surely in `new` than in `old`, or not at all."""
        before = {each.hold.id: each.status for each in await self.match(old)}
        after = {each.hold.id: each.status for each in await self.match(new)}
        # A hold whose document is gone and whose quote was never shown is matched on `new` no more.
        statuses = dict.fromkeys(before, HoldStatus.LOST) | after
        return _split_doubtful({key: status for key, status in statuses.items() if before.get(key) is not status})

    def take_unsent(self) -> DoubtfulHolds:
        """Return the doubtful holds that the admins have not heard of yet; each is returned once."""
        unsent, self._unsent = self._unsent, {}
        return _split_doubtful(unsent)

    async def _read_words(self, quote_id: str) -> str | None:
        """Read the words of a held quote; None where storage keeps none, or cannot read them now, which is logged."""
        try:
            return await self._storage.read_words(quote_id)
        except StorageError as error:
            log.warning("words of a hold cannot be read id=%s: %s", quote_id, error)
            return None

    def _match(self, corpus: Corpus) -> list[AppliedHold]:
        """Do the work of `match` with the words known so far; it takes long, and runs in a thread."""
        matcher, document_ids = HoldMatcher(corpus), {document.id for document in corpus.documents}
        hashes = {document.sha256 for document in corpus.documents}
        matched = []
        for each_hold in self._storage.list_holds():
            shown_quote = self._storage.find_shown(each_hold.id)
            is_shown_of = shown_quote is not None and shown_quote.corpus == corpus.name
            if is_shown_of or each_hold.document in document_ids or each_hold.sha256 in hashes:
                matched.append(matcher.match(each_hold, self._words.get(each_hold.id)))
        return matched


def _split_doubtful(statuses: Mapping[str, HoldStatus]) -> DoubtfulHolds:
    """Return the ids of holds that are lost, and of those found unsurely; the others are left out."""
    wanted = (HoldStatus.LOST, HoldStatus.UNSURE)
    return DoubtfulHolds(*(tuple(key for key, status in statuses.items() if status is each) for each in wanted))


class HoldMatcher:
    """Finds what holds withhold among the passages of one corpus."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._letters: dict[str, Letters] = {}

    def match(self, hold: Hold, words: str | None) -> AppliedHold:
        """Find the passages that one hold withholds; `words` are those it was made of, None where they are not kept."""
        passages = self._corpus.passages
        by_sha256, by_id = passages.by_sha256.get(hold.sha256, ()), passages.by_document_id.get(hold.document, ())
        if by_sha256:
            return AppliedHold(hold, tuple(filter(hold.withholds, by_sha256)), HoldStatus.FOUND)
        letters = fold_letters(words or "").folded
        same_words = [passage for passage in by_id if hold.withholds(passage)]
        # Each once, by identity: comparing values would compare texts.
        if matched := {id(passage): passage for passage in (*same_words, *self._find_letters(by_id, letters))}:
            return AppliedHold(hold, tuple(matched.values()), HoldStatus.FOUND)
        elsewhere = passages.find_similar(words or "") if not by_id else ()
        unsure = (*self._find_shared(by_id, letters), *self._find_letters(elsewhere, letters))
        return AppliedHold(hold, unsure, HoldStatus.UNSURE if unsure else HoldStatus.LOST)

    def _find_letters(self, passages: Iterable[Passage], letters: str) -> Iterator[Passage]:
        """Yield the passages that overlap a place where the whole of `letters` stands."""
        places: dict[str, list[Span]] = {}
        for passage in passages:
            document = passage.document
            if document.sha256 not in places:
                places[document.sha256] = list(self._fold(document).find(letters)) if letters else []
            spans = (passage.span, passage.frame)
            if any(a.start < b.end and b.start < a.end for a in spans for b in places[document.sha256]):
                yield passage

    def _find_shared(self, passages: Iterable[Passage], letters: str) -> Iterator[Passage]:
        """Yield the passages that share a run of `SENTENCE_LETTERS` letters or more with `letters`."""
        ends = range(SENTENCE_LETTERS, len(letters) + 1)
        stretches = {letters[end - SENTENCE_LETTERS : end] for end in ends}
        for passage in passages:
            folded = self._fold_frame(passage)
            ends = range(SENTENCE_LETTERS, len(folded) + 1)
            if any(folded[end - SENTENCE_LETTERS : end] in stretches for end in ends):
                yield passage

    def _fold_frame(self, passage: Passage) -> str:
        """Return the folded letters of a passage and of what it stands in."""
        folded, offsets = self._fold(passage.document)
        start = min(passage.span.start, passage.frame.start)
        return folded[bisect_left(offsets, start) : bisect_left(offsets, max(passage.span.end, passage.frame.end))]

    def _fold(self, document: Document) -> Letters:
        """Return the folded letters of a document with their offsets; each document is folded once."""
        if document.sha256 not in self._letters:
            self._letters[document.sha256] = fold_letters(document.text)
        return self._letters[document.sha256]
