"""Sentences beside those of sentencex, a living library for many languages, on records of a parliament.

    python tests/benchmarks/sentences.py FOLDER

FOLDER holds TheyWorkForYou's XML. Needs sentencex (`pip install --group peers .`). A boundary is wrong for certain
where the text goes on in a small letter, with a closing mark or a bracket, or with a figure behind a short word such
as "No." or "c."; each of the two is counted by the same rule, which knows neither's list of abbreviations.
"""

from __future__ import annotations

import re
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from bot import formats
from bot.errors import CorpusError
from bot.model import Span
from bot.text import split_paragraphs, split_sentences

_GOES_ON = re.compile(r"\s*(?:[a-z]|[—–-]\s?[a-z]|[\])”’])")
_FIGURE = re.compile(r"\s*\d")
_SHORT_WORD = re.compile(r"\b[A-Za-z]{1,5}\.$")


def main() -> None:
    import sentencex  # noqa: PLC0415  one of the peers

    counts = {"ours": [0, 0], "sentencex": [0, 0]}
    seconds = dict.fromkeys(counts, 0.0)
    for paragraph in _iter_paragraphs(Path(sys.argv[1])):
        begun = time.process_time()
        ours = {span.end for span in split_sentences(paragraph, Span(0, len(paragraph)))}
        seconds["ours"] += time.process_time() - begun
        begun = time.process_time()
        theirs = set(_find_ends(paragraph, sentencex.segment("en", paragraph)))
        seconds["sentencex"] += time.process_time() - begun
        for name, ends in (("ours", ours), ("sentencex", theirs)):
            inner = [end for end in ends if paragraph[end:].strip()]
            counts[name][0] += len(inner)
            counts[name][1] += sum(_is_wrong(paragraph, end) for end in inner)
    for name, (boundaries, wrong) in counts.items():
        print(f"{name:10} {boundaries:7,} boundaries  {wrong:5,} wrong for certain  {seconds[name]:.2f} s")


def _iter_paragraphs(folder: Path) -> list[str]:
    paragraphs = []
    for path in sorted(folder.glob("*.xml")):
        try:
            text = formats.read(path).text
        except CorpusError:
            continue
        paragraphs += [text[slice(*span)] for span in split_paragraphs(text)]
    return paragraphs


def _find_ends(paragraph: str, sentences: list[str]) -> list[int]:
    """Return where each of `sentences` ends in `paragraph`, blanks aside."""
    ends, position = [], 0
    for sentence in sentences:
        start = paragraph.find(sentence.strip(), position)
        if start >= 0:
            position = start + len(sentence.strip())
            ends.append(position)
    return ends


def _is_wrong(paragraph: str, end: int) -> bool:
    before, after = paragraph[:end], paragraph[end:]
    is_short = _SHORT_WORD.search(before) is not None and _FIGURE.match(after) is not None
    return _GOES_ON.match(after) is not None or is_short


if __name__ == "__main__":
    main()
