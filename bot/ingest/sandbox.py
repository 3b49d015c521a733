"""Parsing of untrusted files in a resource-limited child process.

The child has limited memory, processor time and run time, no network where the kernel allows,
writes no file, and prints its result as JSON, of which the bot reads a limited amount. Whatever
happens to the child, the bot gets a result or an error of one line.
"""

from __future__ import annotations

import ctypes
import io
import json
import math
import os
import resource
import selectors
import subprocess
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from bot import formats
from bot.attribution import extract_passages
from bot.corpus.document_faults import Issue
from bot.corpus.lint import find_issues
from bot.errors import BotError, CorpusError
from bot.formats.base import Parsed
from bot.languages import DEFAULT_LANGUAGE, load_language
from bot.model import Document, Kind
from bot.storage.cache_folder import build_decoder, list_fields

MEBIBYTE = 1024 * 1024
MAX_BYTES = 5 * MEBIBYTE
MAX_MEMORY = 256 * MEBIBYTE
MAX_OUTPUT = 2 * MEBIBYTE
TIMEOUT_SECONDS = 20
# A Word file made with a library has 17 parts and unpacks to 21 times its size; the archives of
# tests/hostile.py that are made to exhaust memory unpack to 330 to 135,000 times theirs.
MAX_MEMBERS = 1000
MAX_UNPACKED_BYTES = 50 * MEBIBYTE
MAX_COMPRESSION_RATIO = 100

# CLONE_NEWNET of <linux/sched.h>, and the same with CLONE_NEWUSER. (`os.unshare` is there from Python 3.12 on.)
_NETWORK_NAMESPACES = 0x40000000, 0x40000000 | 0x10000000
_DOCUMENT_ID = "upload"
_MAX_LEFT_OUT = 20
_MAX_VOICES = 50
_MAX_ISSUES, _MAX_LINE_LENGTH = 50, 300
_ARCHIVE_SUFFIXES = frozenset({".docx", ".gz", ".zip"})
_MINIMAL_ENVIRONMENT = {"LANG": "C.UTF-8", "PYTHONUTF8": "1", "OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "1"}


class SandboxResult(NamedTuple):
    """A child's result: what it parsed, and the number of passages of each voice.

    `voice_counts` are of at most `_MAX_VOICES` voices, by name; `issues` are the first lint findings, one line each.
    """

    report: Parsed
    voice_counts: Mapping[str, int]
    issues: tuple[str, ...] = ()

    @property
    def document(self) -> Document:
        """The document that was parsed."""
        return self.report.document


def parse_untrusted(
    name: str, content: bytes, seconds: float = TIMEOUT_SECONDS, language: str = DEFAULT_LANGUAGE
) -> SandboxResult:
    """Parse `content`, an untrusted file in `language` called `name`, in a child process.

    Raises:
        CorpusError: it is too large or malformed, its content does not match its suffix, or
            parsing it exceeds the memory or time limit.
    """
    display_name = "".join(c for c in Path(name).name if c.isprintable())[-100:] or "a file"
    if len(content) > MAX_BYTES:
        raise CorpusError(display_name, f"more than {MAX_BYTES:,} bytes", "send a smaller document")
    suffix = Path(display_name).suffix.lower()
    formats.check_suffix_matches_content(display_name, suffix, content)
    with tempfile.TemporaryDirectory(prefix="on-the-record-") as folder:
        path = Path(folder) / f"{_DOCUMENT_ID}{suffix}"
        path.write_bytes(content)
        result = _run_child(path, display_name, seconds, language)
    if "fact" in result:
        # The child's path means nothing to the person who sent the file.
        raise CorpusError(display_name, str(result["fact"]), str(result["remedy"]))
    document, left_out, dated_by, lost_prose = result["report"]
    # The digests that the child took are not believed: they are computed again here.
    document = replace(build_decoder(Document)(document), sha256="")
    report = Parsed(document, tuple(left_out), dated_by, tuple(lost_prose))
    return SandboxResult(report, dict(result["voices"]), tuple(result["doubts"]))


def _run_child(path: Path, display_name: str, seconds: float, language: str) -> Mapping[str, Any]:
    """Run a child process on the file at `path` and return its JSON result."""
    # The bot's own environment contains its token.
    environment = _MINIMAL_ENVIRONMENT | {"PYTHONPATH": str(Path(__file__).parents[2])}
    remedy = "save it in another format, or send its text"
    child = subprocess.Popen(  # noqa: S603  our own interpreter, our own module
        [sys.executable, "-m", __name__, str(path), str(math.ceil(seconds)), language],
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
            output = _read_output(child, seconds)
    except TimeoutError:
        raise CorpusError(display_name, f"parsing it took more than {seconds:g} seconds", remedy) from None
    if len(output) > MAX_OUTPUT:
        raise CorpusError(display_name, "it contains too much text", "split it into smaller documents")
    try:
        result = json.loads(output)
    except ValueError:
        raise CorpusError(display_name, "parsing it exceeded the memory or time limit", remedy) from None
    return dict(result)


def _read_output(child: subprocess.Popen[bytes], seconds: float) -> bytes:
    """Read from `child` until its output ends or exceeds `MAX_OUTPUT`, then kill it; TimeoutError after `seconds`."""
    assert child.stdout is not None  # noqa: S101  it is a pipe
    deadline = time.monotonic() + seconds
    output = bytearray()
    with selectors.DefaultSelector() as ready:
        ready.register(child.stdout, selectors.EVENT_READ)
        try:
            while len(output) <= MAX_OUTPUT:
                if not ready.select(max(0.0, deadline - time.monotonic())):
                    raise TimeoutError
                chunk = os.read(child.stdout.fileno(), 64 * 1024)
                if not chunk:
                    break
                output += chunk
        finally:
            child.kill()
    return bytes(output)


def _parse_in_child(path: Path, language: str) -> dict[str, Any]:
    """Parse the file and return the result for JSON: the report, voices and doubts, or an error's fact and remedy."""
    try:
        check_unpacked_size(path.name, path.read_bytes())
        report = formats.parse(path, _DOCUMENT_ID)
        document = report.document
        spoken_passages = [
            passage
            for passage in extract_passages(document, language=load_language(language))
            if passage.kind is not Kind.NARRATION
        ]
        voice_counts = Counter(passage.voice.name for passage in spoken_passages if passage.voice)
        issues = sorted(find_issues(document, spoken_passages))[:_MAX_ISSUES]
    except BotError as error:
        return {"fact": error.fact, "remedy": error.remedy}
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001  a library may raise anything on a damaged file
        fact = f"parsing failed ({type(error).__name__})"
        return {"fact": fact, "remedy": "save it in another format, or send its text"}
    left_out = tuple(line[:200] for line in report.left_out[:_MAX_LEFT_OUT])
    lost_prose = tuple(line[:200] for line in report.lost_prose[:_MAX_LEFT_OUT])
    return {
        "report": report._replace(left_out=left_out, lost_prose=lost_prose),
        "voices": voice_counts.most_common(_MAX_VOICES),
        "doubts": [_describe_issue(document, issue) for issue in issues],
    }


def check_unpacked_size(name: str, content: bytes) -> None:
    """Check that `content`, if it is a zip archive, is small unpacked and holds no archive.

    Listing the members alone may take much memory, so this too runs in the child process.

    Raises:
        CorpusError: it is large, holds another archive, or is damaged.
    """
    if not content.startswith(b"PK"):
        return
    remedy = "save it again without embedded files"
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError) as error:
        raise CorpusError(name, "the archive is damaged", remedy) from error
    unpacked_bytes = sum(member.file_size for member in members)
    if len(members) > MAX_MEMBERS:
        raise CorpusError(name, f"the archive holds more than {MAX_MEMBERS:,} files", remedy)
    if unpacked_bytes > min(MAX_UNPACKED_BYTES, MAX_COMPRESSION_RATIO * max(len(content), 1)):
        raise CorpusError(name, f"the archive unpacks to {unpacked_bytes:,} bytes", remedy)
    if any(Path(m.filename).suffix.lower() in _ARCHIVE_SUFFIXES for m in members):
        raise CorpusError(name, "the archive holds another archive", remedy)


def _describe_issue(document: Document, issue: Issue) -> str:
    """Return a finding on one printable line, with the line of the text."""
    offset, fact, remedy = issue
    line = document.text.count("\n", 0, offset) + 1
    message = "".join(c for c in f"line {line}: {fact}; {remedy}" if c.isprintable())
    return message[:_MAX_LINE_LENGTH]


def confine(seconds: int) -> None:
    """Take from this process what parsing does not need: the network, memory, time, and writing of files."""
    leave_network()
    _set_resource_limits(seconds)


def leave_network() -> bool:
    """Move this process, which has one thread, to an empty network of its own; return whether that succeeded.

    Only Linux can. It lets root do so, and others together with a user namespace, unless that is forbidden, as it
    is in many containers: then the other limits are all there is.
    """
    unshare = getattr(ctypes.CDLL(None), "unshare", None)
    return unshare is not None and 0 in (unshare(flags) for flags in _NETWORK_NAMESPACES)


def _set_resource_limits(seconds: int) -> None:
    """Limit this process's memory, files and processor time, the last to `seconds`."""
    limits = {
        resource.RLIMIT_AS: MAX_MEMORY,
        resource.RLIMIT_CPU: seconds,
        # No file may grow by a byte, so no library can write one.
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_NOFILE: 64,
        resource.RLIMIT_CORE: 0,
    }
    for resource_id, limit in limits.items():
        resource.setrlimit(resource_id, (limit, limit))


if __name__ == "__main__":
    confine(int(sys.argv[2]))
    sys.stdout.write(json.dumps(_parse_in_child(Path(sys.argv[1]), sys.argv[3]), default=list_fields))
