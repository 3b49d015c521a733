from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.replies.catalogue import say
from bot.surfaces.telegram.handlers import truncate_toast

if TYPE_CHECKING:
    from tests.telegram.fake import FakeTelegram, Sent
    from tests.telegram.fake.conversation import Chat

pytestmark = pytest.mark.usefixtures("bot")

NOTHING = "zebra xylophone"


async def offered(chat: Chat, ask: str = "") -> Sent:
    """Return an abstention, whose buttons offer topics."""
    chat.says(f"{ask}{NOTHING}")
    [answer] = await chat.replies()
    assert answer.buttons
    return answer


async def test_pressing_does_what_typing_does(telegram: FakeTelegram) -> None:
    ana = telegram.private("Ana")
    answer = await offered(ana)

    typed = ana.press(answer, next(iter(answer.buttons)))
    [pressed] = await ana.replies()
    ana.says(typed)
    [said] = await ana.replies()

    assert pressed.html == said.html
    assert telegram.world.toasts == [""]


async def test_a_press_in_a_topic_is_answered_under_the_button(telegram: FakeTelegram) -> None:
    topic = telegram.group(forum=True).topic(7)
    answer = await offered(topic, "/ask ")

    topic.press(answer, next(iter(answer.buttons)))

    [pressed] = await topic.replies()
    assert pressed.replies_to == answer.id


async def test_a_press_that_waited_too_long_is_still_answered(telegram: FakeTelegram) -> None:
    ana = telegram.private("Ana")
    answer = await offered(ana)

    ana.press(answer, next(iter(answer.buttons)))
    telegram.world.presses.clear()

    assert len(await ana.replies()) == 1
    assert [call.status for call in telegram.answered("answerCallbackQuery")] == [400]


async def test_a_press_under_a_message_too_old_to_see_is_answered(telegram: FakeTelegram) -> None:
    ana = telegram.private("Ana")
    answer = await offered(ana)
    unseen = {"message_id": answer.id, "chat": answer.message["chat"], "date": 0}

    ana.press(answer, next(iter(answer.buttons)), message=unseen)

    assert len(await ana.replies()) == 1


@pytest.mark.parametrize("data", ["/format c:", "nonsense", "", "/status", "/"])
async def test_a_button_that_there_is_not_says_so(telegram: FakeTelegram, data: str) -> None:
    ana = telegram.private("Ana")
    answer = await offered(ana)

    ana.press(answer, next(iter(answer.buttons)), data=data)

    assert await ana.replies() == []
    assert telegram.world.toasts == [say("unknown_button")]


async def test_a_press_from_nowhere_stops_its_spinner(telegram: FakeTelegram) -> None:
    ana = telegram.private("Ana")
    query = {"id": "1", "from": telegram.person("Ana"), "chat_instance": "1", "data": "/help"}
    telegram.world.presses.add("1")

    ana.push(callback_query=query)

    assert await ana.replies() == []
    assert telegram.world.toasts == [say("unknown_button")]


SAFEGUARDS = "AW3SAD7O"


async def quote_alone(chat: Chat) -> Sent:
    """Return a quote in its context, of which no other wording is printed."""
    chat.says(f"/start q_{SAFEGUARDS}")
    [context] = await chat.replies()
    return context


async def test_a_button_with_nothing_to_open_says_so_in_a_toast_and_leaves_the_message(telegram: FakeTelegram) -> None:
    ana = telegram.private("Ana")
    context = await quote_alone(ana)

    ana.press(context, say("label_wordings"))

    assert await ana.replies() == []
    assert telegram.world.toasts == [say("no_wordings", id=SAFEGUARDS)]
    assert len(telegram.answered("sendMessage")) == 1
    assert telegram.answered("editMessageText") == []


async def test_a_button_with_something_to_open_shows_it_without_a_toast(telegram: FakeTelegram) -> None:
    ana = telegram.private("Ana")
    context = await quote_alone(ana)

    ana.press(context, say("label_opposite"))
    await ana.replies()

    assert telegram.world.toasts == [""]
    [edited] = telegram.answered("editMessageText")
    assert say("opposite", id=SAFEGUARDS) in edited.given["text"]


async def test_what_is_typed_is_answered_in_a_message_also_where_there_is_nothing(telegram: FakeTelegram) -> None:
    ana = telegram.private("Ana")

    ana.says(f"/wordings {SAFEGUARDS}")

    [answer] = await ana.replies()
    assert answer.text == say("no_wordings", id=SAFEGUARDS)
    assert telegram.world.toasts == []


@pytest.mark.parametrize(("length", "shown"), [(200, 200), (201, 200)])
def test_a_toast_is_as_long_as_telegram_shows(length: int, shown: int) -> None:
    toast = truncate_toast("x" * length)

    assert len(toast) == shown
    assert toast.endswith("…") == (length > shown)
