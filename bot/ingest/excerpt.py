"""A part of a long record: the sections in which a term stands, byte for byte as published.

A day of a parliament holds thirty debates, of which a corpus wants one. What is kept are whole sections, with the
divisions in them; nothing within a section is cut.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from xml.parsers import expat

from bot import formats
from bot.errors import CorpusError
from bot.formats import xml
from bot.storage import safe_read

if TYPE_CHECKING:
    from bot.formats.base import Parsed


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


def cut_record(path: Path, term: str) -> tuple[bytes, Parsed]:
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
