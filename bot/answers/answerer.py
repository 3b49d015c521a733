"""Questions to answers: search, judge coverage, choose, or abstain.

How much of a question its best quote covers decides between an answer, the closest quotes and
silence. A raw BM25 score never decides, for it says nothing across questions.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from bot.answers.answer import Answer, Status
from bot.answers.balance import find_silent_sides, paginate
from bot.answers.by_speaker import SpeakerSearch
from bot.answers.expansion import is_word
from bot.answers.question_parser import QuestionParser
from bot.answers.quoting import QuoteLengths, QuoteLookup
from bot.answers.ranking import Candidate, Ranker
from bot.answers.related_quotes import OppositeFinder, WordingFinder

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

    from bot.analysis import Analyser
    from bot.answers.by_speaker import SpeakerPage, SpeakerQuery
    from bot.answers.question import Question
    from bot.answers.related_quotes import Opposite
    from bot.model import Corpus, Passage, Quote, Span
    from bot.search import Hit, Index, Query


class AnswerOptions(NamedTuple):
    """How answers are chosen; both thresholds are coverages (see `compute_coverage`)."""

    # Two quotes from each side.
    page_size: int = 4
    # No answer to tests/relevance differs from 10 to 80; a voice with many passages needs more.
    depth: int = 50
    # docs/decisions/0002-coverage-decides.md has the figures on each side of both thresholds.
    answered_threshold: float = 1.1
    closest_threshold: float = 0.6
    # As many as a phone shows as buttons without scrolling.
    max_suggested_topics: int = 3
    lengths: QuoteLengths = QuoteLengths()


class Answerer:
    """Answers questions put to one corpus through one index; immutable once made."""

    def __init__(self, corpus: Corpus, index: Index, analyser: Analyser, options: AnswerOptions | None = None) -> None:
        self._corpus, self._index, self._analyser = corpus, index, analyser
        self._options = options = options or AnswerOptions()
        self._parser = QuestionParser(corpus, analyser, index.idf)
        self._ranker = Ranker(corpus, index, analyser, options.depth, options.lengths)
        self._speaker_search = SpeakerSearch(corpus, self._parser, self._ranker, options.lengths)
        self._opposite_finder = OppositeFinder(corpus.topics, self._parser, self._ranker)
        self._wording_finder = WordingFinder(index, analyser, corpus.language)
        self._answerable_topics = tuple(topic.name for topic in corpus.topics if self._is_answerable(topic.name))

    def restrict_to(self, corpus: Corpus) -> Answerer:
        """Return an answerer of `corpus` alone: this one's, with some passages withheld."""
        filtered_index = _FilteredIndex(self._index, self._corpus, corpus)
        return Answerer(corpus, filtered_index, self._analyser, self._options)

    def answer(self, text: str, history: Sequence[str] = (), page: int = 1, limit: int | None = None) -> Answer:
        """Return one page of the answer to `text`; `history` holds earlier questions, oldest first.

        A follow-up keeps the voice its pronoun stands for; it keeps the words
        asked before only when it leans on them and its own do not stand alone.
        `limit` is in place of the quotes set for a page; a page beyond the last
        is the last.
        """
        limit = limit or self._options.page_size
        question = self._parser.parse(text)
        if not history:
            return self._build_answer(question, page, limit)
        previous = self._parse_history(history)
        original, question = question, question.resolve_pronoun(previous)
        standalone_answer = self._build_answer(question, page, limit)
        standalone_answer = replace(standalone_answer, inherited=_list_inherited(original, standalone_answer))
        # "And the police?" names a voice and nothing to ask it about.
        is_complete = bool(question.distinctive_concepts or question.answer_types) or not question.is_follow_up
        if (
            (standalone_answer.status is Status.ANSWERED and is_complete)
            or question.is_task
            or not _needs_context(question)
        ):
            return standalone_answer
        combined_answer = self._build_answer(question.with_concepts_of(previous), page, limit)
        if combined_answer.status is Status.ABSTAINED:
            return standalone_answer
        return replace(combined_answer, inherited=_list_inherited(original, combined_answer))

    def find_matched_words(self, quote: Quote, text: str, history: Sequence[str] = ()) -> tuple[str, ...]:
        """Return the words of `text`, and of the `history` it leans on, that `quote` matches."""
        question = self._parser.parse(text)
        if history and _needs_context(question):
            question = question.with_concepts_of(self._parse_history(history))
        return self._ranker.find_matched_words(question, quote)

    def has_unresolved_pronoun(self, text: str, history: Sequence[str] = ()) -> bool:
        """Return whether no earlier question resolves a pronoun of `text`."""
        question = self._parser.parse(text)
        names_voice = any(self._parser.parse(earlier_text).voices for earlier_text in history)
        return question.refers_back and not question.voices and not names_voice

    def warm_up(self) -> None:
        """Read the word list that the first unknown word of a question is looked up in."""
        is_word("", self._corpus.language)

    @property
    def answerable_topics(self) -> tuple[str, ...]:
        """The curator's topics that have quotes, in the curator's order."""
        return self._answerable_topics

    def parse_speaker_question(self, question: str) -> SpeakerQuery | None:
        """Parse a question for one voice's quotes; None for any other question."""
        return self._speaker_search.parse_question(question)

    def parse_name_and_topic(self, text: str) -> SpeakerQuery | None:
        """Parse `NAME [topic]`, longest known name first; None if no name matches."""
        return self._speaker_search.parse_name_and_topic(text)

    def find_speaker_page(self, query: SpeakerQuery, page: int = 1) -> SpeakerPage:
        """Find one page of a voice's quotes; a page beyond the last is the last."""
        return self._speaker_search.find_page(query, page)

    def find_opposite(self, quote: Quote) -> Opposite:
        """Find the other side's best quote on a topic of `quote`."""
        return self._opposite_finder.find(quote)

    def has_topic(self, quote: Quote) -> bool:
        """Return whether `quote` is on a topic of the curator's, and so may have an opposite."""
        return bool(self._opposite_finder.find_topics(quote))

    def find_wordings(self, quote: Quote) -> tuple[Quote, ...]:
        """Find the wordings in which the statement of `quote` is printed, if there are several."""
        return tuple(found for found in self._wording_finder.find(quote) if found.is_intact)

    def find_quote(self, quote_id: str) -> Quote | None:
        """Find the quote with this id; None where this corpus no longer has it."""
        return self._quote_lookup.find_by_id(quote_id)

    def find_quote_at(self, sha256: str, span: Span) -> Quote | None:
        """Find the quote of `span` in the text with this SHA-256, if it can be one."""
        return self._quote_lookup.find_by_span(sha256, span)

    def find_quote_of(self, sha256: str, text: str) -> Quote | None:
        """Find the first quote of exactly `text` in the document with this SHA-256, if any."""
        return self._quote_lookup.find_by_text(sha256, text)

    @cached_property
    def _quote_lookup(self) -> QuoteLookup:
        return QuoteLookup(self._corpus.passages, self._options.lengths)

    def _parse_history(self, history: Sequence[str]) -> Question:
        """Return what the last of `history` asked, with what it kept of those before it."""
        previous = self._parser.parse(history[0])
        for earlier_text in history[1:]:
            follow_up = self._parser.parse(earlier_text).resolve_pronoun(previous)
            # "Why?" asks nothing of its own, so what it follows is still being asked.
            previous = follow_up if follow_up.distinctive_concepts else follow_up.with_concepts_of(previous)
        return previous

    def _build_answer(self, question: Question, page: int, limit: int) -> Answer:
        must_abstain = question.is_task or question.is_about_unknown_name or not _has_subject(question)
        candidates = () if must_abstain else self._ranker.rank(question)
        status = self._decide_status(question, candidates)
        if status is Status.ABSTAINED:
            candidates = ()
        all_pages = tuple(paginate(candidates, limit, question.text)) or ((),)
        page = min(max(page, 1), len(all_pages))
        shown = all_pages[page - 1]
        matched_texts = {concept.text for candidate in all_pages[0] for concept in candidate.matched}
        missing = (c.text for c in question.distinctive_concepts if c.text not in matched_texts)
        return Answer(
            question.text,
            self._corpus.name,
            status,
            searched=tuple(c.text for c in question.concepts if c.is_common or c.text in matched_texts),
            expanded={c.text: c.expansions for c in question.concepts if c.expansions},
            unmatched=tuple(dict.fromkeys([*question.unknown_names, *missing])),
            voices=tuple(voice.name for voice in question.voices),
            topics=self._select_topics(question, status),
            silent_sides=find_silent_sides(candidates),
            quotes=tuple(candidate.chosen_quote for candidate in shown),
            page=page,
            has_more=page < len(all_pages),
        )

    def _decide_status(self, question: Question, candidates: Sequence[Candidate]) -> Status:
        """Decide the status by the best quote of the voices or sides asked about."""
        on_target = [candidate for candidate in candidates if candidate.is_on_target]
        best_coverage = max((candidate.coverage for candidate in candidates), default=0.0)
        # What is near a name that nobody here bears is not near at all.
        if best_coverage < (
            self._options.answered_threshold if question.unknown_names else self._options.closest_threshold
        ):
            return Status.ABSTAINED
        is_covered = any(
            candidate.coverage >= self._options.answered_threshold and candidate.is_complete_answer(question)
            for candidate in on_target
        )
        return Status.ANSWERED if is_covered and not question.unknown_names else Status.CLOSEST

    def _select_topics(self, question: Question, status: Status) -> tuple[str, ...]:
        """Return the topics the question touches; for an abstention, those to offer first."""
        question_stems = {stem for concept in question.concepts for form in concept.forms for stem in form}
        matching = [
            t for t in self._answerable_topics if any(s in question_stems for s in self._parser.content_stems(t))
        ]
        if status is not Status.ABSTAINED:
            return tuple(matching)
        others = [topic for topic in self._answerable_topics if topic not in matching]
        return tuple(matching + others)[: self._options.max_suggested_topics]

    def _is_answerable(self, topic: str) -> bool:
        return self._decide_status(question := self._parser.parse(topic), self._ranker.rank(question)) is (
            Status.ANSWERED
        )


def _needs_context(question: Question) -> bool:
    return question.is_follow_up or question.refers_back or not question.distinctive_concepts


def _has_subject(question: Question) -> bool:
    return bool(question.concepts or question.voices or question.sides)


def _list_inherited(original: Question, answer: Answer) -> tuple[str, ...]:
    """List the words and voices of `answer` that are not in the `original` question."""
    original_words = {concept.text for concept in original.concepts} | {voice.name for voice in original.voices}
    return tuple(word for word in (*answer.searched, *answer.voices) if word not in original_words)


class _FilteredIndex:
    """An index restricted to the passages of `visible`, some of the `indexed` corpus."""

    def __init__(self, index: Index, indexed: Corpus, visible: Corpus) -> None:
        self._index = index
        visible_keys = set(map(_passage_key, visible.passages))
        self._withheld = {_passage_key(passage) for passage in indexed.passages} - visible_keys
        self._withheld_count = len(indexed.passages) - len(visible.passages)

    def search(self, query: Query, limit: int) -> Sequence[Hit]:
        """Return up to `limit` hits, best first; ties go to the earlier passage."""
        hits = self._index.search(query, limit + self._withheld_count)
        return [hit for hit in hits if _passage_key(hit.passage) not in self._withheld][:limit]

    def idf(self, stem: str) -> float:
        """Return the stem's weight, by all passages of the index."""
        return self._index.idf(stem)

    @property
    def vocabulary(self) -> Mapping[str, int]:
        """The passage count of every folded word, withheld passages included."""
        return self._index.vocabulary


def _passage_key(passage: Passage) -> Hashable:
    """Return the fields by which a hold can distinguish passages."""
    return passage.document.id, passage.frame, passage.span, passage.kind, passage.voice
