"""A quote as a card, for chats the bot is not in: side, speaker, source, other side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.model import Side
from bot.replies import quote_block
from bot.replies.catalogue import say
from bot.replies.reply import Button, Piece, Reply

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.answers.answer import Answer, ChosenQuote
    from bot.model import Corpus, Quote

QUOTE_PREFIX, OPPOSITE_PREFIX = "q_", "o_"
_MAX_PREVIEW_LENGTH = 120
_OPPOSING_SIDES = [Side.FOR, Side.AGAINST]


@dataclass(frozen=True, slots=True)
class QuoteCard:
    """A quote as one of several results: its id, what the list says of it, and what is sent."""

    id: str
    title: str
    preview: str
    reply: Reply


@dataclass(frozen=True, slots=True)
class CardPage:
    """One page of results, and the page that follows if one does; `version` is the corpus's."""

    cards: tuple[QuoteCard, ...]
    version: str
    next_page: int | None = None


def build_card_page(answer: Answer, corpus: Corpus) -> CardPage:
    """Return the quotes of `answer`, each by itself."""
    cards = tuple(_build_card(chosen, answer.silent_sides, corpus) for chosen in answer.quotes)
    return CardPage(cards, corpus.fingerprint, answer.page + 1 if answer.has_more else None)


def _build_card(chosen: ChosenQuote, silent_sides: tuple[Side, ...], corpus: Corpus) -> QuoteCard:
    """Build the card of a quote that stands by itself: a title, a preview, and its reply."""
    quote = chosen.quote
    passage = quote.passage
    speaker = passage.voice.name if passage.voice else quote_block.describe_speaker(passage)
    blocks = (
        *quote_block.render_quotes([chosen]),
        (Piece(f"{say('motion', motion=corpus.motion)}\n{_describe_other_side(passage.side, silent_sides)}"),),
    )
    return QuoteCard(
        quote.id,
        f"{say(f'sides.{passage.side}')} · {speaker} · {quote_block.describe_kind(passage)}",
        quote_block.truncate(" ".join(quote.text.split()), _MAX_PREVIEW_LENGTH),
        Reply(blocks, (tuple(_build_card_buttons(quote)),)),
    )


def _build_card_buttons(quote: Quote) -> Iterator[Button]:
    """Yield the buttons that open the bot's chat: on the quote's context, and on its opposite."""
    yield Button(say("label_check"), f"/start {QUOTE_PREFIX}{quote.id}")
    if quote.passage.side is not Side.NEITHER:
        yield Button(say("label_other_side"), f"/start {OPPOSITE_PREFIX}{quote.id}")


def _describe_other_side(side: Side, silent_sides: tuple[Side, ...]) -> str:
    """Say whether the same words match quotes of the other side."""
    silent_others = [other for other in _OPPOSING_SIDES if other is not side and other in silent_sides]
    if silent_others == _OPPOSING_SIDES:
        return say("sides_silent")
    if silent_others:
        return say("side_silent", side=say(f"sides.{silent_others[0]}"))
    if side is Side.NEITHER:
        return say("both_sides_match")
    other = next(candidate for candidate in _OPPOSING_SIDES if candidate is not side)
    return say("other_side_matches", side=say(f"sides.{other}"))
