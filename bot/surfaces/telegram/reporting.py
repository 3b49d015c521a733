"""Reports of quotes in Telegram: a limited number a day for each person, and the reporter is told what came of it.

In private where the person has started the bot, else as a reply in that group, else not at all.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from telegram.error import TelegramError
from telegram.ext import ExtBot

from bot.replies.catalogue import say
from bot.replies.notifications import render_outcome
from bot.replies.reply import AnswerRef, Reply
from bot.service import Service
from bot.service.commands import report_quote, split_report
from bot.service.review import ClosedFlag, Reporter
from bot.storage import SharedState
from bot.surfaces.telegram.redaction import hash_for_day, utc_today
from bot.surfaces.telegram.sending import Destination, send_reply

log = logging.getLogger(__name__)

REPORT = "report"
_DAY_SECONDS = 86_400.0


@dataclass(frozen=True, slots=True)
class ReportLimit:
    """Counts a person's reports of a day, in all processes that know `secret`, by the day's pseudonym alone."""

    state: SharedState
    secret: bytes
    most: int
    get_day: Callable[[], date] = utc_today

    async def take_one(self, person_id: int) -> bool:
        """Return whether the person may report one more quote today, and count it."""
        key = hashlib.sha256(b"reports" + self.secret).digest()
        pseudonym = hash_for_day(str(person_id), self.get_day(), key)
        for number in range(self.most):
            if await self.state.claim_first(REPORT, f"{pseudonym}/{number}", _DAY_SECONDS):
                return True
        return False


async def answer_report(
    service: Service, limit: ReportLimit, text: str, answer_ref: AnswerRef, reporter: Reporter
) -> Reply:
    """Return the reasons for a report, or file it where one is given and the person may."""
    _, reason = split_report(text)
    if reason and reporter.person is not None and not await limit.take_one(reporter.person):
        return Reply.from_text(say("flags.too_many", most=limit.most))
    return await report_quote(service, text, answer_ref, reporter)


async def tell_outcomes(bot: ExtBot[Any], closed_flags: Iterable[ClosedFlag]) -> None:
    """Tell each reporter what came of the report; who cannot be told is not."""
    for flag, outcome in closed_flags:
        reply = render_outcome(flag, outcome)
        private = [Destination(flag.person)] if flag.person is not None else []
        public = [Destination(flag.chat, flag.thread, flag.message)] if flag.chat not in {None, flag.person} else []
        for destination in (*private, *public):
            try:
                await send_reply(bot, destination, reply)
            except TelegramError as error:
                log.info("outcome unsent error=%s", type(error).__name__)
            else:
                break
