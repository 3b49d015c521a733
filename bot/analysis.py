"""Words as an index and a question compare them: folded, stopped and stemmed, by language.

Stop words come from the tables of the corpus's language and stems from Snowball, so a question
and a document are always read alike.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import Stemmer
from rapidfuzz import process
from rapidfuzz.distance import OSA

import bot.text
from bot.errors import CorpusError
from bot.languages import compute_digest, load_language
from bot.text import find_words, normalise, raw_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.model import Span


_CACHE_SIZE = 1 << 18
_MIN_LENGTH_ONE_EDIT = 5
_MIN_LENGTH_TWO_EDITS = 8


class Term(NamedTuple):
    """A content word at [start, end): its folded form, and the stem it is found by."""

    start: int
    end: int
    normalised: str
    stem: str


class ContentWord(NamedTuple):
    """A content word without its place: its folded form, and the stem it is found by."""

    normalised: str
    stem: str


# Not yet in the cache, where None stands for a stop word.
_UNREAD = ContentWord("", "")


class Analyser:
    """Reads text of one language into terms; `fingerprint` tells one way of reading from another.

    It holds digests of the language's data and of the rules themselves, so nobody has to remember to
    raise a version: what was built by another reading is built again.

    Raises:
        CorpusError: Snowball has no stemmer for `language`.
    """

    def __init__(self, language: str) -> None:
        if language not in Stemmer.algorithms():
            languages = ", ".join(Stemmer.algorithms())
            raise CorpusError("corpus.toml", f"no stemmer for language {language!r}", f"use {languages}")
        self._stem = Stemmer.Stemmer(language).stemWord
        self._cache: dict[str, ContentWord | None] = {}
        words = load_language(language).words("stop_words", "words")
        self.stop_words = frozenset(normalise(word) for word in words)
        self.fingerprint = (
            f"{language} {compute_digest(language)} PyStemmer {Stemmer.version()} rules {_compute_rules_digest()}"
        )

    def terms(self, text: str, span: Span | None = None) -> Iterator[Term]:
        """Yield the content words within `span` (all of `text` if None), in order.

        >>> [t.stem for t in Analyser("english").terms("What are the officers' duties?")]
        ['offic', 'duti']
        """
        for match in find_words(text, span):
            word = self._read_word(match.group())
            if word is not None:
                yield Term(*match.span(), *word)

    def stems_by_place(self, text: str, span: Span | None = None) -> list[tuple[int, str]]:
        """Return where each of the same content words starts, and its stem: for the passages of a reply.

        >>> Analyser("english").stems_by_place("The officers’ duties")
        [(4, 'offic'), (14, 'duti')]
        """
        read = self._read_word
        return [
            (match.start(), word.stem) for match in find_words(text, span) if (word := read(match.group())) is not None
        ]

    def content_words(self, text: str, span: Span | None = None) -> list[ContentWord]:
        """Return the same content words as `terms`, without their places: for whole corpora.

        Every spelling is folded and stemmed once and then remembered, up to a bound.

        >>> [word.stem for word in Analyser("english").content_words("The Officers’ duties")]
        ['offic', 'duti']
        """
        return [word for raw in raw_words(text, span) if (word := self._read_word(raw)) is not None]

    def _read_word(self, raw: str) -> ContentWord | None:
        """Return the content word spelled `raw`, None for a stop word; threads may share this."""
        word = self._cache.get(raw, _UNREAD)
        if word is _UNREAD:
            if len(self._cache) > _CACHE_SIZE:
                self._cache.clear()
            normalised = normalise(raw)
            is_stop_word = not normalised or normalised in self.stop_words
            word = self._cache[raw] = None if is_stop_word else ContentWord(normalised, self.stem(normalised))
        return word

    def stem(self, normalised: str) -> str:
        """Return the stem of one folded word."""
        return str(self._stem(normalised))


class SpellingCorrector:
    """Mends a word that no source has: the words of a vocabulary that are a slip or two away.

    `vocabulary` tells in how many passages each folded word stands.
    """

    def __init__(self, vocabulary: Mapping[str, int]) -> None:
        self._vocabulary = vocabulary
        self._words_by_affix: defaultdict[tuple[int, str, str], list[str]] = defaultdict(list)
        for word in vocabulary:
            for key in _affix_keys(word, len(word)):
                self._words_by_affix[key].append(word)

    def suggest(self, normalised: str) -> tuple[str, ...]:
        """Return the words that are fewest slips from `normalised`, the most frequent first.

        A slip is a letter left out, added, replaced, or swapped with the next.
        One is forgiven, two from eight letters on, none in fewer than five or
        in a number. The first two letters or the last two must be right, which
        leaves few words to compare.

        >>> SpellingCorrector({"privacy": 3, "private": 1}).suggest("pirvacy")
        ('privacy',)
        """
        if len(normalised) < _MIN_LENGTH_ONE_EDIT or normalised[0].isdigit():
            return ()
        max_edits = 2 if len(normalised) >= _MIN_LENGTH_TWO_EDITS else 1
        lengths = range(len(normalised) - max_edits, len(normalised) + max_edits + 1)
        keys = (key for length in lengths for key in _affix_keys(normalised, length))
        matches = process.extract(
            normalised,
            {word for key in keys for word in self._words_by_affix.get(key, ())},
            scorer=OSA.distance,
            score_cutoff=max_edits,
            limit=None,
        )
        fewest_edits = min((edits for _, edits, _ in matches), default=0)
        closest = [word for word, edits, _ in matches if edits == fewest_edits]
        return tuple(sorted(closest, key=lambda word: (-self._vocabulary[word], word)))


def _affix_keys(word: str, length: int) -> tuple[tuple[int, str, str], ...]:
    return (length, word[:2], ""), (length, "", word[-2:])


@cache
def _compute_rules_digest() -> str:
    """Compute a SHA-256 over the modules that part, fold and stem words, as they were loaded."""
    modules = (Path(__file__), Path(bot.text.__file__))
    return sha256(b"".join(module.read_bytes() for module in modules)).hexdigest()
