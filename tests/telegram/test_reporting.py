"""Reports of quotes: one tap and a reason, told to the admins, and what came of it told to whoever reported."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.service import Service
from bot.storage import FlagOutcome, FlagReason, StateInMemory
from bot.surfaces.telegram.privacy import ReportLimit
from tests import corpus_folders
from tests.corpus_folders import QUESTION, UNSAFE
from tests.telegram.running import running

if TYPE_CHECKING:
    from tests.telegram.fake import FakeTelegram, Sent
    from tests.telegram.fake.conversation import Chat

REASONS = ["wrong voice", "wrong words", "out of context", "something else"]
FILED = "Thank you. The admins have been told about "


@pytest.fixture
async def bridge(tmp_path: Path) -> Service:
    corpus_folders.corpus(tmp_path)
    return await corpus_folders.desk(tmp_path)


@pytest.fixture
def olga(telegram: FakeTelegram) -> Chat:
    return telegram.private("Olga")


@pytest.fixture
async def served(telegram: FakeTelegram, bridge: Service, olga: Chat) -> AsyncIterator[Service]:
    async with running(telegram, bridge, olga.id):
        yield bridge


async def show_quote(chat: Chat, service: Service, ask: str = "") -> tuple[Sent, str]:
    """Return the message that shows one quote by itself, and the quote's id."""
    quote_id = service.answer(QUESTION).quotes[0].quote.id
    chat.says(f"/context{ask} {quote_id}")
    [sent] = await chat.replies()
    return sent, quote_id


async def report(chat: Chat, sent: Sent, reason: str = "wrong voice", by: str | None = None) -> Sent:
    """Press Report and a reason, and return the message that thanks."""
    chat.press(sent, "Report", by=by)
    [reasons] = await chat.replies()
    chat.press(reasons, reason, by=by)
    assert await chat.replies() == []
    return chat.changed(reasons)


async def test_one_tap_and_a_reason_tell_the_admins_with_the_evidence(
    telegram: FakeTelegram, served: Service, olga: Chat
) -> None:
    ana = telegram.private("Ana")
    sent, quote_id = await show_quote(ana, served)
    ana.press(sent, "Report")
    [reasons] = await ana.replies()
    ana.press(reasons, "out of context")
    await ana.replies()

    alert = await olga.reply()

    assert list(reasons.buttons) == REASONS
    assert ana.changed(reasons).text == f"{FILED}{quote_id}."
    assert alert.text.startswith("Reported: out of context\nOpen reports of this quote: 1")
    assert UNSAFE in alert.text
    assert "Evidence: “Ann Bell" in alert.text
    assert "Ana" not in alert.text
    assert list(alert.buttons) == ["Withhold", "Correct the voice", "Dismiss"]
    assert served.answer(QUESTION).quotes


@pytest.mark.parametrize(
    ("label", "outcome", "told"),
    [
        ("Withhold", FlagOutcome.WITHHELD, "An admin has withheld it."),
        ("Dismiss", FlagOutcome.DISMISSED, "An admin has looked at it and left it as it is."),
    ],
)
async def test_what_an_admin_decides_is_told_in_private_to_whoever_started_the_bot(
    telegram: FakeTelegram, served: Service, olga: Chat, label: str, outcome: FlagOutcome, told: str
) -> None:
    ana, group = telegram.private("Ana"), telegram.group()
    sent, quote_id = await show_quote(group, served, "@RecordBot")
    await report(group, sent, by="Ana")

    olga.press(await olga.reply(), label)
    message = await ana.reply()

    assert message.text == f"You reported a quote (wrong voice): {quote_id}\n{told}"
    assert await group.replies() == []
    assert served.flags.list_open() == ()
    assert served.flags.count_closed() == {(FlagReason.VOICE, outcome): 1}
    assert bool(served.answer(QUESTION).quotes) is (outcome is FlagOutcome.DISMISSED)


async def test_who_has_not_started_the_bot_is_told_by_a_reply_in_the_group(
    telegram: FakeTelegram, served: Service, olga: Chat
) -> None:
    group = telegram.group(forum=True).topic(7)
    sent, _ = await show_quote(group, served, "@RecordBot")
    thanks = await report(group, sent, by="Cleo")

    olga.press(await olga.reply(), "Dismiss")
    message = await group.reply()

    assert message.text.endswith("An admin has looked at it and left it as it is.")
    assert message.replies_to == thanks.id
    assert message.topic == 7


async def test_who_cannot_be_told_is_not_and_the_admin_is_answered(
    telegram: FakeTelegram, served: Service, olga: Chat
) -> None:
    ana = telegram.private("Ana")
    sent, quote_id = await show_quote(ana, served)
    await report(ana, sent)
    telegram.world.forbidden[ana.id] = "bot was blocked by the user"

    olga.says(f"/flag dismiss {quote_id}")

    assert [reply.text.partition("\n")[0] for reply in await olga.replies()] == [
        "Reported: wrong voice",
        f"Reports of {quote_id} dismissed: 1",
    ]
    assert served.flags.list_open() == ()


async def test_the_voice_is_corrected_where_the_admin_chooses_a_name(
    telegram: FakeTelegram, served: Service, olga: Chat, tmp_path: Path
) -> None:
    manifest = tmp_path / "bridge/corpus.toml"
    manifest.write_text(
        manifest.read_text("utf-8").replace('name = "Ann Bell"\nside = "for"', 'name = "Ann Bell"'), "utf-8"
    )
    ana = telegram.private("Ana")
    sent, quote_id = await show_quote(ana, served)
    await report(ana, sent)
    alert = await olga.reply()
    olga.press(alert, "Correct the voice")
    await olga.replies()
    await telegram.until(lambda: f"Send /correct {quote_id} NAME" in olga.changed(alert).text)

    olga.says(f"/correct {quote_id} Bob Low")
    done = await olga.reply()
    message = await ana.reply()

    assert UNSAFE in olga.changed(alert).text
    assert done.text.startswith(f"Voice of {quote_id} corrected:")
    assert message.text.endswith("An admin has corrected who said it.")
    assert 'voice = "Bob Low"' in (tmp_path / "bridge/a.voices.toml").read_text("utf-8")
    assert served.answer(QUESTION).quotes[0].quote.passage.voice.name == "Bob Low"  # type: ignore[union-attr]


async def test_a_person_reports_three_quotes_a_day_and_others_go_on(
    telegram: FakeTelegram, served: Service, olga: Chat
) -> None:
    ana, ben = telegram.private("Ana"), telegram.private("Ben")
    _, quote_id = await show_quote(ana, served)
    told = []
    for chat in (ana, ana, ana, ana, ben):
        chat.says(f"/report {quote_id} words")
        told += [reply.text for reply in await chat.replies()]

    assert told == [f"{FILED}{quote_id}."] * 3 + [
        "You can report 3 quotes a day. Please try again tomorrow.",
        f"{FILED}{quote_id}.",
    ]
    alerts = [reply.text.split("\n")[1] for reply in await olga.replies()]
    assert alerts == [f"Open reports of this quote: {count}" for count in (1, 2, 3, 4)]


async def test_a_group_that_writes_as_itself_reports_for_nobody(
    telegram: FakeTelegram, served: Service, olga: Chat
) -> None:
    group = telegram.group()
    _, quote_id = await show_quote(group, served, "@RecordBot")
    chat = {"id": group.id, "type": "supergroup", "title": "Debate"}

    said = group.says(f"/report@RecordBot {quote_id} other", sender_chat=chat)
    await group.replies()

    [flag] = served.flags.list_open()
    assert (flag.person, flag.chat, flag.message) == (None, group.id, said.message["message_id"])
    assert (await olga.reply()).text.startswith("Reported: something else")


@pytest.mark.parametrize("line", ["/report", "/report AAAAAAAA voice", "/report AAAAAAAA"])
async def test_a_report_of_nothing_is_told_and_tells_nobody(
    telegram: FakeTelegram, served: Service, olga: Chat, line: str
) -> None:
    ana = telegram.private("Ana")

    ana.says(line)

    [reply] = await ana.replies()
    assert reply.text.startswith(("There is no quote AAAAAAAA.", "Nothing to open yet."))
    assert await olga.replies() == []
    assert served.flags.list_open() == ()


async def test_the_limit_is_of_a_day_and_shared_by_those_who_know_the_secret() -> None:
    state, days = StateInMemory(), [date(2031, 1, 1)]
    limits = [ReportLimit(state, b"secret", 2, lambda: days[-1]) for _ in range(2)]

    taken = [await limit.take_one(7) for limit in (*limits, limits[0])]
    other = await limits[0].take_one(8)
    days.append(date(2031, 1, 2))

    assert taken == [True, True, False]
    assert other
    assert await limits[1].take_one(7)
