"""Spelling correction: the words of a vocabulary within one or two edits of a word that nobody has.

What a language has as a word, by the lists of pyspellchecker, is no misspelling. The library keeps each word with its
frequency, 30 MB of a process for English. Here the 64 bits of a word's hash are kept, an eighth of a megabyte for
16,000 words: of unknown words one in 10^14 is taken for a known one.
"""

from __future__ import annotations

import gzip
import json
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from importlib import import_module
from importlib.resources import files
from threading import Lock
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

# In shorter words one slip makes another word too often ("cast", "cost").
_MIN_LENGTH_ONE_EDIT = 5
_MIN_LENGTH_TWO_EDITS = 8


class SpellingCorrector:
    """Finds the words of a vocabulary that are a slip or two away from one that no source has.

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
        leaves few words to compare; another first letter makes another word ("fracking", "tracking").

        >>> corrector = SpellingCorrector({"privacy": 3, "private": 1})
        >>> corrector.suggest("pirvacy"), corrector.suggest("rivacy"), corrector.suggest("mrivacy")
        (('privacy',), ('privacy',), ())
        """
        if len(normalised) < _MIN_LENGTH_ONE_EDIT or normalised[0].isdigit():
            return ()
        max_edits = 2 if len(normalised) >= _MIN_LENGTH_TWO_EDITS else 1
        lengths = range(len(normalised) - max_edits, len(normalised) + max_edits + 1)
        keys = (key for length in lengths for key in _affix_keys(normalised, length))
        words = {word for key in keys for word in self._words_by_affix.get(key, ())}
        likely_words = [word for word in words if word[0] in normalised[:2] or normalised[0] in word[:2]]
        nearest = find_nearest(normalised, likely_words, max_edits)
        return tuple(sorted(nearest, key=lambda word: (-self._vocabulary[word], word)))


def find_nearest(word: str, candidates: Collection[str], max_edits: int) -> list[str]:
    """Return those of `candidates` that are fewest slips from `word`, at most `max_edits`, in their order.

    >>> find_nearest("ferry", ["fery", "merry", "berries"], 1)
    ['fery', 'merry']
    """
    # The library has 47 modules, and a question whose words are all known needs none of them.
    process, distance = import_module("rapidfuzz.process"), import_module("rapidfuzz.distance.OSA").distance
    matches = process.extract(word, candidates, scorer=distance, score_cutoff=max_edits, limit=None)
    fewest_edits = min((edits for _, edits, _ in matches), default=0)
    return [candidate for candidate, edits, _ in matches if edits == fewest_edits]


def _affix_keys(word: str, length: int) -> tuple[tuple[int, str, str], ...]:
    """Return the keys under which words of this length, with its first or last two letters, are found."""
    return (length, word[:2], ""), (length, "", word[-2:])


# Snowball names languages, pyspellchecker gives codes.
_LANGUAGE_CODES = {
    "arabic": "ar",
    "basque": "eu",
    "dutch": "nl",
    "english": "en",
    "french": "fr",
    "german": "de",
    "italian": "it",
    "portuguese": "pt",
    "russian": "ru",
    "spanish": "es",
}
# Questions asked at once at the start would each read the whole list.
_LOAD_LOCK = Lock()
_KEY = re.compile(r'"((?:[^"\\]|\\.)*)"\s*:')


class WordList(NamedTuple):
    """Words, by their hashes in this process, ascending."""

    hashes: NDArray[np.int64]

    def has(self, word: str) -> bool:
        """Return whether `word` is in the list."""
        # A memory view: its items are Python's own numbers, which for one word is quicker than numpy.
        hashes, value = self.hashes.data, hash(word)
        place = bisect_left(hashes, value)
        return place < len(hashes) and hashes[place] == value


def is_word(word: str, language: str) -> bool:
    """Return whether `word` is a word of `language`; False without a word list.

    >>> is_word("masks", "english"), is_word("privcy", "english"), is_word("masks", "tamil")
    (True, False, False)
    """
    with _LOAD_LOCK:
        return load_word_list(language).has(word)


@cache
def load_word_list(language: str) -> WordList:
    """Load the list of `language`, an empty one where there is none."""
    code = _LANGUAGE_CODES.get(language)
    return WordList(np.unique(np.fromiter(map(hash, _read_words(code) if code else ()), np.int64)))


def _read_words(code: str) -> Iterator[str]:
    """Yield each word of a list, which is a JSON object of a word and its frequency a line."""
    path = files("spellchecker") / "resources" / f"{code}.json.gz"
    with path.open("rb") as packed, gzip.open(packed, "rt", encoding="utf-8") as lines:
        for line in lines:
            for key in _KEY.findall(line):
                yield (json.loads(f'"{key}"') if "\\" in key else key).lower()
