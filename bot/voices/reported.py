"""Statements in the publication's own words: "X says that ...", "according to X", "..., X said".

Only verbs that leave no doubt that something was said, asked or decided; a
verb of opinion counts before "that" or a clause of its own. What is found is
never shown as anybody's own words.
"""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING, NamedTuple

from bot.model import Span
from bot.voices.lexicon import LEMMA, Form
from bot.voices.speech import (
    ACTS,
    AFTER,
    ASKS,
    BARE,
    DOUBT,
    PHRASES,
    QUESTIONS,
    THAT,
    TO_ACTS,
    TOLD,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.voices.phrases import Subject
    from bot.voices.subjects import Sentence
    from bot.voices.tokens import Token

CLAUSE, WITH_THAT, BEHIND, ACCORDING, ACT = 0.86, 0.9, 0.9, 0.9, 0.75
_SHORTEST = 2
_VERBS = (Form.BE, Form.AUXILIARY, Form.VERB, Form.CUE)
_TIMES = (Form.TIME, Form.NUMBER)
_TAG_ENDS = (Form.STOP, Form.COMMA, Form.PREPOSITION, Form.TIME, Form.RELATIVE)
_OBJECTS = (Form.DETERMINER, Form.NAME, Form.OTHER, Form.OBJECT)
_LISTENERS = (Form.NAME, Form.OTHER, Form.DETERMINER, Form.OBJECT, Form.POSSESSIVE)
_OPENS = (Form.PRONOUN, Form.DETERMINER, Form.NAME, Form.OTHER, Form.NUMBER)
_OPENS_SAID = (*_OPENS, Form.CLAUSE, Form.CUE_ING, Form.TIME)
_NO_CLAUSE = (Form.COMMA, Form.STOP, Form.QUOTE, Form.COLON, Form.CLAUSE)
_INTERLUDE = (
    Form.PREPOSITION,
    Form.NAME,
    Form.TIME,
    Form.DETERMINER,
    Form.OTHER,
    Form.NUMBER,
    Form.ADVERB,
    Form.POSSESSIVE,
)
_LINKS = frozenset(("and", "but", ",", "however", "meanwhile"))
_REACH, _THAT_REACH, _MOST_LISTENERS, _RED = 14, 9, 6, 4


class Report(NamedTuple):
    """A statement, who is said to have made it, where the cue stands, and the trust in it."""

    span: Span
    subject: Subject
    cue: Span
    trust: float


def reports(sentence: Sentence) -> list[Report]:
    """Return the statements that a sentence reports, in order, none overlapping."""
    found: list[Report] = []
    free = 0
    for at, token in enumerate(sentence.row):
        if token.start < free:
            continue
        report = _report_at(sentence, at)
        if report is not None and report.span.start >= free:
            found.append(report)
            free = report.span.end
    return found


def _report_at(sentence: Sentence, at: int) -> Report | None:
    token = sentence.row[at]
    if token.low == "according":
        return _according(sentence, at)
    if token.form not in (Form.CUE, Form.CUE_ING) or sentence.passive(at):
        return None
    if _hedged(sentence.row, at):
        return None
    return _before(sentence, at) or _behind(sentence, at) or _act(sentence, at)


def _hedged(row: Sequence[Token], verb: int) -> bool:
    """“would say”, “may have said”, “did not say”: nothing was said."""
    helpers = takewhile(
        lambda token: token.form in (Form.ADVERB, Form.AUXILIARY), reversed(row[:verb])
    )
    return any(token.low in DOUBT for token in helpers)


def _before(sentence: Sentence, verb: int) -> Report | None:
    """X says that STATEMENT; X says STATEMENT."""
    base = LEMMA[sentence.row[verb].low]
    after = _complement(sentence.row, verb, base)
    that = _that(sentence.row, after) if base in THAT else None
    if that is not None:
        return _stated(sentence, verb, that, WITH_THAT)
    if base not in BARE or not _clause_follows(sentence.row, verb, after):
        return None
    return _stated(sentence, verb, after, CLAUSE)


def _complement(row: Sequence[Token], verb: int, base: str) -> int:
    """Return the token where what was said may begin: after "on Monday", "reporters"."""
    after = verb + 1
    while after < len(row) and row[after].form in (Form.ADVERB, Form.TIME):
        after += 1
    if after + 1 < len(row) and row[after].low == "on" and row[after + 1].form is Form.TIME:
        after += 2
        while after < len(row) and row[after].form in _TIMES:
            after += 1
    return _listener(row, after) if base in TOLD else after


def _listener(row: Sequence[Token], after: int) -> int:
    """Step over whom it was told to."""
    end = min(len(row), after + _MOST_LISTENERS)
    while after < end and row[after].form in _LISTENERS:
        after += 1
    return after


def _that(row: Sequence[Token], after: int) -> int | None:
    """Return the token behind "that", if it comes at once or after "in a speech"."""
    for at in range(after, min(len(row), after + _THAT_REACH)):
        if row[at].low == "that":
            return at + 1
        allowed = _INTERLUDE if at > after else (Form.PREPOSITION, Form.TIME)
        if row[at].form not in allowed:
            break
    return None


def _clause_follows(row: Sequence[Token], verb: int, after: int) -> bool:
    if after >= len(row):
        return False
    if LEMMA[row[verb].low] != "say":
        return _opens_clause(row, after)
    relative = any(
        token.form is Form.RELATIVE or token.low in ("that", "where")
        for token in row[max(0, verb - 5) : verb]
    )
    if relative and row[after].form in _VERBS:
        return True
    words = [t for t in row[after : after + 4] if t.form not in (Form.STOP, Form.COMMA)]
    return len(words) > _SHORTEST + 1 and row[after].form in _OPENS_SAID


def _opens_clause(row: Sequence[Token], at: int) -> bool:
    """Whether a clause of its own begins here: a phrase, and soon its verb."""
    if row[at].form not in _OPENS:
        return False
    for token in row[at + 1 : at + _REACH]:
        past = token.form is Form.OTHER and token.low.endswith("ed") and len(token.low) > _RED
        if past or token.form in _VERBS:
            return True
        if token.form in _NO_CLAUSE:
            return False
    return False


def _stated(sentence: Sentence, verb: int, start: int, trust: float) -> Report | None:
    """Return the statement from token `start` to the sentence's end or the next verb of saying."""
    subject = sentence.subject(verb)
    if subject is None or subject.first > verb:
        return None
    if trust != WITH_THAT and _tags(sentence.row, subject.first):
        return None
    row = sentence.row
    end = _end(row)
    for at in range(start + 2, end):
        again = row[at].form is Form.CUE and row[at - 1].form is Form.JOIN
        if again and LEMMA[row[at].low] in THAT:
            end = at - 1
            break
    while end > start and row[end - 1].form in (Form.COMMA, Form.JOIN, Form.DASH):
        end -= 1
    return _report(sentence, range(start, end), subject, verb, trust)


def _tags(row: Sequence[Token], first: int) -> bool:
    """Whether the subject stands right behind a quotation, whose cue this verb then is."""
    if first and row[first - 1].form is Form.COMMA:
        first -= 1
    return first > 0 and row[first - 1].form is Form.QUOTE


def _behind(sentence: Sentence, verb: int) -> Report | None:
    """STATEMENT, X said; STATEMENT, said X; behind a mere opening phrase, X said, STATEMENT."""
    row = sentence.row
    if LEMMA[row[verb].low] not in AFTER or row[verb].form is not Form.CUE:
        return None
    subject = sentence.subject(verb)
    if subject is None or any(token.form is Form.QUOTE for token in row):
        return None
    first, last = min(subject.first, verb), max(subject.last, verb)
    following = row[last + 1].form if last + 1 < len(row) else Form.STOP
    set_off = first > 0 and row[first - 1].form in (Form.COMMA, Form.DASH)
    if not set_off or following not in _TAG_ENDS:
        return None
    if _states(row[: first - 1]):
        return _report(sentence, range(first - 1), subject, verb, BEHIND)
    if following is Form.COMMA:
        return _report(sentence, range(last + 2, _end(row)), subject, verb, BEHIND)
    return None


def _states(row: Sequence[Token]) -> bool:
    """Whether these tokens are a clause of their own and no mere opening phrase."""
    first = next((token for token in row if token.form is not Form.JOIN), None)
    if first is None or first.form in (Form.PREPOSITION, Form.CLAUSE, Form.CUE_ING):
        return False
    if first.low.endswith(("ing", "ed")) and first.form is not Form.NAME:
        return False
    return any(token.form in _VERBS for token in row)


def _act(sentence: Sentence, verb: int) -> Report | None:
    """What is said by the verb itself: “urged them to”, “called for”, “criticised the plan”."""
    row = sentence.row
    base, after = LEMMA[row[verb].low], verb + 1
    if after + 1 >= len(row) or row[verb].form is not Form.CUE or row[verb - 1].low == "to":
        return None
    if any(token.form is Form.RELATIVE for token in row[max(0, verb - 3) : verb]):
        return None
    if base in ASKS:
        after = _listener(row, after)
        asked = after < len(row) and row[after].low in QUESTIONS
    else:
        low = row[after].low
        asked = (base in TO_ACTS and low == "to") or low in PHRASES.get(base, ())
        asked = asked or (base in ACTS and row[after].form in _OBJECTS)
    return _stated(sentence, verb, after, ACT) if asked else None


def _according(sentence: Sentence, at: int) -> Report | None:
    """STATEMENT, according to X; According to X, STATEMENT; and X in between: the longer side."""
    row = sentence.row
    subject = sentence.after(at + 2) if at + 1 < len(row) and row[at + 1].low == "to" else None
    if subject is None:
        return None
    end = _end(row)
    commas = (p for p in range(subject.last + 1, end) if row[p].form is Form.COMMA)
    rest = range(next(commas, end) + 1, end)
    opens = at == 0 or row[at - 1].form in (Form.JOIN, Form.CLAUSE)
    before = range(at - (row[at - 1].form is Form.COMMA)) if at else range(0)
    if opens or len(rest) > 2 * len(before):
        return _report(sentence, rest, subject, at, ACCORDING)
    return _report(sentence, before, subject, at, ACCORDING)


def _end(row: Sequence[Token]) -> int:
    return len(row) - 1 if row[-1].form is Form.STOP else len(row)


def _report(
    sentence: Sentence, stated: range, subject: Subject, verb: int, trust: float
) -> Report | None:
    """Return the report of the tokens in `stated`, links before it left out; None if too short."""
    row = sentence.row
    start, end = stated.start, max(stated.start, stated.stop)
    while start < end and row[start].low in _LINKS:
        start += 1
    words = [t for t in row[start:end] if t.form not in (Form.COMMA, Form.STOP, Form.DASH)]
    if len(words) <= _SHORTEST:
        return None
    first, last = min(subject.first, verb), max(subject.last, verb)
    cue = Span(row[first].start, row[last].end)
    span = Span(row[start].start, row[end - 1].end)
    return Report(span, subject, cue, trust * subject.trust)
