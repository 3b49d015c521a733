"""A server or a proxy that does what it should not: every call fails well, and nothing is lost."""

from __future__ import annotations

import asyncio
import json
import logging
import ssl
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web
from telegram.ext import ExtBot
from telegram.request import RequestData

from bot.errors import BotError
from bot.replies.reply import Reply
from bot.surfaces.telegram import polling
from bot.surfaces.telegram.http_client import CheckedRequest, ServerClock, is_answer
from bot.surfaces.telegram.lifecycle import serve
from bot.surfaces.telegram.settings import TelegramOptions
from tests.telegram.fake.faults import Fault
from tests.telegram.fake.refusal import Refusal
from tests.telegram.running import QUICK, Echo, One, running, secrets

if TYPE_CHECKING:
    from tests.telegram.fake import FakeTelegram
    from tests.telegram.fake.faults import Work


def raw(status: int, body: object) -> Fault:
    return Fault(raw=(status, "application/json", body if isinstance(body, str) else json.dumps(body)))


# Each is no answer of the Bot API, to whatever was asked.
ODD: dict[str, Fault] = {
    "not ok": raw(200, {"ok": False}),
    "not ok, and why": raw(200, {"ok": False, "description": "Too bad"}),
    "ok, and nothing": raw(200, {"ok": True}),
    "ok, and null": raw(200, {"ok": True, "result": None}),
    "ok in words": raw(200, {"ok": "true", "result": []}),
    "a result alone": raw(200, {"result": []}),
    "null": raw(200, "null"),
    "a list": raw(200, "[]"),
    "a number": raw(200, "5"),
    "a string": raw(200, '"x"'),
    "a truth": raw(200, "true"),
    "lists in lists": raw(200, "[" * 50_000),
    "502 and a list": raw(502, "[]"),
    "502 and null": raw(502, "null"),
    "500 and a number for words": raw(500, {"ok": False, "description": 5}),
    "503 and a string": raw(503, '"busy"'),
    "400 and text for parameters": raw(400, {"ok": False, "description": "Bad", "parameters": "none"}),
    "429 and a list to wait for": raw(429, {"ok": False, "description": "x", "parameters": {"retry_after": [1]}}),
    "429 and words to wait for": raw(429, {"ok": False, "description": "x", "parameters": {"retry_after": "soon"}}),
    "429 and too long to count": raw(429, {"ok": False, "description": "x", "parameters": {"retry_after": 1 << 70}}),
    "400 and a chat that is none": raw(
        400, {"ok": False, "description": "x", "parameters": {"migrate_to_chat_id": {"id": 1}}}
    ),
    "an empty body": raw(200, ""),
    "half an answer": raw(200, '{"ok": true, "result": ['),
    "a page that is not there": Fault(raw=(404, "text/html", "<p>no such page</p>")),
    "a page that wants a name": Fault(raw=(401, "text/html", "<p>sign in</p>")),
    "another's 404": raw(404, {"error": "no such route"}),
    "another's 401": raw(401, {"ok": None, "description": "Unauthorized"}),
    "another encoding": Fault(raw=(200, "text/html", "<p>captive portal</p>")),
}
ODD_RESULTS: dict[str, list[Any]] = {
    "getUpdates": [5, {"update_id": 1}, "x", True, {}],
    "sendMessage": [True, [], {"message_id": "7"}, {"message_id": None}, 7],
    "getMe": [True, [], {"id": 1}, {"id": "1", "is_bot": True, "first_name": "x", "username": "y"}, 7],
    "getWebhookInfo": [True, [], {"url": None}, {"url": "x"}, 7],
}


@pytest.mark.parametrize("method", ["getUpdates", "sendMessage"])
@pytest.mark.parametrize("name", ODD)
async def test_whatever_is_answered_the_question_is(
    telegram: FakeTelegram, caplog: pytest.LogCaptureFixture, name: str, method: str
) -> None:
    caplog.set_level(logging.WARNING)
    ana = telegram.private("Ana")
    telegram.faults.next(method, ODD[name])
    async with running(telegram, Echo(), patience=1.0):  # type: ignore[arg-type]
        ana.says("privacy")
        [answer] = await ana.replies()

    assert answer.text == "privacy"
    lines = [record for record in caplog.records if record.name.startswith("bot.")]
    assert len(lines) == 1
    assert lines[0].getMessage().startswith(("poll failed error=", "retry method=sendMessage error="))
    assert lines[0].exc_info is None


MORE_ODD = (
    raw(200, '{"ok": true, "result": ' + "9" * 5_000 + "}"),
    raw(200, '{"ok": true, "result": NaN}'),
    raw(200, '{"ok": true, "result": 1e999}'),
    raw(200, '\ufeff{"ok": true, "result": []'),
    raw(200, '{"ok": true}{"ok": true}'),
    raw(200, '{"a":' * 50_000),
    raw(204, ""),
    raw(418, {"ok": False, "error_code": "teapot"}),
    raw(429, '{"ok": false, "description": "x", "parameters": {"retry_after": ' + "9" * 5_000 + "}}"),
    raw(429, {"ok": False, "description": "x", "parameters": {"retry_after": -3}}),
    raw(429, {"ok": False, "description": "x", "parameters": {"retry_after": None}}),
    raw(500, '{"ok": false, "description": "\\ud800"}'),
    raw(502, "\0\0\0"),
    Fault(raw=(302, "text/html", "moved")),
)


@pytest.mark.parametrize("method", ["getUpdates", "sendMessage"])
async def test_odd_answers_one_after_the_other_cost_a_line_each_and_no_question(
    telegram: FakeTelegram, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    monkeypatch.setattr(polling, "MIN_PAUSE", 0.01)
    monkeypatch.setattr(polling, "_MAX_PAUSE", 0.02)
    caplog.set_level(logging.WARNING)
    ana = telegram.private("Ana")
    async with running(telegram, Echo(), patience=1.0):  # type: ignore[arg-type]
        for number, fault in enumerate(MORE_ODD):
            telegram.faults.next(method, fault)
            ana.says(f"privacy {number}")
            assert (await ana.reply()).text == f"privacy {number}"

    lines = [record for record in caplog.records if record.name.startswith("bot.")]
    assert len(lines) == len(MORE_ODD)
    assert not any(record.exc_info for record in lines)


@pytest.mark.parametrize("method", ["getUpdates", "sendMessage", "getMe", "getWebhookInfo"])
async def test_a_result_of_another_type_is_asked_for_again(telegram: FakeTelegram, method: str) -> None:
    ana = telegram.private("Ana")
    for result in ODD_RESULTS[method]:
        # As often as one call is tried, less the last.
        telegram.faults.next(method, raw(200, {"ok": True, "result": result}))
        async with running(telegram, Echo()):  # type: ignore[arg-type]
            ana.says(f"privacy {result}")
            await telegram.until(lambda: not telegram.inbox.waiting)

    assert len(await ana.replies()) == len(ODD_RESULTS[method])


@pytest.mark.parametrize("method", ["getMe", "getWebhookInfo"])
@pytest.mark.parametrize("name", ["not ok", "a list", "lists in lists", "502 and null", "429 and a list to wait for"])
async def test_a_server_that_never_answers_well_at_the_start_is_told_in_one_line(
    telegram: FakeTelegram, method: str, name: str
) -> None:
    telegram.faults.next(method, ODD[name], times=9)

    with pytest.raises(BotError, match="no Bot API server answers"):
        await serve(One(Echo()), secrets(telegram), TelegramOptions(**QUICK), asyncio.Event())


@pytest.mark.parametrize(
    ("endpoint", "status", "payload", "expected"),
    [
        ("getMe", 200, b'{"ok":true,"result":{"id":1,"is_bot":true,"first_name":"a","username":"b"}}', True),
        ("setWebhook", 200, b'{"ok":true,"result":true}', True),
        ("getChatAdministrators", 200, b'{"ok":true,"result":[{}]}', True),
        ("getChatAdministrators", 200, b'{"ok":true,"result":[5]}', False),
        ("getFile", 200, b'{"ok":true,"result":{"file_id":"x"}}', True),
        ("getFile", 200, b'{"ok":true,"result":[]}', False),
        ("sendMessage", 403, b'{"ok":false,"error_code":403,"description":"Forbidden"}', True),
        ("sendMessage", 429, b'{"ok":false,"description":"x","parameters":{"retry_after":3}}', True),
        ("sendMessage", 400, b'{"ok":false,"description":"x","parameters":{"migrate_to_chat_id":-100123}}', True),
        ("sendMessage", 400, b'{"ok":false,"description":"x","parameters":{"retry_after":true}}', False),
        ("sendMessage", 400, b'{"ok":false,"description":["x"]}', False),
        ("sendMessage", 502, b"<html>", True),  # the library refuses it
        ("sendMessage", 200, b"\xff", True),
        ("getMe", 401, b'{"ok":false,"error_code":401,"description":"Unauthorized"}', True),
        ("getMe", 404, b'{"ok":false,"error_code":404,"description":"Not Found"}', True),
        ("getMe", 404, b'{"error":"Not Found"}', False),
        ("getMe", 401, b"<html>", False),
    ],
)
def test_what_is_an_answer(endpoint: str, status: int, payload: bytes, *, expected: bool) -> None:
    assert is_answer(endpoint, status, payload) is expected


@dataclass(frozen=True, slots=True)
class Dripping(Fault):
    """An answer of which a part comes every `delay` seconds, for ever, until the client has gone."""

    part: bytes = b" "

    async def meet(self, request: web.Request, work: Work) -> web.StreamResponse:
        del work
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        await response.prepare(request)
        while True:
            await response.write(self.part)
            await asyncio.sleep(self.delay)


class DrippingHeader(Fault):
    """An answer whose header never ends."""

    async def meet(self, request: web.Request, work: Work) -> web.StreamResponse:
        del work
        assert request.transport
        request.transport.write(b"HTTP/1.1 200 OK\r\n")
        while not request.transport.is_closing():
            request.transport.write(b"X-Pad: x\r\n")
            await asyncio.sleep(0.1)
        return web.Response()


@pytest.mark.parametrize(
    "fault", [Dripping(delay=0.2), Dripping(delay=0.05, part=b"[" * 9), Dripping(delay=0.6), DrippingHeader()]
)
async def test_a_poll_ends_however_it_drips(
    telegram: FakeTelegram, fault: Fault, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("CRITICAL", logger="aiohttp.server")
    caplog.handler.setLevel("WARNING")
    ana = telegram.private("Ana")
    telegram.faults.next("getUpdates", fault)
    began = time.monotonic()
    async with running(telegram, Echo(), wait=0, patience=0.7):  # type: ignore[arg-type]
        ana.says("privacy")
        await ana.replies()

    assert time.monotonic() - began < 8
    assert "poll failed error=TimedOut" in caplog.text


async def count_polls(telegram: FakeTelegram, fault: Fault, seconds: float = 1.7) -> int:
    """Return how many polls are answered by `fault` in so many seconds."""
    telegram.faults.next("getUpdates", fault, times=1_000)
    async with running(telegram, Echo(), pauses=(0.5,)):  # type: ignore[arg-type]
        await telegram.called("getUpdates")
        await asyncio.sleep(seconds)
        return len(telegram.answered("getUpdates"))


@pytest.mark.parametrize(
    "fault",
    [
        raw(200, {"ok": True, "result": []}),
        raw(429, {"ok": False, "description": "x", "parameters": {"retry_after": -1}}),
        raw(429, {"ok": False, "description": "x", "parameters": {"retry_after": -90}}),
        raw(200, {"ok": True, "result": [{"update_id": 7, "message": {}}]}),
        raw(200, {"ok": False}),
        raw(502, "[]"),
    ],
    ids=["nothing, at once", "wait -1", "wait -90", "the same again and again", "not ok", "502"],
)
async def test_an_idle_bot_polls_twice_a_second_at_most(telegram: FakeTelegram, fault: Fault) -> None:
    # One at once, then one each half second; the first of the same updates is new.
    assert await count_polls(telegram, fault) <= 5


UNNUMBERED: list[Any] = [
    [1],
    None,
    "x",
    7,
    {"message": {}},
    {"update_id": "5"},
    {"update_id": 5.5},
    {"update_id": True},
    {"update_id": -5},
    {"update_id": 1 << 60},
    {"update_id": None},
]


@pytest.mark.parametrize("odd", UNNUMBERED, ids=map(repr, UNNUMBERED))
@pytest.mark.parametrize("order", [1, -1])
async def test_an_update_without_a_number_harms_no_other(
    telegram: FakeTelegram, caplog: pytest.LogCaptureFixture, odd: object, order: int
) -> None:
    ana = telegram.private("Ana")
    ana.says("privacy")
    batch = [odd, dict(telegram.inbox.waiting[0])][::order]
    telegram.faults.next("getUpdates", raw(200, {"ok": True, "result": batch}))
    async with running(telegram, Echo()):  # type: ignore[arg-type]
        [answer] = await ana.replies()
        await telegram.until(lambda: not telegram.inbox.waiting)

    assert answer.text == "privacy"
    assert caplog.text.count("update skipped id=none") == 1


async def test_ids_that_begin_anew_after_a_quiet_week_are_confirmed(telegram: FakeTelegram) -> None:
    ana = telegram.private("Ana")
    ana.says("privacy")
    first = dict(telegram.inbox.waiting[0])
    telegram.faults.next("getUpdates", raw(200, {"ok": True, "result": [first | {"update_id": 9_000_000}]}))
    async with running(telegram, Echo(), wait=0):  # type: ignore[arg-type]
        await telegram.until(lambda: any(call.given.get("offset") == 9_000_001 for call in telegram.calls))
        telegram.faults.next("getUpdates", raw(200, {"ok": True, "result": [first | {"update_id": 12}]}))

        await telegram.until(lambda: any(call.given.get("offset") == 13 for call in telegram.calls))

    assert len(await ana.replies()) >= 2


class Holding(Echo):
    """A desk that keeps some questions waiting."""

    def __init__(self) -> None:
        self.go = asyncio.Event()

    async def ask(self, question: str, *_: Any) -> Reply:
        if question == "held":
            await self.go.wait()
        return await super().ask(question)


async def test_the_first_update_not_done_with_is_asked_for_again_however_many_are_done(
    telegram: FakeTelegram,
) -> None:
    """What a crash now would lose is what is confirmed and not answered: nothing."""
    desk = Holding()
    people = [telegram.private(f"Person {number}") for number in range(8)]
    for person in people:
        person.says("held" if person in people[2:6:3] else "privacy")
    first_held = telegram.inbox.waiting[2]["update_id"]
    async with running(telegram, desk, wait=0):  # type: ignore[arg-type]
        await telegram.until(lambda: len(telegram.answered("sendMessage")) == 6)
        before = len(telegram.calls)
        await telegram.until(lambda: sum(call.method == "getUpdates" for call in telegram.calls[before:]) >= 3)

        offsets = [call.given.get("offset") for call in telegram.calls[before:] if call.method == "getUpdates"]
        assert set(offsets[1:]) == {first_held}
        desk.go.set()
        await telegram.until(lambda: not telegram.inbox.waiting)


@pytest.mark.parametrize("is_behind_proxy", [False, True])
async def test_calls_go_by_the_proxy_that_the_environment_names_and_else_straight_there(
    telegram: FakeTelegram, monkeypatch: pytest.MonkeyPatch, *, is_behind_proxy: bool
) -> None:
    ana, clock = telegram.private("Ana"), ServerClock(lambda: 0.0)
    if is_behind_proxy:
        monkeypatch.setenv("http_proxy", telegram.url)
    root = "http://bot-api.invalid" if is_behind_proxy else telegram.url
    lines = [CheckedRequest(1, 5.0, clock, ssl.create_default_context()) for _ in range(2)]
    async with ExtBot(telegram.token, f"{root}/bot", request=lines[0], get_updates_request=lines[1]) as bot:
        await bot.send_message(ana.id, "“privacy” & <b>")

    assert [reply.text for reply in await ana.replies()] == ["“privacy” & <b>"]
    assert abs(clock.read_time() - time.time()) < 10


@pytest.mark.parametrize("place", ["[::1]", "user:secret@127.0.0.1"])
async def test_an_address_of_version_6_and_a_login_are_read_as_they_are_in_any_address(
    telegram: FakeTelegram, place: str
) -> None:
    heads: list[bytes] = []

    async def note_head(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 28\r\n\r\n" + b'{"ok": true, "result": true}')
        writer.close()

    server = await asyncio.start_server(note_head, place.rpartition("@")[2].strip("[]"))
    port = server.sockets[0].getsockname()[1]
    async with server, CheckedRequest(1, 5.0, ServerClock(), ssl.create_default_context()) as line:
        await line.post(f"http://{place}:{port}/bot{telegram.token}/sendChatAction", RequestData())

    head = heads[0].decode().lower()
    assert f"host: {place.rpartition('@')[2]}:{port}\r\n" in head
    assert ("authorization: basic dxnlcjpzzwnyzxq=" in head) is ("@" in place)


async def test_an_edited_question_in_a_group_that_became_a_supergroup_is_answered_there(
    telegram: FakeTelegram,
) -> None:
    group, new = telegram.group(), telegram.group()
    migrated = Fault(refusal=Refusal(400, "Bad Request: upgraded", migrate_to_chat_id=new.id))
    async with running(telegram, Echo()):  # type: ignore[arg-type]
        question = group.says("/ask privacy")
        await group.reply()
        telegram.faults.next("editMessageText", migrated)

        group.edits(question, "/ask cost")
        await telegram.until(lambda: len(telegram.answered("sendMessage")) == 2)

    assert telegram.answered("sendMessage")[-1].given["chat_id"] == new.id


def test_the_floor_is_half_a_second() -> None:
    assert polling.MIN_PAUSE == 0.5
