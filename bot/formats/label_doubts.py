"""Lines that may open with a speaker's label or be a speaker's words: the fact and the remedy for each.

Some look like a label and are not read as one: what opens them may be a sign, a tag or a number before a name, a mark
that no record uses behind it, or a name in brackets; and a label may stand within a line, behind the end of somebody
else's sentence. A format refuses them, and `check` names them.

A text whose lines are broken within sentences has names at the beginning of lines that open nothing: behind a line
that ends no sentence a label is one only where its shape tells it from words.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from bot.formats.label_voices import (
    MAX_NAME_WORDS,
    MAX_UNCERTAIN_WORDS,
    TIME,
    is_name,
    load_common_words,
    load_words,
    opens_as_person,
)
from bot.formats.labels import (
    COLON_LABEL,
    MAX_LABEL_LENGTH,
    Certainty,
    Label,
    introduces_words,
    may_be_speaker,
    parse_label,
)
from bot.model import Span

_KEEP_REMEDY = "or begin the line with a space to keep it in the turn"

_TWO_LETTERS = re.compile(r"[^\W\d_]{2,}")
_SENTENCE_ENDS = frozenset('.!?…:;"”’)]')
# A speaker who is interrupted ends with a dash; a star closes a name in bold.
_BREAK_ENDS = _SENTENCE_ENDS | frozenset("—–-*_>")
_QUOTED_NEXT = re.compile(r"\s*[\"“‘«„]")
_EMPTY_LINE = re.compile(r"[ \t]*(?:\n\n|\r\n\r\n)")
_ENDS_WITH_TIME = re.compile(rf"{TIME}\Z")
# In characters, as "01:00:05.900" has.
_LONGEST_TIME = 12
_INDENT = re.compile(r"[ \t\u00a0]{2}|[\r\n]\t")
# These marks may be followed by the next sentence as well as by a speaker's words.
_SENTENCE_SHAPES = frozenset(".;-–—")
# "12 Ann Low: No." may be a numbered paragraph as well.
_NUMBER = re.compile(r"\d{1,4}\s+(?=[A-Z])")
_HAS_DIGIT = re.compile(r"\d")
_LETTERED_WORD = re.compile(r"[^\W\d_]")
_NAME = r"(?P<name>[^\W\d_][^:;?!()\[\]\"“”*<>#|=@{}~→⇒\n]{2,80}?)"
# A tag, a sign or a number that no label opens with, and what no record ends one with. The opening is
# matched possessively: a line of figures could be divided among its pieces in too many ways.
_ODD_LABEL = re.compile(
    rf"(?P<opening>(?:</?\w[^<>]{{0,60}}>|\[\w{{1,5}}\]|'{{2,3}}|[^\w\s“‘'(\[]|[(\[]?\d[\d.]*+[)\]]?|\s){{0,12}}+){_NAME}(?:\s*\([^()]{{1,80}}\))?"
    r"[\"”)\]}]?(?P<mark>(?:\s*</\w{1,12}>)*\s?[:=~→⇒|>](?:\s*</\w{1,12}>|\[/\w{1,5}\]|'{2,3})*|\",)(?=\s|\"|\Z)"
)
_BRACKETED_NAME = re.compile(rf"[(\[{{<]{_NAME}[)\]}}>]:?\s+(?=\S)")
# As in "Ann Low (0:12) No." and "[Ann Low 0:12] No.": no record prints it.
_TIMED_NAME = re.compile(rf"\[?{_NAME}\s+[\[(]?(?:\d{{1,2}}:)?\d{{1,2}}:\d\d[\])]\s+(?=\S)")
_WITHIN_LINE = re.compile(
    r"[.!?…”\")\]]\s+(?P<name>(?:[^\W\d_]{1,5}\.\s)?[^\W\d_][^.!?…:;()\[\]“”\"]{1,60})(?:\([^()]{1,60}\)\s?)?:\s"
)


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


def find_doubt_of_label(text: str, line: Span, label: Label, running: RunningText) -> tuple[str, str] | None:
    """Return a fact and a remedy for a line whose label may be words of a sentence all the same; None for any other.

    Such words go on with the sentence of the line before, or are "Mr Low said:" before a quotation without marks.
    """
    if label.voice is None:
        return None
    if _may_go_on(text, line, label, running):
        fact = f"'{text[slice(*label.span)]}' may be a speaker's name or go on with the line before"
        return fact, f"put an empty line before it, {_KEEP_REMEDY}"
    if introduces_words(text, line, label) and not quotes_next(text, line):
        fact = f"'{text[slice(*line)]}' may be a speaker's label, or a speaker's words before a quotation"
        return fact, f"write '{label.voice.name}:', {_KEEP_REMEDY}"
    return None


def _may_go_on(text: str, line: Span, label: Label, running: RunningText) -> bool:
    """Return whether a label may be words that go on with a sentence of the line before."""
    if label.is_marked or not _runs_on(text, line.start):
        return False
    is_lower = text[label.words_start : label.words_start + 1].islower() and not running.is_lower
    is_unlike_words = label.has_details or (label.voice is not None and label.voice.name.isupper())
    is_sentence = label.shape[:1] in _SENTENCE_SHAPES and label.certainty is Certainty.KNOWN_NAME_ONLY
    return is_lower or is_sentence or (running.is_wrapped and not is_unlike_words)


def quotes_next(text: str, line: Span) -> bool:
    """Return whether the next line opens with a quotation mark."""
    return _QUOTED_NEXT.match(text, line.end) is not None


def find_doubt_of_indent(text: str, line: Span) -> tuple[str, str] | None:
    """Return a fact and a remedy for a full name and a colon further in than one space; None for any other line."""
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
        return fact, f"write '{label.voice.name} (role):', {_KEEP_REMEDY}"
    if not _begins_paragraph(text, line.start):
        return None
    if label and (may_be_speaker(label) or label.certainty is Certainty.LIKELY):
        fact = f"'{text[slice(*label.span)]}' may be a speaker's name or a speaker's words"
        return fact, f"write '{text[slice(*label.span)]}:', {_KEEP_REMEDY}"
    if _is_capital_line(text, line):
        fact = f"'{text[slice(*line)]}' may be a heading, a speaker's name or a speaker's words"
        return fact, f"write '# ' before a heading, {_KEEP_REMEDY}"
    words = find_lookalike_label(text, *line)
    if words is None:
        return None
    remedy = "leave out what stands before the name" if is_name(words) else "capitalise each word of the name"
    return f"'{words}:' looks like a speaker's label", f"{remedy}, {_KEEP_REMEDY}"


def _is_capital_line(text: str, line: Span) -> bool:
    """Return whether a line is a paragraph in capitals that ends no sentence, as headings are printed."""
    words = text[slice(*line)]
    is_paragraph = words[-1] not in _SENTENCE_ENDS and _EMPTY_LINE.match(text, line.end) is not None
    return is_paragraph and words.isupper() and len(_TWO_LETTERS.findall(words)) > 1


def _begins_paragraph(text: str, start: int) -> bool:
    r"""Return whether the line at `start` begins a paragraph: no sentence runs on from the line before.

    >>> [_begins_paragraph(text, len(text)) for text in ("", "No.\n", "we saw\n\n", "we saw\n")]
    [True, True, True, False]
    """
    end = _skip_blanks_before(text, start)
    return end == 0 or text.count("\n", end, start) > 1 or text[end - 1] in _SENTENCE_ENDS


def _runs_on(text: str, start: int) -> bool:
    """Return whether the line before ends no sentence, and is neither a time nor broken off."""
    end = _skip_blanks_before(text, start)
    if _begins_paragraph(text, start) or text[end - 1] in _BREAK_ENDS:
        return False
    return _ENDS_WITH_TIME.search(text[max(0, end - _LONGEST_TIME) : end]) is None


def _skip_blanks_before(text: str, end: int) -> int:
    """Return where the blanks that end at `end` begin."""
    while end and text[end - 1].isspace():
        end -= 1
    return end


def find_label_words(text: str, start: int, end: int) -> str | None:
    """Return the words by which a line may open a turn, None if it does not look like one that does."""
    label = parse_label(text, start, end)
    if label and (label.certainty is not Certainty.KNOWN_NAME_ONLY or may_be_speaker(label)):
        return text[slice(*label.span)]
    return find_lookalike_label(text, start, end)


def find_lookalike_label(text: str, start: int, end: int) -> str | None:
    """Return the words of the line that look like a speaker's name and are no label, None if there are none.

    >>> find_lookalike_label("press officer: No.", 0, 18), find_lookalike_label("let me be clear: No.", 0, 20)
    ('press officer', None)
    >>> find_lookalike_label("{Ann Low} No.", 0, 13), find_lookalike_label("(Hear, hear.) No.", 0, 17)
    ('Ann Low', None)
    """
    return _find_words_before_colon(text, start, end) or _find_odd_label(text, start, end)


def _find_words_before_colon(text: str, start: int, end: int) -> str | None:
    """Return the few words before a colon; None where they look like the beginning of a sentence."""
    number = _NUMBER.match(text, start, end)
    match = COLON_LABEL.match(text, number.end() if number else start, min(end, start + MAX_LABEL_LENGTH))
    if match and number and is_name(match["name"]) and not _HAS_DIGIT.search(match["name"]):
        return match["name"].strip()
    if match is None or number or not text[match.end() : match.end() + 2].lstrip()[:1].isupper():
        return None
    behind_comma = (match["tail"] or "").strip(" ,–—-")
    if _is_full_name(behind_comma) and opens_as_person(behind_comma) and not is_name(match["name"]):
        # As in "For the council, Ann Low: No.", which no label opens with.
        return f"{match['name'].strip()}, {behind_comma}"
    words = [word.casefold().strip(".,") for word in match["name"].split()]
    if not words:
        return None
    if opens_as_person(match["name"]) and words[-1] in load_words("verbs"):
        # As in "Ann Low then said: No.", where the words are hers.
        return match["name"].strip()
    most = MAX_NAME_WORDS if opens_as_person(match["name"]) else MAX_UNCERTAIN_WORDS
    is_short = len(words) <= most and all(_LETTERED_WORD.match(word) for word in words)
    of_sentences = load_words("words", table="stop_words") | load_words("counts")
    # "Caller from Leeds: No." opens with no such word, has a name in it, and no verb.
    is_named = words[0] in load_words("offices") or any(word[0].isupper() for word in match["name"].split()[1:])
    is_phrase = words[0] not in of_sentences and is_named
    is_sentence = of_sentences.intersection(words) - (load_words("prepositions") if is_phrase else frozenset())
    return match["name"].strip() if is_short and not is_sentence else None


def _find_odd_label(text: str, start: int, end: int) -> str | None:
    """Return the full name that a line opens with, in a shape that no record prints; None where it opens with none."""
    limit = min(end, start + MAX_LABEL_LENGTH)
    bracketed = _TIMED_NAME.match(text, start, limit) or _BRACKETED_NAME.match(text, start, limit)
    if bracketed:
        return bracketed["name"].strip() if _is_full_name(bracketed["name"]) else None
    match = _ODD_LABEL.match(text, start, limit)
    is_odd = match and (match["opening"].strip() or match["mark"].strip() != ":")
    is_name_of_account = match and match["opening"].endswith("@")
    return match["name"].strip() if match and is_odd and (is_name_of_account or _is_full_name(match["name"])) else None


def find_doubt_within(text: str, words: Span, names: Collection[str]) -> tuple[str, str] | None:
    """Return a fact and a remedy for words that may hold another speaker's label behind the end of a sentence.

    None for any other. Before its colon stands one of `names`, which are in lower case, or a full name.

    >>> line = "We are for it. Ben Marsh: It is dear."
    >>> find_doubt_within(line, Span(0, len(line)), ())[0]
    "'Ben Marsh:' within a line may be a speaker's label"
    >>> find_doubt_within(line.lower(), Span(0, len(line)), ()) is None
    True
    """
    for match in _WITHIN_LINE.finditer(text, *words):
        name = match["name"].strip()
        if name.casefold() in names or _is_full_name(name):
            return f"'{name}:' within a line may be a speaker's label", f"put it on a line of its own, {_KEEP_REMEDY}"
    return None


def _is_full_name(name: str) -> bool:
    """Whether words without a figure or a common word may be a name of two words or more."""
    words = name.split()
    is_short = 1 < len(words) <= MAX_UNCERTAIN_WORDS and not _HAS_DIGIT.search(name)
    return is_short and is_name(name) and not load_common_words().intersection(name.casefold().split())
