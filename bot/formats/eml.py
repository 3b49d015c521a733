"""E-mails (.eml), such as press releases: the sender's own words, and nothing else.

Who received it, everybody's addresses, and the thread that it quotes are not kept, and neither is the file itself. No
attachment is opened and nothing is loaded. The text part is read; where there is only HTML, its paragraphs.
"""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from email import policy
from email.message import EmailMessage, Message
from email.utils import parseaddr, parsedate_to_datetime
from itertools import pairwise
from pathlib import Path

from bot.errors import CorpusError
from bot.formats import record_fields
from bot.formats.base import AddedAs, Parsed, clean_line, is_text, load_table
from bot.formats.canonical import PARAGRAPH_BREAK
from bot.formats.mhtml import ARCHIVE_HEADER, decode_payload, read_mail_headers
from bot.model import Document
from bot.storage import filesystem
from bot.text import normalise_line, split_paragraphs

SUFFIXES = (".eml",)
ADDED_AS = AddedAs.EXTRACT_ONLY
MAX_BYTES = 20 * 1024 * 1024
MAX_PARTS = 200

_HEADER = re.compile(rb"(?im)^(?:from|date|subject|message-id|received|mime-version):")
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
_TABLE = load_table("eml")
_THREAD_START, _SENDER_LINE, _HEADER_LINE = (
    re.compile("|".join(_TABLE[key]), re.IGNORECASE) for key in ("thread_starts", "sender_lines", "header_lines")
)
_THREAD_CLASSES = frozenset({record_fields.CITED_BLOCK, *_TABLE["thread_classes"].split()})
_SIGNATURE = re.compile(r"--\s?")
_QUOTATION_MARKS = frozenset('“”"')


def sniff(content: bytes) -> bool:
    """Return whether `content` opens with an e-mail's headers, and is not a saved web page."""
    head = read_mail_headers(content)
    is_message = len({match.lower() for match in _HEADER.findall(head)}) > 1
    return is_text(content) and is_message and not ARCHIVE_HEADER.search(head)


def parse(path: Path, document_id: str) -> Parsed:
    """Parse the e-mail at `path`.

    Raises:
        CorpusError: the file is no e-mail, or has no text of its own.
    """
    content = filesystem.read_bytes(path, MAX_BYTES)
    try:
        message = email.message_from_bytes(content, policy=policy.default)
        lines = list(_read_body(message, str(path)))
        title, author, date = clean_line(message["Subject"]), _read_author(message), _read_date(message)
    # A message made by hand makes the library raise almost anything, RecursionError among it.
    except (AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
        raise CorpusError(str(path), "not a valid e-mail", "save it again, or save its text as .txt") from error
    own_lines = list(_drop_thread(lines))
    paragraphs = [line for line in own_lines if not _ADDRESS.search(line)]
    if not paragraphs:
        raise CorpusError(str(path), "it contains no text of its own", "save its text as .txt")
    authors = (author,) if author else ()
    document = Document(document_id, PARAGRAPH_BREAK.join(paragraphs), title=title, authors=authors, date=date)
    addressed = len(own_lines) - len(paragraphs)
    left_out = [f"{addressed} paragraphs with addresses"] if addressed else []
    left_out += ["the thread that it quotes"] if len(own_lines) < len(lines) else []
    return Parsed(document, tuple(left_out), "its Date" if date else None)


def _read_body(message: EmailMessage | Message, place: str) -> Iterator[str]:
    """Yield the paragraphs of the first part in plain text, else of the first in HTML; no attachment or enclosed mail.

    Raises:
        CorpusError: it has more than `MAX_PARTS` parts.
    """
    parts = []
    for part in message.walk():
        parts.append(part)
        if len(parts) > MAX_PARTS:
            raise CorpusError(place, f"it has more than {MAX_PARTS} parts", "save its text as .txt")
    shown = [part for part in parts if part.get_content_disposition() != "attachment" and not _is_enclosed(part, parts)]
    for kind in ("text/plain", "text/html"):
        for part in shown:
            if part.get_content_type() == kind:
                yield from (_read_markup if kind == "text/html" else _join_lines)(_decode(part))
                return


def _read_markup(text: str) -> Iterator[str]:
    """Yield the paragraphs of HTML; those that are marked as a thread open with `>`, as in plain text.

    Any other block quotation stands in quotation marks, as from a web page.
    """
    for paragraph in record_fields.split_paragraphs(text):
        is_quoted = "blockquote" in paragraph.tags and not _QUOTATION_MARKS.intersection(paragraph.words)
        words = f"“{paragraph.words}”" if is_quoted else paragraph.words
        yield f"> {paragraph.words}" if _THREAD_CLASSES.intersection(paragraph.classes) else words


def _is_enclosed(part: EmailMessage | Message, parts: list[EmailMessage | Message]) -> bool:
    """Return whether a part belongs to another message that is enclosed in this one."""
    enclosing = (item for item in parts if item.get_content_type() == "message/rfc822" and item is not parts[0])
    return any(part is inner for item in enclosing for inner in item.walk())


def _decode(part: EmailMessage | Message) -> str:
    """Decode a part in the encoding that it names, UTF-8 if none; in Windows-1252 where that fails."""
    data = decode_payload(part)
    name = part.get_content_charset() or "utf-8"
    try:
        return data.decode(name)
    except (LookupError, ValueError):
        return data.decode("cp1252", "replace")


def _join_lines(text: str) -> Iterator[str]:
    """Yield paragraphs, each joined to one line; one with a quoted line or a thread's or signature's mark by lines."""
    for block in re.split(r"\r?\n[ \t]*\r?\n", text):
        lines = [block[span.start : span.end] for span in split_paragraphs(block)]
        patterns = (_THREAD_START, _SENDER_LINE, _SIGNATURE)
        joined = normalise_line(" ".join(lines))
        if _THREAD_START.fullmatch(joined):
            yield joined
        elif any(line.startswith(">") or any(pattern.fullmatch(line) for pattern in patterns) for line in lines):
            yield from lines
        else:
            yield joined


def _drop_thread(lines: list[str]) -> Iterator[str]:
    """Yield the lines before a quoted thread or a signature, without those that are quoted one by one."""
    normalised = [*map(normalise_line, lines), ""]
    for line, next_line in pairwise(normalised):
        is_header = _SENDER_LINE.fullmatch(line) and _HEADER_LINE.fullmatch(next_line)
        if is_header or _THREAD_START.fullmatch(line) or _SIGNATURE.fullmatch(line):
            return
        if line and not line.startswith(">"):
            yield line


def _read_author(message: EmailMessage | Message) -> str | None:
    """Return the sender's name, None where there is only an address."""
    name = clean_line(parseaddr(str(message["From"] or ""))[0])
    return None if name is None or _ADDRESS.search(name) else name


def _read_date(message: EmailMessage | Message) -> str | None:
    """Return the day on which a message was sent, None where it says none that can be read."""
    try:
        return parsedate_to_datetime(str(message["Date"] or "")).date().isoformat()
    except (ValueError, TypeError):
        return None
