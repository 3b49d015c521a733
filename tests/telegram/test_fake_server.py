"""The fake itself, spoken to in plain HTTP: what it refuses, and how."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from telegram import Bot, Update

from tests.telegram.fake.faults import delayed, dropped, flood, garbled, gateway

if TYPE_CHECKING:
    from tests.telegram.fake import FakeTelegram

ANA = 1000


@pytest.fixture
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


class Wire:
    """Calls as a client of the Bot API makes them."""

    def __init__(self, telegram: FakeTelegram, client: aiohttp.ClientSession) -> None:
        self._root = f"{telegram.url}/bot{telegram.token}"
        self._client = client

    async def call(self, method: str, **given: Any) -> tuple[int, Any]:
        written = {k: v if isinstance(v, str) else json.dumps(v) for k, v in given.items()}
        async with self._client.post(f"{self._root}/{method}", data=written) as response:
            body = await response.json()
        return response.status, body.get("result", body.get("description"))

    async def send(self, text: str = "x", **given: Any) -> tuple[int, Any]:
        return await self.call("sendMessage", **{"chat_id": ANA, "text": text, **given})


@pytest.fixture
def wire(telegram: FakeTelegram, client: aiohttp.ClientSession) -> Wire:
    telegram.private("Ana")
    return Wire(telegram, client)


def keyboard(*buttons: dict[str, Any]) -> dict[str, Any]:
    return {"inline_keyboard": [list(buttons)]}


def pressed(data: str) -> dict[str, Any]:
    return keyboard({"text": "x", "callback_data": data})


async def test_only_its_own_token_is_answered(telegram: FakeTelegram, client: aiohttp.ClientSession) -> None:
    async with client.post(f"{telegram.url}/bot1:other/getMe") as response:
        assert response.status == 401
    assert telegram.calls == []


@pytest.mark.parametrize(
    ("method", "given", "status", "reason"),
    [
        ("sendMesage", {}, 404, "Not Found"),
        ("getMe", {"chat_id": 1}, 400, "getMe has no parameter chat_id"),
        ("getUpdates", {"offset": "soon"}, 400, "can't parse offset"),
        ("getUpdates", {"allowed_updates": "message"}, 400, "can't parse allowed_updates"),
        ("deleteWebhook", {"drop_pending_updates": "maybe"}, 400, "can't parse"),
        ("sendMessage", {"text": "x"}, 400, "chat_id is empty"),
        ("sendMessage", {"chat_id": 5, "text": "x"}, 400, "chat not found"),
        ("editMessageText", {"chat_id": ANA, "message_id": 99, "text": "x"}, 400, "not found"),
        ("answerCallbackQuery", {"callback_query_id": "1"}, 400, "query is too old"),
        ("setMyCommands", {"commands": [{"command": "Ask", "description": "x"}]}, 400, "INVALID"),
        ("setMyCommands", {"commands": [{"command": "ask", "description": ""}]}, 400, "INVALID"),
        ("setMyCommands", {"commands": [{}] * 101}, 400, "TOO_MUCH"),
        ("setMyCommands", {"commands": [], "scope": {"type": "chat", "chat_id": 5}}, 400, "chat not found"),
        ("setMyDescription", {"description": "x" * 513}, 400, "too long"),
        ("sendChatAction", {"chat_id": 5, "action": "typing"}, 400, "chat not found"),
    ],
)
async def test_a_wrong_call_is_refused(
    wire: Wire, method: str, given: dict[str, Any], status: int, reason: str
) -> None:
    found, description = await wire.call(method, **given)

    assert found == status
    assert reason in description


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"text": ""}, "message text is empty"),
        ({"text": " <b> </b>", "parse_mode": "HTML"}, "message text is empty"),
        ({"text": "x" * 4097}, "message is too long"),
        ({"text": "😀" * 2049}, "message is too long"),
        ({"text": "<b>x</b> " * 101, "parse_mode": "HTML"}, "too many entities"),
        ({"text": "<x>", "parse_mode": "HTML"}, "can't parse entities"),
        ({"text": '<a href="javascript:x">x</a>', "parse_mode": "HTML"}, "URL_INVALID"),
        ({"text": '<a href="https://t.me/b?start=a.b">x</a>', "parse_mode": "HTML"}, "START"),
        ({"parse_mode": "Markdown"}, "unsupported parse_mode"),
        ({"reply_parameters": {"message_id": 99}}, "message to be replied not found"),
        ({"reply_parameters": {"message_id": 99, "best": 1}}, "no field best"),
        ({"link_preview_options": {"off": True}}, "no field off"),
        ({"message_thread_id": 4}, "message thread not found"),
        ({"reply_markup": {"keyboard": []}}, "only inline keyboards"),
        ({"reply_markup": {"inline_keyboard": [[]]}}, "TOO_LONG"),
        ({"reply_markup": keyboard(*[{"text": "x", "callback_data": "x"}] * 9)}, "TOO_LONG"),
        ({"reply_markup": keyboard({"text": " ", "callback_data": "x"})}, "TEXT_INVALID"),
        ({"reply_markup": keyboard({"text": "x"})}, "TYPE_INVALID"),
        ({"reply_markup": keyboard({"text": "x", "url": "x", "callback_data": "x"})}, "TYPE"),
        ({"reply_markup": pressed("")}, "DATA_INVALID"),
        ({"reply_markup": pressed("é" * 33)}, "DATA_INVALID"),
        ({"reply_markup": keyboard({"text": "x", "url": "ftp://x"})}, "URL_INVALID"),
        ({"reply_markup": keyboard({"text": "x", "copy_text": {"text": "x" * 257}})}, "COPY"),
    ],
)
async def test_a_message_that_telegram_would_refuse_is_refused(wire: Wire, given: dict[str, Any], reason: str) -> None:
    status, description = await wire.send(**given)

    assert status == 400
    assert reason in description


@pytest.mark.parametrize(
    "given",
    [
        {"text": "😀" * 2048},
        {"text": "&amp;" * 4096, "parse_mode": "HTML"},
        {"reply_markup": pressed("é" * 32)},
        {"reply_parameters": {"message_id": 99, "allow_sending_without_reply": True}},
        {"reply_markup": keyboard({"text": "x", "url": "https://t.me/b?start=q_ABC-1"})},
    ],
)
async def test_a_message_at_the_limit_is_taken(wire: Wire, given: dict[str, Any]) -> None:
    assert (await wire.send(**given))[0] == 200


async def test_a_reply_shows_what_it_replies_to(telegram: FakeTelegram, wire: Wire) -> None:
    said = telegram.private("Ana").says("hello")

    _, message = await wire.send(reply_parameters={"message_id": said.message["message_id"]})

    assert message["reply_to_message"]["text"] == "hello"


async def test_a_reply_quotes_only_what_was_said(telegram: FakeTelegram, wire: Wire) -> None:
    number = telegram.private("Ana").says("hello").message["message_id"]

    exact = await wire.send(reply_parameters={"message_id": number, "quote": "hell"})
    other = await wire.send(reply_parameters={"message_id": number, "quote": "heaven"})

    assert exact[0] == 200
    assert other[0] == 400


async def test_an_edit_changes_the_message(telegram: FakeTelegram, wire: Wire) -> None:
    _, message = await wire.send("one", reply_markup=pressed("x"))
    place = {"chat_id": ANA, "message_id": message["message_id"]}

    changed = await wire.call("editMessageText", **place, text="two")
    again = await wire.call("editMessageText", **place, text="two")

    assert changed[0] == 200
    assert again[0] == 400
    assert "message is not modified" in again[1]
    kept = telegram.world.messages[ANA, message["message_id"]]
    assert kept["text"] == "two"
    assert "reply_markup" not in kept


async def test_nobody_elses_message_can_be_edited(telegram: FakeTelegram, wire: Wire) -> None:
    number = telegram.private("Ana").says("hello").message["message_id"]

    found = await wire.call("editMessageText", chat_id=ANA, message_id=number, text="x")

    assert found == (400, "Bad Request: message can't be edited")


async def test_a_blocked_bot_is_forbidden_to_write(telegram: FakeTelegram, wire: Wire) -> None:
    telegram.world.forbidden[ANA] = "bot was blocked by the user"

    assert await wire.send() == (403, "Forbidden: bot was blocked by the user")


async def test_a_toast_is_short(telegram: FakeTelegram, wire: Wire) -> None:
    telegram.world.presses |= {"1", "2"}

    long = await wire.call("answerCallbackQuery", callback_query_id="1", text="x" * 201)
    short = await wire.call("answerCallbackQuery", callback_query_id="2", text="x")

    assert (long[0], short[0]) == (400, 200)
    assert telegram.world.toasts == ["x"]


async def test_what_is_set_can_be_read_and_deleted(wire: Wire) -> None:
    commands = [{"command": "ask", "description": "Ask"}]
    scope = {"type": "all_private_chats"}
    await wire.call("setMyCommands", commands=commands, scope=scope)
    await wire.call("setMyDescription", description="x")

    assert await wire.call("getMyCommands", scope=scope) == (200, commands)
    assert await wire.call("getMyCommands") == (200, [])
    await wire.call("deleteMyCommands", scope=scope)
    assert await wire.call("getMyCommands", scope=scope) == (200, [])
    assert await wire.call("getMyDescription") == (200, {"description": "x"})
    assert (await wire.call("sendChatAction", chat_id=ANA, action="typing"))[0] == 200


async def test_updates_come_again_until_they_are_confirmed(telegram: FakeTelegram, wire: Wire) -> None:
    first = telegram.private("Ana").says("one").update_id
    second = telegram.private("Ana").says("two").update_id

    async def numbers(**given: Any) -> list[int]:
        return [update["update_id"] for update in (await wire.call("getUpdates", **given))[1]]

    assert await numbers() == [first, second]
    assert await numbers(limit=1) == [first]
    assert await numbers(offset=second) == [second]
    assert await numbers() == [second]
    assert await numbers(offset=second + 1) == []


async def test_a_poll_waits_for_an_update(telegram: FakeTelegram, wire: Wire) -> None:
    poll = asyncio.create_task(wire.call("getUpdates", timeout=50))
    await telegram.until(lambda: bool(telegram.calls))

    telegram.private("Ana").says("hello")

    [update] = (await poll)[1]
    assert update["message"]["text"] == "hello"


async def test_a_second_poll_ends_the_first(telegram: FakeTelegram, wire: Wire) -> None:
    first = asyncio.create_task(wire.call("getUpdates", timeout=50))
    await telegram.until(lambda: bool(telegram.calls))

    second = asyncio.create_task(wire.call("getUpdates", timeout=50))

    status, description = await first
    assert status == 409
    assert description.startswith("Conflict: terminated by other getUpdates request")
    telegram.private("Ana").says("hello")
    assert (await second)[0] == 200


async def test_kinds_that_were_not_asked_for_are_withheld(telegram: FakeTelegram, wire: Wire) -> None:
    await wire.call("getUpdates", allowed_updates=["callback_query"])

    said = telegram.private("Ana").says("hello")

    assert (await wire.call("getUpdates"))[1] == []
    assert [update["update_id"] for update in telegram.inbox.withheld] == [said.update_id]


async def test_kinds_that_are_sent_on_request_only_are_withheld(telegram: FakeTelegram) -> None:
    telegram.inbox.put(chat_member={})
    telegram.inbox.put(my_chat_member={})

    assert [list(update)[1] for update in telegram.inbox.withheld] == ["chat_member"]


async def test_faults_come_in_order_and_then_end(telegram: FakeTelegram, wire: Wire) -> None:
    telegram.faults.next("sendMessage", flood(3), delayed(0.01))

    assert await wire.send() == (429, "Too Many Requests: retry after 3")
    assert (await wire.send())[0] == 200
    assert (await wire.send())[0] == 200


async def test_a_fault_can_strike_after_the_work_is_done(telegram: FakeTelegram, wire: Wire) -> None:
    telegram.faults.next("sendMessage", dropped(), dropped(done=True), garbled(done=True))

    for _ in range(2):
        with pytest.raises(aiohttp.ServerDisconnectedError):
            await wire.send()
    with pytest.raises(json.JSONDecodeError):
        await wire.send()

    assert len(telegram.world.messages) == 2
    assert [call.status for call in telegram.answered("sendMessage")] == [-1, 200, 200]


async def test_a_gateways_page_is_no_json(telegram: FakeTelegram, wire: Wire) -> None:
    telegram.faults.next("sendMessage", gateway())

    with pytest.raises(aiohttp.ContentTypeError):
        await wire.send()


async def test_a_wait_that_is_in_vain_says_what_was_called(telegram: FakeTelegram, wire: Wire) -> None:
    await wire.call("getMe")

    with pytest.raises(AssertionError, match="getMe 200"):
        await telegram.until(lambda: False, 0.01)


async def test_everything_said_parses_with_the_clients_own_classes(telegram: FakeTelegram, wire: Wire) -> None:
    group = telegram.group(forum=True)
    topic = group.topic(7)
    said = topic.says("/ask@RecordBot @RecordBot 😀", by="Ben")
    group.edits(said, "other")
    _, message = await wire.send(
        "<b>x</b>",
        chat_id=group.id,
        message_thread_id=7,
        parse_mode="HTML",
        reply_markup=pressed("x"),
        reply_parameters={"message_id": said.message["message_id"]},
    )
    sent = await topic.reply()
    topic.press(sent, "x")

    _, updates = await wire.call("getUpdates")

    bot = Bot(telegram.token)
    parsed = [Update.de_json(update, bot) for update in updates]
    assert [update.api_kwargs for update in parsed] == [{}] * 3
    assert parsed[0].message
    assert parsed[0].message.api_kwargs == {}
    assert list(parsed[0].message.parse_entities().values()) == ["/ask@RecordBot", "@RecordBot"]
    assert parsed[2].callback_query
    assert parsed[2].callback_query.message
    assert parsed[2].callback_query.message.message_id == message["message_id"]
