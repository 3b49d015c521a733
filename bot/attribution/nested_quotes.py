"""Quotation inside quotation: the inner words belong to the inner speaker.

Only where a verb right before the inner mark has a subject that names somebody;
"he told me" leads nowhere that the outer words could prove.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bot.attribution.cues import MAX_SHORT_WORDS
from bot.attribution.lexicon import LEMMAS, NOT_NAMES, SPEECH_LEMMAS, Tag
from bot.attribution.quotation_marks import Quotation
from bot.attribution.resolution import resolve_voice
from bot.attribution.scare_quotes import WORD
from bot.attribution.subjects import Sentence
from bot.attribution.tokens import split_sentences, tokenise
from bot.model import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.attribution.noun_phrases import Subject
    from bot.attribution.parsing import ParsedDocument
    from bot.attribution.tokens import Token
    from bot.model import Voice

NESTED_CONFIDENCE = 0.8
_MAX_VERB_DISTANCE = 3


class NestedQuote(NamedTuple):
    """Words quoted within a quotation: whose, in which sentence of it, by which cue."""

    span: Span
    sentence: Span
    voice: Voice
    cue: Span
    confidence: float


def find_nested_quotes(parsed: ParsedDocument, quotation: Quotation) -> Iterator[NestedQuote]:
    """Yield what is quoted inside `quotation` by somebody whom it names."""
    if not quotation.nested:
        return
    inner_quotations = [
        Quotation(
            words, Span(words.start - 1, words.end + 1), quotation.paragraph_index, closed=True
        )
        for words in quotation.nested
    ]
    paragraph_tokens = tokenise(parsed.text, quotation.inner, inner_quotations)
    words = iter(quotation.nested)
    for index, sentence_tokens in enumerate(split_sentences(parsed.text, paragraph_tokens)):
        sentence = Sentence(parsed.text, sentence_tokens, index)
        for quote_index, token in enumerate(sentence_tokens):
            if token.tag is Tag.QUOTATION:
                span = next(words)
                if len(WORD.findall(parsed.text, *span)) > MAX_SHORT_WORDS:
                    yield from _attribute_nested(parsed, sentence, quote_index, span)


def _is_named_speaker(tokens: Sequence[Token], subject: Subject, verb: int) -> bool:
    """Whether a person or body is named, before the verb, as really having said it."""
    name = subject.name
    if name is None or subject.first > verb or name.words[0] in NOT_NAMES:
        return False
    return all(token.tag is not Tag.AUXILIARY for token in tokens[subject.last : verb])


def _attribute_nested(
    parsed: ParsedDocument, sentence: Sentence, quote_index: int, span: Span
) -> Iterator[NestedQuote]:
    tokens = sentence.tokens
    for index in range(quote_index - 1, max(-1, quote_index - 1 - _MAX_VERB_DISTANCE), -1):
        if (
            tokens[index].tag is not Tag.REPORTING_VERB
            or LEMMAS[tokens[index].lower] not in SPEECH_LEMMAS
        ):
            continue
        subject = sentence.find_subject(index)
        if subject is None or not _is_named_speaker(tokens, subject, index):
            return
        sentence_span = Span(tokens[0].start, tokens[-1].end)
        cue_span = Span(subject.span.start, tokens[index].end)
        yield from (
            NestedQuote(
                span,
                sentence_span,
                speaker.voice,
                cue_span,
                round(NESTED_CONFIDENCE * speaker.confidence, 3),
            )
            for speaker in [resolve_voice(parsed, sentence, subject)]
            if speaker is not None and speaker.voice is not None
        )
        return
