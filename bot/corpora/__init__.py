"""Folders to corpora: manifest, documents, sides, and what is wrong with them."""

from __future__ import annotations

from bot.corpora.check import CheckResult, Finding, Level, check_corpus, list_findings
from bot.corpora.difference import Difference, compare_corpora
from bot.corpora.load import BrokenDocumentsError, LoadedCorpus, load_corpus, load_incrementally

__all__ = [
    "BrokenDocumentsError",
    "CheckResult",
    "Difference",
    "Finding",
    "Level",
    "LoadedCorpus",
    "check_corpus",
    "compare_corpora",
    "list_findings",
    "load_corpus",
    "load_incrementally",
]
