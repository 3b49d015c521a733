r"""The seam of the formats: what a module of this room offers, and what parsing gives back.

A format is one module of this room. Nothing else has to be touched: the module is found by
looking, its suffixes are read by every command, and uploads and fetched pages ask its `sniff`.
Subtitles would be no more than this::

    SUFFIXES = (".sbv",)
    ADDED_AS = AddedAs.EXTRACT

    def sniff(content: bytes) -> bool:
        return b" --> " in content[:200]

    def parse(path: Path, document_id: str) -> Parsed:
        cues = read_text(path).split("\n\n")
        return Parsed(Document(document_id, "\n\n".join(cue.split("\n", 2)[2] for cue in cues)))
"""

from __future__ import annotations

import re
import tomllib
from datetime import date
from enum import Enum
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple, Protocol, runtime_checkable

from bot.errors import CorpusError
from bot.model import WEB_ADDRESS, Document
from bot.text import normalise_line, split_paragraphs

# PDF, zip, gzip, bzip2 and xz: no text begins like that.
_BINARY_SIGNATURES = (b"%PDF-", b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"BZh", b"\xfd7zXZ")
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_TIME = re.compile(r"(?:(?P<hours>\d{1,3}):)?(?P<minutes>\d{1,2}):(?P<seconds>\d{2})(?:[.,]\d{1,6})?")
_YOUTUBE = re.compile(r"https?://(?:www\.|m\.)?(?:youtube\.com/(?:watch|live)|youtu\.be/)", re.IGNORECASE)


class AddedAs(Enum):
    """How `add` stores a file in a corpus."""

    TEXT = "as it is, or with its facts in a header between +++ lines"
    RECORD = "byte for byte under its own name: it states its own publication"
    EXTRACT = "as .txt, or .transcript where it has turns, under a header; the original beside it in .raw"
    EXTRACT_ONLY = "as an extract, and the original is not kept: it names people who did not publish it"


class Parsed(NamedTuple):
    """A document, and how much of the source's text it holds.

    `left_out` is the text that is no part of the document, in order; `lost_prose` are those of it that stand amid the
    text and read like it. `dated_by` says which part of the source gives the date, None where there is no date.
    """

    document: Document
    left_out: tuple[str, ...] = ()
    dated_by: str | None = None
    lost_prose: tuple[str, ...] = ()

    @property
    def paragraph_count(self) -> int:
        """How many paragraphs the document has."""
        return len(split_paragraphs(self.document.text))

    @property
    def kept_share(self) -> float:
        """The share of the source's characters that was kept, blanks aside, from 0 to 1; 1 for an empty source."""
        kept, *lost = (len("".join(text.split())) for text in (self.document.text, *self.left_out))
        return kept / (kept + sum(lost)) if kept or any(lost) else 1.0


@runtime_checkable
class Format(Protocol):
    """A module that parses files of certain suffixes.

    `SUFFIXES` are in lower case with their dot, the usual one first. Formats that share a suffix
    also share `ADDED_AS`, and each names in `ROOTS` the XML root elements
    it parses, or has a `sniff` that accepts its own files alone.
    """

    SUFFIXES: tuple[str, ...]
    ADDED_AS: AddedAs

    def sniff(self, content: bytes) -> bool:
        """Return whether `content` looks like a file of this format; never raises.

        Only a format that is `AddedAs.TEXT` may accept any text. Every other asks for marks of
        its own, because text that no format claims is plain text.
        """

    def parse(self, path: Path, document_id: str) -> Parsed:
        """Parse the regular file at `path` into a document with the id `document_id`.

        The same file gives the same document. Its metadata may be None. Turns are in order, each
        after its label, which holds the voice's name; neither begins nor ends with a blank.

        Raises:
            SkippedError: the file belongs among the documents, but is not one.
            CorpusError: the file is malformed, in one printable line that opens with its path.
        """


def is_text(content: bytes) -> bool:
    """Return whether `content` may be text: no NUL, and no signature of a binary format."""
    return b"\0" not in content and not content.startswith(_BINARY_SIGNATURES)


def load_table(name: str) -> dict[str, Any]:
    """Load the tables of names that `NAME.toml` of this room holds."""
    return tomllib.loads(Path(__file__).with_name(f"{name}.toml").read_text("utf-8"))


def import_optional(name: str, extra: str, path: Path) -> ModuleType:
    """Import the library `name`, which parsing `path` needs and only `extra` installs.

    Raises:
        CorpusError: the library is not installed.
    """
    try:
        return import_module(name)
    except ImportError as error:
        raise CorpusError(
            str(path),
            f"reading it needs {name}, which is not installed",
            f"install the extra: make {extra}, or pip install 'on-the-record[{extra}]'",
        ) from error


def clean_line(text: str | None) -> str | None:
    """Normalise a metadata value into one printable line, None if it is empty."""
    printable = "".join(character for character in normalise_line(text or "") if character.isprintable())
    return normalise_line(printable) or None


def parse_date(text: str | None) -> str | None:
    """Return the date that `text` begins with, None if it begins with none.

    >>> parse_date("2020-01-24T09:00Z"), parse_date("2020-13-01"), parse_date("in May")
    ('2020-01-24', None, None)
    """
    match = DATE.match(text or "")
    try:
        return date.fromisoformat(match[0]).isoformat() if match else None
    except ValueError:
        return None


def parse_web_address(text: str | None) -> str | None:
    """Return `text`, on one printable line, if it is a web address, else None."""
    address = clean_line(text) or ""
    return address if WEB_ADDRESS.fullmatch(address) else None


def parse_seconds(time: str | None) -> int | None:
    """Return how many whole seconds after the start `time` is, None if it is no time.

    >>> [parse_seconds(time) for time in ("01:00:05,900", "2:07", "soon", None)]
    [3605, 127, None, None]
    """
    match = _TIME.fullmatch(time or "")
    if match is None:
        return None
    return int(match["hours"] or 0) * 3600 + int(match["minutes"]) * 60 + int(match["seconds"])


def format_time(seconds: int) -> str:
    """Format a moment, in seconds from the start, as players show it.

    >>> format_time(127), format_time(3605)
    ('2:07', '1:00:05')
    """
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def link_moment(url: str | None, time: str | None) -> str | None:
    """Return the link that opens the recording at `url` at `time`; None where either is missing.

    YouTube takes a parameter, other players a media fragment (W3C, 2012); an address keeps a fragment of its own.

    >>> link_moment("https://youtu.be/x?list=y", "2:07"), link_moment("https://example.org/talk", "2:07")
    ('https://youtu.be/x?list=y&t=127s', 'https://example.org/talk#t=127')
    """
    seconds = parse_seconds(time)
    if url is None or seconds is None or "#" in url:
        return url if seconds is not None else None
    if _YOUTUBE.match(url):
        return f"{url}{'&' if '?' in url else '?'}t={seconds}s"
    return f"{url}#t={seconds}"
