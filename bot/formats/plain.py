"""Articles and other prose: plain text under an optional TOML header.

The header stands between `+++` lines and says where the text was published.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from bot.errors import CorpusError
from bot.formats.base import AddedAs, Parsed, is_text
from bot.formats.labels import parse_label
from bot.model import Document, Publication
from bot.storage.filesystem import read_text
from bot.storage.toml_schema import parse_toml

SUFFIXES = (".txt",)
ADDED_AS = AddedAs.TEXT
sniff = is_text
# Far above any real header (the longest bundled one has 281 characters): a text of megabytes that
# opens with +++ by mistake is not parsed as TOML.
MAX_HEADER_LENGTH = 65_536

# In lines, and of the lines with words: an article may tell of a day by its hours, in a line here and there; in a
# transcript each turn has a time.
_MIN_TIMED_LINES = 3
_MIN_TIMED_SHARE = 0.25
_TIME_LINE = re.compile(r"[\[(]?(?:\d{1,2}:)?\d{1,2}:\d{2}(?:[.,]\d{1,3})?[\])]?")
# A recording's lines begin within its first minute; the hours of a live report stand alone in lines too.
_EARLY_TIME = re.compile(r"[\[(]?(?:0?0:)?0?0:\d{2}\b.*")
_OPENING_LINE = re.compile(r"\+\+\+[ \t]*(?:\r?\n|\Z)")
_CLOSING_LINE = re.compile(r"^\+\+\+[ \t]*(?:\r?\n|\Z)", re.MULTILINE)


class HeaderAndText(NamedTuple):
    """The two parts of a text file; `line_offset` counts the lines before the canonical text."""

    header: Publication
    text: str
    line_offset: int


def parse(path: Path, document_id: str) -> Parsed:
    """Parse the text and the header of the file at `path`.

    Raises:
        CorpusError: the file is not text, its header is malformed, or its lines are a transcript's.
    """
    header, body, line_offset = split_header(read_text(path), str(path))
    _refuse_timed_transcript(body, str(path), line_offset)
    return Parsed(Document(document_id, body, **header.facts))


def _refuse_timed_transcript(text: str, place: str, line_offset: int) -> None:
    """Raise an error where lines open with speakers and times: as prose they would be the publication's own words."""
    lines = text.splitlines()
    first_time = next((line.strip() for line in lines if _TIME_LINE.fullmatch(line.strip())), "")
    times = _TIME_LINE if _EARLY_TIME.match(first_time) else _EARLY_TIME
    timed = [number for number, line in enumerate(lines, start=1) if _opens_with_time(line, times)]
    written = sum(bool(line.strip()) for line in lines)
    if len(timed) >= _MIN_TIMED_LINES and len(timed) >= _MIN_TIMED_SHARE * written:
        fact = "its lines have times, as a transcript's do"
        remedy = f"name it {Path(place).stem}.transcript, with a name before what each speaker says"
        raise CorpusError(f"{place}:{line_offset + timed[0]}", fact, remedy)


def _opens_with_time(line: str, times: re.Pattern[str]) -> bool:
    """Return whether a line opens with a speaker and a time, or is one of `times` alone."""
    label = parse_label(line, 0, len(line))
    return times.fullmatch(line.strip()) is not None or (label is not None and label.time is not None)


def split_header(text: str, place: str) -> HeaderAndText:
    """Split `text`, the content of the file named `place`, into header and canonical text.

    Raises:
        CorpusError: the header is not closed, is not TOML, or breaks its schema.
    """
    opening = _OPENING_LINE.match(text)
    if not opening:
        return HeaderAndText(Publication(), text, 0)
    closing = _CLOSING_LINE.search(text, opening.end())
    if not closing:
        raise CorpusError(f"{place}:1", "the header is not closed", "end it with a line of +++")
    if closing.start() > MAX_HEADER_LENGTH:
        fact = f"the header has more than {MAX_HEADER_LENGTH:,} characters"
        raise CorpusError(f"{place}:1", fact, "give each fact once, and end it with a line of +++")
    header = parse_toml(Publication, text[opening.end() : closing.start()], place, line_offset=1)
    if isinstance(header, list):
        raise header[0]
    return HeaderAndText(header, text[closing.end() :], text.count("\n", 0, closing.end()))
