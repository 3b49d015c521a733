"""What `check` prints: each error, then one warning for each voice or kind of thing, most quotes first.

A corpus of a thousand files has as many warnings of a kind as it has files; the first of a kind stands for all.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from bot.corpus.lint import Level
from bot.corpus.lint.checks import UNLISTED_REMEDY
from bot.errors import find_program_name
from bot.model import Kind
from bot.text import normalise_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.corpus.lint import CheckResult, Finding

# As many as fit on a screen beside what else is to be said; `voices --draft` has them all.
MOST_VOICES = 20
# An excerpt may hold apostrophes, so it goes from the first mark to the last.
_VARYING = re.compile(r"'.*'|\d[\d,.:-]*")
_QUOTED = re.compile(r"'(.*)' is not in")


def describe_findings(result: CheckResult, *, is_verbose: bool = False) -> Iterator[str]:
    """Yield the findings of a check, one line each, those of a kind together unless all are asked for."""
    if is_verbose:
        yield from map(str, result.findings)
        return
    yield from (str(finding) for finding in result.findings if finding.level is Level.ERROR)
    warnings = [finding for finding in result.findings if finding.level is not Level.ERROR]
    unlisted = [finding for finding in warnings if finding.remedy == UNLISTED_REMEDY]
    yield from _group_by_kind([finding for finding in warnings if finding.remedy != UNLISTED_REMEDY])
    yield from _group_by_voice(unlisted, _count_quotes(result))


def _group_by_kind(warnings: Sequence[Finding]) -> Iterator[str]:
    """Yield the first warning of each kind, and how many more there are; the most frequent kind first."""
    kinds: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in warnings:
        kind = (_VARYING.sub("…", finding.fact).partition(" ")[0], _VARYING.sub("…", finding.remedy))
        kinds[kind].append(finding)
    for findings in sorted(kinds.values(), key=lambda findings: -len(findings)):
        yield f"{findings[0]}{_count_others(findings)}"


def _count_others(findings: Sequence[Finding]) -> str:
    if len(findings) == 1:
        return ""
    files = len({finding.file for finding in findings})
    return f" (and {len(findings) - 1:,} more of this kind in {files:,} file{'s' * (files > 1)})"


def _group_by_voice(warnings: Sequence[Finding], counts: Counter[str]) -> Iterator[str]:
    """Yield one warning for each voice that is not listed, most quoted first, as far as they can be taken in."""
    voices: dict[str, list[Finding]] = defaultdict(list)
    for finding in warnings:
        match = _QUOTED.match(finding.fact)
        voices[normalise_name(match[1]) if match else finding.fact].append(finding)
    ordered = sorted(voices, key=lambda name: (-counts[name], name))
    for name in ordered[:MOST_VOICES]:
        quotes = counts[name]
        yield f"{voices[name][0]} ({quotes:,} quote{'s' * (quotes != 1)}, {len(voices[name]):,} of the files)"
    if rest := ordered[MOST_VOICES:]:
        quotes = sum(counts[name] for name in rest)
        remedy = f"draft them with: {find_program_name()} voices --draft"
        yield f"{len(rest):,} more voices are not listed ({quotes:,} quotes); {remedy}"


def _count_quotes(result: CheckResult) -> Counter[str]:
    """Count the quotes of each voice by the name it is compared by."""
    passages = result.corpus.passages if result.corpus else ()
    return Counter(
        normalise_name(passage.voice.name)
        for passage in passages
        if passage.voice and passage.kind is not Kind.NARRATION
    )
