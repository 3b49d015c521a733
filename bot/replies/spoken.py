"""What one voice said, as a reply: a few quotes at a time, oldest first."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from bot.replies import buttons, quoted, words
from bot.replies.buttons import Page
from bot.replies.reply import Button, Piece, Reply, Style

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.answers.by_voice import Spoken
    from bot.model import Corpus
    from bot.replies.buttons import Known
    from bot.replies.reply import Block


def reply(spoken: Spoken, known: Known) -> Reply:
    """Return one page of what a voice said, or whom its name may mean."""
    if spoken.choices:
        return whom(spoken.choices, f"/by {{name}} {spoken.topic}".strip())
    quotes = [chosen.quote for chosen in spoken.quotes]
    page = Page(spoken.page, spoken.more, spoken.first)
    return Reply(
        (_heading(spoken), *_quotes(spoken, known)),
        buttons.under(quotes, known, page),
        page=spoken.page,
    )


def nobody(name: str, corpus: Corpus) -> Reply:
    """Return that nobody is called `name`, or without one how to ask."""
    if name:
        return Reply(((Piece(words.NOBODY.format(name=name), Style.BOLD),), _usage(corpus)))
    return Reply((_usage(corpus),))


def _usage(corpus: Corpus) -> Block:
    example = corpus.voices[0].name if corpus.voices else "NAME"
    return (Piece(words.BY_USAGE.format(example=example)),)


def whom(names: Sequence[str], line: str) -> Reply:
    """Return whom a name or a pronoun may mean; each choice is `line` with that `{name}`."""
    offered = [Button(name, line.replace("{name}", name)) for name in names]
    rows = tuple((button,) for button in offered if buttons.fits(button))
    heading = Piece(words.WHOM, Style.BOLD)
    return Reply(((heading, Piece("\n" + "\n".join(names))),), rows)


def _heading(spoken: Spoken) -> Block:
    last = spoken.first + len(spoken.quotes) - 1
    counted = words.SPOKEN.format(first=spoken.first, last=last, total=spoken.total)
    order = words.BY_DATE if spoken.dated else words.AS_PRINTED
    lines = "\n".join([*_searched(spoken), order])
    return (
        Piece(spoken.voice, Style.BOLD),
        Piece(f" · {words.SIDES[spoken.side]} · {counted}\n{lines}"),
    )


def _searched(spoken: Spoken) -> Iterator[str]:
    """Yield what was searched for the topic, beside it, and in vain."""
    if spoken.topic:
        yield f"{words.SEARCHED}{spoken.topic}"
    for asked, also in spoken.expanded.items():
        yield words.ALSO.format(also=", ".join(also), asked=asked)
    if spoken.unmatched:
        yield words.UNMATCHED.format(words=", ".join(spoken.unmatched))


def _quotes(spoken: Spoken, known: Known) -> Iterator[Block]:
    numbered = enumerate(spoken.quotes, spoken.first)
    for document, run in groupby(numbered, lambda pair: pair[1].quote.passage.document):
        for number, chosen in run:
            worded = chosen.quote.id in known.worded
            yield (Piece(f"{number} "), *quoted.block(chosen, worded=worded))
        yield quoted.source(document)
