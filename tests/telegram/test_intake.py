from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.errors import BotError, SettingsError
from bot.replies import catalogue
from bot.replies.reply import Piece, Reply
from bot.service import Service
from bot.service.router import Router
from bot.surfaces.telegram import lifecycle
from bot.surfaces.telegram.lifecycle import serve, serve_until_signalled
from bot.surfaces.telegram.settings import TelegramOptions, TelegramSecrets
from tests.telegram.fake import FakeTelegram, parse
from tests.telegram.fake.faults import Fault, gateway, refused
from tests.telegram.fake.refusal import Refusal
from tests.telegram.running import QUICK, Desk, Echo, One, running, secrets

POISON: dict[str, Any] = {
    "no date": {"message": {"message_id": 1, "chat": {"id": 1, "type": "private"}}},
    "a text for a chat": {"message": {"message_id": 1, "date": 1, "chat": "x"}},
    "a list for a message": {"message": [1]},
    "a number for a date": {"message": {"message_id": 1, "date": "x", "chat": {"id": 1}}},
    "no sender": {"callback_query": {"id": "1"}},
    "far too late": {"message": {"message_id": 1, "date": 10**18, "chat": {"id": 1, "type": "private"}}},
}


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("poison", POISON)
async def test_an_update_that_cannot_be_read_harms_only_itself(
    telegram: FakeTelegram, caplog: pytest.LogCaptureFixture, poison: str
) -> None:
    ana, ben = telegram.private("Ana"), telegram.private("Ben")

    ana.says("privacy")
    number = telegram.inbox.put(**POISON[poison])
    ben.says("privacy")

    assert len(await ana.replies()) == 1
    assert len(await ben.replies()) == 1
    assert telegram.inbox.confirmed(number)
    assert f"update skipped id={number}" in caplog.text
    assert len(telegram.calls) < 30


@pytest.mark.usefixtures("bot")
async def test_nothing_but_unreadable_updates_is_passed_over(telegram: FakeTelegram) -> None:
    last = [telegram.inbox.put(**POISON["no sender"]) for _ in range(200)][-1]

    await telegram.until(lambda: telegram.inbox.confirmed(last))

    assert len(telegram.calls) < 60


@pytest.mark.parametrize("result", ["true", "[{}]", "[1]", '[{"update_id": "x"}]'])
async def test_an_answer_that_is_no_updates_is_asked_for_again(
    telegram: FakeTelegram, desk: Service, caplog: pytest.LogCaptureFixture, result: str
) -> None:
    body = f'{{"ok": true, "result": {result}}}'
    telegram.faults.next("getUpdates", Fault(raw=(200, "application/json", body)))
    async with running(telegram, desk):
        ana = telegram.private("Ana")

        ana.says("privacy")

        assert len(await ana.replies()) == 1
    assert "poll failed error=" in caplog.text


class Slow(Desk):
    """A desk that answers when it is let."""

    def __init__(self, telegram: FakeTelegram) -> None:
        self.asked: list[str] = []
        self.go = asyncio.Event()
        self._changed = telegram.changed

    async def ask(self, question: str, *_: Any) -> Reply:
        self.asked.append(question)
        self._changed.fire()
        await self.go.wait()
        return Reply(((Piece(question),),))


def polls(telegram: FakeTelegram) -> int:
    return sum(call.method == "getUpdates" for call in telegram.calls)


async def test_an_update_is_not_confirmed_before_it_is_answered(telegram: FakeTelegram) -> None:
    slow = Slow(telegram)
    async with running(telegram, slow):  # type: ignore[arg-type]
        ana = telegram.private("Ana")
        said = ana.says("privacy")
        await telegram.until(lambda: bool(slow.asked))
        before = polls(telegram)
        await telegram.until(lambda: polls(telegram) > before)

        held = not telegram.inbox.confirmed(said.update_id)
        slow.go.set()

        assert held
        assert len(await ana.replies()) == 1


async def test_a_stop_answers_what_is_under_way_and_takes_nothing_more(telegram: FakeTelegram) -> None:
    slow = Slow(telegram)
    ana = telegram.private("Ana")
    async with running(telegram, slow, concurrency=2):  # type: ignore[arg-type]
        for question in ("taxes", "trams", "tolls"):
            ana.says(question)
        await telegram.until(lambda: len(slow.asked) == 2)
        asyncio.get_running_loop().call_later(0.1, slow.go.set)

    said = [parse(call.given["text"]).text for call in telegram.answered("sendMessage")]
    assert sorted(said) == ["taxes", "trams"]
    assert [update["message"]["text"] for update in await telegram.inbox.get()] == ["tolls"]


@pytest.fixture
def _signals() -> Iterator[None]:
    taken = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    before = [signal.getsignal(number) for number in taken]
    yield
    for number, handler in zip(taken, before, strict=True):
        signal.signal(number, handler)


@pytest.mark.usefixtures("_signals")
async def test_a_signal_stops_it(telegram: FakeTelegram, desk: Service) -> None:
    serving = serve_until_signalled(Router([desk]), secrets(telegram), TelegramOptions(**QUICK))
    signalled = asyncio.create_task(serving)
    await telegram.until(lambda: any(call.method == "getUpdates" for call in telegram.calls))

    signal.raise_signal(signal.SIGTERM)
    signal.raise_signal(signal.SIGTERM)

    await asyncio.wait_for(signalled, 5)
    assert telegram.inbox.waiting == []


@pytest.mark.usefixtures("_signals")
async def test_a_reload_asked_for_during_the_start_is_made_when_it_serves(telegram: FakeTelegram) -> None:
    reloaded = asyncio.Event()

    class Reloading(One):
        async def reload(self) -> None:
            reloaded.set()

    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGHUP})
    signal.raise_signal(signal.SIGHUP)
    serving = serve_until_signalled(Reloading(Echo()), secrets(telegram), TelegramOptions(**QUICK))
    signalled = asyncio.create_task(serving)

    await asyncio.wait_for(reloaded.wait(), 5)
    signal.raise_signal(signal.SIGTERM)
    await asyncio.wait_for(signalled, 5)


async def test_a_handler_past_its_deadline_is_given_up(
    telegram: FakeTelegram, caplog: pytest.LogCaptureFixture
) -> None:
    slow = Slow(telegram)
    async with running(telegram, slow, deadline=0.05):  # type: ignore[arg-type]
        ana = telegram.private("Ana")

        ana.says("privacy")

        assert await ana.replies() == []
        assert "abandoned" in caplog.text


async def test_questions_that_waited_for_the_start_are_answered(telegram: FakeTelegram, desk: Service) -> None:
    ana = telegram.private("Ana")
    for _ in range(40):
        ana.says("privacy")

    async with running(telegram, desk):
        assert len(await ana.replies()) == 40


async def test_a_post_that_waited_for_the_start_is_no_question(telegram: FakeTelegram, desk: Service) -> None:
    group = telegram.group()
    asked = group.message("/ask privacy")
    group.push(channel_post=asked | {"sender_chat": asked["chat"]})

    async with running(telegram, desk):
        assert await group.replies() == []


async def served(telegram: FakeTelegram, desk: Service) -> None:
    """Serve until it ends by itself."""
    await serve(Router([desk]), secrets(telegram), TelegramOptions(**QUICK), asyncio.Event())


async def test_a_token_that_telegram_does_not_know_ends_in_one_line(telegram: FakeTelegram, desk: Service) -> None:
    telegram.faults.next("getMe", refused(401, "Unauthorized"))

    with pytest.raises(SettingsError) as caught:
        await served(telegram, desk)

    assert str(caught.value).startswith("BOT_TOKEN: Telegram rejects it; ")
    assert telegram.token.partition(":")[2] not in str(caught.value)


async def test_a_token_that_is_revoked_later_ends_it_too(telegram: FakeTelegram, desk: Service) -> None:
    telegram.faults.next("getUpdates", Fault(delay=0.05, refusal=Refusal(401, "Unauthorized")))

    with pytest.raises(SettingsError, match="BOT_TOKEN"):
        await served(telegram, desk)


async def test_a_server_that_is_not_there_ends_in_one_line(desk: Service) -> None:
    async with FakeTelegram() as gone:
        pass

    with pytest.raises(BotError, match="no Bot API server answers"):
        await served(gone, desk)


async def test_a_password_in_the_address_of_a_server_is_not_printed() -> None:
    given: dict[str, Any] = {"token": "1:" + "a" * 35, "api_url": "http://ann:hunter2@127.0.0.1:9"}

    with pytest.raises(BotError) as caught:
        await serve(One(Echo()), TelegramSecrets(**given), TelegramOptions(**QUICK), asyncio.Event())

    assert str(caught.value).startswith("http://127.0.0.1:9: no Bot API server answers")


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_certificates_that_are_not_there_are_told_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str | None
) -> None:
    path = tmp_path / "certificates.pem"
    if content:
        path.write_text(content)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))

    with pytest.raises(SettingsError, match="SSL_CERT_FILE: no file of certificates"):
        lifecycle._load_ssl_context.__wrapped__()  # noqa: SLF001 - the first of this process is remembered


async def test_a_server_that_breaks_off_at_the_start_ends_in_one_line(telegram: FakeTelegram, desk: Service) -> None:
    telegram.faults.next("getWebhookInfo", gateway(), times=4)

    with pytest.raises(BotError, match="no Bot API server answers"):
        await served(telegram, desk)


async def test_two_pollers_at_once_are_survived(telegram: FakeTelegram, desk: Service) -> None:
    async with running(telegram, desk, wait=1), running(telegram, desk, wait=1):
        ana = telegram.private("Ana")

        ana.says("privacy")

        await ana.reply()


async def test_commands_are_set_for_each_kind_of_chat(telegram: FakeTelegram, desk: Service) -> None:
    olga = telegram.private("Olga")
    async with running(telegram, desk, olga.id, 4242):
        await telegram.called("setMyShortDescription", len(catalogue.load_languages()))

    scopes = telegram.world.commands
    listed = {scope: {entry["command"] for entry in scopes[scope]} for scope in scopes}
    admins = [names for scope, names in listed.items() if str(olga.id) in scope]
    others = [names for scope, names in listed.items() if str(olga.id) not in scope]
    assert len(admins) == len(catalogue.load_languages())
    assert all({"reload", "status", "unanswered", "ask"} <= names for names in admins)
    assert len(others) == 2 * len(catalogue.load_languages())
    assert all("ask" in names and "reload" not in names for names in others)


async def test_what_telegram_shows_of_the_bot_is_set_in_every_language(telegram: FakeTelegram, desk: Service) -> None:
    async with running(telegram, desk):
        await telegram.called("setMyShortDescription", len(catalogue.load_languages()))

    told = telegram.world.descriptions
    assert told["description"].startswith("I answer questions")
    assert told["descriptionfr"].startswith("Je réponds")
    assert told["short_descriptionfr"] != told["short_description"]
