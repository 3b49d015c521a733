"""Quotation inside quotation: the inner words belong to the inner speaker.

Only where a verb right before the inner mark has a subject that names somebody;
"he told me" leads nowhere that the outer words could prove.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bot.model import Span
from bot.voices.cues import SHORT
from bot.voices.lexicon import LEMMA, NOT_NAMES, SPOKEN_BASES, Form
from bot.voices.marks import Mark
from bot.voices.naming import named
from bot.voices.scares import WORD
from bot.voices.subjects import Sentence
from bot.voices.tokens import sentences, tokens

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.model import Voice
    from bot.voices.phrases import Subject
    from bot.voices.reading import Reading
    from bot.voices.tokens import Token

INNER = 0.8
_NEAR = 3


class Inner(NamedTuple):
    """Words quoted within a quotation: whose, in which sentence of it, by which cue."""

    words: Span
    sentence: Span
    voice: Voice
    cue: Span
    confidence: float


def inner(reading: Reading, mark: Mark) -> Iterator[Inner]:
    """Yield what is quoted inside `mark` by somebody whom it names."""
    if not mark.nested:
        return
    marks = [
        Mark(words, Span(words.start - 1, words.end + 1), mark.paragraph, closed=True)
        for words in mark.nested
    ]
    row = tokens(reading.text, mark.inner, marks)
    words = iter(mark.nested)
    for number, said in enumerate(sentences(reading.text, row)):
        sentence = Sentence(reading.text, said, number)
        for place, token in enumerate(said):
            if token.form is Form.QUOTE:
                here = next(words)
                if len(WORD.findall(reading.text, *here)) > SHORT:
                    yield from _credited(reading, sentence, place, here)


def _somebody(row: Sequence[Token], subject: Subject, verb: int) -> bool:
    """Whether a person or body is named, before the verb, as really having said it."""
    name = subject.name
    if name is None or subject.first > verb or name.words[0] in NOT_NAMES:
        return False
    return all(token.form is not Form.AUXILIARY for token in row[subject.last : verb])


def _credited(reading: Reading, sentence: Sentence, place: int, words: Span) -> Iterator[Inner]:
    row = sentence.row
    for at in range(place - 1, max(-1, place - 1 - _NEAR), -1):
        if row[at].form is not Form.CUE or LEMMA[row[at].low] not in SPOKEN_BASES:
            continue
        subject = sentence.subject(at)
        if subject is None or not _somebody(row, subject, at):
            return
        whole = Span(row[0].start, row[-1].end)
        cue = Span(subject.span.start, row[at].end)
        yield from (
            Inner(words, whole, found.voice, cue, round(INNER * found.trust, 3))
            for found in [named(reading, sentence, subject)]
            if found is not None and found.voice is not None
        )
        return
