"""Following a voice or a topic: wishes are made, listed, ended, and found to have news.

A document is new to a wish that is older than its first service, so a restart finds the same news as the run before
it. The day is recorded before a message is sent, and its news after: a process that is killed in between sends
nothing more that day, and all of it the next.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Container, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from bot.answers.answer import ChosenQuote, Status
from bot.answers.answer_builder import PageSize
from bot.answers.question import SpeakerQuery
from bot.errors import StorageError
from bot.replies import notifications
from bot.replies.catalogue import say
from bot.replies.notifications import News
from bot.replies.reply import Reply
from bot.service.service import Service
from bot.storage import Storage, Wish, WishKind
from bot.text import normalise_name

log = logging.getLogger(__name__)

# Quotes of one wish in a message: one a side, and no phone is filled by ten wishes.
_MOST_QUOTES = 2
_STOP = "stop"


class DueNews(NamedTuple):
    """What is new to the wishes of a chat, and those wishes."""

    chat_id: int
    news: tuple[News, ...]


class WishDesk:
    """The wishes of all chats; `services` are by corpus name. A chat has up to `most`, each ended after `days` idle."""

    def __init__(self, services: Mapping[str, Service], storage: Storage, most: int = 10, days: int = 365) -> None:
        self._services = services
        self._storage = storage
        self._most = most
        self._days = days

    def list_wishes(self, chat_id: int) -> list[Wish]:
        """Return the wishes of a chat, oldest first."""
        return [wish for wish in self._storage.list_wishes() if wish.chat == chat_id]

    async def follow(self, chat_id: int, service: Service, text: str, now: datetime) -> Reply:
        """Run `/follow [NAME or TOPIC | stop [KEY]]` for a chat."""
        text = " ".join(text.split())
        word, _, key = text.partition(" ")
        if word.casefold() == _STOP:
            return await self._stop(chat_id, key)
        wishes = self.list_wishes(chat_id)
        if not text:
            return notifications.render_wishes(wishes)
        choices = _find_wanted(service, text)
        if len(choices) != 1:
            return notifications.render_choices(text, choices, service.corpus.topics)
        [(kind, name)] = choices
        wish = Wish(chat_id, service.corpus.name, kind, name, _format_moment(now), f"{now:%Y-%m-%d}")
        return await self._add(wish, wishes, service, now)

    async def _add(self, wish: Wish, wishes: Sequence[Wish], service: Service, now: datetime) -> Reply:
        """Add a wish that the chat has not yet, unless it has too many."""
        if any(other.key == wish.key for other in wishes):
            return notifications.render_wishes(wishes)
        if len(wishes) >= self._most:
            return notifications.render_wishes(wishes, say("wishes.too_many", most=self._most))
        # Of one chat at most one message a day, whatever else it wishes for.
        wish = replace(wish, sent=max((other.sent for other in wishes), default=""))
        try:
            await self._note_arrivals(service, now)
            await self._storage.set_wishes(wish.chat, [*wishes, wish])
        except StorageError as error:
            log.warning("wish not kept: %s", error)
            return Reply.with_heading(say("wishes.not_kept"), say("try_later"))
        return notifications.render_made(wish, is_kept=self._storage.is_persistent)

    async def move(self, chat_id: int, new_chat_id: int | None) -> None:
        """Move the wishes of a chat to the chat it became; forget them where that is None."""
        if wishes := self.list_wishes(chat_id):
            try:
                if new_chat_id is not None:
                    await self._storage.set_wishes(new_chat_id, [replace(wish, chat=new_chat_id) for wish in wishes])
                await self._storage.set_wishes(chat_id, [])
            except StorageError as error:
                log.warning("wishes were not moved: %s", error)

    async def note_press(self, chat_id: int, now: datetime) -> None:
        """Record that somebody in the chat pressed a button on the day of `now`; log a warning if storage refuses."""
        day, wishes = f"{now:%Y-%m-%d}", self.list_wishes(chat_id)
        if any(wish.used != day for wish in wishes):
            try:
                await self._storage.set_wishes(chat_id, [replace(wish, used=day) for wish in wishes])
            except StorageError as error:
                log.warning("press not kept: %s", error)

    async def collect(self, now: datetime) -> list[DueNews]:
        """Return what is new to every chat that had no message today; wishes that nobody used for long are ended."""
        for service in self._services.values():
            await self._note_arrivals(service, now)
        day, last_day = f"{now:%Y-%m-%d}", f"{now - timedelta(days=self._days):%Y-%m-%d}"
        due = []
        for chat_id in dict.fromkeys(wish.chat for wish in self._storage.list_wishes()):
            wishes = self.list_wishes(chat_id)
            current = [wish for wish in wishes if wish.used >= last_day]
            if current != wishes:
                await self._storage.set_wishes(chat_id, current)
            if all(wish.sent != day for wish in current):
                news = tuple([each for wish in current if (each := await self._find_and_record_news(wish))])
                due += [DueNews(chat_id, news)] if news else []
        return due

    async def claim_day(self, chat_id: int, now: datetime) -> bool:
        """Claim today's message to a chat for this process; return False where another process has it.

        Raises:
            StorageError: it cannot be recorded, so nothing may be sent.
        """
        day = f"{now:%Y-%m-%d}"
        if not await self._storage.claim_first("news", f"{chat_id}/{day}", 86_400.0, strictly=True):
            return False
        await self._storage.set_wishes(chat_id, [replace(wish, sent=day) for wish in self.list_wishes(chat_id)])
        return True

    async def confirm(self, due: DueNews, now: datetime) -> None:
        """Record that the news was sent: what arrived before `now` is not new to these wishes again."""
        told_keys = {each.wish.key for each in due.news}
        since, wishes = _format_moment(now), self.list_wishes(due.chat_id)
        updated = [replace(wish, since=since) if wish.key in told_keys else wish for wish in wishes]
        await self._storage.set_wishes(due.chat_id, updated)

    async def give_back(self, due: DueNews, now: datetime) -> None:
        """Record that nothing was sent, so that it is tried again.

        `due` has some news, and `now` is of the day on which it was taken: the mark of that day is dropped.
        """
        previous = {each.wish.key: each.wish.sent for each in due.news}
        earlier = max(previous.values())
        wishes = [replace(wish, sent=previous.get(wish.key, earlier)) for wish in self.list_wishes(due.chat_id)]
        await self._storage.set_wishes(due.chat_id, wishes)
        await self._storage.drop("news", f"{due.chat_id}/{now:%Y-%m-%d}")

    async def _stop(self, chat_id: int, key: str) -> Reply:
        """End the wish with this key or name, or all where none is given."""
        wishes = self.list_wishes(chat_id)
        ended = [wish for wish in wishes if not key or wish.key == key or wish.name.casefold() == key.casefold()]
        if not ended:
            return notifications.render_wishes(wishes)
        try:
            await self._storage.set_wishes(chat_id, [wish for wish in wishes if wish not in ended])
        except StorageError as error:
            log.warning("wish not ended: %s", error)
            return Reply.with_heading(say("wishes.not_ended"), say("try_later"))
        return notifications.render_ended(ended)

    async def _note_arrivals(self, service: Service, now: datetime) -> None:
        """Record as arrived now the documents that are served for the first time."""
        arrivals = self._storage.find_arrivals(service.corpus.name)
        new_ids = [document.id for document in service.corpus.documents if document.id not in arrivals]
        if new_ids:
            await self._storage.record_arrivals(service.corpus.name, dict.fromkeys(new_ids, _format_moment(now)))

    async def _find_and_record_news(self, wish: Wish) -> News | None:
        """Return a wish's news since the last or since its making, and record it as shown; None for none."""
        service = self._services.get(wish.corpus)
        if service is None:
            return None
        arrivals = self._storage.find_arrivals(wish.corpus)
        new_ids = {name for name, moment in arrivals.items() if moment > wish.since}
        if not any(document.id in new_ids for document in service.corpus.documents):
            return None
        quotes, total = await asyncio.to_thread(_find_new_quotes, service, wish, new_ids)
        if not quotes:
            return None
        await service.record_shown([chosen.quote for chosen in quotes])
        return News(wish, quotes, total, service.corpus.notice)


def _format_moment(moment: datetime) -> str:
    """Format a moment so that earlier ones sort before later ones."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}"


def _find_new_quotes(
    service: Service, wish: Wish, document_ids: Container[str]
) -> tuple[tuple[ChosenQuote, ...], int | None]:
    """Return the first quotes of these documents that the wish is about, and how many there are, if that is known."""
    answerer = service.restrict_to_documents(document_ids)
    if wish.kind is WishKind.VOICE:
        page = answerer.find_speaker_page(SpeakerQuery((wish.name,)))
        return page.quotes[:_MOST_QUOTES], page.total
    answer = answerer.answer(wish.name, limit=PageSize(_MOST_QUOTES))
    return (answer.quotes if answer.status is Status.ANSWERED else ()), None


def _find_wanted(service: Service, text: str) -> Sequence[tuple[WishKind, str]]:
    """Return the topic called `text`, else the voices that it may name; none where more than a name is typed."""
    wanted = normalise_name(text)
    if names := [topic.name for topic in service.corpus.topics if normalise_name(topic.name) == wanted]:
        return [(WishKind.TOPIC, names[0])]
    query = service.find_speaker(text)
    return [(WishKind.VOICE, name) for name in query.names] if query and not query.topic else []
