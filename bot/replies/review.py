"""What a curator reviews, as plain lines: documents, attributions, reading lists."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from bot.attribution import extract_passages
from bot.attribution.curation import draft_correction
from bot.corpus.lint.checks import find_label_like_lines
from bot.model import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.ingest.addition import Addition
    from bot.ingest.gathering import GatheredDocument, Plan
    from bot.ingest.reading_list import ReadingList, SourceOutcome
    from bot.languages.base import Language
    from bot.model import Document, Passage, Voice

NOT_GIVEN = "not given"

_MAX_LINE_LENGTH = 160
_MAX_TITLE_LENGTH = 80


def describe_document(document: Document) -> Iterator[str]:
    """Yield the metadata of `document`, then its text."""
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
    """Yield place, speaker and evidence of `passage`; below `threshold` also a correction."""
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
    """Yield what was written, its metadata, what was left out, and the voices found."""
    report = addition.report
    yield from (f"wrote {path}" for path in addition.paths)
    yield from list(describe_document(addition.document))[:-2]
    yield f"kept: {report.paragraphs} paragraphs, {report.kept_share:.0%} of the source's text"
    yield from (f"left out: {_join_lines(line)[:_MAX_LINE_LENGTH]}" for line in report.left_out)
    if report.dated_by:
        yield f"date based on: {report.dated_by}"
    if report.missing:
        yield f"not given by the source: {', '.join(report.missing)}"
    for offset, fact, remedy in find_label_like_lines(addition.document):
        yield f"line {addition.document.text.count(chr(10), 0, offset) + 1} of its text: {fact}; {remedy}"
    attributions = [
        attribution
        for attribution in extract_passages(addition.document, language=language)
        if attribution.kind is not Kind.NARRATION
    ]
    for attribution in sorted(attributions, key=lambda attribution: attribution.confidence):
        yield ""
        yield from describe_passage(attribution, threshold)


def describe_reading_list(reading_list: ReadingList) -> Iterator[str]:
    """Yield each source of a reading list: title, author, date, positions, how it was checked."""
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
    yield f"{len(reading_list.sources)} sources: " + ", ".join(f"{name} {count}" for name, count in counts.items())


def describe_outcome(outcome: SourceOutcome) -> str:
    """Return the outcome of a source in one line."""
    return f"added {outcome.addition.path}" if outcome.addition else f"not added: {outcome.error}"


def _format_voice(voice: Voice | None) -> str:
    if voice is None:
        return "no named speaker"
    return ", ".join(voice.descriptions)


def _join_lines(text: str) -> str:
    return " ".join(text.split())


def describe_new_corpus(name: str, *, is_complete: bool) -> str:
    """Say what to do next with a corpus that was begun."""
    gather = f'python -m bot gather "a term" --corpus {name}'
    return f"next: {gather}" if is_complete else f"fill in its title and motion, then: {gather}"


def describe_plan(plan: Plan, source: str, term: str) -> Iterator[str]:
    """Yield what a gathering would take, a line a document, by day."""
    if not plan.documents:
        yield f"{source} has nothing on “{term}” in these days"
        return
    for document in plan.documents:
        stated = document.stated
        house = f"{document.house}  " if document.house else ""
        count = f"{document.matches:,} match" if document.matches else "by its title"
        yield f"{stated.date or NOT_GIVEN}  {house}{_shorten(stated.title or NOT_GIVEN)}  ({count})"
    yield f"{len(plan.documents):,} from {source}" + (
        f", and {plan.left_out:,} more that match less (--most takes more)" if plan.left_out else ""
    )


def describe_gathering(results: Sequence[GatheredDocument], corpus: str) -> Iterator[str]:
    """Yield what failed, a line each, and how many documents are new, changed or as before."""
    for result in results:
        if result.error:
            stated = result.document.stated
            yield f"not taken: {stated.title or result.document.url}: {result.error}"
    counts = Counter(str(result.change) for result in results if result.change)
    failures = sum(result.error is not None for result in results)
    parts = [f"{count:,} {name}" for name, count in counts.items()]
    yield f"{corpus}: " + ", ".join([*parts, *([f"{failures:,} failed"] if failures else [])])


def _shorten(text: str) -> str:
    return text if len(text) <= _MAX_TITLE_LENGTH else f"{text[: _MAX_TITLE_LENGTH - 1]}…"
