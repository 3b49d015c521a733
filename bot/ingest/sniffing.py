"""What a file is by its content, whatever it is called."""

from __future__ import annotations

import io
import zipfile
from pathlib import PurePath

from bot.errors import CorpusError
from bot.formats import SUFFIXES

MAX_MEMBERS = 1000
MAX_UNPACKED_BYTES = 50 * 1024 * 1024
MAX_COMPRESSION_RATIO = 100

# Records, and feeds, which no format reads and nobody should take for text.
_XML_ROOTS = (b"<publicwhip", b"<rss", b"<feed", b"<rdf:rdf")
_WHITESPACE = b" \t\r\n"
_BOM = b"\xef\xbb\xbf"
_ZIP_MAGIC, _ARCHIVE_MAGICS = (
    b"PK\x03\x04",
    (b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"BZh", b"\xfd7zXZ"),
)


def detect_suffix(content: bytes) -> str | None:
    r"""Return the suffix that fits `content`, or None for what no format reads.

    >>> [detect_suffix(b) for b in (b"%PDF-1.7", b" <!DOCTYPE html>", b"Ann: Yes.", b"\0")]
    ['.pdf', '.html', '.txt', None]
    """
    head = content[:2048].removeprefix(_BOM).lstrip(_WHITESPACE).lower()
    if content.startswith(b"%PDF-"):
        return ".pdf"
    if content.startswith(_ZIP_MAGIC):
        return ".docx" if b"[Content_Types].xml" in content or b"word/" in content else None
    if head.startswith((b"<!doctype html", b"<html")):
        return ".html"
    if head.startswith(b"<?xml"):
        return ".html" if b"<html" in head else ".xml"
    if content.startswith(_ARCHIVE_MAGICS) or b"\0" in content:
        return None
    return ".xml" if head.startswith(_XML_ROOTS) else ".txt"


def check_suffix_matches_content(name: str, content: bytes) -> None:
    """Do nothing, if the file called `name` has content of the kind that its name promises.

    Raises:
        CorpusError: no format reads such a name, or the content is of another kind.
    """
    named_suffix = PurePath(name).suffix.lower()
    if named_suffix not in SUFFIXES:
        raise CorpusError(name, "no format reads such a file", f"send {', '.join(SUFFIXES)}")
    actual_suffix = detect_suffix(content)
    equivalents = {".htm": ".html", ".md": ".txt", ".transcript": ".txt"}
    is_text = equivalents.get(named_suffix, named_suffix) == ".txt" and actual_suffix in (
        ".html",
        ".xml",
        ".txt",
    )
    if actual_suffix is None or not (
        is_text or equivalents.get(named_suffix, named_suffix) == actual_suffix
    ):
        description = (
            f"its content is that of a {actual_suffix} file"
            if actual_suffix
            else "its content is of no kind"
        )
        raise CorpusError(
            name, f"{description}, not of {named_suffix}", "send the file as it was saved"
        )


def check_unpacked_size(name: str, content: bytes) -> None:
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
    unpacked_bytes = sum(member.file_size for member in members)
    if len(members) > MAX_MEMBERS:
        raise CorpusError(name, f"more than {MAX_MEMBERS:,} files are packed in it", remedy)
    if unpacked_bytes > min(MAX_UNPACKED_BYTES, MAX_COMPRESSION_RATIO * max(len(content), 1)):
        raise CorpusError(name, f"{unpacked_bytes:,} bytes once unpacked", remedy)
    if any(PurePath(m.filename).suffix.lower() in (".zip", ".docx", ".gz") for m in members):
        raise CorpusError(name, "an archive is packed in it", remedy)
