"""Questions to answers: alone, after others, while they are typed, as a card, or by sides; and quotes found again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import replace
from functools import cached_property
from itertools import islice, zip_longest
from types import MappingProxyType

from bot.analysis import Analyser
from bot.answers.answer import Answer, AnswerNote, Card, ChosenQuote, Status
from bot.answers.answer_builder import AnswerBuilder, AnswerOptions, PageSize, is_among
from bot.answers.balance import arrange_pairs, find_silent_sides, pair_by_sides
from bot.answers.candidates import Opposite, OppositeFinder, WordingFinder
from bot.answers.lookup import QuoteLookup, filter_index
from bot.answers.question import Question, SpeakerQuery
from bot.answers.question_language import ABOUT, CORPUS, COURTESY
from bot.answers.question_parser import QuestionParser
from bot.answers.ranking import Ranker
from bot.answers.speakers import EarlierQuestions, SpeakerPage, SpeakerSearch, mark_inherited
from bot.answers.word_variants import is_word
from bot.errors import SearchError
from bot.model import Corpus, Passage, Quote, Side, Span
from bot.search import Index

# As many names as a phone shows as buttons without scrolling.
_MAX_CHOICES = 6
# A card says who somebody is; two quotes show how they are named or heard.
_MAX_CARD_QUOTES = 2

# A question parsed before it is answered, to see what it asks: parsing every question twice took a sixth of the CPU of
# an answer in Telegram (python -m tests.benchmarks.telegram). It ends with the task that handles the question, so
# nobody's words are kept.
_parsed_ahead: ContextVar[tuple[QuestionParser, Question] | None] = ContextVar("parsed_ahead", default=None)


class Answerer:
    """Answers questions put to one corpus through one index; immutable once made."""

    def __init__(
        self,
        corpus: Corpus,
        index: Index,
        analyser: Analyser,
        options: AnswerOptions | None = None,
        answerable: Mapping[str, bool] = MappingProxyType({}),
    ) -> None:
        """Hold these; `answerable` says of each topic searched for so far whether it has an answer."""
        self._corpus, self._index, self._analyser = corpus, index, analyser
        self._options = options = options or AnswerOptions()
        self._parser = QuestionParser(corpus, analyser, index.idf)
        self._ranker = Ranker(corpus, index, analyser, options.depth, options.lengths)
        self._speaker_search = SpeakerSearch(corpus, self._parser, self._ranker, options.lengths)
        self._opposite_finder = OppositeFinder(corpus.topics, self._parser, self._ranker.rank)
        self._wording_finder = WordingFinder(index, analyser, corpus.language)
        self._builder = AnswerBuilder(
            corpus.name,
            self._parser,
            self._ranker,
            self._wording_finder,
            options,
            tuple(topic.name for topic in corpus.topics),
            dict(answerable),
        )

    def restrict_to(self, corpus: Corpus, nameless: Mapping[int, Passage | None] | None = None) -> Answerer:
        """Return an answerer of `corpus` alone: this one's, with some passages withheld.

        `nameless` maps the `id()` of a passage to the one shown for it where its speaker is not named. Withholding does
        not wait for an index that cannot be searched now: then the topics stay as they were.
        """
        filtered_index = filter_index(self._index, self._corpus, corpus, nameless or {})
        restricted = Answerer(corpus, filtered_index, self._analyser, self._options)
        try:
            restricted.search_topics()
        except SearchError:
            return Answerer(corpus, filtered_index, self._analyser, self._options, self._builder.answerable)
        return restricted

    def answer(
        self,
        text: str,
        history: Sequence[str] = (),
        page: int = 1,
        limit: PageSize = PageSize(),  # noqa: B008 - a value that nobody can change
        shown: Sequence[Quote] | None = None,
    ) -> Answer:
        """Return one page of the answer to `text`; `history` holds earlier questions, oldest first.

        A follow-up keeps the voice that its pronoun stands for. It keeps the words asked before only when it leans on
        them and its own do not stand alone; then it repeats none of `shown`, the quotes of the answer it follows (found
        again where they are not given). `limit` is how long a page may be; a page beyond the last is the last.
        """
        limit = limit._replace(quotes=limit.quotes or self._options.page_size)
        original = self._find_parsed(text) or self._parser.parse(text)
        earlier = self._look_back(history, shown)
        if answer := self._open_door(original, earlier):
            return answer
        question = earlier.resolve_pronoun(original) if original.refers_back else original
        if question.refers_back and (question.is_bare or (question.asks_after_pronoun and not question.voices)):
            return self._build_referent_choice(question, earlier)
        if question.ambiguous_names:
            return self._build_name_choice(question, earlier, limit)
        if question.is_identity:
            return self._build_voice_card(question, page, limit)
        answer = self._builder.build(question, page, limit)
        if not history:
            return answer
        return self._follow_up(original, question, earlier, answer, (page, limit))

    def _follow_up(
        self,
        original: Question,
        question: Question,
        earlier: EarlierQuestions,
        standalone_answer: Answer,
        place: tuple[int, PageSize],
    ) -> Answer:
        """Return the answer to a question after others, alone or with their words; `place` is its page and limit."""
        standalone_answer = mark_inherited(original, standalone_answer)
        # "And the police?" names a voice and nothing to ask it about.
        is_complete = bool(question.distinctive_concepts or question.answer_types) or not question.is_follow_up
        names_target = bool(original.voices or original.sides) and not question.is_follow_up
        if (
            (standalone_answer.status is Status.ANSWERED and is_complete and not original.is_bare)
            or question.is_task
            or names_target
            or not question.needs_context
        ):
            return standalone_answer
        combined_question = question.with_concepts_of(earlier.question)
        if not original.is_bare:
            combined_answer = self._builder.build(combined_question, *place)
            is_kept = combined_answer.status is not Status.ABSTAINED
            return mark_inherited(original, combined_answer) if is_kept else standalone_answer
        return self._build_new_answer(original, question, combined_question, earlier, place)

    def _build_new_answer(
        self,
        original: Question,
        question: Question,
        combined_question: Question,
        earlier: EarlierQuestions,
        place: tuple[int, PageSize],
    ) -> Answer:
        """Return new quotes for a follow-up that names nothing: on what was asked, else of its `answer_types`."""
        for candidate_question in (combined_question, question):
            if candidate_question is question and not (question.voices or self._ranker.has_shape(question)):
                continue
            answer = self._builder.build(candidate_question, *place, excluded=earlier.all_quotes)
            if answer.status is not Status.ABSTAINED:
                return mark_inherited(original, answer)
        was_shown = earlier.quotes or self._builder.build(combined_question, *place).status is not Status.ABSTAINED
        note = AnswerNote.NOTHING_NEW if was_shown else None
        return self._builder.abstain(
            question, note=note, topics=self._builder.select_topics(question, Status.ABSTAINED)
        )

    def answer_by_sides(self, topic: str, page: int = 1) -> Answer:
        """Return each side's best quote of each voice on `topic`, equally many, a page at a time.

        A side that has none is silent, and the other is shown alone.
        """
        question = self._parser.parse(topic)
        answer = self._builder.build(question, 1, PageSize(self._options.page_size))
        if answer.status is Status.ABSTAINED:
            return answer
        close = self._builder.keep_close(question, self._ranker.rank(question))
        pairs = pair_by_sides(close, question.text)
        size = max(1, self._options.page_size // max(map(len, pairs), default=1))
        page = min(max(page, 1), max(1, -(-len(pairs) // size)))
        shown = arrange_pairs(pairs[(page - 1) * size : page * size])
        return replace(
            answer,
            silent_sides=find_silent_sides([candidate for pair in pairs for candidate in pair]),
            quotes=self._builder.choose_quotes(shown, close),
            page=page,
            has_more=page * size < len(pairs),
        )

    def find_matched_words(self, quote: Quote, text: str, history: Sequence[str] = ()) -> tuple[str, ...]:
        """Return the words of `text`, and of the `history` it leans on, that `quote` matches."""
        question = self._parser.parse(text)
        if history and question.needs_context:
            question = question.with_concepts_of(self._look_back(history).question)
        return self._builder.find_matched(question.distinctive_concepts, quote)

    def warm_up(self) -> None:
        """Load what the first question with an unknown word or a phrase would wait for."""
        is_word("", self._corpus.language)
        self._parser.vocabulary.has_phrase(("",))

    def search_topics(self) -> None:
        """Search for each topic now, so that whoever asks for them first does not wait.

        Raises:
            SearchError: the index does not answer.
        """
        self._builder.filter_answerable(self._builder.topics)

    @property
    def answerable_topics(self) -> tuple[str, ...]:
        """The curator's topics that have quotes, in the curator's order."""
        return self._builder.filter_answerable(self._builder.topics)

    def list_completions(self, beginning: str) -> tuple[str, ...]:
        """List words, frequent ones first and one of each stem, then names that begin with `beginning`; not itself."""
        return self._parser.list_completions(beginning)

    def parse_speaker_question(self, question: str) -> SpeakerQuery | None:
        """Parse a question for one voice's quotes; None for any other question."""
        return self._parser.parse_speaker_question(question)

    def parse_name_and_topic(self, text: str) -> SpeakerQuery | None:
        """Parse `NAME [topic]`, longest known name first; None if no name matches."""
        return self._parser.parse_name_and_topic(text)

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
        """Return whether `text` makes sense only after an earlier question, such as "and why is she?"."""
        question = self._parse_ahead(text)
        names_target = bool(question.voices or question.sides or question.dates)
        is_whole = bool(question.distinctive_concepts) or (names_target and not question.is_follow_up)
        return (question.refers_back or not is_whole) and self._parser.find_door(question) is None

    def _parse_ahead(self, text: str) -> Question:
        """Parse `text` before it is answered; the answer, in the same task, need not parse it again."""
        question = self._find_parsed(text) or self._parser.parse(text)
        _parsed_ahead.set((self._parser, question))
        return question

    def _find_parsed(self, text: str) -> Question | None:
        """Return `text` as this task parsed it for this corpus; None if it did not."""
        parser, question = _parsed_ahead.get() or (None, None)
        return question if question and parser is self._parser and question.text == text else None

    def find_quote_at(self, sha256: str, span: Span) -> Quote | None:
        """Find the quote of `span` in the text with this SHA-256, if it can be one."""
        return self._quote_lookup.find_by_span(sha256, span)

    def find_successor(self, sha256: str, span: Span, new_sha256: str, words: str | None) -> Quote | None:
        """Find the quote that now stands for `span` of the text with that SHA-256, whose words were `words`.

        In the same text it is the quote at that place; in a new one the quote of the same words, whatever their marks,
        blanks and punctuation.
        """
        if sha256 == new_sha256:
            return self._quote_lookup.find_covering(sha256, span)
        if not words:
            return None
        lookup = self._quote_lookup
        return lookup.find_by_text(new_sha256, words) or lookup.find_by_letters(new_sha256, words)

    @cached_property
    def _quote_lookup(self) -> QuoteLookup:
        """Every quote of the corpus, by id, place or words."""
        return QuoteLookup(self._corpus.passages, self._options.lengths)

    def _look_back(self, history: Sequence[str], shown: Sequence[Quote] | None = None) -> EarlierQuestions:
        """Return what was asked before a question; each part is worked out when needed."""
        listed_names = tuple(voice.name for voice in self._corpus.voices)
        return EarlierQuestions(tuple(history), shown, self._parser, self._speaker_search, listed_names, self.answer)

    def _open_door(self, question: Question, earlier: EarlierQuestions) -> Answer | None:
        """Return the reply to a question that asks nothing about the debate; None for any other."""
        if not question.has_words:
            return self._builder.abstain(question, note=AnswerNote.NO_WORDS)
        door = self._parser.find_door(question)
        if door == CORPUS:
            quotes = self._choose_one_per_side(earlier.quotes)
            return replace(
                self._builder.abstain(question, card=Card.CORPUS, topics=self.answerable_topics), quotes=tuple(quotes)
            )
        note = {ABOUT: AnswerNote.ABOUT, COURTESY: AnswerNote.COURTESY}.get(door or "")
        return self._builder.abstain(question, note=note) if note else None

    def _choose_one_per_side(self, excluded: Sequence[Quote]) -> Iterator[ChosenQuote]:
        """Yield the best quote of each side on the debate as a whole, FOR first, that is not among `excluded`."""
        candidates = [c for c in self._ranker.rank(Question("")) if not is_among(c.quote, excluded)]
        for side in (Side.FOR, Side.AGAINST):
            yield from [candidate.chosen_quote for candidate in candidates if candidate.side is side][:1]

    def _build_referent_choice(self, question: Question, earlier: EarlierQuestions) -> Answer:
        """Build a choice of the voices that a pronoun may mean, with the subject of this question or of the last."""
        choices = tuple(earlier.find_referents(question)[:_MAX_CHOICES])
        subjects = tuple(concept.text for concept in question.distinctive_concepts) or earlier.list_subjects()
        return self._builder.abstain(question, card=Card.CHOICE, choices=choices, inherited=subjects)

    def _build_name_choice(self, question: Question, earlier: EarlierQuestions, limit: PageSize) -> Answer:
        """Build a choice of the voices that a name may mean, with quotes on the rest of the question.

        If only one of them is quoted on it, that one is meant, and the quotes are the answer.
        """
        answer = self._builder.build(question, 1, limit)
        names = question.ambiguous_names
        speakers = {c.quote.passage.voice.name for c in answer.quotes if c.quote.passage.voice}
        if question.distinctive_concepts and answer.status is Status.ANSWERED and len(speakers & {*names}) == 1:
            return answer
        has_subject = bool(question.distinctive_concepts)
        return replace(
            answer,
            status=Status.ABSTAINED,
            card=Card.CHOICE,
            choices=names[:_MAX_CHOICES],
            quotes=answer.quotes if has_subject else (),
            inherited=() if has_subject else earlier.list_subjects(),
        )

    def _build_voice_card(self, question: Question, page: int, limit: PageSize) -> Answer:
        """Return who a voice is, by the curator's data, with what the sources say of it."""
        [voice] = question.voices
        answer = self._builder.build(question, page, limit.limit_quotes(_MAX_CARD_QUOTES))
        facts = self._speaker_search.describe(voice)
        return replace(answer, status=Status.ABSTAINED, card=Card.VOICE, voice_facts=facts)


# Fewer letters begin too many words.
_MIN_LETTERS = 3
# Each word that may be meant is answered by itself: some 100 ms for all of them at 100,000 passages.
MAX_COMPLETIONS = 24
_LAST_WORD = re.compile(r"[^\W\d_][\w’'-]*$")


def answer_beginning(answerer: Answerer, text: str, page: int, page_size: int) -> Answer:
    """Return one page of the answer to `text`, whose last word may still be incomplete.

    The first page has the quotes of `text` itself and the first quote for each completion of its last word, so that
    nothing vanishes between two letters; these may make it longer than `page_size`.
    """
    size = PageSize(page_size)
    answer = answerer.answer(text, (), page, size)
    match = _LAST_WORD.search(text)
    if page > 1 or match is None or len(match.group()) < _MIN_LETTERS:
        return answer
    words = answerer.list_completions(match.group())[:MAX_COMPLETIONS]
    answers = [answerer.answer(text[: match.start()] + word, (), 1, size) for word in words]
    answers = [each for each in answers if each.status is not Status.ABSTAINED]
    if not answers:
        return answer
    if answer.status is Status.ABSTAINED:
        answer = replace(answers[0], question=text, quotes=(), has_more=False)
    # What comes on a later page anyway is not shown twice.
    own_quotes = [*answer.quotes, *_list_later(answerer, text, answer, size)]
    quotes = [*answer.quotes, *_pick_first_of_each(own_quotes, answers)]
    rest = (chosen for row in zip_longest(*(each.quotes for each in answers)) for chosen in row if chosen)
    further = _drop_repeated(rest, [*own_quotes, *quotes])
    return replace(answer, quotes=(*quotes, *islice(further, max(0, page_size - len(quotes)))))


def _list_later(answerer: Answerer, text: str, answer: Answer, size: PageSize) -> Iterator[ChosenQuote]:
    """Yield the quotes of the pages behind `answer`."""
    while answer.has_more:
        answer = answerer.answer(text, (), answer.page + 1, size)
        yield from answer.quotes


def _pick_first_of_each(own_quotes: Iterable[ChosenQuote], answers: Iterable[Answer]) -> Iterator[ChosenQuote]:
    """Yield the first quote of each answer that has none of `own_quotes` and none of those yielded."""
    shown = {chosen.quote.id for chosen in own_quotes}
    for answer in answers:
        if shown.isdisjoint(chosen.quote.id for chosen in answer.quotes):
            shown.add(answer.quotes[0].quote.id)
            yield answer.quotes[0]


def _drop_repeated(quotes: Iterable[ChosenQuote], shown: Iterable[ChosenQuote]) -> Iterator[ChosenQuote]:
    """Yield the quotes that are not among `shown`, each once."""
    ids = {chosen.quote.id for chosen in shown}
    for chosen in quotes:
        if chosen.quote.id not in ids:
            ids.add(chosen.quote.id)
            yield chosen
