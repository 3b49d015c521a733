"""An answer as a reply: what was searched, the quotes, who is silent, the sources."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from bot.answers.answer import Status
from bot.model import Side
from bot.replies import buttons, quoted, words
from bot.replies.buttons import Known, Page
from bot.replies.reply import Button, Piece, Reply, Style

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.answers.answer import Answer
    from bot.replies.reply import Block


def reply(answer: Answer, documents: int, known: Known | None = None) -> Reply:
    """Return the reply to one question, asked of a corpus of so many `documents`."""
    if answer.status is Status.ABSTAINED:
        blocks, topics = tuple(_silence(answer, documents)), tuple(_topics(answer))
        return Reply(blocks, (topics,), missed=answer.unmatched)
    known = known or Known()
    page = Page(answer.page, answer.more)
    return Reply(
        (_heading(answer), *_quotes(answer, known), *_silent(answer)),
        buttons.under([c.quote for c in answer.quotes], known, page, answer.inherited),
        page=answer.page,
    )


def _heading(answer: Answer) -> Block:
    searched = ", ".join([*answer.searched, *answer.voices]) or words.WHOLE_DEBATE
    lines = [
        words.ALSO.format(also=", ".join(also), asked=asked)
        for asked, also in answer.expanded.items()
        if asked in answer.searched
    ]
    if answer.inherited:
        lines.append(words.INHERITED.format(words=", ".join(answer.inherited)))
    if answer.status is Status.CLOSEST:
        lines.append(words.CLOSEST)
    if answer.unmatched:
        lines.append(words.UNMATCHED.format(words=", ".join(answer.unmatched)))
    page = words.PAGE.format(page=answer.page) if answer.page > 1 else ""
    first = Piece(f"{words.SEARCHED}{searched}{page}", Style.BOLD)
    return (first, *(Piece(f"\n{line}") for line in lines))


def _quotes(answer: Answer, known: Known) -> Iterator[Block]:
    """Yield each quote, and under the last of a run from one document its source."""
    for document, run in groupby(answer.quotes, lambda c: c.quote.passage.document):
        yield from (quoted.block(c, worded=c.quote.id in known.worded) for c in run)
        yield quoted.source(document)


def _silent(answer: Answer) -> Iterator[Block]:
    if answer.silent_sides == (Side.FOR, Side.AGAINST):
        yield (Piece(words.SILENT_BOTH),)
    else:
        for side in answer.silent_sides:
            yield (Piece(words.SILENT_ONE.format(side=words.SIDES[side])),)


def _silence(answer: Answer, documents: int) -> Iterator[Block]:
    yield (Piece(words.NOTHING, Style.BOLD),)
    lines = [words.ONLY_LOADED.format(documents=words.documents(documents))]
    if answer.unmatched:
        lines.insert(0, words.NOT_FOUND.format(words=", ".join(answer.unmatched)))
    yield (Piece("\n".join(lines)),)
    if answer.topics:
        yield (Piece(words.TOPICS.format(topics=" · ".join(answer.topics))),)


def _topics(answer: Answer) -> Iterator[Button]:
    return filter(buttons.fits, (Button(topic, f"/ask {topic}") for topic in answer.topics))
