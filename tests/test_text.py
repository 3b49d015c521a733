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
        (
            "My hon. Friend the Member for Ludd is right. I agree.",
            ["My hon. Friend the Member for Ludd is right.", "I agree."],
        ),
        ("I thank my rt. hon. Friend. He knows.", ["I thank my rt. hon. Friend.", "He knows."]),
        ("My right hon. and learned Friend. Well.", ["My right hon. and learned Friend.", "Well."]),
        ("Messrs. Low and Fell sold it. So be it.", ["Messrs. Low and Fell sold it.", "So be it."]),
        ("In R v. Harkness it was held. Why?", ["In R v. Harkness it was held.", "Why?"]),
        ("See s. 4 and cl. 7 of it. Then vol. II.", ["See s. 4 and cl. 7 of it.", "Then vol. II."]),
        ("Look at fig. A and Para. 3 there. Yes.", ["Look at fig. A and Para. 3 there.", "Yes."]),
        ("Maj. Low met Brig. Fell and Adm. Moss. They left.", ["Maj. Low met Brig. Fell and Adm. Moss.", "They left."]),
        ("Ald. Tibbs and Det. Supt. Crane came. Rain fell.", ["Ald. Tibbs and Det. Supt. Crane came.", "Rain fell."]),
        (
            "Wm. Low of Mt. Pell met Asst. Dir. Orr of Orme Univ. Press. Go.",
            ["Wm. Low of Mt. Pell met Asst. Dir. Orr of Orme Univ. Press.", "Go."],
        ),
        (
            "In [2019] Civ. 12 the tram (est. 1890, cap. 12) ran. Go.",
            ["In [2019] Civ. 12 the tram (est. 1890, cap. 12) ran.", "Go."],
        ),
        ("He lives at No. 10 there. Go.", ["He lives at No. 10 there.", "Go."]),
        ("She said no. We left.", ["She said no.", "We left."]),
        ("No. It is late.", ["No.", "It is late."]),
        ("We bought art. Then we left.", ["We bought art.", "Then we left."]),
        ("We bought art. A man left.", ["We bought art.", "A man left."]),
        ("It has an app. Use it.", ["It has an app.", "Use it."]),
        ("Read 3 & 4 Eliz. 2 c. 18 and 60 Geo. III. Go.", ["Read 3 & 4 Eliz. 2 c. 18 and 60 Geo. III.", "Go."]),
        ("I asked— [ Laughter. ] Well, I did.", ["I asked— [ Laughter. ]", "Well, I did."]),
        ("It was late. ]x Why?", ["It was late.", "]x Why?"]),
        ("It rains on the mar. Then it stops.", ["It rains on the mar.", "Then it stops."]),
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
