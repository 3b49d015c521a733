"""The other side's best quote on the same subject, and what links the two.

The link is a topic that the curator named, for words alone link what has
nothing to do with each other: "live our lives" and "live facial recognition".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bot.model import Side

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.answers.ranking import Candidate, Ranker
    from bot.answers.reading import Reader
    from bot.model import Quote, Topic

_OTHER = {Side.FOR: Side.AGAINST, Side.AGAINST: Side.FOR}


class Opposite(NamedTuple):
    """What the other side says on a topic of `quote`; `candidate` is None where it says nothing.

    `side` is the other side, None for a quote on neither. `topics` are the
    quote's own; `topic` the one that links, `shared` the telling words in both.
    """

    quote: Quote
    side: Side | None
    topics: tuple[str, ...] = ()
    topic: str | None = None
    shared: tuple[str, ...] = ()
    candidate: Candidate | None = None


class Opposites:
    """Finds opposites among the passages of one corpus."""

    def __init__(self, topics: Sequence[Topic], reader: Reader, ranker: Ranker) -> None:
        self._topics = topics
        self._words = {
            topic: [frozenset(reader.stems_of(word)) for word in (topic.name, *topic.words)]
            for topic in topics
        }
        self._reader = reader
        self._ranker = ranker

    def of(self, quote: Quote) -> Opposite:
        """Return the opposite of `quote`: of all its topics' the one that shares most words.

        The topic listed first wins a tie, then the better ranked quote.
        """
        side = _OTHER.get(quote.passage.side)
        topics = self.topics(quote)
        names = tuple(topic.name for topic in topics)
        found = [
            Opposite(quote, side, names, topic.name, self._shared(quote, other.quote), other)
            for topic in topics
            for other in self._others(topic, side)
        ]
        best = max(found, key=lambda opposite: len(opposite.shared), default=None)
        return best or Opposite(quote, side, names)

    def topics(self, quote: Quote) -> tuple[Topic, ...]:
        """Return the topics that `quote` speaks to, in the curator's order."""
        stems = frozenset(self._reader.stems_of(quote.text))
        return tuple(topic for topic in self._topics if self._touches(topic, stems))

    def _touches(self, topic: Topic, stems: frozenset[str]) -> bool:
        return any(word and word <= stems for word in self._words[topic])

    def _others(self, topic: Topic, side: Side | None) -> Iterator[Candidate]:
        for candidate in self._ranker.ranked(self._reader.read(topic.name)):
            stems = frozenset(self._reader.stems_of(candidate.quote.text))
            if candidate.side is side and self._touches(topic, stems):
                yield candidate

    def _shared(self, quote: Quote, other: Quote) -> tuple[str, ...]:
        """Return the words of `other` that tell something in this debate and stand in `quote`."""
        own = self._reader.subjects(quote.text)
        return tuple(w for stem, w in self._reader.subjects(other.text).items() if stem in own)
