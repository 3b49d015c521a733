"""A document of gov.uk, as its Content API answers it.

A speech is its speaker's, where the answer names one: what stands in it as a block was quoted. Everything else is
an article, in which a block without quotation marks is given them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.errors import CorpusError
from bot.formats.base import AddedAs, Parsed, clean_line, parse_date
from bot.formats.canonical import PARAGRAPH_BREAK, Heading, Part, Quoted, SpeakerLabel, Speech, build_text
from bot.formats.record_fields import (
    MarkedParagraph,
    get_object,
    get_objects,
    get_text,
    load_object,
    opens_object,
    split_paragraphs,
)
from bot.model import Document, Voice

SUFFIXES = (".json",)
ADDED_AS = AddedAs.RECORD

LICENCE = "Open Government Licence v3.0"
WEB_ADDRESS = "https://www.gov.uk"
# These only announce a document: its text stands in another, or in a file.
ANNOUNCEMENTS = frozenset({"publication", "consultation", "detailed_guide_collection", "document_collection"})

_HEADING_TAGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_OPENING_MARKS = "“‘\"'«"
_STYLES = re.compile(r"^(?:The )?(?:Rt\.? Hon\.? |Right Honourable |Hon\.? )?", re.IGNORECASE)
_LETTERS = re.compile(r"(?:,? (?:MP|MSP|MS|KC|QC|OBE|CBE|MBE|DBE|KBE|PC))+$")


def sniff(content: bytes) -> bool:
    """Return whether `content` looks like an answer of the Content API."""
    return opens_object(content, b'"schema_name"', b'"base_path"', b'"details"')


def parse(path: Path, document_id: str) -> Parsed:
    """Return the document in the file at `path`.

    Raises:
        CorpusError: the file is no answer of the Content API, or has no text.
    """
    content = load_object(path)
    details, links = get_object(content, "details"), get_object(content, "links")
    paragraphs = split_paragraphs(get_text(details, "body"))
    if not paragraphs:
        raise CorpusError(str(path), "it has no text of its own", "fetch the document or the file that it announces")
    speaker = _find_speaker(content, links)
    article = PARAGRAPH_BREAK.join(map(_render_paragraph, paragraphs))
    text, turns = build_text(_iter_speech(paragraphs, speaker)) if speaker else (article, ())
    document = Document(
        document_id,
        text,
        title=clean_line(get_text(content, "title")),
        publisher=", ".join(_list_titles(links, "organisations")) or "GOV.UK",
        date=_find_date(content, details),
        url=f"{WEB_ADDRESS}{get_text(content, 'base_path')}",
        licence=LICENCE,
        turns=turns,
    )
    return Parsed(document, (), "the answer's own dates")


def _find_speaker(content: Mapping[str, Any], links: Mapping[str, Any]) -> str | None:
    """Return the one speaker of a speech as printed; None for another document, or a statement by two."""
    if get_text(content, "schema_name") != "speech":
        return None
    speakers = _list_titles(links, "speaker")
    return speakers[0] if len(speakers) == 1 else None


def _iter_speech(paragraphs: Sequence[MarkedParagraph], speaker: str) -> Iterator[Part]:
    """Yield the parts of a speech, all in one voice but for quotations; a heading begins another turn."""
    name = _LETTERS.sub("", _STYLES.sub("", speaker))
    yield SpeakerLabel(speaker, Voice(name))
    for paragraph in paragraphs:
        if _HEADING_TAGS & set(paragraph.tags):
            yield Heading(paragraph.words, 2)
            # A heading ends a turn; the speech goes on.
            yield SpeakerLabel(speaker, Voice(name))
        elif "blockquote" in paragraph.tags:
            yield Quoted(paragraph.words)
        else:
            yield Speech(paragraph.words)


def _render_paragraph(paragraph: MarkedParagraph) -> str:
    """Return the words of a paragraph, with marks around a quotation that has none."""
    words = paragraph.words
    is_unmarked = "blockquote" in paragraph.tags and words[0] not in _OPENING_MARKS
    return f"“{words}”" if is_unmarked else words


def _find_date(content: Mapping[str, Any], details: Mapping[str, Any]) -> str | None:
    """Return the day of a speech, else of the first publication, else of the last public update; None without any."""
    stated = [get_text(details, key) for key in ("delivered_on", "first_public_at")]
    stated += [get_text(content, key) for key in ("first_published_at", "public_updated_at")]
    return next(filter(None, map(parse_date, stated)), None)


def _list_titles(links: Mapping[str, Any], key: str) -> list[str]:
    """Return the titles of what `links` lists under `key`, each once; empty where it lists nothing."""
    titles = [clean_line(get_text(entry, "title")) for entry in get_objects(links, key)]
    return list(dict.fromkeys(filter(None, titles)))
