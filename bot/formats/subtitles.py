"""Captions with times: WebVTT and SubRip, as Zoom, Teams and YouTube save them.

Who speaks is in a voice's tag, `<v Ann Low>`, or in a label, `Ann Low: `. Captions break lines anywhere, so those of
one speaker are joined until a sentence ends; each such paragraph keeps the time of its first caption, which links a
quote to its moment. What a speaker who is not named says is nobody's. Captions are taken for a machine's until the
header says `transcript = "checked"`.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from bot.errors import CorpusError
from bot.formats.base import AddedAs, Parsed, format_time, is_text, parse_seconds
from bot.formats.label_doubts import find_lookalike_label
from bot.formats.labels import Certainty, parse_label
from bot.formats.transcript import build_transcript
from bot.model import Document
from bot.storage import filesystem
from bot.text import normalise_line

SUFFIXES = (".vtt", ".srt")
ADDED_AS = AddedAs.EXTRACT

# In characters: three captions or so, enough for a quote, and near enough to its moment.
PARAGRAPH_LENGTH = 240
# Captions without a single stop, as machines once made them, still have to end somewhere.
MAX_PARAGRAPH_LENGTH = 1200

_SNIFFED_BYTES = 4096
_CUE_SNIFF = re.compile(rb"(?:^|\n)[\d:.,]{5,12}[ \t]*-->[ \t]*[\d:.,]{5,12}")
_CUE_TIMES = re.compile(r"(?P<start>(?:\d{1,3}:)?\d{1,2}:\d{2}[.,]\d{1,3})[ \t]*-->[ \t]*[\d:.,]{5,13}.*")
_VOICE = re.compile(r"<v(?:\.[\w.-]+)*\s+(?P<name>[^<>]{1,120})>")
_TAG = re.compile(r"</?[a-zA-Z\d][^<>]*>|\{\\[^{}]*\}")
_NOTE = re.compile(r"[\[(♪][^\[\]()]*[\])♪]|♪+")
_NEW_SPEAKER = re.compile(r"(?:>>+|[-–—])\s*")
# "[Ann Low] No.": no record prints it, and a sound is described so.
_NAME_IN_BRACKETS = re.compile(r"[(\[]")
_BREAK_ENDS = frozenset('.!?…:;"”’»)]—–-♪')
_SENTENCE_END = re.compile(r"[.!?…][\"”’»)\]]*$")


class _Words(NamedTuple):
    """Words of one caption; `label` is None where nobody is named, and "" where the speaker before goes on.

    `line` is the whole line where its label may be words of a sentence.
    """

    label: str | None
    words: str
    seconds: int
    line: str = ""


def sniff(content: bytes) -> bool:
    """Return whether `content` opens with a caption and its times."""
    head = content[:_SNIFFED_BYTES]
    return is_text(content) and (head.lstrip(b"\xef\xbb\xbf").startswith(b"WEBVTT") or bool(_CUE_SNIFF.search(head)))


def parse(path: Path, document_id: str) -> Parsed:
    """Parse the captions at `path`.

    Raises:
        CorpusError: the file is not text, has no captions, or names nobody who speaks.
    """
    place = str(path)
    captions = list(_iter_captions(filesystem.read_text(path).splitlines()))
    if not captions:
        raise CorpusError(place, "it has no captions with times", "export it again as .vtt or .srt")
    has_voices = any(_VOICE.search(line) for _, lines in captions for line in lines)
    read = (item for seconds, lines in captions for item in _read_lines(lines, seconds, has_voices=has_voices))
    words = [item for item in _doubt_names_within_sentences(read) if item.words or item.label]
    parsed = build_transcript(Document(document_id, "", transcript="automatic"), _iter_paragraphs(words))
    if not parsed.document.turns:
        remedy = "write 'NAME: ' before the words of each speaker"
        raise CorpusError(place, "its captions do not name who speaks", remedy)
    return parsed


def _iter_captions(lines: list[str]) -> Iterator[tuple[int, list[str]]]:
    """Yield each caption's start in seconds and its lines, without those that the caption before has shown."""
    last_line = ""
    for index, line in enumerate(lines):
        times = _CUE_TIMES.fullmatch(line.strip())
        if times is None:
            continue
        shown = []
        for text in lines[index + 1 :]:
            if not text.strip() or _CUE_TIMES.fullmatch(text.strip()):
                break
            words = normalise_line(text)
            # YouTube's captions roll: each shows the last line of the one before once more.
            if _strip_tags(words) not in {"", last_line}:
                shown.append(words)
                last_line = _strip_tags(words)
        yield parse_seconds(times["start"]) or 0, shown


def _read_lines(lines: list[str], seconds: int, *, has_voices: bool) -> Iterator[_Words]:
    """Yield the words of one caption by speaker."""
    if not has_voices:
        yield from (_read_line(_strip_tags(line), seconds) for line in lines)
        return
    text = " ".join(lines)
    voices = list(_VOICE.finditer(text))
    starts = [*(voice.start() for voice in voices), len(text)]
    yield _Words(None, _strip_tags(text[: starts[0]]), seconds)
    for voice, end in zip(voices, starts[1:], strict=True):
        yield _Words(_strip_tags(voice["name"]), _strip_tags(text[voice.end() : end]), seconds)


def _doubt_names_within_sentences(words: Iterable[_Words]) -> Iterator[_Words]:
    """Yield `words`, as nobody's where a name and a colon may go on with the sentence of the caption before."""
    ends_sentence, opens_lower = True, False
    for item in words:
        is_doubtful = bool(item.line) and not ends_sentence and not opens_lower
        yield _Words(None, item.line, item.seconds) if is_doubtful else item
        if item.label:
            opens_lower = bool(item.line)
        ends_sentence = not item.words or item.words[-1] in _BREAK_ENDS


def _strip_tags(text: str) -> str:
    """Return words as a player shows them: without tags, and with the characters that references stand for."""
    return normalise_line(html.unescape(_TAG.sub("", text)))


def _read_line(line: str, seconds: int) -> _Words:
    """Return the words of a line, and who says them: "" whoever spoke before, None nobody that is named."""
    label = parse_label(line, 0, len(line))
    if _NOTE.fullmatch(line):
        return _Words(None, line, seconds)
    if label and label.certainty is not Certainty.KNOWN_NAME_ONLY:
        doubtful_line = line if label.certainty is Certainty.LIKELY else ""
        name = line[slice(*label.span)] if label.voice else None
        return _Words(name, line[label.words_start :], seconds, doubtful_line)
    if _NAME_IN_BRACKETS.match(line) and find_lookalike_label(line, 0, len(line)):
        return _Words(None, line, seconds)
    new_speaker = _NEW_SPEAKER.match(line)
    if new_speaker:
        return _Words(None, line[new_speaker.end() :], seconds)
    return _Words("", line, seconds)


def _iter_paragraphs(words: list[_Words]) -> Iterator[tuple[str | None, str]]:
    """Yield paragraphs of one speaker's joined words, each behind its time and label; None in place of nobody's."""
    label: str | None = None
    paragraph, seconds = "", 0
    for item in words:
        is_note = item.label is None and bool(_NOTE.fullmatch(item.words))
        limit = PARAGRAPH_LENGTH if _SENTENCE_END.search(paragraph) else MAX_PARAGRAPH_LENGTH
        if paragraph and (item.label not in {"", label} or is_note or len(paragraph) >= limit):
            yield (label and f"[{format_time(seconds)}] {label}"), paragraph
            paragraph = ""
        if is_note:
            yield None, item.words
            continue
        label = label if item.label == "" else item.label
        if not paragraph:
            seconds = item.seconds
        paragraph = f"{paragraph} {item.words}".strip()
    if paragraph:
        yield (label and f"[{format_time(seconds)}] {label}"), paragraph
