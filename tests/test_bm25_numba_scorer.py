"""With numba: the same answers to the last bit, compiled before the first question."""

from __future__ import annotations

import gc
import sys
import threading
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numba
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bot.search import Query
from bot.search.bm25 import numba_scorer
from bot.search.bm25 import scorer as scorers
from bot.search.bm25.engine import Bm25Options
from bot.search.bm25.scorer import DeferredScorer, Scorer, choose_scorer
from bot.search.bm25.text_ranking import Text, build_ranking

if TYPE_CHECKING:
    import pytest

STEMS = st.lists(st.sampled_from("abcdef"), max_size=8)


def test_without_numba_numpy_scores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scorers, "find_spec", lambda _: None)

    assert type(choose_scorer(9_999, fast=True)) is Scorer


def test_numba_is_left_alone_when_it_is_not_wanted() -> None:
    assert type(choose_scorer(9_999, fast=False)) is Scorer


def test_numba_is_not_worth_its_import_for_few_texts() -> None:
    assert type(choose_scorer(10, fast=True)) is Scorer
    assert type(choose_scorer(9_999, fast=True)) is DeferredScorer


def test_numba_scores_once_enough_was_searched_and_never_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scorers, "NUMPY_TEXTS", 6)
    scorer = DeferredScorer()
    ranking = replace(build_ranking([Text(["a"]), Text(["b", "a"])], Bm25Options()), scorer=scorer)
    answers = []
    for expected in (Scorer, Scorer, numba_scorer.NumbaScorer, numba_scorer.NumbaScorer):
        answers.append(ranking.find_best(Query({"a": 1.0}), 9))
        for thread in [each for each in threading.enumerate() if each.name == "numba"]:
            thread.join()
        assert type(scorer.current) is expected

    for texts, scores in answers[1:]:
        assert np.array_equal(texts, answers[0][0])
        assert np.array_equal(scores, answers[0][1])


def test_an_index_of_bytes_that_numpy_stored_is_scored_with_numba_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scorers, "MIN_POSTINGS_TO_NARROW", 1)
    monkeypatch.setattr(scorers, "_UINT8_CODES", 1)
    ranking = build_ranking([Text(["a"]), Text(["b", "a", "a"]), Text(["a", "b"])], Bm25Options(fast=False))
    query = Query({"a": 1.0, "b": 0.5})

    texts, scores = replace(ranking, scorer=numba_scorer.NumbaScorer()).find_best(query, 9)

    assert ranking.fields.body.codes.dtype == np.uint8
    assert texts.tolist() == [1, 2, 0]
    assert np.array_equal(scores, ranking.find_best(query, 9)[1])


def test_what_numba_brings_is_set_aside_from_the_garbage_collector() -> None:
    gc.unfreeze()

    DeferredScorer().load()

    try:
        assert gc.get_freeze_count() > 0
    finally:
        gc.unfreeze()


def test_a_numba_that_cannot_be_loaded_costs_a_warning(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, "bot.search.bm25.numba_scorer", None)
    scorer = DeferredScorer()
    scorer.load()

    assert type(scorer.current) is Scorer
    assert "numba not used reason=ModuleNotFoundError" in caplog.text


@given(
    st.lists(st.tuples(STEMS, STEMS, STEMS), max_size=20),
    st.lists(st.lists(st.sampled_from("abcdefz"), max_size=8), max_size=4),
    st.sampled_from([{}, {"parent": 0}, {"pairs": 0, "around": 0}, {"around": 0, "parent": 0}]),
    st.integers(1, 25),
)
def test_numba_and_numpy_agree_to_the_last_bit(
    texts: list[tuple[list[str], list[str], list[str]]],
    questions: list[list[str]],
    options: dict[str, float],
    limit: int,
) -> None:
    numbered = [Text(*text, parent=len(text[0]) % 3 or None) for text in texts]
    plain = build_ranking(numbered, Bm25Options.model_validate(options))
    quick = replace(plain, scorer=numba_scorer.NumbaScorer())

    for asked in questions:
        query = Query(dict.fromkeys(asked, 1.0), tuple(pairwise(asked)))
        for ours, theirs in zip(quick.find_best(query, limit), plain.find_best(query, limit), strict=True):
            assert np.array_equal(ours, theirs)


def test_what_is_compiled_is_what_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_add_scores", "_add_boosts", "_select_top"):
        monkeypatch.setattr(numba_scorer, name, getattr(numba_scorer, name).py_func)
    texts = [Text(list("zabcabdaedbbb"[n : n + 3]), parent=n % 2) for n in range(13)] * 3
    query = Query({"a": 1.0, "d": 2.0, "e": 1.0}, (("a", "b"), ("b", "b")))

    for options in (Bm25Options(), Bm25Options(pairs=0, around=0, parent=0)):
        plain = build_ranking(texts, options)
        ranking = replace(plain, scorer=numba_scorer.NumbaScorer())
        for limit in (1, 4, 99):
            both = zip(ranking.find_best(query, limit), plain.find_best(query, limit), strict=True)
            assert all(np.array_equal(*pair) for pair in both)


def test_code_that_cannot_be_kept_is_compiled_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    compile_: Any = numba.njit

    def without_a_folder(signature: object, **how: bool) -> object:
        if how.pop("cache", False):
            raise RuntimeError("no locator available")
        return compile_(signature, **how)

    monkeypatch.setattr(numba, "njit", without_a_folder)
    twice = numba_scorer._compile("int64(int64)")(lambda number: 2 * number)  # noqa: SLF001

    assert twice(4) == 8


def test_numba_compiles_nothing_at_a_question() -> None:
    names = ("_add_scores", "_add_boosts", "_select_top")
    compiled: list[Any] = [getattr(numba_scorer, name) for name in names]

    assert numba.__version__
    assert not any(function._can_compile for function in compiled)  # noqa: SLF001
