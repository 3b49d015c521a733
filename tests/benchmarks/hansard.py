"""Judged questions on a week of Parliament: how often the place that answers is shown.

    python tests/benchmarks/hansard.py PATH [--json]

PATH is a folder of TheyWorkForYou XML of 26 October to 3 November 2009, of which the questions of
hansard.jsonl were written. None of its words is kept here: a question names the document, the
characters and the SHA-256 of the text in which its answer stands. With `--json`, a line for each
question; without, the figures, beside those of an engine that counts shared words.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict

sys.path.insert(0, str(Path(__file__).parents[2]))

from collections.abc import Iterable, Iterator, Sequence

from bot.analysis import Analyser
from bot.answers.answer import Answer, Status
from bot.answers.answerer import Answerer
from bot.answers.quoting import drop_uncertain_voices
from bot.corpus import load_incrementally
from bot.model import Corpus, Quote
from bot.search.bm25 import engine as bm25
from bot.settings import Settings
from tests.benchmarks import counting, measuring

if TYPE_CHECKING:
    from tests.benchmarks.measuring import Row

QUESTIONS = Path(__file__).with_name("hansard.jsonl")
# Those who speak in most passages, but for the chair; a curator would list them by their surnames too.
VOICES = (
    "Steve Webb", "Lord Bach", "Andrew Selous", "Helen Goodman", "Huw Irranca-Davies", "Sally Keeble", "Graham Stuart",
    "Stephen Timms", "Richard Benyon", "John Denham", "Baroness Thornton", "David Kidney", "David Gauke",
    "Lord Myners", "Bill Rammell", "Bob Ainsworth", "Lord McKenzie of Luton", "Andrew George", "Bridget Prentice",
    "John Howell", "Ann McKechin", "Caroline Spelman", "Lord Tunnicliffe", "Ann Winterton", "Anne Main",
    "Martin Salter", "Angela Smith", "Liam Fox", "Karen Buck", "Austin Mitchell", "Crispin Blunt", "Alan Whitehead",
    "Julia Goldsworthy", "Paddy Tipping", "Mark Durkan", "Barbara Follett", "Lord Davies of Oldham",
    "Christopher Chope", "Lord Lloyd of Berwick", "David Drew",
)  # fmt: skip
MANIFEST = """\
title = "Proceedings, October 2009"
motion = "This House has considered the business before it"
language = "english"
curator = "a benchmark"
basis = "Open Parliament Licence"
"""


class Place(BaseModel):
    """Characters [start, end) of the document whose text has this SHA-256."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    document: str
    start: int
    end: int
    sha256: str

    def is_shown_by(self, quote: Quote) -> bool:
        """Return whether `quote` has words of this place."""
        is_same_text = quote.passage.document.sha256 == self.sha256
        return is_same_text and quote.span.start < self.end and self.start < quote.span.end


class PlacedQuestion(BaseModel):
    """A question, and the places of which any one answers it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    question: str
    kind: Literal["answerable", "unanswerable", "offtopic"]
    places: tuple[Place, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """A question answered; `rank` counts the quotes down to the first that answers it, None for none."""

    asked: PlacedQuestion
    answer: Answer

    @property
    def rank(self) -> int | None:
        quotes = enumerate((chosen.quote for chosen in self.answer.quotes), 1)
        return next((n for n, quote in quotes if any(p.is_shown_by(quote) for p in self.asked.places)), None)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("path", type=Path)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    corpus = read_corpus(given.path)
    questions = [PlacedQuestion.model_validate_json(line) for line in QUESTIONS.read_text("utf-8").splitlines()]
    refuse_other_texts(questions, corpus)
    if given.json:
        print(*map(to_json, ask(questions, corpus, bm25)), sep="\n")
        return
    rows = [{"engine": name, **figures(ask(questions, corpus, made))} for name, made in ENGINES.items()]
    print(measuring.table(rows, list(rows[0])))


ENGINES = {"bm25": bm25, "counting": counting}


def read_corpus(path: Path) -> Corpus:
    """Read a copy of the XML files of `path` with the 40 voices listed."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made) / "hansard"
        shutil.copytree(path, folder, ignore=lambda _, names: {n for n in names if n[-4:] != ".xml"})
        (folder / "corpus.toml").write_text(MANIFEST + "".join(map(_voice_entry, VOICES)), "utf-8")
        return drop_uncertain_voices(load_incrementally(folder, None, ()).corpus, Settings().answers.confidence)


def _voice_entry(name: str) -> str:
    is_peer = name.startswith(("Lord", "Baroness"))
    aliases = "" if is_peer else f"aliases = [{json.dumps(name.rsplit(maxsplit=1)[-1])}]\n"
    return f"\n[[voices]]\nname = {json.dumps(name)}\n{aliases}"


def refuse_other_texts(questions: Iterable[PlacedQuestion], corpus: Corpus) -> None:
    """Stop where a place is in none of the texts of `corpus`: it would count as not shown."""
    read = {document.sha256 for document in corpus.documents}
    others = {p.document for each in questions for p in each.places if p.sha256 not in read}
    if others:
        sys.exit(f"{', '.join(sorted(others))}: not the text the questions were written of; give the files named above")


def ask(questions: Sequence[PlacedQuestion], corpus: Corpus, engine: object) -> list[Outcome]:
    """Return the outcome of each question with the given engine, as shipped but for that."""
    analyser = Analyser(corpus.language)
    index = engine.build(corpus.passages, analyser, engine.Options())  # type: ignore[attr-defined]
    answerer = Answerer(corpus, index, analyser)
    return [Outcome(each, answerer.answer(each.question)) for each in questions]


def figures(outcomes: Sequence[Outcome]) -> Row:
    """Return the figures of all kinds, as shares of their questions."""
    counts = Counter(list_counts(outcomes))
    return {
        "shown": _share(counts, "answerable", "shown"),
        "first": _share(counts, "answerable", "first"),
        "plainly": _share(counts, "answerable", "plainly"),
        "unanswerable abstained": _share(counts, "unanswerable", Status.ABSTAINED),
        "unanswerable answered": counts["unanswerable", Status.ANSWERED],
        "off topic abstained": _share(counts, "offtopic", Status.ABSTAINED),
    }


def list_counts(outcomes: Iterable[Outcome]) -> Iterator[tuple[str, str]]:
    """Yield, for each outcome, its kind with everything that is counted of it."""
    for outcome in outcomes:
        kind, status = outcome.asked.kind, outcome.answer.status
        yield from ((kind, "all"), (kind, status))
        if outcome.rank:
            yield kind, "shown"
        if outcome.rank == 1:
            yield kind, "first"
        if outcome.rank and status is Status.ANSWERED:
            yield kind, "plainly"


def _share(counts: Counter[tuple[str, str]], kind: str, what: str) -> float:
    return round(counts[kind, what] / max(1, counts[kind, "all"]), 3)


def to_json(outcome: Outcome) -> str:
    asked, answer = outcome.asked, outcome.answer
    row = {"id": asked.id, "kind": asked.kind, "question": asked.question, "status": answer.status}
    return json.dumps(row | {"rank": outcome.rank, "unmatched": answer.unmatched}, ensure_ascii=False)


if __name__ == "__main__":
    main()
