"""What is loaded is set aside from the garbage collector, and what was replaced is freed."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.service import Service, snapshot
from bot.service.snapshot import settle_heap
from tests.corpus_folders import desk


class Cycle:
    """An object that only the garbage collector can free."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def _thawed() -> Iterator[None]:
    yield
    gc.unfreeze()


def test_what_is_set_aside_is_not_looked_at_again() -> None:
    kept = Cycle()

    settle_heap()

    assert gc.get_freeze_count() > 0
    assert not any(each is kept for each in gc.get_objects())


def test_a_cycle_that_was_set_aside_is_freed_by_the_next_call() -> None:
    cycle = Cycle()
    watched = weakref.ref(cycle)
    settle_heap()
    del cycle
    gc.collect()
    assert watched() is not None

    settle_heap()

    assert watched() is None


async def test_the_first_questions_find_the_heap_set_aside(desk: Service) -> None:
    gc.unfreeze()

    await desk.warm()

    assert gc.get_freeze_count() > 0


@pytest.mark.parametrize(("passage_count", "is_settled"), [(0, True), (1, False)])
async def test_a_reload_of_many_passages_sets_them_aside(
    desk: Service, monkeypatch: pytest.MonkeyPatch, passage_count: int, *, is_settled: bool
) -> None:
    least = len(desk.corpus.passages) + passage_count
    monkeypatch.setattr(snapshot, "_MIN_PASSAGES_TO_SETTLE", least)
    gc.unfreeze()

    await desk.admin.reload()

    assert (gc.get_freeze_count() > 0) == is_settled


class Library:
    """A C library that notes what it is asked to give back."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    def malloc_trim(self, pad: int) -> int:
        self.asked.append(pad)
        return 1


def test_what_is_free_is_given_back_after_every_reading_where_the_library_can(
    monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    library = Library()
    monkeypatch.setattr("ctypes.CDLL", lambda _: library)
    asyncio.run(desk(folder.parent))
    assert library.asked == [0]

    monkeypatch.setattr("ctypes.CDLL", lambda _: object())
    settle_heap()
    assert library.asked == [0]
