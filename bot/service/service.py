"""The service behind every surface: questions, and the quotes, reports, fixed pages and upkeep of one corpus."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.answers.answer import ChosenQuote
from bot.errors import StorageError
from bot.model import Document, Quote
from bot.replies import about, notifications, quote_details
from bot.replies.catalogue import say
from bot.replies.quote_details import add_history_button, render_history
from bot.replies.reply import Reply
from bot.service.admin import Admin
from bot.service.live_corpus import LiveCorpus
from bot.service.question_service import QuestionService, ServiceOptions, add_notice, find_actions
from bot.service.review import FlagDesk, Reporter
from bot.service.snapshot import Snapshot, settle_heap
from bot.storage import FlagReason, ShownQuote, Storage

if TYPE_CHECKING:  # loaded only where it is used
    from bot.service.uploads import Uploads

QuoteRenderer = Callable[[Snapshot, Quote], Reply]

log = logging.getLogger(__name__)


class Service(QuestionService):
    """Answers questions from one live corpus, and shows its quotes; `admin` runs the commands of its admins.

    A quote's link is good wherever its document is served, so `siblings`, the
    other corpora of this process, are searched too.
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
        super().__init__(live, storage, options)
        self._all_live = live, *siblings
        self.flags = FlagDesk(storage, live.today, options.flag_days)
        self.admin = Admin(live, siblings, uploads, self.flags, options.folder)

    def withholds_in(self, document: Document) -> bool:
        """Return whether anything of a document is withheld, so that its text cannot be shown as a whole."""
        snapshot = self._live.snapshot
        return bool(snapshot.withheld_spans(document) or snapshot.withheld_names.is_named_in(document.text))

    def is_withheld(self, quote_id: str) -> bool:
        """Return whether an admin withholds the quote of this id."""
        return self._storage.find_hold(quote_id) is not None

    async def show_quote(self, quote_id: str, history: Sequence[str] = ()) -> Reply:
        """Return a quote in its context, or what became of it; it may be in any corpus here.

        Where it answers `history` (oldest first), the reply says which words it matches.
        """

        def render_in_context(snapshot: Snapshot, quote: Quote) -> Reply:
            matched_words: tuple[str, ...] = ()
            if history:
                arguments = self._truncate_all(history[-1], history[:-1])
                matched_words = snapshot.answerer.find_matched_words(quote, *arguments)
            actions = find_actions(snapshot, [ChosenQuote(quote, 0.0)], is_alone=True)
            withheld = snapshot.withheld_spans(quote.passage.document)
            return quote_details.render_context(quote, snapshot.corpus, matched_words, actions, withheld)

        reply = await self._render_quote(quote_id, render_in_context)
        # That it was first shown makes no history yet.
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
        """Return what happened to a quote since it was first shown, whichever corpus here serves it."""
        for live in self._all_live:
            await live.refresh()
        events = self._live.history.list_events(quote_id)
        quote = await asyncio.to_thread(self._find_anywhere, events[-1].quote if events else quote_id)
        if not events and not quote and not self._storage.find_shown(quote_id):
            return add_notice(quote_details.render_unknown_quote(quote_id), self.corpus)
        is_shown = bool(quote) and not self._storage.find_hold(quote_id)
        return add_notice(render_history(quote_id, events, self._may_tell, is_shown=is_shown), self.corpus)

    async def offer_reasons(self, quote_id: str) -> Reply:
        """Return the reasons for which the quote may be reported, or what became of the quote."""
        if await asyncio.to_thread(self._find_anywhere, quote_id) is None:
            return await self.show_quote(quote_id)
        return notifications.render_reasons(quote_id, self.flags.days)

    async def report(self, quote_id: str, reason: FlagReason, reporter: Reporter) -> Reply:
        """File a flag on the quote, alert the admins with the evidence, and thank the reporter."""
        if await asyncio.to_thread(self._find_anywhere, quote_id) is None:
            return await self.show_quote(quote_id)
        try:
            flag = await self.flags.file(quote_id, reason, reporter)
        except StorageError as error:
            log.warning("not reported: %s", error)
            return Reply.with_heading(say("flags.failed"))
        count = sum(other.quote == quote_id for other in self.flags.list_open())
        self.flags.alert(notifications.render_flag_alert(flag, count, await self.show_quote(quote_id)))
        return notifications.render_filed(quote_id)

    def knows_quote(self, quote_id: str) -> bool:
        """Return whether `show_quote` has more to say of this id than that it is unknown."""
        is_recorded = self._storage.find_hold(quote_id) or self._storage.find_tombstone(quote_id)
        return bool(is_recorded or self._find_quote(self._live.snapshot, quote_id))

    def start(self) -> Reply:
        """Return the greeting."""
        snapshot = self._live.snapshot
        return add_notice(about.render_greeting(snapshot.corpus, snapshot.answerer.answerable_topics), snapshot.corpus)

    def help(self) -> Reply:
        """Return how to use the bot."""
        snapshot = self._live.snapshot
        return add_notice(about.render_help(snapshot.corpus, snapshot.answerer.answerable_topics), snapshot.corpus)

    def about(self) -> Reply:
        """Return what the bot checks and what it does not."""
        return add_notice(about.render_about(self.corpus), self.corpus)

    def contents(self, page: int = 1) -> Reply:
        """Return one page of the contents of the corpus, with buttons for the others that a chat may choose."""
        reply = about.render_contents(self.corpus, page)
        others = [live.snapshot.corpus for live in self._all_live[1:]]
        return add_notice(about.add_corpus_buttons(reply, others), self.corpus)

    def privacy(self) -> Reply:
        """Return the notice of what is stored about questions."""
        is_persisted, is_shared = self._storage.is_persistent, self._storage.is_shared
        return about.render_privacy(is_persisted=is_persisted, is_shared=is_shared, flag_days=self.flags.days)

    async def follow(self) -> None:
        """Switch to what another process switched to, if one did; and forget flags that are too old."""
        await self._live.refresh()
        await self._live.follow()
        try:
            await self.flags.forget_old()
        except StorageError as error:
            log.warning("old flags are not forgotten: %s", error)

    async def warm(self) -> None:
        """Load what the first question would otherwise wait for, and let the garbage collector pass over it.

        It stays loaded, and a full collection would walk through it: 0.1 s and more in the middle of a reply.
        """
        await asyncio.to_thread(self._live.snapshot.answerer.warm_up)
        self._is_warm = True
        settle_heap()

    async def _render_quote(self, quote_id: str, render: QuoteRenderer) -> Reply:
        """Return what `render` makes of a quote, of whichever corpus here has it, or what became of it."""
        for live in self._all_live:
            await live.refresh()
        if hold := self._storage.find_hold(quote_id):
            # A reason may give away a name that is withheld.
            public = hold if self._may_tell(hold.reason) else replace(hold, reason=say("not_given"))
            return add_notice(quote_details.render_withheld(public), self.corpus)
        for live in self._all_live:
            snapshot = live.snapshot
            if quote := await asyncio.to_thread(self._find_quote, snapshot, quote_id):
                if not quote.is_intact:
                    live.log_damaged_documents()
                    return add_notice(Reply.with_heading(say("damaged_quote", id=quote_id)), snapshot.corpus)
                await self._live.record_shown([quote], snapshot.corpus)
                reply = await asyncio.to_thread(render, snapshot, quote)
                # Rendering may have found damage around the quote, or in its opposite.
                live.log_damaged_documents()
                return add_notice(reply, snapshot.corpus)
        return await self._explain_missing(quote_id)

    def _find_anywhere(self, quote_id: str) -> Quote | None:
        """Return the quote of this id, of whichever corpus here has it."""
        quotes = (self._find_quote(live.snapshot, quote_id) for live in self._all_live)
        return next(filter(None, quotes), None)

    def _may_tell(self, text: str) -> bool:
        """Return whether `text` prints no name that is withheld."""
        names = (live.snapshot.withheld_names for live in self._all_live)
        return not any(each.is_printed_in(text) for each in names)

    async def _explain_missing(self, quote_id: str) -> Reply:
        """Return what became of a quote that no corpus here has."""
        shown_quote = self._storage.find_shown(quote_id)
        retired = self._storage.find_tombstone(quote_id)
        if shown_quote is not None and await asyncio.to_thread(self._is_withheld_anywhere, shown_quote):
            return add_notice(quote_details.render_withheld_name(quote_id), self.corpus)
        if not shown_quote or not retired:
            return add_notice(quote_details.render_unknown_quote(quote_id), self.corpus)
        if retired.now:
            return quote_details.render_moved(shown_quote, retired, await self.show_quote(retired.now))
        quoted_words = await self._storage.read_words(quote_id) if retired.why == "changed" else None
        if not self._may_tell(f"{shown_quote.title} {quoted_words}"):
            return add_notice(quote_details.render_withheld_name(quote_id), self.corpus)
        return add_notice(quote_details.render_retired(shown_quote, retired, quoted_words), self.corpus)

    def _is_withheld_anywhere(self, shown: ShownQuote) -> bool:
        """Return whether a corpus here withholds the words that stand where a quote was shown."""
        return any(live.snapshot.is_withheld(shown.sha256, shown.span) for live in self._all_live)
