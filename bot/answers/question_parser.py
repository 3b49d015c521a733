"""Questions read against one corpus: its voices, its synonyms, its words."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import replace
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from bot.analysis import SpellingCorrector, is_acronym
from bot.answers.expansion import QuestionToken, Vocabulary
from bot.answers.question import DateRange, Question, find_alternatives
from bot.answers.question_language import (
    Phrase,
    PhraseMatcher,
    contains_phrase,
    list_spoken_languages,
    load_languages_of_stop_words,
    load_question_language,
    load_stop_words,
    to_phrase,
)
from bot.answers.voice_names import VoiceFinder
from bot.answers.word_lists import is_word
from bot.model import Side
from bot.text import normalise, split_words

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
    from typing import Any

    from bot.analysis import Analyser
    from bot.answers.question import Concept, Form
    from bot.answers.voice_names import NamedVoices
    from bot.model import Corpus

# A word that judges ("racist") says little about the subject. No figure of tests/relevance moves
# from 0.01 to 1, so this keeps it from deciding alone.
_LOADED_WEIGHT = 0.25
# One word in three of a question in another language is one of its stop words: four of the five of
# tests/relevance/visits.jsonl have more.
_MAX_WORDS_PER_STOP_WORD = 3


_APOSTROPHE = re.compile("['’]")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+")
# "12,5 %": the comma of a fraction, not of thousands.
_DECIMAL_COMMA = re.compile(r"(?<=\d),(?=\d{1,2}(?!\d))")
_HYPHENATED = re.compile(r"[-\u2010\u2011]")
# A minus right before a word, behind a blank: "lockers -pouches".
_MINUS = re.compile(r"(?<=\s)-(?P<what>[^\W\d][\w’'-]*)")
# Words in quotation marks stand so or not at all.
_QUOTED = re.compile(r"[\"“„«]\s*([^\"“”„«»]+?)\s*[\"”“»]")
# Most questions name none, and a look for what may lead to one takes ten times as long.
_YEAR = re.compile(r"(?:19|20)\d\d")
# Sorts after every date.
_LAST_DATE = "9"
_TAG = re.compile(r"(?:\bcc:?\s*)?(?<!\w)@\w+")
# "hey Tom, what about ...", "..., Tom?", "... (asking for Tom)".
_ADDRESSED_FIRST = re.compile(r"^\s*(?P<greeting>\w+)\s+(?P<name>[A-Z]\w+)\s*[,:!–—-]")
_ADDRESSED_LAST = re.compile(r",\s*(?P<name>[A-Z]\w+)\s*(?=[?!.]*\s*$)")
_PARENTHESIS = re.compile(r"\([^()]*\b(?P<name>[A-Z]\w+)\s*\)")
# "The New Way Forward"; words in capitals that go on are a sentence.
MAX_TITLE_WORDS = 6
# "bout", "abt", "any1": a longer unknown word names something that no quote is on.
_MAX_NOISE_LENGTH = 4


class QuestionParser:
    """Parses questions about `corpus`; `idf` gives the weight of a stem."""

    def __init__(self, corpus: Corpus, analyser: Analyser, idf: Callable[[str], float]) -> None:
        self._analyser = analyser
        self._language = load_question_language(corpus.language)
        self._vocabulary = Vocabulary(corpus, analyser, idf)
        self._plain_words = SpellingCorrector(dict.fromkeys(self._language.filler | analyser.stop_words, 1))
        question_language = self._language
        self._voice_finder = VoiceFinder(corpus, analyser, self._vocabulary)
        self.names = self._voice_finder.names
        self._answer_type_matcher = PhraseMatcher(
            (part, kind) for kind, parts in question_language.answer_type_phrases.items() for part in parts
        )
        self._side_matcher = PhraseMatcher(
            (part, side) for side, parts in question_language.side_phrases.items() for part in parts
        )
        self._vote_date = _find_vote_date(corpus)
        number_phrases = question_language.answer_type_phrases.get("number", ())
        self._number_matcher = PhraseMatcher((part, place) for place, part in enumerate(number_phrases))
        self._task_matcher = PhraseMatcher((part, None) for part in question_language.task_phrases)

    def parse(self, text: str) -> Question:
        """Parse `text`; a question of filler words alone has no concepts."""
        original, text = text, _DECIMAL_COMMA.sub(".", self._blank_asides(text))
        text, excluded = self._cut_exclusions(text)
        text, dates = self._cut_dates(text)
        tokens = self._tokenise(text)
        named = self._voice_finder.find_voices(text, tokens)
        answer_types = self._find_answer_types(text, tokens, named.positions)
        sides, side_positions = self._find_sides(tokens)
        language = self._find_language(text, tokens)
        remaining = _drop_tokens(tokens, named.positions | side_positions, language)
        noise = tuple(self._find_noise(text, remaining))
        heard = [token for token in remaining if token not in noise]
        concepts = _mark_neighbours(text, tuple(self._build_concepts(text, heard)))
        return Question(
            original,
            concepts=concepts,
            pairs=tuple(pairwise(token.stem for token in tokens if not self._is_stop_word(token))),
            counted_concept=self._find_counted_concept(tokens, concepts, text),
            sides=sides,
            language=language,
            has_words=bool(tokens) or _has_letters(text),
            excluded=excluded,
            alternatives=find_alternatives(text, concepts, self._vocabulary.language),
            dates=dates,
            noise=tuple(text[token.start : token.end] for token in noise),
            answer_types=answer_types,
            **self._describe_names(text, tokens, remaining, named, answer_types),
            **self._describe_wording(tokens, named),
        )

    def _describe_names(
        self,
        text: str,
        tokens: list[QuestionToken],
        remaining: list[QuestionToken],
        named: NamedVoices,
        answer_types: Collection[str],
    ) -> dict[str, Any]:
        """Return the fields of a question that tell whom it names; `remaining` tokens name no voice and no side."""
        unlisted_tokens = _drop_tokens(remaining, self._vocabulary.find_phrase_positions(tokens))
        unknown_names = self._find_unknown_names(text, remaining)
        unknown_speakers = self._find_unknown_speakers(text, unlisted_tokens)
        unknown_offices = tuple(self._voice_finder.find_unknown_offices(text, tokens, named.positions))
        is_speech_asked = any(token.normalised in self._language.speech_words for token in tokens)
        is_nobody_known = bool(unknown_names or (unknown_speakers and not named.voices))
        return {
            "voices": named.voices,
            "ambiguous_names": named.ambiguous,
            "corrections": named.corrections,
            "unknown_names": tuple(dict.fromkeys([*unknown_names, *unknown_speakers, *unknown_offices])),
            "is_about_unknown_name": bool(unknown_offices)
            or (is_nobody_known and (is_speech_asked or "identity" in answer_types)),
        }

    def _describe_wording(self, tokens: list[QuestionToken], named: NamedVoices) -> dict[str, Any]:
        """Return the fields of a question that its little words decide."""
        language, words = self._language, tuple(token.normalised for token in tokens)
        return {
            "asks_speech": self._asks_speech(words, named.positions),
            "is_task": self._is_task(words) or language.asks_verdict(words),
            "is_follow_up": any(words[: len(opening)] == opening for opening in language.follow_up_openings),
            "refers_back": not language.pronouns.isdisjoint(words),
            "pronoun_sex": next(filter(None, map(language.sex_of_pronoun.get, words)), None),
            "wordings": () if named.voices else self._list_wordings(tokens),
            "order": self._find_order(words),
        }

    def _find_answer_types(
        self, text: str, tokens: Sequence[QuestionToken], voice_positions: Collection[int]
    ) -> frozenset[str]:
        """Find the kinds of thing that are asked for."""
        matches = self._answer_type_matcher.find_matches(_spell_out_contractions(text, tokens))
        answer_types = frozenset(kind for _, _, kind in matches)
        if self._asks_when_said(tuple(token.normalised for token in tokens), voice_positions):
            # The date of the source tells it, which is above every quote.
            answer_types -= {"date"}
        return answer_types

    def find_door(self, question: Question) -> str | None:
        """Return what a question that asks nothing of the debate is after; None for any other."""
        return next(filter(None, map(self._language.find_door, question.wordings)), None)

    def _list_wordings(self, tokens: Sequence[QuestionToken]) -> tuple[Phrase, ...]:
        """Return the words of a question, and those without the motion's, which may name the debate as a whole."""
        without_motion = [token for token in tokens if not self._vocabulary.is_common(token.stem)]
        return tuple(dict.fromkeys(tuple(token.normalised for token in part) for part in (tokens, without_motion)))

    def _find_language(self, text: str, tokens: Sequence[QuestionToken]) -> str | None:
        """Return the language of a question that is not in that of the corpus: a name, or "other"."""
        own_count = sum(token.is_plain or self._vocabulary.is_known(token) for token in tokens)
        parts = {part for token in tokens for part in _APOSTROPHE.split(text[token.start : token.end].casefold())}
        if own_count >= len(parts):
            return None
        languages = load_languages_of_stop_words()
        counts = Counter(name for part in parts for name in languages.get(part, ()) if len(part) > 1)
        counts.pop(self._vocabulary.language, None)
        # Of two that are as likely, the one that the bot can speak.
        best = max(sorted(counts), key=lambda name: (counts[name], name in list_spoken_languages()), default=None)
        is_dense = not own_count or counts[best or ""] * _MAX_WORDS_PER_STOP_WORD >= len(tokens)
        if best and counts[best] > own_count and is_dense:
            return best
        return "other" if not own_count and _is_in_other_script(text, self._analyser.stop_words) else None

    def list_completions(self, beginning: str) -> tuple[str, ...]:
        """List the words and names that begin so, other than itself, the most frequent first; one of each stem."""
        folded = normalise(beginning)
        words = {word: None for word in self._vocabulary.list_completions(folded) if not self._is_small(word)}
        return tuple(words | dict.fromkeys(self.names.list_completions(folded)))

    def _is_small(self, word: str) -> bool:
        return word in self._analyser.stop_words or word in self._language.filler

    def _is_light(self, word: str, stem: str) -> bool:
        """Return whether a folded word asks for nothing where, as here, no source has it."""
        return word in self._language.light_filler and stem not in self._vocabulary.stems

    def content_stems(self, text: str) -> Phrase:
        """Return the stems of the words of `text` that are no stop words."""
        return self._vocabulary.content_stems(text)

    def distinctive_words(self, text: str) -> dict[str, str]:
        """Return, by stem, the words of `text` that tell one passage here from another."""
        return {
            token.stem: text[token.start : token.end]
            for token in self._tokenise(text)
            if not token.is_plain and not self._vocabulary.is_common(token.stem)
        }

    def _tokenise(self, text: str) -> list[QuestionToken]:
        """Return the words of a question; an acronym in capitals is no stop word, where not all is in capitals."""
        words = list(split_words(text))
        acronyms = self._vocabulary.small_acronyms if len(words) == 1 or not text.isupper() else ()
        tokens = []
        for position, word in enumerate(words):
            if word.normalised in acronyms and is_acronym(text[word.start : word.end]):
                tokens.append(QuestionToken(position, *word, word.normalised.upper()))
            else:
                stem = self._analyser.stem(word.normalised)
                is_plain = self._is_small(word.normalised) or self._is_light(word.normalised, stem)
                tokens.append(QuestionToken(position, *word, stem, is_plain))
        return tokens

    def _find_sides(self, tokens: list[QuestionToken]) -> tuple[frozenset[Side], set[int]]:
        """Find the sides asked for and the places of their words; "false positives" are none, and a subject."""
        words = tuple(token.normalised for token in tokens)
        matches = list(self._side_matcher.find_matches(words))
        subjects = self._find_subjects(tokens) if matches else set()
        sides: set[Side] = set()
        used: set[int] = set()
        for start, part, side in matches:
            positions = set(range(start, start + len(part)))
            if not positions <= subjects:
                used |= positions
                sides |= {Side.FOR, Side.AGAINST} if side == "both" else {Side(side)}
        return frozenset(sides), used

    def _find_subjects(self, tokens: list[QuestionToken]) -> set[int]:
        """Find the places of several words that the curator, or the language, lists as one thing."""
        words = tuple(token.normalised for token in tokens)
        subjects = {
            start + n
            for phrase in self._language.subject_phrases
            for start in _find_occurrences(words, phrase)
            for n in range(len(phrase))
        }
        for start in range(len(tokens)):
            size = self._vocabulary.match_curated(tokens[start:])
            subjects |= set(range(start, start + size)) if size > 1 else set()
        return subjects

    def _build_concepts(self, text: str, tokens: list[QuestionToken]) -> Iterator[Concept]:
        """Yield each thing asked about once, the curator's longest phrase first, in order."""
        seen: set[Form] = set()
        position = 0
        quoted = {match.start(1): match.end(1) for match in _QUOTED.finditer(text)}
        while position < len(tokens):
            rest = tokens[position : position + self._vocabulary.lookahead]
            end = quoted.get(rest[0].start)
            printed = [t for t in tokens[position:] if t.end <= end] if end else self._find_title(text, rest)
            if printed:
                position += len(printed)
                yield self._vocabulary.build_quoted(text[printed[0].start : printed[-1].end], printed)
                continue
            size = self._vocabulary.match_curated(rest) or self._vocabulary.match_synonyms(rest)
            part = rest[: max(size, 1)]
            if not size and (unit := self._vocabulary.find_unit(text, rest)):
                size, concept = unit
            elif self._asks_nothing(text, part, size):
                concept = None
            else:
                is_loaded = part[0].normalised in self._language.loaded_words
                typed_text = text[part[0].start : part[-1].end]
                concept = self._vocabulary.build_concept(typed_text, part, _LOADED_WEIGHT if is_loaded else 1.0)
                concept = replace(concept, is_loaded=True) if is_loaded else concept
            position += max(size, 1)
            if concept and concept.forms[0] not in seen:
                seen.add(concept.forms[0])
                yield concept

    def _asks_nothing(self, text: str, part: list[QuestionToken], size: int) -> bool:
        """Return whether `part`, one word or the first `size` that the curator lists as one, is no subject."""
        first = part[0]
        if size > 1 or (size == 1 and self._vocabulary.is_curated(first.normalised)):
            return False
        is_plain = first.is_plain or self._is_part_of_another(text, first)
        return is_plain or (not size and self._vocabulary.is_misspelling(first, self._plain_words))

    def _find_title(self, text: str, tokens: Sequence[QuestionToken]) -> Sequence[QuestionToken]:
        """Return the words in capitals that the first of `tokens` opens, as printed, if one alone would ask nothing.

        "The Being Open policy" asks for the two side by side; none opens a question, where any word has a capital.
        """
        if not text[tokens[0].start].isupper():
            return ()
        size = 0
        for token, following in zip(tokens[:MAX_TITLE_WORDS], [*tokens[1:MAX_TITLE_WORDS], None], strict=False):
            is_adjacent = following is None or text[token.end : following.start] == " "
            if not text[token.start].isupper():
                break
            size += 1
            if not is_adjacent:
                break
        run = tokens[:size]
        is_told = size > 1 and not text.isupper() and not _is_sentence_start(text, run[0].start)
        has_plain = any(token.is_plain for token in run)
        return run if is_told and has_plain and self._vocabulary.has_phrase(tuple(t.normalised for t in run)) else ()

    def _asks_speech(self, words: Phrase, voice_positions: Collection[int]) -> bool:
        """Return whether it is asked what somebody says, and not what they do: "did Low ever say", "Low on taxes"."""
        language = self._language
        is_topic_behind = any(n - 1 in voice_positions and word in language.topic_words for n, word in enumerate(words))
        has_phrase = any(contains_phrase(words, phrase) for phrase in language.speech_phrases)
        has_word = not (language.speech_words.isdisjoint(words) and language.stances.isdisjoint(words))
        return is_topic_behind or has_phrase or has_word

    def _asks_when_said(self, words: Phrase, voice_positions: Collection[int]) -> bool:
        """Return whether a word of saying is behind a name, perhaps with one between: "when did Low first say"."""
        return any(
            n + 1 not in voice_positions and not self._language.speech_words.isdisjoint(words[n + 1 : n + 3])
            for n in voice_positions
        )

    def _is_part_of_another(self, text: str, token: QuestionToken) -> bool:
        """Return whether a word only belongs to the one beside it: "co-author", "200 pounds"."""
        is_prefix = token.normalised in self._language.prefixes and _HYPHENATED.match(text, token.end)
        is_currency = token.normalised in self._language.currencies and self._language.amount_before.search(
            text, 0, token.start
        )
        return bool(is_prefix or is_currency)

    def _find_noise(self, text: str, tokens: Sequence[QuestionToken]) -> Iterator[QuestionToken]:
        """Yield the little words in small letters that neither the sources nor the language know, of several words."""
        vocabulary = self._vocabulary
        for place, token in enumerate(tokens if len(tokens) > 1 else ()):
            word = token.normalised
            is_little = len(word) <= _MAX_NOISE_LENGTH and text[token.start].islower() and not token.is_plain
            if not is_little or vocabulary.is_known(token) or is_word(word, vocabulary.language):
                continue
            neighbours = pairwise(tokens[max(place - 1, 0) : place + 2])
            is_part = any(vocabulary.is_joined(one.normalised, two.normalised) for one, two in neighbours)
            is_hyphenated = _HYPHENATED.match(text, max(token.start - 1, 0)) or _HYPHENATED.match(text, token.end)
            if not is_part and not is_hyphenated and not vocabulary.has_correction(word):
                yield token

    def _find_counted_concept(
        self, tokens: list[QuestionToken], concepts: tuple[Concept, ...], text: str
    ) -> Concept | None:
        """Find the concept to be counted: the first after the words that ask how many."""
        words = tuple(token.normalised for token in tokens)
        matches = [(place, start + len(part)) for start, part, place in self._number_matcher.find_matches(words)]
        if not matches:
            return None
        end = tokens[min(matches)[1] - 1].end
        return next((c for c in concepts if text.find(c.text, end) >= 0), None)

    def _blank_asides(self, text: str) -> str:
        """Return `text` with what is not for the bot blanked: addresses, tags, and words to somebody else."""
        for pattern in (_ADDRESS, _TAG):
            text = pattern.sub(_blank, text)
        for pattern in (_ADDRESSED_FIRST, _ADDRESSED_LAST, _PARENTHESIS):
            if match := pattern.search(text):
                words = to_phrase(match["name"])
                greets = pattern is not _ADDRESSED_FIRST or to_phrase(match["greeting"])[0] in self._language.greetings
                if greets and not self.names.resolve(words) and not any(map(self._vocabulary.has_word, words)):
                    text = text[: match.start()] + " " * len(match.group()) + text[match.end() :]
        return text

    def _cut_exclusions(self, text: str) -> tuple[str, tuple[Concept, ...]]:
        """Return `text` with what is to be left out blanked, and that; all is kept where nothing else is asked."""
        matches = [*_MINUS.finditer(text), *filter(None, [self._language.exclusions.search(text)])]
        rest = text
        for match in matches:
            rest = rest[: match.start()] + " " * len(match.group()) + rest[match.end() :]
        excluded = tuple(
            concept
            for match in matches
            for concept in self._build_concepts(match["what"], self._tokenise(match["what"]))
        )
        return (rest, excluded) if excluded and to_phrase(rest) else (text, ())

    def _cut_dates(self, text: str) -> tuple[str, DateRange | None]:
        """Return `text` with the time it asks for blanked, and that; a bare year that the sources print is a word."""
        if self._vote_date and (vote := self._language.relative_to_vote.search(text)):
            is_before = bool(vote["before"])
            first, last = ("", self._vote_date) if is_before else (self._vote_date, _LAST_DATE)
            rest = text[: vote.start()] + " " * len(vote.group()) + text[vote.end() :]
            return rest, DateRange(vote.group(), first, last)
        match = self._language.dated.search(text) if _YEAR.search(text) else None
        if match is None or (not match["word"] and not match["month"] and self._vocabulary.has_word(match["year"])):
            return text, None
        word, language = (match["word"] or "").casefold(), self._language
        number = language.month_numbers.get((match["month"] or "").casefold())
        date = f"{match['year']}-{number:02}" if number else match["year"]
        first = "" if word in language.until_words else date
        last = _LAST_DATE if word in language.since_words else match["end"] or date
        rest = text[: match.start()] + " " * len(match.group()) + text[match.end() :]
        return rest, DateRange(match.group().strip(), first, last)

    def _find_order(self, words: Phrase) -> str | None:
        """Return whether the latest or the earliest is asked for."""
        orders = {"latest": self._language.latest, "earliest": self._language.earliest}
        return next((o for o, phrases in orders.items() if any(contains_phrase(words, p) for p in phrases)), None)

    def _find_unknown_names(self, text: str, tokens: list[QuestionToken]) -> tuple[str, ...]:
        """Find capitalised names that no source has; a capital that opens a sentence is none."""
        runs = [
            [token for token in tokens if run.start() <= token.start and token.end <= run.end()]
            for run in self._language.capitalised_run.finditer(text)
        ]
        return tuple(name for run in runs if (name := self._trim_unknown_name(text, run)))

    def _trim_unknown_name(self, text: str, run: list[QuestionToken]) -> str | None:
        while run and run[0].is_plain and _is_sentence_start(text, run[0].start):
            run = run[1:]
        is_single = len(run) == 1
        if not run or (is_single and self._cannot_be_name(text, run[0])):
            return None
        normalised_words = tuple(token.normalised for token in run)
        if not is_single and self._vocabulary.has_phrase(normalised_words):
            return None
        return text[run[0].start : run[-1].end]

    def _cannot_be_name(self, text: str, token: QuestionToken) -> bool:
        return token.is_plain or self._vocabulary.is_known(token) or _is_sentence_start(text, token.start)

    def _find_unknown_speakers(self, text: str, tokens: list[QuestionToken]) -> tuple[str, ...]:
        """Find lower-case words unknown to the sources in a speaker's position."""
        speakers = []
        for previous, token, next_token in zip([None, *tokens], tokens, [*tokens[1:], None], strict=False):
            before_speech_word = next_token is not None and next_token.normalised in self._language.speech_words
            after_attribution_word = previous is not None and previous.normalised in self._language.attribution_words
            is_unknown = not token.is_plain and not self._vocabulary.is_known(token)
            if (before_speech_word or after_attribution_word) and is_unknown and text[token.start].islower():
                speakers.append(text[token.start : token.end])
        return tuple(speakers)

    def _is_stop_word(self, token: QuestionToken) -> bool:
        return token.normalised in self._analyser.stop_words and not token.stem.isupper()

    def _is_task(self, normalised_words: Phrase) -> bool:
        has_task_verb = not self._language.task_verbs.isdisjoint(normalised_words)
        return has_task_verb or any(True for _ in self._task_matcher.find_matches(normalised_words))


def _drop_tokens(
    tokens: Iterable[QuestionToken], positions: Collection[int], language: str | None = None
) -> list[QuestionToken]:
    """Return `tokens` without those at `positions`, and without the stop words of another `language`."""
    foreign_words = load_stop_words().get(language, frozenset()) if language else frozenset()
    return [token for token in tokens if token.position not in positions and token.normalised not in foreign_words]


def _find_vote_date(corpus: Corpus) -> str | None:
    """Return the day of the votes of a record: of those that the curator has read, else of all; None for several."""
    divisions = [division for document in corpus.documents for division in document.divisions]
    read_ids = {division.id for division in corpus.divisions}
    dates = {d.date for d in divisions if d.id in read_ids} or {d.date for d in divisions}
    return next(iter(dates)) if len(dates) == 1 else None


def _spell_out_contractions(text: str, tokens: Sequence[QuestionToken]) -> Phrase:
    """Return the folded words of a question with "who's" as two, which folding reads as a possessive."""
    return tuple(
        word
        for token in tokens
        for word in (
            (token.normalised, "is")
            if token.end - token.start > len(token.normalised) and text[token.end - 1] in "sS" and token.position == 0
            else (token.normalised,)
        )
    )


def _mark_neighbours(text: str, concepts: tuple[Concept, ...]) -> tuple[Concept, ...]:
    """Return the concepts with the motion's words marked that stand beside another: "child soldiers"."""
    beside: set[int] = set()
    position = 0
    for place, (one, two) in enumerate(pairwise(concepts)):
        start = text.find(one.text, position)
        position = start + len(one.text)
        is_adjacent = text[position : text.find(two.text, position)].isspace()
        if start >= 0 and is_adjacent and one.is_common != two.is_common:
            beside.add(place if one.is_common else place + 1)
    return tuple(replace(c, is_beside=True) if n in beside else c for n, c in enumerate(concepts))


def _blank(match: re.Match[str]) -> str:
    return " " * len(match.group())


def _has_letters(text: str) -> bool:
    return any(character.isalnum() for character in text)


def _is_in_other_script(text: str, stop_words: frozenset[str]) -> bool:
    """Return whether most letters of `text` are of a script that no stop word here has."""
    scripts = _list_scripts(stop_words)
    letters = [character for character in text if character.isalpha()]
    strange_count = sum(_find_script(character) not in scripts for character in letters)
    return bool(scripts) and strange_count * 2 > len(letters)


@cache
def _list_scripts(stop_words: frozenset[str]) -> frozenset[str]:
    return frozenset(_find_script(character) for word in stop_words for character in word if character.isalpha())


def _find_script(character: str) -> str:
    """Return the first word of a character's Unicode name, such as LATIN."""
    return unicodedata.name(character, "").partition(" ")[0]


def _find_occurrences(tokens: Phrase, part: Phrase) -> list[int]:
    if part[0] not in tokens:
        return []
    length = len(part)
    return [start for start in range(len(tokens) - length + 1) if tokens[start : start + length] == part]


def _is_sentence_start(text: str, start: int) -> bool:
    """Return whether a sentence of `text` opens at `start`."""
    return not re.search(r"[^\s\"“‘'(]", re.split(r"[.!?:\n]\s", text[:start])[-1])
