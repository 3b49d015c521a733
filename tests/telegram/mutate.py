"""Updates with one or more of their parts broken, as no server should send them.

python -m tests.telegram.mutate 10000

Pushes them among healthy questions, and ends with status 1 if any healthy one
was not answered within a second or any update was asked for for ever.
"""

from __future__ import annotations

import asyncio
import copy
import logging
import random
import sys
import time
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from tests.telegram.fake import FakeTelegram
from tests.telegram.fake.server import PATIENCE
from tests.telegram.running import Echo, running

Json = dict[str, Any]
PERSON = {"id": 7, "is_bot": False, "first_name": "Ana", "language_code": "en"}
PRIVATE = {"id": 7, "type": "private", "first_name": "Ana"}
GROUP = {"id": -1007, "type": "supergroup", "title": "Debate", "is_forum": True}
COMMAND = {"type": "bot_command", "offset": 0, "length": 4}
MESSAGE = {"message_id": 1, "date": int(time.time()), "from": PERSON}
ASKED = MESSAGE | {"chat": PRIVATE, "text": "/ask privacy", "entities": [COMMAND]}
IN_TOPIC = {"message_thread_id": 5, "is_topic_message": True}
REPLIED = MESSAGE | {"chat": GROUP, "text": "and the police?", "reply_to_message": ASKED}
PRESSED = {"id": "1", "from": PERSON, "chat_instance": "1", "message": ASKED, "data": "/ask x"}
MEMBER = {"user": PERSON, "status": "administrator"}
WHOLE: tuple[Json, ...] = (
    {"message": ASKED},
    {"message": MESSAGE | {"chat": PRIVATE, "text": "privacy"}},
    {"message": ASKED | {"chat": GROUP} | IN_TOPIC},
    {"message": REPLIED},
    {"message": ASKED | {"sender_chat": GROUP, "chat": GROUP}},
    {"message": ASKED | {"forward_origin": {"type": "user", "date": 1, "sender_user": PERSON}}},
    {"edited_message": ASKED | {"edit_date": int(time.time())}},
    {"callback_query": PRESSED},
    {"inline_query": {"id": "1", "from": PERSON, "query": "privacy", "offset": ""}},
    {"guest_message": ASKED | {"guest_query_id": "1", "chat": GROUP}},
    {"my_chat_member": {"chat": GROUP, "from": PERSON, "date": 1, "new_chat_member": MEMBER}},
)
ODD: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 2**63, 10**18, 10**400, 1.5, "", "x", "\x00", "\ud83d", "\u202e"),
    *("9" * 5000, [], {}, [[]], [None], [1], {"id": None}, {"": {}}, "private", "/start q_", "@"),
)
GONE = object()


class Outcome(NamedTuple):
    """How a healthy question fared among the others; times in seconds."""

    pushed: int
    slowest: float
    calls: int


def mutated(chance: random.Random, whole: Json) -> Json:
    """Return a copy of `whole` with one to three of its parts broken."""
    update = copy.deepcopy(whole)
    for _ in range(chance.randint(1, 3)):
        holder, key = chance.choice(list(_places(update)) or [(update, "message")])
        value = chance.choice([GONE, chance.choice(ODD)])
        if value is not GONE:
            holder[key] = copy.deepcopy(value)
        elif isinstance(holder, dict):
            holder.pop(key, None)
    return update


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    found = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in list(found):
        yield value, key
        if isinstance(inner, dict | list) and inner:
            yield from _places(inner)


async def among(telegram: FakeTelegram, times: int, chance: random.Random, batch: int = 50) -> Outcome:
    """Push `times` broken updates, after each `batch` a healthy question, and time that."""
    ana, slowest, before = telegram.private("Healthy"), 0.0, len(telegram.calls)
    for start in range(0, times, batch):
        for _ in range(min(batch, times - start)):
            telegram.inbox.put(**mutated(chance, chance.choice(WHOLE)))
        began = time.perf_counter()
        ana.says(f"healthy {start}")
        answer = await ana.reply()
        slowest = max(slowest, time.perf_counter() - began)
        if answer.text != f"healthy {start}":
            raise AssertionError(answer.text)
    # A chat's updates are pushed one by one, so there is a backlog to be worked off.
    await telegram.until(lambda: not telegram.inbox.waiting, PATIENCE + times / 50)
    return Outcome(times, slowest, len(telegram.calls) - before)


async def run(times: int, seed: int, *, pushed: bool) -> Outcome:
    """Return how healthy questions fare, by webhook if `pushed`."""
    async with FakeTelegram() as telegram, running(telegram, Echo(), pushed=pushed):  # type: ignore[arg-type]
        return await among(telegram, times, random.Random(seed))


def main(arguments: Sequence[str]) -> int:
    """Break so many updates; status 1 when a healthy question was kept waiting."""
    logging.disable()
    times, slow = int(arguments[0]) if arguments else 10_000, False
    for pushed in (False, True):
        outcome = asyncio.run(run(times, 1, pushed=pushed))
        slow = slow or outcome.slowest >= 1
        name = "webhook" if pushed else "polling"
        told = f"slowest healthy {outcome.slowest:.3f} s, {outcome.calls} calls"
        print(f"{name}: {times} broken updates, {told}")  # noqa: T201
    return int(slow)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
