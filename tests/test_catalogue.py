"""The tables of fixed words: the same names in each, with the same things filled in."""

from __future__ import annotations

import string
from typing import TYPE_CHECKING, Any

import pytest

from bot.replies import catalogue

if TYPE_CHECKING:
    from types import ModuleType

ENGLISH = catalogue.TABLES["en"]
OTHERS = {code: table for code, table in catalogue.TABLES.items() if table is not ENGLISH}
# What Telegram takes of each, in characters.
LONGEST = {"DESCRIPTION": 512, "SHORT": 120, "NOT_YOURS": 185, "UNKNOWN_BUTTON": 200}
THE_SAME = {"NAME", "CORPUS", "COUNTED", "LABEL_NUMBERED", "VERSION", "DOCUMENTS", "PAGE"}
THE_SAME |= {"UPLOAD_SOURCE", "ONE_DOCUMENT", "MANY_DOCUMENTS", "ONE_PASSAGE", "MANY_PASSAGES"}


def table(module: ModuleType) -> dict[str, Any]:
    return {name: value for name, value in vars(module).items() if name.isupper()}


def filled(text: str) -> set[str]:
    return {field for _, field, _, _ in string.Formatter().parse(text) if field}


@pytest.mark.parametrize("code", OTHERS)
def test_every_table_has_the_same_words_of_the_same_types(code: str) -> None:
    english, other = table(ENGLISH), table(OTHERS[code])

    assert other.keys() == english.keys()
    assert {n: type(v) for n, v in other.items()} == {n: type(v) for n, v in english.items()}


@pytest.mark.parametrize("code", OTHERS)
def test_every_table_fills_in_the_same_things(code: str) -> None:
    other = table(OTHERS[code])
    for name, english in table(ENGLISH).items():
        if isinstance(english, str):
            assert filled(other[name]) == filled(english), name
        elif isinstance(english, dict) and not name.startswith("TYPED"):
            told = {key: filled(value) for key, value in english.items()}
            assert {key: filled(value) for key, value in other[name].items()} == told, name


@pytest.mark.parametrize("code", OTHERS)
def test_nothing_is_left_in_english(code: str) -> None:
    other = table(OTHERS[code])

    same = {name for name, value in table(ENGLISH).items() if other[name] == value}

    assert same <= THE_SAME


@pytest.mark.parametrize("code", catalogue.TABLES)
def test_every_button_that_can_be_typed_has_words_in_every_language(code: str) -> None:
    typed = table(catalogue.TABLES[code])["TYPED"]

    assert set(typed.values()) == {"/more", "/opposite", "/wordings", "/context", "/copy"}
    assert all(said == said.casefold() for said in typed)


@pytest.mark.parametrize("code", catalogue.TABLES)
@pytest.mark.parametrize("name", LONGEST)
def test_what_a_chat_bounds_is_within_its_bounds(code: str, name: str) -> None:
    assert len(table(catalogue.TABLES[code])[name]) <= LONGEST[name]


@pytest.mark.parametrize("code", catalogue.TABLES)
def test_every_command_has_a_description(code: str) -> None:
    told = table(catalogue.TABLES[code])
    for described in (told["COMMANDS"] | told["ADMIN_COMMANDS"]).values():
        assert 1 <= len(described) <= 256


@pytest.mark.parametrize(
    ("code", "said"),
    [("fr", "Recherché : "), ("FR-ca", "Recherché : "), ("cy", "Searched: "), (None, "Searched: ")],
)
def test_a_language_without_a_table_is_answered_in_english(code: str | None, said: str) -> None:
    with catalogue.use_language(code):
        assert said == catalogue.SEARCHED

    assert catalogue.SEARCHED == "Searched: "


def test_a_word_that_there_is_not_is_an_error() -> None:
    with pytest.raises(AttributeError):
        catalogue.NO_SUCH_WORD  # noqa: B018
