"""A running bot is known by its heartbeat: alive, stuck, gone, or never started."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bot.cli import main
from bot.errors import BotError
from bot.service.heartbeat import (
    MAX_AGE,
    MAX_SILENCE,
    check_heartbeat,
    find_heartbeat_file,
    remove_heartbeat,
    write_heartbeat,
)
from bot.surfaces.telegram import health as telegram_health
from bot.surfaces.telegram.health import Health, Heartbeat


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state/heartbeat.json"


def read(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_bytes()))


def age(path: Path, seconds: float) -> None:
    """Make the heartbeat at `path` so much older."""
    content = read(path)
    path.write_text(json.dumps(content | {"beat": content["beat"] - seconds}))


def test_a_bot_that_hears_of_telegram_is_well(path: Path) -> None:
    write_heartbeat(path, {"transport": "polling", "silence": 3.2, "queue": 2, "running": 60.0})

    assert check_heartbeat(path) == "polling: last contact 3 s ago, 2 in progress"
    assert [*path.parent.iterdir()] == [path]


@pytest.mark.parametrize(("seconds", "well"), [(MAX_AGE - 1, True), (MAX_AGE + 1, False), (-5.0, False)])
def test_a_heartbeat_that_is_old_is_none(path: Path, seconds: float, *, well: bool) -> None:
    write_heartbeat(path, {"transport": "webhook", "silence": None, "running": 9.0})
    age(path, seconds)

    if well:
        assert check_heartbeat(path)
    else:
        with pytest.raises(BotError, match="no heartbeat for"):
            check_heartbeat(path)


@pytest.mark.parametrize(
    ("content", "well"),
    [
        ({"transport": "polling", "silence": MAX_SILENCE - 1}, True),
        ({"transport": "polling", "silence": MAX_SILENCE + 1}, False),
        ({"transport": "polling", "silence": None, "running": MAX_SILENCE + 1}, False),
        ({"transport": "polling", "silence": None, "running": 5.0}, True),
        # Nobody may have written for days.
        ({"transport": "webhook", "silence": 90_000.0}, True),
    ],
)
def test_a_poller_that_has_not_heard_of_telegram_for_long_is_not_well(
    path: Path, content: dict[str, Any], *, well: bool
) -> None:
    write_heartbeat(path, content)

    if well:
        assert check_heartbeat(path)
    else:
        with pytest.raises(BotError, match="Telegram: not reached for"):
            check_heartbeat(path)


def put_nothing(path: Path) -> None:
    path.unlink()


def put_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def put_link(path: Path) -> None:
    other = path.rename(path.with_name("other"))
    path.symlink_to(other)


def put(content: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(content)


@pytest.mark.parametrize(
    "spoil",
    [
        put_nothing,
        put_pipe,
        put_link,
        put(b""),
        put(b"{}"),
        put(b"[]"),
        put(b'{"beat": "x"}'),
        put(b'{"beat": null}'),
        put(b"x" * 99_999),
        put(b"[" * 9_999),
    ],
)
def test_what_is_no_heartbeat_is_told_in_one_line(path: Path, spoil: Callable[[Path], object]) -> None:
    write_heartbeat(path, {"transport": "polling", "silence": 1.0})
    spoil(path)

    with pytest.raises(BotError, match=r": no heartbeat( of a bot)?; "):
        check_heartbeat(path)


def test_the_command_tells_and_its_status_is_for_a_supervisor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BOT_STATE_FOLDER", str(tmp_path))
    assert main(["health"]) == 1
    assert capsys.readouterr().err.startswith(f"bot: {tmp_path}/heartbeat.json: no heartbeat; start the bot")

    write_heartbeat(tmp_path / "heartbeat.json", {"transport": "polling", "silence": 1.0, "queue": 0})
    assert main(["health"]) == 0
    assert capsys.readouterr().out == "polling: last contact 1 s ago, 0 in progress\n"

    monkeypatch.setenv("BOT_SURFACES__TELEGRAM__HEARTBEAT", str(tmp_path / "elsewhere"))
    assert main(["health"]) == 1


def test_without_a_state_folder_it_lies_in_the_temporary_folder_by_where_the_bot_was_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    here = find_heartbeat_file("")
    (tmp_path / "other").mkdir()
    monkeypatch.chdir(tmp_path / "other")

    assert here.parent == find_heartbeat_file("").parent
    assert here != find_heartbeat_file("")
    assert find_heartbeat_file("state") == Path("state/heartbeat.json")
    # A folder that cannot be written to is no other one for whoever asks after the bot.
    monkeypatch.setenv("TMPDIR", "/proc")
    assert find_heartbeat_file("").parent == Path("/proc")


def test_a_bot_that_ends_leaves_none(path: Path) -> None:
    write_heartbeat(path, {"transport": "polling"})
    for _ in range(2):
        remove_heartbeat(path)

        assert not path.exists()


async def beat(heart: Heartbeat, seconds: float) -> None:
    stop = asyncio.Event()
    beating = asyncio.create_task(heart.run(stop))
    await asyncio.sleep(seconds)
    stop.set()
    await beating


async def test_a_blocked_loop_is_told_with_its_seconds(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telegram_health, "_TICK_SECONDS", 0.02)
    monkeypatch.setattr(telegram_health, "BLOCKED_SECONDS", 0.3)
    health, stop = Health(), asyncio.Event()
    beating = asyncio.create_task(Heartbeat(health).run(stop))
    await asyncio.sleep(0.1)
    time.sleep(0.5)  # noqa: ASYNC251 - that is the defect
    await asyncio.sleep(0.1)
    stop.set()
    await beating

    assert "event loop blocked seconds=0." in caplog.text
    assert health.seconds_blocked >= 0.4


@pytest.mark.parametrize(
    ("blocks", "told"),
    [
        pytest.param([0.2], 1, id="a callback"),
        pytest.param([0.2, 0.15], 2, id="two, one after the other"),
        pytest.param([0.02] * 8, 0, id="many that are short"),
        pytest.param([0.07], 0, id="one just short of it"),
        pytest.param([0.0, 0.14], 1, id="after a quiet time"),
    ],
)
async def test_each_block_that_is_long_enough_is_told_by_itself(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, blocks: list[float], told: int
) -> None:
    ticks = [0.0]

    async def wait_one_tick(waiting: Any, seconds: float) -> None:
        waiting.close()
        # The clock of a loop that a callback keeps so long.
        ticks[0] += seconds + (blocks.pop(0) if blocks else 0.0)
        if not blocks:
            stop.set()
        await asyncio.sleep(0)
        raise TimeoutError

    monkeypatch.setattr(telegram_health, "BLOCKED_SECONDS", 0.1)
    monkeypatch.setattr(telegram_health, "time", SimpleNamespace(monotonic=lambda: ticks[0]))
    monkeypatch.setattr(asyncio, "wait_for", wait_one_tick)
    health, stop, expected = Health(), asyncio.Event(), sum(each for each in blocks if each >= 0.1)
    await Heartbeat(health).run(stop)

    assert caplog.text.count("event loop blocked seconds=") == told
    assert health.seconds_blocked == pytest.approx(expected)


async def test_a_loop_that_goes_on_is_not_told(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telegram_health, "_TICK_SECONDS", 0.02)
    await beat(Heartbeat(Health()), 0.2)

    assert not caplog.records


async def test_the_heartbeat_has_the_figures_of_health(path: Path) -> None:
    health = Health("webhook", lambda: {"tram": "f00"})
    health.record_contact()
    await beat(Heartbeat(health, path), 0.1)

    content = read(path)
    assert content["corpora"] == {"tram": "f00"}
    assert content["silence"] is not None
    assert check_heartbeat(path).startswith("webhook: last contact 0 s ago, 0 in progress")


async def test_a_disk_that_refuses_a_heartbeat_is_told_once_and_ends_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.WARNING)
    monkeypatch.setattr(telegram_health, "_TICK_SECONDS", 0.02)
    monkeypatch.setattr(telegram_health, "BEAT_SECONDS", 0.02)
    (tmp_path / "file").write_text("")
    heart = Heartbeat(Health(), tmp_path / "file/heartbeat.json")
    await beat(heart, 0.3)
    assert caplog.text.count("no heartbeat written") == 1

    (tmp_path / "file").unlink()
    await beat(heart, 0.2)
    (tmp_path / "file/heartbeat.json").unlink()
    (tmp_path / "file/heartbeat.json").mkdir()
    await beat(heart, 0.2)
    assert caplog.text.count("no heartbeat written") == 2
    assert [*(tmp_path / "file").iterdir()] == [tmp_path / "file/heartbeat.json"]
