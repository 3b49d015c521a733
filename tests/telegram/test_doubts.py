"""The curator's round in the chat: doubts one at a time, each decided by a tap or a name, and written down."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from telegram import Chat as LibraryChat
from telegram import Message

from bot import bootstrap
from bot.attribution.curation import load_corrections
from bot.errors import StorageError
from bot.replies.catalogue import say
from bot.replies.reply import Command, Reply
from bot.service import Service
from bot.service.live_corpus import LiveCorpus
from bot.service.review import MOST_DOUBTS, DoubtRound, Reporter
from bot.storage import FlagOutcome, FlagReason
from bot.storage import filesystem as seam
from bot.storage.stores.folder import FolderStorage
from bot.surfaces.telegram.admin_handlers import NAME_SECONDS, AwaitedNames
from bot.surfaces.terminal import Conversation
from tests import corpus_folders
from tests.corpus_folders import UNSAFE, Failing, article, buttons, text
from tests.telegram.running import running

if TYPE_CHECKING:
    from tests.telegram.fake import Chat, FakeTelegram, Sent

OLGA = 1000  # the first person that the fake numbers
NORTH = "Nobody asked the people of the north bank at all,"
TOLL = "The toll has doubled since the spring and nobody told us."
FLOOD = "The river took the old steps in the flood of June,"
LETTERS = article(
    f"“{FLOOD}” the town thought, Dan Kerr among them.\n",
    "Eve Lang hoped the crossing “would be open to carts again before the winter fair”.\n",
    f"“{NORTH}” he said.\n",
    f"Dan Kerr was there. “{TOLL}”\n",
    title="Letters",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = corpus_folders.corpus(tmp_path)
    (found / "c.txt").write_text(LETTERS, "utf-8")
    return found


@pytest.fixture
async def bridge(folder: Path) -> Service:
    return await corpus_folders.desk(folder.parent)


async def decide(bridge: Service, line: str = "") -> str:
    return text(await bridge.admin.run(Command("doubts", line)))


async def test_a_corpus_that_is_no_folder_is_not_corrected(folder: Path) -> None:
    config = corpus_folders.settings(folder.parent)
    live = await LiveCorpus.load(partial(bootstrap.build_snapshot, config, "bridge"), FolderStorage())
    service = Service(live, FolderStorage())
    decided = DoubtRound(live, None, service.admin._decisions.close_corrected)  # noqa: SLF001  as it is put together
    command = next(iter(buttons(await decided.run("")).values()))

    told = text(await decided.run(f"{command.split()[1]} right"))

    assert say("doubts.not_written") in told


async def find_command(bridge: Service, words: str, decision: str) -> str:
    """Return the command that decides on the doubt with these words."""
    reply = await bridge.admin.run(Command("doubts"))
    for _ in range(MOST_DOUBTS):
        command = next(iter(buttons(reply).values()))
        if words in text(reply):
            return f"{command.split()[1]} {decision}"
        reply = await bridge.admin.run(Command("doubts", f"{command.split()[1]} next"))
    pytest.fail(f"no doubt says {words}")


async def test_whoever_is_not_named_to_readers_comes_first_with_evidence_and_guess(bridge: Service) -> None:
    first = await decide(bridge)

    assert first.startswith("Doubt 1 of ")
    assert NORTH in first
    assert "Evidence: “Eve Lang hoped … he said”" in first
    assert "Guess: Eve Lang" in first


async def test_a_doubt_without_a_guess_cannot_be_right(bridge: Service, folder: Path) -> None:
    command = await find_command(bridge, FLOOD, "right")
    shown = await bridge.admin.run(Command("doubts", command.split()[0]))

    assert say("doubts.no_guess") in text(shown)
    assert [label for label in buttons(shown) if label == say("doubts.label_right")] == []
    assert await decide(bridge, command) == say("doubts.usage")
    assert not (folder / "c.voices.toml").exists()


@pytest.mark.parametrize(
    ("decision", "voice"),
    [
        ("right", "Dan Kerr"),
        ("nobody", None),
        ("is Fay Moss", "Fay Moss"),
        ("is Fay Moss, carter, Moss & Sons", "Fay Moss"),
    ],
)
async def test_a_decision_is_written_and_the_next_doubt_follows(
    bridge: Service, folder: Path, decision: str, voice: str | None
) -> None:
    total = int((await decide(bridge)).split()[3])

    told = await decide(bridge, await find_command(bridge, TOLL, decision))

    [correction] = load_corrections(folder / "c.voices.toml")
    assert (correction.voice, correction.nobody) == (voice, decision == "nobody")
    assert told.startswith("Written to c.voices.toml:\n[[corrections]]\n")
    assert f" of {total - 1}" in told
    assert TOLL not in told
    if "," in decision:
        assert (correction.role, correction.organisation) == ("carter", "Moss & Sons")


@pytest.mark.parametrize(("decision", "is_closed"), [("nobody", True), ("is Fay Moss", True), ("right", False)])
async def test_a_corrected_voice_closes_the_flags_on_its_quotes(
    bridge: Service,
    decision: str,
    is_closed: bool,  # noqa: FBT001
) -> None:
    [quote] = [match.quote for each in bridge.verify(f"“{TOLL}”") for match in each.matches]
    [other] = [match.quote for each in bridge.verify(f"“{UNSAFE}”") for match in each.matches]
    for flagged in (quote, other):
        await bridge.report(flagged.id, FlagReason.VOICE, Reporter(1, 1))

    await decide(bridge, await find_command(bridge, TOLL, decision))

    told = [(each.flag.quote, each.outcome) for each in bridge.flags.take_untold()]
    assert told == ([(quote.id, FlagOutcome.CORRECTED)] if is_closed else [])
    assert [flag.quote for flag in bridge.flags.list_open()] == [quote.id, other.id][is_closed:]


async def test_a_flag_that_cannot_be_closed_is_open_and_the_correction_stands(
    bridge: Service, folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    [quote] = [match.quote for each in bridge.verify(f"“{TOLL}”") for match in each.matches]
    await bridge.report(quote.id, FlagReason.VOICE, Reporter(1, 1))
    command = await find_command(bridge, TOLL, "nobody")

    async def refuse(*_: object) -> None:
        raise StorageError("flags", "not written", "free some disk")

    monkeypatch.setattr(bridge.flags._storage, "close_flags", refuse)  # noqa: SLF001  the disk's place
    told = await decide(bridge, command)

    assert told.startswith("Written to c.voices.toml")
    assert (folder / "c.voices.toml").exists()
    assert "flags not closed" in caplog.text
    assert [flag.quote for flag in bridge.flags.list_open()] == [quote.id]


async def test_what_was_decided_is_served_and_no_doubt_after_a_reload(bridge: Service) -> None:
    total = int((await decide(bridge)).split()[3])
    await decide(bridge, await find_command(bridge, TOLL, "is Fay Moss"))

    await bridge.admin.run(Command("reload"))
    await bridge.admin.run(Command("reload", "now"))

    assert "Fay Moss" in {p.voice.name for p in bridge.corpus.passages if p.voice}
    assert (await decide(bridge)).startswith(f"Doubt 1 of {total - 1}")


async def test_with_all_decided_none_is_left(bridge: Service) -> None:
    reply = await bridge.admin.run(Command("doubts"))
    while decisions := buttons(reply):
        command = decisions.get(say("doubts.label_right")) or decisions[say("doubts.label_nobody")]
        told = await decide(bridge, Command.parse(command).text)
        reply = await bridge.admin.run(Command("doubts"))

    assert told.endswith(say("doubts.none"))
    assert await decide(bridge) == say("doubts.none")


@pytest.mark.parametrize(
    ("line", "key"),
    [("AAAAAAAA right", "doubts.no_such_doubt"), ("{id} perhaps", "doubts.usage"), ("{id} is ", "doubts.usage")],
)
async def test_what_is_not_understood_is_told(bridge: Service, line: str, key: str) -> None:
    quote_id = (await find_command(bridge, TOLL, "right")).split()[0]

    assert await decide(bridge, line.format(id=quote_id)) == say(key, id="AAAAAAAA")


async def test_a_folder_that_cannot_be_written_is_told(bridge: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    command = await find_command(bridge, TOLL, "right")
    monkeypatch.setattr(seam, "disk", Failing(1, OSError(30, "Read-only file system")))

    told = await decide(bridge, command)

    assert told.startswith(say("doubts.not_written"))
    assert "read-only file system; let the bot write in this folder" in told


async def test_what_is_withheld_is_no_doubt_to_decide_on(bridge: Service) -> None:
    quote = next(p for p in bridge.corpus.passages if p.text == TOLL)
    quote_id = (await find_command(bridge, TOLL, "right")).split()[0]

    await bridge.admin.run(Command("hold", f"{quote_id} disputed"))

    assert quote.text not in await decide(bridge)
    assert await decide(bridge, f"{quote_id} right") == say("doubts.no_such_doubt", id=quote_id)


async def press(olga: Chat, telegram: FakeTelegram, sent: Sent, label: str) -> Sent:
    before = len(telegram.answered("editMessageText"))
    olga.press(sent, say(label))
    await telegram.called("editMessageText", before + 1)
    return olga.changed(sent)


async def test_an_admin_taps_and_names_and_nobody_else_does(
    telegram: FakeTelegram, folder: Path, bridge: Service, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    async with running(telegram, bridge, OLGA):
        olga, ana = telegram.private("Olga"), telegram.private("Ana")
        olga.says("/doubts")
        shown = await olga.reply()
        question = await press(olga, telegram, shown, "doubts.label_other")
        assert question.text.startswith(say("doubts.who"))

        olga.says("Fay Moss, carter", to=question)
        written = await olga.reply()
        ana.says("/doubts")
        [unknown] = await ana.replies()

    [correction] = load_corrections(folder / "c.voices.toml")
    assert (correction.voice, correction.role) == ("Fay Moss", "carter")
    assert written.text.startswith("Written to c.voices.toml:")
    assert unknown.text.startswith("I don’t know /doubts.")
    assert "Fay" not in caplog.text


async def test_the_next_message_of_an_admin_is_the_name_but_no_question_and_no_other_persons(
    telegram: FakeTelegram, folder: Path, bridge: Service
) -> None:
    async with running(telegram, bridge, OLGA):
        olga, ana = telegram.private("Olga"), telegram.private("Ana")
        olga.says("/doubts")
        await press(olga, telegram, await olga.reply(), "doubts.label_other")

        ana.says("Eve Lang")
        olga.says("What about the toll?")
        [unnamed], [asked] = await ana.replies(), await olga.replies()
        assert not (folder / "c.voices.toml").exists()
        olga.says("Fay Moss, carter")
        [written] = await olga.replies()
        olga.says("Fay Moss, carter")
        [again] = await olga.replies()

    [correction] = load_corrections(folder / "c.voices.toml")
    assert (correction.voice, correction.role) == ("Fay Moss", "carter")
    told = "Written to c.voices.toml:"
    assert [each.text.startswith(told) for each in (unnamed, asked, written, again)] == [False, False, True, False]


@pytest.mark.parametrize("way", ["cancel", "Cancel", "button", "/flags"])
async def test_a_name_is_awaited_no_longer_once_something_else_is_wanted(
    telegram: FakeTelegram, folder: Path, bridge: Service, way: str
) -> None:
    async with running(telegram, bridge, OLGA):
        olga = telegram.private("Olga")
        olga.says("/doubts")
        question = await press(olga, telegram, await olga.reply(), "doubts.label_other")

        if way == "button":
            shown = await press(olga, telegram, question, "label_cancel")
        else:
            olga.says(way)
            [shown] = await olga.replies()
        olga.says("Fay Moss, carter")
        await olga.replies()

    assert shown.text.startswith("Doubt 1 of " if way != "/flags" else say("flags.none"))
    assert not (folder / "c.voices.toml").exists()


@pytest.mark.parametrize(("seconds", "is_awaited"), [(NAME_SECONDS - 1, True), (NAME_SECONDS + 1, False)])
def test_a_name_is_awaited_for_five_minutes(seconds: float, *, is_awaited: bool) -> None:
    times = [0.0]
    names = AwaitedNames(lambda: times[0])
    names.note_reply(7, Reply((), history=(Command("doubts", "AW3SAD7O is"),)))
    times[0] = seconds
    message = Message(1, datetime.now(UTC), LibraryChat(7, "private"), text="Fay Moss")

    assert (names.find_command(message) is not None) is is_awaited


def find_number(talk: Conversation, key: str) -> str:
    """Return the last number on the screen that stands for a button of this label."""
    return [number for number, button in talk._choices.items() if button.label == say(key)][-1]  # noqa: SLF001


async def test_in_the_terminal_the_next_line_is_the_name(bridge: Service, folder: Path) -> None:
    talk = Conversation(bridge)
    await talk.respond("/doubts")
    await talk.respond(find_number(talk, "doubts.label_other"))
    cancelled = await talk.respond("cancel")
    assert text(cancelled).startswith("Doubt 1 of ")
    await talk.respond(find_number(talk, "doubts.label_other"))
    written, asked = await talk.respond("Fay Moss"), await talk.respond("Fay Moss")

    [correction] = load_corrections(folder / "c.voices.toml")
    assert correction.voice == "Fay Moss"
    assert text(written).startswith("Written to c.voices.toml:")
    assert not text(asked).startswith("Written")
