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

PLACEHOLDER = "[token]"
QUIET_LEVELS = {
    "httpx": logging.WARNING,
    "httpcore": logging.WARNING,
    "telegram": logging.WARNING,
    # Below this it prints the body of an answer that is no JSON: other people's messages.
    "telegram.request": logging.CRITICAL,
    # It prints who called, and with what.
    "tornado": logging.CRITICAL,
}


@dataclass(frozen=True, slots=True, repr=False)
class RedactionFilter(logging.Filter):
    """Puts `[token]` where the secret half of the token stands; lets every record pass.

    What `extra_secrets` there is to keep secret is hidden in the same way.
    """

    secret: str
    extra_secrets: tuple[str, ...] = ()

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the message, its arguments and its traceback."""
        record.msg, record.args = self.hide_secrets(record.getMessage()), None
        if record.exc_info and record.exc_info[1] is not None:
            record.exc_text = _format_traceback(record.exc_info[1])
            record.exc_info = None
        record.exc_text = self.hide_secrets(record.exc_text) if record.exc_text else None
        record.stack_info = self.hide_secrets(record.stack_info) if record.stack_info else None
        return True

    def hide_secrets(self, text: str) -> str:
        """Return `text` without the secret."""
        for secret in (self.secret, *self.extra_secrets):
            text = text.replace(secret, PLACEHOLDER)
        return text

    def excepthook(
        self, _: type[BaseException], error: BaseException, __: TracebackType | None
    ) -> None:
        """Print a traceback that nobody caught."""
        sys.stderr.write(f"{self.hide_secrets(_format_traceback(error))}\n")


def install_redaction(token: SecretStr, *extra_secrets: str) -> None:
    """Keep `token` and `extra_secrets` out of everything logged from now on."""
    redaction_filter = RedactionFilter(token.get_secret_value().partition(":")[2], extra_secrets)
    for handler in filter(None, (*logging.getLogger().handlers, logging.lastResort)):
        handler.addFilter(redaction_filter)
    for name, level in QUIET_LEVELS.items():
        logging.getLogger(name).setLevel(level)
    sys.excepthook = redaction_filter.excepthook


def _format_traceback(error: BaseException) -> str:
    """Return where `error` was raised and what led to it, first things first, in no one's words."""
    chain: list[BaseException] = []
    current: BaseException | None = error
    while current is not None and current not in chain:
        chain.insert(0, current)
        current = current.__cause__ or (
            None if current.__suppress_context__ else current.__context__
        )
    return "\n".join(
        "".join(traceback.format_tb(e.__traceback__)) + type(e).__name__ for e in chain
    )
