"""What goes wrong between the bot and Telegram, on a send and on a poll.

After each the question is answered, or the log says that it was not.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpcore
import pytest
from telegram.error import NetworkError
from telegram.ext import ExtBot

from bot.errors import SettingsError
from bot.surfaces.telegram.http_client import CheckedRequest, ServerClock
from bot.surfaces.telegram.lifecycle import serve
from bot.surfaces.telegram.rate_limit import CallOutcome, classify_error
from bot.surfaces.telegram.settings import TelegramOptions
from tests.telegram.fake.faults import Fault, delayed, dropped, flood, garbled, gateway, refused
from tests.telegram.fake.refusal import Refusal
from tests.telegram.running import QUICK, Echo, One, running, secrets

if TYPE_CHECKING:
    from tests.telegram.fake import FakeTelegram

DNS = httpcore.ConnectError("[Errno -2] Name or service not known")
TLS = httpcore.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed")
CUT = Fault(raw=(200, "application/json", '{"ok": true, "result": {"message_id"'))
ODD = Fault(raw=(200, "application/json", '{"ok": true, "result": 7}'))

# What of the wire, and what of the client's own end of it.
FAULTS: dict[str, Fault | Exception] = {
    "429": flood(1),
    "500 HTML": gateway(500),
    "500 JSON": refused(500, "Internal Server Error"),
    "502": gateway(502),
    "reset": dropped(),
    "slow": delayed(1.0),
    "no JSON": garbled(),
    "done, then reset": dropped(done=True),
    "DNS": DNS,
    "TLS": TLS,
    "401": refused(401, "Unauthorized"),
    "403": refused(403, "Forbidden: bot was blocked by the user"),
    "409": refused(409, "Conflict: terminated by other getUpdates request"),
    "migrated": Fault(refusal=Refusal(400, "Bad Request: upgraded", migrate_to_chat_id=-100_999)),
    "cut off": CUT,
    "another type": ODD,
}
# Telegram has said no, so saying it again would be answered the same.
UNANSWERED = {"401", "403", "409"}


@contextmanager
def broken(method: str, error: Exception) -> Iterator[None]:
    """Let the client's next call of `method` fail before it reaches the wire."""
    call, left = httpcore.AsyncConnectionPool.handle_async_request, [error]

    async def handle(self: Any, request: httpcore.Request) -> httpcore.Response:
        if left and request.url.target.endswith(method.encode()):
            raise left.pop()
        return await call(self, request)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(httpcore.AsyncConnectionPool, "handle_async_request", handle)
        yield


@contextmanager
def met(telegram: FakeTelegram, method: str, fault: Fault | Exception) -> Iterator[None]:
    """Let the next call of `method` meet `fault`."""
    if isinstance(fault, Exception):
        with broken(method, fault):
            yield
    else:
        telegram.faults.next(method, fault)
        yield


@pytest.mark.parametrize("scheme", ["https", "http"], ids=["no TLS there", "nobody there"])
async def test_what_never_reached_a_server_is_known_to_be_unsent(telegram: FakeTelegram, scheme: str) -> None:
    where = telegram.url.replace("http", scheme) if scheme == "https" else "http://127.0.0.1:9"
    async with CheckedRequest(1, 5.0, ServerClock(), ssl.create_default_context()) as line:
        bot = ExtBot(telegram.token, base_url=f"{where}/bot", request=line)
        with pytest.raises(NetworkError) as caught:
            await bot.send_message(7, "privacy")

    assert isinstance(caught.value.__cause__, httpcore.ConnectError)
    assert classify_error(caught.value) is CallOutcome.UNSENT


@pytest.mark.parametrize("transport", ["polling", "webhook"])
@pytest.mark.parametrize("name", FAULTS)
async def test_a_send_that_fails_is_made_again_or_logged(
    telegram: FakeTelegram, caplog: pytest.LogCaptureFixture, name: str, transport: str
) -> None:
    caplog.set_level(logging.WARNING)
    group = telegram.group()
    new = telegram.group()
    telegram.world.chats[-100_999] = new_chat = dict(telegram.world.chats[new.id], id=-100_999)
    pushed = transport == "webhook"
    with met(telegram, "sendMessage", FAULTS[name]):
        async with running(telegram, Echo(), pushed=pushed, patience=0.5):  # type: ignore[arg-type]
            group.says("/ask privacy")
            await group.replies()

    shown = [m for m in telegram.world.messages.values() if m["from"]["id"] == telegram.bot["id"]]
    if name in UNANSWERED:
        assert shown == []
        assert "reply not sent error=" in caplog.text
    else:
        assert 1 <= len(shown) <= 2
        assert (name == "migrated") == (shown[0]["chat"]["id"] == new_chat["id"])
    assert "privacy" not in caplog.text


@pytest.mark.parametrize("name", [name for name in FAULTS if name != "401"])
async def test_a_poll_that_fails_is_made_again_and_logged(
    telegram: FakeTelegram, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    caplog.set_level(logging.WARNING)
    ana = telegram.private("Ana")
    with met(telegram, "getUpdates", FAULTS[name]):
        async with running(telegram, Echo(), patience=0.3, wait=0):  # type: ignore[arg-type]
            ana.says("privacy")

            answer = await ana.reply()

    assert answer.text == "privacy"
    assert "poll failed error=" in caplog.text
    assert "privacy" not in caplog.text


async def test_a_token_refused_to_a_poll_ends_it_in_one_line(telegram: FakeTelegram) -> None:
    telegram.faults.next("getUpdates", FAULTS["401"])  # type: ignore[arg-type]

    with pytest.raises(SettingsError, match="BOT_TOKEN: Telegram rejects it"):
        await serve(One(Echo()), secrets(telegram), TelegramOptions(**QUICK), asyncio.Event())
