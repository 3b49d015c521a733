"""Where a shown statement is printed in other words too, by the same voice or its own body.

The index finds what is near, and `bot.voices.wordings` decides; so nothing is
compared that shares no words.
"""

from __future__ import annotations

from dataclasses import replace
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from bot.engines import Query
from bot.model import Kind, Quote, Span, Voice
from bot.text import sentences
from bot.voices.wordings import wordings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.engines import Index
    from bot.model import Passage
    from bot.terms import Analyser, Term

_DEPTH = 20
_REMEMBERED = 4096


class Printings:
    """Finds the other wordings of quotes; what was found is remembered, up to a bound."""

    def __init__(self, index: Index, analyser: Analyser, language: str) -> None:
        self._index = index
        self._analyser = analyser
        self._language = language
        self._known: dict[str, tuple[Quote, ...]] = {}

    def of(self, quote: Quote) -> tuple[Quote, ...]:
        """Return the wordings of a statement that `quote` holds, itself among them; else nothing.

        Each is the whole sentences in which it is printed, in reading order.
        """
        if len(self._known) > _REMEMBERED:
            self._known.clear()
        if quote.id not in self._known:
            found = {shown.id: shown for shown in self._found(quote)}
            self._known[quote.id] = tuple(found.values())
        return self._known[quote.id]

    def _found(self, quote: Quote) -> Iterator[Quote]:
        voice = quote.passage.voice
        if voice is None:
            return
        near = [passage for passage in self._near(quote) if _of_one_mouth(passage, voice)]
        # A body and those who speak for it count as one here, so all are given its voice.
        alike = [replace(passage, voice=Voice(voice.name)) for passage in near]
        for group in (alike, *self._excerpts(alike)):
            for first, second, spans in wordings(group, self._language):
                pair = [_printed(near, first, spans[0]), _printed(near, second, spans[1])]
                if any(_overlap(quote, printed) for printed in pair):
                    yield from pair

    def _near(self, quote: Quote) -> list[Passage]:
        text = quote.passage.document.text
        stems = {term.stem: 1.0 for term in self._analyser.terms(text, quote.span)}
        found = [hit.passage for hit in self._index.search(Query(stems), _DEPTH)]
        every = {_place(passage): passage for passage in (quote.passage, *found)}
        return [every[place] for place in sorted(every)]

    def _excerpts(self, alike: Sequence[Passage]) -> Iterator[list[Passage]]:
        """Yield each fragment with what it may be taken from, narrowed to the words it took.

        Words put into another sentence are to be compared with as many words.
        """
        for fragment in alike:
            if fragment.kind is Kind.FRAGMENT:
                others = (other for other in alike if other is not fragment)
                for other in others:
                    if taken := self._taken(fragment, other):
                        yield [fragment, replace(other, span=taken)]

    def _taken(self, fragment: Passage, other: Passage) -> Span | None:
        """Return from where to where the words of `fragment` stand in `other`."""
        sought = [term.stem for term in self._terms(fragment)]
        found = self._terms(other)
        blocks = SequenceMatcher(None, sought, [term.stem for term in found], autojunk=False)
        runs = [block for block in blocks.get_matching_blocks() if block.size]
        if not runs:
            return None
        return Span(found[runs[0].b].start, found[runs[-1].b + runs[-1].size - 1].end)

    def _terms(self, passage: Passage) -> list[Term]:
        return list(self._analyser.terms(passage.document.text, passage.span))


def _printed(near: Sequence[Passage], passage: Passage, span: Span) -> Quote:
    """Return the quote of the whole sentences in which `span` stands, of the passage as indexed."""
    whole = next(
        each
        for each in near
        if each.document is passage.document and each.frame == passage.frame
        if each.span.start <= span.start and span.end <= each.span.end
    )
    touched = [
        sentence
        for sentence in sentences(whole.document.text, whole.frame)
        if sentence.start < span.end and span.start < sentence.end
    ]
    return Quote(whole, Span(touched[0].start, touched[-1].end))


def _place(passage: Passage) -> tuple[str, str, int, int, str]:
    document = passage.document
    return (document.date or "", document.sha256, *passage.span, passage.kind)


def _of_one_mouth(passage: Passage, voice: Voice) -> bool:
    """Tell whether `passage` is by `voice`, by its body, or by somebody of the body it is."""
    other = passage.voice
    if other is None:
        return False
    return voice.name in {other.name, other.organisation} or other.name == voice.organisation


def _overlap(one: Quote, other: Quote) -> bool:
    same = one.passage.document is other.passage.document
    return same and one.span.start < other.span.end and other.span.start < one.span.end
