"""The curator's round in the chat: the most doubtful voices one at a time, each with a decision that is written down.

A decision goes into the document's `.voices.toml`, and is served with the next reload.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.errors import BotError, find_program_name
from bot.model import AttributionSource, Kind, Passage, Quote
from bot.replies import admin
from bot.replies.catalogue import describe_error, say
from bot.replies.reply import Command, Reply
from bot.service.live_corpus import LiveCorpus

if TYPE_CHECKING:  # loaded only where it is used
    from bot.ingest.voice_correction import VoiceChange

log = logging.getLogger(__name__)

# As many as a curator decides before a cup of coffee; the next ten come with the next reload.
MOST_DOUBTS = 10
# The default of `answers.confidence`: whoever is surer is named to readers.
_CONFIDENCE = 0.7


class DoubtRound:
    """The doubts of one live corpus, whose files are in `folder`; `close_flags` does so once a voice is corrected."""

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
        chosen = next((passage for passage in doubts if _find_id(passage) == quote_id.upper()), None)
        if not quote_id:
            return admin.render_doubt(doubts, 0)
        if chosen is None:
            return Reply.with_heading(say("doubts.no_such_doubt", id=quote_id))
        if decision == "who":
            # The name that is typed in reply ends the command.
            unfinished = Command("doubts", f"{_find_id(chosen)} is")
            return replace(admin.render_name_question(chosen), history=(unfinished,))
        if decision.casefold() in {"", "next", f"is {say('doubts.cancel')}"}:
            return admin.render_doubt(doubts, (doubts.index(chosen) + (decision == "next")) % len(doubts))
        change = self._parse_decision(decision, chosen)
        return Reply.with_heading(say("doubts.usage")) if change is None else await self._write(chosen, change, doubts)

    async def _write(self, passage: Passage, change: VoiceChange, doubts: Sequence[Passage]) -> Reply:
        """Write the decision on a doubtful voice, and return the next doubt in its place."""
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
        self._decided_ids.add(_find_id(passage))
        if change.nobody or passage.voice is None or change.voice != passage.voice.name:
            await self._try_to_close_flags(passage)
        # The next one stands where this one stood.
        left = [other for other in doubts if other is not passage]
        place = doubts.index(passage) % max(1, len(left))
        return admin.render_decision(correction, admin.render_doubt(left, place))

    async def _try_to_close_flags(self, passage: Passage) -> None:
        try:
            await self._close_flags(passage)
        except BotError as error:
            # The correction is written all the same, and the flags stay open in `/flags`.
            log.warning("flags not closed: %s", error)

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
        """List the most doubtful voices that nobody decided on since the last load, those that are not named first."""
        if self._generation != self._live.generation:
            self._generation, self._decided_ids = self._live.generation, set()
        snapshot = self._live.snapshot
        passages = snapshot.loaded_corpus.corpus.passages if snapshot.loaded_corpus else ()
        doubtful = [p for p in passages if _is_doubtful(p) and _find_id(p) not in self._decided_ids]
        doubtful.sort(key=lambda passage: (passage.is_certain(_CONFIDENCE), passage.voice is None, passage.confidence))
        shown = [passage for passage in doubtful[: 2 * MOST_DOUBTS] if not self._is_withheld(passage)]
        return shown[:MOST_DOUBTS]

    def _is_withheld(self, passage: Passage) -> bool:
        places = self._live.snapshot.withheld_spans(passage.document)
        return any(place.start < passage.span.end and passage.span.start < place.end for place in places)


def _is_doubtful(passage: Passage) -> bool:
    """Return whether a rule chose the voice, and is not wholly sure."""
    is_guessed = passage.by is AttributionSource.RULE and passage.kind is not Kind.NARRATION
    return is_guessed and not passage.is_certain(1.0)


def _find_id(passage: Passage) -> str:
    return Quote(passage, passage.span).id


def _load_writer() -> Any:  # noqa: ANN401 - a module
    """Return what writes corrections: it reads a whole corpus, and is loaded when it is first needed."""
    return import_module("bot.ingest.voice_correction")
