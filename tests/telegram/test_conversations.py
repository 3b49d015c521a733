"""Whole conversations through the real surface, as their readers see them, by both transports.

Each is kept word for word under tests/golden/conversations, and both
transports must bring forth the same one.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest

from bot.service import Service
from tests.telegram.fake.units import cut
from tests.telegram.running import running

if TYPE_CHECKING:
    from tests.conftest import Golden
    from tests.telegram.fake import Chat, FakeTelegram, Sent

MIRRORED = (
    "Why do the fascist police keep lying about their racist surveillance technology?",
    "Why do the paranoid campaigners keep lying about the police surveillance technology?",
)


@pytest.fixture(params=[False, True], ids=["polling", "webhook"])
async def bot(telegram: FakeTelegram, desk: Service, request: pytest.FixtureRequest) -> AsyncIterator[None]:
    async with running(telegram, desk, pushed=request.param):
        yield


class Scene:
    """A conversation in one chat, written down as it goes."""

    def __init__(self, telegram: FakeTelegram, chat: Chat) -> None:
        self._telegram = telegram
        self._chat = chat
        self._lines: list[str] = []

    async def says(self, name: str, text: str, to: Sent | None = None) -> list[Sent]:
        """Let somebody say something, and return what the bot replies."""
        self._lines.append(f"{name}{' (in reply to the bot)' if to else ''}: {text}")
        self._chat.says(text, by=name, to=to)
        replies = await self._chat.replies()
        self._show(replies, None if replies else "(silence)")
        return replies

    async def presses(self, name: str, sent: Sent, label: str) -> Sent:
        """Let somebody press a button, and return the message as it is then."""
        toasts = len(self._telegram.world.toasts)
        self._lines.append(f"{name} presses [ {label} ]")
        self._chat.press(sent, label, by=name)
        below = await self._chat.replies()
        told = filter(None, self._telegram.world.toasts[toasts:])
        self._lines += [f"(toast: {toast})" for toast in told]
        now = self._chat.changed(sent)
        if now != sent:
            self._show([now], "The message becomes:")
        if below or now == sent:
            self._show(below)
        return below[0] if below else now

    def _show(self, replies: list[Sent], heading: str | None = None) -> None:
        self._lines += [heading] if heading else []
        for sent in replies:
            self._lines += ["", *seen(sent)]
        self._lines.append("")

    def written(self) -> str:
        """Return all of it."""
        return "\n".join(self._lines).rstrip() + "\n"


def seen(sent: Sent) -> list[str]:
    """Return what a reader sees of a message: its text, quotes behind a bar, buttons below."""
    text, shown = sent.text, ""
    at = 0
    quoted = [e for e in sent.parsed.entities if e["type"].endswith("blockquote")]
    for entity in quoted:
        shown += cut(text, at, entity["offset"] - at)
        inner = cut(text, entity["offset"], entity["length"])
        shown += "\n".join(f"│ {line}".rstrip() for line in inner.split("\n"))
        at = entity["offset"] + entity["length"]
    shown += cut(text, at, len(text.encode("utf-16-le")) // 2 - at)
    rows = [" ".join(f"[ {label} ]" for label in row) for row in sent.drawn]
    return [*shown.split("\n"), *([""] if rows else []), *rows]


@pytest.mark.usefixtures("bot")
async def test_a_private_chat_shows_context_and_leads_back(telegram: FakeTelegram, golden: Golden) -> None:
    scene = Scene(telegram, telegram.private("Ana"))

    [answer] = await scene.says("Ana", "What about privacy?")
    context = await scene.presses("Ana", answer, "Context 2")
    back = await scene.presses("Ana", context, "◂ Back")
    assert back.text == answer.text
    await scene.says("Ana", "and accuracy?", to=back)

    golden("conversations/a-private.txt", scene.written())


@pytest.mark.usefixtures("bot")
async def test_a_group_of_three_is_answered_where_it_asks(telegram: FakeTelegram, golden: Golden) -> None:
    scene = Scene(telegram, telegram.group())

    [first] = await scene.says("Ana", "@RecordBot will the cameras be signposted?")
    assert await scene.says("Ben", "told you it is all a trick") == []
    [to_ben] = await scene.says("Ben", "who calls it a surveillance state?", to=first)
    await scene.presses("Caro", to_ben, "Wordings")
    await scene.says("Caro", "wordings", to=to_ben)
    await scene.says("Caro", "and the opposite view?", to=to_ben)

    golden("conversations/b-group.txt", scene.written())


@pytest.mark.usefixtures("bot")
async def test_an_inline_search_offers_quotes(telegram: FakeTelegram, golden: Golden) -> None:
    chat = telegram.private("Ana")

    found = await chat.results(chat.searches("safeguards"))

    lines = ["Ana types: @RecordBot safeguards", ""]
    for result in found:
        lines += [f"{result.message['title']} / {result.message['description']}", ""]
    golden("conversations/c-inline.txt", "\n".join([*lines, "Sent on a tap:", "", *seen(found[0])]))


@pytest.mark.usefixtures("bot")
async def test_an_unanswerable_question_meets_silence_and_topics(telegram: FakeTelegram, golden: Golden) -> None:
    scene = Scene(telegram, telegram.private("Ana"))

    [silence] = await scene.says("Ana", "How much did the system cost?")
    await scene.presses("Ana", silence, "privacy")

    golden("conversations/e-unanswerable.txt", scene.written())


@pytest.mark.usefixtures("bot")
async def test_loaded_questions_of_both_sides_are_answered_alike(telegram: FakeTelegram, golden: Golden) -> None:
    scene = Scene(telegram, telegram.private("Ana"))

    for question in MIRRORED:
        await scene.says("Ana", question)

    golden("conversations/f-loaded.txt", scene.written())


@pytest.mark.usefixtures("bot")
async def test_all_quotes_of_one_person_are_listed_page_by_page(telegram: FakeTelegram, golden: Golden) -> None:
    scene = Scene(telegram, telegram.private("Ana"))

    [first] = await scene.says("Ana", "all quotes by Ephgrave")
    second = await scene.presses("Ana", first, "More ▸")
    await scene.presses("Ana", second, "Context 4")
    await scene.says("Ana", "/by Ephgrave privacy")

    golden("conversations/g-by.txt", scene.written())
