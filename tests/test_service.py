"""The desk: what is served, and reloads that never lose it."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.analysis import Analyser
from bot.answers.answerer import Answerer
from bot.answers.verification import Verifier
from bot.errors import CorpusError
from bot.model import Corpus, Document
from bot.search import Hit, Index, Query
from bot.search.bm25 import engine
from bot.service import Service, ServiceOptions
from bot.service.live_corpus import LiveCorpus
from bot.service.snapshot import Snapshot
from bot.storage import open_storage
from tests import corpus_folders
from tests.corpus_folders import ANN, BOB, CY, NEVER, QUESTION, UNSAFE, article, text
from tests.invented_debate import FERRY


class CountingIndex:
    """An index that counts its searches, and knows in which threads they ran."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self.searches = 0
        self.threads: set[int] = set()

    def search(self, query: Query, limit: int) -> Sequence[Hit]:
        self.searches += 1
        self.threads.add(threading.get_ident())
        return self._index.search(query, limit)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._index, name)


def build_index(debate: Corpus) -> Index:
    return engine.build(debate.passages, Analyser("english"), engine.Bm25Options())


def serving(debate: Corpus, index: Index | None = None) -> Snapshot:
    index = index or build_index(debate)
    return Snapshot(debate, Answerer(debate, index, Analyser("english")), lambda: Verifier(debate))


class Builds:
    """Builds that can be made to fail, or to wait, between one load and the next."""

    def __init__(self) -> None:
        self.next: Callable[[], Snapshot] = lambda: serving(FERRY)

    def __call__(self, previous: object, excluded_ids: object) -> Snapshot:  # noqa: ARG002 - read anew
        return self.next()


@pytest.fixture
def builds() -> Builds:
    return Builds()


async def serve(builds: Builds, **given: Any) -> Service:
    storage = open_storage()
    return Service(await LiveCorpus.load(builds, storage), storage, **given)


@pytest.fixture
def desk(builds: Builds) -> Service:
    return asyncio.run(serve(builds))


def failing(error: Exception) -> Callable[[], Snapshot]:
    def build() -> Snapshot:
        raise error

    return build


async def test_a_question_is_answered_and_logged_without_its_words(
    desk: Service, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        reply = await desk.ask("what about taxes")

    assert "\nSearched: taxes" in text(reply)
    assert "asked status=answered quotes=2" in caplog.text
    assert "taxes" not in caplog.text


async def test_a_follow_up_is_asked_in_its_conversation(desk: Service) -> None:
    reply = await desk.ask("and what does he say of engines", ["what does Bob High say on taxes"])

    assert "\nSearched: engines, Bob High" in text(reply)


def test_only_the_beginning_of_an_endless_question_is_read(builds: Builds) -> None:
    short = asyncio.run(serve(builds, options=ServiceOptions(20)))

    assert short.answer("taxes" + " " * 20 + "whales").unmatched == ()


async def test_a_quote_is_shown_by_its_id_or_told_to_be_gone(desk: Service) -> None:
    quote = desk.answer("taxes").quotes[0].quote

    assert quote.text in text(await desk.show_quote(quote.id))
    assert "There is no quote" in text(await desk.show_quote("AAAAAAAA"))


async def test_a_context_names_the_matched_words_without_searching_again(builds: Builds) -> None:
    index = CountingIndex(build_index(FERRY))
    builds.next = lambda: serving(FERRY, index)
    desk = await serve(builds)
    quote = desk.answer("taxes").quotes[0].quote
    alone = await desk.show_quote(quote.id)
    searches = index.searches

    asked = await desk.show_quote(quote.id, ["taxes or whales"])
    followed = await desk.show_quote(quote.id, ["taxes", "and what about nurses?"])

    assert "Matched words" not in text(alone)
    assert "Matched words: taxes\n" in text(asked)
    assert "Matched words: nurses, taxes\n" in text(followed)
    assert index.searches == searches


async def test_a_notice_stands_under_every_reply_about_the_corpus(builds: Builds) -> None:
    builds.next = lambda: serving(replace(FERRY, notice="Invented."))
    desk = await serve(builds)
    replies = [
        await desk.ask("taxes"),
        await desk.show_quote("AAAAAAAA"),
        desk.start(),
        desk.help(),
        desk.about(),
        desk.contents(),
    ]

    assert all(text(reply).endswith("\n\nInvented.") for reply in replies)


def test_without_a_notice_nothing_is_added(desk: Service) -> None:
    assert "I don’t write your questions down" in text(desk.privacy())
    assert text(desk.help()).endswith("replies to my messages.")


async def test_a_reload_swaps_the_corpus_and_says_what_changed(desk: Service, builds: Builds) -> None:
    more = replace(FERRY.documents[0], id="more")
    builds.next = lambda: serving(replace(FERRY, documents=(*FERRY.documents, more)))

    reply = await desk.admin.reload()

    assert len(desk.corpus.documents) == 2
    assert "Documents: 1 (more) added, 0 removed, 0 changed" in text(reply)
    assert "Reloads since startup: 1" in text(desk.admin.show_status())
    assert "Peak memory: " in text(reply)


async def test_a_reload_of_the_same_says_that_nothing_changed(desk: Service) -> None:
    assert "Nothing has changed." in text(await desk.admin.reload())


async def test_a_corpus_that_cannot_be_served_leaves_the_old_one_serving(desk: Service, builds: Builds) -> None:
    builds.next = failing(CorpusError("a.txt", "not UTF-8", "save it as UTF-8"))

    reply = await desk.admin.reload()

    assert text(reply).splitlines() == [
        "Reload stopped. The old corpus is still answering.",
        "",
        "a.txt: not UTF-8; save it as UTF-8",
    ]
    assert desk.corpus is FERRY
    assert desk.answer("taxes").quotes


@pytest.mark.parametrize("error", [MemoryError(), RuntimeError("secret words"), OSError(28, "full")])
async def test_any_other_fault_leaves_the_old_corpus_serving_too(
    desk: Service, builds: Builds, error: Exception
) -> None:
    builds.next = failing(error)

    reply = await desk.admin.reload()

    assert type(error).__name__ in text(reply)
    assert "secret words" not in text(reply)
    assert desk.answer("taxes").quotes


async def test_a_second_reload_at_the_same_time_is_refused(desk: Service, builds: Builds) -> None:
    begun, go = threading.Event(), threading.Event()

    def slow() -> Snapshot:
        begun.set()
        go.wait(10)
        return serving(FERRY)

    builds.next = slow
    first = asyncio.create_task(desk.admin.reload())
    await asyncio.to_thread(begun.wait, 10)
    second = await desk.admin.reload()
    answer = await desk.ask("taxes")
    go.set()

    assert "already running" in text(second)
    assert "\nSearched: taxes" in text(answer)
    assert "Nothing has changed." in text(await first)


def test_the_status_tells_what_is_served(desk: Service) -> None:
    shown = text(desk.admin.show_status())

    assert "Corpus ferry" in shown
    assert "1 document, 5 passages" in shown


def test_a_desk_cannot_start_without_a_corpus(builds: Builds) -> None:
    builds.next = failing(CorpusError("corpus/x", "no such folder", "make one"))

    with pytest.raises(CorpusError, match="no such folder"):
        asyncio.run(serve(builds))


@pytest.mark.parametrize("question", ["taxes", "What does Bob High say on taxes?"])
@pytest.mark.parametrize(
    ("is_small", "is_warm", "blanks"),
    [(False, True, 0), (True, False, 0), (True, True, 250), (True, True, 0)],
)
async def test_a_search_holds_up_the_event_loop_only_for_a_short_question_of_a_small_corpus(
    builds: Builds, question: str, blanks: int, *, is_small: bool, is_warm: bool
) -> None:
    index = CountingIndex(build_index(FERRY))
    builds.next = lambda: replace(serving(FERRY, index), is_small=is_small)
    desk = await serve(builds)
    if is_warm:
        await desk.warm()
    index.threads.clear()

    await desk.ask(question + " " * blanks)

    assert (index.threads == {threading.get_ident()}) == (is_small and is_warm and not blanks)


# Text that changes in memory after it was loaded.

CHANGED = "Changed in memory since loading: a. /reload reads them again."
SAFE = "The bridge is safe, and was never unsafe in May."


@pytest.fixture
async def invented(tmp_path: Path) -> Service:
    """Return a desk at which Ann and Bob answer one question."""
    folder = corpus_folders.corpus(tmp_path)
    (folder / "b.txt").write_text(article(BOB.replace(NEVER, SAFE)), "utf-8")
    return await corpus_folders.desk(tmp_path)


def change_in_memory(document: Document, old: str, new: str) -> None:
    object.__setattr__(document, "text", document.text.replace(old, new))


async def test_a_quote_whose_paragraph_changed_in_memory_is_dropped_and_the_rest_is_shown(invented: Service) -> None:
    whole = text(await invented.ask(QUESTION))
    change_in_memory(invented.corpus.documents[0], "unsafe in May", "sound in May!")

    rest = text(await invented.ask(QUESTION))

    assert UNSAFE in whole
    assert SAFE in whole
    assert SAFE in rest
    assert "sound in May" not in rest


async def test_admins_are_alerted_once_of_text_that_changed_in_memory(
    invented: Service, caplog: pytest.LogCaptureFixture
) -> None:
    assert CHANGED not in text(invented.admin.show_status())
    change_in_memory(invented.corpus.documents[0], "unsafe", "secure")

    for _ in range(2):
        await invented.ask(QUESTION)
        await invented.answer_by_speaker("Ann Bell")
    alerts = invented.admin.take_alerts()
    await invented.ask(QUESTION)

    assert [text(alert) for alert in alerts] == ["Corpus bridge: some quotes are no longer shown\n\n" + CHANGED]
    assert invented.admin.take_alerts() == []
    assert [record.levelname for record in caplog.records if "in memory" in record.message] == ["ERROR"]
    assert text(invented.admin.show_status()).endswith(CHANGED)


async def test_by_speaker_shows_what_did_not_change_in_memory(tmp_path: Path) -> None:
    folder = corpus_folders.corpus(tmp_path)
    (folder / "b.txt").write_text(article(BOB, ANN.replace("unsafe", "shut to lorries")), "utf-8")
    desk = await corpus_folders.desk(tmp_path)
    change_in_memory(desk.corpus.documents[0], "unsafe", "secure")

    shown = text(await desk.answer_by_speaker("Ann Bell"))

    assert "The bridge is shut to lorries" in shown
    assert "secure" not in shown


async def test_a_reload_reads_again_what_changed_in_memory(invented: Service) -> None:
    change_in_memory(invented.corpus.documents[0], "unsafe", "secure")
    await invented.ask(QUESTION)

    await invented.admin.reload()

    assert UNSAFE in text(await invented.ask(QUESTION))
    assert CHANGED not in text(invented.admin.show_status())


async def test_the_link_of_a_quote_that_changed_in_memory_says_so(invented: Service) -> None:
    quote = invented.answer(QUESTION).quotes[0].quote
    await invented.ask(QUESTION)
    change_in_memory(invented.corpus.documents[0], "unsafe", "secure")

    shown = text(await invented.show_quote(quote.id))

    assert shown == (f"Quote {quote.id} can’t be checked against its source right now, so it isn’t shown.")
    assert len(invented.admin.take_alerts()) == 1


async def test_a_quote_is_shown_without_neighbours_that_changed_in_memory(tmp_path: Path) -> None:
    folder = corpus_folders.corpus(tmp_path)
    (folder / "a.txt").write_text(article(ANN, CY), "utf-8")
    desk = await corpus_folders.desk(tmp_path)
    quote = desk.answer(QUESTION).quotes[0].quote
    whole = text(await desk.show_quote(quote.id))
    change_in_memory(desk.corpus.documents[0], "ten miles", "two miles")

    shown = text(await desk.show_quote(quote.id))

    assert "ten miles" in whole
    assert UNSAFE in shown
    assert "miles" not in shown
    assert len(desk.admin.take_alerts()) == 1
