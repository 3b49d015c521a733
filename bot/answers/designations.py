"""What people call a voice: its name as it may be typed, its office, and the body that it speaks for."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from bot.analysis import Analyser
from bot.answers.expansion import Vocabulary
from bot.answers.question import QuestionToken
from bot.answers.question_language import Phrase, QuestionLanguage, to_phrase
from bot.answers.question_tables import load_question_language
from bot.model import Corpus, VoiceEntry
from bot.text import fold_accents

# A body of one word is never found by an abbreviation, nor one of several by two letters of a word: "Co Op".
_MIN_CUT_WORDS, _MIN_STUMP_LENGTH = 2, 3


class NameMatch(NamedTuple):
    """The voices that the words at `positions` may mean; `typed` is the name as typed where it is misspelt."""

    positions: frozenset[int]
    voices: tuple[VoiceEntry, ...]
    typed: str | None = None


class BodyFinder:
    """Finds the bodies and parties in a question that voices of `corpus` speak for, but are not themselves."""

    def __init__(self, corpus: Corpus) -> None:
        names = {voice.organisation for voice in corpus.voices} | {party.name for party in corpus.parties}
        names |= {body for voice in corpus.passages.voices for body in voice.bodies}
        bodies = {to_phrase(name): VoiceEntry(name, organisation=name) for name in sorted(filter(None, names))}
        for phrase in ((), *(to_phrase(voice.name) for voice in corpus.voices)):
            bodies.pop(phrase, None)
        groups = load_question_language(corpus.language).party_names
        alike = {
            phrase: body for phrase, body in bodies.items() for group in groups if phrase in group for phrase in group
        }
        # By the length and the first letters of a name: most of the many runs of words in a question open no name.
        self._bodies: defaultdict[tuple[int, str], dict[Phrase, VoiceEntry]] = defaultdict(dict)
        for phrase, body in (alike | bodies).items():
            self._bodies[len(phrase), phrase[0][:_MIN_STUMP_LENGTH]][phrase] = body
        self._longest = max((size for size, _ in self._bodies), default=0)

    def find_bodies(self, tokens: Sequence[QuestionToken], used: Collection[int]) -> Iterator[NameMatch]:
        """Yield each body that is named outside the `used` places, with the places of its words, longest name first."""
        words = tuple(token.normalised for token in tokens)
        for size in range(min(self._longest, len(words)), 0, -1):
            for start in range(len(words) - size + 1):
                places = frozenset(range(start, start + size))
                if not places & set(used) and (body := self._find_body(words[start : start + size])):
                    yield NameMatch(places, (body,))

    def _find_body(self, words: Phrase) -> VoiceEntry | None:
        """Return the body that `words` name in full or, if they are several, each cut short: "Lib Dems"."""
        candidates = self._bodies.get((len(words), words[0][:_MIN_STUMP_LENGTH]), {})
        if body := candidates.get(words):
            return body
        stumps = [word.removesuffix("s") for word in words]
        if len(words) < _MIN_CUT_WORDS or any(len(stump) < _MIN_STUMP_LENGTH for stump in stumps):
            return None
        return next((body for phrase, body in candidates.items() if all(map(str.startswith, phrase, stumps))), None)


class OfficeFinder:
    """Finds the offices whose holders a question is about, by the roles of the voices of `corpus`."""

    def __init__(self, corpus: Corpus, analyser: Analyser, vocabulary: Vocabulary) -> None:
        self._language = language = load_question_language(corpus.language)
        self._stop_words = analyser.stop_words
        self._untelling_words = analyser.stop_words | language.office_adjectives | language.speech_words
        self._vocabulary = vocabulary
        self._role_words = [
            (voice, {*to_phrase(" ".join(filter(None, [voice.name, voice.role, voice.organisation])))})
            for voice in corpus.voices
            if voice.role
        ]
        # By the single word for a role or title: "the officer", "the professor".
        self._holders: defaultdict[str, list[VoiceEntry]] = defaultdict(list)
        for voice in corpus.voices:
            for word in self._find_role_heads(voice):
                self._holders[word].append(voice)

        self._heads = language.offices | self._holders.keys() - language.titles

    def find_held(self, text: str, tokens: list[QuestionToken], used: Collection[int]) -> Iterator[NameMatch]:
        """Yield each office that a voice here holds, by words of its role and body: its places, and its holders."""
        for positions, titles in self._find_offices(text, tokens, used):
            holders = [voice for voice, words in self._role_words if titles <= words]
            if len(holders) == 1:
                yield NameMatch(positions, (holders[0],))
        for token, following in pairwise(tokens):
            holders = self._holders.get(token.normalised, [])
            if holders and token.position not in used and following.normalised in self._language.speech_words:
                yield NameMatch(frozenset({token.position}), tuple(holders))

    def find_unknown(self, text: str, tokens: list[QuestionToken], used: Collection[int]) -> Iterator[str]:
        """Yield the offices asked after that nobody here holds: "the biometrics commissioner"."""
        for positions, titles in self._find_offices(text, tokens, used):
            first, last = tokens[min(positions)], tokens[max(positions)]
            phrase = tuple(token.normalised for token in tokens[first.position : last.position + 1])
            is_held = any(titles <= words for _, words in self._role_words)
            if not is_held and not self._vocabulary.has_phrase(phrase):
                yield text[first.start : last.end]

    def _find_role_heads(self, voice: VoiceEntry) -> set[str]:
        """Return the main noun of a voice's role, and the titles in its name."""
        head = re.split(r"\b(?:of|for|in|at)\b|,", voice.role or "")[0]
        titles = {word for word in to_phrase(voice.name)[:-1] if word in self._language.titles}
        return titles | {*to_phrase(head)[-1:]}

    def _find_offices(
        self, text: str, tokens: list[QuestionToken], used: Collection[int]
    ) -> Iterator[tuple[frozenset[int], set[str]]]:
        """Yield the places and the telling words of each office of more than one word."""
        for place, token in enumerate(tokens):
            if token.normalised not in self._heads or place in used:
                continue
            first = place
            while first and self._is_title_word(text, tokens[first - 1], tokens[first]):
                first -= 1
            positions = frozenset(range(first, self._find_end_of_office(tokens, place) + 1))
            titles = {tokens[n].normalised for n in positions} - self._stop_words
            if len(titles) > 1:
                yield positions, titles

    def _find_end_of_office(self, tokens: list[QuestionToken], place: int) -> int:
        """Return the place of the last word of an office: "leader of the county council"."""
        last = place
        if place + 1 < len(tokens) and tokens[place + 1].normalised in self._language.office_links:
            for token in tokens[place + 2 :]:
                if token.normalised in self._language.speech_words:
                    break
                if not token.is_plain:
                    last = token.position
                elif token.normalised not in self._language.articles:
                    break
        return last

    def _is_title_word(self, text: str, token: QuestionToken, following: QuestionToken) -> bool:
        """Return whether `token` belongs to the title that `following` ends: it is no stop word, and not just "new"."""
        return token.normalised not in self._untelling_words and text[token.end : following.start].isspace()


# "J.R.", "JR" and "J. R." are initials; a word of more capitals is not.
_MAX_INITIALS = 3
# Shorter parts of a name are initials and particles.
MIN_PART_LENGTH = 3


def vary_name(name: str) -> Iterator[Phrase]:
    """Yield the folded forms of a name: its accents dropped in each way, its initials written in each way."""
    words = to_phrase(name)
    for folding in (0, -1):
        folded = tuple(fold_accents(word)[folding] for word in words)
        yield folded
        initials = [word for word in folded[:-1] if len(word) == 1 or (f"{word.upper()}" in name.replace(".", ""))]
        letters = "".join(word for word in initials if len(word) <= _MAX_INITIALS)
        if letters and folded[: len(initials)] == tuple(initials) and len(letters) <= _MAX_INITIALS:
            rest = folded[len(initials) :]
            yield (letters, *rest)
            yield (*letters, *rest)
            yield (letters[0], *rest)


def find_name_parts(voice: VoiceEntry, language: QuestionLanguage) -> Iterator[str]:
    """Yield the first names and surnames of a person, each by itself, and a surname of several words as one."""
    words = to_phrase(voice.name)
    # "Bishop of Ripon and Leeds": what follows is a place, and no part of a person's name.
    territory = next((n for n, word in enumerate(words) if n and word in language.office_links), len(words))
    particle = next((n for n, word in enumerate(words[:territory]) if word in language.name_links), territory)
    if particle < territory:
        # "Vandermeer".
        yield "".join(words[particle:territory])
    for word in words[:territory]:
        if len(word) >= MIN_PART_LENGTH and word not in language.titles | language.name_links:
            yield from {fold_accents(word)[0], fold_accents(word)[-1]}
