"""What one voice said, in order of time: the whole of it, or what touches a topic."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from bot.answers.answer import Chosen
from bot.answers.language import Phrase, language, phrase
from bot.answers.quoting import continues, quote
from bot.model import Listed, Side

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from bot.answers.question import Question
    from bot.answers.quoting import Lengths
    from bot.answers.ranking import Ranker
    from bot.answers.reading import Reader
    from bot.model import Corpus, Document, Passage

PAGE = 3
# Sorts after every date.
_UNDATED = "9"
_ARTICLES = frozenset({"the", "a", "an"})


class Wanted(NamedTuple):
    """Whom a line asks after, and about what ("" for everything)."""

    names: tuple[str, ...]
    topic: str = ""


@dataclass(frozen=True, slots=True)
class Spoken:
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
    quotes: tuple[Chosen, ...] = ()
    first: int = 1
    total: int = 0

    @property
    def page(self) -> int:
        """Which page this is, from 1."""
        return (self.first - 1) // PAGE + 1

    @property
    def more(self) -> bool:
        """Whether another page follows."""
        return self.first + len(self.quotes) <= self.total

    @property
    def dated(self) -> bool:
        """Whether every document quoted here gives its date."""
        return all(chosen.quote.passage.document.date for chosen in self.quotes)


class ByVoice:
    """Finds what the voices of one corpus said."""

    def __init__(self, corpus: Corpus, reader: Reader, ranker: Ranker, lengths: Lengths) -> None:
        self._corpus = corpus
        self._reader = reader
        self._ranker = ranker
        self._lengths = lengths
        self._called = tuple(dict.fromkeys(_called(corpus)))
        asked = language(corpus.language).by
        self._asked = tuple(re.compile(pattern, re.IGNORECASE) for pattern in asked)

    def asked(self, question: str) -> Wanted | None:
        """Return whom a question such as "what did NAME say about TOPIC?" asks after, if it does.

        None where nobody here is called so: then it is a question like any other.
        """
        line = " ".join(question.split()).strip(" ?!.")
        found = next((m for p in self._asked if (m := p.fullmatch(line))), None)
        if found is None:
            return None
        names = self._bearers(phrase(found["name"]))
        return Wanted(names, found["topic"] or "") if names else None

    def named(self, line: str) -> Wanted | None:
        """Return whom `NAME [topic]` asks after, the name as long as it may be; None for nobody."""
        parts = line.split()
        for size in range(len(parts), 0, -1):
            if names := self._bearers(phrase(" ".join(parts[:size]))):
                return Wanted(names, " ".join(parts[size:]))
        return None

    def said(self, wanted: Wanted, page: int = 1) -> Spoken:
        """Return one page of what was wanted; a page beyond the last is the last."""
        if len(wanted.names) > 1:
            return Spoken(choices=wanted.names, topic=wanted.topic)
        [name] = wanted.names
        question = self._reader.read(wanted.topic)
        found = self._about(name, question) if wanted.topic else self._everything(name)
        ordered = sorted(found, key=lambda chosen: _when(chosen, self._corpus.documents))
        last = max(1, -(-len(ordered) // PAGE))
        start = (min(max(page, 1), last) - 1) * PAGE
        matched = {word for chosen in found for word in chosen.matched}
        return Spoken(
            name,
            self._side(name),
            wanted.topic,
            expanded={c.asked: c.also for c in question.concepts if c.also},
            unmatched=tuple(c.asked for c in question.telling if c.asked not in matched),
            quotes=tuple(ordered[start : start + PAGE]),
            first=start + 1,
            total=len(ordered),
        )

    def _everything(self, name: str) -> list[Chosen]:
        """Return every quote of the voice, words printed twice only where they first were."""
        printings: dict[Phrase, list[Chosen]] = {}
        for passage in self._passages(name):
            shown = quote(passage, self._lengths, lambda _: 0.0)
            if shown is not None:
                chosen = Chosen(shown, 0.0, continues=continues(shown))
                printings.setdefault(phrase(shown.text), []).append(chosen)
        return [_earliest(group) for group in printings.values()]

    def _about(self, name: str, topic: Question) -> list[Chosen]:
        question = replace(topic, voices=(self._listed(name),))
        return [
            candidate.chosen
            for candidate in self._ranker.ranked(question)
            if candidate.found and _speaks(candidate.quote.passage, name)
        ]

    def _bearers(self, folded: Phrase) -> tuple[str, ...]:
        """Return the voices that go by a name: wholly, or else by some of its words."""
        bare = folded[1:] if folded[:1] and folded[0] in _ARTICLES else folded
        if not bare:
            return ()
        wholly = [name for called, name in self._called if called in (folded, bare)]
        partly = [name for called, name in self._called if set(bare) <= set(called)]
        return tuple(dict.fromkeys(wholly or partly))

    def _passages(self, name: str) -> Iterator[Passage]:
        return (passage for passage in self._corpus.passages if _speaks(passage, name))

    def _listed(self, name: str) -> Listed:
        return next((v for v in self._corpus.voices if v.name == name), Listed(name))

    def _side(self, name: str) -> Side:
        return next((passage.side for passage in self._passages(name)), Side.NEITHER)


def _called(corpus: Corpus) -> Iterator[tuple[Phrase, str]]:
    """Yield what each voice goes by, folded: every listed one, and whoever else speaks."""
    for voice in corpus.voices:
        for name in (voice.name, *voice.aliases, voice.role or ""):
            if name:
                yield phrase(name), voice.name
    # Each once: whoever speaks in a parliament's record speaks in thousands of passages.
    for name in dict.fromkeys(p.voice.name for p in corpus.passages if p.voice):
        yield phrase(name), name


def _speaks(passage: Passage, name: str) -> bool:
    voice = passage.voice
    return voice is not None and name in {voice.name, voice.organisation}


def _when(chosen: Chosen, documents: Sequence[Document]) -> tuple[str, int, int]:
    document = chosen.quote.passage.document
    order = next(n for n, each in enumerate(documents) if each.sha256 == document.sha256)
    return (document.date or _UNDATED, order, chosen.quote.span.start)


def _earliest(printings: Iterable[Chosen]) -> Chosen:
    first, *others = sorted(
        printings, key=lambda chosen: chosen.quote.passage.document.date or _UNDATED
    )
    document = first.quote.passage.document
    elsewhere = dict.fromkeys(c.quote.passage.document for c in others)
    return replace(first, also_in=tuple(other for other in elsewhere if other is not document))
