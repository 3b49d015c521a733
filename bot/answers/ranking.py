"""Hits to candidates: what each passage would show, and which is the better one.

BM25 finds; what decides here is how much of the question a quote covers, then
whether the voice asked after speaks in it, then what kind of words they are.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.answers.answer import ChosenQuote
from bot.answers.coverage import compute_closeness, compute_coverage, match_concepts, weight_share
from bot.answers.question_language import Phrase, contains_phrase, load_question_language
from bot.answers.quoting import QuoteLengths, has_caveat, pick_best_quote
from bot.answers.span_cache import SpanCache
from bot.model import Kind, Side
from bot.search import Query

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from bot.analysis import Analyser
    from bot.answers.question import Concept, Question
    from bot.model import Corpus, Document, Passage, Quote, Span
    from bot.search import Hit, Index

IDENTITY = "identity"
# A synonym is worth less than the word asked, and what everybody talks about least of all.
_SYNONYM_WEIGHT, _COMMON_WEIGHT, _VOICE_WEIGHT = 0.7, 0.3, 0.5
# Sorts after every date.
_UNDATED = "9"
# Among quotes that cover as much, somebody's own words go before words about somebody.
_KIND_BONUS = {Kind.DIRECT: 0.06, Kind.FRAGMENT: 0.04, Kind.REPORTED: 0.04, Kind.NARRATION: 0.0}
_SPEAKER_BONUS, _MENTION_BONUS, _ANSWER_TYPE_BONUS, _LITERAL_BONUS = 0.3, 0.1, 0.15, 0.05


@dataclass(frozen=True, slots=True)
class Candidate:
    """A quote that could be shown: what it covers, and its rank (more is better).

    `is_on_target` tells whether it is by, or speaks of, the voice or side asked after;
    `also_in` holds the other documents that print the same words, earliest first.
    """

    quote: Quote
    score: float
    matched: tuple[Concept, ...]
    coverage: float
    relevance: float
    is_on_target: bool
    has_answer_type: bool
    has_caveat: bool
    also_in: tuple[Document, ...] = ()

    @property
    def side(self) -> Side:
        """The side of its voice."""
        return self.quote.passage.side

    def is_complete_answer(self, question: Question) -> bool:
        """Tell whether nothing decisive is missing: no number asked, nothing of a kind wanted.

        A question for a person, a place or a number about nothing in particular
        cannot be answered by words.
        """
        missing_numbers = [
            c
            for c in question.distinctive_concepts
            if c.text[0].isdigit() and c not in self.matched
        ]
        is_unspecific = (
            question.answer_types
            and IDENTITY not in question.answer_types
            and not question.distinctive_concepts
        )
        lacks_counted = (
            question.counted_concept is not None and question.counted_concept not in self.matched
        )
        return self.has_answer_type and not (missing_numbers or is_unspecific or lacks_counted)

    @property
    def chosen_quote(self) -> ChosenQuote:
        """It as an answer shows it."""
        matched_texts = tuple(concept.text for concept in self.matched)
        return ChosenQuote(self.quote, self.score, matched_texts, self.has_caveat, self.also_in)

    @property
    def document(self) -> Document:
        """Where it was published."""
        return self.quote.passage.document


class Ranker:
    """Ranks what an index finds for a question."""

    def __init__(
        self, corpus: Corpus, index: Index, analyser: Analyser, depth: int, lengths: QuoteLengths
    ) -> None:
        """Search `depth` passages of `corpus` deep.

        A question about nothing in particular searches the motion's and topics' words.
        """
        subject_texts = [corpus.motion, *(word for topic in corpus.topics for word in topic.words)]
        self._default_stems = [term.stem for text in subject_texts for term in analyser.terms(text)]
        self._language = load_question_language(corpus.language)
        self._span_cache = SpanCache(corpus, analyser, lengths)
        self._index = index
        self._analyser = analyser
        self._depth = depth

    def rank(self, question: Question) -> tuple[Candidate, ...]:
        """Return the candidates worth showing, best first, none overlapping another."""
        hits = self._index.search(self._build_query(question), self._depth)
        top_score = max((hit.score for hit in hits), default=1.0)
        candidates = [
            c for hit in hits if (c := self._build_candidate(question, hit, top_score)) is not None
        ]
        by_relevance = sorted(candidates, key=lambda candidate: -candidate.relevance)
        return tuple(_filter_showable(_deduplicate(by_relevance, self._span_cache), question))

    def find_matched_words(self, question: Question, quote: Quote) -> tuple[str, ...]:
        """Return the words of `question` that `quote` matches, itself or by a synonym."""
        stems = self._span_cache.stems(quote.passage, quote.span)
        return tuple(c.text for c in match_concepts(question.distinctive_concepts, stems))

    def _build_query(self, question: Question) -> Query:
        weights: dict[str, float] = {}

        def add(stems: Sequence[str] | frozenset[str], weight: float) -> None:
            for stem in stems:
                weights[stem] = max(weights.get(stem, 0.0), weight)

        for concept in question.concepts:
            literal, *synonyms = concept.forms
            add(literal, _COMMON_WEIGHT if concept.is_common else 1.0)
            for form in synonyms:
                add(form, _COMMON_WEIGHT if concept.is_common else _SYNONYM_WEIGHT)
        for voice in question.voices:
            voice_text = " ".join(filter(None, [voice.name, voice.role, voice.organisation]))
            add([term.stem for term in self._analyser.terms(voice_text)], _VOICE_WEIGHT)
        if not question.distinctive_concepts:
            add(self._default_stems, _COMMON_WEIGHT)
        return Query(weights, question.pairs)

    def _build_candidate(self, question: Question, hit: Hit, top_score: float) -> Candidate | None:
        passage = hit.passage
        quote = pick_best_quote(
            passage, self._span_cache.fitting_runs(passage), self._build_scorer(question, passage)
        )
        if quote is None or not quote.is_intact:
            return None
        stems = self._span_cache.stems(passage, quote.span)
        matches = match_concepts(question.distinctive_concepts, stems)
        is_on_target, bonus = self._score_target(question, passage)
        has_answer_type = self._language.has_answer_types(
            question.answer_types, passage.document.text[slice(*quote.span)]
        )
        relevance = (
            compute_closeness(question.distinctive_concepts, stems)
            + bonus
            + _KIND_BONUS[passage.kind]
        )
        relevance += _LITERAL_BONUS * any(
            c.is_common and c.forms[0] <= stems for c in question.concepts
        )
        relevance += _ANSWER_TYPE_BONUS * bool(question.answer_types and has_answer_type)
        return Candidate(
            quote,
            hit.score,
            matches,
            compute_coverage(matches, question.distinctive_concepts),
            relevance + 0.1 * hit.score / top_score,
            is_on_target,
            has_answer_type,
            has_caveat(quote, self._language.caveat),
        )

    def _build_scorer(self, question: Question, passage: Passage) -> Callable[[Span], float]:
        return lambda run: weight_share(
            match_concepts(question.distinctive_concepts, self._span_cache.stems(passage, run)),
            question.distinctive_concepts,
        )

    def _score_target(self, question: Question, passage: Passage) -> tuple[bool, float]:
        """Tell whether `passage` is by or about those asked after, and what that is worth."""
        if not question.voices and not question.sides:
            return True, 0.0
        frame_words = self._span_cache.words(passage.document, passage.frame)
        is_mentioned = any(
            contains_phrase(frame_words, name)
            for name in self._span_cache.normalised_names(question.voices)
        )
        if IDENTITY in question.answer_types and question.voices:
            return is_mentioned, _SPEAKER_BONUS * is_mentioned
        if passage.side in question.sides or _is_by_asked_voice(passage, question):
            return True, _SPEAKER_BONUS
        return is_mentioned, _MENTION_BONUS * is_mentioned


def _is_by_asked_voice(passage: Passage, question: Question) -> bool:
    """Tell whether a voice asked after speaks in `passage`, itself or by somebody of its body."""
    names = {asked_voice.name for asked_voice in question.voices}
    voice = passage.voice
    return voice is not None and bool(names & {voice.name, voice.organisation})


def _filter_showable(candidates: Sequence[Candidate], question: Question) -> Iterator[Candidate]:
    """Yield what covers at least half of what the best covers; of the side asked, its own voices.

    Whoever else stands on the side of the voice asked after would only be
    taken for that voice.
    """
    best_share = max(
        (weight_share(c.matched, question.distinctive_concepts) for c in candidates), default=0.0
    )
    asks_identity = IDENTITY in question.answer_types and bool(question.voices)
    asked_sides = {
        c.side for c in candidates if c.is_on_target and c.side is not Side.NEITHER and c.matched
    }
    for candidate in candidates:
        matched_share = weight_share(candidate.matched, question.distinctive_concepts)
        is_off_target = not candidate.is_on_target and (
            candidate.side in asked_sides or asks_identity
        )
        if matched_share and matched_share >= best_share / 2 and not is_off_target:
            yield candidate


def _deduplicate(candidates: Sequence[Candidate], span_cache: SpanCache) -> list[Candidate]:
    """Return `candidates` with each place once, and of the same words the earliest printing."""
    by_words: dict[Phrase, list[Candidate]] = {}
    selected_quotes: list[Quote] = []
    for candidate in candidates:
        if not any(_is_overlapping(candidate.quote, quote) for quote in selected_quotes):
            selected_quotes.append(candidate.quote)
            words = span_cache.words(candidate.document, candidate.quote.span)
            by_words.setdefault(words, []).append(candidate)
    return [_merge_printings(group) for group in by_words.values()]


def _merge_printings(printings: Sequence[Candidate]) -> Candidate:
    """Return the first printed of candidates of the same words, with where else they stand."""
    first, *others = sorted(printings, key=lambda c: c.document.date or _UNDATED)
    other_documents = dict.fromkeys(c.document for c in others if c.document is not first.document)
    return replace(first, also_in=tuple(other_documents))


def _is_overlapping(one: Quote, other: Quote) -> bool:
    return (
        one.passage.document is other.passage.document
        and one.span.start < other.span.end
        and other.span.start < one.span.end
    )
