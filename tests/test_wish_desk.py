"""Wishes where storage refuses, and where nothing is left of what was followed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.errors import StorageError
from bot.replies.catalogue import say
from bot.service import Service
from bot.service.wish_desk import WishDesk
from bot.storage import Wish, WishKind
from bot.storage.stores.folder import FolderStorage
from tests.corpus_folders import article, corpus, desk, text

MORNING = datetime(2031, 5, 2, 9, 0, tzinfo=UTC)


class RefusingStorage(FolderStorage):
    """Storage that, once told so, keeps no wish."""

    is_full = False

    async def set_wishes(self, chat_id: int, wishes: Sequence[Wish]) -> None:
        if self.is_full:
            raise StorageError("state", "full", "make room")
        await super().set_wishes(chat_id, wishes)


@pytest.fixture
async def bridge(tmp_path: Path) -> Service:
    corpus(tmp_path)
    return await desk(tmp_path)


@pytest.fixture
def storage() -> RefusingStorage:
    return RefusingStorage()


@pytest.fixture
async def wishes(bridge: Service, storage: RefusingStorage) -> WishDesk:
    found = WishDesk({"bridge": bridge}, storage)
    await found.follow(5, bridge, "Ann Bell", MORNING - timedelta(days=1))
    return found


async def test_a_chat_that_is_forgotten_wishes_for_nothing(wishes: WishDesk) -> None:
    assert [wish.name for wish in wishes.list_wishes(5)] == ["Ann Bell"]

    await wishes.move(5, None)
    await wishes.move(5, None)

    assert wishes.list_wishes(5) == []


async def test_what_storage_refuses_leaves_the_wishes_as_they_were(
    wishes: WishDesk, storage: RefusingStorage, bridge: Service, caplog: pytest.LogCaptureFixture
) -> None:
    before = wishes.list_wishes(5)
    storage.is_full = True

    await wishes.move(5, 6)
    await wishes.note_press(5, MORNING)
    told = text(await wishes.follow(5, bridge, "stop", MORNING))

    assert wishes.list_wishes(5) == before
    assert told == f"{say('wishes.not_ended')}\n\n{say('try_later')}"
    assert [record.message.partition(":")[0] for record in caplog.records] == [
        "wishes were not moved",
        "press not kept",
        "wish not ended",
    ]


async def test_to_stop_what_was_never_followed_lists_what_is(wishes: WishDesk, bridge: Service) -> None:
    told = text(await wishes.follow(5, bridge, "stop the ferry", MORNING))

    assert "Ann Bell" in told
    assert [wish.name for wish in wishes.list_wishes(5)] == ["Ann Bell"]


async def test_a_new_document_without_the_voice_is_no_news(wishes: WishDesk, bridge: Service, tmp_path: Path) -> None:
    await wishes.collect(MORNING)
    cy = "Cy Orr, a baker, said: “My customers drive round by Harwick now, ten miles each way.”\n"
    (tmp_path / "bridge/c.txt").write_text(article(cy, title="Bakers"), "utf-8")
    await bridge.admin.reload()

    assert await wishes.collect(MORNING + timedelta(hours=1)) == []


async def test_a_wish_for_a_corpus_that_is_gone_brings_nothing(storage: RefusingStorage, bridge: Service) -> None:
    found = WishDesk({"bridge": bridge}, storage)
    await storage.set_wishes(5, [Wish(5, "tram", WishKind.VOICE, "Ann Bell", "2031-05-01T09:00:00", "2031-05-01")])

    assert await found.collect(MORNING) == []
