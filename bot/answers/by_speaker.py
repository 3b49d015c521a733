"""What one voice said, in order of time: the whole of it, or what touches a topic."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from bot.answers.answer import ChosenQuote
from bot.answers.question_language import Phrase, load_question_language, to_phrase
from bot.answers.quoting import has_caveat, select_quote
from bot.model import Side, VoiceEntry

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bot.answers.question import Question
    from bot.answers.question_parser import QuestionParser
    from bot.answers.quoting import QuoteLengths
    from bot.answers.ranking import Ranker
    from bot.model import Corpus, Passage

PAGE_SIZE = 3
# Sorts after every date.
_UNDATED = "9"


class SpeakerQuery(NamedTuple):
    """Whom a line asks after, and about what ("" for everything)."""

    names: tuple[str, ...]
    topic: str = ""


@dataclass(frozen=True, slots=True)
class SpeakerPage:
    """One page of what a voice said: quotes `first` and following of `total`, oldest first.

    `choices` are the voices a name may mean where it means more than one; then
    there are no quotes. `expanded` and `unmatched` are of the topic, as in an answer.
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

    @property
    def page(self) -> int:
        """Which page this is, from 1."""
        return (self.first - 1) // PAGE_SIZE + 1

    @property
    def has_more(self) -> bool:
        """Whether another page follows."""
        return self.first + len(self.quotes) <= self.total

    @property
    def is_fully_dated(self) -> bool:
        """Whether every document quoted here gives its date."""
        return all(chosen.quote.passage.document.date for chosen in self.quotes)


class SpeakerSearch:
    """Finds what the voices of one corpus said."""

    def __init__(
        self, corpus: Corpus, parser: QuestionParser, ranker: Ranker, lengths: QuoteLengths
    ) -> None:
        self._corpus = corpus
        self._parser = parser
        self._ranker = ranker
        self._lengths = lengths
        self._names = tuple(dict.fromkeys(_iter_names(corpus)))
        self._language = load_question_language(corpus.language)
        # Reversed, so that of two copies of one text the first decides.
        self._document_order = {
            document.sha256: order for order, document in reversed([*enumerate(corpus.documents)])
        }

    def parse_question(self, question: str) -> SpeakerQuery | None:
        """Return whom a question such as "what did NAME say about TOPIC?" asks after, if it does.

        None where nobody here is called so: then it is a question like any other.
        """
        text = " ".join(question.split()).strip(" ?!.")
        matches = (pattern.fullmatch(text) for pattern in self._language.by_speaker_patterns)
        match = next(filter(None, matches), None)
        if match is None:
            return None
        names = self._resolve_name(to_phrase(match["name"]))
        return SpeakerQuery(names, match["topic"] or "") if names else None

    def parse_name_and_topic(self, text: str) -> SpeakerQuery | None:
        """Return whom `NAME [topic]` asks after, the name as long as it may be; None for nobody."""
        words = text.split()
        for size in range(len(words), 0, -1):
            if names := self._resolve_name(to_phrase(" ".join(words[:size]))):
                return SpeakerQuery(names, " ".join(words[size:]))
        return None

    def find_page(self, query: SpeakerQuery, page: int = 1) -> SpeakerPage:
        """Return one page of what was wanted; a page beyond the last is the last."""
        if len(query.names) > 1:
            return SpeakerPage(choices=query.names, topic=query.topic)
        [name] = query.names
        question = self._parser.parse(query.topic)
        quotes = (
            self._find_quotes_about(name, question) if query.topic else self._find_all_quotes(name)
        )
        sorted_quotes = sorted(quotes, key=self._chronological_key)
        last_page = max(1, -(-len(sorted_quotes) // PAGE_SIZE))
        start = (min(max(page, 1), last_page) - 1) * PAGE_SIZE
        matched_words = {word for chosen in quotes for word in chosen.matched}
        return SpeakerPage(
            name,
            self._find_side(name),
            query.topic,
            expanded={c.text: c.expansions for c in question.concepts if c.expansions},
            unmatched=tuple(
                c.text for c in question.distinctive_concepts if c.text not in matched_words
            ),
            quotes=tuple(sorted_quotes[start : start + PAGE_SIZE]),
            first=start + 1,
            total=len(sorted_quotes),
        )

    def _find_all_quotes(self, name: str) -> list[ChosenQuote]:
        """Return every quote of the voice, words printed twice only where they first were."""
        by_words: dict[Phrase, list[ChosenQuote]] = {}
        for passage in self._iter_passages(name):
            shown = select_quote(passage, self._lengths, lambda _: 0.0)
            if shown is not None and shown.is_intact:
                chosen = ChosenQuote(
                    shown, 0.0, has_caveat=has_caveat(shown, self._language.caveat)
                )
                by_words.setdefault(to_phrase(shown.text), []).append(chosen)
        return [_merge_printings(group) for group in by_words.values()]

    def _find_quotes_about(self, name: str, topic: Question) -> list[ChosenQuote]:
        question = replace(topic, voices=(self._find_voice(name),))
        return [
            candidate.chosen_quote
            for candidate in self._ranker.rank(question)
            if candidate.matched and _is_spoken_by(candidate.quote.passage, name)
        ]

    def _resolve_name(self, normalised_words: Phrase) -> tuple[str, ...]:
        """Return the voices that go by a name: wholly, or else by some of its words."""
        without_article = (
            normalised_words[1:]
            if normalised_words[:1] and normalised_words[0] in self._language.articles
            else normalised_words
        )
        if not without_article:
            return ()
        exact = [
            name for alias, name in self._names if alias in (normalised_words, without_article)
        ]
        partial = [name for alias, name in self._names if set(without_article) <= set(alias)]
        return tuple(dict.fromkeys(exact or partial))

    def _iter_passages(self, name: str) -> Iterator[Passage]:
        return (passage for passage in self._corpus.passages if _is_spoken_by(passage, name))

    def _chronological_key(self, chosen: ChosenQuote) -> tuple[str, int, int]:
        document = chosen.quote.passage.document
        order = self._document_order[document.sha256]
        return (document.date or _UNDATED, order, chosen.quote.span.start)

    def _find_voice(self, name: str) -> VoiceEntry:
        return next((v for v in self._corpus.voices if v.name == name), VoiceEntry(name))

    def _find_side(self, name: str) -> Side:
        return next((passage.side for passage in self._iter_passages(name)), Side.NEITHER)


def _iter_names(corpus: Corpus) -> Iterator[tuple[Phrase, str]]:
    """Yield what each voice goes by, folded: every listed one, and whoever else speaks."""
    for voice in corpus.voices:
        for name in (voice.name, *voice.aliases, voice.role or ""):
            if name:
                yield to_phrase(name), voice.name
    # Each once: whoever speaks in a parliament's record speaks in thousands of passages.
    for name in dict.fromkeys(p.voice.name for p in corpus.passages if p.voice):
        yield to_phrase(name), name


def _is_spoken_by(passage: Passage, name: str) -> bool:
    voice = passage.voice
    return voice is not None and name in {voice.name, voice.organisation}


def _merge_printings(printings: Iterable[ChosenQuote]) -> ChosenQuote:
    first, *others = sorted(
        printings, key=lambda chosen: chosen.quote.passage.document.date or _UNDATED
    )
    document = first.quote.passage.document
    other_documents = dict.fromkeys(c.quote.passage.document for c in others)
    return replace(
        first, also_in=tuple(other for other in other_documents if other is not document)
    )
