"""Look-ups in one corpus: every quote by its id, its place or its words; and the index without what is withheld.

For a corpus that is stored with its index, `PassageFacts` lists the quotes of each passage once, when it is stored.
"""

from __future__ import annotations

import base64
import hashlib
from array import array
from bisect import bisect_left
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, cast

from bot.analysis import Analyser
from bot.answers import document_words, quoting
from bot.answers.document_words import DocumentWords, find_stop_compounds, load_document_words
from bot.answers.question_language import Phrase
from bot.answers.quoting import QuoteLengths, iter_sentence_runs
from bot.corpus.stored import is_stored
from bot.model import Corpus, Document, Passage, PassageSequence, Quote, Span, hash_place
from bot.search import Hit, Index, Query
from bot.search.base import StoredCorpusIndex
from bot.text import fold_letters

if TYPE_CHECKING:  # loaded only where it is used
    from bot.corpus.stored.passages import StoredPassages

# Below the 40 bits of an id so many bits number the passage: 16 million passages at most.
_PASSAGE_BITS = 24


class QuoteLookup:
    """Quotes of some passages by id, by place or by words.

    Every run of sentences that could ever be shown is a quote here, so an id or a place stays valid
    however quotes are chosen.
    """

    def __init__(self, passages: PassageSequence, lengths: QuoteLengths) -> None:
        self._lengths = lengths
        self._passages = passages
        self._by_sha256 = passages.by_sha256

    def find_by_id(self, quote_id: str) -> Quote | None:
        """Find the first quote with this id, if there is one."""
        if is_stored(self._passages):
            quotes = self._quotes(self._passages.find_by_quote(quote_id))
            return next((quote for quote in quotes if quote.id == quote_id), None)
        try:
            key = base64.b32decode(quote_id)
        except ValueError:
            return None
        position = bisect_left(self._keys, int.from_bytes(key) << _PASSAGE_BITS)
        if position == len(self._keys):
            return None
        passage = self._passages[self._keys[position] % (1 << _PASSAGE_BITS)]
        return next((quote for quote in self._quotes([passage]) if quote.id == quote_id), None)

    def find_by_span(self, sha256: str, span: Span) -> Quote | None:
        """Find the quote of `span` in the text with this SHA-256, if it can be one."""
        passages = [
            passage
            for passage in self._by_sha256.get(sha256, ())
            if passage.span == span or (passage.frame.start <= span.start and span.end <= passage.frame.end)
        ]
        return next((quote for quote in self._quotes(passages) if quote.span == span), None)

    def find_by_text(self, sha256: str, text: str) -> Quote | None:
        """Find the first quote of exactly `text` in the document with this SHA-256, if any."""
        quotes = self._quotes(self._by_sha256.get(sha256, ()))
        # Lengths first: comparing them costs no slice.
        return next((q for q in quotes if q.span.end - q.span.start == len(text) and q.text == text), None)

    def find_by_letters(self, sha256: str, text: str) -> Quote | None:
        """Find the quote that holds `text`, whatever its marks, blanks, punctuation and case, if any does."""
        passage = next(iter(self._by_sha256.get(sha256, ())), None)
        if passage is None:
            return None
        letters = fold_letters(text).folded
        spans = fold_letters(passage.document.text).find(letters)
        return next(filter(None, (self.find_covering(sha256, span) for span in spans)), None)

    def find_covering(self, sha256: str, span: Span) -> Quote | None:
        """Find the shortest quote that holds all of `span`, preferably one with a voice."""
        passages = [p for p in self._by_sha256.get(sha256, ()) if p.frame.start < span.end and span.start < p.frame.end]
        covering = [q for q in self._quotes(passages) if q.span.start <= span.start and span.end <= q.span.end]
        return min(covering, key=lambda q: (q.passage.voice is None, q.span.end - q.span.start), default=None)

    @cached_property
    def _keys(self) -> array[int]:
        """The id of every possible quote and the number of its passage, sorted.

        Eight bytes each, built when the first id is looked up: hashing every run again for each
        unknown id took 0.7 s at 16,000 passages.
        """
        return array(
            "Q",
            sorted(
                int.from_bytes(hash_place(passage.document.sha256, quote.span)) << _PASSAGE_BITS | number
                for number, passage in enumerate(self._passages)
                for quote in self._quotes([passage])
            ),
        )

    def _quotes(self, passages: Iterable[Passage]) -> Iterator[Quote]:
        """Yield every quote that can be cut from any of the passages."""
        for passage in passages:
            yield from _list_quotes(passage, self._lengths)


def _list_quotes(passage: Passage, lengths: QuoteLengths) -> Iterator[Quote]:
    """Yield every quote of `passage` that could ever be shown."""
    yield Quote(passage, passage.span)
    for run in iter_sentence_runs(passage, lengths):
        yield Quote(passage, run)


# A change to these modules makes stored facts stale: they find words, compounds and quotes.
_MODULES = (document_words.__file__, quoting.__file__, __file__)


@cache
def compute_facts_digest() -> str:
    """Compute a SHA-256 over the code that finds words, compounds and quotes."""
    return hashlib.sha256(b"".join(Path(str(path)).read_bytes() for path in _MODULES)).hexdigest()


class PassageFacts:
    """Finds what `bot.answers` needs to know of passages that will not be in memory."""

    def __init__(self, analyser: Analyser, lengths: QuoteLengths) -> None:
        self._stop_words = analyser.stop_words
        self._lengths = lengths

    def split_words(self, document: Document) -> DocumentWords:
        """Return the folded words of a document, and which of them it prints small, as acronyms, or in compounds."""
        return load_document_words(document)

    def join_words(self, document: Document) -> str:
        """Return the folded words of a document in their order, with blanks between them."""
        return load_document_words(document).to_line()

    def find_small_compounds(self, passage: Passage) -> Iterator[Phrase]:
        """Yield the hyphenated words of a passage of which every part is a stop word."""
        return find_stop_compounds(passage, self._stop_words)

    def list_quote_ids(self, passage: Passage) -> list[str]:
        """Return the ids of all quotes of a passage, each once."""
        return list(dict.fromkeys(quote.id for quote in _list_quotes(passage, self._lengths)))


# How many times as deep the next search goes where too many hits are withheld.
_DEEPER = 4


class FilteredIndex:
    """An index restricted to the passages of `visible`, some of the `indexed` corpus.

    `nameless` maps the `id()` of an indexed passage to the one shown for it, None for none.
    """

    def __init__(self, index: Index, indexed: Corpus, visible: Corpus, nameless: Mapping[int, Passage | None]) -> None:
        self._index = index
        # Words weigh as in the whole index.
        self.idf = index.idf
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


class StoredFilteredIndex:
    """The index of a stored corpus, restricted to the passages that `visible` shows, and as it shows them."""

    def __init__(self, index: StoredCorpusIndex, visible: StoredPassages) -> None:
        self._index = index
        # Words weigh as in the whole index.
        self.idf = index.idf
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
        """Return up to `limit` hits among the passages in `ranges` [start, end), fewer if some are hidden."""
        return self._show(self._index.search_among(query, limit, ranges))

    def _show(self, hits: Iterable[Hit]) -> list[Hit]:
        """Return the hits that may be shown, as they may be shown."""
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
