"""Where quotation marks open and close: places only, no opinion on who speaks.

Marks match by position rather than by shape, because print mixes them: a curly
mark is often closed by a straight one. A paragraph that ends inside a quotation
leaves it open; if the next one opens with a mark, the quotation goes on there.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from bot.model import Span
from bot.text import trim

if TYPE_CHECKING:
    from collections.abc import Sequence

_ANY = re.compile(r"''|’’|[\"“”„‟«»‹›「」『』‘'‚]")
_SINGLE_CLOSE = re.compile(r"(?<=[\w.,!?%)…;:—–-])['’](?![A-Za-z0-9'’])")
_CLIPPED = re.compile(r"['‘](?:\d0s|n|til|em|cause|tis|twas|bout|cos)\b", re.IGNORECASE)
_OPENERS = frozenset("“„«「『")
_CLOSED_BY = {"„": "“”", "«": "»", "「": "」", "『": "』", "»": "«", "‹": "›", "‚": "‘’"}
_STRAIGHT = frozenset(('"', "''", "’’"))
_BEFORE_OPENING = frozenset(" \t\n\u00a0\u2009\u202f([{—–-/‘'\"“")
_CURRENCY = "$£€"
_SINGLES = frozenset("‘'‚")
_BLANKS_AND_MARKS = ' \t\u00a0"“”„«»「」『』'


class Mark(NamedTuple):
    """Words between two marks, within one paragraph.

    `inner` is the words, `outer` takes the marks in. `closed` is False where the
    paragraph ends, or another quotation opens, before a closing mark.
    """

    inner: Span
    outer: Span
    paragraph: int
    closed: bool
    nested: tuple[Span, ...] = ()
    single: bool = False


@dataclass(slots=True)
class _Open:
    """The quotation that is open at this point of a paragraph."""

    mark: str
    outer: int
    inner: int
    nested: list[Span] = field(default_factory=list)


def marks(text: str, paragraphs: Sequence[Span]) -> list[Mark]:
    r"""Return the quotations of every paragraph, in order, none inside another.

    >>> text = "He said: “No.\n“Never.”"
    >>> found = marks(text, [Span(0, 13), Span(14, 22)])
    >>> [(text[m.inner.start : m.inner.end], m.closed) for m in found]
    [('No.', False), ('Never.', True)]
    """
    found: list[Mark] = []
    for number, paragraph in enumerate(paragraphs):
        after = paragraphs[number + 1] if number + 1 < len(paragraphs) else None
        reopens = after is not None and text[after.start] in "‘'"
        found.extend(_Paragraph(text, paragraph, number, reopens=reopens).marks())
    return found


def continued(found: Sequence[Mark], paragraphs: Sequence[Span]) -> list[bool]:
    """Say of each mark whether it goes on with the quotation before it.

    It does when the one before was left open at the end of the paragraph before
    and this one stands at the very start of its own.
    """
    out = [False] * len(found)
    for at in range(1, len(found)):
        before, here = found[at - 1], found[at]
        out[at] = (
            not before.closed
            and before.paragraph + 1 == here.paragraph
            and here.outer.start == paragraphs[here.paragraph].start
        )
    return out


class _Paragraph:
    """Goes through one paragraph's marks from left to right, once."""

    def __init__(self, text: str, span: Span, number: int, *, reopens: bool) -> None:
        self._text = text
        self._span = span
        self._number = number
        self._reopens = reopens
        self._closes = [m.start() for m in _SINGLE_CLOSE.finditer(text, span.start, span.end)]
        self._open: _Open | None = None
        self._found: list[Mark] = []

    def marks(self) -> list[Mark]:
        """Return the quotations found; one left open ends with the paragraph."""
        until = self._span.start
        for match in _ANY.finditer(self._text, *self._span):
            if match.start() < until:
                continue
            if match.group() in _SINGLES:
                until = self._single(match.start(), match.end())
            else:
                self._double(match.group(), match.start(), match.end())
        if self._open is not None:
            self._add(self._open, self._span.end, self._span.end, closed=False)
        return [mark for mark in self._found if mark.inner.start < mark.inner.end]

    def _single(self, at: int, after: int) -> int:
        """Take a single mark; return where the search goes on."""
        close = _single_close(self._text, at, self._span, self._closes)
        if close is None:
            if self._open is None and self._goes_on_below(at):
                self._open = _Open("‘", at, after)
            return after
        if self._open is not None:
            self._open.nested.append(Span(after, close))
        else:
            nested = _doubles(self._text, Span(after, close))
            self._add(_Open("‘", at, after, nested), close, close + 1)
        return close + 1

    def _goes_on_below(self, at: int) -> bool:
        """A single mark opens a paragraph that does not close it, and the next one reopens."""
        return at == self._span.start and self._reopens and self._text[at + 1].isalnum()

    def _double(self, mark: str, at: int, after: int) -> None:
        if _opens(self._text, self._span, Span(at, after), mark, self._open):
            if self._open is not None:
                self._add(self._open, at, at, closed=False)
            self._open = _Open(mark, at, after)
        elif self._open is not None and _closes(mark, self._open.mark):
            self._add(self._open, at, after)

    def _add(self, opened: _Open, end: int, after: int, *, closed: bool = True) -> None:
        """End a quotation at `end`, its closing mark at `after`."""
        self._open = None
        inner = _within_marks(self._text, opened.inner, max(opened.inner, end))
        outer = trim(self._text, Span(opened.outer, after))
        nested = tuple(opened.nested)
        self._found.append(
            Mark(inner, outer, self._number, closed, nested, single=opened.mark in _SINGLES)
        )


def _within_marks(text: str, start: int, end: int) -> Span:
    while start < end and text[start] in _BLANKS_AND_MARKS:
        start += 1
    while end > start and text[end - 1] in _BLANKS_AND_MARKS:
        end -= 1
    return Span(start, end)


def _opens(text: str, span: Span, mark: Span, kind: str, opened: _Open | None) -> bool:
    following = text[mark.end] if mark.end < span.end else " "
    before = text[mark.start - 1] if mark.start > span.start else ""
    blank_after, blank_before = following.isspace(), not before or before.isspace()
    if kind == "”" and opened is None:
        return blank_before and following.isalnum()
    if kind in _OPENERS:
        closes = opened is not None and kind in _CLOSED_BY.get(opened.mark, "")
        return not closes and not (kind == "“" and blank_after and not blank_before)
    if kind == "»":
        return opened is None and following.isalnum()
    if kind not in _STRAIGHT or blank_after or (before and before not in _BEFORE_OPENING):
        return False
    return opened is None or (before.isspace() and following.isalnum())


def _closes(mark: str, opener: str) -> bool:
    if opener in _CLOSED_BY:
        return mark in _CLOSED_BY[opener]
    return mark in "”»‟“" or mark in _STRAIGHT


def _single_close(text: str, at: int, span: Span, closes: Sequence[int]) -> int | None:
    """Return where the single mark that opens at `at` closes; None for an apostrophe."""
    before = text[at - 1] if at > span.start else " "
    following = text[at + 1] if at + 1 < span.end else " "
    if before not in _BEFORE_OPENING or not (following.isalnum() or following in _CURRENCY):
        return None
    if _CLIPPED.match(text, at):
        return None
    place = bisect_left(closes, at + 1)
    return closes[place] if place < len(closes) else None


_DOUBLE = re.compile(r"[“\"]([^“”\"]+)[”\"]")


def _doubles(text: str, span: Span) -> list[Span]:
    return [Span(*m.span(1)) for m in _DOUBLE.finditer(text, span.start, span.end)]
