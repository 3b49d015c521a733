"""Speakers' labels as transcripts print them: what stands around a name, and what tells a name from a sentence.

A label opens a line. Before the name may stand a time, the number of a question, a bullet or marks of emphasis;
behind it brackets, honours, an office, a time or a verb of saying; then a colon, or the end of the line behind a time.
A dash, a semicolon or a full stop ends a label only where the name is known to be a speaker's. What looks like a label
and cannot be told from a sentence is for the caller to refuse: words are never left in the last speaker's mouth in
silence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from bot.formats.label_voices import (
    MAX_UNCERTAIN_WORDS,
    TIME,
    is_name,
    load_common_words,
    load_pattern,
    load_words,
    names_nobody,
    opens_as_person,
    split_name,
)
from bot.model import Span, Voice
from bot.text import trim

# In characters, from where the name begins.
MAX_LABEL_LENGTH = 160

# Colons of other scripts and of mathematics look the same.
_COLONS = ":：꞉∶﹕︓"
# Invisible characters and pictures, which stand around names and are not part of them.
_SIGN = r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe0f\ufeff\u2600-\u27bf\U0001f000-\U0001faff]"
_PREFIX = re.compile(
    rf"(?:{_SIGN}+\s*|\[?\d{{1,4}}[/.-]\d{{1,2}}[/.-]\d{{1,4}},?\s+(?=\d{{1,2}}:)|[\[(<]?(?P<time>{TIME})(?:\s?[AaPp]\.?[Mm]\.?)?(?:\s*[-–—]+>?\s*{TIME})?[\])>]?(?=[\s\]:]|\Z)\s*[-–—:|]?\s*"
    r"|(?P<question>Q\s?\d{1,4})[.)]?\s+(?=[A-Z*\[“\"])|\(?\d{1,4}[.)]\s+|\d{1,3}(?:\.\d{1,3})+\.?\s+|[-–—•●*▪‣·]\s+|>{1,3}\s*)*"
)
_BRACKET_RUN = r"(?:\s*(?:\([^()\n]{0,80}\)|\[[^\[\]\n]{0,80}\]))*"
_BRACKETS = rf"(?P<brackets>{_BRACKET_RUN})"
_WORDS = rf"[^{_COLONS};?!()\[\]\"“”*<>#|=@{{}}\n]"
_OPEN, _CLOSE = r"(?P<wrap>\*\*\*?|__|[*_\"“'‘\[])?", r"(?P<close>\*\*\*?|__|[*_\"”'’\]])?"
COLON_LABEL = re.compile(
    rf"{_OPEN}\s?(?P<name>{_WORDS}{{1,120}}?)(?P<unsure>\s?\?{{1,3}})?{_BRACKETS}(?P<tail>(?:\s*,|\s+[–—-])\s{_WORDS}{{1,80}}|\s+(?:@\s?)?{TIME})?{_CLOSE}"
    rf"(?P<more>{_BRACKET_RUN})\s*(?P<mark>[{_COLONS}])[{_COLONS}]?(?:\*{{1,3}}|__?)?(?:\s?[-–—]{{1,2}}(?=\s))?"
)
# No colon ends these: emphasis that closes does, or a voice's tag, or a time at the end of the line.
_WRAPPED_LABEL = re.compile(rf"(?P<wrap>\*\*\*?|__)(?P<name>{_WORDS}{{1,120}}?){_BRACKETS}(?P=wrap)(?P<mark>)(?=\s|\Z)")
_TAGGED_LABEL = re.compile(rf"<(?:v(?:\.[\w.-]+)*\s+|(?=\w\w))(?P<name>{_WORDS}{{1,120}}?){_BRACKETS}(?P<mark>>)")
_TIMED_LABEL = re.compile(
    rf"\[?(?P<name>{_WORDS}{{1,120}}?)\]?{_BRACKETS}\s*(?:[-–—|•·,@]\s*)?[\[(]?(?P<clock>{TIME})(?:\s?[AaPp]\.?[Mm]\.?|[:;]\d\d)?[\])]?(?P<mark>)\s*\Z"
)
# "Ann Low 0:03 Welcome.": how meeting software prints a turn in one paragraph.
_TIMED_WORDS = re.compile(rf"(?P<name>{_WORDS}{{1,80}}?){_BRACKETS}\s+[\[(]?(?P<clock>{TIME})[\])]?(?P<mark>)\s+(?=\S)")
_BARE_LABEL = re.compile(rf"(?P<name>{_WORDS}{{1,120}}?){_BRACKETS}(?P<mark>)\s*\Z")
# Some records end every label with a stop and a dash; no sentence is followed by both.
_STOP_AND_DASH_LABEL = re.compile(rf"(?P<name>{_WORDS}{{1,80}}?){_BRACKETS}(?P<mark>\.\s?[-–—]+)")
_DASHED_LABEL = re.compile(
    rf"(?P<name>{_WORDS}{{1,80}}?){_BRACKETS}"
    r"(?P<mark>\s*[-–—]{1,2}(?=[\s“\"])|\s?(?:…|\.{3})(?=\s)|;(?=\s|\Z)|\.(?=\s)|\s*[-–—=]*>|\s*[|»/]|\s*\t\s*(?=\S))"
)
_QUESTION_LABEL = re.compile(r"(?P<name>[QA])(?P<brackets>)\s?(?P<mark>[.:–—-]|(?=\s{2}|\t))(?=\s|\Z)")
# Tried in this order; the timed and the bare label have a line of their own.
_LABELS_BEFORE_WORDS = (
    _TAGGED_LABEL, COLON_LABEL, _WRAPPED_LABEL, _STOP_AND_DASH_LABEL, _QUESTION_LABEL, _DASHED_LABEL,
)  # fmt: skip
# Where a name was blacked out or never known: "____:", "***:".
_BLANK_LABEL = re.compile(rf"[_.*?–—\u2580-\u259f\u25a0\u25a1-]{{3,}}\s?(?P<mark>[{_COLONS}])(?=\s|\Z)")
_BRACKET = re.compile(r"[(\[]([^()\[\]]*)[)\]]")
_BRACKETED_TIME = re.compile(rf"\s*[\[(](?P<time>{TIME})[\])](?=\s|\Z)")
_EDGE_SIGNS = re.compile(rf"\A(?:{_SIGN}|\s)+|(?:{_SIGN}|\s)+\Z")
_EXACT_TIME = re.compile(TIME)
_TIME_TAIL = re.compile(rf"\s+(?:@\s?)?{TIME}\Z")
_PAIRED_MARKS = frozenset("\"“'‘[")


class Certainty(Enum):
    """How sure it is that a line opens with a label."""

    CERTAIN = "the shape can be nothing else"
    LIKELY = "a name and a colon, and words that may go on in the same sentence"
    KNOWN_NAME_ONLY = "a label if the name is a speaker's elsewhere"


@dataclass(frozen=True, slots=True)
class Label:
    """A label: its span, where the words begin, and who it names; no voice where it names nobody.

    `shape` is the mark that ended it, so that two lines of the same shape can vouch for each other. It `is_marked`
    where a time, a number or emphasis tells it from the words of a sentence.
    """

    span: Span
    words_start: int
    voice: Voice | None
    certainty: Certainty
    shape: str
    time: str | None = None
    has_details: bool = False
    is_marked: bool = False

    @property
    def key(self) -> str:
        """The speaker's name in lower case, "" where the label names nobody."""
        return self.voice.name.casefold() if self.voice else ""


def parse_label(text: str, start: int, end: int) -> Label | None:
    """Parse the label that opens the line [start, end) of `text`; None where it opens with none.

    >>> line = "[00:15] Q3 Mr Low (Leeds) (Lab): No."
    >>> label = parse_label(line, 0, len(line))
    >>> label.voice, label.time
    (Voice(name='Mr Low', role=None, organisation=None, party='Lab', seat='Leeds', id=None), '00:15')
    """
    prefix = _PREFIX.match(text, start, min(end, start + MAX_LABEL_LENGTH))
    assert prefix is not None  # noqa: S101  it may match nothing
    limit = min(end, prefix.end() + MAX_LABEL_LENGTH)
    # Words in capitals behind ">>" alone are as a rule spoken, and no name.
    is_change = ">" in prefix[0] and not prefix["time"]
    own_line_patterns = (_TIMED_LABEL,) if is_change else (_TIMED_LABEL, _BARE_LABEL)
    for pattern in (*_LABELS_BEFORE_WORDS, *(own_line_patterns if limit == end else ())):
        match = pattern.match(text, prefix.end(), limit)
        label = match and _build_label(match, end, prefix)
        if label:
            return label
    return _parse_nameless(prefix, end)


def parse_timed_label(text: str) -> Label | None:
    """Parse a name and a time that open a paragraph of words; None where it opens with none.

    >>> label = parse_timed_label("Ann Low 0:03 Welcome.")
    >>> label.voice.name, label.time, label.words_start
    ('Ann Low', '0:03', 13)
    """
    prefix = _PREFIX.match(text)
    match = prefix and _TIMED_WORDS.match(text, prefix.end(), MAX_LABEL_LENGTH)
    label = match and prefix and _build_label(match, len(text), prefix)
    return label if label and may_be_speaker(label) else None


def is_recorders_note(line: str) -> bool:
    """Return whether a line is a notice of the meeting software.

    >>> is_recorders_note("Ann Low started transcription"), is_recorders_note("We started late.")
    (True, False)
    """
    return load_pattern("notes").fullmatch(line.strip()) is not None


def _parse_nameless(prefix: re.Match[str], end: int) -> Label | None:
    """Return a label that names nobody for a blank, a numbered question, or a sign of a new speaker; else None."""
    blank = _BLANK_LABEL.match(prefix.string, prefix.end(), end)
    if blank:
        span = Span(blank.start(), blank.start("mark"))
        words_start = trim(prefix.string, Span(blank.end(), end)).start
        return Label(span, words_start, None, Certainty.CERTAIN, blank["mark"])
    if prefix["question"]:
        return Label(Span(*prefix.span("question")), min(prefix.end(), end), None, Certainty.CERTAIN, "Q")
    if ">" in prefix[0]:
        return Label(Span(prefix.start(), prefix.end()), min(prefix.end(), end), None, Certainty.CERTAIN, ">")
    return None


def may_be_speaker(label: Label) -> bool:
    """Return whether a label whose mark may be a sentence's names somebody: two words or more, no common ones."""
    words = label.voice.name.casefold().split() if label.voice else []
    return 1 < len(words) <= MAX_UNCERTAIN_WORDS and not load_common_words().intersection(words)


def _build_label(match: re.Match[str], end: int, prefix: re.Match[str]) -> Label | None:
    """Build the label of a match; None where its words are no name and do not say that they name nobody."""
    groups = match.groupdict(default="")
    if groups["mark"] and groups["mark"] in _COLONS and not _may_follow_colon(match):
        return None
    if groups.get("wrap", "") in _PAIRED_MARKS and not groups["close"]:
        return None
    brackets = _BRACKET.findall(groups["brackets"] + groups.get("more", ""))
    printed, tail = _EDGE_SIGNS.sub("", groups["name"]), _TIME_TAIL.sub("", groups.get("tail", ""))
    if _belongs_to_sentence(tail) or (match.re is _DASHED_LABEL and _is_abbreviated(match)):
        return None
    named, has_details = split_name(printed, tail, brackets) if brackets else split_name(printed + tail, "", [])
    is_unsure = bool(groups.get("unsure") or load_words("doubts").intersection(map(str.casefold, brackets)))
    is_nobody = not _is_sentence(match) and (is_unsure or any(map(names_nobody, (printed + tail, named.name))))
    # One common word says something, as in "It says: ...".
    is_pronoun = named.name != printed and named.name.casefold() in load_common_words()
    if not is_nobody and (not is_name(named.name) or _counts_points(printed) or is_pronoun):
        return None
    inner_time = _BRACKETED_TIME.match(match.string, match.end(), end)
    words_start = trim(match.string, Span((inner_time or match).end(), end)).start
    voice = None if is_nobody else named
    is_marked = any((prefix["time"], prefix["question"], groups.get("wrap"), groups.get("clock"), ">" in prefix[0]))
    is_sure = is_nobody or is_marked or (match.re is COLON_LABEL and (has_details or named.name.isupper()))
    certainty = _rate_certainty(match, match.string[words_start : words_start + 1], is_sure=is_sure)
    if is_nobody and certainty is Certainty.KNOWN_NAME_ONLY and _is_numbered(printed):
        certainty = Certainty.LIKELY
    times = (prefix["time"], groups.get("clock"), inner_time and inner_time["time"], *brackets, groups.get("tail"))
    stripped_times = (printed_time.strip(" ,@") for printed_time in times if printed_time)
    time = next(filter(_EXACT_TIME.fullmatch, stripped_times), None)
    shape = groups["mark"].strip() or ("wrapped" if groups.get("wrap") else "tab" if groups["mark"] else "line")
    span = _find_label_span(match, voice)
    return Label(span, words_start, voice, certainty, shape, time, has_details, is_marked)


def _find_label_span(match: re.Match[str], voice: Voice | None) -> Span:
    """Return where a label stands: its name and brackets, or all up to its mark where these do not say who it is."""
    span = trim(match.string, Span(match.start("name"), max(match.end("brackets"), match.end("name"))))
    if voice and voice.name in match.string[slice(*span)]:
        return span
    # "Low, Ann (Lab)": the forename stands behind the comma, as the second of two people does.
    return trim(match.string, Span(span.start, match.start("mark")))


def _is_sentence(match: re.Match[str]) -> bool:
    """Return whether what would name nobody is speech: a line of many words, or one that opens in lower case.

    A line broken within a sentence opens so, "many people: they ...", and "Words of that kind end here." is one.
    """
    printed = match["name"].strip()
    is_line = match.re is _BARE_LABEL and (len(printed.split()) > MAX_UNCERTAIN_WORDS or printed[-1:] in ".!?…")
    return is_line or printed[:1].islower()


def _is_abbreviated(match: re.Match[str]) -> bool:
    """Return whether a stop is that of "The hon. Member", or ends a sentence that is too long for a name."""
    words = match["name"].split()
    is_long = len(words) > MAX_UNCERTAIN_WORDS
    return match["mark"] == "." and (is_long or words[-1:] == [] or words[-1].casefold() in load_words("styles"))


def names_other_speaker(words: str, voice: Voice) -> bool:
    """Return whether a paragraph within the speech of `voice` opens with somebody else's label, as one read out does.

    >>> ann = Voice("Ann Low")
    >>> [names_other_speaker(words, ann) for words in ("Mr Dell: No.", "Ann Low: No.", "My point: No.", "Mr Dell:")]
    [True, False, False, False]
    """
    if not any(colon in words[:MAX_LABEL_LENGTH] for colon in _COLONS):
        return False
    label = parse_label(words, 0, len(words))
    if label is None or label.voice is None or label.certainty is not Certainty.CERTAIN or label.shape not in _COLONS:
        return False
    is_person = may_be_speaker(label) and opens_as_person(label.voice.name) and label.words_start < len(words)
    return is_person and label.voice.name.split()[-1].casefold() not in voice.name.casefold().split()


def introduces_words(text: str, line: Span, label: Label) -> bool:
    """Return whether a line is a name and a verb of saying, and nothing more, as before words that are quoted.

    >>> line = "Ann Low said:"
    >>> label = parse_label(line, 0, len(line))
    >>> label is not None and introduces_words(line, Span(0, len(line)), label)
    True
    """
    last_word = text[slice(*label.span)].rsplit(maxsplit=1)[-1].casefold()
    return label.words_start >= line.end and last_word in load_words("verbs")


def _belongs_to_sentence(tail: str) -> bool:
    """Return whether what stands behind a comma belongs to a sentence: "My Lords, I agree with the Earl: ...".

    >>> _belongs_to_sentence(", I agree with the Earl"), _belongs_to_sentence(", head of trams, from the board")
    (True, False)
    """
    words = {word.strip(",.’'") for word in tail.casefold().split()}
    return bool(words & (load_common_words() - load_words("prepositions")))


def _is_numbered(printed: str) -> bool:
    """Return whether a number tells one of several, as in "Question 2" and "Witness One"."""
    last_word = printed.casefold().rpartition(" ")[2]
    return " " in printed and (last_word.isdecimal() or last_word in load_words("counts"))


def _counts_points(printed: str) -> bool:
    """Return whether words before a colon count what is said, as in "First: ...", and name nobody."""
    return set(printed.casefold().split()) <= load_words("counts")


def _may_follow_colon(match: re.Match[str]) -> bool:
    """Return whether what follows the mark can be speech: no minutes, no address, no letters right behind one word."""
    character = match.string[match.end() : match.end() + 1].strip()
    is_one_word = match["mark"] == ":" and len(match["name"].split()) < 2
    return not character or not (is_one_word or character.isdigit() or character in "/\\")


def _rate_certainty(match: re.Match[str], first_character: str, *, is_sure: bool) -> Certainty:
    """Return how sure it is that a match is a speaker's label and not the opening of a sentence."""
    if match.re is _DASHED_LABEL or (match.re is _BARE_LABEL and not is_sure):
        return Certainty.KNOWN_NAME_ONLY
    may_go_on = match.re is COLON_LABEL and not is_sure and first_character.islower()
    return Certainty.LIKELY if may_go_on else Certainty.CERTAIN
