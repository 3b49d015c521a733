"""Speakers' labels as transcripts print them: what stands around a name, and what tells a name from a sentence.

A label opens a line. Before the name may stand a time, the number of a question, a bullet or marks of emphasis;
behind it brackets, honours, an office, a time or a verb of saying; then a colon, or the end of the line behind a time.
A dash, a semicolon or a full stop ends a label only where the name is known to be a speaker's. What looks like a label
and cannot be told from a sentence is for the caller to refuse: words are never left in the last speaker's mouth in
silence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from bot.formats.label_words import load_label_words
from bot.model import Span, Voice
from bot.text import trim

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_LABEL_LENGTH = 160
# "Shadow Secretary of State for the Environment" has seven; a sentence before a colon soon has more.
_MAX_NAME_WORDS = 12
MAX_UNCERTAIN_WORDS = 6

_TIME = r"(?:\d{1,2}:)?\d{1,2}:\d{2}(?:[.,]\d{1,3})?"
_CLOCK = re.compile(
    rf"\s*(?:at\s+)?(?:{_TIME}|\d{{1,2}}[.:]\d{{2}}\s*(?:am|pm|hrs)?)(?:\s*[-–—]+>?\s*{_TIME})?\s*", re.IGNORECASE
)
# Colons of other scripts and of mathematics look the same.
_COLONS = ":：꞉∶﹕︓"
# What no reader sees, and pictures: they stand around names, and are no part of them.
_SIGN = r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe0f\ufeff\u2600-\u27bf\U0001f000-\U0001faff]"
_PREFIX = re.compile(
    rf"(?:{_SIGN}+\s*|\[?\d{{1,4}}[/.-]\d{{1,2}}[/.-]\d{{1,4}},?\s+(?=\d{{1,2}}:)|[\[(<]?(?P<time>{_TIME})(?:\s?[AaPp]\.?[Mm]\.?)?(?:\s*[-–—]+>?\s*{_TIME})?[\])>]?(?=[\s\]:]|\Z)\s*[-–—:|]?\s*"
    r"|(?P<question>Q\s?\d{1,4})[.)]?\s+(?=[A-Z*\[“\"])|\(?\d{1,4}[.)]\s+|\d{1,3}(?:\.\d{1,3})+\.?\s+|[-–—•●*▪‣·]\s+|>{1,3}\s*)*"
)
_BRACKET_RUN = r"(?:\s*(?:\([^()\n]{0,80}\)|\[[^\[\]\n]{0,80}\]))*"
_BRACKETS = rf"(?P<brackets>{_BRACKET_RUN})"
_WORDS = rf"[^{_COLONS};?!()\[\]\"“”*<>#|=@{{}}\n]"
_OPEN, _CLOSE = r"(?P<wrap>\*\*\*?|__|[*_\"“'‘\[])?", r"(?P<close>\*\*\*?|__|[*_\"”'’\]])?"
_COLON_LABEL = re.compile(
    rf"{_OPEN}\s?(?P<name>{_WORDS}{{1,120}}?){_BRACKETS}(?P<tail>(?:\s*,|\s+[–—-])\s{_WORDS}{{1,80}}|\s+(?:@\s?)?{_TIME})?{_CLOSE}"
    rf"(?P<more>{_BRACKET_RUN})\s*(?P<mark>[{_COLONS}])[{_COLONS}]?(?:\*{{1,3}}|__?)?(?:\s?[-–—]{{1,2}}(?=\s))?"
)
# The mark is behind the name alone: emphasis that closes, a voice's tag, or a time at the end of the line.
_WRAPPED_LABEL = re.compile(rf"(?P<wrap>\*\*\*?|__)(?P<name>{_WORDS}{{1,120}}?){_BRACKETS}(?P=wrap)(?P<mark>)(?=\s|\Z)")
_TAGGED_LABEL = re.compile(rf"<(?:v(?:\.[\w.-]+)*\s+|(?=\w\w))(?P<name>{_WORDS}{{1,120}}?){_BRACKETS}(?P<mark>>)")
_TIMED_LABEL = re.compile(
    rf"\[?(?P<name>{_WORDS}{{1,120}}?)\]?{_BRACKETS}\s*(?:[-–—|•·,@]\s*)?[\[(]?(?P<clock>{_TIME})(?:\s?[AaPp]\.?[Mm]\.?|[:;]\d\d)?[\])]?(?P<mark>)\s*\Z"
)
# "Ann Low 0:03 Welcome.": how meeting software prints a turn in one paragraph.
_TIMED_WORDS = re.compile(
    rf"(?P<name>{_WORDS}{{1,80}}?){_BRACKETS}\s+[\[(]?(?P<clock>{_TIME})[\])]?(?P<mark>)\s+(?=\S)"
)
_BARE_LABEL = re.compile(rf"(?P<name>{_WORDS}{{1,120}}?){_BRACKETS}(?P<mark>)\s*\Z")
# Some records end every label so; no sentence is followed by a stop and a dash.
_STOP_AND_DASH_LABEL = re.compile(rf"(?P<name>{_WORDS}{{1,80}}?){_BRACKETS}(?P<mark>\.\s?[-–—]+)")
_DASHED_LABEL = re.compile(
    rf"(?P<name>{_WORDS}{{1,80}}?){_BRACKETS}"
    r"(?P<mark>\s*[-–—]{1,2}(?=[\s“\"])|;(?=\s|\Z)|\.(?=\s)|\s*[-–—=]*>|\s*[|»/]|\s*\t\s*(?=\S))"
)
_QUESTION_LABEL = re.compile(r"(?P<name>[QA])(?P<brackets>)\s?(?P<mark>[.:–—-]|(?=\s{2}|\t))(?=\s|\Z)")
_BRACKET = re.compile(r"[(\[]([^()\[\]]*)[)\]]")
# "(Ferry East—Minister for Trams)", as Australia prints it.
_SEAT_AND_POST = re.compile(r"(?P<seat>[^—–]+?)\s?[—–]\s?(?P<post>[^—–]+)")
_REMOTE = re.compile(
    r"(?:via|by|on|over|through|remotely|virtually|online|continued|contd?|inaudible|off)\b.*|v|vc", re.IGNORECASE
)
_BRACKETED_TIME = re.compile(rf"\s*[\[(](?P<time>{_TIME})[\])](?=\s|\Z)")
_EDGE_SIGNS = re.compile(rf"\A(?:{_SIGN}|\s)+|(?:{_SIGN}|\s)+\Z")
_EXACT_TIME = re.compile(_TIME)
_TIME_TAIL = re.compile(rf"\s+(?:@\s?)?{_TIME}\Z")
# "(laughing)" and "(interrupting Mr Low)", not "(acting Chair)"; ages and dates.
_MANNER = re.compile(r"(?!acting\b)[a-z]+ing\b.*|\d[\d\s/.-]*(?:[A-Z][a-z]+ \d{4})?")
_NO_DETAILS = (_CLOCK, _REMOTE, _MANNER)
_PAIRED_MARKS = frozenset("\"“'‘[")
# "Good morning. Ann Low: ...": titles such as "Cllr." and initials are shorter or known.
_SENTENCE_BREAK = re.compile(r"(?<![^\W\d_])(?!hon|cllr|prof|capt|supt|insp|revd)[^\W\d_]{4,}\. |\.\.", re.IGNORECASE)
_LETTERED_WORD = re.compile(r"[^\W\d_]")


class Certainty(Enum):
    """How sure it is that a line opens with a label."""

    CERTAIN = "the shape can be nothing else"
    LIKELY = "a name and a colon, and words that may go on in the same sentence"
    KNOWN_NAME_ONLY = "a label if the name is a speaker's elsewhere"


@dataclass(frozen=True, slots=True)
class Label:
    """A label: its span, where the words begin, and who it names; no voice where it names nobody.

    `shape` is the mark that ended it, so that two lines of the same shape can vouch for each other.
    """

    span: Span
    words_start: int
    voice: Voice | None
    certainty: Certainty
    shape: str
    time: str | None = None
    has_details: bool = False

    @property
    def key(self) -> str:
        """What the speaker is known by, whatever the case."""
        return self.voice.name.casefold() if self.voice else ""


class _Parts(NamedTuple):
    """Who a label names, and whether it says more than the name."""

    voice: Voice
    has_details: bool


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
    for pattern in (_TAGGED_LABEL, _COLON_LABEL, _WRAPPED_LABEL, _STOP_AND_DASH_LABEL, _QUESTION_LABEL, _DASHED_LABEL):
        match = pattern.match(text, prefix.end(), limit)
        label = match and _build_label(match, end, prefix)
        if label:
            return label
    return _parse_own_line(prefix, end) or _parse_nameless(prefix, end)


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
    """Return whether a line is what meeting software says of itself.

    >>> is_recorders_note("Ann Low started transcription"), is_recorders_note("We started late.")
    (True, False)
    """
    return load_label_words().notes.fullmatch(line.strip()) is not None


def _parse_own_line(prefix: re.Match[str], end: int) -> Label | None:
    """Parse a label that has a line of its own: a name with its time, or a name alone."""
    if end - prefix.end() > MAX_LABEL_LENGTH:
        return None
    for pattern in (_TIMED_LABEL, _BARE_LABEL):
        match = pattern.match(prefix.string, prefix.end(), end)
        label = match and _build_label(match, end, prefix)
        if label:
            return label
    return None


def _parse_nameless(prefix: re.Match[str], end: int) -> Label | None:
    """Return a label that names nobody for a question with a number, or a mark of a change of speaker."""
    if prefix["question"]:
        return Label(Span(*prefix.span("question")), min(prefix.end(), end), None, Certainty.CERTAIN, "Q")
    if ">" in prefix[0]:
        return Label(Span(prefix.start(), prefix.end()), min(prefix.end(), end), None, Certainty.CERTAIN, ">")
    return None


def match_colon_label(text: str, start: int, end: int) -> re.Match[str] | None:
    """Match words before a colon, whatever they are."""
    return _COLON_LABEL.match(text, start, end)


def may_be_speaker(label: Label) -> bool:
    """Return whether a label whose mark may be a sentence's names somebody: two words or more, no common ones."""
    words = label.voice.name.casefold().split() if label.voice else []
    return 1 < len(words) <= MAX_UNCERTAIN_WORDS and not load_label_words().common.intersection(words)


def _build_label(match: re.Match[str], end: int, prefix: re.Match[str]) -> Label | None:
    """Build the label of a match; None where its words are no name and do not say that they name nobody."""
    groups = match.groupdict(default="")
    if groups["mark"] and groups["mark"] in _COLONS and not _may_follow_colon(match):
        return None
    if groups.get("wrap", "") in _PAIRED_MARKS and not groups["close"]:
        return None
    brackets = _BRACKET.findall(groups["brackets"] + groups.get("more", ""))
    printed, tail = _EDGE_SIGNS.sub("", groups["name"]), _TIME_TAIL.sub("", groups.get("tail", ""))
    parts = _split_name(printed, tail, brackets) if brackets else _split_name(printed + tail, "", [])
    # A line broken within a sentence, "many people: they ...", opens in lower case; no label does.
    is_nobody = not printed[:1].islower() and (_names_nobody(printed) or _names_nobody(parts.voice.name))
    if not is_nobody and (not is_name(parts.voice.name) or _counts_points(printed)):
        return None
    inner_time = _BRACKETED_TIME.match(match.string, match.end(), end)
    words_start = _skip_blanks(match.string, (inner_time or match).end(), end)
    span = trim(match.string, Span(match.start("name"), max(match.end("brackets"), match.end("name"))))
    if parts.voice.name not in match.string[slice(*span)]:
        # "Low, Ann (Lab)": the forename stands behind the comma.
        span = trim(match.string, Span(span.start, match.start("mark")))
    voice = None if is_nobody else parts.voice
    is_sure = is_nobody or bool(prefix["time"] or prefix["question"] or groups.get("wrap")) or ">" in prefix[0]
    certainty = _rate(match, parts, match.string[words_start : words_start + 1], is_sure=is_sure)
    times = (prefix["time"], groups.get("clock"), inner_time and inner_time["time"], *brackets, groups.get("tail"))
    time = _find_exact_time(times)
    shape = groups["mark"].strip() or ("wrapped" if groups.get("wrap") else "tab" if groups["mark"] else "line")
    return Label(span, words_start, voice, certainty, shape, time, parts.has_details)


def _find_exact_time(printed_times: Iterable[str | None]) -> str | None:
    """Return the first that is a time to the second or minute, without the signs around it."""
    stripped_times = (printed.strip(" ,@") for printed in printed_times if printed)
    return next((time for time in stripped_times if _EXACT_TIME.fullmatch(time)), None)


def _counts_points(printed: str) -> bool:
    """Return whether words before a colon count what is said, as in "First: ...", and name nobody."""
    return set(printed.casefold().split()) <= load_label_words().counts


def _names_nobody(printed: str) -> bool:
    """Return whether `printed` is what stands where no name is known, or one of a record's own words.

    >>> [_names_nobody(words) for words in ("A man in the hall", "Speaker 2", "Mr Speaker")]
    [True, True, False]
    """
    vocabulary = load_label_words()
    return printed.casefold() in vocabulary.record or vocabulary.unnamed.fullmatch(printed) is not None


def _may_follow_colon(match: re.Match[str]) -> bool:
    """Return whether what follows a colon can be speech: not the minutes of a time, nor an address."""
    character = match.string[match.end() : match.end() + 1]
    return (
        not character
        or character.isspace()
        or (
            not character.isdigit()
            and character not in "/\\"
            and (len(match["name"].split()) > 1 or match["mark"] != ":")
        )
    )


def _rate(match: re.Match[str], parts: _Parts, first_character: str, *, is_sure: bool) -> Certainty:
    """Return how sure it is that a match is a speaker's label and not the opening of a sentence."""
    if match.re is _DASHED_LABEL:
        return Certainty.KNOWN_NAME_ONLY
    if match.re is _BARE_LABEL:
        return Certainty.CERTAIN if is_sure else Certainty.KNOWN_NAME_ONLY
    if match.re is not _COLON_LABEL or is_sure or parts.has_details or parts.voice.name.isupper():
        return Certainty.CERTAIN
    return Certainty.LIKELY if first_character.islower() else Certainty.CERTAIN


def _split_name(printed: str, tail: str, brackets: list[str]) -> _Parts:
    """Split a printed label into a name and what stands behind it; times and ways of speaking are dropped.

    >>> voice, _ = _split_name("The Minister for Trams", "", ["Ann Low"])
    >>> voice.name, voice.role
    ('Ann Low', 'Minister for Trams')
    """
    words = printed.split()
    while len(words) > 1 and words[-1].casefold() in load_label_words().verbs:
        words.pop()
    if len(words) > 1 and words[0].casefold() in load_label_words().senders:
        words.pop(0)
    name, behind, *_ = [*re.split(r",\s+|\s[-–—]\s", " ".join(words), maxsplit=1), ""]
    details = [item.strip() for item in (behind, tail.strip(" ,–—-"), *brackets)]
    details = [item for item in details if item and not any(drop.fullmatch(item) for drop in _NO_DETAILS)]
    if details and _is_office(name) and _is_person(details[0]):
        return _Parts(_describe(Voice(details[0], _strip_article(name)), details[1:]), has_details=True)
    behind = behind or tail.strip(" ,–—-")
    if len(name.split()) == len(behind.split()) == 1 and (details == [behind] or _is_forename(name, behind)):
        # "Low, Ann" is one name, "Low, MP" is none of it.
        return _Parts(_describe(Voice(_strip_honours(f"{name}, {behind}")), details[1:]), has_details=True)
    voice = _describe(Voice(_strip_honours(name)), details)
    return _Parts(voice, bool(details or brackets))


def _is_forename(surname: str, behind: str) -> bool:
    """Return whether `behind` the comma can be a forename: no office, party or letters."""
    return not (_is_office(surname) or _is_post(behind) or _is_party(behind)) and behind[:1].isupper()


def _describe(voice: Voice, details: list[str]) -> Voice:
    """Return `voice` with what `details` say of it: an office and a body, or a seat and a party."""
    seat_and_post = _SEAT_AND_POST.fullmatch(details[0]) if len(details) == 1 else None
    if seat_and_post and _is_party(seat_and_post["seat"]) and not _is_post(seat_and_post["post"]):
        return replace(voice, seat=seat_and_post["post"], party=seat_and_post["seat"].rstrip("."))
    if seat_and_post:
        return replace(voice, role=voice.role or seat_and_post["post"], seat=seat_and_post["seat"])
    pieces = [piece for item in details for piece in item.rsplit(",", 1)]
    letters = load_label_words().letters
    pieces = [piece.strip() for piece in pieces if piece.strip() and piece.strip(" .").casefold() not in letters]
    parties = [piece for piece in pieces if _is_party(piece)]
    others = [piece for piece in pieces if piece not in parties]
    if parties or len(details) > 1:
        # Two brackets without a known party are a seat and a party too: "(Harwick East) (Bread)".
        party = parties[-1] if parties else others.pop()
        seats = [piece for piece in others if not _is_post(piece)]
        roles = [piece for piece in others if _is_post(piece)]
        return replace(voice, role=voice.role or next(iter(roles), None), seat=next(iter(seats), None), party=party)
    role, organisation, *_ = [*others, None, None]
    return replace(voice, role=voice.role or role, organisation=organisation)


def _is_party(text: str) -> bool:
    return set(text.casefold().replace("/", " ").replace(".", "").split()) <= load_label_words().parties


def _strip_article(name: str) -> str:
    return re.sub(r"^the ", "", name, flags=re.IGNORECASE)


def _strip_honours(name: str) -> str:
    """Return `name` without "The Rt Hon" before it and "MP OBE" behind it."""
    vocabulary = load_label_words()
    words = name.split()
    is_styled = len(words) > 2 and any(word.casefold().strip(".") in {"rt", "hon", "honourable"} for word in words[:3])
    while is_styled and len(words) > 2 and words[0].casefold().strip(".") in vocabulary.styles:
        words.pop(0)
    while len(words) > 1 and words[-1].isupper() and words[-1].casefold().strip(".") in vocabulary.honours:
        words.pop()
    return " ".join(words).rstrip(",")


def _is_office(name: str) -> bool:
    words = [word.casefold().strip(".,") for word in name.split()]
    return bool(load_label_words().offices.intersection(words)) or (words[0] == "the" and len(words) > 1)


def _is_post(role: str) -> bool:
    """Return whether `role` is an office or letters such as MP, not the seat that stands beside a party."""
    return _is_office(role) or role.casefold() in load_label_words().honours


def _is_person(text: str) -> bool:
    """Return whether `text` may be a person's name: two to five words with capitals, and no office."""
    words = text.split()
    return 1 < len(words) <= 5 and not _is_office(text) and is_name(text) and "," not in text


def is_name(text: str) -> bool:
    """Return whether `text` has the shape of a name: capitals, but for small words, and no sentence's words."""
    vocabulary = load_label_words()
    words = text.split()
    if not words or len(words) > _MAX_NAME_WORDS or not _LETTERED_WORD.match(words[0]):
        return False
    if words[0][0].islower():
        return False
    if len(words) > MAX_UNCERTAIN_WORDS and vocabulary.common.intersection(word.casefold() for word in words):
        return False
    if _SENTENCE_BREAK.search(text):
        return False
    return all(
        word.casefold() in vocabulary.particles or not word.islower() or word.casefold().strip(".") in vocabulary.styles
        for word in words[1:]
    ) and not all(word.casefold() in vocabulary.particles for word in words)


def _skip_blanks(text: str, start: int, end: int) -> int:
    while start < end and text[start].isspace():
        start += 1
    return start
