"""Small inputs that were once read wrongly, asked again: how many of each kind are read rightly now.

    python -m tests.benchmarks.typed QUESTIONS.jsonl CORPORA

A line of the questions is JSON: `id`, `kind`, `surface`, `corpus` (a folder of CORPORA, or a bundled debate), `input`
and `expected`. It is right where the first quote has the words expected, or does what tests/relevance/typed_by_id.jsonl
expects of its id. What only Telegram can show is counted and not judged: its tests are in tests/telegram. Status 1
where one is wrong.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from bot import bootstrap, settings
from bot.answers.answer import Answer
from bot.service import Service
from bot.surfaces.terminal import Conversation

BUNDLED = Path(__file__).parents[2] / "corpus"
EXPECTATIONS = Path(__file__).parents[1] / "relevance/typed_by_id.jsonl"
# "group '@RecordBot ...'" is a mention, "chat: '/more ' + 5000 times '9'" a recipe.
_MENTION = re.compile(r"@\w+\s+")
_RECIPE = re.compile(r"'(?P<head>[^']*)' \+ (?P<times>\d+) times '(?P<part>[^']*)'")


@dataclass(frozen=True)
class Outcome:
    """An input answered, in a debate that can be asked again."""

    service: Service
    typed: str
    answer: Answer

    def meets(self, expectation: str, value: Any) -> bool:
        return bool(getattr(self, f"_{expectation}")(value))

    def _first_has(self, words: str) -> bool:
        return bool(self.answer.quotes) and words.casefold() in self.answer.quotes[0].quote.text.casefold()

    def _each_has(self, words: Sequence[str]) -> bool:
        return all(any(word in chosen.quote.text for word in words) for chosen in self.answer.quotes)

    def _least(self, count: int) -> bool:
        return len(self.answer.quotes) >= count

    def _no_caveat(self, _: object) -> bool:
        return bool(self.answer.quotes) and not any(chosen.has_caveat for chosen in self.answer.quotes)

    def _voices(self, names: Sequence[str]) -> bool:
        return list(self.answer.voices) == list(names)

    def _searched(self, word: str) -> bool:
        return word in self.answer.searched

    def _first_voice(self, name: str) -> bool:
        """By that voice, or by somebody who speaks for that body."""
        voice = self.answer.quotes[0].quote.passage.voice if self.answer.quotes else None
        return voice is not None and name in (voice.name, voice.organisation)

    def _told(self, word: str) -> bool:
        return word in self.answer.corrected

    def _not_asked(self, word: str) -> bool:
        return word not in (*self.answer.searched, *self.answer.unmatched)

    def _same_as(self, question: str) -> bool:
        """The same quotes; which side is first follows from the text."""
        shown, wanted = ({c.quote.id for c in each.quotes} for each in (self.answer, self.service.answer(question)))
        return bool(wanted) and shown == wanted

    def _replies(self, _: object) -> bool:
        """Something is said to it in the terminal, and nothing is raised."""
        return bool(asyncio.run(Conversation(self.service).respond(self.typed)).blocks)


def judge(row: dict[str, Any], corpora: Path) -> bool | None:
    """Return whether an input is read rightly; None where only another surface can tell."""
    folder = next((root / row["corpus"] for root in (corpora, BUNDLED) if (root / row["corpus"]).is_dir()), None)
    expects = load_expectations().get(row["id"])
    if folder is None or (row["surface"] != "terminal" and expects is None):
        return None
    service, typed = load_service(folder), read_input(row["input"])
    outcome = Outcome(service, typed, service.answer(typed))
    expects = expects or {"first_has": row["expected"]}
    return all(outcome.meets(name, value) for name, value in expects.items())


def read_input(text: str) -> str:
    """Return what was typed: without the mention of the bot, and a recipe carried out.

    >>> read_input("@RecordBot why?"), read_input("chat: 'a' + 3 times 'b'")
    ('why?', 'abbb')
    """
    if recipe := _RECIPE.search(text):
        return recipe["head"] + recipe["part"] * int(recipe["times"])
    return _MENTION.sub("", text, count=1)


@cache
def load_expectations() -> dict[str, dict[str, Any]]:
    return {row["id"]: row["expects"] for row in map(json.loads, EXPECTATIONS.read_text("utf-8").splitlines())}


@cache
def load_service(folder: Path) -> Service:
    config = settings.Settings(corpus=folder.name, corpora_folder=folder.parent)
    return asyncio.run(bootstrap.build_service(config))


def judge_all(rows: Sequence[dict[str, Any]], corpora: Path) -> Iterator[tuple[dict[str, Any], bool | None]]:
    for row in rows:
        yield row, judge(row, corpora)


def main(arguments: Sequence[str]) -> None:
    questions, corpora = map(Path, arguments)
    rows = [json.loads(line) for line in questions.read_text("utf-8").splitlines()]
    counts: Counter[tuple[str, bool | None]] = Counter()
    for row, is_right in judge_all(rows, corpora):
        counts[row["kind"], is_right] += 1
        if is_right is False:
            print(f"wrong: {row['id']} {row['input']!r}: {row['expected']}")
    for kind in dict.fromkeys(row["kind"] for row in rows):
        right, wrong, other = (counts[kind, is_right] for is_right in (True, False, None))
        print(f"{right} of {right + wrong} right, {other} of another surface: {kind}")
    total, wrong = sum(counts.values()), sum(count for (_, is_right), count in counts.items() if is_right is False)
    unjudged = sum(count for (_, is_right), count in counts.items() if is_right is None)
    print(f"{total - wrong - unjudged} of {total - unjudged} right, {unjudged} of another surface")
    sys.exit(int(wrong > 0))


if __name__ == "__main__":
    main(sys.argv[1:])
