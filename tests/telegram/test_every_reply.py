"""Every reply, as Telegram would take it: nothing refused, and the text the one intended."""

from __future__ import annotations

import json
import random
import string
from pathlib import Path

import pytest

from bot.replies.html import render_messages
from bot.replies.reply import Reply, Style
from bot.service import Service
from bot.surfaces.telegram.sending import build_keyboard
from tests.telegram.fake import parse
from tests.telegram.fake.rules import TEXT, check_keyboard, check_text

JUDGED = Path("tests/relevance/facial-recognition.jsonl")
ODD = string.printable + "‘’“”–—£€😀👩‍👩‍👧\u202e\u200b&<>éß漢"


def judged() -> list[str]:
    return [json.loads(line)["question"] for line in JUDGED.read_text("utf-8").splitlines()]


def make_random_questions(desk: Service, count: int, seed: int = 2) -> list[str]:
    """Return questions made of the corpus's own words, and of anything."""
    chance = random.Random(seed)
    known = [word for document in desk.corpus.documents for word in document.text.split()]
    found = []
    for _ in range(count):
        words = chance.choices(known, k=chance.randint(1, 8))
        noise = "".join(chance.choices(ODD, k=chance.randint(0, 20)))
        found.append(" ".join([*words, noise]))
    return found


def link(quote_id: str) -> str:
    return f"https://t.me/RecordBot?start=q_{quote_id}"


def check(reply: Reply) -> None:
    parsed = [parse(message) for message in render_messages(reply, TEXT, link)]
    for message in parsed:
        check_text(message)
    if markup := build_keyboard(reply.buttons):
        check_keyboard(markup)

    intended = "\n\n".join("".join(piece.text for piece in block) for block in reply.blocks)
    quotes = [p.text for block in reply.blocks for p in block if p.style is Style.QUOTE]
    assert "\n\n".join(message.text for message in parsed) == intended.strip()
    shown = [quote for message in parsed for quote in message.covered("blockquote")]
    # In its context a quote stands out within a stretch of the source.
    around = [m for message in parsed for m in message.covered("expandable_blockquote")]
    bold = [b for message in parsed for b in message.covered("bold")]
    assert shown == quotes or (len(quotes) == 1 and quotes[0] in around[0] and quotes[0] in bold)


async def test_no_reply_to_a_judged_question_is_refused(desk: Service) -> None:
    for question in judged():
        check(await desk.ask(question))


@pytest.mark.no_cover
async def test_no_reply_to_a_random_question_is_refused(desk: Service, times: int) -> None:
    for question in make_random_questions(desk, 200 * times):
        check(await desk.ask(question))


async def test_no_quote_shown_by_its_link_is_refused(desk: Service) -> None:
    shown = {
        piece.quote_id
        for question in judged()
        for block in (await desk.ask(question)).blocks
        for piece in block
        if piece.quote_id
    }

    assert shown
    for quote_id in shown:
        check(await desk.show_quote(quote_id))


@pytest.mark.parametrize("page", ["start", "help", "about", "contents", "privacy"])
def test_no_page_is_refused(desk: Service, page: str) -> None:
    check(getattr(desk, page)())


def test_the_status_is_not_refused(desk: Service) -> None:
    check(desk.admin.show_status())
