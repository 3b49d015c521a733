"""Every division in a folder of records: how many are listed, how many are counted, and where the two differ.

python tests/benchmarks/divisions.py FOLDER...
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

from bot import formats
from bot.corpus.sides import collect_divisions, describe_shortfalls
from bot.errors import BotError
from bot.formats.divisions import read_answer
from bot.formats.record_fields import load_object


def main(folders: list[str]) -> None:
    totals: Counter[str] = Counter()
    documents = []
    for path in sorted(path for folder in folders for path in Path(folder).rglob("*") if path.is_file()):
        try:
            if path.suffix == ".xml":
                documents.append(formats.read(path))
            elif path.suffix == ".json" and (division := read_answer(load_object(path))):
                print(f"{path.name}: {division.id}, {len(division.ayes)} ayes, {len(division.noes)} noes")
                totals["divisions in answers"] += 1
        except BotError as error:
            totals[f"passed over: {error.fact}"] += 1
    for division in collect_divisions(documents).values():
        voters = division.ayes + division.noes
        totals["divisions"] += 1
        totals["voters"] += len(voters)
        totals["tellers"] += sum(voter.is_teller for voter in voters)
        totals["proxies"] += sum(voter.proxy is not None for voter in voters)
        totals["without a question"] += division.question is None
        differences = "; ".join(describe_shortfalls(division)) or "as counted"
        totals["as counted"] += differences == "as counted"
        print(f"{division.id}: {len(division.ayes)} ayes, {len(division.noes)} noes: {differences}")
    for name, count in totals.items():
        print(f"{count:6} {name}")


if __name__ == "__main__":
    main(sys.argv[1:])
