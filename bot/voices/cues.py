"""The cue that says whose a quotation is, within its sentence.

Sought nearest first: right after the quotation, before it, a noun ("X's plan
to"), further on. The trust in each pattern was set on annotated news; the
benchmark prints, band by band, how many were right.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bot.voices.lexicon import (
    CUE_NOUNS,
    LEMMA,
    SPOKEN_BASES,
    TIGHT_BASES,
    Form,
    vocabulary,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.voices.phrases import Subject
    from bot.voices.subjects import Sentence
    from bot.voices.tokens import Token

AFTER, INVERTED, COLON, NEAR_VERB, BEFORE = 0.97, 0.97, 0.96, 0.93, 0.84
ATTITUDE, FAR_ATTITUDE, NOUN, LATER, LED, BARE, MAIN = 0.82, 0.68, 0.72, 0.74, 0.85, 0.66, 0.6
SHORT = 3
_SHORT_SHARE = 0.84
_REACH, _NOUN_REACH, _BESIDE, _NEXT_TO = 30, 14, 8, 3
_HIS = {"his": "he", "her": "she", "their": "they", "its": "it"}
_LEADS = frozenset(("to", "that", "of", "as", "about", "for", ":", ",", "—", "was", "is"))
_SPLITS = (Form.COMMA, Form.COLON, Form.DASH, Form.JOIN, Form.CLAUSE)
_PHASES = vocabulary("continue begin start")


class Cue(NamedTuple):
    """A subject, the tokens from it to its verb, and how far the pattern is trusted."""

    subject: Subject
    first: int
    last: int
    trust: float


class Words(NamedTuple):
    """Of the quoted words: how many they are, and whether they pause at their end."""

    number: int
    pauses: bool


def cue(sentence: Sentence, place: int, words: Words) -> Cue | None:
    """Return the best cue for the quotation at token `place`; None where there is none."""
    opens = place == 0 or sentence.row[place - 1].form in (Form.COLON, Form.STOP)
    after = _right_after(sentence, place)
    before = _verb_before(sentence, place)
    noun = _noun_before(sentence, place)
    weak = before is None or before.trust < NEAR_VERB
    if after is not None and (opens or (weak and (words.number > SHORT or words.pauses))):
        return after
    if before is not None:
        adjoining = noun is not None and noun.last > before.last and place - noun.last == 2
        return noun if adjoining and weak else _weighed(before, words)
    if noun is not None or words.number <= SHORT:
        return noun or _closing(sentence, place)
    return after or _colon(sentence, place) or _later(sentence, place) or _main(sentence, place)


def _weighed(before: Cue, words: Words) -> Cue:
    """A word or two after a verb of opinion may be anybody's: named, but never shown."""
    if words.number <= SHORT and before.trust <= ATTITUDE:
        return before._replace(trust=before.trust * _SHORT_SHARE)
    return before


def _closing(sentence: Sentence, place: int) -> Cue | None:
    """For a word or two, a cue further on counts only if it ends the sentence."""
    later = _later(sentence, place)
    if later is None or len(sentence.row) - 1 - later.last > 1:
        return None
    return later


def _right_after(sentence: Sentence, place: int) -> Cue | None:
    """“...,” X said; “...,” said X; “...,” according to X."""
    row = sentence.row
    at = place + 1
    while at < len(row) and row[at].form in (Form.COMMA, Form.DASH):
        at += 1
    if at + 1 < len(row) and row[at].low == "according":
        subject = sentence.after(at + 2)
        return Cue(subject, at, subject.last, AFTER) if subject else None
    verb = _first_verb(sentence, at)
    subject = sentence.subject(verb) if verb is not None else None
    if verb is None or subject is None:
        return None
    if subject.first > verb:
        return Cue(subject, verb, subject.last, INVERTED)
    return _behind(sentence, place, at, verb, subject)


def _behind(sentence: Sentence, place: int, at: int, verb: int, subject: Subject) -> Cue | None:
    """X said, right behind the quotation: no clause of its own that happens to follow."""
    row = sentence.row
    joined = row[at].form in (Form.JOIN, Form.CLAUSE) and place > 0
    if joined or verb == at or not at <= subject.first <= at + 1:
        return None
    if LEMMA[row[verb].low] not in SPOKEN_BASES and not _closes(row, verb + 1):
        return None
    return Cue(subject, subject.first, verb, AFTER)


def _closes(row: Sequence[Token], at: int) -> bool:
    return at >= len(row) or row[at].form in (Form.STOP, Form.COMMA, Form.QUOTE)


def _first_verb(sentence: Sentence, start: int) -> int | None:
    """The verb of the cue behind a quotation; a relative clause on the way is stepped over."""
    row = sentence.row
    relative = False
    for at in range(start, min(len(row), start + _REACH)):
        form = row[at].form
        if form is Form.QUOTE:
            return None
        relative = relative or form is Form.RELATIVE
        if form is not Form.CUE or sentence.passive(at):
            continue
        base = LEMMA[row[at].low]
        allowed = TIGHT_BASES if relative else SPOKEN_BASES
        if base in allowed or (at > start and not relative):
            return at
    return None


def _verb_before(sentence: Sentence, place: int) -> Cue | None:
    """The nearest verb before the words; a far verb of opinion yields to one of saying."""
    weak: Cue | None = None
    for at in range(place - 1, max(-1, place - 1 - _REACH), -1):
        cue = _cue_at(sentence, at, place)
        if cue is None:
            continue
        token = sentence.row[at]
        spoken = token.low == "according" or LEMMA[token.low] in TIGHT_BASES
        if weak is not None and spoken and token.form is Form.CUE:
            return cue
        if weak is None and (spoken or place - at <= _NEXT_TO):
            return cue
        weak = weak or cue
    return weak


def _cue_at(sentence: Sentence, at: int, place: int) -> Cue | None:
    """What the word at token `at` says of the quotation at token `place`, if it is a cue."""
    row = sentence.row
    if row[at].low == "according" and at + 1 < place:
        subject = sentence.after(at + 2)
        return Cue(subject, at, subject.last, BEFORE) if subject and subject.last < place else None
    if row[at].form not in (Form.CUE, Form.CUE_ING) or _speaks_of_another(row, at, place):
        return None
    subject = sentence.subject(at)
    if subject is None or subject.first <= place <= subject.last:
        return None
    if sentence.passive(at):
        return Cue(subject, at, max(at, subject.last), ATTITUDE)
    if subject.first > at and row[place - 1].form not in _SPLITS:
        return None
    first, last = sorted((subject.first, at))
    trust = _verb_trust(row, at, place)
    return Cue(subject, first, max(last, subject.last), trust)


def _speaks_of_another(row: Sequence[Token], at: int, place: int) -> bool:
    """“praised her for showing”, “will continue to be”: no words are introduced."""
    if row[at].form is Form.CUE_ING and at and row[at - 1].low == "for":
        return True
    return LEMMA[row[at].low] in _PHASES and at + 1 < place and row[at + 1].low == "to"


def _verb_trust(row: Sequence[Token], at: int, place: int) -> float:
    if LEMMA[row[at].low] not in SPOKEN_BASES:
        # “condemned the whole of the plan as ‘...’”: however far, “as” leads to the words.
        near = place - at <= _BESIDE or row[place - 1].low == "as"
        return ATTITUDE if near else FAR_ATTITUDE
    if row[place - 1].form is Form.COLON:
        return COLON
    return NEAR_VERB if place - at <= 2 else BEFORE


def _noun_before(sentence: Sentence, place: int) -> Cue | None:
    """“X’s plan to ...”, “in her words, ...”, “a letter from X: ...”."""
    row = sentence.row
    for at in range(place - 1, max(-1, place - _NOUN_REACH), -1):
        if row[at].low not in CUE_NOUNS or row[at].form is not Form.OTHER:
            continue
        owner = _owner(sentence, at)
        if owner is not None and (at + 1 == place or row[at + 1].low in _LEADS):
            return Cue(owner, owner.first, at, NOUN)
        if at + 1 < place and row[at + 1].low in ("from", "by", "of"):
            subject = sentence.after(at + 2)
            if subject is not None and subject.last < place and subject.name is not None:
                return Cue(subject, at, subject.last, NOUN)
    return None


def _owner(sentence: Sentence, noun: int) -> Subject | None:
    """The X of “X’s plan”, “his plan”."""
    row = sentence.row
    for at in range(noun - 1, max(-1, noun - 5), -1):
        if row[at].form is Form.POSSESSIVE and at:
            name = sentence.name_at(at - 1)
            return sentence.whole(name) if name is not None else None
        if row[at].low in _HIS:
            return sentence.pronoun(at, _HIS[row[at].low])
        if row[at].form not in (Form.OTHER, Form.NAME, Form.NUMBER):
            return None
    return None


def _colon(sentence: Sentence, place: int) -> Cue | None:
    """“Her answer: ...”, “Ann Bell: ...”; a bare name may be a headline's or a list's."""
    if not place or sentence.row[place - 1].form is not Form.COLON:
        return None
    subject = sentence.main(place)
    if subject is None:
        return None
    bare = subject.last == place - 2 and subject.first == 0
    return Cue(subject, subject.first, subject.last, BARE if bare else LED)


def _later(sentence: Sentence, place: int) -> Cue | None:
    """A verb of saying further on: “...” is wrong, X said."""
    row = sentence.row
    for at in range(place + 1, min(len(row), place + _REACH)):
        spoken = row[at].form is Form.CUE and LEMMA[row[at].low] in SPOKEN_BASES
        if spoken and not sentence.passive(at):
            subject = sentence.subject(at)
            if subject is not None:
                first, last = sorted((subject.first, at))
                return Cue(subject, first, max(last, subject.last), LATER)
    return None


def _main(sentence: Sentence, place: int) -> Cue | None:
    subject = sentence.main(place)
    if subject is None:
        return None
    return Cue(subject, subject.first, subject.last, MAIN)
