"""The desk: question in, reply out; the one object a chat surface talks to.

All that answers a question hangs together in one immutable `Serving`, taken
once at the start of each question. A reload builds another aside and swaps it
in whole, so no answer ever mixes two corpora.
"""

from __future__ import annotations

import asyncio
import logging
import resource
import sys
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from bot import corpora
from bot.errors import BotError
from bot.replies import about, admin, answered, context, words
from bot.replies.reply import Piece, Style

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.answers.answer import Answer
    from bot.answers.answering import Answerer
    from bot.model import Corpus
    from bot.replies.reply import Reply

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Serving:
    """A corpus, and what answers from it."""

    corpus: Corpus
    answerer: Answerer


class Desk:
    """Answers questions from what is served now.

    `build` reads the corpus and indexes it; it runs once at the start and then
    for each reload. Of a question at most `longest` characters are read.
    """

    def __init__(self, build: Callable[[], Serving], longest: int = 1000) -> None:
        self._build = build
        self._longest = longest
        self._reloading = asyncio.Lock()
        self._reloads = 0
        self._serving, self._seconds = self._timed_build()
        self._loaded = datetime.now(UTC)

    @property
    def corpus(self) -> Corpus:
        """The corpus served now."""
        return self._serving.corpus

    def answer(self, question: str, after: Sequence[str] = ()) -> Answer:
        """Return the answer to `question`, asked after the questions `after` (oldest first)."""
        return self._answer(self._serving, question, after)

    async def ask(self, question: str, after: Sequence[str] = ()) -> Reply:
        """Return the reply to `question`; the search runs beside the event loop."""
        began = time.perf_counter()
        serving = self._serving
        answer = await asyncio.to_thread(self._answer, serving, question, after)
        spent = 1000 * (time.perf_counter() - began)
        log.info("asked status=%s quotes=%d ms=%.1f", answer.status, len(answer.quotes), spent)
        return _noticed(answered.reply(answer, len(serving.corpus.documents)), serving.corpus)

    async def show(self, quote_id: str) -> Reply:
        """Return a quote in its context, or what became of it."""
        serving = self._serving
        quote = await asyncio.to_thread(serving.answerer.quote, quote_id)
        reply = context.reply(quote, serving.corpus) if quote else context.gone(quote_id)
        return _noticed(reply, serving.corpus)

    def start(self) -> Reply:
        """Return the greeting."""
        serving = self._serving
        return _noticed(about.start(serving.corpus, serving.answerer.offered), serving.corpus)

    def help(self) -> Reply:
        """Return how to ask."""
        return _noticed(about.help_(), self.corpus)

    def about(self) -> Reply:
        """Return what is checked and what is not."""
        return _noticed(about.about(self.corpus), self.corpus)

    def contents(self) -> Reply:
        """Return what the corpus holds."""
        return _noticed(about.contents(self.corpus), self.corpus)

    def privacy(self) -> Reply:
        """Return what is kept of a question."""
        return about.privacy()

    def status(self) -> Reply:
        """Return what is served, for an admin."""
        load = admin.Load(self._loaded, self._seconds, self._reloads, _megabytes())
        return admin.status(self.corpus, _version(), load)

    async def reload(self) -> Reply:
        """Build the corpus aside, swap it in, and return what changed, or why nothing did.

        One reload runs at a time; a second one is refused, not queued.
        """
        if self._reloading.locked():
            return admin.running()
        async with self._reloading:
            old = self.corpus
            try:
                self._serving, self._seconds = await asyncio.to_thread(self._timed_build)
            except BotError as error:
                log.warning("reload stopped: %s", error)
                return admin.stopped(str(error))
            except Exception as error:
                # Whatever went wrong, the old corpus goes on answering.
                log.exception("reload failed")
                return admin.stopped(words.DEFECT.format(kind=type(error).__name__))
            self._loaded = datetime.now(UTC)
            self._reloads += 1
            change = corpora.difference(old, self.corpus)
            return admin.reloaded(self.corpus, change, _megabytes())

    def _answer(self, serving: Serving, question: str, after: Sequence[str]) -> Answer:
        earlier = [before[: self._longest] for before in after]
        return serving.answerer.answer(question[: self._longest], earlier)

    def _timed_build(self) -> tuple[Serving, float]:
        began = time.perf_counter()
        serving = self._build()
        seconds = time.perf_counter() - began
        log.info(
            "ready corpus=%s documents=%d passages=%d s=%.2f",
            serving.corpus.name,
            len(serving.corpus.documents),
            len(serving.corpus.passages),
            seconds,
        )
        return serving, seconds


def _noticed(reply: Reply, corpus: Corpus) -> Reply:
    """Return `reply` with the corpus's notice under it, where it has one."""
    if corpus.notice is None:
        return reply
    return replace(reply, blocks=(*reply.blocks, (Piece(corpus.notice, Style.ITALIC),)))


def _megabytes() -> float:
    """Return the most memory this process has held; the system counts in KiB, macOS in bytes."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return float(most) / (1024 * 1024 if sys.platform == "darwin" else 1024)


def _version() -> str:
    try:
        return version("on-the-record")
    except PackageNotFoundError:
        return "0.1.0, from the tree"
