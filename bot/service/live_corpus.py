"""The corpus served now, and its reload: built in the background, reviewed, swapped atomically.

A question takes one immutable `Snapshot` at its start, so no answer mixes two
corpora. An admin decides between preparing a reload and switching to it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Self, cast

from bot.corpus import compare_corpora
from bot.corpus.difference import ReloadChange
from bot.corpus.withheld_names import WithheldNames, list_unnamed
from bot.errors import BotError, SearchError, StorageError
from bot.model import Corpus, Quote
from bot.service.quote_tracking import HoldRegister, QuoteHistory
from bot.service.snapshot import (
    BackgroundBuilder,
    BuildRunningError,
    Snapshot,
    SnapshotLoader,
    build_held_entry,
    build_snapshot,
    leave_out,
)
from bot.storage import Hold, NameHold, QuoteChange, ServedCorpus, Storage, Tombstone, create_hold
from bot.storage.records import create_shown_events
from bot.text import normalise_name

if TYPE_CHECKING:  # loaded only where it is used
    from bot.corpus.stored.records import StoredDocuments

log = logging.getLogger(__name__)

# Seconds that a reload may take to build, as in the settings.
BUILD_TIMEOUT = 300.0


@dataclass(frozen=True, slots=True)
class PreparedReload:
    """A snapshot built in the background, and everything that serving it would change.

    `successors` are the quotes that the links of moved ones would lead to.
    `generation` is the one that it was compared with.
    """

    snapshot: Snapshot
    change: ReloadChange
    successors: tuple[Quote, ...]
    generation: int

    @property
    def served(self) -> ServedCorpus:
        """What every process serves once one has switched to this."""
        return ServedCorpus(self.snapshot.corpus.fingerprint, tuple(self.change.excluded_ids))


def _utc_now() -> datetime:
    return datetime.now(UTC)


class LiveCorpus:
    """One corpus in its present generation, and perhaps the next, prepared.

    Withheld quotes are left out of `snapshot`. Two preparations never run at once.
    """

    def __init__(
        self,
        loader: SnapshotLoader,
        storage: Storage,
        built: Snapshot,
        reload_seconds: float = BUILD_TIMEOUT,
        clock: Callable[[], datetime] = _utc_now,
    ) -> None:
        """Store what `load` has read; `load` then leaves out what is withheld."""
        self._loader = loader
        self.storage = storage
        self._reload_seconds = reload_seconds
        self._clock = clock
        self._builder = BackgroundBuilder()
        self._switch_lock = asyncio.Lock()
        self._is_preparing = False
        self._full_snapshot = self.snapshot = built
        self._applied_holds: Sequence[Hold | NameHold] | None = None
        self._served = ServedCorpus(built.corpus.fingerprint)
        self._unreadable: ServedCorpus | None = None
        self.prepared: PreparedReload | None = None
        self.generation = 0
        self.loaded_at = clock()
        self.holds = HoldRegister(storage)
        self.history = QuoteHistory(storage, clock)
        self._logged_damage: list[str] = []
        self._unsent_damage: list[str] = []

    @classmethod
    async def load(
        cls,
        loader: SnapshotLoader,
        storage: Storage,
        reload_seconds: float = BUILD_TIMEOUT,
        clock: Callable[[], datetime] = _utc_now,
        served_before: ServedCorpus | None = None,
    ) -> Self:
        """Load a corpus, without what is withheld, and record what it lost since the last run.

        Each reload calls `loader` again, for at most `reload_seconds`; the first
        load may take as long as it needs. `served_before` is what other processes
        served when it began: a switch made meanwhile is not undone by a start.

        Raises:
            BotError: the corpus cannot be served.
        """
        built = await BackgroundBuilder().run(partial(build_snapshot, loader, None, ()))
        live = cls(loader, storage, built, reload_seconds, clock)
        await live.reapply_holds()
        await live._record_retired_since_last_run()
        await live._record_served(served_before)
        return live

    @property
    def build_seconds(self) -> float:
        """How long it took to build what is served."""
        return self._full_snapshot.build_seconds

    @property
    def damaged_ids(self) -> list[str]:
        """The ids of the documents whose text was found changed in memory, until a reload reads them again."""
        corpus = self._full_snapshot.corpus
        if corpus.passages.is_held:
            return [each.id for each in corpus.documents if each.is_damaged]
        return cast("StoredDocuments", corpus.documents).damaged_ids

    def log_damaged_documents(self) -> None:
        """Log, and keep for `take_unsent_damage`, which documents were found damaged since the last call."""
        damaged_ids = self.damaged_ids
        if new_ids := [each for each in damaged_ids if each not in self._logged_damage]:
            log.error("changed in memory, quotes not shown documents=%s", ",".join(new_ids))
            self._unsent_damage += new_ids
        self._logged_damage = damaged_ids

    def take_unsent_damage(self) -> list[str]:
        """Return the ids of damaged documents that the admins have not heard of yet; each is returned once."""
        unsent_ids, self._unsent_damage = self._unsent_damage, []
        return unsent_ids

    async def prepare(self, excluded_ids: Collection[str] = ()) -> PreparedReload:
        """Build in the background, keep the result for `switch` in place of any other, and return what it would change.

        Raises:
            BuildRunningError: another one is being prepared.
            BotError: the corpus cannot be served, or took too long to build.
        """
        if self._is_preparing:
            raise BuildRunningError
        self._is_preparing, self.prepared = True, None
        try:
            previous = self._full_snapshot.loaded_corpus
            build = partial(build_snapshot, self._loader, previous, excluded_ids)
            built = await self._builder.run(build, self._reload_seconds)
            self.prepared = await self._compare_with_live(built, excluded_ids)
            return self.prepared
        finally:
            self._is_preparing = False

    async def switch(self, prepared: PreparedReload, *, is_followed: bool = False) -> bool:
        """Serve `prepared` at once; return False if something else was prepared or served since.

        `is_followed`: another process has recorded it as served, and may have switched again since.

        Raises:
            BotError: what it changes could not be kept, so nothing was switched.
        """
        async with self._switch_lock:
            if self.prepared is not prepared or prepared.generation != self.generation:
                return False
            holds = self._list_all_holds()
            snapshot = await self._without_held(prepared.snapshot)
            await self._record_retired(prepared.change.retired, prepared.successors, prepared.snapshot)
            if not is_followed:
                await self._note_served(prepared.served)
            # From here on nothing waits or fails: a switch is made whole or not at all.
            self._full_snapshot, self.snapshot, self._served = prepared.snapshot, snapshot, prepared.served
            self.prepared, self.loaded_at, self._applied_holds = None, self._clock(), holds
            self.generation += 1
            return True

    def cancel(self) -> bool:
        """Drop what was prepared, and return whether anything was."""
        cancelled, self.prepared = self.prepared, None
        return cancelled is not None

    async def withhold(self, quote: Quote, reason: str) -> Hold:
        """Stop showing `quote`, and whatever overlaps it; return the hold that was recorded.

        Raises:
            StorageError: the hold could not be kept, so nothing was withheld.
        """
        new_hold = create_hold(quote, reason, self.today())
        await self.storage.add_hold(new_hold)
        # Its text is kept like that of a quote shown, so that its words can be found again in another one.
        await self.record_shown([quote], self._full_snapshot.corpus)
        await self.history.record([(quote.id, QuoteChange.HELD, reason)], self._full_snapshot.corpus)
        self.holds.remember_words(new_hold, quote)
        await self.reapply_holds()
        return new_hold

    async def release(self, quote_id: str) -> Hold | None:
        """Let the quote be shown again, and return what held it, if anything did.

        Raises:
            StorageError: the release could not be kept, so the quote stays withheld.
        """
        if existing_hold := self.storage.find_hold(quote_id):
            await self.storage.remove_hold(quote_id)
            await self.history.record([(quote_id, QuoteChange.RELEASED, "")], self._full_snapshot.corpus)
            await self.reapply_holds()
        return existing_hold

    async def withhold_name(self, hold: NameHold) -> None:
        """Show the name no more; see `NameHold`.

        Raises:
            StorageError: the hold could not be kept, so nothing was withheld.
        """
        await self.storage.add_name_hold(hold)
        await self.reapply_holds()

    async def release_name(self, name: str) -> None:
        """Let the name be shown again, if it is withheld.

        Raises:
            StorageError: the release could not be kept, so the name stays withheld.
        """
        await self.storage.remove_name_hold(normalise_name(name))
        await self.reapply_holds()

    async def reapply_holds(self) -> None:
        """Rebuild the snapshot that is served, without what is held now, unless that was done meanwhile."""
        async with self._switch_lock:
            holds = self._list_all_holds()
            if holds == self._applied_holds:
                return
            self.snapshot = await self._without_held(self._full_snapshot)
            self._applied_holds = holds

    async def refresh(self) -> Snapshot:
        """Take over holds made by any process, and return what is served then; called before every answer."""
        await self.storage.refresh()
        if self._list_all_holds() != self._applied_holds:
            await self.reapply_holds()
        return self.snapshot

    async def follow(self) -> bool:
        """Switch to what another process switched to; return whether this process did.

        Where its documents cannot be read here, this process stays with its own, and logs that once.

        Raises:
            SearchError, StorageError, BuildRunningError: it could not be read just now; it is followed later.
        """
        corpus = self._full_snapshot.corpus
        served = self.storage.find_served(corpus.name)
        if served is None or served in (self._unreadable, self._served) or self._is_preparing:
            return False
        try:
            prepared = await self.prepare(served.excluded_ids)
        except (SearchError, StorageError, BuildRunningError):
            raise
        except BotError as error:
            self._note_unreadable(served, str(error))
            return False
        if self.storage.find_served(corpus.name) != served:
            # Another switch was made while this one was read, and is followed next.
            self.cancel()
            return False
        if prepared.served != served:
            self._note_unreadable(served, "other documents lie here")
            return False
        return await self.switch(prepared, is_followed=True)

    def _note_unreadable(self, served: ServedCorpus, reason: str) -> None:
        """Stay with what is served here, and log once why the switch of another process is not followed."""
        log.warning("not followed corpus=%s reason=%s", self._full_snapshot.corpus.name, reason)
        self._unreadable = served
        self.cancel()

    async def _note_served(self, served: ServedCorpus) -> None:
        """Record what is served here, for the other processes to follow, unless that is recorded."""
        name = self._full_snapshot.corpus.name
        if self.storage.find_served(name) != served:
            await self.storage.set_served(name, served)

    async def _record_served(self, served_before: ServedCorpus | None) -> None:
        """Record what this process starts with, unless another has switched since; log a warning if storage refuses."""
        await self.storage.refresh()
        if served_before and self.storage.find_served(self._full_snapshot.corpus.name) != served_before:
            return
        try:
            await self._note_served(self._served)
        except StorageError as error:
            log.warning("not noted as served: %s", error)

    async def _without_held(self, full_snapshot: Snapshot) -> Snapshot:
        """Return `full_snapshot` without what is withheld; note, for the admins, holds not found again for certain."""
        corpus = full_snapshot.corpus
        matched = await self.holds.match(corpus)
        self.holds.note(matched)
        withheld = [passage for each in matched for passage in each.passages]
        held_names = (build_held_entry(corpus, hold) for hold in self.storage.list_name_holds())
        names = WithheldNames((*list_unnamed(corpus.voices), *held_names))
        return await asyncio.to_thread(leave_out, full_snapshot, withheld, names)

    def _list_all_holds(self) -> tuple[Hold | NameHold, ...]:
        """Return the holds on quotes, then those on names, as storage has them now."""
        return (*self.storage.list_holds(), *self.storage.list_name_holds())

    async def record_shown(self, quotes: Iterable[Quote], corpus: Corpus) -> None:
        """Record those of `quotes` that were never shown before, so that their links always have an answer.

        Damage that was found while they were looked up is logged.
        """
        self.log_damaged_documents()
        if new_quotes := tuple(quote for quote in quotes if self.storage.find_shown(quote.id) is None):
            await self.storage.record_shown(new_quotes, corpus.name)
            await self.storage.record_events(create_shown_events(new_quotes, self._clock(), corpus.fingerprint))

    def today(self) -> str:
        """Return today's date, such as `2031-01-24`."""
        return f"{self._clock():%Y-%m-%d}"

    async def _record_retired(
        self, retired: Sequence[Tombstone], successors: Iterable[Quote], snapshot: Snapshot
    ) -> None:
        """Record what becomes of quotes once `snapshot` is served: retired, shown elsewhere, or somebody else's."""
        await self.storage.retire(retired)
        changes = [(each.id, QuoteChange.RETIRED, each.now or "") for each in retired]
        await self.history.record(changes, snapshot.corpus)
        # An old link leads to its quote's new place, whose own link must then keep working.
        await self.record_shown(successors, snapshot.corpus)
        await self.history.record_speakers(snapshot)

    async def _record_retired_since_last_run(self) -> None:
        """Record which quotes are gone since the last run; log a warning if storage refuses."""
        try:
            pairs = await self.history.find_retired(self._full_snapshot, None)
            successors = [new_quote for _, new_quote in pairs if new_quote]
            await self._record_retired([tombstone for tombstone, _ in pairs], successors, self._full_snapshot)
        except StorageError as error:
            log.warning("not noted as retired: %s", error)

    async def _compare_with_live(self, new: Snapshot, excluded_ids: Collection[str]) -> PreparedReload:
        """Return what a switch to `new` would change, which quotes it would retire, and which holds it would lose."""
        # Both taken before anything is awaited: a switch made meanwhile outdates this comparison.
        old, generation = self._full_snapshot, self.generation
        held_ids = frozenset(each_hold.id for each_hold in self.storage.list_holds())
        retired_pairs = [pair for pair in await self.history.find_retired(new, old) if pair[0].id not in held_ids]
        difference = await asyncio.to_thread(compare_corpora, old.corpus, new.corpus)
        doubtful = await self.holds.find_doubtful(old.corpus, new.corpus)
        retired = tuple(tombstone for tombstone, _ in retired_pairs)
        successors = tuple(new_quote for _, new_quote in retired_pairs if new_quote)
        change = ReloadChange(new.corpus.name, difference, retired, doubtful.lost, tuple(excluded_ids), doubtful.unsure)
        return PreparedReload(new, change, successors, generation)
