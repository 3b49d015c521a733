"""The token kept out of every log and traceback, and users' words out of the library's.

The library's HTTP client logs each address it calls, and the token is a part of
the address; its own loggers print whole updates. So both are made quiet, and
what is still printed passes a filter on every handler. An error's own words may
be somebody's question, so of a traceback only the places and the kinds are kept.
"""

from __future__ import annotations

import logging
import sys
import traceback
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType

    from pydantic import SecretStr

INSTEAD = "[token]"
QUIET = {
    "httpx": logging.WARNING,
    "httpcore": logging.WARNING,
    "telegram": logging.WARNING,
    # Below this it prints the body of an answer that is no JSON: other people's messages.
    "telegram.request": logging.CRITICAL,
    # It prints who called, and with what.
    "tornado": logging.CRITICAL,
}


@dataclass(frozen=True, slots=True, repr=False)
class Redaction(logging.Filter):
    """Puts `[token]` where the secret half of the token stands; lets every record pass.

    What `more` there is to keep secret is hidden in the same way.
    """

    secret: str
    more: tuple[str, ...] = ()

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the message, its arguments and its traceback."""
        record.msg, record.args = self.hidden(record.getMessage()), None
        if record.exc_info and record.exc_info[1] is not None:
            record.exc_text = _printed(record.exc_info[1])
            record.exc_info = None
        record.exc_text = self.hidden(record.exc_text) if record.exc_text else None
        record.stack_info = self.hidden(record.stack_info) if record.stack_info else None
        return True

    def hidden(self, text: str) -> str:
        """Return `text` without the secret."""
        for secret in (self.secret, *self.more):
            text = text.replace(secret, INSTEAD)
        return text

    def excepthook(
        self, _: type[BaseException], error: BaseException, __: TracebackType | None
    ) -> None:
        """Print a traceback that nobody caught."""
        sys.stderr.write(f"{self.hidden(_printed(error))}\n")


def redact(token: SecretStr, *more: str) -> None:
    """Keep `token`, and `more`, out of what is logged from now on by the handlers there are."""
    redaction = Redaction(token.get_secret_value().partition(":")[2], more)
    for handler in filter(None, (*logging.getLogger().handlers, logging.lastResort)):
        handler.addFilter(redaction)
    for name, level in QUIET.items():
        logging.getLogger(name).setLevel(level)
    sys.excepthook = redaction.excepthook


def _printed(error: BaseException) -> str:
    """Return where `error` was raised and what led to it, first things first, in no one's words."""
    led: list[BaseException] = []
    last: BaseException | None = error
    while last is not None and last not in led:
        led.insert(0, last)
        last = last.__cause__ or (None if last.__suppress_context__ else last.__context__)
    return "\n".join("".join(traceback.format_tb(e.__traceback__)) + type(e).__name__ for e in led)
