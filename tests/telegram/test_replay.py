"""Two thousand messages of a lively group, of which thirty are for the bot."""

from __future__ import annotations

import gc
import random
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.telegram.fake import FakeTelegram, Said
    from tests.telegram.fake.conversation import Chat

MESSAGES, ASKED = 2_000, 30
CANARY = "zanzibarine"
OTHER = {"id": 55, "is_bot": True, "first_name": "Other", "username": "OtherBot"}
SERVICE = {"id": 777000, "is_bot": False, "first_name": "Telegram"}


def chatter(chance: random.Random, number: int) -> tuple[str, dict[str, Any]]:
    """Return something that is said to others, though it may look as if it were to the bot."""
    text = f"{CANARY} privacy, I say, {number}"
    said: list[tuple[str, dict[str, Any]]] = [
        (text, {}),
        (text, {}),
        (f"/ask@OtherBot {text}", {}),
        (f"@OtherBot {text}", {}),
        (f"/ask {text}", {"from": OTHER}),
        (f"/ask {text}", {"via_bot": OTHER}),
        (f"/ask {text}", {"from": SERVICE, "is_automatic_forward": True}),
        (f"/weather {text}", {}),
    ]
    return chance.choice(said)


def asked(chance: random.Random, topic: Chat) -> Said:
    return topic.says(chance.choice(["/ask privacy", "@RecordBot privacy?", "/ask@RecordBot police"]))


@pytest.mark.usefixtures("bot")
async def test_exactly_those_that_are_for_the_bot_are_answered_each_in_its_topic(
    telegram: FakeTelegram, caplog: pytest.LogCaptureFixture, times: int
) -> None:
    caplog.set_level("DEBUG", logger="bot")
    chance = random.Random(4)
    group = telegram.group(forum=True)
    topics = [group.topic(number) for number in (7, 8, 9)]
    places = set(chance.sample(range(MESSAGES * times), ASKED))
    questions: dict[int, int] = {}
    for number in range(MESSAGES * times):
        topic = chance.choice(topics)
        if number in places:
            said = asked(chance, topic)
            questions[said.message["message_id"]] = said.message["message_thread_id"]
        else:
            text, fields = chatter(chance, number)
            topic.says(text, **fields)

    replies = [reply for topic in topics for reply in await topic.replies()]

    assert len(telegram.answered("sendMessage")) == ASKED
    assert {reply.replies_to: reply.topic for reply in replies} == questions
    assert CANARY not in caplog.text
    # What the last polls brought is in their hands until the next.
    for _ in range(200):
        topic.says("x")
    await topic.replies()
    telegram.world.messages.clear()
    caplog.clear()
    del text, fields
    assert kept() == []


def kept() -> list[str]:
    """Return what anything that lives in this process holds of other people's words."""
    gc.collect()
    # By what each refers to, for what has slots keeps its values nowhere else.
    values = (value for thing in gc.get_objects() for value in gc.get_referents(thing))
    return [value for value in values if isinstance(value, str) and "zanzi" + "barine p" in value]
