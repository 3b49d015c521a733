"""A corpus that lies with its index on a real cluster: the same answers, and no others where it fails."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Any

import pytest

from bot import bootstrap
from bot.cli import main
from bot.corpus.stored.passages import StoredPassages
from bot.errors import SearchError
from bot.model import Passage, Quote
from bot.replies.reply import Command
from bot.search.opensearch.client import connect
from bot.service import Service
from bot.settings import Settings
from tests import corpus_folders
from tests.test_stored_corpus import judged_questions

pytestmark = [pytest.mark.services, pytest.mark.timeout(300)]


@pytest.fixture(autouse=True)
def _by_hit(opensearch_urls: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENSEARCH_URL", opensearch_urls)
    monkeypatch.setenv("BOT_ENGINE__NAME", "opensearch")
    monkeypatch.setenv("BOT_ENGINE__IN_MEMORY", "1")


def serve(**given: Any) -> Service:
    """Return a service of a corpus that was indexed by command."""
    service = asyncio.run(bootstrap.build_service(Settings(**given)))
    assert isinstance(service.corpus.passages, StoredPassages)
    return service


def place_of(passage: Passage) -> object:
    return passage.document.id, passage.span, passage.kind, passage.voice, passage.side


def test_every_judged_question_finds_the_quotes_that_the_embedded_engine_finds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert main(["index"]) == 0
    stored = serve()
    monkeypatch.setenv("BOT_ENGINE__NAME", "bm25")
    held = asyncio.run(bootstrap.build_service(Settings()))

    for question in judged_questions():
        ours, theirs = held.answer(question), stored.answer(question)
        assert (theirs.status, theirs.unmatched) == (ours.status, ours.unmatched), question
        assert [each.quote.id for each in theirs.quotes] == [each.quote.id for each in ours.quotes], question
    for passage, other in zip(stored.corpus.passages, held.corpus.passages, strict=True):
        assert place_of(passage) == place_of(other)
        quote = stored.find_quote(Quote(other, other.span).id)
        assert quote is not None
        assert quote.text == other.text


def test_a_claim_is_looked_for_in_the_cluster() -> None:
    assert main(["index"]) == 0
    service = serve()

    [said] = service.verify("“destroying our privacy and our free expression”")
    [strange] = service.verify("“Nobody here ever said a word of these remarks”")

    assert (said.verdict, strange.verdict) == ("exact", "not_found")


def test_a_name_is_withheld_and_a_document_chosen_in_the_cluster(tmp_path: Path) -> None:
    corpus_folders.corpus(tmp_path)
    settings = corpus_folders.settings(tmp_path)
    bootstrap.store_corpus(settings, "bridge")

    async def ask() -> tuple[str, list[str]]:
        service = await corpus_folders.desk(tmp_path)
        answerer = service.restrict_to_documents({"b"})
        chosen = await asyncio.to_thread(answerer.answer, "Was the ferry or the bridge unsafe or closed?")
        await service.admin.run(Command("hold", "Ann Bell a court order"))
        return corpus_folders.text(await service.ask(corpus_folders.QUESTION)), [
            each.quote.passage.document.id for each in chosen.quotes
        ]

    answer, documents = asyncio.run(ask())

    assert corpus_folders.UNSAFE in answer
    assert "Ann Bell" not in answer
    assert set(documents) == {"b"}


def test_where_the_index_is_gone_nothing_is_said_to_be_silent(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOT_ENGINE__OPTIONS__OPENSEARCH__PREFIX", "gone")
    corpus_folders.corpus(tmp_path)
    bootstrap.store_corpus(corpus_folders.settings(tmp_path), "bridge")
    service = serve(corpus="bridge", corpora_folder=str(tmp_path))
    [index] = connect(3).read_all_meta("gone-*")
    connect(3).delete_index(index)

    with caplog.at_level(logging.WARNING), pytest.raises(SearchError, match="the index is not there"):
        service.answer(corpus_folders.QUESTION)
    assert "it alone holds the corpus: index it again" in caplog.text
