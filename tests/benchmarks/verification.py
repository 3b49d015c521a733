"""Verify: mutated quotes, true ones, wrong speakers, other people's statements, and time.

    python tests/benchmarks/verification.py [PATH] [--count 5000] [--seed 1] [--passages 100000] [--wrong]

PATH is a folder of TheyWorkForYou XML, as for hansard.py; without one the bundled corpora are measured.
With `--wrong` every text that got another verdict than it must is printed.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from dataclasses import replace
from functools import partial
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parents[2]))

from collections.abc import Callable, Iterable, Iterator

from bot.answers.quoting import drop_uncertain_voices
from bot.answers.verification import Verdict, Verifier, load_word_index
from bot.corpus import load_incrementally
from bot.model import Corpus, Document, HeldPassages, Passage
from bot.settings import Settings
from bot.text import fold_letters, split_sentences
from tests.benchmarks import hansard, measuring
from tests.mutated_quotes import QuoteMutator, list_said_quotes

if TYPE_CHECKING:
    from tests.benchmarks.measuring import Row
    from tests.mutated_quotes import MutatedQuote

BUNDLED = ("facial-recognition", "tram")
_WHY_ALTERED = """\
Altered is whoever's has two thirds of the words in order, and six of them or all; so two kinds of these are right:
a statement that both Houses print, and a formula with a word changed ("I am grateful for that intervention"). Those of
which less is shared are not found where what is shared together stands in more places than a reply shows."""
# A message of nothing but what stands everywhere.
_WORST = ("the " * 1024, "the … " * 680, "of the … and to " * 256, "“the of and to in that” " * 170)
# A claim in a chat is about as long.
QUOTE_WORDS = 30


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("path", type=Path, nargs="?")
    parser.add_argument("--count", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--passages", type=int, default=100_000)
    parser.add_argument("--wrong", action="store_true")
    given = parser.parse_args()
    corpora = [hansard.read_corpus(given.path)] if given.path else list(map(read_bundled, BUNDLED))
    for corpus in corpora:
        print(corpus.name, len(corpus.passages), "passages")
        rows = list(measure_verdicts(corpus, given.count, given.seed, is_wrong_shown=given.wrong))
        print(measuring.table(rows, ["made", "texts", "right", "share"]))
        if given.path:
            print(measuring.table([measure_strangers(corpus, given.seed)], ["others", "exact", "altered"]))
            print(_WHY_ALTERED)
    if given.passages:
        row = measure_time(corpora[0], given.passages, given.seed)
        print(measuring.table([row], list(row)))


def read_bundled(name: str) -> Corpus:
    """Read a bundled corpus as it is served."""
    return drop_uncertain_voices(load_incrementally(Path("corpus") / name).corpus, Settings().answers.confidence)


def measure_verdicts(corpus: Corpus, count: int, seed: int, *, is_wrong_shown: bool = False) -> Iterator[Row]:
    """Yield a row for each kind of mutated quote, and for true ones."""
    verifier, mutator = Verifier(corpus), QuoteMutator(corpus, Random(seed))
    texts: list[MutatedQuote] = [*mutator.make(count), *mutator.make_true(max(1000, count // 5))]
    texts += mutator.make(500, ["speakers exchanged"])
    all_counts, right_counts = Counter[str](), Counter[str]()
    for mutated in texts:
        verifications = verifier.verify(mutated.text)
        is_right = mutated.is_judged_right(verifications)
        all_counts[mutated.kind] += 1
        right_counts[mutated.kind] += is_right
        if is_wrong_shown and not is_right:
            print(mutated, *((each.verdict, each.continues, each.claim.voice) for each in verifications), sep="\n    ")
    for kind, number in all_counts.items():
        right = right_counts[kind]
        yield {"made": kind, "texts": number, "right": right, "share": f"{right / number:.2%}"}
    mutations = [kind for kind in all_counts if kind != "true"]
    number, right = (sum(counts[kind] for kind in mutations) for counts in (all_counts, right_counts))
    yield {"made": "all mutated", "texts": number, "right": right, "share": f"{right / number:.2%}"}


def measure_strangers(corpus: Corpus, seed: int, count: int = 3000) -> Row:
    """Return how many sentences of some documents are found in the others, though nobody there said them."""
    random = Random(seed)
    documents = list(corpus.documents)
    random.shuffle(documents)
    others = {document.id for document in documents[: len(documents) // 3]}
    rest = replace(corpus, passages=HeldPassages(p for p in corpus.passages if p.document.id not in others))
    letters = " ".join(fold_letters(p.text).folded for p in rest.passages)
    sentences = [
        passage.document.text[slice(*span)]
        for passage in corpus.passages
        if passage.document.id in others
        for span in split_sentences(passage.document.text, passage.span)
    ]
    long = [each for each in sentences if len(each.split()) >= 6 and fold_letters(each).folded not in letters]
    verifier = Verifier(rest)
    verdicts: Counter[Verdict] = Counter()
    for sentence in random.sample(long, min(count, len(long))):
        # Of what is too short nobody is told to have said it.
        verdicts.update(Verdict.NOT_FOUND if v.is_too_short else v.verdict for v in verifier.verify(sentence))
    total = sum(verdicts.values())
    return {
        "others": total,
        "exact": f"{verdicts[Verdict.EXACT] / total:.2%}",
        "altered": f"{verdicts[Verdict.ALTERED] / total:.2%}",
    }


def measure_time(corpus: Corpus, passages: int, seed: int) -> Row:
    """Return what it takes to verify quotes of about 30 words, true and altered, against so many passages."""
    random = Random(seed)
    large = replace(corpus, passages=HeldPassages(multiply(corpus.passages, passages, random)))
    with tempfile.TemporaryDirectory() as folder:
        load = partial(load_word_index, large.passages, Path(folder) / "words")
        building, mapping = measure_cpu(load), measure_cpu(load)
        verifier = Verifier(large, load)
        verifier.get_index()
    quotes = [q for q in list_said_quotes(corpus) if abs(len(q.text.split()) - QUOTE_WORDS) <= 3]
    texts = []
    for number, quote in enumerate(random.choices(quotes, k=400)):
        words = quote.text.split()
        if number % 2:
            words[len(words) // 2] = "never"
        name = quote.passage.voice.name if quote.passage.voice else ""
        texts.append(f"{name} said: “{' '.join(words)}”")
    times = []
    for text in texts:
        start = time.process_time()
        verifier.verify(text)
        times.append((time.process_time() - start) * 1000)
    times.sort()
    return {
        "passages": len(large.passages),
        "build s": f"{building:.1f}",
        "map s": f"{mapping:.1f}",
        "p50 ms": f"{times[len(times) // 2]:.1f}",
        "p95 ms": f"{times[len(times) * 95 // 100]:.1f}",
        "max ms": f"{times[-1]:.1f}",
        "worst s": f"{max(measure_cpu(partial(verifier.verify, text)) for text in _WORST):.1f}",
    }


def measure_cpu(work: Callable[[], object]) -> float:
    """Return the seconds of processor time that `work` takes."""
    start = time.process_time()
    work()
    return time.process_time() - start


def multiply(passages: Iterable[Passage], count: int, random: Random) -> Iterator[Passage]:
    """Yield the passages, and copies of them with a fifth of their words drawn anew, up to `count`."""
    originals = list(passages)
    yield from originals[:count]
    words = [word for passage in originals[:: max(1, len(originals) // 2000)] for word in passage.text.split()]
    for number in range(max(0, count - len(originals))):
        passage = originals[number % len(originals)]
        text = " ".join(random.choice(words) if random.random() < 0.2 else w for w in passage.text.split())
        document = Document(f"copy-{number}", text)
        span = type(passage.span)(0, len(text))
        yield replace(passage, document=document, span=span, frame=span, quotation=(span,), cue=(), unbroken=())


if __name__ == "__main__":
    main()
