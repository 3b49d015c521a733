"""Which words a language has, so that a good word is never put right.

The lists are pyspellchecker's, read when the first unknown word is met.
"""

from __future__ import annotations

from functools import cache
from threading import Lock

from spellchecker import SpellChecker

# Snowball names languages, pyspellchecker gives codes.
_LANGUAGE_CODES = {
    "arabic": "ar",
    "basque": "eu",
    "dutch": "nl",
    "english": "en",
    "french": "fr",
    "german": "de",
    "italian": "it",
    "portuguese": "pt",
    "russian": "ru",
    "spanish": "es",
}


def is_word(word: str, language: str) -> bool:
    """Tell whether `word` is a word of `language`; never, where no list is at hand.

    >>> is_word("masks", "english"), is_word("privcy", "english"), is_word("masks", "tamil")
    (True, False, False)
    """
    with _LOAD_LOCK:
        return word in _load_words(language)


# Questions asked at once at the start would each read the whole list.
_LOAD_LOCK = Lock()


@cache
def _load_words(language: str) -> frozenset[str]:
    code = _LANGUAGE_CODES.get(language)
    return frozenset(SpellChecker(language=code).word_frequency.words()) if code else frozenset()
