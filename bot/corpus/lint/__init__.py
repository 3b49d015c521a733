"""Corpus lint: errors block serving, warnings lower quality."""

from __future__ import annotations

from bot.corpus.lint.checks import CheckResult, Finding, Level, check_corpus

__all__ = ["CheckResult", "Finding", "Level", "check_corpus"]
