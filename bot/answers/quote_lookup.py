"""Places of a corpus where a quote may stand, and an index that knows some of its passages only."""

from __future__ import annotations

import base64
from array import array
from bisect import bisect_left
from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING

from bot.answers.quoting import QuoteLengths, sentence_runs
from bot.model import Quote, hash_place

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bot.model import Corpus, Passage, Span
    from bot.search import Hit, Index, Query

# Below the 40 bits of an id this many number the passage: 16 million passages at most.
_PASSAGE_BITS = 24


class QuoteLookup:
    """Where quotes may stand among passages, by the SHA-256 of their document."""

    def __init__(self, passages: Sequence[Passage], lengths: QuoteLengths | None = None) -> None:
        self._lengths = lengths or QuoteLengths()
        self._all_passages = passages
        self._passages: dict[str, list[Passage]] = defaultdict(list)
        for passage in passages:
            self._passages[passage.document.sha256].append(passage)

    def find_by_id(self, wanted_id: str) -> Quote | None:
        """Return the quote that `wanted_id` names, if it can be one; of equal ones the first.

        Every run of sentences that could ever be shown counts, so an id stays good
        however quotes are chosen.
        """
        try:
            key = base64.b32decode(wanted_id)
        except ValueError:
            return None
        position = bisect_left(self._keys, int.from_bytes(key) << _PASSAGE_BITS)
        if position == len(self._keys):
            return None
        passage = self._all_passages[self._keys[position] % (1 << _PASSAGE_BITS)]
        return next(
            (
                Quote(passage, span)
                for span in self._quotable_spans(passage)
                if hash_place(passage.document.sha256, span) == key
            ),
            None,
        )

    @cached_property
    def _keys(self) -> array[int]:
        """The id of every possible quote and the number of its passage, sorted.

        Eight bytes each, and built for the first id that was never shown: hashing
        every run again for each unknown id took 0.7 s at 16,000 passages.
        """
        return array(
            "Q",
            sorted(
                int.from_bytes(hash_place(passage.document.sha256, span)) << _PASSAGE_BITS | number
                for number, passage in enumerate(self._all_passages)
                for span in self._quotable_spans(passage)
            ),
        )

    def find_by_span(self, sha256: str, span: Span) -> Quote | None:
        """Return the quote of `span` in the text with this SHA-256, if it can be one."""
        return next(
            (
                Quote(passage, span)
                for passage in self._passages.get(sha256, ())
                if passage.span == span
                or (
                    _contains(passage.frame, span) and span in sentence_runs(passage, self._lengths)
                )
            ),
            None,
        )

    def find_by_text(self, sha256: str, quoted_text: str) -> Quote | None:
        """Return the first quote of exactly `quoted_text` in the text with this SHA-256, if any."""
        for passage in self._passages.get(sha256, ()):
            text = passage.document.text
            for span in self._quotable_spans(passage):
                if text[span.start : span.end] == quoted_text:
                    return Quote(passage, span)
        return None

    def _quotable_spans(self, passage: Passage) -> Iterator[Span]:
        yield passage.span
        yield from sentence_runs(passage, self._lengths)


class FilteredIndex:
    """An index of which only the passages of one corpus are found.

    `withheld` says how many passages the index has beyond that corpus, at least.
    """

    def __init__(self, index: Index, corpus: Corpus, withheld: int) -> None:
        self._index = index
        self._withheld = withheld
        self._passage_ids = frozenset(map(id, corpus.passages))
        # While the corpus is held here none of its passages' identities is given to another.
        self._corpus = corpus

    def search(self, query: Query, limit: int) -> Sequence[Hit]:
        """Return up to `limit` hits, best first; ties go to the earlier passage."""
        hits = self._index.search(query, limit + self._withheld)
        return [hit for hit in hits if id(hit.passage) in self._passage_ids][:limit]

    def idf(self, stem: str) -> float:
        """Return how much finding `stem` tells."""
        return self._index.idf(stem)

    @property
    def vocabulary(self) -> Mapping[str, int]:
        """Every folded word that leads to a passage, withheld ones included."""
        return self._index.vocabulary


def _contains(frame: Span, span: Span) -> bool:
    return frame.start <= span.start and span.end <= frame.end
