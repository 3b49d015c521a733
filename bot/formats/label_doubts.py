"""Lines of a transcript that may open with a label, and may as well be a speaker's words: each with what to say of it.

A text whose lines are broken within sentences has names at the beginning of lines that open nothing: behind a line
that ends no sentence a label is one only where its shape tells it from words.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from bot.formats.label_voices import TIME, is_name
from bot.formats.labels import Certainty, introduces_words, may_be_speaker, parse_label
from bot.formats.unread_labels import looks_like_label

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.formats.labels import Label
    from bot.model import Span

KEEP_REMEDY = "or begin the line with a space to keep it in the turn"

_LETTERED_WORD = re.compile(r"[^\W\d_]{2,}")
_SENTENCE_ENDS = frozenset('.!?…:;"”’)]')
# Who is interrupted ends with a dash; a star closes a name in bold.
_BREAK_ENDS = _SENTENCE_ENDS | frozenset("—–-*_>")
_QUOTED_NEXT = re.compile(r"\s*[\"“‘«„]")
_EMPTY_LINE = re.compile(r"[ \t]*(?:\n\n|\r\n\r\n)")
_ENDS_WITH_TIME = re.compile(rf"{TIME}\Z")
_LONGEST_TIME = 12
_INDENT = re.compile(r"[ \t\u00a0]{2}|[\r\n]\t")
# Behind these marks may stand the next sentence as well as a speaker's words.
_SENTENCE_SHAPES = frozenset(".;-–—")


class RunningText(NamedTuple):
    """How a text breaks its lines: within sentences or not, and whether speech opens without a capital."""

    is_wrapped: bool
    is_lower: bool


def survey_lines(text: str, lines: Sequence[Span], labels: Mapping[int, Label]) -> RunningText:
    """Survey how the `lines` of `text` are broken; `labels` are those that may be one, by where their line begins."""
    openings = [text[label.words_start] for label in labels.values() if label.words_start < len(text)]
    is_wrapped = any(
        line.start not in labels and text[line.start].islower() and _runs_on(text, line.start) for line in lines
    )
    return RunningText(is_wrapped, sum(map(str.islower, openings)) * 2 > len(openings))


def find_doubt_of_break(text: str, line: Span, label: Label, running: RunningText) -> tuple[str, str] | None:
    """Return a fact and a remedy for a label that may be a sentence's words behind the break of a line."""
    if label.voice is None or label.is_marked or not _runs_on(text, line.start):
        return None
    is_lower = text[label.words_start : label.words_start + 1].islower() and not running.is_lower
    may_go_on = running.is_wrapped and not (label.has_details or label.voice.name.isupper())
    is_sentence = label.shape[:1] in _SENTENCE_SHAPES and label.certainty is Certainty.KNOWN_NAME_ONLY
    if not (is_lower or may_go_on or is_sentence):
        return None
    fact = f"'{text[slice(*label.span)]}' may be a speaker's name or go on with the line before"
    return fact, f"put an empty line before it, {KEEP_REMEDY}"


def find_doubt_of_verb(text: str, line: Span, label: Label) -> tuple[str, str] | None:
    """Return a fact and a remedy for "Mr Low said:" in a line of its own, before words that are in no marks."""
    if label.voice is None or not introduces_words(text, line, label) or quotes_next(text, line):
        return None
    fact = f"'{text[slice(*line)]}' may be a speaker's label, or a speaker's words before a quotation"
    return fact, f"write '{label.voice.name}:', {KEEP_REMEDY}"


def quotes_next(text: str, line: Span) -> bool:
    """Return whether the next line opens with a quotation mark."""
    return _QUOTED_NEXT.match(text, line.end) is not None


def find_doubt_of_indent(text: str, line: Span) -> tuple[str, str] | None:
    """Return a fact and a remedy for a full name and a colon that stand further in than one space."""
    if not _INDENT.match(text, max(0, line.start - 2)) or line.start < 2:
        return None
    label = parse_label(text, *line)
    if label is None or label.certainty is not Certainty.CERTAIN or not may_be_speaker(label):
        return None
    fact = f"'{text[slice(*label.span)]}:' behind blanks may be a speaker's label"
    return fact, "begin the line with the name, or with one space to keep it in the turn"


def find_doubt(text: str, line: Span, label: Label | None) -> tuple[str, str] | None:
    """Return a fact and a remedy for a line that may open with a label, None for any other."""
    if label and label.certainty is Certainty.LIKELY and label.voice:
        fact = f"'{text[slice(*label.span)]}:' may be a speaker's label or a speaker's words"
        return fact, f"write '{label.voice.name} (role):', {KEEP_REMEDY}"
    if not begins_paragraph(text, line.start):
        return None
    if label and (may_be_speaker(label) or label.certainty is Certainty.LIKELY):
        fact = f"'{text[slice(*label.span)]}' may be a speaker's name or a speaker's words"
        return fact, f"write '{text[slice(*label.span)]}:', {KEEP_REMEDY}"
    if _is_capital_line(text, line):
        fact = f"'{text[slice(*line)]}' may be a heading, a speaker's name or a speaker's words"
        return fact, f"write '# ' before a heading, {KEEP_REMEDY}"
    words = looks_like_label(text, *line)
    if words is None:
        return None
    remedy = "leave out what stands before the name" if is_name(words) else "capitalise each word of the name"
    return f"'{words}:' looks like a speaker's label", f"{remedy}, {KEEP_REMEDY}"


def _is_capital_line(text: str, line: Span) -> bool:
    """Return whether a line is a paragraph in capitals that ends no sentence, as headings are printed."""
    words = text[slice(*line)]
    return (
        words.isupper()
        and len(_LETTERED_WORD.findall(words)) > 1
        and words[-1] not in _SENTENCE_ENDS
        and _EMPTY_LINE.match(text, line.end) is not None
    )


def begins_paragraph(text: str, start: int) -> bool:
    r"""Return whether the line at `start` begins a paragraph: no sentence runs on from the line before.

    >>> [begins_paragraph(text, len(text)) for text in ("", "No.\n", "we saw\n\n", "we saw\n")]
    [True, True, True, False]
    """
    end = _skip_blanks_before(text, start)
    return end == 0 or text.count("\n", end, start) > 1 or text[end - 1] in _SENTENCE_ENDS


def _runs_on(text: str, start: int) -> bool:
    """Return whether the line before ends no sentence, and is neither a time nor broken off."""
    end = _skip_blanks_before(text, start)
    if begins_paragraph(text, start) or text[end - 1] in _BREAK_ENDS:
        return False
    return _ENDS_WITH_TIME.search(text[max(0, end - _LONGEST_TIME) : end]) is None


def _skip_blanks_before(text: str, end: int) -> int:
    """Return where the blanks that end at `end` begin."""
    while end and text[end - 1].isspace():
        end -= 1
    return end
