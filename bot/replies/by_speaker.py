"""What one voice said, as a reply: a few quotes at a time, oldest first."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from bot.replies import buttons, catalogue, quote_block
from bot.replies.buttons import PageInfo
from bot.replies.reply import Button, Piece, Reply, Style

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.answers.by_speaker import SpeakerPage
    from bot.model import Corpus
    from bot.replies.buttons import AvailableActions
    from bot.replies.reply import Block


def render_speaker_quotes(answer: SpeakerPage, available: AvailableActions) -> Reply:
    """Return one page of what a voice said, or whom its name may mean."""
    if answer.choices:
        return render_name_choices(answer.choices, f"/by {{name}} {answer.topic}".strip())
    quotes = [chosen.quote for chosen in answer.quotes]
    page = PageInfo(answer.page, answer.has_more, answer.first)
    return Reply(
        (_render_heading(answer), *_render_quotes(answer, available)),
        buttons.build_answer_buttons(quotes, available, page),
        page=answer.page,
    )


def render_unknown_speaker(name: str, corpus: Corpus) -> Reply:
    """Return that nobody is called `name`, or without one how to ask."""
    if name:
        return Reply(
            ((Piece(catalogue.NOBODY.format(name=name), Style.BOLD),), _render_usage(corpus))
        )
    return Reply((_render_usage(corpus),))


def _render_usage(corpus: Corpus) -> Block:
    example = corpus.voices[0].name if corpus.voices else "NAME"
    return (Piece(catalogue.BY_USAGE.format(example=example)),)


def render_name_choices(names: Sequence[str], command_template: str) -> Reply:
    """Return whom a name or a pronoun may mean; a choice fills `{name}` of `command_template`."""
    choices = [Button(name, command_template.replace("{name}", name)) for name in names]
    rows = tuple((button,) for button in choices if buttons.fits_command_limit(button))
    heading = Piece(catalogue.WHOM, Style.BOLD)
    return Reply(((heading, Piece("\n" + "\n".join(names))),), rows)


def _render_heading(answer: SpeakerPage) -> Block:
    last = answer.first + len(answer.quotes) - 1
    counts = catalogue.SPOKEN.format(first=answer.first, last=last, total=answer.total)
    order = catalogue.BY_DATE if answer.is_fully_dated else catalogue.AS_PRINTED
    lines = "\n".join([*_describe_search(answer), order])
    return (
        Piece(answer.voice, Style.BOLD),
        Piece(f" · {catalogue.SIDES[answer.side]} · {counts}\n{lines}"),
    )


def _describe_search(answer: SpeakerPage) -> Iterator[str]:
    """Yield what was searched for the topic, beside it, and in vain."""
    if answer.topic:
        yield f"{catalogue.SEARCHED}{answer.topic}"
    for term, expansions in answer.expanded.items():
        yield catalogue.ALSO.format(also=", ".join(expansions), asked=term)
    if answer.unmatched:
        yield catalogue.UNMATCHED.format(words=", ".join(answer.unmatched))


def _render_quotes(answer: SpeakerPage, available: AvailableActions) -> Iterator[Block]:
    numbered_quotes = enumerate(answer.quotes, answer.first)
    for document, run in groupby(
        numbered_quotes, lambda numbered_quote: numbered_quote[1].quote.passage.document
    ):
        for number, chosen in run:
            has_wordings = chosen.quote.id in available.with_wordings
            yield (
                Piece(f"{number} "),
                *quote_block.render_quote(chosen, has_wordings=has_wordings),
            )
        yield quote_block.render_source(document)
