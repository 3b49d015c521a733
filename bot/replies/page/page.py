"""The page put together: figures, the two plots, and the review list by file."""

from __future__ import annotations

from collections import Counter, defaultdict
from html import escape
from importlib import resources
from pathlib import PurePath
from typing import TYPE_CHECKING

from bot.model import Side
from bot.replies import words
from bot.replies.languages import english
from bot.replies.page.svg import Row, bar, grid
from bot.replies.page.timeline import Dot, timeline
from bot.terms import Analyser

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from bot.corpora import Checked, Finding
    from bot.model import Corpus, Document, Passage, Topic

_MOST_VOICES = 40
# From how many findings on they are counted first, and their files closed.
_MANY = 60
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def page(name: str, checked: Checked) -> str:
    """Return the page of the corpus called `name`; of one that cannot be read its review alone."""
    corpus = checked.corpus
    title = corpus.title if corpus else name
    style = resources.files(__package__).joinpath("style.css").read_text("utf-8")
    body = [*(_of_corpus(corpus) if corpus else ()), *_review(checked.findings)]
    return "\n".join(
        [
            '<!doctype html><html lang="en"><head><meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{escape(title)}</title><style>{style}</style></head><body><main>",
            f"<h1>{escape(title)}</h1>",
            *body,
            "</main></body></html>\n",
        ]
    )


def _of_corpus(corpus: Corpus) -> Iterator[str]:
    spoken = [passage for passage in corpus.passages if passage.voice]
    sides = Counter(passage.side for passage in spoken)
    voices = {passage.voice.name for passage in spoken if passage.voice}
    yield f'<p class="motion">Motion: {escape(corpus.motion)}</p>'
    facts = (
        (len(corpus.documents), "document", "documents"),
        (len(spoken), "quote with a voice", "quotes with a voice"),
        (len(voices), "voice", "voices"),
        (len(corpus.topics), "topic", "topics"),
    )
    told = "".join(
        f"<li><b>{count:,}</b><span>{one if count == 1 else many}</span></li>"
        for count, one, many in facts
    )
    yield f'<ul class="facts">{told}</ul>'
    yield f'<div class="plot">{_legend(sides)}{bar({s.value: sides[s] for s in Side})}</div>'
    yield "<h2>Who speaks to what</h2>"
    yield from _coverage(corpus, spoken)
    yield "<h2>When it was published</h2>"
    yield from _dates(corpus, spoken)


def _coverage(corpus: Corpus, spoken: Sequence[Passage]) -> Iterator[str]:
    """Yield the grid of voices by topic, the most heard of each side first."""
    on = _topics(corpus, spoken)
    heard: Counter[tuple[Side, str]] = Counter(
        (passage.side, passage.voice.name) for passage in spoken if passage.voice
    )
    order = list(Side)
    ranked = sorted(heard, key=lambda each: (order.index(each[0]), -heard[each], each[1]))
    most = set(dict(heard.most_common(_MOST_VOICES)))
    rows = [
        Row(
            name,
            side.value,
            [*(on[topic.name][side, name] for topic in corpus.topics), heard[side, name]],
        )
        for side, name in ranked
        if (side, name) in most
    ]
    names = [topic.name for topic in corpus.topics]
    balance = [_by_side(on[name]) for name in names]
    yield f'<div class="plot">{grid(names, rows, balance)}</div>'
    if len(ranked) > len(rows):
        yield f'<p class="note">And {len(ranked) - len(rows):,} voices more, heard less.</p>'


def _by_side(counts: Mapping[tuple[Side, str], int]) -> Mapping[str, int]:
    return {
        side.value: sum(count for (on, _), count in counts.items() if on is side) for side in Side
    }


def _topics(corpus: Corpus, spoken: Sequence[Passage]) -> Mapping[str, Counter[tuple[Side, str]]]:
    """Return how many quotes each voice has on each topic."""
    analyser = Analyser(corpus.language)
    stems = [(p, frozenset(t.stem for t in analyser.terms(p.text))) for p in spoken]
    return {topic.name: Counter(_who(topic, stems, analyser)) for topic in corpus.topics}


def _who(
    topic: Topic, stems: Iterable[tuple[Passage, frozenset[str]]], analyser: Analyser
) -> Iterator[tuple[Side, str]]:
    asked = [frozenset(term.stem for term in analyser.terms(word)) for word in topic.words]
    for passage, said in stems:
        if passage.voice and any(word and word <= said for word in asked):
            yield passage.side, passage.voice.name


def _dates(corpus: Corpus, spoken: Sequence[Passage]) -> Iterator[str]:
    quotes = Counter(passage.document.id for passage in spoken)
    dots = [
        Dot(document.date, document.title or document.id, quotes[document.id])
        for document in corpus.documents
        if document.date
    ]
    if dots:
        yield f'<div class="plot">{timeline(dots)}</div>'
    rows = "".join(
        f'<tr><td class="place">{escape(document.date or english.NOT_GIVEN)}</td>'
        f"<td>{_linked(document)}<br>"
        f'<span class="note">{escape(document.publisher or english.NOT_GIVEN)}</span></td>'
        f"<td>{quotes[document.id]:,}</td></tr>"
        for document in sorted(corpus.documents, key=lambda each: (each.date or "9", each.id))
    )
    yield (
        f"<details {'open' if len(corpus.documents) < 20 else ''}>"
        f"<summary>{words.documents(len(corpus.documents))}</summary>"
        f"<table><tr><th>date</th><th>document</th><th>quotes</th></tr>{rows}</table></details>"
    )


def _review(findings: Sequence[Finding]) -> Iterator[str]:
    yield "<h2>What to look at</h2>"
    if not findings:
        yield '<p class="note">Nothing to mend.</p>'
    many = len(findings) > _MANY
    if many:
        yield from _remedies(findings)
    by_file: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        by_file[finding.file].append(finding)
    for file, found in by_file.items():
        errors = sum(each.level == "error" for each in found)
        counts = ((errors, "that stop it"), (len(found) - errors, "to look at"))
        told = ", ".join(f"{count} {what}" for count, what in counts if count)
        rows = "".join(map(_finding, found))
        yield (
            f"<details {'' if many and not errors else 'open'}>"
            f"<summary>{escape(PurePath(file).name)} <span>{told}</span></summary>"
            f"<table><tr><th>line</th><th>finding</th><th>remedy</th></tr>{rows}</table></details>"
        )


def _remedies(findings: Sequence[Finding]) -> Iterator[str]:
    """Yield how often each thing is to be done, for a list too long to be read through."""
    files: dict[str, set[str]] = defaultdict(set)
    for finding in findings:
        files[finding.remedy].add(finding.file)
    rows = "".join(
        f'<tr><td class="count">{count:,}</td><td>{escape(remedy)}</td>'
        f'<td class="count">{len(files[remedy]):,}</td></tr>'
        for remedy, count in Counter(each.remedy for each in findings).most_common()
    )
    yield (
        f'<p class="note">{len(findings):,} findings, by what would mend them; '
        "each file below opens.</p>"
        '<div class="plot"><table><tr><th class="count">findings</th><th>remedy</th>'
        f'<th class="count">files</th></tr>{rows}</table></div>'
    )


def _finding(each: Finding) -> str:
    return (
        f'<tr class="{each.level}"><td class="place">{each.line or "–"}</td>'
        f'<td class="fact">{escape(each.fact)}</td>'
        f'<td class="remedy">{escape(each.remedy)}</td></tr>'
    )


def _legend(sides: Mapping[Side, int]) -> str:
    items = "".join(
        f'<span class="{side.value}"><i></i>{english.SIDES[side]} {sides[side]:,}</span>'
        for side in Side
    )
    return f'<div class="legend">{items}</div>'


def _linked(document: Document) -> str:
    title = escape(document.title or document.id)
    if document.url and document.url.lower().startswith(("https://", "http://")):
        return f'<a href="{escape(document.url)}" rel="noreferrer">{title}</a>'
    return title
