"""Where log lines go: to standard error, each with its time, without anybody waiting for them.

A line is formatted where it is logged and written by a thread of its own, so that a pipe that nobody reads stops no
answer. Where too many wait the newest are dropped and counted; a stream that is closed ends nothing.
"""

from __future__ import annotations

import json
import logging
import os
import queue
import sys
import threading
from contextlib import suppress
from datetime import UTC, datetime
from typing import TextIO

# Lines that wait for a slow reader: some megabytes at the most.
MAX_LINES = 10_000
# How long the end of the process waits for a reader that reads.
_FLUSH_SECONDS = 1.0


class TextFormatter(logging.Formatter):
    """Formats a record as `2026-11-26T04:13:34.052Z INFO part message`."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802 - its name there
        """Return when that was, in UTC to the millisecond."""
        del datefmt
        return format_time(record)


class JsonFormatter(logging.Formatter):
    """Formats a record as one JSON object: time, level, logger, message, and the traceback if there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """Return `record` as a JSON object in one line, with its traceback if it has one."""
        content = {
            "time": format_time(record),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        # Whoever redacts tracebacks has left the text of one here.
        trace = record.exc_text or (self.formatException(record.exc_info) if record.exc_info else None)
        return json.dumps(content | ({"traceback": trace} if trace else {}), ensure_ascii=False)


def format_time(record: logging.LogRecord) -> str:
    """Return when a record was made, such as `2026-11-26T04:13:34.052Z`."""
    moment = datetime.fromtimestamp(record.created, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z"


class QueuedHandler(logging.Handler):
    """Writes lines to `stream` in a thread; `emit` never waits."""

    def __init__(self, stream: TextIO, max_lines: int = MAX_LINES) -> None:
        super().__init__()
        self._stream = stream
        self._lines: queue.Queue[str | None] = queue.Queue(max_lines)
        self._dropped = 0
        self._thread = threading.Thread(target=self._write_lines, name="log", daemon=True)
        self._thread.start()

    def emit(self, record: logging.LogRecord) -> None:
        """Queue the line of `record`, or count it where too many wait."""
        try:
            line = self.format(record)
        except Exception:  # noqa: BLE001 - a record that cannot be formatted ends nothing either
            self.handleError(record)
            return
        # Whoever calls this holds the handler's lock.
        notice = f"{self._dropped} log lines dropped, since nobody read them\n" if self._dropped else ""
        try:
            self._lines.put_nowait(f"{notice}{line}\n")
        except queue.Full:
            self._dropped += 1
        else:
            self._dropped = 0

    def flush(self) -> None:
        """Wait until the queued lines are written, or until nobody has read them for too long."""
        with self._lines.all_tasks_done:
            self._lines.all_tasks_done.wait_for(lambda: not self._lines.unfinished_tasks, _FLUSH_SECONDS)

    def close(self) -> None:
        """Write the queued lines, unless nobody reads them soon."""
        try:
            self._lines.put_nowait(None)
        except queue.Full:
            pass
        else:
            self._thread.join(_FLUSH_SECONDS)
        super().close()

    def _write_lines(self) -> None:
        while (line := self._lines.get()) is not None:
            # Closed, or full: the next one may find room.
            with suppress(OSError, ValueError):
                self._stream.write(line)
                self._stream.flush()
            self._lines.task_done()
        # One that was closed needs nothing.
        with suppress(ValueError):
            try:
                self._stream.flush()
            except OSError:
                discard_stream(self._stream)


def discard_stream(stream: TextIO) -> None:
    """Lead `stream` nowhere: Python would fail once more, and end with a status of its own, when it flushes at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def configure_logging(level: str, form: str) -> None:
    """Log from `level` on to standard error, as "text" or "json" in `form`; without one, nowhere."""
    handler = QueuedHandler(sys.stderr) if sys.stderr else logging.NullHandler()
    handler.setFormatter(JsonFormatter() if form == "json" else TextFormatter())
    logging.basicConfig(level=level, handlers=[handler])
