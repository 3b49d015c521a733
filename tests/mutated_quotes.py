"""Quotes as people get them wrong, made of a corpus's own by a seed, each with the verdict it must get."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import NamedTuple

from bot.answers.quoting import QuoteLengths, find_fitting_runs
from bot.answers.verification import Verdict, Verification
from bot.languages import load_language
from bot.model import Corpus, Kind, Quote
from bot.text import fold_letters

_AUXILIARY = re.compile(r"\b(is|are|was|were|will|would|can|could|should|must|has|have|had|may|might)\b(?!\s+not\b)")
_NOT = re.compile(r"(?<=\w)\s+not\b")
_DIGIT = re.compile(r"\d")
_BUT = re.compile(r"[,;]?\s+but\s")
_MIN_WORDS = 9
# A corpus without a digit or a "but" has no text of that kind.
_MAX_FAILURES = 2000


class MutatedQuote(NamedTuple):
    """A text to verify, how it was made, and the verdict it must get."""

    kind: str
    text: str
    verdict: Verdict
    continues: bool = False

    def is_judged_right(self, verifications: Sequence[Verification]) -> bool:
        """Return whether the one claim of the text got that verdict."""
        if len(verifications) != 1:
            return False
        [found] = verifications
        return found.verdict is self.verdict and found.continues >= self.continues


class QuoteMutator:
    """Makes texts of the quotes of a corpus that somebody said."""

    def __init__(self, corpus: Corpus, random: Random) -> None:
        self._random = random
        self._quotes = list(list_said_quotes(corpus))
        self._pairs = [tuple(pair.split()) for pair in load_language("english").table("oppositions")["pairs"]]
        self._letters_by_voice: dict[str, str] = {}
        for quote in corpus.passages:
            if quote.voice:
                letters = self._letters_by_voice.get(quote.voice.name, "") + " " + fold_letters(quote.text).folded
                self._letters_by_voice[quote.voice.name] = letters
        self.kinds: dict[str, Callable[[Quote], MutatedQuote | None]] = {
            "not put in": self.put_in_not,
            "not left out": self.leave_out_not,
            "a digit": self.change_digit,
            "an opposite": self.put_opposite,
            "speakers exchanged": self.exchange_speaker,
            "cut before but": self.cut_before_but,
            "spliced": self.splice,
        }

    def make(self, count: int, kinds: Sequence[str] = ()) -> Iterator[MutatedQuote]:
        """Yield `count` mutated quotes, of all kinds that the corpus has words for in turn."""
        names, made, failures = list(kinds or self.kinds), 0, 0
        while made < count and names:
            name = names[made % len(names)]
            if mutated := self.kinds[name](self._random.choice(self._quotes)):
                made, failures = made + 1, 0
                yield mutated
            else:
                failures += 1
                if failures > _MAX_FAILURES:
                    names.remove(name)
                    failures = 0

    def make_true(self, count: int) -> Iterator[MutatedQuote]:
        """Yield `count` true quotes in other shapes of print."""
        for number in range(count):
            quote = self._random.choice(self._quotes)
            reshape = _RESHAPINGS[number % len(_RESHAPINGS)]
            yield MutatedQuote("true", self._claim(quote, reshape(quote.text)), Verdict.EXACT)

    def put_in_not(self, quote: Quote) -> MutatedQuote | None:
        places = list(_AUXILIARY.finditer(quote.text))
        if not places:
            return None
        end = self._random.choice(places).end()
        return self._alter("not put in", quote, f"{quote.text[:end]} not{quote.text[end:]}")

    def leave_out_not(self, quote: Quote) -> MutatedQuote | None:
        places = list(_NOT.finditer(quote.text))
        if not places:
            return None
        place = self._random.choice(places)
        return self._alter("not left out", quote, quote.text[: place.start()] + quote.text[place.end() :])

    def change_digit(self, quote: Quote) -> MutatedQuote | None:
        places = list(_DIGIT.finditer(quote.text))
        if not places:
            return None
        place = self._random.choice(places)
        digit = self._random.choice([each for each in "123456789" if each != place.group()])
        return self._alter("a digit", quote, quote.text[: place.start()] + digit + quote.text[place.end() :])

    def put_opposite(self, quote: Quote) -> MutatedQuote | None:
        pairs = [*self._pairs, *(pair[::-1] for pair in self._pairs)]
        for one, other in self._random.sample(pairs, len(pairs)):
            if found := re.search(rf"\b{one}\b", quote.text):
                return self._alter(
                    "an opposite", quote, quote.text[: found.start()] + other + quote.text[found.end() :]
                )
        return None

    def exchange_speaker(self, quote: Quote) -> MutatedQuote | None:
        letters = fold_letters(quote.text).folded
        name = self._random.choice(list(self._letters_by_voice))
        voice = quote.passage.voice
        if voice is None or name == voice.name or letters in self._letters_by_voice[name]:
            return None
        return MutatedQuote("speakers exchanged", f"{name} said: {_mark(quote.text)}", Verdict.OTHER_VOICE)

    def cut_before_but(self, quote: Quote) -> MutatedQuote | None:
        places = [place for place in _BUT.finditer(quote.text) if len(quote.text[: place.start()].split()) >= 4]
        if not places:
            return None
        text = self._claim(quote, quote.text[: self._random.choice(places).start()])
        return MutatedQuote("cut before but", text, Verdict.EXACT, continues=True)

    def splice(self, quote: Quote) -> MutatedQuote | None:
        other = self._random.choice(self._quotes)
        words, others = quote.text.split(), other.text.split()
        if other.passage is quote.passage or min(len(words), len(others)) < _MIN_WORDS:
            return None
        joined = " ".join([*words[: 2 * len(words) // 3], *others[len(others) // 3 :]])
        return self._alter("spliced", quote, joined)

    def _alter(self, kind: str, quote: Quote, text: str) -> MutatedQuote | None:
        is_long = len(quote.text.split()) >= _MIN_WORDS
        return MutatedQuote(kind, self._claim(quote, text), Verdict.ALTERED) if is_long else None

    @staticmethod
    def _claim(quote: Quote, text: str) -> str:
        voice = quote.passage.voice
        return f"{voice.name} said: {_mark(text)}" if voice else _mark(text)


def list_said_quotes(corpus: Corpus) -> Iterator[Quote]:
    """Yield the quotes of a corpus in which a voice's own words stand alone, of four words at least."""
    for passage in corpus.passages:
        if passage.voice and passage.kind is Kind.DIRECT:
            for run in find_fitting_runs(passage, QuoteLengths()):
                yield Quote(passage, run)


def _mark(text: str) -> str:
    """Return `text` between double marks; what it quotes in turn is marked singly, as print does."""
    inner = re.sub(r"[“”\"]", "’", text)
    return f"“{inner}”"


_RESHAPINGS: tuple[Callable[[str], str], ...] = (
    str,
    str.upper,
    str.lower,
    lambda text: text.replace("’", "'").replace("‘", "'"),
    lambda text: re.sub(r"\s*[–—]\s*", " - ", text),
    lambda text: text.replace(" ", "  "),
    lambda text: text.replace(" ", "\u00a0"),
    lambda text: text.replace(", ", " ").replace(";", ""),
    lambda text: unicodedata.normalize("NFD", text),
    lambda text: re.sub(r"(?<=\w\w\w)(?=\w\w\w)", "\u00ad", text, count=3),
    lambda text: text.replace("per cent", "%").replace(". ", "… ", 1) if text.count(". ") == 0 else text,
    lambda text: text.rstrip(".!?"),
    lambda text: text.replace(" ", "\n", 1),
)
