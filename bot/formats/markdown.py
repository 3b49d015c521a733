r"""Articles in Markdown, under an optional TOML header: the words without the marks.

What a reader of the rendered page sees is the text: no asterisks of emphasis, no addresses of links. Words struck
through are left out, and a block quotation stands in quotation marks, as from a web page. Lines and paragraphs stay
as they are.
"""

from __future__ import annotations

import re
from pathlib import Path

from bot.formats.base import AddedAs, Parsed, is_text
from bot.formats.plain import split_header
from bot.model import Document
from bot.storage.filesystem import read_text
from bot.text import normalise_line

SUFFIXES = (".md", ".markdown")
ADDED_AS = AddedAs.TEXT
sniff = is_text

_QUOTE_MARKS = frozenset("\"“‘'«„")
_BLOCK_QUOTATION = re.compile(r"(?:^ {0,3}>[^\n]*(?:\n|\Z))+", re.MULTILINE)
_QUOTE_SIGN = re.compile(r"^ {0,3}>[ \t]?", re.MULTILINE)
_STRUCK = re.compile(
    r"~~(?=\S)(?P<tilde>[^~\n]{1,2000})~~[ \t]?"
    r"|<(?P<tag>del|s|strike)\b[^<>]{0,200}>(?P<tagged>[^<]{0,2000})</(?P=tag)>[ \t]?",
    re.IGNORECASE,
)
_HIDDEN = re.compile(
    r"<(?P<tag>\w{1,12})\b[^<>]{0,200}?(?:\shidden\b|display:\s?none)[^<>]{0,200}>(?P<words>[^<]{0,2000})</(?P=tag)>",
    re.IGNORECASE,
)
# A block of code is nobody's words.
_CODE = re.compile(
    r"^ {0,3}(?P<fence>`{3,}|~{3,})[^\n]*\n(?P<words>(?:(?! {0,3}(?P=fence))[^\n]*\n)*) {0,3}(?P=fence)[^\n]*$",
    re.MULTILINE,
)
_NOTE = re.compile(r"^ {0,3}\[\^[^\[\]\n]{1,40}\]:[ \t]+(?P<words>[^\n]*)", re.MULTILINE)
# Each with what stays of it, in this order: an image is a link with a sign before it.
_MARKS = (
    (re.compile(r"!\[[^\[\]\n]*\]\([^()\n]*\)"), ""),
    (re.compile(r"^ {0,3}\[[^\[\]\n]+\]:[ \t]+\S+[^\n]*\n?", re.MULTILINE), ""),
    (re.compile(r"\[\^[^\[\]\n]{1,40}\]:?"), ""),
    (re.compile(r"\[([^\[\]\n]+)\]\([^()\n]*\)"), r"\1"),
    (re.compile(r"\[([^\[\]\n]+)\]\[[^\[\]\n]*\]"), r"\1"),
    (re.compile(r"<(https?://[^<>\s]+)>"), r"\1"),
    (re.compile(r"^ {0,3}#{1,6}[ \t]+([^\n]*?)(?:[ \t]+#+)?[ \t]*$", re.MULTILINE), r"\1"),
    (re.compile(r"(?<![\\\w*])(\*{1,3})(?=[^\s*])([^*]{1,5000}?)(?<=[^\s\\*])\1(?![\w*])"), r"\2"),
    (re.compile(r"(?<![\\\w*])(\*{1,3})(?=[^\s*])([^*]{1,5000}?)(?<=[^\s\\*])\1(?![\w*])"), r"\2"),
    (re.compile(r"(?<=\w)(\*\*)(?=[^\s*])([^*\n]{1,500}?)(?<=[^\s\\*])\1"), r"\2"),
    (re.compile(r"(?<![\\\w_])(_{1,3})(?=[^\s_])([^_]{1,5000}?)(?<=[^\s\\_])\1(?![\w_])"), r"\2"),
    (re.compile(r"(?<![\\`])(`{1,2})(?=[^`])([^`\n]+)\1(?!`)"), r"\2"),
    (re.compile(r"\\([!-/:-@\[-`{-~])"), r"\1"),
)


def parse(path: Path, document_id: str) -> Parsed:
    """Parse the text and the header of the file at `path`.

    Raises:
        CorpusError: the file is not text, or its header is malformed.
    """
    header, body, _ = split_header(read_text(path), str(path))
    left_out = [match["tilde"] or match["tagged"] for match in _STRUCK.finditer(body)]
    left_out += [
        normalise_line(match["words"]) for pattern in (_HIDDEN, _CODE, _NOTE) for match in pattern.finditer(body)
    ]
    return Parsed(Document(document_id, remove_marks(body), **header.facts), tuple(filter(None, left_out)))


def remove_marks(text: str) -> str:
    r"""Return the words of a text in Markdown, as a page shows them.

    >>> remove_marks("# Trams\n\n**Ann Low** said it is *late* [here](https://example.org).")
    'Trams\n\nAnn Low said it is late here.'
    """
    text = _HIDDEN.sub("", _CODE.sub("", _remove_comments(text)))
    text = _STRUCK.sub("", _BLOCK_QUOTATION.sub(_mark_quotation, text))
    for pattern, replacement in _MARKS:
        text = pattern.sub(replacement, text)
    return text


def _remove_comments(text: str) -> str:
    """Return `text` without its comments; one that is never closed stays."""
    pieces, end = [], 0
    while (start := text.find("<!--", end)) >= 0 and (close := text.find("-->", start)) >= 0:
        pieces.append(text[end:start])
        end = close + len("-->")
    return "".join([*pieces, text[end:]])


def _mark_quotation(block: re.Match[str]) -> str:
    """Return a block quotation between marks, each paragraph with its own; as it is where it has some."""
    words = _QUOTE_SIGN.sub("", block[0])
    body = words.strip()
    if not body or body[0] in _QUOTE_MARKS or "“" in body or '"' in body:
        return words
    paragraphs = re.split(r"(\n[ \t]*\n\s*)", body)
    marked = "".join(part if index % 2 else f"“{part}" for index, part in enumerate(paragraphs))
    return words.replace(body, f"{marked}”", 1)
