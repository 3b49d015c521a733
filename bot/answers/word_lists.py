"""Which words a language has, by the lists of pyspellchecker: asked of a word that no source has.

The library keeps each word with its frequency, 30 MB of a process for English. Here the 64 bits of a word's hash are
kept, an eighth of a megabyte for 16,000 words: of unknown words one in 10^14 is taken for a known one.
"""

from __future__ import annotations

import gzip
import json
import re
from bisect import bisect_left
from functools import cache
from importlib.resources import files
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

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
