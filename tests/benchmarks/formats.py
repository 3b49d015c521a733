"""What reading keeps of real records and documents, and what it costs.

    python tests/benchmarks/formats.py PATH [--json]

PATH holds folders: `hansard` with TheyWorkForYou's XML, `documents` with
`made.pdf`, `made.docx` and `made.json` that says what they were made of, and
`parlamint` and `akomantoso`. What is missing is passed over. Hansard's XML is
read a second time, by another parser, and each speech compared: `exact` by all
the rules of the formats' room, `plain` by the rule for white space alone, and
`windows` are those that the rule for Windows-1252 characters tells apart. `turns` says of Hansard's paragraphs
whose passages they are, and how many passages and quotes begin or end inside a sentence. `whole_mb`
and `peak_mb` of the answers are the most that the process ever held.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import sys
from bisect import bisect_left
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

sys.path.insert(0, str(Path(__file__).parents[2]))

from collections.abc import Iterator, Sequence
from xml.etree.ElementTree import Element

from bot import formats
from bot.analysis import Analyser
from bot.answers.quoting import QuoteLengths, find_fitting_runs
from bot.attribution import extract_passages
from bot.errors import SkippedError
from bot.formats.canonical import PARAGRAPH_BREAK
from bot.languages import load_language
from bot.model import Document, Passage, Span
from bot.search.bm25 import engine
from bot.text import normalise_line, split_paragraphs
from tests.benchmarks import corpora, measuring

if TYPE_CHECKING:
    from tests.benchmarks.measuring import Row

PARTS = ("skipped", "records", "turns", "blocks", "cost", "answers")

_CONTROLS = re.compile("[\u0080-\u009f]")
_SPEECHES = {"speech", "ques", "reply"}
# What parliaments abbreviate in the middle of a sentence, written down apart from the bot's own lists.
_ABBREVIATION = re.compile(r"\b(?:hon|[Rr]t|[Mm]essrs|Mrs?|Ms|Dr|Maj|Gen|Col|Brig|Adm)\.\s*$")
_ABBREVIATION_BEFORE_FIGURES = re.compile(r"\b(?:No|cl|vol|paras?|art|ss?|p)\.\s*$")
_LOOKBEHIND = 12
_RECORD_WORDS = re.compile(r"rose|indicated|Question|[Aa]mendment|Clause|Bill|Ordered|divided|That |[A-Z][\w-]+!")
_HEADINGS = {"oral-heading", "major-heading", "minor-heading"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path, metavar="PATH")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--only", choices=PARTS, help="in this process")
    given = parser.parse_args()
    if given.only:
        print(json.dumps({"rows": globals()[given.only](given.path)}))
        return
    for part in PARTS:
        rows = measuring.child(__file__, str(given.path), "--only", part)["rows"]
        if rows:
            shown = map(json.dumps, rows) if given.json else [measuring.table(rows, list(rows[0]))]
            print(*shown, sep="\n", end="\n\n", flush=True)


def skipped(path: Path) -> list[Row]:
    """Return a row for each file that is rightly passed over."""
    passed, _ = _read(sorted((path / "hansard").glob("*.xml")))
    return [{"skipped": Path(error.place).name, "because": error.fact} for error in passed]


def records(path: Path) -> list[Row]:
    """Return a row for each folder of XML."""
    rows = []
    for folder in ("hansard", "parlamint", "akomantoso"):
        files = sorted((path / folder).glob("*.xml"))
        passed, documents = _read(files)
        row: Row = {
            "folder": folder,
            "files": len(files),
            "read": len(documents),
            "skipped": len(passed),
            "turns": sum(len(document.turns) for _, document in documents),
        }
        if folder == "hansard":
            row |= _compared(documents)
        rows += [row] if files else []
    return rows


def turns(path: Path) -> list[Row]:
    """Return, for each folder of XML, whose passages the paragraphs of its turns are.

    `own` is in a passage of its speaker from the first word to the last, `set_apart` by the record and `in_marks` by
    quotation marks are nobody's, `record` is the record's own line and in no passage. `lost` is none of these, `wrong`
    is set apart and yet somebody's. `cut` passages begin or end inside a sentence of a paragraph, and `cut_quotes` are
    the quotes of a speaker that do, or that begin or end inside the words of somebody else.
    """
    english, rows = load_language("english"), []
    for folder in ("hansard", "parlamint", "akomantoso", "twfy"):
        _, documents = _read(sorted((path / folder).glob("*.xml")))
        names = ("paragraphs", "own", "set_apart", "in_marks", "record", "lost", "wrong", "passages", "cut", "quotes")
        row: Row = {"folder": folder, **dict.fromkeys((*names, "cut_quotes"), 0)}
        for _, document in documents:
            passages = extract_passages(document, language=english)
            for kind in _judge_paragraphs(document, passages):
                row["paragraphs"] += 1
                row[kind] += 1
            for name, count in _count_cuts(document, passages).items():
                row[name] += count
        rows += [row] if documents else []
    return rows


def _judge_paragraphs(document: Document, passages: Sequence[Passage]) -> Iterator[str]:
    own = {passage.span for passage in passages if passage.voice}
    quoted = {passage.frame for passage in passages if passage.voice is None}
    for turn in document.turns:
        for paragraph in split_paragraphs(document.text[: turn.span.end]):
            if paragraph.start < turn.span.start:
                continue
            is_own = paragraph in own
            if paragraph in turn.set_apart:
                yield "wrong" if is_own else "set_apart"
            elif is_own:
                yield "own"
            else:
                yield "in_marks" if paragraph in quoted else _judge_unquoted(document.text[slice(*paragraph)])


def _judge_unquoted(line: str) -> str:
    """Return whether a line without a passage has the words of a record's own line."""
    return "record" if _RECORD_WORDS.search(line) else "lost"


def _count_cuts(document: Document, passages: Sequence[Passage]) -> dict[str, int]:
    text, counts = document.text, {"passages": len(passages), "cut": 0, "quotes": 0, "cut_quotes": 0}
    for passage in passages:
        counts["cut"] += _is_cut(text, passage.frame, passage)
        if passage.voice:
            runs = find_fitting_runs(passage, QuoteLengths())
            counts["quotes"] += len(runs)
            counts["cut_quotes"] += sum(_is_cut(text, run, passage) for run in runs)
    return counts


def _is_cut(text: str, span: Span, passage: Passage) -> bool:
    """Return whether `span` begins behind, or ends at, an abbreviation, or within words that the speaker quotes."""
    is_inside = any(a < edge < b for a, b in passage.unbroken for edge in span) and span != passage.frame
    return is_inside or any(_is_abbreviated(text, edge) for edge in span)


def _is_abbreviated(text: str, edge: int) -> bool:
    """Return whether an abbreviation, and no sentence, ends before `edge`, in the midst of a paragraph."""
    before, after = text[max(0, edge - _LOOKBEHIND) : edge], text[edge : edge + 2].lstrip(" ")
    if not after or after.startswith("\n"):
        return False
    return bool(_ABBREVIATION.search(before) or (after[0].isdigit() and _ABBREVIATION_BEFORE_FIGURES.search(before)))


def blocks(path: Path) -> list[Row]:
    """Return a row for each made document: how many of its blocks came back as they were."""
    folder = path / "documents"
    made = folder / "made.json"
    known: dict[str, Any] = json.loads(made.read_bytes()) if made.exists() else {}
    rows = []
    for kind in ("pdf", "docx"):
        if kind in known:
            report, cost = measuring.built(partial(formats.parse, folder / f"made.{kind}"))
            found = report.document.text.split(PARAGRAPH_BREAK)
            pairs = zip(found, map(normalise_line, known[kind]), strict=False)
            rows.append(
                {
                    "document": f"made.{kind}",
                    "blocks": len(known[kind]),
                    "found": len(found),
                    "exact": sum(ours == theirs for ours, theirs in pairs),
                    "share": report.kept_share,
                    "left_out": len(report.left_out),
                    "seconds": cost.seconds,
                    "peak_mb": cost.peak_mb,
                }
            )
    return rows


def cost(path: Path) -> list[Row]:
    """Return what it takes to read all of Hansard, find its passages, and index them."""
    files = sorted((path / "hansard").glob("*.xml"))
    if not files:
        return []
    analyser, english = Analyser("english"), load_language("english")
    documents, reading = measuring.built(lambda: [one for _, one in _read(files)[1]])
    found, voicing = measuring.built(lambda: [p for one in documents for p in extract_passages(one, language=english)])
    _, indexing = measuring.built(lambda: engine.build(found, analyser, engine.Bm25Options()))
    steps = {"read": reading, "passages": voicing, "index": indexing}
    return [
        {
            "step": step,
            "made": {"read": len(documents), "passages": len(found)}.get(step, ""),
            "seconds": round(spent.seconds, 2),
            "peak_mb": round(spent.peak_mb, 1),
            "resident_mb": round(spent.resident_mb, 1),
            "whole_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        }
        for step, spent in steps.items()
    ]


def answers(path: Path) -> list[Row]:
    """Return what it takes from Hansard's files to answers, and again with one file changed."""
    return corpora.answers(path / "hansard") if (path / "hansard").is_dir() else []


def _read(files: list[Path]) -> tuple[list[SkippedError], list[tuple[Path, Document]]]:
    passed, documents = [], []
    for file in files:
        try:
            documents.append((file, formats.read(file)))
        except SkippedError as error:
            passed.append(error)
    return passed, documents


def _compared(documents: list[tuple[Path, Document]]) -> Row:
    """Return how many speeches there are, and how many came through whole and in their voice."""
    names = ("labelled", "exact", "plain", "windows", "silent", "in_voice")
    counts = {"speeches": 0, **dict.fromkeys(names, 0)}
    for file, document in documents:
        for told in _speeches(document, ET.parse(file).getroot()):
            counts["speeches"] += 1
            for key, holds in told.items():
                counts[key] += holds
    return counts


def _speeches(document: Document, root: Element) -> Iterator[dict[str, bool]]:
    """Yield, for each speech with a speaker, what of it is found in the document, in order.

    `exact` compares by the rules of the formats' room, `plain` by the rule for
    white space alone; `silent` are speeches of which nothing was said aloud.
    """
    starts = [turn.span.start for turn in document.turns]
    at = 0
    for one in root:
        if one.tag not in _SPEECHES | _HEADINGS or (one.tag in _HEADINGS and not _joined(one)):
            continue
        name = one.get("speakername")
        label = document.text[at:].partition(PARAGRAPH_BREAK)[0] if name else ""
        if name:
            at += len(label + PARAGRAPH_BREAK)
        joined = normalise_line(_joined(one))
        end = _end(document.text, at, len(joined))
        stretch = document.text[at:end].replace(PARAGRAPH_BREAK, " ")
        plain = stretch.split() == _joined(one).split()
        if name:
            turns = document.turns[bisect_left(starts, at) : bisect_left(starts, end)]
            yield {
                "labelled": normalise_line(name) in label,
                "exact": stretch == joined,
                "plain": plain,
                "windows": not plain and bool(_CONTROLS.search(_joined(one))),
                "silent": not turns,
                "in_voice": all(turn.voice.name == normalise_line(name) for turn in turns),
            }
        at = end + len(PARAGRAPH_BREAK) if joined else at


def _joined(one: Element) -> str:
    return "".join(one.itertext())


def _end(text: str, at: int, length: int) -> int:
    """Return where `length` characters from `at` end, an empty line counting as a blank."""
    end = at
    while length > 0:
        step = len(PARAGRAPH_BREAK) if text.startswith(PARAGRAPH_BREAK, end) else 1
        end += step
        length -= 1
    return end


if __name__ == "__main__":
    main()
