"""The words of each document, folded as those of questions are, and the words of all documents together.

They are split once: kept in memory while some vocabulary uses them, so that a reload does not split an unchanged
document again, and on disk for the next start.
"""

from __future__ import annotations

import re
import sys
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache, cached_property
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

from bot.analysis import Analyser, is_acronym
from bot.answers.question_language import Phrase, to_phrase
from bot.corpus.stored import SourceWords, is_stored
from bot.model import Corpus, Document, Passage
from bot.storage.cache_folder import CacheFolder
from bot.text import Word, fold_accents, split_words

HYPHEN = re.compile(r"[-\u2010\u2011]")
# Only compounds of two parts are listed.
_COMPOUND_PARTS = 2
_SETS = ("lower_words", "acronyms", "compounds")


class DocumentWords:
    """A document's words, folded; a class, since neither a str nor a tuple can be held weakly.

    Each kind is a tuple of strings that all documents share: sets of their own strings took ten times the memory of the
    text, 686 MB where these take 219 (100,000 passages of 60 words, ten to a document).
    """

    __slots__ = ("__weakref__", "_folded_text", "acronyms", "compounds", "lower_words")

    def __init__(self, folded_text: str, *sets: Iterable[str]) -> None:
        """Hold what `split_document` found; `folded_text` has a line break around each word."""
        self._folded_text = folded_text
        # In the order of `_SETS`.
        self.lower_words, self.acronyms, self.compounds = (tuple({*map(sys.intern, words)}) for words in sets)

    def list_words(self) -> set[str]:
        """Return every word, once."""
        return {*map(sys.intern, self._folded_text.split("\n"))} - {""}

    def to_line(self) -> str:
        """Return the words in their order, with blanks between them."""
        return self._folded_text.strip("\n").replace("\n", " ")

    def contains(self, phrase: Phrase) -> bool:
        """Return whether the words of `phrase` occur here side by side."""
        return _join_words(phrase) in self._folded_text

    def may_have_compound(self, phrase: Phrase) -> bool:
        """Return whether the words of `phrase` may occur here with hyphens between them.

        >>> [split_document("A has-been, out-of-it.").may_have_compound(two) for two in (("has", "been"), ("of", "it"))]
        [True, False]
        """
        if len(phrase) <= _COMPOUND_PARTS:
            return "-".join(phrase) in self.compounds
        return self.contains(phrase)

    def to_json(self) -> dict[str, Any]:
        """Return what `from_json` reads."""
        return {"text": self._folded_text} | {name: sorted(getattr(self, name)) for name in _SETS}

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> DocumentWords:
        """Return the words that `to_json` wrote.

        Raises:
            KeyError, TypeError: `content` was not written by it.
        """
        text, sets = content["text"], [content[name] for name in _SETS]
        if not isinstance(text, str) or not all(isinstance(word, str) for words in sets for word in words):
            raise TypeError("no document's words")
        return cls(text, *sets)


def split_document(text: str) -> DocumentWords:
    """Return the folded words of `text`, and which of them it prints in small letters, as acronyms or in compounds."""
    words = tuple(split_words(text))
    return DocumentWords(
        _join_words(tuple(word.normalised for word in words)),
        frozenset(word.normalised for word in words if text[word.start].islower()),
        frozenset(w.normalised for w in words if is_acronym(text[w.start : w.end])),
        frozenset(_find_compounds(text, words)),
    )


def _find_compounds(text: str, words: Sequence[Word]) -> Iterator[str]:
    """Yield each hyphenated word of exactly two parts: "by-law", but no part of "end-of-year"."""
    is_hyphenated = [two.start - one.end == 1 and bool(HYPHEN.match(text, one.end)) for one, two in pairwise(words)]
    for place, (one, two) in enumerate(pairwise(words)):
        neighbours = is_hyphenated[max(place - 1, 0) : place] + is_hyphenated[place + 1 : place + 2]
        if is_hyphenated[place] and not any(neighbours):
            yield f"{one.normalised}-{two.normalised}"


def _join_words(words: Phrase) -> str:
    """Return `words` with a line break before, between and behind them."""
    # No folded word holds a line break, so a match never begins or ends inside a word.
    return "\n".join(("", *words, ""))


# By the SHA-256 of the text, for as long as a vocabulary holds them.
_WORDS_BY_SHA256: WeakValueDictionary[str, DocumentWords] = WeakValueDictionary()


def load_document_words(document: Document) -> DocumentWords:
    """Return the words of `document`, split now if no vocabulary holds them."""
    entry = _WORDS_BY_SHA256.get(document.sha256)
    if entry is None:
        entry = _WORDS_BY_SHA256[document.sha256] = split_document(document.text)
    return entry


@contextmanager
def keep_document_words(documents: Sequence[Document], cache: CacheFolder, rules: str) -> Iterator[None]:
    """Keep the words of `documents` in memory within this context, read from `cache` where it has them.

    On leaving, the missing ones are written to it, and those of other documents removed. `rules` identify the way in
    which words are split.
    """
    entries = {document.sha256: _restore_words(document, cache, rules) for document in documents}
    yield
    for document in documents:
        if entries[document.sha256] is None:
            cache.write(document.id, _build_key(document, rules), load_document_words(document).to_json())
    cache.keep_only({document.id for document in documents})


def _restore_words(document: Document, cache: CacheFolder, rules: str) -> DocumentWords | None:
    """Return the words of a document kept in memory or on disk; None where there are none, or they are damaged."""
    entry = _WORDS_BY_SHA256.get(document.sha256)
    content = cache.read(document.id, _build_key(document, rules)) if entry is None else None
    if content is None:
        return entry
    try:
        entry = _WORDS_BY_SHA256[document.sha256] = DocumentWords.from_json(content)
    except (KeyError, TypeError):
        return None
    return entry


def _build_key(document: Document, rules: str) -> str:
    """Build the key of a document's words in the cache, from its text and from all that splits it."""
    return f"{document.sha256} {rules} {_compute_rules_digest()}"


@cache
def _compute_rules_digest() -> str:
    """Compute a SHA-256 over this module, which decides what is written."""
    return sha256(Path(__file__).read_bytes()).hexdigest()


# Possessive, and anchored at the beginning of a word: a word of a hundred thousand letters is read only once.
_COMPOUND = re.compile(r"(?<!\w)\w++(?:[-\u2010\u2011]\w++)+")


def find_passages_of_compound(corpus: Corpus, phrase: Phrase, stop_words: frozenset[str]) -> Sequence[Passage]:
    """Find the passages of `corpus` that have a compound of stop words: those of `phrase` with hyphens between them.

    Only those of documents that may have it are read: all 100,000 of a large corpus take a second.
    """
    if is_stored(corpus.passages):
        return corpus.passages.find_small_compounds(phrase)
    likely = {d.sha256 for d in corpus.documents if load_document_words(d).may_have_compound(phrase)}
    return [
        passage
        for passage in (corpus.passages if likely else ())
        if passage.document.sha256 in likely and phrase in find_stop_compounds(passage, stop_words)
    ]


def find_stop_compounds(passage: Passage, stop_words: frozenset[str]) -> Iterator[Phrase]:
    """Yield the hyphenated words of `passage` of which every part is a stop word."""
    for match in _COMPOUND.finditer(passage.document.text, *passage.frame):
        phrase = to_phrase(match.group())
        if stop_words.issuperset(phrase):
            yield phrase


class SourceVocabulary:
    """The folded words of the documents, except withheld ones; `by_plain` finds them without their accents."""

    def __init__(self, corpus: Corpus, analyser: Analyser) -> None:
        self._stored = corpus.passages if is_stored(corpus.passages) else None
        self._document_words = () if self._stored else tuple(map(load_document_words, corpus.documents))
        source_words = self._stored.words if self._stored else _gather_words(self._document_words)
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
            SearchError: the documents are stored with the index, which does not answer.
        """
        if self._stored:
            return self._stored.words.words.issuperset(phrase) and self._stored.store.has_phrase(phrase)
        numbers = sorted((self._documents_by_word.get(word, ()) for word in phrase), key=len)
        candidates = set(numbers[0]).intersection(*numbers[1:]) if numbers else ()
        return any(self._document_words[number].contains(phrase) for number in candidates)

    @cached_property
    def _documents_by_word(self) -> Mapping[str, Sequence[int]]:
        """The numbers of the documents that have each word; built when the first phrase is looked up."""
        numbers: defaultdict[str, array[int]] = defaultdict(lambda: array("I"))
        for number, document in enumerate(self._document_words):
            for word in document.list_words():
                numbers[word].append(number)
        return numbers


def _gather_words(documents: Sequence[DocumentWords]) -> SourceWords:
    """Return the words of all `documents`."""
    return SourceWords(
        frozenset().union(*(document.list_words() for document in documents)),
        frozenset().union(*(document.lower_words for document in documents)),
        frozenset().union(*(document.acronyms for document in documents)),
        frozenset().union(*(document.compounds for document in documents)),
        {},
    )
