"""Two processes on one storage: holds are obeyed by both, switches followed, updates handled once.

Storage that both share stands in memory here; tests/services does the same on a database.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from bot import bootstrap
from bot.corpus import LoadedCorpus, compare_corpora, load_incrementally
from bot.errors import SearchError, StorageError
from bot.search import Hit
from bot.service import live_corpus
from bot.service.quote_tracking import QuoteHistory
from bot.service.snapshot import Snapshot, leave_out
from bot.storage import NameHold, ServedCorpus, create_hold
from tests.corpus_folders import ANN, BOB, CY, NEVER, QUESTION, UNSAFE, article, settings, text
from tests.shared_storage import SharedStorage, start


@pytest.fixture
def storage() -> SharedStorage:
    return SharedStorage()


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


async def test_a_hold_that_is_known_by_asking_the_database_is_obeyed(folder: Path, storage: SharedStorage) -> None:
    live, service = await start(folder, storage)
    [quote] = [chosen.quote for chosen in service.answer(QUESTION).quotes if chosen.quote.text == UNSAFE]

    storage.meanwhile["refresh"] = lambda: storage.add_hold(create_hold(quote, "disputed", live.today()))

    assert UNSAFE not in text(await service.ask(QUESTION))


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


def _refuse(*_: object) -> Sequence[Hit]:
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
        await live.withhold_name(NameHold("Bob Low", live.today(), "wishes it"))
    else:
        assert await live.switch(prepared)

    assert arriving == []
    assert UNSAFE not in text(await service.ask(QUESTION))


async def test_a_hold_is_applied_once_however_many_ask_at_once(
    folder: Path, storage: SharedStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    live, service = await start(folder, storage)
    [quote] = [chosen.quote for chosen in service.answer(QUESTION).quotes if chosen.quote.text == UNSAFE]
    await storage.add_hold(create_hold(quote, "disputed", live.today()))
    applied: list[Snapshot] = []

    def leave_out_and_count(*given: Any) -> Snapshot:
        applied.append(leave_out(*given))
        return applied[-1]

    monkeypatch.setattr(live_corpus, "leave_out", leave_out_and_count)

    answers = await asyncio.gather(*(service.ask(QUESTION) for _ in range(5)))

    assert len(applied) == 1
    assert all(UNSAFE not in text(answer) for answer in answers)


@pytest.mark.parametrize("meanwhile", ["list_shown", "retire"])  # while it is read, while it is switched to
async def test_a_switch_that_is_followed_undoes_no_later_one(
    folder: Path, storage: SharedStorage, meanwhile: str
) -> None:
    (one, _), (other, _) = await start(folder, storage), await start(folder, storage)
    (folder / "c.txt").write_text(article(CY), "utf-8")
    await one.switch(await one.prepare())
    later = ServedCorpus("of a later release")
    storage.meanwhile[meanwhile] = lambda: storage.served.update(bridge=later)

    assert await other.follow() == (meanwhile == "retire")

    assert storage.meanwhile == {}
    assert storage.served["bridge"] == later
    assert other.prepared is None


async def test_a_start_undoes_no_switch_made_while_it_read(
    folder: Path, storage: SharedStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await start(folder, storage)

    def read_and_be_outdone(*arguments: Any) -> LoadedCorpus:
        reading = load_incrementally(*arguments)
        monkeypatch.setattr(bootstrap, "load_incrementally", load_incrementally)
        (folder / "c.txt").write_text(article(CY), "utf-8")
        later = ServedCorpus(load_incrementally(folder).corpus.fingerprint)
        # That another process switched is seen by asking the database.
        storage.meanwhile["refresh"] = lambda: storage.served.update(bridge=later)
        return reading

    monkeypatch.setattr(bootstrap, "load_incrementally", read_and_be_outdone)
    monkeypatch.setattr("bot.storage.stores.folder.open_storage", lambda _: storage)
    [other] = (await bootstrap.build_router(settings(folder.parent))).services.values()

    assert storage.meanwhile == {}
    assert len(other.corpus.documents) == 2
    await other.follow()
    assert len(other.corpus.documents) == 3


@pytest.mark.parametrize("is_last_known", [True, False])
async def test_what_a_process_starts_with_counts_as_switched_to(
    folder: Path, storage: SharedStorage, monkeypatch: pytest.MonkeyPatch, *, is_last_known: bool
) -> None:
    one, _ = await start(folder, storage)
    (folder / "c.txt").write_text(article(CY), "utf-8")
    monkeypatch.setattr("bot.storage.stores.folder.open_storage", lambda _: storage)

    await (bootstrap.build_router(settings(folder.parent)) if is_last_known else start(folder, storage))

    assert await one.follow()
    assert len(one.snapshot.corpus.documents) == 3


async def test_what_cannot_be_read_just_now_is_followed_later(
    folder: Path, storage: SharedStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    (one, _), (other, _) = await start(folder, storage), await start(folder, storage)
    (folder / "c.txt").write_text(article(CY), "utf-8")
    await one.switch(await one.prepare())

    with monkeypatch.context() as patch:
        patch.setattr(bootstrap, "_build_engine_options", _refuse)
        with pytest.raises(SearchError):
            await other.follow()

    assert await other.follow()


async def test_what_is_compared_while_another_is_switched_to_is_not_switched_to(
    folder: Path, storage: SharedStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    live, _ = await start(folder, storage)
    (folder / "c.txt").write_text(article(CY), "utf-8")
    first, loop, go = await live.prepare(), asyncio.get_running_loop(), asyncio.Event()

    async def wait_to_go(*_: object) -> None:
        await go.wait()

    def compare_late(*corpora: Any) -> Any:
        loop.call_soon_threadsafe(go.set)
        asyncio.run_coroutine_threadsafe(asyncio.wait_for(switching, 10), loop).result()
        return compare_corpora(*corpora)

    monkeypatch.setattr(QuoteHistory, "record_speakers", wait_to_go)
    monkeypatch.setattr(live_corpus, "compare_corpora", compare_late)
    switching = asyncio.create_task(live.switch(first))
    await asyncio.sleep(0)
    second = await live.prepare()

    assert switching.result()
    assert not await live.switch(second)


async def test_of_two_that_were_prepared_the_first_is_not_switched_to(folder: Path, storage: SharedStorage) -> None:
    live, _ = await start(folder, storage)
    first, second = await live.prepare(), await live.prepare()

    assert not await live.switch(first)
    assert await live.switch(second)


async def test_a_switch_that_fails_at_its_last_step_is_none(
    folder: Path, storage: SharedStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    live, _ = await start(folder, storage)
    before = live.snapshot, storage.served["bridge"]
    (folder / "c.txt").write_text(article(CY), "utf-8")
    prepared = await live.prepare()

    with monkeypatch.context() as patch:
        patch.setattr(QuoteHistory, "record_speakers", _refuse)
        with pytest.raises(SearchError):
            await live.switch(prepared)

    assert (live.snapshot, storage.served["bridge"]) == before
    assert await live.switch(prepared)
