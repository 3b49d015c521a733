"""Web pages saved in one file: MHTML, as Chrome and Edge save them, and Safari's webarchive.

The page is the part that the file says it is a snapshot of; images, frames and styles beside it are never opened. What
is in the page is for `html.py`.
"""

from __future__ import annotations

import codecs
import email
import plistlib
import re
from dataclasses import replace
from email import policy
from email.message import Message
from pathlib import Path
from typing import NamedTuple

from bot.errors import CorpusError
from bot.formats import html
from bot.formats.base import AddedAs, Parsed, is_text
from bot.formats.record_fields import parse_web_address
from bot.storage import filesystem

SUFFIXES = (".mhtml", ".mht", ".webarchive")
ADDED_AS = AddedAs.EXTRACT
MAX_BYTES = 50 * 1024 * 1024
MAX_PARTS = 2000

_SNIFFED_BYTES = 8192
_SNAPSHOT = re.compile(rb"(?im)^(?:snapshot-content-location:|content-type:\s*multipart/related)")
_BINARY_PLIST = b"bplist00"
_MAIN_RESOURCE = b"WebMainResource"


class _SavedPage(NamedTuple):
    """A page, and the address that it was saved from."""

    content: bytes
    address: str | None


def sniff(content: bytes) -> bool:
    """Return whether `content` is a page saved with what belongs to it."""
    if content.startswith(_BINARY_PLIST):
        return _MAIN_RESOURCE in content
    head = content[:_SNIFFED_BYTES].partition(b"\r\n\r\n")[0].partition(b"\n\n")[0]
    return is_text(content) and _SNAPSHOT.search(head) is not None and b"mime-version" in head.lower()


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
    parsed = html.parse_page(page.content, path, document_id)
    url = parsed.document.url or parse_web_address(page.address)
    return parsed._replace(document=replace(parsed.document, url=url))


def _open_webarchive(content: bytes) -> _SavedPage | None:
    """Return the main resource of a webarchive, in UTF-8."""
    resource = plistlib.loads(content, fmt=plistlib.FMT_BINARY).get("WebMainResource", {})
    data, name = resource.get("WebResourceData"), resource.get("WebResourceTextEncodingName") or "utf-8"
    if not isinstance(data, bytes):
        return None
    return _SavedPage(_to_utf8(data, str(name)), str(resource.get("WebResourceURL") or ""))


def _open_mhtml(content: bytes) -> _SavedPage | None:
    """Return the page that a MHTML file is a snapshot of, its first page otherwise."""
    message = email.message_from_bytes(content, policy=policy.compat32)
    address = str(message.get("Snapshot-Content-Location") or "").strip()
    pages: list[Message] = []
    for number, part in enumerate(message.walk()):
        if number > MAX_PARTS:
            break
        if part.get_content_type() == "text/html":
            pages.append(part)
    chosen = next((part for part in pages if part.get("Content-Location") == address), next(iter(pages), None))
    if chosen is None:
        return None
    payload = chosen.get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else b""
    return _SavedPage(
        _to_utf8(data, chosen.get_content_charset()), address or str(chosen.get("Content-Location") or "")
    )


def _to_utf8(data: bytes, encoding: str | None) -> bytes:
    """Return `data` in UTF-8 with its mark, as the envelope declares it; as it is where that says nothing."""
    if encoding is None:
        return data
    return codecs.BOM_UTF8 + data.decode(encoding, "replace").encode()
