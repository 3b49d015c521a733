"""Candidates: the quotes that an answer could show, each statement once, its wordings, and its opposite.

An opposite is linked by a topic that the curator named, since shared words alone link unrelated quotes: "live our
lives" and "live facial recognition". For wordings the index finds similar passages and `bot.attribution.paraphrases`
decides, so statements without a word in common are never compared.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from operator import attrgetter
from threading import Lock
from typing import NamedTuple, TypeVar

from cachetools import LRUCache, cachedmethod

from bot.analysis import Analyser, Term
from bot.answers.answer import ChosenQuote
from bot.answers.question import Concept, Question
from bot.answers.question_language import Phrase
from bot.answers.question_parser import QuestionParser
from bot.answers.quoting import SpanCache, expand_to_whole, is_overlapping
from bot.attribution.paraphrases import find_paraphrases
from bot.corpus.stored import is_stored
from bot.model import Document, Kind, Passage, PassageSequence, Quote, Side, Span, Topic, Voice
from bot.search import Index, Query

# Sorts after every date.
UNDATED = "9"
Printing = TypeVar("Printing", "Candidate", ChosenQuote)
_OTHER_SIDE = {Side.FOR: Side.AGAINST, Side.AGAINST: Side.FOR}
# Passages searched for the wordings of a quote: paraphrases share most of their words, so they come first.
_SEARCH_DEPTH = 20
# Enough for the candidates of many questions; an entry is at most some 2 kB. More hold up the garbage collector, as in
# bot/answers/quoting.py.
_MAX_ENTRIES = 1 << 11
# How a half ends whose sentence goes on behind "she said".
_OPEN_ENDS = ",;:–—-"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A quote that could be shown: its coverage, and its relevance (more is better).

    `share` is how much of the question it matches together with the other halves of its utterance; one of two
    alternatives is enough. `rest` are the halves in which its first sentence begins and its last goes on. It `is_loose`
    where it matches mostly by everyday synonyms. `missing` are words of the motion that the question has beside another
    and the quote has not; `unsaid` are matched words that only the voice's role has. `is_on_target` says whether it is
    by, or mentions, the voice or side asked about. `also_in` are the other documents that print the same words,
    earliest first.
    """

    quote: Quote
    score: float
    matched: tuple[Concept, ...]
    coverage: float
    share: float
    relevance: float
    is_on_target: bool
    has_answer_type: bool
    has_caveat: bool
    also_in: tuple[Document, ...] = ()
    missing: tuple[Concept, ...] = ()
    unsaid: tuple[Concept, ...] = ()
    is_loose: bool = False
    rest: tuple[Quote | None, Quote | None] = (None, None)

    @property
    def side(self) -> Side:
        """The side of its voice."""
        return self.quote.passage.side

    @property
    def chosen_quote(self) -> ChosenQuote:
        """The quote as an answer shows it."""
        matched_texts = tuple(concept.text for concept in self.matched)
        return ChosenQuote(self.quote, self.score, matched_texts, self.has_caveat, self.also_in)

    @property
    def chosen_quotes(self) -> tuple[ChosenQuote, ...]:
        """The chosen quote between the halves in `rest`, in the order of the text."""
        opening, ending = (rest and (ChosenQuote(rest, self.score, (), has_caveat=False),) for rest in self.rest)
        return (*(opening or ()), self.chosen_quote, *(ending or ()))


def remove_repeats(candidates: Sequence[Candidate], span_cache: SpanCache) -> list[Candidate]:
    """Return `candidates`, best first, with each place once, and each statement in its earliest printing."""
    selected: list[Candidate] = []
    for candidate in sorted(candidates, key=_is_quoted_in_turn):
        if not any(is_overlapping(candidate.quote, other.quote) for other in selected):
            selected.append(candidate)
    by_relevance = sorted(selected, key=lambda candidate: -candidate.relevance)
    quotes = ((candidate.quote, candidate) for candidate in by_relevance)
    return merge_printings((span_cache.words(quote.passage.document, quote.span), each) for quote, each in quotes)


def _is_quoted_in_turn(candidate: Candidate) -> bool:
    """Return whether a speaker quotes these words: the passage of that speaker has them too."""
    passage = candidate.quote.passage
    return passage.voice is None and passage.turn is not None


def merge_printings(printings: Iterable[tuple[Phrase, Printing]]) -> list[Printing]:
    """Return the earliest printing of each statement, with the other documents that print it, in the given order.

    A statement is words and voice: the same words of two people are two. Where somebody is known to have said the
    words, printings without a certain voice are left out.
    """
    by_words: dict[Phrase, list[list[Printing]]] = {}
    statements: list[list[Printing]] = []
    for words, printing in printings:
        same_words = by_words.setdefault(words, [])
        statement = next((group for group in same_words if _have_same_voice(group[0].quote, printing.quote)), None)
        if statement is None:
            statement = []
            same_words.append(statement)
            statements.append(statement)
        statement.append(printing)
    redundant = {id(group) for groups in by_words.values() for group in _find_uncertain(groups)}
    return [_merge_into_earliest(statement) for statement in statements if id(statement) not in redundant]


def _have_same_voice(quote: Quote, other: Quote) -> bool:
    """Return whether both have the same voice; publications count as one voice, and uncertain speakers as another."""
    voice, other_voice = quote.passage.voice, other.passage.voice
    if voice is None or other_voice is None:
        return voice is other_voice and quote.passage.is_own_words == other.passage.is_own_words
    return voice.is_same_person(other_voice)


def _find_uncertain(groups: Sequence[Sequence[Printing]]) -> Iterator[Sequence[Printing]]:
    """Yield the groups without a certain voice, if another group of the same words has one."""
    passages = [group[0].quote.passage for group in groups]
    if any(passage.voice for passage in passages):
        for group, passage in zip(groups, passages, strict=True):
            if passage.voice is None and not passage.is_own_words:
                yield group


def _merge_into_earliest(printings: Iterable[Printing]) -> Printing:
    """Return the earliest printing, an undated one last, with the other documents that print the statement."""
    first, *others = sorted(printings, key=lambda p: p.quote.passage.document.date or UNDATED)
    if not others:
        return first
    document = first.quote.passage.document
    documents = dict.fromkeys(other.quote.passage.document for other in others)
    return replace(first, also_in=tuple(other for other in documents if other is not document))


class UtteranceIndex:
    """Finds the other halves of an utterance around "he said": quotations of one voice in one paragraph of an article.

    Each half is a quote of its own; what they match of a question is counted together.
    """

    def __init__(self, passages: PassageSequence) -> None:
        self._stored = passages if is_stored(passages) else None
        self._halves: dict[tuple[str, Span], tuple[Passage, ...]] = {}
        if self._stored:
            return
        by_paragraph: defaultdict[tuple[str, int], list[Passage]] = defaultdict(list)
        for passage in passages:
            if passage.kind is Kind.DIRECT and passage.voice and not passage.document.turns:
                by_paragraph[passage.document.sha256, passage.paragraph].append(passage)
        for quotations in by_paragraph.values():
            for passage in quotations:
                if halves := tuple(other for other in quotations if _is_other_half(other, passage)):
                    self._halves[passage.document.sha256, passage.span] = halves

    def find_other_halves(self, passage: Passage) -> tuple[Passage, ...]:
        """Return the other quotations of the voice of `passage` in its paragraph; none if nobody is named."""
        if passage.kind is not Kind.DIRECT or passage.voice is None:
            return ()
        if self._stored:
            return tuple(other for other in self._stored.read_paragraph(passage) if _is_other_half(other, passage))
        return self._halves.get((passage.document.sha256, passage.span), ())

    def find_rest(self, quote: Quote) -> tuple[Quote | None, Quote | None]:
        """Return the halves in which the first sentence of `quote` begins and its last goes on, None for none.

        As in “I train two,” she said, “and both …”: such a half opens with a small letter, or breaks off at a comma.
        """
        halves = self.find_other_halves(quote.passage)
        text, (start, end) = quote.passage.document.text, quote.span
        earlier = [half for half in halves if half.span.end <= start and _breaks_off(text, half.span.end)]
        later = [half for half in halves if half.span.start >= end and text[half.span.start].islower()]
        is_begun = text[start].islower() and start == quote.passage.span.start
        is_open = _breaks_off(text, end) and end == quote.passage.span.end
        opening = max(earlier, key=attrgetter("span"), default=None) if is_begun else None
        ending = min(later, key=attrgetter("span"), default=None) if is_open else None
        return Quote(opening, opening.span) if opening else None, Quote(ending, ending.span) if ending else None


def _breaks_off(text: str, end: int) -> bool:
    """Return whether the words up to `end` stop in the middle of a sentence."""
    return text[end - 1] in _OPEN_ENDS or text[end - 1].isalnum()


def _is_other_half(one: Passage, other: Passage) -> bool:
    """Return whether two quotations of a paragraph are by one voice, one after the other on the same line."""
    first, second = sorted((one.span, other.span))
    is_beside = first.end <= second.start and "\n" not in one.document.text[first.end : second.start]
    return is_beside and bool(one.voice and other.voice and one.voice.is_same_person(other.voice))


class WordingFinder:
    """Finds the wordings of what a quote states, the quote among them.

    The stems of up to `max_entries` passages are kept; the least recently used are forgotten first.
    """

    def __init__(self, index: Index, analyser: Analyser, language: str, max_entries: int = _MAX_ENTRIES) -> None:
        self._index = index
        self._analyser = analyser
        self._language = language
        self._stems_cache: LRUCache[tuple[str, Span], frozenset[str]] = LRUCache(max_entries)
        self._lock = Lock()

    def find(self, quote: Quote) -> tuple[Quote, ...]:
        """Find the wordings of the statement in `quote`, itself among them; none if there is only one.

        Each is the whole sentences in which it is printed. They come pair by pair, the earlier of each first.
        """
        voice = quote.passage.voice
        return () if voice is None else self._find_among(quote, voice, self._find_similar_passages(quote))

    def find_reworded(self, quotes: Sequence[Quote], others: Sequence[Passage]) -> set[str]:
        """Return the ids of those of `quotes` of which one of `others` prints another wording.

        Nothing is searched, so an answer can say so of its own candidates.
        """
        reworded = set()
        for quote in quotes:
            own, voice = quote.passage, quote.passage.voice
            same_voice = [o for o in others if o is not own and voice and _is_same_voice(o, voice)]
            similar = [other for other in same_voice if self._are_alike(other, own)]
            if voice and similar and self._find_among(quote, voice, sorted([own, *similar], key=_sort_key)):
                reworded.add(quote.id)
        return reworded

    def _are_alike(self, one: Passage, other: Passage) -> bool:
        """Return whether the passages share half of the stems of the shorter one."""
        stems, other_stems = self._read_stems(one), self._read_stems(other)
        return 2 * len(stems & other_stems) >= min(len(stems), len(other_stems))

    @cachedmethod(attrgetter("_stems_cache"), key=lambda _, p: (p.document.sha256, p.span), lock=attrgetter("_lock"))
    def _read_stems(self, passage: Passage) -> frozenset[str]:
        """Return the stems of the content words of `passage`; cached."""
        return frozenset(word.stem for word in self._analyser.content_words(passage.document.text, passage.span))

    def _find_among(self, quote: Quote, voice: Voice, similar: Sequence[Passage]) -> tuple[Quote, ...]:
        """Find the wordings of `quote`, by `voice`, among `similar` passages, sorted by `_sort_key`."""
        passages = [passage for passage in similar if _is_same_voice(passage, voice)]
        # A body and those who speak for it count as one here, so all are given its voice.
        comparable = [replace(passage, voice=Voice(voice.name)) for passage in passages]
        wordings: dict[str, Quote] = {}
        for group in (comparable, *self._pair_fragments(comparable)):
            for first, second, spans in find_paraphrases(group, self._language):
                pair = (
                    _expand_to_sentences(passages, first, spans[0]),
                    _expand_to_sentences(passages, second, spans[1]),
                )
                if any(is_overlapping(quote, wording) for wording in pair):
                    wordings |= {wording.id: wording for wording in pair}
        return tuple(wordings.values())

    def _find_similar_passages(self, quote: Quote) -> list[Passage]:
        """Return the passages that share most stems with a quote, its own too, sorted by `_sort_key`."""
        text = quote.passage.document.text
        stems = {term.stem: 1.0 for term in self._analyser.terms(text, quote.span)}
        similar = [hit.passage for hit in self._index.search(Query(stems), _SEARCH_DEPTH)]
        unique = {_sort_key(passage): passage for passage in (quote.passage, *similar)}
        return [unique[key] for key in sorted(unique)]

    def _pair_fragments(self, passages: Sequence[Passage]) -> Iterator[list[Passage]]:
        """Yield pairs: a fragment, and a passage that it may be taken from, narrowed to the words taken.

        A few words can only be compared with equally few.
        """
        for fragment in passages:
            if fragment.kind is Kind.FRAGMENT:
                others = (other for other in passages if other is not fragment)
                for other in others:
                    if span := self._locate_excerpt(fragment, other):
                        yield [fragment, replace(other, span=span)]

    def _locate_excerpt(self, fragment: Passage, other: Passage) -> Span | None:
        """Return the stretch of `other` from the first to the last word that `fragment` has too; None for none."""
        fragment_stems = [term.stem for term in self._list_terms(fragment)]
        other_terms = self._list_terms(other)
        other_stems = [term.stem for term in other_terms]
        # Loaded when a quote is looked at more closely, not at every start.
        blocks = import_module("rapidfuzz.distance.LCSseq").opcodes(fragment_stems, other_stems)
        matches = [block for block in blocks if block.tag == "equal"]
        if not matches:
            return None
        first, last = matches[0].dest_start, matches[-1].dest_end - 1
        return Span(other_terms[first].start, other_terms[last].end)

    def _list_terms(self, passage: Passage) -> list[Term]:
        """List the content words of a passage with their places."""
        return list(self._analyser.terms(passage.document.text, passage.span))


def _expand_to_sentences(passages: Sequence[Passage], passage: Passage, span: Span) -> Quote:
    """Return the quote of the whole sentences that hold `span`, from the passage as indexed."""
    source_passage = next(
        candidate
        for candidate in passages
        if candidate.document is passage.document and candidate.frame == passage.frame
        if candidate.span.start <= span.start and span.end <= candidate.span.end
    )
    return Quote(source_passage, expand_to_whole(source_passage, span))


def _sort_key(passage: Passage) -> tuple[str, str, int, int, str]:
    """Return a key that sorts passages by date, undated first, then by document, place and kind."""
    document = passage.document
    return (document.date or "", document.sha256, *passage.span, passage.kind)


def _is_same_voice(passage: Passage, voice: Voice) -> bool:
    """Return whether `passage` is by `voice`, by its organisation, or by a member of it."""
    other = passage.voice
    if other is None:
        return False
    return voice.name in {other.name, *other.bodies} or other.name in voice.bodies


class Opposite(NamedTuple):
    """The other side's best `candidate` on a topic of `quote`; None where it says nothing.

    `side` is the other side, None for a quote on neither. `topics` are those of the quote, `topic` is the one that
    links the two, and `shared_words` are the distinctive words that both have.
    """

    quote: Quote
    side: Side | None
    topics: tuple[str, ...] = ()
    topic: str | None = None
    shared_words: tuple[str, ...] = ()
    candidate: Candidate | None = None


class OppositeFinder:
    """Finds opposites among the passages of one corpus."""

    def __init__(
        self, topics: Sequence[Topic], parser: QuestionParser, rank: Callable[[Question], Sequence[Candidate]]
    ) -> None:
        self._topics = topics
        self._topic_stems = {
            topic: [frozenset(parser.vocabulary.content_stems(word)) for word in (topic.name, *topic.words)]
            for topic in topics
        }
        self._parser = parser
        self._rank = rank
        self._cache: LRUCache[str, tuple[Topic, ...]] = LRUCache(_MAX_ENTRIES)
        self._lock = Lock()

    def find(self, quote: Quote) -> Opposite:
        """Find the opposite that shares most words with `quote`, over all its topics.

        Of equal ones the topic listed first wins, then the quote ranked higher.
        """
        side = _OTHER_SIDE.get(quote.passage.side)
        topics = self.find_topics(quote)
        names = tuple(topic.name for topic in topics)
        opposites = [
            Opposite(quote, side, names, topic.name, self._find_shared_words(quote, candidate.quote), candidate)
            for topic in topics
            for candidate in self._find_candidates(topic, side)
        ]
        best = max(opposites, key=lambda opposite: len(opposite.shared_words), default=None)
        return best or Opposite(quote, side, names)

    @cachedmethod(attrgetter("_cache"), key=lambda _, quote: quote.id, lock=attrgetter("_lock"))
    def find_topics(self, quote: Quote) -> tuple[Topic, ...]:
        """Find the topics that `quote` is on, in the curator's order."""
        stems = frozenset(self._parser.vocabulary.content_stems(quote.text))
        return tuple(topic for topic in self._topics if self._is_on_topic(topic, stems))

    def _is_on_topic(self, topic: Topic, stems: frozenset[str]) -> bool:
        """Whether all stems of one of the topic's words are among `stems`."""
        return any(term and term <= stems for term in self._topic_stems[topic])

    def _find_candidates(self, topic: Topic, side: Side | None) -> Iterator[Candidate]:
        """Yield what `side` says on `topic`, best first."""
        for candidate in self._rank(self._parser.parse(topic.name)):
            stems = frozenset(self._parser.vocabulary.content_stems(candidate.quote.text))
            if candidate.side is side and self._is_on_topic(topic, stems):
                yield candidate

    def _find_shared_words(self, quote: Quote, other: Quote) -> tuple[str, ...]:
        """Find the words of `other` that are distinctive in this debate and occur in `quote` too."""
        quote_words = self._parser.distinctive_words(quote.text)
        return tuple(word for stem, word in self._parser.distinctive_words(other.text).items() if stem in quote_words)
