"""Updates on their way to the bot: kept in order until the bot confirms them.

An update is confirmed by asking for a higher offset, or by a webhook that
answers 200, and by nothing else; what was handed out and not confirmed is
handed out again. A second poller ends the first with 409, and while a webhook
is set there is nothing to poll.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tests.telegram.fake.refusal import Refusal

if TYPE_CHECKING:
    from tests.telegram.fake.signals import Signal

LONGEST = 50
_ON_REQUEST = {"chat_member", "message_reaction", "message_reaction_count"}


class Inbox:
    """The queue of one bot."""

    def __init__(self, changed: Signal) -> None:
        self._changed = changed
        self._waiting: list[dict[str, Any]] = []
        self._last = 0
        self._poll = 0
        self.allowed: list[str] = []
        self.webhook = ""
        self.handed = 0
        self.withheld: list[dict[str, Any]] = []

    def put(self, **update: Any) -> int:
        """Queue an update, such as `message={...}`, and return its id.

        A kind that the bot did not ask for is withheld, and counts as confirmed.
        """
        self._last += 1
        numbered = {"update_id": self._last, **update}
        (self._waiting if self._wanted(update) else self.withheld).append(numbered)
        self._changed.fire()
        return self._last

    def confirmed(self, update_id: int) -> bool:
        """Return whether the bot has asked for what comes after this update."""
        return all(update["update_id"] != update_id for update in self._waiting)

    async def get(
        self,
        offset: int = 0,
        limit: int = 100,
        timeout: int = 0,  # noqa: ASYNC109 - Telegram's own word
        allowed_updates: Sequence[str] | None = None,
    ) -> list[dict[str, Any]]:
        """Return up to `limit` updates from `offset` on, as soon as there is one.

        Raises:
            Refusal: 409, when another getUpdates begins meanwhile, or a webhook is set.
        """
        if self.webhook:
            words = "can't use getUpdates method while webhook is active; use deleteWebhook first"
            raise Refusal(409, f"Conflict: {words}")
        self._poll += 1
        this = self._poll
        if allowed_updates is not None:
            self.allowed = list(allowed_updates)
        self._waiting = [update for update in self._waiting if update["update_id"] >= offset]
        self._changed.fire()
        await self._changed.until(lambda: bool(self._waiting) or self._poll != this, min(timeout, LONGEST))
        if self._poll != this:
            words = "terminated by other getUpdates request; make sure that only one bot runs"
            raise Refusal(409, f"Conflict: {words}")
        found = self._waiting[: max(1, min(limit, 100))]
        if found:
            self.hand(found[-1]["update_id"])
        return found

    @property
    def waiting(self) -> list[dict[str, Any]]:
        """What is not confirmed, in order."""
        return list(self._waiting)

    def hand(self, update_id: int) -> None:
        """Note in `handed` that the bot has been given this update."""
        self.handed = update_id
        self._changed.fire()

    def confirm(self, update_id: int) -> None:
        """Forget an update that a webhook answered."""
        self._waiting = [update for update in self._waiting if update["update_id"] != update_id]
        self._changed.fire()

    def _wanted(self, update: dict[str, Any]) -> bool:
        if self.allowed:
            return bool(set(update) & set(self.allowed))
        return not set(update) & _ON_REQUEST
