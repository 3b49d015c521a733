"""Redaction: no token, no user's words and no ids in any log or traceback.

The library's HTTP client logs every URL it calls, and the token is part of it; its own
loggers print whole updates. Both are silenced, and a filter on every handler rewrites the rest.
An error's message may quote a question, so of a traceback only places and types are kept.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from types import TracebackType

from pydantic import SecretStr

PLACEHOLDER = "[token]"
QUIET_LEVELS = {
    # Each job as it is added, and each time that it runs.
    "apscheduler": logging.WARNING,
    "httpx": logging.WARNING,
    "httpcore": logging.WARNING,
    "telegram": logging.WARNING,
    # Below this it logs responses that are not JSON: other people's messages.
    "telegram.request": logging.CRITICAL,
    # Tornado logs each caller and request.
    "tornado": logging.CRITICAL,
}


@dataclass(frozen=True, slots=True, repr=False)
class RedactionFilter(logging.Filter):
    """Replaces the secret half of the token, and `extra_secrets`, by `[token]` in every record."""

    secret: str
    extra_secrets: tuple[str, ...] = ()

    def filter(self, record: logging.LogRecord) -> bool:
        """Redact the message, its arguments and its traceback, and let the record pass."""
        record.msg, record.args = self.hide_secrets(record.getMessage()), None
        if record.exc_info and record.exc_info[1] is not None:
            record.exc_text = _format_traceback(record.exc_info[1])
            record.exc_info = None
        record.exc_text = self.hide_secrets(record.exc_text) if record.exc_text else None
        record.stack_info = self.hide_secrets(record.stack_info) if record.stack_info else None
        return True

    def hide_secrets(self, text: str) -> str:
        """Return `text` with every secret replaced."""
        for secret in (self.secret, *self.extra_secrets):
            text = text.replace(secret, PLACEHOLDER)
        return text

    def excepthook(self, _: type[BaseException], error: BaseException, __: TracebackType | None) -> None:
        """Print an uncaught error without secrets or messages."""
        sys.stderr.write(f"{self.hide_secrets(_format_traceback(error))}\n")


def install_redaction(token: SecretStr, *extra_secrets: str) -> None:
    """Redact `token` and `extra_secrets` in everything logged from now on."""
    redaction_filter = RedactionFilter(token.get_secret_value().partition(":")[2], extra_secrets)
    for handler in filter(None, (*logging.getLogger().handlers, logging.lastResort)):
        handler.addFilter(redaction_filter)
    for name, level in QUIET_LEVELS.items():
        logging.getLogger(name).setLevel(level)
    sys.excepthook = redaction_filter.excepthook


def _format_traceback(error: BaseException) -> str:
    """Return the places and types of `error` and its causes, the first cause first."""
    chain: list[BaseException] = []
    current: BaseException | None = error
    while current is not None and current not in chain:
        chain.insert(0, current)
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return "\n".join("".join(traceback.format_tb(e.__traceback__)) + type(e).__name__ for e in chain)


def hash_for_day(text: str, day: date, key: bytes) -> str:
    """Return a digest of `text` that no other day's, nor another key's, can be matched with."""
    content = f"{day} {text}".encode("utf-8", "surrogatepass")
    return hashlib.blake2b(content, key=key, digest_size=8).hexdigest()


def utc_today() -> date:
    """Return the current date in UTC."""
    return datetime.now(UTC).date()


@dataclass(slots=True)
class Pseudonyms:
    """Turns an id into eight hexadecimal digits, keyed by a random key that changes every day.

    Two log lines of one day can be matched to one chat. The key is never written,
    so nobody can tell which chat it is, or match one day with the next.
    """

    get_day: Callable[[], date] = utc_today
    _key: bytes = field(init=False, repr=False, default=b"")
    _key_day: date | None = field(init=False, default=None)

    def get_name(self, entity_id: int) -> str:
        """Return today's pseudonym of `entity_id`."""
        if self._key_day != (day := self.get_day()):
            self._key, self._key_day = secrets.token_bytes(32), day
        return hashlib.blake2b(str(entity_id).encode(), key=self._key, digest_size=4).hexdigest()
