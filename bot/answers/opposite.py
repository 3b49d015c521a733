"""The other side's best quote on the same topic.

The link is a topic that the curator named, since shared words alone link unrelated quotes:
"live our lives" and "live facial recognition".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bot.model import Side

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.answers.question_parser import QuestionParser
    from bot.answers.ranking import Candidate, Ranker
    from bot.model import Quote, Topic

_OTHER_SIDE = {Side.FOR: Side.AGAINST, Side.AGAINST: Side.FOR}


class Opposite(NamedTuple):
    """The other side's best candidate on a topic of `quote`; None where it says nothing.

    `side` is the other side, None for a quote on neither. `topics` are the quote's own, `topic`
    is the one that links, `shared_words` are the distinctive words in both.
    """

    quote: Quote
    side: Side | None
    topics: tuple[str, ...] = ()
    topic: str | None = None
    shared_words: tuple[str, ...] = ()
    candidate: Candidate | None = None


class OppositeFinder:
    """Finds opposites among the passages of one corpus."""

    def __init__(self, topics: Sequence[Topic], parser: QuestionParser, ranker: Ranker) -> None:
        self._topics = topics
        self._topic_stems = {
            topic: [frozenset(parser.content_stems(word)) for word in (topic.name, *topic.words)]
            for topic in topics
        }
        self._parser = parser
        self._ranker = ranker

    def find(self, quote: Quote) -> Opposite:
        """Find the opposite of `quote` that shares most words, over all its topics.

        The topic listed first wins a tie, then the quote ranked higher.
        """
        side = _OTHER_SIDE.get(quote.passage.side)
        topics = self.find_topics(quote)
        names = tuple(topic.name for topic in topics)
        opposites = [
            Opposite(
                quote,
                side,
                names,
                topic.name,
                self._find_shared_words(quote, candidate.quote),
                candidate,
            )
            for topic in topics
            for candidate in self._find_candidates(topic, side)
        ]
        best = max(opposites, key=lambda opposite: len(opposite.shared_words), default=None)
        return best or Opposite(quote, side, names)

    def find_topics(self, quote: Quote) -> tuple[Topic, ...]:
        """Find the topics that `quote` is on, in the curator's order."""
        stems = frozenset(self._parser.content_stems(quote.text))
        return tuple(topic for topic in self._topics if self._is_on_topic(topic, stems))

    def _is_on_topic(self, topic: Topic, stems: frozenset[str]) -> bool:
        return any(term and term <= stems for term in self._topic_stems[topic])

    def _find_candidates(self, topic: Topic, side: Side | None) -> Iterator[Candidate]:
        for candidate in self._ranker.rank(self._parser.parse(topic.name)):
            stems = frozenset(self._parser.content_stems(candidate.quote.text))
            if candidate.side is side and self._is_on_topic(topic, stems):
                yield candidate

    def _find_shared_words(self, quote: Quote, other: Quote) -> tuple[str, ...]:
        """Find the words of `other` that are distinctive in this debate and also in `quote`."""
        quote_words = self._parser.distinctive_words(quote.text)
        return tuple(
            word
            for stem, word in self._parser.distinctive_words(other.text).items()
            if stem in quote_words
        )
