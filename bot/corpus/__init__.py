"""Folders to corpora: manifest, documents, sides, and corpus lint."""

from __future__ import annotations

from bot.corpus.difference import Difference, compare_corpora
from bot.corpus.lint.checks import CheckResult, Finding, Level, check_corpus, list_findings
from bot.corpus.reader import BrokenDocumentsError, LoadedCorpus, load_corpus, load_incrementally

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
