"""An answer as a reply: what was searched, the quotes, who is silent, the sources."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from bot.answers.answer import Status
from bot.model import Side
from bot.replies import quoted, words
from bot.replies.reply import Button, Piece, Reply, Style

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.answers.answer import Answer
    from bot.replies.reply import Block

_LONGEST_COMMAND = 64


def reply(answer: Answer, documents: int) -> Reply:
    """Return the reply to one question, asked of a corpus of so many `documents`."""
    if answer.status is Status.ABSTAINED:
        return Reply(tuple(_silence(answer, documents)), (tuple(_buttons(answer)),))
    return Reply((_heading(answer), *_quotes(answer), *_silent(answer)))


def _heading(answer: Answer) -> Block:
    searched = ", ".join([*answer.searched, *answer.voices]) or words.WHOLE_DEBATE
    lines = [
        words.ALSO.format(also=", ".join(also), asked=asked)
        for asked, also in answer.expanded.items()
        if asked in answer.searched
    ]
    if answer.status is Status.CLOSEST:
        lines.append(words.CLOSEST)
    if answer.unmatched:
        lines.append(words.UNMATCHED.format(words=", ".join(answer.unmatched)))
    first = Piece(f"{words.SEARCHED}{searched}", Style.BOLD)
    return (first, *(Piece(f"\n{line}") for line in lines))


def _quotes(answer: Answer) -> Iterator[Block]:
    """Yield each quote, and under the last of a run from one document its source."""
    for document, run in groupby(answer.quotes, lambda c: c.quote.passage.document):
        yield from map(quoted.block, run)
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


def _buttons(answer: Answer) -> Iterator[Button]:
    for topic in answer.topics:
        command = f"/ask {topic}"
        if len(command.encode()) <= _LONGEST_COMMAND:
            yield Button(topic, command)
