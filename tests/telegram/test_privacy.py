"""No words, ids or tokens in the log; missed words are counted by day, and never with who asked."""

from __future__ import annotations

import io
import logging
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr

from bot.replies.catalogue import say
from bot.service import Service
from bot.storage import StateInMemory
from bot.storage.shared_state import MAX_VALUES
from bot.surfaces.telegram.privacy import (
    MAX_LISTED,
    MIN_ASKERS,
    MissedWords,
    Pseudonyms,
    RedactionFilter,
    install_redaction,
    utc_today,
)
from tests.telegram.running import running

if TYPE_CHECKING:
    from tests.telegram.fake import FakeTelegram


SECRET = "AAsecretsecretsecretsecretsecretsecret"


TOKEN = SecretStr(f"123456:{SECRET}")


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


@pytest.mark.usefixtures("unredacted")
def test_a_token_is_hidden_in_message_arguments_and_traceback(printed: io.StringIO) -> None:
    install_redaction(TOKEN)
    log = logging.getLogger("test")

    log.warning("plain %s", f"bot123456:{SECRET}")
    log.warning("raised", exc_info=raised())
    log.warning("stacked", stack_info=True)

    assert SECRET not in printed.getvalue()
    assert "plain bot123456:[token]" in printed.getvalue()
    assert "ValueError" in printed.getvalue()


@pytest.mark.usefixtures("unredacted")
def test_a_token_is_hidden_in_an_error_that_nobody_caught(capsys: pytest.CaptureFixture[str]) -> None:
    install_redaction(TOKEN)
    error = raised()

    sys.excepthook(ValueError, error, error.__traceback__)

    shown = capsys.readouterr().err
    assert "ValueError" in shown
    assert SECRET not in shown


@pytest.mark.usefixtures("unredacted")
def test_the_filter_does_not_show_what_it_hides() -> None:
    assert SECRET not in repr(RedactionFilter(SECRET))


@pytest.mark.usefixtures("unredacted")
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


@pytest.mark.usefixtures("unredacted")
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


MONDAY = date(2031, 5, 5)


class Calendar:
    """A day that passes when it is told to."""

    def __init__(self) -> None:
        self.day = MONDAY

    def __call__(self) -> date:
        return self.day


@pytest.fixture
def calendar() -> Calendar:
    return Calendar()


@pytest.fixture
def state() -> StateInMemory:
    return StateInMemory()


@pytest.fixture
def missed(state: StateInMemory, calendar: Calendar) -> MissedWords:
    return MissedWords(state, b"secret", get_day=calendar)


async def ask(missed: MissedWords, word: str, *askers: int) -> None:
    for asker in askers:
        await missed.record(asker, [word])


async def test_a_word_is_told_once_enough_people_asked_it(missed: MissedWords) -> None:
    await ask(missed, "Cost", 1, 2)
    assert await missed.count_askers() == {}

    await ask(missed, "cost", 3)

    assert await missed.count_askers() == {"cost": MIN_ASKERS}


async def test_one_person_counts_once_a_day_however_often_they_ask(missed: MissedWords) -> None:
    await ask(missed, "cost", 1, 1, 1, 1)

    assert await missed.count_askers() == {}


async def test_days_on_which_too_few_asked_are_never_added_up(missed: MissedWords, calendar: Calendar) -> None:
    for _ in range(5):
        await ask(missed, "cost", 1, 2)
        calendar.day += timedelta(days=1)

    assert await missed.count_askers() == {}


async def test_days_on_which_enough_asked_are(missed: MissedWords, calendar: Calendar) -> None:
    for _ in range(2):
        await ask(missed, "cost", 1, 2, 3)
        calendar.day += timedelta(days=1)

    assert await missed.count_askers() == {"cost": 6}


async def test_the_most_asked_come_first_and_there_is_a_bound(missed: MissedWords) -> None:
    for number in range(MAX_LISTED + 5):
        await ask(missed, f"word{number:03}", 1, 2, 3)
    await ask(missed, "cost", 1, 2, 3, 4)

    [_, [listed]] = (await missed.render_reply()).blocks

    lines = listed.text.split("\n")
    assert len(lines) == MAX_LISTED
    assert lines[0] == say("missed_word", word="cost", askers=4)
    assert lines[1:] == sorted(lines[1:])


async def test_what_is_counted_is_what_is_kept_however_it_went(
    state: StateInMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.storage.shared_state.MAX_VALUES", 4)
    for key in ("d/bus/1", "d/bus/2", "d/tram/1", "d/tram/2", "d/tram/2"):
        await state.keep("asked", key, b"", 60)
    assert await state.count_kept("asked", "d/bus/") == {"d/bus": 2}
    assert await state.count_kept("asked", "d/") == {"d/bus": 2, "d/tram": 2}

    await state.keep("asked", "d/tram/3", b"", 60)
    assert await state.count_kept("asked", "d/bus/") == {"d/bus": 1}
    assert await state.drop("asked", "d/bus/2")
    assert await state.count_kept("asked", "d/bus/") == {}
    assert await state.count_kept("asked", "d/tram/") == await state.count_kept("asked") == {"d/tram": 3}

    await state.keep("asked", "d/tram/1", b"", 0)
    assert await state.count_kept("asked", "d/tram/") == {"d/tram": 2}
    assert await state.count_kept("asked", "nobody/") == {}


async def test_nothing_grows_without_bound_and_nothing_long_is_kept(missed: MissedWords, state: StateInMemory) -> None:
    for number in range(MAX_VALUES + 50):
        await state.keep("asked", f"2031-05-05/{number}/1", b"", 60)
    await ask(missed, "a whole sentence that somebody typed to be remembered", 1, 2, 3)

    assert await missed.count_askers() == {}
    assert sum((await state.count_kept("asked")).values()) == MAX_VALUES


async def test_nobody_can_be_found_in_what_is_kept_nor_what_one_person_typed(
    missed: MissedWords, state: StateInMemory
) -> None:
    await ask(missed, "cost", 123456, 234567, 345678)
    await ask(missed, "surgery", 123456, 234567)

    kept = f"{vars(state)}"

    assert not [each for each in ("123456", "234567", "345678", "surgery", "secret") if each in kept]
    assert "cost" in kept
    assert not {"123456", "234567"} & set((await missed.render_reply()).blocks[1][0].text.split())


async def test_what_is_kept_of_an_asker_cannot_be_matched_with_the_day_before_or_without_the_secret(
    missed: MissedWords, state: StateInMemory, calendar: Calendar
) -> None:
    await ask(missed, "cost", 1)
    calendar.day += timedelta(days=1)
    await ask(missed, "cost", 1)
    await ask(MissedWords(state, b"other", get_day=calendar), "cost", 1)

    keys = [key.split("/")[1:] for key in await state.list_kept("asked")]

    assert len({digest for key in keys for digest in key}) == 6


async def test_processes_of_one_secret_count_together(state: StateInMemory, calendar: Calendar) -> None:
    one, other = (MissedWords(state, b"secret", get_day=calendar) for _ in range(2))
    await ask(one, "cost", 1, 2)
    await ask(other, "cost", 2)
    assert await one.count_askers() == {}

    await ask(other, "Cost", 3)

    assert await one.count_askers() == await other.count_askers() == {"cost": 3}


async def test_where_it_is_switched_off_nothing_is_counted() -> None:
    missed = MissedWords(StateInMemory(), b"secret", is_on=False)

    await ask(missed, "cost", 1, 2, 3)

    assert await missed.count_askers() == {}
    assert (await missed.render_reply()).blocks[0][0].text == say("missed_words_off")


async def test_an_admin_is_told_and_nobody_else(telegram: FakeTelegram, desk: Service) -> None:
    olga = telegram.private("Olga")
    async with running(telegram, desk, olga.id):
        for name in ("Ana", "Ben", "Caro"):
            chat = telegram.private(name)
            chat.says("How much did the system cost?")
            await chat.replies()

        olga.says("/unanswered")
        [told] = await olga.replies()
        chat.says("/unanswered")
        [refused] = await chat.replies()

    assert "cost: 3 people" in told.text
    assert "cost" not in refused.text


async def test_before_anyone_asked_in_vain_that_is_said(telegram: FakeTelegram, desk: Service) -> None:
    olga = telegram.private("Olga")
    async with running(telegram, desk, olga.id):
        olga.says("/unanswered")

        [told] = await olga.replies()

    assert told.text == say("no_missed_words", askers=MIN_ASKERS)


async def test_an_operator_may_switch_it_off(telegram: FakeTelegram, desk: Service) -> None:
    olga = telegram.private("Olga")
    async with running(telegram, desk, olga.id, unanswered=False):
        olga.says("/unanswered")

        [told] = await olga.replies()

    assert told.text == say("missed_words_off")
