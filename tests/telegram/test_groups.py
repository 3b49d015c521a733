from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.telegram.fake import FakeTelegram

pytestmark = pytest.mark.usefixtures("bot")

SERVICE = {"id": 777000, "is_bot": False, "first_name": "Telegram"}
GROUP_ADMIN = {"id": 1087968824, "is_bot": True, "first_name": "Group"}
OTHER_BOT = {"id": 55, "is_bot": True, "first_name": "Other", "username": "OtherBot"}


@pytest.mark.parametrize(
    "text",
    [
        "What about privacy?",
        "/ask@OtherBot privacy",
        "/ask@OtherBot @RecordBot privacy",
        "@OtherBot privacy",
        "@RecordBotty privacy",
        "write to ana@RecordBot about privacy",
        "/weather",
    ],
)
async def test_what_is_not_for_the_bot_is_met_with_silence(telegram: FakeTelegram, text: str) -> None:
    group = telegram.group()

    group.says(text)

    assert await group.replies() == []
    assert telegram.answered("sendMessage") == []


@pytest.mark.parametrize(
    "text",
    ["/ask privacy", "/ask@RecordBot privacy", "@RecordBot privacy", "privacy, @recordbot?", "😀😀 @RecordBot privacy"],
)
async def test_what_is_for_the_bot_is_answered_under_it(telegram: FakeTelegram, text: str) -> None:
    group = telegram.group()

    said = group.says(text)

    [answer] = await group.replies()
    assert "\nSearched: privacy" in answer.text
    assert answer.replies_to == said.message["message_id"]


async def test_a_reply_to_the_bot_follows_its_answer_up(telegram: FakeTelegram) -> None:
    group = telegram.group()
    group.says("/ask privacy", by="Ana")
    [first] = await group.replies()

    said = group.says("and surveillance?", by="Ben", to=first)

    [followed] = await group.replies()
    assert followed.replies_to == said.message["message_id"]
    assert "surveillance" in followed.text.partition("\nSearched: ")[2]


async def test_a_reply_to_somebody_else_is_met_with_silence(telegram: FakeTelegram) -> None:
    group = telegram.group()
    said = group.says("What about privacy?", by="Ana")

    group.says("and surveillance?", by="Ben", to=said)

    assert await group.replies() == []


async def test_a_topic_is_answered_in_it(telegram: FakeTelegram) -> None:
    group = telegram.group(forum=True)
    topic, other = group.topic(7), group.topic(8)

    said = topic.says("/ask privacy")

    [answer] = await topic.replies()
    assert answer.topic == 7
    assert answer.replies_to == said.message["message_id"]
    assert await other.replies() == []


async def test_a_topic_that_the_bot_opened_is_not_a_talk_with_it(telegram: FakeTelegram) -> None:
    topic = telegram.group(forum=True).topic(7)
    opened = topic.message("", forum_topic_created={"name": "x", "icon_color": 1})
    opened["from"] = telegram.bot

    topic.says("What about privacy?", reply_to_message=opened)

    assert await topic.replies() == []


async def test_a_question_that_was_deleted_is_still_answered(telegram: FakeTelegram) -> None:
    group = telegram.group()
    message = group.message("/ask privacy")
    del telegram.world.messages[group.id, message["message_id"]]

    group.push(message=message)

    [answer] = await group.replies()
    assert answer.replies_to is None


@pytest.mark.parametrize(
    "fields",
    [
        {"from": OTHER_BOT},
        {"via_bot": OTHER_BOT},
        {"from": SERVICE, "is_automatic_forward": True, "sender_chat": {"id": -1, "type": "channel"}},
    ],
    ids=["another bot", "an inline result", "a channel's copy"],
)
async def test_what_no_person_typed_here_is_no_question(telegram: FakeTelegram, fields: dict[str, Any]) -> None:
    group = telegram.group()

    group.says("/ask privacy", **fields)
    group.says("@RecordBot privacy", **fields)

    assert await group.replies() == []


async def test_an_anonymous_admin_of_the_group_may_ask(telegram: FakeTelegram) -> None:
    group = telegram.group()
    chat = {"id": group.id, "type": "supergroup", "title": "Debate"}
    anonymous: dict[str, Any] = {"from": GROUP_ADMIN, "sender_chat": chat}

    group.says("/ask privacy", **anonymous)

    assert len(await group.replies()) == 1


async def test_edits_and_channel_posts_are_no_questions(telegram: FakeTelegram) -> None:
    group = telegram.group()
    said = group.says("privacy", date=int(time.time()) + 1)
    post = {
        "message_id": 1,
        "date": 1,
        "chat": {"id": -5, "type": "channel", "title": "News"},
        "text": "/ask privacy",
        "entities": [{"type": "bot_command", "offset": 0, "length": 4}],
    }

    group.edits(said, "/ask privacy")
    group.push(channel_post=post)

    assert await group.replies() == []
    assert not {"channel_post", "edited_channel_post"} & set(telegram.inbox.allowed)


async def test_a_thousand_messages_for_others_get_nothing(telegram: FakeTelegram) -> None:
    group = telegram.group()

    for number in range(1000):
        group.says("/ask privacy" if number % 250 == 7 else f"privacy, I say, {number}")

    assert len(await group.replies()) == 4
