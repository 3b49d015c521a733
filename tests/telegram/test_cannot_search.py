"""While the index cannot be searched everybody who asks is told so, wherever they ask, and nobody else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

import pytest

from bot.errors import SearchError
from bot.replies.catalogue import say
from bot.service import Service
from tests.telegram.running import running

if TYPE_CHECKING:
    from tests.telegram.fake import FakeTelegram


class Broken:
    """An index that a test may break: then every search fails, as on a cluster that does not answer."""

    is_broken = False


@pytest.fixture
async def index(telegram: FakeTelegram, desk: Service, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Broken]:
    from bot.search.bm25.engine import Bm25Index  # noqa: PLC0415 - what is broken here

    broken, search = Broken(), Bm25Index.search

    def search_or_fail(*arguments: Any) -> Any:
        if broken.is_broken:
            raise SearchError("OpenSearch", "not reached", "see that the cluster is up")
        return search(*arguments)

    monkeypatch.setattr(Bm25Index, "search", search_or_fail)
    async with running(telegram, desk):
        yield broken


async def test_whoever_asks_is_told_and_answered_again_as_soon_as_it_can_be(
    telegram: FakeTelegram, index: Broken, caplog: pytest.LogCaptureFixture
) -> None:
    ana = telegram.private("Ana")
    ana.says("What about privacy?")
    [answer] = await ana.replies()
    index.is_broken = True

    for question in ("What about safeguards?", "/by Clare Collier privacy"):
        ana.says(question)
        [told] = await ana.replies()
        assert told.text == say("cannot_search")
    index.is_broken = False
    ana.says("What about privacy?")

    [again] = await ana.replies()
    assert again.quotes == answer.quotes
    assert "not answered: OpenSearch: not reached" in caplog.text
    assert "Traceback" not in caplog.text


async def test_an_inline_search_is_told_and_not_cached(telegram: FakeTelegram, index: Broken) -> None:
    ana = telegram.private("Ana")
    index.is_broken = True

    query = ana.searches("privacy")

    assert await ana.results(query) == []
    [call] = [call for call in telegram.calls if call.method == "answerInlineQuery"]
    assert call.given["button"]["text"] == say("label_inline_no_search")
    assert int(call.given["cache_time"]) == 0


async def test_a_mention_in_a_chat_that_the_bot_is_not_in_is_told(telegram: FakeTelegram, index: Broken) -> None:
    index.is_broken = True
    chat = telegram.group("Elsewhere")

    query = chat.mentions("@RecordBot privacy", by="Ana")

    [told] = await chat.results(query)
    assert told.text == say("cannot_search")
