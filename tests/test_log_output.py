"""Log lines have their time, or are JSON; a slow or closed reader stops nobody."""

from __future__ import annotations

import json
import logging
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.log_output import JsonFormatter, QueuedHandler, TextFormatter, configure_logging


def record(message: str = "ready corpus=%s", *arguments: object) -> logging.LogRecord:
    made = logging.LogRecord("bot.service", logging.WARNING, __file__, 1, message, arguments or ("tram",), None)
    made.created, made.msecs = 1_790_000_000.0525, 52.0
    return made


def test_a_line_has_the_time_in_utc_its_level_and_its_part() -> None:
    assert TextFormatter().format(record()) == "2026-09-21T14:13:20.052Z WARNING bot.service ready corpus=tram"


def test_as_json_a_record_is_one_object_a_line_whatever_is_in_it() -> None:
    line = JsonFormatter().format(record('%s\n"x"', "İstanbul"))

    assert "\n" not in line
    assert json.loads(line) == {
        "time": "2026-09-21T14:13:20.052Z",
        "level": "WARNING",
        "logger": "bot.service",
        "message": 'İstanbul\n"x"',
    }


def test_as_json_a_traceback_is_a_field_of_its_own() -> None:
    failed, redacted = record(), record()
    try:
        int("why")
    except ValueError:
        failed.exc_info = sys.exc_info()
    redacted.exc_text = "places alone"

    assert "ValueError: invalid literal" in json.loads(JsonFormatter().format(failed))["traceback"]
    assert json.loads(JsonFormatter().format(redacted))["traceback"] == "places alone"


@contextmanager
def pipe() -> Iterator[tuple[int, QueuedHandler]]:
    """Return the end of a pipe to read, and a handler that writes to the other."""
    reading, writing = os.pipe()
    with os.fdopen(writing, "w") as stream:
        handler = QueuedHandler(stream, max_lines=50)
        handler.setFormatter(logging.Formatter("%(message)s"))
        yield reading, handler
        handler.close()


def test_a_pipe_that_nobody_reads_makes_nobody_wait_and_what_was_dropped_is_counted() -> None:
    with pipe() as (reading, handler):
        began = time.monotonic()
        for _ in range(200):
            handler.handle(record("%s", "x" * 4096))
        took = time.monotonic() - began

        seen = b""
        while b"dropped" not in seen:
            seen += os.read(reading, 1 << 16)
            handler.handle(record("%s", "more"))
        os.close(reading)

    assert took < 5
    assert b" log lines dropped, since nobody read them\nmore\n" in seen


def test_a_reader_who_has_gone_ends_nothing() -> None:
    with pipe() as (reading, handler):
        os.close(reading)
        for _ in range(3):
            handler.handle(record())


def test_a_full_disk_is_not_met_again_when_the_stream_is_closed() -> None:
    with Path("/dev/full").open("w") as stream:
        handler = QueuedHandler(stream)
        handler.handle(record())
        handler.close()


def test_a_stream_that_was_closed_ends_nothing(tmp_path: Path) -> None:
    with (tmp_path / "log").open("w") as stream:
        handler = QueuedHandler(stream)
    handler.handle(record())

    handler.close()

    assert not (tmp_path / "log").read_text()


def test_what_waits_is_written_at_the_end(tmp_path: Path) -> None:
    with (tmp_path / "log").open("w") as stream:
        handler = QueuedHandler(stream)
        for number in range(20):
            handler.handle(record("%s", number))
        handler.close()

    assert len((tmp_path / "log").read_text().splitlines()) == 20


def test_a_record_that_cannot_be_formatted_ends_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(logging, "raiseExceptions", False)
    with (tmp_path / "log").open("w") as stream:
        handler = QueuedHandler(stream)
        handler.handle(record("%d", "no number"))
        handler.close()

    assert not (tmp_path / "log").read_text()
    assert not capsys.readouterr().err


@pytest.mark.parametrize(("form", "formatter"), [("text", TextFormatter), ("json", JsonFormatter)])
def test_the_setting_chooses_the_form(form: str, formatter: type, monkeypatch: pytest.MonkeyPatch) -> None:
    root = logging.RootLogger(logging.WARNING)
    monkeypatch.setattr(logging, "root", root)

    configure_logging("ERROR", form)

    [handler] = root.handlers
    assert (type(handler.formatter), root.level) == (formatter, logging.ERROR)
    handler.close()


def test_without_standard_error_nothing_is_logged(monkeypatch: pytest.MonkeyPatch) -> None:
    root = logging.RootLogger(logging.WARNING)
    monkeypatch.setattr(logging, "root", root)
    monkeypatch.setattr(sys, "stderr", None)

    configure_logging("INFO", "text")

    assert type(root.handlers[0]) is logging.NullHandler
