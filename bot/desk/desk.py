"""The desk: question in, reply out; the one object a chat surface talks to.

All that answers a question hangs together in one immutable `Serving`, taken
once at the start of each question, so no answer ever mixes two corpora.
`bot.served` has how another takes its place.
"""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from bot import state
from bot.desk.asking import Asking, beside, known
from bot.desk.backroom import Backroom
from bot.replies import (
    about,
    admin,
    alone,
    answered,
    choices,
    context,
    lookups,
    spoken,
    tombstones,
)
from bot.replies.reply import Piece, Style
from bot.served import PATIENCE, Served, Serving, megabytes

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Sequence

    from bot.answers.answer import Answer
    from bot.answers.by_voice import Wanted
    from bot.desk.inbox import Inbox
    from bot.model import Corpus, Quote
    from bot.replies.alone import Results
    from bot.replies.reply import Reply
    from bot.served import Load
    from bot.state import State

    Looking = Callable[[Serving, Quote], Reply]

log = logging.getLogger(__name__)


class Desk:
    """Answers questions from what is served now.

    `load` reads the corpus and indexes it; it runs once at the start and then
    for each reload, for at most `patience` seconds. Of a question at most
    `longest` characters are read. `kept` is what outlives a run. The desks
    `beside` it serve other corpora: a quote's link is good at any of them. An
    `inbox` is there where admins may send documents.
    """

    def __init__(
        self,
        load: Load,
        longest: int = 1000,
        kept: State | None = None,
        patience: float = PATIENCE,
    ) -> None:
        self._asking = Asking(longest)
        self._state = kept or state.opened()
        self._served = Served(load, self._state, patience)
        self._backroom = Backroom(self._served)
        self.beside: tuple[Desk, ...] = ()
        self.inbox: Inbox | None = None

    @property
    def corpus(self) -> Corpus:
        """The corpus served now, without what is withheld."""
        return self._served.now.corpus

    def answer(self, question: str, after: Sequence[str] = ()) -> Answer:
        """Return the answer to `question`, asked after the questions `after` (oldest first)."""
        return self._asking.answer(self._served.now, question, after)

    async def ask(self, question: str, after: Sequence[str] = (), page: int = 1) -> Reply:
        """Return one page of the reply to `question`; a long search runs beside the event loop.

        What one voice said is asked for by a question too; see `by`.
        """
        serving = self._served.now
        wanted = serving.answerer.voices.asked(self._asking.read(question))
        if wanted and (spoken := await self._spoken(serving, wanted, page)):
            return spoken
        began = time.perf_counter()
        given = serving, question, after, page
        answer, about_them = await beside(serving, self._asking.known_answer, *given)
        await self._note([chosen.quote for chosen in answer.quotes])
        spent = 1000 * (time.perf_counter() - began)
        log.info("asked status=%s quotes=%d ms=%.1f", answer.status, len(answer.quotes), spent)
        reply = answered.reply(answer, len(serving.corpus.documents), about_them)
        return _noticed(reply, serving.corpus)

    def heard(self, quote_ids: Iterable[str], question: str, after: Sequence[str]) -> list[str]:
        """Return whom a pronoun of `question` may mean, by name: those who speak in these quotes.

        Nobody where it has none, or where the questions before name somebody.
        """
        answerer = self._served.now.answerer
        if not answerer.strays(self._asking.read(question), after):
            return []
        quotes = (self._quote(self._served.now, quote_id) for quote_id in quote_ids)
        voices = (quote.passage.voice for quote in quotes if quote)
        return list(dict.fromkeys(voice.name for voice in voices if voice))

    async def by(self, line: str, page: int = 1) -> Reply:
        """Return one page of what a voice said, `line` being its name and perhaps a topic."""
        serving = self._served.now
        wanted = serving.answerer.voices.named(self._asking.read(line))
        if wanted is None:
            return _noticed(spoken.nobody(line, serving.corpus), serving.corpus)
        if reply := await self._spoken(serving, wanted, page):
            return reply
        # Nothing that the voice said: then whatever is closest, as for any question.
        return await self.ask(f"{wanted.names[0]} {wanted.topic}", page=page)

    async def found(self, question: str, page: int = 1, most: int = 10) -> Results:
        """Return up to `most` quotes, each to stand by itself; for no question, of the topics."""
        serving = self._served.now
        asked = question.strip() or " ".join(serving.answerer.offered)
        given = serving, asked, (), page, most
        answer = await beside(serving, self._asking.answer, *given)
        await self._note(chosen.quote for chosen in answer.quotes)
        log.info("found status=%s quotes=%d", answer.status, len(answer.quotes))
        return alone.results(answer, serving.corpus)

    async def show(self, quote_id: str, asked: Sequence[str] = (), page: int = 1) -> Reply:
        """Return a quote in its context, or what became of it; it may be of any corpus here.

        With what was `asked` (oldest first) and its page, the words matched are told.
        """

        def in_context(serving: Serving, quote: Quote) -> Reply:
            matched = self._asking.matched(serving, quote, asked, page)
            withheld = serving.withheld_from(quote.passage.document)
            return context.reply(quote, serving.corpus, matched, known(serving, [quote]), withheld)

        return await self._look_into(quote_id, in_context)

    async def opposite(self, quote_id: str) -> Reply:
        """Return what the other side says on a quote's topic, or what became of the quote."""
        return await self._look_into(
            quote_id, lambda serving, quote: lookups.opposite(serving.answerer.opposites.of(quote))
        )

    async def wordings(self, quote_id: str) -> Reply:
        """Return the wordings in which a quote's statement is printed, or what became of it."""
        return await self._look_into(
            quote_id,
            lambda serving, quote: lookups.wordings(quote, serving.answerer.printings.of(quote)),
        )

    async def copied(self, quote_id: str) -> Reply:
        """Return a quote to be copied, with whose words they are, or what became of it."""
        return await self._look_into(quote_id, lambda _, quote: lookups.copied(quote))

    async def looked_into(self, quote_id: str, how: Looking) -> Reply | None:
        """Return what `how` makes of a quote of this desk's corpus; None if it has none such."""
        serving = self._served.now
        quote = await asyncio.to_thread(self._quote, serving, quote_id)
        if quote is None:
            return None
        await self._note([quote])
        return _noticed(await asyncio.to_thread(how, serving, quote), serving.corpus)

    def start(self) -> Reply:
        """Return the greeting."""
        serving = self._served.now
        return _noticed(about.start(serving.corpus, serving.answerer.offered), serving.corpus)

    def help(self) -> Reply:
        """Return how to ask."""
        return _noticed(about.help_(), self.corpus)

    def about(self) -> Reply:
        """Return what is checked and what is not."""
        return _noticed(about.about(self.corpus), self.corpus)

    def contents(self) -> Reply:
        """Return what the corpus holds, and which others a chat may choose."""
        reply = about.contents(self.corpus)
        others = [desk.corpus for desk in self.beside]
        return _noticed(choices.offering(reply, others), self.corpus)

    def privacy(self) -> Reply:
        """Return what is kept of a question."""
        return about.privacy(kept=self._state.kept)

    def status(self) -> Reply:
        """Return what is served, for an admin."""
        served = self._served
        load = admin.Load(served.loaded, served.seconds, served.generation, megabytes())
        return admin.status(self.corpus, _version(), load)

    async def reload(self, wish: str = "") -> Reply:
        """Do what an admin wrote after `/reload`, and return what changed, or why nothing did.

        Nothing: build the corpus aside, and switch to it if nothing would be
        lost by it; else tell what would be, and wait. `without NAME`: the same,
        leaving out documents that were found broken. `now`: switch to what was
        prepared. `cancel`: drop it. One reload runs at a time; a second one is
        refused, not queued.
        """
        return await self._backroom.reload(wish)

    async def hold(self, wish: str) -> Reply:
        """Withhold the quote that `wish` begins with; what follows is the reason.

        It is not shown from the next message on, until it is released.
        """
        return await self._on_hold(self._backroom.hold(wish))

    async def release(self, wish: str) -> Reply:
        """Let the quote whose id is `wish` be shown again."""
        return await self._on_hold(self._backroom.release(wish))

    async def warm(self) -> None:
        """Read now what the first question that needs it would have to wait for."""
        await asyncio.to_thread(self._served.now.answerer.warm)

    async def refresh(self) -> None:
        """Show what the holds leave to be shown."""
        await self._served.refresh()

    def _quote(self, serving: Serving, quote_id: str) -> Quote | None:
        """Return the quote of this id: one that was shown at its place, any other looked for."""
        shown = self._state.register.get(quote_id)
        found = shown and serving.answerer.places.quote(shown.sha256, shown.span)
        return found or serving.answerer.quote(quote_id)

    async def _spoken(self, serving: Serving, wanted: Wanted, page: int) -> Reply | None:
        """Return one page of what a voice said, or whom its name may mean; None for nothing."""
        voices = serving.answerer.voices
        said = await asyncio.to_thread(voices.said, wanted, page)
        if not said.quotes and not said.choices:
            return None
        quotes = [chosen.quote for chosen in said.quotes]
        await self._note(quotes)
        about_them = await asyncio.to_thread(known, serving, quotes)
        log.info("asked by=voice quotes=%d of=%d", len(quotes), said.total)
        return _noticed(spoken.reply(said, about_them), serving.corpus)

    async def _look_into(self, quote_id: str, how: Looking) -> Reply:
        if hold := self._state.holds.get(quote_id):
            return _noticed(tombstones.withheld(hold), self.corpus)
        for desk in (self, *self.beside):
            if reply := await desk.looked_into(quote_id, how):
                return reply
        return await self._gone(quote_id)

    async def _note(self, quotes: Iterable[Quote]) -> None:
        """Note that `quotes` are shown, so that their links are never without an answer."""
        register = self._state.register
        if new := tuple(quote for quote in quotes if register.get(quote.id) is None):
            await asyncio.to_thread(register.note, new, self.corpus.name)

    async def _gone(self, quote_id: str) -> Reply:
        """Return what became of a quote that no corpus here has."""
        register = self._state.register
        shown, end = register.get(quote_id), register.retired(quote_id)
        if not shown or not end:
            return _noticed(context.gone(quote_id), self.corpus)
        if end.now:
            return tombstones.moved(shown, end, await self.show(end.now))
        said = await asyncio.to_thread(register.words, quote_id) if end.why == "changed" else None
        return _noticed(tombstones.retired(shown, end, said), self.corpus)

    async def _on_hold(self, change: Awaitable[Reply]) -> Reply:
        """Return the reply of `change`; a hold is on a document, whichever corpora have it."""
        reply = await change
        for desk in self.beside:
            await desk.refresh()
        return reply


def _noticed(reply: Reply, corpus: Corpus) -> Reply:
    """Return `reply` with the corpus's notice under it, where it has one."""
    if corpus.notice is None:
        return reply
    return replace(reply, blocks=(*reply.blocks, (Piece(corpus.notice, Style.ITALIC),)))


def _version() -> str:
    try:
        return version("on-the-record")
    except PackageNotFoundError:
        return "0.1.0, from the tree"
