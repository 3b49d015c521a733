"""What a quote's link says when the quote is not to be had: when that came about, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.replies import catalogue
from bot.replies.reply import Piece, Reply, Style

if TYPE_CHECKING:
    from bot.storage.holds import Hold
    from bot.storage.shown_quotes import ShownQuote, Tombstone

_FINGERPRINT_LENGTH = 12


def render_withheld(hold: Hold) -> Reply:
    """Return that an admin withheld the quote, when and why."""
    since = catalogue.WITHHELD_SINCE.format(
        date=catalogue.format_date(hold.when), reason=hold.reason
    )
    heading = Piece(catalogue.WITHHELD_NOW.format(id=hold.id), Style.BOLD)
    return Reply(((heading,), (Piece(since),)))


def render_retired(
    quote: ShownQuote, retirement: Tombstone, quote_text: str | None = None
) -> Reply:
    """Return when and why a quote was retired, and what it `quote_text`, if that may be told."""
    reason = catalogue.RETIRED_WHY[retirement.why].format(document=quote.title or quote.document)
    fingerprint = catalogue.RETIRED_TEXT.format(sha256=quote.sha256[:_FINGERPRINT_LENGTH])
    heading = Piece(
        catalogue.RETIRED.format(id=quote.id, date=catalogue.format_date(retirement.when)),
        Style.BOLD,
    )
    blocks = ((heading,), (Piece(f"{reason}\n{fingerprint}"),))
    if quote_text is None:
        return Reply(blocks)
    return Reply((*blocks, (Piece(f"{catalogue.RETIRED_WORDS}\n"), Piece(quote_text, Style.QUOTE))))


def render_moved(quote: ShownQuote, retirement: Tombstone, current: Reply) -> Reply:
    """Return when and why a quote's place changed, above the reply that shows it `current`."""
    tombstone = render_retired(quote, retirement).blocks
    return Reply((*tombstone, (Piece(catalogue.RETIRED_NOW),), *current.blocks), current.buttons)
