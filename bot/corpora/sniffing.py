"""What a file is by its content, whatever it is called."""

from __future__ import annotations

import io
import zipfile
from pathlib import PurePath

from bot.errors import CorpusError
from bot.formats import SUFFIXES

MOST_MEMBERS = 1000
MOST_UNPACKED = 50 * 1024 * 1024
MOST_RATIO = 100

# Records, and feeds, which no format reads and nobody should take for text.
_ROOTS = (b"<publicwhip", b"<rss", b"<feed", b"<rdf:rdf")
_SPACE = b" \t\r\n"
_BOM = b"\xef\xbb\xbf"
_LOCAL, _ARCHIVES = b"PK\x03\x04", (b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"BZh", b"\xfd7zXZ")


def suffix(content: bytes) -> str | None:
    r"""Return the suffix that fits `content`, or None for what no format reads.

    >>> suffix(b"%PDF-1.7"), suffix(b" <!DOCTYPE html>"), suffix(b"Ann: Yes."), suffix(b"\0")
    ('.pdf', '.html', '.txt', None)
    """
    head = content[:2048].removeprefix(_BOM).lstrip(_SPACE).lower()
    if content.startswith(b"%PDF-"):
        return ".pdf"
    if content.startswith(_LOCAL):
        return ".docx" if b"[Content_Types].xml" in content or b"word/" in content else None
    if head.startswith((b"<!doctype html", b"<html")):
        return ".html"
    if head.startswith(b"<?xml"):
        return ".html" if b"<html" in head else ".xml"
    if content.startswith(_ARCHIVES) or b"\0" in content:
        return None
    return ".xml" if head.startswith(_ROOTS) else ".txt"


def be_what_it_is_called(name: str, content: bytes) -> None:
    """Do nothing, if the file called `name` has content of the kind that its name promises.

    Raises:
        CorpusError: no format reads such a name, or the content is of another kind.
    """
    called = PurePath(name).suffix.lower()
    if called not in SUFFIXES:
        raise CorpusError(name, "no format reads such a file", f"send {', '.join(SUFFIXES)}")
    found = suffix(content)
    kinds = {".htm": ".html", ".md": ".txt", ".transcript": ".txt"}
    text = kinds.get(called, called) == ".txt" and found in (".html", ".xml", ".txt")
    if found is None or not (text or kinds.get(called, called) == found):
        like = f"its content is that of a {found} file" if found else "its content is of no kind"
        raise CorpusError(name, f"{like}, not of {called}", "send the file as it was saved")


def be_small_once_unpacked(name: str, content: bytes) -> None:
    """Do nothing, if an archive is modest by its own word and holds no archive itself.

    Its listing alone may be large, so this is for a child process too.

    Raises:
        CorpusError: it is not.
    """
    remedy = "save it anew, without whatever is packed in it"
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError) as error:
        raise CorpusError(name, "an archive that cannot be read", remedy) from error
    unpacked = sum(member.file_size for member in members)
    if len(members) > MOST_MEMBERS:
        raise CorpusError(name, f"more than {MOST_MEMBERS:,} files are packed in it", remedy)
    if unpacked > min(MOST_UNPACKED, MOST_RATIO * max(len(content), 1)):
        raise CorpusError(name, f"{unpacked:,} bytes once unpacked", remedy)
    if any(PurePath(m.filename).suffix.lower() in (".zip", ".docx", ".gz") for m in members):
        raise CorpusError(name, "an archive is packed in it", remedy)
