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
    """A voice as the manifest lists it: what it goes by, and its side.

    Where one name is listed more than once, the entry with the latest `since`
    not after a document's date holds for that document. `unnamed`: its name is withheld everywhere;
    `unquoted`: its words too.
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
    """The side of everybody of a party or an organisation who has none of their own."""

    __pydantic_config__ = NO_UNKNOWN_KEYS

    name: OneLine
    side: Side


@dataclass(frozen=True, slots=True)
class ReadDivision:
    """A division as the curator has read it: which answer to the question put is `for` the motion."""

    __pydantic_config__ = NO_UNKNOWN_KEYS

    id: OneLine
    for_answer: Annotated[VoteAnswer, Field(alias="for")]


@dataclass(frozen=True, slots=True)
class ResponseEntry:
    """A published answer to a quote as the manifest lists it: the quote's ID, the document that holds it, by whom."""

    __pydantic_config__ = NO_UNKNOWN_KEYS

    quote: QuoteId
    document: OneLine
    by: OneLine
    date: PartialDate | None = None


@dataclass(frozen=True, slots=True)
class Topic:
    """A subject the curator names, and the words that lead to it."""

    __pydantic_config__ = NO_UNKNOWN_KEYS

    name: OneLine
    words: tuple[OneLine, ...] = ()


Key = TypeVar("Key", bound=Hashable)


class Tally(NamedTuple):
    """How many passages are of one kind, on one side, and in one voice."""

    kind: Kind
    side: Side
    voice: Voice | None
    passage_count: int


class PassageSequence(Sequence[Passage]):
    """Passages in the order of their corpus.

    What is asked of all is answered here by walking through them. A sequence that reads each passage
    when it is wanted overrides what it can count or find without reading.
    """

    # Whether all are in memory, so that walking through them costs nothing but the walk.
    is_held = True

    @property
    def voices(self) -> Iterable[Voice]:
        """The voices that speak, in the order in which they first do; perhaps more than once."""
        return (passage.voice for passage in self if passage.voice)

    @cached_property
    def tallies(self) -> Sequence[Tally]:
        """How many passages there are of each kind, side and voice, in the order of the first."""
        counts = Counter((passage.kind, passage.side, passage.voice) for passage in self)
        return [Tally(*key, count) for key, count in counts.items()]

    @cached_property
    def by_name(self) -> Mapping[str, Sequence[Passage]]:
        """The passages in which each voice speaks, or somebody of that body."""
        return self._group(lambda passage: (passage.voice.name, *passage.voice.bodies) if passage.voice else ())

    @cached_property
    def by_sha256(self) -> Mapping[str, Sequence[Passage]]:
        """The passages of the documents with each text."""
        return self._group(lambda passage: (passage.document.sha256,))

    @cached_property
    def by_document_id(self) -> Mapping[str, Sequence[Passage]]:
        """The passages of each document."""
        return self._group(lambda passage: (passage.document.id,))

    def restrict_to_documents(self, document_ids: Container[str]) -> PassageSequence:
        """Return the passages of these documents alone."""
        return HeldPassages(passage for passage in self if passage.document.id in document_ids)

    def find_similar(self, words: str) -> Iterable[Passage]:
        """Return the passages that may have these words: all, or those that share most of them."""
        del words
        return self

    def find_latest_sides(self) -> Mapping[str, Side]:
        """Return the side of the last passage in which each voice speaks, by its name."""
        return {passage.voice.name: passage.side for passage in self if passage.voice}

    def count_unnamed(self) -> int:
        """Count the passages whose voice is not named."""
        return sum(passage.is_unnamed for passage in self)

    def leave_out_equal(self, other: PassageSequence) -> Iterable[Passage]:
        """Return the passages of documents that `other` may not have alike: perhaps all."""
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

    `notice`, where there is one, stands under every reply. `synonyms` lead from
    a word or phrase of a question to words or phrases of the documents. `withheld_words` are words of
    names that are withheld, folded: no question is led to them. `documents` and `passages` are held, or, where
    they lie with the index, read when they are asked for.
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
