"""The service behind every surface: question in, reply out.

A question takes one immutable `Snapshot` at its start, so no answer mixes two
corpora; `live_corpus` replaces it at a reload.
"""

from __future__ import annotations

import asyncio
import copy
import logging
import time
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from bot.answers.answer import ChosenQuote
from bot.answers.answerer import PageSize
from bot.answers.typeahead import answer_beginning
from bot.errors import StorageError
from bot.model import Side
from bot.replies import about, card, quote_details
from bot.replies import flags as flag_replies
from bot.replies.answer import render_answer, render_speaker_quotes, render_unknown_speaker
from bot.replies.buttons import AvailableActions
from bot.replies.catalogue import say
from bot.replies.quote_history import add_history_button, render_history
from bot.replies.reply import Piece, Reply, Style
from bot.replies.verified_quotes import render_verifications
from bot.service.admin import Admin
from bot.service.background_build import settle_heap
from bot.service.flags import MAX_FLAG_DAYS, FlagDesk
from bot.storage.base import create_shown_events

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Sequence
    from pathlib import Path
    from typing import Self

    from bot.answers.answer import Answer
    from bot.answers.answerer import Answerer
    from bot.answers.by_speaker import SpeakerPage, SpeakerQuery
    from bot.answers.verification import Verification
    from bot.model import Corpus, Document, Quote
    from bot.replies.card import CardPage
    from bot.service.flags import Reporter
    from bot.service.live_corpus import LiveCorpus
    from bot.service.snapshot import Snapshot
    from bot.service.uploads import Uploads
    from bot.storage import FlagReason, Hold, Storage

    QuoteRenderer = Callable[[Snapshot, Quote], Reply]

log = logging.getLogger(__name__)


class ServiceOptions(NamedTuple):
    """What a service is set to: questions of `max_question_length` characters, flags kept for `flag_days`.

    Without the corpus's `folder` no voice is corrected from here. Of a text to be verified the first
    `max_verified_length` characters are read: by default as many as one message of a chat has.
    """

    max_question_length: int = 1000
    folder: Path | None = None
    flag_days: int = MAX_FLAG_DAYS
    max_verified_length: int = 4096


class Service:
    """Answers questions from one live corpus; `admin` runs the commands of its admins.

    A quote's link is good wherever its document is served, so `siblings`, the
    other corpora of this process, are looked through too.
    """

    def __init__(
        self,
        live: LiveCorpus,
        storage: Storage,
        siblings: Sequence[LiveCorpus] = (),
        uploads: Uploads | None = None,
        options: ServiceOptions | None = None,
    ) -> None:
        options = options or ServiceOptions()
        self._live = live
        self._storage = storage
        self._siblings = siblings
        self._max_question_length = options.max_question_length
        self._max_verified_length = options.max_verified_length
        self._page_size = PageSize()
        self.flags = FlagDesk(storage, live.today, options.flag_days)
        self.admin = Admin(live, siblings, uploads, self.flags, options.folder)

    def with_page_size(self, page_size: PageSize) -> Self:
        """Return the same service, of which the pages of an answer are `page_size` long."""
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
        """Return one page of the reply to `question`; the search runs in a thread.

        What one voice said is asked for by a question too; see `answer_by_speaker`. `quote_ids` are
        of the quotes shown in the answer that it replies to, if that is known.
        """
        await self._live.refresh()
        snapshot = self._live.snapshot
        speaker_query = snapshot.answerer.parse_speaker_question(self._truncate(question))
        if speaker_query and (speaker_reply := await self._reply_by_speaker(snapshot, speaker_query, page)):
            return speaker_reply
        started_at = time.perf_counter()
        shown = [quote for quote_id in quote_ids if (quote := self._find_quote(snapshot, quote_id))]
        arguments = *self._truncate_all(question, history), page, self._page_size, shown
        answer = await asyncio.to_thread(snapshot.answerer.answer, *arguments)
        quotes = [chosen.quote for chosen in answer.quotes]
        actions = find_actions(snapshot, answer.quotes)
        await self._record_shown(quotes, snapshot.corpus)
        elapsed_ms = 1000 * (time.perf_counter() - started_at)
        log.info("asked status=%s quotes=%d ms=%.1f", answer.status, len(answer.quotes), elapsed_ms)
        reply = render_answer(answer, snapshot.corpus, actions)
        return _add_notice(reply, snapshot.corpus)

    def asks_nothing(self, text: str) -> bool:
        """Return whether `text` has no words to search for, such as "is that true?" in reply to somebody."""
        return self._live.snapshot.answerer.asks_nothing(self._truncate(text))

    def leans_on_context(self, text: str) -> bool:
        """Return whether `text` is understood only with what was asked before it."""
        return self._live.snapshot.answerer.leans_on_context(self._truncate(text))

    async def answer_by_speaker(self, text: str, page: int = 1) -> Reply:
        """Return one page of what a voice said, `text` being its name and perhaps a topic."""
        await self._live.refresh()
        snapshot = self._live.snapshot
        speaker_query = snapshot.answerer.parse_name_and_topic(self._truncate(text))
        if speaker_query is None:
            return _add_notice(render_unknown_speaker(text, snapshot.corpus), snapshot.corpus)
        if reply := await self._reply_by_speaker(snapshot, speaker_query, page):
            return reply
        # Nothing that the voice said: then whatever is closest, as for any question.
        return await self.ask(f"{speaker_query.names[0]} {speaker_query.topic}", page=page)

    def compare_sides(self, topic: str, page: int = 1) -> Answer:
        """Return each side's best quote of each voice on `topic`, equally many."""
        return self._live.snapshot.answerer.answer_by_sides(self._truncate(topic), page)

    async def answer_by_sides(self, topic: str, page: int = 1) -> Reply:
        """Return one page of what each side says on `topic`, voice by voice; without a topic how to ask."""
        await self._live.refresh()
        snapshot = self._live.snapshot
        if not topic.strip():
            return about.render_sides_usage(snapshot.answerer.answerable_topics)
        answer = await asyncio.to_thread(snapshot.answerer.answer_by_sides, self._truncate(topic), page)
        await self._record_shown([chosen.quote for chosen in answer.quotes], snapshot.corpus)
        log.info("asked by=sides quotes=%d", len(answer.quotes))
        reply = render_answer(answer, snapshot.corpus, find_actions(snapshot, answer.quotes))
        return _add_notice(reply, snapshot.corpus)

    def verify(self, text: str) -> tuple[Verification, ...]:
        """Return the verdict on each quote in `text`; words that are found damaged are in none."""
        verifications = self._live.snapshot.answerer.verifier.verify(text[: self._max_verified_length])
        return tuple(verification.leave_out_damaged() for verification in verifications)

    async def verify_quotes(self, text: str) -> Reply:
        """Return the reply to a text whose quotes are to be verified; the search runs in a thread."""
        return (await self._verify(text))[1]

    async def verify_or_none(self, text: str) -> Reply | None:
        """Return the same, but None for a text that quotes nobody and of which no words are found here."""
        verifications, reply = await self._verify(text)
        return reply if any(verification.is_of_quote for verification in verifications) else None

    async def _verify(self, text: str) -> tuple[tuple[Verification, ...], Reply]:
        await self._live.refresh()
        snapshot = self._live.snapshot
        verifications = await asyncio.to_thread(self.verify, text)
        reply = render_verifications(verifications, snapshot.corpus)
        shown = [match.quote for verification in verifications for match in verification.matches]
        await self._record_shown(shown, snapshot.corpus)
        log.info("verified quotes=%d verdicts=%s", len(verifications), ",".join(v.verdict for v in verifications))
        return verifications, _add_notice(reply, snapshot.corpus)

    async def refresh(self) -> None:
        """Withhold what any process withholds by now, for what is asked in other ways than by a reply."""
        await self._live.refresh()

    async def find_speaker_page(self, text: str, page: int = 1) -> SpeakerPage | None:
        """Find one page of what a voice said, `text` being its name and perhaps a topic; None for nobody's name."""
        answerer = self._live.snapshot.answerer
        query = answerer.parse_name_and_topic(self._truncate(text))
        return None if query is None else await asyncio.to_thread(answerer.find_speaker_page, query, page)

    def withholds_in(self, document: Document) -> bool:
        """Return whether anything of a document is withheld, so that its text cannot be shown as a whole."""
        snapshot = self._live.snapshot
        return bool(snapshot.withheld_spans(document) or snapshot.withheld_names.is_named_in(document.text))

    def is_withheld(self, quote_id: str) -> bool:
        """Return whether an admin withholds the quote of this id."""
        return self._storage.find_hold(quote_id) is not None

    async def search_cards(self, question: str, page: int = 1, limit: int = 10) -> CardPage:
        """Return up to `limit` quotes, each to stand by itself; for no question, of the topics.

        The last word may be the beginning of others, of which each adds a quote.
        """
        await self._live.refresh()
        snapshot = self._live.snapshot
        query = question.strip() or " / ".join(snapshot.answerer.answerable_topics)
        text, _ = self._truncate_all(query)
        if question.strip():
            answer = await asyncio.to_thread(answer_beginning, snapshot.answerer, text, page, limit)
        else:
            answer = await asyncio.to_thread(snapshot.answerer.answer, text, (), page, PageSize(limit))
        await self._record_shown([chosen.quote for chosen in answer.quotes], snapshot.corpus)
        log.info("found status=%s quotes=%d", answer.status, len(answer.quotes))
        return card.build_card_page(answer, snapshot.corpus)

    async def show_quote(self, quote_id: str, history: Sequence[str] = ()) -> Reply:
        """Return a quote in its context, or what became of it; it may be of any corpus here.

        Where it answers `history` (oldest first), the reply says which words it matches.
        """

        def in_context(snapshot: Snapshot, quote: Quote) -> Reply:
            matched_words = self._find_matched_words(snapshot, quote, history)
            withheld = snapshot.withheld_spans(quote.passage.document)
            return quote_details.render_context(
                quote,
                snapshot.corpus,
                matched_words,
                find_actions(snapshot, [ChosenQuote(quote, 0.0)], is_alone=True),
                withheld,
            )

        reply = await self._render_quote(quote_id, in_context)
        # That it was first shown is no news.
        has_history = len(self._live.history.list_events(quote_id)) > 1
        return add_history_button(reply, quote_id) if has_history else reply

    async def show_opposite(self, quote_id: str) -> Reply:
        """Return what the other side says on a quote's topic, or what became of the quote."""
        return await self._render_quote(
            quote_id, lambda snapshot, quote: quote_details.render_opposite(snapshot.answerer.find_opposite(quote))
        )

    async def show_wordings(self, quote_id: str) -> Reply:
        """Return the wordings in which a quote's statement is printed, or what became of it."""
        return await self._render_quote(
            quote_id,
            lambda snapshot, quote: quote_details.render_wordings(quote, snapshot.answerer.find_wordings(quote)),
        )

    async def copy_quote(self, quote_id: str) -> Reply:
        """Return a quote with its attribution, to be copied, or what became of it."""
        return await self._render_quote(quote_id, lambda _, quote: quote_details.render_copy(quote))

    async def show_history(self, quote_id: str) -> Reply:
        """Return what happened to a quote since it was first shown, wherever here it is served."""
        for live in (self._live, *self._siblings):
            await live.refresh()
        events = self._live.history.list_events(quote_id)
        quote = await asyncio.to_thread(self._find_anywhere, events[-1].quote if events else quote_id)
        if not events and not quote and not self._storage.find_shown(quote_id):
            return _add_notice(quote_details.render_unknown_quote(quote_id), self.corpus)
        is_shown = bool(quote) and not self._storage.find_hold(quote_id)
        return _add_notice(render_history(quote_id, events, self._may_tell, is_shown=is_shown), self.corpus)

    async def offer_reasons(self, quote_id: str) -> Reply:
        """Return the reasons for which the quote may be reported."""
        if await asyncio.to_thread(self._find_anywhere, quote_id) is None:
            return await self.show_quote(quote_id)
        return flag_replies.render_reasons(quote_id, self.flags.days)

    async def report(self, quote_id: str, reason: FlagReason, reporter: Reporter) -> Reply:
        """File a flag on the quote, and have the admins told, with the evidence."""
        if await asyncio.to_thread(self._find_anywhere, quote_id) is None:
            return await self.show_quote(quote_id)
        try:
            flag = await self.flags.file(quote_id, reason, reporter)
        except StorageError as error:
            log.warning("not reported: %s", error)
            return Reply.with_heading(say("flags.failed"))
        count = sum(other.quote == quote_id for other in self.flags.list_open())
        self.flags.alert(flag_replies.render_flag_alert(flag, count, await self.show_quote(quote_id)))
        return flag_replies.render_filed(quote_id)

    def knows_quote(self, quote_id: str) -> bool:
        """Return whether `show_quote` has more to say of this id than that it is unknown."""
        is_recorded = self._storage.find_hold(quote_id) or self._storage.find_tombstone(quote_id)
        return bool(is_recorded or self._find_quote(self._live.snapshot, quote_id))

    def find_speaker(self, text: str) -> SpeakerQuery | None:
        """Return the voices that `text` opens with the name of, and what follows; None where it names nobody."""
        return self._live.snapshot.answerer.parse_name_and_topic(self._truncate(text))

    def restrict_to_documents(self, document_ids: Container[str]) -> Answerer:
        """Return an answerer of these documents alone, as they are served now."""
        snapshot = self._live.snapshot
        passages = tuple(p for p in snapshot.corpus.passages if p.document.id in document_ids)
        return snapshot.answerer.restrict_to(replace(snapshot.corpus, passages=passages))

    async def record_shown(self, quotes: Iterable[Quote]) -> None:
        """Record that `quotes` are shown, so that their links always have an answer."""
        await self._record_shown(quotes, self.corpus)

    def find_quote(self, quote_id: str) -> Quote | None:
        """Return the quote of this id, if the corpus served now has it."""
        return self._find_quote(self._live.snapshot, quote_id)

    def start(self) -> Reply:
        """Return the greeting."""
        snapshot = self._live.snapshot
        return _add_notice(about.render_greeting(snapshot.corpus, snapshot.answerer.answerable_topics), snapshot.corpus)

    def help(self) -> Reply:
        """Return how to use the bot."""
        snapshot = self._live.snapshot
        return _add_notice(about.render_help(snapshot.corpus, snapshot.answerer.answerable_topics), snapshot.corpus)

    def about(self) -> Reply:
        """Return what the bot checks and what it does not."""
        return _add_notice(about.render_about(self.corpus), self.corpus)

    def contents(self, page: int = 1) -> Reply:
        """Return one page of the contents of the corpus, and the others that a chat may choose."""
        reply = about.render_contents(self.corpus, page)
        others = [live.snapshot.corpus for live in self._siblings]
        return _add_notice(about.add_corpus_buttons(reply, others), self.corpus)

    def privacy(self) -> Reply:
        """Return what is stored about questions."""
        storage = self._storage
        return about.render_privacy(
            is_persisted=storage.is_persistent, is_shared=storage.is_shared, flag_days=self.flags.days
        )

    async def follow(self) -> None:
        """Switch to what another process switched to, if one did; and forget flags that are too old."""
        await self._live.refresh()
        await self._live.follow()
        try:
            await self.flags.forget_old()
        except StorageError as error:
            log.warning("old flags are not forgotten: %s", error)

    async def warm(self) -> None:
        """Load what the first question would otherwise wait for, and spare all of them the garbage collector.

        What is loaded now stays: a full collection would walk through it, 0.1 s and more in the middle of a reply.
        """
        await asyncio.to_thread(self._live.snapshot.answerer.warm_up)
        settle_heap()

    def _truncate(self, question: str) -> str:
        return question[: self._max_question_length]

    def _truncate_all(self, question: str, history: Sequence[str] = ()) -> tuple[str, tuple[str, ...]]:
        return self._truncate(question), tuple(map(self._truncate, history))

    def _find_matched_words(self, snapshot: Snapshot, quote: Quote, history: Sequence[str]) -> tuple[str, ...]:
        if not history:
            return ()
        arguments = self._truncate_all(history[-1], history[:-1])
        return snapshot.answerer.find_matched_words(quote, *arguments)

    def _find_quote(self, snapshot: Snapshot, quote_id: str) -> Quote | None:
        """Return the quote of this id: one that was shown at its place, any other looked for."""
        shown_quote = self._storage.find_shown(quote_id)
        quote = shown_quote and snapshot.answerer.find_quote_at(shown_quote.sha256, shown_quote.span)
        return quote or snapshot.answerer.find_quote(quote_id)

    async def _reply_by_speaker(self, snapshot: Snapshot, speaker_query: SpeakerQuery, page: int) -> Reply | None:
        """Return one page of what a voice said, or whom its name may mean; None for nothing."""
        find_page = snapshot.answerer.find_speaker_page
        results = await asyncio.to_thread(find_page, speaker_query, page)
        if not results.quotes and not results.choices:
            return None
        quotes = [chosen.quote for chosen in results.quotes]
        await self._record_shown(quotes, snapshot.corpus)
        actions = find_actions(snapshot, results.quotes)
        log.info("asked by=voice quotes=%d of=%d", len(quotes), results.total)
        return _add_notice(render_speaker_quotes(results, actions), snapshot.corpus)

    async def _render_quote(self, quote_id: str, render: QuoteRenderer) -> Reply:
        for live in (self._live, *self._siblings):
            await live.refresh()
        if hold := self._storage.find_hold(quote_id):
            return _add_notice(quote_details.render_withheld(self._redact_hold(hold)), self.corpus)
        for live in (self._live, *self._siblings):
            snapshot = live.snapshot
            if quote := await asyncio.to_thread(self._find_quote, snapshot, quote_id):
                if not quote.is_intact:
                    live.log_damage()
                    return _add_notice(quote_details.render_damaged(quote), snapshot.corpus)
                await self._record_shown([quote], snapshot.corpus)
                reply = await asyncio.to_thread(render, snapshot, quote)
                # What stands around the quote, or opposite it, may have been found changed too.
                live.log_damage()
                return _add_notice(reply, snapshot.corpus)
        return await self._explain_missing(quote_id)

    def _find_anywhere(self, quote_id: str) -> Quote | None:
        """Return the quote of this id, of whichever corpus here has it."""
        snapshots = (live.snapshot for live in (self._live, *self._siblings))
        return next(filter(None, (self._find_quote(snapshot, quote_id) for snapshot in snapshots)), None)

    def _may_tell(self, text: str) -> bool:
        """Return whether `text` gives no name away that is withheld."""
        names = (live.snapshot.withheld_names for live in (self._live, *self._siblings))
        return not any(each.is_printed_in(text) for each in names)

    def _redact_hold(self, hold: Hold) -> Hold:
        """Return `hold`, without its reason where that gives away a name."""
        return hold if self._may_tell(hold.reason) else replace(hold, reason=say("not_given"))

    async def _record_shown(self, quotes: Iterable[Quote], corpus: Corpus) -> None:
        """Record that `quotes` of `corpus` are shown, so that their links always have an answer."""
        self._live.log_damage()
        storage = self._storage
        if new_quotes := tuple(quote for quote in quotes if storage.find_shown(quote.id) is None):
            await storage.record_shown(new_quotes, corpus.name)
            await storage.record_events(create_shown_events(new_quotes, self._live.get_time(), corpus.fingerprint))

    async def _explain_missing(self, quote_id: str) -> Reply:
        """Return what became of a quote that no corpus here has."""
        shown_quote = self._storage.find_shown(quote_id)
        retired = self._storage.find_tombstone(quote_id)
        snapshots = [live.snapshot for live in (self._live, *self._siblings)]
        if shown_quote and any(each.is_withheld(shown_quote.sha256, shown_quote.span) for each in snapshots):
            return _add_notice(quote_details.render_withheld_name(quote_id), self.corpus)
        if not shown_quote or not retired:
            return _add_notice(quote_details.render_unknown_quote(quote_id), self.corpus)
        if retired.now:
            return quote_details.render_moved(shown_quote, retired, await self.show_quote(retired.now))
        quoted_words = await self._storage.read_words(quote_id) if retired.why == "changed" else None
        if not self._may_tell(f"{shown_quote.title} {quoted_words}"):
            return _add_notice(quote_details.render_withheld_name(quote_id), self.corpus)
        return _add_notice(quote_details.render_retired(shown_quote, retired, quoted_words), self.corpus)


def _add_notice(reply: Reply, corpus: Corpus) -> Reply:
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
