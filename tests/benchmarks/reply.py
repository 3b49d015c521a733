"""What a whole reply costs, question to HTML, on made-up debates of 1,000 to 100,000 passages.

    python tests/benchmarks/reply.py [--sizes 1000 10000 100000] [--json]

Words are drawn as often as English has them, so that some stand in nearly every passage. 200 mixed
questions are asked: few words and many, common and rare, names, slips, strangers, follow-ups,
sentences pasted whole. `search_ms` is `Index.search` alone, with the queries that the replies made;
`rank_bm25_ms` is that library's bare `get_scores` on the stems of the same questions. All of it is
CPU time, in a process that has answered 100 other questions before.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from rank_bm25 import BM25Okapi
from spellchecker import SpellChecker

sys.path.insert(0, str(Path(__file__).parents[2]))

from collections.abc import Callable, Iterator, Sequence

from bot.analysis import Analyser
from bot.answers.answerer import Answerer
from bot.answers.verification import Verifier
from bot.model import (
    AttributionSource,
    Corpus,
    Document,
    HeldPassages,
    Kind,
    Passage,
    Side,
    Span,
    Topic,
    Turn,
    Voice,
    VoiceEntry,
)
from bot.replies.html import render_messages
from bot.replies.reply import AnswerRef, Command
from bot.search import Hit, Index, Query, bm25
from bot.service import Service, commands
from bot.service.live_corpus import LiveCorpus
from bot.service.snapshot import Snapshot
from bot.storage import open_storage
from tests.benchmarks import measuring

if TYPE_CHECKING:
    from tests.benchmarks.measuring import Row

SIZES = (1_000, 10_000, 100_000)
QUESTIONS = 200
WARM_UP = 100
PASSAGES_PER_TURN, TURNS_PER_DOCUMENT = 5, 20
SENTENCES, SENTENCE_WORDS = 3, 18
VOICES = tuple(
    f"{first} {last}"
    for first in ("Ann", "Bob", "Cora", "Dev", "Ewa", "Finn", "Gita", "Hugh")
    for last in ("Low", "High", "Marsh", "Quill", "Stone")
)
TELEGRAM_LIMIT = 4096
# A library call takes 0.1 s and more at 100,000 passages.
PEER_QUESTIONS = 40


@dataclass(frozen=True)
class Debate:
    """A made-up debate, and questions of it, each with the question before it, "" for none."""

    corpus: Corpus
    questions: Sequence[tuple[str, str]]


@dataclass
class RecordingIndex:
    """An index that notes what it is asked for."""

    index: Index
    queries: list[tuple[Query, int]] = field(default_factory=list)

    def search(self, query: Query, limit: int) -> Sequence[Hit]:
        self.queries.append((query, limit))
        return self.index.search(query, limit)

    def idf(self, stem: str) -> float:
        return self.index.idf(stem)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sizes", nargs="+", type=int, default=SIZES)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    rows = [asyncio.run(measure(make_debate(size))) for size in given.sizes]
    print("\n".join(map(json.dumps, rows)) if given.json else measuring.table(rows, list(rows[0])))


async def measure(debate: Debate) -> Row:
    """Return the row of one debate."""
    analyser = Analyser("english")
    index = RecordingIndex(bm25.build(debate.corpus.passages, analyser, bm25.Options()))
    service = await serve(debate.corpus, index, analyser)
    await service.warm()
    for question in debate.questions[:WARM_UP]:
        await ask(service, *question)
    questions = debate.questions[WARM_UP:]
    index.queries.clear()
    replies = [await cpu_milliseconds(service, *question) for question in questions]
    queries = list(index.queries)
    searches = [milliseconds(partial(index.index.search, *query)) for query in queries]
    library = BM25Okapi(
        [w.stem for w in analyser.content_words(p.document.text, p.span)] for p in debate.corpus.passages
    )
    peer_questions = questions[:: len(questions) // PEER_QUESTIONS]
    stems = [[w.stem for w in analyser.content_words(question)] for question, _ in peer_questions]
    bare = [milliseconds(partial(library.get_scores, each)) for each in stems]
    search_ms = sum(searches) / len(questions)
    worst = int(np.argmax(replies))
    return {
        "passages": len(debate.corpus.passages),
        "median_ms": round(float(np.median(replies)), 2),
        "p95_ms": round(float(np.percentile(replies, 95)), 2),
        "worst_ms": round(replies[worst], 2),
        "mean_ms": round(float(np.mean(replies)), 2),
        "searches": round(len(queries) / len(questions), 2),
        "search_ms": round(search_ms, 3),
        "reply_to_search": round(float(np.mean(replies)) / search_ms, 1),
        "rank_bm25_ms": round(float(np.median(bare)), 2),
        "worst": questions[worst][0][:40],
    }


async def serve(corpus: Corpus, index: Index, analyser: Analyser) -> Service:
    """Return a service of `corpus`, all in memory."""
    storage = open_storage(None)
    snapshot = Snapshot(corpus, Answerer(corpus, index, analyser), lambda: Verifier(corpus))
    return Service(await LiveCorpus.load(lambda *_: snapshot, storage), storage)


async def ask(service: Service, question: str, before: str) -> list[str]:
    """Return the messages that reply to `question`, asked after the question `before`."""
    answered = AnswerRef((Command("ask", before),)) if before else AnswerRef()
    reply = await commands.run_command(service, Command.parse(question), answered)
    return render_messages(reply, TELEGRAM_LIMIT, lambda quote_id: f"https://t.me/x?start=q_{quote_id}")


async def cpu_milliseconds(service: Service, question: str, before: str) -> float:
    start = time.process_time()
    await ask(service, question, before)
    return (time.process_time() - start) * 1000


def milliseconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return (time.process_time() - start) * 1000


def make_debate(size: int) -> Debate:
    """Return a debate of `size` passages, the same one every time."""
    chance = np.random.default_rng(size)
    frequencies = SpellChecker().word_frequency
    words = [word for word in frequencies.words() if word.isalpha()]
    weights = np.array([frequencies[word] for word in words], float)
    drawn = chance.choice(len(words), (size, SENTENCES * SENTENCE_WORDS), p=weights / weights.sum())
    texts = [_write_paragraph([words[n] for n in row]) for row in drawn.tolist()]
    passages_per_document = PASSAGES_PER_TURN * TURNS_PER_DOCUMENT
    documents = [_make_document(number, part) for number, part in enumerate(_batched(texts, passages_per_document))]
    # Not the words of every sentence, and not those of none.
    subjects = [word for word in words if 5000 < frequencies[word] < 200_000][:: 1 + len(words) // 4000]
    corpus = Corpus(
        name="made",
        title="A made-up debate",
        motion=f"The {subjects[0]} should be measured",
        language="english",
        curator="a benchmark",
        basis="made up",
        documents=tuple(documents),
        passages=HeldPassages(chain.from_iterable(map(_iter_passages, documents))),
        voices=tuple(VoiceEntry(name, (name.split()[1] + name[0],), side=_side(name)) for name in VOICES),
        topics=tuple(Topic(word, (word,)) for word in subjects[1:7]),
    )
    return Debate(corpus, list(islice(_iter_questions(texts, subjects, chance), WARM_UP + QUESTIONS)))


def _batched(items: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    return (items[start : start + size] for start in range(0, len(items), size))


def _write_paragraph(words: Sequence[str]) -> str:
    return " ".join(" ".join(sentence).capitalize() + "." for sentence in _batched(words, SENTENCE_WORDS))


def _side(name: str) -> Side:
    return (Side.FOR, Side.AGAINST, Side.NEITHER)[VOICES.index(name) % 3]


def _make_document(number: int, paragraphs: Sequence[str]) -> Document:
    """Return a transcript in which voices take turns of a few paragraphs."""
    text, turns = "", []
    for n, turn_paragraphs in enumerate(_batched(paragraphs, PASSAGES_PER_TURN)):
        voice = VOICES[(number * 7 + n) % len(VOICES)]
        label = Span(len(text), len(text) + len(voice))
        start = label.end + 2
        text += f"{voice}: " + "\n\n".join(turn_paragraphs)
        turns.append(Turn(Span(start, len(text)), label, Voice(voice)))
        text += "\n\n"
    date = f"20{number % 20:02}-0{1 + number % 9}-1{number % 10}"
    return Document(id=f"sitting-{number}", text=text, turns=tuple(turns), title=f"Sitting {number}", date=date)


def _iter_passages(document: Document) -> Iterator[Passage]:
    paragraph = 0
    for turn in document.turns:
        start = turn.span.start
        for text in document.text[slice(*turn.span)].split("\n\n"):
            span, paragraph = Span(start, start + len(text)), paragraph + 1
            start = span.end + 2
            yield Passage(
                document,
                span,
                span,
                Kind.DIRECT,
                paragraph,
                turn.voice,
                (turn.label,),
                by=AttributionSource.RECORD,
                side=_side(turn.voice.name),
                quotation=(span,),
            )


def _iter_questions(
    texts: Sequence[str], subjects: Sequence[str], chance: np.random.Generator
) -> Iterator[tuple[str, str]]:
    """Yield questions of ten kinds in turn, each with the one before it."""
    stop_words = Analyser("english").stop_words
    while True:
        text = texts[int(chance.integers(len(texts)))]
        sentence = text.split(".")[0]
        words = [word for word in sentence.lower().split() if word not in stop_words and len(word) > 3]
        if len(words) < 4:
            continue
        subject = subjects[int(chance.integers(len(subjects)))]
        name = VOICES[int(chance.integers(len(VOICES)))]
        slip = f"{words[0][:-2]}{words[0][-1]}{words[0][-2]}"
        yield f"what about {words[0]} and {words[1]}?", ""
        yield f"why is {subject} so important?", ""
        yield f"what did {name} say about {subject}?", ""
        yield f"does {slip} matter for {words[1]}", ""
        yield f"What did Harbour Zebra say about {words[0]}?", ""
        yield sentence, ""
        yield " ".join(words), ""
        yield f"{words[2]} {subject}", ""
        yield "and what about him?", f"what does {name} think of {words[1]}"
        yield text, ""


if __name__ == "__main__":
    main()
