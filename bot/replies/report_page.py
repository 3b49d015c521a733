"""The HTML report: figures, plots, tables, and the findings of `check` by file."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from importlib import resources
from pathlib import PurePath

from bot.analysis import Analyser
from bot.corpus.lint import MIN_CONFIDENCE, CheckResult, Finding
from bot.corpus.withheld_names import WithheldNames, list_unnamed, withhold_names
from bot.model import Corpus, Document, Kind, Passage, Side
from bot.replies import catalogue
from bot.replies.catalogue import say
from bot.replies.report_plots import Dot, VoiceRow, draw_bar, draw_grid, draw_timeline

# Rows of the grid: the voices most quoted.
_MAX_VOICES = 40
# More findings than this are first counted by remedy, and each file is folded.
_LONG_REVIEW = 60
# As many rows as a reader looks through; `voices --draft --most` and `check --verbose` have all.
_MOST_ROWS = 20
# Characters of a doubtful passage.
_MAX_EXCERPT = 160
_CONTENT_SECURITY_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def render_page(name: str, check: CheckResult) -> str:
    """Render the report of the corpus `name`; only its findings if it can't be loaded."""
    names = WithheldNames(list_unnamed(check.corpus.voices if check.corpus else ()))
    corpus = withhold_names(check.corpus, names).corpus if check.corpus else None
    findings = [finding for finding in check.findings if not names.is_printed_in(str(finding))]
    title = escape(corpus.title if corpus else name)
    style = resources.files(__package__).joinpath("report_page.css").read_text("utf-8")
    lines = [
        '<!doctype html><html lang="en"><head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{_CONTENT_SECURITY_POLICY}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{title}</title><style>{style}</style></head><body><main>",
        f"<h1>{title}</h1>",
        *(_render_corpus(corpus) if corpus else ()),
        *_render_review(findings),
        "</main></body></html>\n",
    ]
    return "\n".join(lines)


def _render_corpus(corpus: Corpus) -> Iterator[str]:
    """Yield what the report says of the corpus: motion, counts, plots and tables."""
    attributed_passages = [passage for passage in corpus.passages if passage.voice]
    sides = Counter(passage.side for passage in attributed_passages)
    voices = {passage.voice.name for passage in attributed_passages if passage.voice}
    yield f'<p class="motion">Motion: {escape(corpus.motion)}</p>'
    counts = (len(corpus.documents), len(attributed_passages), len(voices), len(corpus.topics))
    nouns = ("document{}", "quote{} with a voice", "voice{}", "topic{}")
    items = "".join(
        f"<li><b>{count:,}</b><span>{noun.format('s' * (count != 1))}</span></li>"
        for count, noun in zip(counts, nouns, strict=True)
    )
    yield f'<ul class="facts">{items}</ul>'
    bar = draw_bar({side.value: sides[side] for side in Side})
    yield f'<div class="plot">{_render_legend(sides)}{bar}</div>'
    yield "<h2>Who speaks to what</h2>"
    yield from _render_coverage(corpus, attributed_passages)
    yield from _render_parties(corpus)
    yield "<h2>When it was published</h2>"
    yield from _render_dates(corpus, attributed_passages)
    yield from _render_unsided(corpus)
    yield from _render_doubtful(corpus)


def _render_coverage(corpus: Corpus, attributed_passages: Sequence[Passage]) -> Iterator[str]:
    """Yield the grid of voices by topic, most quoted first within a side."""
    counts_by_topic = _count_by_topic(corpus, attributed_passages)
    quote_counts: Counter[tuple[Side, str]] = Counter(
        (passage.side, passage.voice.name) for passage in attributed_passages if passage.voice
    )
    side_order = list(Side)
    speakers = sorted(
        quote_counts, key=lambda speaker: (side_order.index(speaker[0]), -quote_counts[speaker], speaker[1])
    )
    top_speakers = set(dict(quote_counts.most_common(_MAX_VOICES)))
    topics = [topic.name for topic in corpus.topics]
    rows = [
        VoiceRow(name, side.value, [counts_by_topic[topic][side, name] for topic in topics], quote_counts[side, name])
        for side, name in speakers
        if (side, name) in top_speakers
    ]
    balance = [_sum_by_side(counts_by_topic[topic]) for topic in topics]
    yield f'<div class="plot">{draw_grid(topics, rows, balance)}</div>'
    if remaining := len(speakers) - len(rows):
        yield f'<p class="note">And {remaining:,} more voices with fewer quotes.</p>'


def _sum_by_side(counts: Mapping[tuple[Side, str], int]) -> Mapping[str, int]:
    """Sum up the counts of all names by side."""
    return {
        side.value: sum(count for (speaker_side, _), count in counts.items() if speaker_side is side) for side in Side
    }


def _count_by_topic(corpus: Corpus, attributed_passages: Sequence[Passage]) -> Mapping[str, Counter[tuple[Side, str]]]:
    """Count each voice's passages that have a word of each topic, by side and name."""
    analyser = Analyser(corpus.language)

    def find_stems(text: str) -> frozenset[str]:
        return frozenset(term.stem for term in analyser.terms(text))

    topic_stems = {topic.name: list(filter(None, map(find_stems, topic.words))) for topic in corpus.topics}
    counts: dict[str, Counter[tuple[Side, str]]] = {topic.name: Counter() for topic in corpus.topics}
    for passage in attributed_passages:
        spoken_stems = find_stems(passage.text)
        for topic, words in topic_stems.items():
            if passage.voice and any(word_stems <= spoken_stems for word_stems in words):
                counts[topic][passage.side, passage.voice.name] += 1
    return counts


def _render_dates(corpus: Corpus, attributed_passages: Sequence[Passage]) -> Iterator[str]:
    """Yield a timeline of the dated documents, and a table of all documents, undated last."""
    quote_counts = Counter(passage.document.id for passage in attributed_passages)
    dots = [
        Dot(document.date, document.title or document.id, quote_counts[document.id])
        for document in corpus.documents
        if document.date
    ]
    if dots:
        yield f'<div class="plot">{draw_timeline(dots)}</div>'
    rows = "".join(
        f'<tr><td class="place">{escape(document.date or say("not_given"))}</td>'
        f"<td>{_render_title(document)}<br>"
        f'<span class="note">{escape(document.publisher or say("not_given"))}</span></td>'
        f"<td>{quote_counts[document.id]:,}</td></tr>"
        for document in sorted(corpus.documents, key=lambda each: (each.date or "9", each.id))
    )
    yield (
        f"<details {'open' if len(corpus.documents) < 20 else ''}>"
        f"<summary>{catalogue.format_count('document', len(corpus.documents))}</summary>"
        f"<table><tr><th>date</th><th>document</th><th>quotes</th></tr>{rows}</table></details>"
    )


def _render_review(findings: Sequence[Finding]) -> Iterator[str]:
    """Yield the findings, a table for each file; above a long list how often each remedy applies."""
    yield "<h2>What to review</h2>"
    if not findings:
        yield '<p class="note">Nothing to fix.</p>'
    is_long = len(findings) > _LONG_REVIEW
    if is_long:
        yield from _render_remedies(findings)
    by_file: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        by_file[finding.file].append(finding)
    for file, file_findings in by_file.items():
        errors = sum(each.level == "error" for each in file_findings)
        counts = ((errors, "blocking"), (len(file_findings) - errors, "to review"))
        summary = ", ".join(f"{count} {label}" for count, label in counts if count)
        rows = "".join(map(_render_finding, file_findings))
        yield (
            f"<details {'' if is_long and not errors else 'open'}>"
            f"<summary>{escape(PurePath(file).name)} <span>{summary}</span></summary>"
            f"<table><tr><th>line</th><th>finding</th><th>remedy</th></tr>{rows}</table></details>"
        )


def _render_remedies(findings: Sequence[Finding]) -> Iterator[str]:
    """Yield how often each remedy applies, for a list too long to read through."""
    files_by_remedy: dict[str, set[str]] = defaultdict(set)
    for finding in findings:
        files_by_remedy[finding.remedy].add(finding.file)
    rows = "".join(
        f'<tr><td class="count">{count:,}</td><td>{escape(remedy)}</td>'
        f'<td class="count">{len(files_by_remedy[remedy]):,}</td></tr>'
        for remedy, count in Counter(each.remedy for each in findings).most_common()
    )
    yield (
        f'<p class="note">{len(findings):,} findings by remedy; '
        "open a file below for details.</p>"
        '<div class="plot"><table><tr><th class="count">findings</th><th>remedy</th>'
        f'<th class="count">files</th></tr>{rows}</table></div>'
    )


def _render_finding(finding: Finding) -> str:
    """Render a finding as a row of a table."""
    return (
        f'<tr class="{finding.level}"><td class="place">{finding.line or "–"}</td>'
        f'<td class="fact">{escape(finding.fact)}</td>'
        f'<td class="remedy">{escape(finding.remedy)}</td></tr>'
    )


def _render_legend(sides: Mapping[Side, int]) -> str:
    """Render each side with its colour and its number of quotes."""
    items = "".join(f'<span class="{side.value}"><i></i>{say(f"sides.{side}")} {sides[side]:,}</span>' for side in Side)
    return f'<div class="legend">{items}</div>'


def _render_title(document: Document) -> str:
    """Render a document's title, or its id where it has none, as a link if it has a web address."""
    title = escape(document.title or document.id)
    if document.url and document.url.lower().startswith(("https://", "http://")):
        return f'<a href="{escape(document.url)}" rel="noreferrer">{title}</a>'
    return title


def _render_parties(corpus: Corpus) -> Iterator[str]:
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


def _render_unsided(corpus: Corpus) -> Iterator[str]:
    """Yield a table of the voices on neither side whose side no curator set, most quoted first."""
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


def _render_doubtful(corpus: Corpus) -> Iterator[str]:
    """Yield a table of passages whose speaker is not certain, the surest first, each with its evidence."""
    statements = (passage for passage in corpus.passages if passage.kind is not Kind.NARRATION)
    if doubtful := [passage for passage in statements if not passage.is_certain(MIN_CONFIDENCE)]:
        ordered = sorted(doubtful, key=lambda passage: (-passage.confidence, passage.document.id, passage.span))
        yield "<h2>Doubtful voices</h2>"
        yield f'<p class="note">{len(doubtful):,} passages whose speaker is not certain.</p>'
        yield _render_table(("voice", "words", "evidence"), [*map(_describe_doubt, ordered[:_MOST_ROWS])])


def _describe_doubt(passage: Passage) -> tuple[str, str, str]:
    """Return whom a doubtful passage is attributed to, its words, and its place and cue, as HTML."""
    document = passage.document
    words = " ".join(document.slice_text(passage.span).split())
    cues = " → ".join(f"“{' '.join(document.slice_text(cue).split())}”" for cue in passage.cue)
    facts = [f"{document.id} ¶{passage.paragraph}", cues, passage.chain or "", passage.reason or ""]
    name = passage.voice.name if passage.voice else "nobody"
    return escape(name), escape(words[:_MAX_EXCERPT]), escape(" · ".join(filter(None, facts)))


def _render_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Render a table; `columns` are escaped here, the cells of `rows` are HTML already."""
    head = "".join(f"<th>{escape(column)}</th>" for column in columns)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f'<div class="plot"><table><tr>{head}</tr>{body}</table></div>'
