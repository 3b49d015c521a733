"""Updates pushed: what gets in, what is answered, and when."""

from __future__ import annotations

import asyncio
import gzip
import io
import json
import zlib
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from bot.errors import SettingsError
from bot.service import Service
from bot.service.router import Router
from bot.storage import open_storage
from bot.surfaces.telegram.lifecycle import serve
from bot.surfaces.telegram.settings import TelegramOptions, WebhookSettings
from bot.surfaces.telegram.webhook import MAX_BODY_BYTES, RETRY_AFTER_SECONDS, WebhookReceiver, build_webhook_path
from tests.telegram.fake.faults import Fault, delayed, gateway, refused
from tests.telegram.fake.refusal import Refusal
from tests.telegram.running import QUICK, SECRET, Echo, One, hook, running, secrets
from tests.telegram.test_intake import POISON, Slow

if TYPE_CHECKING:
    from tests.telegram.fake import FakeTelegram

JSON = {"Content-Type": "application/json"}
SIGNED = {**JSON, "X-Telegram-Bot-Api-Secret-Token": SECRET}


@pytest.fixture
def where() -> WebhookSettings:
    return hook()


@pytest.fixture
async def bot(telegram: FakeTelegram, desk: Service, where: WebhookSettings) -> AsyncIterator[None]:
    async with running(telegram, desk, pushed=where):
        await telegram.called("setWebhook")
        yield


async def asked(url: str, method: str = "POST", body: Any = b"{}", headers: Any = SIGNED) -> tuple[int, bytes]:
    status, content, _ = await request(url, method, body, headers)
    return status, content


async def request(url: str, method: str = "POST", body: Any = b"{}", headers: Any = SIGNED) -> tuple[int, bytes, Any]:
    async with aiohttp.ClientSession() as client, client.request(method, url, data=body, headers=headers) as answer:
        return answer.status, await answer.read(), answer.headers


def door(telegram: FakeTelegram, where: WebhookSettings) -> str:
    return where.base_url + build_webhook_path(telegram.token)


@pytest.mark.usefixtures("bot")
async def test_a_pushed_question_is_answered(telegram: FakeTelegram) -> None:
    ana = telegram.private("Ana")

    ana.says("What about privacy?")

    [answer] = await ana.replies()
    assert answer.quotes
    assert [call for call in telegram.calls if call.method == "getUpdates"] == []


@pytest.mark.usefixtures("bot")
async def test_the_webhook_is_set_with_a_secret_and_where_nobody_guesses(
    telegram: FakeTelegram, where: WebhookSettings
) -> None:
    [call] = telegram.answered("setWebhook")

    assert call.given["url"] == door(telegram, where)
    assert call.given["secret_token"] == SECRET
    assert not call.given.get("drop_pending_updates")
    assert "message" in call.given["allowed_updates"]
    assert len(build_webhook_path(telegram.token)) > 60
    assert telegram.token.partition(":")[2] not in call.given["url"]


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize(
    ("method", "headers", "status"),
    [
        ("POST", JSON, 403),
        ("POST", SIGNED | {"X-Telegram-Bot-Api-Secret-Token": ""}, 403),
        ("POST", SIGNED | {"X-Telegram-Bot-Api-Secret-Token": SECRET + "x"}, 403),
        ("POST", SIGNED | {"X-Telegram-Bot-Api-Secret-Token": SECRET[:-1]}, 403),
        ("POST", SIGNED | {"X-Telegram-Bot-Api-Secret-Token": SECRET.upper()}, 403),
        ("POST", SIGNED | {"X-Telegram-Bot-Api-Secret-Token": "sécret"}, 403),
        ("POST", SIGNED | {"Content-Type": "text/plain"}, 415),
        ("POST", SIGNED | {"Content-Type": "application/x-www-form-urlencoded"}, 415),
        ("GET", SIGNED, 405),
        ("PUT", SIGNED, 405),
        ("DELETE", SIGNED, 405),
        ("PATCH", SIGNED, 405),
        ("HEAD", SIGNED, 405),
        ("OPTIONS", SIGNED, 405),
    ],
)
async def test_what_is_not_telegrams_reaches_no_handler(
    telegram: FakeTelegram, where: WebhookSettings, method: str, headers: Any, status: int
) -> None:
    ana = telegram.private("Ana")
    body = json.dumps({"update_id": 9, "message": ana.message("What about privacy?")})

    answered, shown = await asked(door(telegram, where), method, body.encode(), headers)

    assert answered == status
    assert status != 403 or shown == b""
    assert telegram.answered("sendMessage") == []


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize(
    ("encoding", "pack"),
    [
        ("gzip", gzip.compress),
        ("GZIP", gzip.compress),
        ("deflate", zlib.compress),
        ("br", bytes),
        ("gzip, identity", gzip.compress),
        ("identity", None),
        (" Identity ", None),
    ],
)
async def test_a_body_that_is_packed_is_left_at_telegram(
    telegram: FakeTelegram, where: WebhookSettings, encoding: str, pack: Callable[[bytes], bytes] | None
) -> None:
    body = json.dumps({"update_id": 9, "message": telegram.private("Ana").message("What about privacy?")}).encode()

    status, _ = await asked(
        door(telegram, where), body=pack(body) if pack else body, headers=SIGNED | {"Content-Encoding": encoding}
    )

    assert status == (415 if pack else 200)
    assert len(telegram.answered("sendMessage")) == (0 if pack else 1)


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("place", ["/", "/webhook", "/" + "0" * 64, "/healthz/x"])
async def test_another_path_is_not_found(where: WebhookSettings, place: str) -> None:
    assert (await asked(where.base_url + place))[0] == 404


@pytest.mark.usefixtures("bot")
async def test_a_body_that_is_too_large_is_refused_unread(telegram: FakeTelegram, where: WebhookSettings) -> None:
    body = io.BytesIO(json.dumps({"update_id": 9, "x": "x" * MAX_BODY_BYTES}).encode())

    try:
        status, _ = await asked(door(telegram, where), body=body)
    except aiohttp.ClientError:
        status = 400

    assert status == 400
    assert (await asked(where.base_url + "/healthz", "GET"))[0] == 200


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"no JSON", b"[]", b"{}", b"null", b'{"update_id": "1"}', b'{"update_id": true}'),
        *(b'{"update_id": %d}' % (1 << 70), b"\xff\xfe", b"[" * 100_000),
    ],
    ids=["empty", "no JSON", "list", "empty object", "null", "text", "a truth", "too large", "no UTF-8", "deep"],
)
async def test_what_cannot_be_read_is_taken_and_logged_so_that_it_does_not_come_again(
    telegram: FakeTelegram, where: WebhookSettings, caplog: pytest.LogCaptureFixture, body: bytes
) -> None:
    status, _, headers = await request(door(telegram, where), body=body)

    assert (status, headers.get("Retry-After")) == (200, None)
    assert "update skipped id=none" in caplog.text
    assert json.loads((await asked(where.base_url + "/healthz", "GET"))[1])["quarantined"] == 1


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("poison", POISON)
async def test_a_pushed_update_that_cannot_be_read_harms_only_itself(
    telegram: FakeTelegram, caplog: pytest.LogCaptureFixture, poison: str
) -> None:
    ana = telegram.private("Ana")
    number = telegram.inbox.put(**POISON[poison])

    ana.says("privacy")

    assert len(await ana.replies()) == 1
    await telegram.until(lambda: telegram.inbox.confirmed(number))
    assert f"update skipped id={number}" in caplog.text
    assert telegram.pusher.tries.count((number, 200)) == 1


async def test_a_pushed_update_is_answered_200_only_when_it_is_handled(telegram: FakeTelegram) -> None:
    slow = Slow(telegram)
    async with running(telegram, slow, pushed=True):  # type: ignore[arg-type]
        ana = telegram.private("Ana")
        said = ana.says("privacy")
        await telegram.until(lambda: bool(slow.asked))

        held = telegram.inbox.confirmed(said.update_id)
        slow.go.set()

        assert not held
        assert len(await ana.replies()) == 1


async def test_a_handler_past_its_deadline_is_pushed_again_and_given_up_in_the_end(
    telegram: FakeTelegram, caplog: pytest.LogCaptureFixture
) -> None:
    slow = Slow(telegram)
    async with running(telegram, slow, pushed=True, deadline=0.05):  # type: ignore[arg-type]
        ana = telegram.private("Ana")
        said = ana.says("privacy")
        assert await ana.replies() == []

    number = said.update_id
    assert telegram.pusher.tries == [(number, 503), (number, 503), (number, 200)]
    assert f"abandoned update={number}" in caplog.text


async def test_an_update_pushed_twice_is_answered_once(telegram: FakeTelegram, where: WebhookSettings) -> None:
    slow = Slow(telegram)
    async with running(telegram, slow, pushed=where):  # type: ignore[arg-type]
        await telegram.called("setWebhook")
        ana = telegram.private("Ana")
        body = json.dumps({"update_id": 9, "message": ana.message("privacy")}).encode()
        first = asyncio.create_task(asked(door(telegram, where), body=body))
        await telegram.until(lambda: bool(slow.asked))

        meanwhile, _, headers = await request(door(telegram, where), body=body)
        slow.go.set()

        assert (await first)[0] == 200
        assert (await asked(door(telegram, where), body=body))[0] == 200
        assert (meanwhile, headers["Retry-After"]) == (503, str(RETRY_AFTER_SECONDS))
    assert len(telegram.answered("sendMessage")) == 1


async def test_a_stop_answers_what_is_open_and_leaves_the_rest_to_telegram(
    telegram: FakeTelegram, where: WebhookSettings
) -> None:
    slow = Slow(telegram)
    health = where.base_url + "/healthz"
    async with running(telegram, slow, pushed=where):  # type: ignore[arg-type]
        ana, ben = telegram.private("Ana"), telegram.private("Ben")
        first = ana.says("taxes")
        await telegram.until(lambda: bool(slow.asked))
        healthy, _ = await asked(health, "GET", None, {})
        asked_later = asyncio.create_task(ask_once_stopping(health, slow))
    second = ben.says("trams")

    # A front sends nobody to a process that is about to end.
    assert (healthy, await asked_later) == (200, 503)

    assert telegram.inbox.confirmed(first.update_id)
    assert not telegram.inbox.confirmed(second.update_id)
    assert telegram.inbox.webhook == door(telegram, where)
    async with running(telegram, Echo(), pushed=where):  # type: ignore[arg-type]
        assert [sent.text for sent in await ben.replies()] == ["trams"]


async def ask_once_stopping(url: str, slow: Slow) -> int:
    """Return the status of `url` while the stop waits for an answer, and let it go on."""
    await asyncio.sleep(0.2)
    status, _ = await asked(url, "GET", None, {})
    slow.go.set()
    return status


def test_a_stop_waits_for_the_last_of_the_requests_and_for_each_that_comes_after_a_rest() -> None:
    receiver = WebhookReceiver(None, b"")  # type: ignore[arg-type]
    idle: list[bool] = []

    with receiver.track_request():
        with receiver.track_request():
            idle.append(receiver.idle.is_set())
        idle.append(receiver.idle.is_set())
    idle.append(receiver.idle.is_set())
    with receiver.track_request():
        idle.append(receiver.idle.is_set())

    assert idle == [False, False, True, False]
    assert receiver.active_requests == 0


async def test_the_largest_update_that_is_taken_is_answered(telegram: FakeTelegram, where: WebhookSettings) -> None:
    async with running(telegram, Echo(), pushed=where):  # type: ignore[arg-type]
        await telegram.called("setWebhook")
        body = json.dumps({"update_id": 9, "message": telegram.private("Ana").message("privacy")}).encode()

        status, _ = await asked(door(telegram, where), body=body.ljust(MAX_BODY_BYTES))

    assert status == 200
    assert len(telegram.answered("sendMessage")) == 1


@pytest.mark.usefixtures("bot")
async def test_health_is_shown_without_anyones_words(telegram: FakeTelegram, where: WebhookSettings) -> None:
    ana = telegram.private("Ana")
    ana.says("What about privacy?")
    await ana.replies()

    status, shown = await asked(where.base_url + "/healthz", "GET", None, {})

    health = json.loads(shown)
    assert status == 200
    assert (health["transport"], health["queue"], health["answered"]) == ("webhook", 0, 1)
    assert health["silence"] < 5


async def test_polling_after_a_webhook_says_whose_it_takes_away(
    telegram: FakeTelegram, desk: Service, caplog: pytest.LogCaptureFixture
) -> None:
    telegram.pusher.set("https://example.org/hidden", "s", 1)
    async with running(telegram, desk):
        ana = telegram.private("Ana")
        ana.says("privacy")
        assert len(await ana.replies()) == 1

    [call] = telegram.answered("deleteWebhook")
    assert not call.given.get("drop_pending_updates")
    assert "webhook removed host=example.org" in caplog.text
    assert "hidden" not in caplog.text


async def test_an_address_that_telegram_does_not_take_ends_in_one_line(
    telegram: FakeTelegram, desk: Service, where: WebhookSettings
) -> None:
    telegram.faults.next("setWebhook", refused(400, "Bad Request: bad webhook: no"))

    with pytest.raises(SettingsError, match="BOT_WEBHOOK_URL: Telegram rejects it"):
        await serve(Router([desk]), secrets(telegram), TelegramOptions(**QUICK), asyncio.Event(), where)


async def test_of_two_processes_one_sets_the_webhook_and_after_a_refusal_the_other_may(
    telegram: FakeTelegram,
    where: WebhookSettings,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    caplog.set_level("INFO")
    monkeypatch.setattr("bot.surfaces.telegram.webhook._SET_POLL_SECONDS", 0.01)
    other = hook().model_copy(update={"url": where.url})
    storage = open_storage()
    telegram.faults.next("setWebhook", refused(400, "Bad Request: bad webhook: no"), delayed(0.3))
    with pytest.raises(SettingsError, match="BOT_WEBHOOK_URL"):
        await serve(One(Echo(), storage), secrets(telegram), TelegramOptions(**QUICK), asyncio.Event(), where)

    async with running(telegram, One(Echo(), storage), pushed=where):
        await telegram.called("setWebhook")
        async with running(telegram, One(Echo(), storage), pushed=other):
            telegram.private("Ana").says("privacy")
            await telegram.until(lambda: not telegram.inbox.waiting, 10)
            # Once it is set, nobody who starts waits until that may have been undone.
            await telegram.until(lambda: "webhook set by another process" in caplog.text, 10)

    assert [call.status for call in telegram.answered("setWebhook")].count(200) == 1
    assert caplog.text.count("webhook set by another process") == 1


async def test_who_waits_for_another_to_set_the_webhook_sets_it_where_that_fails(
    telegram: FakeTelegram, where: WebhookSettings
) -> None:
    other, storage = hook().model_copy(update={"url": where.url}), open_storage()
    telegram.faults.next("setWebhook", Fault(refusal=Refusal(400, "Bad Request: bad webhook: no"), delay=0.4))
    first = asyncio.create_task(
        serve(One(Echo(), storage), secrets(telegram), TelegramOptions(**QUICK), asyncio.Event(), where)
    )
    await telegram.until(lambda: any(call.method == "setWebhook" for call in telegram.calls))

    async with running(telegram, One(Echo(), storage), pushed=other):
        with pytest.raises(SettingsError, match="BOT_WEBHOOK_URL"):
            await first
        await telegram.until(lambda: any(call.status == 200 for call in telegram.answered("setWebhook")), 10)

    assert telegram.inbox.webhook == door(telegram, where)


async def test_a_port_that_is_taken_ends_in_one_line(telegram: FakeTelegram, desk: Service) -> None:
    port = int(telegram.url.rpartition(":")[2])
    values: dict[str, Any] = {"url": "http://127.0.0.1", "secret": SECRET, "port": port}

    with pytest.raises(SettingsError, match=f"PORT: cannot listen on {port}"):
        await serve(
            Router([desk]), secrets(telegram), TelegramOptions(**QUICK), asyncio.Event(), WebhookSettings(**values)
        )


async def test_setting_the_webhook_survives_a_fault_of_the_wire(telegram: FakeTelegram, desk: Service) -> None:
    telegram.faults.next("setWebhook", gateway(), delayed(0.1))
    async with running(telegram, desk, pushed=True):
        ana = telegram.private("Ana")
        ana.says("privacy")
        assert len(await ana.replies()) == 1
