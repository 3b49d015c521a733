"""Choosing one of several corpora: what is offered, and what a chat is told then."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.replies import catalogue
from bot.replies.reply import Button, Piece, Reply, Style

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.model import Corpus

CHOOSE_COMMAND = "/corpus"

_MAX_COMMAND_BYTES = 64


def add_corpus_buttons(reply: Reply, corpora: Sequence[Corpus]) -> Reply:
    """Return `reply` with a button for each of `corpora`, if there are any."""
    return replace(reply, buttons=(*reply.buttons, *_corpus_button_rows(corpora)))


def render_unknown_corpus(corpora: Sequence[Corpus]) -> Reply:
    """Return that no corpus is called so, and those there are."""
    return Reply(
        ((Piece(catalogue.NO_SUCH_CORPUS, Style.BOLD),),), tuple(_corpus_button_rows(corpora))
    )


def render_chosen_corpus(corpus: Corpus) -> Reply:
    """Return that this chat is answered from `corpus` now."""
    return Reply(((Piece(catalogue.CHOSEN.format(title=corpus.title), Style.BOLD),),))


def render_choice_not_saved(reason: str) -> Reply:
    """Return why the choice could not be kept."""
    return Reply(((Piece(catalogue.NOT_CHOSEN, Style.BOLD),), (Piece(reason),)))


def _corpus_button_rows(corpora: Sequence[Corpus]) -> list[tuple[Button, ...]]:
    """Return a row for each corpus whose command any chat can carry."""
    buttons = [Button(corpus.title, f"{CHOOSE_COMMAND} {corpus.name}") for corpus in corpora]
    return [(button,) for button in buttons if len(button.command.encode()) <= _MAX_COMMAND_BYTES]
