"""The seam of a language: tables of words, read by name, and the names of those that it lacks.

A language is a folder of TOML files. Each top-level table stands in one of them, so a
small language is one file and a large one as many as read well:

    # bot/languages/german/german.toml
    [reporting_verbs]
    core = "sagen sagt sagte"
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol


class Language(Protocol):
    """Tables of one language, by name.

    What a language does not have is empty and listed in `lacks`: callers do without it
    and say so, and never fall back on another language's words.
    """

    def __hash__(self) -> int:
        """Hash by identity: whatever is built from a language is built once."""

    @property
    def name(self) -> str:
        """The name, as a corpus writes it and Snowball does."""

    @property
    def lacks(self) -> tuple[str, ...]:
        """The tables for documents and questions that the language does not have."""

    def table(self, table: str) -> Mapping[str, Any]:
        """Return a whole table as TOML gives it; empty where there is none."""

    def words(self, table: str, key: str) -> frozenset[str]:
        """Return the words of one list, written in one string; empty where there is none."""
