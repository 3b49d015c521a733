"""Words as an index and a question compare them: folded, stopped and stemmed, by language.

Stop words come from the tables of the corpus's language and stems from Snowball, so a question
and a document are always read alike.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import cache, lru_cache
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import Stemmer

import bot.text
from bot.errors import CorpusError
from bot.languages import compute_digest, load_language
from bot.languages.base import Language
from bot.model import Span
from bot.text import find_words, normalise, raw_words

# The spellings that an analyser remembers; with one more it forgets them all.
_CACHE_SIZE = 1 << 18
# Words remembered with the listed word that each is a form of.
_MAX_LISTED = 1 << 14
# "ise" ends "rise" and "wise" too; a word spelt in two ways has more letters than this before the ending.
_MIN_LENGTH_BEFORE_ENDING = 2
# A longer run of digits names something and counts nothing.
_MAX_DIGITS = 15
# The signs as folding leaves them: ½ becomes 1, a fraction slash and 2.
_FRACTIONS = {"5": "1⁄2", "25": "1⁄4", "75": "3⁄4"}


class Term(NamedTuple):
    """A content word at [start, end): its folded form, and the stem it is found by."""

    start: int
    end: int
    normalised: str
    stem: str


class ContentWord(NamedTuple):
    """A content word without its place: its folded form, and the stem it is found by."""

    normalised: str
    stem: str


# Not yet in the cache, where None stands for a stop word.
_UNREAD = ContentWord("", "")


class Analyser:
    """Reads text of one language into terms; `fingerprint` tells one way of reading from another.

    The fingerprint holds digests of the language's data and of the rules themselves, so nobody has to
    remember to raise a version: what was built by another reading is built again.

    Raises:
        CorpusError: Snowball has no stemmer for `language`.
    """

    def __init__(self, language: str) -> None:
        if language not in Stemmer.algorithms():
            languages = ", ".join(Stemmer.algorithms())
            raise CorpusError("corpus.toml", f"no stemmer for language {language!r}", f"use {languages}")
        self._stem = Stemmer.Stemmer(language).stemWord
        self._cache: dict[str, ContentWord | None] = {}
        words = load_language(language).words("stop_words", "words")
        self.stop_words = frozenset(normalise(word) for word in words)
        pronouns = load_language(language).words("words", "object_pronoun")
        # In capitals they are other words: IT, WHO, US.
        self.small_words = self.stop_words | {normalise(word) for word in pronouns}
        self.fingerprint = (
            f"{language} {compute_digest(language)} PyStemmer {Stemmer.version()} rules {_compute_rules_digest()}"
        )

    def terms(self, text: str, span: Span | None = None) -> Iterator[Term]:
        """Yield the content words within `span` (all of `text` if None), in order.

        >>> [t.stem for t in Analyser("english").terms("What are the officers' duties?")]
        ['offic', 'duti']
        >>> [t.stem for t in Analyser("english").terms("It is said that IT helps US farms and us")]
        ['said', 'IT', 'help', 'US', 'farm', 'us']
        """
        for match in find_words(text, span):
            word = self._read_word(match.group())
            if word is not None:
                yield Term(*match.span(), *word)

    def stems_by_place(self, text: str, span: Span | None = None) -> list[tuple[int, str]]:
        """Return the start and the stem of each word that `terms` yields, in order: for the passages of a reply.

        >>> Analyser("english").stems_by_place("The officers’ duties")
        [(4, 'offic'), (14, 'duti')]
        """
        read = self._read_word
        return [
            (match.start(), word.stem) for match in find_words(text, span) if (word := read(match.group())) is not None
        ]

    def content_words(self, text: str, span: Span | None = None) -> list[ContentWord]:
        """Return the same content words as `terms`, without their places: for whole corpora.

        Every spelling is folded and stemmed once and then remembered, up to a bound.

        >>> [word.stem for word in Analyser("english").content_words("The Officers’ duties")]
        ['offic', 'duti']
        """
        return [word for raw in raw_words(text, span) if (word := self._read_word(raw)) is not None]

    def _read_word(self, raw: str) -> ContentWord | None:
        """Return the content word spelled `raw`, None for a stop word; threads may share this."""
        word = self._cache.get(raw, _UNREAD)
        if word is _UNREAD:
            if len(self._cache) > _CACHE_SIZE:
                self._cache.clear()
            normalised = normalise(raw)
            if normalised in self.small_words and is_acronym(raw):
                word = ContentWord(normalised, normalised.upper())
            elif not normalised or normalised in self.stop_words:
                word = None
            else:
                word = ContentWord(normalised, self.stem(normalised))
            self._cache[raw] = word
        return word

    def stem(self, normalised: str) -> str:
        """Return the stem of one folded word."""
        return str(self._stem(normalised))


def is_acronym(word: str) -> bool:
    """Return whether a word is all capitals, so that it is a word where its small letters are a stop word.

    >>> [is_acronym(word) for word in ("US", "U.S.", "WHO", "I", "It")]
    [True, True, True, False, False]
    """
    return word.isupper() and sum(map(str.isalpha, word)) > 1


@cache
def _compute_rules_digest() -> str:
    """Compute a SHA-256 over the modules that part, fold and stem words, as they were loaded."""
    modules = (Path(__file__), Path(bot.text.__file__))
    return sha256(b"".join(module.read_bytes() for module in modules)).hexdigest()


class WordForms:
    """The forms of words of one language that no stemmer joins, and those that it should not have joined.

    Read from the table `forms`; without one a word has no other form and no stranger.
    """

    def __init__(self, language: Language) -> None:
        table = language.table("forms")
        self._forms: defaultdict[str, dict[str, None]] = defaultdict(dict)
        for row in chain.from_iterable(table.get(key, ()) for key in ("irregular", "spelling", "derived")):
            words = [normalise(word) for word in row.split()]
            for word in words:
                self._forms[word] |= dict.fromkeys(words)
        self._endings = [tuple(pair.split()) for pair in table.get("endings", ())]
        self._any_ending = tuple(chain.from_iterable(self._endings))
        self._fixed = language.words("forms", "fixed")
        # The words of one stem are looked up for every question that has one of them.
        self._find_listed = lru_cache(_MAX_LISTED)(self._find_listed_word)
        self._strangers: defaultdict[str, set[int]] = defaultdict(set)
        for number, row in enumerate(table.get("strangers", ())):
            for word in row.split():
                self._strangers[word].add(number)

    def list_forms(self, word: str) -> tuple[str, ...]:
        """Return a folded word and its other forms and spellings, the word itself first.

        >>> forms = WordForms(load_language("english"))
        >>> forms.list_forms("bus"), forms.list_forms("realised")
        (('bus', 'buses', 'busses'), ('realised', 'realized'))
        """
        forms = dict.fromkeys([word, *self._forms.get(word, ())])
        singular = word.removesuffix("s")
        if singular != word:
            forms |= {f"{form}s": None for form in self._forms.get(singular, ()) if form != singular}
        # Most words have none, and one test for all endings is quicker than one for each: a start reads all synonyms.
        for pair in self._endings if word.endswith(self._any_ending) and word not in self._fixed else ():
            for ending, other in (pair, pair[::-1]):
                if word.endswith(ending) and len(word) > len(ending) + _MIN_LENGTH_BEFORE_ENDING:
                    forms[word.removesuffix(ending) + other] = None
        return tuple(forms)

    def are_strangers(self, word: str, other: str) -> bool:
        """Return whether two folded words of one stem have nothing to do with each other.

        >>> forms = WordForms(load_language("english"))
        >>> forms.are_strangers("accountants", "accounts"), forms.are_strangers("account", "accounts")
        (True, False)
        """
        one, two = self._find_listed(word), self._find_listed(other)
        return one != two and bool(self._strangers.get(one, set()) & self._strangers.get(two, set()))

    def _find_listed_word(self, word: str) -> str:
        """Return the word in the lists of strangers that `word` is another form or spelling of, else `word`."""
        for form in self.list_forms(word):
            for ending in ("", "s", "es", "d", "ed", "ing"):
                if form.endswith(ending) and (base := form.removesuffix(ending)) in self._strangers:
                    return base
            if form.endswith("ies") and (base := f"{form[:-3]}y") in self._strangers:
                return base
        return word


class NumberForms:
    """Numbers of one language in digits and words: one value, however it is written."""

    def __init__(self, language: Language) -> None:
        table = language.table("numbers")
        small = normalise_all(table.get("from_two", ""))
        tens = normalise_all(table.get("tens", ""))
        self._one, self._joint = table.get("one", ""), table.get("joint", "")
        self._values = {word: value for value, word in enumerate(small, start=2)}
        self._values |= {word: 10 * value for value, word in enumerate(tens, start=2)}
        self._tens = frozenset(tens)
        short_scales = normalise_all(table.get("short_scales", ""))
        self._short_scales = dict(zip(short_scales, (1000, 10**6, 10**9), strict=False))
        self._scales = dict(zip(normalise_all(table.get("scales", "")), (100, 1000, 10**6, 10**9), strict=False))
        self._words = {value: word for word, value in self._values.items()} | ({1: self._one} if self._one else {})
        self._ordinals = normalise_all(table.get("ordinals", ""))
        self._ordinal_endings = normalise_all(table.get("ordinal_endings", ""))
        self._openings = frozenset((*self._values, self._one, *self._ordinals))

    def may_begin(self, word: str) -> bool:
        """Return whether a number or an ordinal may begin with `word`."""
        return word in self._openings or word[:1].isdigit()

    def parse(self, words: Sequence[str]) -> tuple[int, Decimal] | None:
        """Return how many of `words`, from the first, are one number, and its value; None for no number.

        >>> numbers = NumberForms(load_language("english"))
        >>> numbers.parse(["three", "hundred", "and", "five", "cats"]), numbers.parse(["1.5", "million"])
        ((4, Decimal('305')), (2, Decimal('1500000.0')))
        """
        total, group, size, last = Decimal(0), Decimal(0), 0, ""
        for place, word in enumerate(words):
            scale = self._scales.get(word)
            value = self._read_small(word)
            if scale and place:
                if scale == 100:
                    group = (group or Decimal(1)) * scale
                else:
                    total, group = total + (group or Decimal(1)) * scale, Decimal(0)
            elif value is not None and (not place or self._continues(last, word)):
                group += value
            elif word == self._joint and last in self._scales:
                continue
            else:
                break
            size, last = place + 1, word
        return (size, total + group) if size else None

    def write(self, value: Decimal) -> Iterator[tuple[str, ...]]:
        """Yield the ways in which a number may be written, each as folded words.

        >>> numbers = NumberForms(load_language("english"))
        >>> list(numbers.write(Decimal("52"))), list(numbers.write(Decimal("7.5")))
        ([('52',), ('fifty', 'two')], [('7.5',), ('71⁄2',)])
        >>> numbers.parse(["1.5bn"]), ("1.5bn",) in numbers.write(Decimal("1500000000"))
        ((1, Decimal('1500000000.0')), True)
        """
        digits = format(value.normalize(), "f")
        yield (digits,)
        whole, _, decimals = digits.partition(".")
        if decimals in _FRACTIONS:
            yield (f"{whole}{_FRACTIONS[decimals]}",)
        for word, scale in self._scales.items():
            if value >= scale >= 1000 and value / scale == (value / scale).quantize(Decimal("0.001")):
                amount = format((value / scale).normalize(), "f")
                yield amount, word
                yield from (
                    (f"{amount}{short}",) for short, short_value in self._short_scales.items() if short_value == scale
                )
        if not decimals and value < 10**6:
            yield from dict.fromkeys(self._spell(int(value), joint) for joint in ("", self._joint))

    def write_ordinal(self, word: str) -> tuple[str, ...]:
        """Return "second" for "2nd", and 2 with each ending, right or wrong, for "second"; empty for any other word."""
        if word in self._ordinals:
            number = str(self._ordinals.index(word) + 1)
            return tuple(f"{number}{ending}" for ending in self._ordinal_endings)
        for ending in self._ordinal_endings:
            number = word.removesuffix(ending)
            if number != word and number.isdecimal() and 0 < int(number[:6]) <= len(self._ordinals):
                return (self._ordinals[int(number) - 1],)
        return ()

    def _read_small(self, word: str) -> Decimal | None:
        """Return the value of one word: a small number in words, digits or a fraction, or an amount; else None."""
        if word in self._values:
            return Decimal(self._values[word])
        if word == self._one:
            return Decimal(1)
        whole, _, decimals = word.partition(".")
        for digits, fraction in _FRACTIONS.items():
            if word.endswith(fraction) and word.removesuffix(fraction).isdecimal():
                return Decimal(f"{word.removesuffix(fraction)}.{digits}")
        for scale, value in self._short_scales.items():
            amount = word.removesuffix(scale)
            if amount != word and amount[:1].isdigit() and (number := self._read_small(amount)) is not None:
                return number * value
        is_number = whole.isdecimal() and (decimals.isdecimal() or not decimals) and len(word) <= _MAX_DIGITS
        return Decimal(word.rstrip(".")) if is_number else None

    def _continues(self, last: str, word: str) -> bool:
        """Return whether `word` continues a number that ends with `last`: behind a scale, or as a unit behind a ten."""
        is_unit = word == self._one or self._values.get(word, 10) < 10
        return last in self._scales or (last in self._tens and is_unit)

    def _spell(self, value: int, joint: str) -> tuple[str, ...]:
        """Return the words of a whole number below a million; empty where it has none, as 0."""
        if value in self._words:
            return (self._words[value],)
        for word, scale in reversed(self._scales.items()):
            if value >= scale:
                rest = self._spell(value % scale, joint) if value % scale else ()
                glue = (joint,) if joint and rest and value % scale < 100 else ()
                return (*self._spell(value // scale, joint), word, *glue, *rest)
        tens, units = value - value % 10, value % 10
        return (self._words[tens], self._words[units]) if tens in self._words and units in self._words else ()


def normalise_all(words: str) -> tuple[str, ...]:
    """Return the words of a table's entry, parted by blanks, folded, in order."""
    return tuple(normalise(word) for word in words.split())


@cache
def load_word_forms(language: str) -> WordForms:
    """Return the forms of the words of the language of that name."""
    return WordForms(load_language(language))


@cache
def load_number_forms(language: str) -> NumberForms:
    """Return the numbers of the language of that name."""
    return NumberForms(load_language(language))
