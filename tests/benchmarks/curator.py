"""What a curator types, reads and waits for: from `new` to a served corpus on a folder of a parliament's files.

    python tests/benchmarks/curator.py FOLDER            the files of a parliament
    python tests/benchmarks/curator.py --articles 1000   articles made from the bundled tram's

Each command runs as a curator runs it. The lines to write by hand are those of the divisions and parties that the
draft proposes, as many as give most quotes a side; the draft itself goes into the manifest, so it is not read.
"""

from __future__ import annotations

import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bot.corpus import load_corpus
from bot.corpus.sides import build_side_rules, collect_divisions
from bot.model import Kind, ReadDivision, Side, VoteAnswer

ROOT = Path(__file__).parents[2]
ENOUGH = 0.8
TRAM = ROOT / "corpus/tram"


class Curator:
    """Runs commands, and counts them, the lines they print and how long they take."""

    def __init__(self, folder: Path) -> None:
        self.environment = os.environ | {"BOT_CORPORA_FOLDER": str(folder), "BOT_CORPUS": "debate"}
        self.commands = self.lines = 0
        self.seconds: dict[str, float] = {}
        self.processor_seconds: dict[str, float] = {}

    def run(self, *arguments: str, is_read: bool = True) -> str:
        began, used = time.monotonic(), children_seconds()
        done = subprocess.run(
            [sys.executable, "-m", "bot", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        self.seconds[arguments[0]] = self.seconds.get(arguments[0], 0) + time.monotonic() - began
        self.processor_seconds[arguments[0]] = children_seconds() - used
        self.commands += 1
        self.lines += len(done.stdout.splitlines()) * is_read + len(done.stderr.splitlines())
        return done.stdout


def children_seconds() -> float:
    """Return the processor's seconds of all commands so far: on a busy machine these are the figure to compare."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def choose_divisions(folder: Path) -> tuple[list[str], int, float]:
    """Choose divisions, those of most quotes first, until most quotes by recorded voters have a side."""
    corpus = load_corpus(folder)
    divisions = collect_divisions(corpus.documents)
    spoken = [each for each in corpus.passages if each.voice and each.kind is not Kind.NARRATION]
    rules = {
        name: build_side_rules((), [ReadDivision(name, VoteAnswer.AYE)], {name: division})
        for name, division in divisions.items()
    }
    voters = {
        division_id: {
            each.voice
            for each in spoken
            if each.voice and rules[division_id].find_ballots(each.voice, is_recorded=bool(each.document.turns))
        }
        for division_id in divisions
    }
    quotes = {voice: sum(each.voice == voice for each in spoken) for voice in set().union(*voters.values())}
    total = sum(quotes.values())
    chosen: list[str] = []
    pending = set(quotes)
    while pending and sum(quotes[voice] for voice in pending) > (1 - ENOUGH) * total:
        best = max(divisions, key=lambda name: sum(quotes[voice] for voice in voters[name] & pending))
        if not voters[best] & pending:
            break
        chosen.append(best)
        pending -= voters[best]
    return chosen, total, 1 - sum(quotes[voice] for voice in pending) / max(total, 1)


def main(arguments: list[str]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        curator = Curator(folder)
        corpus = folder / "debate"
        curator.run("new", "debate", "--title", "A debate", "--motion", "It should be so")
        if arguments[0] == "--articles":
            source = make_articles(folder / "articles", int(arguments[1]))
            question = "what about the tram?"
        else:
            source, question = Path(arguments[0]), "child poverty"
        curator.run("add", str(source))
        if arguments[0] != "--articles":
            draft = curator.run("voices", "--draft", is_read=False)
            chosen, total, share = choose_divisions(corpus)
            by_hand = [line for each in chosen for line in ("[[divisions]]", f'id = "{each}"', 'for = "aye"')]
            with (corpus / "corpus.toml").open("a", encoding="utf-8") as manifest:
                manifest.write("\n" + "\n".join(by_hand) + "\n")
                manifest.write(re.sub(r"(?s)^.*?(?=\n\[\[voices)", "", draft))
            print(f"{len(by_hand):6} lines by hand: {len(chosen)} divisions, {share:.0%} of {total} quotes by voters")
            curator.run("check", "debate")
        curator.run("ask", question)
        if arguments[0] != "--articles":
            sided = [each for each in load_corpus(corpus).passages if each.side is not Side.NEITHER]
            print(f"{len(sided):6} quotes with a side")
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(f"{curator.commands:6} commands, {curator.lines} lines printed, peak {peak:.0f} MiB")
        print("seconds: " + ", ".join(f"{name} {seconds:.1f}" for name, seconds in curator.seconds.items()))
        for kind, seconds in (("wall", curator.seconds), ("processor", curator.processor_seconds)):
            print(f"{seconds['add'] + seconds['ask']:6.1f} s ({kind}) to add, index and answer first")


def make_articles(folder: Path, count: int) -> Path:
    """Make articles of the tram's paragraphs, each with a number of its own in every sentence."""
    folder.mkdir()
    text = next(path for path in sorted(TRAM.glob("*.txt"))).read_text("utf-8").split("+++\n", 2)[2]
    for number in range(count):
        header = f'+++\ntitle = "Tram {number}"\npublisher = "The Gazette"\ndate = "2024-05-01"\n+++\n'
        words = re.sub(r"\btram\b", f"tram {number}", text)
        (folder / f"tram-{number:04}.txt").write_text(header + words, "utf-8")
    return folder


if __name__ == "__main__":
    main(sys.argv[1:])
