from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.replies.catalogue import say
from bot.service import Service

if TYPE_CHECKING:
    from tests.telegram.fake import FakeTelegram

pytestmark = pytest.mark.usefixtures("bot")

COLLIER = "destroying our privacy and our free expression."
PAGES = {"/help": "help", "/about": "about", "/corpus": "contents", "/privacy": "privacy"}


async def test_a_question_is_answered_with_quotes(telegram: FakeTelegram) -> None:
    ana = telegram.private("Ana")

    ana.says("What about privacy?")

    [answer] = await ana.replies()
    assert "\nSearched: privacy" in answer.text
    assert any(quote.endswith(COLLIER) for quote in answer.quotes)


async def test_a_private_answer_is_no_reply_to_the_question(telegram: FakeTelegram) -> None:
    ana = telegram.private("Ana")

    ana.says("What about privacy?")

    [answer] = await ana.replies()
    assert answer.replies_to is None


async def test_ask_and_plain_text_are_answered_alike(telegram: FakeTelegram) -> None:
    ana = telegram.private("Ana")

    ana.says("privacy")
    ana.says("/ask privacy")
    ana.says("/ask@RecordBot privacy")
    ana.says("@RecordBot privacy")

    answers = await ana.replies()
    assert len(answers) == 4
    assert len({answer.text for answer in answers}) == 1


async def test_questions_sent_together_are_each_answered(telegram: FakeTelegram) -> None:
    ana, ben = telegram.private("Ana"), telegram.private("Ben")

    ana.says("privacy")
    ben.says("surveillance")

    [to_ana], [to_ben] = await ana.replies(), await ben.replies()
    assert "\nSearched: privacy" in to_ana.text
    assert "\nSearched: surveillance" in to_ben.text


async def test_every_quote_has_a_link_that_shows_it(telegram: FakeTelegram) -> None:
    ana = telegram.private("Ana")
    ana.says("What about privacy?")
    [answer] = await ana.replies()
    links = [link for link in answer.links if link.startswith("https://t.me/RecordBot?start=q_")]
    payload = links[0].partition("start=")[2]

    ana.says(f"/start {payload}")

    [shown] = await ana.replies()
    assert len(links) == len(answer.quotes)
    assert payload.removeprefix("q_") in shown.text


async def test_a_link_to_no_quote_is_said_to_be_one(telegram: FakeTelegram) -> None:
    ana = telegram.private("Ana")

    ana.says("/start q_AAAAAAAA")

    [reply] = await ana.replies()
    assert "AAAAAAAA" in reply.text
    assert reply.quotes == []


async def test_start_without_a_quote_greets(telegram: FakeTelegram, desk: Service) -> None:
    ana = telegram.private("Ana")

    ana.says("/start")

    [greeting] = await ana.replies()
    assert desk.start().blocks[0][0].text in greeting.text


@pytest.mark.parametrize("command", PAGES)
async def test_each_page_is_shown(telegram: FakeTelegram, desk: Service, command: str) -> None:
    ana = telegram.private("Ana")

    ana.says(command.upper() if command == "/help" else command)

    shown = "".join(page.text for page in await ana.replies())
    assert getattr(desk, PAGES[command])().blocks[0][0].text in shown


@pytest.mark.parametrize(("text", "name"), [("/weather tomorrow", "weather"), ("/ privacy", ""), ("/été privacy", "")])
async def test_a_command_that_there_is_not_is_told_in_one_line_that_leads_to_the_help(
    telegram: FakeTelegram, text: str, name: str
) -> None:
    ana = telegram.private("Ana")

    ana.says(text)

    [reply] = await ana.replies()
    assert reply.text == say("unknown_command", name=name)


async def test_a_reply_to_an_answer_follows_it_up(telegram: FakeTelegram) -> None:
    ana = telegram.private("Ana")
    ana.says("What about privacy?")
    [first] = await ana.replies()

    ana.says("and surveillance?", to=first)
    [followed] = await ana.replies()
    ana.says("and accuracy?", to=followed)
    [further] = await ana.replies()
    ana.says("why?")
    [alone] = await ana.replies()

    assert "surveillance" in followed.text.partition("\nSearched: ")[2]
    assert "accuracy" in further.text.partition("\nSearched: ")[2]
    assert "\nSearched: " not in alone.text


@pytest.mark.parametrize("text", ["😀😀😀", "?!", "the of and", "privacy " * 500, "\u202eycavirp"])
async def test_any_text_gets_one_courteous_reply(telegram: FakeTelegram, text: str) -> None:
    ana = telegram.private("Ana")

    ana.says(text)

    assert len(await ana.replies()) == 1


@pytest.mark.parametrize(
    "text",
    [
        "<b>privacy</i> & <script>alert(1)</script>",
        "privacy &lt;/blockquote&gt; <blockquote>",
        "[privacy](tg://user?id=1) *_`",
        "</b></blockquote>",
    ],
)
async def test_markup_in_a_question_stays_text(telegram: FakeTelegram, text: str) -> None:
    ana = telegram.private("Ana")

    ana.says(text)

    [reply] = await ana.replies()
    assert [call.status for call in telegram.answered("sendMessage")] == [200]
    assert not any("user?id" in link for link in reply.links)


async def test_another_bots_command_is_not_ours(telegram: FakeTelegram) -> None:
    ana = telegram.private("Ana")

    ana.says("/ask@OtherBot privacy")

    assert await ana.replies() == []


async def test_no_preview_is_asked_for(telegram: FakeTelegram) -> None:
    ana = telegram.private("Ana")

    ana.says("What about privacy?")

    await ana.replies()
    [call] = telegram.answered("sendMessage")
    assert call.given["link_preview_options"] == {"is_disabled": True}


async def test_a_private_topic_is_answered_in_it(telegram: FakeTelegram) -> None:
    topic = telegram.private("Ana").topic(3)

    topic.says("What about privacy?")

    [answer] = await topic.replies()
    assert answer.topic == 3
