"""Documents, and the places in them that are quoted: turns, passages and quotes, each with its voice.

All values are immutable. Text is held once, by the document; everything else is a *place* in it, so the words shown can
never differ from the words published.
"""

from __future__ import annotations

import base64
import hashlib
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import lru_cache
from typing import Any, NamedTuple

from bot.errors import IntegrityError
from bot.model.publication import Division, Publication, SideEvidence

# A paragraph longer than this many characters is hashed in several blocks, so a document without
# blank lines costs no more to check: a block takes 5 µs, most paragraphs of a record 2 µs
# (tests/benchmarks/slices.py).
_MAX_BLOCK = 4096


class Span(NamedTuple):
    """Characters [start, end) of a document's canonical text, in code points."""

    start: int
    end: int


class Kind(StrEnum):
    """How a passage's words are given in its document."""

    DIRECT = "direct"
    FRAGMENT = "fragment"
    REPORTED = "reported"
    NARRATION = "narration"


class Side(StrEnum):
    """A voice's side on the corpus's motion, as its curator set it."""

    FOR = "for"
    AGAINST = "against"
    NEITHER = "neither"


class AttributionSource(StrEnum):
    """The source of an attribution: our rules, the source's own record, or a curator."""

    RULE = "rule"
    RECORD = "record"
    CURATOR = "curator"


@dataclass(frozen=True, slots=True)
class Voice:
    """A speaker, as of one document; facts that the source does not give are None.

    `role` is an office or occupation; `party` and `seat` (the place a member represents) are as of the document's date.
    `id` identifies a person in a record, whatever name is printed: a namespace, a slash, and the record's identifier,
    such as `uk.parliament/4514` for a member of the UK's parliament by the number in its Members API.
    """

    name: str
    role: str | None = None
    organisation: str | None = None
    party: str | None = None
    seat: str | None = None
    id: str | None = None

    def is_same_person(self, other: Voice) -> bool:
        """Return whether both are the same: by identity if one record identifies both, else by name.

        >>> Voice("Keir Ashby", id="xx.parliament/12").is_same_person(Voice("Lord Ashby", id="xx.parliament/12"))
        True
        """
        if self.id and other.id and _get_namespace(self.id) == _get_namespace(other.id):
            return self.id == other.id
        return self.name.casefold() == other.name.casefold()

    @property
    def bodies(self) -> tuple[str, ...]:
        """The organisation and the party that it speaks for, if they are given."""
        return tuple(dict.fromkeys(filter(None, (self.organisation, self.party))))

    @property
    def descriptions(self) -> tuple[str, ...]:
        """The name, role, organisation, seat and party, as far as they are given, without repetition."""
        return tuple(dict.fromkeys(filter(None, (self.name, self.role, self.organisation, self.seat, self.party))))


def _get_namespace(voice_id: str) -> str:
    """Return the namespace of a voice's id: all before its last slash."""
    return voice_id.rpartition("/")[0]


@dataclass(frozen=True, slots=True)
class Turn:
    """One speaker's unbroken stretch, where the source records it.

    `span` covers the spoken words only; `label` is where the record names the speaker, and is the cue of every passage
    in the turn. `url` is the record's page of the turn, and `addresses` are the record's own names for its paragraphs,
    in order, "" for one without. `set_apart` are paragraphs that the record sets apart from the speech: letters,
    testimony, statutes, motions.
    """

    span: Span
    label: Span
    voice: Voice
    heading: str | None = None
    url: str | None = None
    addresses: tuple[str, ...] = ()
    set_apart: tuple[Span, ...] = ()


class ParagraphDigests:
    """Digests of the paragraphs of one text, taken when it is loaded.

    A slice is checked against only the paragraphs that it touches: hashing the whole text for every slice made `/by`
    quadratic (32 s on a record of 4.6 MB).
    """

    __slots__ = ("_digests", "_starts", "has_mismatch")

    def __init__(self, text: str) -> None:
        self._starts = array("L", _iter_block_starts(text))
        self._digests = [self._hash_block(text, index) for index in range(len(self._starts))]
        # Remembered so that the admins can be told which documents to read again.
        self.has_mismatch = False

    def check(self, text: str, spans: Iterable[Span]) -> bool:
        """Return whether the paragraphs of `text` that `spans` touch are as loaded; remember if one is not."""
        starts, touched = self._starts, set[int]()
        for span in spans:
            first = bisect_right(starts, span.start) - 1
            touched.update(range(first, max(first + 1, bisect_left(starts, span.end))))
        is_intact = all(self._hash_block(text, index) == self._digests[index] for index in touched)
        self.has_mismatch |= not is_intact
        return is_intact

    def _hash_block(self, text: str, index: int) -> bytes:
        """Return the digest of the block numbered `index`, as `text` has it now."""
        # The last block reaches to the end, so text added there is noticed.
        end = self._starts[index + 1] if index + 1 < len(self._starts) else len(text)
        block = text[self._starts[index] : end].encode("utf-8", "surrogatepass")
        return hashlib.blake2b(block, digest_size=8).digest()


@dataclass(frozen=True, slots=True)
class Document(Publication):
    """One published source; the only place that holds its text.

    `id` is the file's name without its suffix. `turns` are in reading order; articles have none.
    """

    id: str
    text: str
    turns: tuple[Turn, ...] = ()
    sha256: str = field(default="", repr=False)
    divisions: tuple[Division, ...] = field(default=(), repr=False)
    _digests: ParagraphDigests = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Compute the text's SHA-256, unless it was given, and the digests of its paragraphs."""
        if not self.sha256:
            object.__setattr__(self, "sha256", digest(self.text))
        object.__setattr__(self, "_digests", ParagraphDigests(self.text))

    def slice_text(self, span: Span) -> str:
        """Return the characters of `span`, after checking the paragraphs that it touches.

        Raises:
            IntegrityError: they have changed since they were loaded.
        """
        if not self.is_intact(span):
            raise IntegrityError(self.id, "the text changed in memory", "reload the corpus")
        return self.text[span.start : span.end]

    def is_intact(self, *spans: Span) -> bool:
        """Return whether the paragraphs that `spans` touch are unchanged since they were loaded."""
        return self._digests.check(self.text, spans)

    @property
    def character_count(self) -> int:
        """The length of the text, in code points."""
        return len(self.text)

    @property
    def is_damaged(self) -> bool:
        """Whether any check has found a paragraph changed since the text was loaded."""
        return self._digests.has_mismatch

    def replace_facts(self, **facts: Any) -> Document:  # noqa: ANN401  fields of a document
        """Return a document of the same text with other facts; damage found through either is known to both."""
        changed = replace(self, **facts)
        object.__setattr__(changed, "_digests", self._digests)
        return changed

    def matches_sha256(self) -> bool:
        """Return whether the text still has its SHA-256, which hashes all of it."""
        return digest(self.text) == self.sha256

    def turn_at(self, offset: int) -> Turn | None:
        """Return the turn that contains the character at `offset`; None if there is none."""
        index = bisect_right(self.turns, offset, key=lambda turn: turn.span.start) - 1
        return self.turns[index] if index >= 0 and offset < self.turns[index].span.end else None


@dataclass(frozen=True, slots=True)
class Response:
    """A published answer to the quote at `span`: its author, who was quoted there, its date and its document."""

    span: Span
    author: str
    date: str | None
    document: Document = field(repr=False)


@dataclass(frozen=True, slots=True)
class Passage:
    """The unit of the index: one stretch of text in one voice, at most a paragraph.

    `span` covers the voice's words: those between the marks, the reported statement, or the publication's sentences.
    `frame` may be shown: it is the same as `span` for direct words and narration; for a fragment or a report it covers
    the publication's whole sentences around it, since the words alone would hide whose sentence they belong to. `voice`
    is None if the publication itself speaks, or nobody could be named. `cue` has the spans that prove the voice, the
    name first; it is empty for narration. `chain` describes how a pronoun or a continued quotation leads back to the
    name. `quotation` has every span of the quotation that this passage is part of, in order. `unbroken` are stretches
    that a quote must neither begin nor end in, nor consist of: words that the speaker quotes, with their marks, and a
    sentence that continues from the paragraph before or into the next. `paragraph` counts from 1. `is_doubtful` says
    that the voice may be somebody else's, for the `reason` given. `corrected` is the day on which a curator set the
    voice, if it is recorded. `is_unnamed` says that the voice is known and its name withheld.
    """

    document: Document = field(repr=False)
    span: Span
    frame: Span
    kind: Kind
    paragraph: int
    voice: Voice | None = None
    cue: tuple[Span, ...] = ()
    confidence: float = 1.0
    by: AttributionSource = AttributionSource.RULE
    chain: str | None = None
    side: Side = Side.NEITHER
    quotation: tuple[Span, ...] = ()
    reason: str | None = None
    side_evidence: SideEvidence | None = field(default=None, repr=False)
    unbroken: tuple[Span, ...] = ()
    is_doubtful: bool = False
    corrected: str | None = None
    is_unnamed: bool = False
    responses: tuple[Response, ...] = field(default=(), repr=False)

    def is_certain(self, threshold: float) -> bool:
        """Return whether the voice may be named at `threshold`; never, if it may be somebody else's."""
        return not self.is_doubtful and self.confidence >= threshold

    @property
    def text(self) -> str:
        """The voice's words, cut from the document."""
        return self.document.slice_text(self.span)

    def lies_within(self, text: str) -> bool:
        """Return whether every span of the passage lies within `text`."""
        spans = (self.span, self.frame, *self.cue, *self.quotation, *self.unbroken)
        return all(0 <= span.start <= span.end <= len(text) for span in spans)

    @property
    def is_own_words(self) -> bool:
        """Whether the publication itself speaks, which is known only if its language is."""
        return self.kind is Kind.NARRATION and self.confidence > 0

    def is_spoken_by(self, names: Iterable[str]) -> bool:
        """Return whether one of `names` is the voice's own, or that of its organisation or party."""
        voice = self.voice
        return voice is not None and any(name in {voice.name, *voice.bodies} for name in names)

    @property
    def turn(self) -> Turn | None:
        """The turn that it is part of, if the source records turns."""
        return self.document.turn_at(self.span.start)

    @property
    def address(self) -> str | None:
        """The record's own name for this paragraph; None if it has none."""
        turn = self.turn
        if turn is None:
            return None
        index = self.document.text.count("\n\n", turn.span.start, self.span.start)
        return next(iter(turn.addresses[index : index + 1]), None) or None


@dataclass(frozen=True, slots=True)
class Quote:
    """The unit that is shown: one to four whole sentences of one passage's frame."""

    passage: Passage
    span: Span

    @property
    def text(self) -> str:
        """The words shown, cut from the document at each access."""
        return self.passage.document.slice_text(self.span)

    @property
    def responses(self) -> tuple[Response, ...]:
        """The answers that quoted people have published to these words, or to a part of them."""
        return tuple(
            each
            for each in self.passage.responses
            if each.span.start < self.span.end and self.span.start < each.span.end
        )

    @property
    def is_intact(self) -> bool:
        """Whether its words, and the cue that proves the voice, are unchanged since they were loaded."""
        return self.passage.document.is_intact(self.span, *self.passage.cue)

    @property
    def id(self) -> str:
        """Eight characters that name this place permanently."""
        return quote_id(self.passage.document.sha256, self.span)


def digest(text: str) -> str:
    """Return the SHA-256 of `text` in UTF-8, as hexadecimal."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _iter_block_starts(text: str) -> Iterator[int]:
    """Yield where each paragraph starts, and within a long one each further block."""
    start = 0
    while True:
        next_start = text.find("\n\n", start) + 2
        end = next_start if next_start >= 2 else len(text)
        yield start
        yield from range(start + _MAX_BLOCK, end, _MAX_BLOCK)
        if end == len(text):
            return
        start = end


@lru_cache(maxsize=1 << 14)
def quote_id(sha256: str, span: Span) -> str:
    """Return the eight base32 characters that name a span of a document.

    >>> quote_id("00", Span(0, 5)), quote_id("00", Span(0, 6))
    ('W55JWFZD', 'Q52UGNCK')
    """
    return base64.b32encode(hash_place(sha256, span)).decode()


def hash_place(sha256: str, span: Span) -> bytes:
    """Return the five bytes that `quote_id` encodes in base32."""
    return hashlib.sha256(f"{sha256}:{span.start}:{span.end}".encode()).digest()[:5]
