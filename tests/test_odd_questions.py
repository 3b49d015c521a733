"""Whatever is typed gets a reply that can be sent: never an exception, an empty message or one too long."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.replies.html import render_messages
from bot.replies.reply import AnswerRef, Command
from bot.service import commands
from tests.odd_questions import iter_odd_questions

if TYPE_CHECKING:
    from bot.service import Service

LIMIT = 4096


@pytest.mark.no_cover
@pytest.mark.parametrize("seed", range(10))
async def test_ten_thousand_odd_questions_are_answered(desk: Service, seed: int) -> None:
    words = desk.corpus.documents[0].text.split()
    answered = AnswerRef()

    for question in iter_odd_questions(words, 1000, seed):
        # Every other one is a reply to the answer before it.
        answered = AnswerRef() if answered.history else AnswerRef((Command("ask", "privacy"),))
        reply = await commands.run_command(desk, Command.parse(question), answered)
        messages = render_messages(reply, LIMIT, lambda quote_id: f"https://t.me/x?start=q_{quote_id}")

        assert messages, question
        assert all(message.strip() for message in messages), question
