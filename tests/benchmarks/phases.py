"""What an ordinary answer on a bundled debate costs, question to HTML, and which part of the way costs how much of it.

    python tests/benchmarks/phases.py [--rounds 20] [--json]

Asks the facial recognition debate all its judged questions, once to warm up and then in `--rounds` rounds. CPU time of
the process; of each question the median of the rounds, of the questions the median and the mean. The shares are of a
further run in which the calls that a part begins with are timed, each without the parts called within it.
"""

from __future__ import annotations

import argparse
import asyncio
import functools
import json
import sys
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))

from collections.abc import Callable, Sequence

from bot import bootstrap
from bot.answers.answer_builder import AnswerBuilder
from bot.answers.question_parser import QuestionParser
from bot.answers.ranking import Ranker
from bot.replies import html
from bot.replies.reply import Command
from bot.search.bm25.engine import Bm25Index
from bot.service import Service, commands, question_service
from bot.settings import Settings
from tests.benchmarks import measuring

JUDGED = Path(__file__).parents[1] / "relevance"
FILES = ("facial-recognition.jsonl", "further.jsonl")
TELEGRAM_LIMIT = 4096
# Where each part begins; what none of them does is the service's.
PARTS: tuple[tuple[str, Any, str], ...] = (
    ("parsing", QuestionParser, "parse"),
    ("parsing", QuestionParser, "parse_speaker_question"),
    ("search", Bm25Index, "search"),
    ("ranking", Ranker, "rank"),
    ("choosing", AnswerBuilder, "build"),
    ("reply", question_service, "find_actions"),
    ("reply", question_service, "render_answer"),
    ("html", html, "render_messages"),
)


class PartTimes:
    """CPU seconds of each part, without those of the parts that it calls."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self._running: list[str] = []
        self._since = time.process_time()

    def switch(self, part: str | None) -> None:
        """Go on in `part`; None goes back to the one that called."""
        now = time.process_time()
        self.seconds[self._running[-1] if self._running else "service"] += now - self._since
        if part is None:
            self._running.pop()
        else:
            self._running.append(part)
        self._since = time.process_time()

    def reset(self) -> None:
        """Forget what was counted so far."""
        self.seconds.clear()
        self._since = time.process_time()

    def wrap(self, part: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return `function`, counted as `part`."""

        @functools.wraps(function)
        def call(*arguments: Any, **named: Any) -> Any:
            self.switch(part)
            try:
                return function(*arguments, **named)
            finally:
                self.switch(None)

        return call


async def ask(service: Service, question: str) -> float:
    """Return the CPU milliseconds of one reply."""
    start = time.process_time()
    reply = await commands.run_command(service, Command.parse(question))
    html.render_messages(reply, TELEGRAM_LIMIT, lambda quote_id: f"https://t.me/x?start=q_{quote_id}")
    return (time.process_time() - start) * 1000


async def measure(rounds: int) -> measuring.Row:
    """Return the row of the debate."""
    questions = [
        json.loads(line)["question"] for name in FILES for line in (JUDGED / name).read_text("utf-8").splitlines()
    ]
    service = await bootstrap.build_service(Settings())
    await service.warm()
    await ask_all(service, questions, 1)
    times = np.median(await ask_all(service, questions, rounds), axis=0)
    parts = PartTimes()
    for part, owner, name in PARTS:
        setattr(owner, name, parts.wrap(part, getattr(owner, name)))
    await ask_all(service, questions, 1)
    parts.reset()
    await ask_all(service, questions, rounds)
    parts.switch("service")
    total = sum(parts.seconds.values())
    shares = {part: round(seconds / total, 3) for part, seconds in parts.seconds.items()}
    figures = {"median_ms": np.median(times), "mean_ms": times.mean(), "worst_ms": times.max()}
    return {"questions": len(questions), **{name: round(float(value), 3) for name, value in figures.items()}, **shares}


async def ask_all(service: Service, questions: Sequence[str], rounds: int) -> list[list[float]]:
    """Return what each question cost in each round."""
    return [[await ask(service, question) for question in questions] for _ in range(rounds)]


def main() -> None:
    """Measure, and print a table or JSON."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    row = asyncio.run(measure(given.rounds))
    print(json.dumps(row) if given.json else measuring.table([row], list(row)))


if __name__ == "__main__":
    main()
