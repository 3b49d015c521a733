"""Questions parsed by one corpus: by its voices, its synonyms and its words."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from bot.analysis import Analyser, is_acronym
from bot.answers.expansion import MAX_LOOKUPS, Vocabulary
from bot.answers.question import (
    Concept,
    Question,
    QuestionToken,
    SpeakerQuery,
    find_alternatives,
    mark_motion_neighbours,
)
from bot.answers.question_language import Phrase, blank_out, find_places, match_lists, to_phrase
from bot.answers.question_tables import find_courtesy, guess_language, load_question_language, load_stop_words
from bot.answers.voice_names import NamedVoices, VoiceFinder
from bot.answers.word_variants import SpellingCorrector, is_word
from bot.corpus.stored import is_stored
from bot.model import Corpus, Side
from bot.text import is_in_other_script, is_sentence_start, normalise, split_words

# The place of each phrase that asks for a kind of thing, the phrase, and the kind.
AskingPhrases = Sequence[tuple[int, Phrase, str]]

# A word that judges ("racist") says little about the subject, so it does not decide alone. No figure of
# tests/relevance moves from 0.01 to 1.
_LOADED_WEIGHT = 0.25

_APOSTROPHE = re.compile("['’]")
# "12,5 %": the comma of a fraction, not of thousands.
_DECIMAL_COMMA = re.compile(r"(?<=\d),(?=\d{1,2}(?!\d))")
_HYPHENATED = re.compile(r"[-\u2010\u2011]")
# A minus right before a word, behind a blank: "lockers -pouches".
_MINUS = re.compile(r"(?<=\s)-(?P<what>[^\W\d][\w’'-]*)")
# Words in quotation marks are matched exactly as typed.
_QUOTED = re.compile(r"[\"“„«]\s*([^\"“”„«»]+?)\s*[\"”“»]|(?<!\w)['‘]((?:[^\"'‘’]|(?<=\w)['’](?=\w))+?)['’](?!\w)")
# "The New Way Forward"; words in capitals that go on are a sentence.
MAX_TITLE_WORDS = 6
# Kinds of answer that count something.
_COUNTING = ("number", "share")
# "bout", "abt", "any1": a longer unknown word is a subject that no quote is on.
_MAX_NOISE_LENGTH = 4


class QuestionParser:
    """Parses questions about `corpus`; `idf` gives the weight of a stem."""

    def __init__(self, corpus: Corpus, analyser: Analyser, idf: Callable[[str], float]) -> None:
        self._analyser = analyser
        self._language = load_question_language(corpus.language)
        self.vocabulary = Vocabulary(corpus, analyser, idf)
        self._plain_words = SpellingCorrector(self._language.filler | analyser.stop_words)
        self._voice_finder = VoiceFinder(corpus, analyser, self.vocabulary)
        self.names = self._voice_finder.names
        self._answer_type_matcher = match_lists(self._language.answer_type_phrases)
        self._side_matcher = match_lists(self._language.side_phrases)
        self._vote_date = _find_vote_date(corpus)
        self._task_matcher = match_lists({"task": self._language.task_phrases})

    def parse(self, text: str) -> Question:
        """Parse `text`; a question of filler words alone has no concepts."""
        original, text = text, _DECIMAL_COMMA.sub(".", self._language.blank_asides(text, self._is_known_name))
        text, excluded = self._cut_exclusions(text)
        text, dates = self._language.cut_dates(text, self.vocabulary.has_word, self._vote_date)
        tokens = self._tokenise(text)
        words = tuple(token.normalised for token in tokens)
        named = self._voice_finder.find_voices(text, tokens)
        answer_types, asked_kind = self._find_answer_types(text, tokens, words, named.positions)
        asking = list(self._answer_type_matcher.find_matches(words))
        sides, side_positions = self._find_sides(tokens, words)
        language = self._find_language(text, _drop_tokens(tokens, named.positions))
        asking_positions = self._find_asking_positions(words, asking)
        remaining = _drop_tokens(tokens, named.positions | side_positions | asking_positions, language)
        noise = tuple(self._find_noise(text, remaining))
        content = [token for token in remaining if token not in noise]
        concepts = mark_motion_neighbours(text, tuple(self._build_concepts(text, content)))
        return Question(
            original,
            concepts=concepts,
            counted_concept=self._find_counted_concept(text, tokens, asking, concepts),
            sides=sides,
            language=language,
            has_words=bool(tokens) or any(map(str.isalnum, original)),
            excluded=excluded,
            alternatives=find_alternatives(text, concepts, self._language.alternatives),
            dates=dates,
            noise=tuple(text[token.start : token.end] for token in noise),
            asked_kind=asked_kind,
            **self._describe_names(text, tokens, remaining, named, answer_types),
            **self._describe_wording(tokens, words, named),
        )

    def parse_speaker_question(self, question: str) -> SpeakerQuery | None:
        """Parse a question such as "what did NAME say about TOPIC?".

        None where nobody here has that name: then it is a question like any other.
        """
        text = " ".join(question.split()).strip(" ?!.")
        matches = (pattern.fullmatch(text) for pattern in self._language.by_speaker_patterns)
        match = next(filter(None, matches), None)
        names = self.names.resolve(to_phrase(match["name"])) if match else ()
        return SpeakerQuery(names, match["topic"] or "") if match and names else None

    def parse_name_and_topic(self, text: str) -> SpeakerQuery | None:
        """Parse `NAME [topic]`, longest known name first; None if no name matches."""
        words = text.split()
        for size in range(len(words), 0, -1):
            if names := self.names.resolve(to_phrase(" ".join(words[:size]))):
                return SpeakerQuery(names, " ".join(words[size:]))
        return None

    def _describe_names(
        self,
        text: str,
        tokens: list[QuestionToken],
        remaining: list[QuestionToken],
        named: NamedVoices,
        answer_types: Collection[str],
    ) -> dict[str, Any]:
        """Return the fields of whom and what kinds a question asks for; `remaining` tokens name no voice or side."""
        phrases = self.vocabulary.find_phrases(tuple(token.normalised for token in tokens))
        unlisted_tokens = _drop_tokens(remaining, {position for phrase in phrases for position in phrase})
        unknown_names = self._voice_finder.find_unknown_names(text, remaining)
        unknown_speakers = self._voice_finder.find_unknown_speakers(text, unlisted_tokens)
        unknown_offices = self._voice_finder.find_unknown_offices(text, tokens, named.positions)
        is_speech_asked = any(token.normalised in self._language.speech_words for token in tokens)
        is_nobody_known = bool(unknown_names or (unknown_speakers and not named.voices))
        return {
            "answer_types": answer_types,
            "voices": named.voices,
            "ambiguous_names": named.ambiguous,
            "corrections": named.corrections,
            "unknown_names": tuple(dict.fromkeys([*unknown_names, *unknown_speakers, *unknown_offices])),
            "is_about_unknown_name": bool(unknown_offices)
            or (is_nobody_known and (is_speech_asked or "identity" in answer_types)),
        }

    def _describe_wording(self, tokens: list[QuestionToken], words: Phrase, named: NamedVoices) -> dict[str, Any]:
        """Return the fields of a question that follow from its small words."""
        language, stop_words = self._language, self._analyser.stop_words
        is_task = not language.task_verbs.isdisjoint(words) or any(True for _ in self._task_matcher.find_matches(words))
        stems = (token.stem for token in tokens if token.normalised not in stop_words or token.stem.isupper())
        return {
            "pairs": tuple(pairwise(stems)),
            "asks_speech": language.asks_speech(words, named.positions),
            "is_task": is_task or language.asks_verdict(words),
            "is_follow_up": any(words[: len(opening)] == opening for opening in language.follow_up_openings),
            "refers_back": not language.pronouns.isdisjoint(words),
            "asks_after_pronoun": self._asks_after_pronoun(tokens, words),
            "pronoun_sex": next(filter(None, map(language.sex_of_pronoun.get, words)), None),
            "wordings": () if named.voices else self._list_wordings(tokens),
            "order": language.find_order(words),
        }

    def _asks_after_pronoun(self, tokens: Sequence[QuestionToken], words: Phrase) -> bool:
        """Return whether the question is what "he" or "she" says, with only asking words before the pronoun."""
        place = next((n for n, word in enumerate(words) if word in self._language.pronouns), len(words))
        says = not self._language.speech_words.isdisjoint(words[place + 1 : place + 3])
        return says and all(token.is_plain for token in tokens[:place])

    def _find_answer_types(
        self, text: str, tokens: list[QuestionToken], words: Phrase, voice_positions: Collection[int]
    ) -> tuple[frozenset[str], str]:
        """Find the kinds of thing asked for, and the words that ask for a kind that a quote can be seen to have."""
        matches = list(self._answer_type_matcher.find_matches(_spell_out_contraction(text, tokens, words)))
        answer_types = frozenset(kind for _, _, kind in matches)
        if self._language.asks_when_said(words, voice_positions):
            # That is the date of the source, which every quote is shown with.
            answer_types -= {"date"}
        asked = (" ".join(phrase) for _, phrase, kind in matches if kind in self._language.answer_shapes)
        return answer_types, max(asked, key=len, default="")

    def _find_asking_positions(self, words: Phrase, asking: AskingPhrases) -> set[int]:
        """Find the places of words that in this context only ask: "what share of houses", "last year"."""
        language = self._language
        shares = {start + n for start, phrase, _ in asking for n, word in enumerate(phrase) if word in language.shares}
        times = {
            n
            for n, (word, following) in enumerate(pairwise(words))
            if word in language.unit_determiners and following in language.time_units
        }
        asks_duration = any(kind == "duration" for _, _, kind in asking)
        lasting = {n for n, word in enumerate(words) if asks_duration and word in language.lasting_words}
        return shares | times | lasting | find_places(words, (*language.latest, *language.earliest))

    def find_door(self, question: Question) -> str | None:
        """Return the kind of a question that asks nothing of the debate; None for any other."""
        if question.language and (door := find_courtesy(question.language, to_phrase(question.text))):
            return door
        return next(filter(None, map(self._language.find_door, question.wordings)), None)

    def _list_wordings(self, tokens: Sequence[QuestionToken]) -> tuple[Phrase, ...]:
        """Return the words of a question, and those without the motion's, which may name the debate as a whole."""
        without_motion = [token for token in tokens if not self.vocabulary.is_of_motion(token.stem)]
        return tuple(dict.fromkeys(tuple(token.normalised for token in part) for part in (tokens, without_motion)))

    def _find_language(self, text: str, tokens: Sequence[QuestionToken]) -> str | None:
        """Return the language of a question if it is not the corpus's: its name, or "other"."""
        own_count = sum(token.is_plain or self.vocabulary.is_known(token) for token in tokens)
        parts = {part for token in tokens for part in _APOSTROPHE.split(text[token.start : token.end].casefold())}
        if own_count >= len(parts):
            return None
        is_foreign = not own_count and is_in_other_script(text, self._analyser.stop_words)
        language = guess_language(parts, self.vocabulary.language, own_count, len(tokens))
        return language or ("other" if is_foreign else None)

    def list_completions(self, beginning: str) -> tuple[str, ...]:
        """List words, frequent ones first and one of each stem, then names that begin with `beginning`; not itself."""
        folded = normalise(beginning)
        words = {word: None for word in self.vocabulary.list_completions(folded) if not self._is_small(word)}
        return tuple(words | dict.fromkeys(self.names.list_completions(folded)))

    def _is_small(self, word: str) -> bool:
        """Whether a folded word is a stop word or a filler."""
        return word in self._analyser.stop_words or word in self._language.filler

    def distinctive_words(self, text: str) -> dict[str, str]:
        """Return, by stem, the words of `text` that tell one passage here from another."""
        return {
            token.stem: text[token.start : token.end]
            for token in self._tokenise(text)
            if not token.is_plain and not self.vocabulary.is_of_motion(token.stem)
        }

    def _tokenise(self, text: str) -> list[QuestionToken]:
        """Return the words of a question; an acronym in capitals is no stop word, unless all is in capitals."""
        words = list(split_words(text))
        acronyms = self.vocabulary.small_acronyms if len(words) == 1 or not text.isupper() else ()
        tokens = []
        for position, word in enumerate(words):
            if word.normalised in acronyms and is_acronym(text[word.start : word.end]):
                tokens.append(QuestionToken(position, *word, word.normalised.upper()))
            else:
                stem = self._analyser.stem(word.normalised)
                # An everyday word asks for nothing if no source has it.
                is_light = word.normalised in self._language.light_filler and stem not in self.vocabulary.stems
                is_plain = is_light or self._is_small(word.normalised)
                tokens.append(QuestionToken(position, *word, stem, is_plain))
        return tokens

    def _find_sides(self, tokens: list[QuestionToken], words: Phrase) -> tuple[frozenset[Side], set[int]]:
        """Find the sides asked for and the places of their words; in "false positives" no side is asked for."""
        matches = list(self._side_matcher.find_matches(words))
        subjects = self._find_subjects(tokens, words) if matches else set()
        sides: set[Side] = set()
        used: set[int] = set()
        for start, part, side in matches:
            positions = set(range(start, start + len(part)))
            if not positions <= subjects:
                used |= positions
                sides |= {Side.FOR, Side.AGAINST} if side == "both" else {Side(side)}
        return frozenset(sides), used

    def _find_subjects(self, tokens: list[QuestionToken], words: Phrase) -> set[int]:
        """Find the places of phrases that the curator or the language lists as one thing."""
        subjects = find_places(words, self._language.subject_phrases)
        for start in range(len(tokens)):
            size = self.vocabulary.match_curated(tokens[start:])
            subjects |= set(range(start, start + size)) if size > 1 else set()
        return subjects

    def _build_concepts(self, text: str, tokens: list[QuestionToken]) -> Iterator[Concept]:
        """Yield each thing asked about once, the curator's longest phrase first, in order."""
        seen: set[frozenset[str]] = set()
        lookups: dict[Phrase, bool] = {}
        position = 0
        quoted = dict(match.span(match.lastindex or 0) for match in _QUOTED.finditer(text))
        while position < len(tokens):
            rest = tokens[position : position + self.vocabulary.lookahead]
            end = quoted.get(rest[0].start)
            printed = [t for t in tokens[position:] if t.start < end] if end else self._find_title(text, rest, lookups)
            if printed:
                position += len(printed)
                yield self.vocabulary.build_quoted(text[printed[0].start : end or printed[-1].end], printed)
                continue
            size = self.vocabulary.match_curated(rest) or self.vocabulary.match_synonyms(rest)
            part = rest[: max(size, 1)]
            if not size and (unit := self.vocabulary.find_unit(text, rest)):
                size, concept = unit
            elif self._asks_nothing(text, part, size):
                concept = None
            else:
                is_loaded = part[0].normalised in self._language.loaded_words
                typed_text = text[part[0].start : part[-1].end]
                concept = self.vocabulary.build_concept(typed_text, part, _LOADED_WEIGHT if is_loaded else 1.0)
                concept = replace(concept, is_loaded=True) if is_loaded else concept
            position += max(size, 1)
            if concept and concept.forms[0] not in seen:
                seen.add(concept.forms[0])
                yield concept

    def _asks_nothing(self, text: str, part: list[QuestionToken], size: int) -> bool:
        """Return whether `part` is no subject: one word, or the first `size` words that the curator lists as one."""
        first = part[0]
        if size > 1 or (size == 1 and self.vocabulary.is_curated(first.normalised)):
            return False
        is_plain = first.is_plain or self._is_part_of_another(text, first)
        return is_plain or (not size and self.vocabulary.is_misspelling(first, self._plain_words))

    def _find_title(
        self, text: str, tokens: Sequence[QuestionToken], lookups: dict[Phrase, bool]
    ) -> Sequence[QuestionToken]:
        """Return the capitalised words that the first of `tokens` opens, if sources print them and one is a small word.

        "The Being Open policy" asks for the two side by side. At the start of a question any word has a capital, so no
        title begins there. `lookups` holds what was looked up before.
        """
        if not text[tokens[0].start].isupper():
            return ()
        run = [tokens[0]]
        for token in tokens[1 : MAX_TITLE_WORDS + 1]:
            if not text[token.start].isupper() or text[run[-1].end : token.start] != " ":
                break
            run.append(token)
        is_told = 1 < len(run) <= MAX_TITLE_WORDS and not text.isupper() and not is_sentence_start(text, run[0].start)
        if not is_told or not any(token.is_plain for token in run):
            return ()
        phrase = tuple(token.normalised for token in run)
        if phrase not in lookups:
            lookups[phrase] = len(lookups) < MAX_LOOKUPS and self.vocabulary.has_phrase(phrase)
        return run if lookups[phrase] else ()

    def _is_part_of_another(self, text: str, token: QuestionToken) -> bool:
        """Return whether a word only belongs to the one beside it: "co-author", "200 pounds"."""
        is_prefix = token.normalised in self._language.prefixes and _HYPHENATED.match(text, token.end)
        is_currency = token.normalised in self._language.currencies and self._language.amount_before.search(
            text, 0, token.start
        )
        return bool(is_prefix or is_currency)

    def _find_noise(self, text: str, tokens: Sequence[QuestionToken]) -> Iterator[QuestionToken]:
        """Yield the short lower-case words that neither the sources nor the language have, if there are other words."""
        vocabulary = self.vocabulary
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
        self, text: str, tokens: Sequence[QuestionToken], asking: AskingPhrases, concepts: Sequence[Concept]
    ) -> Concept | None:
        """Find the concept to be counted: the first after the words that ask how many."""
        ends = [tokens[start + len(phrase) - 1].end for start, phrase, kind in asking if kind in _COUNTING]
        return next((c for c in concepts if text.find(c.text, ends[0]) >= 0), None) if ends else None

    def _cut_exclusions(self, text: str) -> tuple[str, tuple[Concept, ...]]:
        """Return `text` with the words to leave out blanked, and their concepts; `text`, () if it asks nothing else."""
        matches = [*_MINUS.finditer(text), *filter(None, [self._language.exclusions.search(text)])]
        rest = text
        for match in matches:
            rest = blank_out(rest, match)
        excluded = tuple(
            concept
            for match in matches
            for concept in self._build_concepts(match["what"], self._tokenise(match["what"]))
        )
        return (rest, excluded) if excluded and to_phrase(rest) else (text, ())

    def _is_known_name(self, words: Phrase) -> bool:
        """Return whether the sources have one of `words`, or anybody here has them as a name."""
        return bool(self.names.resolve(words)) or any(map(self.vocabulary.has_word, words))


def _drop_tokens(
    tokens: Iterable[QuestionToken], positions: Collection[int], language: str | None = None
) -> list[QuestionToken]:
    """Return `tokens` without those at `positions`, and without the stop words of another `language`."""
    foreign_words = load_stop_words().get(language, frozenset()) if language else frozenset()
    return [token for token in tokens if token.position not in positions and token.normalised not in foreign_words]


def _find_vote_date(corpus: Corpus) -> str | None:
    """Return the day of the divisions that the curator has read, else of all; None unless it is a single day."""
    if is_stored(corpus.passages):
        divisions = list(corpus.passages.catalogue.divisions.values())
    else:
        divisions = [division for document in corpus.documents for division in document.divisions]
    read_ids = {division.id for division in corpus.divisions}
    dates = {d.date for d in divisions if d.id in read_ids} or {d.date for d in divisions}
    return next(iter(dates)) if len(dates) == 1 else None


def _spell_out_contraction(text: str, tokens: Sequence[QuestionToken], words: Phrase) -> Phrase:
    """Return the folded words with an opening "who's" as "who is": folding takes it for a possessive."""
    is_contracted = tokens and tokens[0].end - tokens[0].start > len(words[0]) and text[tokens[0].end - 1] in "sS"
    return (words[0], "is", *words[1:]) if is_contracted else words
