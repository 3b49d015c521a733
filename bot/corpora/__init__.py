"""Folders to corpora: manifest, documents, sides, and what is wrong with them."""

from __future__ import annotations

from bot.corpora.check import Finding, Level, check
from bot.corpora.difference import Difference, difference
from bot.corpora.load import load

__all__ = ["Difference", "Finding", "Level", "check", "difference", "load"]
