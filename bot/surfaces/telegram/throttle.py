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
from telegram.ext import ApplicationHandlerStop

from bot.replies import catalogue
from bot.replies.catalogue import say
from bot.surfaces.telegram.addressing import get_button_owner, get_language
from bot.surfaces.telegram.authorisation import GuardHandler
from bot.surfaces.telegram.health import UpdateOutcome
from bot.surfaces.telegram.sending import get_destination, send_reply
from bot.surfaces.telegram.stale_updates import render_apology

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable

    from telegram import Message, Update
    from telegram.ext import BaseHandler, ContextTypes

    from bot.surfaces.telegram.health import Health
    from bot.surfaces.telegram.pseudonyms import Pseudonyms
    from bot.surfaces.telegram.settings import FloodLimits, Rate
    from bot.surfaces.telegram.stale_updates import StaleUpdates

    Context = ContextTypes.DEFAULT_TYPE

log = logging.getLogger(__name__)

MAX_BUCKETS = 10_000


class Admission(Enum):
    """What becomes of a question."""

    ADMITTED = "it is answered"
    REFUSED = "it is not, and whoever asked is told"
    DROPPED = "it is not, and they have been told"
    STALE = "it is not, for it waited too long"


@dataclass(slots=True)
class TokenBucket:
    """Holds `rate.burst` questions, and gets one more each `rate.every` seconds."""

    rate: Rate
    tokens: float = field(init=False)
    refilled_at: float = field(init=False, default=0.0)
    is_notified: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        self.tokens = self.rate.burst

    def refill(self, now: float) -> None:
        """Fill up to `now`; a full one has forgotten that anyone was told."""
        added_tokens = (
            (now - self.refilled_at) / self.rate.every if self.rate.every else self.rate.burst
        )
        self.tokens, self.refilled_at = min(self.rate.burst, self.tokens + added_tokens), now
        self.is_notified = self.is_notified and self.tokens < self.rate.burst

    @property
    def is_empty(self) -> bool:
        """Whether there is no whole question left."""
        return self.tokens < 1


class Throttle:
    """Decides which questions are answered, by who asks and where."""

    def __init__(self, limits: FloodLimits, clock: Callable[[], float] = time.monotonic) -> None:
        self._limits = limits
        self._clock = clock
        self._buckets: OrderedDict[int, TokenBucket] = OrderedDict()

    def admit(self, chat_id: int, person_id: int) -> Admission:
        """Return what becomes of a question that `person_id` asks in `chat_id`.

        In a private chat the two are one.
        """
        now = self._clock()
        person_bucket = self._get_bucket(person_id, self._limits.person, now)
        buckets = (
            [person_bucket]
            if chat_id == person_id
            else [self._get_bucket(chat_id, self._limits.group, now), person_bucket]
        )
        empty_bucket = next((bucket for bucket in buckets if bucket.is_empty), None)
        if empty_bucket is None:
            for bucket in buckets:
                bucket.tokens -= 1
            return Admission.ADMITTED
        if empty_bucket.is_notified:
            return Admission.DROPPED
        empty_bucket.is_notified = True
        return Admission.REFUSED

    @property
    def bucket_count(self) -> int:
        """How many askers and chats there is something known of."""
        return len(self._buckets)

    def _get_bucket(self, key: int, rate: Rate, now: float) -> TokenBucket:
        bucket = self._buckets.setdefault(key, TokenBucket(rate))
        self._buckets.move_to_end(key)
        if len(self._buckets) > MAX_BUCKETS:
            self._buckets.popitem(last=False)
        bucket.refill(now)
        return bucket


@dataclass(frozen=True, slots=True)
class Gate:
    """Keeps stale updates, and those beyond the rate limit, from every handler."""

    throttle: Throttle
    stale_updates: StaleUpdates
    health: Health
    pseudonyms: Pseudonyms

    def build_handler(self, handlers: Iterable[BaseHandler[Any, Context, Any]]) -> GuardHandler:
        """Return the guard of `handlers`."""
        return GuardHandler(self.require_admission, handlers)

    async def require_admission(self, update: Update, context: Context) -> None:
        """Let pass what is admitted; answer anything else, once per burst, and stop it.

        Raises:
            ApplicationHandlerStop: the update goes no further.
        """
        admission = self._admit(update)
        if admission is Admission.ADMITTED:
            return
        if admission is Admission.STALE:
            await self._send_apology(update, context)
        else:
            await self._refuse_update(update, context, admission)
        raise ApplicationHandlerStop

    def _admit(self, update: Update) -> Admission:
        chat, sender = update.effective_chat, update.effective_sender
        # An inline search is asked anew with each letter, and says nothing in any chat.
        if (
            chat is None
            or sender is None
            or not (update.effective_message or update.callback_query)
        ):
            return Admission.ADMITTED
        message = update.message or update.edited_message
        if message and self.stale_updates.is_stale(message):
            return Admission.STALE
        return self.throttle.admit(chat.id, sender.id)

    async def _send_apology(self, update: Update, context: Context) -> None:
        """Tell a chat once that what was written there waited too long; a later edit is let be."""
        self.health.count(UpdateOutcome.STALE)
        message = update.message
        if message and self.stale_updates.mark_notified(message.chat.id):
            with catalogue.use_language(get_language(message)):
                await send_reply(
                    context.bot,
                    get_destination(message),
                    render_apology(message),
                    get_button_owner(message),
                )

    async def _refuse_update(self, update: Update, context: Context, admission: Admission) -> None:
        self.health.count(UpdateOutcome.THROTTLED)
        if update.callback_query:
            # Nothing appears in the chat, and without it the button would spin on.
            with catalogue.use_language(update.callback_query.from_user.language_code):
                await _try_to_notify(update.callback_query.answer(say("rate_limited")))
        elif admission is Admission.REFUSED:
            self._log_refusal(update)
            if update.message:
                # Not awaited: it waits for its turn too, and it is nobody's answer.
                context.application.create_task(_try_to_notify(_send_quiet_notice(update.message)))

    def _log_refusal(self, update: Update) -> None:
        if update.effective_chat and update.effective_sender:
            chat_id, sender_id = update.effective_chat.id, update.effective_sender.id
            log.warning(
                "shed chat=%s asker=%s",
                self.pseudonyms.get_name(chat_id),
                self.pseudonyms.get_name(sender_id),
            )


async def _send_quiet_notice(message: Message) -> None:
    destination = get_destination(message)
    with catalogue.use_language(get_language(message)):
        notice = say("rate_limited")
    reply_parameters = destination.reply_to_id and ReplyParameters(
        destination.reply_to_id, allow_sending_without_reply=True
    )
    await message.get_bot().send_message(
        destination.chat_id,
        notice,
        message_thread_id=destination.thread_id,
        disable_notification=True,
        reply_parameters=reply_parameters or None,
    )


async def _try_to_notify(notification: Coroutine[Any, Any, Any]) -> None:
    try:
        await notification
    except TelegramError as error:
        log.warning("untold error=%s", type(error).__name__)
