"""Admin commands: status, reload, hold and release, and the documents that admins send.

Every fault ends here as a reply: whatever went wrong, the service goes on
answering from what it served before.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
import resource
import sys
from collections.abc import Awaitable, Collection, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from bot.corpus import BrokenDocumentsError
from bot.errors import BotError
from bot.model import Quote
from bot.replies import admin, notifications, quote_details
from bot.replies.catalogue import describe_error, say
from bot.replies.reply import Command, Reply
from bot.service.live_corpus import LiveCorpus, PreparedReload
from bot.service.review import DoubtRound, FlagDecisions, FlagDesk
from bot.service.snapshot import BuildRunningError
from bot.storage import FlagOutcome, NameHold, ServedCorpus, SharedState
from bot.text import normalise_name

if TYPE_CHECKING:  # loaded only where it is used
    from bot.service.uploads import Uploads

log = logging.getLogger(__name__)

# `/hold words of NAME REASON` withholds what the bearer of a name said, besides the name.
_WORDS_OF = "words of "
_QUOTATION_MARKS = "\"'“”‘’« »"
_QUOTED_NAME = re.compile(r"[\"“«]\s*(?P<name>[^\"”»]+?)\s*[\"”»]\s*(?P<reason>.*)")

# A prepared reload is dropped after a day without a decision; the admin then prepares another.
_WAITING_SECONDS = 86_400.0
# The kinds of entries that the shared state keeps under the corpus's name.
_PREPARED, _BROKEN = "prepared", "broken"

ADMIN_COMMANDS = frozenset(
    {"status", "reload", "hold", "release", "add", "discard", "flag", "flags", "correct", "doubts"}
)


class Admin:
    """Runs admin commands on one live corpus.

    A hold is on a document, so it reaches the `siblings`, the other corpora of this process, that have it too.
    Without `uploads` no documents are accepted; without `folder` no corrections of voices are written.
    """

    def __init__(
        self,
        live: LiveCorpus,
        siblings: Sequence[LiveCorpus],
        uploads: Uploads | None,
        flags: FlagDesk,
        folder: Path | None = None,
    ) -> None:
        self._flags = flags
        self._decisions = FlagDecisions(live, flags, folder, self.hold, self.reload)
        self._live = live
        self._siblings = siblings
        self.uploads = uploads
        self._doubt_round = DoubtRound(live, folder, self._decisions.close_corrected)
        self._shared_reload = SharedReload(live.snapshot.corpus.name, live.storage)

    async def run(self, command: Command) -> Reply:
        """Run `command`, one of `ADMIN_COMMANDS` (any other is a KeyError); the surface decides who may run it."""
        name, text = command
        if name == "status":
            return self.show_status()
        if name in {"add", "discard"}:
            return await self._decide_upload(name, text)
        if name == "flags":
            return notifications.render_flags(self._flags.list_open(), self._flags.count_closed())
        actions = {
            "reload": self.reload,
            "hold": self.hold,
            "release": self.release,
            "flag": self._decisions.decide,
            "correct": self._decisions.correct,
            "doubts": self._doubt_round.run,
        }
        return await actions[name](text)

    def show_status(self) -> Reply:
        """Return the status: what is served, since when, and what loading it cost."""
        live = self._live
        last_load = admin.LoadStats(live.loaded_at, live.build_seconds, live.generation, measure_peak_memory_mb())
        return admin.render_status(live.snapshot.corpus, read_package_version(), last_load, live.damaged_ids)

    def take_alerts(self) -> list[Reply]:
        """Return the alerts that the admins were not sent yet; each is returned once."""
        corpus = self._live.snapshot.corpus
        damaged_ids, holds = self._live.take_unsent_damage(), self._live.holds.take_unsent()
        alerts = [admin.render_damage(corpus, damaged_ids)] if damaged_ids else []
        alerts += self._flags.take_alerts()
        if any(holds):
            alerts.append(admin.render_doubtful_holds(corpus, holds.lost, holds.unsure))
        return alerts

    async def reload(self, text: str = "") -> Reply:
        """Reload the corpus, and return what changed, or why nothing did.

        Without `text`: build in the background, and switch if nothing would be
        lost; otherwise list what would be, and wait. `without NAME`: leave out
        documents found broken, and always wait. `now`: switch to what was prepared.
        `cancel`: drop it. A second reload at the same time is refused, not queued.
        """
        word, _, name = text.strip().partition(" ")
        if word == "without" and name:
            return await _reply_or_error(self._prepare_without(name.strip()))
        actions = {"": self._prepare, "now": self._switch_to_prepared, "cancel": self._cancel}
        action = actions.get(text.strip())
        return await _reply_or_error(action()) if action else Reply.with_heading(say("reload_usage"))

    async def hold(self, text: str) -> Reply:
        """Withhold the quote or the name that `text` begins with; what follows is the reason.

        It is not shown from the next message on, until it is released. With `words of` before a name what its
        bearer said is withheld too.
        """
        quote_id, _, reason = " ".join(text.split()).partition(" ")
        if not reason:
            return Reply.with_heading(say("hold_usage"))
        if quote := await asyncio.to_thread(self._live.snapshot.answerer.find_quote, quote_id.upper()):
            return await _reply_or_error(self._withhold(quote, reason), say("hold_failed", id=quote.id))
        if name_hold := self._parse_name_hold(text):
            return await _reply_or_error(self._withhold_name(name_hold), say("names.hold_failed", name=name_hold.name))
        return quote_details.render_unknown_quote(quote_id)

    async def release(self, text: str) -> Reply:
        """Release the hold on the name `text`, or on the quote with that id, so that it is shown again."""
        name = " ".join(text.split()).strip(_QUOTATION_MARKS)
        if any(hold.key == normalise_name(name) for hold in self._live.storage.list_name_holds()):
            return await _reply_or_error(self._release_name(name), say("names.release_failed", name=name))
        if len(text.split()) != 1:
            return Reply.with_heading(say("release_usage"))
        quote_id = text.strip().upper()
        return await _reply_or_error(self._release(quote_id), say("release_failed", id=quote_id))

    async def _decide_upload(self, name: str, token: str) -> Reply:
        """Add or discard, as the command `name` says, the document that waits under `token`."""
        if self.uploads is None:
            return Reply.with_heading(say("uploads_off"))
        return await (self.uploads.add if name == "add" else self.uploads.discard)(token)

    async def _prepare(self, excluded_ids: Collection[str] = ()) -> Reply:
        """Prepare a reload, and switch to it; if anything would be lost or is left out, ask the admin instead."""
        try:
            prepared = await self._live.prepare(excluded_ids)
        except BrokenDocumentsError as error:
            log.warning("reload stopped: %s", error)
            await self._shared_reload.note_broken(tuple(error.document_errors))
            return admin.render_broken_documents(error.document_errors)
        if prepared.change.is_lossy or excluded_ids:
            await self._shared_reload.note_prepared(prepared.served)
            return admin.render_ready(prepared.change)
        return await self._switch(prepared)

    async def _switch_to_prepared(self) -> Reply:
        """Switch to what any process prepared last; what another one prepared is first prepared here again."""
        if (wanted := await self._shared_reload.find_prepared()) is None:
            return Reply.with_heading(say("nothing_prepared"))
        prepared = self._live.prepared
        if prepared is None or prepared.served != wanted:
            prepared = await self._live.prepare(wanted.excluded_ids)
            # It may have been cancelled, or switched to, while it was read.
            is_wanted = await self._shared_reload.find_prepared() == wanted
            if not is_wanted or prepared.served != wanted:
                self._live.cancel()
                return Reply.with_heading(say("prepared_differs" if is_wanted else "nothing_prepared"))
        return await self._switch(prepared)

    async def _switch(self, prepared: PreparedReload) -> Reply:
        """Switch to `prepared`, and say what changed; refuse if something else was prepared or served since."""
        if not await self._live.switch(prepared):
            return Reply.with_heading(say("nothing_prepared"))
        await self._shared_reload.forget()
        return admin.render_reloaded(self._live.snapshot.corpus, prepared.change, measure_peak_memory_mb())

    async def _prepare_without(self, document_id: str) -> Reply:
        """Prepare a reload without a document that the last one found broken, or `ALL_BROKEN`; refuse others."""
        broken_ids = await self._shared_reload.find_broken()
        excluded_ids = broken_ids if document_id == admin.ALL_BROKEN else (document_id,)
        if not excluded_ids or not set(excluded_ids) <= set(broken_ids):
            return Reply.with_heading(say("not_broken"))
        return await self._prepare(excluded_ids)

    async def _cancel(self) -> Reply:
        """Drop what any process prepared."""
        was_prepared = self._live.cancel() | await self._shared_reload.forget()
        return Reply.with_heading(say("cancelled" if was_prepared else "nothing_prepared"))

    async def _withhold(self, quote: Quote, reason: str) -> Reply:
        """Withhold a quote, here and in the siblings, and close the flags on it."""
        hold = await self._live.withhold(quote, reason)
        await self._flags.close(hold.id, FlagOutcome.WITHHELD)
        await self._reapply_sibling_holds()
        key = "held" if self._live.storage.is_persistent else "held_for_now"
        return Reply.with_heading(say(key, id=hold.id))

    def _parse_name_hold(self, text: str) -> NameHold | None:
        """Parse `[words of] NAME REASON`, the name known here or in quotation marks; None for anything else."""
        text = " ".join(text.split())
        is_unquoted = text.casefold().startswith(_WORDS_OF)
        text = text[len(_WORDS_OF) * is_unquoted :]
        if match := _QUOTED_NAME.fullmatch(text):
            name, reason = match["name"], match["reason"]
        else:
            query = self._live.snapshot.answerer.parse_name_and_topic(text)
            if query is None or len(query.names) != 1:
                return None
            [name], reason = query
        return NameHold(name, self._live.today(), reason, is_unquoted) if reason else None

    async def _withhold_name(self, hold: NameHold) -> Reply:
        """Withhold a name, here and in the siblings; count all quotes that now have no name, and those newly gone."""
        before = len(self._live.snapshot.withheld)
        await self._live.withhold_name(hold)
        await self._reapply_sibling_holds()
        snapshot, is_kept = self._live.snapshot, self._live.storage.is_persistent
        unnamed, gone = snapshot.corpus.passages.count_unnamed(), len(snapshot.withheld) - before
        return admin.render_name_held(hold, unnamed, gone, is_kept=is_kept)

    async def _release_name(self, name: str) -> Reply:
        """Release the hold on a name, here and in the siblings."""
        await self._live.release_name(name)
        await self._reapply_sibling_holds()
        return Reply.with_heading(say("names.released", name=name))

    async def _release(self, quote_id: str) -> Reply:
        """Release the hold on a quote, here and in the siblings, and say whether there was one."""
        hold = await self._live.release(quote_id)
        await self._reapply_sibling_holds()
        return Reply.with_heading(say("released" if hold else "not_held", id=quote_id))

    async def _reapply_sibling_holds(self) -> None:
        """Rebuild what the siblings serve, without what is held now."""
        for sibling in self._siblings:
            await sibling.reapply_holds()


class SharedReload:
    """What one process's reload of the corpus of this name leaves to the others: what it prepared or found broken.

    A button may be pressed at any process. One that prepared nothing reads the documents itself, and
    switches only if they are those that were prepared, so that the admin gets what was listed.
    """

    def __init__(self, corpus: str, state: SharedState) -> None:
        self._corpus = corpus
        self._state = state

    async def note_prepared(self, prepared: ServedCorpus) -> None:
        """Record what was prepared, so that any process can switch to it."""
        content = json.dumps([prepared.fingerprint, *prepared.excluded_ids]).encode("ascii")
        await self._state.keep(_PREPARED, self._corpus, content, _WAITING_SECONDS)

    async def find_prepared(self) -> ServedCorpus | None:
        """Return what any process prepared last; None if that was switched to, cancelled, or is a day old."""
        if (content := await self._state.find_kept(_PREPARED, self._corpus)) is None:
            return None
        fingerprint, *excluded_ids = json.loads(content)
        return ServedCorpus(fingerprint, tuple(excluded_ids))

    async def note_broken(self, document_ids: Sequence[str]) -> None:
        """Record which documents were found broken: an admin may leave out these, and no others."""
        content = json.dumps(list(document_ids)).encode("ascii")
        await self._state.keep(_BROKEN, self._corpus, content, _WAITING_SECONDS)

    async def find_broken(self) -> tuple[str, ...]:
        """Return the ids of the documents that the last reload found broken."""
        return tuple(json.loads(await self._state.find_kept(_BROKEN, self._corpus) or b"[]"))

    async def forget(self) -> bool:
        """Forget what was prepared and what was found broken, and return whether anything was prepared."""
        await self._state.drop(_BROKEN, self._corpus)
        return await self._state.drop(_PREPARED, self._corpus)


async def _reply_or_error(change: Awaitable[Reply], failure_heading: str | None = None) -> Reply:
    """Return the reply of `change`, or one that says why it failed, be it a defect; then nothing has changed.

    `failure_heading` says what was not done; without it, that the reload was stopped.
    """
    try:
        return await change
    except BuildRunningError:
        return Reply.with_heading(say("reload_running"))
    except BotError as error:
        log.warning("not done: %s", error)
        return Reply.with_heading(failure_heading or say("reload_stopped"), describe_error(error))
    except Exception as error:
        # Whatever went wrong, the old corpus goes on answering.
        log.exception("not done")
        return Reply.with_heading(failure_heading or say("reload_stopped"), say("defect", kind=type(error).__name__))


def measure_peak_memory_mb() -> float:
    """Return the most memory this process has held; the system counts in KiB, macOS in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return float(peak) / (1024 * 1024 if sys.platform == "darwin" else 1024)


def read_package_version() -> str:
    """Return the version installed; from a bare tree, the one that it will become."""
    try:
        return version("on-the-record")
    except PackageNotFoundError:
        return "0.1.0+tree"
