"""The desk: question in, reply out; the one object a chat surface talks to.

All that answers a question hangs together in one immutable `Serving`, taken
once at the start of each question, so no answer ever mixes two corpora.
`bot.service.live_corpus` has how another takes its place.
"""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from bot.replies import about, admin, card, quote_details
from bot.replies.answer import render_answer, render_speaker_quotes, render_unknown_speaker
from bot.replies.reply import Piece, Style
from bot.service.admin import Admin
from bot.service.live_corpus import BUILD_TIMEOUT, LiveCorpus, Snapshot, peak_memory_mb
from bot.service.question_service import Asking, find_actions, run_blocking
from bot.storage import open_storage

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Sequence

    from bot.answers.answer import Answer
    from bot.answers.by_speaker import SpeakerQuery
    from bot.model import Corpus, Quote
    from bot.replies.card import CardPage
    from bot.replies.reply import Reply
    from bot.service.live_corpus import SnapshotLoader
    from bot.service.uploads import Uploads
    from bot.storage import Storage

    QuoteRenderer = Callable[[Snapshot, Quote], Reply]

log = logging.getLogger(__name__)


class Service:
    """Answers questions from what is served now.

    `load` reads the corpus and indexes it; it runs once at the start and then
    for each reload, for at most `patience` seconds. Of a question at most
    `longest` characters are read. `kept` is what outlives a run. The desks
    `siblings` it serve other corpora: a quote's link is good at any of them. An
    `uploads` is there where admins may send documents.
    """

    def __init__(
        self,
        load: SnapshotLoader,
        max_question_length: int = 1000,
        storage: Storage | None = None,
        reload_timeout: float = BUILD_TIMEOUT,
    ) -> None:
        self._asking = Asking(max_question_length)
        self._storage = storage or open_storage()
        self._live = LiveCorpus(load, self._storage, reload_timeout)
        self._admin = Admin(self._live)
        self.siblings: tuple[Service, ...] = ()
        self.uploads: Uploads | None = None

    @property
    def corpus(self) -> Corpus:
        """The corpus served now, without what is withheld."""
        return self._live.snapshot.corpus

    def answer(self, question: str, history: Sequence[str] = ()) -> Answer:
        """Return the answer to `question`, asked after the questions `history` (oldest first)."""
        return self._asking.answer(self._live.snapshot, question, history)

    async def ask(self, question: str, history: Sequence[str] = (), page: int = 1) -> Reply:
        """Return one page of the reply to `question`; a long search runs beside the event loop.

        What one voice said is asked for by a question too; see `answer_by_speaker`.
        """
        snapshot = self._live.snapshot
        speaker_query = snapshot.answerer.speaker_search.parse_question(
            self._asking.truncate(question)
        )
        if speaker_query and (
            speaker_reply := await self._reply_by_speaker(snapshot, speaker_query, page)
        ):
            return speaker_reply
        started_at = time.perf_counter()
        arguments = snapshot, question, history, page
        answer, actions = await run_blocking(snapshot, self._asking.answer_with_actions, *arguments)
        await self._record_shown([chosen.quote for chosen in answer.quotes])
        elapsed_ms = 1000 * (time.perf_counter() - started_at)
        log.info("asked status=%s quotes=%d ms=%.1f", answer.status, len(answer.quotes), elapsed_ms)
        reply = render_answer(answer, len(snapshot.corpus.documents), actions)
        return _add_notice(reply, snapshot.corpus)

    def find_pronoun_candidates(
        self, quote_ids: Iterable[str], question: str, history: Sequence[str]
    ) -> list[str]:
        """Return whom a pronoun of `question` may mean, by name: those who speak in these quotes.

        Nobody where it has none, or where the questions before name somebody.
        """
        answerer = self._live.snapshot.answerer
        if not answerer.has_unresolved_pronoun(self._asking.truncate(question), history):
            return []
        quotes = (self._find_quote(self._live.snapshot, quote_id) for quote_id in quote_ids)
        voices = (quote.passage.voice for quote in quotes if quote)
        return list(dict.fromkeys(voice.name for voice in voices if voice))

    async def answer_by_speaker(self, text: str, page: int = 1) -> Reply:
        """Return one page of what a voice said, `text` being its name and perhaps a topic."""
        snapshot = self._live.snapshot
        speaker_query = snapshot.answerer.speaker_search.parse_name_and_topic(
            self._asking.truncate(text)
        )
        if speaker_query is None:
            return _add_notice(render_unknown_speaker(text, snapshot.corpus), snapshot.corpus)
        if reply := await self._reply_by_speaker(snapshot, speaker_query, page):
            return reply
        # Nothing that the voice said: then whatever is closest, as for any question.
        return await self.ask(f"{speaker_query.names[0]} {speaker_query.topic}", page=page)

    async def search_cards(self, question: str, page: int = 1, limit: int = 10) -> CardPage:
        """Return up to `limit` quotes, each to stand by itself; for no question, of the topics."""
        snapshot = self._live.snapshot
        query = question.strip() or " ".join(snapshot.answerer.answerable_topics)
        arguments = snapshot, query, (), page, limit
        answer = await run_blocking(snapshot, self._asking.answer, *arguments)
        await self._record_shown(chosen.quote for chosen in answer.quotes)
        log.info("found status=%s quotes=%d", answer.status, len(answer.quotes))
        return card.build_card_page(answer, snapshot.corpus)

    async def show_quote(self, quote_id: str, history: Sequence[str] = (), page: int = 1) -> Reply:
        """Return a quote in its context, or what became of it; it may be of any corpus here.

        With what was `history` (oldest first) and its page, the words matched are told.
        """

        def in_context(snapshot: Snapshot, quote: Quote) -> Reply:
            matched_words = self._asking.find_matched_words(snapshot, quote, history, page)
            withheld = snapshot.withheld_spans(quote.passage.document)
            return quote_details.render_context(
                quote, snapshot.corpus, matched_words, find_actions(snapshot, [quote]), withheld
            )

        return await self._render_quote(quote_id, in_context)

    async def show_opposite(self, quote_id: str) -> Reply:
        """Return what the other side says on a quote's topic, or what became of the quote."""
        return await self._render_quote(
            quote_id,
            lambda snapshot, quote: quote_details.render_opposite(
                snapshot.answerer.opposites.find(quote)
            ),
        )

    async def show_wordings(self, quote_id: str) -> Reply:
        """Return the wordings in which a quote's statement is printed, or what became of it."""
        return await self._render_quote(
            quote_id,
            lambda snapshot, quote: quote_details.render_wordings(
                quote, snapshot.answerer.other_wordings.find(quote)
            ),
        )

    async def copy_quote(self, quote_id: str) -> Reply:
        """Return a quote to be copied, with whose words they are, or what became of it."""
        return await self._render_quote(quote_id, lambda _, quote: quote_details.render_copy(quote))

    async def render_own_quote(self, quote_id: str, render: QuoteRenderer) -> Reply | None:
        """Return what `render` makes of a quote of this desk's corpus; None if it has none such."""
        snapshot = self._live.snapshot
        quote = await asyncio.to_thread(self._find_quote, snapshot, quote_id)
        if quote is None:
            return None
        await self._record_shown([quote])
        return _add_notice(await asyncio.to_thread(render, snapshot, quote), snapshot.corpus)

    def start(self) -> Reply:
        """Return the greeting."""
        snapshot = self._live.snapshot
        return _add_notice(
            about.render_greeting(snapshot.corpus, snapshot.answerer.answerable_topics),
            snapshot.corpus,
        )

    def help(self) -> Reply:
        """Return how to ask."""
        return _add_notice(about.render_help(), self.corpus)

    def about(self) -> Reply:
        """Return what is checked and what is not."""
        return _add_notice(about.render_about(self.corpus), self.corpus)

    def contents(self) -> Reply:
        """Return what the corpus holds, and which others a chat may choose."""
        reply = about.render_contents(self.corpus)
        others = [service.corpus for service in self.siblings]
        return _add_notice(about.add_corpus_buttons(reply, others), self.corpus)

    def privacy(self) -> Reply:
        """Return what is kept of a question."""
        return about.render_privacy(is_persisted=self._storage.is_persistent)

    def status(self) -> Reply:
        """Return what is served, for an admin."""
        live = self._live
        last_load = admin.LoadStats(
            live.loaded_at, live.build_seconds, live.generation, peak_memory_mb()
        )
        return admin.render_status(self.corpus, _package_version(), last_load)

    async def reload(self, text: str = "") -> Reply:
        """Do what an admin wrote after `/reload`, and return what changed, or why nothing did.

        Nothing: build the corpus aside, and switch to it if nothing would be
        lost by it; else tell what would be, and wait. `without NAME`: the same,
        leaving out documents that were found broken. `now`: switch to what was
        prepared. `cancel`: drop it. One reload runs at a time; a second one is
        refused, not queued.
        """
        return await self._admin.reload(text)

    async def hold(self, text: str) -> Reply:
        """Withhold the quote that `text` begins with; what follows is the reason.

        It is not shown from the next message on, until it is released.
        """
        return await self._propagate_hold(self._admin.hold(text))

    async def release(self, text: str) -> Reply:
        """Let the quote whose id is `text` be shown again."""
        return await self._propagate_hold(self._admin.release(text))

    async def warm(self) -> None:
        """Read now what the first question that needs it would have to wait for."""
        await asyncio.to_thread(self._live.snapshot.answerer.warm_up)

    async def reapply_holds(self) -> None:
        """Show what the holds leave to be shown."""
        await self._live.reapply_holds()

    def _find_quote(self, snapshot: Snapshot, quote_id: str) -> Quote | None:
        """Return the quote of this id: one that was shown at its place, any other looked for."""
        shown_quote = self._storage.register.get(quote_id)
        quote = shown_quote and snapshot.answerer.quote_lookup.find_by_span(
            shown_quote.sha256, shown_quote.span
        )
        return quote or snapshot.answerer.find_quote(quote_id)

    async def _reply_by_speaker(
        self, snapshot: Snapshot, speaker_query: SpeakerQuery, page: int
    ) -> Reply | None:
        """Return one page of what a voice said, or whom its name may mean; None for nothing."""
        voices = snapshot.answerer.speaker_search
        results = await asyncio.to_thread(voices.find_page, speaker_query, page)
        if not results.quotes and not results.choices:
            return None
        quotes = [chosen.quote for chosen in results.quotes]
        await self._record_shown(quotes)
        actions = await asyncio.to_thread(find_actions, snapshot, quotes)
        log.info("asked by=voice quotes=%d of=%d", len(quotes), results.total)
        return _add_notice(render_speaker_quotes(results, actions), snapshot.corpus)

    async def _render_quote(self, quote_id: str, render: QuoteRenderer) -> Reply:
        if hold := self._storage.holds.get(quote_id):
            return _add_notice(quote_details.render_withheld(hold), self.corpus)
        for service in (self, *self.siblings):
            if reply := await service.render_own_quote(quote_id, render):
                return reply
        return await self._explain_missing(quote_id)

    async def _record_shown(self, quotes: Iterable[Quote]) -> None:
        """Note that `quotes` are shown, so that their links are never without an answer."""
        register = self._storage.register
        if new_quotes := tuple(quote for quote in quotes if register.get(quote.id) is None):
            await asyncio.to_thread(register.record_shown, new_quotes, self.corpus.name)

    async def _explain_missing(self, quote_id: str) -> Reply:
        """Return what became of a quote that no corpus here has."""
        register = self._storage.register
        shown_quote, retired = register.get(quote_id), register.get_tombstone(quote_id)
        if not shown_quote or not retired:
            return _add_notice(quote_details.render_unknown_quote(quote_id), self.corpus)
        if retired.now:
            return quote_details.render_moved(
                shown_quote, retired, await self.show_quote(retired.now)
            )
        quoted_words = (
            await asyncio.to_thread(register.get_words, quote_id)
            if retired.why == "changed"
            else None
        )
        return _add_notice(
            quote_details.render_retired(shown_quote, retired, quoted_words), self.corpus
        )

    async def _propagate_hold(self, change: Awaitable[Reply]) -> Reply:
        """Return the reply of `change`; a hold is on a document, whichever corpora have it."""
        reply = await change
        for service in self.siblings:
            await service.reapply_holds()
        return reply


def _add_notice(reply: Reply, corpus: Corpus) -> Reply:
    """Return `reply` with the corpus's notice under it, where it has one."""
    if corpus.notice is None:
        return reply
    return replace(reply, blocks=(*reply.blocks, (Piece(corpus.notice, Style.ITALIC),)))


def _package_version() -> str:
    try:
        return version("on-the-record")
    except PackageNotFoundError:
        return "0.1.0, from the tree"
