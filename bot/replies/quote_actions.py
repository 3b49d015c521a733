"""A quote looked into: its opposite, its other wordings, and itself to be copied."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.answers.answer import ChosenQuote
from bot.replies import buttons, catalogue, quote_block
from bot.replies.buttons import AvailableActions
from bot.replies.reply import Piece, Reply, Style

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.answers.opposite import Opposite
    from bot.model import Quote
    from bot.replies.reply import Block


def render_opposite(result: Opposite) -> Reply:
    """Return what the other side says on the same topic, and what links it; or why nothing does."""
    heading = Piece(catalogue.OPPOSITE.format(id=result.quote.id), Style.BOLD)
    if result.candidate is None:
        return Reply(((heading,), (Piece(_explain_no_opposite(result)),)))
    shared_words = ", ".join(result.shared_words) or catalogue.NO_WORDS
    link = catalogue.LINKED.format(topic=result.topic, words=shared_words)
    quote = result.candidate.quote
    return Reply(
        (
            (heading, Piece(f"\n{link}")),
            (
                *quote_block.render_quote(result.candidate.chosen_quote),
                Piece(f"\n{catalogue.NOT_A_REPLY}"),
            ),
            quote_block.render_source(quote.passage.document),
        ),
        buttons.build_answer_buttons([quote], AvailableActions()),
    )


def render_wordings(quote: Quote, variants: Sequence[Quote]) -> Reply:
    """Return the wordings in which a statement of `quote` is printed."""
    if not variants:
        return Reply(((Piece(catalogue.NO_WORDINGS.format(id=quote.id), Style.BOLD),),))
    sources = dict.fromkeys(variant.passage.document for variant in variants)
    return Reply(
        (
            (Piece(catalogue.WORDINGS, Style.BOLD),),
            *(quote_block.render_quote(ChosenQuote(variant, 0.0)) for variant in variants),
            (Piece(catalogue.WORDINGS_DIFFER),),
            *map(quote_block.render_source, sources),
        )
    )


def render_copy(quote: Quote) -> Reply:
    """Return `quote` with whose words they are, to be copied as they stand."""
    heading: Block = (Piece(catalogue.COPY, Style.BOLD), Piece("\n"))
    return Reply(((*heading, Piece(quote_block.format_for_copying(quote), Style.CODE)),))


def render_no_quotes() -> Reply:
    """Return that there is no quote to look into."""
    return Reply(((Piece(catalogue.NO_QUOTES_SHOWN),),))


def _explain_no_opposite(result: Opposite) -> str:
    if result.side is None:
        return catalogue.NO_SIDE
    if not result.topics:
        return catalogue.NO_TOPIC
    side, topics = catalogue.SIDES[result.side], ", ".join(result.topics)
    return catalogue.NO_OPPOSITE.format(side=side, topics=topics)
