"""Flags on a desk: kept until decided on or too old, then counted alone; an admin decides."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot import bootstrap
from bot.errors import StorageError
from bot.replies.catalogue import say, use_language
from bot.replies.notifications import render_outcome
from bot.replies.reply import AnswerRef, Command
from bot.service import Service, ServiceOptions, commands
from bot.service.live_corpus import LiveCorpus
from bot.service.review import FlagDesk, Reporter
from bot.storage import FlagOutcome, FlagReason, open_storage
from bot.storage import filesystem as seam
from bot.storage.stores.folder import read_sealed, write_sealed
from tests import corpus_folders
from tests.corpus_folders import MANIFEST, QUESTION, buttons, text
from tests.test_service import Builds

QUOTE = "AW3SAD7O"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return corpus_folders.corpus(tmp_path)


async def ask(service: Service) -> str:
    return (await service.ask(QUESTION)).answer_ref.quote_ids[0]


@pytest.mark.parametrize(("days", "is_kept"), [(29, True), (30, False)])
async def test_a_flag_is_kept_for_so_many_days_and_then_only_counted(days: int, *, is_kept: bool) -> None:
    start = datetime(2031, 1, 1, tzinfo=UTC)
    clock = [start]
    desk = FlagDesk(open_storage(), lambda: f"{clock[-1]:%Y-%m-%d}")
    flag = await desk.file(QUOTE, FlagReason.WORDS, Reporter(-5, 7, 9))
    clock.append(start + timedelta(days=days))

    await desk.forget_old()

    assert desk.list_open() == ((flag,) if is_kept else ())
    assert desk.count_closed() == ({} if is_kept else {(FlagReason.WORDS, FlagOutcome.EXPIRED): 1})
    assert desk.take_untold() == []


async def test_a_service_forgets_old_flags_by_itself_and_says_so_where_it_cannot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    clock = [datetime(2031, 1, 1, tzinfo=UTC)]
    storage = open_storage(tmp_path)
    live = await LiveCorpus.load(Builds(), storage, clock=lambda: clock[-1])
    service = Service(live, storage, options=ServiceOptions(flag_days=2))
    await service.flags.file(QUOTE, FlagReason.OTHER, Reporter(1, 1))
    clock.append(datetime(2031, 1, 3, tzinfo=UTC))

    with monkeypatch.context() as patch:
        patch.setattr(seam.disk, "open", _refuse)
        await service.follow()
    assert "old flags are not forgotten" in caplog.text
    assert len(service.flags.list_open()) == 1
    await service.follow()

    assert service.flags.list_open() == ()
    assert '"person"' not in (tmp_path / "flags.json").read_text("utf-8")


def _refuse(*_: object) -> int:
    raise OSError


async def test_who_holds_a_quote_by_hand_closes_its_flags(folder: Path) -> None:
    service = await corpus_folders.desk(folder.parent)
    quote_id = await ask(service)
    for reason in (FlagReason.WORDS, FlagReason.VOICE):
        await service.report(quote_id, reason, Reporter(1, 1))

    await service.admin.hold(f"{quote_id} disputed")

    assert [(each.flag.reason, each.outcome) for each in service.flags.take_untold()] == [
        (FlagReason.WORDS, FlagOutcome.WITHHELD),
        (FlagReason.VOICE, FlagOutcome.WITHHELD),
    ]


async def test_what_is_withheld_for_a_flag_says_why_behind_its_link(folder: Path) -> None:
    service = await corpus_folders.desk(folder.parent)
    quote_id = await ask(service)
    await service.report(quote_id, FlagReason.VOICE, Reporter())
    await service.report(quote_id, FlagReason.CONTEXT, Reporter())

    await service.admin.run(Command("flag", f"withhold {quote_id.lower()}"))

    assert "reported by a reader: wrong voice, out of context" in text(await service.show_quote(quote_id))


async def test_the_open_flags_are_listed_and_the_closed_ones_counted(folder: Path) -> None:
    service = await corpus_folders.desk(folder.parent)
    quote_id = await ask(service)
    assert text(await service.admin.run(Command("flags"))) == "Nobody has reported a quote."
    await service.report(quote_id, FlagReason.VOICE, Reporter())
    await service.admin.run(Command("flag", f"dismiss {quote_id}"))
    await service.report(quote_id, FlagReason.WORDS, Reporter())

    told = text(await service.admin.run(Command("flags")))

    assert told.startswith(f"Open reports\n\n{quote_id} · wrong words · ")
    assert told.endswith("1 × wrong voice: An admin has looked at it and left it as it is.")


@pytest.mark.parametrize("line", ["", "withhold", "correct", "dismiss", "praise AAAAAAAA", "correct AAAAAAAA"])
async def test_a_decision_that_is_none_is_told(folder: Path, line: str) -> None:
    service = await corpus_folders.desk(folder.parent)

    told = text(await service.admin.run(Command("flag", line)))

    assert told.startswith(("Use /flag withhold ID", "There is no quote AAAAAAAA."))


async def test_a_correction_is_offered_from_those_who_speak_there(folder: Path) -> None:
    (folder / "a.txt").write_text(corpus_folders.article(corpus_folders.ANN, corpus_folders.CY), "utf-8")
    service = await corpus_folders.desk(folder.parent)
    quote_id = await ask(service)

    how = await service.admin.run(Command("flag", f"correct {quote_id}"))

    assert buttons(how) == {"Cy Orr": f"/correct {quote_id} Cy Orr"}


@pytest.mark.parametrize(
    ("name", "written", "said_by"),
    [("Cy Orr", 'voice = "Cy Orr"', "Cy Orr"), ("nobody", "nobody = true", None)],
)
async def test_a_corrected_voice_is_written_with_its_day_and_served(
    folder: Path, name: str, written: str, said_by: str | None
) -> None:
    (folder / "corpus.toml").write_text(MANIFEST.partition("\n[[")[0], "utf-8")
    service = await corpus_folders.desk(folder.parent)
    quote_id = await ask(service)
    await service.report(quote_id, FlagReason.VOICE, Reporter(1, 1))

    told = text(await service.admin.run(Command("correct", f"{quote_id} {name}")))
    await service.admin.reload("now")

    assert told.startswith(f"Voice of {quote_id} corrected:")
    toml = (folder / "a.voices.toml").read_text("utf-8")
    assert written in toml
    assert "date = " in toml
    quote = service.find_quote(quote_id)
    assert quote is not None
    assert (quote.passage.voice and quote.passage.voice.name) == said_by
    assert [each.outcome for each in service.flags.take_untold()] == [FlagOutcome.CORRECTED]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("", "Use /correct ID NAME."),
        ("AAAAAAAA", "Use /correct ID NAME."),
        ("AAAAAAAA Cy Orr", "There is no quote AAAAAAAA."),
    ],
)
async def test_a_correction_of_nothing_is_told(folder: Path, line: str, told: str) -> None:
    service = await corpus_folders.desk(folder.parent)

    assert text(await service.admin.run(Command("correct", line))).startswith(told)


async def test_a_corpus_that_cannot_be_changed_from_here_says_so() -> None:
    storage = open_storage()
    service = Service(await LiveCorpus.load(Builds(), storage), storage)
    quote_id = service.answer("noisy engines").quotes[0].quote.id

    told = text(await service.admin.run(Command("correct", f"{quote_id} Ann Low")))

    assert told.startswith(f"Not corrected: {quote_id}.")
    assert "The corpus can’t be changed from here" in told


async def test_a_report_in_the_terminal_is_kept_and_told_to_nobody(folder: Path) -> None:
    service = await corpus_folders.desk(folder.parent)
    quote_id = await ask(service)

    reasons = await commands.run_command(service, Command("report"), AnswerRef((), 1, (quote_id,)))
    told = text(await commands.run_command(service, Command("report", f"{quote_id} words")))

    assert list(buttons(reasons).values()) == [f"/report {quote_id} {reason}" for reason in FlagReason]
    assert told == f"Thank you. The admins have been told about {quote_id}."
    [flag] = service.flags.list_open()
    assert (flag.chat, flag.person, flag.message) == (None, None, None)


async def test_a_flag_that_cannot_be_kept_or_closed_is_told(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = await corpus_folders.desk(folder.parent, state_folder=str(tmp_path / "state"))
    quote_id = await ask(service)
    await service.report(quote_id, FlagReason.VOICE, Reporter())
    monkeypatch.setattr(seam.disk, "open", _refuse)

    told = text(await service.report(quote_id, FlagReason.VOICE, Reporter()))
    dismissed = text(await service.admin.run(Command("flag", f"dismiss {quote_id}")))

    assert told == "Your report couldn’t be kept. Please try again later."
    assert dismissed.startswith(say("flags.dismiss_failed", id=quote_id))
    assert len(service.flags.list_open()) == 1
    with pytest.raises(StorageError):
        await service.flags.close(quote_id, FlagOutcome.DISMISSED)


@pytest.mark.parametrize("line", ["AAAAAAAA", "AAAAAAAA voice"])
async def test_a_report_of_a_quote_that_there_is_not_says_so_everywhere(folder: Path, line: str) -> None:
    service = await corpus_folders.desk(folder.parent)

    assert text(await commands.run_command(service, Command("report", line))).startswith("There is no quote AAAAAAAA.")
    assert service.flags.list_open() == ()


async def test_what_is_decided_on_a_quote_is_decided_where_it_is_served(tmp_path: Path) -> None:
    corpus_folders.corpus(tmp_path)
    corpus_folders.corpus(tmp_path, "other")
    (tmp_path / "other/a.txt").write_text(corpus_folders.article(corpus_folders.CY), "utf-8")
    (tmp_path / "other/corpus.toml").write_text(MANIFEST.partition("\n[[")[0], "utf-8")
    router = await bootstrap.build_router(corpus_folders.settings(tmp_path, corpora="other"))
    bridge, other = router.for_chat(), router.services["other"]
    quote_id = other.answer("customers drive round by Harwick").quotes[0].quote.id

    assert await router.for_quote(quote_id) is other
    assert await router.for_quote("AAAAAAAA") is bridge
    await other.report(quote_id, FlagReason.WORDS, Reporter(1, 1))
    await other.flags.close(quote_id, FlagOutcome.DISMISSED)
    assert [each.flag.quote for each in router.take_untold()] == [quote_id]
    assert router.take_untold() == []


@pytest.mark.parametrize(("code", "reason"), [("fr-CA", "mauvaise voix"), ("en", "wrong voice"), ("nl", "wrong voice")])
async def test_a_reporter_is_told_in_the_language_of_the_report(tmp_path: Path, code: str, reason: str) -> None:
    desk = FlagDesk(open_storage(tmp_path), lambda: "2031-01-01")
    with use_language(code):
        await desk.file(QUOTE, FlagReason.VOICE, Reporter(-5, 7, 9))
    restarted = FlagDesk(open_storage(tmp_path), lambda: "2031-01-02")

    await restarted.close(QUOTE, FlagOutcome.DISMISSED)

    [closed] = restarted.take_untold()
    with use_language("en" if code.startswith("fr") else "fr"):
        assert reason in text(render_outcome(*closed))


async def test_a_flag_kept_without_a_language_is_loaded_and_told_of_in_english(tmp_path: Path) -> None:
    await FlagDesk(open_storage(tmp_path), lambda: "2031-01-01").file(QUOTE, FlagReason.VOICE, Reporter(-5, 7, 9))
    content: Any = read_sealed(tmp_path / "flags.json")
    [row] = content["open"]
    del row["language"]
    write_sealed(tmp_path / "flags.json", content)

    [flag] = open_storage(tmp_path).list_flags()

    assert (flag.person, flag.language) == (7, None)
    with use_language("fr"):
        assert "wrong voice" in text(render_outcome(flag, FlagOutcome.WITHHELD))
