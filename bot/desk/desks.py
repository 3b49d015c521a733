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
from bot.replies import choices

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.desk import Desk
    from bot.replies.reply import Reply
    from bot.state.chats import Chats

log = logging.getLogger(__name__)


class Desks:
    """The desks, the first of which answers wherever nothing was chosen."""

    def __init__(self, desks: Sequence[Desk], chats: Chats) -> None:
        self._first = desks[0]
        self._desks = {desk.corpus.name: desk for desk in desks}
        self._chats = chats
        for desk in desks:
            desk.beside = tuple(other for other in desks if other is not desk)

    def for_chat(self, chat_id: int | None = None) -> Desk:
        """Return the desk that answers in this chat; the first where there is no chat.

        A choice of a corpus that is served no more leads to the first too.
        """
        chosen = None if chat_id is None else self._chats.chosen(chat_id)
        return self._desks.get(chosen or "", self._first)

    async def choose(self, chat_id: int, name: str) -> Reply:
        """Answer this chat from the corpus called `name` from now on, and say so.

        Whoever may choose for a chat is for the surface to know.
        """
        if name not in self._desks:
            return choices.unknown([desk.corpus for desk in self._desks.values()])
        try:
            await asyncio.to_thread(self._chats.choose, chat_id, name)
        except StateError as error:
            log.warning("not chosen: %s", error)
            return choices.unsaved(str(error))
        return choices.chosen(self._desks[name].corpus)
