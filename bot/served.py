"""What is served now, and how another takes its place: built aside, looked at, switched to at once.

What answers questions hangs together in one immutable `Serving`, taken once at
the start of each question, so no answer mixes two corpora. Between preparing a
reload and switching to it lies the admin's decision.
"""

from __future__ import annotations

import asyncio
import logging
import resource
import sys
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from bot import corpora
from bot.corpora.reload import Aside, RunningError
from bot.errors import StateError
from bot.state.holds import hold
from bot.state.shown import Retired

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from bot.answers.answering import Answerer
    from bot.corpora import Difference, Reading
    from bot.model import Corpus, Document, Passage, Quote, Span
    from bot.state import State
    from bot.state.holds import Hold
    from bot.state.shown import Shown

log = logging.getLogger(__name__)

PATIENCE = 300.0


@dataclass(frozen=True, slots=True)
class Serving:
    """A corpus, what answers from it, what a later reading may take over, and what is withheld."""

    corpus: Corpus
    answerer: Answerer
    reading: Reading | None = None
    withheld: tuple[Passage, ...] = ()

    def withheld_from(self, document: Document) -> list[Span]:
        """Return the places of `document` that may not be shown."""
        return [passage.span for passage in self.withheld if passage.document is document]


class Load(Protocol):
    """Reads a corpus and indexes it."""

    def __call__(self, before: Reading | None, without: Collection[str]) -> Serving:
        """Return what can be served; see `corpora.read`."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """What was built aside, and all that serving it would change.

    `retired` are the quotes ever shown that would stand no more, `arrived` those
    that their links would lead to; `strayed` the ids of withheld quotes whose
    words it no longer has. `generation` is the one that it was compared with.
    """

    serving: Serving
    change: Difference
    retired: tuple[Retired, ...]
    arrived: tuple[Quote, ...]
    strayed: tuple[str, ...]
    without: tuple[str, ...]
    generation: int
    seconds: float

    @property
    def loses(self) -> bool:
        """Whether anything that is served, or was ever shown, would be no more."""
        gone = any(retired.now is None for retired in self.retired)
        return bool(self.change.removed or self.change.lost or gone or self.strayed)


class Served:
    """One corpus in its present generation, and perhaps the next, prepared.

    Withheld quotes are left out of `now`. Two preparations never run at once.
    """

    def __init__(
        self,
        load: Load,
        state: State,
        seconds: float = PATIENCE,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._load = load
        self._state = state
        self._clock = clock
        self._aside: Aside[tuple[Serving, float]] = Aside(seconds)
        self._changing = asyncio.Lock()
        self._preparing = False
        self.prepared: Prepared | None = None
        self.generation = 0
        self._whole, self.seconds = self._built(None, ())
        self.now = self._without_held(self._whole)
        self.loaded = clock()
        self._retire_what_went()

    @property
    def keeps(self) -> bool:
        """Whether what is withheld stays so when the process ends."""
        return self._state.kept

    async def prepare(self, without: Collection[str] = ()) -> Prepared:
        """Build aside and return what would change; it waits to be switched to.

        Raises:
            RunningError: another one is being prepared.
            BotError: the corpus cannot be served, or took too long to build.
        """
        if self._preparing:
            raise RunningError
        self._preparing, self.prepared = True, None
        try:
            before = self._whole.reading
            serving, seconds = await self._aside.built(lambda: self._built(before, without))
            self.prepared = await asyncio.to_thread(self._compared, serving, seconds, without)
            return self.prepared
        finally:
            self._preparing = False

    async def switch(self, prepared: Prepared) -> bool:
        """Serve `prepared`, at once; return False if something else was done since it was.

        Raises:
            StateError: what is retired could not be kept, so nothing was switched.
        """
        async with self._changing:
            if self.prepared is not prepared or prepared.generation != self.generation:
                return False
            now = await asyncio.to_thread(self._without_held, prepared.serving)
            await asyncio.to_thread(self._retire, prepared.retired, prepared.arrived)
            self._whole, self.now, self.seconds = prepared.serving, now, prepared.seconds
            self.prepared, self.loaded = None, self._clock()
            self.generation += 1
            return True

    def cancel(self) -> bool:
        """Drop what was prepared, and return whether anything was."""
        dropped, self.prepared = self.prepared, None
        return dropped is not None

    async def withhold(self, quote: Quote, reason: str) -> Hold:
        """Show `quote`, and whatever overlaps it, no more.

        Raises:
            StateError: the hold could not be kept, so nothing was withheld.
        """
        held = hold(quote, reason, self._today())
        await asyncio.to_thread(self._state.holds.add, held)
        await self.refresh()
        return held

    async def release(self, quote_id: str) -> Hold | None:
        """Let the quote be shown again, and return what held it, if anything did.

        Raises:
            StateError: the release could not be kept, so the quote stays withheld.
        """
        if held := self._state.holds.get(quote_id):
            await asyncio.to_thread(self._state.holds.remove, quote_id)
            await self.refresh()
        return held

    async def refresh(self) -> None:
        """Show what the holds, as they are now, leave to be shown."""
        async with self._changing:
            self.now = await asyncio.to_thread(self._without_held, self._whole)

    def _today(self) -> str:
        return f"{self._clock():%Y-%m-%d}"

    def _built(self, before: Reading | None, without: Collection[str]) -> tuple[Serving, float]:
        began = time.perf_counter()
        serving = self._load(before, without)
        seconds = time.perf_counter() - began
        log.info(
            "ready corpus=%s documents=%d passages=%d s=%.2f",
            serving.corpus.name,
            len(serving.corpus.documents),
            len(serving.corpus.passages),
            seconds,
        )
        return serving, seconds

    def _retire(self, retired: Iterable[Retired], arrived: Iterable[Quote]) -> None:
        register = self._state.register
        register.retire(retired)
        # Whoever follows an old link is shown its new place, and may come back to that.
        register.note(arrived, self._whole.corpus.name)

    def _retire_what_went(self) -> None:
        """Note what no longer stands since the last run; a disk that refuses costs a warning."""
        try:
            found = list(self._retired(self._whole, None))
            self._retire([end for end, _ in found], [again for _, again in found if again])
        except StateError as error:
            log.warning("not noted as retired: %s", error)

    def _without_held(self, whole: Serving) -> Serving:
        """Return `whole` without the passages that a hold withholds."""
        holds = tuple(self._state.holds)
        # Looked at one by one only where a hold may reach.
        texts = {held.sha256 for held in holds}
        documents = {held.document for held in holds}
        shown = tuple(
            passage
            for passage in whole.corpus.passages
            if (passage.document.sha256 not in texts and passage.document.id not in documents)
            or not any(held.withholds(passage) for held in holds)
        )
        if len(shown) == len(whole.corpus.passages):
            return whole
        corpus = replace(whole.corpus, passages=shown)
        kept = set(map(id, shown))
        withheld = tuple(each for each in whole.corpus.passages if id(each) not in kept)
        return Serving(corpus, whole.answerer.within(corpus), whole.reading, withheld)

    def _compared(self, serving: Serving, seconds: float, without: Collection[str]) -> Prepared:
        old, new = self._whole, serving
        held = frozenset(known.id for known in self._state.holds)
        retired = [found for found in self._retired(new, old) if found[0].id not in held]
        return Prepared(
            serving,
            corpora.difference(old.corpus, new.corpus),
            tuple(end for end, _ in retired),
            tuple(again for _, again in retired if again),
            tuple(self._strayed(old.corpus, new.corpus)),
            tuple(without),
            self.generation,
            seconds,
        )

    def _retired(self, new: Serving, old: Serving | None) -> Iterator[tuple[Retired, Quote | None]]:
        """Yield what becomes of each quote that was shown and would stand no more in `new`.

        Beside it stands the quote of the same words in `new`, if there is one.
        With `old` those that stand in it are told of, else those not told of yet.
        """
        register = self._state.register
        here, there = old and old.answerer.places, new.answerer.places
        texts = {each.sha256: each.text for each in old.corpus.documents} if old else {}
        documents = {document.id: document.sha256 for document in new.corpus.documents}
        for shown in register.of(new.corpus.name):
            stood = here.quote(shown.sha256, shown.span) if here else not register.retired(shown.id)
            if not stood or there.quote(shown.sha256, shown.span):
                continue
            successor = documents.get(shown.document)
            text = texts.get(shown.sha256)
            said = register.words(shown.id) if text is None else text[shown.start : shown.end]
            again = there.said(successor, said) if successor and said else None
            now = again.id if again else None
            yield Retired(shown.id, self._today(), _why(shown, successor), now), again

    def _strayed(self, old: Corpus, new: Corpus) -> Iterator[str]:
        """Yield each hold that withholds something of `old`, and nothing of `new`."""
        for held in self._state.holds:
            if any(map(held.withholds, old.passages)) and not any(
                map(held.withholds, new.passages)
            ):
                yield held.id


def _why(shown: Shown, successor: str | None) -> str:
    if successor is None:
        return "removed"
    return "reread" if successor == shown.sha256 else "changed"


def megabytes() -> float:
    """Return the most memory this process has held; the system counts in KiB, macOS in bytes."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return float(most) / (1024 * 1024 if sys.platform == "darwin" else 1024)
