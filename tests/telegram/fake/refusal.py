"""What the Bot API answers instead of a result."""

from __future__ import annotations

from typing import Any


class Refusal(Exception):  # noqa: N818 - it is an answer, not a failure of the fake
    """An HTTP status, Telegram's words for it, and what a client may act on."""

    def __init__(self, status: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.parameters = parameters

    @property
    def body(self) -> dict[str, Any]:
        """The refusal as the Bot API writes it."""
        body = {"ok": False, "error_code": self.status, "description": self.description}
        return body | ({"parameters": self.parameters} if self.parameters else {})


def bad(fact: str) -> Refusal:
    """Return the usual refusal: 400 and a reason."""
    return Refusal(400, f"Bad Request: {fact}")
