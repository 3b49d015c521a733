"""Small inputs that were once read wrongly, asked again: what each gets beside what it should.

    python -m tests.benchmarks.typed QUESTIONS.jsonl CORPORA

A line of the questions is JSON: `kind`, `surface`, `corpus` (a folder of CORPORA, or a bundled debate),
`input` and `expected`. Only what is typed in the terminal is asked; the rest is counted.
"""

from __future__ import annotations

import asyncio
import json
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from bot import bootstrap, settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.service import Service

BUNDLED = Path(__file__).parents[2] / "corpus"


@cache
def load_service(folder: Path) -> Service:
    config = settings.Settings(corpus=folder.name, corpora_folder=folder.parent)
    return asyncio.run(bootstrap.build_service(config))


def main(arguments: Sequence[str]) -> None:
    questions, corpora = map(Path, arguments)
    skipped = 0
    for row in map(json.loads, questions.read_text("utf-8").splitlines()):
        folders = [root / row["corpus"] for root in (corpora, BUNDLED) if (root / row["corpus"]).is_dir()]
        if row["surface"] != "terminal" or not folders:
            skipped += 1
            continue
        answer = load_service(folders[0]).answer(row["input"])
        shown = " | ".join(" ".join(chosen.quote.text.split())[:70] for chosen in answer.quotes)
        print(f"{row['kind']}: {row['input']}\n  should: {row['expected']}")
        print(f"  {answer.status}; searched {list(answer.searched)}, voices {list(answer.voices)}: {shown}")
    print(f"{skipped} are for another surface or corpus")


if __name__ == "__main__":
    main(sys.argv[1:])
