"""A debate as its curator lists it: voices, parties, read divisions, responses, topics, and the corpus of them all."""

from __future__ import annotations

from collections.abc import Sequence  # noqa: TC003 - all of these are read by pydantic or a decoder of values
from dataclasses import dataclass, field

from bot.model.divisions import VoteAnswer  # noqa: TC001
from bot.model.field_types import NO_UNKNOWN_KEYS, OneLine, PartialDate, QuoteId
from bot.model.passage_sequence import PassageSequence  # noqa: TC001
from bot.model.passages import Document, Side  # noqa: TC001


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
    """A division as the curator has read it: which answer is for the motion."""

    id: str
    for_answer: VoteAnswer


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
