"""Questions to answers: search, judge coverage, choose, or abstain.

How much of a question its best quote covers decides between an answer, the closest quotes and
silence. A raw BM25 score never decides, for it says nothing across questions.
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import replace
from functools import cached_property, partial
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from bot.answers.answer import Answer, AnswerNote, Card, ChosenQuote, Status
from bot.answers.balance import find_silent_sides, find_stronger_side, fit_into_room, paginate, spread
from bot.answers.by_sides import arrange_pairs, pair_by_sides
from bot.answers.by_speaker import SpeakerSearch
from bot.answers.filtered_index import FilteredIndex
from bot.answers.question import Question
from bot.answers.question_language import ABOUT, CORPUS, COURTESY, to_phrase
from bot.answers.question_parser import QuestionParser
from bot.answers.quoting import QuoteLengths, QuoteLookup, is_overlapping
from bot.answers.ranking import Candidate, Ranker, is_spoken_by
from bot.answers.related_quotes import OppositeFinder, WordingFinder
from bot.answers.word_lists import is_word
from bot.errors import SearchError
from bot.model import Side

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from bot.analysis import Analyser
    from bot.answers.answer import ChosenQuote
    from bot.answers.by_speaker import SpeakerPage, SpeakerQuery
    from bot.answers.question import Concept
    from bot.answers.related_quotes import Opposite
    from bot.model import Corpus, Passage, Quote, Span
    from bot.search import Index


# As many names as a phone shows as buttons without scrolling.
_MAX_CHOICES = 6
# A card says who somebody is; two quotes show how they are named or heard.
_MAX_CARD_QUOTES = 2
# Of a question for a number, words without one are half.
_UNTYPED_SHARE = 0.5
# What is said about whom a question asks after goes behind what they say, and counts as nearly as strong.
_MENTIONED_SHARE = 0.8
# What is only close is shown so that a reader may judge, not so that it fills the page.
_MAX_CLOSEST_QUOTES = 2

# What was parsed before the answer to it, to see what it asks: to parse every question twice took a sixth of the CPU
# of an answer in Telegram (python -m tests.benchmarks.telegram). It ends with the task that handles the question, so
# nobody's words are kept.
_parsed_ahead: ContextVar[tuple[QuestionParser, Question] | None] = ContextVar("parsed_ahead", default=None)


class PageSize(NamedTuple):
    """How many quotes a page of an answer has at most (0: as many as are set), and their characters together.

    The first quote, and one of each side where both match, are shown however long they are.
    """

    quotes: int = 0
    characters: int | None = None

    def limit_quotes(self, most: int) -> PageSize:
        """Return the same, with `most` quotes at most."""
        return self._replace(quotes=min(self.quotes, most))


class AnswerOptions(NamedTuple):
    """How answers are chosen: the first threshold is a coverage, the second a share (see `Candidate`)."""

    # Two quotes from each side.
    page_size: int = 4
    # No answer to tests/relevance differs from 10 to 80; a voice with many passages needs more.
    depth: int = 50
    # docs/decisions/0002-coverage-decides.md has the figures on each side of both thresholds.
    answered_threshold: float = 1.1
    closest_threshold: float = 0.55
    # As many as a phone shows as buttons without scrolling.
    max_suggested_topics: int = 3
    lengths: QuoteLengths = QuoteLengths()


class Answerer:
    """Answers questions put to one corpus through one index; immutable once made."""

    def __init__(
        self,
        corpus: Corpus,
        index: Index,
        analyser: Analyser,
        options: AnswerOptions | None = None,
        answerable_topics: tuple[str, ...] | None = None,
    ) -> None:
        """Search for every topic, to know which have an answer, unless `answerable_topics` says so."""
        self._corpus, self._index, self._analyser = corpus, index, analyser
        self._options = options = options or AnswerOptions()
        self._parser = QuestionParser(corpus, analyser, index.idf)
        self._ranker = Ranker(corpus, index, analyser, options.depth, options.lengths)
        self._speaker_search = SpeakerSearch(corpus, self._parser, self._ranker, options.lengths)
        self._opposite_finder = OppositeFinder(corpus.topics, self._parser, self._ranker)
        self._wording_finder = WordingFinder(index, analyser, corpus.language)
        if answerable_topics is None:
            answerable_topics = tuple(topic.name for topic in corpus.topics if self._is_answerable(topic.name))
        self._answerable_topics = answerable_topics

    def restrict_to(self, corpus: Corpus, nameless: Mapping[int, Passage | None] | None = None) -> Answerer:
        """Return an answerer of `corpus` alone: this one's, with some passages withheld.

        `nameless` has by its `id()` what stands for a passage of this one's, where its speaker is not named there.
        What is withheld cannot wait for an index that cannot be searched now: then the topics stay as they were.
        """
        filtered_index = FilteredIndex(self._index, self._corpus, corpus, nameless or {})
        try:
            return Answerer(corpus, filtered_index, self._analyser, self._options)
        except SearchError:
            return Answerer(corpus, filtered_index, self._analyser, self._options, self._answerable_topics)

    def answer(
        self,
        text: str,
        history: Sequence[str] = (),
        page: int = 1,
        limit: PageSize = PageSize(),  # noqa: B008 - a value that nobody can change
        shown: Sequence[Quote] | None = None,
    ) -> Answer:
        """Return one page of the answer to `text`; `history` holds earlier questions, oldest first.

        A follow-up keeps the voice its pronoun stands for; it keeps the words asked before only when it leans on them
        and its own do not stand alone, and then shows nothing again that is among `shown`, the quotes of the answer it
        follows (found again where they are not given). `limit` is how long a page may be; past the last is the last.
        """
        limit = limit._replace(quotes=limit.quotes or self._options.page_size)
        original = self._find_parsed(text) or self._parser.parse(text)
        conversation = _EarlierQuestions(self, tuple(history), shown)
        if answer := self._open_door(original, conversation):
            return answer
        question = self._resolve_pronoun(original, conversation)
        if question.refers_back and question.is_bare:
            return self._build_referent_choice(question, conversation)
        if question.ambiguous_names:
            return self._build_name_choice(question, limit)
        if question.is_identity:
            return self._build_voice_card(question, page, limit)
        answer = self._build_answer(question, page, limit)
        if not history:
            return answer
        return self._follow_up(original, question, conversation, answer, (page, limit))

    def _follow_up(
        self,
        original: Question,
        question: Question,
        conversation: _EarlierQuestions,
        standalone_answer: Answer,
        place: tuple[int, PageSize],
    ) -> Answer:
        """Return the answer to a question that others came before, by itself or with their words."""
        standalone_answer = replace(standalone_answer, inherited=_list_inherited(original, standalone_answer))
        # "And the police?" names a voice and nothing to ask it about.
        is_complete = bool(question.distinctive_concepts or question.answer_types) or not question.is_follow_up
        names_target = bool(original.voices or original.sides) and not question.is_follow_up
        if (
            (standalone_answer.status is Status.ANSWERED and is_complete and not original.is_bare)
            or question.is_task
            or names_target
            or not _needs_context(question)
        ):
            return standalone_answer
        combined_question = question.with_concepts_of(conversation.question)
        if not original.is_bare:
            combined_answer = self._build_answer(combined_question, *place)
            is_kept = combined_answer.status is not Status.ABSTAINED
            return (
                replace(combined_answer, inherited=_list_inherited(original, combined_answer))
                if is_kept
                else (standalone_answer)
            )
        return self._build_new_answer(original, question, combined_question, conversation, place)

    def _build_new_answer(
        self,
        original: Question,
        question: Question,
        combined_question: Question,
        conversation: _EarlierQuestions,
        place: tuple[int, PageSize],
    ) -> Answer:
        """Return what is new to a follow-up that names nothing: on what was asked, else of the kind asked for."""
        for candidate_question in (combined_question, question):
            if candidate_question is question and not (question.voices or self._ranker.has_shape(question)):
                continue
            answer = self._build_answer(candidate_question, *place, excluded=conversation.quotes)
            if answer.status is not Status.ABSTAINED:
                return replace(answer, inherited=_list_inherited(original, answer))
        note = AnswerNote.NOTHING_NEW if conversation.quotes else None
        return self._abstain(question, note=note, topics=self._select_topics(question, Status.ABSTAINED))

    def answer_by_sides(self, topic: str, page: int = 1) -> Answer:
        """Return each side's best quote of each voice on `topic`, equally many, a page at a time.

        A side that has none is silent, and the other is shown alone.
        """
        question = self._parser.parse(topic)
        answer = self._build_answer(question, 1, PageSize(self._options.page_size))
        if answer.status is Status.ABSTAINED:
            return answer
        close = self._keep_close(question, self._ranker.rank(question))
        pairs = pair_by_sides(close, question.text)
        size = max(1, self._options.page_size // max(map(len, pairs), default=1))
        page = min(max(page, 1), max(1, -(-len(pairs) // size)))
        shown = arrange_pairs(pairs[(page - 1) * size : page * size])
        return replace(
            answer,
            silent_sides=find_silent_sides([candidate for pair in pairs for candidate in pair]),
            quotes=self._choose_quotes(shown, close),
            page=page,
            has_more=page * size < len(pairs),
        )

    def find_matched_words(self, quote: Quote, text: str, history: Sequence[str] = ()) -> tuple[str, ...]:
        """Return the words of `text`, and of the `history` it leans on, that `quote` matches."""
        question = self._parser.parse(text)
        if history and _needs_context(question):
            question = question.with_concepts_of(self._parse_history(history))
        return self._ranker.find_matched_words(question, quote)

    def warm_up(self) -> None:
        """Read the word list that the first unknown word of a question is looked up in."""
        is_word("", self._corpus.language)

    @property
    def answerable_topics(self) -> tuple[str, ...]:
        """The curator's topics that have quotes, in the curator's order."""
        return self._answerable_topics

    def list_completions(self, beginning: str) -> tuple[str, ...]:
        """List the words and names that begin so, other than itself, the most frequent first; one of each stem."""
        return self._parser.list_completions(beginning)

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

    def asks_nothing(self, text: str) -> bool:
        """Return whether `text` names nothing to search for: no thing, voice or side."""
        question = self._parse_ahead(text)
        return not (question.concepts or question.voices or question.sides or question.unknown_names)

    def leans_on_context(self, text: str) -> bool:
        """Return whether `text` is understood only with what was asked before it, such as "and why is she?"."""
        question = self._parse_ahead(text)
        names_target = bool(question.voices or question.sides or question.dates)
        is_whole = bool(question.distinctive_concepts) or (names_target and not question.is_follow_up)
        return (question.refers_back or not is_whole) and self._parser.find_door(question) is None

    def _parse_ahead(self, text: str) -> Question:
        """Parse `text` for a look at it; an answer to it in the same task need not parse it again."""
        question = self._find_parsed(text) or self._parser.parse(text)
        _parsed_ahead.set((self._parser, question))
        return question

    def _find_parsed(self, text: str) -> Question | None:
        """Return what this task has parsed of `text` for this corpus."""
        parser, question = _parsed_ahead.get() or (None, None)
        return question if question and parser is self._parser and question.text == text else None

    def find_quote_at(self, sha256: str, span: Span) -> Quote | None:
        """Find the quote of `span` in the text with this SHA-256, if it can be one."""
        return self._quote_lookup.find_by_span(sha256, span)

    def find_successor(self, sha256: str, span: Span, new_sha256: str, words: str | None) -> Quote | None:
        """Find the quote that now stands for `span` of the text with that SHA-256, whose words were `words`.

        Where the text is the same it is the one at that place; in a new text the one of the same words, marks, blanks
        and punctuation aside.
        """
        if sha256 == new_sha256:
            return self._quote_lookup.find_covering(sha256, span)
        if not words:
            return None
        lookup = self._quote_lookup
        return lookup.find_by_text(new_sha256, words) or lookup.find_by_letters(new_sha256, words)

    @cached_property
    def _quote_lookup(self) -> QuoteLookup:
        return QuoteLookup(self._corpus.passages, self._options.lengths)

    def _parse_history(self, history: Sequence[str]) -> Question:
        """Return what the last of `history` asked, with what it kept of those before it."""
        previous = self._parser.parse(history[0])
        for count, earlier_text in enumerate(history[1:], start=1):
            conversation = _EarlierQuestions(self, tuple(history[:count]))
            follow_up = self._resolve_pronoun(self._parser.parse(earlier_text), conversation)
            # "Why?" asks nothing of its own, so what it follows is still being asked.
            previous = follow_up if follow_up.distinctive_concepts else follow_up.with_concepts_of(previous)
        return previous

    def _resolve_pronoun(self, question: Question, conversation: _EarlierQuestions) -> Question:
        """Return `question` with the one voice that its pronoun can mean, if it is one."""
        if question.voices or not question.refers_back or not conversation.history:
            return question
        names = self._find_referents(question, conversation)
        if len(names) == 1:
            return replace(question, voices=(self._speaker_search.find_entry(names[0]),))
        # Two people were shown, and the rest of the question tells which: then both are asked after.
        return replace(question, voices=conversation.question.voices) if question.distinctive_concepts else question

    def _find_referents(self, question: Question, conversation: _EarlierQuestions) -> list[str]:
        """Return the people a pronoun may mean: named last, else shown last, else all that are listed."""
        named = [voice.name for voice in conversation.question.voices]
        shown = [quote.passage.voice.name for quote in conversation.quotes if quote.passage.voice]
        everybody = [voice.name for voice in self._corpus.voices]
        for names in (named, shown) if conversation.history else (everybody,):
            if people := self._speaker_search.filter_people(names, question.pronoun_sex):
                return people
        return self._speaker_search.filter_people(everybody, question.pronoun_sex)

    def _open_door(self, question: Question, conversation: _EarlierQuestions) -> Answer | None:
        """Return what a question gets that asks nothing of the debate; None for any other."""
        if not question.has_words:
            return self._abstain(question, note=AnswerNote.NO_WORDS)
        door = self._parser.find_door(question)
        if door == CORPUS:
            quotes = self._choose_one_per_side(conversation.quotes)
            return replace(
                self._abstain(question, card=Card.CORPUS, topics=self._answerable_topics), quotes=tuple(quotes)
            )
        note = {ABOUT: AnswerNote.ABOUT, COURTESY: AnswerNote.COURTESY}.get(door or "")
        return self._abstain(question, note=note) if note else None

    def _choose_one_per_side(self, excluded: Sequence[Quote]) -> Iterator[ChosenQuote]:
        """Yield the best quote of each side on the debate as a whole."""
        candidates = [c for c in self._ranker.rank(Question("")) if not _is_among(c.quote, excluded)]
        for side in (Side.FOR, Side.AGAINST):
            yield from [candidate.chosen_quote for candidate in candidates if candidate.side is side][:1]

    def _build_referent_choice(self, question: Question, conversation: _EarlierQuestions) -> Answer:
        """Return whom the pronoun of a question that says no more may mean."""
        names = self._find_referents(question, conversation)
        return self._abstain(question, card=Card.CHOICE, choices=tuple(names[:_MAX_CHOICES]))

    def _build_name_choice(self, question: Question, limit: PageSize) -> Answer:
        """Return whom a name may mean, with what they say on the rest of the question; one who alone does is meant."""
        answer = self._build_answer(question, 1, limit)
        names = question.ambiguous_names
        speakers = {c.quote.passage.voice.name for c in answer.quotes if c.quote.passage.voice}
        if question.distinctive_concepts and answer.status is Status.ANSWERED and len(speakers & {*names}) == 1:
            return answer
        quotes = answer.quotes if question.distinctive_concepts else ()
        return replace(answer, status=Status.ABSTAINED, card=Card.CHOICE, choices=names[:_MAX_CHOICES], quotes=quotes)

    def _build_voice_card(self, question: Question, page: int, limit: PageSize) -> Answer:
        """Return who a voice is, by the curator's data, with what the sources say of it."""
        [voice] = question.voices
        answer = self._build_answer(question, page, limit.limit_quotes(_MAX_CARD_QUOTES))
        facts = self._speaker_search.describe(voice)
        return replace(answer, status=Status.ABSTAINED, card=Card.VOICE, voice_facts=facts)

    def _abstain(self, question: Question, **facts: Any) -> Answer:  # noqa: ANN401  fields of an answer
        return Answer(question.text, self._corpus.name, Status.ABSTAINED, question_language=question.language, **facts)

    def _build_answer(
        self, question: Question, page: int, limit: PageSize, excluded: Sequence[Quote] | None = None
    ) -> Answer:
        """Return one page of the answer to `question` alone; with `excluded`, only of what is new and of its kind."""
        if question.dates and not self._ranker.rank(question):
            # Nothing is of that time: what is said at another is at most close.
            question = replace(question, dates=None, noise=(*question.noise, question.dates.text))
        candidates = self._find_candidates(question, excluded)
        status = self._decide_status(question, candidates)
        if status is Status.CLOSEST:
            candidates, limit = self._keep_close(question, candidates), limit.limit_quotes(_MAX_CLOSEST_QUOTES)
        if status is Status.ABSTAINED:
            candidates = ()
        # No page behind the one after this is worked out.
        all_pages = tuple(islice(self._paginate(question, candidates, limit), max(page, 1) + 1)) or ((),)
        page = min(max(page, 1), len(all_pages))
        shown = all_pages[page - 1]
        matched_texts = self._collect_matched_texts(question, candidates, limit)
        return Answer(
            question.text,
            self._corpus.name,
            status,
            topics=self._select_topics(question, status),
            silent_sides=find_silent_sides(candidates),
            stronger_side=find_stronger_side(candidates, partial(_measure_strength, question)),
            quotes=self._choose_quotes(shown, candidates),
            page=page,
            has_more=page < len(all_pages),
            **self._describe_match(question, matched_texts, all_pages[0], shown[:1]),
        )

    def _find_candidates(self, question: Question, excluded: Sequence[Quote] | None) -> Sequence[Candidate]:
        """Return what may answer `question`, best first, or as it asks by date; see `_build_answer` for `excluded`."""
        has_subject = excluded is not None or _has_subject(question)
        if question.is_task or question.is_about_unknown_name or not has_subject:
            return ()
        candidates: Sequence[Candidate] = self._ranker.rank(question)
        if excluded is not None:
            candidates = [c for c in candidates if c.has_answer_type and not _is_among(c.quote, excluded)]
            if question.refers_back and question.voices:
                names = [voice.name for voice in question.voices]
                candidates = [c for c in candidates if is_spoken_by(c.quote.passage, names)]
        return _sort_by_date(candidates, question.order) if question.order else candidates

    def _describe_match(
        self,
        question: Question,
        matched_texts: Collection[str],
        first_page: Sequence[Candidate],
        best_shown: Sequence[Candidate],
    ) -> dict[str, Any]:
        """Return the fields of an answer that tell what of `question` was understood, and which of it was found."""
        unsaid = [c.text for candidate in best_shown for c in candidate.missing]
        missing = (c.text for c in question.distinctive_concepts if c.text not in matched_texts)
        corrected = self._find_corrected([c for c in question.concepts if c.text in matched_texts], first_page)
        searched = (
            c.text for c in question.concepts if c.text in matched_texts or (c.is_common and c.text not in unsaid)
        )
        names = {typed: (name,) for typed, name in question.corrections}
        return {
            "searched": (
                *_name_dates(question),
                *(word for text in searched for word in corrected.get(text) or (text,)),
            ),
            "expanded": {c.text: c.expansions for c in question.concepts if c.expansions} | names,
            "unmatched": _drop_parts([*question.unknown_names, *missing, *unsaid, *question.noise]),
            "voices": tuple(voice.name for voice in question.voices),
            "asks_speech": question.asks_speech,
            "question_language": question.language,
            "left_out": tuple(concept.text for concept in question.excluded),
            "difference": self._ranker.find_difference(question, best_shown[0]) if best_shown else None,
            "corrected": corrected | names,
        }

    def _collect_matched_texts(self, question: Question, candidates: Sequence[Candidate], limit: PageSize) -> set[str]:
        """Return the words of `question` that were found, however much of it a page has room for."""
        best_page = next(self._paginate(question, candidates, PageSize(limit.quotes)), ())
        return {concept.text for candidate in best_page for concept in candidate.matched}

    def _find_corrected(
        self, concepts: Sequence[Concept], candidates: Sequence[Candidate]
    ) -> dict[str, tuple[str, ...]]:
        """Return the misspelt words of `concepts`, each with what the quotes of `candidates` have instead."""
        quotes = [candidate.quote for candidate in candidates]
        return {c.text: self._ranker.filter_matched(c.corrections, quotes) for c in concepts if c.corrections}

    def _paginate(
        self, question: Question, candidates: Sequence[Candidate], limit: PageSize
    ) -> Iterator[tuple[Candidate, ...]]:
        """Yield the pages of an answer: those asked after before others, both sides where both are nearly as good."""
        strengths = {id(candidate): _measure_strength(question, candidate) for candidate in candidates}

        def measure_strength(candidate: Candidate) -> float:
            return strengths[id(candidate)]

        if not question.order:
            candidates = spread(candidates, lambda candidate: candidate.quote.passage.document.id, measure_strength)
        arrange = partial(_arrange_page, question=question, room=limit.characters)
        return paginate(candidates, limit.quotes, question.text, measure_strength, arrange)

    def _choose_quotes(self, shown: Sequence[Candidate], candidates: Sequence[Candidate]) -> tuple[ChosenQuote, ...]:
        """Return the quotes of one page, with what the other candidates tell of them."""
        others = [candidate.quote.passage for candidate in candidates]
        reworded = self._wording_finder.find_reworded([candidate.quote for candidate in shown], others)
        chosen_quotes = (candidate.chosen_quote for candidate in shown)
        return tuple(replace(chosen, has_wordings=chosen.quote.id in reworded) for chosen in chosen_quotes)

    def _decide_status(self, question: Question, candidates: Sequence[Candidate]) -> Status:
        """Decide the status by the best quote of the voices or sides asked about."""
        on_target = [candidate for candidate in candidates if candidate.is_on_target]
        close = self._keep_close(question, candidates)
        best_coverage = max((candidate.coverage for candidate in close), default=0.0)
        # What is near a name that nobody here bears is not near at all.
        if not close or (question.unknown_names and best_coverage < self._options.answered_threshold):
            return Status.ABSTAINED
        is_covered = any(
            candidate.coverage >= self._options.answered_threshold and candidate.is_complete_answer(question)
            for candidate in on_target
        )
        is_doubtful = question.unknown_names or question.noise
        return Status.ANSWERED if is_covered and not is_doubtful else Status.CLOSEST

    def _keep_close(self, question: Question, candidates: Sequence[Candidate]) -> list[Candidate]:
        """Return those that match most of what was asked, of the voice asked after or of anybody where none was.

        Where it is not asked what that voice says, or a side is asked after, others are close with all that was asked.
        """
        threshold = self._options.closest_threshold
        others_threshold = 1.0 if question.sides or question.voices else threshold
        only_target = bool(question.voices) and question.asks_speech
        return [
            candidate
            for candidate in candidates
            if candidate.share >= (threshold if candidate.is_on_target else others_threshold)
            and (candidate.is_on_target or not only_target)
        ]

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


class _EarlierQuestions:
    """What came before a question, and what its last answer showed."""

    def __init__(self, answerer: Answerer, history: tuple[str, ...], shown: Sequence[Quote] | None = None) -> None:
        self.history = history
        self._answerer = answerer
        self._shown = shown

    @cached_property
    def question(self) -> Question:
        """The last question, with what it kept of those before it."""
        return self._answerer._parse_history(self.history) if self.history else Question("")  # noqa: SLF001  its other half

    @cached_property
    def quotes(self) -> tuple[Quote, ...]:
        """The quotes that the last answer showed, found again where they are not known."""
        if self._shown or not self.history:
            return tuple(self._shown or ())
        answer = self._answerer.answer(self.history[-1], self.history[:-1])
        return tuple(chosen.quote for chosen in answer.quotes)


def _measure_strength(question: Question, candidate: Candidate) -> float:
    """Return how much of `question` a quote says; less where it is by another voice, or not of the kind asked for."""
    names = [voice.name for voice in question.voices]
    is_asked = not names or is_spoken_by(candidate.quote.passage, names)
    # "Who pays" may be told without a sum.
    is_answer = candidate.has_answer_type or "person" in question.answer_types
    strength = candidate.share * (1 if is_answer else _UNTYPED_SHARE)
    return strength if is_asked else strength * _MENTIONED_SHARE * candidate.is_on_target


def _arrange_page(candidates: Sequence[Candidate], question: Question, room: int | None) -> tuple[Candidate, ...]:
    """Return a page with the voice or side asked after first, else in its order, and only what `room` there is for."""
    names = [voice.name for voice in question.voices]
    side = next(iter(question.sides)) if len(question.sides) == 1 else None

    def is_behind(candidate: Candidate) -> bool:
        if names:
            return not is_spoken_by(candidate.quote.passage, names)
        return side is not None and candidate.side is not side

    page = tuple(sorted(candidates, key=is_behind))
    return page if room is None else fit_into_room(page, room, lambda each: each.quote.span.end - each.quote.span.start)


def _name_dates(question: Question) -> tuple[str, ...]:
    """Return the time that was searched, as typed."""
    return (question.dates.text,) if question.dates else ()


def _sort_by_date(candidates: Sequence[Candidate], order: str) -> list[Candidate]:
    """Return the candidates that cover as much as the best, by date; the undated last."""
    best = max((candidate.coverage for candidate in candidates), default=0.0)
    complete = [c for c in candidates if c.coverage >= best and c.is_on_target] or list(candidates)
    dated = [c for c in complete if c.quote.passage.document.date]
    dated.sort(key=lambda c: c.quote.passage.document.date or "", reverse=order == "latest")
    return dated + [c for c in complete if not c.quote.passage.document.date]


def _is_among(quote: Quote, others: Sequence[Quote]) -> bool:
    return any(quote.id == other.id or is_overlapping(quote, other) for other in others)


def _needs_context(question: Question) -> bool:
    return question.is_follow_up or question.refers_back or not question.distinctive_concepts


def _has_subject(question: Question) -> bool:
    return bool(question.concepts or question.voices or question.sides or question.dates or question.order)


def _drop_parts(texts: Iterable[str]) -> tuple[str, ...]:
    """Return each of `texts` once, without those whose words stand in a longer one: "Minister" in "Prime Minister"."""
    words_by_text = {text: frozenset(to_phrase(text)) for text in texts}
    return tuple(
        text for text, words in words_by_text.items() if not any(words < other for other in words_by_text.values())
    )


def _list_inherited(original: Question, answer: Answer) -> tuple[str, ...]:
    """List the words and voices of `answer` that are not in the `original` question, in whatever spelling."""
    original_words = {concept.text for concept in original.concepts} | {voice.name for voice in original.voices}
    original_words.update(_name_dates(original))
    original_words.update(
        word for typed in original_words & answer.corrected.keys() for word in answer.corrected[typed]
    )
    return tuple(word for word in (*answer.searched, *answer.voices) if word not in original_words)
