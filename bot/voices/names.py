"""Names in a sentence: runs of capitalised words, titles told apart, sex where it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bot.model import Span
from bot.voices.lexicon import (
    FEMALE_TITLES,
    HE,
    JOINERS,
    MALE_TITLES,
    NOT_NAMES,
    ORGANISATION,
    PERSON_TITLES,
    PLACES,
    SHE,
    TITLES,
    Form,
    vocabulary,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.voices.tokens import Token

GENERATIONS = vocabulary("jr. sr. jr sr ii iii iv")
_LINKS = JOINERS | {"&"}
_OF_BODIES = vocabulary(
    "university department bank ministry house board secretary institute office council college "
    "chamber church court league bureau school city federation association society academy"
)
_BODIES = vocabulary(
    "university foundation institute college act campaign street journal news times"
)
_NO_PERSONS = ORGANISATION | PLACES | NOT_NAMES
_HEADLINE = 3
_LONGEST_NAME = 5


class Name(NamedTuple):
    """A run of capitalised words: tokens [first, last] of a sentence, and where the name stands.

    `title` covers the titles before it and is empty where there are none.
    """

    first: int
    last: int
    title: Span
    span: Span
    words: tuple[str, ...]
    titles: tuple[str, ...]


def names(row: Sequence[Token], text: str) -> list[Name]:
    """Return the capitalised names in a sentence, in order, titles told apart from names.

    Three or more words all in capitals are a headline and name nobody.
    """
    found: list[Name] = []
    at = 0
    while at < len(row):
        if row[at].form is not Form.NAME:
            at += 1
            continue
        last = _run(row, at)
        if last - at + 1 < _HEADLINE or not text[row[at].start : row[last].end].isupper():
            found.append(_name(row, at, last))
        at = last + 1
    return found


def _run(row: Sequence[Token], first: int) -> int:
    """Return the last token of the name that begins at `first`, "of" and "de" taken in."""
    last = first
    while last + 1 < len(row):
        if row[last + 1].form is Form.NAME and row[last].low not in GENERATIONS:
            last += 1
        elif last + 2 < len(row) and row[last + 2].form is Form.NAME and _links(row, first, last):
            last += 2
        else:
            break
    return last


def _links(row: Sequence[Token], first: int, last: int) -> bool:
    link = row[last + 1].low
    of = link == "of" and (row[last].low in _OF_BODIES or row[first].low in _OF_BODIES)
    return link in _LINKS or of


def _name(row: Sequence[Token], first: int, last: int) -> Name:
    start = first
    for at in range(first, last):
        leads = at == start and row[at].low in TITLES
        if leads or row[at].low in PERSON_TITLES or row[at].low in _ENDING_TITLES:
            start = at + 1
    rest = [token.low for token in row[start : last + 1]]
    if start > first and (rest[0] in ("of", "and", "for") or not ORGANISATION.isdisjoint(rest)):
        start = first
    title = Span(row[first].start, row[start - 1].end) if start > first else Span(0, 0)
    words = tuple(token.low for token in row[start : last + 1])
    titles = tuple(token.low for token in row[first:start])
    return Name(first, last, title, Span(row[start].start, row[last].end), words, titles)


_ENDING_TITLES = vocabulary(
    "speaker director chairman chairwoman chair spokesman spokeswoman spokesperson state minister "
    "officer general leader adviser advisor manager strategist executive analyst"
)


def surname(words: Sequence[str]) -> str:
    """Return the word a person goes by: the last that is not Jr or III.

    >>> surname(("martin", "luther", "king", "jr."))
    'king'
    """
    kept = [word for word in words if word not in GENERATIONS]
    return kept[-1] if kept else words[-1]


def sex(name: Name) -> str | None:
    """Return "m" or "f" by title or given name; None where neither tells."""
    for title in name.titles:
        if title in MALE_TITLES:
            return "m"
        if title in FEMALE_TITLES:
            return "f"
    first = name.words[0]
    return "m" if first in HE else "f" if first in SHE else None


def plain(words: Sequence[str]) -> bool:
    """Return whether none of the words belongs to an organisation, a place or a people."""
    return all(word not in _NO_PERSONS for word in words)


def looks_human(name: Name) -> bool:
    """Return whether this may be a full name: two to five words, none a body's or place's."""
    if not 2 <= len(name.words) <= _LONGEST_NAME:
        return False
    first = name.words[0]
    if first in HE or first in SHE or not PERSON_TITLES.isdisjoint(name.titles):
        return _BODIES.isdisjoint(name.words[1:])
    return plain(name.words)


def is_human(name: Name) -> bool:
    """Return whether title or given name shows that this is a person."""
    if any(title in PERSON_TITLES for title in name.titles):
        return True
    first = name.words[0]
    return plain(name.words[1:]) and (first in HE or first in SHE)
