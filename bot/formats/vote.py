"""A division as the votes APIs of the two Houses in Westminster answer one by its id.

Nobody speaks in it, so the document has no words: it holds the division alone, which `[[divisions]]` of
the manifest may read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import CorpusError
from bot.formats.base import AddedAs, Parsed
from bot.formats.divisions import read_answer
from bot.formats.json_file import load_object
from bot.model import Document

if TYPE_CHECKING:
    from pathlib import Path

SUFFIXES = (".json",)
ADDED_AS = AddedAs.RECORD

LICENCE = "Open Parliament Licence v3.0"
PUBLISHER = "UK Parliament, votes"


def sniff(content: bytes) -> bool:
    """Return whether `content` looks like a division of either House asked for by its id."""
    keys = ((b'"DivisionId"', b'"AyeTellers"'), (b'"divisionId"', b'"contentTellers"'))
    return content.lstrip().startswith(b"{") and any(id_key in content and key in content for id_key, key in keys)


def parse(path: Path, document_id: str) -> Parsed:
    """Return a document without words that holds the division in the file at `path`.

    Raises:
        CorpusError: the file holds no division with its voters and its day.
    """
    division = read_answer(load_object(path))
    if division is None or not division.date:
        raise CorpusError(str(path), "not a division with its voters and its day", "ask for it by its id")
    document = Document(
        document_id,
        "",
        title=f"Division {division.number}: {division.question or 'no question printed'}",
        publisher=PUBLISHER,
        authors=(f"House of {division.house.title()}",),
        date=division.date,
        url=division.url,
        licence=LICENCE,
        divisions=(division,),
    )
    return Parsed(document, (), "the day of the division")
