"""Marks that quote nobody: titles, headings, and words held with tongs."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.attribution.lexicon import Lexicon, Tag
from bot.attribution.quotation_marks import MAX_SHORT_WORDS, Quotation, count_words
from bot.attribution.subjects import Sentence
from bot.attribution.tokens import Token
from bot.model import Span

_WORD = re.compile(r"\w+")
# The longest title or ironic phrase that is still none of a speaker’s sentences.
_MAX_SCARE_WORDS = 12
# A line of its own, in title case and marks, is a heading up to here.
_MAX_HEADING_WORDS = 8
# Behind “book” or “film” a title is short; behind “entitled” any length counts.
_MAX_TITLE_WORDS = 6
INTRODUCING_TAGS = (Tag.COMMA, Tag.COLON, Tag.DASH, Tag.REPORTING_VERB, Tag.REPORTING_PARTICIPLE)
_SMALL_WORD_TAGS = (Tag.PREPOSITION, Tag.DETERMINER, Tag.CONJUNCTION)


def is_scare_quote(
    text: str, quotation: Quotation, sentence: Sentence, quote_index: int, *, is_secondary: bool
) -> bool:
    """Return whether the mark at token `quote_index` quotes nobody.

    `is_secondary` means that the document keeps another kind of mark for quotations,
    so that one or two words in this kind are only held with tongs.
    """
    word_count = count_words(text, quotation.inner)
    tokens, lexicon = sentence.tokens, sentence.lexicon
    if quote_index == 0 or word_count > _MAX_SCARE_WORDS:
        return word_count <= _MAX_HEADING_WORDS and len(tokens) == 1 and is_title_case(text, quotation.inner, lexicon)
    previous = tokens[quote_index - 1]
    if is_secondary and word_count <= MAX_SHORT_WORDS:
        return previous.tag not in (Tag.REPORTING_VERB, Tag.COLON)
    if not is_title_case(text, quotation.inner, lexicon):
        return False
    if previous.tag in (Tag.COMMA, Tag.CONJUNCTION) and quote_index > 1:
        previous = tokens[quote_index - 2]
    if previous.lower in lexicon.markers.titling or _introduces_title(sentence, quote_index):
        return True
    return word_count <= _MAX_TITLE_WORDS and (
        previous.tag is Tag.POSSESSIVE or previous.lower in lexicon.markers.works
    )


def _introduces_title(sentence: Sentence, quote_index: int) -> bool:
    """Whether a work's name follows: “the broadcast of “...””, “according to “...””, “the “...” syllabus”."""
    tokens, lexicon = sentence.tokens, sentence.lexicon
    before = tuple(token.lower for token in tokens[max(0, quote_index - 2) : quote_index])
    if before == lexicon.source:
        return True
    if len(before) > 1 and before[1] in lexicon.markers.sources and before[0] in lexicon.markers.works:
        return True
    following = tokens[quote_index + 1].tag if quote_index + 1 < len(tokens) else Tag.SENTENCE_END
    return tokens[quote_index - 1].tag is Tag.DETERMINER and following is Tag.OTHER


def is_too_slight(text: str, inner: Span, tokens: Sequence[Token], quote_index: int) -> bool:
    """Return whether words quote nobody: one or two inside a sentence, and no sentence themselves."""
    if count_words(text, inner) > MAX_SHORT_WORDS:
        return False
    is_sentence = text[inner.start].isupper() and text[inner.end - 1] in ".!?"
    is_introduced = quote_index == 0 or tokens[quote_index - 1].tag in INTRODUCING_TAGS
    return not (is_sentence and is_introduced)


def is_title_case(text: str, span: Span, lexicon: Lexicon) -> bool:
    """Whether the words are in title case: capitals, figures, and small words between."""
    words = _WORD.findall(text, *span)
    if not words or not words[0][0].isupper():
        return False
    return all(not word[0].islower() or lexicon.tags.get(word) in _SMALL_WORD_TAGS for word in words)
