"""Other wordings: where a statement is printed in other words, in the same voice or its body's.

The index finds similar passages and `bot.attribution.paraphrases` decides, so statements without
a word in common are never compared.
"""

from __future__ import annotations

from dataclasses import replace
from operator import attrgetter
from threading import Lock
from typing import TYPE_CHECKING

from cachetools import LRUCache, cachedmethod
from rapidfuzz.distance import LCSseq

from bot.answers.quoting import is_overlapping
from bot.attribution.paraphrases import find_paraphrases
from bot.model import Kind, Quote, Span, Voice
from bot.search import Query
from bot.text import split_sentences

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.analysis import Analyser, Term
    from bot.model import Passage
    from bot.search import Index

# Paraphrases share most of their words, so they come first among the hits.
_SEARCH_DEPTH = 20
# Far more quotes than are shown between two reloads; an entry is some hundred bytes.
_MAX_ENTRIES = 4096


class WordingFinder:
    """Finds the other wordings of quotes; the least recently used are forgotten first."""

    def __init__(
        self, index: Index, analyser: Analyser, language: str, max_entries: int = _MAX_ENTRIES
    ) -> None:
        self._index = index
        self._analyser = analyser
        self._language = language
        self._cache: LRUCache[str, tuple[Quote, ...]] = LRUCache(max_entries)
        self._lock = Lock()

    def find(self, quote: Quote) -> tuple[Quote, ...]:
        """Find the wordings of a statement that `quote` holds, itself among them; else none.

        Each is the whole sentences in which it is printed, in reading order.
        """
        return tuple(wording for wording in self._list_wordings(quote) if wording.is_intact)

    @cachedmethod(attrgetter("_cache"), key=lambda _, quote: quote.id, lock=attrgetter("_lock"))
    def _list_wordings(self, quote: Quote) -> tuple[Quote, ...]:
        return tuple({wording.id: wording for wording in self._find_wordings(quote)}.values())

    def _find_wordings(self, quote: Quote) -> Iterator[Quote]:
        voice = quote.passage.voice
        if voice is None:
            return
        passages = [
            passage
            for passage in self._find_similar_passages(quote)
            if _is_same_voice(passage, voice)
        ]
        # A body and those who speak for it count as one here, so all are given its voice.
        comparable = [replace(passage, voice=Voice(voice.name)) for passage in passages]
        for group in (comparable, *self._pair_excerpts(comparable)):
            for first, second, spans in find_paraphrases(group, self._language):
                pair = [
                    _expand_to_sentences(passages, first, spans[0]),
                    _expand_to_sentences(passages, second, spans[1]),
                ]
                if any(is_overlapping(quote, wording) for wording in pair):
                    yield from pair

    def _find_similar_passages(self, quote: Quote) -> list[Passage]:
        text = quote.passage.document.text
        stems = {term.stem: 1.0 for term in self._analyser.terms(text, quote.span)}
        similar = [hit.passage for hit in self._index.search(Query(stems), _SEARCH_DEPTH)]
        unique = {_sort_key(passage): passage for passage in (quote.passage, *similar)}
        return [unique[key] for key in sorted(unique)]

    def _pair_excerpts(self, passages: Sequence[Passage]) -> Iterator[list[Passage]]:
        """Yield each fragment with every passage it may be taken from, narrowed to the words taken.

        A few words are only comparable with as many words.
        """
        for fragment in passages:
            if fragment.kind is Kind.FRAGMENT:
                others = (other for other in passages if other is not fragment)
                for other in others:
                    if span := self._locate_excerpt(fragment, other):
                        yield [fragment, replace(other, span=span)]

    def _locate_excerpt(self, fragment: Passage, other: Passage) -> Span | None:
        """Return the stretch of `other` in which the words of `fragment` stand, if any does."""
        fragment_stems = [term.stem for term in self._list_terms(fragment)]
        other_terms = self._list_terms(other)
        other_stems = [term.stem for term in other_terms]
        matches = [
            block for block in LCSseq.opcodes(fragment_stems, other_stems) if block.tag == "equal"
        ]
        if not matches:
            return None
        first, last = matches[0].dest_start, matches[-1].dest_end - 1
        return Span(other_terms[first].start, other_terms[last].end)

    def _list_terms(self, passage: Passage) -> list[Term]:
        return list(self._analyser.terms(passage.document.text, passage.span))


def _expand_to_sentences(passages: Sequence[Passage], passage: Passage, span: Span) -> Quote:
    """Return the quote of the whole sentences that hold `span`, from the passage as indexed."""
    source_passage = next(
        candidate
        for candidate in passages
        if candidate.document is passage.document and candidate.frame == passage.frame
        if candidate.span.start <= span.start and span.end <= candidate.span.end
    )
    overlapping = [
        sentence
        for sentence in split_sentences(source_passage.document.text, source_passage.frame)
        if sentence.start < span.end and span.start < sentence.end
    ]
    return Quote(source_passage, Span(overlapping[0].start, overlapping[-1].end))


def _sort_key(passage: Passage) -> tuple[str, str, int, int, str]:
    document = passage.document
    return (document.date or "", document.sha256, *passage.span, passage.kind)


def _is_same_voice(passage: Passage, voice: Voice) -> bool:
    """Return whether `passage` is by `voice`, by its organisation, or by a member of it."""
    other = passage.voice
    if other is None:
        return False
    return voice.name in {other.name, other.organisation} or other.name == voice.organisation
