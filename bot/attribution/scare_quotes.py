"""Marks that quote nobody: words held with tongs, titles of works, headings between paragraphs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.attribution.cues import MAX_SHORT_WORDS
from bot.attribution.lexicon import TAG_BY_WORD, Tag, word_set

if TYPE_CHECKING:
    from bot.attribution.quotation_marks import Quotation
    from bot.attribution.subjects import Sentence
    from bot.model import Span

WORD = re.compile(r"\w+")
_MAX_WORDS, _MAX_HEADING_WORDS, _MAX_TITLE_WORDS = 12, 8, 6
_SMALL_WORD_TAGS = (Tag.PREPOSITION, Tag.DETERMINER, Tag.CONJUNCTION)
_TITLING_WORDS = frozenset(("titled", "entitled", "headlined"))
_WORK_NOUNS = word_set(
    "on in for from at show movie film book novel album song magazine series program programme "
    "column titled entitled article drama musical play documentary podcast blog story essay "
    "headlined host hosts starring memoir sitcom hit called named segment tv episode newspaper"
)


def is_scare_quote(
    text: str, quotation: Quotation, sentence: Sentence, quote_index: int, *, is_secondary: bool
) -> bool:
    """Say whether the mark at token `quote_index` quotes nobody.

    `is_secondary` means that the document keeps another kind of mark for quotations,
    so that one or two words in this kind are only held with tongs.
    """
    word_count = len(WORD.findall(text, *quotation.inner))
    tokens = sentence.tokens
    if quote_index == 0 or word_count > _MAX_WORDS:
        return (
            word_count <= _MAX_HEADING_WORDS
            and len(tokens) == 1
            and _is_title_case(text, quotation.inner)
        )
    previous = tokens[quote_index - 1]
    if is_secondary and word_count <= MAX_SHORT_WORDS:
        return previous.tag not in (Tag.REPORTING_VERB, Tag.COLON)
    if not _is_title_case(text, quotation.inner):
        return False
    if previous.tag in (Tag.COMMA, Tag.CONJUNCTION) and quote_index > 1:
        previous = tokens[quote_index - 2]
    if previous.lower in _TITLING_WORDS:
        return True
    return word_count <= _MAX_TITLE_WORDS and (
        previous.tag is Tag.POSSESSIVE or previous.lower in _WORK_NOUNS
    )


def _is_title_case(text: str, span: Span) -> bool:
    """Whether the words are in title case: capitals, figures, and small words between."""
    words = WORD.findall(text, *span)
    if not words or not words[0][0].isupper():
        return False
    return all(not word[0].islower() or TAG_BY_WORD.get(word) in _SMALL_WORD_TAGS for word in words)
