"""What is looked up of persistent state: held in memory, however it is read and written."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.storage.base import Flag, Hold, NameHold, QuoteEvent, ShownQuote, Tombstone
    from bot.storage.wishes import Wish


class HeldState:
    """The look-ups of a `Storage`; whoever reads and writes keeps these mappings as they are on the disk or server."""

    def __init__(self) -> None:
        super().__init__()
        self._shown: dict[str, ShownQuote] = {}
        self._tombstones: dict[str, Tombstone] = {}
        self._holds: dict[str, Hold] = {}
        self._name_holds: dict[str, NameHold] = {}
        self._events: dict[str, dict[str, QuoteEvent]] = {}
        self._flags: dict[str, Flag] = {}
        self._choices: dict[str, str] = {}
        self._wishes: dict[str, tuple[Wish, ...]] = {}

    def find_shown(self, quote_id: str) -> ShownQuote | None:
        """Return where the quote was first shown."""
        return self._shown.get(quote_id)

    def list_shown(self, corpus: str) -> Sequence[ShownQuote]:
        """Return every quote shown of the corpus, oldest first."""
        return tuple(shown for shown in tuple(self._shown.values()) if shown.corpus == corpus)

    def find_tombstone(self, quote_id: str) -> Tombstone | None:
        """Return what became of the quote."""
        return self._tombstones.get(quote_id)

    def find_hold(self, quote_id: str) -> Hold | None:
        """Return the hold on the quote."""
        return self._holds.get(quote_id)

    def list_holds(self) -> Sequence[Hold]:
        """Return the holds, oldest first."""
        return tuple(self._holds.values())

    def find_choice(self, chat_id: int) -> str | None:
        """Return the corpus that the chat chose."""
        return self._choices.get(str(chat_id))

    def list_name_holds(self) -> Sequence[NameHold]:
        """Return the names that are withheld, oldest first."""
        return tuple(self._name_holds.values())

    def list_events(self, quote_id: str) -> Sequence[QuoteEvent]:
        """Return what happened to the quote, oldest first."""
        return tuple(sorted(self._events.get(quote_id, {}).values(), key=lambda event: event.when))

    def list_flags(self) -> Sequence[Flag]:
        """Return the flags that nobody has decided on, oldest first."""
        return tuple(self._flags.values())

    def list_wishes(self) -> Sequence[Wish]:
        """Return every chat's wishes."""
        return tuple(wish for wishes in tuple(self._wishes.values()) for wish in wishes)

    async def refresh(self) -> None:
        """Do nothing where no other process writes."""

    def _add_event(self, event: QuoteEvent) -> None:
        self._events.setdefault(event.quote, {})[event.key] = event
