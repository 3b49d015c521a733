"""Buttons under a reply: at most five, each standing for a command that could be typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bot.replies.catalogue import say
from bot.replies.html import utf16_length
from bot.replies.quote_block import format_for_copying
from bot.replies.reply import Button

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from bot.model import Quote

MAX_BUTTONS = 5
MAX_COPY_UNITS = 256
MAX_COMMAND_BYTES = 64
_MAX_LABEL_LENGTH = 24

Rows = tuple[tuple[Button, ...], ...]


class AvailableActions(NamedTuple):
    """The ids of quotes that may have another wording, and of those that may have an opposite.

    What a button shows is worked out when it is pressed: a search for each quote on a page took as
    long as the answer.
    """

    with_wordings: Collection[str] = ()
    with_opposite: Collection[str] = ()


class PageInfo(NamedTuple):
    """A page of an answer: its number, whether another follows, its first quote's number."""

    number: int = 1
    has_more: bool = False
    first_number: int = 1


def build_answer_buttons(
    quotes: Sequence[Quote],
    available: AvailableActions,
    page: PageInfo | None = None,
    inherited_words: Sequence[str] = (),
) -> Rows:
    """Build the buttons under `quotes`: a Context for each, then what else there is room for.

    `inherited_words` is what a press would leave out.
    """
    page = page or PageInfo()
    numbers = {quote.id: number for number, quote in enumerate(quotes, page.first_number)}
    navigation, actions = (
        list(_navigation_buttons(page, inherited_words)),
        _action_buttons(quotes, available, numbers),
    )
    contexts = [_quote_button(say("label_context"), "context", quote, numbers) for quote in quotes]
    # A quote without a button can still be opened by typing "context 4".
    contexts = contexts[: MAX_BUTTONS - len(navigation)]
    if page.number > 1:
        actions.insert(0, Button(say("label_back"), f"/more {page.number - 1}", edits=True))
    # What leads on stands last, where a thumb looks for it.
    return _drop_empty_rows(contexts, [*navigation, *actions][: MAX_BUTTONS - len(contexts)][::-1])


def build_quote_buttons(quote: Quote, available: AvailableActions) -> Rows:
    """Build the buttons under a quote that is shown by itself."""
    return _drop_empty_rows(_action_buttons([quote], available, {quote.id: 1}))


def fits_command_limit(button: Button) -> bool:
    """Return whether the command of `button` is short enough for any chat."""
    return len(button.command.encode()) <= MAX_COMMAND_BYTES


def _navigation_buttons(page: PageInfo, inherited_words: Sequence[str]) -> Iterator[Button]:
    """Yield the buttons that must be there: the next page, and Without for inherited words."""
    if page.has_more:
        yield Button(say("label_more"), f"/more {page.number + 1}", edits=True)
    if inherited_words:
        label = say("label_without", words=_truncate_label(", ".join(inherited_words)))
        yield Button(label, "/alone", edits=True)


def _action_buttons(quotes: Sequence[Quote], available: AvailableActions, numbers: Mapping[str, int]) -> list[Button]:
    """Build the other buttons: one of each kind, for the first quote that has it."""
    wordings_quote = next((quote for quote in quotes if quote.id in available.with_wordings), None)
    opposite_quote = next((quote for quote in quotes if quote.id in available.with_opposite), None)
    buttons = []
    if wordings_quote:
        buttons.append(_quote_button(say("label_wordings"), "wordings", wordings_quote, numbers))
    if opposite_quote:
        buttons.append(_quote_button(say("label_opposite"), "opposite", opposite_quote, numbers))
    if len(quotes) == 1:
        buttons.append(_copy_button(quotes[0]))
    return buttons


def _quote_button(label: str, command: str, quote: Quote, numbers: Mapping[str, int]) -> Button:
    if len(numbers) > 1:
        label = say("label_numbered", label=label, number=numbers[quote.id])
    return Button(label, f"/{command} {quote.id}", edits=True)


def _copy_button(quote: Quote) -> Button:
    text = format_for_copying(quote)
    clipboard_text = text if utf16_length(text) <= MAX_COPY_UNITS else None
    return Button(say("label_copy"), f"/copy {quote.id}", copy=clipboard_text, edits=True)


def _drop_empty_rows(*rows: Sequence[Button]) -> Rows:
    return tuple(tuple(row) for row in rows if row)


def _truncate_label(text: str) -> str:
    return text if len(text) <= _MAX_LABEL_LENGTH else f"{text[: _MAX_LABEL_LENGTH - 1]}…"
