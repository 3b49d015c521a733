"""A token and a question that would be known anywhere: at DEBUG no fault brings them to light.

Each of the sixteen faults is met by a send and by a poll, and by sends of a bot
that is pushed to. The token is looked for in the log and in all that Telegram
is told; the question in the log, and in what anyone but its asker is told.
"""

from __future__ import annotations

import asyncio
import io
import json
import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import SecretStr

from bot.errors import SettingsError
from bot.replies.reply import Reply
from bot.service import Service
from bot.surfaces.telegram.lifecycle import serve
from bot.surfaces.telegram.privacy import install_redaction
from bot.surfaces.telegram.settings import TelegramOptions
from bot.surfaces.telegram.webhook import build_webhook_path
from tests.telegram.running import QUICK, SECRET, Desk, One, running, secrets
from tests.telegram.test_send_and_poll_faults import FAULTS, met

if TYPE_CHECKING:
    from tests.telegram.fake import FakeTelegram

WORD, NAME = "canarybirds", "Canaryname"
QUESTION = f"/ask {WORD} and privacy"


@pytest.fixture
def log(
    telegram: FakeTelegram,
    caplog: pytest.LogCaptureFixture,
    unredacted: None,  # noqa: ARG001 - it comes after
) -> Iterator[io.StringIO]:
    """Return all that is logged at DEBUG, as `python -m bot run` logs it."""
    caplog.set_level(logging.DEBUG)
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    logging.getLogger().addHandler(handler)
    install_redaction(SecretStr(telegram.token), build_webhook_path(telegram.token), SECRET)
    yield stream
    logging.getLogger().removeHandler(handler)


def brought_to_light(telegram: FakeTelegram, log: io.StringIO, *asked: int) -> list[str]:
    """Return where a secret is found; the question may be told where it was `asked`."""
    token = telegram.token.partition(":")[2]
    kept = (token, build_webhook_path(telegram.token), SECRET, WORD, NAME)
    found = [line for line in log.getvalue().splitlines() if any(word in line for word in kept)]
    for call in telegram.calls:
        told = json.dumps(call.given)
        theirs = call.given.get("chat_id") in {*asked, *map(str, asked)}
        hidden = (token,) if call.method == "setWebhook" or theirs else (token, SECRET, WORD)
        found += [f"{call.method}: {word}" for word in hidden if word in told]
    return found


@pytest.mark.parametrize("pushed", [False, True], ids=["polling", "webhook"])
@pytest.mark.parametrize("name", FAULTS)
async def test_a_fault_of_a_send_shows_no_secret(
    telegram: FakeTelegram, desk: Service, log: io.StringIO, name: str, *, pushed: bool
) -> None:
    group, ben = telegram.group(), telegram.private("Ben")
    telegram.world.chats[-100_999] = telegram.world.chats[group.id]
    with met(telegram, "sendMessage", FAULTS[name]):
        async with running(telegram, desk, pushed=pushed, patience=0.5):
            telegram.inbox.put(message={"message_id": 1, "text": QUESTION})
            group.says(QUESTION, by=NAME)
            await group.replies()
            ben.says("surveillance")
            assert len(await ben.replies()) == 1

    assert "update skipped" in log.getvalue()
    assert brought_to_light(telegram, log, group.id, -100_999) == []


@pytest.mark.parametrize("name", [name for name in FAULTS if name != "401"])
async def test_a_fault_of_a_poll_shows_no_secret(
    telegram: FakeTelegram, desk: Service, log: io.StringIO, name: str
) -> None:
    asker = telegram.private(NAME)
    asker.says(QUESTION)
    with met(telegram, "getUpdates", FAULTS[name]):
        async with running(telegram, desk, patience=0.3, wait=0):
            assert (await asker.reply()).text

    assert "poll failed" in log.getvalue()
    assert brought_to_light(telegram, log, asker.id) == []


async def test_a_token_refused_to_a_poll_is_not_shown(telegram: FakeTelegram, desk: Service, log: io.StringIO) -> None:
    telegram.faults.next("getUpdates", FAULTS["401"])  # type: ignore[arg-type]

    with pytest.raises(SettingsError) as caught:
        await serve(One(desk), secrets(telegram), TelegramOptions(**QUICK), asyncio.Event())

    assert telegram.token.partition(":")[2] not in str(caught.value) + repr(caught.value)
    assert brought_to_light(telegram, log) == []


class Broken(Desk):
    """A desk with a defect that names what it stumbled over."""

    async def ask(self, question: str, *_: Any) -> Reply:
        known: dict[str, Reply] = {}
        try:
            return known[question]
        except KeyError as error:
            raise ValueError(f"{question} is not there") from error


@pytest.mark.parametrize("pushed", [False, True], ids=["polling", "webhook"])
async def test_a_defect_is_logged_with_its_place_and_without_the_question(
    telegram: FakeTelegram, log: io.StringIO, *, pushed: bool
) -> None:
    asker = telegram.private(NAME)
    async with running(telegram, Broken(), pushed=pushed):  # type: ignore[arg-type]
        asker.says(QUESTION)
        assert len(await asker.replies()) == 1

    printed = log.getvalue()
    assert "ValueError" in printed
    assert "KeyError" in printed
    assert "test_canaries.py" in printed
    assert brought_to_light(telegram, log, asker.id) == []
