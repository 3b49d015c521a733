"""What a quote's link says when the quote is not to be had: when that came about, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.replies import words
from bot.replies.reply import Piece, Reply, Style

if TYPE_CHECKING:
    from bot.state.holds import Hold
    from bot.state.shown import Retired, Shown

_FINGERPRINT = 12


def withheld(hold: Hold) -> Reply:
    """Return that an admin withheld the quote, when and why."""
    since = words.WITHHELD_SINCE.format(date=words.dated(hold.when), reason=hold.reason)
    heading = Piece(words.WITHHELD_NOW.format(id=hold.id), Style.BOLD)
    return Reply(((heading,), (Piece(since),)))


def retired(shown: Shown, end: Retired, said: str | None = None) -> Reply:
    """Return when and why a quote was retired, and what it `said`, if that may be told."""
    why = words.RETIRED_WHY[end.why].format(document=shown.title or shown.document)
    text = words.RETIRED_TEXT.format(sha256=shown.sha256[:_FINGERPRINT])
    heading = Piece(words.RETIRED.format(id=shown.id, date=words.dated(end.when)), Style.BOLD)
    blocks = ((heading,), (Piece(f"{why}\n{text}"),))
    if said is None:
        return Reply(blocks)
    return Reply((*blocks, (Piece(f"{words.RETIRED_WORDS}\n"), Piece(said, Style.QUOTE))))


def moved(shown: Shown, end: Retired, now: Reply) -> Reply:
    """Return when and why a quote's place changed, above the reply that shows it `now`."""
    tomb = retired(shown, end).blocks
    return Reply((*tomb, (Piece(words.RETIRED_NOW),), *now.blocks), now.buttons)
