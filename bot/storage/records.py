"""The values that persistent storage keeps, and how they are made.

A quote is kept as a place, never as words; a hold keeps a digest of the words it withholds. Questions and askers' names
are never kept. Of a chat only its number, its wishes and three days are kept; of a word that nothing matched, how many
people asked for it, never who.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.model import Passage, Quote, Span, digest
from bot.text import normalise_name, split_sentences

# As many sentences as a quote may hold (`QuoteLengths.max_sentences`).
_MAX_SENTENCES = 4
# As many characters of a fingerprint as people compare.
_FINGERPRINT_LENGTH = 12
# Stands for the digest of a speaker whose name was withheld when the quote was first shown.
UNKNOWN_SPEAKER = "?"
# Sixteen characters of a digest tell the ten wishes of a chat apart as well as all of it.
_KEY_LENGTH = 16


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
    """The end of a quote: when and why it was retired, and where its words are now, if anywhere.

    `why` is `removed` (the document is gone), `changed` (its text was) or
    `reread` (it is parsed differently); `now` is the id of a quote with the same words that took its
    place, None if there is none.
    """

    id: str
    when: str
    why: str
    now: str | None = None


@dataclass(frozen=True, slots=True)
class Hold:
    """A quote that an admin withholds: its place, a digest of its words, when and why.

    It covers every passage that overlaps the place and, if the document's text was changed, every passage of the new
    text with the same words.
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
    """A name that an admin withholds, when and why; with `is_unquoted`, the words of its bearers too."""

    name: str
    when: str
    reason: str
    is_unquoted: bool = False

    @property
    def key(self) -> str:
        """The name, normalised for comparison."""
        return normalise_name(self.name)


class QuoteChange(StrEnum):
    """The kinds of events in the history of a quote that was shown."""

    SHOWN = "shown"
    HELD = "held"
    RELEASED = "released"
    RETIRED = "retired"
    CORRECTED = "corrected"
    REREAD = "reread"


@dataclass(frozen=True, slots=True)
class QuoteEvent:
    """An event in the history of a quote: what, when (UTC, to the second), and under which load of the corpus.

    `detail` is the reason of a hold, or the id of the same words after a retirement, or else a digest of the speaker.
    `load` is the beginning of the corpus's fingerprint.
    """

    quote: str
    when: str
    change: QuoteChange
    detail: str = ""
    load: str = ""

    @property
    def key(self) -> str:
        """What it is kept under: of two like events in one second one is kept."""
        return f"{self.quote} {self.when} {self.change}"


class FlagReason(StrEnum):
    """A fault that a member finds in a quote."""

    VOICE = "voice"
    WORDS = "words"
    CONTEXT = "context"
    OTHER = "other"


class FlagOutcome(StrEnum):
    """The outcome of a flag: an admin's decision, or none in time."""

    WITHHELD = "withheld"
    CORRECTED = "corrected"
    DISMISSED = "dismissed"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Flag:
    """A member's report of a quote: the reason, and whom to tell, and where, what became of it.

    `when` is a day. `chat`, `thread` and `message` are where it was reported; `person` may be told in private.
    `language` is the code of the language spoken there, such as `fr`; None in flags filed before it was kept.
    """

    id: str
    quote: str
    reason: FlagReason
    when: str
    chat: int | None = None
    person: int | None = None
    message: int | None = None
    thread: int | None = None
    language: str | None = None


class Claim(StrEnum):
    """The answer to a process that claims an update: its own, another's, or done already."""

    OURS = "ours"
    IN_PROGRESS = "in progress"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class ServedCorpus:
    """The corpus that a process switched to, by its fingerprint, and the documents left out of it."""

    fingerprint: str
    excluded_ids: tuple[str, ...] = ()


class WishKind(StrEnum):
    """The kinds of things that a chat can follow."""

    VOICE = "voice"
    TOPIC = "topic"


@dataclass(frozen=True, slots=True)
class Wish:
    """A voice or topic of a corpus that a chat follows.

    Documents that arrived after `since` (UTC, to the second) are new to it. `used` is the day on which the wish was
    made or a button last pressed in the chat; `sent` is the day of the last message, "" before the first.
    """

    chat: int
    corpus: str
    kind: WishKind
    name: str
    since: str
    used: str
    sent: str = ""

    @property
    def key(self) -> str:
        """A key that no other wish of its chat has."""
        return digest(f"{self.corpus}\n{self.kind}\n{self.name}")[:_KEY_LENGTH]


@dataclass(frozen=True, slots=True)
class WordSums:
    """How many people asked for each unmatched word, on days when enough did, since the message of `week` was sent."""

    week: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)


def create_shown(quote: Quote, corpus: str) -> ShownQuote:
    """Return the record that `quote`, of the corpus of this name, is shown."""
    document = quote.passage.document
    return ShownQuote(quote.id, corpus, document.id, document.title, document.sha256, *quote.span)


def create_hold(quote: Quote, reason: str, when: str) -> Hold:
    """Return the hold that withholds `quote`."""
    document, span = quote.passage.document, quote.span
    words_digest = _hash_words(document.text, span)
    return Hold(quote.id, document.id, document.sha256, *span, words_digest, when, reason)


def create_event(quote_id: str, change: QuoteChange, detail: str, now: datetime, fingerprint: str) -> QuoteEvent:
    """Return the event of a quote at the moment `now`, under the load of the corpus with this fingerprint."""
    return QuoteEvent(quote_id, f"{now:%Y-%m-%dT%H:%M:%S}", change, detail, fingerprint[:_FINGERPRINT_LENGTH])


def create_shown_events(quotes: Iterable[Quote], now: datetime, fingerprint: str) -> list[QuoteEvent]:
    """Create an event for each of `quotes`, all of which are shown for the first time."""
    return [create_event(each.id, QuoteChange.SHOWN, hash_speaker(each.passage), now, fingerprint) for each in quotes]


def hash_speaker(passage: Passage) -> str:
    """Return a digest of the speaker, to be compared with a later load: "?" if unnamed, "nobody" without a voice."""
    if passage.is_unnamed:
        return UNKNOWN_SPEAKER
    return digest(passage.voice.name.casefold())[:_FINGERPRINT_LENGTH] if passage.voice else "nobody"


def _hash_words(text: str, span: Span) -> str:
    """Return a digest of the words of `span`, regardless of the white space between them."""
    return digest(" ".join(text[span.start : span.end].split()))


def list_quotable_spans(passage: Passage) -> Iterator[Span]:
    """Yield the passage's words, and every run of sentences that a quote of it could be."""
    yield passage.span
    sentence_spans = split_sentences(passage.document.text, passage.frame)
    for first, sentence in enumerate(sentence_spans):
        for last in sentence_spans[first : first + _MAX_SENTENCES]:
            yield Span(sentence.start, last.end)
