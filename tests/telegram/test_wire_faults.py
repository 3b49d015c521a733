from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpcore
import httpx
import pytest
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TelegramError, TimedOut
from telegram.ext import ApplicationHandlerStop

from bot.replies.catalogue import say
from bot.replies.reply import Piece, Reply, Style
from bot.service import Service
from bot.surfaces.telegram.alerts import handle_error
from bot.surfaces.telegram.rate_limit import CallOutcome, classify_error
from bot.surfaces.telegram.sending import build_keyboard
from tests.telegram.fake.faults import dropped, flood, garbled, gateway, refused
from tests.telegram.running import Desk, running

if TYPE_CHECKING:
    from tests.telegram.fake import FakeTelegram
    from tests.telegram.fake.faults import Fault


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize(
    "fault",
    [gateway(502), gateway(500), refused(500, "Internal Server Error"), flood(1), dropped(), garbled()],
    ids=["502 HTML", "500 HTML", "500 JSON", "429", "reset", "no JSON"],
)
async def test_an_answer_survives_a_fault_of_the_wire(telegram: FakeTelegram, fault: Fault) -> None:
    ana = telegram.private("Ana")
    telegram.faults.next("sendMessage", fault)

    ana.says("What about privacy?")

    assert len(await ana.replies()) == 1


@pytest.mark.usefixtures("bot")
async def test_what_was_surely_not_sent_is_tried_again_and_again(telegram: FakeTelegram) -> None:
    ana = telegram.private("Ana")
    telegram.faults.next("sendMessage", gateway(), times=3)

    ana.says("What about privacy?")

    assert len(await ana.replies()) == 1


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("fault", [dropped(done=True), garbled(done=True)], ids=["reset", "no JSON"])
async def test_what_may_have_arrived_is_sent_once_more_and_no_oftener(telegram: FakeTelegram, fault: Fault) -> None:
    ana = telegram.private("Ana")
    telegram.faults.next("sendMessage", fault, times=3)

    ana.says("What about privacy?")

    assert len(await ana.replies()) == 2


@pytest.mark.usefixtures("bot")
async def test_a_wire_that_stays_down_is_logged_and_the_next_question_answered(
    telegram: FakeTelegram, caplog: pytest.LogCaptureFixture
) -> None:
    ana = telegram.private("Ana")
    telegram.faults.next("sendMessage", gateway(), times=4)
    ana.says("What about privacy?")
    assert await ana.replies() == []

    ana.says("What about privacy?")

    assert len(await ana.replies()) == 1
    assert "reply not sent error=NetworkError" in caplog.text


@pytest.mark.parametrize("fault", [gateway(), dropped(), garbled(), refused(500, "x"), flood(1)])
async def test_a_poll_that_fails_is_made_again(telegram: FakeTelegram, desk: Service, fault: Fault) -> None:
    telegram.faults.next("getUpdates", fault)
    async with running(telegram, desk):
        ana = telegram.private("Ana")

        ana.says("What about privacy?")

        assert len(await ana.replies()) == 1


@pytest.mark.parametrize("method", ["getMe", "getWebhookInfo"])
async def test_a_start_survives_a_fault_of_the_wire(telegram: FakeTelegram, desk: Service, method: str) -> None:
    telegram.faults.next(method, gateway(), dropped(), garbled())
    async with running(telegram, desk):
        ana = telegram.private("Ana")

        ana.says("What about privacy?")

        assert len(await ana.replies()) == 1


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("reason", ["bot was blocked by the user", "user is deactivated"])
async def test_a_blocked_bot_does_not_insist(
    telegram: FakeTelegram, caplog: pytest.LogCaptureFixture, reason: str
) -> None:
    ana = telegram.private("Ana")
    telegram.world.forbidden[ana.id] = reason

    ana.says("What about privacy?")

    assert await ana.replies() == []
    assert len(telegram.answered("sendMessage")) == 1
    assert "reply not sent error=Forbidden" in caplog.text


@pytest.mark.usefixtures("bot")
async def test_a_closed_topic_is_left_in_peace(telegram: FakeTelegram, caplog: pytest.LogCaptureFixture) -> None:
    topic = telegram.group(forum=True).topic(7)
    telegram.world.closed |= telegram.world.topics

    topic.says("/ask privacy")

    assert await topic.replies() == []
    assert "reply not sent error=BadRequest" in caplog.text


@pytest.mark.usefixtures("bot")
async def test_markup_that_telegram_cannot_read_is_sent_as_text(
    telegram: FakeTelegram, caplog: pytest.LogCaptureFixture
) -> None:
    ana = telegram.private("Ana")
    telegram.faults.next("sendMessage", refused(400, "Bad Request: can't parse entities: x"))

    ana.says("What about privacy?")

    [answer] = await ana.replies()
    assert "\nSearched: privacy" in answer.text
    assert answer.quotes == []
    assert "markup refused quotes=" in caplog.text


@pytest.mark.usefixtures("bot")
async def test_an_edit_that_telegram_cannot_read_is_made_as_text(
    telegram: FakeTelegram, caplog: pytest.LogCaptureFixture
) -> None:
    ana = telegram.private("Ana")
    said = ana.says("What about privacy?")
    [answer] = await ana.replies()
    telegram.faults.next("editMessageText", refused(400, "Bad Request: can't parse entities: x"))

    ana.edits(said, "What about surveillance?")

    assert await ana.replies() == []
    assert "\nSearched: surveillance" in ana.changed(answer).text
    assert ana.changed(answer).quotes == []
    assert ana.changed(answer).buttons
    assert "markup refused quotes=" in caplog.text


async def test_a_profile_that_cannot_be_set_holds_nothing_up(
    telegram: FakeTelegram, desk: Service, caplog: pytest.LogCaptureFixture
) -> None:
    telegram.faults.next("setMyCommands", flood(3600))
    telegram.faults.next("setMyDescription", flood(3600))
    async with running(telegram, desk):
        ana = telegram.private("Ana")

        ana.says("What about privacy?")

        assert len(await ana.replies()) == 1
        assert "commands not set" in caplog.text
        assert "description not set" in caplog.text


class Broken(Desk):
    """A desk with a defect."""

    async def ask(self, *_: Any) -> Reply:
        raise ZeroDivisionError


async def test_a_defect_is_logged_and_the_asker_told(telegram: FakeTelegram, caplog: pytest.LogCaptureFixture) -> None:
    async with running(telegram, Broken()):  # type: ignore[arg-type]
        ana = telegram.private("Ana")

        ana.says("What about privacy?")

        [reply] = await ana.replies()
        assert reply.text == say("apology")
        assert "ZeroDivisionError" in caplog.text
        assert "What about privacy" not in caplog.text


async def test_a_defect_with_nobody_to_tell_is_only_logged(caplog: pytest.LogCaptureFixture) -> None:
    class Context:
        error = ZeroDivisionError()

    with pytest.raises(ApplicationHandlerStop):
        await handle_error(None, Context())  # type: ignore[arg-type]

    assert "ZeroDivisionError" in caplog.text


class Long(Desk):
    """A desk that says more than one message holds."""

    async def ask(self, *_: Any) -> Reply:
        return Reply(tuple((Piece(f"{n} {'x' * 900}", Style.QUOTE),) for n in range(9)))


async def test_a_reply_too_long_for_one_message_comes_in_several(telegram: FakeTelegram) -> None:
    async with running(telegram, Long()):  # type: ignore[arg-type]
        ana = telegram.private("Ana")

        ana.says("everything")

        parts = await ana.replies()
        quotes = [quote for part in parts for quote in part.quotes]
        assert len(parts) > 1
        assert [quote[0] for quote in quotes] == [str(n) for n in range(9)]


def test_buttons_that_there_are_none_of_are_no_keyboard() -> None:
    assert build_keyboard(()) is None
    assert build_keyboard(((),)) is None


def caused(error: TelegramError, cause: BaseException) -> TelegramError:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "became"),
    [
        (BadRequest("chat not found"), CallOutcome.REFUSED),
        (Forbidden("blocked"), CallOutcome.REFUSED),
        (RetryAfter(3), CallOutcome.UNSENT),
        (NetworkError("Bad Gateway (502)"), CallOutcome.UNSENT),
        (caused(NetworkError("502"), TelegramError("no JSON")), CallOutcome.UNSENT),
        (caused(NetworkError("x"), httpx.ConnectError("x")), CallOutcome.UNSENT),
        (caused(NetworkError("x"), httpcore.ConnectError("x")), CallOutcome.UNSENT),
        (caused(TimedOut(), httpx.ConnectTimeout("x")), CallOutcome.UNSENT),
        (caused(TimedOut(), httpcore.ConnectTimeout("x")), CallOutcome.UNSENT),
        (caused(TimedOut(), httpx.PoolTimeout("x")), CallOutcome.UNSENT),
        (caused(TimedOut(), httpcore.PoolTimeout("x")), CallOutcome.UNSENT),
        (caused(TimedOut(), httpx.ReadTimeout("x")), CallOutcome.UNKNOWN),
        (caused(NetworkError("x"), httpx.RemoteProtocolError("x")), CallOutcome.UNKNOWN),
        (caused(NetworkError("x"), ValueError("x")), CallOutcome.UNKNOWN),
        (TelegramError("Invalid server response"), CallOutcome.UNKNOWN),
    ],
)
def test_what_became_of_a_call_is_told_by_its_error(error: TelegramError, became: CallOutcome) -> None:
    assert classify_error(error) is became
