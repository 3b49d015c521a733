"""Words as an index and a question compare them: folded, stopped and stemmed, by language.

Stop words come from the stop-words library and stems from Snowball, both by the
corpus's language, so a question and a document are always read alike.
"""

from __future__ import annotations

from collections import defaultdict
from importlib.metadata import version
from typing import TYPE_CHECKING, NamedTuple

import Stemmer
from rapidfuzz import process
from rapidfuzz.distance import OSA
from stop_words import get_stop_words

from bot.errors import CorpusError
from bot.text import fold, spellings, words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.model import Span


_STOP_WORDS = version("stop-words")
_REMEMBERED = 1 << 18
_SHORTEST_SLIP = 5
_TWO_SLIPS = 8


class Term(NamedTuple):
    """A content word at [start, end): its folded form, and the stem it is found by."""

    start: int
    end: int
    folded: str
    stem: str


class Content(NamedTuple):
    """A content word without its place: its folded form, and the stem it is found by."""

    folded: str
    stem: str


class Analyser:
    """Reads text of one language into terms; `fingerprint` tells one way of reading from another.

    Raises:
        CorpusError: Snowball has no stemmer for `language`.
    """

    def __init__(self, language: str) -> None:
        if language not in Stemmer.algorithms():
            known = ", ".join(Stemmer.algorithms())
            raise CorpusError(
                "corpus.toml", f"no stemmer for language {language!r}", f"use {known}"
            )
        self._stem = Stemmer.Stemmer(language).stemWord
        self.fingerprint = f"{language} PyStemmer {Stemmer.version()} stop-words {_STOP_WORDS}"
        self._known: dict[str, Content | None] = {}
        self.stop_words = frozenset(fold(word) for word in get_stop_words(language))

    def terms(self, text: str, span: Span | None = None) -> Iterator[Term]:
        """Yield the content words within `span` (all of `text` if None), in order.

        >>> [t.stem for t in Analyser("english").terms("What are the officers' duties?")]
        ['offic', 'duti']
        """
        for start, end, folded in words(text, span):
            if folded not in self.stop_words:
                yield Term(start, end, folded, self._stem(folded))

    def content(self, text: str, span: Span | None = None) -> list[Content]:
        """Return the same content words as `terms`, without their places: for whole corpora.

        Every spelling is folded and stemmed once and then remembered, up to a bound.

        >>> Analyser("english").content("The Officers’ duties")
        [Content(folded='officers', stem='offic'), Content(folded='duties', stem='duti')]
        """
        known = self._known
        if len(known) > _REMEMBERED:
            known.clear()
        return [
            word
            for raw in spellings(text, span)
            if (word := known[raw] if raw in known else self._learn(raw)) is not None
        ]

    def _learn(self, raw: str) -> Content | None:
        folded = fold(raw)
        stopped = not folded or folded in self.stop_words
        self._known[raw] = None if stopped else Content(folded, self.stem(folded))
        return self._known[raw]

    def stem(self, folded: str) -> str:
        """Return the stem of one folded word."""
        return str(self._stem(folded))


class Spelling:
    """Mends a word that no source has: the words of a vocabulary that are a slip or two away.

    `vocabulary` tells in how many passages each folded word stands.
    """

    def __init__(self, vocabulary: Mapping[str, int]) -> None:
        self._vocabulary = vocabulary
        self._ends: defaultdict[tuple[int, str, str], list[str]] = defaultdict(list)
        for word in vocabulary:
            for end in _ends(word, len(word)):
                self._ends[end].append(word)

    def near(self, folded: str) -> tuple[str, ...]:
        """Return the words that are fewest slips from `folded`, the most frequent first.

        A slip is a letter left out, added, replaced, or swapped with the next.
        One is forgiven, two from eight letters on, none in fewer than five or
        in a number. The first two letters or the last two must be right, which
        leaves few words to compare.

        >>> Spelling({"privacy": 3, "private": 1}).near("pirvacy")
        ('privacy',)
        """
        if len(folded) < _SHORTEST_SLIP or folded[0].isdigit():
            return ()
        slips = 2 if len(folded) >= _TWO_SLIPS else 1
        lengths = range(len(folded) - slips, len(folded) + slips + 1)
        ends = (end for length in lengths for end in _ends(folded, length))
        near = process.extract(
            folded,
            {word for end in ends for word in self._ends.get(end, ())},
            scorer=OSA.distance,
            score_cutoff=slips,
            limit=None,
        )
        least = min((slipped for _, slipped, _ in near), default=0)
        found = [word for word, slipped, _ in near if slipped == least]
        return tuple(sorted(found, key=lambda word: (-self._vocabulary[word], word)))


def _ends(word: str, length: int) -> tuple[tuple[int, str, str], ...]:
    return (length, word[:2], ""), (length, "", word[-2:])
