"""Health in words, and figures over HTTP: counts and times, and nobody's words."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
import sys
from typing import TYPE_CHECKING

import aiohttp
import pytest
from telegram import User

from bot.errors import SettingsError
from bot.replies import catalogue
from bot.replies.catalogue import say
from bot.replies.reply import Command, Piece, Reply
from bot.service import Service
from bot.surfaces.telegram.health import SECONDS_BUCKETS, Health, UpdateOutcome, build_exposition, render_abilities
from bot.surfaces.telegram.lifecycle import serve
from bot.surfaces.telegram.settings import TelegramOptions
from tests.telegram.running import QUICK, Echo, One, running, secrets

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


pytest.importorskip("prometheus_client")


def find_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


async def fetch(port: int, path: str) -> tuple[int, str, str]:
    async with aiohttp.ClientSession() as client, client.get(f"http://127.0.0.1:{port}{path}") as answer:
        return answer.status, answer.headers["Content-Type"], await answer.text()


async def test_what_was_asked_is_counted_and_never_told(telegram: FakeTelegram, desk: Service) -> None:
    port = find_port()
    ana = telegram.private("Ana Zeta")
    async with running(telegram, desk, metrics_port=port):
        ana.says("What about privacy?")
        await ana.replies()
        status, kind, figures = await fetch(port, "/metrics")
        health = json.loads((await fetch(port, "/healthz"))[2])
        other = (await fetch(port, "/"))[0]

    lines = figures.splitlines()
    assert (status, kind) == (200, "text/plain; version=0.0.4; charset=utf-8")
    assert 'on_the_record_updates_total{outcome="answered"} 1.0' in lines
    assert "on_the_record_update_seconds_count 1.0" in lines
    assert any(line.startswith("process_resident_memory_bytes ") for line in lines)
    assert any(line.startswith("on_the_record_silence_seconds ") for line in lines)
    assert "privacy" not in figures
    assert "Zeta" not in figures
    assert health["answered"] == 1
    assert other == 404


def test_times_are_counted_up_to_each_bound() -> None:
    health = Health(get_corpora=lambda: {'a "tram"': "f00"})
    for seconds in (0.0, SECONDS_BUCKETS[0], 0.02, 40.0):
        health.record_seconds(seconds)
    health.record_block(2.5)
    health.count(UpdateOutcome.STALE)
    lines = build_exposition(health)().decode().splitlines()

    assert 'on_the_record_update_seconds_bucket{le="0.01"} 2.0' in lines
    assert 'on_the_record_update_seconds_bucket{le="0.03"} 3.0' in lines
    assert 'on_the_record_update_seconds_bucket{le="30.0"} 3.0' in lines
    assert 'on_the_record_update_seconds_bucket{le="+Inf"} 4.0' in lines
    assert "on_the_record_update_seconds_sum 40.03" in lines
    assert "on_the_record_blocked_seconds_total 2.5" in lines
    assert 'on_the_record_updates_total{outcome="late"} 1.0' in lines
    assert 'on_the_record_corpus{corpus="a \\"tram\\"",fingerprint="f00"} 1.0' in lines
    assert not [line for line in lines if "silence" in line]


async def refuse(telegram: FakeTelegram, port: int) -> str:
    options = TelegramOptions(**(QUICK | {"metrics_port": port}))
    with pytest.raises(SettingsError) as caught:
        await serve(One(Echo()), secrets(telegram), options, asyncio.Event())
    return str(caught.value)


async def test_a_port_that_is_taken_is_told_in_one_line(telegram: FakeTelegram) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        told = await refuse(telegram, port)

    fact = f"cannot listen on 127.0.0.1:{port} (Address already in use)"
    assert told == f"surfaces.telegram.metrics_port: {fact}; choose another port"


async def test_without_the_library_the_extra_is_named(telegram: FakeTelegram, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "prometheus_client", None)

    assert (await refuse(telegram, 1)).endswith("install the extra: pip install 'on-the-record[metrics]'")
