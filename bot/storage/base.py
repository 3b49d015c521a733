"""The protocol of persistent storage, and the values that it keeps.

A quote is kept as a place, never as words; a hold keeps a digest of the words
it withholds. No question, and no asker's name, is ever among what is kept; what is shared for a
while (`shared_state`) holds numbers, and words only once several people asked for them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from bot.model import Span, digest
from bot.storage.shared_state import SharedState
from bot.storage.wishes import WishStorage
from bot.text import normalise_name, split_sentences

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from bot.model import Passage, Quote

# As many sentences as a quote may hold (`QuoteLengths.max_sentences`).
_MAX_SENTENCES = 4
# As much of a fingerprint as people compare.
_FINGERPRINT_LENGTH = 12
# Of a quote that was first shown while its speaker's name was withheld.
UNKNOWN_SPEAKER = "?"


@dataclass(frozen=True, slots=True)
class ShownQuote:
    """Where a quote stood when it was first shown, and in which corpus."""

    id: str
    corpus: str
    document: str
    title: str | None
    sha256: str
    start: int
    end: int

    @property
    def span(self) -> Span:
        """The place in the text with this SHA-256."""
        return Span(self.start, self.end)


@dataclass(frozen=True, slots=True)
class Tombstone:
    """What became of a quote: when, why, and where its words stand now, if they do.

    `why` is `removed` (the document is gone), `changed` (its text was) or
    `reread` (it is parsed differently); `now` is the id of the same words there.
    """

    id: str
    when: str
    why: str
    now: str | None = None


@dataclass(frozen=True, slots=True)
class Hold:
    """A quote that an admin withholds: its place, a digest of its words, when and why.

    It reaches every passage that overlaps the place and, where the document's text
    was changed, every passage of the new text that says the same words.
    """

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
            return any(span.start < self.end and self.start < span.end for span in (passage.span, passage.frame))
        return passage.document.id == self.document and any(
            _hash_words(passage.document.text, span) == self.words for span in list_quotable_spans(passage)
        )


@dataclass(frozen=True, slots=True)
class NameHold:
    """A name that an admin withholds, when and why; with `is_unquoted` the words of whoever bears it too."""

    name: str
    when: str
    reason: str
    is_unquoted: bool = False

    @property
    def key(self) -> str:
        """The name as it is compared."""
        return normalise_name(self.name)


class QuoteChange(StrEnum):
    """What may happen to a quote that was shown."""

    SHOWN = "shown"
    HELD = "held"
    RELEASED = "released"
    RETIRED = "retired"
    CORRECTED = "corrected"
    REREAD = "reread"


@dataclass(frozen=True, slots=True)
class QuoteEvent:
    """What happened to a quote, when (UTC, to the second), and as of which load.

    `detail` is of a hold its reason, of a retirement where the words stand now, else a digest of who speaks.
    `load` is the beginning of the corpus's fingerprint.
    """

    quote: str
    when: str
    change: QuoteChange
    detail: str = ""
    load: str = ""

    @property
    def key(self) -> str:
        """What tells it from any other."""
        return f"{self.quote} {self.when} {self.change}"


class FlagReason(StrEnum):
    """What a member finds wrong with a quote."""

    VOICE = "voice"
    WORDS = "words"
    CONTEXT = "context"
    OTHER = "other"


class FlagOutcome(StrEnum):
    """What became of a flag: what an admin did, or that nobody did anything in time."""

    WITHHELD = "withheld"
    CORRECTED = "corrected"
    DISMISSED = "dismissed"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Flag:
    """What a member reports of a quote: the reason, and whom and where to tell what became of it.

    `when` is a day. `chat`, `thread` and `message` are where it was reported; `person` may be told in private.
    """

    id: str
    quote: str
    reason: FlagReason
    when: str
    chat: int | None = None
    person: int | None = None
    message: int | None = None
    thread: int | None = None


class Claim(StrEnum):
    """Whose an update is that a process asked for."""

    OURS = "ours"
    IN_PROGRESS = "in progress"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class ServedCorpus:
    """What a process switched to: the corpus of this fingerprint, read without these documents."""

    fingerprint: str
    excluded_ids: tuple[str, ...] = ()


class Storage(SharedState, WishStorage, Protocol):
    """What survives a restart, and what processes share: quotes shown, tombstones, holds, texts, choices, claims.

    Finding and listing answer from memory and never wait, so that storage that
    hangs delays no answer. What writes is awaited and raises StorageError, having
    changed nothing, where it cannot be kept; `record_shown` and `record_events` only warn, for
    an answer is worth more than its entry. Writes keep what another process wrote.

        await storage.record_shown([quote], "tram")
        storage.find_shown(quote.id).span == quote.span
    """

    @property
    def is_persistent(self) -> bool:
        """Whether anything is kept when the process ends."""

    def find_shown(self, quote_id: str) -> ShownQuote | None:
        """Return where the quote stood when it was first shown, if it was."""

    def list_shown(self, corpus: str) -> Sequence[ShownQuote]:
        """Return every quote ever shown of the corpus of this name, oldest first."""

    def find_tombstone(self, quote_id: str) -> Tombstone | None:
        """Return what became of the quote, if it was retired."""

    def find_hold(self, quote_id: str) -> Hold | None:
        """Return the hold on the quote, if there is one."""

    def list_holds(self) -> Sequence[Hold]:
        """Return the holds, oldest first."""

    def find_served(self, corpus: str) -> ServedCorpus | None:
        """Return what any process last switched to of the corpus of this name; None where no other could follow."""

    def find_choice(self, chat_id: int) -> str | None:
        """Return the name of the corpus that the chat chose, if it did."""

    async def record_shown(self, quotes: Iterable[Quote], corpus: str) -> None:
        """Record that `quotes` are shown, and keep their texts; the first time counts."""

    async def read_words(self, quote_id: str) -> str | None:
        """Return the words of a quote as they were shown; None where their text is not kept whole.

        Raises:
            StorageError: the kept text cannot be read.
        """

    async def retire(self, tombstones: Iterable[Tombstone]) -> None:
        """Record what became of quotes; of two on one quote the later counts."""

    async def add_hold(self, hold: Hold) -> None:
        """Add a hold, in place of an earlier one on the same quote."""

    async def remove_hold(self, quote_id: str) -> None:
        """Remove the hold on the quote, if there is one."""

    def list_name_holds(self) -> Sequence[NameHold]:
        """Return the names that are withheld, oldest first."""

    async def add_name_hold(self, hold: NameHold) -> None:
        """Add a hold on a name, in place of an earlier one on the same."""

    async def remove_name_hold(self, key: str) -> None:
        """Remove the hold with this key, if there is one."""

    def list_events(self, quote_id: str) -> Sequence[QuoteEvent]:
        """Return what happened to the quote, oldest first."""

    async def record_events(self, events: Iterable[QuoteEvent]) -> None:
        """Record what happened to quotes; like `record_shown` this only warns where it cannot be kept."""

    def list_flags(self) -> Sequence[Flag]:
        """Return the flags that nobody has decided on, oldest first."""

    def count_flags(self) -> Mapping[tuple[FlagReason, FlagOutcome], int]:
        """Return how many flags there ever were of each reason and outcome; of those nothing else is kept."""

    async def add_flag(self, flag: Flag) -> None:
        """Keep a flag until it is closed."""

    async def close_flags(self, flags: Iterable[Flag], outcome: FlagOutcome) -> None:
        """Forget `flags`, but that there was one more of its reason with this outcome."""

    async def choose(self, chat_id: int, corpus: str | None) -> None:
        """Record the corpus that the chat chose; None forgets it."""

    async def set_served(self, corpus: str, served: ServedCorpus) -> None:
        """Record what was switched to, for the other processes to follow."""

    async def refresh(self) -> None:
        """Take up what other processes wrote. Storage that hangs is waited for briefly, and then not known of."""

    async def claim(self, update_id: int, stale_seconds: float) -> Claim:
        """Claim an update, before it is handled, for this process alone; and take up what others wrote.

        One that another process has claimed is its own, until it has had `stale_seconds`: then it has ended.
        """

    async def settle(self, update_id: int, *, done: bool) -> None:
        """Record that an update that this process claimed is handled; or give it back, to be claimed anew."""

    async def close(self) -> None:
        """Close what is open; it opens again when it is needed."""


def create_hold(quote: Quote, reason: str, when: str) -> Hold:
    """Return the hold that withholds `quote`."""
    document, span = quote.passage.document, quote.span
    words_digest = _hash_words(document.text, span)
    return Hold(quote.id, document.id, document.sha256, *span, words_digest, when, reason)


def create_event(quote_id: str, change: QuoteChange, detail: str, now: datetime, fingerprint: str) -> QuoteEvent:
    """Return what happened to a quote at the moment `now`, as of the load of the corpus with this fingerprint."""
    return QuoteEvent(quote_id, f"{now:%Y-%m-%dT%H:%M:%S}", change, detail, fingerprint[:_FINGERPRINT_LENGTH])


def create_shown_events(quotes: Iterable[Quote], now: datetime, fingerprint: str) -> list[QuoteEvent]:
    """Create an event for each of `quotes` that is shown for the first time."""
    return [create_event(each.id, QuoteChange.SHOWN, hash_speaker(each.passage), now, fingerprint) for each in quotes]


def hash_speaker(passage: Passage) -> str:
    """Return a digest of who speaks in `passage`, by which a later load is compared."""
    if passage.is_unnamed:
        return UNKNOWN_SPEAKER
    return digest(passage.voice.name.casefold())[:_FINGERPRINT_LENGTH] if passage.voice else "nobody"


def _hash_words(text: str, span: Span) -> str:
    """Return a digest of the words of `span`, whatever blanks stand between them."""
    return digest(" ".join(text[span.start : span.end].split()))


def list_quotable_spans(passage: Passage) -> Iterator[Span]:
    """Yield the passage's words, and every run of sentences that a quote of it could be."""
    yield passage.span
    sentence_spans = split_sentences(passage.document.text, passage.frame)
    for first, sentence in enumerate(sentence_spans):
        for last in sentence_spans[first : first + _MAX_SENTENCES]:
            yield Span(sentence.start, last.end)
