"""Questions put to what is served, each to one `Serving` from its start to its end."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from bot.model import Side
from bot.replies.buttons import AvailableActions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from bot.answers.answer import Answer
    from bot.model import Quote
    from bot.service.live_corpus import Snapshot

    Result = TypeVar("Result")

# So many passages are searched in a few milliseconds, whatever is asked.
INLINE_LIMIT = 50


@dataclass(frozen=True, slots=True)
class Asking:
    """Of a question at most `max_length` characters are read."""

    max_length: int

    def truncate(self, question: str) -> str:
        """Return as much of `question` as is read."""
        return question[: self.max_length]

    def answer(
        self,
        snapshot: Snapshot,
        question: str,
        history: Sequence[str] = (),
        page: int = 1,
        limit: int | None = None,
    ) -> Answer:
        """Return one page of the answer to `question`, asked after others (oldest first)."""
        truncated_history = [self.truncate(earlier_question) for earlier_question in history]
        return snapshot.answerer.answer(self.truncate(question), truncated_history, page, limit)

    def answer_with_actions(
        self, snapshot: Snapshot, question: str, history: Sequence[str], page: int
    ) -> tuple[Answer, AvailableActions]:
        """Return the answer, and what is known of its quotes."""
        answer = self.answer(snapshot, question, history, page)
        return answer, find_actions(snapshot, [chosen.quote for chosen in answer.quotes])

    def find_matched_words(
        self, snapshot: Snapshot, quote: Quote, history: Sequence[str], page: int
    ) -> tuple[str, ...]:
        """Return by which words `quote` was found, if it is on this page of the answer."""
        if not history:
            return ()
        answer = self.answer(snapshot, history[-1], history[:-1], page)
        return next((chosen.matched for chosen in answer.quotes if chosen.quote.id == quote.id), ())


async def run_blocking(snapshot: Snapshot, work: Callable[..., Result], *arguments: Any) -> Result:  # noqa: ANN401
    """Do `work` beside the event loop; for a small corpus handing it over would cost more."""
    if len(snapshot.corpus.passages) <= INLINE_LIMIT:
        return work(*arguments)
    return await asyncio.to_thread(work, *arguments)


def find_actions(snapshot: Snapshot, quotes: Iterable[Quote]) -> AvailableActions:
    """Return which of `quotes` are printed in other words too, and which may have an opposite."""
    answerer = snapshot.answerer
    return AvailableActions(
        {quote.id for quote in quotes if answerer.other_wordings.find(quote)},
        {
            quote.id
            for quote in quotes
            if quote.passage.side is not Side.NEITHER and answerer.opposites.find_topics(quote)
        },
    )
