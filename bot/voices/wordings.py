"""One statement printed in two wordings: the same voice, nearly the same words.

Newsrooms tidy quotations, and print them in part or twice. Both wordings are
kept and neither is merged; whoever shows or verifies one can say that there is
another. What differs in a number, a name, a "not" or an opposite is another
statement, however alike it looks; so is an excerpt in the very same words,
which is no other wording at all.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from bot.model import Kind, Span
from bot.terms import Analyser
from bot.text import sentences, words
from bot.voices.lexicon import vocabulary
from bot.voices.roster import key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from bot.model import Passage

ALIKE = 0.72
_FEWEST = 3
_COMMON = 40
_NEGATIONS = vocabulary(
    "not no never none nobody nothing neither nor without cannot cant dont doesnt didnt wont "
    "wouldnt shouldnt couldnt isnt arent wasnt werent hasnt havent hadnt hardly refuse refused"
)
_PAIRS = (
    "support oppose|for against|more less|more fewer|increase reduce|increase cut|rise fall|"
    "raise lower|before after|always never|win lose|all some|north south|east west|first last|"
    "open close|open shut|up down|faster slower|cheaper dearer|safe dangerous|safer riskier|"
    "keep scrap|build demolish|men women|right wrong|good bad|better worse|higher lower|"
    "accept reject|begin end|add remove|buy sell|boys girls|public private|day night|"
    "summer winter|old new|hire fire|best worst|success failure|welcome regret|proud ashamed|"
    "trust doubt|love hate|strong weak|early late|spring autumn|morning evening|buses trains|"
    "parents teachers"
)
_OPPOSITES = tuple(vocabulary(pair) for pair in re.split(r"\|", _PAIRS))
_NAME = re.compile(r"(?<=[a-z,;] )[A-Z][\w’'-]+")


class Wording(NamedTuple):
    """Two passages, in reading order, and the sentences in them that say the same thing."""

    first: Passage
    second: Passage
    spans: tuple[Span, Span]


@dataclass(frozen=True, slots=True)
class _Statement:
    """A sentence of a passage, taken apart for comparing."""

    passage: Passage
    span: Span
    folded: tuple[str, ...]
    stems: frozenset[str]
    names: frozenset[str]

    @property
    def numbers(self) -> frozenset[str]:
        return frozenset(word for word in self.folded if word[0].isdigit())

    @property
    def negations(self) -> int:
        return sum(word in _NEGATIONS for word in self.folded)


def wordings(passages: Iterable[Passage], language: str = "english") -> tuple[Wording, ...]:
    """Return the pairs of statements of one voice that differ in wording alone.

    Passages may come from several documents; those without a voice, and
    narration, are left out. Words met in many of a voice's statements lead to
    no comparison, so the time grows with the passages and not with their square.
    """
    by_voice: dict[str, list[_Statement]] = defaultdict(list)
    for passage in passages:
        if passage.voice and passage.kind is not Kind.NARRATION:
            by_voice[key(passage.voice.name)].extend(_statements(passage, language))
    return tuple(pair for said in by_voice.values() for pair in _pairs(said))


def _statements(passage: Passage, language: str) -> Iterator[_Statement]:
    text = passage.document.text
    for span in sentences(text, passage.span):
        folded = tuple(word.folded for word in words(text, span))
        stems = frozenset(term.stem for term in _analyser(language).terms(text, span))
        if len(stems) >= _FEWEST:
            names = frozenset(name.group() for name in _NAME.finditer(text, *span))
            yield _Statement(passage, span, folded, stems, names)


@cache
def _analyser(language: str) -> Analyser:
    return Analyser(language)


def _pairs(said: Sequence[_Statement]) -> Iterator[Wording]:
    places: dict[str, list[int]] = defaultdict(list)
    for at, statement in enumerate(said):
        for other in sorted({n for stem in statement.stems for n in places[stem][-_COMMON:]}):
            if _same(said[other], statement):
                first, second = said[other], statement
                yield Wording(first.passage, second.passage, (first.span, second.span))
        for stem in statement.stems:
            places[stem].append(at)


def _same(one: _Statement, other: _Statement) -> bool:
    if one.numbers != other.numbers or one.negations != other.negations:
        return False
    if one.names - other.names and other.names - one.names:
        return False
    left, right = one.stems - other.stems, other.stems - one.stems
    shared = len(one.stems & other.stems)
    if 2 * shared < ALIKE * (len(one.stems) + len(other.stems)):
        return False
    return (
        not _opposed(one, other)
        and not _within(one.folded, other.folded)
        and _small(left, right, shared)
    )


def _small(left: frozenset[str], right: frozenset[str], shared: int) -> bool:
    """Whether what was put in place of something else is little beside what stayed."""
    return min(len(left), len(right)) * 3 <= shared


def _opposed(one: _Statement, other: _Statement) -> bool:
    left, right = set(one.folded), set(other.folded)
    return any(pair & left and pair & right and pair & left != pair & right for pair in _OPPOSITES)


def _within(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether the shorter stands word for word in the longer: one wording, not two."""
    short, long = sorted((one, other), key=len)
    return f" {' '.join(short)} " in f" {' '.join(long)} "
