"""Marks that quote nobody: words held with tongs, titles of works, headings between paragraphs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.voices.cues import SHORT
from bot.voices.lexicon import KIND, Form, vocabulary

if TYPE_CHECKING:
    from bot.model import Span
    from bot.voices.marks import Mark
    from bot.voices.subjects import Sentence

WORD = re.compile(r"\w+")
_LONGEST, _HEADING, _TITLE = 12, 8, 6
_SMALL = (Form.PREPOSITION, Form.DETERMINER, Form.JOIN)
_TITLED = frozenset(("titled", "entitled", "headlined"))
_WORKS = vocabulary(
    "on in for from at show movie film book novel album song magazine series program programme "
    "column titled entitled article drama musical play documentary podcast blog story essay "
    "headlined host hosts starring memoir sitcom hit called named segment tv episode newspaper"
)


def scare(text: str, mark: Mark, sentence: Sentence, place: int, *, minor: bool) -> bool:
    """Say whether the mark at token `place` quotes nobody.

    `minor` means that the document keeps another kind of mark for quotations,
    so that one or two words in this kind are only held with tongs.
    """
    words = len(WORD.findall(text, *mark.inner))
    row = sentence.row
    if place == 0 or words > _LONGEST:
        return words <= _HEADING and len(row) == 1 and _capitals(text, mark.inner)
    before = row[place - 1]
    if minor and words <= SHORT:
        return before.form not in (Form.CUE, Form.COLON)
    if not _capitals(text, mark.inner):
        return False
    if before.form in (Form.COMMA, Form.JOIN) and place > 1:
        before = row[place - 2]
    if before.low in _TITLED:
        return True
    return words <= _TITLE and (before.form is Form.POSSESSIVE or before.low in _WORKS)


def _capitals(text: str, span: Span) -> bool:
    """Whether the words are in title case: capitals, figures, and small words between."""
    words = WORD.findall(text, *span)
    if not words or not words[0][0].isupper():
        return False
    return all(not word[0].islower() or KIND.get(word) in _SMALL for word in words)
