"""A press in a group that became a supergroup is answered there, and what is sent there can be pressed again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.telegram.fake import Chat, FakeTelegram, Sent

pytestmark = pytest.mark.usefixtures("bot")


async def ask(group: Chat, question: str) -> Sent:
    group.says(question, by="Ben")
    [answer] = await group.replies()
    return answer


async def press_after_growth(telegram: FakeTelegram, group: Chat, answer: Sent, label: str) -> tuple[Chat, Sent]:
    """Press under an answer of a group that has a new id by now; return the new chat and what came there."""
    new = telegram.group()
    telegram.world.moved[group.id] = new.id
    group.press(answer, label, by="Ben")
    assert await group.replies() == []
    return new, await new.reply()


@pytest.mark.parametrize("label", ["Context 1", "Context 2", "Opposite 1"])
@pytest.mark.parametrize("ephemeral", ["refused", "shown"])
async def test_a_press_under_an_answer_is_answered_in_the_new_chat(
    telegram: FakeTelegram, label: str, ephemeral: str
) -> None:
    telegram.world.ephemeral = ephemeral
    group = telegram.group()
    answer = await ask(group, "/ask privacy")

    _, shown = await press_after_growth(telegram, group, answer, label)

    assert shown.quotes
    assert telegram.world.toasts == [""]


@pytest.mark.parametrize("label", ["privacy", "accuracy"])
async def test_a_topic_pressed_is_answered_in_the_new_chat(telegram: FakeTelegram, label: str) -> None:
    group = telegram.group()
    answer = await ask(group, "/ask zebra xylophone")

    _, shown = await press_after_growth(telegram, group, answer, label)

    assert f"Searched: {label}" in shown.text


@pytest.mark.parametrize("first", ["a press", "a question"])
async def test_the_buttons_of_what_is_sent_there_work_there(telegram: FakeTelegram, first: str) -> None:
    group = telegram.group()
    answer = await ask(group, "/ask privacy")
    if first == "a press":
        new, shown = await press_after_growth(telegram, group, answer, "Opposite 1")
    else:
        new = telegram.group()
        telegram.world.moved[group.id] = new.id
        group.says("/ask surveillance", by="Ben")
        shown = await new.reply()
    telegram.world.toasts.clear()

    new.press(shown, "Context", by="Ben")
    await new.replies()

    assert telegram.world.toasts == [""]
    assert new.changed(shown) != shown


async def test_a_question_in_a_topic_is_answered_outside_of_topics(telegram: FakeTelegram) -> None:
    forum, new = telegram.group(forum=True), telegram.group()
    telegram.world.moved[forum.id] = new.id

    forum.topic(7).says("/ask privacy", by="Ben")
    answer = await new.reply()

    assert answer.quotes
    assert answer.topic is None
