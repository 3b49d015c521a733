"""One question by itself into its answer: candidates, status, pages, and the words that were matched.

How much of a question its best quote covers decides between an answer, the closest quotes and
silence. A raw BM25 score never decides, for it says nothing across questions.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from typing import Any, NamedTuple

from bot.answers.answer import Answer, ChosenQuote, Status
from bot.answers.balance import find_silent_sides, find_stronger_side, fit_into_room, paginate, spread
from bot.answers.candidates import Candidate, WordingFinder
from bot.answers.question import Concept, Question, match_concepts
from bot.answers.question_language import to_phrase
from bot.answers.question_parser import QuestionParser
from bot.answers.quoting import QuoteLengths, is_overlapping
from bot.answers.ranking import IDENTITY, Ranker
from bot.model import Quote

# Quotes without the date or number asked for are close only if this many things are asked besides. At 1 one more
# unanswerable question of tests/relevance/further.jsonl gets quotes; at 3 one of Hansard's answers is lost.
_MIN_UNTYPED = 2
# A quote without the kind of thing asked for, such as a number, is this share as strong.
_UNTYPED_SHARE = 0.5

# A quote about the voice asked after goes behind quotes by it, and is this share as strong.
_MENTIONED_SHARE = 0.8

# In a debate of a hundred passages a quote with half a compound is mostly on the subject (at 1 passage, two good quotes
# of tests/relevance are lost); in a week of Parliament, of 7,300 passages, it was beside the point for eight compounds
# of eight: "school dinners", "knife crime".
MANY_PASSAGES = 1000
# Close quotes are shown for the reader to judge, not to fill the page.
_MAX_CLOSEST_QUOTES = 2


class PageSize(NamedTuple):
    """How many quotes a page of an answer has at most (0: `AnswerOptions.page_size`), and their characters together.

    The first quote, and one of each side where both match, are shown however long they are.
    """

    quotes: int = 0
    characters: int | None = None

    def limit_quotes(self, most: int) -> PageSize:
        """Return a copy that has at most `most` quotes."""
        return self._replace(quotes=min(self.quotes, most))


class AnswerOptions(NamedTuple):
    """How answers are chosen: the first threshold is a coverage, the second a share (see `Candidate`)."""

    # Two quotes from each side.
    page_size: int = 4
    # Passages searched for. No answer to tests/relevance differs from 10 to 80; a voice with many passages needs more.
    depth: int = 50
    # docs/decisions/0002-coverage-decides.md has the figures on each side of both thresholds.
    answered_threshold: float = 1.1
    closest_threshold: float = 0.55
    # As many as a phone shows as buttons without scrolling.
    max_suggested_topics: int = 3
    lengths: QuoteLengths = QuoteLengths()


@dataclass(frozen=True, slots=True)
class AnswerBuilder:
    """Builds answers to questions that stand alone, whatever was asked before them."""

    corpus_name: str
    parser: QuestionParser
    ranker: Ranker
    wording_finder: WordingFinder
    options: AnswerOptions
    topics: tuple[str, ...]
    # Whether each topic searched for so far has an answer.
    answerable: dict[str, bool]

    def filter_answerable(self, topics: Sequence[str]) -> tuple[str, ...]:
        """Return those of `topics` that have an answer; each is searched for once, when first asked about."""
        for topic in topics:
            if topic not in self.answerable:
                question = self.parser.parse(topic)
                # Something near is no answer.
                status = self._decide_status(question, self.ranker.rank(question))
                self.answerable[topic] = status is Status.ANSWERED
        return tuple(filter(self.answerable.get, topics))

    def build(self, question: Question, page: int, limit: PageSize, excluded: Sequence[Quote] | None = None) -> Answer:
        """Return one page of the answer to `question` alone; with `excluded`, only others, of its `answer_types`."""
        if question.dates and not self.ranker.rank(question):
            # Nothing was said at that time, so what was said at another is at most close.
            question = replace(question, dates=None, noise=(*question.noise, question.dates.text))
        candidates = self._find_candidates(question, excluded)
        status = self._decide_status(question, candidates)
        if status is Status.CLOSEST:
            candidates, limit = self.keep_close(question, candidates), limit.limit_quotes(_MAX_CLOSEST_QUOTES)
        if status is Status.ANSWERED and self._needs_both(question):
            candidates = self.keep_close(question, candidates)
        if status is Status.ABSTAINED:
            if self._lacks_kind(question, self.keep_close(question, candidates)):
                question = replace(question, noise=(*question.noise, question.asked_kind))
            candidates = ()
        # Pages after the next one are not worked out.
        all_pages = tuple(islice(self._paginate(question, candidates, limit), max(page, 1) + 1)) or ((),)
        page = min(max(page, 1), len(all_pages))
        shown = all_pages[page - 1]
        matched_texts = self._collect_matched_texts(question, candidates, limit)
        return Answer(
            question.text,
            self.corpus_name,
            status,
            topics=self.select_topics(question, status),
            silent_sides=find_silent_sides(candidates),
            stronger_side=find_stronger_side(candidates, partial(_measure_strength, question)),
            quotes=self.choose_quotes(shown, candidates),
            page=page,
            has_more=page < len(all_pages),
            **self._describe_match(question, matched_texts, all_pages[0], next(iter(shown), None)),
        )

    def _find_candidates(self, question: Question, excluded: Sequence[Quote] | None) -> Sequence[Candidate]:
        """Return what may answer `question`, best first, or as it asks by date; see `build` for `excluded`."""
        has_subject = excluded is not None or question.has_subject
        if question.is_task or question.is_about_unknown_name or not has_subject:
            return ()
        candidates: Sequence[Candidate] = self.ranker.rank(question)
        if excluded is not None:
            candidates = [c for c in candidates if c.has_answer_type and not is_among(c.quote, excluded)]
            if question.refers_back and question.voices:
                names = [voice.name for voice in question.voices]
                candidates = [c for c in candidates if c.quote.passage.is_spoken_by(names)]
        return _sort_by_date(candidates, question.order) if question.order else candidates

    def _describe_match(
        self,
        question: Question,
        matched_texts: Collection[str],
        first_page: Sequence[Candidate],
        best_shown: Candidate | None,
    ) -> dict[str, Any]:
        """Return the fields of an answer that say what was understood of `question`, and what of it was found."""
        unsaid = [c.text for c in best_shown.missing] if best_shown else []
        missing = (c.text for c in question.distinctive_concepts if c.text not in matched_texts)
        corrected = self._find_corrected([c for c in question.concepts if c.text in matched_texts], first_page)
        shown_texts = self._collect_motion_texts(question, first_page)
        searched = (
            c.text for c in question.concepts if c.text in matched_texts or c.text in shown_texts.difference(unsaid)
        )
        names = {typed: (name,) for typed, name in question.corrections}
        list_expansions = partial(self._list_expansions, quotes=[candidate.quote for candidate in first_page])
        find_mismatch = self.ranker.checker.find_mismatch
        return {
            "searched": (
                *((question.dates.text,) if question.dates else ()),
                *(word for text in searched for word in corrected.get(text) or (text,)),
            ),
            "expanded": {c.text: also for c in question.concepts if (also := list_expansions(c))} | names,
            "unmatched": _list_unmatched(question.text, [*question.unknown_names, *missing, *unsaid, *question.noise]),
            "voices": tuple(voice.name for voice in question.voices),
            "asks_speech": question.asks_speech,
            "question_language": question.language,
            "left_out": tuple(concept.text for concept in question.excluded),
            "difference": best_shown and find_mismatch(question, best_shown.quote, best_shown.matched),
            "corrected": corrected | names,
        }

    def _collect_matched_texts(self, question: Question, candidates: Sequence[Candidate], limit: PageSize) -> set[str]:
        """Return the words of `question` that its first page matches, whatever room the page has for characters."""
        best_page = next(self._paginate(question, candidates, PageSize(limit.quotes)), ())
        return {concept.text for candidate in best_page for concept in candidate.matched}

    def _collect_motion_texts(self, question: Question, candidates: Sequence[Candidate]) -> set[str]:
        """Return the motion's words in `question`, as typed, that a quote of `candidates` has."""
        of_motion = [concept for concept in question.concepts if concept.is_of_motion]
        return {text for candidate in candidates for text in self.find_matched(of_motion, candidate.quote)}

    def _find_corrected(
        self, concepts: Sequence[Concept], candidates: Sequence[Candidate]
    ) -> dict[str, tuple[str, ...]]:
        """Return the misspelt words of `concepts`, each with what the quotes of `candidates` have instead."""
        misspelt = [concept for concept in concepts if concept.corrections]
        if not misspelt:
            return {}
        stems = frozenset[str]().union(*(self.ranker.span_cache.stems(candidate.quote) for candidate in candidates))
        return {
            c.text: tuple(w for w in c.corrections if not stems.isdisjoint(self.parser.vocabulary.content_stems(w)))
            for c in misspelt
        }

    def _list_expansions(self, concept: Concept, quotes: Sequence[Quote]) -> tuple[str, ...]:
        """Return what was searched besides the word itself; everyday synonyms only where one of `quotes` has them."""
        if not concept.everyday:
            return concept.expansions
        cache = self.ranker.span_cache
        words = (
            concept.find_everyday(cache.stems(quote), partial(cache.words, quote.passage.document, quote.span))
            for quote in quotes
        )
        return tuple(dict.fromkeys(filter(None, words)))

    def find_matched(self, concepts: Sequence[Concept], quote: Quote) -> tuple[str, ...]:
        """Return those of `concepts` that `quote` has, itself or by a synonym, as typed."""
        stems = self.ranker.span_cache.stems(quote)
        get_words = partial(self.ranker.span_cache.words, quote.passage.document, quote.span)
        return tuple(c.text for c in match_concepts(concepts, stems, get_words))

    def _paginate(
        self, question: Question, candidates: Sequence[Candidate], limit: PageSize
    ) -> Iterator[tuple[Candidate, ...]]:
        """Yield the pages of an answer: quotes by those asked after first, both sides if they are nearly as strong."""
        strengths = {id(candidate): _measure_strength(question, candidate) for candidate in candidates}

        def measure_strength(candidate: Candidate) -> float:
            return strengths[id(candidate)]

        if not question.order:
            candidates = spread(candidates, lambda candidate: candidate.quote.passage.document.id, measure_strength)
        arrange = partial(_arrange_page, question=question, room=limit.characters)
        return paginate(candidates, limit.quotes, question.text, measure_strength, arrange)

    def choose_quotes(self, shown: Sequence[Candidate], candidates: Sequence[Candidate]) -> tuple[ChosenQuote, ...]:
        """Return the quotes of one page, marked where another candidate has the same statement in other words."""
        others = [candidate.quote.passage for candidate in candidates]
        chosen_quotes = [chosen for candidate in shown for chosen in candidate.chosen_quotes]
        reworded = self.wording_finder.find_reworded([chosen.quote for chosen in chosen_quotes], others)
        return tuple(replace(chosen, has_wordings=chosen.quote.id in reworded) for chosen in chosen_quotes)

    def _decide_status(self, question: Question, candidates: Sequence[Candidate]) -> Status:
        """Decide the status by the best quote of the voices or sides asked about."""
        on_target = [candidate for candidate in candidates if candidate.is_on_target]
        close = self.keep_close(question, candidates)
        best_coverage = max((candidate.coverage for candidate in close), default=0.0)
        # What is near a name that nobody here bears is not near at all.
        if not close or (question.unknown_names and best_coverage < self.options.answered_threshold):
            return Status.ABSTAINED
        if self._lacks_kind(question, close):
            return Status.ABSTAINED
        is_covered = any(
            candidate.coverage >= self.options.answered_threshold and _is_complete_answer(question, candidate)
            for candidate in on_target
        )
        is_doubtful = question.unknown_names or question.noise
        if is_covered and not is_doubtful:
            return Status.ANSWERED
        # A word or two that both languages share bring no quote close.
        return Status.ABSTAINED if question.language else Status.CLOSEST

    def _lacks_kind(self, question: Question, close: Sequence[Candidate]) -> bool:
        """Return whether no `close` quote has the kind of fact asked for, and little else is asked: "when is that"."""
        is_typed = any(candidate.has_answer_type for candidate in close) or not self.ranker.has_shape(question)
        return bool(close) and not is_typed and len(question.distinctive_concepts) < _MIN_UNTYPED

    def keep_close(self, question: Question, candidates: Sequence[Candidate]) -> list[Candidate]:
        """Return the candidates that match most of what was asked, by the voice or side asked after if there is one.

        Others have to match all of it, and never count where the question is what a voice says.
        """
        threshold = 1.0 if self._needs_both(question) else self.options.closest_threshold
        others_threshold = 1.0 if question.sides or question.voices else threshold
        only_target = bool(question.voices) and question.asks_speech
        return [
            candidate
            for candidate in candidates
            if candidate.share >= (threshold if candidate.is_on_target else others_threshold)
            and (candidate.is_on_target or not only_target)
        ]

    def _needs_both(self, question: Question) -> bool:
        """Return whether half of what is asked would be beside the point: a compound, in a large corpus."""
        return self.ranker.passage_count >= MANY_PASSAGES and _is_compound(question)

    def select_topics(self, question: Question, status: Status) -> tuple[str, ...]:
        """Return the answerable topics that `question` touches; for an abstention then others, up to a maximum."""
        question_stems = {stem for concept in question.concepts for form in concept.forms for stem in form}
        matching = [t for t in self.topics if any(s in question_stems for s in self.parser.vocabulary.content_stems(t))]
        if status is not Status.ABSTAINED:
            return self.filter_answerable(matching)
        others = [topic for topic in self.topics if topic not in matching]
        return self.filter_answerable(matching + others)[: self.options.max_suggested_topics]

    def abstain(self, question: Question, **facts: Any) -> Answer:  # noqa: ANN401  fields of an answer
        """Return an abstention from `question`; `facts` are its other fields."""
        return Answer(question.text, self.corpus_name, Status.ABSTAINED, question_language=question.language, **facts)


def _is_compound(question: Question) -> bool:
    """Return whether `question` asks about one thing in two words side by side: "knife crime"."""
    match question.distinctive_concepts:
        case [one, two]:
            start = question.text.find(two.text, question.text.find(one.text) + len(one.text))
            return question.text[:start].rstrip().endswith(one.text)
    return False


def _is_complete_answer(question: Question, candidate: Candidate) -> bool:
    """Return whether `candidate` has every number in the question and the kind of thing asked for.

    Words cannot answer a question for a person, a place or a number about nothing in particular.
    """
    missing_numbers = [c for c in question.distinctive_concepts if c.text[0].isdigit() and c not in candidate.matched]
    is_unspecific = (
        question.answer_types and IDENTITY not in question.answer_types and not question.distinctive_concepts
    )
    lacks_counted = question.counted_concept is not None and question.counted_concept not in candidate.matched
    is_whole = not (candidate.missing or candidate.unsaid or candidate.is_loose)
    return candidate.has_answer_type and is_whole and not (missing_numbers or is_unspecific or lacks_counted)


def _measure_strength(question: Question, candidate: Candidate) -> float:
    """Return how much of `question` a quote says; less where it is by another voice, or not of the kind asked for."""
    names = [voice.name for voice in question.voices]
    is_asked = not names or candidate.quote.passage.is_spoken_by(names)
    # "Who pays" may be answered without a sum.
    is_answer = candidate.has_answer_type or "person" in question.answer_types
    strength = candidate.share * (1 if is_answer else _UNTYPED_SHARE)
    return strength if is_asked else strength * _MENTIONED_SHARE * candidate.is_on_target


def _arrange_page(candidates: Sequence[Candidate], question: Question, room: int | None) -> tuple[Candidate, ...]:
    """Return a page with the voice or side asked after first, else in its order, cut to `room` in characters."""
    names = [voice.name for voice in question.voices]
    side = next(iter(question.sides)) if len(question.sides) == 1 else None

    def is_behind(candidate: Candidate) -> bool:
        """Return whether a quote is not by the voice or side asked after."""
        if names:
            return not candidate.quote.passage.is_spoken_by(names)
        return side is not None and candidate.side is not side

    page = tuple(sorted(candidates, key=is_behind))
    return page if room is None else fit_into_room(page, room, lambda each: each.quote.span.end - each.quote.span.start)


def _sort_by_date(candidates: Sequence[Candidate], order: str) -> list[Candidate]:
    """Return the candidates on target that cover as much as the best (all if none does), by date; the undated last."""
    best = max((candidate.coverage for candidate in candidates), default=0.0)
    complete = [c for c in candidates if c.coverage >= best and c.is_on_target] or list(candidates)
    dated = [c for c in complete if c.quote.passage.document.date]
    dated.sort(key=lambda c: c.quote.passage.document.date or "", reverse=order == "latest")
    return dated + [c for c in complete if not c.quote.passage.document.date]


def is_among(quote: Quote, others: Sequence[Quote]) -> bool:
    """Return whether `quote` is one of `others`, or overlaps one."""
    return any(quote.id == other.id or is_overlapping(quote, other) for other in others)


def _list_unmatched(question: str, texts: Iterable[str]) -> tuple[str, ...]:
    """List each of `texts` once, in the order of `question`, without those whose words stand in a longer one.

    "Minister" stands in "Prime Minister". What is not in the question as typed comes last.
    """
    words_by_text = {text: frozenset(to_phrase(text)) for text in texts}
    longest = [text for text, words in words_by_text.items() if not any(map(words.__lt__, words_by_text.values()))]
    places = {text: question.casefold().find(text.casefold()) for text in longest}
    return tuple(sorted(longest, key=lambda text: (places[text] < 0, places[text])))
