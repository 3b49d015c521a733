"""Words asked in vain: counted by day, told once several asked, never with who."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.replies.catalogue import say
from bot.surfaces.telegram.missed_words import MAX_LISTED, MAX_WORDS, MIN_ASKERS, MissedWords
from tests.telegram.running import running

if TYPE_CHECKING:
    from bot.service import Service
    from tests.telegram.fake import FakeTelegram

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
def missed(calendar: Calendar) -> MissedWords:
    return MissedWords(get_day=calendar)


def ask(missed: MissedWords, word: str, *askers: int) -> None:
    for asker in askers:
        missed.record(asker, [word])


def test_a_word_is_told_once_enough_people_asked_it(missed: MissedWords) -> None:
    ask(missed, "Cost", 1, 2)
    assert missed.count_askers() == {}

    ask(missed, "cost", 3)

    assert missed.count_askers() == {"cost": MIN_ASKERS}


def test_one_person_counts_once_a_day_however_often_they_ask(missed: MissedWords) -> None:
    ask(missed, "cost", 1, 1, 1, 1)

    assert missed.count_askers() == {}


def test_days_on_which_too_few_asked_are_never_added_up(missed: MissedWords, calendar: Calendar) -> None:
    for _ in range(5):
        ask(missed, "cost", 1, 2)
        calendar.day += timedelta(days=1)

    assert missed.count_askers() == {}


def test_days_on_which_enough_asked_are(missed: MissedWords, calendar: Calendar) -> None:
    for _ in range(2):
        ask(missed, "cost", 1, 2, 3)
        calendar.day += timedelta(days=1)

    assert missed.count_askers() == {"cost": 6}


def test_the_most_asked_come_first_and_there_is_a_bound(missed: MissedWords) -> None:
    for number in range(MAX_LISTED + 5):
        ask(missed, f"word{number:03}", 1, 2, 3)
    ask(missed, "cost", 1, 2, 3, 4)

    told = missed.count_askers()

    assert len(told) == MAX_LISTED
    assert next(iter(told)) == "cost"


def test_nothing_grows_without_bound_and_nothing_long_is_kept(missed: MissedWords) -> None:
    for number in range(MAX_WORDS + 50):
        ask(missed, f"word{number}", 1)
    ask(missed, "a whole sentence that somebody typed to be remembered", 1, 2, 3)

    assert missed.count_askers() == {}
    assert len(missed._entries) == MAX_WORDS  # noqa: SLF001 - the bound is what is tested


def test_nobody_can_be_found_in_what_is_kept(missed: MissedWords) -> None:
    ask(missed, "cost", 123456, 234567, 345678)

    assert "123456" not in str(missed._entries)  # noqa: SLF001 - the absence is what is tested
    assert not {"123456", "234567"} & set(missed.render_reply().blocks[1][0].text.split())


def test_where_it_is_switched_off_nothing_is_counted() -> None:
    missed = MissedWords(enabled=False)

    ask(missed, "cost", 1, 2, 3)

    assert missed.count_askers() == {}
    assert missed.render_reply().blocks[0][0].text == say("missed_words_off")


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
