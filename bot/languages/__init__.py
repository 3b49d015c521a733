"""Languages as data: one folder of TOML for each, loaded and validated once.

Code holds rules, and no vocabulary. A table or a word that is given twice, and a word in
two lists that exclude each other, are refused when the language is loaded.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from hashlib import sha256
from itertools import combinations
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from bot.errors import LanguageError
from bot.languages.base import Language

__all__ = [
    "CONSEQUENCES",
    "DEFAULT_LANGUAGE",
    "MESSAGES",
    "TomlLanguage",
    "compute_digest",
    "describe_lacks",
    "fill_lists",
    "has_messages",
    "list_languages",
    "load_language",
    "load_messages",
]

# That of a file that belongs to no corpus.
DEFAULT_LANGUAGE = "english"
# The table of what the bot says, and the name of its file. It is large, and only a bot that speaks the language
# needs it: reading documents takes the other tables of all languages.
MESSAGES = "messages"
# What a corpus goes without where its language lacks a table.
CONSEQUENCES = MappingProxyType(
    {
        "reporting_verbs": "no reporting verbs, so only recorded turns get a voice",
        "questions": "no question words, so the words that only ask are searched for too",
    }
)
# Lists of which a word can be in one only, by table; all of a table where none is named.
_EXCLUSIVE_LISTS = MappingProxyType(
    {
        "reporting_verbs": ("core", "manner", "attitude"),
        "names": ("female", "male"),
        "titles": ("female", "male"),
        "words": None,
    }
)


Lists = TypeVar("Lists")


@dataclass(frozen=True, slots=True, eq=False)
class TomlLanguage:
    """A language read from its folder; `tables` are those of all its files except `MESSAGES`."""

    name: str
    tables: Mapping[str, Mapping[str, Any]]

    @property
    def lacks(self) -> tuple[str, ...]:
        """The tables for documents and questions that the language does not have."""
        return tuple(table for table in CONSEQUENCES if not self.tables.get(table))

    def table(self, table: str) -> Mapping[str, Any]:
        """Return a whole table as TOML gives it; empty where there is none."""
        return self.tables.get(table, MappingProxyType({}))

    def words(self, table: str, key: str) -> frozenset[str]:
        """Return the words of one list, written in one string; empty where there is none.

        Raises:
            LanguageError: a word stands in the list twice, or the list is no string.
        """
        text = self.table(table).get(key, "")
        place = f"languages/{self.name}"
        if not isinstance(text, str):
            fact = f"[{table}] {key} is no string of words"
            raise LanguageError(place, fact, "write the words in one string")
        listed_words = text.split()
        words = frozenset(listed_words)
        if len(words) < len(listed_words):
            doubles = sorted(word for word, count in Counter(listed_words).items() if count > 1)
            fact = f"[{table}] {key} has {', '.join(doubles)} twice"
            raise LanguageError(place, fact, "keep one of them")
        return words


def list_languages() -> tuple[str, ...]:
    """Return the languages that have a folder, in the order of their names."""
    folders = (path for root in __path__ for path in Path(root).iterdir())
    return tuple(sorted(folder.name for folder in folders if folder.is_dir() and any(folder.glob("*.toml"))))


def _list_files(name: str) -> list[Path]:
    """List the files of the language `name`, in the order of their names; none without a folder."""
    return sorted(file for root in __path__ for file in Path(root, name).glob("*.toml"))


@cache
def load_language(name: str) -> Language:
    """Load the language `name`; one without a folder has no table, and lacks them all.

    >>> load_language("tamil").lacks
    ('reporting_verbs', 'questions')

    Raises:
        LanguageError: a file is no TOML, a table or a word is given twice, or a word is in
            two lists that exclude each other.
    """
    tables: dict[str, Mapping[str, Any]] = {}
    for file in _list_files(name):
        if file.stem == MESSAGES:
            continue
        for table, content in _read_tables(file).items():
            if table in {*tables, MESSAGES} or not isinstance(content, dict):
                fact = f"[{table}] stands in another file too, or is no table"
                raise LanguageError(_describe_place(file), fact, "keep each table in one file")
            tables[table] = MappingProxyType(content)
    language = TomlLanguage(name, MappingProxyType(tables))
    _refuse_contradictions(language)
    return language


@cache
def load_messages(name: str) -> Mapping[str, Any]:
    """Return the table of what the bot says in the language of that name; empty where it has none.

    Raises:
        LanguageError: the file is no TOML, or has no such table.
    """
    for file in _list_files(name):
        if file.stem == MESSAGES:
            table = _read_tables(file).get(MESSAGES)
            if not isinstance(table, dict):
                raise LanguageError(_describe_place(file), f"has no table [{MESSAGES}]", "add it")
            return MappingProxyType(table)
    return MappingProxyType({})


def has_messages(name: str) -> bool:
    """Return whether the bot speaks the language of that name."""
    return any(file.stem == MESSAGES for file in _list_files(name))


def _read_tables(file: Path) -> dict[str, Any]:
    """Read the tables of one file; raise a LanguageError where it is no TOML."""
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise LanguageError(_describe_place(file), f"cannot be read as TOML: {error}", "fix it") from error


def _describe_place(file: Path) -> str:
    """Return a file's place for an error: its folder and name under `languages/`."""
    return f"languages/{file.parent.name}/{file.name}"


@cache
def compute_digest(name: str) -> str:
    """Compute a SHA-256 over the files of the language `name`: what is built from them is stale after a change.

    >>> compute_digest("english") == compute_digest("french")
    False
    """
    digest = sha256()
    for file in _list_files(name):
        content = file.read_bytes()
        digest.update(f"{file.name} {len(content)}\n".encode() + content)
    return digest.hexdigest()


def describe_lacks(name: str) -> tuple[str, ...]:
    """Return what a corpus in the language `name` goes without, a line for each table.

    >>> describe_lacks("english")
    ()
    """
    return tuple(f"{name}: {CONSEQUENCES[table]}" for table in load_language(name).lacks)


def fill_lists(lists: type[Lists], language: Language, table: str) -> Lists:
    """Return the dataclass `lists` with each field filled from the list of its name.

    Raises:
        LanguageError: a list has a word twice, or is one that `lists` has no field for.
    """
    keys = [field.name for field in fields(lists)]  # type: ignore[arg-type]
    unknown_keys = sorted(language.table(table).keys() - keys)
    if unknown_keys:
        fact = f"[{table}] has {', '.join(unknown_keys)}, which nothing asks for"
        raise LanguageError(f"languages/{language.name}", fact, f"use {', '.join(keys)}")
    return lists(**{key: language.words(table, key) for key in keys})


def _refuse_contradictions(language: TomlLanguage) -> None:
    """Raise a LanguageError where a word is in two lists that exclude each other."""
    for table, keys in _EXCLUSIVE_LISTS.items():
        lists = {key: language.words(table, key) for key in keys or language.table(table)}
        for (first, words), (second, other_words) in combinations(lists.items(), 2):
            if shared := words & other_words:
                fact = f"[{table}] {' '.join(sorted(shared))} is in both {first} and {second}"
                raise LanguageError(f"languages/{language.name}", fact, "choose one of them")
