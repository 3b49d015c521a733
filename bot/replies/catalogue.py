"""Every fixed word the bot says; whatever else it shows was published by somebody.

`words.SEARCHED` is the word in the language of whoever is answered just now.
Whoever takes a question says which that is, `with words.spoken("fr")`, for the
task at hand and what it awaits; so nothing between carries a language along.
The words stand in `bot/replies/languages`, one table for each language.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from bot.replies.languages import english, french

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    # Every table has the names and the types of this one; a test compares them.
    from bot.replies.languages.english import *  # noqa: F403

TABLES = {"en": english, "fr": french}
_current_table: ContextVar[ModuleType] = ContextVar("spoken", default=english)


def __getattr__(name: str) -> Any:  # noqa: ANN401 - the table knows the type
    return getattr(_current_table.get(), name)


@contextmanager
def use_language(code: str | None) -> Iterator[None]:
    """Speak the language of `code`, such as `fr` or `fr-CA`, until left; English if there is none.

    >>> with use_language("fr-CA"):
    ...     format_date("2020-01")
    'janvier 2020'
    """
    token = _current_table.set(TABLES.get((code or "").split("-")[0].lower(), english))
    try:
        yield
    finally:
        _current_table.reset(token)


def format_document_count(count: int) -> str:
    """Return `count` documents in words.

    >>> format_document_count(1), format_document_count(2)
    ('1 document', '2 documents')
    """
    table = _current_table.get()
    return str(table.ONE_DOCUMENT if count == 1 else table.MANY_DOCUMENTS.format(count=count))


def format_passage_count(count: int) -> str:
    """Return `count` passages in words."""
    table = _current_table.get()
    return str(table.ONE_PASSAGE if count == 1 else table.MANY_PASSAGES.format(count=count))


def format_date(date: str | None) -> str:
    """Return a document's date as it is read; a date of the year alone stays so.

    >>> format_date("2020-01-24"), format_date("2020-01"), format_date("2020"), format_date(None)
    ('24 January 2020', 'January 2020', '2020', 'not given')
    """
    table = _current_table.get()
    if date is None:
        return str(table.NOT_GIVEN)
    year, *rest = date.split("-")
    month = [table.MONTHS[int(rest[0]) - 1]] if rest else []
    day = [str(int(rest[1]))] if len(rest) > 1 else []
    return " ".join([*day, *month, year])
