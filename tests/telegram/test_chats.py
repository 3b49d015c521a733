"""Several corpora in one bot: each chat is answered from the one chosen for it, by who may."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bot import bootstrap, settings
from bot.replies.catalogue import say
from bot.service.router import Router
from tests.telegram.fake.faults import refused
from tests.telegram.running import running

if TYPE_CHECKING:
    from tests.telegram.fake import Chat, FakeTelegram

INVENTED = "Invented example: no one said this."
TRAM = "/corpus tram"
GIVEN = {"corpora": "facial-recognition,tram"}


@pytest.fixture
def desks(tmp_path: Path, _warm_cache: None) -> Router:
    folder = shutil.copytree("corpus", tmp_path / "corpus")
    given = {"corpora_folder": str(folder), "state_folder": str(tmp_path / "state")}
    return asyncio.run(bootstrap.build_router(settings.load(**GIVEN, **given)))


@pytest.fixture
async def bot(telegram: FakeTelegram, desks: Router) -> AsyncIterator[None]:
    async with running(telegram, desks):
        yield


async def answer(chat: Chat, text: str, **more: Any) -> str:
    chat.says(text, **more)
    [reply] = await chat.replies()
    return reply.text


def grows(chat: Chat, **service: int) -> None:
    message = chat.message("") | service
    chat.push(message={name: value for name, value in message.items() if name != "text"})


@pytest.mark.usefixtures("bot")
async def test_a_private_chat_chooses_for_itself_and_for_nobody_else(telegram: FakeTelegram) -> None:
    ana, zoe = telegram.private("Ana"), telegram.private("Zoe")

    told = await answer(ana, TRAM)

    assert told.startswith("This chat now uses")
    assert INVENTED in await answer(ana, "tram")
    assert INVENTED not in await answer(zoe, "privacy")


@pytest.mark.usefixtures("bot")
async def test_a_corpus_is_chosen_by_the_button_under_what_there_is(telegram: FakeTelegram) -> None:
    ana = telegram.private("Ana")
    ana.says("/corpus")
    [shown] = await ana.replies()
    [label] = [label for label, line in shown.buttons.items() if line == TRAM]

    ana.press(shown, label)
    [told] = await ana.replies()

    assert told.text.startswith("This chat now uses")
    assert INVENTED in await answer(ana, "tram")


@pytest.mark.usefixtures("bot")
async def test_in_a_group_only_its_admins_choose(telegram: FakeTelegram) -> None:
    group = telegram.group()
    telegram.world.admins[group.id] = [telegram.person("Olga")]

    assert await answer(group, TRAM, by="Ben") == say("not_a_chooser")
    assert INVENTED not in await answer(group, "/ask privacy", by="Ben")
    assert (await answer(group, TRAM, by="Olga")).startswith("This chat now uses")
    assert INVENTED in await answer(group, "/ask tram", by="Ben")


@pytest.mark.usefixtures("bot")
async def test_a_button_under_what_there_is_chooses_for_an_admin_alone(telegram: FakeTelegram) -> None:
    group = telegram.group()
    telegram.world.admins[group.id] = [telegram.person("Olga")]
    group.says("/corpus", by="Olga")
    [shown] = await group.replies()
    [label] = [label for label, line in shown.buttons.items() if line == TRAM]

    group.press(shown, label, by="Ben")
    [refused_] = await group.replies()
    group.press(shown, label, by="Olga")
    [chosen] = await group.replies()

    assert refused_.text == say("not_a_chooser")
    assert chosen.text.startswith("This chat now uses")


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize(("as_group", "chosen"), [(True, True), (False, False)])
async def test_an_admin_may_write_as_the_group_but_a_channel_may_not_choose(
    telegram: FakeTelegram, *, as_group: bool, chosen: bool
) -> None:
    group = telegram.group()
    anonymous = {"id": 1087968824, "is_bot": True, "first_name": "Group"}
    sender = group.message("x")["chat"] if as_group else {"id": -9, "type": "channel", "title": "N"}

    told = await answer(group, TRAM, **{"from": anonymous, "sender_chat": sender})

    assert told.startswith("This chat now uses") == chosen


@pytest.mark.usefixtures("bot")
async def test_where_telegram_does_not_tell_the_admins_nobody_chooses(telegram: FakeTelegram) -> None:
    group = telegram.group()
    telegram.world.admins[group.id] = [telegram.person("Olga")]
    telegram.faults.next("getChatAdministrators", refused(400, "Bad Request: not now"))

    assert await answer(group, TRAM, by="Olga") == say("not_a_chooser")
    assert (await answer(group, TRAM, by="Olga")).startswith("This chat now uses")


@pytest.mark.usefixtures("bot")
async def test_a_group_s_admins_are_asked_after_once_in_a_while(telegram: FakeTelegram) -> None:
    group = telegram.group()
    for _ in range(3):
        await answer(group, TRAM, by="Ben")

    assert len(telegram.answered("getChatAdministrators")) == 1


async def test_a_dismissed_admin_chooses_no_longer(telegram: FakeTelegram, desks: Router) -> None:
    group = telegram.group()
    telegram.world.admins[group.id] = [telegram.person("Olga")]
    async with running(telegram, desks, believed=0):
        assert (await answer(group, TRAM, by="Olga")).startswith("This chat now uses")
        telegram.world.admins[group.id] = []

        assert await answer(group, "/corpus facial-recognition", by="Olga") == say("not_a_chooser")


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("told_in", ["the old", "the new"])
async def test_a_choice_goes_with_a_group_that_grows(telegram: FakeTelegram, desks: Router, told_in: str) -> None:
    old, new = telegram.group(), telegram.group()
    await desks.choose_corpus(old.id, "tram")

    if told_in == "the old":
        grows(old, migrate_to_chat_id=new.id)
        await old.replies()
    else:
        grows(new, migrate_from_chat_id=old.id)
        await new.replies()

    assert desks.for_chat(new.id).corpus.name == "tram"
    assert desks.for_chat(old.id).corpus.name == "facial-recognition"


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize(("status", "forgotten"), [("left", True), ("member", False)])
async def test_a_choice_is_forgotten_when_the_bot_leaves(
    telegram: FakeTelegram, desks: Router, status: str, *, forgotten: bool
) -> None:
    group = telegram.group()
    await desks.choose_corpus(group.id, "tram")
    change = {
        "chat": {"id": group.id, "type": "supergroup", "title": "Debate"},
        "from": telegram.person("Ben"),
        "date": 1,
        "old_chat_member": {"user": telegram.bot, "status": "member"},
        "new_chat_member": {"user": telegram.bot, "status": status},
    }

    group.push(my_chat_member=change)
    await group.replies()

    assert (desks.for_chat(group.id).corpus.name == "facial-recognition") == forgotten


@pytest.mark.usefixtures("bot")
async def test_where_nothing_was_chosen_there_is_nothing_to_forget(
    telegram: FakeTelegram, desks: Router, tmp_path: Path
) -> None:
    old, new = telegram.group(), telegram.group()

    grows(old, migrate_to_chat_id=new.id)
    await old.replies()

    assert desks.for_chat(new.id).corpus.name == "facial-recognition"
    assert not (tmp_path / "state").exists()


@pytest.mark.usefixtures("bot")
async def test_a_choice_that_cannot_be_moved_is_only_logged(
    telegram: FakeTelegram, desks: Router, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    old, new = telegram.group(), telegram.group()
    await desks.choose_corpus(old.id, "tram")
    shutil.rmtree(tmp_path / "state")
    (tmp_path / "state").write_text("in the way")

    grows(old, migrate_to_chat_id=new.id)
    await old.replies()

    assert "a choice was not moved" in caplog.text
    assert desks.for_chat(old.id).corpus.name == "tram"
