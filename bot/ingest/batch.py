"""Many files added at once: each told by itself, whatever became of the others.

Of a long record a part may be added: a day of a parliament holds thirty debates, of which a corpus wants one. What is
kept are whole sections in which a term stands, byte for byte as published; nothing within a section is cut.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, TypeVar
from xml.parsers import expat

from bot import formats
from bot.corpus.folder import NOT_DOCUMENTS, scan_folder
from bot.errors import BotError, CorpusError, SkippedError
from bot.formats import xml
from bot.formats.base import AddedAs, Parsed
from bot.ingest.addition import Addition, ParsedFile, build_addition, prepare_addition, prepare_from_url, write_addition
from bot.ingest.guarded_fetch import Fetcher
from bot.model import Publication, digest
from bot.storage import safe_read

Origin = TypeVar("Origin", Path, str)


class _Sections(NamedTuple):
    """Where the sections of a record are: among the children of `parent`, each from one of `openings` to the next.

    Without openings each child is a section.
    """

    parent: str
    openings: frozenset[str] = frozenset()


_SECTIONS_BY_ROOT = {
    "publicwhip": _Sections("publicwhip", frozenset({"oral-heading", "major-heading", "minor-heading"})),
    "akomaNtoso": _Sections("debateBody"),
}


class Choice(NamedTuple):
    """Which documents are wanted: of which days, and which parts of a long record, by a term; None takes all."""

    since: str | None = None
    until: str | None = None
    about: str | None = None

    def describe_refusal(self, day: str | None) -> str | None:
        """Return why a document of `day` is not wanted, None where it is."""
        if self.since and (day or "") < self.since:
            return f"its date, {day or 'not given'}, is before {self.since}"
        if self.until and day and day[: len(self.until)] > self.until:
            return f"its date, {day}, is after {self.until}"
        return None


class AddedFile(NamedTuple):
    """What became of one file: an addition, a reason to leave it out, or an error."""

    source: Path | str
    addition: Addition | None = None
    left_out: str | None = None
    error: BotError | None = None
    copy_of: str | None = None


def list_files(sources: Iterable[Path]) -> list[Path]:
    """Return the files named, and those that some format reads in the folders named, in order."""
    files: list[Path] = []
    for source in sources:
        inside = sorted(filter(_is_document, source.iterdir())) if source.is_dir() else []
        # A folder without documents is told as what it is.
        files.extend(inside or [source])
    return files


def add_files(
    folder: Path,
    files: Sequence[Path],
    choice: Choice,
    stated: Publication | None = None,
    document_id: str | None = None,
) -> Iterator[AddedFile]:
    """Add each of `files` to the corpus in `folder`, and yield what became of it."""
    return _add_each(folder, files, lambda file: _prepare(folder, file, choice, stated, document_id), choice)


def add_addresses(
    folder: Path, addresses: Iterable[str], fetch: Fetcher, stated: Publication, document_id: str | None = None
) -> Iterator[AddedFile]:
    """Fetch the pages at `addresses` into the corpus in `folder`, and yield what became of each."""
    return _add_each(folder, addresses, lambda url: prepare_from_url(folder, url, stated, document_id, fetch), Choice())


def _add_each(
    folder: Path, sources: Iterable[Origin], prepare: Callable[[Origin], Addition], choice: Choice
) -> Iterator[AddedFile]:
    """Prepare each of `sources` and write it, unless `choice` leaves it out; yield what became of it."""
    copies = _CopyFinder(folder)
    for source in sources:
        try:
            addition = prepare(source)
            if reason := choice.describe_refusal(addition.document.date):
                yield AddedFile(source, left_out=reason)
                continue
            copy_of = copies.find(addition)
            write_addition(addition)
        except SkippedError as error:
            yield AddedFile(source, left_out=error.fact)
        except BotError as error:
            yield AddedFile(source, error=error)
        else:
            yield AddedFile(source, addition, copy_of=copy_of)


def _prepare(folder: Path, file: Path, choice: Choice, stated: Publication | None, document_id: str | None) -> Addition:
    """Prepare adding a file, or those sections of a record that `choice` is about."""
    if choice.about is None:
        return prepare_addition(folder, file, stated, document_id)
    parsed_file = ParsedFile(file.suffix.lower(), *_cut_record(file, choice.about))
    return build_addition(folder, parsed_file, stated, document_id)


def _is_document(path: Path) -> bool:
    """Return whether a format reads files of this suffix, and it is no hidden file, folder or file about documents."""
    is_hidden = path.name.startswith(".") or path.name in NOT_DOCUMENTS
    return path.suffix.lower() in formats.list_suffixes() and not is_hidden and not path.is_dir()


class _CopyFinder:
    """Knows the texts of a corpus, and finds under which id one is there already."""

    def __init__(self, folder: Path) -> None:
        self._ids: dict[str, str] = {}
        for document_id, path in scan_folder(folder).documents.items():
            self._ids.setdefault(_hash_file(path), document_id)

    def find(self, addition: Addition) -> str | None:
        """Return the id of the document with the same text, and know this one from now on."""
        document = addition.document
        is_record = formats.find_added_as(addition.path.suffix) is AddedAs.RECORD
        key = _hash_bytes(addition.content) if is_record else digest(document.text)
        return known if (known := self._ids.setdefault(key, document.id)) != document.id else None


def _hash_file(path: Path) -> str:
    """Return the digest of a document's text; of a record, which costs much to parse, of its bytes."""
    try:
        if formats.find_added_as(path.suffix.lower()) is AddedAs.RECORD:
            return _hash_bytes(safe_read.read_bytes(path))
        return formats.read(path).sha256
    except (CorpusError, KeyError):
        # What cannot be read is for `check` to tell.
        return str(path)


def _hash_bytes(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _cut_record(path: Path, term: str) -> tuple[bytes, Parsed]:
    """Return the sections of a record that hold `term`, as published and parsed.

    Raises:
        CorpusError: the file is no record that can be cut, or the term stands nowhere in it.
    """
    sections = _SECTIONS_BY_ROOT.get(xml.read_root_name(path)) if path.suffix.lower() == ".xml" else None
    if sections is None:
        fact = "only records of TheyWorkForYou and in Akoma Ntoso can be cut by a term"
        raise CorpusError(str(path), fact, "add it whole, or cut it by hand")
    formats.parse(path)
    excerpt = _cut_sections(safe_read.read_bytes(path, xml.MAX_BYTES), sections, term.casefold())
    if excerpt is None:
        raise CorpusError(str(path), f"“{term}” stands nowhere in it", "leave it out, or name another term")
    with tempfile.TemporaryDirectory(prefix="on-the-record-") as folder:
        copy = Path(folder) / path.name
        copy.write_bytes(excerpt)
        try:
            return excerpt, formats.parse(copy)
        except CorpusError as error:
            raise CorpusError(str(path), error.fact, error.remedy) from error


def _cut_sections(content: bytes, divided: _Sections, term: str) -> bytes | None:
    """Return `content` without the sections that lack `term`; None where none is left."""
    starts, names, end = _find_children(content, divided.parent)
    if not starts:
        return None
    pieces = [content[start:stop] for start, stop in zip(starts, [*starts[1:], end], strict=True)]
    sections: list[list[bytes]] = []
    for name, piece in zip(names, pieces, strict=True):
        if name in divided.openings or not divided.openings or not sections:
            sections.append([])
        sections[-1].append(piece)
    wanted = [b"".join(section) for section in sections]
    matching = [section for section in wanted if term in section.decode("utf-8", "replace").casefold()]
    return content[: starts[0]] + b"".join(matching) + content[end:] if matching else None


def _find_children(content: bytes, parent: str) -> tuple[list[int], list[str], int]:
    """Return where each child of the first `parent` begins, what each is called, and where its end tag begins."""
    starts: list[int] = []
    names: list[str] = []
    open_tags: list[str] = []
    end = 0
    parser = expat.ParserCreate()

    def on_start(tag: str, _attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if not end and open_tags and open_tags[-1] == parent:
            starts.append(parser.CurrentByteIndex)
            names.append(name)
        open_tags.append(name)

    def on_end(_tag: str) -> None:
        nonlocal end
        name = open_tags.pop()
        if name == parent and not end:
            end = parser.CurrentByteIndex

    parser.StartElementHandler, parser.EndElementHandler = on_start, on_end
    parser.Parse(content, True)  # noqa: FBT003  its own signature
    return starts, names, end
