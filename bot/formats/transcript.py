"""Transcripts: who spoke, as the record itself says.

A line that opens with `NAME: ` or `NAME (role, organisation): ` begins a turn,
which runs on over lines and paragraphs to the next such line. A name has up to
six words and opens each with a capital, but for small ones such as "of the";
with one thing alone in the brackets, that is the role. A bare name keeps the
role that was last given with it. A line `# Heading` ends a turn and heads those
that follow. A line all in brackets, `[Applause.]`, is the record's, not the
speaker's. A line that opens with a blank is never a label, so a blank keeps
`Remember: no rails.` in the speaker's mouth.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from bot.errors import CorpusError
from bot.formats import source
from bot.formats.header import opened
from bot.model import Document, Span, Turn, Voice
from bot.text import paragraphs, trim

if TYPE_CHECKING:
    from pathlib import Path

SUFFIXES = (".transcript",)

_LABEL = re.compile(r"(?P<name>[^:()\[\]?!;\"“”]{1,80}?)(?:\s*\((?P<about>[^()]*)\))?\s*:(?=\s|\Z)")
_HEADING = re.compile(r"#+\s+(?P<words>.+)")
_NOTE = re.compile(r"\[[^\[\]]*\]|\([^()]*\)")
_BREAKS = frozenset("\r\n\u2028\u2029")
_SMALL = frozenset(
    {"and", "at", "da", "de", "del", "der", "di", "for", "in", "la", "of", "the", "van", "von", "y"}
)
_MOST_WORDS = 6


class _Label(NamedTuple):
    """Where a turn is labelled: the label without its colon, its voice, where the words begin."""

    span: Span
    voice: Voice
    words: int


def read(path: Path, document_id: str) -> Document:
    """Return the document in the file at `path`, with its turns.

    Raises:
        CorpusError: the file cannot be read as text, its header is malformed,
            nobody speaks, or a line may be a label or a sentence.
    """
    place = str(path)
    header, text, above = opened(source.text(path), place)
    turns = _turns(text, _labels(text, place, above))
    if not turns:
        raise CorpusError(place, "nobody speaks", "open each turn with 'NAME: '")
    return Document(document_id, text, turns=turns, **header.model_dump())


def _turns(text: str, labels: dict[int, _Label]) -> tuple[Turn, ...]:
    """Return the turns in reading order; one that a note interrupts becomes two."""
    turns: list[Turn] = []
    heading: str | None = None
    label: _Label | None = None
    runs_on = False
    for line in paragraphs(text):
        written = text[line.start : line.end]
        if headed := _HEADING.fullmatch(written):
            heading, label, runs_on = headed["words"], None, False
        elif _NOTE.fullmatch(written):
            runs_on = False
        else:
            begun = line.start
            if line.start in labels:
                label, runs_on = labels[line.start], False
                begun = label.words
            if label and begun < line.end:
                begun = turns.pop().span.start if runs_on else begun
                turns.append(Turn(Span(begun, line.end), label.span, label.voice, heading))
                runs_on = True
    return tuple(turns)


def _labels(text: str, place: str, above: int) -> dict[int, _Label]:
    """Return the labels by where they begin."""
    met = _met(text)
    sure = {match["name"] for match in met if _is_sure(match)}
    voices: dict[str, Voice] = {}
    labels: dict[int, _Label] = {}
    for match in met:
        name, about = match["name"], match["about"]
        if name not in sure:
            raise CorpusError(
                f"{place}:{above + text.count(chr(10), 0, match.start()) + 1}",
                f"'{name}:' may be a speaker or a speaker's words",
                f"write '{name} (role):', or open the line with a blank to keep it in the turn",
            )
        if about is not None or name not in voices:
            voices[name] = _voice(name, about or "")
        span = trim(text, Span(match.start(), match.end() - 1))
        labels[span.start] = _Label(span, voices[name], _words_after(match))
    return labels


def _met(text: str) -> list[re.Match[str]]:
    """Return whatever has the shape of a label, in reading order."""
    opening = [
        _LABEL.match(text, line.start, line.end)
        for line in paragraphs(text)
        if line.start == 0 or text[line.start - 1] in _BREAKS
    ]
    return [match for match in opening if match and _is_name(match["name"])]


def _is_name(written: str) -> bool:
    first, *others = written.split()
    return (
        len(others) < _MOST_WORDS
        and first[0].isalpha()
        and not first.islower()
        and all(word in _SMALL or not word.islower() for word in others)
    )


def _is_sure(match: re.Match[str]) -> bool:
    """Return whether a label cannot be a sentence's "Remember: the tram ..."."""
    at = _words_after(match)
    following = match.string[at : at + 1]
    return match["about"] is not None or match["name"].isupper() or not following.islower()


def _words_after(match: re.Match[str]) -> int:
    """Return where the words after a label begin, or where its line ends."""
    return trim(match.string, Span(match.end(), match.endpos)).start


def _voice(name: str, about: str) -> Voice:
    """Return who is labelled; in "clerk, Harwick" the last comma parts role and organisation."""
    role, comma, organisation = about.rpartition(",")
    if not comma:
        role, organisation = about, ""
    return Voice(name, role.strip() or None, organisation.strip() or None)
