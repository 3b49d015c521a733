"""Buttons under a reply: at most five, each a command that could be typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bot.replies import words
from bot.replies.html import units
from bot.replies.quoted import to_copy
from bot.replies.reply import Button

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from bot.model import Quote

MOST = 5
LONGEST_COPY = 256
LONGEST_COMMAND = 64
_LONGEST_LABEL = 24

Rows = tuple[tuple[Button, ...], ...]


class Known(NamedTuple):
    """Which quotes, by id, have another wording, and which may have an opposite."""

    worded: Collection[str] = ()
    opposed: Collection[str] = ()


class Page(NamedTuple):
    """Which page of an answer: its number, whether another follows, and what its first quote is."""

    number: int = 1
    more: bool = False
    first: int = 1


def under(
    quotes: Sequence[Quote], known: Known, page: Page | None = None, dropped: Sequence[str] = ()
) -> Rows:
    """Return the buttons under `quotes`: the context of each, then what else there is room for.

    `dropped` is what a press would leave out.
    """
    page = page or Page()
    numbers = {quote.id: number for number, quote in enumerate(quotes, page.first)}
    first, then = list(_leading_on(page, dropped)), _looking_into(quotes, known, numbers)
    contexts = [_about(words.LABEL_CONTEXT, "context", quote, numbers) for quote in quotes]
    # A quote whose button has no room is looked into by typing "context 4".
    contexts = contexts[: MOST - len(first)]
    if page.number > 1:
        then.insert(0, Button(words.LABEL_BACK, f"/more {page.number - 1}", edits=True))
    # What leads on stands last, where a thumb looks for it.
    return _rows(contexts, [*first, *then][: MOST - len(contexts)][::-1])


def about(quote: Quote, known: Known) -> Rows:
    """Return the buttons under one quote that is looked into."""
    return _rows(_looking_into([quote], known, {quote.id: 1}))


def fits(button: Button) -> bool:
    """Return whether any chat can carry what `button` stands for."""
    return len(button.command.encode()) <= LONGEST_COMMAND


def _leading_on(page: Page, dropped: Sequence[str]) -> Iterator[Button]:
    """Yield what must not be missing: the page that follows, and the way out of what was kept."""
    if page.more:
        yield Button(words.LABEL_MORE, f"/more {page.number + 1}", edits=True)
    if dropped:
        label = words.LABEL_WITHOUT.format(words=_short(", ".join(dropped)))
        yield Button(label, "/alone", edits=True)


def _looking_into(
    quotes: Sequence[Quote], known: Known, numbers: Mapping[str, int]
) -> list[Button]:
    """Return what else may be asked: of one kind one button, for the first quote that has it."""
    worded = next((quote for quote in quotes if quote.id in known.worded), None)
    opposed = next((quote for quote in quotes if quote.id in known.opposed), None)
    found = []
    if worded:
        found.append(_about(words.LABEL_WORDINGS, "wordings", worded, numbers))
    if opposed:
        found.append(_about(words.LABEL_OPPOSITE, "opposite", opposed, numbers))
    if len(quotes) == 1:
        found.append(_copying(quotes[0]))
    return found


def _about(label: str, command: str, quote: Quote, numbers: Mapping[str, int]) -> Button:
    if len(numbers) > 1:
        label = words.LABEL_NUMBERED.format(label=label, number=numbers[quote.id])
    return Button(label, f"/{command} {quote.id}", edits=True)


def _copying(quote: Quote) -> Button:
    text = to_copy(quote)
    copied = text if units(text) <= LONGEST_COPY else None
    return Button(words.LABEL_COPY, f"/copy {quote.id}", copy=copied, edits=True)


def _rows(*rows: Sequence[Button]) -> Rows:
    return tuple(tuple(row) for row in rows if row)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_LABEL else f"{text[: _LONGEST_LABEL - 1]}…"
