"""Storage that several processes share, in memory; tests/services does the same on a database."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

from bot import bootstrap
from bot.errors import StorageError
from bot.service import Service
from bot.service.live_corpus import LiveCorpus
from bot.storage import Claim, ServedCorpus, ShownQuote, Tombstone
from bot.storage.stores.folder import FolderStorage
from tests.corpus_folders import settings


class SharedStorage(FolderStorage):
    """What is served and who has which update is known to all that hold this object.

    `meanwhile` holds what happens just before the next call of a method, by its name.
    """

    def __init__(self) -> None:
        super().__init__()
        self.meanwhile: dict[str, Callable[[], object]] = {}
        self.served: dict[str, ServedCorpus] = {}
        self.claims: dict[int, Claim] = {}
        self.is_down = self.is_full = False

    def find_served(self, corpus: str) -> ServedCorpus | None:
        return self.served.get(corpus)

    async def set_served(self, corpus: str, served: ServedCorpus) -> None:
        self._fail_if_down()
        self.served[corpus] = served

    async def refresh(self) -> None:
        if asyncio.iscoroutine(read := self.meanwhile.pop("refresh", bool)()):
            await read

    def list_shown(self, corpus: str) -> Sequence[ShownQuote]:
        self.meanwhile.pop("list_shown", bool)()
        return super().list_shown(corpus)

    async def retire(self, tombstones: Iterable[Tombstone]) -> None:
        self.meanwhile.pop("retire", bool)()
        if self.is_full:
            raise StorageError("the disk", "full", "make room")
        await super().retire(tombstones)

    async def claim(self, update_id: int, stale_seconds: float) -> Claim:
        self._fail_if_down()
        assert stale_seconds > 0
        if update_id in self.claims:
            return self.claims[update_id]
        self.claims[update_id] = Claim.IN_PROGRESS
        return Claim.OURS

    async def settle(self, update_id: int, *, done: bool) -> None:
        self._fail_if_down()
        del self.claims[update_id]
        if done:
            self.claims[update_id] = Claim.DONE

    def _fail_if_down(self) -> None:
        if self.is_down:
            raise StorageError("the database", "not reached", "wait")


async def start(folder: Path, storage: SharedStorage) -> tuple[LiveCorpus, Service]:
    """Return what a process serves."""
    live = await LiveCorpus.load(partial(bootstrap.build_snapshot, settings(folder.parent), "bridge"), storage)
    return live, Service(live, storage)
