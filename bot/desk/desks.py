"""Several corpora in one process: each chat is answered from the one that it chose.

A surface passes a chat's id and gets the desk for it; everything else it asks of
that desk. A quote's link is good at every desk, for an id names the words of one
document, whichever corpora have it.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from bot.errors import StateError
from bot.replies import admin, choices, words
from bot.state.chats import Chats

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.desk.desk import Desk
    from bot.replies.reply import Reply

log = logging.getLogger(__name__)


class Desks:
    """The desks, the first of which answers wherever nothing was chosen."""

    def __init__(self, desks: Sequence[Desk], chats: Chats | None = None) -> None:
        self._first = desks[0]
        self._desks = {desk.corpus.name: desk for desk in desks}
        self._chats = chats or Chats(None)
        for desk in desks:
            desk.beside = tuple(other for other in desks if other is not desk)

    def for_chat(self, chat_id: int | None = None) -> Desk:
        """Return the desk that answers in this chat; the first where there is no chat.

        A choice of a corpus that is served no more leads to the first too.
        """
        chosen = None if chat_id is None else self._chats.chosen(chat_id)
        return self._desks.get(chosen or "", self._first)

    async def warm(self) -> None:
        """Let every desk read now what its first questions would have to wait for."""
        for desk in self._desks.values():
            await desk.warm()

    async def choose(self, chat_id: int, name: str) -> Reply:
        """Answer this chat from the corpus called `name` from now on, and say so.

        Whoever may choose for a chat is for the surface to know.
        """
        if len(self._desks) == 1:
            return admin.told(words.ONE_CORPUS)
        if name not in self._desks:
            return choices.unknown([desk.corpus for desk in self._desks.values()])
        try:
            await asyncio.to_thread(self._chats.choose, chat_id, name)
        except StateError as error:
            log.warning("not chosen: %s", error)
            return choices.unsaved(str(error))
        return choices.chosen(self._desks[name].corpus)

    async def move(self, chat_id: int, to: int | None) -> None:
        """Let a chat's choice be that of the chat `to`, which it became; of none if it is gone.

        A disk that refuses costs a warning.
        """
        chosen = self._chats.chosen(chat_id)
        if chosen is None:
            return
        try:
            if to is not None:
                await asyncio.to_thread(self._chats.choose, to, chosen)
            await asyncio.to_thread(self._chats.choose, chat_id, None)
        except StateError as error:
            log.warning("a choice was not moved: %s", error)
