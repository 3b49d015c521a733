"""Web pages of debates: who speaks is in the markup of each contribution, as Hansard's pages have it.

A contribution is an element of its own, with the speaker's name in one element and the words in paragraphs beside it:
hansard.parliament.uk, TheyWorkForYou and others differ in the names of their classes alone. The text is a transcript,
with a label before each contribution, so it can be kept as one. A page on which only headings say who speaks is
refused, since nothing says where a speech ends.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bot.errors import CorpusError
from bot.formats.base import Parsed
from bot.formats.labels import Certainty, parse_label
from bot.formats.transcript import build_transcript
from bot.model import Document
from bot.text import normalise_line

Node = Any
"""An element of a library that may not be installed."""

_CONTRIBUTION_CLASS = re.compile(
    r"(?:^|[\s_-])(?:contribution\w*|debate-?(?:item|speech)|speech|intervention)(?:$|[\s_-])", re.IGNORECASE
)
_SPEAKER_CLASS = re.compile(
    r"(?:^|[\s_-])(?:speaker(?:[_-]*name)?|attributed-?to\S*|member-?name|primary-text|speech__speaker\S*)(?:$|[\s_-])",
    re.IGNORECASE,
)
_CAMEL_CASE = re.compile(r"(?<=[a-z])(?=[A-Z])")
_PARAGRAPH_TAGS = ("p", "li", "td")
_SET_APART_TAGS = frozenset({"blockquote", "table"})
# Two people who each speak once may be two subheadings.
_MIN_SPEAKERS = 2


def parse_debate(root: Node, headings: list[str], path: Path, document: Document) -> Parsed | None:
    """Parse the debate on the page at `root`, under the facts of `document`; None for a page that is no debate.

    `headings` are those of the article on it, not of what stands around it.

    Raises:
        CorpusError: it reads like a debate, and its markup does not say where a speech ends.
    """
    contributions = [item for item in _iter_contributions(root) if item[0]]
    speakers = {label for label, _ in contributions}
    if len(speakers) >= _MIN_SPEAKERS:
        return build_transcript(document, _iter_labelled_lines(contributions))
    marked = Counter(filter(None, map(_read_label, _iter_speaker_elements(root))))
    if len(marked) >= _MIN_SPEAKERS and max(marked.values()) > 1:
        fact = "its markup names speakers, and does not say where a speech begins"
        raise CorpusError(str(path), fact, "save it as .transcript, with 'NAME: ' before each speech")
    if len(_find_speakers(headings)) >= _MIN_SPEAKERS:
        fact = "it reads like a debate, with a heading for each speaker"
        raise CorpusError(str(path), fact, "save it as .transcript, with 'NAME: ' before each speech")
    return None


def _iter_speaker_elements(root: Node) -> Iterator[Node]:
    """Yield the elements that name a speaker by their class, the outermost of each."""
    for element in root.iter():
        if isinstance(element.tag, str) and _SPEAKER_CLASS.search(_read_class(element)):
            parent = element.getparent()
            if parent is None or not _SPEAKER_CLASS.search(_read_class(parent)):
                yield element


def _iter_contributions(root: Node) -> Iterator[tuple[str | None, list[tuple[str, bool]]]]:
    """Yield each contribution's label, None without a speaker, and its paragraphs, each with whether it is speech."""
    for element in root.iter():
        is_contribution = isinstance(element.tag, str) and _CONTRIBUTION_CLASS.search(_read_class(element))
        if is_contribution and not any(_has_contribution(child) for child in element):
            speaker = next((item for item in element.iter() if _SPEAKER_CLASS.search(_read_class(item))), None)
            yield (_read_label(speaker), [*_iter_speech(element, speaker)])


def _read_class(element: Node) -> str:
    """Return an element's classes, with a blank where a capital begins a word: `memberName` too is a member's name."""
    return _CAMEL_CASE.sub("-", element.get("class", ""))


def _has_contribution(element: Node) -> bool:
    """Return whether a contribution with a speaker of its own stands in `element`."""
    return any(
        isinstance(item.tag, str)
        and _CONTRIBUTION_CLASS.search(_read_class(item))
        and any(_SPEAKER_CLASS.search(_read_class(inner)) for inner in item.iter() if inner is not item)
        for item in element.iter()
    )


def _read_label(speaker: Node) -> str | None:
    """Return the speaker's label on one line, the details in brackets; None where it names nobody."""
    if speaker is None:
        return None
    pieces = [normalise_line(text) for text in speaker.itertext()]
    name, *details = [piece.strip(" :,") for piece in pieces if piece.strip(" :,")] or [""]
    printed = name + "".join(f" ({detail.strip('()')})" for detail in details)
    label = parse_label(f"{printed}:", 0, len(printed) + 1)
    return printed if label and label.voice else None


def _iter_speech(element: Node, speaker: Node) -> Iterator[tuple[str, bool]]:
    """Yield the paragraphs of a contribution; what is set apart was not said by its speaker."""
    inside_label = set(speaker.iter()) if speaker is not None else set()
    for paragraph in element.iter(*_PARAGRAPH_TAGS):
        is_inner = any(inner is not paragraph for inner in paragraph.iter(*_PARAGRAPH_TAGS))
        words = normalise_line(paragraph.text_content())
        if words and not is_inner and paragraph not in inside_label:
            parents = {ancestor.tag for ancestor in paragraph.iterancestors()}
            yield words, not _SET_APART_TAGS.intersection(parents)


def _iter_labelled_lines(
    contributions: list[tuple[str | None, list[tuple[str, bool]]]],
) -> Iterator[tuple[str | None, str]]:
    """Yield each paragraph with its label: the speaker at first, then "" for speech, None for what is set apart."""
    for label, paragraphs in contributions:
        for index, (words, is_speech) in enumerate(paragraphs):
            if index == 0 and not is_speech:
                # A speaker who opens with a quotation has said none of it.
                yield label, ""
            yield (None if not is_speech else label if index == 0 else ""), words


def _find_speakers(headings: list[str]) -> set[str]:
    """Return the headings that name a speaker: with a seat, party or office, or more than once."""
    speakers = set()
    for heading in headings:
        label = parse_label(f"{heading}:", 0, len(heading) + 1)
        if label and label.voice and label.certainty is Certainty.CERTAIN and " " in label.voice.name:
            has_brackets = label.has_details and heading.endswith((")", "]"))
            if has_brackets or headings.count(heading) > 1:
                speakers.add(label.voice.name)
    return speakers
