"""Adding files to a corpus: each parsed, reviewed, and written as a whole or not at all.

How a file is stored is for its format to say (`AddedAs`). An extract is canonical text under a header, and the original
is kept in `.raw` under a name with its SHA-256. The header's comments say what the date rests on, what the source does
not give, and which file the text is from.

Of a long record a part may be added: a day of a parliament holds thirty debates, of which a corpus wants one. Whole
sections that hold a term are kept, byte for byte as published; nothing within a section is cut.
"""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple
from xml.parsers import expat

import tomli_w

from bot import formats
from bot.corpus.folder import NOT_DOCUMENTS, scan_folder
from bot.errors import BotError, CorpusError, SkippedError
from bot.formats import xml
from bot.formats.base import AddedAs, Parsed
from bot.formats.plain import split_header
from bot.formats.record_fields import find_related
from bot.ingest import sandbox
from bot.ingest.fetching import Fetcher, fetch_page
from bot.model import Document, Publication
from bot.storage import filesystem
from bot.text import list_ascii_words

RAW_FOLDER = ".raw"

_FILE_MODE = 0o644
_MAX_ID_LENGTH = 60
_MAX_BYTES = 50 * 1024 * 1024
_DATE_STATED = "what was stated when it was added"
_VALID_ID = re.compile(r"\w[\w. -]{0,99}")
# By the root of a record, the element whose children its sections are made of, and the children that each begins
# with; without any, each child is a section.
_SECTIONS: dict[str, tuple[str, frozenset[str]]] = {
    "publicwhip": ("publicwhip", frozenset({"oral-heading", "major-heading", "minor-heading"})),
    "akomaNtoso": ("debateBody", frozenset()),
}


class ParsedFile(NamedTuple):
    """A parsed file: its suffix, its bytes and the result."""

    suffix: str
    raw: bytes
    parsed: Parsed


@dataclass(frozen=True, slots=True)
class Addition:
    """A document ready to be written; its `companion` is the original of an extract, or what a record refers to.

    Where it `replaces` one of the same id, a failed write leaves that one as it was.
    """

    path: Path
    content: bytes
    report: Parsed
    companion: tuple[Path, bytes] | None = None
    replaces: bool = False

    @property
    def document(self) -> Document:
        """The document, under the id and with the facts that it is written with."""
        return self.report.document

    @property
    def files(self) -> tuple[tuple[Path, bytes], ...]:
        """All files that `write_addition` writes, the document last."""
        document_file = self.path, self.content
        return (self.companion, document_file) if self.companion else (document_file,)


def prepare_addition(
    folder: Path, file: Path, stated: Publication | None = None, document_id: str | None = None
) -> Addition:
    """Parse `file` and prepare adding it to `folder`, a corpus; facts `stated` win over its own; nothing is written.

    Raises:
        CorpusError: the file or a fact is malformed, neither title nor publisher is given, or the id is taken.
    """
    parsed = formats.parse(file)
    parsed_file = ParsedFile(file.suffix.lower(), filesystem.read_bytes(file, _MAX_BYTES), parsed)
    return build_addition(folder, parsed_file, stated, document_id)


def prepare_from_url(
    folder: Path,
    url: str,
    stated: Publication | None = None,
    document_id: str | None = None,
    fetch: Fetcher = fetch_page,
) -> Addition:
    """Fetch the document at `url` and prepare adding it, a record without the facts `stated`; see `prepare_addition`.

    Raises:
        FetchError: it could not be fetched.
        CorpusError: it is malformed, or cannot be added.
    """
    final_url, content, _ = fetch(url)
    file_suffix = formats.detect_suffix(content)
    if file_suffix is None:
        raise CorpusError(url, "no format reads its content", "save it as text and add the file")
    parsed = sandbox.parse_untrusted(f"page{file_suffix}", content).report
    parsed_file = ParsedFile(file_suffix, content, parsed)
    if formats.find_added_as(file_suffix) is AddedAs.RECORD:
        # A record states its own publication and has no header to write facts in.
        return build_addition(folder, parsed_file, document_id=document_id or PurePosixPath(final_url).stem)
    page_url = parsed.document.url or final_url.partition("#")[0]
    facts = {"url": page_url} | (stated.facts if stated else {})
    return build_addition(folder, parsed_file, Publication(**facts), document_id)


def parse_content(name: str, content: bytes, place: str, related: bytes | None = None) -> Parsed:
    """Parse `content` as a file called `name`, with the answers that it refers to beside it.

    Raises:
        CorpusError: it is malformed, at `place`.
    """
    with tempfile.TemporaryDirectory(prefix="on-the-record-") as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        if related is not None:
            related_path = find_related(path)
            related_path.parent.mkdir()
            related_path.write_bytes(related)
        try:
            return formats.parse(path)
        except BotError as error:
            # The folder has been removed since.
            raise CorpusError(place, error.fact, error.remedy) from error


def build_addition(
    folder: Path,
    parsed_file: ParsedFile,
    stated: Publication | None = None,
    document_id: str | None = None,
    *,
    replaces: bool = False,
) -> Addition:
    """Prepare adding a file that is parsed already; see `prepare_addition`."""
    suffix, raw, parsed = parsed_file
    added_as = formats.find_added_as(suffix)
    facts = stated.facts if stated else {}
    document = _build_document(folder, parsed_file, facts, document_id, replaces=replaces)
    report = parsed._replace(document=document, dated_by=_DATE_STATED if "date" in facts else parsed.dated_by)
    if added_as is AddedAs.RECORD and facts:
        raise CorpusError(document.id, "its format has no header to write facts in", "add it without stating any")
    path = folder / f"{document.id}{suffix}"
    has_header = added_as is AddedAs.TEXT and raw.startswith(b"+++")
    if added_as is AddedAs.RECORD or (has_header and not facts):
        return Addition(path, raw, report, replaces=replaces)
    if added_as is AddedAs.TEXT:
        return Addition(path, _render_with_header(report, path), report, replaces=replaces)
    # A text with turns is kept as a transcript, or they would be lost.
    path = path.with_name(f"{document.id}{formats.TRANSCRIPT_SUFFIX if document.turns else formats.TEXT_SUFFIX}")
    digest = hashlib.sha256(raw).hexdigest()
    raw_path = folder / RAW_FOLDER / f"{document.id}.{digest[:16]}{suffix}" if added_as is AddedAs.EXTRACT else None
    origin = f"{RAW_FOLDER}/{raw_path.name}" if raw_path else "a file that is not kept"
    content = _render_with_header(report, path, f"the text of {origin}, SHA-256 {digest}")
    return Addition(path, content, report, (raw_path, raw) if raw_path else None, replaces)


def _build_document(
    folder: Path, parsed_file: ParsedFile, facts: Mapping[str, Any], document_id: str | None, *, replaces: bool
) -> Document:
    """Return the document with `facts` in place of its own, under a valid id, a free one if new."""
    document = replace(parsed_file.parsed.document, **facts)
    # A parliament's file is known by the name it was published under.
    is_record = formats.find_added_as(parsed_file.suffix) is AddedAs.RECORD
    chosen_id = document_id or (document.id if is_record else build_id(document, document.id))
    if not _VALID_ID.fullmatch(chosen_id):
        raise CorpusError(ascii(chosen_id), "this cannot be the name of a document", "use letters, digits and hyphens")
    if not replaces and chosen_id in scan_folder(folder).documents:
        raise CorpusError(f"{folder}/{chosen_id}", "a document of this name already exists", "choose another id")
    if not document.title and not document.publisher:
        remedy = "state --title or --publisher, or one of them in its header"
        raise CorpusError(chosen_id, "neither its title nor its publisher is given", remedy)
    return replace(document, id=chosen_id)


def write_addition(addition: Addition) -> None:
    """Write `addition` as a whole or not at all.

    Raises:
        CorpusError: the disk failed; the document is as it was before, or absent.
    """
    try:
        for path, content in addition.files:
            filesystem.write_atomically(path, content, _FILE_MODE)
    except OSError as error:
        for path, _ in () if addition.replaces else addition.files:
            with suppress(OSError):
                filesystem.disk.remove(path)
        raise filesystem.build_unreadable_error(addition.path, error) from error


def _render_with_header(report: Parsed, path: Path, origin: str | None = None) -> bytes:
    """Render the text of a document under a header, and check that it reads back the same."""
    document = report.document
    notes = {"the date rests on": report.dated_by, "not given": ", ".join(document.missing), "this is": origin}
    comments = [f"# {label}: {note}" for label, note in notes.items() if note]
    toml = tomli_w.dumps(document.facts).rstrip()
    content = "\n".join(["+++", toml, *comments, "+++", document.text])
    header, text, _ = split_header(content, str(path))
    if text != document.text or header.facts != document.facts:
        raise CorpusError(str(path), "its facts do not fit in a header", "write them by hand")
    try:
        return content.encode()
    except UnicodeEncodeError as error:
        raise CorpusError(str(path), "half a character in its facts or words", "correct it in the file") from error


def build_id(publication: Publication, stem: str) -> str:
    """Build an id from date, publisher and title; without a title it is the file's own name.

    >>> build_id(Publication(date="2020-01", publisher="The Gazette", title="Bridge: shut!"), "x")
    '2020-01-the-gazette-bridge-shut'
    """
    if not publication.title:
        return stem
    facts = (publication.date, publication.publisher, publication.title)
    words = list_ascii_words(" ".join(filter(None, facts)))
    slug = "-".join(words)
    while len(slug) > _MAX_ID_LENGTH and len(words) > 1:
        words.pop()
        slug = "-".join(words)
    return slug or stem


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
        paths = sorted(source.iterdir()) if source.is_dir() else []
        visible = [path for path in paths if not path.name.startswith(".") and path.name not in NOT_DOCUMENTS]
        inside = [path for path in visible if path.suffix.lower() in formats.list_suffixes() and not path.is_dir()]
        # A folder without documents stays in the list, and its error names it.
        files.extend(inside or [source])
    return files


def add_files(  # noqa: PLR0913, PLR0917  each is an option of the command
    folder: Path,
    sources: Iterable[Path | str],
    choice: Choice,
    stated: Publication | None = None,
    document_id: str | None = None,
    fetch: Fetcher = fetch_page,
) -> Iterator[AddedFile]:
    """Add each of `sources`, files and web addresses, to the corpus in `folder`, and yield what became of it.

    `choice` is of files: whoever names an address wants its page.
    """
    ids = _load_ids(folder)
    for source in sources:
        try:
            if isinstance(source, str):
                addition = prepare_from_url(folder, source, stated, document_id, fetch)
            else:
                addition = _prepare_file(folder, source, choice, stated, document_id)
                if reason := choice.describe_refusal(addition.document.date):
                    yield AddedFile(source, left_out=reason)
                    continue
            copy_of = _find_copy(ids, addition)
            write_addition(addition)
        except SkippedError as error:
            yield AddedFile(source, left_out=error.fact)
        except BotError as error:
            yield AddedFile(source, error=error)
        else:
            yield AddedFile(source, addition, copy_of=copy_of)


def _prepare_file(
    folder: Path, file: Path, choice: Choice, stated: Publication | None, document_id: str | None
) -> Addition:
    """Prepare adding a file, or those sections of a record that `choice` is about."""
    if choice.about is None:
        return prepare_addition(folder, file, stated, document_id)
    parsed_file = ParsedFile(file.suffix.lower(), *_cut_record(file, choice.about))
    return build_addition(folder, parsed_file, stated, document_id)


def _load_ids(folder: Path) -> dict[str, str]:
    """Return the id of each document of a corpus by the digest of its text, or for a record by that of its file."""
    ids: dict[str, str] = {}
    for document_id, path in scan_folder(folder).documents.items():
        # An unreadable file is for `check` to report.
        with suppress(CorpusError, KeyError):
            is_record = formats.find_added_as(path.suffix.lower()) is AddedAs.RECORD
            # Parsing a record costs much, so its bytes are compared.
            key = _hash_bytes(filesystem.read_bytes(path)) if is_record else formats.read(path).sha256
            ids.setdefault(key, document_id)
    return ids


def _find_copy(ids: dict[str, str], addition: Addition) -> str | None:
    """Return the id of the document with the same text, and enter this one in `ids`; None where it is the first."""
    document = addition.document
    is_record = formats.find_added_as(addition.path.suffix) is AddedAs.RECORD
    key = _hash_bytes(addition.content) if is_record else document.sha256
    first_id = ids.setdefault(key, document.id)
    return first_id if first_id != document.id else None


def _hash_bytes(content: bytes) -> str:
    """Return the SHA-256 of a file's content, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def _cut_record(path: Path, term: str) -> tuple[bytes, Parsed]:
    """Return the sections of a record that hold `term`, as published and parsed.

    Raises:
        CorpusError: the file is no record that can be cut, or the term stands nowhere in it.
    """
    sections = _SECTIONS.get(xml.read_root_name(path)) if path.suffix.lower() == ".xml" else None
    if sections is None:
        fact = "only records of TheyWorkForYou and in Akoma Ntoso can be cut by a term"
        raise CorpusError(str(path), fact, "add it whole, or cut it by hand")
    formats.parse(path)
    excerpt = _cut_sections(filesystem.read_bytes(path, xml.MAX_BYTES), *sections, term.casefold())
    if excerpt is None:
        raise CorpusError(str(path), f"“{term}” stands nowhere in it", "leave it out, or name another term")
    return excerpt, parse_content(path.name, excerpt, str(path))


def _cut_sections(content: bytes, parent: str, openings: frozenset[str], term: str) -> bytes | None:
    """Return `content` without the sections that lack `term`, which is in lower case; None where none is left."""
    children, end = _find_children(content, parent)
    starts = [start for number, (start, name) in enumerate(children) if not number or not openings or name in openings]
    sections = [content[start:stop] for start, stop in pairwise([*starts, end])]
    matching = [section for section in sections if term in section.decode("utf-8", "replace").casefold()]
    return content[: starts[0]] + b"".join(matching) + content[end:] if matching else None


def _find_children(content: bytes, parent: str) -> tuple[list[tuple[int, str]], int]:
    """Return the offset and name of each child of the first `parent`, and the offset of its end tag, in bytes."""
    children: list[tuple[int, str]] = []
    open_tags: list[str] = []
    end = 0
    parser = expat.ParserCreate()

    def on_start(tag: str, _attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if not end and open_tags and open_tags[-1] == parent:
            children.append((parser.CurrentByteIndex, name))
        open_tags.append(name)

    def on_end(_tag: str) -> None:
        nonlocal end
        name = open_tags.pop()
        if name == parent and not end:
            end = parser.CurrentByteIndex

    parser.StartElementHandler, parser.EndElementHandler = on_start, on_end
    parser.Parse(content, True)  # noqa: FBT003  its own signature
    return children, end
