"""Hyphenated words of stop words alone: "has-been", "out-of-it". No index finds them, since it keeps no stop word."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.answers.document_words import load_document_words
from bot.answers.question_language import Phrase, to_phrase
from bot.corpus.stored import is_stored

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.model import Corpus, Passage

# Possessive, and from the beginning of a word alone: a word of a hundred thousand letters is gone through once.
_COMPOUND = re.compile(r"(?<!\w)\w++(?:[-\u2010\u2011]\w++)+")


class StopCompounds:
    """Finds the passages of `corpus` that have a compound of stop words."""

    def __init__(self, corpus: Corpus, stop_words: frozenset[str]) -> None:
        self._passages, self._documents = corpus.passages, corpus.documents
        self._stop_words = stop_words

    def find_passages(self, phrase: Phrase) -> Sequence[Passage]:
        """Find the passages that have the words of `phrase` with hyphens between them.

        Only those of documents that may have it are read: all 100,000 of a large corpus take a second.
        """
        if is_stored(self._passages):
            return self._passages.find_small_compounds(phrase)
        likely = {d.sha256 for d in self._documents if load_document_words(d).may_have_compound(phrase)}
        return [
            passage
            for passage in (self._passages if likely else ())
            if passage.document.sha256 in likely and phrase in find_stop_compounds(passage, self._stop_words)
        ]


def find_stop_compounds(passage: Passage, stop_words: frozenset[str]) -> Iterator[Phrase]:
    """Yield the hyphenated words of `passage` of which every part is a stop word."""
    for match in _COMPOUND.finditer(passage.document.text, *passage.frame):
        phrase = to_phrase(match.group())
        if stop_words.issuperset(phrase):
            yield phrase
