from __future__ import annotations

import io
import logging
import sys
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr

from bot.service import Service
from bot.surfaces.telegram.redaction import Pseudonyms, RedactionFilter, install_redaction, utc_today
from tests.telegram.running import running

if TYPE_CHECKING:
    from tests.telegram.fake import FakeTelegram

SECRET = "AAsecretsecretsecretsecretsecretsecret"
TOKEN = SecretStr(f"123456:{SECRET}")


pytestmark = pytest.mark.usefixtures("unredacted")


@pytest.fixture
def printed() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    logging.getLogger().addHandler(handler)
    yield stream
    logging.getLogger().removeHandler(handler)


def raised() -> ValueError:
    with pytest.raises(ValueError, match="getMe") as caught:
        raise ValueError(f"https://api.telegram.org/bot123456:{SECRET}/getMe")
    return caught.value


def test_a_token_is_hidden_in_message_arguments_and_traceback(printed: io.StringIO) -> None:
    install_redaction(TOKEN)
    log = logging.getLogger("test")

    log.warning("plain %s", f"bot123456:{SECRET}")
    log.warning("raised", exc_info=raised())
    log.warning("stacked", stack_info=True)

    assert SECRET not in printed.getvalue()
    assert "plain bot123456:[token]" in printed.getvalue()
    assert "ValueError" in printed.getvalue()


def test_a_token_is_hidden_in_an_error_that_nobody_caught(capsys: pytest.CaptureFixture[str]) -> None:
    install_redaction(TOKEN)
    error = raised()

    sys.excepthook(ValueError, error, error.__traceback__)

    shown = capsys.readouterr().err
    assert "ValueError" in shown
    assert SECRET not in shown


def test_the_filter_does_not_show_what_it_hides() -> None:
    assert SECRET not in repr(RedactionFilter(SECRET))


async def test_at_debug_neither_token_nor_question_is_printed(
    telegram: FakeTelegram, desk: Service, printed: io.StringIO, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    install_redaction(SecretStr(telegram.token))
    canary = "canarybirds privacy"

    async with running(telegram, desk):
        ana = telegram.private("Canaryname")
        telegram.inbox.put(message={"message_id": 1, "text": canary})
        ana.says(canary)
        await ana.replies()

    shown = printed.getvalue()
    assert telegram.token.partition(":")[2] not in shown
    assert "canarybirds" not in shown
    assert "Canaryname" not in shown
    assert "update skipped" in shown


def test_a_name_of_the_log_is_the_same_all_day_and_another_the_next() -> None:
    day = [date(2026, 1, 1)]
    names = Pseudonyms(lambda: day[0])
    first, again, other = names.get_name(7), names.get_name(7), names.get_name(8)

    day[0] = date(2026, 1, 2)

    assert first == again
    assert len({first, other, names.get_name(7)}) == 3
    assert first != "7"
    assert names.get_name(7) != Pseudonyms(lambda: day[0]).get_name(7)
    assert utc_today() >= date(2026, 1, 1)
