"""How questions are put in one language: its asking words, and the shapes of what is asked for.

The words come from the tables `questions`, `numbers` and `calendar` of `bot/languages`. Questions in a
language without them are answered by stop words and stems alone, so that more asking words are searched.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Generic, NamedTuple, TypeVar

from bot.text import normalise, raw_words

# A longer text asks something of the debate. The longest greeting of tests/relevance/visits.jsonl has six words.
_MAX_DOOR_WORDS = 12
# The kinds of question that ask nothing of the debate.
CORPUS, ABOUT, COURTESY = "corpus", "about", "courtesy"
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+")
_TAG = re.compile(r"(?:\bcc:?\s*)?(?<!\w)@\w+")
# "hey Tom, what about ...", "..., Tom?", "... (asking for Tom)".
_ADDRESSED_FIRST = re.compile(r"^\s*(?P<greeting>\w+)\s+(?P<name>[A-Z]\w+)\s*[,:!–—-]")
_ADDRESSED_LAST = re.compile(r",\s*(?P<name>[A-Z]\w+)\s*(?=[?!.]*\s*$)")
# The thing counted follows right behind its number.
_COUNTED = re.compile(r"\s+[a-z]")
# Sorts after every date.
_LAST_DATE = "9"
# Most questions name no year, and the search for what may lead to one takes ten times as long.
_YEAR = re.compile(r"(?:19|20)\d\d")
_PARENTHESIS = re.compile(r"\([^()]*\b(?P<name>[A-Z]\w+)\s*\)")

Phrase = tuple[str, ...]
Meaning = TypeVar("Meaning")


class DateRange(NamedTuple):
    """A time asked for, as typed: dates from `first` to `last`, both included, each as precise as the question."""

    text: str
    first: str
    last: str

    def contains(self, date: str | None) -> bool:
        """Return whether a document's date may lie in it; a missing date does not.

        >>> DateRange("in 2020", "2020", "2020").contains("2020-03-01"), DateRange("", "2020-05", "9").contains("2020")
        (True, True)
        """
        return date is not None and self.first[: len(date)] <= date and date[: len(self.last)] <= self.last


def _words(*lists: str, table: str = "questions") -> frozenset[str]:
    """Declare a set of folded words that is read from these lists of a table."""
    words: frozenset[str] = field(metadata={"words": (table, *lists)})
    return words


def _phrases(name: str) -> tuple[Phrase, ...]:
    """Declare phrases that are read from the list of this name."""
    phrases: tuple[Phrase, ...] = field(metadata={"phrases": name})
    return phrases


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionLanguage:
    """The asking words of one language, folded; a phrase is a run of folded words.

    `filler` never counts as a subject; `light_filler` words count where a source has them.
    `by_speaker_patterns` have the groups
    `name` and `topic`. `answer_shapes` find something of the kind asked for.
    """

    filler: frozenset[str] = _words("filler", "shorthand", "speech")
    light_filler: frozenset[str] = _words("light")
    pronouns: frozenset[str] = _words("pronouns")
    loaded_words: frozenset[str] = _words("loaded")
    speech_words: frozenset[str] = _words("speech")
    attribution_words: frozenset[str] = _words("sources")
    alternatives: re.Pattern[str]
    expletives: re.Pattern[str]
    prefixes: frozenset[str] = _words("prefixes")
    negations: frozenset[str] = _words("negations")
    open_questions: frozenset[str] = _words("open_questions")
    relative_to_vote: re.Pattern[str]
    speech_phrases: tuple[Phrase, ...] = _phrases("speech_phrases")
    currencies: frozenset[str] = _words("currencies", table="numbers")
    amount_before: re.Pattern[str]
    place_words: frozenset[str] = _words("places")
    articles: frozenset[str] = _words("articles")
    follow_up_openings: tuple[Phrase, ...] = _phrases("openings")
    subject_phrases: tuple[Phrase, ...] = _phrases("subjects")
    side_phrases: dict[str, tuple[Phrase, ...]]
    answer_type_phrases: dict[str, tuple[Phrase, ...]]
    task_phrases: tuple[Phrase, ...]
    task_verbs: frozenset[str]
    by_speaker_patterns: tuple[re.Pattern[str], ...]
    capitalised_run: re.Pattern[str]
    caveat: re.Pattern[str]
    answer_shapes: dict[str, str] = field(repr=False)
    doors: dict[str, str] = field(repr=False)
    polite: frozenset[str]
    courteous: frozenset[str]
    chatter: frozenset[str]
    side_questions: dict[str, str]
    auxiliaries: frozenset[str] = _words("auxiliaries")
    topic_words: frozenset[str] = _words("topics")
    courtesies: frozenset[str] = _words("courtesies")
    greetings: frozenset[str]
    date_words: frozenset[str] = _words("dates")
    month_numbers: dict[str, int]
    offices: frozenset[str] = _words("offices")
    office_links: frozenset[str] = _words("office_links")
    office_adjectives: frozenset[str] = _words("office_adjectives")
    stances: frozenset[str] = _words("stances")
    verdicts: re.Pattern[str]
    reports: re.Pattern[str]
    no_amounts: re.Pattern[str]
    party_names: tuple[frozenset[Phrase], ...]
    exclusions: re.Pattern[str]
    dated: re.Pattern[str]
    since_words: frozenset[str] = _words("since")
    until_words: frozenset[str] = _words("until")
    shares: frozenset[str] = _words("shares")
    joint_words: frozenset[str] = _words("joints")
    lasting_words: frozenset[str] = _words("lasting")
    unit_determiners: frozenset[str] = _words("unit_determiners", table="calendar")
    time_units: frozenset[str] = _words("units", table="calendar")
    latest: tuple[Phrase, ...] = _phrases("latest")
    earliest: tuple[Phrase, ...] = _phrases("earliest")
    titles: frozenset[str] = _words("leading", table="titles")
    name_links: frozenset[str]
    who_is: frozenset[Phrase]
    sex_of_pronoun: dict[str, str]
    sex_of_name: dict[str, str]

    def has_all_answer_types(self, answer_types: frozenset[str], text: str) -> bool:
        """Return whether `text` has something of every kind in `answer_types`; one without a pattern is not looked for.

        A question for a date that is shown no date has not been answered, however many of its
        words are matched.

        >>> from bot.answers.question_tables import load_question_language
        >>> english = load_question_language("english")
        >>> english.has_all_answer_types(frozenset({"number"}), "ten trials")
        True
        >>> english.has_all_answer_types(frozenset({"date"}), "soon")
        False
        """
        return all(
            self.get_shape(kind).search(self._blank_dates(text) if kind == "number" else text)
            for kind in answer_types
            if kind in self.answer_shapes
        )

    def get_shape(self, kind: str) -> re.Pattern[str]:
        """Return the pattern of what is of a kind in `answer_shapes`."""
        return _compile_pattern(self.answer_shapes[kind])

    def _blank_dates(self, text: str) -> str:
        """Return `text` with numbers blanked that count nothing: "in 2019", "12 May"; but not "2000 homes"."""

        def blank_year(match: re.Match[str]) -> str:
            """Return blanks for a year that is a date; what counts something as it is."""
            is_date = match["word"] or match["month"] or not _COUNTED.match(text, match.end())
            return _blank(match) if is_date else match.group()

        return self.no_amounts.sub(_blank, self.dated.sub(blank_year, text))

    def asks_verdict(self, words: Phrase) -> bool:
        """Return whether the question is who or what is right, which no quote says."""
        return len(words) <= _MAX_DOOR_WORDS and self.verdicts.fullmatch(" ".join(words)) is not None

    def asks_speech(self, words: Phrase, voice_positions: Collection[int]) -> bool:
        """Return whether the question is what somebody says, not what they do: "did Low ever say", "Low on taxes"."""
        is_topic_behind = any(n - 1 in voice_positions and word in self.topic_words for n, word in enumerate(words))
        has_phrase = any(contains_phrase(words, phrase) for phrase in self.speech_phrases)
        has_word = not (self.speech_words.isdisjoint(words) and self.stances.isdisjoint(words))
        return is_topic_behind or has_phrase or has_word

    def asks_when_said(self, words: Phrase, voice_positions: Collection[int]) -> bool:
        """Return whether a word of saying follows a name, perhaps after another word: "when did Low first say"."""
        return any(
            n + 1 not in voice_positions and not self.speech_words.isdisjoint(words[n + 1 : n + 3])
            for n in voice_positions
        )

    def find_order(self, words: Phrase) -> str | None:
        """Return "latest" or "earliest", whichever is asked for; None for neither."""
        orders = {"latest": self.latest, "earliest": self.earliest}
        return next((o for o, phrases in orders.items() if any(contains_phrase(words, p) for p in phrases)), None)

    def blank_asides(self, text: str, is_known_name: Callable[[Phrase], bool]) -> str:
        """Return `text` with what asks nothing blanked: links, tags, words to somebody else, and “who the hell is”."""
        for pattern in (_ADDRESS, _TAG, self.expletives):
            text = pattern.sub(_blank, text)
        for pattern in (_ADDRESSED_FIRST, _ADDRESSED_LAST, _PARENTHESIS):
            if match := pattern.search(text):
                words = to_phrase(match["name"])
                greets = pattern is not _ADDRESSED_FIRST or to_phrase(match["greeting"])[0] in self.greetings
                if greets and not is_known_name(words):
                    text = blank_out(text, match)
        return text

    def cut_dates(
        self, text: str, has_word: Callable[[str], bool], vote_date: str | None
    ) -> tuple[str, DateRange | None]:
        """Return `text` with the time it asks for blanked, and that time; a bare year that sources print is a word."""
        if vote_date and (vote := self.relative_to_vote.search(text)):
            is_before = bool(vote["before"])
            first, last = ("", vote_date) if is_before else (vote_date, _LAST_DATE)
            return blank_out(text, vote), DateRange(vote.group(), first, last)
        match = self.dated.search(text) if _YEAR.search(text) else None
        if match is None or (not match["word"] and not match["month"] and has_word(match["year"])):
            return text, None
        word = (match["word"] or "").casefold()
        number = self.month_numbers.get((match["month"] or "").casefold())
        date = f"{match['year']}-{number:02}" if number else match["year"]
        first = "" if word in self.until_words else date
        last = _LAST_DATE if word in self.since_words else match["end"] or date
        return blank_out(text, match), DateRange(match.group().strip(), first, last)

    def find_door(self, words: Phrase) -> str | None:
        """Return the kind of a question that asks nothing of the debate; None for any other.

        >>> from bot.answers.question_tables import load_question_language
        >>> english = load_question_language("english")
        >>> english.find_door(to_phrase("so who is in it, please?")), english.find_door(to_phrase("lol ok"))
        ('corpus', 'courtesy')
        """
        if not words or len(words) > _MAX_DOOR_WORDS:
            return None
        if self.courteous.intersection(words) and self.chatter.issuperset(words):
            return COURTESY
        texts = {" ".join(words), " ".join(_strip_ends(words, self.polite))}
        doors = (door for door, pattern in self.doors.items() if any(map(_compile_pattern(pattern).fullmatch, texts)))
        return next(doors, None)


@cache
def _compile_pattern(pattern: str) -> re.Pattern[str]:
    """Compile `pattern` when first used: all doors and shapes of English take 20 ms, and few are needed."""
    return re.compile(pattern)


def _strip_ends(words: Phrase, polite: frozenset[str]) -> Phrase:
    """Return `words` without the polite ones at both ends, unless there are no others."""
    places = [place for place, word in enumerate(words) if word not in polite]
    return words[places[0] : places[-1] + 1] if places else words


def to_phrase(text: str) -> Phrase:
    """Return `text` as a run of folded words.

    >>> to_phrase("Ann said"), to_phrase("Ann’s 5 per cent")
    (('ann', 'said'), ('ann', '5', 'percent'))
    """
    # A short cut for plain letters, which is nearly all that a start reads of a language's tables.
    words = text.lower().split(" ")
    if text.isascii() and all(map(str.isalpha, words)) and "per" not in words:
        return tuple(words)
    return tuple(filter(None, map(normalise, raw_words(text))))


def contains_phrase(tokens: Phrase, part: Phrase) -> bool:
    """Return whether `tokens` contain `part`, unbroken.

    >>> contains_phrase(("a", "b", "c"), ("b", "c")), contains_phrase(("a", "b", "c"), ("a", "c"))
    (True, False)
    """
    if part and part[0] not in tokens:
        return False
    length = len(part)
    return any(tokens[start : start + length] == part for start in range(len(tokens) - length + 1))


def find_places(tokens: Phrase, phrases: Iterable[Phrase]) -> set[int]:
    """Return the places of the words of each of `phrases` that stands in `tokens`, unbroken."""
    return {
        place
        for phrase in phrases
        if phrase[0] in tokens
        for start in range(len(tokens))
        if tokens[start : start + len(phrase)] == phrase
        for place in range(start, start + len(phrase))
    }


class PhraseMatcher(Generic[Meaning]):
    """Finds many phrases, each with a meaning, in a run of words by their first word."""

    def __init__(self, meanings: Iterable[tuple[Phrase, Meaning]]) -> None:
        self._by_first_word: dict[str, list[tuple[Phrase, Meaning]]] = {}
        for part, meaning in meanings:
            if part:
                self._by_first_word.setdefault(part[0], []).append((part, meaning))

    def find_matches(self, tokens: Phrase) -> Iterator[tuple[int, Phrase, Meaning]]:
        """Yield position, phrase and meaning of each phrase in `tokens`, in text order.

        >>> list(PhraseMatcher([(("b", "c"), 1), (("c",), 2)]).find_matches(("a", "b", "c")))
        [(1, ('b', 'c'), 1), (2, ('c',), 2)]
        """
        for start, word in enumerate(tokens):
            for part, meaning in self._by_first_word.get(word, ()):
                if tokens[start : start + len(part)] == part:
                    yield start, part, meaning


def match_lists(lists: Mapping[str, Iterable[Phrase]]) -> PhraseMatcher[str]:
    """Return a matcher of the phrases of all `lists`, each of which means the name of its list."""
    return PhraseMatcher((phrase, name) for name, phrases in lists.items() for phrase in phrases)


def _blank(match: re.Match[str]) -> str:
    """Return as many blanks as the match is long, so that offsets stay."""
    return " " * len(match.group())


def blank_out(text: str, match: re.Match[str]) -> str:
    """Return `text` with the characters of `match` blanked."""
    return text[: match.start()] + _blank(match) + text[match.end() :]
