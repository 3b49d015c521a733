"""Every message as Telegram would get it: to all judged questions, and to thousands made at random.

python -m tests.benchmarks.rendered [RANDOM] [SEED]

Asks each bundled debate and the invented one of `tests/relevance/` all judged questions and `RANDOM` (2,000) made of
its own words and of anything. Counts the replies that Telegram would refuse, among them those over its length, those
with a quote that is not its place in its source, and those with a line that is neither a message of the tables nor a
fact of the corpus; prints a few of each. Status 1 where there is any.
"""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from bot import bootstrap
from bot.replies.reply import Command, Reply, Style
from bot.service import Service
from bot.service.commands import run_command
from bot.settings import Settings
from tests.telegram.fake.refusal import Refusal
from tests.telegram.test_every_reply import check, make_random_questions
from tests.telegram.test_message_tables import CORPORA, find_strays, gather_facts, questions

FOLDERS = [*(Path("corpus", name) for name in CORPORA), Path("tests/relevance/stoves")]
MOST_PRINTED = 5


def find_faults(service: Service, question: str, reply: Reply) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a reply, by kind."""
    try:
        check(reply)
    except (AssertionError, ValueError, Refusal) as error:
        yield "refused", str(error)[:200]
    quotes = [piece.text for block in reply.blocks for piece in block if piece.style is Style.QUOTE]
    sources = [service.find_quote(quote_id) for quote_id in reply.answer_ref.quote_ids]
    if quotes != [quote and quote.passage.document.text[slice(*quote.span)] for quote in sources]:
        yield "not its source", f"{quotes}"[:80]
    for line in find_strays(reply, gather_facts(service.corpus, question)):
        yield "stray", line[:120]


async def measure(folder: Path, count: int, seed: int) -> int:
    """Ask one debate, print the figures, and return how many replies have a fault."""
    service = await bootstrap.build_service(Settings(corpus=folder.name, corpora_folder=folder.parent))
    asked = [*questions(service.corpus), *make_random_questions(service, count, seed)]
    faults: Counter[str] = Counter()
    faulty = 0
    for command in map(Command.parse, asked):
        question = command.text
        found = list(find_faults(service, question, await run_command(service, command)))
        faulty += bool(found)
        for kind, text in found:
            faults[kind] += 1
            if faults[kind] <= MOST_PRINTED:
                print(f"  {kind}: {text!r} to {question[:80]!r}")
    print(f"{folder.name}: {len(asked)} replies, {faulty} with a fault {dict(faults)}")
    return faulty


def main(arguments: Sequence[str]) -> int:
    """Measure every debate."""
    count, seed = [*map(int, arguments), 2_000, 2][:2] if len(arguments) != 1 else (int(arguments[0]), 2)
    faulty = sum(asyncio.run(measure(folder, count, seed)) for folder in FOLDERS)
    return int(faulty > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
