"""Names in a sentence: runs of capitalised words, titles told apart, sex where it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bot.attribution.lexicon import (
    FEMALE_NAMES,
    FEMALE_TITLES,
    MALE_NAMES,
    MALE_TITLES,
    NAME_PARTICLES,
    NOT_NAMES,
    ORGANISATION_WORDS,
    PERSON_TITLES,
    PLACES,
    TITLES,
    Tag,
    word_set,
)
from bot.model import Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.attribution.tokens import Token

GENERATIONAL_SUFFIXES = word_set("jr. sr. jr sr ii iii iv")
_NAME_CONNECTORS = NAME_PARTICLES | {"&"}
_OF_ORGANISATIONS = word_set(
    "university department bank ministry house board secretary institute office council college "
    "chamber church court league bureau school city federation association society academy"
)
_ORGANISATION_NOUNS = word_set(
    "university foundation institute college act campaign street journal news times"
)
_NON_PERSON_WORDS = ORGANISATION_WORDS | PLACES | NOT_NAMES
_MIN_HEADLINE_WORDS = 3
_MAX_NAME_WORDS = 5


class Name(NamedTuple):
    """A run of capitalised words: tokens [first, last] of a sentence, and where the name stands.

    `title_span` covers the titles before it and is empty where there are none.
    """

    first: int
    last: int
    title_span: Span
    span: Span
    words: tuple[str, ...]
    titles: tuple[str, ...]


def find_names(tokens: Sequence[Token], text: str) -> list[Name]:
    """Return the capitalised names in a sentence, in order, titles told apart from names.

    Three or more words all in capitals are a headline and name nobody.
    """
    names: list[Name] = []
    index = 0
    while index < len(tokens):
        if tokens[index].tag is not Tag.NAME:
            index += 1
            continue
        last = _find_name_end(tokens, index)
        if (
            last - index + 1 < _MIN_HEADLINE_WORDS
            or not text[tokens[index].start : tokens[last].end].isupper()
        ):
            names.append(_build_name(tokens, index, last))
        index = last + 1
    return names


def _find_name_end(tokens: Sequence[Token], first: int) -> int:
    """Return the last token of the name that begins at `first`, "of" and "de" taken in."""
    last = first
    while last + 1 < len(tokens):
        if tokens[last + 1].tag is Tag.NAME and tokens[last].lower not in GENERATIONAL_SUFFIXES:
            last += 1
        elif (
            last + 2 < len(tokens)
            and tokens[last + 2].tag is Tag.NAME
            and _is_connected(tokens, first, last)
        ):
            last += 2
        else:
            break
    return last


def _is_connected(tokens: Sequence[Token], first: int, last: int) -> bool:
    connector = tokens[last + 1].lower
    is_of_phrase = connector == "of" and (
        tokens[last].lower in _OF_ORGANISATIONS or tokens[first].lower in _OF_ORGANISATIONS
    )
    return connector in _NAME_CONNECTORS or is_of_phrase


def _build_name(tokens: Sequence[Token], first: int, last: int) -> Name:
    start = first
    for index in range(first, last):
        is_leading_title = index == start and tokens[index].lower in TITLES
        if (
            is_leading_title
            or tokens[index].lower in PERSON_TITLES
            or tokens[index].lower in _FINAL_TITLES
        ):
            start = index + 1
    name_words = [token.lower for token in tokens[start : last + 1]]
    if start > first and (
        name_words[0] in ("of", "and", "for") or not ORGANISATION_WORDS.isdisjoint(name_words)
    ):
        start = first
    title = Span(tokens[first].start, tokens[start - 1].end) if start > first else Span(0, 0)
    words = tuple(token.lower for token in tokens[start : last + 1])
    titles = tuple(token.lower for token in tokens[first:start])
    return Name(first, last, title, Span(tokens[start].start, tokens[last].end), words, titles)


_FINAL_TITLES = word_set(
    "speaker director chairman chairwoman chair spokesman spokeswoman spokesperson state minister "
    "officer general leader adviser advisor manager strategist executive analyst"
)


def get_surname(words: Sequence[str]) -> str:
    """Return the word a person goes by: the last that is not Jr or III.

    >>> get_surname(("martin", "luther", "king", "jr."))
    'king'
    """
    name_words = [word for word in words if word not in GENERATIONAL_SUFFIXES]
    return name_words[-1] if name_words else words[-1]


def infer_sex(name: Name) -> str | None:
    """Return "m" or "f" by title or given name; None where neither tells."""
    for title in name.titles:
        if title in MALE_TITLES:
            return "m"
        if title in FEMALE_TITLES:
            return "f"
    given_name = name.words[0]
    return "m" if given_name in MALE_NAMES else "f" if given_name in FEMALE_NAMES else None


def has_only_person_words(words: Sequence[str]) -> bool:
    """Return whether none of the words belongs to an organisation, a place or a people."""
    return all(word not in _NON_PERSON_WORDS for word in words)


def looks_like_full_name(name: Name) -> bool:
    """Return whether this may be a full name: two to five words, none a body's or place's."""
    if not 2 <= len(name.words) <= _MAX_NAME_WORDS:
        return False
    given_name = name.words[0]
    if (
        given_name in MALE_NAMES
        or given_name in FEMALE_NAMES
        or not PERSON_TITLES.isdisjoint(name.titles)
    ):
        return _ORGANISATION_NOUNS.isdisjoint(name.words[1:])
    return has_only_person_words(name.words)


def is_person(name: Name) -> bool:
    """Return whether title or given name shows that this is a person."""
    if any(title in PERSON_TITLES for title in name.titles):
        return True
    given_name = name.words[0]
    return has_only_person_words(name.words[1:]) and (
        given_name in MALE_NAMES or given_name in FEMALE_NAMES
    )
