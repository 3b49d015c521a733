"""Role and organisation as printed beside a name: "advocacy director at Liberty", "the baker"."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bot.voices.lexicon import Form

if TYPE_CHECKING:
    from bot.voices.names import Name
    from bot.voices.phrases import Phrases

_LONGEST = 90
_ENDS = (
    Form.COMMA,
    Form.STOP,
    Form.RELATIVE,
    Form.QUOTE,
    Form.COLON,
    Form.DASH,
    Form.CLAUSE,
)
_NO_ROLE = (Form.CUE, Form.VERB, Form.BE, Form.AUXILIARY, Form.PRONOUN)
_QUALIFIERS = (Form.DETERMINER, Form.NUMBER, Form.ADVERB)
_COURTESY = frozenset(("mr", "mrs", "ms", "miss"))
_AT = frozenset(("at", "of", "for", "with", "in", "from"))


class Office(NamedTuple):
    """A role and an organisation as a sentence prints them; either may be missing."""

    role: str | None = None
    organisation: str | None = None


def office(text: str, sentence: Phrases, name: Name, first: int) -> Office:
    """Return what stands around `name`, whose phrase begins at token `first`.

    The phrase in apposition behind a name says more than the words before it.
    """
    behind = _behind(text, sentence, name)
    return Office(behind.role or _before(text, sentence, name, first), behind.organisation)


def _before(text: str, sentence: Phrases, name: Name, first: int) -> str | None:
    row = sentence.row
    while first < name.first and row[first].form in _QUALIFIERS:
        first += 1
    printed = text[row[min(first, name.first)].start : name.span.start].strip()
    courtesy = printed.casefold().rstrip(".") in _COURTESY
    return printed if printed and not courtesy and len(printed) <= _LONGEST else None


def _behind(text: str, sentence: Phrases, name: Name) -> Office:
    row = sentence.row
    first = _apposition(sentence, name)
    last, role_ends, organisation = first - 1, None, None
    for place in range(first, len(row)):
        if row[place].form in _ENDS:
            break
        if row[place].form in _NO_ROLE:
            return Office()
        body = sentence.name_after(place + 1) if row[place].low in _AT else None
        if organisation is None and body is not None:
            role_ends = place - 1
            organisation = text[body.span.start : body.span.end]
        last = place
    end = last if role_ends is None else role_ends
    if end < first or last + 1 >= len(row) or row[first].form not in (Form.OTHER, Form.NAME):
        return Office()
    role = text[row[first].start : row[end].end]
    return Office(role, organisation) if len(role) <= _LONGEST else Office()


def _apposition(sentence: Phrases, name: Name) -> int:
    """Return the token where the phrase behind the name begins, its article and an age left out.

    Where there is none, the row's length.
    """
    row = sentence.row
    at = name.last + 1
    if at >= len(row) or row[at].form is not Form.COMMA:
        return len(row)
    at += 1
    if at + 1 < len(row) and row[at].form is Form.NUMBER and row[at + 1].form is Form.COMMA:
        at += 2
    while at < len(row) and row[at].form is Form.DETERMINER:
        at += 1
    return at
