"""What holds of every answer, to the judged questions and to a thousand random ones."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.answers import evaluation
from bot.model import Side, Span
from bot.replies.reply import Style
from bot.text import split_words

if TYPE_CHECKING:
    from bot.answers.answer import Answer
    from bot.service import Service

QUESTIONS = Path(__file__).parent / "relevance/facial-recognition.jsonl"
STRAY = ["what", "does", "say", "about", "why", "liars", "pizza", "China", "Nobody", "Known"]
STRAY += ["7", "👍", "<b>", "&", "80.5%", "‘x’", "\u202e"]


def asked(desk: Service) -> list[str]:
    """Return the judged questions, and a thousand made of the sources' words and stray ones."""
    judged = [judged.question for judged in evaluation.load_questions(QUESTIONS)]
    known = [
        word.normalised for document in desk.corpus.documents for word in split_words(document.text)
    ]
    chance = random.Random(20)
    made = [" ".join(chance.choices([*known, *STRAY], k=chance.randint(1, 9))) for _ in range(1000)]
    return judged + made


@pytest.fixture(scope="module")
def answers(desk: Service) -> list[Answer]:
    return [desk.answer(question) for question in asked(desk)]


def test_every_quote_is_of_one_passage_and_of_a_fitting_length(answers: list[Answer]) -> None:
    for quote in (chosen.quote for answer in answers for chosen in answer.quotes):
        frame = quote.passage.frame

        assert frame.start <= quote.span.start < quote.span.end <= frame.end
        assert 40 <= len(quote.text) <= 700
        assert quote.text == quote.text.strip()


def test_both_sides_are_shown_equally_often_whenever_both_are_shown(
    answers: list[Answer],
) -> None:
    for answer in answers:
        sides = [chosen.quote.passage.side for chosen in answer.quotes]
        if {Side.FOR, Side.AGAINST} <= set(sides):
            assert sides.count(Side.FOR) == sides.count(Side.AGAINST)


def test_each_side_comes_first_about_half_of_the_time(answers: list[Answer]) -> None:
    first = [
        next(side for side in sides if side is not Side.NEITHER)
        for sides in ([c.quote.passage.side for c in answer.quotes] for answer in answers)
        if {Side.FOR, Side.AGAINST} <= set(sides)
    ]

    assert len(first) > 100
    assert 0.4 < first.count(Side.FOR) / len(first) < 0.6


def test_nothing_is_searched_that_no_source_and_no_curator_has(
    desk: Service, answers: list[Answer]
) -> None:
    known = {
        word.normalised for document in desk.corpus.documents for word in split_words(document.text)
    }
    listed = {word.normalised for key in desk.corpus.synonyms for word in split_words(key)}
    for answer in answers:
        shown = [word for word in answer.searched if word not in answer.expanded]
        stray = {w.normalised for word in shown for w in split_words(word)} - known - listed

        assert not stray & {"pizza", "china", "liars", "nobody"}


async def test_every_quote_shown_can_be_looked_up_by_its_id(
    desk: Service, answers: list[Answer]
) -> None:
    shown = {chosen.quote.id: chosen.quote for answer in answers for chosen in answer.quotes}
    replies = await asyncio.gather(*(desk.show_quote(quote_id) for quote_id in shown))

    for quote, reply in zip(shown.values(), replies, strict=True):
        quoted = [p.text for block in reply.blocks for p in block if p.style is Style.QUOTE]
        assert quoted == [quote.passage.document.slice_text(Span(*quote.span))]
