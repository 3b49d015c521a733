"""One quote that stands by itself in a chat the bot is not in: side, voice, source, other side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.model import Side
from bot.replies import quoted, words
from bot.replies.reply import Button, Piece, Reply

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.answers.answer import Answer, Chosen
    from bot.model import Corpus, Quote

QUOTE, OPPOSITE = "q_", "o_"
_PREVIEW = 120
_SIDES = [Side.FOR, Side.AGAINST]


@dataclass(frozen=True, slots=True)
class Alone:
    """A quote as one of several results: its id, what the list says of it, and what is sent."""

    id: str
    title: str
    preview: str
    reply: Reply


@dataclass(frozen=True, slots=True)
class Results:
    """One page of results, and the page that follows if one does; `version` is the corpus's."""

    found: tuple[Alone, ...]
    version: str
    following: int | None = None


def results(answer: Answer, corpus: Corpus) -> Results:
    """Return the quotes of `answer`, each by itself."""
    found = tuple(_alone(chosen, answer.silent_sides, corpus) for chosen in answer.quotes)
    return Results(found, corpus.fingerprint, answer.page + 1 if answer.more else None)


def _alone(chosen: Chosen, silent: tuple[Side, ...], corpus: Corpus) -> Alone:
    quote = chosen.quote
    passage = quote.passage
    name = passage.voice.name if passage.voice else quoted.heard(passage)
    text = " ".join(quote.text.split())
    preview = text if len(text) <= _PREVIEW else f"{text[: _PREVIEW - 1]}…"
    blocks = (
        (*quoted.block(chosen), Piece(f"\n{words.MOTION.format(motion=corpus.motion)}")),
        (Piece(_other_side(passage.side, silent)),),
        quoted.source(passage.document),
    )
    return Alone(
        quote.id,
        f"{words.SIDES[passage.side]} · {name} · {words.KINDS[passage.kind]}",
        preview,
        Reply(blocks, (tuple(_leading_back(quote)),)),
    )


def _leading_back(quote: Quote) -> Iterator[Button]:
    """Yield what opens the chat with the bot: the quote in its context, and its opposite."""
    yield Button(words.LABEL_CHECK, f"/start {QUOTE}{quote.id}")
    if quote.passage.side is not Side.NEITHER:
        yield Button(words.LABEL_OTHER_SIDE, f"/start {OPPOSITE}{quote.id}")


def _other_side(side: Side, silent: tuple[Side, ...]) -> str:
    """Return whether whoever disagrees was found by the same words."""
    others = [other for other in _SIDES if other is not side and other in silent]
    if others == _SIDES:
        return words.SILENT_BOTH
    if others:
        return words.SILENT_ONE.format(side=words.SIDES[others[0]])
    if side is Side.NEITHER:
        return words.BOTH_SPEAK
    other = next(each for each in _SIDES if each is not side)
    return words.OTHER_SPEAKS.format(side=words.SIDES[other])
