"""The words a corpus knows: its sources', its curator's, and what a misspelt one may mean."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple
from weakref import WeakValueDictionary

from bot.answers.dictionary import is_word
from bot.answers.language import phrase
from bot.answers.question import Concept, Form
from bot.terms import Spelling

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from bot.answers.language import Phrase
    from bot.model import Corpus, Document
    from bot.terms import Analyser

_NEAR = 2
_NUMBERS = (
    # Not "one": it mostly counts nothing.
    *("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen"),
    *("nineteen", "twenty"),
)


class Token(NamedTuple):
    """A word of a question: its number, its place, its folded form and its stem."""

    number: int
    start: int
    end: int
    folded: str
    stem: str


class _Read:
    """A document's words, folded; a holder, because a tuple cannot be held weakly."""

    __slots__ = ("__weakref__", "words")

    def __init__(self, words: Phrase) -> None:
        self.words = words


# By the SHA-256 of the text, for as long as some vocabulary holds them: after a reload the words
# of a document that did not change are not read again.
_READ: WeakValueDictionary[str, _Read] = WeakValueDictionary()


def _read(document: Document) -> _Read:
    found = _READ.get(document.sha256)
    if found is None:
        found = _READ[document.sha256] = _Read(phrase(document.text))
    return found


class Vocabulary:
    """The words of `corpus`; `rarity` tells how much finding a stem tells."""

    def __init__(self, corpus: Corpus, analyser: Analyser, rarity: Callable[[str], float]) -> None:
        self._analyser = analyser
        self._stems_of: dict[str, Phrase] = {}
        self._rarity = rarity
        self._language = corpus.language
        self._read = tuple(_read(document) for document in corpus.documents)
        known = frozenset(word for text in self.texts for word in text)
        self.stems = frozenset(map(analyser.stem, known))
        self._common = frozenset(self.stems_of(f"{corpus.title} {corpus.motion}"))
        listed: dict[str, tuple[str, ...]] = {
            word: (word,) for topic in corpus.topics for word in topic.words
        }
        listed |= {topic.name: topic.words for topic in corpus.topics}
        listed |= corpus.synonyms
        # The curator's own words, which are looked at for every question.
        curated = {word for words in listed.values() for word in words} | listed.keys()
        self._stems_of = {word: self.stems_of(word) for word in curated}
        self._as_typed = {phrase(asked): searched for asked, searched in listed.items()}
        self._by_stems = {self.stems_of(asked): searched for asked, searched in listed.items()}
        self._spelt = known | {word for asked in self._as_typed for word in asked}
        self._spelling = Spelling(dict.fromkeys(self._spelt, 1))
        self._longest = max(map(len, self._as_typed), default=0)

    @property
    def texts(self) -> Iterator[Phrase]:
        """Each document's words, folded, in order."""
        return (read.words for read in self._read)

    def stems_of(self, text: str) -> Phrase:
        """Return the stems of the words of `text` that are no stop words."""
        known = self._stems_of.get(text)
        return known or tuple(term.stem for term in self._analyser.terms(text))

    def knows(self, token: Token) -> bool:
        """Tell whether a source, the motion or the curator has the word of `token`."""
        known = token.stem in self.stems or token.stem in self._common
        return known or (token.stem,) in self._by_stems or token.folded[0].isdigit()

    def is_common(self, stem: str) -> bool:
        """Tell whether the whole debate is about it."""
        return stem in self._common

    def lists(self, folded: str) -> bool:
        """Tell whether the curator lists this very word."""
        return (folded,) in self._as_typed

    def phrases(self, folded: Phrase) -> list[range]:
        """Return where in `folded` the curator's phrases of several words stand."""
        return [
            range(at, at + size)
            for size in range(2, self._longest + 1)
            for at in range(len(folded) - size + 1)
            if folded[at : at + size] in self._as_typed
        ]

    def listed(self, tokens: Sequence[Token]) -> int:
        """Return how many of `tokens`, from the first, the curator lists as one thing; 0 if none.

        A phrase is known as typed, or by its stems with at most one stop word
        between two of them, as in "freedoms of speech".
        """
        most = min(self._longest, len(tokens))
        for size in range(most, 0, -1):
            part = tokens[:size]
            if _unbroken(part, 1) and tuple(t.folded for t in part) in self._as_typed:
                return size
        if tokens[0].folded in self._analyser.stop_words:
            return 0
        content = [n for n, t in enumerate(tokens) if t.folded not in self._analyser.stop_words]
        for size in range(min(self._longest, len(content)), 0, -1):
            part = [tokens[n] for n in content[:size]]
            if _unbroken(part, _NEAR) and tuple(t.stem for t in part) in self._by_stems:
                return content[size - 1] + 1
        return 0

    def concept(self, asked: str, tokens: Sequence[Token], heft: float = 1.0) -> Concept:
        """Return what `tokens`, typed as `asked`, are about; its weight is `heft` times its own."""
        run = tuple(t.stem for t in tokens if t.folded not in self._analyser.stop_words)
        typed = tuple(token.folded for token in tokens)
        run = run or typed
        also = self._as_typed.get(typed, self._by_stems.get(run, ()))
        if not also and len(run) == 1 and run[0] not in self.stems and typed not in self._as_typed:
            also = self._meant(typed[0])
        also = tuple(word for word in also if self.stems_of(word) != run)
        also = also or tuple(number for number in _other_spelling(typed) if number in self._spelt)
        forms = (Form(run), *(Form(self.stems_of(word)) for word in also))
        common = any(form <= self._common for form in forms)
        return Concept(asked, forms, also, self._weight(forms) * heft, common)

    def _weight(self, forms: Sequence[Form]) -> float:
        """Return the rarity of the likeliest form; of none the sources have, the greatest."""
        found = [max(map(self._rarity, form)) for form in forms if form and form <= self.stems]
        return min(found, default=self._rarity(""))

    def _meant(self, folded: str) -> tuple[str, ...]:
        """Return the words that a misspelt one may mean, and what the curator searches for them."""
        right = self._nearest(folded, self._spelling)
        searched = (self._by_stems.get(self.stems_of(word), ()) for word in right)
        return tuple(dict.fromkeys([*right, *(word for words in searched for word in words)]))

    def may_be(self, token: Token, others: Spelling) -> bool:
        """Tell whether `token` is no known word, but a misspelling of one of `others`."""
        return not self.knows(token) and bool(self._nearest(token.folded, others))

    def _nearest(self, folded: str, others: Spelling) -> tuple[str, ...]:
        """Return those of `others` nearest to `folded`, which is no word of the language."""
        near = others.near(folded)
        return () if near and is_word(folded, self._language) else near


def _other_spelling(typed: Phrase) -> tuple[str, ...]:
    """Return a small number in words for its digits, and the other way round.

    >>> _other_spelling(("10",)), _other_spelling(("ten",)), _other_spelling(("taxes",))
    (('ten',), ('10',), ())
    """
    word = " ".join(typed)
    return tuple(
        other
        for digits, spelt in enumerate(_NUMBERS, start=2)
        for asked, other in ((spelt, str(digits)), (str(digits), spelt))
        if word == asked
    )


def _unbroken(tokens: Sequence[Token], gap: int) -> bool:
    return all(after.number - before.number <= gap for before, after in pairwise(tokens))
