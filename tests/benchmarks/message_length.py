"""How long an answer is on a phone: visible characters of every answer to judged questions.

python tests/benchmarks/message_length.py [CORPUS_FOLDER QUESTIONS.jsonl]

Without arguments the bundled debate, with its judged questions. Prints median, 90th percentile and
longest of the answers that show a quote, in a private chat and in a group. Status 1 where a private
median is over 1,100 characters, or for the bundled debate over 650, or over 450 in a group.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))

from collections.abc import Sequence

from bot import bootstrap
from bot.answers.answer_builder import PageSize
from bot.replies.reply import Reply
from bot.service import Service
from bot.settings import Settings
from bot.surfaces.telegram.settings import TelegramOptions

BUNDLED = "facial-recognition"
TELEGRAM = TelegramOptions()
PRIVATE_PAGE = PageSize(characters=TELEGRAM.private_characters)
GROUP_PAGE = PageSize(TELEGRAM.group_quotes, TELEGRAM.group_characters)
MOST_PRIVATE, MOST_GROUP, MOST_OTHER_CORPUS = 650, 450, 1100


def count_visible(reply: Reply) -> int:
    """Return the characters of the text, as a reader sees it."""
    return len("\n\n".join("".join(piece.text for piece in block) for block in reply.blocks))


def has_quote(reply: Reply) -> bool:
    """Return whether any quote is shown."""
    return bool(reply.answer_ref.quote_ids)


async def measure(service: Service, questions: Sequence[str]) -> list[int]:
    """Return the length of each answer that shows a quote, shortest first."""
    replies = [await service.ask(question) for question in questions]
    return sorted(count_visible(reply) for reply in replies if has_quote(reply))


def describe(where: str, lengths: Sequence[int]) -> str:
    """Return the figures in a line."""
    tenth = lengths[len(lengths) * 9 // 10]
    return f"{where}: {len(lengths)} answers, median {statistics.median(lengths):.0f}, p90 {tenth}, max {lengths[-1]}"


async def run(arguments: Sequence[str]) -> int:
    """Measure, print, and return the status."""
    folder, file = (
        map(Path, arguments) if arguments else (Path("corpus") / BUNDLED, Path(f"tests/relevance/{BUNDLED}.jsonl"))
    )
    settings = Settings(corpus=folder.name, corpora_folder=folder.parent)
    service = await bootstrap.build_service(settings)
    questions = [json.loads(line)["question"] for line in file.read_text(encoding="utf-8").splitlines()]
    private = await measure(service.with_page_size(PRIVATE_PAGE), questions)
    group = await measure(service.with_page_size(GROUP_PAGE), questions)
    print(describe("private", private))
    print(describe("group", group))
    if arguments:
        return int(statistics.median(private) > MOST_OTHER_CORPUS)
    return int(statistics.median(private) > MOST_PRIVATE or statistics.median(group) > MOST_GROUP)


if __name__ == "__main__":
    sys.exit(asyncio.run(run(sys.argv[1:])))
