"""Paragraphs, sentences and words, found by offset; no character is ever altered.

Everything here takes a text and returns places in it, so whatever is found can
be shown exactly as it was published.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import NamedTuple

from bot.languages import list_languages, load_language
from bot.model import Span

_LINE = re.compile(r"[^\r\n\u2028\u2029]+")
# Records set blanks within their brackets: "[ Interruption. ]".
_SENTENCE_END = re.compile(r"[.!?…。！？]+[\"”’»'\)\]]*(?: [\])](?!\w))?")
_OPENING_MARKS = "\"“‘'«([—–"
_WORD_BEFORE_STOP = re.compile(r"(?<![^\W_])[^\W\d_]+\.$")
# An initial is told by its one capital, and so are "U.S." and the second letter of "p.m.".
_INITIALS = re.compile(r"(?:(?:^|[\s(“\"‘.])[A-Z]|\b[ap]\.m|\be\.g|\bi\.e)\.$")
# A number, a letter or a Roman numeral: "s. 4", "sch. II", "art. B"; "A" and "I" may open a sentence.
_FIGURE = re.compile(r"\s*[(\[]?(?:\d|[IVXLC]{2,}\b|[B-HJ-Z]\b|[AI]\b(?!\s+[a-z]))")
# The characters up to a stop among which an abbreviation is looked for.
_LOOKBEHIND = 12
# Python's word characters leave out the marks that finish a letter in many scripts, and
# what may stand unseen inside a word: soft hyphen, joiners.
_INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
_COMBINING_MARKS = "".join(
    character for character in map(chr, range(0x300, 0x3100)) if unicodedata.category(character)[0] == "M"
)
_CHARACTER_MAP = str.maketrans(dict.fromkeys("’ʼ＇", "'") | dict.fromkeys(_INVISIBLE))
_LETTERS = rf"[^\W_]+(?:[{_COMBINING_MARKS}{_INVISIBLE}]+[^\W_]*)*"
# Letters that no decomposition takes the accent from.
_PLAIN_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ħ": "h", "ŧ": "t", "ı": "i"}
)
# How letters with an accent are often spelt out.
_SPELT_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})
# The dots that Turkish sets or leaves out: İ folds to i and a dot above, I to i, ı to itself.
_TURKISH_I = str.maketrans({"ı": "i", "\u0307": None})
# Records of the nineties and later hold Windows-1252 quotation marks and dashes as control
# characters; unconverted, a quotation would lose its marks (docs/decisions/0010).
_WINDOWS_1252 = {
    code: bytes([code]).decode("cp1252") for code in range(0x80, 0xA0) if code not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
}
_ASCII_WORD = re.compile(r"[a-z0-9]+")
WORD_PATTERN = (
    r"(?i:\bper[ \t\u00a0]cent\b)|[%％]"
    r"|\d+(?:,\d{3}(?!\d))*(?:\.\d+)*[^\W_]*"
    r"|(?:[^\W\d_]\.){2,}(?![^\W_])"
    rf"|{_LETTERS}(?:['’]{_LETTERS})*['’]?"
)
_WORD = re.compile(WORD_PATTERN)
# What "%" and "per cent" are folded to.
PERCENT = "percent"


class Word(NamedTuple):
    """A word at [start, end), and its folded form: what it is compared by."""

    start: int
    end: int
    normalised: str


def split_paragraphs(text: str) -> list[Span]:
    r"""Return the span of each line that holds more than blanks, trimmed, in order.

    >>> split_paragraphs("One.\n\n  Two. \n")
    [Span(start=0, end=4), Span(start=8, end=12)]
    """
    return [trimmed for line in _LINE.finditer(text) if (trimmed := trim(text, Span(*line.span()))).start < trimmed.end]


def split_sentences(text: str, span: Span) -> list[Span]:
    """Return the sentences within `span`, trimmed, in order, leaving out only blanks.

    A sentence ends at a stop (with any closing marks) before a blank and
    something that can open a sentence, but not after an initial or an
    abbreviation. A stretch without a stop is one sentence.

    >>> [Span(*s) for s in split_sentences("Dr Low left. Why? He knew.", Span(0, 26))]
    [Span(start=0, end=12), Span(start=13, end=17), Span(start=18, end=26)]
    """
    spans: list[Span] = []
    start = span.start
    for stop in _SENTENCE_END.finditer(text, span.start, span.end):
        if _ends_sentence(text, stop.start(), stop.end(), span.end):
            spans.append(trim(text, Span(start, stop.end())))
            start = stop.end()
    spans.append(trim(text, Span(start, span.end)))
    return [sentence for sentence in spans if sentence.start < sentence.end]


def split_words(text: str, span: Span | None = None) -> Iterator[Word]:
    """Yield the words within `span` (all of `text` if None), in order.

    Folding is NFKC and case folding; apostrophes go, a possessive `'s` goes with
    them; numbers keep their points and lose their commas; `%` and `per cent`
    are one word, and so are `U.K.` and `UK`. Hyphens part words.

    >>> [w[2] for w in split_words("The Met’s 80.5 per cent isn't 1,000%: facial-recognition")]
    ['the', 'met', '80.5', 'percent', 'isnt', '1000', 'percent', 'facial', 'recognition']
    """
    for match in find_words(text, span):
        if normalised := normalise(match.group()):
            yield Word(match.start(), match.end(), normalised)


def raw_words(text: str, span: Span | None = None) -> list[str]:
    """Return the words within `span` (all of `text` if None), in order, unfolded; see `split_words`."""
    return _WORD.findall(text, *span) if span else _WORD.findall(text)


def find_words(text: str, span: Span | None = None) -> Iterator[re.Match[str]]:
    """Yield a match for each word within `span` (all of `text` if None), in order, unfolded; see `split_words`."""
    start, end = span or Span(0, len(text))
    return _WORD.finditer(text, start, end)


# A reply folds some thousand words, nearly all of them seen before: 0.1 µs each instead of 0.5. The words of a large
# corpus, four times as many as this, would take 8 MB for good.
@lru_cache(maxsize=1 << 14)
def normalise(word: str) -> str:
    """Return the form by which one word is compared with another; see `split_words`.

    >>> [normalise(word) for word in ("Met’s", "U.K.", "80.5", "1,000", "％", "recog\u00adnition")]
    ['met', 'uk', '80.5', '1000', 'percent', 'recognition']
    >>> normalise("IĞDIR") == normalise("ığdır") == normalise("iğdir"), normalise("İzmir")
    (True, 'izmir')
    """
    # Most words are ASCII, of which only the case is folded.
    is_ascii = word.isascii()
    normalised = word.lower() if is_ascii else unicodedata.normalize("NFKC", word.translate(_CHARACTER_MAP)).casefold()
    if normalised == "%" or (normalised.startswith("per") and normalised.split() == ["per", "cent"]):
        return PERCENT
    if normalised[:1].isdigit():
        return normalised.replace(",", "")
    if not is_ascii:
        normalised = normalised.translate(_TURKISH_I)
    return normalised.removesuffix("'s").replace("'", "").replace(".", "")


def fold_accents(word: str) -> tuple[str, ...]:
    """Return a folded word without accents: as it looks, then as it is spelt out.

    >>> fold_accents("kjær"), fold_accents("øst"), fold_accents("müller")
    (('kjaer', 'kjaer'), ('ost', 'oest'), ('muller', 'mueller'))
    """
    if word.isascii():
        return word, word
    return _strip_accents(word), _strip_accents(word.translate(_SPELT_OUT))


def _strip_accents(word: str) -> str:
    """Return `word` without the accents of its letters."""
    letters = unicodedata.normalize("NFD", word.translate(_PLAIN_LETTERS))
    return "".join(letter for letter in letters if unicodedata.category(letter) != "Mn")


def normalise_line(text: str) -> str:
    r"""Normalise `text` into one line of canonical text: see `bot.formats`.

    >>> normalise_line(" Mr.\n Low\x97\xa0 it\x92s  late ")
    'Mr. Low— it’s late'
    """
    return " ".join(text.translate(_WINDOWS_1252).replace("\0", " ").split())


def list_ascii_words(text: str) -> list[str]:
    """Return the words of `text` as the name of a file can have them: letters without accents, and figures.

    >>> list_ascii_words("Café: the Tram, 2020")
    ['cafe', 'the', 'tram', '2020']
    """
    return _ASCII_WORD.findall(unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower())


def normalise_name(name: str) -> str:
    """Return `name` as it is compared: no case, no article before it in any language, one kind of apostrophe.

    >>> normalise_name("The  Met’s"), normalise_name("The")
    ("met's", 'the')
    """
    words = name.casefold().replace("’", "'").split()
    while len(words) > 1 and words[0] in _load_words("markers", "articles"):
        words.pop(0)
    return " ".join(words)


class Letters(NamedTuple):
    """The letters and figures of a text, folded, and the offset of each in it."""

    folded: str
    offsets: tuple[int, ...]

    def find(self, letters: str) -> Iterator[Span]:
        """Yield the span of each place whose letters are `letters`, folded; overlapping ones too; none for ""."""
        start = self.folded.find(letters) if letters else -1
        while start >= 0:
            yield Span(self.offsets[start], self.offsets[start + len(letters) - 1] + 1)
            start = self.folded.find(letters, start + 1)


def fold_letters(text: str) -> Letters:
    """Return the letters and figures of `text`, folded, without marks, blanks and punctuation, and their offsets.

    >>> fold_letters("“It’s *late*,” he said.").folded
    'itslatehesaid'
    """
    pairs = [
        (letter, offset)
        for offset, character in enumerate(text)
        if character.isalnum()
        for letter in unicodedata.normalize("NFKC", character).casefold()
        if letter.isalnum()
    ]
    return Letters("".join(letter for letter, _ in pairs), tuple(offset for _, offset in pairs))


def trim(text: str, span: Span) -> Span:
    """Return `span` without the blanks at both ends; an all-blank span becomes empty."""
    start, end = span
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end)


def _ends_sentence(text: str, stop: int, after: int, limit: int) -> bool:
    """Return whether the stop at [`stop`, `after`) ends a sentence of `text`, which ends at `limit`.

    Behind it are a blank and no small letter, or nothing; it is not the stop of an abbreviation.
    """
    if after >= limit:
        return True
    if not text[after].isspace():
        return False
    position = after
    while position < limit and (text[position].isspace() or text[position] in _OPENING_MARKS):
        position += 1
    if position < limit and text[position].islower():
        return False
    tail = text[max(0, stop - _LOOKBEHIND) : stop + 1]
    return not (text[stop] == "." and after == stop + 1 and _is_abbreviated(text, tail, after))


def _is_abbreviated(text: str, tail: str, after: int) -> bool:
    """Return whether the stop that `tail` ends with is an abbreviation's; `after` is where `text` goes on behind it."""
    if _INITIALS.search(tail):
        return True
    match = _WORD_BEFORE_STOP.search(tail)
    if match is None:
        return False
    # As the list writes it, or with a capital: "no." ends a sentence and "No. 4" does not.
    word = match.group()[:-1]
    forms = {word, word[0].lower() + word[1:]}
    if forms & _load_words("abbreviations", "within_sentence", "names"):
        return True
    return bool(forms & _load_words("abbreviations", "before_figures")) and _FIGURE.match(text, after) is not None


@cache
def _load_words(table: str, *keys: str) -> frozenset[str]:
    """Load the words of the lists `keys` of `table`, of all languages: a document may quote another than its own."""
    languages = [load_language(name) for name in list_languages()]
    return frozenset().union(*(language.words(table, key) for language in languages for key in keys))


def is_in_other_script(text: str, stop_words: frozenset[str]) -> bool:
    """Return whether most letters of `text` are of scripts that none of `stop_words` has; False without stop words."""
    scripts = _list_scripts(stop_words)
    letters = [character for character in text if character.isalpha()]
    strange_count = sum(_find_script(character) not in scripts for character in letters)
    return bool(scripts) and strange_count * 2 > len(letters)


@cache
def _list_scripts(stop_words: frozenset[str]) -> frozenset[str]:
    """List the scripts that the letters of `stop_words` are of."""
    return frozenset(_find_script(character) for word in stop_words for character in word if character.isalpha())


def _find_script(character: str) -> str:
    """Return the first word of a character's Unicode name, such as LATIN."""
    return unicodedata.name(character, "").partition(" ")[0]


def is_sentence_start(text: str, start: int) -> bool:
    """Return whether only blanks and opening marks part `start` from a stop, colon, line's end or the text's start."""
    return not re.search(r"[^\s\"“‘'(]", re.split(r"[.!?:\n]\s", text[:start])[-1])
