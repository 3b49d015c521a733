"""A paragraph as a row of tokens, each with its form; a quotation is one token.

What stands inside quotation marks is not looked into: whoever speaks is named
outside them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from bot.voices.lexicon import (
    AMBIGUOUS,
    KIND,
    NOT_NAMES,
    OPENINGS,
    TITLES,
    Form,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.model import Span
    from bot.voices.marks import Mark

_TOKEN = re.compile(
    r"(?P<abbreviation>\b(?:[A-Z]\.)+(?:[A-Z]\b)?"
    r"|\b(?:Mr|Mrs|Ms|Dr|Prof|Sen|Rep|Gov|Lt|Gen|Col|Sgt|Capt|Maj|Adm|Rev|Hon|Cllr|St|Jr|Sr|Reps|Sens)\.)"
    r"|(?P<possessive>['’]s\b|(?<=s)['’](?!\w))"
    r"|(?P<word>@?[^\W\d_]+(?:[-&/][^\W_]+|['’](?!s\b)[^\W_]+)*)"
    r"|(?P<number>\d+(?:[.,:]\d+)*%?\w*)"
    r"|(?P<mark>,|:|;|—|–|--+|-(?=\s)|\(|\)|\[|\]|[.!?…。！？]+)"
)
_MARKS = {",": Form.COMMA, ":": Form.COLON, ";": Form.CLAUSE, "(": Form.OPEN, "[": Form.OPEN}
_MARKS |= {")": Form.CLOSE, "]": Form.CLOSE, "—": Form.DASH, "–": Form.DASH}
_ENDS = re.compile(r"[.!?…。！？]['’\"”)\]]*$")
# No sentence is longer; whatever claims to be has no punctuation, and time must stay linear.
_LONGEST = 250
_LOWER = re.compile(r"\b[a-z][a-z'’-]+")
_OPENING_ING = re.compile(r"(?:^|[.!?”\"] )([A-Z][a-z]{2,}ing)\b", re.MULTILINE)
_MONTHS = re.compile(r"\b([A-Z][a-z]+) (May|March|April|June|August|Will)\b")
_INSIDE = re.compile(r"\b[a-z]+,? ([A-Z][a-z]+)\b")


class Usage(NamedTuple):
    """How a document writes its words: those somewhere in lower case, those always capital."""

    lower: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    surnames: frozenset[str] = frozenset()


_DOING = (Form.CUE, Form.CUE_ING, Form.VERB, Form.ADVERB, Form.AUXILIARY)
_AFTER_CUE = (Form.STOP, Form.COMMA, Form.PREPOSITION, Form.TIME, Form.QUOTE, Form.ADVERB)
_GOES_ON = (Form.STOP, Form.COMMA, Form.DASH, Form.CLOSE, Form.COLON)


class Token(NamedTuple):
    """A word, mark or whole quotation at [start, end), its form, and its lower case.

    A quotation's `low` is empty; its place among the marks is found by `start`.
    """

    start: int
    end: int
    form: Form
    low: str


_UNKNOWN = Usage()


def usage(text: str) -> Usage:
    """Return which words `text` writes in lower case, and which with a capital mid-sentence."""
    names = frozenset(word.lower() for word in _INSIDE.findall(text))
    opened = {word.lower() for word in _OPENING_ING.findall(text)}
    surnames = {last.lower() for first, last in _MONTHS.findall(text) if first.lower() not in KIND}
    return Usage(frozenset(_LOWER.findall(text)) | (opened - names), names, frozenset(surnames))


def tokens(text: str, span: Span, marks: Sequence[Mark], known: Usage = _UNKNOWN) -> list[Token]:
    """Return the tokens of the paragraph `span`, whose quotations are `marks`."""
    row: list[Token] = []
    at = span.start
    for mark in marks:
        _add(text, at, mark.outer.start, known, row)
        row.append(Token(mark.outer.start, mark.outer.end, Form.QUOTE, ""))
        at = mark.outer.end
    _add(text, at, span.end, known, row)
    return row


def sentences(text: str, row: Sequence[Token]) -> list[list[Token]]:
    """Return `row` cut into sentences; a quotation that ends one ends it here too."""
    out: list[list[Token]] = []
    current: list[Token] = []
    for at, token in enumerate(row):
        current.append(token)
        if len(current) >= _LONGEST or _ends(text, row, at):
            out.append(current)
            current = []
    return out


def _add(text: str, start: int, end: int, usage: Usage, row: list[Token]) -> None:
    for match in _TOKEN.finditer(text, start, end):
        kind, word = match.lastgroup, match.group()
        low = word.lower().replace("’", "'")
        if kind == "word":
            form = _word(word, low, row, usage)
        elif kind == "mark":
            form = _MARKS.get(word, Form.DASH if word[0] == "-" else Form.STOP)
        elif kind == "number":
            form = Form.NUMBER
        elif kind == "abbreviation":
            form = Form.NAME
        else:
            form = Form.POSSESSIVE
        row.append(Token(match.start(), match.end(), form, low))


def _word(word: str, low: str, row: Sequence[Token], usage: Usage) -> Form:
    known = KIND.get(low)
    before = row[-1].form if row else Form.STOP
    if word[0].isupper() or not word[0].islower():
        return _capital(low, known, before, usage)
    if known is None:
        if len(low) > 4 and low.endswith("ly"):
            return Form.ADVERB
        acts = before is Form.PRONOUN or (before is Form.NAME and low.endswith("ed"))
        return Form.VERB if acts else Form.OTHER
    if known in (Form.CUE, Form.CUE_ING) and _is_noun(low, known, row):
        return Form.OTHER
    return known


def _capital(low: str, known: Form | None, before: Form, usage: Usage) -> Form:
    dated = known is Form.TIME or (low == "may" and before is Form.PREPOSITION)
    if dated and low not in usage.surnames:
        return Form.NAME if before is Form.NAME and len(low) == 3 else Form.TIME
    opens = before in (Form.STOP, Form.QUOTE, Form.COLON, Form.DASH)
    # “May said”, “Will wrote”: elsewhere the document shows it to be a name.
    if low in usage.surnames or (known in _DOING and (not opens or low in usage.names)):
        return Form.NAME
    if known is not None:
        return known
    common = low in OPENINGS or (low in usage.lower and low not in TITLES)
    return Form.OTHER if opens and common else Form.NAME


def _is_noun(low: str, known: Form, row: Sequence[Token]) -> bool:
    if not row:
        return False
    before = row[-1]
    if before.form is Form.NUMBER:
        return low in AMBIGUOUS
    if before.form in (Form.DETERMINER, Form.POSSESSIVE):
        return before.low not in ("which", "that", "this", "others", "many", "some", "all", "both")
    if before.form is Form.PREPOSITION:
        return known is Form.CUE and before.low != "to"
    if before.low in NOT_NAMES:
        return low in AMBIGUOUS
    return low in AMBIGUOUS and before.form in (
        Form.OTHER,
        Form.CUE,
        Form.CUE_ING,
        Form.VERB,
        Form.BE,
    )


def _ends(text: str, row: Sequence[Token], at: int) -> bool:
    token = row[at]
    if at + 1 == len(row):
        return True
    following = row[at + 1]
    if token.form is Form.STOP:
        return following.form is not Form.CLOSE and not text[following.start].islower()
    if token.form is not Form.QUOTE or following.form in _GOES_ON:
        return False
    if not _ENDS.search(text, max(token.start, token.end - 6), token.end):
        return False
    return following.form is Form.QUOTE or _begins(text, row, at)


def _begins(text: str, row: Sequence[Token], at: int) -> bool:
    """Whether a sentence begins behind the quotation at `at`, which ends one itself.

    After “Why?” or “No!” a capital may begin the cue: a name, then its verb.
    """
    first = text[row[at + 1].start]
    if not (first.isupper() or first.isdigit() or first in "([<@"):
        return False
    return _stopped(text, row[at]) or not _cue_follows(row, at + 1)


def _stopped(text: str, token: Token) -> bool:
    tail = text[max(token.start, token.end - 6) : token.end].rstrip("'’\"”)]")
    return tail.endswith((".", "…", "。"))


def _cue_follows(row: Sequence[Token], at: int) -> bool:
    """Whether a name stands here and then, over its apposition, a bare verb of saying."""
    if row[at].form not in (Form.NAME, Form.PRONOUN):
        return False
    for place in range(at, min(len(row) - 1, at + 25)):
        if row[place].form in (Form.STOP, Form.QUOTE):
            return False
        if row[place].form is Form.CUE:
            return row[place + 1].form in _AFTER_CUE
    return False
