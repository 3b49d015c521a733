"""A file made into a document of a corpus: read, shown, and written only when all went well.

What can hold a header, or has one of its own, is kept as it is. A page, a PDF
and a Word file become canonical text under a header, and the raw file is kept
beside, below `.raw`, under a name that tells its SHA-256. The header's comments
say what the date rests on, what the source does not give, and what the raw file is.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, NamedTuple

from bot import formats
from bot.corpus.folder import scan_folder
from bot.errors import CorpusError
from bot.formats.header import split_header
from bot.storage import atomic, safe_read
from bot.storage import filesystem as seam

if TYPE_CHECKING:
    from pathlib import Path

    from bot.formats.base import ParseReport
    from bot.model import Document

RAW_FOLDER = ".raw"

_FILE_MODE = 0o644
_HEADER_SUFFIXES = (".md", ".transcript", ".txt")
_RECORD_SUFFIX = ".xml"
_MAX_ID_LENGTH = 60
_MAX_BYTES = 50 * 1024 * 1024
_DATE_STATED = "what was stated when it was added"
_VALID_ID = re.compile(r"\w[\w. -]{0,99}")
_WORD = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a publication beside what the file says; it wins over the file."""

    title: str | None = None
    publisher: str | None = None
    authors: tuple[str, ...] = ()
    date: str | None = None
    url: str | None = None
    licence: str | None = None

    @property
    def stated(self) -> dict[str, str | tuple[str, ...]]:
        """The facts that are known, by name."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in values.items() if value}


class ParsedFile(NamedTuple):
    """A file that was read: its suffix and octets, and what it is."""

    suffix: str
    raw: bytes
    document: Document
    report: ParseReport


@dataclass(frozen=True, slots=True)
class Addition:
    """A document ready to be written: where, which octets, and what was found in it.

    `raw_file` holds the file as it came, where that is not what is written.
    """

    path: Path
    content: bytes
    raw_file: tuple[Path, bytes] | None
    document: Document
    report: ParseReport

    @property
    def paths(self) -> tuple[Path, ...]:
        """Every file that `write_addition` writes."""
        return (self.path, self.raw_file[0]) if self.raw_file else (self.path,)


def prepare_addition(
    folder: Path,
    file: Path,
    facts: Facts | None = None,
    document_id: str | None = None,
) -> Addition:
    """Return what adding `file` to the corpus in `folder` would write; nothing is written yet.

    Raises:
        CorpusError: the file cannot be read, a fact is malformed, nothing says
            where it was published, or the id is taken.
    """
    document, report = formats.parse(file)
    parsed_file = ParsedFile(
        file.suffix.lower(), safe_read.read_bytes(file, _MAX_BYTES), document, report
    )
    return build_addition(folder, parsed_file, facts, document_id)


def build_addition(
    folder: Path,
    parsed_file: ParsedFile,
    facts: Facts | None = None,
    document_id: str | None = None,
) -> Addition:
    """Return what adding a file that was read already would write; see `prepare_addition`."""
    suffix, raw, _, report = parsed_file
    stated = (facts or Facts()).stated
    document = _build_document(folder, parsed_file, stated, document_id)
    missing = tuple(name for name in _fact_names() if not getattr(document, name))
    dated_by = _DATE_STATED if "date" in stated else report.dated_by
    report = replace(report, missing=missing, dated_by=dated_by)
    if suffix == _RECORD_SUFFIX or (
        suffix in _HEADER_SUFFIXES and not stated and raw.startswith(b"+++")
    ):
        if stated:
            raise CorpusError(
                document.id, "its format has no header to write facts in", "leave them out"
            )
        return Addition(folder / f"{document.id}{suffix}", raw, None, document, report)
    path = folder / f"{document.id}{suffix if suffix in _HEADER_SUFFIXES else '.txt'}"
    digest = hashlib.sha256(raw).hexdigest()
    raw_path = folder / RAW_FOLDER / f"{document.id}.{digest[:16]}{suffix}"
    raw_file = None if suffix in _HEADER_SUFFIXES else (raw_path, raw)
    origin = f"the text of {RAW_FOLDER}/{raw_path.name}, SHA-256 {digest}" if raw_file else None
    return Addition(
        path, _render_with_header(document, report, origin, str(path)), raw_file, document, report
    )


def _build_document(
    folder: Path,
    parsed_file: ParsedFile,
    stated: dict[str, str | tuple[str, ...]],
    document_id: str | None,
) -> Document:
    """Return the document with what is `stated`, under an id that is free and says what it is."""
    facts = {name: getattr(parsed_file.document, name) for name in _fact_names()} | stated
    # A parliament's file is known by the name it was published under.
    default_id = (
        parsed_file.document.id
        if parsed_file.suffix == _RECORD_SUFFIX
        else build_id(facts, parsed_file.document.id)
    )
    chosen_id = document_id or default_id
    if not _VALID_ID.fullmatch(chosen_id):
        raise CorpusError(
            ascii(chosen_id), "no name for a document", "use letters, digits and hyphens"
        )
    if chosen_id in scan_folder(folder).documents:
        raise CorpusError(
            f"{folder}/{chosen_id}", "there is such a document already", "name another id"
        )
    if not facts["title"] and not facts["publisher"]:
        raise CorpusError(
            chosen_id, "nothing says where it was published", "give its title or publisher"
        )
    return replace(parsed_file.document, id=chosen_id, **facts)


def write_addition(addition: Addition) -> None:
    """Write `addition` to its folder: all of it, or nothing.

    Raises:
        CorpusError: the disk refused, and nothing was written.
    """
    try:
        if addition.raw_file:
            atomic.write(*addition.raw_file, _FILE_MODE)
        atomic.write(addition.path, addition.content, _FILE_MODE)
    except OSError as error:
        for path in addition.paths:
            with suppress(OSError):
                seam.disk.remove(path)
        raise safe_read.unreadable_error(addition.path, error) from error


def _fact_names() -> tuple[str, ...]:
    return tuple(field.name for field in fields(Facts))


def _render_with_header(
    document: Document, report: ParseReport, origin: str | None, place: str
) -> bytes:
    """Return the text of `document` under a header, once that is seen to read back the same."""
    facts = {name: getattr(document, name) for name in _fact_names()}
    lines = [f"{name} = {_to_toml(value)}" for name, value in facts.items() if value]
    notes = {
        "the date rests on": report.dated_by,
        "not given": ", ".join(report.missing),
        "this is": origin,
    }
    comments = [f"# {label}: {note}" for label, note in notes.items() if note]
    content = "\n".join(["+++", *lines, *comments, "+++", document.text])
    header, text, _ = split_header(content, place)
    if text != document.text or header.model_dump() != {n: v or None for n, v in facts.items()} | {
        "authors": document.authors
    }:
        raise CorpusError(place, "its facts cannot be written in a header", "give them by hand")
    return content.encode("utf-8", "surrogatepass")


def _to_toml(value: str | tuple[str, ...]) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def build_id(facts: dict[str, str | tuple[str, ...] | None], stem: str) -> str:
    """Return an id of date, publisher and title, or the file's own name.

    >>> build_id({"date": "2020-01", "publisher": "The Gazette", "title": "Bridge: shut!"}, "x")
    '2020-01-the-gazette-bridge-shut'
    """
    if not facts.get("title"):
        return stem
    text = " ".join(str(facts.get(name) or "") for name in ("date", "publisher", "title"))
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    words = _WORD.findall(ascii_text)
    slug = "-".join(words)
    while len(slug) > _MAX_ID_LENGTH and len(words) > 1:
        words.pop()
        slug = "-".join(words)
    return slug or stem
