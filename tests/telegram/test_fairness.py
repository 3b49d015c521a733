"""One member's flood, in whatever way, leaves another their turns at the default settings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from bot.replies.catalogue import say
from bot.replies.reply import Button, Reply
from bot.storage import open_storage
from bot.surfaces.telegram.settings import FloodLimits
from tests.telegram.fake.methods import now
from tests.telegram.running import Echo, One, running

if TYPE_CHECKING:
    from tests.telegram.fake import Chat, FakeTelegram, Said, Sent

    Flood = Callable[[Chat, Said, Sent, int, str], object]

# The other member asks once in so many seconds, so many times.
EVERY, TIMES = 20, 6
MEMBERS = ("Ben", "Caro", "Dan")
WAYS: dict[str, Flood] = {
    "questions": lambda group, _, __, step, who: group.says(f"@RecordBot privacy {step}", by=who),
    "commands": lambda group, _, __, step, who: group.says(f"/ask@RecordBot {step}", by=who),
    "commands that are none": lambda group, _, __, ___, who: group.says("/nonsense@RecordBot", by=who),
    "replies": lambda group, _, answer, step, who: group.says(f"why {step}", by=who, to=answer),
    "edits": lambda group, question, _, step, __: group.edits(question, f"@RecordBot privacy {step}"),
    "presses": lambda group, _, answer, __, who: group.press(answer, "Again", by=who),
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
            WAYS[way](group, question, answer, step, "Ben")
            if step % EVERY == 0:
                asked = group.says(f"@RecordBot safety {step}", by="Caro")
                replies = await group.replies()
                answered += any(f"safety {step}" in each.text for each in replies)
                assert not any(each.replies_to == asked.message["message_id"] and _is_refusal(each) for each in replies)
            else:
                await group.replies()

    assert answered >= TIMES / 2


@pytest.mark.parametrize("way", WAYS)
async def test_in_a_flood_of_several_each_member_who_is_refused_is_told_once(telegram: FakeTelegram, way: str) -> None:
    clock, storage, group = Seconds(), open_storage(), telegram.group()
    storage._clock = clock  # noqa: SLF001 - as above
    told: Counter[str] = Counter()
    async with running(telegram, One(Offering(), storage), flood=FloodLimits()):
        asked = {}
        for who in MEMBERS:
            clock.count += 600
            said = group.says("@RecordBot privacy", by=who, date=now() + 1)
            asked[who] = said, (await group.replies())[0]
        clock.count += 600
        telegram.world.toasts.clear()
        for step in range(20):
            clock.count += 1
            for who, (question, answer) in asked.items():
                toasts = len(telegram.world.toasts)
                WAYS[way](group, question, answer, step, who)
                notices = [each for each in await group.replies() if _is_refusal(each)]
                told.update(_find_author(telegram, group, each) for each in notices)
                # A press costs no message: every one of them is told of where it was pressed.
                told[who] = told[who] or int(say("rate_limited") in telegram.world.toasts[toasts:])

    assert told == dict.fromkeys(MEMBERS, 1)


def _find_author(telegram: FakeTelegram, group: Chat, notice: Sent) -> str:
    """Return who wrote the message that a notice stands under."""
    return str(telegram.world.messages[group.id, notice.replies_to or 0]["from"]["first_name"])


def _is_refusal(sent: Sent) -> bool:
    return sent.text == say("rate_limited")
