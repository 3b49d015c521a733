"""Spelling correction: the words of a vocabulary within one or two edits of a word that nobody has."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from rapidfuzz import process
from rapidfuzz.distance import OSA

if TYPE_CHECKING:
    from collections.abc import Mapping

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
        matches = process.extract(
            normalised,
            [word for word in words if word[0] in normalised[:2] or normalised[0] in word[:2]],
            scorer=OSA.distance,
            score_cutoff=max_edits,
            limit=None,
        )
        fewest_edits = min((edits for _, edits, _ in matches), default=0)
        closest = [word for word, edits, _ in matches if edits == fewest_edits]
        return tuple(sorted(closest, key=lambda word: (-self._vocabulary[word], word)))


def _affix_keys(word: str, length: int) -> tuple[tuple[int, str, str], ...]:
    """Return the keys under which words of this length, with its first or last two letters, are found."""
    return (length, word[:2], ""), (length, "", word[-2:])
