"""Stretches of an article that are one voice throughout: interviews, letters, statements.

An interview pasted into an article opens its paragraphs with `NAME:`; a letter
begins with a greeting and ends with a signature; a statement says in its first
line whose it is. What they hold is somebody's own words without any marks.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from bot.attribution.lexicon import TITLES
from bot.model import Span, Voice
from bot.text import trim

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

INTERVIEW_CONFIDENCE, SIGNED_CONFIDENCE = 0.9, 0.92
_NAME = r"[A-Z][\w.'’-]*(?: (?:(?:de|van|von|of|the|bin|al) )?[A-Z][\w.'’-]*){0,5}"
_SPEAKER_LABEL = re.compile(rf"({_NAME}):\s+(?=\S)")
_TWO_WORDS = re.compile(r"[^\W\d]*\W+[^\W\d]")
_GREETING = re.compile(
    r"(?:Dear|To the Editor|To whom|Sir|Sirs|Madam)\b[^.?!]{0,80}[,:—–-]?$", re.IGNORECASE
)
_CLOSING = re.compile(
    r"(?:Yours(?: \w+)?|Sincerely(?: yours)?|Respectfully|Kind regards|Best wishes|Signed)[,:]?\s*",
    re.IGNORECASE,
)
_HEADING = re.compile(
    r"(?:An? )?(?:[Oo]pen )?(?:[Ss]tatement|[Ss]peech|[Rr]emarks|[Ll]etter|[Tt]estimony)"
    rf" (?:by|from|of) (?:the )?({_NAME})(?:, ([^.:\n]{{3,60}}))?[.:]?$"
)
_SIGNATURE = re.compile(rf"[—–-]?\s*({_NAME})(?:,\s*([^\n]{{3,80}}))?\.?$")
_MIN_TURNS, _MIN_SPEAKERS, _MAX_GREETING_PARAGRAPHS = 4, 2, 3


class MonologueParagraph(NamedTuple):
    """A paragraph's words in one voice, and the label, heading or signature that says whose."""

    paragraph_index: int
    span: Span
    label: Span
    voice: Voice
    confidence: float


def find_monologues(text: str, paragraphs: Sequence[Span]) -> list[MonologueParagraph]:
    """Return the paragraphs that one voice holds, in order; most articles have none."""
    return (
        _find_letter(text, paragraphs)
        or _find_statement(text, paragraphs)
        or _find_interview(text, paragraphs)
    )


def _find_interview(text: str, paragraphs: Sequence[Span]) -> list[MonologueParagraph]:
    """Two speakers at least who each open two paragraphs or more: a list has no such labels."""
    labels = [
        (index, label)
        for index, span in enumerate(paragraphs)
        if (label := _SPEAKER_LABEL.match(text, span.start, span.end))
        and _TWO_WORDS.match(text, label.end(), span.end)
    ]
    turn_counts = Counter(_surname_key(label[1]) for _, label in labels)
    speakers = {name for name, count in turn_counts.items() if count > 1}
    speaker_labels = [
        (index, label) for index, label in labels if _surname_key(label[1]) in speakers
    ]
    if len(speakers) < _MIN_SPEAKERS or len(speaker_labels) < _MIN_TURNS:
        return []
    full_names = _full_names(label[1] for _, label in labels)
    return [
        MonologueParagraph(
            index,
            Span(label.end(), paragraphs[index].end),
            Span(*label.span(1)),
            _parse_voice(full_names[_surname_key(label[1])]),
            INTERVIEW_CONFIDENCE,
        )
        for index, label in speaker_labels
    ]


def _full_names(labels: Iterable[str]) -> dict[str, str]:
    """Return the longest label that each speaker goes by."""
    longest: dict[str, str] = {}
    for label in labels:
        surname = _surname_key(label)
        longest[surname] = max(longest.get(surname, ""), label, key=len)
    return longest


def _surname_key(label: str) -> str:
    return label.rsplit(maxsplit=1)[-1].casefold()


def _find_letter(text: str, paragraphs: Sequence[Span]) -> list[MonologueParagraph]:
    greeting = next(
        (
            index
            for index, span in enumerate(paragraphs[:_MAX_GREETING_PARAGRAPHS])
            if _GREETING.match(text[span.start : span.end])
        ),
        None,
    )
    if greeting is None:
        return []
    for index in range(len(paragraphs) - 1, greeting, -1):
        closing = _CLOSING.match(text, *paragraphs[index])
        if closing is None:
            continue
        signature_span = trim(text, Span(closing.end(), paragraphs[index].end))
        if signature_span.start == signature_span.end and index + 1 < len(paragraphs):
            signature_span = paragraphs[index + 1]
        signature = _SIGNATURE.match(text, *signature_span)
        return _build_monologue(paragraphs, greeting + 1, index, signature) if signature else []
    return []


def _find_statement(text: str, paragraphs: Sequence[Span]) -> list[MonologueParagraph]:
    if len(paragraphs) < 2:
        return []
    heading = _HEADING.match(text, *paragraphs[0])
    return _build_monologue(paragraphs, 1, len(paragraphs), heading) if heading else []


def _build_monologue(
    paragraphs: Sequence[Span], first: int, end: int, match: re.Match[str]
) -> list[MonologueParagraph]:
    voice = _parse_voice(match[1], match[2])
    label = Span(*match.span(1))
    return [
        MonologueParagraph(index, paragraphs[index], label, voice, SIGNED_CONFIDENCE)
        for index in range(first, end)
    ]


def _parse_voice(label: str, role: str | None = None) -> Voice:
    """Return the voice of a label: titles before the name are its role."""
    words = label.split()
    title_count = 0
    while title_count < len(words) - 1 and words[title_count].lower() in TITLES:
        title_count += 1
    return Voice(" ".join(words[title_count:]), role or " ".join(words[:title_count]) or None)
