"""A quote in its context: the paragraphs around it, and what proves its voice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.model import Kind, Span
from bot.replies import buttons, quoted, words
from bot.replies.buttons import Known
from bot.replies.reply import Piece, Reply, Style
from bot.text import paragraphs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.model import Corpus, Quote

_FARTHEST = 1200
_FINGERPRINT = 12


def reply(
    quote: Quote,
    corpus: Corpus,
    matched: Sequence[str] = (),
    known: Known | None = None,
    withheld: Sequence[Span] = (),
) -> Reply:
    """Return `quote` with the paragraph before and after it, its evidence and its source.

    `matched` are the words by which it was found; what stands at the places
    `withheld`, and beyond them, is not shown.
    """
    passage = quote.passage
    shown, whole = _shown(quote, withheld)
    heading = (Piece(words.CONTEXT, Style.BOLD), Piece(quote.id, Style.BOLD, quote_id=quote.id))
    told = [*_evidence(quote, corpus.curator, matched), *([] if whole else [words.WITHHELD_BESIDE])]
    evidence = (
        Piece("\n".join(told)),
        *([Piece("\n"), quoted.place(passage)] * bool(passage.turn)),
    )
    source = quoted.source(passage.document)
    blocks = (heading, tuple(_surroundings(quote, shown)), evidence, source)
    return Reply(blocks, buttons.about(quote, known or Known()))


def gone(quote_id: str) -> Reply:
    """Return what became of a quote that no document holds now."""
    return Reply(((Piece(words.GONE.format(id=quote_id), Style.BOLD),), (Piece(words.GONE_WHY),)))


def _shown(quote: Quote, withheld: Sequence[Span]) -> tuple[Span, bool]:
    """Return from where to where the source is shown, and whether that is as far as it might be."""
    every = paragraphs(quote.passage.document.text)
    at = next(n for n, span in enumerate(every) if quote.span.start < span.end)
    last = next(n for n, span in enumerate(every) if quote.span.end <= span.end)
    start = _reached(quote, [span.start for span in every[max(0, at - 1) : at + 1]])
    end = _reached(quote, [span.end for span in every[last : last + 2]][::-1])
    before = (span.end for span in withheld if span.end <= quote.span.start)
    after = (span.start for span in withheld if span.start >= quote.span.end)
    shown = Span(max([start, *before]), min([end, *after]))
    return shown, shown == (start, end)


def _surroundings(quote: Quote, shown: Span) -> Iterator[Piece]:
    """Yield the source from the paragraph before to the one after, the quote standing out."""
    if shown.start < quote.span.start:
        yield Piece(quote.passage.document.cut(Span(shown.start, quote.span.start)), Style.AROUND)
    yield Piece(quote.text, Style.QUOTE)
    if quote.span.end < shown.end:
        yield Piece(quote.passage.document.cut(Span(quote.span.end, shown.end)), Style.AROUND)


def _reached(quote: Quote, bounds: Sequence[int]) -> int:
    """Return the farthest of `bounds`, farthest first, that is not too far; else the quote's own.

    Within a paragraph too long to be shown the quote's passage begins and ends it.
    """
    before = bounds[0] <= quote.span.start
    nearest = quote.span.start if before else quote.span.end
    edge = quote.passage.frame.start if before else quote.passage.frame.end
    near = (bound for bound in (*bounds, edge) if abs(bound - nearest) <= _FARTHEST)
    return next(near, nearest)


def _evidence(quote: Quote, curator: str, matched: Sequence[str]) -> Iterator[str]:
    passage = quote.passage
    if passage.kind is Kind.NARRATION or passage.voice:
        heard = quoted.heard(passage)
        yield words.VOICE.format(voice=heard, kind=words.KINDS[passage.kind])
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
    if matched:
        yield words.MATCHED.format(words=", ".join(matched))
    if passage.voice:
        yield words.SIDE_SET.format(side=words.SIDES[passage.side], curator=curator)
