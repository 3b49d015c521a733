"""A debate as its curator lists it: voices, parties, read divisions, topics; its passages; the corpus of them all."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Container, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated, NamedTuple, TypeVar

from pydantic import Field

from bot.model.passages import Document, Kind, Passage, Side, Voice
from bot.model.publication import NO_UNKNOWN_KEYS, OneLine, PartialDate, QuoteId, VoteAnswer


@dataclass(frozen=True, slots=True)
class VoiceEntry:
    """A voice as the manifest lists it: its names and its side.

    If a name is listed more than once, the entry with the latest `since` not after a document's date applies to that
    document. With `unnamed` its name is withheld everywhere, with `unquoted` its words too.
    """

    __pydantic_config__ = NO_UNKNOWN_KEYS

    name: OneLine
    aliases: tuple[OneLine, ...] = ()
    role: OneLine | None = None
    organisation: OneLine | None = None
    side: Side | None = None
    since: PartialDate | None = None
    unnamed: bool = False
    unquoted: bool = False


@dataclass(frozen=True, slots=True)
class PartyEntry:
    """The side of everybody in a party or organisation who has no side of their own."""

    __pydantic_config__ = NO_UNKNOWN_KEYS

    name: OneLine
    side: Side


@dataclass(frozen=True, slots=True)
class ReadDivision:
    """A division as the curator has read it: the answer to its question that is `for` the motion."""

    __pydantic_config__ = NO_UNKNOWN_KEYS

    id: OneLine
    for_answer: Annotated[VoteAnswer, Field(alias="for")]


@dataclass(frozen=True, slots=True)
class ResponseEntry:
    """A published answer to a quote as the manifest lists it: the ID of the quote, the document, author and date."""

    __pydantic_config__ = NO_UNKNOWN_KEYS

    quote: QuoteId
    document: OneLine
    by: OneLine
    date: PartialDate | None = None


@dataclass(frozen=True, slots=True)
class Topic:
    """A subject that the curator names, and the words that lead to it."""

    __pydantic_config__ = NO_UNKNOWN_KEYS

    name: OneLine
    words: tuple[OneLine, ...] = ()


Key = TypeVar("Key", bound=Hashable)


class Tally(NamedTuple):
    """The number of passages of one kind, on one side, in one voice."""

    kind: Kind
    side: Side
    voice: Voice | None
    passage_count: int


class PassageSequence(Sequence[Passage]):
    """Passages in the order of their corpus.

    Questions about all of them are answered here by walking through them. A sequence that reads each passage when it is
    needed overrides the methods that it can answer without reading.
    """

    # Whether all passages are in memory, so that walking through them reads nothing.
    is_held = True

    @property
    def voices(self) -> Iterable[Voice]:
        """The voices that speak, in the order of their first passages; they may be repeated."""
        return (passage.voice for passage in self if passage.voice)

    @cached_property
    def tallies(self) -> Sequence[Tally]:
        """The number of passages of each kind, side and voice, in the order of their first passages."""
        counts = Counter((passage.kind, passage.side, passage.voice) for passage in self)
        return [Tally(*key, count) for key, count in counts.items()]

    @cached_property
    def by_name(self) -> Mapping[str, Sequence[Passage]]:
        """The passages by the name of the voice, and by the names of its organisation and party."""
        return self._group(lambda passage: (passage.voice.name, *passage.voice.bodies) if passage.voice else ())

    @cached_property
    def by_sha256(self) -> Mapping[str, Sequence[Passage]]:
        """The passages by the SHA-256 of their document."""
        return self._group(lambda passage: (passage.document.sha256,))

    @cached_property
    def by_document_id(self) -> Mapping[str, Sequence[Passage]]:
        """The passages by the id of their document."""
        return self._group(lambda passage: (passage.document.id,))

    def restrict_to_documents(self, document_ids: Container[str]) -> PassageSequence:
        """Return the passages of these documents only."""
        return HeldPassages(passage for passage in self if passage.document.id in document_ids)

    def find_similar(self, words: str) -> Iterable[Passage]:
        """Return the passages that may have these words: all, or only those that share most of them."""
        del words
        return self

    def find_latest_sides(self) -> Mapping[str, Side]:
        """Return the side of each voice in its last passage, by its name."""
        return {passage.voice.name: passage.side for passage in self if passage.voice}

    def count_unnamed(self) -> int:
        """Count the passages whose voice is not named."""
        return sum(passage.is_unnamed for passage in self)

    def leave_out_equal(self, other: PassageSequence) -> Iterable[Passage]:
        """Return the passages without those of documents known to be equal in `other`; all, if none is known."""
        del other
        return self

    def _group(self, list_keys: Callable[[Passage], Iterable[Key]]) -> Mapping[Key, Sequence[Passage]]:
        """Group the passages by each of the keys that `list_keys` gives them."""
        groups: defaultdict[Key, list[Passage]] = defaultdict(list)
        for passage in self:
            for key in dict.fromkeys(list_keys(passage)):
                groups[key].append(passage)
        return dict(groups)


class HeldPassages(tuple[Passage, ...], PassageSequence):  # noqa: SLOT001  groups are kept once found
    """Passages that are all in memory."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """One debate, as loaded: immutable, so a reload swaps it whole.

    `notice`, if there is one, is shown under every reply. `synonyms` lead from a word or phrase of a question to words
    or phrases of the documents. `withheld_words` are words of withheld names, folded: no question is expanded to them.
    `documents` and `passages` are in memory, or, if they are stored with the index, read when they are needed.
    """

    name: str
    title: str
    motion: str
    language: str
    curator: str
    basis: str
    documents: Sequence[Document]
    passages: PassageSequence
    voices: tuple[VoiceEntry, ...] = ()
    parties: tuple[PartyEntry, ...] = ()
    divisions: tuple[ReadDivision, ...] = ()
    responses: tuple[ResponseEntry, ...] = ()
    topics: tuple[Topic, ...] = ()
    synonyms: dict[str, tuple[str, ...]] = field(default_factory=dict)
    notice: str | None = None
    fingerprint: str = ""
    withheld_words: frozenset[str] = field(default=frozenset(), repr=False)
