"""The index of words is kept in a file: mapped where it is one of these passages, built where it is not."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from bot import bootstrap
from bot.answers.verification import Verdict, Verifier, load_word_index
from bot.answers.verification.word_index import build_word_index
from bot.model import Corpus, Document, HeldPassages, Kind, Passage, Side, Span
from tests import corpus_folders
from tests.invented_debate import FERRY, RIDERS, corpus

NURSES = "A ferry after midnight brings nurses home from their shifts safely."
SHIPS = "No ship of the harbour board sails before the morning tide comes in."


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "ferry.verbatim"


def judge(path: Path | None, text: str, debate: Corpus = FERRY) -> Verdict:
    [verification] = Verifier(debate, partial(load_word_index, debate.passages, path)).verify(f"“{text}”")
    return verification.verdict


def test_what_was_kept_is_mapped_and_judges_as_what_was_built(path: Path) -> None:
    texts = (NURSES, NURSES.replace("nurses", "sailors"), SHIPS)
    first = [judge(path, text) for text in texts]
    file = path.stat().st_ino

    again = [judge(path, text) for text in texts]

    assert first == again == [Verdict.EXACT, Verdict.ALTERED, Verdict.NOT_FOUND]
    assert path.stat().st_ino == file


def test_the_words_of_other_passages_are_indexed_anew(path: Path) -> None:
    judge(path, NURSES)
    more = corpus((SHIPS, RIDERS, Side.FOR))
    fewer = replace(FERRY, passages=HeldPassages(FERRY.passages[1:]))

    assert judge(path, SHIPS, more) is Verdict.EXACT
    assert judge(path, FERRY.passages[0].text, fewer) is not Verdict.EXACT
    assert judge(path, FERRY.passages[0].text) is Verdict.EXACT


def test_what_is_damaged_is_built_again(path: Path) -> None:
    judge(path, NURSES)
    content = bytearray(path.read_bytes())
    content[-9] ^= 1
    path.write_bytes(content)

    assert judge(path, NURSES) is Verdict.EXACT
    assert path.read_bytes() != bytes(content)


def test_a_folder_that_takes_nothing_costs_no_verdict(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    assert judge(tmp_path / "file" / "ferry.verbatim", NURSES) is Verdict.EXACT
    assert judge(None, NURSES) is Verdict.EXACT


@pytest.mark.parametrize("is_lasting", [True, False])
def test_whoever_serves_for_long_has_the_index_before_the_first_text(tmp_path: Path, *, is_lasting: bool) -> None:
    settings = corpus_folders.settings(corpus_folders.corpus(tmp_path).parent)
    settings = settings.model_copy(update={"engine": settings.engine.model_copy(update={"cache": str(tmp_path / "c")})})

    asyncio.run(bootstrap.build_service(settings, is_lasting=is_lasting))

    assert (tmp_path / "c" / "bridge.verbatim").exists() is is_lasting


def test_a_stretch_without_a_word_is_passed_over() -> None:
    document = Document("marks", "“One two three.”\n\n–\n\n“Four five six.”")
    spans = [Span(1, 15), Span(18, 19), Span(22, 36)]
    passages = [Passage(document, span, span, Kind.DIRECT, n, RIDERS) for n, span in enumerate(spans, 1)]
    index = build_word_index(passages)

    [start] = index.find_phrase(index.number_words(["three", "four"]))
    [places] = index.list_runs([start], 2)

    assert [place.stretch.passage.paragraph for place in places] == [1, 3]


def test_a_part_that_a_stretch_has_twice_is_found_in_it_once() -> None:
    document = Document("bells", "“Bells ring, and bells ring again at noon.”")
    index = build_word_index([Passage(document, Span(1, 42), Span(1, 42), Kind.DIRECT, 1, RIDERS)])
    ring, noon = (index.number_words(words.split()) for words in ("bells ring", "at noon"))

    assert [[(place.first, place.last) for place in chain] for chain in index.find_in_order([ring])] == [[(0, 1)]]
    assert [[(p.first, p.last) for p in chain] for chain in index.find_in_order([ring, noon])] == [[(0, 1), (6, 7)]]
    assert index.find_in_order([noon, ring]) == []
