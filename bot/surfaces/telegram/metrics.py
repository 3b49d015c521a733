"""Figures for Prometheus, and health, on a port of their own: counts and times, nobody's words.

The port is this machine's alone unless it is set otherwise, and has nothing to do with the webhook's.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from importlib import import_module
from typing import Any

from tornado.web import Application, RequestHandler

from bot.errors import SettingsError
from bot.surfaces.telegram.bounded_server import BoundedServer
from bot.surfaces.telegram.health import SECONDS_BUCKETS, Health, UpdateOutcome

HEALTH_PATH = "/healthz"
_PREFIX = "on_the_record_"
_CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class HealthCollector:
    """What the library asks for the figures of `health`."""

    def __init__(self, health: Health) -> None:
        self._health = health
        self._families: Any = import_module("prometheus_client.core")

    def collect(self) -> Iterator[Any]:
        """Yield each family of figures."""
        health, families = self._health, self._families
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
    """Return how many took at most as long as each bound, the last one without."""
    limits = [*map(str, SECONDS_BUCKETS), "+Inf"]
    return [(limit, sum(counts[: index + 1])) for index, limit in enumerate(limits)]


def build_exposition(health: Health) -> Callable[[], bytes]:
    """Build the function that returns the figures as text.

    Raises:
        SettingsError: the library for it is not installed.
    """
    try:
        library = import_module("prometheus_client")
    except ModuleNotFoundError:
        remedy = "install the extra: pip install 'on-the-record[metrics]'"
        raise SettingsError("surfaces.telegram.metrics_port", "prometheus_client is not installed", remedy) from None
    registry = library.CollectorRegistry()
    registry.register(HealthCollector(health))
    library.ProcessCollector(registry=registry)
    return lambda: bytes(library.generate_latest(registry))


class _MetricsHandler(RequestHandler):
    def initialize(self, expose: Callable[[], bytes]) -> None:
        self._expose = expose

    def get(self) -> None:
        self.set_header("Content-Type", _CONTENT_TYPE)
        self.finish(self._expose())


class FiguresHandler(RequestHandler):
    """Shows the figures of `health` as JSON; with 503 once `stop` is set."""

    def initialize(self, health: Health, stop: asyncio.Event | None = None) -> None:
        """Keep what is shown."""
        self._health, self._stop = health, stop

    def get(self) -> None:
        """Show the figures."""
        if self._stop and self._stop.is_set():
            self.set_status(HTTPStatus.SERVICE_UNAVAILABLE)
        self.finish(self._health.counts)


@asynccontextmanager
async def expose_metrics(health: Health, host: str, port: int) -> AsyncIterator[None]:
    """Serve `/metrics` and `/healthz` on `port`; nothing where that is 0.

    Raises:
        SettingsError: the library is not installed, or the port cannot be used.
    """
    if not port:
        yield
        return
    expose = build_exposition(health)
    routes: list[Any] = [
        ("/metrics", _MetricsHandler, {"expose": expose}),
        (HEALTH_PATH, FiguresHandler, {"health": health}),
    ]
    server = BoundedServer(Application(routes, log_function=lambda _: None))
    try:
        listener = socket.create_server((host, port))
    except OSError as error:
        fact = f"cannot listen on {host}:{port} ({error.strerror})"
        raise SettingsError("surfaces.telegram.metrics_port", fact, "choose another port") from None
    async with server.serve(listener):
        yield
