"""Articles, or parts of them, in one voice: interviews, letters, statements, and what reads like a transcript.

An interview's labels, a signature and a heading name who speaks. A label that may be something else, a name before a
dash or in a line of its own, makes its paragraph somebody's words, and nobody's for certain: they are not the
publication's own.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterator, Sequence
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from bot.attribution.lexicon import NO_MATCH, Lexicon
from bot.attribution.names import infer_sex
from bot.model import Span, Voice
from bot.text import trim

# An interview's labels and a signature are the names that the source itself prints: an error of
# theirs is the source's. Less than the 1.0 of a recorded turn, since the layout is inferred.
INTERVIEW_CONFIDENCE = 0.9
# Behind a labelled paragraph one without a label is its speaker's or the publication's: never shown.
UNLABELLED_CONFIDENCE = 0.5
# A signature or a heading names one person for all of it.
SIGNED_CONFIDENCE = 0.92
# Two who each speak twice: what opens fewer lines is a list ("Price: 5 pounds").
_MIN_SPEAKERS = 2
# A headline and a byline may stand above "Dear editor".
_MAX_GREETING_PARAGRAPHS = 3
_MARK = re.compile(r"[“”\"]")
_TIME = r"(?:\d{1,2}:)?\d{1,2}:\d{2}"
_TWO_WORDS = re.compile(r"[^\W\d]*\W+[^\W\d]")
_BRACKETS = r"(?: ?[(\[][^()\[\]\n]{1,60}[)\]]){0,3}"
_BEFORE = rf"(?:[-–—•*▪]\s+)?(?:[\[(]?{_TIME}[\])]?\s+)?"
_TAIL = r"(?P<tail>, [^:\n.?!“”\"]{1,60})"
_STOPS = frozenset(".!?…")
_CLOSING_MARKS = "\"”’»')]"
# Fewer labels that may be something else are not read: a subheading is a name too, and a dash sets off what is said
# of somebody.
_MIN_UNREAD_LABELS = 3


class MonologueParagraph(NamedTuple):
    """A paragraph in one voice, and the label, heading or signature that names it.

    `span` leaves a label out; `is_named` is False where the label names nobody, as “Q” does.
    """

    paragraph_index: int
    span: Span
    label: Span
    voice: Voice
    confidence: float
    is_doubtful: bool = False
    is_named: bool = True


class _Layout(NamedTuple):
    """The regular expressions of labels, letters and statements in one language."""

    label: re.Pattern[str]
    dashed_label: re.Pattern[str]
    bracketed_label: re.Pattern[str]
    own_line_label: re.Pattern[str]
    greeting: re.Pattern[str]
    closing: re.Pattern[str]
    heading: re.Pattern[str]
    signature: re.Pattern[str]
    nobody: re.Pattern[str]


@cache
def _compile_layout(lexicon: Lexicon) -> _Layout:
    """Compile the patterns of labels, letters and statements in the language of `lexicon`, once."""
    joints = "|".join(sorted(lexicon.language.words("letters", "name_joints"))) or NO_MATCH
    name = rf"[A-Z][\w.'’-]*(?: (?:(?:{joints}) )?[A-Z][\w.'’-]*){{0,5}}"
    greeting, closing, heading = (lexicon.get_pattern("letters", key) for key in ("greeting", "closing", "heading"))
    return _Layout(
        re.compile(rf"{_BEFORE}({name}){_BRACKETS}{_TAIL}?:\s+(?:[\[(]{_TIME}[\])]\s+)?(?=\S)"),
        re.compile(rf"{_BEFORE}({name}){_BRACKETS}\s+(?:[–—|]|--?)\s+(?=\S)"),
        re.compile(rf"{_BEFORE}[\[(<{{]({name})[\])>}}]:?\s+(?=\S)"),
        re.compile(rf"{_BEFORE}({name})(?<!\w\w\.){_BRACKETS}(?:{_TAIL}?:)?\Z"),
        re.compile(rf"(?:{greeting})\b[^.?!]{{0,80}}[,:—–-]?$", re.IGNORECASE),
        re.compile(rf"(?:{closing})[,:]?\s*", re.IGNORECASE),
        re.compile(rf"{heading}({name})(?:, ([^.:\n]{{3,60}}))?[.:]?$"),
        re.compile(rf"[—–-]?\s*({name})(?:,\s*([^\n]{{3,80}}))?\.?$"),
        re.compile(lexicon.get_alternatives("speaker_labels", "unnamed"), re.IGNORECASE),
    )


def find_monologues(text: str, paragraphs: Sequence[Span], lexicon: Lexicon) -> list[MonologueParagraph]:
    """Return the paragraphs of an article that are in one voice, in order; most have none.

    An interview pasted into an article opens its paragraphs with `NAME:`; a letter begins
    with a greeting and ends with a signature; a statement names its author in its first line.
    None is looked for in a language that has no words for a speaker.
    """
    if not lexicon.has_reporting_verbs:
        return []
    return (
        _find_letter(text, paragraphs, lexicon)
        or _find_statement(text, paragraphs, lexicon)
        or _find_interview(text, paragraphs, lexicon)
        or _find_unread_turns(text, paragraphs, lexicon)
    )


class _Opening(NamedTuple):
    """A label, its paragraph's index, its name without honours, and the words it opens, perhaps the next paragraph."""

    label_index: int
    label: re.Match[str]
    name: str
    words_index: int
    words: Span

    @property
    def has_colon(self) -> bool:
        """Whether a colon stands behind the name, whatever time stands before it."""
        return ":" in self.label[0][self.label.end(1) - self.label.start() :]

    @property
    def is_subheading(self) -> bool:
        """Whether a name alone stands above the words."""
        return self.words_index > self.label_index and self.label.end(1) == self.label.end()


def _find_interview(text: str, paragraphs: Sequence[Span], lexicon: Lexicon) -> list[MonologueParagraph]:
    """Find the paragraphs of an interview, in which two speakers at least open two each; few lists are so."""
    openings = [opening for opening in _iter_openings(text, paragraphs, lexicon) if opening.has_colon]
    full_names, turn_counts = _count_turns(openings, lexicon)
    speakers = {name for name, count in turn_counts.items() if count > 1}
    if len(speakers) < _MIN_SPEAKERS:
        return []
    nobody = _compile_layout(lexicon).nobody
    # "Headline:" and "Summary:" come again in a list, and name no people, as full names, capitals or given names do.
    has_people = any(
        nobody.fullmatch(name) or " " in name or name.isupper() or lexicon.is_given_name(name.casefold())
        for name in speakers
    )
    sure_speakers = speakers if has_people else set[str]()
    labelled = [
        MonologueParagraph(
            opening.words_index,
            opening.words,
            Span(*opening.label.span(1)),
            _parse_voice(lexicon, name),
            INTERVIEW_CONFIDENCE if name in sure_speakers else UNLABELLED_CONFIDENCE,
            is_doubtful=name not in sure_speakers,
            is_named=nobody.fullmatch(name) is None,
        )
        for opening in openings
        # Who speaks once in an interview is not the publication.
        if (name := full_names[opening.name]) in speakers
        or (" " in name and (name.isupper() or _is_person(name, lexicon)))
    ]
    return [*labelled, *_find_unlabelled(text, paragraphs, labelled, {opening.label_index for opening in openings})]


def _find_unread_turns(text: str, paragraphs: Sequence[Span], lexicon: Lexicon) -> list[MonologueParagraph]:
    """Find paragraphs behind labels that may be something else: a dash, a line of its own, one who speaks only once.

    Two people at least, who are known by a given name or a title, or who each open two paragraphs. Names above
    paragraphs may be those of whom they tell, unless one of them comes again.
    """
    openings = list(_iter_openings(text, paragraphs, lexicon))
    full_names, turn_counts = _count_turns(openings, lexicon)
    if not any(opening.is_subheading and turn_counts[full_names[opening.name]] > 1 for opening in openings):
        openings = [opening for opening in openings if not opening.is_subheading]
    openings = [
        opening
        for opening in openings
        if _is_sentence(text, opening.words)
        and (_is_person(opening.name, lexicon) or (turn_counts[full_names[opening.name]] > 1 and " " in opening.name))
    ]
    if len({full_names[opening.name] for opening in openings}) < _MIN_SPEAKERS or len(openings) < _MIN_UNREAD_LABELS:
        return []
    labelled = [
        MonologueParagraph(
            opening.words_index,
            opening.words,
            Span(*opening.label.span(1)),
            _parse_voice(lexicon, opening.name),
            UNLABELLED_CONFIDENCE,
            is_doubtful=True,
        )
        for opening in openings
        if not _MARK.search(text, *opening.words)
    ]
    return [*labelled, *_find_unlabelled(text, paragraphs, labelled, {opening.label_index for opening in openings})]


def _count_turns(openings: Sequence[_Opening], lexicon: Lexicon) -> tuple[dict[str, str], Counter[str]]:
    """Return the fullest label of each label's speaker, and how often each of the fullest opens words."""
    full_names = _match_labels([opening.name for opening in openings], lexicon)
    return full_names, Counter(full_names[opening.name] for opening in openings)


def _is_sentence(text: str, words: Span) -> bool:
    """Return whether `words` are two or more, and end a sentence."""
    end = words.end
    while end > words.start and text[end - 1] in _CLOSING_MARKS:
        end -= 1
    return _TWO_WORDS.match(text, *words) is not None and text[end - 1] in _STOPS


def _is_person(label: str, lexicon: Lexicon) -> bool:
    """Return whether a label of two words or more opens with a given name or a title."""
    first_word, *others = label.casefold().split()
    return bool(others) and (lexicon.is_given_name(first_word) or first_word in lexicon.titles.leading)


def _iter_openings(text: str, paragraphs: Sequence[Span], lexicon: Lexicon) -> Iterator[_Opening]:
    """Yield what may be a label before words, in the same paragraph or in the one before."""
    layout = _compile_layout(lexicon)
    for index, span in enumerate(paragraphs):
        patterns = (layout.label, layout.dashed_label, layout.bracketed_label)
        label = next((match for pattern in patterns if (match := pattern.match(text, *span))), None)
        words = Span(label.end() if label else span.end, span.end)
        if label and _is_role(label, words, lexicon) and _TWO_WORDS.match(text, *words):
            yield _Opening(index, label, _strip_honours(label[1], lexicon), index, words)
            continue
        own_line = layout.own_line_label.match(text, *span)
        following = paragraphs[index + 1] if index + 1 < len(paragraphs) else None
        if own_line and following and _is_role(own_line, following, lexicon) and _is_sentence(text, following):
            yield _Opening(index, own_line, _strip_honours(own_line[1], lexicon), index + 1, following)


def _is_role(label: re.Match[str], words: Span, lexicon: Lexicon) -> bool:
    """Return whether what stands behind a label's comma, if anything, is a role: no second person, no verb of saying.

    Behind a role and a colon words in marks are a quotation, and read as one.
    """
    tail = label.groupdict().get("tail")
    if not tail:
        return True
    tail_words = tail.replace(",", " ").split()
    first_word = tail_words[0].casefold() if tail_words else ""
    is_titled = len(tail_words) > 1 and first_word in lexicon.titles.leading
    is_second_person = is_titled or lexicon.is_given_name(first_word)
    tells_of_saying = any(word in lexicon.lemmas for word in tail_words)
    return not (is_second_person or tells_of_saying or _MARK.search(label.string, *words))


def _find_unlabelled(
    text: str, paragraphs: Sequence[Span], labelled: Sequence[MonologueParagraph], label_indexes: Container[int]
) -> Iterator[MonologueParagraph]:
    """Yield the paragraphs between two labels: the speaker's, as a rule, or the publication's."""
    for previous, following in pairwise(labelled):
        for index in range(previous.paragraph_index + 1, following.paragraph_index):
            span = paragraphs[index]
            if index not in label_indexes and not _MARK.search(text, *span):
                yield MonologueParagraph(
                    index, span, previous.label, previous.voice, UNLABELLED_CONFIDENCE, is_doubtful=True
                )


def _strip_honours(label: str, lexicon: Lexicon) -> str:
    """Return a label's name without "MP OBE" behind it."""
    words = label.split()
    honours = lexicon.language.words("speaker_labels", "honours")
    while len(words) > 1 and words[-1].isupper() and words[-1].casefold() in honours:
        words.pop()
    return " ".join(words)


def _match_labels(labels: Sequence[str], lexicon: Lexicon) -> dict[str, str]:
    """Return the fullest label of each label's speaker: “Ms Low” is Ann Low where no other woman called Low speaks."""
    parts = {label: _split_titles(label.casefold().split(), lexicon) for label in labels}

    # A surname shows no sex, though a given name is spelt like it: "Grant".
    sexes = {label: infer_sex(titles, words[:-1] or ("",), lexicon) for label, (titles, words) in parts.items()}

    def may_be_same(short: str, full: str) -> bool:
        """Return whether `full` ends with the words of `short`, and their sexes do not differ."""
        words, full_words = parts[short][1], parts[full][1]
        is_fit = sexes[short] == sexes[full] or None in (sexes[short], sexes[full])
        return is_fit and full_words[-len(words) :] == words

    fullest: dict[str, str] = {}
    for label in parts:
        rivals = [other for other in parts if may_be_same(label, other)]
        longest = max(rivals, key=lambda rival: (len(parts[rival][1]), len(rival)))
        fullest[label] = longest if all(may_be_same(rival, longest) for rival in rivals) else label
    return fullest


def _split_titles(words: Sequence[str], lexicon: Lexicon) -> tuple[Sequence[str], Sequence[str]]:
    """Return the titles that the words of a label open with, and its name, of one word at least."""
    count = 0
    while count < len(words) - 1 and words[count].casefold() in lexicon.titles.leading:
        count += 1
    return words[:count], words[count:]


def _find_letter(text: str, paragraphs: Sequence[Span], lexicon: Lexicon) -> list[MonologueParagraph]:
    """Return the paragraphs between a greeting and a signed closing; empty where either is missing."""
    layout = _compile_layout(lexicon)
    opening = enumerate(paragraphs[:_MAX_GREETING_PARAGRAPHS])
    greeting = next((index for index, span in opening if layout.greeting.match(text[slice(*span)])), None)
    if greeting is None:
        return []
    for index in range(len(paragraphs) - 1, greeting, -1):
        closing = layout.closing.match(text, *paragraphs[index])
        if closing is None:
            continue
        signature_span = trim(text, Span(closing.end(), paragraphs[index].end))
        if signature_span.start == signature_span.end and index + 1 < len(paragraphs):
            signature_span = paragraphs[index + 1]
        signature = layout.signature.match(text, *signature_span)
        parts = (part.split() for part in ((signature and signature[2]) or "").split(","))
        is_of_two = any(lexicon.is_given_name(words[0].casefold()) for words in parts if words)
        return (
            _build_monologue(paragraphs, greeting + 1, index, signature, lexicon) if signature and not is_of_two else []
        )
    return []


def _find_statement(text: str, paragraphs: Sequence[Span], lexicon: Lexicon) -> list[MonologueParagraph]:
    """Return the paragraphs below a heading that names who makes a statement; empty without one."""
    if len(paragraphs) < 2:
        return []
    heading = _compile_layout(lexicon).heading.match(text, *paragraphs[0])
    return _build_monologue(paragraphs, 1, len(paragraphs), heading, lexicon) if heading else []


def _build_monologue(
    paragraphs: Sequence[Span], first: int, end: int, match: re.Match[str], lexicon: Lexicon
) -> list[MonologueParagraph]:
    """Return paragraphs [first, end) in the voice that `match` names, and the role it may give."""
    voice = _parse_voice(lexicon, match[1], match[2])
    label = Span(*match.span(1))
    return [
        MonologueParagraph(index, paragraphs[index], label, voice, SIGNED_CONFIDENCE) for index in range(first, end)
    ]


def _parse_voice(lexicon: Lexicon, label: str, role: str | None = None) -> Voice:
    """Return the voice of a label without its titles; they are its role, courtesies apart, unless `role` is given.

    A surname alone goes by its courtesy or its peerage: “MR LOW”, “Lady Low”.
    """
    titles, words = _split_titles(label.split(), lexicon)
    honorifics = lexicon.titles.courtesy | lexicon.titles.noble
    if len(words) == 1 and titles and titles[-1].casefold() in honorifics:
        titles, words = titles[:-1], [titles[-1], *words]
    roles = [title for title in titles if title.casefold() not in lexicon.titles.courtesy]
    return Voice(" ".join(words), role or " ".join(roles) or None)
