"""What checking each slice costs `/by NAME`, beside listing the same quotes without any check.

python tests/benchmarks/slices.py
"""

from __future__ import annotations

import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from collections.abc import Iterator

from bot import bootstrap
from bot.answers.answerer import Answerer
from bot.answers.speakers import SpeakerPage
from bot.model import Document
from bot.settings import Settings

TURNS = 16_000
MOST_TIMES = 3.0
MANIFEST = """\
title = "The night tram (invented)"
motion = "Trams should run at night"
language = "english"
curator = "the benchmark"
basis = "invented"
"""
HEADER = """\
+++
title = "Sitting of the council (invented)"
publisher = "The council"
date = "2031-05-01"
url = "https://example.org/sitting"
+++
"""


def write_corpus(folder: Path) -> None:
    """Write one record of `TURNS` turns in two voices, about 4.6 MB."""
    folder.mkdir()
    (folder / "corpus.toml").write_text(MANIFEST, "utf-8")
    turns = (
        f"{'Ann Low' if number % 2 else 'Bob Orr'}: {number} nurses wait for the tram at it. "
        f"In ward {number} they told me that a taxi home costs them half of what they earned. "
        "Nobody at the operator has answered a letter of theirs since the spring, "
        "and we think that nobody will. "
        "The timetable says that it closes at midnight, and so it does."
        for number in range(TURNS)
    )
    (folder / "sitting.transcript").write_text(HEADER + "\n\n".join(turns) + "\n", "utf-8")


def time_page(answerer: Answerer) -> tuple[float, SpeakerPage]:
    """Return the seconds that the first page of a speaker takes, and the page."""
    query = answerer.parse_name_and_topic("Ann Low")
    if query is None:
        sys.exit("Ann Low is not found")
    started_at = time.perf_counter()
    page = answerer.find_speaker_page(query)
    return time.perf_counter() - started_at, page


@contextmanager
def unchecked() -> Iterator[None]:
    """Slice documents within without checking anything."""
    checked = {name: getattr(Document, name) for name in ("slice_text", "is_intact")}
    setattr(Document, "slice_text", lambda self, span: self.text[span.start : span.end])  # noqa: B010
    setattr(Document, "is_intact", lambda *_: True)  # noqa: B010
    try:
        yield
    finally:
        for name, function in checked.items():
            setattr(Document, name, function)


def main() -> int:
    """Print both times and their ratio; status 1 past the limit."""
    with tempfile.TemporaryDirectory() as folder:
        write_corpus(Path(folder) / "sitting")
        snapshot = bootstrap.build_snapshot(Settings(corpus="sitting", corpora_folder=Path(folder)), "sitting")
    answerer, [document] = snapshot.answerer, snapshot.corpus.documents
    # Once before, so that neither run is charged for what the first question sets up.
    time_page(answerer)
    checked_seconds, checked_page = time_page(answerer)
    with unchecked():
        plain_seconds, plain_page = time_page(answerer)
    if checked_page != plain_page or not checked_page.quotes:
        sys.exit("the two pages differ")
    ratio = checked_seconds / plain_seconds
    size = len(document.text) / 1e6
    print(f"{TURNS:,} turns, {size:.1f} MB, {checked_page.total:,} quotes of one voice")
    print(f"checked {checked_seconds:.3f} s, without any check {plain_seconds:.3f} s")
    print(f"ratio {ratio:.2f} (at most {MOST_TIMES:.0f})")
    return int(ratio > MOST_TIMES)


if __name__ == "__main__":
    sys.exit(main())
