"""Where quotation marks open and close: places only, no opinion on who speaks.

Marks match by position rather than by shape, because print mixes them: a curly
mark is often closed by a straight one. A paragraph that ends inside a quotation
leaves it open; if the next one opens with a mark, the quotation goes on there.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from bot.attribution.lexicon import NO_MATCH, Lexicon
from bot.model import Span
from bot.text import trim

# Up to three words may be marked for any reason: a nickname, a title, irony.
MAX_SHORT_WORDS = 3
_WORD = re.compile(r"\w+")
_ANY_MARK = re.compile(r"''|’’|``|[\"“”„‟«»‹›「」『』‘'‚`]")
_CLOSING_SINGLE = re.compile(r"['’](?<=[\w.,!?%)…;:—–-].)(?![A-Za-z0-9'’])")
_OPENING_SINGLE = re.compile(r"(?<=[\s(])['‘](?=[^\W\d_])")
# Print that sets its marks off by a blank: “: " We will. "”.
_SPACED_QUOTATION = re.compile(
    r"(?=[\"‘])(?:(?<=[:,.!?]\s)|\A|(?<=\n))(?:\"\s[^\"\n]{2,}?\s\"|‘\s[^‘\n]{2,}?[.,!?…]\s’)(?!\w)"
)
_DOUBLE_QUOTED = re.compile(r"[“\"]([^“”\"]+)[”\"]")
_PAUSES = ",.!?…"
# “TRANTER: We will”: a label inside the marks.
_LABEL = re.compile(r"[A-ZÀ-Þ][A-ZÀ-Þ'’.-]+(?: [A-ZÀ-Þ][A-ZÀ-Þ'’.-]+){0,3}:\s+(?=\S)")
# One may be a heading, “NOTE: Wet paint”.
_MIN_LABELS = 2
# Two pictures within one quotation; what is longer is another part of the page.
_MAX_CAPTIONS = 2
_STOPS = ".!?…:"
_INTRODUCERS = ":,.!?"
_OPENING_MARKS = frozenset("“„«「『")
_CLOSING_MARKS = {"„": "“”", "«": "»", "「": "」", "『": "』", "»": "«", "‹": "›", "‚": "‘’"}
_STRAIGHT_MARKS = frozenset(('"', "''", "’’"))
_BEFORE_OPENING = frozenset(" \t\n\u00a0\u2009\u202f([{—–-/‘'\"“")
_CURRENCY = "$£€"
_SINGLE_MARKS = frozenset("‘'‚`")
_BLANKS_AND_MARKS = ' \t\u00a0"“”„«»「」『』'


class Quotation(NamedTuple):
    """Words between two marks, within one paragraph.

    `inner` is the words, `outer` takes the marks in. `closed` is False where the
    paragraph ends, or another quotation opens, before a closing mark. `nested` are
    the words quoted within it; `single` means that its own marks are single ones.
    """

    inner: Span
    outer: Span
    paragraph_index: int
    closed: bool
    nested: tuple[Span, ...] = ()
    single: bool = False


@dataclass(slots=True)
class _OpenQuotation:
    """The quotation that is open at this point of a paragraph."""

    opener: str
    outer_start: int
    inner_start: int
    nested: list[Span] = field(default_factory=list)


def count_words(text: str, span: Span) -> int:
    """Count the words in `span`: runs of letters and digits."""
    return len(_WORD.findall(text, *span))


def find_quotations(text: str, paragraphs: Sequence[Span], lexicon: Lexicon) -> list[Quotation]:
    r"""Return the quotations of every paragraph, in order, none inside another.

    >>> from bot.attribution.lexicon import load_lexicon
    >>> from bot.languages import load_language
    >>> text = "He said: “No.\n“Never.”"
    >>> english = load_lexicon(load_language("english"))
    >>> found = find_quotations(text, [Span(0, 13), Span(14, 22)], english)
    >>> [(text[m.inner.start : m.inner.end], m.closed) for m in found]
    [('No.', False), ('Never.', True)]
    """
    quotations: list[Quotation] = []
    for index, paragraph in enumerate(paragraphs):
        next_paragraph = paragraphs[index + 1] if index + 1 < len(paragraphs) else None
        next_reopens = next_paragraph is not None and text[next_paragraph.start] in "‘'"
        quotations.extend(_ParagraphScanner(text, paragraph, index, lexicon, next_reopens=next_reopens).scan())
    labels = [_find_label_within(text, each, paragraphs) for each in quotations]
    if len(labels) - labels.count(None) < _MIN_LABELS:
        return quotations
    return [
        each._replace(inner=Span(end, each.inner.end), outer=Span(end, max(end, each.outer.end))) if end else each
        for each, end in zip(quotations, labels, strict=True)
    ]


def _find_label_within(text: str, quotation: Quotation, paragraphs: Sequence[Span]) -> int | None:
    """Return where the words begin behind a label inside their marks, “TRANTER: We will”; None without one."""
    opens_paragraph = quotation.outer.start == paragraphs[quotation.paragraph_index].start
    label = _LABEL.match(text, *quotation.inner) if opens_paragraph else None
    return label.end() if label else None


def flag_continuations(text: str, quotations: Sequence[Quotation], paragraphs: Sequence[Span]) -> list[bool]:
    """Say of each mark whether it goes on with the quotation before it.

    It does when the one before was left open at the end of the paragraph before
    and this one stands at the very start of its own. Captions may stand between:
    lines without a stop.
    """
    flags = [False] * len(quotations)
    for index in range(1, len(quotations)):
        previous, current = quotations[index - 1], quotations[index]
        between = paragraphs[previous.paragraph_index + 1 : current.paragraph_index]
        flags[index] = (
            not previous.closed
            and current.outer.start == paragraphs[current.paragraph_index].start
            and previous.paragraph_index < current.paragraph_index
            and len(between) <= _MAX_CAPTIONS
            and all(text[paragraph.end - 1] not in _STOPS for paragraph in between)
        )
    return flags


class _ParagraphScanner:
    """Goes through one paragraph's marks from left to right, once."""

    def __init__(self, text: str, span: Span, index: int, lexicon: Lexicon, *, next_reopens: bool) -> None:
        self._text = text
        self._lexicon = lexicon
        self._clipped_word = _compile_clipped_word(lexicon)
        self._span = span
        self._index = index
        self._next_reopens = next_reopens
        self._closing_singles = [match.start() for match in _CLOSING_SINGLE.finditer(text, span.start, span.end)]
        self._open_quotation: _OpenQuotation | None = None
        self._quotations: list[Quotation] = []

    def scan(self) -> list[Quotation]:
        """Return the quotations found; one left open ends with the paragraph."""
        resume_at = self._span.start
        spaced = {match.start(): match.end() for match in _SPACED_QUOTATION.finditer(self._text, *self._span)}
        for match in _ANY_MARK.finditer(self._text, *self._span):
            if match.start() < resume_at:
                continue
            if self._open_quotation is None and match.start() in spaced:
                resume_at = spaced[match.start()]
                self._close_quotation(_OpenQuotation(match.group(), *match.span()), resume_at - 1, resume_at)
            elif match.group() in _SINGLE_MARKS:
                resume_at = self._take_single(match.start(), match.end())
            else:
                self._take_double(match.group(), match.start(), match.end())
        if self._open_quotation is not None:
            self._close_quotation(self._open_quotation, self._span.end, self._span.end, closed=False)
        return [quotation for quotation in self._quotations if quotation.inner.start < quotation.inner.end]

    def _take_single(self, start: int, end: int) -> int:
        """Take a single mark, opening or closing a quotation or neither; return where the search goes on."""
        is_clipped = self._clipped_word.match(self._text, start)
        closing = None if is_clipped else self._find_closing_single(start)
        if closing is None:
            if self._open_quotation is None and self._continues_below(start):
                self._open_quotation = _OpenQuotation("‘", start, end)
            return end
        if self._open_quotation is not None:
            self._open_quotation.nested.append(Span(end, closing))
        else:
            nested = [Span(*match.span(1)) for match in _DOUBLE_QUOTED.finditer(self._text, end, closing)]
            self._close_quotation(_OpenQuotation("‘", start, end, nested), closing, closing + 1)
        return closing + 1

    def _find_closing_single(self, start: int) -> int | None:
        """Return where the single mark that opens at `start` closes; None for an apostrophe."""
        text, span, closing_singles = self._text, self._span, self._closing_singles
        previous_character = text[start - 1] if start > span.start else " "
        next_character = text[start + 1] if start + 1 < span.end else " "
        if previous_character not in _BEFORE_OPENING or not (next_character.isalnum() or next_character in _CURRENCY):
            return None
        index = bisect_left(closing_singles, start + 1)
        while index < len(closing_singles) and self._is_possessive(index):
            index += 1
        closing = closing_singles[index] if index < len(closing_singles) else None
        is_code = text[start] == "`" and closing is not None and text.find("`", start + 1, closing) > 0
        return None if is_code else closing

    def _is_possessive(self, index: int) -> bool:
        """Whether a mark ends a plural possessive: a word goes on, and a mark behind a pause closes later."""
        text, closing_singles = self._text, self._closing_singles
        at = closing_singles[index]
        if text[at - 1] != "s" or not text[at + 1 : at + 2].isspace() or not text[at + 2 : at + 3].islower():
            return False
        for previous, closing in pairwise(closing_singles[index:]):
            # Behind any letter but "s" a mark ends no possessive.
            ends_word = text[closing - 1].isalpha() and text[closing - 1] != "s" and text[closing - 2].isalpha()
            openings = _OPENING_SINGLE.finditer(text, previous + 1, closing)
            if any(not self._clipped_word.match(text, opening.start()) for opening in openings):
                return False
            if text[closing - 1] in _PAUSES or ends_word:
                return True
        return False

    def _continues_below(self, start: int) -> bool:
        """Whether a single mark at the paragraph's start, or behind a pause, opens what goes on in the next one."""
        text, first = self._text, self._span.start
        opens = start == first or (text[start - 1].isspace() and text[start - 2 : start - 1] in tuple(_INTRODUCERS))
        return opens and self._next_reopens and text[start + 1].isalnum()

    def _take_double(self, mark: str, start: int, end: int) -> None:
        """Open a quotation at a double mark, or close the open one; an opening mark cuts short what is open."""
        if _is_opening(self._text, self._span, Span(start, end), mark, self._open_quotation):
            if self._open_quotation is not None:
                self._close_quotation(self._open_quotation, start, start, closed=False)
            self._open_quotation = _OpenQuotation(mark, start, end)
        elif self._open_quotation is not None and _is_closing(mark, self._open_quotation.opener):
            self._close_quotation(self._open_quotation, start, end)

    def _close_quotation(self, opening: _OpenQuotation, inner_end: int, outer_end: int, *, closed: bool = True) -> None:
        """End a quotation at `inner_end`, its closing mark at `outer_end`.

        One that is not closed ends before the cue of “We will go, said Ann Bell.”, if it has one, and counts as closed.
        """
        self._open_quotation = None
        unclosed_cue = _compile_unclosed_cue(self._lexicon)
        cue = None if closed else unclosed_cue.search(self._text, opening.inner_start, inner_end)
        if cue is not None:
            closed, inner_end, outer_end = True, cue.start() + 1, cue.start() + 1
        inner = _strip_marks(self._text, opening.inner_start, max(opening.inner_start, inner_end))
        outer, is_single = trim(self._text, Span(opening.outer_start, outer_end)), opening.opener in _SINGLE_MARKS
        self._quotations.append(Quotation(inner, outer, self._index, closed, tuple(opening.nested), is_single))


def _strip_marks(text: str, start: int, end: int) -> Span:
    """Return [start, end) without the blanks and marks at its ends."""
    while start < end and text[start] in _BLANKS_AND_MARKS:
        start += 1
    while end > start and text[end - 1] in _BLANKS_AND_MARKS:
        end -= 1
    return Span(start, end)


def _is_opening(text: str, span: Span, mark_span: Span, glyph: str, open_quotation: _OpenQuotation | None) -> bool:
    """Whether the mark opens a quotation, by its glyph, the blanks beside it and what is open."""
    next_character = text[mark_span.end] if mark_span.end < span.end else " "
    previous_character = text[mark_span.start - 1] if mark_span.start > span.start else ""
    blank_after, blank_before = next_character.isspace(), not previous_character or previous_character.isspace()
    if glyph == "”" and open_quotation is None:
        return blank_before and next_character.isalnum()
    if glyph in _OPENING_MARKS:
        is_closing_mark = open_quotation is not None and glyph in _CLOSING_MARKS.get(open_quotation.opener, "")
        return not is_closing_mark and not (glyph == "“" and blank_after and not blank_before)
    if glyph == "``":
        return not blank_after
    if glyph == "»":
        return open_quotation is None and next_character.isalnum()
    is_behind_word = previous_character and previous_character not in _BEFORE_OPENING
    if glyph not in _STRAIGHT_MARKS or blank_after or is_behind_word:
        return False
    return open_quotation is None or (previous_character.isspace() and next_character.isalnum())


def _is_closing(mark: str, opener: str) -> bool:
    """Whether `mark` closes what `opener` opened."""
    if opener in _CLOSING_MARKS:
        return mark in _CLOSING_MARKS[opener]
    return mark in "”»‟“" or mark in _STRAIGHT_MARKS


@cache
def _compile_unclosed_cue(lexicon: Lexicon) -> re.Pattern[str]:
    """Compile the comma and blank alone where a mark was forgotten before a cue: “We will go, said Ann Bell.”."""
    forms = "|".join(sorted(form for form, base in lexicon.lemmas.items() if base in lexicon.verbs.core)) or NO_MATCH
    return re.compile(rf",\s(?=(?:{forms})\s[A-ZÀ-Þ])")


@cache
def _compile_clipped_word(lexicon: Lexicon) -> re.Pattern[str]:
    """Compile the words that an apostrophe shortens: “'til”."""
    clipped_word = lexicon.get_pattern("patterns", "clipped_word")
    return re.compile(rf"['‘](?:{clipped_word})\b", re.IGNORECASE)
