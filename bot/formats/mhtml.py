"""Web pages saved in one file: MHTML, as Chrome and Edge save them, and Safari's webarchive.

The page is the part that the file says it is a snapshot of; images, frames and styles beside it are never opened.
`html.py` reads the page itself.
"""

from __future__ import annotations

import codecs
import email
import plistlib
import re
from dataclasses import replace
from email import policy
from email.message import Message
from itertools import islice
from pathlib import Path

from bot.errors import CorpusError
from bot.formats import html
from bot.formats.base import AddedAs, Parsed, is_text, parse_web_address
from bot.storage import filesystem

SUFFIXES = (".mhtml", ".mht", ".webarchive")
ADDED_AS = AddedAs.EXTRACT
MAX_BYTES = 50 * 1024 * 1024
MAX_PARTS = 2000

_SNIFFED_BYTES = 8192
# A header that tells a saved page from an e-mail.
ARCHIVE_HEADER = re.compile(rb"(?im)^(?:snapshot-content-location:|content-type:\s*multipart/related)")
_BINARY_PLIST = b"bplist00"
_MAIN_RESOURCE = b"WebMainResource"


def sniff(content: bytes) -> bool:
    """Return whether `content` is a page saved with what belongs to it."""
    if content.startswith(_BINARY_PLIST):
        return _MAIN_RESOURCE in content
    head = read_mail_headers(content)
    return is_text(content) and ARCHIVE_HEADER.search(head) is not None and b"mime-version" in head.lower()


def read_mail_headers(content: bytes) -> bytes:
    """Return the headers that a message or page archive opens with, cut at `_SNIFFED_BYTES`."""
    return content[:_SNIFFED_BYTES].partition(b"\r\n\r\n")[0].partition(b"\n\n")[0]


def decode_payload(part: Message) -> bytes:
    """Return the content of one part of a message, freed of its transfer encoding; b"" for a part that holds parts."""
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def parse(path: Path, document_id: str) -> Parsed:
    """Parse the page in the file at `path`; see `html.parse`.

    Raises:
        CorpusError: the file is damaged, holds no page, or the page cannot be read.
    """
    content = filesystem.read_bytes(path, MAX_BYTES)
    try:
        page = _open_webarchive(content) if content.startswith(_BINARY_PLIST) else _open_mhtml(content)
    # A file made by hand makes the libraries raise almost anything, RecursionError among it.
    except Exception as error:
        raise CorpusError(str(path), "not a valid saved page", "save the page again, as HTML") from error
    if page is None:
        raise CorpusError(str(path), "it holds no page", "save the page again, as HTML")
    content, address = page
    parsed = html.parse_page(content, path, document_id)
    url = parsed.document.url or parse_web_address(address)
    return parsed._replace(document=replace(parsed.document, url=url))


def _open_webarchive(content: bytes) -> tuple[bytes, str] | None:
    """Return the main resource of a webarchive, in UTF-8, and its address or ""; None where it holds no page."""
    resource = plistlib.loads(content, fmt=plistlib.FMT_BINARY).get("WebMainResource", {})
    data, name = resource.get("WebResourceData"), resource.get("WebResourceTextEncodingName") or "utf-8"
    is_page = isinstance(data, bytes)
    return (_to_utf8(data, str(name)), str(resource.get("WebResourceURL") or "")) if is_page else None


def _open_mhtml(content: bytes) -> tuple[bytes, str] | None:
    """Return the page that an MHTML file is a snapshot of, or else its first page, as `_open_webarchive` does."""
    message = email.message_from_bytes(content, policy=policy.compat32)
    address = str(message.get("Snapshot-Content-Location") or "").strip()
    parts = islice(message.walk(), MAX_PARTS + 1)
    pages = [part for part in parts if part.get_content_type() == "text/html"]
    chosen = next((part for part in pages if part.get("Content-Location") == address), next(iter(pages), None))
    if chosen is None:
        return None
    page = _to_utf8(decode_payload(chosen), chosen.get_content_charset())
    return page, address or str(chosen.get("Content-Location") or "")


def _to_utf8(data: bytes, encoding: str | None) -> bytes:
    """Return `data`, which is in `encoding`, in UTF-8 with a byte order mark; as it is where `encoding` is None."""
    if encoding is None:
        return data
    return codecs.BOM_UTF8 + data.decode(encoding, "replace").encode()
