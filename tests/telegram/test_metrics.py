"""Figures for Prometheus: counts and times, nobody's words, on a port of their own."""

from __future__ import annotations

import asyncio
import json
import socket
import sys
from typing import TYPE_CHECKING

import aiohttp
import pytest

from bot.errors import SettingsError
from bot.service import Service
from bot.surfaces.telegram.health import SECONDS_BUCKETS, Health, UpdateOutcome
from bot.surfaces.telegram.lifecycle import serve
from bot.surfaces.telegram.metrics import build_exposition
from bot.surfaces.telegram.settings import TelegramOptions
from tests.telegram.running import QUICK, Echo, One, running, secrets

if TYPE_CHECKING:
    from tests.telegram.fake import FakeTelegram

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

    assert told.startswith(f"surfaces.telegram.metrics_port: cannot listen on 127.0.0.1:{port} (")


async def test_without_the_library_the_extra_is_named(telegram: FakeTelegram, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "prometheus_client", None)

    assert (await refuse(telegram, 1)).endswith("install the extra: pip install 'on-the-record[metrics]'")
