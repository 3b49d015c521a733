"""Health of the surface: counts of updates, the heartbeat, and figures over HTTP.

Figures are counts and times, and hold nobody's words. Their port is this machine's alone unless it is set otherwise,
and has nothing to do with the webhook's.
"""

from __future__ import annotations

import asyncio
import logging
import math
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from enum import Enum
from http import HTTPStatus
from importlib import import_module
from pathlib import Path
from typing import Any

from telegram import User
from tornado.web import Application, RequestHandler

from bot.errors import SettingsError
from bot.replies.catalogue import say
from bot.service.heartbeat import BEAT_SECONDS, write_heartbeat
from bot.surfaces.telegram.bounded_server import BoundedServer

# Upper bounds, in seconds, of the classes in which times of updates are counted: an answer takes milliseconds, and one
# that waits for Telegram seconds.
SECONDS_BUCKETS = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)

log = logging.getLogger(__name__)

_TICK_SECONDS = 0.5
# A tick that is so late counts as a block of the event loop: replies wait as long. A loaded machine delays a tick by
# some tenths of this.
BLOCKED_SECONDS = 1.0

HEALTH_PATH = "/healthz"
_PREFIX = "on_the_record_"
_CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class UpdateOutcome(Enum):
    """How an update ended: the value is its key in the figures, the name in lower case that of its line in /status."""

    HANDLED = "answered"
    MALFORMED = "quarantined"
    TIMED_OUT = "given_up"
    THROTTLED = "shed"
    STALE = "late"


@dataclass(slots=True)
class Health:
    """Counts since the start, the queue, and the last contact with Telegram.

    `get_corpora` returns the fingerprint of each corpus that is served, by name.
    `in_progress` is the queue: ids of updates received and not handled yet.
    `seconds_counts` counts updates by the seconds they took, up to each of `SECONDS_BUCKETS` and above.
    `outcomes` counts updates by how they ended.
    `admin_chats` holds pseudonyms of the groups that send the bot everything.
    """

    transport: str = "polling"
    get_corpora: Callable[[], dict[str, str]] = dict
    in_progress: set[int] = field(default_factory=set)
    admin_chats: set[str] = field(default_factory=set)
    seconds_blocked: float = field(init=False, default=0.0)
    seconds_sum: float = field(init=False, default=0.0)
    seconds_counts: list[int] = field(init=False, default_factory=lambda: [0] * (len(SECONDS_BUCKETS) + 1))
    _started_at: float = field(init=False, default_factory=time.monotonic)
    outcomes: Counter[UpdateOutcome] = field(init=False, default_factory=Counter)
    _last_contact: float | None = field(init=False, default=None)
    _emptied_at: float = field(init=False, default=-math.inf)

    def count(self, outcome: UpdateOutcome) -> None:
        """Count one update that ended with `outcome`."""
        self.outcomes[outcome] += 1

    def record_seconds(self, seconds: float) -> None:
        """Record how long a handled update took."""
        self.seconds_counts[bisect_left(SECONDS_BUCKETS, seconds)] += 1
        self.seconds_sum += seconds

    def record_block(self, seconds: float) -> None:
        """Add `seconds` to the time that the event loop was blocked."""
        self.seconds_blocked += seconds

    def record_contact(self, *, is_empty: bool = False) -> None:
        """Record a sign of life from Telegram: an answered poll, which `is_empty` where nothing waits, or a push."""
        self._last_contact = time.monotonic()
        if is_empty:
            self._emptied_at = self._last_contact

    @property
    def seconds_silent(self) -> float | None:
        """Seconds since the last contact; None if there was none."""
        return None if self._last_contact is None else time.monotonic() - self._last_contact

    @property
    def seconds_since_empty(self) -> float:
        """Seconds since nothing waited at Telegram: no update has waited longer. Infinite if unknown."""
        return time.monotonic() - self._emptied_at

    @property
    def counts(self) -> dict[str, int | float | str | dict[str, str] | None]:
        """The figures of `/healthz` and of the heartbeat file, ready for JSON, without anyone's words, names or ids."""
        return {
            "transport": self.transport,
            "queue": len(self.in_progress),
            **{outcome.value: self.outcomes[outcome] for outcome in UpdateOutcome},
            "silence": None if self.seconds_silent is None else round(self.seconds_silent, 1),
            "running": round(time.monotonic() - self._started_at, 1),
            "corpora": self.get_corpora(),
        }

    def render_lines(self, bot_user: User) -> tuple[str, ...]:
        """Return health and abilities in words for an admin, in the language in use."""
        age = say("never") if self.seconds_silent is None else say("seconds_ago", seconds=int(self.seconds_silent))
        contact = "last_poll" if self.transport == "polling" else "last_update"
        counters = (
            ("queue", len(self.in_progress)),
            *((outcome.name.lower(), self.outcomes[outcome]) for outcome in UpdateOutcome),
            *([("admin_groups", len(self.admin_chats))] if self.admin_chats else []),
        )
        counter_lines = (say(key, count=count) for key, count in counters)
        return (say(contact, ago=age), *counter_lines, *render_abilities(bot_user))


def render_abilities(bot_user: User) -> tuple[str, ...]:
    """Return what BotFather lets the bot do, in words, from what Telegram says of `bot_user`."""
    return (
        say("privacy_off") if bot_user.can_read_all_group_messages else say("privacy_on"),
        *(() if bot_user.can_join_groups else (say("no_groups"),)),
        say("inline_on") if bot_user.supports_inline_queries else say("inline_off"),
    )


@dataclass(slots=True)
class Heartbeat:
    """Looks at the event loop twice a second, and writes a heartbeat to `path`, if any, every `BEAT_SECONDS`."""

    health: Health
    path: Path | None = None
    _written_at: float = field(init=False, default=-BEAT_SECONDS)
    _is_refused: bool = field(init=False, default=False)

    async def run(self, stop: asyncio.Event) -> None:
        """Write heartbeats, and record when the event loop was blocked, until `stop`."""
        while not stop.is_set():
            before = time.monotonic()
            if self.path and before - self._written_at >= BEAT_SECONDS:
                self._written_at = before
                await asyncio.to_thread(self._write, self.path)
            started_at = time.monotonic()
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), _TICK_SECONDS)
            delay = time.monotonic() - started_at - _TICK_SECONDS
            if delay >= BLOCKED_SECONDS:
                self.health.record_block(delay)
                log.warning("event loop blocked seconds=%.1f", delay)

    def _write(self, path: Path) -> None:
        """Write a heartbeat; that the disk fails is logged once, until it works again."""
        try:
            write_heartbeat(path, self.health.counts)
        except OSError as error:
            if not self._is_refused:
                log.warning("no heartbeat written path=%s reason=%s", path, error.strerror)
            self._is_refused = True
        else:
            self._is_refused = False


@dataclass(slots=True, eq=False)
class HealthCollector:
    """Turns `health` into figures for Prometheus, whose library has `families` for them and calls `collect`."""

    health: Health
    families: Any

    def collect(self) -> Iterator[Any]:
        """Yield each family of figures."""
        health, families = self.health, self.families
        updates = families.CounterMetricFamily(f"{_PREFIX}updates", "Updates by how they ended.", labels=["outcome"])
        for outcome in UpdateOutcome:
            updates.add_metric([outcome.value], health.outcomes[outcome])
        yield updates
        seconds = families.HistogramMetricFamily(f"{_PREFIX}update_seconds", "Seconds from update to done.")
        seconds.add_metric([], _cumulate(health.seconds_counts), health.seconds_sum)
        yield seconds
        yield families.GaugeMetricFamily(f"{_PREFIX}queue", "Updates in progress.", len(health.in_progress))
        if health.seconds_silent is not None:
            text = "Seconds since Telegram was heard of."
            yield families.GaugeMetricFamily(f"{_PREFIX}silence_seconds", text, health.seconds_silent)
        text = "Seconds that the event loop was blocked."
        yield families.CounterMetricFamily(f"{_PREFIX}blocked_seconds", text, health.seconds_blocked)
        corpora = families.GaugeMetricFamily(f"{_PREFIX}corpus", "What is served.", labels=["corpus", "fingerprint"])
        for name, fingerprint in health.get_corpora().items():
            corpora.add_metric([name, fingerprint], 1)
        yield corpora


def _cumulate(counts: list[int]) -> list[tuple[str, int]]:
    """Return how many updates took at most as long as each of `SECONDS_BUCKETS`, and last how many there are."""
    limits = [*map(str, SECONDS_BUCKETS), "+Inf"]
    return [(limit, sum(counts[: index + 1])) for index, limit in enumerate(limits)]


def build_exposition(health: Health) -> Callable[[], bytes]:
    """Build the function that returns the figures in the text format of Prometheus.

    Raises:
        SettingsError: the library for it is not installed.
    """
    try:
        library = import_module("prometheus_client")
    except ModuleNotFoundError:
        remedy = "install the extra: pip install 'on-the-record[metrics]'"
        raise SettingsError("surfaces.telegram.metrics_port", "prometheus_client is not installed", remedy) from None
    registry = library.CollectorRegistry()
    registry.register(HealthCollector(health, import_module("prometheus_client.core")))
    library.ProcessCollector(registry=registry)
    return lambda: bytes(library.generate_latest(registry))


class _MetricsHandler(RequestHandler):
    def initialize(self, expose: Callable[[], bytes]) -> None:
        """Keep the function that returns the figures."""
        self._expose = expose

    def get(self) -> None:
        """Show the figures in the text format of Prometheus."""
        self.set_header("Content-Type", _CONTENT_TYPE)
        self.finish(self._expose())


class FiguresHandler(RequestHandler):
    """Shows the figures of `health` as JSON; with 503 once `stop` is set."""

    def initialize(self, health: Health, stop: asyncio.Event | None = None) -> None:
        """Keep the health that is shown, and what says that the bot stops."""
        self._health, self._stop = health, stop

    def get(self) -> None:
        """Show the figures, with the status 503 once the bot stops."""
        if self._stop and self._stop.is_set():
            self.set_status(HTTPStatus.SERVICE_UNAVAILABLE)
        self.finish(self._health.counts)


@asynccontextmanager
async def expose_metrics(health: Health, host: str, port: int) -> AsyncIterator[None]:
    """Serve `/metrics` and `/healthz` on `port` until the block is left; nothing where `port` is 0.

    Raises:
        SettingsError: the library is not installed, or the port cannot be used.
    """
    if not port:
        yield
        return
    metrics = ("/metrics", _MetricsHandler, {"expose": build_exposition(health)})
    routes: list[Any] = [metrics, (HEALTH_PATH, FiguresHandler, {"health": health})]
    server = BoundedServer(Application(routes, log_function=lambda _: None))
    async with server.serve((host, port), "surfaces.telegram.metrics_port", f"{host}:{port}"):
        yield
