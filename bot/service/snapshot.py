"""One generation of a corpus as it is served: immutable, and without what is withheld; and building one.

It is built in the background, one build at a time, and the memory that this took is given back.
"""

from __future__ import annotations

import asyncio
import ctypes
import gc
import logging
import threading
import time
from collections.abc import Callable, Collection
from concurrent.futures import Future
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Protocol, TypeVar, cast

from bot.answers.answerer import Answerer
from bot.corpus import LoadedCorpus
from bot.corpus.stored import is_stored
from bot.corpus.withheld_names import WithheldNames, withhold_names, withhold_names_stored
from bot.errors import BotError
from bot.languages import describe_lacks
from bot.model import Corpus, Document, HeldPassages, Passage, PassageSequence, Span, VoiceEntry
from bot.storage import NameHold
from bot.text import normalise_name

if TYPE_CHECKING:  # loaded only where it is used
    from bot.answers.verification import Verifier
    from bot.corpus.stored.passages import StoredPassages

Built = TypeVar("Built")

log = logging.getLogger(__name__)

# A full collection walks through some 20 objects of each passage: 10 ms for this many passages.
_MIN_PASSAGES_TO_SETTLE = 5_000
_NO_NAMES = WithheldNames(())
_NO_PASSAGES: PassageSequence = HeldPassages()


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A corpus, its answerer, what loads its verifier, the parsed files that a reload may reuse, and withheld passages.

    A short question to one that `is_small` is answered in less time than a thread takes to start.
    """

    corpus: Corpus
    answerer: Answerer
    load_verifier: Callable[[], Verifier]
    loaded_corpus: LoadedCorpus | None = None
    withheld: PassageSequence = _NO_PASSAGES
    withheld_names: WithheldNames = _NO_NAMES
    is_small: bool = False
    build_seconds: float = 0.0

    @property
    def verifier(self) -> Verifier:
        """The verifier of texts against this corpus."""
        return self.load_verifier()

    def withheld_spans(self, document: Document) -> list[Span]:
        """Return the places of `document` that may not be shown: withheld passages, and names."""
        passages = [passage.span for passage in self.withheld.by_sha256.get(document.sha256, ())]
        return passages + (self.withheld_names.find_places(document.text) if self.withheld_names else [])

    def is_withheld(self, sha256: str, span: Span) -> bool:
        """Return whether `span` of the text with this SHA-256 overlaps a withheld passage or its frame."""
        return any(
            part.start < span.end and span.start < part.end
            for passage in self.withheld.by_sha256.get(sha256, ())
            for part in (passage.span, passage.frame)
        )


class SnapshotLoader(Protocol):
    """Reads a corpus and indexes it."""

    def __call__(self, previous: LoadedCorpus | None, excluded_ids: Collection[str]) -> Snapshot:
        """Return a snapshot of the corpus without some documents; see `corpus.reader.load_incrementally`."""


def build_snapshot(loader: SnapshotLoader, previous: LoadedCorpus | None, excluded_ids: Collection[str]) -> Snapshot:
    """Load a snapshot, tidy the memory that this took, and log what it holds and lacks; time the loading."""
    started_at = time.perf_counter()
    snapshot = loader(previous, excluded_ids)
    if previous is not None and len(snapshot.corpus.passages) >= _MIN_PASSAGES_TO_SETTLE:
        settle_heap()
    else:
        return_free_memory()
    seconds, corpus = time.perf_counter() - started_at, snapshot.corpus
    counts = len(corpus.documents), len(corpus.passages)
    log.info("ready corpus=%s documents=%d passages=%d s=%.2f", corpus.name, *counts, seconds)
    for consequence in describe_lacks(corpus.language):
        log.warning("corpus=%s %s", corpus.name, consequence)
    return replace(snapshot, build_seconds=seconds)


def leave_out(full_snapshot: Snapshot, withheld_passages: Collection[Passage], names: WithheldNames) -> Snapshot:
    """Return `full_snapshot` without some of its passages, and without `names`."""
    if not withheld_passages and not names:
        return full_snapshot
    full, withheld = full_snapshot.corpus, _NO_PASSAGES
    replaced: dict[int, Passage | None] = {}
    if is_stored(full.passages):
        nameless = withhold_names_stored(full, full.passages, names) if names else full
        stored = cast("StoredPassages", nameless.passages).hide(withheld_passages)
        corpus, withheld = replace(nameless, passages=stored), stored.list_hidden()
    else:
        corpus, replaced = withhold_names(full, names)
        shown = {id(each): each for each in full.passages} | replaced | dict.fromkeys(map(id, withheld_passages))
        withheld = HeldPassages(each for each in full.passages if shown[id(each)] is None)
        corpus = replace(corpus, passages=HeldPassages(filter(None, shown.values())))
    answerer = full_snapshot.answerer.restrict_to(corpus, replaced)
    load_verifier = cache(lambda: full_snapshot.verifier.restrict_to(corpus))
    is_small, loaded_corpus = full_snapshot.is_small, full_snapshot.loaded_corpus
    return Snapshot(corpus, answerer, load_verifier, loaded_corpus, withheld, names, is_small=is_small)


def build_held_entry(corpus: Corpus, hold: NameHold) -> VoiceEntry:
    """Return the manifest's entry of the held name, or a new one, marked as not to be named, or not to be quoted."""
    listed = (voice for voice in corpus.voices if hold.key in {normalise_name(n) for n in (voice.name, *voice.aliases)})
    entry = next(listed, VoiceEntry(hold.name))
    return replace(entry, aliases=(*entry.aliases, hold.name), unnamed=True, unquoted=hold.is_unquoted)


class BuildRunningError(BotError):
    """A build is already running; a second one is refused, not queued."""

    def __init__(self) -> None:
        super().__init__("reload", "one is already running", "wait until it has ended")


class BackgroundBuilder:
    """Runs one build at a time, in a thread that the end of the process does not wait for.

    After a timeout the result is dropped, should there ever be one. Until the
    build ends no other may begin, so two never run at once.
    """

    def __init__(self) -> None:
        self._is_running = False

    async def run(self, build: Callable[[], Built], seconds: float | None = None) -> Built:
        """Return what `build` returns, or raise what it raises.

        Raises:
            BuildRunningError: another build has not ended.
            BotError: this one took longer than `seconds`.
            MemoryError: the system has no room for a thread.
        """
        if self._is_running:
            raise BuildRunningError
        self._is_running = True
        future: Future[Built] = Future()
        future.set_running_or_notify_cancel()
        try:
            threading.Thread(target=self._run_in_thread, args=(build, future), name="build", daemon=True).start()
        except RuntimeError as error:
            self._is_running = False
            raise MemoryError(str(error)) from None
        waiter = asyncio.wrap_future(future)
        try:
            await asyncio.wait([waiter], timeout=seconds)
        finally:
            # Without this a late result would be delivered to a loop that has moved on.
            waiter.cancel()
        if not waiter.cancelled():
            return waiter.result()
        fact = f"not done after {seconds:g} seconds"
        raise BotError("reload", fact, "divide the corpus, or raise reload_seconds")

    def _run_in_thread(self, build: Callable[[], Built], future: Future[Built]) -> None:
        """Run `build`, let another one begin, and hand the result or the exception to `future`."""
        try:
            result = build()
        except BaseException as error:  # noqa: BLE001  it is raised where it is waited for
            self._is_running = False
            future.set_exception(error)
        else:
            self._is_running = False
            future.set_result(result)


def settle_heap() -> None:
    """Collect what is garbage now, and let the garbage collector pass over what is left from now on.

    What an earlier call froze is collected once more, so a corpus that was replaced is freed.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    return_free_memory()


def return_free_memory() -> None:
    """Give the system back the memory that the C library holds free; do nothing where the library cannot.

    Reading and indexing leave 6 MB of the bundled corpus free, in pieces that are not given back by themselves.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
