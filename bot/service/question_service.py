"""Questions to replies, for every surface.

A question takes one immutable `Snapshot` at its start, so no answer mixes two
corpora; `live_corpus` replaces it at a reload.
"""

from __future__ import annotations

import asyncio
import copy
import logging
import time
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import replace
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Self, TypeVar

from bot.answers.answer import Answer, ChosenQuote
from bot.answers.answer_builder import PageSize
from bot.answers.answerer import Answerer, answer_beginning
from bot.answers.question import SpeakerQuery
from bot.answers.speakers import SpeakerPage
from bot.model import Corpus, Quote, Side
from bot.replies import about
from bot.replies.answer import CardPage, build_card_page, render_answer, render_speaker_quotes, render_unknown_speaker
from bot.replies.buttons import AvailableActions
from bot.replies.reply import Command, Piece, Reply, Style
from bot.service.live_corpus import LiveCorpus
from bot.service.review import MAX_FLAG_DAYS
from bot.service.snapshot import Snapshot
from bot.storage import Storage

if TYPE_CHECKING:  # loaded only where it is used
    from bot.answers.verification import Verification

log = logging.getLogger(__name__)

# Characters. On the bundled corpus a question of this length takes 4 ms; one of 1,000, each word misspelt, 20 ms.
_SHORT_QUESTION = 250


class ServiceOptions(NamedTuple):
    """What a service is set to: questions cut to `max_question_length` characters, flags kept for `flag_days`.

    Without the corpus's `folder` no voice is corrected from here. Of a text to be verified the first
    `max_verified_length` characters are read: by default as many as one message of a chat has.
    """

    max_question_length: int = 1000
    folder: Path | None = None
    flag_days: int = MAX_FLAG_DAYS
    max_verified_length: int = 4096


Result = TypeVar("Result")


class QuestionService:
    """Answers questions from one live corpus."""

    def __init__(self, live: LiveCorpus, storage: Storage, options: ServiceOptions) -> None:
        self._live = live
        self._storage = storage
        self._max_question_length = options.max_question_length
        self._max_verified_length = options.max_verified_length
        self._page_size = PageSize()
        # Until `warm` has run a question may have to read word lists, which takes a second where others want the CPU.
        self._is_warm = False

    def with_page_size(self, page_size: PageSize) -> Self:
        """Return a copy of the service whose answers have pages of `page_size`."""
        service = copy.copy(self)
        service._page_size = page_size  # noqa: SLF001 - of the same class
        return service

    @property
    def corpus(self) -> Corpus:
        """The corpus served now, without what is withheld."""
        return self._live.snapshot.corpus

    def answer(self, question: str, history: Sequence[str] = ()) -> Answer:
        """Return the answer to `question`, asked after the questions `history` (oldest first)."""
        return self._live.snapshot.answerer.answer(*self._truncate_all(question, history))

    async def ask(
        self, question: str, history: Sequence[str] = (), page: int = 1, quote_ids: Sequence[str] = ()
    ) -> Reply:
        """Return one page of the reply to `question`; the search runs in a thread, unless it is quick.

        A question may also ask for everything one voice said; see `answer_by_speaker`. `quote_ids`
        are those of the answer that it follows up, where that is known.
        """
        snapshot = await self._live.refresh()
        speaker_query = snapshot.answerer.parse_speaker_question(self._truncate(question))
        if speaker_query and (speaker_reply := await self._reply_by_speaker(snapshot, speaker_query, page)):
            return speaker_reply
        started_at = time.perf_counter()
        shown = await self._run_look_up(partial(self._find_quotes, snapshot, quote_ids))
        arguments = *self._truncate_all(question, history), page, self._page_size, shown
        search = partial(snapshot.answerer.answer, *arguments)
        answer = search() if self._is_quick(snapshot, question) else await asyncio.to_thread(search)
        await self._live.record_shown([chosen.quote for chosen in answer.quotes], snapshot.corpus)
        elapsed_ms = 1000 * (time.perf_counter() - started_at)
        log.info("asked status=%s quotes=%d ms=%.1f", answer.status, len(answer.quotes), elapsed_ms)
        reply = render_answer(answer, snapshot.corpus, find_actions(snapshot, answer.quotes))
        return add_notice(reply, snapshot.corpus)

    async def asks_nothing(self, text: str) -> bool:
        """Return whether `text` has no words to search for, such as "is that true?" in reply to somebody."""
        return await self._run_look_up(partial(self._live.snapshot.answerer.asks_nothing, self._truncate(text)))

    async def leans_on_context(self, text: str) -> bool:
        """Return whether `text` is understood only with what was asked before it."""
        return await self._run_look_up(partial(self._live.snapshot.answerer.leans_on_context, self._truncate(text)))

    async def _run_look_up(self, look: Callable[[], Result]) -> Result:
        """Return what `look` returns; where the corpus is not in memory, `look` asks an index, and runs in a thread."""
        return look() if self.corpus.passages.is_held else await asyncio.to_thread(look)

    async def answer_by_speaker(self, text: str, page: int = 1) -> Reply:
        """Return one page of what a voice said, `text` being its name and perhaps a topic.

        Where it said nothing on that, both are asked like any question.
        """
        snapshot = await self._live.refresh()
        speaker_query = snapshot.answerer.parse_name_and_topic(self._truncate(text))
        if speaker_query is None:
            return add_notice(render_unknown_speaker(text, snapshot.corpus), snapshot.corpus)
        if reply := await self._reply_by_speaker(snapshot, speaker_query, page):
            return reply
        return await self.ask(f"{speaker_query.names[0]} {speaker_query.topic}", page=page)

    def compare_sides(self, topic: str, page: int = 1) -> Answer:
        """Return an answer with each side's best quote of each voice on `topic`, equally many a side."""
        return self._live.snapshot.answerer.answer_by_sides(self._truncate(topic), page)

    async def answer_by_sides(self, topic: str, page: int = 1) -> Reply:
        """Return one page of what each side says on `topic`, voice by voice; without a topic how to ask."""
        snapshot = await self._live.refresh()
        if not topic.strip():
            return about.render_sides_usage(snapshot.answerer.answerable_topics)
        answer = await asyncio.to_thread(snapshot.answerer.answer_by_sides, self._truncate(topic), page)
        await self._live.record_shown([chosen.quote for chosen in answer.quotes], snapshot.corpus)
        log.info("asked by=sides quotes=%d", len(answer.quotes))
        reply = render_answer(answer, snapshot.corpus, find_actions(snapshot, answer.quotes))
        return add_notice(reply, snapshot.corpus)

    def verify(self, text: str) -> tuple[Verification, ...]:
        """Return the verdict on each quote in `text`; words that are found damaged are in none."""
        return self._verify_in(self._live.snapshot, text)

    async def verify_quotes(self, text: str) -> Reply:
        """Return the reply to a text whose quotes are to be verified; the search runs in a thread."""
        return (await self._verify(text))[1]

    async def verify_or_none(self, text: str) -> Reply | None:
        """Return what `verify_quotes` does, or None if `text` quotes nobody and has no words that are found here."""
        verifications, reply = await self._verify(text)
        return reply if any(verification.is_of_quote for verification in verifications) else None

    async def _verify(self, text: str) -> tuple[tuple[Verification, ...], Reply]:
        """Return the verdicts on a text, and the reply that shows them."""
        snapshot = await self._live.refresh()
        verifications = await asyncio.to_thread(self._verify_in, snapshot, text)
        # Imported here, since it imports the comparison of words, which is loaded by now.
        reply: Reply = import_module("bot.replies.verified_quotes").render_verifications(verifications, snapshot.corpus)
        shown = [match.quote for verification in verifications for match in verification.matches]
        await self._live.record_shown(shown, snapshot.corpus)
        log.info("verified quotes=%d verdicts=%s", len(verifications), ",".join(v.verdict for v in verifications))
        # The way back from the context of a quote that is shown.
        history = (Command("verify", " ".join(text[: self._max_verified_length].split())),) if shown else ()
        return verifications, replace(add_notice(reply, snapshot.corpus), history=history)

    def _verify_in(self, snapshot: Snapshot, text: str) -> tuple[Verification, ...]:
        """Return the verdicts on a text by one snapshot, without the places whose words are found damaged."""
        verifications = snapshot.verifier.verify(text[: self._max_verified_length])
        return tuple(verification.leave_out_damaged() for verification in verifications)

    async def refresh(self) -> None:
        """Take over holds made by any process; to be called before `answer`, `verify` and the like, which do not."""
        await self._live.refresh()

    async def find_speaker_page(self, text: str, page: int = 1) -> SpeakerPage | None:
        """Find one page of what a voice said, `text` being its name and perhaps a topic; None for nobody's name."""
        query, answerer = self.find_speaker(text), self._live.snapshot.answerer
        return None if query is None else await asyncio.to_thread(answerer.find_speaker_page, query, page)

    def find_speaker(self, text: str) -> SpeakerQuery | None:
        """Return the voices whose name `text` opens with, and the topic that follows; None where it names nobody."""
        return self._live.snapshot.answerer.parse_name_and_topic(self._truncate(text))

    async def search_cards(self, question: str, page: int = 1, limit: int = 10) -> CardPage:
        """Return one page of up to `limit` quotes, each as a card; without a question, quotes on the topics.

        The last word may be unfinished: each word that it may become adds a quote.
        """
        snapshot = await self._live.refresh()
        query = question.strip() or " / ".join(snapshot.answerer.answerable_topics)
        text, _ = self._truncate_all(query)
        if question.strip():
            answer = await asyncio.to_thread(answer_beginning, snapshot.answerer, text, page, limit)
        else:
            answer = await asyncio.to_thread(snapshot.answerer.answer, text, (), page, PageSize(limit))
        await self._live.record_shown([chosen.quote for chosen in answer.quotes], snapshot.corpus)
        log.info("found status=%s quotes=%d", answer.status, len(answer.quotes))
        return build_card_page(answer, snapshot.corpus)

    def restrict_to_documents(self, document_ids: Container[str]) -> Answerer:
        """Return an answerer of these documents alone, as they are served now."""
        snapshot = self._live.snapshot
        passages = snapshot.corpus.passages.restrict_to_documents(document_ids)
        return snapshot.answerer.restrict_to(replace(snapshot.corpus, passages=passages))

    async def record_shown(self, quotes: Iterable[Quote]) -> None:
        """Record that `quotes` are shown, so that their links always have an answer."""
        await self._live.record_shown(quotes, self.corpus)

    def find_quote(self, quote_id: str) -> Quote | None:
        """Return the quote of this id, if the corpus served now has it."""
        return self._find_quote(self._live.snapshot, quote_id)

    def _is_quick(self, snapshot: Snapshot, question: str) -> bool:
        """Return whether a question is answered so soon that a thread would only cost time."""
        return self._is_warm and snapshot.is_small and len(question) <= _SHORT_QUESTION

    def _truncate(self, question: str) -> str:
        """Cut a question off where it is longer than the service reads."""
        return question[: self._max_question_length]

    def _truncate_all(self, question: str, history: Sequence[str] = ()) -> tuple[str, tuple[str, ...]]:
        """Cut off a question, and those asked before it, where they are longer than the service reads."""
        return self._truncate(question), tuple(map(self._truncate, history))

    def _find_quotes(self, snapshot: Snapshot, quote_ids: Iterable[str]) -> list[Quote]:
        """Return the quotes of these ids in their order, without those that are not in `snapshot`."""
        return [quote for quote_id in quote_ids if (quote := self._find_quote(snapshot, quote_id))]

    def _find_quote(self, snapshot: Snapshot, quote_id: str) -> Quote | None:
        """Return the quote of this id, at its place if it was ever shown, else by a search; None if there is none."""
        shown_quote = self._storage.find_shown(quote_id)
        quote = shown_quote and snapshot.answerer.find_quote_at(shown_quote.sha256, shown_quote.span)
        return quote or snapshot.answerer.find_quote(quote_id)

    async def _reply_by_speaker(self, snapshot: Snapshot, speaker_query: SpeakerQuery, page: int) -> Reply | None:
        """Return one page of what a voice said, or the people its name may mean; None if there is neither."""
        search = partial(snapshot.answerer.find_speaker_page, speaker_query, page)
        results = search() if self._is_quick(snapshot, speaker_query.topic) else await asyncio.to_thread(search)
        if not results.quotes and not results.choices:
            return None
        await self._live.record_shown([chosen.quote for chosen in results.quotes], snapshot.corpus)
        log.info("asked by=voice quotes=%d of=%d", len(results.quotes), results.total)
        reply = render_speaker_quotes(results, find_actions(snapshot, results.quotes))
        return add_notice(reply, snapshot.corpus)


def add_notice(reply: Reply, corpus: Corpus) -> Reply:
    """Return `reply` with the corpus's notice under it, where it has one."""
    if corpus.notice is None:
        return reply
    return replace(reply, blocks=(*reply.blocks, (Piece(corpus.notice, Style.ITALIC),)))


def find_actions(
    snapshot: Snapshot, chosen_quotes: Sequence[ChosenQuote], *, is_alone: bool = False
) -> AvailableActions:
    """Return which of `chosen_quotes` may have other wordings, and which may have an opposite.

    Nothing is searched: what a button opens is worked out when it is pressed. A quote that
    `is_alone` on the screen may have a wording wherever it has a voice.
    """
    quotes = [chosen.quote for chosen in chosen_quotes]
    sided = (quote for quote in quotes if quote.passage.side is not Side.NEITHER)
    return AvailableActions(
        {c.quote.id for c in chosen_quotes if c.has_wordings or (is_alone and c.quote.passage.voice)},
        {quote.id for quote in sided if snapshot.answerer.has_topic(quote)},
    )
