"""Questions damaged as fingers damage them, and mended by the words of the passages."""

from __future__ import annotations

import random
import string
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

from bot.analysis import Analyser
from bot.answers.word_variants import SpellingCorrector

if TYPE_CHECKING:
    from tests.benchmarks.judged import Collection

_LONG = 5


class Mender:
    """Reads questions to a collection: a word it does not have becomes the nearest it has."""

    def __init__(self, found: Collection, analyser: Analyser) -> None:
        vocabulary = self._vocabulary = Counter[str]()
        self._stems: set[str] = set()
        for passage in found.passages:
            words = set(analyser.content_words(passage.whole))
            vocabulary.update(word.normalised for word in words)
            self._stems.update(word.stem for word in words)
        self._analyser, self._spelling = analyser, SpellingCorrector(vocabulary)

    def stems(self, text: str) -> list[str]:
        found = []
        for folded, stem in self._analyser.content_words(text):
            mended = () if stem in self._stems else self._spelling.suggest(folded)
            found.append(self._analyser.stem(max(mended, key=self._vocabulary.__getitem__)) if mended else stem)
        return found


def damaged(queries: Mapping[str, str]) -> dict[str, str]:
    """Return `queries` with a slip in half of their longer words, the same ones each time."""
    chance = random.Random(0)
    return {key: " ".join(_slipped(word, chance) for word in text.split()) for key, text in queries.items()}


def _slipped(word: str, chance: random.Random) -> str:
    if len(word) < _LONG or not word.isalpha() or chance.random() < 0.5:
        return word
    at = chance.randrange(len(word) - 1)
    letter = chance.choice(string.ascii_lowercase)
    return chance.choice(
        [
            word[:at] + word[at + 1 :],
            word[:at] + letter + word[at:],
            word[:at] + letter + word[at + 1 :],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        ]
    )
