"""Names in a sentence: runs of capitalised words, titles set apart, sex where it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bot.attribution.lexicon import Tag
from bot.model import Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.attribution.lexicon import Lexicon
    from bot.attribution.tokens import Token

# “NATO” and “JK ROWLING” are names; three words in capitals are a headline.
_MIN_HEADLINE_WORDS = 3
# The longest name of a person with all of its parts; 4 and 6 change nothing on the benchmark.
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


def find_names(tokens: Sequence[Token], text: str, lexicon: Lexicon) -> list[Name]:
    """Return the capitalised names in a sentence, in order, titles set apart from names.

    Three or more words all in capitals are a headline and name nobody.
    """
    names: list[Name] = []
    index = 0
    while index < len(tokens):
        if tokens[index].tag is not Tag.NAME:
            index += 1
            continue
        last = _find_name_end(tokens, index, lexicon)
        if last - index + 1 < _MIN_HEADLINE_WORDS or not text[tokens[index].start : tokens[last].end].isupper():
            names.append(_build_name(tokens, index, last, lexicon))
        index = last + 1
    return names


def _find_name_end(tokens: Sequence[Token], first: int, lexicon: Lexicon) -> int:
    """Return the last token of the name that begins at `first`, "of" and "de" taken in."""
    last = first
    while last + 1 < len(tokens):
        if tokens[last + 1].tag is Tag.NAME and not lexicon.is_generation(tokens[last].lower):
            last += 1
        elif (
            last + 2 < len(tokens) and tokens[last + 2].tag is Tag.NAME and _is_connected(tokens, first, last, lexicon)
        ):
            last += 2
        else:
            break
    return last


def _is_connected(tokens: Sequence[Token], first: int, last: int, lexicon: Lexicon) -> bool:
    connector = tokens[last + 1].lower
    is_of_phrase = connector in lexicon.markers.organisation_joints and not (
        lexicon.organisations.with_of.isdisjoint((tokens[first].lower, tokens[last].lower))
    )
    return connector == "&" or connector in lexicon.names.particles or is_of_phrase


def _build_name(tokens: Sequence[Token], first: int, last: int, lexicon: Lexicon) -> Name:
    start, titles = first, lexicon.titles
    for index in range(first, last):
        word = tokens[index].lower
        is_leading_title = index == start and word in titles.leading
        if is_leading_title or word in titles.personal or word in titles.final:
            start = index + 1
    name_words = [token.lower for token in tokens[start : last + 1]]
    if start > first and (
        name_words[0] in lexicon.markers.title_joints or not lexicon.organisations.words.isdisjoint(name_words)
    ):
        start = first
    title = Span(tokens[first].start, tokens[start - 1].end) if start > first else Span(0, 0)
    words = tuple(token.lower for token in tokens[start : last + 1])
    title_words = tuple(token.lower for token in tokens[first:start])
    return Name(first, last, title, Span(tokens[start].start, tokens[last].end), words, title_words)


def infer_sex(name: Name, lexicon: Lexicon) -> str | None:
    """Return "m" or "f" by title or given name; None where neither shows it."""
    for title in name.titles:
        if title in lexicon.titles.male:
            return "m"
        if title in lexicon.titles.female:
            return "f"
    given_name, names = name.words[0], lexicon.names
    return "m" if given_name in names.male else "f" if given_name in names.female else None


def has_only_person_words(words: Sequence[str], lexicon: Lexicon) -> bool:
    """Return whether none of the words belongs to an organisation, a place or a people."""
    return all(
        word not in lexicon.organisations.words
        and word not in lexicon.names.places
        and word not in lexicon.names.nobody
        for word in words
    )


def looks_like_full_name(name: Name, lexicon: Lexicon) -> bool:
    """Return whether this may be a full name: two to five words, none a body's or place's."""
    if not 2 <= len(name.words) <= _MAX_NAME_WORDS:
        return False
    has_title = not lexicon.titles.personal.isdisjoint(name.titles)
    if has_title or lexicon.is_given_name(name.words[0]):
        return lexicon.organisations.heads.isdisjoint(name.words[1:])
    return has_only_person_words(name.words, lexicon)


def is_person(name: Name, lexicon: Lexicon) -> bool:
    """Return whether title or given name shows that this is a person."""
    if not lexicon.titles.personal.isdisjoint(name.titles):
        return True
    return lexicon.is_given_name(name.words[0]) and has_only_person_words(name.words[1:], lexicon)


def is_place(name: Name, lexicon: Lexicon) -> bool:
    """Return whether one word names a place or a people."""
    [first, *others] = name.words
    return not others and (first in lexicon.names.places or first in lexicon.names.nobody)
