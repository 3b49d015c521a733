"""Who said it, on small made cases and on saved pages judged by hand.

    python tests/benchmarks/voice_cases.py CASES.jsonl [--all]
    python tests/benchmarks/voice_cases.py JUDGED.jsonl [--all]

A case is {set, text, quotes: [{text, speaker, kind, role?, organisation?}]}: a quotation
whose speaker is null is nobody's for certain. A judged quotation is {page, sha1, start, end, voice, role,
organisation, judged}: `page` is a saved page beside the file (packed or not), and the words are found again by
the first half of the SHA-1 of their text. `--all` prints each one that is not right.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import re
import sys
from collections import Counter, defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from collections.abc import Iterator, Sequence

from bot.attribution import extract_passages
from bot.formats import html
from bot.languages import load_language
from bot.model import Document, Kind, Passage
from bot.text import normalise_name

THRESHOLD = 0.7
OUTCOMES = ("right", "withheld", "not found", "wrong role", "WRONG")
Row = dict[str, Any]


def passages_of(text: str) -> list[Passage]:
    """Return the quoted passages of a text."""
    made = extract_passages(Document("case", text), language=load_language("english"))
    return [passage for passage in made if passage.kind in (Kind.DIRECT, Kind.FRAGMENT)]


def is_shown(passage: Passage) -> bool:
    """Return whether a passage is shown with its voice as certain."""
    return passage.voice is not None and passage.confidence >= THRESHOLD


def core(words: str) -> str:
    """Return the words without what may stand at either end of them."""
    return words.strip(" \n.,;:!?•\"'“”‘’`")


def judge_case(row: Row) -> Iterator[tuple[str, str]]:
    """Yield an outcome and its description for each quotation a case expects, and each it does not."""
    left = passages_of(row["text"])
    for quote in row["quotes"]:
        matches = [p for p in left if core(words_of(p)) == core(quote["text"])]
        near = matches or [p for p in left if core(quote["text"])[:12] in words_of(p)]
        left = [passage for passage in left if passage not in near]
        wrong = [p for p in near if is_shown(p) and not same(p, quote["speaker"])]
        if wrong:
            yield "WRONG", describe(wrong[0])
        elif quote["speaker"] is None:
            yield "right", ""
        elif not matches:
            yield "not found", quote["text"]
        elif not is_shown(matches[0]):
            yield "withheld", describe(matches[0])
        elif "role" in quote and role_of(matches[0]) != (quote["role"], quote["organisation"]):
            yield "wrong role", describe(matches[0])
        else:
            yield "right", ""
    # What nobody expected is not shown under a name that no quotation of the case has.
    expected = [quote["speaker"] for quote in row["quotes"] if quote["speaker"]]
    for passage in left:
        if row["text"][passage.span.start - 1] not in "“‘\"'":
            continue
        if is_shown(passage) and not any(same(passage, speaker) for speaker in [*expected, label_of(passage)]):
            yield "WRONG", describe(passage)


def label_of(passage: Passage) -> str | None:
    """Return the name of `NAME: “...”` or `NAME, party: “...”` before a quotation that opens its line."""
    line = passage.document.text[: passage.span.start - 1].rsplit("\n", 1)[-1]
    return re.split(r"[,:(]", line)[0] if line.rstrip().endswith(":") else None


def words_of(passage: Passage) -> str:
    """Return the words of a passage."""
    return passage.document.text[slice(*passage.span)]


def same(passage: Passage, speaker: str | None) -> bool:
    """Return whether the voice is this speaker, articles apart."""
    name = passage.voice.name if passage.voice else ""
    return bool(name and speaker) and normalise_name(name) == normalise_name(speaker or "")


def role_of(passage: Passage) -> tuple[str | None, str | None]:
    """Return the role and the organisation of a passage's voice."""
    return (passage.voice.role, passage.voice.organisation) if passage.voice else (None, None)


def describe(passage: Passage) -> str:
    """Return one line about a passage."""
    voice = passage.voice
    who = f"{voice.name} ({voice.role}, {voice.organisation})" if voice else "nobody"
    return f"{words_of(passage)[:40]!r}: {who} {passage.confidence} {passage.reason or ''}"


def cases(rows: Sequence[Row], *, everything: bool) -> Iterator[str]:
    """Yield the outcomes of all cases, by kind."""
    kinds: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        for outcome, detail in judge_case(row):
            kinds[row["set"]][outcome] += 1
            if everything and outcome != "right":
                yield f"{outcome:10} {row['set']}: {row['text'][:160]!r}\n           {detail}"
    for kind, counts in sorted(kinds.items()):
        yield f"{kind:45} " + ", ".join(f"{counts[outcome]} {outcome}" for outcome in OUTCOMES if counts[outcome])
    total = sum(kinds.values(), Counter[str]())
    yield f"{len(rows)} cases: " + ", ".join(f"{total[outcome]} {outcome}" for outcome in OUTCOMES)


def read_page(folder: Path, name: str) -> str:
    """Return the canonical text of a saved page."""
    packed = folder / f"{name}.gz"
    if not packed.exists():
        return html.parse(folder / name, name).document.text
    with TemporaryDirectory() as scratch:
        page = Path(scratch, name)
        page.write_bytes(gzip.decompress(packed.read_bytes()))
        return html.parse(page, name).document.text


def find_words(text: str, row: Row) -> int | None:
    """Return where the judged words begin, nearest to where they were; None where they are no more."""
    length = row["end"] - row["start"]
    starts = sorted(range(len(text) - length + 1), key=lambda start: abs(start - row["start"]))
    digest = row["sha1"]
    return next(
        (s for s in starts if hashlib.sha1(text[s : s + length].encode()).hexdigest().startswith(digest)),
        None,
    )


def judge_page_quote(row: Row, text: str, found: Sequence[Passage]) -> tuple[str, str]:
    """Return what became of one judged quotation."""
    start = find_words(text, row)
    if start is None:
        return "not found", "the words are no more"
    end = start + row["end"] - row["start"]
    overlaps = [p for p in found if min(p.span.end, end) - max(p.span.start, start) > (end - start) / 2]
    shown = next((passage for passage in overlaps if is_shown(passage)), None)
    if shown is None:
        return ("right" if row["judged"] in ("nobody", "no-quote") else "withheld"), ""
    before = (row["voice"], row["role"], row["organisation"])
    now = (shown.voice.name if shown.voice else None, *role_of(shown))
    if row["judged"] == "right":
        return ("right" if row["voice"] == now[0] else "read"), describe(shown)
    if now == before or row["judged"] in ("nobody", "no-quote"):
        return "WRONG", describe(shown)
    return "read", describe(shown)


def pages(rows: Sequence[Row], folder: Path, *, everything: bool) -> Iterator[str]:
    """Yield the outcomes of judged quotations, by what they were judged before."""
    kinds: dict[str, Counter[str]] = defaultdict(Counter)
    texts = {page: read_page(folder, page) for page in dict.fromkeys(row["page"] for row in rows)}
    found = {page: passages_of(text) for page, text in texts.items()}
    for row in rows:
        outcome, detail = judge_page_quote(row, texts[row["page"]], found[row["page"]])
        kinds[row["judged"]][outcome] += 1
        if everything:
            yield f"{row['judged']:10} {outcome:10} {row['page'][:30]} {row['start']} was {row['voice']}: {detail}"
    for kind, counts in sorted(kinds.items()):
        yield f"judged {kind:11} " + ", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items()))


def main() -> None:
    """Print the outcomes of the file given."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", type=Path, metavar="FILE")
    parser.add_argument("--all", action="store_true", help="print each one that is not right")
    given = parser.parse_args()
    rows = [json.loads(line) for line in given.path.read_text("utf-8").splitlines() if line.strip()]
    is_judged = any("judged" in row for row in rows)
    lines = pages(rows, given.path.parent, everything=given.all) if is_judged else cases(rows, everything=given.all)
    print("\n".join(lines))


if __name__ == "__main__":
    main()
