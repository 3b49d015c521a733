"""The names that lead to a voice, as people type them, and the voices that a question names.

People leave out accents and points, write initials in any way, give only a surname or a first name, and make a slip or
two. A name that is a common word counts only where it is used as a name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import islice, pairwise
from typing import NamedTuple

from bot.analysis import Analyser
from bot.answers.designations import MIN_PART_LENGTH, BodyFinder, NameMatch, OfficeFinder, find_name_parts, vary_name
from bot.answers.expansion import MAX_LOOKUPS, Vocabulary
from bot.answers.question import QuestionToken
from bot.answers.question_language import Phrase, PhraseMatcher, to_phrase
from bot.answers.question_tables import load_question_language
from bot.answers.word_variants import find_nearest, is_word
from bot.model import Corpus, VoiceEntry
from bot.text import fold_accents, is_sentence_start

# One slip is corrected in a name of this many letters, and two in a longer one: "Colier", "Efgrave". Shorter names that
# are alike are different names: "Ann" and "Ian".
_MIN_LENGTH_ONE_SLIP = 4
_MIN_LENGTH_TWO_SLIPS = 7
# Unless beside a word of saying, only a name of this many letters is corrected: shorter ones are mostly words.
_MIN_LENGTH_ANYWHERE = 5
_HYPHENS = ("-", "\u2010", "\u2011")


class NamedVoices(NamedTuple):
    """The voices that a question names, the places of their names, and the names that are ambiguous or corrected."""

    voices: tuple[VoiceEntry, ...]
    positions: frozenset[int]
    ambiguous: tuple[str, ...]
    corrections: tuple[tuple[str, str], ...]


class NameIndex:
    """Every name that leads to a voice of `corpus`, listed or only found in the sources.

    `is_ordinary` says whether a folded word may be more than a name: one that asks, or is printed in small letters too.
    """

    def __init__(self, corpus: Corpus, is_ordinary: Callable[[str], bool]) -> None:
        self._language = load_question_language(corpus.language)
        self._is_ordinary = is_ordinary
        self._entries: dict[str, VoiceEntry] = {}
        for voice in corpus.voices:
            self._entries.setdefault(voice.name, voice)
        for name in dict.fromkeys(voice.name for voice in corpus.passages.voices):
            self._entries.setdefault(name, VoiceEntry(name))
        exact: dict[Phrase, dict[str, VoiceEntry]] = defaultdict(dict)
        # A noun that a curator lists in small letters ("the police") is no proper name.
        self._nouns: set[str] = set()
        for name, voice in _list_names(corpus, self._entries.values()):
            self._nouns |= {*to_phrase(name)} if name.islower() else set()
            for variant in vary_name(name):
                exact[variant].setdefault(voice.name, voice)
        self._parts: dict[str, dict[str, VoiceEntry]] = defaultdict(dict)
        for voice in self._entries.values():
            for part in find_name_parts(voice, self._language) if self.is_person(voice) else ():
                self._parts[part].setdefault(voice.name, voice)
        meanings = {phrase: tuple(self._widen(phrase, voices)) for phrase, voices in exact.items()}
        for part, voices in self._parts.items():
            meanings.setdefault((part,), tuple(voices.values()))
        # What a misspelt word may stand for: a part of a person's name, or the name of a body in one word.
        self._spellings = {phrase[0]: voices for phrase, voices in meanings.items() if len(phrase) == 1}
        self._names_by_initial: dict[str, list[str]] = defaultdict(list)
        for name in self._spellings:
            if len(name) >= _MIN_LENGTH_ONE_SLIP:
                self._names_by_initial[name[0]].append(name)
        self._meanings = meanings
        self._matcher = PhraseMatcher(meanings.items())

    def find_matches(self, text: str, tokens: Sequence[QuestionToken]) -> Iterator[NameMatch]:
        """Yield the names in a question, the longest first; they may overlap."""
        words = tuple(fold_accents(token.normalised)[0] for token in tokens)
        for start, pair in enumerate(pairwise(words)):
            if len("".join(pair)) >= _MIN_LENGTH_ANYWHERE and (voices := self._meanings.get(("".join(pair),))):
                yield NameMatch(frozenset({start, start + 1}), voices)
        matches = sorted(self._matcher.find_matches(words), key=lambda match: (-len(match[1]), match[0]))
        for start, phrase, voices in matches:
            if len(phrase) > 1:
                yield NameMatch(frozenset(range(start, start + len(phrase))), voices)
            elif self._is_used_as_name(text, tokens, start):
                bearers = self.drop_namesakes(text, tokens, start, voices)
                if bearers:
                    yield NameMatch(frozenset([start]), bearers)

    def resolve(self, words: Phrase) -> tuple[str, ...]:
        """Return the voices that a name by itself may mean: as a whole, else by all its words, else misspelt."""
        folded = tuple(fold_accents(word)[0] for word in words)
        without_article = folded[1:] if folded[:1] and folded[0] in self._language.articles else folded
        if not without_article:
            return ()
        for phrase in (folded, without_article):
            if voices := self._meanings.get(phrase):
                return tuple(voice.name for voice in voices)
        wanted = set(without_article)
        partial = [voice.name for phrase, voices in self._meanings.items() if wanted <= {*phrase} for voice in voices]
        if partial or len(without_article) > 1:
            return tuple(dict.fromkeys(partial))
        return tuple(voice.name for voice in self.suggest(without_article[0]))

    def list_completions(self, beginning: str) -> list[str]:
        """List the names of one word that begin with `beginning`, except itself, in alphabetical order."""
        folded = fold_accents(beginning)[0]
        names = (phrase[0] for phrase in self._meanings if len(phrase) == 1)
        return sorted({name for name in names if name.startswith(folded) and name != folded})

    def suggest(self, word: str) -> tuple[VoiceEntry, ...]:
        """Return the voices of the names that are fewest slips from `word`, which is folded."""
        word = fold_accents(word)[0]
        max_slips = _count_slips(word)
        if not max_slips or not word.isalpha():
            return ()
        names = self._names_by_initial.get(word[0], ())
        voices = (voice for name in find_nearest(word, names, max_slips) for voice in self._spellings[name])
        return tuple({voice.name: voice for voice in voices}.values())

    def is_person(self, voice: VoiceEntry) -> bool:
        """Return whether a voice is not its own organisation, and has a role or a name that tells a sex."""
        return voice.organisation != voice.name and bool(voice.role or self.find_sex(voice.name))

    def find_sex(self, name: str) -> str | None:
        """Return the sex that a title or first name in `name` tells; None if none does."""
        return next(filter(None, map(self._language.sex_of_name.get, to_phrase(name)[:-1])), None)

    def is_of_several(self, name: str) -> bool:
        """Return whether a name is that of several people, whom no "he" means: “Pete Low and Ann High”."""
        return not self._language.joint_words.isdisjoint(to_phrase(name))

    def is_in_name_position(self, text: str, tokens: Sequence[QuestionToken], place: int) -> bool:
        """Return whether the word at `place` may be a name: capitalised, beside a word of saying, after "who is"."""
        language = self._language
        previous = tokens[place - 1].normalised if place else ""
        following = tokens[place + 1].normalised if place + 1 < len(tokens) else ""
        is_capital = text[tokens[place].start].isupper() and place > 0 and not text.isupper()
        is_last = place + 1 == len(tokens)
        asks_identity = is_last and tuple(t.normalised for t in tokens[max(0, place - 2) : place]) in language.who_is
        return (
            is_capital
            or following in language.speech_words
            or previous in language.attribution_words
            or previous in language.sex_of_name
            or asks_identity
        )

    def _is_used_as_name(self, text: str, tokens: Sequence[QuestionToken], place: int) -> bool:
        """Return whether a word that is a name is used as one; always, unless it is a common word too."""
        token, language = tokens[place], self._language
        word = fold_accents(token.normalised)[0]
        previous = tokens[place - 1].normalised if place else ""
        if word in self._nouns or not self._is_ordinary(word):
            return True
        following = tokens[place + 1].normalised if place + 1 < len(tokens) else ""
        # If every word of a question has a capital, capitals say nothing.
        are_all_capitals = len(tokens) > 1 and all(not text[each.start].islower() for each in tokens)
        is_capital = text[token.start].isupper() and not are_all_capitals
        if is_capital and place and not _opens_sentence(text, token.start):
            return not (word in language.month_numbers and previous in language.date_words)
        is_sentence_name = is_capital and following in language.speech_words | language.topic_words
        is_asked = previous in language.auxiliaries and following in language.speech_words
        return is_sentence_name or is_asked or previous in language.courtesies

    def drop_namesakes(
        self, text: str, tokens: Sequence[QuestionToken], place: int, voices: Iterable[VoiceEntry]
    ) -> tuple[VoiceEntry, ...]:
        """Return `voices` without those that the words beside the name at `place` rule out.

        "Paul Carter" is no other Paul, and "in Paulton" is nobody.
        """
        previous = tokens[place - 1].normalised if place else ""
        if previous in self._language.place_words and text[tokens[place].start].isupper():
            return ()
        neighbours = [n for n in (place - 1, place + 1) if 0 <= n < len(tokens) and text[tokens[n].start].isupper()]
        return tuple(
            voice
            for voice in voices
            if not any(self._is_of_another(text, voice, tokens[place], tokens[n]) for n in neighbours)
        )

    def _is_of_another(self, text: str, voice: VoiceEntry, token: QuestionToken, other: QuestionToken) -> bool:
        """Return whether `token` and `other` make one name, and the person has only the first of them in theirs."""
        if not self.is_person(voice) or not text[token.start].isupper():
            return False
        names = [fold_accents(word)[0] for name in (voice.name, *voice.aliases) for word in to_phrase(name)]
        first, second = sorted((token, other), key=lambda each: each.start)
        between = text[first.end : second.start]
        first_name = next((word for word in to_phrase(voice.name) if word not in self._language.titles), "")
        is_first_name = first.normalised in {first_name, *self._language.sex_of_name} - self._language.titles
        is_small = second.normalised in self._language.filler | self._language.titles
        is_one_name = between in _HYPHENS or (between == " " and is_first_name and not is_small)
        word = fold_accents(other.normalised)[0]
        return is_one_name and not any(_is_alike(word, name) for name in names)

    def _widen(self, phrase: Phrase, voices: dict[str, VoiceEntry]) -> Iterable[VoiceEntry]:
        """Return whom a listed name means: a surname alone means all who have it, not just those listed by it."""
        if len(phrase) > 1 or not any(self.is_person(voice) for voice in voices.values()):
            return voices.values()
        return (voices | self._parts.get(phrase[0], {})).values()


class VoiceFinder:
    """Finds whom a question names, by name or by office."""

    def __init__(self, corpus: Corpus, analyser: Analyser, vocabulary: Vocabulary) -> None:
        self._language = language = load_question_language(corpus.language)
        self._common_words = language.filler | language.light_filler | analyser.stop_words
        self._vocabulary = vocabulary
        self.names = NameIndex(corpus, self._is_common_word)
        self._saying_words = language.speech_words | language.stances
        self._offices = OfficeFinder(corpus, analyser, vocabulary)
        self._bodies = BodyFinder(corpus)

    def find_voices(self, text: str, tokens: list[QuestionToken]) -> NamedVoices:
        """Find the voices named, in the order of the question, and the places of their names."""
        words = tuple(token.normalised for token in tokens)
        found: dict[int, NameMatch] = {}
        used: set[int] = set()
        curated_phrases = [set(positions) for positions in self._vocabulary.find_phrases(words)]
        phrase_positions = set[int]().union(*curated_phrases)
        for match in self.names.find_matches(text, tokens):
            is_inside_phrase = any(match.positions < longer_phrase for longer_phrase in curated_phrases)
            if not is_inside_phrase and not match.positions & used:
                used |= match.positions
                found[min(match.positions)] = match
        for match in (
            *(self._bodies.find_bodies(tokens, used) if self._asks_sayings(tokens) else ()),
            *self._find_misspelt_names(text, tokens, used, phrase_positions),
            *(self._offices.find_held(text, tokens, used) if self._asks_sayings(tokens) else ()),
        ):
            if not match.positions & used:
                used |= match.positions
                found[min(match.positions)] = match
        names = [{*to_phrase(voice.name)} for match in found.values() for voice in match.voices]
        used |= {n - 1 for n in used if n and self._is_part_of_name(text, tokens[n - 1], tokens[n], names)}
        return _gather_voices([found[start] for start in sorted(found)], frozenset(used))

    def _is_part_of_name(
        self, text: str, token: QuestionToken, following: QuestionToken, names: Iterable[set[str]]
    ) -> bool:
        """Return whether a word belongs to the name that follows it, one of `names`.

        It may be a courtesy that no source has, "Cllr Price", or a first name cut short or misspelt, "Ruari Macaskill".
        """
        if token.normalised in self._language.courtesies:
            is_of_name = any(token.normalised in name and following.normalised in name for name in names)
            return is_of_name or not self._vocabulary.is_known(token)
        is_alike = any(_is_alike(token.normalised, word) for name in names for word in name)
        is_title = token.is_plain or token.normalised in self._language.titles
        return is_alike and text[token.start].isupper() and not is_title

    def _find_misspelt_names(
        self, text: str, tokens: list[QuestionToken], used: set[int], phrase_positions: set[int]
    ) -> Iterator[NameMatch]:
        """Yield the names that are a slip or two away from words that no source has."""
        for place, token in enumerate(tokens):
            is_settled = token.is_plain or place in used or place in phrase_positions
            if is_settled or self._vocabulary.has_word(token.normalised):
                continue
            # Before the list of all words, which takes a fifth of a second to read.
            suggestions = self.names.suggest(token.normalised)
            if not suggestions or self._is_known_word(token):
                continue
            is_beside_name = {place - 1, place + 1} & used
            in_position = is_beside_name or self.names.is_in_name_position(text, tokens, place)
            if in_position or not is_word(token.normalised, self._vocabulary.language):
                voices = self.names.drop_namesakes(text, tokens, place, suggestions)
                is_long = len(token.normalised) >= _MIN_LENGTH_ANYWHERE
                is_near = is_long and not self._vocabulary.has_correction(token.normalised)
                if voices and (in_position or is_near):
                    yield NameMatch(frozenset({place}), voices, text[token.start : token.end])

    def _is_known_word(self, token: QuestionToken) -> bool:
        """Return whether a word that no source has is known, not just by its stem: “ephgrav” has the stem of a name."""
        word = token.normalised
        return self._vocabulary.is_known(token) and (not word.isalpha() or is_word(word, self._vocabulary.language))

    def _asks_sayings(self, tokens: Sequence[QuestionToken]) -> bool:
        """Return whether the question is what somebody says, the only kind that names people by office."""
        return any(token.normalised in self._saying_words for token in tokens)

    def find_unknown_offices(self, text: str, tokens: list[QuestionToken], used: Collection[int]) -> tuple[str, ...]:
        """Find the offices in the question that nobody here holds."""
        return tuple(self._offices.find_unknown(text, tokens, used)) if self._asks_sayings(tokens) else ()

    def find_unknown_names(self, text: str, tokens: list[QuestionToken]) -> tuple[str, ...]:
        """Find capitalised names that no source has; the capital of a sentence's first word does not count."""
        runs = {run.group(): run.span() for run in self._language.capitalised_run.finditer(text)}
        tokens_by_run = (
            [token for token in tokens if start <= token.start and token.end <= end]
            for start, end in islice(runs.values(), MAX_LOOKUPS)
        )
        return tuple(name for run in tokens_by_run if (name := self._trim_unknown_name(text, run)))

    def _trim_unknown_name(self, text: str, run: list[QuestionToken]) -> str | None:
        """Return the name in a run of capitalised words, as typed; None if it is none, or the sources have it."""
        while run and run[0].is_plain and is_sentence_start(text, run[0].start):
            run = run[1:]
        are_known = all(token.is_plain or self._vocabulary.is_known(token) for token in run)
        # A single word is no name if it is known or opens a sentence; if all is in capitals, capitals say nothing.
        if are_known and (len(run) <= 1 or text.isupper()):
            return None
        if len(run) == 1 and is_sentence_start(text, run[0].start):
            return None
        if len(run) > 1 and self._vocabulary.has_phrase(tuple(token.normalised for token in run)):
            return None
        return text[run[0].start : run[-1].end]

    def find_unknown_speakers(self, text: str, tokens: list[QuestionToken]) -> tuple[str, ...]:
        """Find lower-case words, unknown to the sources, where a speaker's name would be."""
        speakers = []
        for previous, token, next_token in zip([None, *tokens], tokens, [*tokens[1:], None], strict=False):
            before_speech_word = next_token is not None and next_token.normalised in self._language.speech_words
            after_attribution_word = previous is not None and previous.normalised in self._language.attribution_words
            is_unknown = not token.is_plain and not self._vocabulary.is_known(token)
            if (before_speech_word or after_attribution_word) and is_unknown and text[token.start].islower():
                speakers.append(text[token.start : token.end])
        return tuple(speakers)

    def _is_common_word(self, word: str) -> bool:
        """Return whether a folded word is more than a name: an asking word, or printed in small letters too."""
        return word in self._common_words or word in self._vocabulary.lower_words


def _list_names(corpus: Corpus, entries: Iterable[VoiceEntry]) -> Iterator[tuple[str, VoiceEntry]]:
    """Yield each name, alias and role by which a voice is known, with the voice."""
    for voice in (*corpus.voices, *entries):
        for name in (voice.name, *voice.aliases, voice.role):
            if name:
                yield name, voice


def _gather_voices(matches: Sequence[NameMatch], positions: frozenset[int]) -> NamedVoices:
    """Return what `matches` name; an ambiguous name means the voice that another name settles, if one does."""
    sure = [match.voices[0].name for match in matches if len(match.voices) == 1]
    voices: dict[str, VoiceEntry] = {}
    ambiguous: dict[str, None] = {}
    for match in matches:
        bearers = [voice for voice in match.voices if voice.name in sure] or list(match.voices)
        voices |= {voice.name: voice for voice in bearers}
        ambiguous |= dict.fromkeys(voice.name for voice in bearers if len(bearers) > 1)
    corrections = ((m.typed, m.voices[0].name) for m in matches if m.typed and len(m.voices) == 1)
    return NamedVoices(tuple(voices.values()), positions, tuple(ambiguous), tuple(corrections))


def _is_alike(word: str, name: str) -> bool:
    """Return whether a word is a name with a slip in it, or one cut short: "Dan" of Daniel.

    >>> _is_alike("colier", "collier"), _is_alike("ruari", "ruaridh"), _is_alike("paul", "clare")
    (True, True, False)
    """
    is_part = min(len(word), len(name)) >= MIN_PART_LENGTH and (name.startswith(word) or word.startswith(name))
    max_slips = _count_slips(word)
    return is_part or (abs(len(word) - len(name)) <= max_slips and bool(find_nearest(word, [name], max_slips)))


def _count_slips(word: str) -> int:
    """Return how many slips are corrected in a name as long as `word`: none, one or two."""
    return (len(word) >= _MIN_LENGTH_ONE_SLIP) + (len(word) >= _MIN_LENGTH_TWO_SLIPS)


def _opens_sentence(text: str, start: int) -> bool:
    """Whether only blanks and opening marks stand between `start` and a sentence's end, or the text's start."""
    before = text[:start].rstrip(" \t\n\"“‘'(")
    return not before or before[-1] in ".!?:"
