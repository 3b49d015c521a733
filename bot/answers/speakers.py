"""The speakers of a corpus: their quotes in chronological order, and whom a pronoun means after other questions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from operator import attrgetter
from threading import Lock

from cachetools import LRUCache, cachedmethod

from bot.answers.answer import Answer, ChosenQuote, VoiceFacts
from bot.answers.candidates import UNDATED, merge_printings
from bot.answers.question import Question, SpeakerQuery
from bot.answers.question_language import Phrase, to_phrase
from bot.answers.question_parser import QuestionParser
from bot.answers.question_tables import load_question_language
from bot.answers.quoting import QuoteLengths, has_caveat, select_quote
from bot.answers.ranking import Ranker
from bot.model import Corpus, Kind, Quote, Side, VoiceEntry

# Voices whose quotes are kept: some hundred bytes a quote, and 2,500 take a quarter of a second to select.
_MAX_CACHED_VOICES = 16
# Three quotes of usual length fit a phone's screen, and leave a glance at the buttons.
PAGE_SIZE = 3


@dataclass(frozen=True, slots=True)
class SpeakerPage:
    """One page of a voice's quotes: number `first` and following of `total`, oldest first.

    `choices` are the voices that an ambiguous name may mean; then there are no quotes. `sides` are those of all its
    quotes, in their order. Where it spoke on both sides of the motion on the topic (`has_pair`), the last quote before
    the change and the first after it come first. `expanded` and `unmatched` concern the topic, as in an answer.
    """

    voice: str = ""
    side: Side = Side.NEITHER
    topic: str = ""
    expanded: dict[str, tuple[str, ...]] = field(default_factory=dict)
    unmatched: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    quotes: tuple[ChosenQuote, ...] = ()
    first: int = 1
    total: int = 0
    sides: tuple[Side, ...] = ()
    has_pair: bool = False

    @property
    def page(self) -> int:
        """The number of this page, from 1."""
        return (self.first - 1) // PAGE_SIZE + 1

    @property
    def has_more(self) -> bool:
        """Whether another page follows."""
        return self.first + len(self.quotes) <= self.total


class SpeakerSearch:
    """Finds the quotes of each voice of one corpus."""

    def __init__(self, corpus: Corpus, parser: QuestionParser, ranker: Ranker, lengths: QuoteLengths) -> None:
        self._voices = {voice.name: voice for voice in reversed(corpus.voices)}
        self._parser = parser
        self._ranker = ranker
        self._lengths = lengths
        self._language = load_question_language(corpus.language)
        # If several documents have the same text, the first counts.
        documents = reversed(list(enumerate(corpus.documents)))
        self._document_order = {document.sha256: order for order, document in documents}
        self._passages = corpus.passages.by_name
        # Cached quotes hold their documents, which a corpus stored with its index does not keep in memory.
        self._cache: LRUCache[str, list[ChosenQuote]] = LRUCache(_MAX_CACHED_VOICES if corpus.passages.is_held else 0)
        self._lock = Lock()

    def find_entry(self, name: str) -> VoiceEntry:
        """Return the voice of this name as the curator lists it, or as the sources print it."""
        if entry := self._voices.get(name):
            return entry
        voice = next((p.voice for p in self._passages.get(name, ()) if p.voice and p.voice.name == name), None)
        return VoiceEntry(name, role=voice.role, organisation=voice.organisation) if voice else VoiceEntry(name)

    def filter_people(self, names: Iterable[str], sex: str | None = None) -> list[str]:
        """Return those of `names` that are people, each once; with `sex`, single people whose name does not deny it."""
        index = self._parser.names
        people = [name for name in dict.fromkeys(names) if index.is_person(self.find_entry(name))]
        return [
            name
            for name in people
            if sex is None or (sex == (index.find_sex(name) or sex) and not index.is_of_several(name))
        ]

    def describe(self, voice: VoiceEntry) -> VoiceFacts:
        """Return who `voice` is, how often it is quoted, and from when to when."""
        entry = self.find_entry(voice.name)
        passages = [p for p in self._passages.get(voice.name, ()) if p.kind is not Kind.NARRATION]
        dates = sorted(date for passage in passages if (date := passage.document.date))
        return VoiceFacts(
            entry.name,
            entry.role,
            entry.organisation,
            passages[0].side if passages else entry.side or Side.NEITHER,
            len(self._select_all_quotes(voice.name)),
            dates[0] if dates else None,
            dates[-1] if dates else None,
        )

    def find_page(self, query: SpeakerQuery, page: int = 1) -> SpeakerPage:
        """Find one page of the quotes asked for, or the voices to choose from where several names fit.

        A page beyond the last is the last.
        """
        if len(query.names) > 1:
            return SpeakerPage(choices=query.names, topic=query.topic)
        [name] = query.names
        question = self._parser.parse(query.topic)
        quotes = self._find_quotes_about(name, question) if query.topic else self._select_all_quotes(name)
        sorted_quotes = sorted(quotes, key=self._chronological_key)
        sides = tuple(dict.fromkeys(chosen.quote.passage.side for chosen in sorted_quotes))
        pair = _find_pair(sorted_quotes) if query.topic else []
        sorted_quotes = [*pair, *(chosen for chosen in sorted_quotes if not any(chosen is each for each in pair))]
        last_page = max(1, -(-len(sorted_quotes) // PAGE_SIZE))
        start = (min(max(page, 1), last_page) - 1) * PAGE_SIZE
        matched_words = {word for chosen in quotes for word in chosen.matched}
        passages = self._passages.get(name)
        return SpeakerPage(
            name,
            passages[0].side if passages else Side.NEITHER,
            query.topic,
            expanded={c.text: c.expansions for c in question.concepts if c.expansions},
            unmatched=tuple(c.text for c in question.distinctive_concepts if c.text not in matched_words),
            # Only what is shown is checked again: each check hashes a paragraph, and a voice may have thousands.
            quotes=tuple(chosen for chosen in sorted_quotes[start : start + PAGE_SIZE] if chosen.quote.is_intact),
            first=start + 1,
            total=len(sorted_quotes),
            sides=sides,
            has_pair=bool(pair) and start == 0,
        )

    @cachedmethod(attrgetter("_cache"), lock=attrgetter("_lock"))
    def _select_all_quotes(self, name: str) -> list[ChosenQuote]:
        """Select a quote of each intact passage of a voice; of words printed twice, the earliest printing.

        Cached for the voices asked after last.
        """
        printings: list[tuple[Phrase, ChosenQuote]] = []
        for passage in self._passages.get(name, ()):
            quote = select_quote(passage, self._lengths)
            if quote is not None and quote.is_intact:
                is_limited = has_caveat(quote, self._language.caveat)
                words = to_phrase(passage.document.text[slice(*quote.span)])
                printings.append((words, ChosenQuote(quote, 0.0, has_caveat=is_limited)))
        return merge_printings(printings)

    def _find_quotes_about(self, name: str, topic: Question) -> list[ChosenQuote]:
        """Return the quotes of a voice that share a concept with `topic`, best first."""
        question = replace(topic, voices=(self._voices.get(name, VoiceEntry(name)),))
        return [
            candidate.chosen_quote
            for candidate in self._ranker.rank(question)
            if candidate.matched and candidate.quote.passage.is_spoken_by([name])
        ]

    def _chronological_key(self, chosen: ChosenQuote) -> tuple[str, int, int]:
        """Return a key that sorts by date, undated last; of one date by the corpus's order, then by place."""
        document = chosen.quote.passage.document
        order = self._document_order[document.sha256]
        return (document.date or UNDATED, order, chosen.quote.span.start)


def _find_pair(quotes: Sequence[ChosenQuote]) -> list[ChosenQuote]:
    """Return the first two dated quotes, next to each other in time, of which one is FOR and one AGAINST, if any."""
    sided = [c for c in quotes if c.quote.passage.document.date and c.quote.passage.side is not Side.NEITHER]
    pairs = pairwise(sided)
    return next(([one, other] for one, other in pairs if one.quote.passage.side is not other.quote.passage.side), [])


@dataclass(frozen=True, eq=False)
class EarlierQuestions:
    """The questions of a `history` that come before one, oldest first, and the quotes `shown` last, where known.

    A corpus's `parser`, speakers and `listed_names` say what they ask and whom they mean; `answer` answers one of them
    after those before it.
    """

    history: tuple[str, ...]
    shown: Sequence[Quote] | None
    parser: QuestionParser
    speaker_search: SpeakerSearch
    listed_names: tuple[str, ...]
    answer: Callable[[str, Sequence[str]], Answer]

    def _drop_last(self) -> EarlierQuestions:
        """Return a copy without the last question and the quotes shown for it."""
        return replace(self, history=self.history[:-1], shown=None)

    @cached_property
    def question(self) -> Question:
        """The last question, with what it takes from those before it."""
        if not self.history:
            return Question("")
        earlier = self._drop_last()
        question = earlier.resolve_pronoun(self.parser.parse(self.history[-1]))
        # "Why?" asks nothing of its own, so it still asks what came before.
        return question if question.distinctive_concepts else question.with_concepts_of(earlier.question)

    @cached_property
    def quotes(self) -> tuple[Quote, ...]:
        """The quotes of the last answer; where they are not given, its question is answered again."""
        if self.shown or not self.history:
            return tuple(self.shown or ())
        answer = self.answer(self.history[-1], self.history[:-1])
        return tuple(chosen.quote for chosen in answer.quotes)

    @cached_property
    def all_quotes(self) -> tuple[Quote, ...]:
        """The quotes of the last answer and of those before it, oldest answer first."""
        before = self._drop_last().all_quotes if self.history else ()
        return (*before, *self.quotes)

    def list_subjects(self) -> tuple[str, ...]:
        """List what the last question was about, without whom it asked after."""
        return tuple(concept.text for concept in self.question.distinctive_concepts)

    def resolve_pronoun(self, question: Question) -> Question:
        """Return `question` with the one voice its pronoun may mean, else, if it has a subject, the last voices."""
        if question.voices or not question.refers_back or not self.history:
            return question
        names = self.find_referents(question)
        if len(names) == 1:
            return replace(question, voices=(self.speaker_search.find_entry(names[0]),))
        # Several people are possible, and the rest of the question tells them apart: so all of them are asked after.
        return replace(question, voices=self.question.voices) if question.distinctive_concepts else question

    def find_referents(self, question: Question) -> list[str]:
        """Return the people that a pronoun may mean: those named last, else shown last, else all listed ones."""
        named = [voice.name for voice in self.question.voices]
        shown = [quote.passage.voice.name for quote in self.quotes if quote.passage.voice]
        filter_people = self.speaker_search.filter_people
        for names in (named, shown) if self.history else ():
            if people := filter_people(names, question.pronoun_sex):
                return people
        return filter_people(self.listed_names, question.pronoun_sex)


def mark_inherited(original: Question, answer: Answer) -> Answer:
    """Return `answer` with its words and voices marked as inherited that are not in the `original` question."""
    original_words = {concept.text for concept in original.concepts} | {voice.name for voice in original.voices}
    if original.dates:
        original_words.add(original.dates.text)
    original_words.update(
        word for typed in original_words & answer.corrected.keys() for word in answer.corrected[typed]
    )
    inherited = tuple(word for word in (*answer.searched, *answer.voices) if word not in original_words)
    return replace(answer, inherited=inherited)
