"""The words of each document, folded, as questions are compared with: split once, and kept.

They are held for as long as some vocabulary holds them, so that after a reload the words of a document that did not
change are not split again; on disk they are kept for the next start.
"""

from __future__ import annotations

import re
import sys
from contextlib import contextmanager
from functools import cache
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

from bot.analysis import is_acronym
from bot.text import split_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from bot.answers.question_language import Phrase
    from bot.model import Document
    from bot.storage.cache_folder import CacheFolder
    from bot.text import Word

HYPHEN = re.compile(r"[-\u2010\u2011]")
# So many parts has each of the compounds that are listed.
_COMPOUND_PARTS = 2
_SETS = ("lower_words", "acronyms", "compounds")


class DocumentWords:
    """A document's words, folded; a class, since neither a str nor a tuple can be held weakly.

    Of each kind once, in tuples of strings that all documents share: sets of strings of their own took ten times the
    memory of the text, and 686 MB where these take 219 (100,000 passages of 60 words, ten to a document).
    """

    __slots__ = ("__weakref__", "_folded_text", "acronyms", "compounds", "lower_words")

    def __init__(
        self,
        folded_text: str,
        lower_words: Iterable[str] = (),
        acronyms: Iterable[str] = (),
        compounds: Iterable[str] = (),
    ) -> None:
        """Hold what `split_document` has found; `folded_text` has a line break around each word."""
        self._folded_text = folded_text
        self.lower_words, self.acronyms, self.compounds = map(_share_words, (lower_words, acronyms, compounds))

    def list_words(self) -> set[str]:
        """Return every word, once."""
        return {*map(sys.intern, self._folded_text.split("\n"))} - {""}

    def to_line(self) -> str:
        """Return the words in their order, with blanks between them."""
        return self._folded_text.strip("\n").replace("\n", " ")

    def contains(self, phrase: Phrase) -> bool:
        """Return whether the words of `phrase` occur here side by side."""
        return _join_words(phrase) in self._folded_text

    def may_have_compound(self, phrase: Phrase) -> bool:
        """Return whether the words of `phrase` may occur here with hyphens between them.

        >>> [split_document("A has-been, out-of-it.").may_have_compound(two) for two in (("has", "been"), ("of", "it"))]
        [True, False]
        """
        if len(phrase) <= _COMPOUND_PARTS:
            return "-".join(phrase) in self.compounds
        return self.contains(phrase)

    def to_json(self) -> dict[str, Any]:
        """Return what `from_json` makes the same of."""
        return {"text": self._folded_text} | {name: sorted(getattr(self, name)) for name in _SETS}

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> DocumentWords:
        """Return the words that `to_json` was asked of.

        Raises:
            KeyError, TypeError: `content` is none of these.
        """
        text, sets = content["text"], [content[name] for name in _SETS]
        if not isinstance(text, str) or not all(isinstance(word, str) for words in sets for word in words):
            raise TypeError("no document's words")
        return cls(text, *sets)


def split_document(text: str) -> DocumentWords:
    """Return the folded words of `text`, and which stand there in small letters, as acronyms or in compounds."""
    words = tuple(split_words(text))
    return DocumentWords(
        _join_words(tuple(word.normalised for word in words)),
        frozenset(word.normalised for word in words if text[word.start].islower()),
        frozenset(w.normalised for w in words if is_acronym(text[w.start : w.end])),
        frozenset(_find_compounds(text, words)),
    )


def _find_compounds(text: str, words: Sequence[Word]) -> Iterator[str]:
    """Yield each word of two parts with a hyphen: "by-law", and of "end-of-year" no part."""
    is_hyphenated = [two.start - one.end == 1 and bool(HYPHEN.match(text, one.end)) for one, two in pairwise(words)]
    for place, (one, two) in enumerate(pairwise(words)):
        neighbours = is_hyphenated[max(place - 1, 0) : place] + is_hyphenated[place + 1 : place + 2]
        if is_hyphenated[place] and not any(neighbours):
            yield f"{one.normalised}-{two.normalised}"


def _share_words(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(sys.intern(word) for word in {*words})


def _join_words(words: Phrase) -> str:
    # No folded word holds a line break, so a match never begins or ends inside a word.
    return "\n".join(("", *words, ""))


# By the SHA-256 of the text.
_WORDS_BY_SHA256: WeakValueDictionary[str, DocumentWords] = WeakValueDictionary()


def load_document_words(document: Document) -> DocumentWords:
    """Return the words of `document`, split now if no vocabulary holds them."""
    entry = _WORDS_BY_SHA256.get(document.sha256)
    if entry is None:
        entry = _WORDS_BY_SHA256[document.sha256] = split_document(document.text)
    return entry


@contextmanager
def keep_document_words(documents: Sequence[Document], cache: CacheFolder, rules: str) -> Iterator[None]:
    """Have the words of `documents` at hand within this context, from `cache` as far as it keeps them.

    What it does not keep by the end is written to it. `rules` tell one way of splitting from another.
    """
    entries = {document.sha256: _restore_words(document, cache, rules) for document in documents}
    yield
    for document in documents:
        if entries[document.sha256] is None:
            cache.write(document.id, _build_key(document, rules), load_document_words(document).to_json())
    cache.keep_only({document.id for document in documents})


def _restore_words(document: Document, cache: CacheFolder, rules: str) -> DocumentWords | None:
    """Return the words kept of a document, in memory or on disk; None where they are not, or not whole."""
    entry = _WORDS_BY_SHA256.get(document.sha256)
    content = cache.read(document.id, _build_key(document, rules)) if entry is None else None
    if content is None:
        return entry
    try:
        entry = _WORDS_BY_SHA256[document.sha256] = DocumentWords.from_json(content)
    except (KeyError, TypeError):
        return None
    return entry


def _build_key(document: Document, rules: str) -> str:
    return f"{document.sha256} {rules} {_compute_rules_digest()}"


@cache
def _compute_rules_digest() -> str:
    """Compute a SHA-256 over this module, which says how words are written."""
    return sha256(Path(__file__).read_bytes()).hexdigest()
