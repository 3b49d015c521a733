"""What every storage promises, whether a folder, memory or a database keeps it."""

from __future__ import annotations

import asyncio
import inspect
import json
import pkgutil
import textwrap
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot import storage
from bot.cli import main
from bot.model import Quote
from bot.storage import (
    Claim,
    Flag,
    FlagOutcome,
    FlagReason,
    Hold,
    NameHold,
    QuoteChange,
    QuoteEvent,
    RateSlot,
    ServedCorpus,
    Storage,
    Tombstone,
    Wish,
    WishKind,
    WordSums,
    base,
    create_hold,
    open_storage,
    stores,
)
from bot.storage.stores import load_store
from bot.storage.stores.postgres.storage import PostgresStorage, open_postgres
from tests.invented_debate import FERRY
from tests.services.databases import create_database

if TYPE_CHECKING:
    Reopen = Callable[[], Awaitable[Storage]]


async def open_folder(place: Path) -> Storage:
    return open_storage(place)


async def open_memory(_: Path) -> Storage:
    return open_storage()


async def open_database(place: Path) -> Storage:
    return await open_postgres(await create_database(place.name))


async def open_journal(place: Path) -> Storage:
    journal = load_store("journal")
    return await journal.open_store(str(place / "kept.jsonl"), journal.Options())


# How each way of keeping is opened; the folder stands for whatever place it keeps things in.
OPENERS: dict[str, Callable[[Path], Awaitable[Storage]]] = {
    "FolderStorage": open_folder,
    "FolderStorage in memory": open_memory,
    "PostgresStorage": open_database,
    "JournalStorage": open_journal,
}
IMPORTS = """\
import json
from pathlib import Path
from pydantic import BaseModel, ConfigDict
from bot.storage.entries import NO_TEXTS, EntryChange, EntryStorage, decode_entry, encode_entry
from bot.storage.shared_state import StateInMemory

"""
QUOTES = [Quote(passage, passage.frame) for passage in FERRY.passages[:3]]


def find_implementations() -> set[str]:
    """Return the classes of bot/storage that have every member of the protocol."""
    members = {name for name in vars(Storage) if not name.startswith("_")}
    modules = [import_module(m.name) for m in pkgutil.walk_packages(storage.__path__, "bot.storage.")]
    return {
        name
        for module in modules
        for name, item in inspect.getmembers(module, inspect.isclass)
        if item is not Storage and members <= set(dir(item))
    }


@pytest.fixture
def journal(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Write the store of the docstring where stores are found."""
    folder = tmp_path_factory.mktemp("stores")
    example = (base.__doc__ or "").partition("journal.py`:\n")[2]
    (folder / "journal.py").write_text(IMPORTS + textwrap.dedent(example), "utf-8")
    monkeypatch.setattr(stores, "__path__", [*stores.__path__, str(folder)])


def test_every_implementation_is_held_to_the_contract() -> None:
    assert find_implementations() == {name.split()[0] for name in OPENERS} - {"JournalStorage"}


@pytest.mark.usefixtures("journal")
def test_a_new_file_is_a_store_that_is_chosen_by_its_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BOT_JOURNAL_FILE", str(tmp_path / "kept.jsonl"))
    monkeypatch.setenv("BOT_STORES__JOURNAL__ENCODING", "utf-16")

    assert main(["ask", "What does Liberty say about privacy?"]) == 0

    rows = [json.loads(line) for line in (tmp_path / "kept.jsonl").read_text("utf-16").splitlines()]
    shown_id = next(key for kind, key, *_ in rows if kind == "shown")
    assert main(["show", shown_id]) == 0
    assert {"text", "shown", "event"} <= {row[0] for row in rows}
    assert "Liberty" in capsys.readouterr().out


@pytest.mark.usefixtures("journal")
@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({"BOT_STORES__JOURNAL__COLOUR": "red"}, "BOT_STORES__JOURNAL__COLOUR: no such setting"),
        (
            {"BOT_STORES__JOURNALS__ENCODING": "x"},
            "BOT_STORES__JOURNALS__ENCODING: no such store; use folder, journal, ",
        ),
        ({"BOT_JOURNAL": "x"}, "BOT_JOURNAL: no such setting"),
        (
            {"DATABASE_URL": "x"},
            "BOT_JOURNAL_FILE and DATABASE_URL: each names a store, and one is used; unset all but",
        ),
    ],
)
def test_what_a_new_store_does_not_have_is_refused_by_place(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    variables: dict[str, str],
    told: str,
) -> None:
    for name, value in {"BOT_JOURNAL_FILE": str(tmp_path / "kept.jsonl"), **variables}.items():
        monkeypatch.setenv(name, value)

    assert main(["ask", "privacy"]) == 2

    assert capsys.readouterr().err.startswith(f"bot: {told}")
    assert not (tmp_path / "kept.jsonl").exists()


NEEDS_SERVER = {"PostgresStorage"}


@pytest.fixture(
    params=[pytest.param(name, marks=pytest.mark.services if name in NEEDS_SERVER else ()) for name in OPENERS]
)
async def reopen(request: pytest.FixtureRequest, journal: None, tmp_path: Path) -> AsyncIterator[Reopen]:  # noqa: ARG001
    """Return what opens the same place again, as a restart would."""
    opened: list[Storage] = []

    async def open_again() -> Storage:
        opened.append(await OPENERS[request.param](tmp_path))
        return opened[-1]

    yield open_again
    for each in opened:
        await each.close()


@pytest.fixture
async def kept(reopen: Reopen) -> Storage:
    return await reopen()


async def test_a_quote_is_found_where_it_was_first_shown(kept: Storage) -> None:
    await kept.record_shown(QUOTES[:2], "ferry")
    await kept.record_shown(QUOTES, "tram")
    await kept.record_shown(QUOTES, "tram")

    shown = kept.find_shown(QUOTES[0].id)
    assert shown is not None
    assert (shown.corpus, shown.span) == ("ferry", QUOTES[0].span)
    assert [each.id for each in kept.list_shown("ferry")] == [quote.id for quote in QUOTES[:2]]
    assert [each.id for each in kept.list_shown("tram")] == [QUOTES[2].id]
    assert kept.find_shown("AAAAAAAA") is None


async def test_the_words_of_a_shown_quote_are_its_own_where_texts_are_kept(kept: Storage) -> None:
    await kept.record_shown(QUOTES, "ferry")

    words = [await kept.read_words(quote.id) for quote in QUOTES]

    assert words == [quote.text if kept.is_persistent else None for quote in QUOTES]
    assert await kept.read_words("AAAAAAAA") is None


async def test_of_two_tombstones_the_later_counts(kept: Storage) -> None:
    await kept.retire([Tombstone("A", "2031-01-01", "removed"), Tombstone("B", "2031-01-01", "reread")])
    await kept.retire([Tombstone("A", "2031-02-01", "changed", "C")])

    await kept.retire([])
    assert kept.find_tombstone("A") == Tombstone("A", "2031-02-01", "changed", "C")
    assert kept.find_tombstone("B") == Tombstone("B", "2031-01-01", "reread")
    assert kept.find_tombstone("C") is None


async def test_a_hold_lasts_until_it_is_removed(kept: Storage) -> None:
    first, second = (create_hold(quote, "disputed", "2031-01-01") for quote in QUOTES[:2])
    await kept.add_hold(first)
    await kept.add_hold(second)
    assert kept.list_holds() == (first, second)
    assert kept.find_hold(first.id) == first

    await kept.remove_hold(first.id)
    await kept.remove_hold("AAAAAAAA")

    assert kept.list_holds() == (second,)
    assert kept.find_hold(first.id) is None


async def test_a_second_hold_on_a_quote_replaces_the_first(kept: Storage) -> None:
    await kept.add_hold(create_hold(QUOTES[0], "disputed", "2031-01-01"))
    await kept.add_hold(create_hold(QUOTES[0], "withdrawn", "2031-01-02"))

    assert [hold.reason for hold in kept.list_holds()] == ["withdrawn"]


async def test_a_name_is_withheld_until_it_is_released(kept: Storage) -> None:
    first, second = NameHold("Ann Low", "2031-01-01", "a child"), NameHold("Bob High", "2031-01-02", "asked", True)  # noqa: FBT003
    await kept.add_name_hold(first)
    await kept.add_name_hold(second)
    await kept.add_name_hold(replace(first, name="ANN  LOW", reason="a witness"))
    assert {(hold.key, hold.reason, hold.is_unquoted) for hold in kept.list_name_holds()} == {
        ("ann low", "a witness", False),
        ("bob high", "asked", True),
    }

    await kept.remove_name_hold("ann low")
    await kept.remove_name_hold("nobody")

    assert kept.list_name_holds() == (second,)


async def test_a_name_hold_survives_where_anything_does(reopen: Reopen) -> None:
    hold = NameHold("Ann Low", "2031-01-01", "a child")
    await (await reopen()).add_name_hold(hold)

    after = await reopen()

    assert after.list_name_holds() == ((hold,) if after.is_persistent else ())


async def test_what_happened_to_a_quote_is_kept_in_order_and_each_thing_once(reopen: Reopen) -> None:
    before = await reopen()
    shown = QuoteEvent("A", "2031-01-01T10:00:00", QuoteChange.SHOWN, "4f", "c0ffee")
    holds = [QuoteEvent("A", f"2031-01-02T10:00:0{second}", QuoteChange.HELD, "disputed") for second in range(2)]
    await before.record_events([shown])
    await before.record_events([*holds, shown])
    await before.record_events([])

    after = await reopen()

    assert before.list_events("A") == (shown, *holds)
    assert before.list_events("B") == ()
    assert after.list_events("A") == ((shown, *holds) if after.is_persistent else ())


async def test_a_flag_is_kept_until_it_is_closed_and_then_only_counted(reopen: Reopen) -> None:
    before = await reopen()
    flags = [
        Flag(number, "A", reason, "2031-01-01", -5, 7, 9, 2, language)
        for number, reason, language in (("1", FlagReason.VOICE, None), ("2", FlagReason.WORDS, "fr"))
    ]
    for flag in flags:
        await before.add_flag(flag)
    assert before.list_flags() == tuple(flags)
    await before.close_flags(flags[:1], FlagOutcome.DISMISSED)
    await before.close_flags(flags[:1], FlagOutcome.DISMISSED)
    await before.close_flags([], FlagOutcome.EXPIRED)

    after = await reopen()

    assert before.list_flags() == (flags[1],)
    assert before.count_flags() == {(flags[0].reason, FlagOutcome.DISMISSED): 1}
    assert after.list_flags() == (before.list_flags() if after.is_persistent else ())
    assert after.count_flags() == (before.count_flags() if after.is_persistent else {})


async def test_a_chat_has_the_corpus_it_chose_last(kept: Storage) -> None:
    await kept.choose(-5, "tram")
    await kept.choose(-5, "ferry")
    await kept.choose(6, "tram")
    await kept.choose(6, None)

    assert [kept.find_choice(chat) for chat in (-5, 6, 7)] == ["ferry", None, None]


async def test_persistent_storage_keeps_everything_and_other_storage_nothing(reopen: Reopen) -> None:
    before = await reopen()
    hold = create_hold(QUOTES[0], "disputed", "2031-01-01")
    tombstone = Tombstone(QUOTES[1].id, "2031-01-01", "removed")
    await before.record_shown(QUOTES, "ferry")
    await before.add_hold(hold)
    await before.retire([tombstone])
    await before.choose(1, "ferry")

    after = await reopen()

    found: tuple[object, ...] = (
        len(after.list_shown("ferry")),
        *after.list_holds(),
        after.find_tombstone(tombstone.id),
        after.find_choice(1),
    )
    assert found == ((3, hold, tombstone, "ferry") if after.is_persistent else (0, None, None))


async def test_two_processes_do_not_undo_what_the_other_wrote(reopen: Reopen) -> None:
    one, other = await reopen(), await reopen()
    await one.add_hold(create_hold(QUOTES[0], "disputed", "2031-01-01"))
    await one.retire([Tombstone("A", "2031-01-01", "removed")])
    await one.choose(1, "tram")

    await other.add_hold(create_hold(QUOTES[1], "disputed", "2031-01-01"))
    await other.retire([Tombstone("B", "2031-01-01", "removed")])
    await other.choose(2, "ferry")

    after = await reopen()
    count = 2 if after.is_persistent else 0
    assert len(after.list_holds()) == count
    assert len([id_ for id_ in "AB" if after.find_tombstone(id_)]) == count
    assert len([chat for chat in (1, 2) if after.find_choice(chat)]) == count


async def test_writes_at_one_time_are_all_kept(kept: Storage) -> None:
    holds = [
        Hold(f"ID{number}", "a", "0" * 64, number, number + 1, "", "2031-01-01", "disputed") for number in range(20)
    ]

    await asyncio.gather(*map(kept.add_hold, holds))

    assert {hold.id for hold in kept.list_holds()} == {hold.id for hold in holds}


async def test_what_another_process_wrote_is_known_after_a_refresh(reopen: Reopen) -> None:
    one, other = await reopen(), await reopen()
    hold = create_hold(QUOTES[0], "disputed", "2031-01-01")
    await one.add_hold(hold)
    await one.record_shown(QUOTES, "ferry")
    await one.set_served("ferry", ServedCorpus("abc", ("a",)))

    await other.refresh()

    if isinstance(one, PostgresStorage):
        assert (other.list_holds(), len(other.list_shown("ferry"))) == ((hold,), 3)
        assert other.find_served("ferry") == ServedCorpus("abc", ("a",))
        await other.remove_hold(hold.id)
        await one.refresh()
        assert one.list_holds() == ()
    assert one.find_served("tram") is None


async def test_an_update_is_handled_once(kept: Storage) -> None:
    assert await kept.claim(-(2**62), 60) is Claim.OURS
    await kept.settle(-(2**62), done=False)
    assert await kept.claim(-(2**62), 60) is Claim.OURS
    await kept.settle(-(2**62), done=True)
    assert await kept.claim(-(2**62), 60) is Claim.DONE
    await kept.settle(-(2**62), done=False)
    assert await kept.claim(-(2**62), 60) is Claim.DONE
    assert await kept.claim(7, 60) is Claim.OURS


async def test_a_value_is_kept_until_its_time_is_over_or_it_is_dropped(kept: Storage) -> None:
    odd = b"\x00\xff" * 1000
    await kept.keep("answer", "1/2", b"3", 60)
    await kept.keep("answer", "1/2", odd, 60)
    await kept.keep("answer", "1/3", b"", 0)
    await kept.keep("upload", "1/2", b"other", 60)

    assert await kept.find_kept("answer", "1/2") == odd
    assert await kept.find_kept("answer", "1/3") is None
    assert await kept.list_kept("answer") == {"1/2": odd}
    assert [await kept.drop("answer", key) for key in ("1/2", "1/2", "1/3")] == [True, False, False]
    assert await kept.find_kept("answer", "1/2") is None
    assert await kept.list_kept("upload") == {"1/2": b"other"}


async def test_what_is_kept_is_counted_by_what_it_is_kept_under(kept: Storage) -> None:
    for key in ("monday/cost/1", "monday/cost/2", "monday/cost/2", "monday/costs/1", "tuesday/cost/1"):
        await kept.keep("asked", key, b"", 60)
    await kept.keep("asked", "monday/cost/3", b"", 0)
    await kept.keep("other", "monday/cost/4", b"", 60)

    assert await kept.count_kept("asked") == {"monday/cost": 2, "monday/costs": 1, "tuesday/cost": 1}
    assert await kept.count_kept("asked", "monday/cost/") == {"monday/cost": 2}
    assert await kept.count_kept("asked", "sunday") == {}


async def test_one_is_first_until_the_time_is_over(kept: Storage) -> None:
    assert await kept.claim_first("follow", "monday/1", 60)
    assert not await kept.claim_first("follow", "monday/1", 60, strictly=True)
    assert await kept.claim_first("follow", "monday/2", 0, strictly=True)
    assert await kept.claim_first("follow", "monday/2", 60)
    assert await kept.drop("follow", "monday/1")
    assert await kept.claim_first("follow", "monday/1", 60)


async def test_turns_are_a_burst_and_then_one_at_a_time(kept: Storage) -> None:
    turns = [RateSlot("a", 2, 10.0)]

    waits = [await kept.take_slots(turns, 60) for _ in range(4)]

    assert waits[:2] == [0, 0]
    assert [round(wait or 0) for wait in waits[2:]] == [10, 20]
    # Of a turn that is too far off nothing is taken, nor of another that is asked for with it.
    assert await kept.take_slots([*turns, RateSlot("b", 1, 10.0)], 5) is None
    assert await kept.take_slots([RateSlot("b", 1, 10.0)], 0) == 0
    assert await kept.take_slots([], 0) == 0


async def test_processes_share_values_and_turns_and_of_many_one_is_first(reopen: Reopen) -> None:
    processes = [await reopen() for _ in range(3)]
    is_shared = isinstance(processes[0], PostgresStorage)
    await processes[0].keep("answer", "1/2", b"3", 60)

    firsts = await asyncio.gather(*(each.claim_first("a", "b", 60) for each in processes))
    waits = await asyncio.gather(
        *(each.take_slots([RateSlot(key, 4, 10.0) for key in keys], 0) for each in processes for keys in ("ab", "ba"))
    )

    assert (await processes[1].find_kept("answer", "1/2")) == (b"3" if is_shared else None)
    assert sum(firsts) == (1 if is_shared else 3)
    assert sum(wait == 0 for wait in waits) == (4 if is_shared else 6)
    assert processes[0].is_shared is is_shared
    assert sum([await each.drop("a", "b") for each in processes]) == (1 if is_shared else 3)


WISHES = (
    Wish(5, "ferry", WishKind.VOICE, "Ann Low", "2031-05-02T08:00:00", "2031-05-02"),
    Wish(5, "ferry", WishKind.TOPIC, "night fares", "2031-05-03T08:00:00", "2031-05-03", "2031-05-04"),
)


async def test_wishes_are_kept_by_chat_and_forgotten_with_it(kept: Storage, reopen: Reopen) -> None:
    other = replace(WISHES[0], chat=-6)
    await kept.set_wishes(5, WISHES)
    await kept.set_wishes(-6, [other])
    await kept.set_wishes(5, WISHES[1:])
    if kept.is_persistent:
        kept = await reopen()

    assert sorted(kept.list_wishes(), key=lambda wish: wish.chat) == [other, WISHES[1]]
    await kept.set_wishes(-6, [])
    assert kept.list_wishes() == WISHES[1:]
    assert len({wish.key for wish in (*WISHES, replace(WISHES[0], corpus="tram"))}) == 3


async def test_the_first_arrival_of_a_document_counts(kept: Storage, reopen: Reopen) -> None:
    await kept.record_arrivals("ferry", {"a": "2031-05-02T08:00:00"})
    await kept.record_arrivals("ferry", {"a": "2031-05-09T08:00:00", "b": "2031-05-09T08:00:00"})
    await kept.record_arrivals("tram", {"a": "2031-05-10T08:00:00"})
    if kept.is_persistent:
        kept = await reopen()

    assert kept.find_arrivals("ferry") == {"a": "2031-05-02T08:00:00", "b": "2031-05-09T08:00:00"}
    assert kept.find_arrivals("tram") == {"a": "2031-05-10T08:00:00"}
    assert kept.find_arrivals("barge") == {}


async def test_sums_of_words_are_kept_until_others_take_their_place(kept: Storage, reopen: Reopen) -> None:
    assert kept.find_word_sums() == WordSums()
    await kept.set_word_sums(WordSums("2031-W18", {"whales": 7}))
    if kept.is_persistent:
        kept = await reopen()

    assert kept.find_word_sums() == WordSums("2031-W18", {"whales": 7})
