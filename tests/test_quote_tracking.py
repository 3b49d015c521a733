"""A quote's history, from first shown to gone, and what a hold withholds after its words were read late."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import StorageError
from bot.model import Document, Quote
from bot.replies.quote_details import add_history_button
from bot.replies.reply import Button, Command, Reply
from bot.service import Service, commands
from bot.service.quote_tracking import HoldMatcher, HoldRegister, HoldStatus
from bot.storage import create_hold
from bot.storage import filesystem as seam
from tests import corpus_folders
from tests.corpus_folders import ANN, CY, MANIFEST, QUESTION, UNSAFE, article, buttons, desk, text
from tests.invented_debate import RIDERS, corpus, said
from tests.shared_storage import SharedStorage, start

CORRECTION = '[[corrections]]\nfirst = "The bridge"\nlast = "in May."\nvoice = "Bob Low"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return corpus_folders.corpus(tmp_path)


async def serve(folder: Path, state: Path | None = None) -> Service:
    return await corpus_folders.desk(folder.parent, state_folder=str(state or ""))


async def ask(service: Service) -> str:
    """Return the id of the quote that is first shown."""
    return (await service.ask(QUESTION)).answer_ref.quote_ids[0]


async def tell(service: Service, quote_id: str) -> list[str]:
    """Return the lines of a history, without the days and loads."""
    reply = await commands.run_command(service, Command("history", quote_id))
    lines = [
        line.partition(" · corpus version ")[0] for block in text(reply).split("\n\n") for line in block.split("\n")
    ]
    return [line.partition(": ")[2] if line[0].isdigit() else line for line in lines]


async def test_a_history_tells_when_a_quote_was_first_shown_and_by_which_load(folder: Path) -> None:
    service = await serve(folder)
    quote_id = await ask(service)
    await ask(service)

    told = text(await service.show_history(quote_id))

    assert told.startswith(f"History of quote {quote_id}\n\n")
    assert f": first shown · corpus version {service.corpus.fingerprint[:12]}\n\nNow: shown." in told
    assert "History" not in buttons(await service.show_quote(quote_id))


async def test_holds_and_releases_are_told_in_their_order_after_a_restart_too(folder: Path, tmp_path: Path) -> None:
    state = tmp_path / "state"
    service = await serve(folder, state)
    quote_id = await ask(service)
    await service.admin.hold(f"{quote_id} the speaker disputes it")
    held = await tell(service, quote_id)
    assert "History" in buttons(await service.show_quote(quote_id))
    await service.admin.release(quote_id)

    told = await tell(await serve(folder, state), quote_id)

    heading = f"History of quote {quote_id}"
    assert held == [heading, "first shown", "withheld by an admin: the speaker disputes it", "Now: not shown."]
    assert told == [*held[:-1], "shown again", "Now: shown."]


@pytest.mark.parametrize("is_restarted", [True, False])
async def test_a_corrected_speaker_is_told_once_and_by_no_name(
    folder: Path, tmp_path: Path, *, is_restarted: bool
) -> None:
    state = tmp_path / "state"
    service = await serve(folder, state)
    quote_id = await ask(service)
    (folder / "corpus.toml").write_text(MANIFEST.replace('[[voices]]\nname = "Ann Bell"\nside = "for"\n', ""), "utf-8")
    (folder / "a.voices.toml").write_text(CORRECTION, "utf-8")
    if is_restarted:
        service = await serve(folder, state)
    else:
        await service.admin.reload()
        await service.admin.reload("now")
    await service.admin.reload()

    told = await tell(service, quote_id)

    assert told[1:] == ["first shown", "speaker corrected by the curator", "Now: shown."]
    kept = (state / "history.log").read_text("utf-8")
    assert "Bell" not in kept
    assert "Low" not in kept


async def test_a_speaker_that_the_rules_read_otherwise_is_told_as_read_anew(folder: Path, tmp_path: Path) -> None:
    state = tmp_path / "state"
    quote_id = await ask(await serve(folder, state))
    manifest = MANIFEST.replace('name = "Ann Bell"\nside', 'name = "Anne Bell"\naliases = ["Ann Bell"]\nside')
    (folder / "corpus.toml").write_text(manifest, "utf-8")

    told = await tell(await serve(folder, state), quote_id)

    assert told[1:] == ["first shown", "speaker re-read from the source", "Now: shown."]


async def test_a_quote_that_moved_is_followed_to_its_new_place(folder: Path) -> None:
    service = await serve(folder)
    quote_id = await ask(service)
    (folder / "a.txt").write_text(article(CY, ANN), "utf-8")
    await service.admin.reload()
    new_id = await ask(service)

    told = await tell(service, quote_id)

    assert told[1:] == [
        "first shown",
        f"the same words now stand elsewhere: {new_id}",
        f"first shown ({new_id})",
        "Now: shown.",
    ]


async def test_a_quote_that_is_gone_is_told_as_gone(folder: Path) -> None:
    service = await serve(folder)
    quote_id = await ask(service)
    (folder / "corpus.toml").write_text(MANIFEST.partition("\n[[")[0], "utf-8")
    (folder / "a.txt").write_text(article(CY), "utf-8")
    await service.admin.reload()
    await service.admin.reload("now")

    assert (await tell(service, quote_id))[1:] == ["first shown", "gone from the corpus", "Now: not shown."]


async def test_a_reason_does_not_give_away_a_name_that_is_withheld(folder: Path) -> None:
    service = await serve(folder)
    quote_id = await ask(service)
    await service.admin.hold(f"{quote_id} Ann Bell asked us to")
    await service.admin.release(quote_id)
    await service.admin.hold("Ann Bell she is a witness")

    assert (await tell(service, quote_id))[2] == "withheld by an admin: not given"


async def test_a_quote_that_was_never_shown_has_no_beginning_and_an_unknown_one_no_history(folder: Path) -> None:
    service = await serve(folder)
    quote_id = service.answer(QUESTION).quotes[0].quote.id

    assert (await tell(service, quote_id))[1:] == ["When it was first shown is not recorded.", "Now: shown."]
    assert (await tell(service, "AAAAAAAA"))[0] == "There is no quote AAAAAAAA."


async def test_a_name_withheld_at_first_is_no_correction_when_it_is_released(folder: Path, tmp_path: Path) -> None:
    state = tmp_path / "state"
    service = await serve(folder, state)
    await service.admin.hold("Ann Bell she is a witness")
    quote_id = await ask(service)
    await service.admin.release("Ann Bell")

    assert (await tell(await serve(folder, state), quote_id))[1:] == ["first shown", "Now: shown."]


async def test_a_history_that_cannot_be_kept_costs_no_answer(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    service = await serve(folder, tmp_path / "state")

    def refuse(*_: object) -> int:
        raise OSError

    monkeypatch.setattr(seam.disk, "open", refuse)
    quote_id = await ask(service)

    assert (await tell(service, quote_id))[1:] == ["first shown", "Now: shown."]
    assert "history not kept" in caplog.text


@pytest.mark.parametrize(("count", "is_added"), [(3, True), (4, False)])
def test_a_history_has_a_button_where_there_is_room_for_it_and_for_the_way_back(count: int, *, is_added: bool) -> None:
    reply = Reply((), tuple((Button(str(number), "/copy"),) for number in range(count)))

    labels = buttons(add_history_button(reply, "AAAAAAAA"))

    assert ("History" in labels) is is_added


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


@pytest.mark.parametrize("lead", ["", "More on it. "])
def test_a_hold_reaches_what_shares_a_letter_with_it_and_not_what_only_touches_it(lead: str) -> None:
    """In the text it was made of, and where its words stand in a longer one."""
    words, behind = "The bridge is unsafe", "—the ferry never closed."
    before = Document("a", words + behind)
    hold = create_hold(Quote(said(before, words, RIDERS), said(before, words, RIDERS).span), "disputed", "2031-05-02")
    document = Document("a", lead + words + behind)
    held, longer = said(document, words, RIDERS), said(document, f"unsafe{behind}", RIDERS)
    touching = said(document, behind, RIDERS)
    debate = corpus(documents=(document,), passages=(held, longer, touching))

    matched = HoldMatcher(debate).match(hold, words)

    assert matched == (hold, (held, longer), HoldStatus.FOUND)
