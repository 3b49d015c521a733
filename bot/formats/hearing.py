"""Hearings in documents: paragraphs that open with speakers' labels, as committees and meeting software print them.

`Q12 Chair:`, `Dr Low:`, `Q.` and `A.` of an inquiry, and `Ann Low 0:03` of a meeting. All before the first speaker who
speaks again is the title page. A line that may be a label, and need not be, ends the turn: its words are nobody's.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from bot.errors import CorpusError
from bot.formats.base import Parsed
from bot.formats.canonical import PARAGRAPH_BREAK
from bot.formats.label_doubts import find_label_words
from bot.formats.label_voices import is_office, load_words, opens_as_person
from bot.formats.labels import Certainty, Label, introduces_words, is_recorders_note, parse_label, parse_timed_label
from bot.formats.transcript import build_transcript
from bot.model import Document, Span
from bot.text import normalise_line

# An article has a list or two whose lines open with a name and a colon.
_MIN_LABELS = 4
_MIN_SPEAKERS = 2
# Speeches have paragraphs; in a hearing every fifth paragraph at least is another speaker's.
_MIN_LABEL_SHARE = 0.2
# No other text numbers its questions, so in one that does even somebody who speaks only once is a speaker.
_MIN_NUMBERED = 2
_QUESTION_NUMBER = re.compile(r"Q\s?\d")
# Teams' transcripts in Word once had "0:0:3.120 --> 0:0:9.450", the name and the words in three lines.
_CAPTION_TIMES = re.compile(r"(?:(\d{1,2}):)?(\d{1,2}):(\d{1,2})[.,]\d{1,3}\s*-->\s*[\d:.,]{5,12}")
# Of the captions.
_MIN_NAMED_SHARE = 0.8
# The marks that end a hearing's labels.
_SHAPES = frozenset({":", "：", "Q", ".", ".-", ".—"})


def _parse_hearing(document: Document, paragraphs: Sequence[str]) -> Parsed | None:
    """Parse `paragraphs` as a hearing under the facts of `document`; None if they are not one.

    One whose labels have times is taken for a machine's transcript, unless `document` says otherwise.
    """
    paragraphs = _join_names_with_times(paragraphs)
    labels = [_find_label(paragraph) for paragraph in paragraphs]
    pairs = list(zip(paragraphs, labels, strict=True))
    keys = [_find_speaker_key(paragraph, label) if label else "" for paragraph, label in pairs]
    counts = Counter(filter(None, keys))
    has_numbers = sum(bool(label and _QUESTION_NUMBER.match(text)) for text, label in pairs) >= _MIN_NUMBERED
    people = {label.key for label in labels if label and label.voice and opens_as_person(label.voice.name)}
    is_chaired = any(count > 1 and (key in people or is_office(key)) for key, count in counts.items())
    speakers = {key for key, n in counts.items() if n > 1 or has_numbers or (is_chaired and key in people)}
    count = sum(counts[key] for key in speakers)
    if len(speakers) < _MIN_SPEAKERS or count < max(_MIN_LABELS, _MIN_LABEL_SHARE * len(paragraphs)):
        return None
    first = next(index for index, key in enumerate(keys) if key in speakers)
    title_page = ((None, paragraph) for paragraph in paragraphs[:first])
    if any(label and label.time for label in labels):
        document = replace(document, transcript=document.transcript or "automatic")
    return build_transcript(document, [*title_page, *_iter_lines(pairs[first:])])


def parse_lines(facts: Document, lines: Iterable[str], left_out: Iterable[str], place: str) -> Parsed:
    """Parse the lines of an office file under its `facts`: as a hearing, or else as prose.

    Raises:
        CorpusError: they hold no words.
    """
    paragraphs = list(filter(None, map(normalise_line, lines)))
    if not paragraphs:
        raise CorpusError(place, "it contains no text", "add text, or remove the file")
    document = replace(facts, text=PARAGRAPH_BREAK.join(paragraphs), sha256="")
    parsed = _parse_hearing(document, paragraphs) or Parsed(document)
    return parsed._replace(left_out=tuple(filter(None, map(normalise_line, left_out))))


def split_caption(words: str) -> list[str]:
    r"""Split what opens with a caption's times into its lines; anything else is one line.

    >>> split_caption("0:0:3.1 --> 0:0:9.4\nAnn Low\nIt is late."), split_caption("It is\nlate.")
    (['0:0:3.1 --> 0:0:9.4', 'Ann Low', 'It is late.'], ['It is\nlate.'])
    """
    return words.splitlines() if _CAPTION_TIMES.match(words) else [words]


def _join_names_with_times(paragraphs: Sequence[str]) -> list[str]:
    """Join a caption's times with the name behind them to a label, where nearly every caption has a name.

    >>> _join_names_with_times(["0:0:3.1 --> 0:0:9.4", "Ann Low", "It is late."] * 2)[:2]
    ['Ann Low 0:00:03', 'It is late.']
    """
    times = {index: match for index, words in enumerate(paragraphs) if (match := _CAPTION_TIMES.fullmatch(words))}
    named = {
        index
        for index in times
        if not {index + 1, index + 2} & times.keys()
        and index + 2 < len(paragraphs)
        and (label := parse_label(f"{paragraphs[index + 1]}:", 0, len(paragraphs[index + 1]) + 1))
        and label.words_start > len(paragraphs[index + 1])
    }
    if len(named) < max(_MIN_SPEAKERS, _MIN_NAMED_SHARE * len(times)):
        return list(paragraphs)
    joined = []
    for index, words in enumerate(paragraphs):
        if index in times:
            hours, minutes, seconds = (int(part) for part in times[index].groups("0"))
            time = f"{hours}:{minutes:02}:{seconds:02}"
            joined.append(f"{paragraphs[index + 1]} {time}" if index in named else time)
        elif index - 1 not in named:
            joined.append(words)
    return joined


def parse_recorded_hearing(document: Document, paragraphs: Sequence[str]) -> Parsed | None:
    """Parse `paragraphs` as a hearing where labels say more than an interview's: a seat, a party or office, a number.

    None where they do not: an article with an interview in it is no hearing, since its rest is the publication's.
    """
    labels = [label for paragraph in paragraphs if (label := _find_label(paragraph))]
    numbered = sum(bool(_QUESTION_NUMBER.match(paragraph)) for paragraph in paragraphs)
    is_record = numbered + sum(label.has_details for label in labels) >= _MIN_NUMBERED
    return _parse_hearing(document, paragraphs) if is_record else None


def opens_turn(line: str, *, is_after_sentence: bool = False) -> bool:
    """Return whether a printed line opens with a label that can be nothing else.

    After the end of a sentence any name and a colon do; elsewhere an ordinary line may begin with a word and a colon.

    >>> [opens_turn(line) for line in ("Q12 Chair: Why?", "A. I did.", "MR LOW: No.", "Remember: it", "Mr Low: no")]
    [True, True, True, False, False]
    """
    label = _find_label(line)
    return label is not None and (
        is_after_sentence or label.voice is None or label.span.start > 0 or label.voice.name.isupper()
    )


def _find_label(paragraph: str) -> Label | None:
    """Return the label that opens a paragraph of a hearing and can be nothing else, or None."""
    label = parse_label(paragraph, 0, len(paragraph))
    if label and introduces_words(paragraph, Span(0, len(paragraph)), label):
        return None
    if label and label.certainty is Certainty.CERTAIN:
        is_name_with_time = label.time and label.voice and label.words_start == len(paragraph)
        if label.shape in _SHAPES or is_name_with_time:
            return label
    return parse_timed_label(paragraph)


def _find_speaker_key(paragraph: str, label: Label) -> str:
    """Return what a speaker is known by: the name, or Q, A and the witness as printed; "" for a record's entry."""
    name = paragraph[slice(*label.span)].casefold()
    is_entry = name in load_words("record") or not name[:1].isalpha()
    return label.key or ("" if is_entry else name)


def _iter_lines(pairs: Iterable[tuple[str, Label | None]]) -> Iterator[tuple[str | None, str]]:
    """Yield each paragraph with the label it opens; "" for one that continues a turn, None for one in no turn."""
    is_in_turn = True
    # A name in a line of its own, whose words are the next paragraph whatever it looks like.
    pending_name: str | None = None
    for paragraph, label in pairs:
        if label:
            is_in_turn = True
            printed = paragraph[: label.span.end]
            name = f"{printed} {label.time}" if label.time and label.shape == "line" else printed
            words = paragraph[label.words_start :]
            pending_name = None if words else name
            if words:
                yield name, words
        elif pending_name:
            yield pending_name, paragraph
            pending_name = None
        elif is_in_turn and not is_recorders_note(paragraph) and find_label_words(paragraph, 0, len(paragraph)) is None:
            yield "", paragraph
        else:
            is_in_turn = is_in_turn and is_recorders_note(paragraph)
            yield None, paragraph
