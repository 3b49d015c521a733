"""One member's flood, in whatever way, leaves another their turns at the default settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bot.replies.catalogue import say
from bot.replies.reply import Button, Reply
from bot.storage import open_storage
from bot.surfaces.telegram.settings import FloodLimits
from tests.telegram.fake.methods import now
from tests.telegram.running import Echo, One, running

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.telegram.fake import Chat, FakeTelegram, Said, Sent

    Flood = Callable[[Chat, Said, Sent, int], object]

# The other member asks once in so many seconds, so many times.
EVERY, TIMES = 20, 6
WAYS: dict[str, Flood] = {
    "questions": lambda group, _, __, step: group.says(f"@RecordBot privacy {step}", by="Ben"),
    "commands": lambda group, _, __, step: group.says(f"/ask@RecordBot {step}", by="Ben"),
    "commands that are none": lambda group, _, __, ___: group.says("/nonsense@RecordBot", by="Ben"),
    "replies": lambda group, _, answer, step: group.says(f"why {step}", by="Ben", to=answer),
    "edits": lambda group, question, _, step: group.edits(question, f"@RecordBot privacy {step}"),
    "presses": lambda group, _, answer, __: group.press(answer, "Again", by="Ben"),
}


class Offering(Echo):
    """A desk that says what it was asked, with a button that asks again."""

    async def ask(self, question: str, *_: Any) -> Reply:
        return Reply.from_text(question, buttons=((Button("Again", "/ask again"),),))


class Seconds:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.count = 0.0

    def __call__(self) -> float:
        return self.count


@pytest.mark.parametrize(("way", "in_topic"), [*((way, False) for way in WAYS), ("questions", True)])
async def test_a_flood_leaves_another_member_half_of_their_turns(
    telegram: FakeTelegram, way: str, *, in_topic: bool
) -> None:
    clock, storage = Seconds(), open_storage()
    storage._clock = clock  # noqa: SLF001 - ten minutes pass in a second
    group = telegram.group(forum=True).topic(7) if in_topic else telegram.group()
    answered = 0
    async with running(telegram, One(Offering(), storage), flood=FloodLimits()):
        question = group.says("@RecordBot privacy", by="Ben", date=now() + 1)
        [answer] = await group.replies()
        for step in range(EVERY * TIMES):
            clock.count += 1
            WAYS[way](group, question, answer, step)
            if step % EVERY == 0:
                asked = group.says(f"@RecordBot safety {step}", by="Caro")
                replies = await group.replies()
                answered += any(f"safety {step}" in each.text for each in replies)
                assert not any(each.replies_to == asked.message["message_id"] and _is_refusal(each) for each in replies)
            else:
                await group.replies()

    assert answered >= TIMES / 2


def _is_refusal(sent: Sent) -> bool:
    return sent.text == say("rate_limited")
