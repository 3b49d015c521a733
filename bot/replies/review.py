"""Passages and documents as a curator reviews them: what was found, why, and what to mend.

Plain lines for a terminal or a file, for the one reader who edits the corpus.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.voices import corrections

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.model import Document, Passage, Voice

NOT_GIVEN = "not given"


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


def _named(voice: Voice | None) -> str:
    if voice is None:
        return "the publication, or nobody who could be named"
    return ", ".join(part for part in (voice.name, voice.role, voice.organisation) if part)


def _on_one_line(text: str) -> str:
    return " ".join(text.split())
