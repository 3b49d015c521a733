"""A reload that one process prepared, and a document that one was sent, decided on at another."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.errors import StorageError
from bot.replies.catalogue import say
from bot.replies.reply import Reply
from bot.service.uploads import Uploads
from bot.storage import filesystem as seam
from tests.corpus_folders import CY, Failing, article, buttons, text
from tests.shared_storage import SharedStorage, start


@pytest.fixture
def storage() -> SharedStorage:
    return SharedStorage()


def list_documents(folder: Path) -> set[Path]:
    return set(folder.glob("*.txt"))


async def test_what_one_process_prepared_any_other_switches_to(folder: Path, storage: SharedStorage) -> None:
    (folder / "d.txt").write_text(article(CY, title="Bakers"), "utf-8")
    (_, one), (_, other) = await start(folder, storage), await start(folder, storage)
    assert "No reload is waiting" in text(await other.admin.reload("now"))
    (folder / "d.txt").unlink()
    ready = await one.admin.reload()
    assert "/reload now" in buttons(ready).values()

    reloaded = await other.admin.reload("now")

    assert "Reloaded" in text(reloaded)
    assert [document.id for document in other.corpus.documents] == ["a", "b"]
    assert "No reload is waiting" in text(await one.admin.reload("now"))
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

    assert "No reload is waiting" in text(await one.admin.reload("now"))
    assert text(await one.admin.reload("cancel")) == say("cancelled")
    assert text(await one.admin.reload("cancel")) == say("nothing_prepared")


async def test_what_is_cancelled_while_another_process_reads_it_is_not_switched_to(
    folder: Path, storage: SharedStorage
) -> None:
    (folder / "d.txt").write_text(article(CY, title="Bakers"), "utf-8")
    (_, one), (other_live, other) = await start(folder, storage), await start(folder, storage)
    (folder / "d.txt").unlink()
    await one.admin.reload()
    loop = asyncio.get_running_loop()
    storage.meanwhile["list_shown"] = lambda: asyncio.run_coroutine_threadsafe(one.admin.reload("cancel"), loop).result(
        10
    )

    assert text(await other.admin.reload("now")) == say("nothing_prepared")

    assert storage.meanwhile == {}
    assert other_live.prepared is None
    assert len(other.corpus.documents) == 3


async def test_what_one_process_found_broken_is_left_out_at_another(folder: Path, storage: SharedStorage) -> None:
    (_, one), (_, other) = await start(folder, storage), await start(folder, storage)
    (folder / "a.txt").write_text("+++\nno toml\n+++\n", "utf-8")
    await one.admin.reload()

    assert text(await other.admin.reload("without b")) == say("not_broken")
    ready = await other.admin.reload("without a")

    assert "/reload now" in buttons(ready).values()
    assert "Reloaded" in text(await one.admin.reload("now"))
    assert [document.id for document in one.corpus.documents] == ["b"]
    assert text(await other.admin.reload("without a")) == say("not_broken")


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


async def test_a_document_that_the_disk_refuses_waits_until_it_can_be_added(
    folder: Path, storage: SharedStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    uploads = Uploads(folder, state=storage)
    sent = buttons(await uploads.receive("new.txt", article(CY, title="New").encode()))
    token = sent["Add"].removeprefix("/add ")

    with monkeypatch.context() as patch:
        patch.setattr(seam, "disk", Failing(1, OSError(28, "No space left on device")))
        assert text(await uploads.add(token)).startswith(say("upload_refused"))

    assert "Added as" in text(await uploads.add(token))
    assert text(await uploads.add(token)) == say("no_pending_upload")


async def test_a_document_that_the_disk_refuses_takes_no_newer_ones_place(
    folder: Path, storage: SharedStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    uploads, loop = Uploads(folder, state=storage), asyncio.get_running_loop()
    sent = buttons(await uploads.receive("new.txt", article(CY, title="New").encode()))
    newer: list[Reply] = []

    class Slow(seam.FileSystem):
        def write(self, descriptor: int, data: bytes) -> int:  # noqa: ARG002
            receiving = uploads.receive("newer.txt", article(CY, title="Newer").encode())
            newer.append(asyncio.run_coroutine_threadsafe(receiving, loop).result())
            raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(seam, "disk", Slow())
        await uploads.add(sent["Add"].removeprefix("/add "))

    assert "Added as" in text(await uploads.add(buttons(newer[0])["Add"].removeprefix("/add ")))


@pytest.mark.parametrize("line", ["cancel", "without a", "now"])
async def test_a_decision_on_a_reload_that_storage_refuses_is_told(
    folder: Path, storage: SharedStorage, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    _, service = await start(folder, storage)

    async def refuse(*_: object) -> None:
        raise StorageError("the database", "not reached", "wait until it answers")

    monkeypatch.setattr(storage, "drop", refuse)
    monkeypatch.setattr(storage, "find_kept", refuse)
    reply = await service.admin.reload(line)

    assert text(reply) == f"{say('reload_stopped')}\n\nthe database: not reached; wait until it answers"
