"""Chats the bot is not in: inline search and guest mentions, one self-contained message each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bot.answers.answer import Status
from bot.replies.catalogue import say
from bot.replies.reply import Button, Piece, Reply
from bot.service import Service
from bot.surfaces.telegram.sending import build_keyboard, render_with_deep_links
from tests.telegram.fake.faults import refused
from tests.telegram.running import running

if TYPE_CHECKING:
    from tests.telegram.fake import FakeTelegram, Sent

JUDGED = Path("tests/relevance/facial-recognition.jsonl")
OTHER_SIDE = ("No quote FOR", "No quote AGAINST", "match these words too")


def judged() -> list[str]:
    lines = JUDGED.read_text("utf-8").splitlines()
    return [json.loads(line)["question"] for line in lines][::12]


def urls(sent: Sent) -> dict[str, str]:
    rows = sent.message.get("reply_markup", {}).get("inline_keyboard", [])
    return {button["text"]: button.get("url", "") for row in rows for button in row}


@pytest.mark.usefixtures("bot")
async def test_every_answerable_search_has_results_that_stand_alone(telegram: FakeTelegram, desk: Service) -> None:
    ana = telegram.private("Ana")
    for question in judged():
        answered = desk.answer(question[:256]).status is not Status.ABSTAINED

        found = await ana.results(ana.searches(question[:256]))

        assert bool(found) == answered
        assert len(found) <= 10
        for result in found:
            assert len(result.quotes) == 1
            assert result.text.startswith(("FOR · ", "AGAINST · ", "NEITHER SIDE · "))
            assert "Guardian Series" in result.text
            assert any(said in result.text for said in OTHER_SIDE)
            assert urls(result)[say("label_check")].startswith("https://t.me/RecordBot?start=q_")


@pytest.mark.usefixtures("bot")
async def test_a_result_leads_into_the_chat_with_the_bot(telegram: FakeTelegram) -> None:
    ana = telegram.private("Ana")
    [first, *_] = await ana.results(ana.searches("safeguards"))

    for label, opened in ((say("label_check"), "Quote "), (say("label_other_side"), "Opposite of ")):
        ana.says("/start " + urls(first)[label].partition("start=")[2])

        [reply] = await ana.replies()
        assert reply.text.startswith(opened)


@pytest.mark.usefixtures("bot")
async def test_an_empty_search_shows_what_the_debate_is_about(telegram: FakeTelegram) -> None:
    ana = telegram.private("Ana")

    assert await ana.results(ana.searches(""))


@pytest.mark.usefixtures("bot")
async def test_pages_of_a_search_repeat_nothing_and_end(telegram: FakeTelegram) -> None:
    ana = telegram.private("Ana")
    offset, seen = "", []
    while True:
        query = ana.searches("police", offset=offset)
        seen += [result.message["id"] for result in await ana.results(query)]
        given = telegram.world.results[query]
        assert given["is_personal"] is False
        assert given["cache_time"] <= 60
        if not (offset := given.get("next_offset", "")):
            break

    assert len(seen) == len(set(seen)) > 10


@pytest.mark.usefixtures("bot")
async def test_a_page_of_a_corpus_that_was_reloaded_since_is_none(telegram: FakeTelegram, desk: Service) -> None:
    ana = telegram.private("Ana")
    query = ana.searches("police")
    await ana.results(query)
    version = telegram.world.results[query]["next_offset"].partition(":")[0]

    stale = ana.searches("police", offset="00000000:2")

    assert desk.corpus.fingerprint.startswith(version)
    assert await ana.results(stale) == []
    assert not telegram.world.results[stale].get("next_offset")


@pytest.mark.usefixtures("bot")
async def test_the_same_search_gives_everyone_the_same(telegram: FakeTelegram) -> None:
    ana, zoe = telegram.private("Ana"), telegram.private("Zoé", language_code="fr")

    first = await ana.results(ana.searches("privacy"))
    second = await zoe.results(zoe.searches("privacy"))

    assert [result.html for result in first] == [result.html for result in second]


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize(
    ("text", "label"), [("privacy", say("label_inline_help")), ("zebra", say("label_inline_nothing"))]
)
async def test_a_button_leads_from_the_search_to_the_bot(telegram: FakeTelegram, text: str, label: str) -> None:
    ana = telegram.private("Ana")
    query = ana.searches(text)
    await ana.results(query)

    button = telegram.world.results[query]["button"]
    ana.says(f"/start {button['start_parameter']}")

    assert button["text"] == label
    assert len(await ana.replies()) == 1


@pytest.mark.usefixtures("bot")
async def test_a_search_that_waited_too_long_is_let_go(
    telegram: FakeTelegram, caplog: pytest.LogCaptureFixture
) -> None:
    ana = telegram.private("Ana")
    caplog.set_level("INFO")
    ana.searches("privacy")
    telegram.world.searches.clear()

    assert await ana.replies() == []
    assert "answered too late" in caplog.text


@pytest.mark.usefixtures("bot")
async def test_a_mention_elsewhere_is_answered_by_one_message(telegram: FakeTelegram) -> None:
    chat = telegram.group("Elsewhere")

    [answer] = await chat.results(chat.mentions("@RecordBot what about privacy?"))

    assert "\nSearched: privacy" in answer.text
    assert len(answer.quotes) == 2
    assert len(urls(answer)) == 3
    assert urls(answer)[answer.find_label("Opposite 1")].startswith("https://t.me/RecordBot?start=o_")
    assert await chat.replies() == []


@pytest.mark.usefixtures("bot")
async def test_a_mention_elsewhere_that_nobody_spoke_to_is_told_so(telegram: FakeTelegram) -> None:
    chat = telegram.group("Elsewhere")

    [answer] = await chat.results(chat.mentions("@RecordBot how many zebras?"))

    assert answer.text.startswith(say("no_match"))
    assert urls(answer) == {}


@pytest.mark.usefixtures("bot")
async def test_another_bots_mention_elsewhere_is_no_question(telegram: FakeTelegram) -> None:
    chat = telegram.group("Elsewhere")
    sender = {"id": 55, "is_bot": True, "first_name": "Other", "username": "OtherBot"}
    other: dict[str, Any] = {"from": sender}

    chat.mentions("@RecordBot privacy", **other)

    assert await chat.replies() == []
    assert telegram.world.results == {}


class Long:
    """A desk whose answers no one message holds."""

    def __init__(self, desk: Service) -> None:
        self._desk = desk

    async def ask(self, *_: Any) -> Reply:
        return Reply(tuple((Piece("x" * 900),) for _ in range(9)))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._desk, name)


async def test_a_long_answer_elsewhere_gives_way_to_its_first_quote(telegram: FakeTelegram, desk: Service) -> None:
    async with running(telegram, Long(desk)):  # type: ignore[arg-type]
        chat = telegram.group("Elsewhere")

        [answer] = await chat.results(chat.mentions("@RecordBot privacy"))
        [none] = await chat.results(chat.mentions("@RecordBot zebras"))

    assert len(answer.quotes) == 1
    assert none.text.startswith("xxx")


def test_a_short_quote_can_be_copied_anywhere() -> None:
    class Bot:
        username = "RecordBot"

    reply = Reply(((Piece("x"),),), ((Button("Copy", "/copy ABCDEFGH", copy="words"),),))
    made = render_with_deep_links(Bot(), reply)  # type: ignore[arg-type]

    assert made.keyboard
    assert made.keyboard == build_keyboard(reply.buttons)


def test_a_button_that_means_nothing_elsewhere_is_not_drawn_there() -> None:
    class Bot:
        username = "RecordBot"

    made = render_with_deep_links(Bot(), Reply(((Piece("x"),),)))  # type: ignore[arg-type]

    assert made.keyboard is None


@pytest.mark.parametrize("method", ["answerInlineQuery", "answerGuestQuery"])
async def test_what_telegram_cannot_read_abroad_is_given_as_text(
    telegram: FakeTelegram, desk: Service, method: str, caplog: pytest.LogCaptureFixture
) -> None:
    telegram.faults.next(method, refused(400, "Bad Request: can't parse entities: a tag"))
    async with running(telegram, desk):
        chat = telegram.private("Ana")
        inline = method == "answerInlineQuery"
        query = chat.searches("privacy") if inline else chat.mentions("@RecordBot privacy")
        await chat.results(query)

    given = telegram.world.results[query]
    [first, *_] = given["results"] if inline else [given["result"]]
    content = first["input_message_content"]
    assert "parse_mode" not in content
    assert "<" not in content["message_text"]
    assert "markup refused" in caplog.text
