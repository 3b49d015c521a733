"""What outlives a run is whole or refused, and what it says is obeyed; the debate is invented."""

from __future__ import annotations

import asyncio
import json
import random
import shutil
from pathlib import Path

import pytest

from bot import bootstrap, storage
from bot.errors import StorageError
from bot.model import Quote
from bot.replies.catalogue import say
from bot.service import Service
from bot.service.router import Router
from bot.storage import filesystem as seam
from bot.storage.stores.folder import SEAL_PREFIX, FolderStorage, read_raw, read_sealed, write_sealed
from tests.corpus_folders import (
    ANN,
    BOB,
    CY,
    MANIFEST,
    NEVER,
    QUESTION,
    UNSAFE,
    Failing,
    article,
    buttons,
    corpus,
    desk,
    settings,
    text,
)


async def started(folder: Path) -> Service:
    return await desk(folder.parent, state_folder=str(folder.parent / "state"))


def first(bridge: Service, question: str = QUESTION) -> str:
    return bridge.answer(question).quotes[0].quote.id


# Sealed files.


def test_what_was_sealed_comes_back(tmp_path: Path) -> None:
    write_sealed(tmp_path / "new/x.json", {"a": ["é", 1, None]})

    assert read_sealed(tmp_path / "new/x.json") == {"a": ["é", 1, None]}
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["x.json"]
    assert read_sealed(tmp_path / "y.json") is None


def test_a_sealed_file_cut_short_anywhere_is_refused(tmp_path: Path) -> None:
    write_sealed(tmp_path / "x.json", ["withheld"])
    whole = (tmp_path / "x.json").read_bytes()
    for length in range(len(whole)):
        (tmp_path / "x.json").write_bytes(whole[:length])

        with pytest.raises(StorageError, match="damaged, or written by another version; put back"):
            read_sealed(tmp_path / "x.json")


def test_a_sealed_file_with_one_bit_flipped_is_refused(tmp_path: Path) -> None:
    write_sealed(tmp_path / "x.json", ["withheld", "because " * 20])
    whole = (tmp_path / "x.json").read_bytes()
    chance = random.Random(3)
    for _ in range(1000):
        flipped = bytearray(whole)
        flipped[chance.randrange(len(whole))] ^= 1 << chance.randrange(8)
        (tmp_path / "x.json").write_bytes(flipped)

        with pytest.raises(StorageError, match="damaged"):
            read_sealed(tmp_path / "x.json")


def test_a_sealed_file_of_another_version_is_refused(tmp_path: Path) -> None:
    write_sealed(tmp_path / "x.json", [])
    old = (tmp_path / "x.json").read_text("utf-8").replace(SEAL_PREFIX, "on-the-record state 0")
    (tmp_path / "x.json").write_text(old, "utf-8")

    with pytest.raises(StorageError, match="another version"):
        read_sealed(tmp_path / "x.json")


def test_whichever_call_fails_a_sealed_file_is_the_old_or_the_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.json"
    for n in range(1, 50):
        write_sealed(path, "old")
        failing = Failing(n)
        with monkeypatch.context() as patch:
            patch.setattr(seam, "disk", failing)
            try:
                write_sealed(path, "new")
                told = "new"
            except StorageError:
                told = "old or new"

        assert str(read_sealed(path)) in told
        assert [each.name for each in tmp_path.iterdir() if each.name != ".x.json.new"] == [path.name]
        if failing.calls < n:
            break
    assert told == "new"
    assert n > 8


def test_what_a_killed_process_left_half_written_is_no_hindrance(tmp_path: Path) -> None:
    (tmp_path / ".x.json.new").write_bytes(b"half")

    write_sealed(tmp_path / "x.json", 1)

    assert [path.name for path in tmp_path.iterdir()] == ["x.json"]


def test_a_damaged_state_stops_the_start_with_one_line(folder: Path) -> None:
    kept = folder.parent / "state"
    write_sealed(kept / "holds.json", [])
    (kept / "holds.json").write_bytes(b"{}")

    with pytest.raises(StorageError) as caught:
        asyncio.run(started(folder))

    assert str(caught.value) == (
        f"{kept}/holds.json: damaged, or written by another version; put back a copy, or move it away to begin anew"
    )


def test_a_state_file_that_cannot_be_read_stops_the_start(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder.parent / "state/holds.json").mkdir(parents=True)

    with pytest.raises(StorageError, match="a folder, not a file"):
        asyncio.run(started(folder))
    monkeypatch.setattr(seam, "disk", Failing(1))
    with pytest.raises(StorageError, match="input/output error"):
        read_raw(folder / "a.txt")


# What was shown.


async def test_a_quote_is_noted_once_when_it_is_first_shown(folder: Path) -> None:
    bridge = await started(folder)
    for _ in range(3):
        await bridge.ask(QUESTION)

    logged = (folder.parent / "state/shown.log").read_text("utf-8")
    [line] = filter(None, logged.splitlines())
    entry = json.loads(line.partition(" ")[2])
    assert entry == {
        "id": first(bridge),
        "corpus": "bridge",
        "document": "a",
        "title": "Bridge shut (invented example)",
        "sha256": bridge.corpus.documents[0].sha256,
        "start": 44,
        "end": 88,
    }
    assert UNSAFE not in line
    [kept] = (folder.parent / "state/texts").iterdir()
    assert kept.read_text("utf-8") == bridge.corpus.documents[0].text


async def test_an_entry_cut_short_costs_that_entry_alone(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    bridge = await started(folder)
    await bridge.ask(QUESTION)
    log = folder.parent / "state/shown.log"
    log.write_bytes(log.read_bytes()[:-20])
    again = await started(folder)
    await again.ask("ferry repairs")

    kept_storage = storage.open_storage(folder.parent / "state")

    assert [shown.id for shown in kept_storage.list_shown("bridge")] == [first(bridge, "ferry repairs")]
    assert "damaged, and passed over" in caplog.text


async def test_the_words_of_a_quote_can_be_checked_after_its_document_changed(folder: Path) -> None:
    bridge = await started(folder)
    await bridge.ask(QUESTION)
    known = first(bridge)
    (folder / "a.txt").write_text(article(CY), "utf-8")

    kept_storage = storage.open_storage(folder.parent / "state")

    assert await kept_storage.read_words(known) == UNSAFE
    [kept] = (folder.parent / "state/texts").iterdir()
    kept.write_text("other words", "utf-8")
    assert await kept_storage.read_words(known) is None
    assert await kept_storage.read_words("AAAAAAAA") is None


async def test_nothing_of_a_question_is_kept(folder: Path) -> None:
    await (await started(folder)).ask("Was the canary bridge unsafe in May?")

    kept = [path for path in (folder.parent / "state").rglob("*") if path.is_file()]
    assert kept
    assert not any(b"canary" in path.read_bytes() for path in kept)


# What is withheld.


async def test_a_withheld_quote_is_gone_from_the_next_answer_and_its_link_says_why(folder: Path) -> None:
    bridge = await started(folder)
    known = first(bridge)

    told = await bridge.admin.hold(f"{known.lower()}  the speaker disputes it ")

    assert text(told) == f"Quote {known} is now withheld."
    assert bridge.answer(QUESTION).quotes == ()
    assert bridge.answer("ferry repairs").quotes
    said = text(await bridge.show_quote(known))
    assert said.startswith(f"Quote {known} is withheld.\n\nWithheld by an admin on ")
    assert said.endswith(": the speaker disputes it")
    assert UNSAFE not in said


async def test_a_hold_survives_a_reload_a_restart_and_a_change_of_its_document(folder: Path) -> None:
    bridge = await started(folder)
    await bridge.admin.hold(f"{first(bridge)} disputed")
    (folder / "a.txt").write_text(article(CY, ANN), "utf-8")

    await bridge.admin.reload()
    again = await started(folder)

    for each in (bridge, again):
        assert each.answer(QUESTION).quotes == ()
        assert each.answer("Harwick miles").quotes
        assert UNSAFE not in [p.text for p in each.corpus.passages]


async def test_a_hold_reaches_whatever_overlaps_the_quote(folder: Path) -> None:
    two = ANN.replace("May.”", "May. The council knew of it.”")
    (folder / "a.txt").write_text(article(two), "utf-8")
    bridge = await started(folder)
    whole = bridge.answer("council knew").quotes[0].quote
    assert whole.text.endswith("May. The council knew of it.")

    await bridge.admin.hold(f"{whole.id} disputed")

    assert bridge.answer(QUESTION).quotes == ()


async def test_what_is_withheld_is_not_shown_beside_another_quote_either(folder: Path) -> None:
    (folder / "b.txt").write_text(article(BOB, ANN, CY), "utf-8")
    bridge = await started(folder)
    before, after = first(bridge, "ferry repairs"), first(bridge, "Harwick miles")
    assert UNSAFE in text(await bridge.show_quote(before))

    beside = next(
        passage for passage in bridge.corpus.passages if passage.document.id == "b" and passage.text == UNSAFE
    )
    await bridge.admin.hold(f"{Quote(beside, beside.span).id} disputed")

    for each in (before, after):
        shown = text(await bridge.show_quote(each))
        assert UNSAFE not in shown
        assert say("withheld_beside") in shown


LOST = "Withheld quotes whose words can’t be found any more: "
UNSURE = "Withheld quotes whose words have changed, so every passage like them is withheld: "


@pytest.mark.parametrize(
    ("now", "told"),
    [
        (ANN.replace(UNSAFE, "Nothing of the kind was ever said by me."), LOST),
        (ANN.replace("May", "June"), UNSURE),
        (ANN.replace("The bridge is unsafe, and", "Well, it"), LOST),
    ],
)
async def test_a_reload_tells_of_a_hold_whose_words_are_no_longer_there(folder: Path, now: str, told: str) -> None:
    bridge = await started(folder)
    known = first(bridge)
    await bridge.admin.hold(f"{known} disputed")
    (folder / "a.txt").write_text(article(now), "utf-8")

    reply = await bridge.admin.reload()

    assert f"{told}{known}" in text(reply)
    assert "/reload now" in buttons(reply).values()


@pytest.mark.parametrize("persistent", [True, False])
async def test_a_passage_that_shares_a_sentence_s_worth_of_a_withheld_one_is_withheld_and_the_admins_told(
    folder: Path,
    persistent: bool,  # noqa: FBT001  a column of the table
) -> None:
    bridge = await (started(folder) if persistent else desk(folder.parent))
    known = first(bridge)
    await bridge.admin.hold(f"{known} disputed")
    (folder / "a.txt").write_text(article(ANN.replace("May", "June")), "utf-8")

    await bridge.admin.reload()
    await bridge.admin.reload("now")

    assert bridge.answer(QUESTION).quotes == ()
    [alert] = bridge.admin.take_alerts()
    assert f"{UNSURE}{known}" in text(alert)
    assert bridge.admin.take_alerts() == []


@pytest.mark.parametrize(
    "reading",
    [
        "“The *bridge* is **unsafe**, and was _unsafe_ in May.”",
        "“The bridge is unsafe - and was unsafe, in May.”",
        "“The bridge is un\u00adsafe,\u00a0and was unsafe in MAY!”",
        "“So: the bridge is unsafe, and was unsafe in May. It is.”",
    ],
)
async def test_a_hold_finds_its_words_again_whatever_marks_the_next_reading_has(folder: Path, reading: str) -> None:
    bridge = await started(folder)
    await bridge.admin.hold(f"{first(bridge)} disputed")
    (folder / "a.txt").write_text(article(ANN.replace(f"“{UNSAFE}”", reading)), "utf-8")

    again = await started(folder)

    assert again.answer(QUESTION).quotes == ()
    assert again.admin.take_alerts() == []


async def test_a_hold_lost_between_two_runs_is_told_at_the_start(folder: Path) -> None:
    bridge = await started(folder)
    known = first(bridge)
    await bridge.admin.hold(f"{known} disputed")
    (folder / "a.txt").unlink()
    (folder / "c.txt").write_text(article(ANN.replace(UNSAFE, "I shall say nothing more of it.")), "utf-8")

    [alert] = (await started(folder)).admin.take_alerts()

    assert f"{LOST}{known}" in text(alert)


async def test_a_hold_on_a_document_under_a_new_name_withholds_its_words_there_and_is_told(folder: Path) -> None:
    bridge = await started(folder)
    known = first(bridge)
    await bridge.admin.hold(f"{known} disputed")
    (folder / "a.txt").unlink()
    (folder / "moved.txt").write_text(article(ANN.replace("May", "*May*"), title="Bridge still shut"), "utf-8")

    again = await started(folder)

    assert again.answer(QUESTION).quotes == ()
    assert f"{UNSURE}{known}" in text(again.admin.take_alerts()[0])


async def test_a_hold_whose_kept_words_cannot_be_read_is_told_and_not_fatal(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bridge = await started(folder)
    known = first(bridge)
    await bridge.admin.hold(f"{known} disputed")
    (folder / "a.txt").write_text(article(ANN.replace("May", "June")), "utf-8")

    async def refuse(*_: object) -> str:
        raise StorageError("texts", "input/output error", "mend the disk")

    monkeypatch.setattr(FolderStorage, "read_words", refuse)

    assert f"{LOST}{known}" in text((await started(folder)).admin.take_alerts()[0])


async def test_a_released_quote_is_shown_again(folder: Path) -> None:
    bridge = await started(folder)
    known = first(bridge)
    await bridge.admin.hold(f"{known} by mistake")

    assert text(await bridge.admin.release(known.lower())) == f"Quote {known} is shown again."
    assert text(await bridge.admin.release(known)) == f"Quote {known} is not withheld."
    assert first(await started(folder)) == known


@pytest.mark.parametrize("wish", ["", "  ", "VL3FNN2Y"])
async def test_a_hold_without_a_reason_says_how(folder: Path, wish: str) -> None:
    bridge = await started(folder)

    told = text(await bridge.admin.hold(wish or first(bridge)))

    usage = "Use /hold ID REASON, or /hold NAME REASON. Anyone who opens a withheld quote sees the reason."
    assert told == usage
    assert text(await bridge.admin.release("")) == "Use /release ID, or /release NAME."
    assert bridge.answer(QUESTION).quotes


async def test_a_hold_on_no_quote_says_so(folder: Path) -> None:
    bridge = await started(folder)

    assert "There is no quote AAAAAAAA" in text(await bridge.admin.hold("AAAAAAAA why"))


async def test_a_hold_that_cannot_be_kept_is_none(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bridge = await started(folder)
    known = first(bridge)
    with monkeypatch.context() as patch:
        patch.setattr(seam, "disk", Failing(1))
        told = text(await bridge.admin.hold(f"{known} disputed"))

    assert "input/output error" in told
    assert bridge.answer(QUESTION).quotes


async def test_without_a_folder_a_hold_lasts_as_long_as_the_bot(folder: Path) -> None:
    bridge = await desk(folder.parent)
    await bridge.admin.hold(f"{first(bridge)} disputed")
    (folder / "c.txt").write_text(article(CY), "utf-8")
    await bridge.admin.reload()

    assert bridge.answer(QUESTION).quotes == ()
    assert (await desk(folder.parent)).answer(QUESTION).quotes


async def test_what_another_process_withheld_meanwhile_is_not_released_by_a_hold(folder: Path) -> None:
    one, other = await started(folder), await started(folder)
    await one.admin.hold(f"{first(one)} disputed")

    await other.admin.hold(f"{first(other, 'ferry repairs')} disputed too")

    again = await started(folder)
    assert again.answer(QUESTION).quotes == ()
    assert again.answer("ferry repairs").quotes == ()


# Several corpora in one process.


@pytest.fixture
def both(tmp_path: Path) -> Path:
    """Return the folder of two corpora, which have one document in common."""
    corpus(tmp_path)
    ferry = corpus(tmp_path, "ferry")
    manifest = MANIFEST.replace("Testbury bridge", "Testbury ferry")
    (ferry / "corpus.toml").write_text(manifest, "utf-8")
    (ferry / "a.txt").write_text(article(ANN.replace("unsafe", "sound")), "utf-8")
    shutil.copy(tmp_path / "bridge/b.txt", ferry / "b.txt")
    return tmp_path


async def each_desk(desks: Router) -> tuple[Service, Service]:
    """Return the services of both corpora, the set one first."""
    await desks.choose_corpus(2, "ferry")
    return desks.for_chat(1), desks.for_chat(2)


async def opened(folder: Path) -> Router:
    return await bootstrap.build_router(
        settings(folder, corpora=("ferry", "bridge"), state_folder=str(folder / "state"))
    )


async def test_a_chat_is_answered_from_the_corpus_it_chose_even_after_a_restart(both: Path) -> None:
    desks = await opened(both)
    assert {desks.for_chat(chat).corpus.name for chat in (1, -5, None)} == {"bridge"}

    told = await desks.choose_corpus(-5, "ferry")

    assert text(told) == "This chat now uses The Testbury ferry (invented example)."
    for each in (desks, await opened(both)):
        assert each.for_chat(-5).corpus.name == "ferry"
        assert each.for_chat(1).corpus.name == "bridge"
    await desks.choose_corpus(-5, "bridge")
    assert desks.for_chat(-5).corpus.name == "bridge"


@pytest.mark.parametrize("name", ["", "tram", "../bridge", "/etc", "FERRY", "bridge\0"])
async def test_only_a_corpus_that_is_served_can_be_chosen(both: Path, name: str) -> None:
    desks = await opened(both)

    told = await desks.choose_corpus(-5, name)

    assert text(told) == "There is no corpus of that name."
    assert list(buttons(told).values()) == ["/corpus bridge", "/corpus ferry"]
    assert desks.for_chat(-5).corpus.name == "bridge"


async def test_a_choice_of_a_corpus_that_is_served_no_more_leads_to_the_set_one(both: Path) -> None:
    await (await opened(both)).choose_corpus(-5, "ferry")

    alone = await bootstrap.build_router(settings(both, state_folder=str(both / "state")))

    assert alone.for_chat(-5).corpus.name == "bridge"


async def test_a_choice_that_cannot_be_kept_is_none(both: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desks = await opened(both)
    monkeypatch.setattr(seam, "disk", Failing(1))

    told = await desks.choose_corpus(-5, "ferry")

    assert "Not changed." in text(told)
    assert desks.for_chat(-5).corpus.name == "bridge"


async def test_a_choice_is_a_chat_and_a_name_and_can_be_forgotten(tmp_path: Path) -> None:
    kept_storage = storage.open_storage(tmp_path)
    await kept_storage.choose(-5, "ferry")
    await kept_storage.choose(6, "bridge")
    await kept_storage.choose(6, None)

    assert read_sealed(tmp_path / "chats.json") == {"-5": "ferry"}


async def test_a_link_is_good_whichever_corpus_a_chat_chose(both: Path) -> None:
    desks = await opened(both)
    bridge, ferry = await each_desk(desks)
    unsafe, sound = first(bridge), first(ferry, "Was the bridge sound in May?")
    assert unsafe != sound

    assert UNSAFE in text(await ferry.show_quote(unsafe))
    assert "was sound in May." in text(await bridge.show_quote(sound))
    assert NEVER in text(await ferry.show_quote(first(bridge, "ferry repairs")))


def test_different_words_never_share_an_id_across_corpora(both: Path) -> None:
    desks = asyncio.run(opened(both))
    places: dict[str, str] = {}
    for each in asyncio.run(each_desk(desks)):
        for question in (QUESTION, "ferry repairs", "Was the bridge sound?"):
            for chosen in each.answer(question).quotes:
                assert places.setdefault(chosen.quote.id, chosen.quote.text) == chosen.quote.text
    assert len(places) == 3


async def test_a_hold_reaches_the_same_document_in_every_corpus(both: Path) -> None:
    desks = await opened(both)
    bridge, ferry = await each_desk(desks)

    known = first(bridge, "ferry repairs")
    await bridge.admin.hold(f"{known} disputed")

    assert ferry.answer("ferry repairs").quotes == ()
    await ferry.admin.release(known)
    assert bridge.answer("ferry repairs").quotes


async def test_a_reload_reloads_the_corpus_of_its_chat_alone(both: Path) -> None:
    desks = await opened(both)
    await desks.choose_corpus(-5, "ferry")
    for name in ("bridge", "ferry"):
        (both / name / "c.txt").write_text(article(CY), "utf-8")

    assert text(await desks.for_chat(-5).admin.reload()).startswith("Reloaded. ferry is now live.")

    assert [len(desks.for_chat(chat).corpus.documents) for chat in (-5, 1)] == [3, 2]


def test_what_a_corpus_holds_offers_the_others(both: Path) -> None:
    desks = asyncio.run(opened(both))

    assert list(buttons(desks.for_chat(1).contents()).values()) == ["/corpus ferry"]


async def test_where_there_is_one_corpus_nothing_is_offered(folder: Path) -> None:
    bridge = await desk(folder.parent)

    assert Router([bridge]).for_chat(-5) is bridge
    assert bridge.contents().buttons == ()
    assert text(await Router([bridge]).choose_corpus(-5, "ferry")).startswith("There is only one corpus here")


# Links that were shown before a better reading.


async def look_up(bridge: Service, known: str) -> str:
    return text(await bridge.show_quote(known))


@pytest.mark.parametrize(
    ("reading", "standing"),
    [
        ("“The *bridge* is unsafe, and was unsafe in *May*.”", "The *bridge* is unsafe, and was unsafe in *May*."),
        ("“Hear this. The bridge is unsafe, and was unsafe in May.”", UNSAFE),
        (
            "“My hon. Friend knows: the bridge is unsafe, and was unsafe in May.”",
            "My hon. Friend knows: the bridge is unsafe",
        ),
    ],
)
async def test_an_old_link_shows_the_quote_that_holds_its_words_now(folder: Path, reading: str, standing: str) -> None:
    bridge = await started(folder)
    await bridge.ask(QUESTION)
    known = first(bridge)
    (folder / "a.txt").write_text(article(ANN.replace(f"“{UNSAFE}”", reading)), "utf-8")

    again = await started(folder)

    assert standing in await look_up(again, known)


async def test_an_old_link_to_words_that_are_gone_says_so(folder: Path) -> None:
    bridge = await started(folder)
    await bridge.ask(QUESTION)
    known = first(bridge)
    (folder / "a.txt").write_text(article(ANN.replace(UNSAFE, "Nothing of the kind was said.")), "utf-8")

    assert say("retired_words") in await look_up(await started(folder), known)


async def test_a_hold_of_another_corpus_is_not_told_of_here(folder: Path) -> None:
    bridge = await started(folder)
    await bridge.admin.hold(f"{first(bridge)} disputed")
    state = folder.parent / "state"
    holds = read_sealed(state / "holds.json")
    assert isinstance(holds, list)
    elsewhere = {**holds[0], "id": "ELSEWHER", "document": "elsewhere", "sha256": "0" * 64}
    write_sealed(state / "holds.json", [*holds, elsewhere])

    again = await started(folder)

    assert again.admin.take_alerts() == []
    assert again.answer(QUESTION).quotes == ()


async def test_a_hold_that_cannot_be_kept_says_that_the_quote_is_still_shown(folder: Path) -> None:
    bridge = await started(folder)
    known = first(bridge)
    (folder.parent / "state" / "holds.json").mkdir(parents=True)

    told = text(await bridge.admin.hold(f"{known} disputed"))

    assert told.startswith(f"Not withheld: {known} is still shown.")
    assert "holds.json" in told
    assert bridge.answer(QUESTION).quotes
