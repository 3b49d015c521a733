"""Zip archives of XML parts, as Word and OpenDocument files are: read part by part, within limits."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

from bot.errors import CorpusError
from bot.formats import xml
from bot.storage import safe_read

MAX_BYTES = 50 * 1024 * 1024
MAX_UNPACKED_BYTES = 20 * 1024 * 1024

_OLE_MAGIC = b"\xd0\xcf\x11\xe0"
_ARCHIVE_ERRORS = (
    EOFError,
    KeyError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)


@contextmanager
def open_archive(path: Path, suffix: str) -> Iterator[zipfile.ZipFile]:
    """Open the archive at `path`, of a format whose files end with `suffix`.

    Raises:
        CorpusError: the archive, or a part read from it, is damaged or password-protected.
    """
    data = safe_read.read_bytes(path, MAX_BYTES)
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
    return xml.parse_bytes(data, f"{place}/{name}" if name.isprintable() else place)


def read_facts(archive: zipfile.ZipFile, name: str | None, place: str) -> dict[str, Any]:
    """Return the title and the author that the part called `name` states; nothing without that part."""
    if name not in archive.namelist():
        return {}
    stated = read_part(archive, name, place)
    author = xml.read_clean_text(xml.find_first(stated, "creator"))
    return {"title": xml.read_clean_text(xml.find_first(stated, "title")), "authors": (author,) if author else ()}
