"""One document, read once: paragraphs, marks, sentences and people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.text import paragraphs
from bot.voices.lexicon import LEMMA, TIGHT_BASES, TITLES, Form
from bot.voices.marks import Mark, continued, marks
from bot.voices.offices import office
from bot.voices.people import Mention, People
from bot.voices.subjects import Sentence
from bot.voices.tokens import sentences, tokens, usage

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet

    from bot.model import Span

_HEADLINE_SHARE, _SHORTEST_HEADLINE = 0.7, 5
_VERBS = (Form.CUE, Form.VERB, Form.BE, Form.AUXILIARY)
_WORDS = (*_VERBS, Form.NAME, Form.OTHER)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph's place, its sentences and its quotations, by their place in `Reading.marks`."""

    span: Span
    sentences: tuple[Sentence, ...]
    marks: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything that attribution looks at; `goes_on` says which marks continue the one before.

    `listed` holds the names a curator knows.
    """

    text: str
    paragraphs: tuple[Paragraph, ...]
    marks: tuple[Mark, ...]
    goes_on: tuple[bool, ...]
    people: People
    listed: AbstractSet[str] = frozenset()


def read(text: str, listed: AbstractSet[str] = frozenset()) -> Reading:
    """Read `text` once, from its paragraphs to its people.

    `listed` are the names that a curator knows, as `roster.key` writes them.
    """
    spans = paragraphs(text)
    found = marks(text, spans)
    people = People(text)
    read_paragraphs = _paragraphs(text, spans, found)
    for paragraph in read_paragraphs:
        for sentence in paragraph.sentences:
            _meet(people, text, sentence)
    people.settle()
    return Reading(
        text, read_paragraphs, tuple(found), tuple(continued(found, spans)), people, listed
    )


def _paragraphs(text: str, spans: Sequence[Span], found: Sequence[Mark]) -> tuple[Paragraph, ...]:
    known = usage(text)
    of: list[list[int]] = [[] for _ in spans]
    for place, mark in enumerate(found):
        of[mark.paragraph].append(place)
    out: list[Paragraph] = []
    number = 0
    for span, places in zip(spans, of, strict=True):
        row = tokens(text, span, [found[place] for place in places], known)
        rows = sentences(text, row)
        numbered = tuple(Sentence(text, row, number + at) for at, row in enumerate(rows))
        number += len(rows) + 1
        out.append(Paragraph(span, numbered, tuple(places)))
    return tuple(out)


def _meet(people: People, text: str, sentence: Sentence) -> None:
    if _headline(text, sentence):
        return
    for name in sentence.names:
        titled = name.first > 0 and sentence.row[name.first - 1].low in TITLES
        acts = _acts(sentence, name.first, name.last)
        first = sentence.start(name.first)
        known = office(text, sentence, name, first)
        people.add(Mention(name, sentence.number, acts, titled, known))


def _acts(sentence: Sentence, first: int, last: int) -> bool:
    """Whether a name stands like a subject: not after a preposition, before a verb or a comma."""
    row = sentence.row
    if first > 0 and row[first - 1].form in (
        Form.PREPOSITION,
        Form.CUE_ING,
        Form.VERB,
        Form.BE,
    ):
        return False
    if first > 0 and row[first - 1].form is Form.CUE:
        return LEMMA.get(row[first - 1].low) in TIGHT_BASES
    if last + 1 >= len(row):
        return False
    return row[last + 1].form not in (Form.POSSESSIVE, Form.NAME, Form.STOP)


def _headline(text: str, sentence: Sentence) -> bool:
    """A line in title case, its verbs too, says nothing about which words are names."""
    words = [token for token in sentence.row if token.form in _WORDS]
    if len(words) < _SHORTEST_HEADLINE:
        return False
    if any(token.form in _VERBS and text[token.start].islower() for token in words):
        return False
    capitals = sum(text[token.start].isupper() for token in words)
    return capitals > _HEADLINE_SHARE * len(words)
