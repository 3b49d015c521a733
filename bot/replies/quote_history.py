"""A quote's history as a reply: a line for whatever happened to it, and how it stands now."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.replies import catalogue
from bot.replies.buttons import BUTTONS_IN_A_ROW, MAX_BUTTONS
from bot.replies.catalogue import say
from bot.replies.reply import Button, Piece, Reply, Style
from bot.storage import QuoteChange

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from bot.storage import QuoteEvent

_DATE_LENGTH = len("2031-01-24")


def render_history(
    quote_id: str, events: Sequence[QuoteEvent], may_tell: Callable[[str], bool], *, is_shown: bool
) -> Reply:
    """Return what happened to a quote, oldest first; a reason that `may_tell` refuses is not given."""
    told_lines = [_render_event(event, quote_id, may_tell) for event in events]
    began = events and events[0].change is QuoteChange.SHOWN
    lines = told_lines if began else [(Piece(say("history.unknown_start")),), *told_lines]
    state = say("history.now_shown" if is_shown else "history.now_not_shown")
    return Reply(
        (
            (Piece(say("history.heading"), Style.BOLD), Piece(quote_id, Style.BOLD, quote_id=quote_id)),
            tuple(_join_lines(lines)),
            (Piece(state, links_question=True),),
        )
    )


def add_history_button(reply: Reply, quote_id: str) -> Reply:
    """Return `reply` with a button that opens the quote's history, if there is room for one more."""
    buttons = [button for row in reply.buttons for button in row]
    if len(buttons) >= MAX_BUTTONS - 1:
        return reply
    button = Button(say("label_history"), f"/history {quote_id}", edits=True)
    # A row that has room takes it, and no other button changes its place.
    *rows, last = reply.buttons or ((),)
    is_full = len(last) >= BUTTONS_IN_A_ROW
    return replace(reply, buttons=(*rows, last, (button,)) if is_full else (*rows, (*last, button)))


def _render_event(event: QuoteEvent, quote_id: str, may_tell: Callable[[str], bool]) -> tuple[Piece, ...]:
    """Return one event; of a quote that moved what follows is told of its new place."""
    date = catalogue.format_date(event.when[:_DATE_LENGTH])
    is_new_place = event.change is QuoteChange.RETIRED and event.detail
    change = "moved" if is_new_place else event.change
    reason = event.detail if may_tell(event.detail) else say("not_given")
    place = [Piece(f" ({event.quote})")] if event.quote != quote_id else []
    is_hold = event.change is QuoteChange.HELD
    what = say("history.held", reason=reason) if is_hold else say(f"history_events.{change}")
    text = say("history.line", date=date, what=what)
    target = [Piece(event.detail, quote_id=event.detail)] if is_new_place else []
    load = [Piece(say("history.load", load=event.load), Style.ITALIC)] if event.load else []
    return (Piece(text), *target, *place, *load)


def _join_lines(lines: Sequence[tuple[Piece, ...]]) -> Iterator[Piece]:
    for number, line in enumerate(lines):
        if number:
            yield Piece("\n")
        yield from line
