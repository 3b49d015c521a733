"""An index as it is searched while something is withheld: without it, and without asking for a new index."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

    from bot.model import Corpus, Passage
    from bot.search import Hit, Index, Query


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

    @property
    def vocabulary(self) -> Mapping[str, int]:
        """The passage count of every folded word, withheld passages included."""
        return self._index.vocabulary


def _passage_key(passage: Passage) -> Hashable:
    """Return the fields by which a hold can distinguish passages."""
    return passage.document.id, passage.frame, passage.span, passage.kind, passage.voice
