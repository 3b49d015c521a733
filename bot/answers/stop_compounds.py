"""Hyphenated words of stop words alone: "has-been", "out-of-it". No index finds them, since it keeps no stop word."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING

from bot.answers.question_language import Phrase, to_phrase
from bot.corpus.stored import is_stored

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bot.model import Passage, PassageSequence

# Possessive, and from the beginning of a word alone: a word of a hundred thousand letters is gone through once.
_COMPOUND = re.compile(r"(?<!\w)\w++(?:[-\u2010\u2011]\w++)+")


class StopCompounds:
    """Finds the passages that have a compound of stop words."""

    def __init__(self, passages: PassageSequence, stop_words: frozenset[str]) -> None:
        self._passages = passages
        self._stop_words = stop_words

    def find_passages(self, phrase: Phrase) -> Sequence[Passage]:
        """Find the passages that have the words of `phrase` with hyphens between them."""
        if is_stored(self._passages):
            return self._passages.find_small_compounds(phrase)
        return self._passages_by_phrase.get(phrase, ())

    @cached_property
    def _passages_by_phrase(self) -> Mapping[Phrase, list[Passage]]:
        """Read once, when one is first asked for."""
        passages_by_phrase: defaultdict[Phrase, list[Passage]] = defaultdict(list)
        for passage in self._passages:
            for phrase in find_stop_compounds(passage, self._stop_words):
                passages_by_phrase[phrase].append(passage)
        return passages_by_phrase


def find_stop_compounds(passage: Passage, stop_words: frozenset[str]) -> Iterator[Phrase]:
    """Yield the hyphenated words of `passage` of which every part is a stop word."""
    for match in _COMPOUND.finditer(passage.document.text, *passage.frame):
        phrase = to_phrase(match.group())
        if stop_words.issuperset(phrase):
            yield phrase
