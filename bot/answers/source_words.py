"""The words of all documents of a corpus: by their stems, without accents, by how they begin, and side by side."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING

from bot.answers.document_words import load_document_words
from bot.corpus.stored import is_stored
from bot.corpus.stored.base import SourceWords
from bot.text import fold_accents

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from bot.analysis import Analyser
    from bot.answers.document_words import DocumentWords
    from bot.answers.question_language import Phrase
    from bot.model import Corpus

# Sorts behind every word that goes on.
_LAST_CHARACTER = "\U0010ffff"


class SourceVocabulary:
    """The words of the documents, folded, but for those withheld; `by_plain` has them without their accents."""

    def __init__(self, corpus: Corpus, analyser: Analyser) -> None:
        self._stored = corpus.passages if is_stored(corpus.passages) else None
        self._document_words = () if self._stored else tuple(map(load_document_words, corpus.documents))
        source_words = self._stored.words if self._stored else _join_words(self._document_words)
        self.words = source_words.words - corpus.withheld_words
        self.lower_words, self.compounds = source_words.lower_words, source_words.compounds
        self.by_stem: defaultdict[str, list[str]] = defaultdict(list)
        self.by_plain: defaultdict[str, list[str]] = defaultdict(list)
        for word in sorted(self.words):
            self.by_stem[analyser.stem(word)].append(word)
            for plain in {*fold_accents(word)} - {word}:
                self.by_plain[plain].append(word)
        self.small_acronyms = source_words.acronyms & analyser.small_words
        self.stems = frozenset(self.by_stem) | {word.upper() for word in self.small_acronyms}

    def has_phrase(self, phrase: Phrase) -> bool:
        """Return whether a document has `phrase`, unbroken.

        Raises:
            SearchError: the documents lie with the index, which does not answer.
        """
        if self._stored:
            return self._stored.words.words.issuperset(phrase) and self._stored.store.has_phrase(phrase)
        numbers = sorted((self._documents_by_word.get(word, ()) for word in phrase), key=len)
        candidates = set(numbers[0]).intersection(*numbers[1:]) if numbers else ()
        return any(self._document_words[number].contains(phrase) for number in candidates)

    @cached_property
    def _documents_by_word(self) -> Mapping[str, Sequence[int]]:
        """The numbers of the documents that have each word; counted for the first phrase that is looked for."""
        numbers: defaultdict[str, array[int]] = defaultdict(lambda: array("I"))
        for number, document in enumerate(self._document_words):
            for word in document.list_words():
                numbers[word].append(number)
        return numbers


class WordCompletions:
    """Words by how they begin."""

    def __init__(self, words: Collection[str], stem: Callable[[str], str], idf: Callable[[str], float]) -> None:
        self._words = words
        self._stem = stem
        self._idf = idf

    @cached_property
    def _sorted_words(self) -> list[str]:
        """Every word, read when the first is completed."""
        return sorted(self._words)

    def list_words(self, beginning: str) -> list[str]:
        """List the words that begin so, other than itself, the most frequent first; of one stem the shortest."""
        words = self._sorted_words
        completions = words[bisect_left(words, beginning) : bisect_left(words, beginning + _LAST_CHARACTER)]
        by_stem: dict[str, str] = {}
        for word in sorted(completions, key=len):
            if word != beginning and word.isalpha():
                by_stem.setdefault(self._stem(word), word)
        return sorted(by_stem.values(), key=lambda word: (self._idf(self._stem(word)), word))


def _join_words(documents: Sequence[DocumentWords]) -> SourceWords:
    """Return the words of all `documents`."""
    return SourceWords(
        frozenset().union(*(document.list_words() for document in documents)),
        frozenset().union(*(document.lower_words for document in documents)),
        frozenset().union(*(document.acronyms for document in documents)),
        frozenset().union(*(document.compounds for document in documents)),
        {},
    )
