"""Hits to candidates: the quote each passage would show, and which of them is better.

BM25 finds; the order follows from how much of the question a quote covers, then whether the voice
asked about speaks in it, then its kind. Bonuses are shares of the question, so 1 is all of it.

The figures beside the constants are of `python -m bot eval tests/relevance/further.jsonl`: for how
many of its 90 answerable questions a good quote was shown when each was set, 75 as shipped then.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import pairwise
from operator import itemgetter
from types import MappingProxyType
from typing import NamedTuple

from bot.analysis import Analyser
from bot.answers.candidates import Candidate, UtteranceIndex, remove_repeats
from bot.answers.document_words import find_passages_of_compound
from bot.answers.question import (
    Concept,
    Question,
    compute_closeness,
    compute_coverage,
    find_dispensable,
    match_concepts,
    weight_share,
)
from bot.answers.question_language import Phrase
from bot.answers.question_tables import load_question_language
from bot.answers.quoting import AnswerChecker, QuoteLengths, SpanCache, has_caveat, is_lead_in, pick_best_quote
from bot.model import Corpus, Kind, Passage, Quote, Side, Span
from bot.search import Hit, Index, Query

IDENTITY = "identity"
# A synonym finds less surely than the typed word. 75 of 90 questions right from 0.3 to 1: it only orders hits.
_SYNONYM_WEIGHT = 0.7
# Most passages have a word of the motion, so it distinguishes them least: 75 of 90
# questions right at 0.1 and 0.2, 74 from 0.5 on.
_MOTION_WEIGHT = 0.3
# Passages that name the voice are found, without displacing those on the subject: 74 of 90
# questions right at 0.25 and at 1.
_VOICE_WEIGHT = 0.5
# Among quotes that cover equally much, people's own words come before words about them: 74 of 90
# questions right without these, 72 at twice as much.
_KIND_BONUS = MappingProxyType({Kind.DIRECT: 0.06, Kind.FRAGMENT: 0.04, Kind.REPORTED: 0.04, Kind.NARRATION: 0.0})
# For a quote by the voice or side asked about: 74 of 90 questions right without it, 75 from 0.1 on. At
# 0.3 it never comes before a quote that covers a third of the question more.
_SPEAKER_BONUS = 0.3
# For one about that voice in somebody else's words: a third of that. 75 of 90 questions
# right from 0 to 0.3; two answers differ at 0, one at 0.3.
_MENTION_BONUS = 0.1
# For one that has the number, date, duration or sum asked for: 75 of 90 questions right from 0 to 0.5;
# one answer differs at 0, none from 0.05 on.
_ANSWER_TYPE_BONUS = 0.15
# For one that names the motion's subject in the typed word, which decides between equals: 73 of 90 questions
# right at 0.02.
_LITERAL_BONUS = 0.05
# A quote that has a word only by its voice's role goes behind those that say it: more than any bonus but the speaker's.
_UNSAID_PENALTY = 0.2
# The BM25 score, as a share of the best hit's, decides where the rest is nearly equal: 74 of 90
# questions right at 0.05, 72 at 0.2.
_SCORE_BONUS = 0.1
# A quote that has more than this share of the words asked only by everyday synonyms is close, and no answer. No figure
# of tests/relevance moves from 0 to 1.
_MAX_EVERYDAY_SHARE = 0.5
# Less than this share of what the best quote covers is beside the point. 75 of 90 questions right at
# any value, but 16 answers differ at 0.33 and 9 at 1, by the quotes beside the good one.
_MIN_SHARE_OF_BEST = 0.5


class _PickedMatch(NamedTuple):
    """What would be shown of a passage, with its stems, those of its cue and voice, and its other halves."""

    quote: Quote
    stems: frozenset[str]
    shared_stems: frozenset[str]
    halves: Sequence[Passage]


class Ranker:
    """Ranks the passages that an index finds for a question."""

    def __init__(self, corpus: Corpus, index: Index, analyser: Analyser, depth: int, lengths: QuoteLengths) -> None:
        """Search up to `depth` passages of `corpus` for each question.

        A question about nothing in particular searches the words of the motion and the topics.
        """
        subject_texts = [corpus.motion, *(word for topic in corpus.topics for word in topic.words)]
        self._default_stems = [term.stem for text in subject_texts for term in analyser.terms(text)]
        self._language = load_question_language(corpus.language)
        self.span_cache = SpanCache(corpus, analyser, lengths)
        self.checker = AnswerChecker(self._language, analyser, self.span_cache)
        self._corpus = corpus
        self._index = index
        self._analyser = analyser
        self._depth = depth
        self.passage_count = len(corpus.passages)
        self._utterances = UtteranceIndex(corpus.passages)
        self._pairs_by_body: dict[str, frozenset[tuple[str, str]]] = {}
        self._min_characters = lengths.min_characters

    def rank(self, question: Question) -> tuple[Candidate, ...]:
        """Rank the candidates worth showing, best first; none overlaps another."""
        hits = [*self._index.search(self._build_query(question), self._depth), *self._find_compounds(question)]
        top_score = max((hit.score for hit in hits), default=1.0)
        candidates = self._build_candidates(question, hits, top_score)
        by_relevance = sorted(candidates, key=lambda candidate: -candidate.relevance)
        showable = _filter_showable(remove_repeats(by_relevance, self.span_cache), question)
        return tuple(self._join_sentences(showable))

    def _join_sentences(self, candidates: Iterable[Candidate]) -> Iterator[Candidate]:
        """Yield the candidates with the rest of their sentences, except those shown as the rest of a better one."""
        shown: set[tuple[str, Span]] = set()
        for candidate in candidates:
            place = candidate.quote.passage.document.sha256, candidate.quote.span
            if place not in shown:
                rest = self._utterances.find_rest(candidate.quote)
                shown.update((each.passage.document.sha256, each.span) for each in rest if each)
                yield replace(candidate, rest=rest) if any(rest) else candidate

    def _build_candidates(self, question: Question, hits: Sequence[Hit], top_score: float) -> list[Candidate]:
        """Build the candidates of `hits`, in their order, except hits that cannot be worth showing.

        No quote of a passage covers more than the stems that the passage shares with the query. So hits are read
        in that order, best first, until they fall short of what a quote already covers: most passages have only
        the commonest word asked, and are never read. Where a voice or side is asked after, its quotes decide who
        else is shown, and all hits are read.
        """
        concepts = question.distinctive_concepts
        bounds = [
            weight_share([c for c in concepts if c.may_match(hit.matched_stems)], concepts)
            if hit.matched_stems and not self._utterances.find_other_halves(hit.passage)
            else 1.0
            for hit in hits
        ]
        reads_all = bool(question.voices or question.sides or not concepts)
        best_share = 0.0
        built: list[tuple[int, Candidate]] = []
        for position in sorted(range(len(hits)), key=lambda n: -bounds[n]):
            if bounds[position] < _MIN_SHARE_OF_BEST * best_share and not reads_all:
                break
            hit = hits[position]
            if picked := self._pick_match(question, hit.passage):
                candidate = self._build_candidate(question, picked, hit.score, top_score)
                built.append((position, candidate))
                best_share = max(best_share, weight_share(candidate.matched, concepts))
        return [candidate for _, candidate in sorted(built, key=itemgetter(0))]

    def _find_compounds(self, question: Question) -> Iterator[Hit]:
        """Yield the passages that have a compound asked for whose parts are all stop words, which no index finds."""
        for concept in question.concepts:
            for form, phrase in zip(concept.forms, concept.phrases, strict=False):
                if phrase and not form:
                    passages = find_passages_of_compound(self._corpus, phrase, self._analyser.stop_words)
                    yield from (Hit(passage, 1.0) for passage in passages)

    def has_shape(self, question: Question) -> bool:
        """Return whether `question` asks for a kind of thing that a quote can be seen to have."""
        return bool(question.answer_types & self._language.answer_shapes.keys())

    def _build_query(self, question: Question) -> Query:
        """Build the weighted stems to search: of words, synonyms and voices, or of the debate if nothing is asked."""
        weights: dict[str, float] = {}

        def add(stems: Iterable[str], weight: float) -> None:
            """Let each of `stems` weigh `weight` at least."""
            for stem in stems:
                weights[stem] = max(weights.get(stem, 0.0), weight)

        for concept in question.concepts:
            for form in concept.forms[: concept.literal_count]:
                add(form, _MOTION_WEIGHT if concept.is_of_motion else 1.0)
            for form in concept.forms[concept.literal_count :]:
                add(form, _MOTION_WEIGHT if concept.is_of_motion else _SYNONYM_WEIGHT)
        for voice in question.voices:
            voice_text = " ".join(filter(None, [voice.name, voice.role, voice.organisation]))
            add((word.stem for word in self._analyser.content_words(voice_text)), _VOICE_WEIGHT)
        if not question.distinctive_concepts:
            add(self._default_stems, _MOTION_WEIGHT)
        return Query(weights, question.pairs)

    def _pick_match(self, question: Question, passage: Passage) -> _PickedMatch | None:
        """Pick what would be shown of `passage`; None where nothing can be."""
        stems_by_run, shared_stems = self.span_cache.read_passage(passage)
        if question.excluded or question.dates:
            stems_by_run = self._filter_runs(question, passage, stems_by_run)
        if passage.kind is Kind.NARRATION and not question.is_identity:
            stems_by_run = {run: stems for run, stems in stems_by_run.items() if not is_lead_in(passage, run)}
        halves = self._utterances.find_other_halves(passage)
        quote = self._pick_quote(passage, stems_by_run, question.distinctive_concepts, halves)
        if quote is None or not quote.is_intact:
            return None
        return _PickedMatch(quote, stems_by_run[quote.span], shared_stems, halves)

    def _build_candidate(self, question: Question, picked: _PickedMatch, score: float, top_score: float) -> Candidate:
        """Build the candidate of a quote: what it matches, covers and lacks, and how relevant that makes it."""
        (quote, stems, shared_stems, halves), concepts = picked, question.distinctive_concepts
        passage = quote.passage
        get_shown_words = partial(self.span_cache.words, passage.document, quote.span)
        matches = match_concepts(concepts, stems, get_shown_words)
        everyday = {concept for concept in matches if concept.find_everyday(stems, get_shown_words)}
        matches_together = _drop_loose(self._match_together(concepts, matches, halves), everyday, concepts)
        dispensable = find_dispensable(question, matches_together)
        is_of_body = self._is_of_body(question, passage)
        unsaid = () if is_of_body else self._find_unsaid(matches, shared_stems, get_shown_words)
        is_on_target, target_bonus = self._score_target(question, passage)
        has_answer_type, bonus = self._score_manner(question, quote, matches, stems)
        closeness = compute_closeness(matches, concepts, stems, get_shown_words)
        penalty = _UNSAID_PENALTY * weight_share(unsaid, concepts) * bool(unsaid)
        return Candidate(
            quote,
            score,
            matches,
            compute_coverage(matches_together, concepts),
            weight_share(matches_together, [c for c in concepts if c not in dispensable] if dispensable else concepts),
            closeness - penalty + target_bonus + bonus + _SCORE_BONUS * score / top_score,
            is_on_target,
            has_answer_type,
            has_caveat(quote, self._language.caveat),
            missing=tuple(c for c in question.concepts if c.is_beside and c.find_form(stems, get_shown_words) is None),
            unsaid=unsaid,
            is_loose=bool(everyday) and weight_share([*everyday], matches) > _MAX_EVERYDAY_SHARE,
        )

    def _score_manner(
        self, question: Question, quote: Quote, matches: Sequence[Concept], stems: frozenset[str]
    ) -> tuple[bool, float]:
        """Return whether `quote` has the kind of thing asked for, and the bonus of that, its kind and its subject."""
        has_kinds = not self.has_shape(question) or self.checker.has_kinds(question.answer_types, quote, matches)
        is_spelt_out = bool(question.acronym) and self.checker.spells_out(quote, question.acronym)
        return has_kinds, (
            _KIND_BONUS[quote.passage.kind]
            + _LITERAL_BONUS * any(c.is_of_motion and c.forms[0] <= stems for c in question.concepts)
            + _ANSWER_TYPE_BONUS * (bool(question.answer_types and has_kinds) + is_spelt_out)
        )

    def _pick_quote(
        self,
        passage: Passage,
        stems_by_run: Mapping[Span, frozenset[str]],
        concepts: Sequence[Concept],
        halves: Sequence[Passage],
    ) -> Quote | None:
        """Pick the run that matches most; one too short to stand alone only if its own words match all that is asked.

        Half of an utterance counts as long as the whole.
        """
        said_beside = sum(half.frame.end - half.frame.start for half in halves)
        total_weight = sum(concept.weight for concept in concepts)
        shares = {}
        for run, stems in stems_by_run.items():
            get_words = partial(self.span_cache.words, passage.document, run)
            is_short = run.end - run.start + said_beside < self._min_characters
            if is_short:
                stems = frozenset(map(self._analyser.stem, get_words()))  # noqa: PLW2901  what it says itself
            matches = match_concepts(concepts, stems, get_words)
            share = sum(concept.weight for concept in matches) / total_weight if total_weight else 1.0
            if not is_short or (concepts and len(matches) == len(concepts)):
                shares[run] = share
        return pick_best_quote(passage, shares, shares.__getitem__)

    def _match_together(
        self, concepts: Sequence[Concept], matches: tuple[Concept, ...], halves: Sequence[Passage]
    ) -> tuple[Concept, ...]:
        """Return `matches` with those of the other halves of the utterance, in the order of the question."""
        open_concepts = [concept for concept in concepts if concept not in matches]
        others: set[Concept] = set()
        for half in halves if open_concepts else ():
            words = self.span_cache.words(half.document, half.frame)
            others.update(
                match_concepts(open_concepts, frozenset(map(self._analyser.stem, words)), partial(tuple, words))
            )
        return tuple(concept for concept in concepts if concept in matches or concept in others) if others else matches

    def _filter_runs(
        self, question: Question, passage: Passage, stems_by_run: Mapping[Span, frozenset[str]]
    ) -> Mapping[Span, frozenset[str]]:
        """Return the runs without words to be left out, and of the time asked for, or with its year in words."""
        document, dates = passage.document, question.dates
        is_dated = dates is None or dates.contains(document.date)
        year = dates.last[:4] if dates else ""
        return {
            run: stems
            for run, stems in stems_by_run.items()
            if (is_dated or year in self.span_cache.words(document, run))
            and not match_concepts(question.excluded, stems, partial(self.span_cache.words, document, run))
        }

    def _find_unsaid(
        self, matches: Sequence[Concept], shared_stems: frozenset[str], get_words: Callable[[], Phrase]
    ) -> tuple[Concept, ...]:
        """Return those of `matches` that the voice's role or the cue has, but not the words shown."""
        doubtful = [concept for concept in matches if any(not shared_stems.isdisjoint(f) for f in concept.forms)]
        if not doubtful:
            return ()
        said = frozenset(map(self._analyser.stem, get_words()))
        return tuple(concept for concept in doubtful if concept.find_form(said, get_words) is None)

    def _is_of_body(self, question: Question, passage: Passage) -> bool:
        """Return whether adjacent words of `question` are so in the name of the voice's body: “the fire brigade”."""
        bodies = passage.voice.bodies if passage.voice and question.pairs else ()
        return any(not self._pair_stems(body).isdisjoint(question.pairs) for body in bodies)

    def _pair_stems(self, body: str) -> frozenset[tuple[str, str]]:
        """Return the pairs of adjacent stems in the name of a body; cached."""
        pairs = self._pairs_by_body.get(body)
        if pairs is None:
            stems = (word.stem for word in self._analyser.content_words(body))
            pairs = self._pairs_by_body[body] = frozenset(pairwise(stems))
        return pairs

    def _score_target(self, question: Question, passage: Passage) -> tuple[bool, float]:
        """Return whether `passage` is by or about the voice or side asked about, and the bonus for that."""
        if not question.voices and not question.sides:
            return True, 0.0
        asks_identity = IDENTITY in question.answer_types and bool(question.voices)
        asked_names = [voice.name for voice in question.voices]
        if not asks_identity and (passage.side in question.sides or passage.is_spoken_by(asked_names)):
            return True, _SPEAKER_BONUS
        is_mentioned = self.span_cache.has_name(passage, question.voices)
        return is_mentioned, (_SPEAKER_BONUS if asks_identity else _MENTION_BONUS) * is_mentioned


def _drop_loose(
    matches: tuple[Concept, ...], everyday: Collection[Concept], concepts: Sequence[Concept]
) -> tuple[Concept, ...]:
    """Return `matches`; unless they are all of `concepts`, without those matched only by everyday synonyms.

    A quote on part of a question has to have it in the asker's own words, or it is beside the point.
    """
    is_whole = len(matches) == len(concepts) or not everyday
    return matches if is_whole else tuple(concept for concept in matches if concept not in everyday)


def _filter_showable(candidates: Sequence[Candidate], question: Question) -> Iterator[Candidate]:
    """Yield the candidates that cover enough, in order.

    Of the side of a voice asked about only that voice is shown: anybody else on its side would be
    taken for it. A name by itself does not ask for quotes on neither side.
    """
    concepts = question.distinctive_concepts
    is_name_alone = bool(question.voices) and not concepts
    shares = [candidate.share if candidate.matched or not concepts else 0.0 for candidate in candidates]
    min_share = _MIN_SHARE_OF_BEST * max(shares, default=0.0)
    asks_identity = IDENTITY in question.answer_types and bool(question.voices)
    asked_sides = {c.side for c in candidates if c.is_on_target and c.side is not Side.NEITHER and c.matched}
    for candidate, share in zip(candidates, shares, strict=True):
        is_filler = asks_identity or (is_name_alone and candidate.side is Side.NEITHER)
        is_off_target = not candidate.is_on_target and (candidate.side in asked_sides or is_filler)
        if share and share >= min_share and not is_off_target:
            yield candidate
