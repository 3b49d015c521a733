"""Plain-text transcripts: the record itself says who speaks.

A line that begins with `NAME: ` or `NAME (role, organisation): ` begins a turn, which continues
over lines and paragraphs to the next such line. A name has up to six words, each capitalised
except small ones such as "of the". A single item in the brackets is the role. A bare name keeps
the role last given with it. A line `# Heading` ends a turn and is the heading of those that
follow. A line wholly in brackets, `[Applause.]`, is the record's own. A line that begins with a
space is never a label, so a space keeps `Remember: no rails.` in the speaker's mouth.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from bot.errors import CorpusError
from bot.formats.base import AddedAs, Parsed, is_text
from bot.formats.plain import split_header
from bot.model import Document, Span, Turn, Voice
from bot.storage import safe_read
from bot.text import split_paragraphs, trim

if TYPE_CHECKING:
    from pathlib import Path

SUFFIXES = (".transcript",)
ADDED_AS = AddedAs.TEXT

_LABEL = re.compile(r"(?P<name>[^:()\[\]?!;\"“”]{1,80}?)(?:\s*\((?P<about>[^()]*)\))?\s*:(?=\s|\Z)")
_HEADING = re.compile(r"#+\s+(?P<words>.+)")
_NOTE = re.compile(r"\[[^\[\]]*\]|\([^()]*\)")
_LINE_BREAKS = frozenset("\r\n\u2028\u2029")
_NAME_PARTICLES = frozenset(
    {"and", "at", "da", "de", "del", "der", "di", "for", "in", "la", "of", "the", "van", "von", "y"}
)
_MAX_NAME_WORDS = 6


class _TurnLabel(NamedTuple):
    """A label: its span without the colon, its voice, and where the words begin."""

    span: Span
    voice: Voice
    words_start: int


def sniff(content: bytes) -> bool:
    """Return whether `content` may be text."""
    return is_text(content)


def parse(path: Path, document_id: str) -> Parsed:
    """Parse the transcript at `path` and its turns.

    Raises:
        CorpusError: the file is not text, its header is malformed, it has no labels, or a line
            may be a label or a sentence.
    """
    place = str(path)
    header, text, line_offset = split_header(safe_read.read_text(path), place)
    turns = _build_turns(text, _find_labels(text, place, line_offset))
    if not turns:
        raise CorpusError(place, "no speaker labels were found", "open each turn with 'NAME: '")
    return Parsed(Document(document_id, text, turns=turns, **header.facts))


def _build_turns(text: str, labels: dict[int, _TurnLabel]) -> tuple[Turn, ...]:
    """Build the turns in reading order; a note splits a turn in two."""
    turns: list[Turn] = []
    heading: str | None = None
    label: _TurnLabel | None = None
    runs_on = False
    for line in split_paragraphs(text):
        line_text = text[line.start : line.end]
        if heading_match := _HEADING.fullmatch(line_text):
            heading, label, runs_on = heading_match["words"], None, False
        elif _NOTE.fullmatch(line_text):
            runs_on = False
        else:
            start = line.start
            if line.start in labels:
                label, runs_on = labels[line.start], False
                start = label.words_start
            if label and start < line.end:
                start = turns.pop().span.start if runs_on else start
                turns.append(Turn(Span(start, line.end), label.span, label.voice, heading))
                runs_on = True
    return tuple(turns)


def _find_labels(text: str, place: str, line_offset: int) -> dict[int, _TurnLabel]:
    """Map the start of each label to it."""
    matches = _match_labels(text)
    certain_names = {match["name"] for match in matches if _is_certain_label(match)}
    voices: dict[str, Voice] = {}
    labels: dict[int, _TurnLabel] = {}
    for match in matches:
        name, details = match["name"], match["about"]
        if name not in certain_names:
            raise CorpusError(
                f"{place}:{line_offset + text.count(chr(10), 0, match.start()) + 1}",
                f"'{name}:' may be a speaker's label or a speaker's words",
                f"write '{name} (role):', or begin the line with a space to keep it in the turn",
            )
        if details is not None or name not in voices:
            voices[name] = _build_voice(name, details or "")
        span = trim(text, Span(match.start(), match.end() - 1))
        labels[span.start] = _TurnLabel(span, voices[name], _find_words_start(match))
    return labels


def _match_labels(text: str) -> list[re.Match[str]]:
    """Match everything that has the shape of a label, in reading order."""
    candidates = [
        _LABEL.match(text, line.start, line.end)
        for line in split_paragraphs(text)
        if line.start == 0 or text[line.start - 1] in _LINE_BREAKS
    ]
    return [match for match in candidates if match and _is_name(match["name"])]


def _is_name(text: str) -> bool:
    first, *others = text.split()
    return (
        len(others) < _MAX_NAME_WORDS
        and first[0].isalpha()
        and not first.islower()
        and all(word in _NAME_PARTICLES or not word.islower() for word in others)
    )


def _is_certain_label(match: re.Match[str]) -> bool:
    """Return whether a label cannot be the start of a sentence like "Remember: the tram ..."."""
    start = _find_words_start(match)
    next_character = match.string[start : start + 1]
    return match["about"] is not None or match["name"].isupper() or not next_character.islower()


def _find_words_start(match: re.Match[str]) -> int:
    """Return where the words after a label begin; the end of its line if there are none."""
    return trim(match.string, Span(match.end(), match.endpos)).start


def _build_voice(name: str, details: str) -> Voice:
    """Build the voice of a label; in "clerk, Harwick" the last comma separates role from body."""
    role, comma, organisation = details.rpartition(",")
    if not comma:
        role, organisation = details, ""
    return Voice(name, role.strip() or None, organisation.strip() or None)
