"""Folders to corpora: manifest, documents, sides, and what is wrong with them."""

from __future__ import annotations

from bot.corpora.check import Checked, Finding, Level, check, checked
from bot.corpora.difference import Difference, difference
from bot.corpora.load import BrokenError, Reading, load, read

__all__ = [
    "BrokenError",
    "Checked",
    "Difference",
    "Finding",
    "Level",
    "Reading",
    "check",
    "checked",
    "difference",
    "load",
    "read",
]
