"""Texts by number, ranked by the weighted sum of several small BM25s.

A text is found by its own words, its voice and its heading; what is found is
then raised by words that stand side by side, by the texts around it, and by the
speech or document it is a part of.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from bot.engines.inverted.counting import Tally, pair, rows, summed
from bot.engines.inverted.fitting import Field, fitted
from bot.engines.inverted.numbering import NONE, Stems, numbered
from bot.engines.inverted.scoring import scorer

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence

    from numpy.typing import NDArray

    from bot.engines import Query
    from bot.engines.inverted.options import Options
    from bot.engines.inverted.scoring import Asked, Scorer


class Text(NamedTuple):
    """What one passage is found by, as stems.

    Passages of one `parent` make a speech or document, and follow one another;
    None is a passage that stands alone.
    """

    own: Sequence[str]
    voice: Sequence[str] = ()
    heading: Sequence[str] = ()
    parent: Hashable = None


class Parts(NamedTuple):
    """One index for each way of being found; all but `pairs` have a row for every stem."""

    own: Field
    voice: Field
    heading: Field
    around: Field
    parent: Field
    pairs: Field


@dataclass(frozen=True, slots=True)
class Ranking:
    """`size` texts, ready to be ranked; `parents` has the parent's number, or NONE, of each.

    `pairs` are the keys of the rows of `parts.pairs`, ascending.
    """

    options: Options
    size: int
    stems: Stems
    parts: Parts
    pairs: NDArray[np.uint64]
    parents: NDArray[np.int32]
    scorer: Scorer

    def best(self, query: Query, limit: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return the texts that share a stem with `query`, best first, at most `limit`, and scores.

        A stem is shared with a text's own words, voice or heading. Ties go to
        the earlier text.
        """
        asked = [(row, weight) for _, row, weight in self._asked(query)]
        if limit < 1 or not asked:
            return np.zeros(0, np.int64), np.zeros(0)
        parts, options = self.parts, self.options
        direct = _filled(
            (parts.own, 1.0, asked),
            (parts.voice, options.voice, asked),
            (parts.heading, options.heading, asked),
        )
        raising = _filled((parts.around, options.around, asked))
        if query.pairs and self.pairs.size:
            raising.append((parts.pairs, options.pairs, self._adjacent(query)))
        above = _filled((parts.parent, options.parent, asked))
        parents = (above[0], self.parents) if above else None
        return self.scorer.best(self.size, direct, raising, parents, limit)

    def rarity(self, stem: str) -> float:
        """Return the idf of `stem` by the texts' own words, else by voices, else by headings."""
        row = self.stems.row(stem)
        parts = (self.parts.own, self.parts.voice, self.parts.heading)
        known = (part.rarity(row) for part in parts if row != NONE)
        return next((idf for idf in known if idf), math.log(2 * (self.size + 1)))

    def matched(self, query: Query, texts: NDArray[np.int64]) -> list[frozenset[str]]:
        """Return, for each of `texts`, the stems of `query` in its words, voice or heading."""
        found: list[set[str]] = [set() for _ in range(texts.size)]
        for stem, row, _ in self._asked(query):
            for part in (self.parts.own, self.parts.voice, self.parts.heading):
                for place in np.flatnonzero(_holds(part, row, texts)).tolist():
                    found[place].add(stem)
        return [frozenset(stems) for stems in found]

    def _asked(self, query: Query) -> list[tuple[str, int, float]]:
        """Return each known stem with its row and weight; of too many, the most telling."""
        row_of = self.stems.row
        asked = [
            (stem, row, weight)
            for stem, weight in query.weights.items()
            if (row := row_of(stem)) != NONE and weight > 0
        ]
        if len(asked) > self.options.terms:
            asked.sort(key=lambda term: -term[2] * self.rarity(term[0]))
        return asked[: self.options.terms]

    def _adjacent(self, query: Query) -> list[tuple[int, float]]:
        row_of, keys = self.stems.row, self.pairs
        sides = [(row_of(left), row_of(right)) for left, right in query.pairs[: self.options.terms]]
        known = [pair(left, right) for left, right in sides if NONE not in (left, right)]
        wanted = np.array(known, np.uint64)
        places = np.searchsorted(keys, wanted).clip(max=keys.size - 1)
        return [(row, 1.0) for row in places[keys[places] == wanted].tolist()]


def rank(texts: Iterable[Text], options: Options) -> Ranking:
    """Return `texts` ready to be ranked, numbered in their order; a part of weight 0 is empty."""
    counted = _Counted(options)
    counted.read(texts)
    size = len(counted.stems)
    parents = np.array(counted.places, np.int32)
    parents.flags.writeable = False
    own = rows(counted.own.postings(), size)
    parent = rows(summed(own, parents) if options.parent else _NOTHING, size)
    k1, b, floor = options.k1, options.b, options.floor
    pairs = counted.pairs.postings()
    parts = Parts(
        own=fitted(own, k1, b, floor),
        voice=fitted(rows(counted.voice.postings(), size), 1.2, 0.5),
        heading=fitted(rows(counted.heading.postings(), size), 1.2, 0.5),
        around=fitted(rows(counted.around.postings(), size), 1.5, 0.75),
        parent=fitted(parent, 1.5, 0.9),
        pairs=fitted(pairs, 0.9, 0.4, floor),
    )
    return Ranking(
        options,
        parents.size,
        numbered(counted.stems),
        parts,
        pairs.keys,
        parents,
        scorer(parents.size, fast=options.fast),
    )


class _Placed(NamedTuple):
    parent: int
    own: list[int]


_NOWHERE = _Placed(NONE, [])


class _Counted:
    """What `rank` counts in one reading of the texts, which may come from a stream."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.stems = _numbers()
        self.places: list[int] = []
        self.own, self.voice, self.heading, self.around = (Tally() for _ in range(4))
        self.pairs = Tally(pairs=True)

    def read(self, texts: Iterable[Text]) -> None:
        parents = _numbers()
        before = last = _NOWHERE
        for text in texts:
            parent = NONE if text.parent is None else parents[text.parent]
            current = _Placed(parent, [self.stems[stem] for stem in text.own])
            self._count(text, current)
            if len(self.places) > 1:
                self._between(before, last, current)
            before, last = last, current
        if self.places:
            self._between(before, last, _NOWHERE)

    def _count(self, text: Text, placed: _Placed) -> None:
        options, stems = self.options, self.stems
        self.places.append(placed.parent)
        self.own.add(placed.own)
        self.voice.add({stems[s]: None for s in text.voice} if options.voice else ())
        self.heading.add({stems[s]: None for s in text.heading} if options.heading else ())
        self.pairs.add(placed.own if options.pairs else ())

    def _between(self, before: _Placed, text: _Placed, after: _Placed) -> None:
        """Count the words around `text`; at an end the one neighbour counts twice."""
        same = text.parent != NONE and self.options.around > 0
        sides = [side.own for side in (before, after) if same and side.parent == text.parent]
        self.around.add(chain.from_iterable(sides * (2 if len(sides) == 1 else 1)))


def _numbers() -> defaultdict[Any, int]:
    """Return a table that numbers whatever is looked up, in order of asking."""
    table: defaultdict[Any, int] = defaultdict()
    table.default_factory = table.__len__
    return table


def _filled(*asked: Asked) -> list[Asked]:
    """Return what is asked of the parts that hold anything."""
    return [one for one in asked if one[0].ids.size]


def _holds(part: Field, row: int, texts: NDArray[np.int64]) -> NDArray[np.bool_]:
    ids = part.ids[slice(*part.place(row))]
    if not ids.size:
        return np.zeros(texts.size, bool)
    held: NDArray[np.bool_] = ids[np.searchsorted(ids, texts).clip(max=ids.size - 1)] == texts
    return held


_NOTHING = Tally().postings()
