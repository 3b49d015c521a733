"""Questions put to what is served, each to one `Serving` from its start to its end."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from bot.model import Side
from bot.replies.buttons import Known

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from bot.answers.answer import Answer
    from bot.model import Quote
    from bot.served import Serving

    Result = TypeVar("Result")

# So many passages are searched in a few milliseconds, whatever is asked.
SMALL = 50


@dataclass(frozen=True, slots=True)
class Asking:
    """Of a question at most `longest` characters are read."""

    longest: int

    def read(self, question: str) -> str:
        """Return as much of `question` as is read."""
        return question[: self.longest]

    def answer(
        self,
        serving: Serving,
        question: str,
        after: Sequence[str] = (),
        page: int = 1,
        most: int | None = None,
    ) -> Answer:
        """Return one page of the answer to `question`, asked after others (oldest first)."""
        earlier = [self.read(before) for before in after]
        return serving.answerer.answer(self.read(question), earlier, page, most)

    def known_answer(
        self, serving: Serving, question: str, after: Sequence[str], page: int
    ) -> tuple[Answer, Known]:
        """Return the answer, and what is known of its quotes."""
        answer = self.answer(serving, question, after, page)
        return answer, known(serving, [chosen.quote for chosen in answer.quotes])

    def matched(
        self, serving: Serving, quote: Quote, asked: Sequence[str], page: int
    ) -> tuple[str, ...]:
        """Return by which words `quote` was found, if it is on this page of the answer."""
        if not asked:
            return ()
        answer = self.answer(serving, asked[-1], asked[:-1], page)
        return next((c.matched for c in answer.quotes if c.quote.id == quote.id), ())


async def beside(serving: Serving, work: Callable[..., Result], *given: Any) -> Result:  # noqa: ANN401
    """Do `work` beside the event loop; for a small corpus handing it over would cost more."""
    if len(serving.corpus.passages) <= SMALL:
        return work(*given)
    return await asyncio.to_thread(work, *given)


def known(serving: Serving, quotes: Iterable[Quote]) -> Known:
    """Return which of `quotes` are printed in other words too, and which may have an opposite."""
    answerer = serving.answerer
    return Known(
        {quote.id for quote in quotes if answerer.printings.of(quote)},
        {
            quote.id
            for quote in quotes
            if quote.passage.side is not Side.NEITHER and answerer.opposites.topics(quote)
        },
    )
