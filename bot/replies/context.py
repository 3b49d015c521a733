"""A quote in its context: the paragraphs around it, and what proves its voice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.model import Kind, Span
from bot.replies import quoted, words
from bot.replies.reply import Piece, Reply, Style
from bot.text import paragraphs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.model import Corpus, Passage, Quote
    from bot.replies.reply import Block

_LONGEST_NEIGHBOUR = 900
_FINGERPRINT = 12


def reply(quote: Quote, corpus: Corpus) -> Reply:
    """Return `quote` with the paragraph before and after it, its evidence and its source."""
    passage = quote.passage
    heading = (Piece(words.CONTEXT.format(id=quote.id), Style.BOLD),)
    evidence = (Piece("\n".join(_evidence(passage, quote, corpus.curator))),)
    return Reply((heading, *_surroundings(quote), evidence, quoted.source(passage.document)))


def gone(quote_id: str) -> Reply:
    """Return what became of a quote that no document holds now."""
    return Reply(((Piece(words.GONE.format(id=quote_id), Style.BOLD),), (Piece(words.GONE_WHY),)))


def _surroundings(quote: Quote) -> Iterator[Block]:
    """Yield the paragraph before, the quote in its own, and the one after; the quote stands out."""
    text = quote.passage.document.text
    every = paragraphs(text)
    at = next(n for n, span in enumerate(every) if quote.span.start < span.end)
    if at:
        yield (_neighbour(quote, every[at - 1]),)
    yield tuple(_own(quote, every[at]))
    if at + 1 < len(every):
        yield (_neighbour(quote, every[at + 1]),)


def _own(quote: Quote, paragraph: Span) -> Iterator[Piece]:
    before = Span(paragraph.start, quote.span.start)
    after = Span(quote.span.end, max(paragraph.end, quote.span.end))
    if before.start < before.end:
        yield Piece(f"{_cut(quote, before)}\n")
    yield Piece(quote.text, Style.QUOTE)
    if after.start < after.end:
        yield Piece(f"\n{_cut(quote, after)}")


def _neighbour(quote: Quote, span: Span) -> Piece:
    return Piece(_cut(quote, span))


def _cut(quote: Quote, span: Span) -> str:
    length = span.end - span.start
    if length > _LONGEST_NEIGHBOUR:
        return words.LONG_PARAGRAPH.format(length=length)
    return quote.passage.document.cut(span)


def _evidence(passage: Passage, quote: Quote, curator: str) -> Iterator[str]:
    if passage.kind is Kind.NARRATION or passage.voice:
        yield words.VOICE.format(voice=quoted.heard(passage))
    else:
        yield words.NO_VOICE
    if passage.cue:
        cues = " → ".join(f"“{passage.document.cut(cue)}”" for cue in passage.cue)
        yield words.CUE.format(cue=cues)
    if passage.chain:
        yield words.CHAIN.format(chain=passage.chain)
    yield words.PLACE.format(
        start=quote.span.start,
        end=quote.span.end,
        document=passage.document.id,
        paragraph=passage.paragraph,
        sha256=passage.document.sha256[:_FINGERPRINT],
    )
    if passage.voice:
        yield words.SIDE_SET.format(side=words.SIDES[passage.side], curator=curator)
