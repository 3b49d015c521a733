"""Admission: stale updates and those beyond the inbound rate limit reach no handler.

A person and a chat each have a token bucket. Telegram lets a bot send twenty messages a
minute to a group; a person who asks faster would only delay everybody else's answers.
In a group one person gets at most half of the group's turns, so a flood leaves the others theirs.
Whoever is refused is told once per burst, without a sound. A crowd that is refused at once is told
one after another, since each notice takes a turn from the answers.

Nobody wants last night's argument answered message by message: after a long outage each
chat gets one apology, under the first question that waited there, with a button that
asks it again.
"""

from __future__ import annotations

import logging
import math
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from telegram import Message, Update
from telegram.error import TelegramError
from telegram.ext import ApplicationHandlerStop, ContextTypes

from bot.replies import buttons, catalogue
from bot.replies.catalogue import say
from bot.replies.reply import Button, Piece, Reply
from bot.storage import RateSlot, SharedState
from bot.surfaces.telegram.addressing import extract_command, get_button_owner, get_language
from bot.surfaces.telegram.health import Health, UpdateOutcome
from bot.surfaces.telegram.privacy import Pseudonyms
from bot.surfaces.telegram.sending import build_place, get_destination, send_reply
from bot.surfaces.telegram.settings import FloodLimits, Rate

Context = ContextTypes.DEFAULT_TYPE

log = logging.getLogger(__name__)

# Notices that wait in one chat or topic. A group takes twenty messages a minute: anybody told later than that has
# long been answered again.
MAX_WAITING_NOTICES = 20
# The kind under which the shared state keeps who was told.
_FLOOD = "flood"


class Admission(Enum):
    """The verdict on an update."""

    ADMITTED = "handle it"
    REFUSED = "over the rate limit: say so"
    DROPPED = "over the rate limit, as was already said"
    STALE = "too old to answer"


@dataclass(frozen=True, slots=True)
class Throttle:
    """Limits the rate of updates per person and per group, of all processes together."""

    limits: FloodLimits
    state: SharedState

    async def admit(self, chat_id: int, person_id: int) -> Admission:
        """Return the verdict on an update by `person_id` in `chat_id`; take a slot of each rate where none is used up.

        The rates are the person's, the chat's and the person's share of the chat; in a private chat the three are one.
        A refused person is told even if it is the chat that has no slot left.
        """
        rates = {f"asker {person_id}": self.limits.person}
        if chat_id != person_id:
            group = self.limits.group
            # Half of the group's turns: a flood in full leaves as many for everybody else.
            share = Rate(burst=max(1, group.burst // 2), every=2 * group.every)
            rates |= {f"asker {person_id} in {chat_id}": share, f"askers in {chat_id}": group}
        slots = [RateSlot(key, rate.burst, rate.every) for key, rate in rates.items() if rate.every]
        if not slots or await self.state.take_slots(slots, 0) is not None:
            return Admission.ADMITTED
        # A burst is over when nothing was refused for as long as it takes to earn another.
        burst_seconds = max(slot.burst * slot.every for slot in slots)
        key = f"{chat_id}/{person_id}"
        if await self.state.claim_first(_FLOOD, key, burst_seconds):
            return Admission.REFUSED
        await self.state.keep(_FLOOD, key, b"", burst_seconds)
        return Admission.DROPPED


@dataclass(frozen=True, slots=True)
class StaleUpdates:
    """Recognises messages older than `max_age` seconds; each chat gets one apology in that time."""

    max_age: float
    state: SharedState
    read_time: Callable[[], float]

    def is_stale(self, message: Message, longest: float = math.inf) -> bool:
        """Return whether `message` is too old to answer, having waited `longest` seconds at most."""
        sent_at = message.edit_date or message.date
        return min(self.read_time() - sent_at.timestamp(), longest) > self.max_age

    async def claim_apology(self, chat_id: int) -> bool:
        """Return whether `chat_id` is owed an apology, and record that it got one."""
        return await self.state.claim_first("stale", str(chat_id), self.max_age)


@dataclass(frozen=True, slots=True)
class Gate:
    """Keeps stale updates, and those beyond the rate limit, from every handler.

    `waiting_notices` holds, for each chat and topic, the refused messages whose senders are still to be told.
    """

    throttle: Throttle
    stale_updates: StaleUpdates
    health: Health
    pseudonyms: Pseudonyms
    waiting_notices: dict[tuple[int, int | None], deque[Message]] = field(default_factory=dict)

    async def require_admission(self, update: Update, context: Context) -> None:
        """Stop an update that is stale or over the rate limit, and say so once.

        Raises:
            ApplicationHandlerStop: the update goes no further.
        """
        admission = await self._admit(update)
        if admission is Admission.ADMITTED:
            return
        if admission is Admission.STALE:
            await self._send_apology(update, context)
        else:
            await self._refuse_update(update, context, admission)
        raise ApplicationHandlerStop

    async def _admit(self, update: Update) -> Admission:
        """Return the verdict on an update; an inline search is always admitted."""
        chat, sender = update.effective_chat, update.effective_sender
        # No limit on inline searches: they come with every letter typed, and post nothing in any chat.
        if chat is None or sender is None or not (update.effective_message or update.callback_query):
            return Admission.ADMITTED
        message = update.message or update.edited_message
        if message and self.stale_updates.is_stale(message, self.health.seconds_since_empty):
            return Admission.STALE
        return await self.throttle.admit(chat.id, sender.id)

    async def _send_apology(self, update: Update, context: Context) -> None:
        """Count a stale update, and apologise once in a chat for its question; a stale edit is only counted."""
        self.health.count(UpdateOutcome.STALE)
        message = update.message
        if message and await self.stale_updates.claim_apology(message.chat.id):
            with catalogue.use_language(get_language(message)):
                await send_reply(
                    context.bot, get_destination(message), render_apology(message), get_button_owner(message)
                )

    async def _refuse_update(self, update: Update, context: Context, admission: Admission) -> None:
        """Count an update over the limit; tell its sender if `admission` is REFUSED, and in any case after a press."""
        self.health.count(UpdateOutcome.THROTTLED)
        if update.callback_query:
            # A toast costs nothing and shows in no chat; without one the button keeps spinning.
            with catalogue.use_language(update.callback_query.from_user.language_code):
                await _try_to_notify(update.callback_query.answer(say("rate_limited")))
        elif admission is Admission.REFUSED:
            if (chat := update.effective_chat) and (sender := update.effective_sender):
                names = self.pseudonyms.get_name(chat.id), self.pseudonyms.get_name(sender.id)
                log.warning("rate limited chat=%s asker=%s", *names)
            if message := update.message or update.edited_message:
                # Not awaited: it is no answer, and may itself wait for the outbound rate limit.
                self._notify_soon(message, context)

    def _notify_soon(self, message: Message, context: Context) -> None:
        """Send a notice in a task, after those that wait in this chat; where too many wait it is dropped."""
        place = message.chat.id, message.message_thread_id
        if waiting := self.waiting_notices.get(place):
            waiting.extend([message] if len(waiting) < MAX_WAITING_NOTICES else [])
            return
        self.waiting_notices[place] = deque([message])
        context.application.create_task(self._notify_all(place, context))

    async def _notify_all(self, place: tuple[int, int | None], context: Context) -> None:
        """Send the notices that wait in a chat, one by one; those that cannot be sent are dropped."""
        waiting = self.waiting_notices[place]
        try:
            # A bot that stops waits for its tasks, and must not wait for the turns of all notices.
            while waiting and context.application.running:
                await _try_to_notify(_send_quiet_notice(waiting[0]))
                waiting.popleft()
        finally:
            del self.waiting_notices[place]


async def _send_quiet_notice(message: Message) -> None:
    """Tell the sender of `message`, without a sound, that they are over the rate limit."""
    with catalogue.use_language(get_language(message)):
        notice, place = say("rate_limited"), build_place(get_destination(message))
    await message.get_bot().send_message(text=notice, disable_notification=True, **place)


async def _try_to_notify(notification: Coroutine[Any, Any, Any]) -> None:
    """Await a notice; a refusal by Telegram is only logged."""
    try:
        await notification
    except TelegramError as error:
        log.warning("notice not sent error=%s", type(error).__name__)


def render_apology(message: Message) -> Reply:
    """Return the apology for a stale `message`, with a button that asks it again if it fits into one."""
    command = extract_command(message)
    ask_again = Button(say("label_ask_again"), f"/{command.name} {command.text}".rstrip())
    rows = ((ask_again,),) if str(command) and buttons.fits_command_limit(ask_again) else ()
    return Reply(((Piece(say("too_old")),),), rows)
