"""What an admin decides on a flag: withhold the quote, correct its voice, or dismiss it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from bot.errors import BotError, CorpusError
from bot.replies import flags, quote_details
from bot.replies.catalogue import describe_error, say, use_language_of
from bot.replies.reply import Reply
from bot.storage import FlagOutcome

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from bot.model import Passage, Quote, Span
    from bot.service.flags import FlagDesk
    from bot.service.live_corpus import LiveCorpus

    # An admin's command with its text.
    Action = Callable[[str], Awaitable[Reply]]

NOBODY = "nobody"
WITHHOLD, CORRECT, DISMISS = "withhold", "correct", "dismiss"


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
        return flags.render_flags(self.desk.list_open(), self.desk.count_closed())

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
            toml = await asyncio.to_thread(self._write, quote, name)
            await self.close_corrected(quote.passage)
        except BotError as error:
            return Reply.with_heading(say("flags.correct_failed", id=quote_id), describe_error(error))
        return flags.render_corrected(quote_id, toml, await self.reload(""))

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
        try:
            count = await self.desk.close(quote_id, FlagOutcome.DISMISSED)
        except BotError as error:
            return Reply.with_heading(say("flags.failed"), describe_error(error))
        return Reply.with_heading(say("flags.dismissed", id=quote_id, count=count))

    async def _explain_correction(self, quote_id: str) -> Reply:
        quote = await self._find_quote(quote_id)
        if quote is None:
            return quote_details.render_unknown_quote(quote_id)
        passages = self.live.snapshot.corpus.passages.by_document_id.get(quote.passage.document.id, ())
        voices = await asyncio.to_thread(lambda: [passage.voice for passage in passages])
        current = quote.passage.voice
        names = (voice.name for voice in voices if voice and voice != current)
        return flags.render_correction_help(quote, dict.fromkeys(names))

    def _describe_reasons(self, quote_id: str) -> str:
        """Return the reason of a hold, which whoever opens the quote reads, in the language of the corpus."""
        reasons = {flag.reason: None for flag in self.desk.list_open() if flag.quote == quote_id}
        with use_language_of(self.live.snapshot.corpus.language):
            names = ", ".join(say(f"flag_reasons.{reason}") for reason in reasons)
            return str(say("flags.hold_reason", reason=names or say("not_given")))

    async def _find_quote(self, quote_id: str) -> Quote | None:
        return await asyncio.to_thread(self.live.snapshot.answerer.find_quote, quote_id)

    def _write(self, quote: Quote, name: str) -> str:
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
