"""Stretches of an article that are one voice throughout: interviews, letters, statements.

An interview pasted into an article opens its paragraphs with `NAME:`; a letter
begins with a greeting and ends with a signature; a statement says in its first
line whose it is. What they hold is somebody's own words without any marks.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from bot.model import Span, Voice
from bot.text import trim
from bot.voices.lexicon import TITLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

INTERVIEW, SIGNED = 0.9, 0.92
_NAME = r"[A-Z][\w.'’-]*(?: (?:(?:de|van|von|of|the|bin|al) )?[A-Z][\w.'’-]*){0,5}"
_LABEL = re.compile(rf"({_NAME}):\s+(?=\S)")
_SAYS = re.compile(r"[^\W\d]*\W+[^\W\d]")
_GREETING = re.compile(
    r"(?:Dear|To the Editor|To whom|Sir|Sirs|Madam)\b[^.?!]{0,80}[,:—–-]?$", re.IGNORECASE
)
_CLOSING = re.compile(
    r"(?:Yours(?: \w+)?|Sincerely(?: yours)?|Respectfully|Kind regards|Best wishes|Signed)[,:]?\s*",
    re.IGNORECASE,
)
_HEADED = re.compile(
    r"(?:An? )?(?:[Oo]pen )?(?:[Ss]tatement|[Ss]peech|[Rr]emarks|[Ll]etter|[Tt]estimony)"
    rf" (?:by|from|of) (?:the )?({_NAME})(?:, ([^.:\n]{{3,60}}))?[.:]?$"
)
_SIGNATURE = re.compile(rf"[—–-]?\s*({_NAME})(?:,\s*([^\n]{{3,80}}))?\.?$")
_TURNS, _SPEAKERS, _LATEST_GREETING = 4, 2, 3


class Held(NamedTuple):
    """A paragraph's words in one voice, and the label, heading or signature that says whose."""

    paragraph: int
    words: Span
    label: Span
    voice: Voice
    trust: float


def held(text: str, paragraphs: Sequence[Span]) -> list[Held]:
    """Return the paragraphs that one voice holds, in order; most articles have none."""
    return _letter(text, paragraphs) or _statement(text, paragraphs) or _interview(text, paragraphs)


def _interview(text: str, paragraphs: Sequence[Span]) -> list[Held]:
    """Two speakers at least who each open two paragraphs or more: a list has no such labels."""
    found = [
        (number, label)
        for number, span in enumerate(paragraphs)
        if (label := _LABEL.match(text, span.start, span.end))
        and _SAYS.match(text, label.end(), span.end)
    ]
    turns = Counter(_called(label[1]) for _, label in found)
    speakers = {name for name, count in turns.items() if count > 1}
    kept = [(number, label) for number, label in found if _called(label[1]) in speakers]
    if len(speakers) < _SPEAKERS or len(kept) < _TURNS:
        return []
    full = _full_names(label[1] for _, label in found)
    return [
        Held(
            number,
            Span(label.end(), paragraphs[number].end),
            Span(*label.span(1)),
            _voice(full[_called(label[1])]),
            INTERVIEW,
        )
        for number, label in kept
    ]


def _full_names(labels: Iterable[str]) -> dict[str, str]:
    """Return the longest label that each speaker goes by."""
    full: dict[str, str] = {}
    for label in labels:
        called = _called(label)
        full[called] = max(full.get(called, ""), label, key=len)
    return full


def _called(label: str) -> str:
    return label.rsplit(maxsplit=1)[-1].casefold()


def _letter(text: str, paragraphs: Sequence[Span]) -> list[Held]:
    greeting = next(
        (
            number
            for number, span in enumerate(paragraphs[:_LATEST_GREETING])
            if _GREETING.match(text[span.start : span.end])
        ),
        None,
    )
    if greeting is None:
        return []
    for number in range(len(paragraphs) - 1, greeting, -1):
        closing = _CLOSING.match(text, *paragraphs[number])
        if closing is None:
            continue
        rest = trim(text, Span(closing.end(), paragraphs[number].end))
        if rest.start == rest.end and number + 1 < len(paragraphs):
            rest = paragraphs[number + 1]
        signed = _SIGNATURE.match(text, *rest)
        return _through(paragraphs, greeting + 1, number, signed) if signed else []
    return []


def _statement(text: str, paragraphs: Sequence[Span]) -> list[Held]:
    if len(paragraphs) < 2:
        return []
    headed = _HEADED.match(text, *paragraphs[0])
    return _through(paragraphs, 1, len(paragraphs), headed) if headed else []


def _through(paragraphs: Sequence[Span], first: int, end: int, said: re.Match[str]) -> list[Held]:
    voice = _voice(said[1], said[2])
    label = Span(*said.span(1))
    return [Held(n, paragraphs[n], label, voice, SIGNED) for n in range(first, end)]


def _voice(printed: str, role: str | None = None) -> Voice:
    """Return the voice of a label: titles before the name are its role."""
    words = printed.split()
    titles = 0
    while titles < len(words) - 1 and words[titles].lower() in TITLES:
        titles += 1
    return Voice(" ".join(words[titles:]), role or " ".join(words[:titles]) or None)
