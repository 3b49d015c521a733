"""What visitors type, judged: is each reply useful, or rightly silent?

    python -m tests.benchmarks.visits tests/relevance/visits.jsonl [QUESTIONS.jsonl]

A line is JSON: `corpus`, `question`, what was asked before it (`after`), and what a useful reply
does (`expects`). With a second file a line names its question by number (`line`).
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from bot import bootstrap, settings
from bot.model import Quote, Side
from bot.replies.catalogue import say
from bot.replies.reply import Reply
from bot.service import Service
from bot.surfaces.terminal import Conversation

ROOT = Path(__file__).parents[2]
# The bundled debates, and those of tests/relevance.
FOLDERS = (ROOT / "corpus", ROOT / "tests/relevance")


@dataclass(frozen=True)
class Visit:
    """A question, what came before it, and what a useful reply does."""

    corpus: str
    question: str
    expects: dict[str, Any]
    after: tuple[str, ...] = ()


@dataclass(frozen=True)
class Exchange:
    """The reply to a visit, its quotes, and the ids of those shown before it."""

    reply: Reply
    quotes: tuple[Quote, ...]
    shown_before: frozenset[str]

    @property
    def text(self) -> str:
        return "\n".join(piece.text for block in self.reply.blocks for piece in block)

    def meets(self, expectation: str, value: Any) -> bool:
        return bool(getattr(self, f"_{expectation}")(value))

    def _card(self, kind: str) -> bool:
        return getattr(self.reply, "card", None) in kind.split("_or_")

    def _says(self, words: str) -> bool:
        return words.casefold() in self.text.casefold()

    def _shows(self, words: str) -> bool:
        return any(words in quote.text for quote in self.quotes)

    def _first_voice(self, name: str) -> bool:
        """By that voice, or by somebody who speaks for that body."""
        voice = self.quotes[0].passage.voice if self.quotes else None
        return voice is not None and name in (voice.name, voice.organisation)

    def _first_side(self, side: str) -> bool:
        return bool(self.quotes) and self.quotes[0].passage.side is Side(side)

    def _both_sides(self, _: object) -> bool:
        return {Side.FOR, Side.AGAINST} <= {quote.passage.side for quote in self.quotes}

    def _not_repeated(self, _: object) -> bool:
        """Neither the same quotes again, nor a bare refusal."""
        new = {quote.id for quote in self.quotes} - self.shown_before
        return bool(new) if self.quotes else say("no_match") not in self.text

    def _courteous(self, _: object) -> bool:
        return not self.quotes and say("no_match") not in self.text

    def _silent(self, _: object) -> bool:
        return not self.quotes


def load_visits(path: Path, questions: Path | None = None) -> list[Visit]:
    """Return the visits of `path`; the n-th question of `questions` is that of `line` n."""
    asked = [row["question"] for row in _rows(questions)] if questions else []
    return [
        Visit(
            row["corpus"],
            row["question"] if "question" in row else _strip_place(asked[row["line"] - 1]),
            row["expects"],
            tuple(row.get("after", ())),
        )
        for row in _rows(path)
    ]


def run_visit(visit: Visit) -> Exchange:
    """Ask what came before, then the question, in one conversation."""
    return asyncio.run(_converse(visit, load_service(visit.corpus)))


def is_useful(visit: Visit) -> bool:
    exchange = run_visit(visit)
    return all(exchange.meets(name, value) for name, value in visit.expects.items())


async def _converse(visit: Visit, service: Service) -> Exchange:
    conversation = Conversation(service)
    shown: set[str] = set()
    for line in visit.after:
        shown |= set((await conversation.respond(line)).answer_ref.quote_ids)
    reply = await conversation.respond(visit.question)
    quotes = (service.find_quote(quote_id) for quote_id in reply.answer_ref.quote_ids)
    return Exchange(reply, tuple(quote for quote in quotes if quote), frozenset(shown))


@cache
def load_service(corpus: str) -> Service:
    folder = next(folder for folder in FOLDERS if (folder / corpus).is_dir())
    config = settings.Settings(corpus=corpus, corpora_folder=folder)
    return asyncio.run(bootstrap.build_service(config))


def _strip_place(question: str) -> str:
    """Return what was typed: "[group reply]" before it and "(after ...)" behind say only when."""
    return question.partition("] ")[2] or question.partition(" (after")[0]


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    return map(json.loads, path.read_text("utf-8").splitlines())


def main(arguments: Sequence[str]) -> None:
    visits = load_visits(*map(Path, arguments))
    useful = 0
    for visit in visits:
        if is_useful(visit):
            useful += 1
        else:
            print(f"not useful: {visit.question!r} after {list(visit.after)}: {visit.expects}")
    print(f"{useful} of {len(visits)} useful or rightly silent ({useful / len(visits):.0%})")


if __name__ == "__main__":
    main(sys.argv[1:])
