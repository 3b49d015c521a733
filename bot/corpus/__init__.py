"""Folders to corpora: manifest, documents, sides, withheld names; and the lint of a corpus."""

from __future__ import annotations

from bot.corpus.difference import Difference, compare_corpora
from bot.corpus.reader import BrokenDocumentsError, LoadedCorpus, load_corpus, load_incrementally

__all__ = ["BrokenDocumentsError", "Difference", "LoadedCorpus", "compare_corpora", "load_corpus", "load_incrementally"]
