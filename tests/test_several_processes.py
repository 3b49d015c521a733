"""Two processes on one storage: holds are obeyed by both, switches followed, updates handled once.

Storage that both share stands in memory here; tests/services does the same on a database.
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from bot import bootstrap
from bot.errors import SearchError, StorageError
from bot.replies.catalogue import say
from bot.service import Service, live_corpus
from bot.service import router as router_module
from bot.service.live_corpus import LiveCorpus
from bot.service.router import Router
from bot.service.snapshot import leave_out
from bot.service.uploads import Uploads
from bot.storage import Claim, ServedCorpus, create_hold
from bot.storage.folder import FolderStorage
from tests.corpus_folders import ANN, BOB, CY, NEVER, QUESTION, UNSAFE, article, buttons, settings, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from bot.search import Hit, Query
    from bot.service.snapshot import Snapshot
    from bot.storage import Tombstone


class SharedStorage(FolderStorage):
    """What is served and who has which update is known to all that hold this object."""

    def __init__(self) -> None:
        super().__init__()
        self.served: dict[str, ServedCorpus] = {}
        self.claims: dict[int, Claim] = {}
        self.is_down = self.is_full = False

    def find_served(self, corpus: str) -> ServedCorpus | None:
        return self.served.get(corpus)

    async def set_served(self, corpus: str, served: ServedCorpus) -> None:
        self._fail_if_down()
        self.served[corpus] = served

    async def retire(self, tombstones: Iterable[Tombstone]) -> None:
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


@pytest.fixture
def storage() -> SharedStorage:
    return SharedStorage()


def list_documents(folder: Path) -> set[Path]:
    return set(folder.glob("*.txt"))


async def start(folder: Path, storage: SharedStorage) -> tuple[LiveCorpus, Service]:
    """Return what a process serves."""
    live = await LiveCorpus.load(partial(bootstrap.build_snapshot, settings(folder.parent), "bridge"), storage)
    return live, Service(live, storage)


async def test_a_hold_placed_in_one_process_is_obeyed_by_the_other_before_its_next_answer(
    folder: Path, storage: SharedStorage
) -> None:
    (one, _), (_, other) = await start(folder, storage), await start(folder, storage)
    [quote] = [chosen.quote for chosen in other.answer(QUESTION).quotes if chosen.quote.text == UNSAFE]

    await one.withhold(quote, "disputed")

    assert UNSAFE not in text(await other.ask(QUESTION))
    assert UNSAFE not in text(await other.answer_by_speaker("Ann Bell"))
    assert UNSAFE not in text(await other.show_quote(quote.id))
    assert not (await other.search_cards(QUESTION)).cards
    await one.release(quote.id)
    assert UNSAFE in text(await other.ask(QUESTION))


async def test_a_hold_is_obeyed_while_the_index_cannot_be_searched(folder: Path, storage: SharedStorage) -> None:
    manifest = folder / "corpus.toml"
    manifest.write_text(manifest.read_text("utf-8") + '[[topics]]\nname = "bridge"\nwords = ["unsafe"]\n', "utf-8")
    live, service = await start(folder, storage)
    [quote] = [chosen.quote for chosen in service.answer(QUESTION).quotes if chosen.quote.text == UNSAFE]
    topics = live.snapshot.answerer.answerable_topics

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.search.bm25.engine.Bm25Index.search", _refuse)
        await live.withhold(quote, "disputed")

    assert UNSAFE not in text(await service.ask(QUESTION))
    assert live.snapshot.answerer.answerable_topics == topics == ("bridge",)


def _refuse(_: object, __: Query, ___: int) -> Sequence[Hit]:
    raise SearchError("OpenSearch", "not reached", "wait")


async def test_a_switch_is_followed_and_no_answer_mixes_two(folder: Path, storage: SharedStorage) -> None:
    (one, _), (other, service) = await start(folder, storage), await start(folder, storage)
    assert not await other.follow()
    (folder / "a.txt").write_text(article(ANN, CY), "utf-8")
    prepared = await one.prepare()
    assert not await other.follow()

    await one.switch(prepared)

    assert await other.follow()
    assert other.snapshot.corpus.fingerprint == one.snapshot.corpus.fingerprint
    assert "Cy Orr" in text(await service.ask("Do customers drive round by Harwick?"))
    assert not await other.follow()
    assert not await one.follow()


async def test_what_was_left_out_of_a_switch_is_left_out_by_all(folder: Path, storage: SharedStorage) -> None:
    (one, _), (other, _) = await start(folder, storage), await start(folder, storage)
    (folder / "a.txt").write_text("+++\nno toml\n+++\n", "utf-8")
    (folder / "c.txt").write_text(article(CY), "utf-8")

    await one.switch(await one.prepare(["a"]))

    assert await other.follow()
    assert [document.id for document in other.snapshot.corpus.documents] == ["b", "c"]


@pytest.mark.parametrize(
    ("document", "reason"), [("not the same", "other documents lie here"), ("+++\nno toml\n+++\n", "not TOML")]
)
async def test_who_has_other_documents_stays_with_its_own_and_says_so_once(
    folder: Path, storage: SharedStorage, document: str, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    live, service = await start(folder, storage)
    (folder / "a.txt").write_text(article(ANN, BOB) if document == "not the same" else document, "utf-8")
    storage.served["bridge"] = ServedCorpus("of another machine")

    assert [await live.follow() for _ in range(3)] == [False] * 3

    assert caplog.text.count("not followed corpus=bridge") == 1
    assert reason in caplog.text
    assert live.prepared is None
    assert NEVER in text(await service.ask("Did the ferry never close for repairs?"))


async def test_a_switch_that_could_not_be_noted_is_none(folder: Path, storage: SharedStorage) -> None:
    live, _ = await start(folder, storage)
    before = live.snapshot.corpus.fingerprint
    (folder / "c.txt").write_text(article(CY), "utf-8")
    prepared = await live.prepare()
    storage.is_down = True

    with pytest.raises(StorageError):
        await live.switch(prepared)

    assert live.snapshot.corpus.fingerprint == before
    storage.is_down = False
    assert await live.switch(prepared)


async def test_a_switch_whose_losses_could_not_be_kept_is_followed_by_nobody(
    folder: Path, storage: SharedStorage
) -> None:
    (one, _), (other, _) = await start(folder, storage), await start(folder, storage)
    before = storage.served["bridge"]
    (folder / "c.txt").write_text(article(CY), "utf-8")
    prepared = await one.prepare()
    storage.is_full = True

    with pytest.raises(StorageError):
        await one.switch(prepared)

    assert storage.served["bridge"] == before
    assert not await other.follow()


async def test_a_switch_is_followed_once_what_is_being_read_here_is_read(
    folder: Path, storage: SharedStorage, caplog: pytest.LogCaptureFixture
) -> None:
    (one, _), (other, _) = await start(folder, storage), await start(folder, storage)
    (folder / "c.txt").write_text(article(CY), "utf-8")
    await one.switch(await one.prepare())
    preparing = asyncio.ensure_future(other.prepare())
    await asyncio.sleep(0)

    assert not await other.follow()

    await preparing
    assert await other.follow()
    assert "not followed" not in caplog.text


@pytest.mark.parametrize("meanwhile", ["holds are applied", "a corpus is switched to"])
async def test_a_hold_that_another_process_places_meanwhile_is_obeyed_by_the_next_answer(
    folder: Path, storage: SharedStorage, monkeypatch: pytest.MonkeyPatch, meanwhile: str
) -> None:
    live, service = await start(folder, storage)
    [quote] = [chosen.quote for chosen in service.answer(QUESTION).quotes if chosen.quote.text == UNSAFE]
    loop = asyncio.get_running_loop()
    arriving = [create_hold(quote, "disputed", live.today())]

    def leave_out_meanwhile(*arguments: Any) -> Snapshot:
        # What is to be left out was listed before, and so misses this one.
        while arriving:
            asyncio.run_coroutine_threadsafe(storage.add_hold(arriving.pop()), loop).result(10)
        return leave_out(*arguments)

    prepared = await live.prepare()
    monkeypatch.setattr(live_corpus, "leave_out", leave_out_meanwhile)
    if meanwhile == "holds are applied":
        await live.reapply_holds()
    else:
        assert await live.switch(prepared)

    assert arriving == []
    assert UNSAFE not in text(await service.ask(QUESTION))


async def test_storage_that_is_down_keeps_nobody_from_an_answer(
    folder: Path, storage: SharedStorage, caplog: pytest.LogCaptureFixture
) -> None:
    storage.is_down = True
    _, service = await start(folder, storage)
    router = Router([service], storage)

    assert await router.claim_update(7, 60) is Claim.OURS
    await router.settle_update(7, done=True)
    await router.claim_update(8, 60)
    await router.settle_update(8, done=True)
    storage.is_down = False
    await router.claim_update(9, 60)
    await router.settle_update(9, done=True)
    storage.is_down = True
    await router.claim_update(10, 60)
    await router.settle_update(10, done=True)

    assert UNSAFE in text(await service.ask(QUESTION))
    for told in ("not noted as served", "not claimed update=7", "not settled update=7", "not claimed update=10"):
        assert told in caplog.text
    assert "not settled update=10" in caplog.text
    assert "update=8" not in caplog.text


async def test_processes_follow_until_they_are_stopped(
    folder: Path, storage: SharedStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(router_module, "FOLLOW_SECONDS", 0.01)
    (one, _), (other, service) = await start(folder, storage), await start(folder, storage)
    router, stop = Router([service], storage), asyncio.Event()
    task = asyncio.create_task(router.follow(stop))
    (folder / "c.txt").write_text(article(CY), "utf-8")

    await one.switch(await one.prepare())

    async with asyncio.timeout(20):
        while other.generation == 0:  # noqa: ASYNC110 - nothing tells
            await asyncio.sleep(0.01)
        stop.set()
        await task
    assert len(other.snapshot.corpus.documents) == 3
    await router.close()


async def test_every_corpus_is_read_again_and_what_came_of_it_is_logged(
    folder: Path, storage: SharedStorage, caplog: pytest.LogCaptureFixture
) -> None:
    _, service = await start(folder, storage)
    (folder / "c.txt").write_text(article(CY, title="Bakers"), "utf-8")

    with caplog.at_level("INFO"):
        await Router([service], storage).reload()

    assert any(record.message.startswith("reload corpus=bridge Reloaded") for record in caplog.records)
    assert len(service.corpus.documents) == 3


async def test_what_one_process_prepared_any_other_switches_to(folder: Path, storage: SharedStorage) -> None:
    (folder / "d.txt").write_text(article(CY, title="Bakers"), "utf-8")
    (_, one), (_, other) = await start(folder, storage), await start(folder, storage)
    assert "There is nothing to switch to" in text(await other.admin.reload("now"))
    (folder / "d.txt").unlink()
    ready = await one.admin.reload()
    assert "/reload now" in buttons(ready).values()

    reloaded = await other.admin.reload("now")

    assert "Reloaded" in text(reloaded)
    assert [document.id for document in other.corpus.documents] == ["a", "b"]
    assert "There is nothing to switch to" in text(await one.admin.reload("now"))
    await one.follow()
    assert [document.id for document in one.corpus.documents] == ["a", "b"]


async def test_what_was_changed_since_it_was_listed_is_not_switched_to(folder: Path, storage: SharedStorage) -> None:
    (folder / "d.txt").write_text(article(CY, title="Bakers"), "utf-8")
    (_, one), (other_live, other) = await start(folder, storage), await start(folder, storage)
    (folder / "d.txt").unlink()
    await one.admin.reload()
    (folder / "c.txt").write_text(article(CY), "utf-8")

    refused = await other.admin.reload("now")

    assert text(refused) == say("prepared_differs")
    assert other_live.prepared is None
    assert len(other.corpus.documents) == 3
    # What the admin was shown is still there to be switched to, where it was prepared.
    assert "Reloaded" in text(await one.admin.reload("now"))


async def test_of_two_that_were_prepared_the_later_counts_at_both(folder: Path, storage: SharedStorage) -> None:
    (folder / "d.txt").write_text(article(CY, title="Bakers"), "utf-8")
    (_, one), (_, other) = await start(folder, storage), await start(folder, storage)
    (folder / "d.txt").unlink()
    await one.admin.reload()
    (folder / "c.txt").write_text(article(CY), "utf-8")
    await other.admin.reload()

    await one.admin.reload("now")

    assert [document.id for document in one.corpus.documents] == ["a", "b", "c"]


async def test_a_reload_is_cancelled_at_any_process(folder: Path, storage: SharedStorage) -> None:
    (folder / "d.txt").write_text(article(CY, title="Bakers"), "utf-8")
    (_, one), (_, other) = await start(folder, storage), await start(folder, storage)
    (folder / "d.txt").unlink()
    await one.admin.reload()

    assert text(await other.admin.reload("cancel")) == say("cancelled")

    assert "There is nothing to switch to" in text(await one.admin.reload("now"))
    assert text(await one.admin.reload("cancel")) == say("cancelled")
    assert text(await one.admin.reload("cancel")) == say("nothing_prepared")


async def test_what_one_process_found_broken_is_left_out_at_another(folder: Path, storage: SharedStorage) -> None:
    (_, one), (_, other) = await start(folder, storage), await start(folder, storage)
    (folder / "a.txt").write_text("+++\nno toml\n+++\n", "utf-8")
    await one.admin.reload()

    assert text(await other.admin.reload("without b")) == say("not_broken")
    ready = await other.admin.reload("without a")

    assert "/reload now" in buttons(ready).values()
    assert "Reloaded" in text(await one.admin.reload("now"))
    assert [document.id for document in one.corpus.documents] == ["b"]


class DistantStorage(SharedStorage):
    """Answers after others were asked too, as a database does."""

    async def find_kept(self, kind: str, key: str) -> bytes | None:
        value = await super().find_kept(kind, key)
        await asyncio.sleep(0)
        return value


async def test_a_document_that_one_process_read_another_adds_once(folder: Path) -> None:
    storage = DistantStorage()
    one, other = (Uploads(folder, state=storage) for _ in range(2))
    sent = buttons(await one.receive("bakers\nof Harwick.txt", article(CY, title="Bakers").encode()))
    token = sent["Add"].removeprefix("/add ")

    replies = await asyncio.gather(one.add(token), other.add(token))

    added = ["Added as" in text(reply) for reply in replies]
    assert sorted(added) == [False, True]
    assert text(replies[added.index(False)]) == say("no_pending_upload")
    assert len(list_documents(folder)) == 3
    assert text(await other.discard(token)) == say("no_pending_upload")


async def test_a_document_that_only_another_process_read_is_read_again(folder: Path, storage: SharedStorage) -> None:
    one, other = (Uploads(folder, state=storage) for _ in range(2))
    await other.receive("old.txt", article(CY, title="Old").encode())
    sent = buttons(await one.receive("new.txt", article(CY, title="New").encode()))

    added = await other.add(sent["Add"].removeprefix("/add "))

    assert "Added as" in text(added)
    [document] = list_documents(folder) - {folder / "a.txt", folder / "b.txt"}
    assert 'title = "New' in document.read_text("utf-8")
