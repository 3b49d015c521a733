"""The table of learned weights: made from annotated articles, and measured on those it has not seen.

    python tests/benchmarks/learned_table.py ARTICLES.jsonl[.gz] [--cases FILE.jsonl ...] [--write FILE]

The articles are those of `voices.py`, the cases those of `voice_cases.py`. Each fifth of the articles is read with a
table that was fitted on the other four; the cases, and the file, are of a table fitted on all. The file is the same
byte for byte when it is made again. It needs scikit-learn (the group `peers`). The tree's own answers use no table:
docs/decisions/0024-a-table-beside-the-rules.md says why.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import sys
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from collections.abc import Iterator, Mapping, Sequence

from sklearn.ensemble import GradientBoostingClassifier

from bot.attribution import pipeline
from bot.attribution.lexicon import load_lexicon
from bot.attribution.parsing import ParsedDocument, find_occurrences, parse_document
from bot.attribution.speakers import Attribution, attribute_quotations
from bot.languages import load_language
from bot.model import Kind
from tests.benchmarks.learned.candidates import CandidateFinder
from tests.benchmarks.learned.mark_features import describe_mark
from tests.benchmarks.learned.reranking import is_open, rerank_speakers
from tests.benchmarks.learned.trees import LearnedTable, read_learned_table
from tests.benchmarks.voice_cases import cases, pages
from tests.benchmarks.voices import (
    PRONOUNS,
    THRESHOLD,
    Article,
    Found,
    Score,
    articles,
    gold,
    half,
    ours,
    overlap,
    surnames,
    trim,
)

FOLDS = 5
SEED = 20261126
# 120 trees for marks and 160 for speakers change no figure by more than a tenth of a point.
MARK_TREES, SPEAKER_TREES, LEAVES = 60, 80, 8
# 0.5 finds the most; from 0.7 on the words that are given a voice are mostly quotations on British pages too.
RESTORING_SCORES = (0.5, 0.7)
# 0.5 loses as many quotations as titles.
DROPPING_SCORE = 0.3
# 0.88 shows half a point fewer, of which 0.1 more are right.
DISPLAY_SCORE = 0.84
# Learnt from more than is judged, so that there is enough to learn from: what is surer is always right.
SURE = 0.93
Features = dict[str, float]
Rows = list[tuple[Features, bool]]


@dataclass
class Examples:
    """Rows of features with the answer: is it a quotation, is it the speaker."""

    marks: Rows = field(default_factory=list)
    speakers: Rows = field(default_factory=list)

    def __add__(self, other: Examples) -> Examples:
        return Examples(self.marks + other.marks, self.speakers + other.speakers)


def collect(article: Article) -> Examples:
    """Return the examples of one article: every mark of which the rules are not sure, and its candidates."""
    parsed = parse_document(article["text"], load_lexicon(load_language("english")))
    attributions = attribute_quotations(parsed)
    finder, expected, examples = CandidateFinder(parsed, attributions), gold(article), Examples()
    for paragraph in parsed.paragraphs:
        for occurrence in find_occurrences(paragraph):
            index = occurrence.quotation_index
            candidates = finder.find(paragraph, occurrence) if is_open(parsed, attributions, index, SURE) else []
            if not candidates:
                continue
            features = describe_mark(parsed, attributions, paragraph, occurrence)
            inner = parsed.quotations[index].inner
            quote = find_gold(expected, trim(article["text"], (inner.start, inner.end)))
            examples.marks.append((features, quote is not None))
            names = named_speakers(quote) if quote else set()
            if names:
                examples.speakers += [
                    ({**features, **other.features}, bool(surnames(other.voice.name) & names)) for other in candidates
                ]
    return examples


def find_gold(expected: Mapping[tuple[int, int], Article], place: tuple[int, int]) -> Article | None:
    """Return the annotated passage that shares most with a place, and at least half."""
    near = [other for other in expected if half(place, other)]
    return expected[max(near, key=lambda other: overlap(place, other))] if near else None


def named_speakers(quote: Article) -> set[str]:
    """Return the surnames that are right for an annotated passage; none where its source has no name."""
    speaker: str = quote.get("speaker") or ""
    if speaker.strip().casefold() in PRONOUNS or not surnames(speaker):
        return set()
    return surnames(" / ".join((speaker, *quote.get("also", ()))))


def fit_forest(rows: Rows, tree_count: int) -> dict[str, Any]:
    """Return boosted trees for these rows, as the file holds them."""
    names = list(rows[0][0])
    model = GradientBoostingClassifier(
        n_estimators=tree_count,
        max_leaf_nodes=LEAVES,
        max_depth=None,
        min_samples_leaf=20,
        subsample=0.7,
        max_features=0.3,
        random_state=SEED,
    ).fit([[features[name] for name in names] for features, _ in rows], [answer for _, answer in rows])
    share = sum(answer for _, answer in rows) / len(rows)
    trees = [export_node(estimator.tree_, 0, model.learning_rate) for estimator in model.estimators_[:, 0]]
    return {"features": names, "base": round(math.log(share / (1 - share)), 4), "trees": trees}


def export_node(tree: Any, index: int, rate: float) -> list[Any] | float:
    """Return a node of a fitted tree: a leaf's value, or a feature, a bound, and the nodes below."""
    if tree.children_left[index] < 0:
        return round(float(tree.value[index, 0, 0]) * rate, 4)
    children = (tree.children_left[index], tree.children_right[index])
    bound = round(float(tree.threshold[index]), 4)
    return [int(tree.feature[index]), bound, *(export_node(tree, child, rate) for child in children)]


def write_table(examples: Examples, about: str) -> str:
    """Return the file of a table fitted on `examples`: one tree a line."""
    forests = {
        "marks": fit_forest(examples.marks, MARK_TREES),
        "speakers": fit_forest(examples.speakers, SPEAKER_TREES),
    }
    lines = [f'"about": {json.dumps(about)}']
    lines += [f'"restoring_score": {RESTORING_SCORES[-1]}', f'"dropping_score": {DROPPING_SCORE}']
    lines.append(f'"display_score": {DISPLAY_SCORE}')
    for name, forest in forests.items():
        trees = ",\n".join(json.dumps(tree, separators=(",", ":")) for tree in forest["trees"])
        features = json.dumps(forest["features"])
        lines.append(f'"{name}": {{"features": {features},\n"base": {forest["base"]},\n"trees": [\n{trees}\n]}}')
    return "{" + ",\n".join(lines) + "}\n"


def describe(path: Path, examples: Examples, article_count: int) -> str:
    """Return what the file says about itself."""
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:16]
    return (
        f"Boosted trees over named features, fitted on {article_count} annotated American news articles ({path.name}, "
        f"SHA-256 {digest}): {len(examples.marks)} marks, {len(examples.speakers)} candidates. "
        "Made by: python tests/benchmarks/learned_table.py ARTICLES --write FILE"
    )


def use_table(table: LearnedTable | None) -> None:
    """Read documents with this table from now on; with None, by the rules alone."""

    def attribute(parsed: ParsedDocument) -> list[Attribution]:
        return rerank_speakers(parsed, attribute_quotations(parsed), table)

    vars(pipeline)["attribute_quotations"] = attribute


def find_voices(article: Article) -> list[Found]:
    """Return what is found in an article."""
    return [
        Found((p.span.start, p.span.end), p.kind, p.voice.name if p.voice else None, p.confidence, p.reason)
        for p in ours(article)
    ]


def measure(data: Sequence[Article], tables: Sequence[LearnedTable | None]) -> Iterator[str]:
    """Yield the figures of all articles, each read with the table of its fold."""
    score, extra = Score(), Counter[str]()
    for number, article in enumerate(data):
        use_table(tables[number % len(tables)])
        found = find_voices(article)
        score.add(article, found)
        expected = gold(article)
        shown = [row for row in found if row.kind != Kind.REPORTED and row.name and row.confidence >= THRESHOLD]
        extra["shown"] += len(shown)
        extra["unannotated"] += sum(not any(half(row.place, place) for place in expected) for row in shown)
    yield from score.lines()
    yield f"passages  {extra['shown']} shown with a name, {extra['unannotated']} of them not annotated as quoted"


def judge_cases(path: Path, table: LearnedTable) -> Iterator[str]:
    """Yield the outcomes of cases or judged pages, by the rules alone and with a table fitted on all articles."""
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
    is_judged = any("judged" in row for row in rows)
    for title, used in (("by rules alone", None), ("with the table", table)):
        use_table(used)
        lines = pages(rows, path.parent, everything=False) if is_judged else cases(rows, everything=False)
        yield from (f"{title}: {line}" for line in (lines if is_judged else list(lines)[-1:]))


def main() -> None:
    """Print the figures, and write the file where asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", type=Path, metavar="ARTICLES")
    parser.add_argument("--cases", type=Path, nargs="*", default=[], help="cases or judged pages of voice_cases.py")
    parser.add_argument("--write", type=Path, metavar="FILE", help="write the table fitted on all articles")
    given = parser.parse_args()
    data = articles(str(given.path))
    examples = [collect(article) for article in data]
    total = sum(examples, Examples())
    whole = write_table(total, describe(given.path, total, len(data)))
    if given.write:
        given.write.write_text(whole, encoding="utf-8")
    print("\nby rules alone", *measure(data, [None]), sep="\n")
    tables: list[LearnedTable] = []
    for fold in range(FOLDS):
        others = sum((rows for number, rows in enumerate(examples) if number % FOLDS != fold), Examples())
        tables.append(read_learned_table(write_table(others, "")))
    for score in RESTORING_SCORES:
        print(f"\nwith tables, {FOLDS}-fold, words given a voice from {score} on")
        print(*measure(data, [replace(table, restoring_score=score) for table in tables]), sep="\n")
    for path in given.cases:
        print(f"\n{path.name}", *judge_cases(path, read_learned_table(whole)), sep="\n")


if __name__ == "__main__":
    main()
