"""A quote in its context: the paragraphs around it, and what proves its voice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.model import Kind, Span
from bot.replies import buttons, catalogue, quote_block
from bot.replies.buttons import AvailableActions
from bot.replies.reply import Piece, Reply, Style
from bot.text import split_paragraphs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.model import Corpus, Quote

_MAX_DISTANCE = 1200
_FINGERPRINT_LENGTH = 12


def render_context(
    quote: Quote,
    corpus: Corpus,
    matched_words: Sequence[str] = (),
    available: AvailableActions | None = None,
    withheld_spans: Sequence[Span] = (),
) -> Reply:
    """Return `quote` with the paragraph before and after it, its evidence and its source.

    `matched_words` are the words by which it was found; what stands at the places
    `withheld_spans`, and beyond them, is not shown.
    """
    passage = quote.passage
    visible, is_complete = _find_visible_span(quote, withheld_spans)
    heading = (Piece(catalogue.CONTEXT, Style.BOLD), Piece(quote.id, Style.BOLD, quote_id=quote.id))
    lines = [
        *_describe_evidence(quote, corpus.curator, matched_words),
        *([] if is_complete else [catalogue.WITHHELD_BESIDE]),
    ]
    evidence = (
        Piece("\n".join(lines)),
        *([Piece("\n"), quote_block.render_location(passage)] * bool(passage.turn)),
    )
    source = quote_block.render_source(passage.document)
    blocks = (heading, tuple(_render_surroundings(quote, visible)), evidence, source)
    return Reply(blocks, buttons.build_quote_buttons(quote, available or AvailableActions()))


def render_unknown_quote(quote_id: str) -> Reply:
    """Return what became of a quote that no document holds now."""
    return Reply(
        ((Piece(catalogue.GONE.format(id=quote_id), Style.BOLD),), (Piece(catalogue.GONE_WHY),))
    )


def _find_visible_span(quote: Quote, withheld_spans: Sequence[Span]) -> tuple[Span, bool]:
    """Return from where to where the source is shown, and whether that is as far as it might be."""
    paragraph_spans = split_paragraphs(quote.passage.document.text)
    first = next(index for index, span in enumerate(paragraph_spans) if quote.span.start < span.end)
    last = next(index for index, span in enumerate(paragraph_spans) if quote.span.end <= span.end)
    start = _choose_edge(
        quote, [span.start for span in paragraph_spans[max(0, first - 1) : first + 1]]
    )
    end = _choose_edge(quote, [span.end for span in paragraph_spans[last : last + 2]][::-1])
    holds_before = (span.end for span in withheld_spans if span.end <= quote.span.start)
    holds_after = (span.start for span in withheld_spans if span.start >= quote.span.end)
    visible = Span(max([start, *holds_before]), min([end, *holds_after]))
    return visible, visible == (start, end)


def _render_surroundings(quote: Quote, visible: Span) -> Iterator[Piece]:
    """Yield the source from the paragraph before to the one after, the quote standing out."""
    if visible.start < quote.span.start:
        yield Piece(
            quote.passage.document.slice_text(Span(visible.start, quote.span.start)), Style.CONTEXT
        )
    yield Piece(quote.text, Style.QUOTE)
    if quote.span.end < visible.end:
        yield Piece(
            quote.passage.document.slice_text(Span(quote.span.end, visible.end)), Style.CONTEXT
        )


def _choose_edge(quote: Quote, edges: Sequence[int]) -> int:
    """Return the farthest of `edges`, farthest first, that is not too far; else the quote's own.

    Within a paragraph too long to be shown the quote's passage begins and ends it.
    """
    is_start = edges[0] <= quote.span.start
    quote_edge = quote.span.start if is_start else quote.span.end
    passage_edge = quote.passage.frame.start if is_start else quote.passage.frame.end
    candidates = (
        candidate
        for candidate in (*edges, passage_edge)
        if abs(candidate - quote_edge) <= _MAX_DISTANCE
    )
    return next(candidates, quote_edge)


def _describe_evidence(quote: Quote, curator: str, matched_words: Sequence[str]) -> Iterator[str]:
    passage = quote.passage
    if passage.kind is Kind.NARRATION or passage.voice:
        speaker = quote_block.describe_speaker(passage)
        yield catalogue.VOICE.format(voice=speaker, kind=catalogue.KINDS[passage.kind])
    else:
        yield catalogue.NO_VOICE
    if passage.cue:
        cues = " → ".join(f"“{passage.document.slice_text(cue)}”" for cue in passage.cue)
        yield catalogue.CUE.format(cue=cues)
    if passage.chain:
        yield catalogue.CHAIN.format(chain=passage.chain)
    yield catalogue.PLACE.format(
        start=quote.span.start,
        end=quote.span.end,
        document=passage.document.id,
        paragraph=passage.paragraph,
        sha256=passage.document.sha256[:_FINGERPRINT_LENGTH],
    )
    if matched_words:
        yield catalogue.MATCHED.format(words=", ".join(matched_words))
    if passage.voice:
        yield catalogue.SIDE_SET.format(side=catalogue.SIDES[passage.side], curator=curator)
