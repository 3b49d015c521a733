"""Passages and documents as a curator reviews them: what was found, why, and what to mend.

Plain lines for a terminal or a file, for the one reader who edits the corpus.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from bot.model import Kind
from bot.voices import corrections, passages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.corpora.adding import Addition
    from bot.corpora.collecting import Outcome
    from bot.corpora.reading_list import ReadingList
    from bot.model import Document, Passage, Voice

NOT_GIVEN = "not given"

_LINE = 160


def document(shown: Document) -> Iterator[str]:
    """Yield what is known of `shown`, then its text as published."""
    facts = {
        "title": shown.title,
        "publisher": shown.publisher,
        "authors": ", ".join(shown.authors),
        "date": shown.date,
        "url": shown.url,
        "licence": shown.licence,
        "sha256": shown.sha256,
    }
    yield from (f"{name}: {fact or NOT_GIVEN}" for name, fact in facts.items())
    yield ""
    yield shown.text


def passage(found: Passage, sure: float) -> Iterator[str]:
    """Yield where `found` is, who speaks in it and why; below `sure` also how to correct it."""
    source = found.document
    yield (
        f"{source.id} ¶{found.paragraph} {found.span.start}-{found.span.end} · {found.kind} · "
        f"{found.side} · {found.confidence:.2f} by {found.by}"
    )
    yield f"  {_named(found.voice)}"
    yield f"  | {_on_one_line(source.cut(found.span))}"
    yield from (f"  cue: {_on_one_line(source.cut(span))}" for span in found.cue)
    if found.chain:
        yield f"  chain: {found.chain}"
    if found.reason:
        yield f"  doubt: {found.reason}"
    if found.confidence < sure:
        yield f"  to correct it, in {source.id}.voices.toml:"
        yield ""
        yield corrections.pasteable(found).rstrip()


def addition(added: Addition, sure: float) -> Iterator[str]:
    """Yield what was written, what it says of itself, what was left out, and the voices found."""
    report = added.report
    yield from (f"wrote {path}" for path in added.paths)
    yield from list(document(added.document))[:-2]
    yield f"kept: {report.paragraphs} paragraphs, {report.share:.0%} of the source's text"
    yield from (f"left out: {_on_one_line(line)[:_LINE]}" for line in report.left_out)
    if report.dated_by:
        yield f"the date rests on: {report.dated_by}"
    if report.missing:
        yield f"not given by the source: {', '.join(report.missing)}"
    found = [each for each in passages(added.document) if each.kind is not Kind.NARRATION]
    for each in sorted(found, key=lambda each: each.confidence):
        yield ""
        yield from passage(each, sure)


def reading_list(found: ReadingList) -> Iterator[str]:
    """Yield each source of a reading list: what it is, by whom, when, which side, how checked."""
    if found.note:
        yield from (found.note, "")
    for number, source in enumerate(found.sources, 1):
        positions = ", ".join(source.positions) or "position not stated"
        yield f"{number:3}. {source.title}"
        yield f"     {source.who} · {source.date or NOT_GIVEN} · {positions}"
        yield f"     {source.url or 'link not given'}"
        if source.facts:
            yield f"     {source.facts}"
        yield f"     checked: {source.checked}"
    yield ""
    counts = Counter(position for source in found.sources for position in source.positions)
    yield f"{len(found.sources)} sources: " + ", ".join(f"{p} {n}" for p, n in counts.items())


def outcome(each: Outcome) -> str:
    """Return in one line what became of a source."""
    return f"added {each.added.path}" if each.added else f"not added: {each.why}"


def _named(voice: Voice | None) -> str:
    if voice is None:
        return "the publication, or nobody who could be named"
    return ", ".join(part for part in (voice.name, voice.role, voice.organisation) if part)


def _on_one_line(text: str) -> str:
    return " ".join(text.split())
