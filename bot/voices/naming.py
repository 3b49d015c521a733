"""From the subject of a cue to a voice: full name, role and organisation, as printed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bot.model import Span, Voice
from bot.voices.lexicon import SPEAKERS, SPOKESPEOPLE, STUDY
from bot.voices.offices import office
from bot.voices.roster import key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.voices.names import Name
    from bot.voices.people import People
    from bot.voices.phrases import Subject
    from bot.voices.reading import Reading
    from bot.voices.subjects import Sentence

LISTED, AUTHORS, GROUP, ANAPHOR, AUTHOR, CARRIED = 0.97, 0.9, 0.74, 0.62, 0.6, 0.55
_ANAPHORS = frozenset(("the", "this", "that", "his", "her", "their", "its"))


class Named(NamedTuple):
    """A voice, how surely the subject means it, and where a pronoun leads back to."""

    voice: Voice | None
    trust: float
    span: Span
    reason: str | None = None
    antecedent: Span | None = None


def named(
    reading: Reading, sentence: Sentence, subject: Subject, last: Named | None = None
) -> Named | None:
    """Return the voice that a subject means; `last` is who was quoted before it."""
    if subject.pronoun in ("he", "she"):
        return _person(reading.people, sentence, subject, subject.pronoun)
    if subject.pronoun is not None:
        return _other(subject, subject.pronoun, last)
    if subject.name is None:
        return _noun(reading, sentence, subject)
    if subject.others:
        return _joint(reading.people, subject, (*subject.others, subject.name))
    return _full(reading, sentence, subject, subject.name)


def _full(reading: Reading, sentence: Sentence, subject: Subject, name: Name) -> Named:
    """A name: what its own sentence prints of the office first, then the rest of the document."""
    found = reading.people.resolve(name)
    full = found.name or reading.text[name.span.start : name.span.end]
    here = office(reading.text, sentence, name, subject.first)
    known = reading.people.office(full)
    voice = Voice(full, here.role or known.role, here.organisation or known.organisation)
    trust = max(found.trust, LISTED) if key(full) in reading.listed else found.trust
    return Named(voice, trust, subject.span, found.reason)


def _person(people: People, sentence: Sentence, subject: Subject, pronoun: str) -> Named:
    found = people.meant(pronoun, subject.span.start, sentence.number)
    if found.name is None:
        return Named(None, 0.0, subject.span, found.reason)
    voice = Voice(found.name, *people.office(found.name))
    return Named(voice, found.trust, subject.span, found.reason, found.place)


def _other(subject: Subject, pronoun: str, last: Named | None) -> Named | None:
    if pronoun in ("i", "we"):
        reason = "the article’s own writer, not named"
        return Named(Voice("the author"), AUTHOR, subject.span, reason)
    if last is None or last.voice is None:
        return None
    reason = f"“{pronoun}” may not mean who was quoted before"
    return Named(last.voice, CARRIED, subject.span, reason, last.span)


def _joint(people: People, subject: Subject, names: Sequence[Name]) -> Named:
    """Several people who say one thing together: “X, Y and Z”."""
    found = [people.resolve(name) for name in names]
    full = [each.name for each in found if each.name]
    together = " and ".join(filter(None, (", ".join(full[:-1]), full[-1])))
    return Named(Voice(together), min(each.trust for each in found), subject.span)


def _noun(reading: Reading, sentence: Sentence, subject: Subject) -> Named:
    text, row = reading.text, sentence.row
    inside = [n for n in sentence.names if subject.first <= n.first and n.last <= subject.last]
    lows = [token.low for token in row[subject.first : subject.last + 1]]
    if not STUDY.isdisjoint(lows) and "by" in lows:
        by = subject.first + lows.index("by")
        authors = [name for name in inside if name.first > by]
        if authors:
            return _study(text, sentence, subject, by, authors)
    printed = text[subject.span.start : subject.span.end]
    voice = Voice(printed)
    role = next((low for low in lows if low in SPOKESPEOPLE), None)
    if role is not None and inside:
        voice = _spokesperson(reading, printed, role, inside[-1])
    if key(voice.name) in reading.listed:
        return Named(voice, LISTED, subject.span)
    stands_for = row[subject.first].low in _ANAPHORS and SPEAKERS.isdisjoint(lows)
    # “A spokesman”, “campaigners” are who they are; “the senator” stands for a name.
    return Named(voice, ANAPHOR if stands_for else GROUP, subject.span)


def _spokesperson(reading: Reading, printed: str, role: str, body: Name) -> Voice:
    """A body speaks through its spokesperson; a person's spokesperson is somebody else."""
    organisation = reading.text[body.span.start : body.span.end]
    if reading.people.is_human(body):
        return Voice(printed, role)
    return Voice(organisation, role, organisation)


def _study(
    text: str, sentence: Sentence, subject: Subject, by: int, authors: Sequence[Name]
) -> Named:
    """“an independent study by X and Y, for Z”: its authors speak, for Z."""
    first, last = authors[0], authors[-1]
    start = first.title.start if first.titles else first.span.start
    what = text[subject.span.start : sentence.row[by - 1].end]
    many = "authors" if len(authors) > 1 else "author"
    body = next((name for name in sentence.names if name.first > last.last), None)
    organisation = text[body.span.start : body.span.end] if body else None
    voice = Voice(text[start : last.span.end], f"{many} of {what}", organisation)
    return Named(voice, AUTHORS, subject.span)
