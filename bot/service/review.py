"""Review in the chat: quotes that members flag, doubtful voices one at a time, and what an admin decides on each.

A flag withholds nothing; an admin does. It is kept until it is decided on, for a limited number of days, and then only
counted. A corrected voice is written into the document's `.voices.toml`, and is served with the next reload.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from bot.errors import BotError, CorpusError, find_program_name
from bot.model import AttributionSource, Kind, Passage, Quote
from bot.replies import admin, notifications, quote_details
from bot.replies.catalogue import describe_error, get_messages, say, use_language_of
from bot.replies.reply import Command, Reply
from bot.service.live_corpus import LiveCorpus
from bot.storage import Flag, FlagOutcome, FlagReason, Storage

if TYPE_CHECKING:  # loaded only where it is used
    from bot.ingest.voice_correction import VoiceChange

# Runs an admin's command on the text that follows it.
Action = Callable[[str], Awaitable[Reply]]

# Promised to those who report; `flag_days` may only shorten it.
MAX_FLAG_DAYS = 30
_ID_BYTES = 8
# Typed instead of a name: nobody is to be named for the words.
NOBODY = "nobody"
# As many as a curator decides before a cup of coffee; the next ten come with the next reload.
MOST_DOUBTS = 10
# The default of `answers.confidence`: from this on a speaker is named to readers.
_CONFIDENCE = 0.7

log = logging.getLogger(__name__)


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
        """Forget old flags, and keep a new one, with the language in which its reporter hears what became of it.

        Raises:
            StorageError: it could not be kept.
        """
        await self.forget_old()
        language = get_messages().code
        flag = Flag(secrets.token_hex(_ID_BYTES), quote_id, reason, self._get_today(), *reporter, language)
        await self._storage.add_flag(flag)
        return flag

    def alert(self, reply: Reply) -> None:
        """Keep an alert for the admins until `take_alerts`."""
        self._unsent_alerts.append(reply)

    def take_alerts(self) -> list[Reply]:
        """Return the alerts not sent yet; each is returned once."""
        alerts, self._unsent_alerts = self._unsent_alerts, []
        return alerts

    def take_untold(self) -> list[ClosedFlag]:
        """Return the closed flags whose reporters have not heard yet; each is returned once."""
        untold, self._untold = self._untold, []
        return untold

    async def close(self, quote_id: str, outcome: FlagOutcome) -> int:
        """Close every flag on a quote, and return how many there were.

        Raises:
            StorageError: that could not be kept, so they are open still.
        """
        # Of two admins who decide at once one comes first, so no reporter hears twice.
        async with self._closing:
            flags = [flag for flag in self.list_open() if flag.quote == quote_id]
            if flags:
                await self._storage.close_flags(flags, outcome)
                self._untold += [ClosedFlag(flag, outcome) for flag in flags]
            return len(flags)

    async def forget_old(self) -> None:
        """Forget flags that nobody decided on in time: their reporters hear nothing, and only the count is kept.

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

    async def decide(self, text: str) -> Reply:
        """Decide as `text` says: `withhold ID`, `dismiss ID`, or `correct ID`, which only shows how to correct."""
        verb, _, quote_id = " ".join(text.split()).partition(" ")
        quote_id = quote_id.upper()
        actions = {"withhold": self._withhold, "correct": self._explain_correction, "dismiss": self._dismiss}
        if not quote_id or verb not in actions:
            return Reply.with_heading(say("flags.usage"))
        return await actions[verb](quote_id)

    async def correct(self, text: str) -> Reply:
        """Correct a quote's voice as `text` says, `ID NAME` or `ID nobody`, close the flags on it, and reload."""
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
        return notifications.render_corrected(quote_id, toml, await self.reload(""))

    async def close_corrected(self, passage: Passage) -> None:
        """Close every flag on a quote of `passage`, whose voice was corrected.

        Raises:
            StorageError: that could not be kept, so they are open still.
        """
        for quote_id in dict.fromkeys(flag.quote for flag in self.desk.list_open()):
            quote = await self._find_quote(quote_id)
            if quote and _build_quote_id(quote.passage) == _build_quote_id(passage):
                await self.desk.close(quote_id, FlagOutcome.CORRECTED)

    async def _dismiss(self, quote_id: str) -> Reply:
        """Close the flags on a quote that stays as it is."""
        try:
            count = await self.desk.close(quote_id, FlagOutcome.DISMISSED)
        except BotError as error:
            return Reply.with_heading(say("flags.dismiss_failed", id=quote_id), describe_error(error))
        return Reply.with_heading(say("flags.dismissed", id=quote_id, count=count))

    async def _explain_correction(self, quote_id: str) -> Reply:
        """Return how to correct the voice of a quote, with the other voices of its document to choose from."""
        quote = await self._find_quote(quote_id)
        if quote is None:
            return quote_details.render_unknown_quote(quote_id)
        passages = self.live.snapshot.corpus.passages.by_document_id.get(quote.passage.document.id, ())
        voices = await asyncio.to_thread(lambda: [passage.voice for passage in passages])
        current = quote.passage.voice
        names = (voice.name for voice in voices if voice and voice != current)
        return notifications.render_correction_help(quote, dict.fromkeys(names))

    async def _withhold(self, quote_id: str) -> Reply:
        """Withhold a quote for the reasons reported, in the language of the corpus, which its readers know."""
        reasons = dict.fromkeys(flag.reason for flag in self.desk.list_open() if flag.quote == quote_id)
        with use_language_of(self.live.snapshot.corpus.language):
            names = ", ".join(say(f"flag_reasons.{reason}") for reason in reasons)
            reason = say("flags.hold_reason", reason=names or say("not_given"))
        return await self.hold(f"{quote_id} {reason}")

    async def _find_quote(self, quote_id: str) -> Quote | None:
        """Return the quote of this id, if the corpus served now has it; the search runs in a thread."""
        return await asyncio.to_thread(self.live.snapshot.answerer.find_quote, quote_id)

    def _write_correction(self, quote: Quote, name: str) -> str:
        """Write the corrected voice of a quote into its document's `.voices.toml`, and return what was written."""
        if self.folder is None:
            raise CorpusError(quote.id, say("flags.no_folder"), "add the correction to the document's .voices.toml")
        writer, is_nobody = _load_writer(), name.casefold() == NOBODY
        change = writer.VoiceChange(None if is_nobody else name, nobody=is_nobody, date=self.live.today())
        loaded = self.live.snapshot.loaded_corpus
        reusable = loaded.reusable if loaded else {}
        return str(writer.write_correction(self.folder, quote.passage, change, reusable).toml)


class DoubtRound:
    """The doubts of one live corpus with its files in `folder`; `close_flags` closes flags on a corrected passage."""

    def __init__(
        self, live: LiveCorpus, folder: Path | None, close_flags: Callable[[Passage], Awaitable[None]]
    ) -> None:
        self._live = live
        self._folder = folder
        self._close_flags = close_flags
        self._decided_ids: set[str] = set()
        self._generation = live.generation

    async def run(self, text: str) -> Reply:
        """Run `/doubts [ID [right | nobody | who | next | is NAME[, ROLE[, ORGANISATION]]]]`."""
        if not self._live.snapshot.corpus.passages.is_held:
            return Reply.with_heading(say("doubts.not_in_memory", program=find_program_name()))
        doubts = await asyncio.to_thread(self._list_doubts)
        quote_id, _, decision = " ".join(text.split()).partition(" ")
        chosen = next((passage for passage in doubts if _build_quote_id(passage) == quote_id.upper()), None)
        if not quote_id:
            return admin.render_doubt(doubts, 0)
        if chosen is None:
            return Reply.with_heading(say("doubts.no_such_doubt", id=quote_id))
        if decision == "who":
            # The name that is typed in reply ends the command.
            unfinished = Command("doubts", f"{_build_quote_id(chosen)} is")
            return replace(admin.render_name_question(chosen), history=(unfinished,))
        if decision.casefold() in {"", "next", f"is {say('doubts.cancel')}"}:
            return admin.render_doubt(doubts, (doubts.index(chosen) + (decision == "next")) % len(doubts))
        change = self._parse_decision(decision, chosen)
        return Reply.with_heading(say("doubts.usage")) if change is None else await self._write(chosen, change, doubts)

    async def _write(self, passage: Passage, change: VoiceChange, doubts: Sequence[Passage]) -> Reply:
        """Write the decision on a doubtful voice, close its flags if it was wrong, and return the next doubt too."""
        loaded = self._live.snapshot.loaded_corpus
        if self._folder is None or loaded is None:
            return Reply.with_heading(say("doubts.not_written"), say("doubts.no_folder"))
        try:
            correction = await asyncio.to_thread(
                _load_writer().write_correction, self._folder, passage, change, loaded.reusable
            )
        except BotError as error:
            log.warning("correction not written: %s", error)
            return Reply.with_heading(say("doubts.not_written"), describe_error(error))
        log.info("correction written document=%s", passage.document.id)
        self._decided_ids.add(_build_quote_id(passage))
        if change.nobody or passage.voice is None or change.voice != passage.voice.name:
            try:
                await self._close_flags(passage)
            except BotError as error:
                # The correction is written all the same, and the flags stay open in `/flags`.
                log.warning("flags not closed: %s", error)
        # The next one stands where this one stood.
        left = [other for other in doubts if other is not passage]
        place = doubts.index(passage) % max(1, len(left))
        return admin.render_decision(correction, admin.render_doubt(left, place))

    def _parse_decision(self, text: str, passage: Passage) -> VoiceChange | None:
        """Return what a curator decided; None where that is not understood."""
        word, _, name = text.partition(" ")
        build_change: Callable[..., VoiceChange] = partial(_load_writer().VoiceChange, date=self._live.today())
        if word == "nobody" and not name:
            return build_change(nobody=True)
        if word == "right" and not name and passage.voice:
            return build_change(passage.voice.name, passage.voice.role, passage.voice.organisation)
        voice, role, organisation = ([part.strip() or None for part in name.split(",", 2)] + [None] * 3)[:3]
        return build_change(voice, role, organisation) if word == "is" and voice else None

    def _list_doubts(self) -> list[Passage]:
        """List up to `MOST_DOUBTS` voices not decided on since the last load; first those too unsure to be named."""
        if self._generation != self._live.generation:
            self._generation, self._decided_ids = self._live.generation, set()
        loaded = self._live.snapshot.loaded_corpus
        passages = loaded.corpus.passages if loaded else ()
        doubtful = [p for p in passages if _is_doubtful(p) and _build_quote_id(p) not in self._decided_ids]
        doubtful.sort(key=lambda passage: (passage.is_certain(_CONFIDENCE), passage.voice is None, passage.confidence))
        shown = [passage for passage in doubtful[: 2 * MOST_DOUBTS] if not self._is_withheld(passage)]
        return shown[:MOST_DOUBTS]

    def _is_withheld(self, passage: Passage) -> bool:
        """Return whether a withheld passage or name overlaps `passage`."""
        places = self._live.snapshot.withheld_spans(passage.document)
        return any(place.start < passage.span.end and passage.span.start < place.end for place in places)


def _is_doubtful(passage: Passage) -> bool:
    """Return whether a rule said who speaks, or that nobody is named, and is not wholly sure."""
    is_ruled = passage.by is AttributionSource.RULE and passage.kind is not Kind.NARRATION
    return is_ruled and not passage.is_certain(1.0)


def _build_quote_id(passage: Passage) -> str:
    """Return the id of the quote that is the whole passage."""
    return Quote(passage, passage.span).id


def _load_writer() -> Any:  # noqa: ANN401 - a module
    """Load the module that writes corrections, at its first use: it imports all that reads a corpus."""
    return import_module("bot.ingest.voice_correction")
