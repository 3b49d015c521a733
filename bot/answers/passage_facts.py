"""What is found of a document and its passages once, when a corpus is stored with its index."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from bot.answers import document_words, quote_lookup, quoting
from bot.answers.document_words import DocumentWords, find_stop_compounds, load_document_words
from bot.answers.quote_lookup import list_quotes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.analysis import Analyser
    from bot.answers.question_language import Phrase
    from bot.answers.quoting import QuoteLengths
    from bot.model import Document, Passage


# What decides how words, compounds and quotes are found.
_MODULES = (document_words, quote_lookup, quoting)


@cache
def compute_facts_digest() -> str:
    """Compute a SHA-256 over the code that finds them."""
    code = (Path(str(module.__file__)).read_bytes() for module in _MODULES)
    return hashlib.sha256(b"".join(code)).hexdigest()


class PassageFacts:
    """Finds what the parts of this room ask of passages that are not in memory."""

    def __init__(self, analyser: Analyser, lengths: QuoteLengths) -> None:
        self._stop_words = analyser.stop_words
        self._lengths = lengths

    def split_words(self, document: Document) -> DocumentWords:
        """Return the words of a document, as questions are compared with them."""
        return load_document_words(document)

    def list_words(self, document: Document) -> str:
        """Return the same in their order, with blanks between them."""
        return load_document_words(document).to_line()

    def find_small_compounds(self, passage: Passage) -> Iterator[Phrase]:
        """Return the hyphenated words of which every part is a stop word."""
        return find_stop_compounds(passage, self._stop_words)

    def list_quote_ids(self, passage: Passage) -> list[str]:
        """Return the ids of all quotes of a passage, each once."""
        return list(dict.fromkeys(quote.id for quote in list_quotes(passage, self._lengths)))
