"""Flags: what members report of quotes, told to the admins, and what became of it told to whoever reported.

A flag withholds nothing; an admin does. It is kept until it is decided on, for a limited number of days, and then only
counted.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

from bot.errors import BotError, CorpusError
from bot.model import Passage, Quote, Span
from bot.replies import flags as flag_replies
from bot.replies import quote_details
from bot.replies.catalogue import describe_error, say, use_language_of
from bot.replies.reply import Reply
from bot.service.live_corpus import LiveCorpus
from bot.storage import Flag, FlagOutcome, FlagReason, Storage

# An admin's command with its text.
Action = Callable[[str], Awaitable[Reply]]

# What is promised to whoever reports; `flag_days` may only shorten it.
MAX_FLAG_DAYS = 30
_ID_BYTES = 8
NOBODY = "nobody"
WITHHOLD, CORRECT, DISMISS = "withhold", "correct", "dismiss"


class Reporter(NamedTuple):
    """Where a quote was reported, and who may be told in private; None where nobody can be told."""

    chat: int | None = None
    person: int | None = None
    message: int | None = None
    thread: int | None = None


class ClosedFlag(NamedTuple):
    """A flag, and what became of it."""

    flag: Flag
    outcome: FlagOutcome


class FlagDesk:
    """The flags of one service: filed, decided on, and forgotten after `days`."""

    def __init__(self, storage: Storage, get_today: Callable[[], str], days: int = MAX_FLAG_DAYS) -> None:
        self._storage = storage
        self._get_today = get_today
        self.days = days
        self._closing = asyncio.Lock()
        self._unsent_alerts: list[Reply] = []
        self._untold: list[ClosedFlag] = []

    def list_open(self) -> Sequence[Flag]:
        """Return the flags that nobody has decided on, oldest first."""
        return self._storage.list_flags()

    def count_closed(self) -> Mapping[tuple[FlagReason, FlagOutcome], int]:
        """Return how many flags there ever were of each reason and outcome."""
        return self._storage.count_flags()

    async def file(self, quote_id: str, reason: FlagReason, reporter: Reporter) -> Flag:
        """Keep a flag on a quote.

        Raises:
            StorageError: it could not be kept.
        """
        await self.forget_old()
        flag = Flag(secrets.token_hex(_ID_BYTES), quote_id, reason, self._get_today(), *reporter)
        await self._storage.add_flag(flag)
        return flag

    def alert(self, reply: Reply) -> None:
        """Have the admins told of a flag."""
        self._unsent_alerts.append(reply)

    def take_alerts(self) -> list[Reply]:
        """Return what the admins were not told yet; each is returned once."""
        alerts, self._unsent_alerts = self._unsent_alerts, []
        return alerts

    def take_untold(self) -> list[ClosedFlag]:
        """Return the flags whose reporters were not told yet what became of them; each is returned once."""
        untold, self._untold = self._untold, []
        return untold

    async def close(self, quote_id: str, outcome: FlagOutcome) -> int:
        """Close every flag on a quote, and return how many there were.

        Raises:
            StorageError: that could not be kept, so they are open still.
        """
        # Of two admins who decide at once one is first, and nobody is told twice.
        async with self._closing:
            flags = [flag for flag in self.list_open() if flag.quote == quote_id]
            if flags:
                await self._storage.close_flags(flags, outcome)
                self._untold += [ClosedFlag(flag, outcome) for flag in flags]
            return len(flags)

    async def forget_old(self) -> None:
        """Forget what nobody decided on in time: then nobody is told, and only the count is kept.

        Raises:
            StorageError: that could not be kept.
        """
        oldest = date.fromisoformat(self._get_today()) - timedelta(days=self.days)
        flags = [flag for flag in self.list_open() if date.fromisoformat(flag.when) <= oldest]
        if flags:
            await self._storage.close_flags(flags, FlagOutcome.EXPIRED)


@dataclass(frozen=True, slots=True)
class FlagDecisions:
    """Runs /flags, /flag and /correct on one live corpus; without a `folder` nothing can be corrected."""

    live: LiveCorpus
    desk: FlagDesk
    folder: Path | None
    hold: Action
    reload: Action

    def show_open(self) -> Reply:
        """Return the open flags, and how many were closed."""
        return flag_replies.render_flags(self.desk.list_open(), self.desk.count_closed())

    async def decide(self, text: str) -> Reply:
        """Decide as `text` says: `withhold ID`, `correct ID` or `dismiss ID`."""
        verb, _, quote_id = " ".join(text.split()).partition(" ")
        quote_id = quote_id.upper()
        if verb == WITHHOLD and quote_id:
            return await self.hold(f"{quote_id} {self._describe_reasons(quote_id)}")
        if verb == CORRECT and quote_id:
            return await self._explain_correction(quote_id)
        if verb == DISMISS and quote_id:
            return await self._dismiss(quote_id)
        return Reply.with_heading(say("flags.usage"))

    async def correct(self, text: str) -> Reply:
        """Correct the voice of a quote as `text` says, `ID NAME`, and reload; `ID nobody` names nobody for it."""
        quote_id, _, name = " ".join(text.split()).partition(" ")
        quote_id = quote_id.upper()
        if not name:
            return Reply.with_heading(say("flags.correct_unknown"))
        quote = await self._find_quote(quote_id)
        if quote is None:
            return quote_details.render_unknown_quote(quote_id)
        try:
            toml = await asyncio.to_thread(self._write_correction, quote, name)
            await self.close_corrected(quote.passage)
        except BotError as error:
            return Reply.with_heading(say("flags.correct_failed", id=quote_id), describe_error(error))
        return flag_replies.render_corrected(quote_id, toml, await self.reload(""))

    async def close_corrected(self, passage: Passage) -> None:
        """Close every flag on a quote of `passage`, whose voice was corrected.

        Raises:
            StorageError: that could not be kept, so they are open still.
        """
        for quote_id in dict.fromkeys(flag.quote for flag in self.desk.list_open()):
            quote = await self._find_quote(quote_id)
            if quote and _find_place(quote.passage) == _find_place(passage):
                await self.desk.close(quote_id, FlagOutcome.CORRECTED)

    async def _dismiss(self, quote_id: str) -> Reply:
        """Close the flags on a quote that stays as it is."""
        try:
            count = await self.desk.close(quote_id, FlagOutcome.DISMISSED)
        except BotError as error:
            return Reply.with_heading(say("flags.dismiss_failed", id=quote_id), describe_error(error))
        return Reply.with_heading(say("flags.dismissed", id=quote_id, count=count))

    async def _explain_correction(self, quote_id: str) -> Reply:
        quote = await self._find_quote(quote_id)
        if quote is None:
            return quote_details.render_unknown_quote(quote_id)
        passages = self.live.snapshot.corpus.passages.by_document_id.get(quote.passage.document.id, ())
        voices = await asyncio.to_thread(lambda: [passage.voice for passage in passages])
        current = quote.passage.voice
        names = (voice.name for voice in voices if voice and voice != current)
        return flag_replies.render_correction_help(quote, dict.fromkeys(names))

    def _describe_reasons(self, quote_id: str) -> str:
        """Return the reason of a hold, which whoever opens the quote reads, in the language of the corpus."""
        reasons = {flag.reason: None for flag in self.desk.list_open() if flag.quote == quote_id}
        with use_language_of(self.live.snapshot.corpus.language):
            names = ", ".join(say(f"flag_reasons.{reason}") for reason in reasons)
            return str(say("flags.hold_reason", reason=names or say("not_given")))

    async def _find_quote(self, quote_id: str) -> Quote | None:
        return await asyncio.to_thread(self.live.snapshot.answerer.find_quote, quote_id)

    def _write_correction(self, quote: Quote, name: str) -> str:
        if self.folder is None:
            raise CorpusError(quote.id, say("flags.no_folder"), "add the correction to the document's .voices.toml")
        # What reads a whole corpus is loaded when it is first needed.
        writing = import_module("bot.ingest.voice_correction")
        is_nobody = name.casefold() == NOBODY
        change = writing.VoiceChange(None if is_nobody else name, nobody=is_nobody, date=self.live.today())
        loaded = self.live.snapshot.loaded_corpus
        reusable = loaded.reusable if loaded else {}
        return str(writing.write_correction(self.folder, quote.passage, change, reusable).toml)


def _find_place(passage: Passage) -> tuple[str, Span]:
    return passage.document.sha256, passage.span
