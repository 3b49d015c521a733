"""Safe XML parsing with the standard library, of files and of the archives that Word and OpenDocument files are.

Parliaments' older files open with a list of entities such as `&mdash;`, so document types cannot
be refused outright. External entities are refused, and so are entities that stand for other
entities or more than a few characters: no file yields much more text than it has bytes. Names
are local: the prefix and version of a namespace make no difference.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from codecs import BOM_UTF8
from collections.abc import Container, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from bot.errors import CorpusError
from bot.formats.base import clean_line
from bot.storage import filesystem
from bot.text import normalise_line

MAX_BYTES = 10 * 1024 * 1024
MAX_DEPTH = 100
MAX_ARCHIVE_BYTES = 50 * 1024 * 1024
MAX_UNPACKED_BYTES = 20 * 1024 * 1024

FEED_ROOTS = ("RDF", "feed", "rss")

_Format = TypeVar("_Format")

# Enough for a declaration, a comment and a document type before a page's <html>.
_SNIFFED_BYTES = 2048
_OPENING_TAG = re.compile(rb"<(?:[\w.-]+:)?([\w.-]+)[\s/>]", re.ASCII)
# Eight characters hold any letter with its accents; `&` itself is written as a reference.
_SHORT_ENTITY = re.compile(r"(?:[^&]|&#\w{1,6};){0,8}", re.DOTALL)
_OLE_MAGIC = b"\xd0\xcf\x11\xe0"
# NotImplementedError is a RuntimeError.
_ARCHIVE_ERRORS = (EOFError, KeyError, OSError, RuntimeError, ValueError, zipfile.BadZipFile, zlib.error)


class _Forbidden(Exception):  # noqa: N818  carries a fact out of the parser, no further
    """The file declares or nests what is refused."""


class _RootFound(Exception):  # noqa: N818  ends a parse that only needs the root
    """The root was reached."""


def parse_file(path: Path) -> Element:
    """Parse the XML file at `path`; element names have no prefixes.

    Raises:
        CorpusError: the file is not well formed, nests deeper than `MAX_DEPTH`, or declares an
            entity that is refused.
    """
    return parse_bytes(filesystem.read_bytes(path, MAX_BYTES), str(path))


def parse_bytes(data: bytes, place: str) -> Element:
    """Parse the XML in `data`, which is from `place`; see `parse_file`."""
    builder = TreeBuilder()
    depth = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        """Begin an element under its local name; refuse one that nests too deep."""
        nonlocal depth
        depth += 1
        if depth > MAX_DEPTH:
            raise _Forbidden(f"elements nested more than {MAX_DEPTH} deep")
        builder.start(_strip_namespace(name), attributes)

    def end(name: str) -> None:
        """End an element."""
        nonlocal depth
        depth -= 1
        builder.end(_strip_namespace(name))

    parser = _create_parser()
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = builder.data
    _run_parser(parser, data, place)
    return builder.close()


def sniff(content: bytes, roots: Iterable[str]) -> bool:
    """Return whether `content` looks like XML that is no web page, or opens with one of `roots` or a feed's.

    A feed counts, so that it is refused as one and never taken for text.
    """
    head = content[:_SNIFFED_BYTES].removeprefix(BOM_UTF8).lstrip()
    if head.startswith(b"<?xml"):
        return b"<html" not in head.lower()
    match = _OPENING_TAG.match(head)
    return match is not None and match[1].decode() in {*roots, *FEED_ROOTS}


def find_by_root(path: Path, formats_by_root: Mapping[str, _Format]) -> _Format:
    """Choose the format of the XML file at `path` by the local name of its root.

    Raises:
        CorpusError: the root cannot be read, is a feed's, or is none of `formats_by_root`.
    """
    root = read_root_name(path)
    if root in FEED_ROOTS:
        raise CorpusError(str(path), f"<{root}> is a feed, not a document", "add the pages that it lists, one by one")
    if root not in formats_by_root:
        known_roots = ", ".join(sorted(formats_by_root))
        raise CorpusError(str(path), f"no format reads <{root}>", f"use a file whose root is one of {known_roots}")
    return formats_by_root[root]


def read_root_name(path: Path) -> str:
    """Read the local name of the root of the XML file at `path`.

    Raises:
        CorpusError: the file has no root that can be read.
    """
    names: list[str] = []

    def start(name: str, _attributes: dict[str, str]) -> None:
        """Keep the first name, and stop the parser there."""
        names.append(_strip_namespace(name))
        raise _RootFound

    parser = _create_parser()
    parser.StartElementHandler = start
    with suppress(_RootFound):
        _run_parser(parser, filesystem.read_bytes(path, MAX_BYTES), str(path))
    return names[0]


def join_element_text(element: Element) -> str:
    """Return all text within `element`, joined as it is."""
    return "".join(element.itertext())


def find_first(element: Element | None, *names: str) -> Element | None:
    """Find an element by its path of `names`, each anywhere within the one before; None if any is missing."""
    for name in names:
        within = () if element is None else element.iter(name)
        element = next((candidate for candidate in within if candidate is not element), None)
    return element


def is_wholly(element: Element, tags: Container[str]) -> bool:
    """Return whether `element` is of one of these `tags`, or holds nothing else."""
    return element.tag in tags or holds_only(element, tags)


def holds_only(element: Element, tags: Container[str]) -> bool:
    """Return whether `element` holds elements of these `tags`, and no word beside them."""
    loose_text = "".join([element.text or "", *(child.tail or "" for child in element)])
    return len(element) > 0 and not normalise_line(loose_text) and all(child.tag in tags for child in element)


def bracket(remark: str) -> str:
    """Return a remark of the record within a speech in brackets, as print has it; one in brackets, or "", as it is."""
    return remark if not remark or remark[0] in "([" else f"[{remark}]"


def read_clean_text(element: Element | None) -> str | None:
    """Return the text of `element` as one printable line, None if it is missing or empty."""
    return clean_line(join_element_text(element)) if element is not None else None


@contextmanager
def open_archive(path: Path, suffix: str) -> Iterator[zipfile.ZipFile]:
    """Open the archive at `path`, of a format whose files end with `suffix`.

    Raises:
        CorpusError: the archive, or a part read from it, is damaged or password-protected.
    """
    data = filesystem.read_bytes(path, MAX_ARCHIVE_BYTES)
    if data.startswith(_OLE_MAGIC):
        fact = "it is password-protected or in the old .doc format"
        raise CorpusError(str(path), fact, f"save it as {suffix} without a password")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            yield archive
    except _ARCHIVE_ERRORS as error:
        raise CorpusError(str(path), f"not a valid {suffix} file", "save it again") from error


def read_part(archive: zipfile.ZipFile, name: str, place: str) -> Element:
    """Parse one part of the archive, decompressing no more than `MAX_UNPACKED_BYTES`."""
    with archive.open(name) as stream:
        data = stream.read(MAX_UNPACKED_BYTES + 1)
    if len(data) > MAX_UNPACKED_BYTES:
        fact = f"more than {MAX_UNPACKED_BYTES:,} bytes once unpacked"
        raise CorpusError(place, fact, "split it into smaller documents")
    return parse_bytes(data, f"{place}/{name}" if name.isprintable() else place)


def read_facts(archive: zipfile.ZipFile, name: str | None, place: str) -> dict[str, Any]:
    """Return the title and the author that the part called `name` states; nothing without that part."""
    if name not in archive.namelist():
        return {}
    stated = read_part(archive, name, place)
    author = read_clean_text(find_first(stated, "creator"))
    return {"title": read_clean_text(find_first(stated, "title")), "authors": (author,) if author else ()}


def _create_parser() -> expat.XMLParserType:
    """Create a parser that refuses entities of other files, and those that are long or not declared."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.EntityDeclHandler = _on_entity_declared
    parser.SkippedEntityHandler = _on_entity_skipped
    return parser


def _run_parser(parser: expat.XMLParserType, data: bytes, place: str) -> None:
    """Parse `data` to its end; XML that is broken or forbidden raises a CorpusError with its line."""
    try:
        parser.Parse(data, True)  # noqa: FBT003  its own signature
    except expat.ExpatError as error:
        fact = f"not XML: {expat.ErrorString(error.code)}"
        raise CorpusError(f"{place}:{error.lineno}", fact, "download the file again") from error
    except (_Forbidden, ValueError, LookupError) as error:
        location = f"{place}:{parser.CurrentLineNumber}"
        raise CorpusError(location, str(error), "use another edition of this document") from error


def _on_entity_declared(name: str, _is_parameter: bool, value: str | None, *_addresses: str | None) -> None:  # noqa: FBT001
    """Refuse an entity that refers to a file or is long enough to exhaust memory."""
    if value is None:
        raise _Forbidden(f"the entity '{name}' refers to another file")
    if not _SHORT_ENTITY.fullmatch(value):
        raise _Forbidden(f"the entity '{name}' stands for more than a few characters")


def _on_entity_skipped(name: str, _is_parameter: bool) -> None:  # noqa: FBT001  expat's own signature
    """Refuse an entity that the file does not declare."""
    raise _Forbidden(f"the entity '{name}' is not declared in the file")


def _strip_namespace(name: str) -> str:
    """Return a name without the prefix of its namespace."""
    return name.rpartition(":")[2]
