"""Floods shed before anything is searched or sent: told once, and quietly.

A person and a chat each have a bucket of questions that fills up again by and
by. Telegram lets a bot say twenty things a minute in a group; whoever asks more
than that would only make everybody else's answers late.
"""

from __future__ import annotations

import logging
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

from telegram import ReplyParameters
from telegram.error import TelegramError

from bot.replies import words
from bot.surfaces.telegram.addressing import asker, language
from bot.surfaces.telegram.lateness import apology
from bot.surfaces.telegram.sending import place, say

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from telegram import Message, Update
    from telegram.ext import BaseHandler, ContextTypes

    from bot.surfaces.telegram.health import Health
    from bot.surfaces.telegram.lateness import Late
    from bot.surfaces.telegram.pseudonyms import Pseudonyms
    from bot.surfaces.telegram.settings import Flood, Rate

    Context = ContextTypes.DEFAULT_TYPE
    Callback = Callable[[Update, Context], Coroutine[Any, Any, Any]]

log = logging.getLogger(__name__)

REMEMBERED = 10_000


class Verdict(Enum):
    """What becomes of a question."""

    ADMITTED = "it is answered"
    TOLD = "it is not, and whoever asked is told"
    SHED = "it is not, and they have been told"
    LATE = "it is not, for it waited too long"


@dataclass(slots=True)
class Bucket:
    """Holds `rate.burst` questions, and gets one more each `rate.every` seconds."""

    rate: Rate
    level: float = field(init=False)
    at: float = field(init=False, default=0.0)
    told: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        self.level = self.rate.burst

    def fill(self, now: float) -> None:
        """Fill up to `now`; a full one has forgotten that anyone was told."""
        gained = (now - self.at) / self.rate.every if self.rate.every else self.rate.burst
        self.level, self.at = min(self.rate.burst, self.level + gained), now
        self.told = self.told and self.level < self.rate.burst

    @property
    def empty(self) -> bool:
        """Whether there is no whole question left."""
        return self.level < 1


class Shedder:
    """Decides which questions are answered, by who asks and where."""

    def __init__(self, flood: Flood, now: Callable[[], float] = time.monotonic) -> None:
        self._flood = flood
        self._now = now
        self._buckets: OrderedDict[int, Bucket] = OrderedDict()

    def verdict(self, chat: int, person: int) -> Verdict:
        """Return what becomes of a question that `person` asks in `chat`.

        In a private chat the two are one.
        """
        now = self._now()
        asked = self._bucket(person, self._flood.person, now)
        buckets = [asked] if chat == person else [self._bucket(chat, self._flood.group, now), asked]
        spent = next((bucket for bucket in buckets if bucket.empty), None)
        if spent is None:
            for bucket in buckets:
                bucket.level -= 1
            return Verdict.ADMITTED
        if spent.told:
            return Verdict.SHED
        spent.told = True
        return Verdict.TOLD

    @property
    def remembered(self) -> int:
        """How many askers and chats there is something known of."""
        return len(self._buckets)

    def _bucket(self, key: int, rate: Rate, now: float) -> Bucket:
        bucket = self._buckets.setdefault(key, Bucket(rate))
        self._buckets.move_to_end(key)
        if len(self._buckets) > REMEMBERED:
            self._buckets.popitem(last=False)
        bucket.fill(now)
        return bucket


@dataclass(frozen=True, slots=True)
class Gate:
    """Stands before every handler; what is shed goes no further."""

    shedder: Shedder
    late: Late
    health: Health
    names: Pseudonyms

    def guard(self, handler: BaseHandler[Any, Context, Any]) -> None:
        """Let `handler` meet only what is admitted."""
        handler.callback = self._admitted(handler.callback)

    def _admitted(self, callback: Callback) -> Callback:
        async def admitted(update: Update, context: Context) -> None:
            verdict = self._verdict(update)
            if verdict is Verdict.ADMITTED:
                await callback(update, context)
            elif verdict is Verdict.LATE:
                await self._excuse(update, context)
            else:
                await self._refuse(update, context, verdict)

        return admitted

    def _verdict(self, update: Update) -> Verdict:
        chat, sender = update.effective_chat, update.effective_sender
        # An inline search is asked anew with each letter, and says nothing in any chat.
        if (
            chat is None
            or sender is None
            or not (update.effective_message or update.callback_query)
        ):
            return Verdict.ADMITTED
        written = update.message or update.edited_message
        if written and self.late.holds(written):
            return Verdict.LATE
        return self.shedder.verdict(chat.id, sender.id)

    async def _excuse(self, update: Update, context: Context) -> None:
        """Tell a chat once that what was written there waited too long; a later edit is let be."""
        self.health.late += 1
        message = update.message
        if message and self.late.first(message.chat.id):
            with words.spoken(language(message)):
                await say(context.bot, place(message), apology(message), asker(message))

    async def _refuse(self, update: Update, context: Context, verdict: Verdict) -> None:
        self.health.shed += 1
        if update.callback_query:
            # Nothing appears in the chat, and without it the button would spin on.
            with words.spoken(update.callback_query.from_user.language_code):
                await _tried(update.callback_query.answer(words.TOO_MANY))
        elif verdict is Verdict.TOLD:
            self._log(update)
            if update.message:
                # Not awaited: it waits for its turn too, and it is nobody's answer.
                context.application.create_task(_tried(_quietly(update.message)))

    def _log(self, update: Update) -> None:
        if update.effective_chat and update.effective_sender:
            chat, sender = update.effective_chat.id, update.effective_sender.id
            log.warning("shed chat=%s asker=%s", self.names.name(chat), self.names.name(sender))


async def _quietly(message: Message) -> None:
    where = place(message)
    with words.spoken(language(message)):
        told = str(words.TOO_MANY)
    under = where.question and ReplyParameters(where.question, allow_sending_without_reply=True)
    await message.get_bot().send_message(
        where.chat,
        told,
        message_thread_id=where.topic,
        disable_notification=True,
        reply_parameters=under or None,
    )


async def _tried(telling: Coroutine[Any, Any, Any]) -> None:
    try:
        await telling
    except TelegramError as error:
        log.warning("untold error=%s", type(error).__name__)
