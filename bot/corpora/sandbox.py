"""A file from a stranger, read in a child process that may do little and not for long.

The child has its own small memory, processor time and end, opens no file for
writing, and says what it read as JSON on its output, of which no more is taken
than a document may be. Whatever happens to it, the bot itself is told in a line.
"""

from __future__ import annotations

import json
import math
import os
import resource
import selectors
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from bot import formats
from bot.corpora.check import doubts
from bot.corpora.sniffing import be_small_once_unpacked, be_what_it_is_called
from bot.errors import BotError, CorpusError
from bot.formats.report import Report
from bot.model import Document, Kind, Span, Turn, Voice
from bot.voices import passages

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.corpora.mangled import Doubt

MEBIBYTE = 1024 * 1024
MOST_BYTES = 5 * MEBIBYTE
MOST_MEMORY = 256 * MEBIBYTE
MOST_OUTPUT = 2 * MEBIBYTE
SECONDS = 20

_ID = "upload"
_LEFT_OUT = 20
_VOICES = 50
_DOUBTS, _LONGEST = 50, 300
_LEAST = {
    "LANG": "C.UTF-8",
    "PYTHONUTF8": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "1",
}


class Parsed(NamedTuple):
    """What a child read: the document, what was kept and left out, and how often who speaks.

    `doubts` are what to look at in it, by line, a line each: the first of them.
    """

    document: Document
    report: Report
    voices: Mapping[str, int]
    doubts: tuple[str, ...] = ()


def parsed(name: str, content: bytes, seconds: float = SECONDS) -> Parsed:
    """Return what the file called `name`, which holds `content`, is read as.

    Raises:
        CorpusError: it is too large, not what its name says, or cannot be read;
            or reading it took more memory or time than it may.
    """
    called = "".join(c for c in Path(name).name if c.isprintable())[-100:] or "a file"
    if len(content) > MOST_BYTES:
        raise CorpusError(called, f"more than {MOST_BYTES:,} bytes", "send a smaller document")
    be_what_it_is_called(called, content)
    suffix = Path(called).suffix.lower()
    with tempfile.TemporaryDirectory(prefix="on-the-record-") as folder:
        path = Path(folder) / f"{_ID}{suffix}"
        path.write_bytes(content)
        told = _told(path, called, seconds)
    if "fact" in told:
        # The place is known to the child alone, and says nothing to whoever sent the file.
        raise CorpusError(called, str(told["fact"]), str(told["remedy"]))
    document = _document(told["document"])
    report = Report(**_tuples(told["report"]))
    return Parsed(document, report, dict(told["voices"]), tuple(told["doubts"]))


def _told(path: Path, called: str, seconds: float) -> Mapping[str, Any]:
    """Return what a child process says of the file at `path`."""
    # The bot's own environment holds its token.
    environment = _LEAST | {"PYTHONPATH": str(Path(__file__).parents[2])}
    remedy = "save it in another way, or send its text"
    child = subprocess.Popen(  # noqa: S603  our own interpreter, our own module
        [sys.executable, "-m", __name__, str(path), str(math.ceil(seconds))],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=path.parent,
        env=environment,
        close_fds=True,
        start_new_session=True,
    )
    try:
        with child:
            found = _output(child, seconds)
    except TimeoutError:
        raise CorpusError(
            called, f"reading it took more than {seconds:g} seconds", remedy
        ) from None
    if len(found) > MOST_OUTPUT:
        raise CorpusError(called, "it holds too much text", "divide it into smaller documents")
    try:
        told = json.loads(found)
    except ValueError:
        fact = "reading it took more memory or time than it may"
        raise CorpusError(called, fact, remedy) from None
    return dict(told)


def _output(child: subprocess.Popen[bytes], seconds: float) -> bytes:
    """Return what `child` writes, one byte more than may be at the most; it has ended then."""
    assert child.stdout is not None  # noqa: S101  it was asked for
    deadline = time.monotonic() + seconds
    found = bytearray()
    with selectors.DefaultSelector() as ready:
        ready.register(child.stdout, selectors.EVENT_READ)
        try:
            while len(found) <= MOST_OUTPUT:
                if not ready.select(max(0.0, deadline - time.monotonic())):
                    raise TimeoutError
                part = os.read(child.stdout.fileno(), 64 * 1024)
                if not part:
                    break
                found += part
        finally:
            child.kill()
    return bytes(found)


def _document(told: Mapping[str, Any]) -> Document:
    """Return the document that a child told of; its fingerprint is taken anew."""
    turns = tuple(
        Turn(
            **_tuples(turn)
            | {
                "span": Span(*turn["span"]),
                "label": Span(*turn["label"]),
                "voice": Voice(**turn["voice"]),
            }
        )
        for turn in told["turns"]
    )
    facts = {
        name: value for name, value in _tuples(told).items() if name not in ("turns", "sha256")
    }
    return Document(**facts, turns=turns)


def _tuples(told: Mapping[str, Any]) -> dict[str, Any]:
    """Return `told` with its lists as tuples, as a frozen value holds them."""
    return {name: tuple(v) if isinstance(v, list) else v for name, v in told.items()}


def _read(path: Path) -> dict[str, Any]:
    """Return what a child tells: the document and the report, or what is wrong."""
    try:
        if path.suffix == ".docx":
            be_small_once_unpacked(path.name, path.read_bytes())
        document, report = formats.reading(path, _ID)
        spoken = [found for found in passages(document) if found.kind is not Kind.NARRATION]
        voices = Counter(found.voice.name for found in spoken if found.voice)
        doubtful = sorted(doubts(document, spoken))[:_DOUBTS]
    except BotError as error:
        return {"fact": error.fact, "remedy": error.remedy}
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001  a library's own, and the file's fault
        fact = f"it cannot be read ({type(error).__name__})"
        return {"fact": fact, "remedy": "save it in another way, or send its text"}
    short = tuple(each[:200] for each in report.left_out[:_LEFT_OUT])
    told = asdict(report) | {"left_out": short}
    return {
        "document": asdict(document),
        "report": told,
        "voices": voices.most_common(_VOICES),
        "doubts": [_told_of(document, doubt) for doubt in doubtful],
    }


def _told_of(document: Document, doubt: Doubt) -> str:
    at, fact, remedy = doubt
    line = document.text.count("\n", 0, at) + 1
    told = "".join(c for c in f"line {line}: {fact}; {remedy}" if c.isprintable())
    return told[:_LONGEST]


def _confine(seconds: int) -> None:
    """Give up, before anything is read, whatever reading does not take."""
    limits = {
        resource.RLIMIT_AS: MOST_MEMORY,
        resource.RLIMIT_CPU: seconds,
        # No file grows by a byte: nothing is written, whatever a library would like.
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_NOFILE: 64,
        resource.RLIMIT_CORE: 0,
    }
    for what, most in limits.items():
        resource.setrlimit(what, (most, most))


if __name__ == "__main__":
    _confine(int(sys.argv[2]))
    sys.stdout.write(json.dumps(_read(Path(sys.argv[1]))))
