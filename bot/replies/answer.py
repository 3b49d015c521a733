"""An answer as a reply: what was searched, the quotes, who is silent, the sources."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from bot.answers.answer import Status
from bot.model import Side
from bot.replies import buttons, catalogue, quote_block
from bot.replies.buttons import AvailableActions, PageInfo
from bot.replies.reply import Button, Piece, Reply, Style

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.answers.answer import Answer
    from bot.replies.reply import Block


def render_answer(
    answer: Answer, document_count: int, available: AvailableActions | None = None
) -> Reply:
    """Return the reply to one question, asked of a corpus of so many `document_count`."""
    if answer.status is Status.ABSTAINED:
        blocks, topics = (
            tuple(_render_abstention(answer, document_count)),
            tuple(_topic_buttons(answer)),
        )
        return Reply(blocks, (topics,), missed_words=answer.unmatched)
    available = available or AvailableActions()
    page = PageInfo(answer.page, answer.has_more)
    return Reply(
        (
            _render_heading(answer),
            *_render_quotes(answer, available),
            *_render_silent_sides(answer),
        ),
        buttons.build_answer_buttons(
            [chosen.quote for chosen in answer.quotes], available, page, answer.inherited
        ),
        page=answer.page,
    )


def _render_heading(answer: Answer) -> Block:
    search_terms = ", ".join([*answer.searched, *answer.voices]) or catalogue.WHOLE_DEBATE
    lines = [
        catalogue.ALSO.format(also=", ".join(expansions), asked=term)
        for term, expansions in answer.expanded.items()
        if term in answer.searched
    ]
    if answer.inherited:
        lines.append(catalogue.INHERITED.format(words=", ".join(answer.inherited)))
    if answer.status is Status.CLOSEST:
        lines.append(catalogue.CLOSEST)
    if answer.unmatched:
        lines.append(catalogue.UNMATCHED.format(words=", ".join(answer.unmatched)))
    page = catalogue.PAGE.format(page=answer.page) if answer.page > 1 else ""
    first = Piece(f"{catalogue.SEARCHED}{search_terms}{page}", Style.BOLD)
    return (first, *(Piece(f"\n{line}") for line in lines))


def _render_quotes(answer: Answer, available: AvailableActions) -> Iterator[Block]:
    """Yield each quote, and under the last of a run from one document its source."""
    for document, run in groupby(answer.quotes, lambda chosen: chosen.quote.passage.document):
        yield from (
            quote_block.render_quote(
                chosen, has_wordings=chosen.quote.id in available.with_wordings
            )
            for chosen in run
        )
        yield quote_block.render_source(document)


def _render_silent_sides(answer: Answer) -> Iterator[Block]:
    if answer.silent_sides == (Side.FOR, Side.AGAINST):
        yield (Piece(catalogue.SILENT_BOTH),)
    else:
        for side in answer.silent_sides:
            yield (Piece(catalogue.SILENT_ONE.format(side=catalogue.SIDES[side])),)


def _render_abstention(answer: Answer, document_count: int) -> Iterator[Block]:
    yield (Piece(catalogue.NOTHING, Style.BOLD),)
    lines = [
        catalogue.ONLY_LOADED.format(documents=catalogue.format_document_count(document_count))
    ]
    if answer.unmatched:
        lines.insert(0, catalogue.NOT_FOUND.format(words=", ".join(answer.unmatched)))
    yield (Piece("\n".join(lines)),)
    if answer.topics:
        yield (Piece(catalogue.TOPICS.format(topics=" · ".join(answer.topics))),)


def _topic_buttons(answer: Answer) -> Iterator[Button]:
    return filter(
        buttons.fits_command_limit, (Button(topic, f"/ask {topic}") for topic in answer.topics)
    )
