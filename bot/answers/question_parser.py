"""Questions read against one corpus: its voices, its synonyms, its words."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise
from typing import TYPE_CHECKING

from bot.analysis import SpellingCorrector
from bot.answers.expansion import QuestionToken, Vocabulary
from bot.answers.question import Question
from bot.answers.question_language import (
    Phrase,
    PhraseMatcher,
    load_question_language,
    load_stop_words,
    to_phrase,
)
from bot.model import Side
from bot.text import split_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from bot.analysis import Analyser
    from bot.answers.question import Concept, Form
    from bot.model import Corpus, VoiceEntry

# A word that judges ("racist") says little about the subject. No figure of tests/relevance moves
# from 0.01 to 1, so this keeps it from deciding alone.
_LOADED_WEIGHT = 0.25
# One word in three of a question in another language is one of its stop words: four of the five of
# tests/relevance/visits.jsonl have more.
_MAX_WORDS_PER_STOP_WORD = 3


class QuestionParser:
    """Parses questions about `corpus`; `idf` gives the weight of a stem."""

    def __init__(self, corpus: Corpus, analyser: Analyser, idf: Callable[[str], float]) -> None:
        self._analyser = analyser
        self._language = load_question_language(corpus.language)
        self._vocabulary = Vocabulary(corpus, analyser, idf)
        self._plain_words = SpellingCorrector(dict.fromkeys(self._language.filler | analyser.stop_words, 1))
        question_language = self._language
        # The longer a name, the earlier it is looked at.
        ranked_names = enumerate(sorted(_iter_names(corpus), key=lambda ranked_names: -len(ranked_names[0])))
        self._voice_matcher = PhraseMatcher((name, (rank, voice)) for rank, (name, voice) in ranked_names)
        self._answer_type_matcher = PhraseMatcher(
            (part, kind) for kind, parts in question_language.answer_type_phrases.items() for part in parts
        )
        self._side_matcher = PhraseMatcher(
            (part, side) for side, parts in question_language.side_phrases.items() for part in parts
        )
        self._task_matcher = PhraseMatcher((part, None) for part in question_language.task_phrases)

    def parse(self, text: str) -> Question:
        """Parse `text`; a question of filler words alone has no concepts."""
        tokens = self._tokenise(text)
        normalised_words = tuple(token.normalised for token in tokens)
        language = self._find_language(text, tokens)
        foreign_words = load_stop_words().get(language or "", frozenset())
        answer_types = frozenset(kind for _, _, kind in self._answer_type_matcher.find_matches(normalised_words))
        voices, voice_positions = self._find_voices(normalised_words)
        sides, side_positions = self._find_sides(normalised_words)
        remaining = [
            token
            for token in tokens
            if token.position not in voice_positions | side_positions and token.normalised not in foreign_words
        ]
        phrase_positions = {
            position for phrase_range in self._vocabulary.find_phrases(normalised_words) for position in phrase_range
        }
        unlisted_tokens = [token for token in remaining if token.position not in phrase_positions]
        unknown_names = self._find_unknown_names(text, remaining)
        unknown_speakers = self._find_unknown_speakers(text, unlisted_tokens)
        concepts = tuple(self._build_concepts(text, remaining))
        return Question(
            text,
            concepts=concepts,
            pairs=tuple(pairwise(token.stem for token in tokens if not self._is_stop_word(token))),
            counted_concept=self._find_counted_concept(tokens, normalised_words, concepts, text),
            voices=voices,
            sides=sides,
            unknown_names=(*unknown_names, *unknown_speakers),
            is_about_unknown_name=bool(unknown_names or (unknown_speakers and not voices))
            and ("identity" in answer_types or any(word in self._language.speech_words for word in normalised_words)),
            answer_types=answer_types,
            is_task=self._is_task(normalised_words),
            is_follow_up=any(
                normalised_words[: len(opening)] == opening for opening in self._language.follow_up_openings
            ),
            refers_back=any(word in self._language.pronouns for word in normalised_words),
            pronoun_sex=next(filter(None, map(self._language.sex_of_pronoun.get, normalised_words)), None),
            door=self._find_door(tokens, voices),
            language=language,
            has_words=bool(tokens) or _has_letters(text),
        )

    def _find_door(self, tokens: Sequence[QuestionToken], voices: Sequence[VoiceEntry]) -> str | None:
        """Return what a question that asks nothing of the debate is after, named by the motion's words or not."""
        if voices:
            return None
        words = tuple(token.normalised for token in tokens)
        without_motion = tuple(token.normalised for token in tokens if not self._vocabulary.is_common(token.stem))
        return self._language.find_door(words) or self._language.find_door(without_motion)

    def _find_language(self, text: str, tokens: Sequence[QuestionToken]) -> str | None:
        """Return the language of a question that is not in that of the corpus: a name, or "other"."""
        own_count = sum(self._is_plain(token) or self._vocabulary.is_known(token) for token in tokens)
        parts = {part for token in tokens for part in re.split("['’]", text[token.start : token.end].casefold())}
        counts = {
            name: len(parts & words) for name, words in load_stop_words().items() if name != self._vocabulary.language
        }
        best = max(counts, key=lambda name: counts[name], default=None)
        if best and counts[best] > own_count and counts[best] * _MAX_WORDS_PER_STOP_WORD >= len(tokens):
            return best
        return "other" if not own_count and _is_in_other_script(text, self._analyser.stop_words) else None

    def content_stems(self, text: str) -> Phrase:
        """Return the stems of the words of `text` that are no stop words."""
        return self._vocabulary.content_stems(text)

    def distinctive_words(self, text: str) -> dict[str, str]:
        """Return, by stem, the words of `text` that tell one passage here from another."""
        return {
            token.stem: text[token.start : token.end]
            for token in self._tokenise(text)
            if not self._is_plain(token) and not self._vocabulary.is_common(token.stem)
        }

    def _tokenise(self, text: str) -> list[QuestionToken]:
        stem = self._analyser.stem
        return [QuestionToken(n, *word, stem(word.normalised)) for n, word in enumerate(split_words(text))]

    def _find_voices(self, normalised_words: Phrase) -> tuple[tuple[VoiceEntry, ...], set[int]]:
        """Return the voices named, in order of naming, and the places their names take."""
        voice_at: dict[int, VoiceEntry] = {}
        used: set[int] = set()
        curated_phrases = [set(positions) for positions in self._vocabulary.find_phrases(normalised_words)]
        matches = sorted(self._voice_matcher.find_matches(normalised_words), key=lambda match: (match[2][0], match[0]))
        for start, name, (_, voice) in matches:
            positions = set(range(start, start + len(name)))
            is_inside_phrase = any(positions < longer_phrase for longer_phrase in curated_phrases)
            if not is_inside_phrase and not positions & used:
                used |= positions
                voice_at[start] = voice
        return tuple(dict.fromkeys(voice_at[start] for start in sorted(voice_at))), used

    def _find_sides(self, normalised_words: Phrase) -> tuple[frozenset[Side], set[int]]:
        sides: set[Side] = set()
        used: set[int] = set()
        for start, part, side in self._side_matcher.find_matches(normalised_words):
            used |= set(range(start, start + len(part)))
            sides |= {Side.FOR, Side.AGAINST} if side == "both" else {Side(side)}
        return frozenset(sides), used

    def _build_concepts(self, text: str, tokens: list[QuestionToken]) -> Iterator[Concept]:
        """Yield each thing asked about once, the curator's longest phrase first, in order."""
        seen: set[Form] = set()
        position = 0
        while position < len(tokens):
            size = self._vocabulary.match_curated(tokens[position:])
            first = tokens[position]
            part, position = tokens[position : position + max(size, 1)], position + max(size, 1)
            is_misspelt = not size and self._vocabulary.is_misspelling(first, self._plain_words)
            is_plain = self._is_plain(first) or is_misspelt
            if is_plain and not self._is_curated(part, size):
                continue
            typed_text = text[first.start : part[-1].end]
            is_loaded = first.normalised in self._language.loaded_words
            concept = self._vocabulary.build_concept(typed_text, part, _LOADED_WEIGHT if is_loaded else 1.0)
            if concept.forms[0] not in seen:
                seen.add(concept.forms[0])
                yield concept

    def _find_counted_concept(
        self, tokens: list[QuestionToken], normalised_words: Phrase, concepts: tuple[Concept, ...], text: str
    ) -> Concept | None:
        """Find the concept to be counted: the first after the words that ask how many."""
        for question_words in self._language.answer_type_phrases.get("number", ()):
            for start in _find_occurrences(normalised_words, question_words):
                end = tokens[start + len(question_words) - 1].end
                return next((c for c in concepts if text.find(c.text, end) >= 0), None)
        return None

    def _is_curated(self, part: list[QuestionToken], size: int) -> bool:
        """Return whether the curator lists these words, so that a filler word is a subject here."""
        return size > 1 or (size == 1 and self._vocabulary.is_curated(part[0].normalised))

    def _find_unknown_names(self, text: str, tokens: list[QuestionToken]) -> tuple[str, ...]:
        """Find capitalised names that no source has; a capital that opens a sentence is none."""
        runs = [
            [token for token in tokens if run.start() <= token.start and token.end <= run.end()]
            for run in self._language.capitalised_run.finditer(text)
        ]
        return tuple(name for run in runs if (name := self._trim_unknown_name(text, run)))

    def _trim_unknown_name(self, text: str, run: list[QuestionToken]) -> str | None:
        while run and self._is_plain(run[0]) and _is_sentence_start(text, run[0].start):
            run = run[1:]
        is_single = len(run) == 1
        if not run or (is_single and self._cannot_be_name(text, run[0])):
            return None
        normalised_words = tuple(token.normalised for token in run)
        if not is_single and self._vocabulary.has_phrase(normalised_words):
            return None
        return text[run[0].start : run[-1].end]

    def _cannot_be_name(self, text: str, token: QuestionToken) -> bool:
        return self._is_plain(token) or self._vocabulary.is_known(token) or _is_sentence_start(text, token.start)

    def _find_unknown_speakers(self, text: str, tokens: list[QuestionToken]) -> tuple[str, ...]:
        """Find lower-case words unknown to the sources in a speaker's position."""
        speakers = []
        for previous, token, next_token in zip([None, *tokens], tokens, [*tokens[1:], None], strict=False):
            before_speech_word = next_token is not None and next_token.normalised in self._language.speech_words
            after_attribution_word = previous is not None and previous.normalised in self._language.attribution_words
            is_unknown = not self._is_plain(token) and not self._vocabulary.is_known(token)
            if (before_speech_word or after_attribution_word) and is_unknown and text[token.start].islower():
                speakers.append(text[token.start : token.end])
        return tuple(speakers)

    def _is_filler(self, token: QuestionToken) -> bool:
        is_light = token.normalised in self._language.light_filler and token.stem not in self._vocabulary.stems
        return is_light or token.normalised in self._language.filler

    def _is_stop_word(self, token: QuestionToken) -> bool:
        return token.normalised in self._analyser.stop_words

    def _is_plain(self, token: QuestionToken) -> bool:
        return self._is_stop_word(token) or self._is_filler(token)

    def _is_task(self, normalised_words: Phrase) -> bool:
        has_task_verb = any(word in self._language.task_verbs for word in normalised_words)
        return has_task_verb or any(True for _ in self._task_matcher.find_matches(normalised_words))


def _has_letters(text: str) -> bool:
    return any(character.isalnum() for character in text)


def _is_in_other_script(text: str, stop_words: Iterable[str]) -> bool:
    """Return whether most letters of `text` are of a script that no stop word here has."""
    scripts = {_find_script(character) for word in stop_words for character in word if character.isalpha()}
    letters = [character for character in text if character.isalpha()]
    strange_count = sum(_find_script(character) not in scripts for character in letters)
    return bool(scripts) and strange_count * 2 > len(letters)


def _find_script(character: str) -> str:
    """Return the first word of a character's Unicode name, such as LATIN."""
    return unicodedata.name(character, "").partition(" ")[0]


def _iter_names(corpus: Corpus) -> Iterator[tuple[Phrase, VoiceEntry]]:
    """Yield the name, aliases and role of each listed voice, folded."""
    for voice in corpus.voices:
        for name in (voice.name, *voice.aliases, voice.role):
            if name:
                yield to_phrase(name), voice


def _find_occurrences(tokens: Phrase, part: Phrase) -> list[int]:
    length = len(part)
    return [start for start in range(len(tokens) - length + 1) if tokens[start : start + length] == part]


def _is_sentence_start(text: str, start: int) -> bool:
    """Return whether a sentence of `text` opens at `start`."""
    return not re.search(r"[^\s\"“‘'(]", re.split(r"[.!?:\n]\s", text[:start])[-1])
