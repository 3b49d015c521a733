"""Whoever is answered is answered in their language; what people said stays as they said it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.replies.catalogue import load_languages, say
from bot.service import Service
from tests.telegram.running import Desk, running

if TYPE_CHECKING:
    from tests.telegram.fake import FakeTelegram


FRENCH = load_languages()["fr"].texts


@pytest.mark.usefixtures("bot")
async def test_each_asker_is_answered_in_their_own_language(telegram: FakeTelegram) -> None:
    ana, zoe = telegram.private("Ana"), telegram.private("Zoé", language_code="fr")

    ana.says("What about privacy?")
    zoe.says("What about privacy?")

    [to_ana], [to_zoe] = await ana.replies(), await zoe.replies()
    assert f"\n{say('searched')}" in to_ana.text
    assert f"\n{FRENCH['searched']}" in to_zoe.text
    assert to_zoe.quotes == to_ana.quotes


@pytest.mark.usefixtures("bot")
async def test_buttons_words_and_toasts_are_in_the_language_of_whoever_presses(telegram: FakeTelegram) -> None:
    group = telegram.group()
    telegram.person("Zoé", language_code="fr")
    group.says("/ask privacy", by="Zoé")
    [answer] = await group.replies()
    label = f"{FRENCH['label_context']} 1"

    group.press(answer, label, by="Ana")
    await group.replies()
    group.press(answer, label, by="Zoé")
    await group.replies()
    group.says("contraire", by="Zoé", to=answer)
    [opposite] = await group.replies()

    assert telegram.world.toasts[0] == say("not_yours", word="context")
    assert group.changed(answer).text.startswith(FRENCH["quote_heading"])
    assert opposite.text.startswith(FRENCH["opposite"].partition("{")[0])


@pytest.mark.usefixtures("bot")
async def test_an_answer_in_one_language_is_followed_up_in_another(telegram: FakeTelegram) -> None:
    group = telegram.group()
    telegram.person("Zoé", language_code="fr")
    group.says("/ask privacy", by="Zoé")
    [answer] = await group.replies()

    group.says("and surveillance?", by="Ana", to=answer)

    [followed] = await group.replies()
    assert "surveillance" in followed.text.partition("\nSearched: ")[2]


class Broken(Desk):
    """A desk with a defect."""

    async def ask(self, *_: object) -> None:
        raise ZeroDivisionError


async def test_a_defect_is_told_in_the_askers_language(
    telegram: FakeTelegram, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(telegram, Broken()):  # type: ignore[arg-type]
        zoe = telegram.private("Zoé", language_code="fr")

        zoe.says("privacy")

        [sorry] = await zoe.replies()
    assert sorry.text == FRENCH["apology"]
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.usefixtures("bot")
async def test_a_language_that_is_none_is_english(telegram: FakeTelegram, desk: Service) -> None:
    ana = telegram.private("Ana", language_code="")

    ana.says("/help")

    [helped] = await ana.replies()
    assert helped.text == desk.help().blocks[0][0].text
