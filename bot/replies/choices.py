"""Choosing one of several corpora: what is offered, and what a chat is told then."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.replies import words
from bot.replies.reply import Button, Piece, Reply, Style

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.model import Corpus

CHOOSE = "/corpus"

_MOST_BYTES = 64


def offering(reply: Reply, corpora: Sequence[Corpus]) -> Reply:
    """Return `reply` with a button for each of `corpora`, if there are any."""
    return replace(reply, buttons=(*reply.buttons, *_rows(corpora)))


def unknown(corpora: Sequence[Corpus]) -> Reply:
    """Return that no corpus is called so, and those there are."""
    return Reply(((Piece(words.NO_SUCH_CORPUS, Style.BOLD),),), tuple(_rows(corpora)))


def chosen(corpus: Corpus) -> Reply:
    """Return that this chat is answered from `corpus` now."""
    return Reply(((Piece(words.CHOSEN.format(title=corpus.title), Style.BOLD),),))


def unsaved(reason: str) -> Reply:
    """Return why the choice could not be kept."""
    return Reply(((Piece(words.NOT_CHOSEN, Style.BOLD),), (Piece(reason),)))


def _rows(corpora: Sequence[Corpus]) -> list[tuple[Button, ...]]:
    """Return a row for each corpus whose command any chat can carry."""
    buttons = [Button(each.title, f"{CHOOSE} {each.name}") for each in corpora]
    return [(button,) for button in buttons if len(button.command.encode()) <= _MOST_BYTES]
