"""A task that notices when the event loop was blocked, and writes the heartbeat."""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from bot.service.heartbeat import BEAT_SECONDS, write_heartbeat
from bot.surfaces.telegram.health import Health

log = logging.getLogger(__name__)

_TICK_SECONDS = 0.5
# Replies wait as long. A loaded machine delays a tick by some tenths of this.
BLOCKED_SECONDS = 1.0


@dataclass(slots=True)
class Heartbeat:
    """Looks at the event loop twice a second, and writes the heartbeat to `path` now and then."""

    health: Health
    path: Path | None = None
    _written_at: float = field(init=False, default=-BEAT_SECONDS)
    _is_refused: bool = field(init=False, default=False)

    async def run(self, stop: asyncio.Event) -> None:
        """Beat until `stop`."""
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
        """Write a heartbeat; a disk that refuses is told once."""
        try:
            write_heartbeat(path, self.health.counts)
        except OSError as error:
            if not self._is_refused:
                log.warning("no heartbeat written path=%s reason=%s", path, error.strerror)
            self._is_refused = True
        else:
            self._is_refused = False
