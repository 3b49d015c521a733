"""In a private chat a follow-up needs no reply; what is remembered for it is little, short and forgotten when asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from telegram import Chat as TelegramChat

from bot.replies.catalogue import say
from bot.replies.reply import Command, Piece, Reply
from bot.service import Service
from bot.surfaces.telegram import chat_memory
from bot.surfaces.telegram.chat_memory import ChatMemory
from tests.telegram.running import running

if TYPE_CHECKING:
    from tests.telegram.fake import Chat, FakeTelegram, Sent

ANSWER = Reply(((Piece("words", quote_id="AAAAAAAA"),),), history=(Command("ask", "privacy"),))


async def ask(chat: Chat, text: str, by: str | None = None) -> Sent:
    chat.says(text, by=by)
    [reply] = await chat.replies()
    return reply


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize(
    ("typed", "heading"),
    [
        ("context 2", "Quote "),
        ("and the opposite?", "Opposite of "),
        ("/context", "Quote "),
        ("and the police?", "FOR"),
    ],
)
async def test_a_follow_up_needs_no_reply(telegram: FakeTelegram, typed: str, heading: str) -> None:
    ana = telegram.private("Ana")
    answer = await ask(ana, "What about privacy?")
    ana.says(typed, to=answer)
    [by_reply] = await ana.replies()
    await ask(ana, "What about privacy?")

    followed = await ask(ana, typed)

    assert followed.html == by_reply.html
    assert followed.text.startswith(heading)


@pytest.mark.usefixtures("bot")
async def test_a_number_opens_the_quote_of_the_last_answer(telegram: FakeTelegram) -> None:
    ana = telegram.private("Ana")
    answer = await ask(ana, "What about privacy?")

    assert (await ask(ana, "2")).parsed.covered("bold")[-1] == answer.quotes[1]


@pytest.mark.usefixtures("bot")
async def test_thanks_leave_the_last_answer_to_be_followed(telegram: FakeTelegram) -> None:
    ana = telegram.private("Ana")
    answer = await ask(ana, "What about privacy?")
    ana.says("thanks!")
    assert await ana.replies() == []

    assert (await ask(ana, "context 2")).parsed.covered("bold")[-1] == answer.quotes[1]


@pytest.mark.usefixtures("bot")
async def test_a_whole_question_stands_by_itself(telegram: FakeTelegram) -> None:
    ana, ben = telegram.private("Ana"), telegram.private("Ben")
    await ask(ana, "What about privacy?")

    assert (await ask(ana, "surveillance state")).html == (await ask(ben, "surveillance state")).html


@pytest.mark.usefixtures("bot")
async def test_a_group_and_another_chat_remember_nothing(telegram: FakeTelegram) -> None:
    await ask(telegram.private("Ana"), "What about privacy?")
    group = telegram.group()
    await ask(group, "/ask privacy", by="Ana")

    assert (await ask(group, "/context@RecordBot", by="Ana")).text == say("no_answer_shown")
    assert (await ask(telegram.private("Ben"), "/context")).text == say("no_answer_shown")


@pytest.mark.usefixtures("bot")
async def test_what_was_pressed_last_is_followed(telegram: FakeTelegram) -> None:
    ana = telegram.private("Ana")
    page = await ask(ana, "/by Ephgrave")
    ana.press(page, say("label_more"))
    await ana.replies()

    third = await ask(ana, "more")

    assert third.text == say("no_more")


@pytest.mark.usefixtures("bot")
async def test_forget_forgets_the_last_answer(telegram: FakeTelegram) -> None:
    ana = telegram.private("Ana")
    await ask(ana, "What about privacy?")
    before = (await ask(ana, "context")).text
    await ask(ana, "/forget")

    assert before != (await ask(ana, "context")).text == (await ask(ana, "/context")).text == say("no_answer_shown")


async def test_after_a_restart_and_by_a_setting_nothing_is_remembered(telegram: FakeTelegram, desk: Service) -> None:
    ana = telegram.private("Ana")
    async with running(telegram, desk):
        await ask(ana, "What about privacy?")
    async with running(telegram, desk, memory_minutes=0):
        after_restart = await ask(ana, "/context")
        await ask(ana, "What about privacy?")
        turned_off = await ask(ana, "/context")

    assert after_restart.text == turned_off.text == say("no_answer_shown")


async def test_after_half_an_hour_and_beyond_two_thousand_chats_it_is_forgotten(
    desk: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = 0.0
    monkeypatch.setattr(chat_memory, "MAX_CHATS", 2)
    memory = ChatMemory(30, lambda: seconds)
    chats = [TelegramChat(number, "private") for number in (1, 2, 3)]
    for chat in chats:
        memory.remember(chat, ANSWER)

    async def recall(chat: TelegramChat) -> bool:
        return (await memory.recall(chat, desk, Command("context"))).quote_ids == ("AAAAAAAA",)

    assert [await recall(chat) for chat in chats] == [False, True, True]
    seconds = 1799.0
    assert await recall(chats[2])
    seconds = 1800.0
    assert not await recall(chats[2])
    assert not (await memory.recall(TelegramChat(4, "group"), desk, Command("context"))).history
