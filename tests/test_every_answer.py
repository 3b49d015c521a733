"""What holds of every answer, to the judged questions and to a thousand random ones."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.answers import evaluation
from bot.answers.answer import Answer
from bot.model import Corpus, Passage, Side, Span
from bot.replies import catalogue, quote_block, quote_details
from bot.replies.answer import render_answer
from bot.replies.reply import Reply, Style
from bot.service import Service
from bot.text import split_words

QUESTIONS = Path(__file__).parent / "relevance/facial-recognition.jsonl"
STRAY = ["what", "does", "say", "about", "why", "liars", "pizza", "China", "Nobody", "Known"]
STRAY += ["7", "👍", "<b>", "&", "80.5%", "‘x’", "\u202e"]


def asked(desk: Service) -> list[str]:
    """Return the judged questions, and a thousand made of the sources' words and stray ones."""
    judged = [judged.question for judged in evaluation.load_questions(QUESTIONS)]
    known = [word.normalised for document in desk.corpus.documents for word in split_words(document.text)]
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


def test_both_sides_are_shown_equally_often_whenever_both_are_shown(answers: list[Answer]) -> None:
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


def test_nothing_is_searched_that_no_source_and_no_curator_has(desk: Service, answers: list[Answer]) -> None:
    known = {word.normalised for document in desk.corpus.documents for word in split_words(document.text)}
    listed = {word.normalised for key in desk.corpus.synonyms for word in split_words(key)}
    for answer in answers:
        shown = [word for word in answer.searched if word not in answer.expanded]
        stray = {w.normalised for word in shown for w in split_words(word)} - known - listed

        assert not stray & {"pizza", "china", "liars", "nobody"}


async def test_every_quote_shown_can_be_looked_up_by_its_id(desk: Service, answers: list[Answer]) -> None:
    shown = {chosen.quote.id: chosen.quote for answer in answers for chosen in answer.quotes}
    replies = await asyncio.gather(*(desk.show_quote(quote_id) for quote_id in shown))

    for quote, reply in zip(shown.values(), replies, strict=True):
        quoted = [p.text for block in reply.blocks for p in block if p.style is Style.QUOTE]
        assert quoted == [quote.passage.document.slice_text(Span(*quote.span))]


# Messages that are nothing but placeholders and punctuation would let any words through.
MESSAGES = [
    re.compile(re.sub(r"\\\{\w+\\\}", "(.+)", re.escape(text)) + "(.+)" * text.endswith(" "))
    for key, text in catalogue.ENGLISH.texts.items()
    if re.search(r"[A-Za-z]{3}", re.sub(r"\{\w+\}", "", text)) and key != "list_and"
]
SEPARATOR = re.compile(r", | · |; | → | and ")


def list_facts(corpus: Corpus, answer: Answer) -> set[str]:
    """List what a reply may take from elsewhere: the sources, the curator, the question."""
    documents = [
        fact
        for document in corpus.documents
        for title in (document.title, quote_block.shorten(document.title or "", quote_block.MAX_TITLE_LENGTH))
        for fact in (document.id, title, document.publisher, document.sha256[:12])
    ]
    dates = [catalogue.format_date(document.date) for document in corpus.documents]
    voices = [
        fact
        for passage in corpus.passages
        if passage.voice
        for fact in (passage.voice.name, passage.voice.role, passage.voice.organisation)
    ]
    words = [*answer.searched, *answer.voices, *answer.unmatched, *answer.inherited]
    words += [*answer.expanded, *(form for forms in answer.expanded.values() for form in forms)]
    ids = [chosen.quote.id for chosen in answer.quotes]
    texts = catalogue.ENGLISH.texts.values()
    curated = [corpus.title, corpus.motion, corpus.curator, corpus.notice, *(topic.name for topic in corpus.topics)]
    return {fact for fact in (*documents, *dates, *voices, *words, *ids, *texts, *curated) if fact}


def is_known(text: str, facts: set[str]) -> bool:
    """Return whether `text` is one of `facts`, a list of them, a number, or a filled message."""
    text = text.strip()
    if {text, text.strip("“”")} & {"", *facts} or re.fullmatch(r"¶?[\d–]+", text):
        return True
    filled = (message.fullmatch(text) for message in MESSAGES)
    if any(match and all(is_known(value, facts) for value in match.groups()) for match in filled):
        return True
    # A fact may hold a separator itself, so each place to split at is tried.
    return any(
        is_known(text[: split.start()], facts) and is_known(text[split.end() :], facts)
        for split in SEPARATOR.finditer(text)
    )


def find_foreign_lines(reply: Reply, facts: set[str]) -> Iterator[str]:
    """Yield each line outside the quotes that holds anything but messages and facts."""
    for block in reply.blocks:
        text = "".join("\n" if piece.style in {Style.QUOTE, Style.CONTEXT} else piece.text for piece in block)
        yield from (line for line in text.splitlines() if not is_known(line, facts))


def test_a_reply_holds_the_sources_own_words_and_messages_and_facts_alone(desk: Service, answers: list[Answer]) -> None:
    for answer in answers[:400]:
        reply = render_answer(answer, desk.corpus)
        facts = list_facts(desk.corpus, answer)
        quoted = [p.text for block in reply.blocks for p in block if p.style is Style.QUOTE]

        assert list(find_foreign_lines(reply, facts)) == []
        assert quoted == [chosen.quote.passage.document.text[slice(*chosen.quote.span)] for chosen in answer.quotes]


def test_around_a_quote_stand_the_sources_words_and_the_evidence_alone(desk: Service, answers: list[Answer]) -> None:
    quotes = {c.quote.id: (c.quote, answer) for answer in answers for c in answer.quotes}
    for quote, answer in quotes.values():
        passage: Passage = quote.passage
        cues = {passage.document.slice_text(cue) for cue in passage.cue}
        chain = {passage.chain} if passage.chain else set()
        facts = list_facts(desk.corpus, answer) | cues | chain
        reply = quote_details.render_context(quote, desk.corpus)
        source = "".join(p.text for block in reply.blocks for p in block if p.style in {Style.QUOTE, Style.CONTEXT})

        assert list(find_foreign_lines(reply, facts)) == []
        assert source in passage.document.text


def test_a_copied_quote_carries_its_words_speaker_and_source(answers: list[Answer]) -> None:
    for quote in (chosen.quote for answer in answers for chosen in answer.quotes):
        copied = quote_block.format_for_copying(quote)

        words, _, rest = copied.partition("\n— ")
        assert words == quote.text
        assert rest.startswith(f"{quote_block.describe_speaker(quote.passage)} (")
        assert str(quote.passage.document.title) in rest
        assert rest.endswith(f"Quote {quote.id}")


def test_a_sentence_of_the_bots_own_would_be_found(desk: Service, answers: list[Answer]) -> None:
    answer = next(answer for answer in answers if answer.quotes)
    facts = list_facts(desk.corpus, answer)

    assert not is_known("Widely reported, so likely true.", facts)
    assert not is_known("direct quote · which proves it", facts)
    assert is_known("direct quote · continued", facts)
