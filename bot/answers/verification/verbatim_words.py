"""How the words of a quote are compared: every one counts, and only what print may vary is folded.

Case, accents, marks, hyphens, invisible characters and the ways to write per cent are folded. An ending,
a number, a currency sign and a minus are not: those make another statement.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from bot.text import WORD_PATTERN, fold_accents, normalise

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.model import Span

_WORD = re.compile(rf"(?i:\bper\s+cent\b)|[$£€¥₹]|(?<![\w.,)])[-−–](?=[$£€¥₹]?\d)|{WORD_PATTERN}")
_MINUS_SIGNS = frozenset("-−–")
_SIGNS = frozenset("$£€¥₹")
_POSSESSIVES = ("'s", "’s", "ʼs", "＇s")


def find_verbatim_words(text: str, span: Span | None = None) -> Iterator[re.Match[str]]:
    """Return where the words within `span` (all of `text` if None) stand.

    >>> [word.group() for word in find_verbatim_words("It’s -5° and £1,000, isn’t it?")]
    ['It’s', '-', '5', 'and', '£', '1,000', 'isn’t', 'it']
    """
    start, end = span or (0, len(text))
    return _WORD.finditer(text, start, end)


def list_verbatim_words(text: str, span: Span) -> list[str]:
    """Return the same words as they are spelt, without their places: for whole corpora."""
    return _WORD.findall(text, *span)


# Of a text to verify; an index asks for each spelling of a corpus once.
@lru_cache(maxsize=1 << 12)
def fold_verbatim(word: str) -> str:
    """Return the form in which two spellings of one word are equal; "" for what is no word.

    >>> [fold_verbatim(word) for word in ("It’s", "café", "80.5", "％", "per cent", "−", "recog\u00adnise")]
    ['its', 'cafe', '80.5', 'percent', 'percent', '-', 'recognise']
    """
    if word in _MINUS_SIGNS:
        return "-"
    if word in _SIGNS:
        return word
    # A possessive is no other spelling of its noun.
    ending = "s" if word.casefold().endswith(_POSSESSIVES) else ""
    return fold_accents(normalise(word))[0] + ending
