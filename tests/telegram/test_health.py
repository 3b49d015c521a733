from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest
from telegram import User

from bot.replies import catalogue
from bot.replies.catalogue import say
from bot.replies.reply import Command, Piece, Reply
from bot.surfaces.telegram.health import Health, UpdateOutcome, render_abilities
from tests.telegram.running import Echo, running

if TYPE_CHECKING:
    from tests.telegram.fake import FakeTelegram


def me(**may: bool) -> User:
    return User(1, "On the Record", is_bot=True, **may)  # type: ignore[arg-type]


def test_what_the_bot_may_do_here_is_said_as_telegram_says_it() -> None:
    shy = render_abilities(me(can_join_groups=True))
    bold = render_abilities(me(can_read_all_group_messages=True, supports_inline_queries=True))

    assert shy == (say("privacy_on"), say("inline_off"))
    assert bold == (say("privacy_off"), say("no_groups"), say("inline_on"))


def test_health_is_said_in_the_language_of_whoever_asks() -> None:
    health = Health(in_progress={1, 2, 3})
    health.count(UpdateOutcome.THROTTLED)
    never = health.render_lines(me())[0]
    health.record_contact()

    with catalogue.use_language("fr"):
        lines = health.render_lines(me(can_join_groups=True))
        rate_limited = say("throttled", count=1)

    assert never == "Last poll: never"
    assert lines[:2] == ("Dernière interrogation\xa0: il y a 0 s", "File d’attente\xa0: 3")
    assert rate_limited in lines
    assert lines[-2].startswith("Mode privé activé")


async def test_the_start_says_in_the_log_what_the_bot_may_do_here(
    telegram: FakeTelegram, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    telegram.bot["can_read_all_group_messages"] = True
    async with running(telegram, Echo()):  # type: ignore[arg-type]
        await telegram.until(lambda: "abilities: " in caplog.text)

    assert say("privacy_off") in caplog.text


@pytest.mark.parametrize(("status", "known"), [("administrator", True), ("member", False)])
async def test_a_group_that_makes_the_bot_an_admin_is_told_of_without_its_number(
    telegram: FakeTelegram, caplog: pytest.LogCaptureFixture, status: str, *, known: bool
) -> None:
    caplog.set_level(logging.INFO)
    group, olga = telegram.group(), telegram.private("Olga")
    member = {"user": telegram.bot, "status": status} | dict.fromkeys(RIGHTS, True)
    was = {"user": telegram.bot, "status": "left"}
    change = {"chat": {"id": group.id, "type": "supergroup", "title": "Debate"}, "date": 1}
    change |= {"from": telegram.person("Ben"), "old_chat_member": was, "new_chat_member": member}
    async with running(telegram, Status(), olga.id):  # type: ignore[arg-type]
        group.push(my_chat_member=change)
        await group.replies()
        olga.says("/status")
        [shown] = await olga.replies()

    assert f"now={status}" in caplog.text
    assert str(group.id) not in caplog.text
    assert (say("admin_groups", count=1) in shown.text) == known


RIGHTS = (
    *("can_be_edited", "is_anonymous", "can_manage_chat", "can_delete_messages"),
    *("can_manage_video_chats", "can_restrict_members", "can_promote_members", "can_change_info"),
    *("can_invite_users", "can_post_stories", "can_edit_stories", "can_delete_stories"),
)


class Status(Echo):
    """A service that is well."""

    @property
    def admin(self) -> Status:
        return self

    async def run(self, command: Command) -> Reply:
        assert command.name == "status"
        return Reply(((Piece("Well."),),))
