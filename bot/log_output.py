"""Log lines: written to standard error, each with its time, without anybody waiting for them.

A line is formatted by the thread that logs it and written by another, so a pipe that nobody reads delays no answer.
When too many lines wait, the newest are dropped and counted; a closed stream ends nothing.
"""

from __future__ import annotations

import json
import logging
import os
import queue
import sys
import threading
import time
from contextlib import suppress
from typing import TextIO

# Lines that wait for a slow reader: a few megabytes at most.
MAX_LINES = 10_000
# How long the process, when it ends, waits for the queued lines to be read.
_FLUSH_SECONDS = 1.0


class TextFormatter(logging.Formatter):
    """Formats a record as `2026-11-26T04:13:34.052Z INFO part message`, its time in UTC."""

    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")


class JsonFormatter(TextFormatter):
    """Formats a record as one JSON object: time, level, logger, message, and the traceback if there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """Return `record` as a JSON object in one line, with its traceback if it has one."""
        content = {
            "time": self.formatTime(record),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        # A filter that redacts tracebacks leaves the redacted text here.
        trace = record.exc_text or (self.formatException(record.exc_info) if record.exc_info else None)
        return json.dumps(content | ({"traceback": trace} if trace else {}), ensure_ascii=False)


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
        """Queue the line of `record`; drop and count it when too many wait."""
        try:
            line = self.format(record)
        except Exception:  # noqa: BLE001 - nor does a record that cannot be formatted end anything
            self.handleError(record)
            return
        # `logging` holds the handler's lock during this call.
        notice = f"{self._dropped} log lines dropped, since nobody read them\n" if self._dropped else ""
        try:
            self._lines.put_nowait(f"{notice}{line}\n")
        except queue.Full:
            self._dropped += 1
        else:
            self._dropped = 0

    def flush(self) -> None:
        """Wait until the queued lines are written, up to `_FLUSH_SECONDS`."""
        with self._lines.all_tasks_done:
            self._lines.all_tasks_done.wait_for(lambda: not self._lines.unfinished_tasks, _FLUSH_SECONDS)

    def close(self) -> None:
        """Wait up to `_FLUSH_SECONDS` for the queued lines to be written; not at all where the queue is full."""
        try:
            self._lines.put_nowait(None)
        except queue.Full:
            pass
        else:
            self._thread.join(_FLUSH_SECONDS)
        super().close()

    def _write_lines(self) -> None:
        """Write the queued lines, in the handler's thread, until it is closed."""
        while (line := self._lines.get()) is not None:
            # The stream is closed or full; the next line may find room.
            with suppress(OSError, ValueError):
                self._stream.write(line)
                self._stream.flush()
            self._lines.task_done()
        # A closed stream needs no flush.
        with suppress(ValueError):
            try:
                self._stream.flush()
            except OSError:
                discard_stream(self._stream)


def discard_stream(stream: TextIO) -> None:
    """Point `stream` at the null device; otherwise Python would fail again at exit, with a status of its own."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def configure_logging(level: str, form: str) -> None:
    """Log to standard error from `level` up, in the `form` "text" or "json"; nowhere if there is no standard error."""
    handler = QueuedHandler(sys.stderr) if sys.stderr else logging.NullHandler()
    handler.setFormatter(JsonFormatter() if form == "json" else TextFormatter())
    logging.basicConfig(level=level, handlers=[handler])
