"""Where a shown statement is printed in other words too, by the same voice or its own body.

The index finds what is near, and `bot.attribution.paraphrases` decides; so nothing is
compared that shares no words.
"""

from __future__ import annotations

from dataclasses import replace
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from bot.attribution.paraphrases import find_paraphrases
from bot.model import Kind, Quote, Span, Voice
from bot.search import Query
from bot.text import split_sentences

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.analysis import Analyser, Term
    from bot.model import Passage
    from bot.search import Index

_SEARCH_DEPTH = 20
_MAX_ENTRIES = 4096


class WordingFinder:
    """Finds the other wordings of quotes; what was found is remembered, up to a bound."""

    def __init__(self, index: Index, analyser: Analyser, language: str) -> None:
        self._index = index
        self._analyser = analyser
        self._language = language
        self._cache: dict[str, tuple[Quote, ...]] = {}

    def find(self, quote: Quote) -> tuple[Quote, ...]:
        """Return the wordings of a statement that `quote` holds, itself among them; else nothing.

        Each is the whole sentences in which it is printed, in reading order.
        """
        if len(self._cache) > _MAX_ENTRIES:
            self._cache.clear()
        if quote.id not in self._cache:
            by_id = {wording.id: wording for wording in self._find_wordings(quote)}
            self._cache[quote.id] = tuple(by_id.values())
        return tuple(wording for wording in self._cache[quote.id] if wording.is_intact)

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
                if any(_is_overlapping(quote, wording) for wording in pair):
                    yield from pair

    def _find_similar_passages(self, quote: Quote) -> list[Passage]:
        text = quote.passage.document.text
        stems = {term.stem: 1.0 for term in self._analyser.terms(text, quote.span)}
        similar = [hit.passage for hit in self._index.search(Query(stems), _SEARCH_DEPTH)]
        unique = {_sort_key(passage): passage for passage in (quote.passage, *similar)}
        return [unique[key] for key in sorted(unique)]

    def _pair_excerpts(self, passages: Sequence[Passage]) -> Iterator[list[Passage]]:
        """Yield each fragment with what it may be taken from, narrowed to the words it took.

        Words put into another sentence are to be compared with as many words.
        """
        for fragment in passages:
            if fragment.kind is Kind.FRAGMENT:
                others = (other for other in passages if other is not fragment)
                for other in others:
                    if span := self._locate_excerpt(fragment, other):
                        yield [fragment, replace(other, span=span)]

    def _locate_excerpt(self, fragment: Passage, other: Passage) -> Span | None:
        """Return from where to where the words of `fragment` stand in `other`."""
        fragment_stems = [term.stem for term in self._list_terms(fragment)]
        other_terms = self._list_terms(other)
        blocks = SequenceMatcher(
            None, fragment_stems, [term.stem for term in other_terms], autojunk=False
        )
        matches = [block for block in blocks.get_matching_blocks() if block.size]
        if not matches:
            return None
        return Span(
            other_terms[matches[0].b].start, other_terms[matches[-1].b + matches[-1].size - 1].end
        )

    def _list_terms(self, passage: Passage) -> list[Term]:
        return list(self._analyser.terms(passage.document.text, passage.span))


def _expand_to_sentences(passages: Sequence[Passage], passage: Passage, span: Span) -> Quote:
    """Return the quote of the whole sentences in which `span` stands, of the passage as indexed."""
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
    """Tell whether `passage` is by `voice`, by its body, or by somebody of the body it is."""
    other = passage.voice
    if other is None:
        return False
    return voice.name in {other.name, other.organisation} or other.name == voice.organisation


def _is_overlapping(one: Quote, other: Quote) -> bool:
    same_document = one.passage.document is other.passage.document
    return same_document and one.span.start < other.span.end and other.span.start < one.span.end
