"""Canonical text built from sources that are not text: one line for each paragraph.

What a source keeps apart, such as headings, labels, speech and the record's
own notes, comes in as parts, in reading order, and goes out as a text with the
turns in it. The rules are in the room's docstring.
"""

from __future__ import annotations

import re
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from bot.model import Span, Turn

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bot.model import Voice

BREAK = "\n\n"

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_WEB = re.compile(r"https?://[^\s/?#<>\"]+[^\s<>\"]*", re.IGNORECASE)
# Records of the nineties and later hold Windows-1252 quotation marks and dashes as control
# characters; unread, “words” would be told as words, and a dash as nothing.
_WINDOWS = {
    code: bytes([code]).decode("cp1252")
    for code in range(0x80, 0xA0)
    if code not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
}


class Heading(NamedTuple):
    """A heading; it ends those at its own and lower levels, of which 1 is the highest."""

    words: str
    level: int = 1


class Note(NamedTuple):
    """The record's own words; a turn breaks at them, and goes on after them."""

    words: str


class Label(NamedTuple):
    """Where the record names who speaks from here on."""

    words: str
    voice: Voice
    url: str | None = None


class Said(NamedTuple):
    """A paragraph of the last label's words; without a label, nobody's."""

    words: str
    address: str = ""


Part = Heading | Note | Label | Said


class Laid(NamedTuple):
    """A part as it stands in the text, under its headings and its label."""

    span: Span
    part: Part
    heading: str | None
    label: tuple[Label, Span] | None


def line(words: str) -> str:
    r"""Return `words` as one line of canonical text.

    >>> line(" Mr.\n Low\x97\xa0 it\x92s  late ")
    'Mr. Low— it’s late'
    """
    return " ".join(words.translate(_WINDOWS).replace("\0", " ").split())


def stated(words: str | None) -> str | None:
    """Return what a source states of itself as one printable line, None where it is silent."""
    said = "".join(character for character in line(words or "") if character.isprintable())
    return line(said) or None


def day(written: str | None) -> str | None:
    """Return the day that `written` opens with, None where it is no day.

    >>> day("2020-01-24T09:00Z"), day("2020-13-01"), day("in May")
    ('2020-01-24', None, None)
    """
    found = _DAY.match(written or "")
    try:
        return date.fromisoformat(found[0]).isoformat() if found else None
    except ValueError:
        return None


def web(written: str | None) -> str | None:
    """Return `written` where it is an address on the web, else None."""
    address = stated(written) or ""
    return address if _WEB.fullmatch(address) else None


def built(parts: Iterable[Part]) -> tuple[str, tuple[Turn, ...]]:
    """Return the canonical text of `parts`, and the turns in it."""
    known = [part._replace(words=words) for part in parts if (words := line(part.words))]
    return BREAK.join(part.words for part in known), tuple(_turns(_laid(known)))


def _laid(parts: Iterable[Part]) -> Iterator[Laid]:
    headings: list[Heading] = []
    label: tuple[Label, Span] | None = None
    at = 0
    for part in parts:
        span = Span(at, at + len(part.words))
        at = span.end + len(BREAK)
        if isinstance(part, Heading):
            headings = [above for above in headings if above.level < part.level] + [part]
            label = None
        elif isinstance(part, Label):
            label = (part, span)
        yield Laid(span, part, " / ".join(above.words for above in headings) or None, label)


def _turns(laid: Iterable[Laid]) -> Iterator[Turn]:
    for (said, label), stretch in groupby(
        laid, lambda one: (isinstance(one.part, Said), one.label)
    ):
        if said and label:
            yield _turn(label, list(stretch))


def _turn(label: tuple[Label, Span], stretch: list[Laid]) -> Turn:
    written, place = label
    return Turn(
        Span(stretch[0].span.start, stretch[-1].span.end),
        place,
        written.voice,
        stretch[0].heading,
        written.url,
        tuple(one.part.address for one in stretch if isinstance(one.part, Said)),
    )
