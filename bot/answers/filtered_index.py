"""An index as it is searched while something is withheld: without it, and without asking for a new index."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from bot.corpus.stored import is_stored
from bot.model import Corpus, Passage
from bot.search import Hit, Index, Query
from bot.search.base import StoredCorpusIndex

if TYPE_CHECKING:  # loaded only where it is used
    from bot.corpus.stored.passages import StoredPassages

# So many times as deep is searched where what is found is mostly withheld.
_DEEPER = 4


class FilteredIndex:
    """An index restricted to the passages of `visible`, some of the `indexed` corpus.

    `nameless` are passages by the `id()` of those that they stand for.
    """

    def __init__(self, index: Index, indexed: Corpus, visible: Corpus, nameless: Mapping[int, Passage | None]) -> None:
        self._index = index
        visible_keys = set(map(_passage_key, visible.passages))
        self._replaced: dict[Hashable, Passage | None] = {}
        for passage in indexed.passages:
            shown = nameless.get(id(passage), passage)
            if shown is not passage or _passage_key(passage) not in visible_keys:
                is_visible = shown is not None and _passage_key(shown) in visible_keys
                self._replaced[_passage_key(passage)] = shown if is_visible else None
        self._withheld_count = len(indexed.passages) - len(visible.passages)

    def search(self, query: Query, limit: int) -> Sequence[Hit]:
        """Return up to `limit` hits, best first; ties go to the earlier passage."""
        hits = self._index.search(query, limit + self._withheld_count)
        shown = ((hit, self._replaced.get(_passage_key(hit.passage), hit.passage)) for hit in hits)
        return [replace(hit, passage=passage) for hit, passage in shown if passage][:limit]

    def idf(self, stem: str) -> float:
        """Return the stem's weight, by all passages of the index."""
        return self._index.idf(stem)


class StoredFilteredIndex:
    """The index of a stored corpus, restricted to the passages that `visible` shows, and as it shows them."""

    def __init__(self, index: StoredCorpusIndex, visible: StoredPassages) -> None:
        self._index = index
        self._visible = visible

    def search(self, query: Query, limit: int) -> Sequence[Hit]:
        """Return up to `limit` hits, best first; ties go to the earlier passage."""
        if len(self._visible) < self._visible.hidden_count:
            return self.search_among(query, limit, self._visible.shown_ranges)
        size = limit + min(limit, self._visible.hidden_count)
        while True:
            hits = self._index.search(query, size)
            shown = self._show(hits)
            if len(shown) >= limit or len(hits) < size:
                return shown[:limit]
            size *= _DEEPER

    def search_among(self, query: Query, limit: int, ranges: Iterable[tuple[int, int]]) -> Sequence[Hit]:
        """Return the same of the passages numbered [start, end) alone, of which few are hidden."""
        return self._show(self._index.search_among(query, limit, ranges))

    def idf(self, stem: str) -> float:
        """Return the stem's weight, by all passages of the index."""
        return self._index.idf(stem)

    def _show(self, hits: Iterable[Hit]) -> list[Hit]:
        """Return the hits as they may be shown, those that may not left out."""
        shown = ((hit, self._visible.show(hit.passage)) for hit in hits)
        return [replace(hit, passage=passage) for hit, passage in shown if passage]


def filter_index(
    index: Index, indexed: Corpus, visible: Corpus, nameless: Mapping[int, Passage | None]
) -> FilteredIndex | StoredFilteredIndex:
    """Return `index`, of the `indexed` corpus, restricted to the passages of `visible`; see `FilteredIndex`."""
    if is_stored(visible.passages):
        return StoredFilteredIndex(cast("StoredCorpusIndex", index), visible.passages)
    return FilteredIndex(index, indexed, visible, nameless)


def _passage_key(passage: Passage) -> Hashable:
    """Return the fields by which a hold can distinguish passages."""
    return passage.document.id, passage.frame, passage.span, passage.kind, passage.voice
