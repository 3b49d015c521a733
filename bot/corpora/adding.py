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
from bot.corpora.folder import contents
from bot.errors import CorpusError
from bot.formats import disk as seam
from bot.formats import source, writing
from bot.formats.header import opened

if TYPE_CHECKING:
    from pathlib import Path

    from bot.formats.report import Report
    from bot.model import Document

RAW = ".raw"

_READABLE = 0o644
_HEADED = (".md", ".transcript", ".txt")
_AS_IT_IS = ".xml"
_LONGEST_ID = 60
_MOST = 50 * 1024 * 1024
_STATED = "what was stated when it was added"
_NAME = re.compile(r"\w[\w. -]{0,99}")
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
    def given(self) -> dict[str, str | tuple[str, ...]]:
        """The facts that are known, by name."""
        named = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in named.items() if value}


class Read(NamedTuple):
    """A file that was read: its suffix and octets, and what it is."""

    suffix: str
    raw: bytes
    document: Document
    report: Report


@dataclass(frozen=True, slots=True)
class Addition:
    """A document ready to be written: where, which octets, and what was found in it.

    `raw` holds the file as it came, where that is not what is written.
    """

    path: Path
    content: bytes
    raw: tuple[Path, bytes] | None
    document: Document
    report: Report

    @property
    def paths(self) -> tuple[Path, ...]:
        """Every file that `write` writes."""
        return (self.path, self.raw[0]) if self.raw else (self.path,)


def addition(
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
    document, report = formats.reading(file)
    read = Read(file.suffix.lower(), source.octets(file, _MOST), document, report)
    return made(folder, read, facts, document_id)


def made(
    folder: Path, read: Read, facts: Facts | None = None, document_id: str | None = None
) -> Addition:
    """Return what adding a file that was read already would write; see `addition`."""
    suffix, raw, _, report = read
    given = (facts or Facts()).given
    named = _named(folder, read, given, document_id)
    missing = tuple(name for name in _names() if not getattr(named, name))
    dated_by = _STATED if "date" in given else report.dated_by
    report = replace(report, missing=missing, dated_by=dated_by)
    if suffix == _AS_IT_IS or (suffix in _HEADED and not given and raw.startswith(b"+++")):
        if given:
            raise CorpusError(
                named.id, "its format has no header to write facts in", "leave them out"
            )
        return Addition(folder / f"{named.id}{suffix}", raw, None, named, report)
    path = folder / f"{named.id}{suffix if suffix in _HEADED else '.txt'}"
    digest = hashlib.sha256(raw).hexdigest()
    kept = folder / RAW / f"{named.id}.{digest[:16]}{suffix}"
    beside = None if suffix in _HEADED else (kept, raw)
    origin = f"the text of {RAW}/{kept.name}, SHA-256 {digest}" if beside else None
    return Addition(path, _headed(named, report, origin, str(path)), beside, named, report)


def _named(
    folder: Path, read: Read, given: dict[str, str | tuple[str, ...]], document_id: str | None
) -> Document:
    """Return the document with what is `given`, under an id that is free and says what it is."""
    known = {name: getattr(read.document, name) for name in _names()} | given
    # A parliament's file is known by the name it was published under.
    own = read.document.id if read.suffix == _AS_IT_IS else id_of(known, read.document.id)
    wished = document_id or own
    if not _NAME.fullmatch(wished):
        raise CorpusError(
            ascii(wished), "no name for a document", "use letters, digits and hyphens"
        )
    if wished in contents(folder).documents:
        raise CorpusError(
            f"{folder}/{wished}", "there is such a document already", "name another id"
        )
    if not known["title"] and not known["publisher"]:
        raise CorpusError(
            wished, "nothing says where it was published", "give its title or publisher"
        )
    return replace(read.document, id=wished, **known)


def write(adding: Addition) -> None:
    """Write `adding` to its folder: all of it, or nothing.

    Raises:
        CorpusError: the disk refused, and nothing was written.
    """
    try:
        if adding.raw:
            writing.write(*adding.raw, _READABLE)
        writing.write(adding.path, adding.content, _READABLE)
    except OSError as error:
        for path in adding.paths:
            with suppress(OSError):
                seam.disk.remove(path)
        raise source.unreadable(adding.path, error) from error


def _names() -> tuple[str, ...]:
    return tuple(field.name for field in fields(Facts))


def _headed(document: Document, report: Report, origin: str | None, place: str) -> bytes:
    """Return the text of `document` under a header, once that is seen to read back the same."""
    facts = {name: getattr(document, name) for name in _names()}
    lines = [f"{name} = {_toml(value)}" for name, value in facts.items() if value]
    notes = {
        "the date rests on": report.dated_by,
        "not given": ", ".join(report.missing),
        "this is": origin,
    }
    comments = [f"# {what}: {told}" for what, told in notes.items() if told]
    whole = "\n".join(["+++", *lines, *comments, "+++", document.text])
    header, text, _ = opened(whole, place)
    if text != document.text or header.model_dump() != {n: v or None for n, v in facts.items()} | {
        "authors": document.authors
    }:
        raise CorpusError(place, "its facts cannot be written in a header", "give them by hand")
    return whole.encode("utf-8", "surrogatepass")


def _toml(value: str | tuple[str, ...]) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def id_of(known: dict[str, str | tuple[str, ...] | None], stem: str) -> str:
    """Return an id of date, publisher and title, or the file's own name.

    >>> id_of({"date": "2020-01", "publisher": "The Gazette", "title": "Bridge: shut!"}, "x")
    '2020-01-the-gazette-bridge-shut'
    """
    if not known.get("title"):
        return stem
    told = " ".join(str(known.get(name) or "") for name in ("date", "publisher", "title"))
    plain = unicodedata.normalize("NFKD", told).encode("ascii", "ignore").decode().lower()
    words = _WORD.findall(plain)
    made = "-".join(words)
    while len(made) > _LONGEST_ID and len(words) > 1:
        words.pop()
        made = "-".join(words)
    return made or stem
