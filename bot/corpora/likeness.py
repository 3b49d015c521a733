"""What documents say twice, or against each other: copies, other wordings, dates that clash."""

from __future__ import annotations

import re
from calendar import month_name
from collections import defaultdict
from datetime import date
from typing import TYPE_CHECKING

from bot.text import paragraphs, words
from bot.voices.roster import key
from bot.voices.wordings import wordings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.corpora.mangled import Doubt
    from bot.model import Corpus, Document

COPIED = 0.5

_FEWEST_WORDS = 12
_FIRST_WORDS = 60
_MONTHS = [name.lower() for name in month_name[1:]]
_FULL_DATE = re.compile(rf"\b(\d{{1,2}}) ({'|'.join(_MONTHS)}),? (\d{{4}})\b", re.IGNORECASE)
_IN_NAME = re.compile(r"(?<!\d)((?:19|20)\d{2})(?:-(\d{2})(?:-(\d{2}))?)?(?![\d-])")
_IN_URL = re.compile(r"/((?:19|20)\d{2})/(\d{2})(?:/(\d{2}))?(?=/|$)")


def likeness(corpus: Corpus) -> Mapping[str, list[Doubt]]:
    """Return what to compare in each document with another, by the document's id."""
    doubts: dict[str, list[Doubt]] = defaultdict(list)
    for found in (_copies(corpus), _wordings(corpus), _dates(corpus)):
        for document_id, doubt in found:
            doubts[document_id].append(doubt)
    return doubts


def _copies(corpus: Corpus) -> Iterator[tuple[str, Doubt]]:
    """Yield each document that is, or mostly is, the text of an earlier one."""
    owners: dict[tuple[str, ...], str] = {}
    texts: dict[str, str] = {}
    for document in corpus.documents:
        remedy = "keep one of them, or say in its title that it is a reprint"
        if (first := texts.setdefault(document.sha256, document.id)) != document.id:
            yield document.id, (0, f"the same text as '{first}', word for word", remedy)
            continue
        own = _paragraphs(document)
        shared = [folded for folded in own if folded in owners]
        if own and sum(map(len, shared)) > COPIED * sum(map(len, own)):
            other = owners[shared[0]]
            fact = f"{len(shared)} of its {len(own)} paragraphs stand in '{other}' too"
            yield document.id, (0, fact, remedy)
        for folded in own:
            owners.setdefault(folded, document.id)


def _paragraphs(document: Document) -> list[tuple[str, ...]]:
    """Return the words of each paragraph that is long enough to be nobody's chance."""
    text = document.text
    folded = [tuple(word.folded for word in words(text, span)) for span in paragraphs(text)]
    return [each for each in folded if len(each) >= _FEWEST_WORDS]


def _wordings(corpus: Corpus) -> Iterator[tuple[str, Doubt]]:
    # Who says a thing twice in a transcript said it twice; in print it was said once, perhaps.
    transcripts = {document.id for document in corpus.documents if document.turns}
    spoken = [(passage, key(passage.voice.name)) for passage in corpus.passages if passage.voice]
    printed = {name for passage, name in spoken if passage.document.id not in transcripts}
    asked = [passage for passage, name in spoken if name in printed]
    for one, other, spans in wordings(asked, corpus.language):
        if {one.document.id, other.document.id} <= transcripts:
            continue
        voice = other.voice.name if other.voice else ""
        first, second = (
            _said(each.document, span.start, span.end)
            for each, span in zip((one, other), spans, strict=True)
        )
        where = "above" if one.document is other.document else f"in '{one.document.id}'"
        fact = f"'{voice}' is printed in two wordings: '{second}', and {where} '{first}'"
        yield (
            other.document.id,
            (
                spans[1].start,
                fact,
                "compare both with their sources; the bot shows each as printed",
            ),
        )


def _dates(corpus: Corpus) -> Iterator[tuple[str, Doubt]]:
    by_url: dict[str, Document] = {}
    for document in corpus.documents:
        for fact in _clashes(document):
            yield document.id, (0, fact, "correct whichever is wrong")
        if document.url and document.date:
            first = by_url.setdefault(document.url, document)
            if first.date and not _agree(first.date, document.date):
                fact = f"dated {document.date}, and '{first.id}' of the same address {first.date}"
                yield document.id, (0, fact, "correct whichever is wrong")
        if later := _later(document):
            yield document.id, later


def _clashes(document: Document) -> Iterator[str]:
    """Yield how the document's name or address contradicts its date."""
    if document.date is None:
        return
    for place, pattern, text in (
        ("file's name", _IN_NAME, document.id),
        ("address", _IN_URL, document.url or ""),
    ):
        if found := pattern.search(text):
            said = "-".join(part for part in found.groups() if part)
            if not _agree(said, document.date):
                yield f"dated {document.date}, and its {place} says {said}"


def _agree(one: str, other: str) -> bool:
    """Return whether two dates of any precision can be of one day."""
    return one.startswith(other) or other.startswith(one)


def _later(document: Document) -> Doubt | None:
    """Return the first full date in the text after the document's own, or that there is none."""
    for found in _FULL_DATE.finditer(document.text) if document.date else ():
        month = _MONTHS.index(found[2].lower()) + 1
        try:
            named = date(int(found[3]), month, int(found[1])).isoformat()
        except ValueError:
            fact = f"there is no {found.group()}"
            return found.start(), fact, "compare it with the source"
        own = document.date or ""
        if named[: len(own)] > own:
            fact = f"it names {found.group()}, after its own date, {own}"
            return found.start(), fact, "see whether one of the two is wrong"
    return None


def _said(document: Document, start: int, end: int) -> str:
    said = " ".join(document.text[start:end].split())
    return said if len(said) <= _FIRST_WORDS else f"{said[: _FIRST_WORDS - 4]} ..."
