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
    """What is shown in place of an answer: the debate, one voice, or whom a name may mean."""

    CORPUS = "corpus"
    VOICE = "voice"
    CHOICE = "choice"


class AnswerNote(StrEnum):
    """What a reply says in a line of its own in place of quotes."""

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


# In what the first quote differs from the question.
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
    """One question answered; every word here but the quotes is the question's own or the curator's.

    `searched` are the question's content words that occur in the sources, as
    asked; `unmatched` those that the quotes do not match; `expanded` leads from
    a word asked to the words searched with it; `corrected` from one that was misspelt to the word or name that was
    searched in its place, which is then the one in `searched` or `voices`; `voices` names whom the question
    is about; `topics` are the curator's topics that return quotes, for an
    abstention the ones to offer. `inherited` are the words and voices kept from
    the question before. `quotes` are those of one `page`, and `has_more` says that
    another follows. `choices` are the voices a name or pronoun may mean.
    `stronger_side` is the side whose best quote is clearly stronger than all that the other has, if one is.
    `question_language` is that of the question, where it is not the corpus's. `asks_speech` says that the question is
    what `voices` say, and not only of them.
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
