"""Passages and documents as a curator reviews them: what was found, why, and what to mend.

Plain lines for a terminal or a file, for the one reader who edits the corpus.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from bot.attribution import extract_passages
from bot.attribution.curation import draft_correction
from bot.model import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.ingest.addition import Addition
    from bot.ingest.reading_list import ReadingList, SourceOutcome
    from bot.languages.base import Language
    from bot.model import Document, Passage, Voice

NOT_GIVEN = "not given"

_MAX_LINE_LENGTH = 160


def describe_document(document: Document) -> Iterator[str]:
    """Yield what is known of `document`, then its text as published."""
    facts = {
        "title": document.title,
        "publisher": document.publisher,
        "authors": ", ".join(document.authors),
        "date": document.date,
        "url": document.url,
        "licence": document.licence,
        "sha256": document.sha256,
    }
    yield from (f"{name}: {value or NOT_GIVEN}" for name, value in facts.items())
    yield ""
    yield document.text


def describe_passage(passage: Passage, threshold: float) -> Iterator[str]:
    """Yield where `passage` is, who speaks and why; below `threshold` also how to correct it."""
    document = passage.document
    yield (
        f"{document.id} ¶{passage.paragraph} {passage.span.start}-{passage.span.end} · "
        f"{passage.kind} · "
        f"{passage.side} · {passage.confidence:.2f} by {passage.by}"
    )
    yield f"  {_format_voice(passage.voice)}"
    yield f"  | {_join_lines(document.slice_text(passage.span))}"
    yield from (f"  cue: {_join_lines(document.slice_text(span))}" for span in passage.cue)
    if passage.chain:
        yield f"  chain: {passage.chain}"
    if passage.reason:
        yield f"  doubt: {passage.reason}"
    if passage.confidence < threshold:
        yield f"  to correct it, in {document.id}.voices.toml:"
        yield ""
        yield draft_correction(passage).rstrip()


def describe_addition(addition: Addition, threshold: float, language: Language) -> Iterator[str]:
    """Yield what was written, what it says of itself, what was left out, and the voices found."""
    report = addition.report
    yield from (f"wrote {path}" for path in addition.paths)
    yield from list(describe_document(addition.document))[:-2]
    yield f"kept: {report.paragraphs} paragraphs, {report.kept_share:.0%} of the source's text"
    yield from (f"left out: {_join_lines(line)[:_MAX_LINE_LENGTH]}" for line in report.left_out)
    if report.dated_by:
        yield f"the date rests on: {report.dated_by}"
    if report.missing:
        yield f"not given by the source: {', '.join(report.missing)}"
    attributions = [
        attribution
        for attribution in extract_passages(addition.document, language=language)
        if attribution.kind is not Kind.NARRATION
    ]
    for attribution in sorted(attributions, key=lambda attribution: attribution.confidence):
        yield ""
        yield from describe_passage(attribution, threshold)


def describe_reading_list(reading_list: ReadingList) -> Iterator[str]:
    """Yield each source of a reading list: what it is, by whom, when, which side, how checked."""
    if reading_list.note:
        yield from (reading_list.note, "")
    for number, source in enumerate(reading_list.sources, 1):
        positions = ", ".join(source.positions) or "position not stated"
        yield f"{number:3}. {source.title}"
        yield f"     {source.who} · {source.date or NOT_GIVEN} · {positions}"
        yield f"     {source.url or 'link not given'}"
        if source.facts:
            yield f"     {source.facts}"
        yield f"     checked: {source.checked}"
    yield ""
    counts = Counter(position for source in reading_list.sources for position in source.positions)
    yield f"{len(reading_list.sources)} sources: " + ", ".join(
        f"{name} {count}" for name, count in counts.items()
    )


def describe_outcome(outcome: SourceOutcome) -> str:
    """Return in one line what became of a source."""
    return f"added {outcome.addition.path}" if outcome.addition else f"not added: {outcome.error}"


def _format_voice(voice: Voice | None) -> str:
    if voice is None:
        return "the publication, or nobody who could be named"
    return ", ".join(part for part in (voice.name, voice.role, voice.organisation) if part)


def _join_lines(text: str) -> str:
    return " ".join(text.split())
