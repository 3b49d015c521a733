"""Plain-text transcripts: the record itself says who speaks.

A line that begins with a label, such as `NAME: ` or `NAME (role, organisation): `, begins a turn, which continues
over lines and paragraphs to the next such line; `bot/formats/labels.py` says what labels look like. A single item in
the brackets is the role. A bare name keeps the role last given with it. A label that names nobody, such as
`A man in the hall: ` or `Speaker 1: `, begins a stretch that is in no turn. A line `# Heading` ends a turn and is the
heading of those that follow. A line wholly in brackets, `[Applause.]`, is the record's own, and so are a caption's
number and times. A line that begins with one space is never a label, so a space keeps `Remember: no rails.` in the
speaker's mouth.

A label's time stays with its turn: as its address, and where the header gives one, as the link to its moment.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

from bot.errors import CorpusError
from bot.formats import label_doubts
from bot.formats.base import AddedAs, Parsed, is_text, link_moment
from bot.formats.canonical import PARAGRAPH_BREAK
from bot.formats.labels import Certainty, Label, introduces_words, is_recorders_note, may_be_speaker, parse_label
from bot.formats.plain import split_header
from bot.model import Document, Span, Turn, Voice
from bot.storage import filesystem
from bot.text import split_paragraphs

SUFFIXES = (".transcript",)
ADDED_AS = AddedAs.TEXT
sniff = is_text

_HEADING = re.compile(r"#+\s+(?P<words>.+)")
_NOTE = re.compile(r"\[[^\[\]]*\]|\([^()]*\)")
_CAPTION_TIMES = re.compile(r"(?P<time>[\d:.,]{5,12})\s*-->\s*[\d:.,]{5,12}.*")
_CAPTION_NUMBER = re.compile(r"\d+(?=\r?\n[\d:.,]{5,12}\s*-->)")
# Brackets within a line that is put in brackets; it is in nobody's voice, and never shown as a quote.
_ROUND_BRACKETS = str.maketrans("[]", "()")
_LINE_BREAKS = frozenset("\r\n\f\v\x85\u2028\u2029")
# A sentence of two words, or a heading, may recur as it is; a dash behind the same name does not.
_SENTENCE_SHAPES = frozenset({".", "line"})
# A time in brackets is the record's: before a paragraph it begins a part of the turn, behind one it is no word of it.
_TIME = r"(?:\d{1,2}:)?\d{1,2}:\d{2}(?:[.,]\d{1,3})?"
_LEADING_TIME = re.compile(rf"(?:[\[(](?P<time>{_TIME})[\])]|(?P<bare>{_TIME})\s+[-–—])\s+(?=\S)")
_TRAILING_TIME = re.compile(rf"\s+[\[(]{_TIME}[\])]\Z|(?<=[.!?…”\"])\s+{_TIME}\Z")
_OWN_LINE_TIME = re.compile(rf"[\[(]?(?P<time>{_TIME})[\])]?")


class Transcript(NamedTuple):
    """The turns of a text, and its lines that may be labels: the offset, a fact and a remedy of each."""

    turns: tuple[Turn, ...]
    doubts: tuple[tuple[int, str, str], ...]


def parse(path: Path, document_id: str) -> Parsed:
    """Parse the transcript at `path` and its turns.

    Raises:
        CorpusError: the file is not text, its header is malformed, it has no labels, or a line
            may be a label or a sentence.
    """
    place = str(path)
    header, text, line_offset = split_header(filesystem.read_text(path), place)
    turns, doubts = find_turns(text, header.url)
    for offset, fact, remedy in doubts:
        line_number = line_offset + text.count("\n", 0, offset) + 1
        raise CorpusError(f"{place}:{line_number}", fact, remedy)
    if not turns:
        raise CorpusError(place, "no speaker labels were found", "open each turn with 'NAME: '")
    # A label with a time is how machines print who speaks; a record's has none.
    is_timed = any(turn.addresses for turn in turns)
    facts = ({"transcript": "automatic"} if is_timed else {}) | header.facts
    return Parsed(Document(document_id, text, turns=turns, **facts))


def find_turns(text: str, url: str | None = None) -> Transcript:
    """Find the turns of `text` in reading order; a note splits a turn in two.

    A line that may be a label, or a sentence of the turn before it, is a doubt, and ends the turn. Links to a turn's
    moment are built from `url`, where the recording is published.
    """
    labels, doubts = _find_labels(text)
    builder = _TurnBuilder(text, url, labels, frozenset(offset for offset, *_ in doubts))
    for line in split_paragraphs(text):
        builder.add_line(line)
    return Transcript(tuple(builder.turns), tuple(doubts))


@dataclass(slots=True)
class _TurnBuilder:
    """The turns so far, and what holds for the next line."""

    text: str
    url: str | None
    labels: Mapping[int, Label]
    doubtful_starts: frozenset[int]
    turns: list[Turn] = field(default_factory=list)
    heading: str | None = None
    label: Label | None = None
    time: str | None = None
    runs_on: bool = False

    def add_line(self, line: Span) -> None:
        """Add one line, which begins, continues or ends a turn."""
        line_text = self.text[line.start : line.end]
        if heading_match := _HEADING.fullmatch(line_text):
            self.heading, self.label, self.runs_on = heading_match["words"], None, False
        elif times := _CAPTION_TIMES.fullmatch(line_text) or _OWN_LINE_TIME.fullmatch(line_text):
            self.time, self.runs_on = times["time"], False
        elif line.start in self.doubtful_starts:
            self.label, self.runs_on = None, False
        elif _is_note(self.text, line) and line.start not in self.labels:
            self.runs_on = False
        else:
            self._add_spoken_line(line)

    def _add_spoken_line(self, line: Span) -> None:
        """Add a line to the turn that it continues, or begin one at a label or a time; drop it while nobody speaks."""
        start = line.start
        if line.start in self.labels:
            self.label, self.runs_on = self.labels[line.start], False
            start, self.time = self.label.words_start, self.label.time or self.time
        elif leading_time := _LEADING_TIME.match(self.text, *line):
            start, self.time, self.runs_on = leading_time.end(), leading_time["time"] or leading_time["bare"], False
        trailing_time = _TRAILING_TIME.search(self.text, start, line.end)
        end = trailing_time.start() if trailing_time else line.end
        if self.label and self.label.voice and start < end:
            if self.runs_on:
                last = self.turns.pop()
                self.turns.append(replace(last, span=Span(last.span.start, end)))
            else:
                moment, times = link_moment(self.url, self.time), (self.time,) if self.time else ()
                voice = self.label.voice
                self.turns.append(Turn(Span(start, end), self.label.span, voice, self.heading, moment, times))
            self.runs_on, self.time = True, None


def _is_note(text: str, line: Span) -> bool:
    """Return whether a line is the record's own: all in brackets, a caption's number, or without a letter."""
    is_marked = _NOTE.fullmatch(text, *line) or _CAPTION_NUMBER.match(text, line.start)
    words = text[slice(*line)]
    return bool(is_marked) or is_recorders_note(words) or not any(map(str.isalnum, words))


def _find_labels(text: str) -> tuple[dict[int, Label], list[tuple[int, str, str]]]:
    """Map the start of each line with a label to it, and list the doubts, in order, as `Transcript` has them."""
    all_lines = split_paragraphs(text)
    lines = [span for span in all_lines if span.start == 0 or text[span.start - 1] in _LINE_BREAKS]
    parsed = _parse_labels(text, lines)
    names = _list_known_names(parsed.values())
    running_text = label_doubts.survey_lines(text, lines, parsed)
    labels: dict[int, Label] = {}
    doubts: list[tuple[int, str, str]] = []
    voices: dict[str, Voice] = {}
    for line in lines:
        label = parsed.get(line.start)
        sure_label = label if label and (label.certainty is Certainty.CERTAIN or label.key in names) else None
        words = Span(label.words_start if label else line.start, line.end)
        doubt = label_doubts.find_doubt_within(text, words, names)
        if doubt is None and sure_label:
            doubt = label_doubts.find_doubt_of_label(text, line, sure_label, running_text)
        elif doubt is None and not _is_never_label(text, line):
            doubt = label_doubts.find_doubt(text, line, label)
        if doubt:
            doubts.append((line.start, *doubt))
        elif sure_label:
            labels[line.start] = _complete_voice(sure_label, voices)
    doubts += [(line.start, *doubt) for line in all_lines if (doubt := label_doubts.find_doubt_of_indent(text, line))]
    return labels, sorted(doubts)


def _parse_labels(text: str, lines: Iterable[Span]) -> dict[int, Label]:
    """Map the start of each line that may open with a label to that label."""
    return {
        line.start: label
        for line in lines
        if not _is_never_label(text, line)
        and (label := parse_label(text, *line)) is not None
        # "Mr Low said:" before a quotation is said by whoever reads it out.
        and not (label.voice and introduces_words(text, line, label) and label_doubts.quotes_next(text, line))
    }


def _is_never_label(text: str, line: Span) -> bool:
    """Return whether a line is a heading, a caption's time or number, or a note with nothing behind it."""
    patterns = (_HEADING, _CAPTION_TIMES, _NOTE)
    is_marked = any(pattern.fullmatch(text, *line) for pattern in patterns) or _CAPTION_NUMBER.match(text, line.start)
    return bool(is_marked) or is_recorders_note(text[slice(*line)])


def _list_known_names(labels: Iterable[Label]) -> frozenset[str]:
    """List, in lower case, who speaks for certain: by a label that can be nothing else, or by two of the same shape."""
    all_labels = list(labels)
    certain = {label.key for label in all_labels if label.certainty is Certainty.CERTAIN}
    counts = Counter((label.key, label.shape) for label in all_labels if may_be_speaker(label))
    repeated = {key for (key, shape), count in counts.items() if count > 1 and shape not in _SENTENCE_SHAPES}
    return frozenset((certain | repeated) - {""})


def _complete_voice(label: Label, voices: dict[str, Voice]) -> Label:
    """Return the label with the role last given with its name, and remember the one that it gives."""
    voice = label.voice
    if voice is None:
        return label
    if label.has_details or label.key not in voices:
        voices[label.key] = voice
    return replace(label, voice=replace(voices[label.key], name=voice.name))


def build_transcript(document: Document, lines: Iterable[tuple[str | None, str]]) -> Parsed:
    """Build a transcript under the facts of `document` from lines that are not text yet.

    Each line comes with its label, "" where it continues the turn, None where it is in no turn. A line that is in
    doubt becomes a note. The text can be stored as a `.transcript`, and gives the same turns.
    """
    blocks = [
        f"{label}: {words}" if label else _set_aside(words) if label is None else _keep_in_turn(words)
        for label, words in lines
    ]
    text = PARAGRAPH_BREAK.join(blocks)
    doubtful_lines = {text.count(PARAGRAPH_BREAK, 0, offset) for offset, *_ in find_turns(text).doubts}
    blocks = [_set_aside(block) if index in doubtful_lines else block for index, block in enumerate(blocks)]
    text = PARAGRAPH_BREAK.join(blocks)
    return Parsed(replace(document, text=text, sha256="", turns=find_turns(text, document.url).turns))


def _set_aside(line: str) -> str:
    """Return a line that is in no turn as a note: in brackets."""
    return line if _NOTE.fullmatch(line) else f"[{line.translate(_ROUND_BRACKETS)}]"


def _keep_in_turn(line: str) -> str:
    """Return a spoken line with a space before it, if it would be taken for a label, a note or a heading."""
    is_note = any(pattern.fullmatch(line) for pattern in (_NOTE, _HEADING, _CAPTION_TIMES))
    looks_like_one = parse_label(line, 0, len(line)) or label_doubts.find_lookalike_label(line, 0, len(line))
    return f" {line}" if is_note or looks_like_one else line
