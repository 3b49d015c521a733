"""What a hold withholds after its words were read late."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import StorageError
from bot.service.hold_matching import HoldRegister, HoldStatus
from bot.storage import create_hold
from tests.corpus_folders import ANN, QUESTION, UNSAFE, article, desk
from tests.shared_storage import SharedStorage, start


@pytest.mark.parametrize("first", ["refused", "too early"])
async def test_words_of_a_hold_that_could_not_be_read_at_first_find_it_again(folder: Path, first: str) -> None:
    storage = SharedStorage()
    live, service = await start(folder, storage)
    [quote] = [chosen.quote for chosen in service.answer(QUESTION).quotes if chosen.quote.text == UNSAFE]
    hold, register = create_hold(quote, "disputed", live.today()), HoldRegister(storage)
    await storage.add_hold(hold)

    async def read_words(_: str) -> str | None:
        if first == "refused":
            raise StorageError("the database", "not reached", "wait")
        register.remember_words(hold, quote)
        return None

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(storage, "read_words", read_words)
        await register.match(live.snapshot.corpus)
    await storage.record_shown([quote], "bridge")
    (folder / "a.txt").write_text(article(ANN.replace("unsafe,", "unsafe –")), "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        if first == "refused":
            patch.setattr(storage, "read_words", _read_unsafe)
        [matched] = await register.match((await live.prepare()).snapshot.corpus)

    assert matched.status is HoldStatus.FOUND
    assert [passage.text for passage in matched.passages] == [UNSAFE.replace("unsafe,", "unsafe –")]


async def _read_unsafe(_: str) -> str:
    return UNSAFE


@pytest.mark.parametrize("is_kept", [True, False])
async def test_what_was_held_and_never_shown_is_found_again_in_marks_that_were_changed(
    folder: Path, *, is_kept: bool
) -> None:
    """By the words in the state folder at the next start, and without one by those that this process remembers."""
    state_folder = str(folder.parent / "state") if is_kept else ""
    bridge = await desk(folder.parent, state_folder=state_folder)
    [quote] = [chosen.quote for chosen in bridge.answer(QUESTION).quotes if chosen.quote.text == UNSAFE]
    await bridge.admin.hold(f"{quote.id} disputed")
    (folder / "a.txt").write_text(article(ANN.replace("unsafe,", "unsafe –")), "utf-8")

    if is_kept:
        bridge = await desk(folder.parent, state_folder=state_folder)
    else:
        await bridge.admin.reload()
        await bridge.admin.reload("now")

    assert "unsafe –" in bridge.corpus.documents[0].text
    assert bridge.answer(QUESTION).quotes == ()
