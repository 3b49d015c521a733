"""How questions are put in one language, read from `languages/<language>.toml`.

A language without a file of its own has stop words and stems alone: its
questions are answered, with less of the asking taken off first.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

from bot.text import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_FOLDER = Path(__file__).parent / "languages"


Phrase = tuple[str, ...]
Meaning = TypeVar("Meaning")


@dataclass(frozen=True, slots=True)
class Language:
    """The asking words of one language, folded; a phrase is a run of folded words.

    `filler` never counts as a subject; `light` words count where a source has them. `by`
    are regular expressions with the groups `name` and `topic`.
    """

    filler: frozenset[str] = frozenset()
    light: frozenset[str] = frozenset()
    pronouns: frozenset[str] = frozenset()
    loaded: frozenset[str] = frozenset()
    speech: frozenset[str] = frozenset()
    sources: frozenset[str] = frozenset()
    openings: tuple[Phrase, ...] = ()
    sides: dict[str, tuple[Phrase, ...]] = field(default_factory=dict)
    asks: dict[str, tuple[Phrase, ...]] = field(default_factory=dict)
    tasks: tuple[Phrase, ...] = ()
    orders: frozenset[str] = frozenset()
    by: tuple[str, ...] = ()


@cache
def language(name: str) -> Language:
    """Return the asking words of the language `name`; empty where it has no file.

    >>> "said" in language("english").filler, language("tamil").filler
    (True, frozenset())
    """
    path = _FOLDER / f"{name}.toml"
    if not path.is_file():
        return Language()
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    return Language(
        filler=_folded(" ".join(table[asking] for asking in ("filler", "shorthand", "speech"))),
        light=_folded(table["light"]),
        pronouns=_folded(table["pronouns"]),
        loaded=_folded(table["loaded"]),
        speech=_folded(table["speech"]),
        sources=_folded(table["sources"]),
        openings=_phrases(table["openings"]),
        sides={side: _phrases(said) for side, said in table["sides"].items()},
        asks={kind: _phrases(said) for kind, said in table["asks"].items()},
        tasks=_phrases(table["tasks"]["phrases"]),
        orders=_folded(table["tasks"]["verbs"]),
        by=tuple(table["by"]),
    )


def phrase(text: str) -> Phrase:
    """Return `text` as a run of folded words."""
    return tuple(word.folded for word in words(text))


def holds(run: Phrase, part: Phrase) -> bool:
    """Tell whether `part` stands in `run`, unbroken.

    >>> holds(("a", "b", "c"), ("b", "c")), holds(("a", "b", "c"), ("a", "c"))
    (True, False)
    """
    if part and part[0] not in run:
        return False
    size = len(part)
    return any(run[n : n + size] == part for n in range(len(run) - size + 1))


class Phrases(Generic[Meaning]):
    """Many phrases, each with what it means, found in a run of words by their first."""

    def __init__(self, meanings: Iterable[tuple[Phrase, Meaning]]) -> None:
        self._by_first: dict[str, list[tuple[Phrase, Meaning]]] = {}
        for part, meaning in meanings:
            if part:
                self._by_first.setdefault(part[0], []).append((part, meaning))

    def within(self, run: Phrase) -> Iterator[tuple[int, Phrase, Meaning]]:
        """Yield where in `run` which phrase stands, unbroken, and its meaning; in order of place.

        >>> list(Phrases([(("b", "c"), 1), (("c",), 2)]).within(("a", "b", "c")))
        [(1, ('b', 'c'), 1), (2, ('c',), 2)]
        """
        for at, word in enumerate(run):
            for part, meaning in self._by_first.get(word, ()):
                if run[at : at + len(part)] == part:
                    yield at, part, meaning


def _folded(text: str) -> frozenset[str]:
    return frozenset(phrase(text))


def _phrases(texts: list[str]) -> tuple[Phrase, ...]:
    return tuple(phrase(text) for text in texts)
