"""What a quote's link says when the quote is not to be had: when that came about, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.replies import words
from bot.replies.reply import Piece, Reply, Style

if TYPE_CHECKING:
    from bot.state.holds import Hold
    from bot.state.shown import ShownQuote, Tombstone

_FINGERPRINT_LENGTH = 12


def render_withheld(hold: Hold) -> Reply:
    """Return that an admin withheld the quote, when and why."""
    since = words.WITHHELD_SINCE.format(date=words.format_date(hold.when), reason=hold.reason)
    heading = Piece(words.WITHHELD_NOW.format(id=hold.id), Style.BOLD)
    return Reply(((heading,), (Piece(since),)))


def render_retired(
    quote: ShownQuote, retirement: Tombstone, quote_text: str | None = None
) -> Reply:
    """Return when and why a quote was retired, and what it `quote_text`, if that may be told."""
    reason = words.RETIRED_WHY[retirement.why].format(document=quote.title or quote.document)
    fingerprint = words.RETIRED_TEXT.format(sha256=quote.sha256[:_FINGERPRINT_LENGTH])
    heading = Piece(
        words.RETIRED.format(id=quote.id, date=words.format_date(retirement.when)), Style.BOLD
    )
    blocks = ((heading,), (Piece(f"{reason}\n{fingerprint}"),))
    if quote_text is None:
        return Reply(blocks)
    return Reply((*blocks, (Piece(f"{words.RETIRED_WORDS}\n"), Piece(quote_text, Style.QUOTE))))


def render_moved(quote: ShownQuote, retirement: Tombstone, current: Reply) -> Reply:
    """Return when and why a quote's place changed, above the reply that shows it `current`."""
    tombstone = render_retired(quote, retirement).blocks
    return Reply((*tombstone, (Piece(words.RETIRED_NOW),), *current.blocks), current.buttons)
