"""A quote looked into: its opposite, its other wordings, and itself to be copied."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.answers.answer import Chosen
from bot.replies import buttons, quoted, words
from bot.replies.buttons import Known
from bot.replies.reply import Piece, Reply, Style

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.answers.opposite import Opposite
    from bot.model import Quote
    from bot.replies.reply import Block


def opposite(found: Opposite) -> Reply:
    """Return what the other side says on the same topic, and what links it; or why nothing does."""
    heading = Piece(words.OPPOSITE.format(id=found.quote.id), Style.BOLD)
    if found.candidate is None:
        return Reply(((heading,), (Piece(_why_none(found)),)))
    shared = ", ".join(found.shared) or words.NO_WORDS
    link = words.LINKED.format(topic=found.topic, words=shared)
    quote = found.candidate.quote
    return Reply(
        (
            (heading, Piece(f"\n{link}")),
            (*quoted.block(found.candidate.chosen), Piece(f"\n{words.NOT_A_REPLY}")),
            quoted.source(quote.passage.document),
        ),
        buttons.under([quote], Known()),
    )


def wordings(quote: Quote, printed: Sequence[Quote]) -> Reply:
    """Return the wordings in which a statement of `quote` is printed."""
    if not printed:
        return Reply(((Piece(words.NO_WORDINGS.format(id=quote.id), Style.BOLD),),))
    sources = dict.fromkeys(each.passage.document for each in printed)
    return Reply(
        (
            (Piece(words.WORDINGS, Style.BOLD),),
            *(quoted.block(Chosen(each, 0.0)) for each in printed),
            (Piece(words.WORDINGS_DIFFER),),
            *map(quoted.source, sources),
        )
    )


def copied(quote: Quote) -> Reply:
    """Return `quote` with whose words they are, to be copied as they stand."""
    block: Block = (Piece(words.COPY, Style.BOLD), Piece("\n"))
    return Reply(((*block, Piece(quoted.to_copy(quote), Style.CODE)),))


def none_shown() -> Reply:
    """Return that there is no quote to look into."""
    return Reply(((Piece(words.NO_QUOTES_SHOWN),),))


def _why_none(found: Opposite) -> str:
    if found.side is None:
        return words.NO_SIDE
    if not found.topics:
        return words.NO_TOPIC
    side, topics = words.SIDES[found.side], ", ".join(found.topics)
    return words.NO_OPPOSITE.format(side=side, topics=topics)
