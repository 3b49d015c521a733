"""Passages found by their words, voice and heading, and raised by what stands around them."""

from __future__ import annotations

import itertools
import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.analysis import Analyser
from bot.model import Document, Kind, Passage, Span, Turn, Voice
from bot.search import Hit, Query
from bot.search.bm25.engine import Bm25Index, Bm25Options, build
from bot.search.bm25.text_ranking import Text, build_ranking
from tests.invented_debate import passages

ENGLISH = Analyser("english")
PLAIN = {"voice": 0, "heading": 0, "pairs": 0, "around": 0, "parent": 0}


def index(found: list[Passage], **options: float) -> Bm25Index:
    return build(found, ENGLISH, Bm25Options.model_validate({"fast": False} | options))


def query(text: str) -> Query:
    stems = [word.stem for word in ENGLISH.content_words(text)]
    return Query(dict.fromkeys(stems, 1.0), tuple(itertools.pairwise(stems)))


def shown(hits: list[Hit] | tuple[Hit, ...]) -> list[str]:
    return [hit.passage.text for hit in hits]


def search(found: list[Passage], question: str, limit: int = 10, **options: float) -> list[str]:
    return shown(tuple(index(found, **options).search(query(question), limit)))


def test_only_passages_that_share_a_stem_are_hits() -> None:
    lines = passages("The ferry sails at night.", "Taxes rise.", "Nobody sails.")

    assert set(search(lines, "sailing")) == {"The ferry sails at night.", "Nobody sails."}


@pytest.mark.parametrize("question", ["", "the of and", "zebra", "💡"])
def test_a_question_without_known_words_finds_nothing(question: str) -> None:
    assert search(passages("The ferry sails."), question) == []


def test_an_empty_corpus_finds_nothing() -> None:
    assert search([], "ferry") == []


def test_no_hits_are_wanted_and_none_are_given() -> None:
    assert search(passages("The ferry sails."), "ferry", 0) == []


def test_one_passage_is_found_with_a_score_above_zero() -> None:
    [hit] = index(passages("The ferry sails.")).search(query("ferry"), 5)

    assert hit.score > 0


def test_a_word_in_every_passage_still_finds_them_all() -> None:
    assert len(search(passages("ferry one", "ferry two", "ferry three"), "ferry")) == 3


@pytest.mark.parametrize("many", [2, 3, 100, 5000])
@pytest.mark.parametrize("limit", [1, 7, 10_000])
def test_passages_all_alike_come_in_reading_order(many: int, limit: int) -> None:
    hits = index(passages(*["The ferry sails."] * many)).search(query("ferry"), limit)

    assert [hit.passage.paragraph for hit in hits] == list(range(1, min(many, limit) + 1))
    assert len({hit.score for hit in hits}) == 1


def test_a_passage_of_no_words_is_never_a_hit() -> None:
    assert search(passages("...", "The ferry."), "ferry") == ["The ferry."]


def test_a_weightier_word_decides() -> None:
    lines = index(passages("The ferry.", "The tax."), **PLAIN)

    [first, _] = lines.search(Query({"ferri": 1.0, "tax": 2.0}), 2)

    assert first.passage.text == "The tax."


def test_a_word_of_no_weight_is_not_searched() -> None:
    assert index(passages("The ferry.")).search(Query({"ferri": 0.0}), 2) == ()


def test_a_passage_is_found_by_its_voice_and_cue() -> None:
    [one, two] = passages("We pay too much.", "Low told the council.")
    one = replace(one, voice=Voice("Ann Low", "chair", "Riders"), cue=(two.span,))
    found = index([one])

    for word in ("Ann", "chair", "Riders", "council"):
        [hit] = found.search(query(word), 5)
        assert hit.matched_stems == {ENGLISH.stem(word.casefold())}


def test_a_passage_is_found_by_its_title_and_heading() -> None:
    document = Document(
        "council", "LOW: We pay.", title="Ferries", turns=(Turn(Span(5, 12), Span(0, 4), Voice("Low"), "Harbour dues"),)
    )
    spoken = Passage(document, Span(5, 12), Span(5, 12), Kind.DIRECT, 1)
    label = Passage(document, Span(0, 4), Span(0, 4), Kind.NARRATION, 1)
    found = index([label, spoken])

    assert [h.passage for h in found.search(query("ferry"), 5)] == [label, spoken]
    assert [h.passage for h in found.search(query("harbour"), 5)] == [spoken]


def test_matched_tells_the_words_shared_and_leaves_the_rest_of_the_document_out() -> None:
    lines = passages("The ferry sails.", "The tax rises.")

    [hit] = index(lines).search(query("ferry tax"), 1)

    assert hit.matched_stems in ({"ferri"}, {"tax"})


def test_words_side_by_side_raise_a_passage() -> None:
    lines = passages("A night so dark, no ferry.", "No dark so deep: a night ferry.")

    assert search(lines, "night ferry", around=0)[0] == lines[1].text
    assert search(lines, "night ferry", around=0, pairs=0)[0] == lines[0].text


def test_pairs_with_an_unknown_word_are_passed_over() -> None:
    lines = passages("A night ferry.", "A ferry.")

    assert search(lines, "zebra night ferry crossing")[0] == "A night ferry."


def test_the_rest_of_the_document_raises_a_passage_but_never_finds_it() -> None:
    about = passages("The ferry sails.", "It is loud.", "The ferry is dear.", name="about")
    aside = passages("The ferry sails.", "Bread is dear.", name="aside")

    found = search([*aside, *about], "ferry", around=0)

    assert found == ["The ferry sails.", "The ferry is dear.", "The ferry sails."]


def test_the_passages_before_and_after_raise_a_passage() -> None:
    near = passages("Bread.", "Milk.", "Taxes rise.", "Night falls.", name="near")
    far = passages("Bread.", "Taxes rise.", "Milk.", "Night falls.", name="far")

    [first, _] = index([*far, *near], parent=0).search(query("taxes night"), 9)[:2]

    assert first.passage.document.id == "near"


@pytest.mark.parametrize("part", ["voice", "heading", "pairs", "around", "parent"])
def test_a_part_of_no_weight_is_not_built(part: str) -> None:
    ranking = index(passages("A night ferry.", "A ferry.", title="Sea"), **{part: 0}).ranking

    assert getattr(ranking.fields, part).ids.size == 0


@pytest.mark.parametrize("wrong", [{"k1": 0}, {"b": 1.1}, {"floor": -1}, {"parent": -1}, {"terms": 0}, {"delta": 1}])
def test_options_out_of_range_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        Bm25Options.model_validate(wrong)


def test_a_rarer_word_tells_more_and_an_unknown_one_most() -> None:
    found = index(passages("ferry night", "ferry", "ferry day", title="Sea"))

    assert 0 < found.idf("ferri") < found.idf("night") < found.idf("zebra")
    assert 0 < found.idf("sea") < found.idf("zebra")


def test_of_too_many_words_the_most_telling_are_searched() -> None:
    lines = passages("ferry night", "ferry day", "ferry")

    hits = index(lines, terms=1, **PLAIN).search(query("ferry night"), 5)

    assert [(hit.passage.text, hit.matched_stems) for hit in hits] == [("ferry night", frozenset({"ferri", "night"}))]


def test_hostile_questions_cost_little() -> None:
    texts = [Text([f"w{(n * 7 + m) % 997}" for m in range(40)]) for n in range(2000)]
    ranking = build_ranking(texts, Bm25Options(fast=False))
    words = [f"w{n}" for n in range(4096)]
    asked = Query(dict.fromkeys(words, 1.0), tuple(itertools.pairwise(words)))

    start = time.process_time()
    found, _ = ranking.find_best(asked, 50)

    assert found.size == 50
    assert time.process_time() - start < 0.25  # many times what it takes


def test_one_huge_passage_is_found() -> None:
    huge = "ferry " * 33_000 + "night"

    assert len(search(passages(huge, "a ferry"), "night")) == 1


@given(
    st.lists(st.lists(st.sampled_from("abcde"), max_size=6), max_size=30),
    st.lists(st.sampled_from("abcdez"), max_size=6),
    st.integers(1, 40),
)
def test_hits_are_the_texts_that_share_a_stem_best_first_ties_in_order(
    texts: list[list[str]], asked: list[str], limit: int
) -> None:
    numbered = [Text(text, parent=len(text) % 3) for text in texts]
    ranking = build_ranking(numbered, Bm25Options(fast=False))

    found, scores = ranking.find_best(Query(dict.fromkeys(asked, 1.0)), limit)

    sharing = {n for n, text in enumerate(texts) if set(text) & set(asked)}
    assert set(found.tolist()) <= sharing
    assert len(found) == min(limit, len(sharing))
    order = list(zip((-scores).tolist(), found.tolist(), strict=True))
    assert order == sorted(order)
