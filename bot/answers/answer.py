"""The answer to a question: chosen quotes, or an abstention with its reason."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from bot.model import Document, Quote, Side


class Status(StrEnum):
    """How much of the question the quotes match; never whether they answer it."""

    ANSWERED = "answered"
    CLOSEST = "closest"
    ABSTAINED = "abstained"


class Card(StrEnum):
    """What is shown instead of an answer: the debate, one voice, or the voices that a name may mean."""

    CORPUS = "corpus"
    VOICE = "voice"
    CHOICE = "choice"


class AnswerNote(StrEnum):
    """A line that a reply shows instead of quotes."""

    ABOUT = "about"
    COURTESY = "courtesy"
    NO_WORDS = "no_words"
    NOTHING_NEW = "nothing_new"


@dataclass(frozen=True, slots=True)
class VoiceFacts:
    """A voice as the curator lists it, and how much it is quoted, from when to when."""

    name: str
    role: str | None
    organisation: str | None
    side: Side
    quote_count: int
    first_date: str | None = None
    last_date: str | None = None


# How the first quote differs from the question.
Mismatch = Literal["number", "asked_negation", "quoted_negation"]


@dataclass(frozen=True, slots=True)
class ChosenQuote:
    """A quote that was chosen, and why.

    `has_caveat`: the next sentence limits what was said ("But ...") and is not shown.
    `also_in`: other documents that print the same words, earliest first. `has_wordings`: another
    quote that answers as well is the same statement in other words.
    """

    quote: Quote
    score: float
    matched: tuple[str, ...] = ()
    has_caveat: bool = False
    also_in: tuple[Document, ...] = ()
    has_wordings: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """One question answered; every word here except the quotes is the question's own or the curator's.

    `searched` are the question's content words that occur in the sources, as typed; `unmatched` those that the quotes
    do not match; `expanded` maps a typed word to the words searched with it; `corrected` maps a misspelt one to the
    word or name searched in its place, which is then the one in `searched` or `voices`; `voices` are those that the
    question is about; `topics` are the curator's topics that return quotes: for an abstention, the ones to offer.
    `inherited` are the words and voices taken from the question before. `quotes` are those of one `page`; `has_more`
    says that another follows. `choices` are the voices that a name or pronoun may mean. `stronger_side` is the side
    whose best quote is clearly stronger than all of the other's, if there is one. `question_language` is the question's
    language where it is not the corpus's. `asks_speech` says that the question is what `voices` say, not just something
    about them. `left_out` are the words that it excludes, and `difference` is how the first quote differs from it.
    """

    question: str
    corpus: str
    status: Status
    searched: tuple[str, ...] = ()
    expanded: dict[str, tuple[str, ...]] = field(default_factory=dict)
    unmatched: tuple[str, ...] = ()
    voices: tuple[str, ...] = ()
    asks_speech: bool = False
    topics: tuple[str, ...] = ()
    silent_sides: tuple[Side, ...] = ()
    stronger_side: Side | None = None
    quotes: tuple[ChosenQuote, ...] = ()
    inherited: tuple[str, ...] = ()
    page: int = 1
    has_more: bool = False
    card: Card | None = None
    note: AnswerNote | None = None
    voice_facts: VoiceFacts | None = None
    choices: tuple[str, ...] = ()
    question_language: str | None = None
    left_out: tuple[str, ...] = ()
    corrected: dict[str, tuple[str, ...]] = field(default_factory=dict)
    difference: Mismatch | None = None
