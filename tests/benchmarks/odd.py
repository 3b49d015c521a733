"""Ten thousand odd questions to a made-up debate of 10,000 passages: what the dearest of them cost.

    python tests/benchmarks/odd.py [--passages 10000] [--questions 10000] [--most 100]

CPU time from the typed line to the HTML of the reply. Status 1 where one takes more than `--most` ms.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from bot.analysis import Analyser
from bot.search import bm25
from tests.benchmarks import measuring, reply
from tests.odd_questions import iter_odd_questions


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--passages", type=int, default=10_000)
    parser.add_argument("--questions", type=int, default=10_000)
    parser.add_argument("--most", type=float, default=100.0, help="ms of CPU that one question may take")
    given = parser.parse_args()
    timed = asyncio.run(measure(given.passages, given.questions))
    times = np.array([milliseconds for milliseconds, _ in timed])
    row = {
        "questions": len(times),
        "median_ms": round(float(np.median(times)), 2),
        "p99_ms": round(float(np.percentile(times, 99)), 2),
        "worst_ms": round(float(times.max()), 2),
        f"over {given.most:g} ms": int((times > given.most).sum()),
    }
    print(measuring.table([row], list(row)))
    for milliseconds, question in sorted(timed, reverse=True)[:10]:
        print(f"{milliseconds:9.1f}  {len(question):6}  {question[:70]!a}")
    sys.exit(int(times.max() > given.most))


async def measure(size: int, count: int) -> list[tuple[float, str]]:
    """Return the CPU milliseconds of each question, with the question."""
    debate, analyser = reply.make_debate(size), Analyser("english")
    service = await reply.serve(debate.corpus, bm25.build(debate.corpus.passages, analyser, bm25.Options()), analyser)
    await service.warm()
    for question in debate.questions[: reply.WARM_UP]:
        await reply.ask(service, *question)
    words = debate.corpus.documents[0].text.split()
    return [
        (await reply.cpu_milliseconds(service, question, ""), question) for question in iter_odd_questions(words, count)
    ]


if __name__ == "__main__":
    main()
