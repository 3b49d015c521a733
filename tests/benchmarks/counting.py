"""An engine that counts shared stems, every stem as telling as another: what BM25 has to beat.

It has no idf, no lengths, no fields and no neighbours; a set on which it does as well as BM25 says
nothing about BM25.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from bot.analysis import Analyser
from bot.model import Passage
from bot.search import Hit, Query


class Options(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CountingIndex(NamedTuple):
    """The passages of each stem of their words."""

    passages: Sequence[Passage]
    passages_by_stem: dict[str, list[int]]

    def search(self, query: Query, limit: int) -> list[Hit]:
        """Return the passages that share most stems, of as many the earlier."""
        shared: defaultdict[int, set[str]] = defaultdict(set)
        for stem in query.weights:
            for number in self.passages_by_stem.get(stem, ()):
                shared[number].add(stem)
        best = sorted(shared, key=lambda number: (-len(shared[number]), number))[:limit]
        return [Hit(self.passages[n], float(len(shared[n])), frozenset(shared[n])) for n in best]

    def idf(self, _: str) -> float:
        return 1.0


def build(passages: Sequence[Passage], analyser: Analyser, _: Options, cache: Path | None = None) -> CountingIndex:
    assert cache is None, "quick to build"
    passages_by_stem: defaultdict[str, list[int]] = defaultdict(list)
    for number, passage in enumerate(passages):
        words = set(analyser.content_words(passage.document.text, passage.frame))
        for stem in {word.stem for word in words}:
            passages_by_stem[stem].append(number)
    return CountingIndex(passages, passages_by_stem)
