"""The report's tables: parties, voices that have no side yet, and doubtful voices with their evidence."""

from __future__ import annotations

from collections import Counter, defaultdict
from html import escape
from typing import TYPE_CHECKING

from bot.model import Kind, Side
from bot.replies.catalogue import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.model import Corpus, Passage

# As many rows as a reader looks through; `voices --draft --most` and `check --verbose` have all.
_MOST_ROWS = 20
_MAX_EXCERPT = 160


def render_parties(corpus: Corpus) -> Iterator[str]:
    """Yield how much those of each party say on each side; nothing where no party is recorded."""
    counts: dict[str, Counter[Side]] = defaultdict(Counter)
    for passage in corpus.passages:
        if passage.voice and passage.voice.party:
            counts[passage.voice.party][passage.side] += 1
    if counts:
        ordered = sorted(counts, key=lambda party: (-counts[party].total(), party))
        yield "<h2>Parties</h2>"
        rows = [
            (escape(party), *(f"{counts[party][side]:,}" for side in Side), f"{counts[party].total():,}")
            for party in ordered[:_MOST_ROWS]
        ]
        yield _render_table(("party", *(say(f"sides.{side}") for side in Side), "quotes"), rows)


def render_unsided(corpus: Corpus) -> Iterator[str]:
    """Yield the voices without a side, whoever says most first."""
    settled = {entry.name for entry in corpus.voices if entry.side}
    counts = Counter(
        (passage.voice.name, passage.voice.party or passage.voice.organisation or "")
        for passage in corpus.passages
        if passage.voice and passage.side is Side.NEITHER and passage.voice.name not in settled
    )
    if counts:
        total = sum(1 for passage in corpus.passages if passage.voice)
        yield "<h2>Voices without a side</h2>"
        yield f'<p class="note">{len(counts):,} voices, {counts.total():,} of {total:,} quotes.</p>'
        rows = [(escape(name), escape(body), f"{count:,}") for (name, body), count in counts.most_common(_MOST_ROWS)]
        yield _render_table(("voice", "party or organisation", "quotes"), rows)


def render_doubtful(corpus: Corpus, threshold: float) -> Iterator[str]:
    """Yield a table of passages whose speaker is not certain, the surest first, each with its evidence."""
    doubtful = [
        passage
        for passage in corpus.passages
        if passage.kind is not Kind.NARRATION and not passage.is_certain(threshold)
    ]
    if doubtful:
        ordered = sorted(doubtful, key=lambda passage: (-passage.confidence, passage.document.id, passage.span))
        yield "<h2>Doubtful voices</h2>"
        yield f'<p class="note">{len(doubtful):,} passages whose speaker is not certain.</p>'
        columns = ("voice", "words", "evidence")
        yield _render_table(columns, [_describe_doubt(passage) for passage in ordered[:_MOST_ROWS]])


def _describe_doubt(passage: Passage) -> tuple[str, str, str]:
    """Return whom a doubtful passage is attributed to, its words, and its place and cue, as HTML."""
    document = passage.document
    words = " ".join(document.slice_text(passage.span).split())
    cues = " → ".join(f"“{' '.join(document.slice_text(cue).split())}”" for cue in passage.cue)
    facts = [f"{document.id} ¶{passage.paragraph}", cues, passage.chain or "", passage.reason or ""]
    name = passage.voice.name if passage.voice else "nobody"
    return escape(name), escape(words[:_MAX_EXCERPT]), escape(" · ".join(filter(None, facts)))


def _render_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    head = "".join(f"<th>{escape(column)}</th>" for column in columns)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f'<div class="plot"><table><tr>{head}</tr>{body}</table></div>'
