"""A parsed question: its concepts, voices and answer types; and how much some words cover of it.

Parsing only sorts the asker's words. It adds none but the curator's synonyms and corrections of
typing errors, and both are kept to be shown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from math import sqrt
from typing import NamedTuple

from bot.answers.question_language import DateRange, Phrase, contains_phrase
from bot.model import Side, VoiceEntry

Form = frozenset[str]

# Up to two things asked must all be found, and then nothing is missing. At 0 only 35 of the 90
# answerable questions of tests/relevance/further.jsonl are answered, not 66: one thing covers 1.0.
_SHORT_QUESTION = 2
# One letter is no acronym; seven or more are likelier to be read as a word.
_MIN_ACRONYM, _MAX_ACRONYM = 2, 6
# A side of an "or" is met by half of what it asks: "tried in real conditions, or only in a lab".
_MIN_SHARE_OF_SIDE = 0.5
# Within a clause a word belongs to the side it stands on.
_CLAUSE_ENDS = ",;:?!()"

# What a synonym counts, as a share of the word itself. No answer differs from 0.5 to 0.9, one at 1, where a synonym
# counts as much as the very word.
_SYNONYM_WEIGHT = 0.8


@dataclass(frozen=True, slots=True)
class Concept:
    """One thing that is asked about.

    `text` is the word or phrase as typed. `forms` are sets of stems; it is matched where all stems of any one of them
    are found. The first `literal_count` forms are the word itself, however it is inflected or spelt; `expansions` are
    the words searched besides. A form with a phrase, at the same place in `phrases`, matches only where these words
    stand side by side; `words`, where given, are those that a literal form may stand for. `weight` follows from its idf
    and its number of words. An `is_of_motion` concept is the subject of the whole debate, so it does not distinguish
    passages; if it `is_beside` another word of the question the two belong together. An `is_loaded` one judges
    ("greedy") and weighs less: nothing is missing where it is not found. `corrections` are those `expansions` that a
    misspelt word is taken for; `everyday` has the texts of the last forms, which are everyday synonyms and not the
    curator's.
    """

    text: str
    forms: tuple[Form, ...]
    expansions: tuple[str, ...] = ()
    weight: float = 1.0
    is_of_motion: bool = False
    phrases: tuple[Phrase | None, ...] = ()
    words: frozenset[str] | None = None
    literal_count: int = 1
    is_beside: bool = False
    is_loaded: bool = False
    corrections: tuple[str, ...] = ()
    everyday: tuple[str, ...] = ()

    def may_match(self, stems: frozenset[str]) -> bool:
        """Return whether words of these `stems` may match, in whatever order."""
        return any(form <= stems for form in self.forms)

    def find_form(self, stems: frozenset[str], get_words: Callable[[], Phrase] = tuple) -> int | None:
        """Return the number of the first form that matches words of these `stems`; None for none."""
        for place, form in enumerate(self.forms):
            phrase = self.phrases[place] if place < len(self.phrases) else None
            if not form <= stems or not (form or phrase):
                continue
            if phrase and not contains_phrase(get_words(), phrase):
                continue
            words = self.words if not phrase and place < self.literal_count else None
            if words is not None and words.isdisjoint(get_words()):
                continue
            return place
        return None

    def find_everyday(self, stems: frozenset[str], get_words: Callable[[], Phrase] = tuple) -> str | None:
        """Return the everyday synonym without which these `stems` would not match; None if there is none."""
        place = self.find_form(stems, get_words) if self.everyday else None
        first = len(self.forms) - len(self.everyday)
        return None if place is None or place < first else self.everyday[place - first]


# The concepts on both sides of an "or".
Alternatives = tuple[tuple[Concept, ...], tuple[Concept, ...]]


@dataclass(frozen=True)
class Question:
    """What was read in a question.

    `pairs` are the stems of adjacent content words. `voices` are
    the listed voices it names, in order; `sides` those it asks
    for; `ambiguous_names` are the voices a name may mean that several bear, and `corrections` lead
    from a name as typed to the voice it was taken for; `unknown_names` look like a name that no source has, and
    `is_about_unknown_name` says that they are whom the question asks after. `answer_types` are the
    kinds of thing asked for (`date`, `number`, ...), `asked_kind` the words that ask for it,
    `asks_speech` whether it asks what its voices say;
    `counted_concept` the thing to be counted.
    `is_task` is set when something other than quotes is wanted, `is_follow_up` when it opens
    like a follow-up, `refers_back` when a pronoun refers to a voice, of `pronoun_sex` if it says so;
    it `asks_after_pronoun` where nobody else is spoken of before: "what did he say".
    `excluded` is to be left out, of each pair of `alternatives` one is enough, `dates` the time asked for,
    and `order` "latest" or "earliest".
    `noise` are little words that nothing is known of. `wordings` are its words, and those without the motion's, where
    it names no voice and so may ask nothing of the debate; `language` that of the
    question, where it is not the corpus's.
    """

    text: str
    concepts: tuple[Concept, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()
    voices: tuple[VoiceEntry, ...] = ()
    sides: frozenset[Side] = frozenset()
    ambiguous_names: tuple[str, ...] = ()
    corrections: tuple[tuple[str, str], ...] = ()
    unknown_names: tuple[str, ...] = ()
    is_about_unknown_name: bool = False
    asks_speech: bool = False
    answer_types: frozenset[str] = frozenset()
    asked_kind: str = ""
    counted_concept: Concept | None = None
    is_task: bool = False
    is_follow_up: bool = False
    refers_back: bool = False
    asks_after_pronoun: bool = False
    pronoun_sex: str | None = None
    wordings: tuple[tuple[str, ...], ...] = field(default=(), repr=False)
    language: str | None = None
    has_words: bool = True
    noise: tuple[str, ...] = ()
    excluded: tuple[Concept, ...] = ()
    alternatives: tuple[Alternatives, ...] = ()
    dates: DateRange | None = None
    order: str | None = None

    @cached_property
    def distinctive_concepts(self) -> tuple[Concept, ...]:
        """The concepts that tell one passage of this debate from another."""
        return tuple(concept for concept in self.concepts if not concept.is_of_motion)

    @property
    def is_identity(self) -> bool:
        """Whether it only asks who one voice is."""
        return "identity" in self.answer_types and len(self.voices) == 1 and not self.distinctive_concepts

    @property
    def acronym(self) -> str:
        """The only word asked, in capitals, if it may be an acronym; else ""."""
        text = self.concepts[0].text if len(self.concepts) == 1 else ""
        return text.upper() if text.isalpha() and _MIN_ACRONYM <= len(text) <= _MAX_ACRONYM else ""

    @property
    def is_bare(self) -> bool:
        """Whether it names nothing of its own to search for: no word, voice or side."""
        return not (self.distinctive_concepts or self.voices or self.sides)

    @property
    def needs_context(self) -> bool:
        """Whether it leans on what was asked before it."""
        return self.is_follow_up or self.refers_back or not self.distinctive_concepts

    @property
    def has_subject(self) -> bool:
        """Whether it names something that can be searched for."""
        return bool(self.concepts or self.voices or self.sides or self.dates or self.order or self.excluded)

    def with_concepts_of(self, previous: Question) -> Question:
        """Return a copy with the concepts of `previous` after its own, and its voices or sides if this has none."""
        own_texts = {concept.text for concept in self.concepts}
        inherited_concepts = tuple(concept for concept in previous.concepts if concept.text not in own_texts)
        return replace(
            self,
            concepts=self.concepts + inherited_concepts,
            voices=self.voices or previous.voices,
            sides=self.sides or previous.sides,
        )


class SpeakerQuery(NamedTuple):
    """The voices that a name may mean, and a topic ("" for everything)."""

    names: tuple[str, ...]
    topic: str = ""


class QuestionToken(NamedTuple):
    """A word of a question: its number, its place, its folded form and its stem; an `is_plain` one asks for nothing."""

    position: int
    start: int
    end: int
    normalised: str
    stem: str
    is_plain: bool = False


def match_concepts(
    concepts: Sequence[Concept], stems: frozenset[str], get_words: Callable[[], Phrase] = tuple
) -> tuple[Concept, ...]:
    """Return the concepts that match words of these `stems`, in order; `get_words` returns the words, folded."""
    return tuple(c for c in concepts if c.find_form(stems, get_words) is not None)


def compute_closeness(
    matches: Sequence[Concept], concepts: Sequence[Concept], stems: frozenset[str], get_words: Callable[[], Phrase]
) -> float:
    """Return the share of `matches` in `concepts`; one that a quote has only by a synonym counts less.

    The quote has words of these `stems`; `get_words` returns them, folded.
    """
    literal = [
        concept
        for concept in matches
        if concept.literal_count == len(concept.forms)
        or (concept.find_form(stems, get_words) or 0) < concept.literal_count
    ]
    return (1 - _SYNONYM_WEIGHT) * weight_share(literal, concepts) + _SYNONYM_WEIGHT * weight_share(matches, concepts)


def compute_coverage(matches: Sequence[Concept], concepts: Sequence[Concept]) -> float:
    """Return how much of `concepts` the `matches` cover, 0 for nothing: the measure that the thresholds are set on.

    It is the share of the weight of what was asked, times the root of the number of things asked, so that a long
    question may leave more unmatched than a short one. If all of one or two things are matched it is infinite, as it
    is when nothing telling was asked at all.
    """
    if len(concepts) <= _SHORT_QUESTION and len(matches) == len(concepts):
        return float("inf")
    return weight_share(matches, concepts) * sqrt(len(concepts))


def weight_share(matches: Sequence[Concept], concepts: Sequence[Concept]) -> float:
    """Return the share of the weight of `concepts` that `matches` have, 0 to 1; 1 when nothing was asked."""
    total_weight = sum(concept.weight for concept in concepts)
    return sum(concept.weight for concept in matches) / total_weight if total_weight else 1.0


def find_alternatives(text: str, concepts: Sequence[Concept], separator: re.Pattern[str]) -> tuple[Alternatives, ...]:
    """Return what stands on both sides of each `separator` in a question, within the clause; no side is empty."""
    separators = [match.span() for match in separator.finditer(text)]
    places = list(_place_concepts(text, concepts)) if separators else []
    pairs = []
    for start, end in separators:
        first = max(
            [text.rfind(mark, 0, start) for mark in _CLAUSE_ENDS] + [e - 1 for _, e in separators if e <= start]
        )
        stops = [text.find(mark, end) for mark in _CLAUSE_ENDS] + [s for s, _ in separators if s >= end]
        last = min((stop for stop in stops if stop >= 0), default=len(text))
        left = tuple(concept for place, concept in places if first < place < start)
        right = tuple(concept for place, concept in places if end <= place < last)
        if left and right:
            pairs.append((left, right))
    return tuple(pairs)


def _find_met_instead(alternatives: Sequence[Alternatives], matched: Collection[Concept]) -> frozenset[Concept]:
    """Return the concepts that need not be matched, since an alternative to them is; one part of a chain is enough."""
    rightwards, leftwards = {*matched}, {*matched}
    for left, right in alternatives:
        if _is_met(left, rightwards):
            rightwards.update(right)
    for left, right in reversed(alternatives):
        if _is_met(right, leftwards):
            leftwards.update(left)
    return frozenset((rightwards | leftwards).difference(matched))


def find_dispensable(question: Question, matched: Collection[Concept]) -> frozenset[Concept]:
    """Return the concepts not missed: an alternative is `matched`, or they only judge and another is `matched`."""
    if not question.alternatives and not any(concept.is_loaded for concept in question.distinctive_concepts):
        return frozenset()
    is_subject_matched = any(not concept.is_loaded for concept in matched)
    loaded = {concept for concept in question.distinctive_concepts if concept.is_loaded and is_subject_matched}
    return (_find_met_instead(question.alternatives, matched) | loaded).difference(matched)


def _is_met(side: Sequence[Concept], matched: Collection[Concept]) -> bool:
    """Whether enough of the concepts on one side of an "or" are matched."""
    return weight_share([concept for concept in side if concept in matched], side) >= _MIN_SHARE_OF_SIDE


def _place_concepts(text: str, concepts: Sequence[Concept]) -> Iterator[tuple[int, Concept]]:
    """Yield the offset of each distinctive concept in a question's `text`, and the concept, in order."""
    position = 0
    for concept in concepts:
        place = text.find(concept.text, position)
        if place >= 0:
            position = place + len(concept.text)
            if not concept.is_of_motion:
                yield place, concept


def mark_motion_neighbours(text: str, concepts: tuple[Concept, ...]) -> tuple[Concept, ...]:
    """Return the concepts; a word of the motion right beside one that is not gets `is_beside`: "child soldiers"."""
    beside: set[int] = set()
    position = 0
    for place, (one, two) in enumerate(pairwise(concepts)):
        start = text.find(one.text, position)
        position = start + len(one.text)
        is_adjacent = text[position : text.find(two.text, position)].isspace()
        if start >= 0 and is_adjacent and one.is_of_motion != two.is_of_motion:
            beside.add(place if one.is_of_motion else place + 1)
    return tuple(replace(c, is_beside=True) if n in beside else c for n, c in enumerate(concepts))
