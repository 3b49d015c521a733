"""Paragraphs, sentences and words by offset."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Span
from bot.text import normalise, split_paragraphs, split_sentences, split_words, trim

PROSE = st.text(alphabet="aB1 .!?\"“”’'\n\r…«»-—,%", max_size=200)


def cut(text: str) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text, Span(0, len(text)))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mr. Low spoke. Ms High did not.", ["Mr. Low spoke.", "Ms High did not."]),
        ("It cost 4.5 million. Why?", ["It cost 4.5 million.", "Why?"]),
        ("“No.” She left.", ["“No.”", "She left."]),
        ("She asked why? then left.", ["She asked why? then left."]),
        ("J. R. Low spoke at 5 p.m. He left.", ["J. R. Low spoke at 5 p.m. He left."]),
        ("The U.S. Senate sat.", ["The U.S. Senate sat."]),
        ("Wait… He came.", ["Wait…", "He came."]),
        ("no stop at all", ["no stop at all"]),
        ("example.com is down. Yes.", ["example.com is down.", "Yes."]),
        ("  ", []),
    ],
)
def test_sentences_end_where_a_reader_would_end_them(text: str, expected: list[str]) -> None:
    assert cut(text) == expected


@given(PROSE)
def test_sentences_and_paragraphs_leave_out_nothing_but_blanks(text: str) -> None:
    kept = "".join(text[start:end] for p in split_paragraphs(text) for start, end in split_sentences(text, p))

    assert "".join(kept.split()) == "".join(text.split())


@given(PROSE)
def test_words_stand_in_order_at_their_places(text: str) -> None:
    found = list(split_words(text))

    assert all(normalise(text[word.start : word.end]) == word.normalised for word in found)
    assert all(a.end <= b.start for a, b in itertools.pairwise(found))


def test_blanks_alone_trim_to_nothing() -> None:
    assert trim(" \n ", Span(0, 3)) == Span(3, 3)
