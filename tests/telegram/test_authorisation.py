from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from telegram import Update

from bot import bootstrap, settings
from bot.replies.catalogue import say
from bot.replies.reply import Command
from bot.service import Service
from bot.surfaces.telegram import admission
from bot.surfaces.telegram.authorisation import AdminFilter, AdminGuard, is_from_admin
from tests.telegram.running import running

if TYPE_CHECKING:
    from tests.telegram.fake import Chat, FakeTelegram, Sent

OLGA = 1000  # the first person that the fake numbers
LETTER = """\
+++
title = "A letter (invented example)"
date = "2024-04"
+++
Derek Polfrey, chair of the High Street Traders’ Association, said: “A tram that nobody can afford \
is a very long bench, and we have benches.”
"""
CHANNEL = {"id": -9, "type": "channel", "title": "News"}
FORWARD = {"type": "user", "date": 1, "sender_user": {"id": 7, "is_bot": False, "first_name": "X"}}
BOT = {"id": 55, "is_bot": True, "first_name": "Other", "username": "OtherBot"}


@pytest.fixture
def corpora(tmp_path: Path, _warm_cache: None) -> Path:
    return Path(shutil.copytree("corpus", tmp_path / "corpus"))


@pytest.fixture
def own_desk(corpora: Path) -> Service:
    tram = settings.load(corpus="tram", corpora_folder=str(corpora))
    return asyncio.run(bootstrap.build_service(tram))


@pytest.fixture
async def bot(telegram: FakeTelegram, own_desk: Service) -> AsyncIterator[None]:
    async with running(telegram, own_desk, OLGA):
        yield


@pytest.mark.usefixtures("bot")
async def test_an_admin_reloads_by_command(telegram: FakeTelegram, own_desk: Service, corpora: Path) -> None:
    olga = telegram.private("Olga")
    before = own_desk.corpus
    (corpora / "tram" / "2024-04-letter.txt").write_text(LETTER, "utf-8")

    olga.says("/reload")

    report = await olga.reply()
    assert "2024-04-letter" in report.text
    assert len(own_desk.corpus.documents) == len(before.documents) + 1


@pytest.mark.usefixtures("bot")
async def test_a_reload_that_fails_says_where_and_keeps_the_old_corpus(
    telegram: FakeTelegram, own_desk: Service, corpora: Path
) -> None:
    olga = telegram.private("Olga")
    before = own_desk.corpus
    (corpora / "tram" / "leaflet.txt").write_bytes(b"+++\n+++\nTrams\x92 are late.")

    olga.says("/reload")

    report = await olga.reply()
    assert "leaflet.txt" in report.text
    assert own_desk.corpus is before


@pytest.mark.usefixtures("bot")
async def test_an_admin_sees_the_status(telegram: FakeTelegram, own_desk: Service) -> None:
    olga = telegram.private("Olga")

    olga.says("/status")

    [status] = await olga.replies()
    assert own_desk.admin.show_status().blocks[0][0].text in status.text


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("command", ["/reload", "/status"])
async def test_an_admins_command_is_unknown_to_anyone_else(
    telegram: FakeTelegram, own_desk: Service, command: str
) -> None:
    telegram.person("Olga")
    ana = telegram.private("Ana")
    before = own_desk.corpus

    ana.says(command)
    ana.says("/weather")

    refused, unknown = await ana.replies()
    assert refused.text.replace(command, "/weather") == unknown.text
    assert own_desk.corpus is before


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("command", ["/reload", "/status", "/reload@RecordBot"])
async def test_an_admin_is_nobody_in_a_group(telegram: FakeTelegram, own_desk: Service, command: str) -> None:
    telegram.person("Olga")
    group = telegram.group()
    before = own_desk.corpus

    group.says(command, by="Olga")

    # What names the bot is told of, as any command that does not exist.
    told = [say("unknown_command", name="reload")] if "@" in command else []
    assert [reply.text for reply in await group.replies()] == told
    assert own_desk.corpus is before


@pytest.mark.usefixtures("bot")
async def test_a_button_cannot_reload(telegram: FakeTelegram, own_desk: Service) -> None:
    olga = telegram.private("Olga")
    before = own_desk.corpus
    olga.says("/help")
    [shown] = await olga.replies()

    olga.push(
        callback_query={
            "id": "forged",
            "from": telegram.person("Olga"),
            "chat_instance": "1",
            "message": shown.message,
            "data": "/reload",
        }
    )

    assert await olga.replies() == []
    assert own_desk.corpus is before


async def test_questions_are_answered_while_the_corpus_reloads(telegram: FakeTelegram, own_desk: Service) -> None:
    held = Held(own_desk)
    async with running(telegram, held, OLGA):  # type: ignore[arg-type]
        olga = telegram.private("Olga")

        olga.says("/reload")
        olga.says("/help")

        assert len(await olga.replies()) == 1
        held.go.set()
        assert (await olga.reply()).text


class Held:
    """A service whose reload waits to be let go."""

    def __init__(self, desk: Service) -> None:
        self._desk = desk
        self.admin = self
        self.go = asyncio.Event()

    async def run(self, command: Command) -> Any:
        if command.name == "reload":
            await self.go.wait()
        return await self._desk.admin.run(command)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._desk, name)


def update(kind: str = "message", **fields: Any) -> Update:
    person = {"id": OLGA, "is_bot": False, "first_name": "Olga"}
    chat = {"id": OLGA, "type": "private", "first_name": "Olga"}
    message = {"message_id": 1, "date": 1, "chat": chat, "from": person, "text": "/reload"}
    message |= {"from" if name == "sender" else name: value for name, value in fields.items()}
    return Update.de_json({"update_id": 1, kind: message}, None)


def test_an_admins_own_message_is_permitted() -> None:
    assert is_from_admin(update(), {OLGA})


@pytest.mark.parametrize(
    "refused",
    [
        update(sender={"id": 2000, "is_bot": False, "first_name": "Olga", "username": "olga"}),
        update(sender={"id": OLGA, "is_bot": True, "first_name": "Olga"}),
        update(sender=None),
        update(sender={"id": 1087968824, "is_bot": True, "first_name": "Group"}),
        update(chat={"id": -1001, "type": "supergroup", "title": "Debate"}),
        update(chat={"id": -1001, "type": "group", "title": "Debate"}),
        update(chat={"id": OLGA, "type": "channel", "title": "Debate"}),
        update(chat={"id": 2000, "type": "private", "first_name": "Ana"}),
        update(sender_chat=CHANNEL),
        update(forward_origin=FORWARD),
        update(via_bot=BOT),
        update(sender_business_bot=BOT),
        update(is_automatic_forward=True),
        update(edit_date=2),
        update("edited_message"),
        update("channel_post"),
        update("edited_channel_post"),
        update("business_message"),
        update("guest_message"),
    ],
)
def test_nobody_else_is_permitted(refused: Update) -> None:
    assert not is_from_admin(refused, {OLGA, 1087968824})


def test_without_admins_nobody_is_permitted() -> None:
    assert not is_from_admin(update(), set())


async def test_the_guard_refuses_where_somebody_forgot_the_filter(
    telegram: FakeTelegram, desk: Service, caplog: pytest.LogCaptureFixture, monkeypatch: Any
) -> None:
    monkeypatch.setattr(AdminFilter, "filter", lambda *_: True)
    caplog.set_level("INFO")
    olga, ana = telegram.private("Olga"), telegram.private("Ana")

    async with running(telegram, desk, OLGA):
        ana.says("/status")
        replies_to_ana = await ana.replies()
        olga.says("/status")
        replies_to_olga = await olga.replies()

    assert replies_to_ana == []
    assert "refused" in caplog.text
    assert len(replies_to_olga) == 1
    assert f"admin={OLGA} command=/status" in caplog.text


@pytest.mark.parametrize("guard", [(AdminGuard, "require_admin"), (admission.Gate, "require_admission")])
async def test_a_guard_that_fails_lets_nobody_through(
    telegram: FakeTelegram, desk: Service, monkeypatch: Any, guard: tuple[type, str]
) -> None:
    async def fail(*_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(*guard, fail)
    olga = telegram.private("Olga")

    async with running(telegram, desk, OLGA):
        olga.says("/status")
        replies = await olga.replies()

    assert [reply.text for reply in replies] == [say("apology")]


async def losing(olga: Chat, desk: Service, corpora: Path) -> Sent:
    """Return the report of a reload that would lose a document, and so waits to be confirmed."""
    letter = corpora / "tram" / "2024-04-letter.txt"
    letter.write_text(LETTER, "utf-8")
    olga.says("/reload")
    await olga.reply()
    before = desk.corpus
    letter.unlink()
    olga.says("/reload")
    report = await olga.reply()
    assert say("label_switch") in report.buttons
    assert desk.corpus is before
    return report


@pytest.mark.usefixtures("bot")
async def test_an_admin_switches_by_the_button_under_the_report(
    telegram: FakeTelegram, own_desk: Service, corpora: Path
) -> None:
    olga = telegram.private("Olga")
    report = await losing(olga, own_desk, corpora)
    before = own_desk.corpus

    olga.press(report, say("label_switch"))
    await olga.replies()
    await telegram.until(lambda: own_desk.corpus is not before)
    await telegram.called("editMessageText")

    assert len(own_desk.corpus.documents) == len(before.documents) - 1
    assert say("label_switch") not in olga.changed(report).buttons


@pytest.mark.usefixtures("bot")
async def test_an_admins_button_does_nothing_for_anyone_else(
    telegram: FakeTelegram, own_desk: Service, corpora: Path
) -> None:
    olga, ana = telegram.private("Olga"), telegram.private("Ana")
    report = await losing(olga, own_desk, corpora)
    before = own_desk.corpus
    ana.says("/help")
    [shown] = await ana.replies()

    ana.push(
        callback_query={
            "id": "stolen",
            "from": telegram.person("Ana"),
            "chat_instance": "1",
            "message": shown.message,
            "data": report.buttons[say("label_switch")],
        }
    )

    assert await ana.replies() == []
    assert own_desk.corpus is before


@pytest.mark.usefixtures("bot")
async def test_an_admin_withholds_and_releases_a_quote(telegram: FakeTelegram) -> None:
    olga = telegram.private("Olga")
    olga.says("tram")
    [answer] = await olga.replies()
    link = next(link for link in answer.links if "start=q_" in link)
    quote_id = link.partition("start=q_")[2]

    told = []
    for line in (f"/hold {quote_id} disputed", f"/start q_{quote_id}", f"/release {quote_id}"):
        olga.says(line)
        told += await olga.replies()

    held, opened, released = told
    assert held.text == say("held_for_now", id=quote_id)
    assert "disputed" in opened.text
    assert released.text == say("released", id=quote_id)


@pytest.mark.usefixtures("bot")
async def test_the_status_tells_how_the_surface_is(telegram: FakeTelegram) -> None:
    olga = telegram.private("Olga")

    olga.says("/status")

    [status] = await olga.replies()
    assert "Privacy mode is on" in status.text
    assert "Queue: " in status.text


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("line", ["/status", "/unanswered", "/reload now"])
async def test_not_even_an_admin_presses_what_the_bot_did_not_seal(telegram: FakeTelegram, line: str) -> None:
    olga = telegram.private("Olga")
    olga.says("/start")
    [greeting] = await olga.replies()

    olga.press(greeting, next(iter(greeting.buttons)), data=line)

    assert await olga.replies() == []
    assert telegram.world.toasts == [say("unknown_button")]
