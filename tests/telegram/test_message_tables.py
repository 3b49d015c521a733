"""Every message on the screen: outside the quotes nothing but the message table and the sources.

A line is accepted where it is a message of the table whose placeholders hold facts: a title, a
name, an id, a number, words of the question or of the corpus. Inside the quotes every character
is compared with the document that the message names.
"""

from __future__ import annotations

import asyncio
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bot import bootstrap, settings
from bot.answers.word_variants import read_synonyms
from bot.model import Corpus
from bot.replies import quote_block
from bot.replies.catalogue import format_date
from bot.replies.html import render_messages
from bot.replies.reply import Reply
from bot.service import Service
from tests.telegram.fake import parse
from tests.telegram.fake.rules import TEXT

if TYPE_CHECKING:
    from tests.telegram.fake.markup import Parsed

QUOTED = ("blockquote", "expandable_blockquote")
SEPARATORS = (" · ", "; ", ", ", " → ", "” and “")
PLACEHOLDER = re.compile(r"\\\{\w+\\\}")
COUNT = re.compile(":? [0-9]+$")
ID = re.compile(r"[A-Z2-7]{8}|[0-9a-f]{12}|[0-9]+|¶[0-9]+( \([^()]+\))?")


CORPORA = ("facial-recognition", "tram")


@pytest.fixture(scope="module", params=CORPORA)
def desk(request: pytest.FixtureRequest) -> Service:
    return asyncio.run(bootstrap.build_service(settings.load(corpus=request.param)))


def questions(corpus: Corpus) -> list[str]:
    """Return the judged questions, and the topics and voices of `corpus`."""
    files = sorted(Path("tests/relevance").glob("*.jsonl"))
    lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    judged = [entry["question"] for entry in map(json.loads, lines) if "question" in entry]
    topics, voices = (topic.name for topic in corpus.topics), (v.name for v in corpus.voices)
    return [*judged, *topics, *voices]


def sample(corpus: Corpus) -> list[str]:
    """Return every fourth of them: `tests.benchmarks.rendered` asks them all."""
    return questions(corpus)[::4]


def flatten(table: Mapping[str, Any]) -> Iterator[str]:
    for value in table.values():
        if isinstance(value, dict):
            yield from flatten(value)
        elif isinstance(value, str):
            yield value


@cache
def templates() -> tuple[re.Pattern[str], ...]:
    """Return a pattern for each line of a message, read straight from the table."""
    table = tomllib.loads(Path("bot/languages/english/messages.toml").read_text(encoding="utf-8"))
    lines = {line.strip(" ·") for text in flatten(table) for line in text.split("\n")}
    # A fact may follow a colon and the heading of a quote.
    lines |= {f"{line} {{fact}}" for line in lines if line.endswith(":") or line == "Quote"}
    # Which language the quotes are in is told in the question's own.
    for file in Path("bot/languages").glob("*/messages.toml"):
        other = tomllib.loads(file.read_text(encoding="utf-8"))["messages"]
        lines |= {other["other_language"], other["languages"]["english"], other["topics"]}
    # Placeholders alone say nothing of their own, and would accept any line; a sign is a message of its own.
    spoken = [line for line in lines if re.search(r"[\w“]", re.sub(r"\{\w+\}", "", line)) or line == "👍"]
    return tuple(re.compile(PLACEHOLDER.sub("(.+)", re.escape(line))) for line in spoken)


@dataclass(frozen=True)
class Facts:
    """What may fill a placeholder: facts of the corpus, its text, and terms of the question."""

    values: frozenset[str]
    source: str
    question: str

    def explain_line(self, line: str, depth: int = 4) -> bool:
        """Return whether `line` is made of messages filled with facts, and whole facts."""
        return (
            line in self.values
            or ID.fullmatch(line) is not None
            or any(
                all(self.explain_value(value, depth - 1) for value in match.groups())
                for template in templates()
                if (match := template.fullmatch(line))
            )
            or (" · " in line and all(self.explain_line(part) for part in line.split(" · ")))
            or (COUNT.search(line) is not None and self.explain_line(COUNT.sub("", line), depth))
        )

    def is_asked(self, value: str) -> bool:
        """Return whether the words of `value` are the question's, a number with its comma or with a point for it."""
        return all(word in self.question or word in self.question.replace(",", ".") for word in value.split())

    def explain_value(self, value: str, depth: int) -> bool:
        """Return whether `value` is a fact, an enumeration of facts, or a message with facts."""
        return (
            value in self.source
            or self.is_asked(value.strip("“”").casefold())
            or (depth > 0 and self.explain_line(value, depth))
            or any(
                depth > 0 and all(self.explain_value(part, depth - 1) for part in value.split(separator))
                for separator in SEPARATORS
                if separator in value
            )
        )


def gather_facts(corpus: Corpus, question: str = "") -> Facts:
    """Return the facts of `corpus`, gathered once, and the terms of `question`."""
    key = corpus.name, tuple(document.sha256 for document in corpus.documents)
    if key not in _gathered:
        _gathered[key] = _gather_corpus_facts(corpus)
    return replace(_gathered[key], question=question.casefold())


_gathered: dict[object, Facts] = {}


def _gather_corpus_facts(corpus: Corpus) -> Facts:
    values = {corpus.title, corpus.motion, corpus.curator, corpus.notice, corpus.basis}
    for document in corpus.documents:
        lengths = quote_block.MAX_TITLE_LENGTH, quote_block.MAX_REPEATED_TITLE_LENGTH
        values |= {document.title, *(quote_block.shorten(document.title or "", length) for length in lengths)}
        values |= {document.publisher, format_date(document.date), document.url}
        values |= {document.id, *document.authors}
    for passage in corpus.passages:
        values.add(passage.chain)
        if voice := passage.voice:
            values |= {quote_block.format_voice_briefly(voice), quote_block.format_voice(voice)}
            parts = [part for part in (voice.name, voice.role, voice.organisation) if part]
            values |= {*parts, ", ".join(dict.fromkeys(parts)), ", ".join(dict.fromkeys(parts[1:]))}
    for entry in corpus.voices:
        values |= {entry.name, *entry.aliases, ", ".join(filter(None, (entry.role, entry.organisation)))}
    for topic in corpus.topics:
        values |= {topic.name, *topic.words}
    for word, others in corpus.synonyms.items():
        values |= {word, *others}
    values |= {synonym for synonyms in read_synonyms(corpus.language).values() for synonym in synonyms}
    source = "\n".join(document.text for document in corpus.documents)
    return Facts(frozenset(value for value in values if value), source, "")


def show(reply: Reply) -> list[Parsed]:
    link = "https://t.me/RecordBot?start=q_{}".format
    return [parse(message) for message in render_messages(reply, TEXT, link)]


def list_lines_outside_quotes(message: Parsed) -> list[str]:
    units = message.text.encode("utf-16-le")
    for entity in reversed(message.entities):
        if entity["type"] in QUOTED:
            end = entity["offset"] + entity["length"]
            units = units[: 2 * entity["offset"]] + units[2 * end :]
    return [line for line in units.decode("utf-16-le").replace("\xa0", " ").split("\n") if line]


def find_strays(reply: Reply, known: Facts) -> list[str]:
    """Return the lines outside the quotes that are neither messages nor facts."""
    lines = [line for message in show(reply) for line in list_lines_outside_quotes(message)]
    numbered = re.compile("[0-9]+ (?=FOR|AGAINST|NEITHER SIDE)")
    return [line for line in lines if not known.explain_line(numbered.sub("", line.strip()))]


async def test_an_answer_says_nothing_but_messages_and_facts(desk: Service) -> None:
    strays = {
        question: lines
        for question in sample(desk.corpus)
        if (lines := find_strays(await desk.ask(question), gather_facts(desk.corpus, question)))
    }

    assert strays == {}


async def test_a_quote_looked_into_says_nothing_but_messages_and_facts(desk: Service) -> None:
    known = gather_facts(desk.corpus)
    ids = {chosen.quote.id for q in sample(desk.corpus) for chosen in desk.answer(q).quotes}
    views = (desk.show_quote, desk.show_opposite, desk.show_wordings)
    strays = {
        (view.__name__, quote_id): lines
        for quote_id in sorted(ids)
        for view in views
        if (lines := find_strays(await view(quote_id), known))
    }

    assert ids
    assert strays == {}


async def test_a_copy_is_the_quote_and_one_message_with_facts(desk: Service) -> None:
    known = gather_facts(desk.corpus)
    for quote in {chosen.quote for q in sample(desk.corpus) for chosen in desk.answer(q).quotes}:
        [message] = show(await desk.copy_quote(quote.id))
        [copy] = message.covered("pre")
        around = message.text.replace(copy, copy.removeprefix(quote.text)).splitlines()

        assert copy.startswith(f"{quote.text}\n")
        assert [line for line in around if line and not known.explain_line(line)] == []


def test_a_quote_with_every_label_says_nothing_but_messages_and_facts(desk: Service) -> None:
    [chosen, *_] = desk.answer(questions(desk.corpus)[-1]).quotes
    labelled = replace(chosen, has_caveat=True, also_in=tuple(desk.corpus.documents), has_wordings=True)
    block = quote_block.render_quote(labelled)

    assert find_strays(Reply((block,)), gather_facts(desk.corpus)) == []


@pytest.mark.parametrize("page", ["start", "help", "about", "contents", "privacy"])
def test_a_page_says_nothing_but_messages_and_facts(desk: Service, page: str) -> None:
    assert find_strays(getattr(desk, page)(), gather_facts(desk.corpus)) == []


async def test_every_quote_on_the_screen_is_its_place_in_its_source(desk: Service) -> None:
    for question in sample(desk.corpus):
        answerer = desk._live.snapshot.answerer  # noqa: SLF001
        by_speaker = answerer.parse_speaker_question(question)
        chosen_quotes = by_speaker and answerer.find_speaker_page(by_speaker).quotes
        answer = desk.answer(question)

        shown = [q for message in show(await desk.ask(question)) for q in message.covered(*QUOTED)]

        cut = [chosen.quote for chosen in chosen_quotes or answer.quotes]
        assert shown == [q.passage.document.text[q.span.start : q.span.end] for q in cut]
