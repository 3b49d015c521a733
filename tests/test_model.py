"""Places, fingerprints and ids."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import IntegrityError
from bot.model import Document, Kind, Passage, Quote, Span, Voice
from tests.invented_debate import FERRY

PARAGRAPHS = ("She said no.", "He said yes.", "x" * 10_000, "Nobody spoke.")


def document_changed(old: str, new: str) -> Document:
    """Return a document of `PARAGRAPHS` in which `old` became `new` after it was loaded."""
    document = Document("a", "\n\n".join(PARAGRAPHS))
    object.__setattr__(document, "text", document.text.replace(old, new, 1))
    return document


def test_a_paragraph_that_changed_after_loading_cannot_be_sliced() -> None:
    document = document_changed("He said yes", "He said no!")

    with pytest.raises(IntegrityError, match=r"^a: the text changed in memory; reload the corpus"):
        document.slice_text(Span(14, 26))
    assert document.is_damaged
    assert not document.matches_sha256()


def test_the_paragraphs_beside_a_changed_one_can_still_be_sliced() -> None:
    document = document_changed("He said yes", "He said no!")

    assert document.slice_text(Span(0, 12)) == "She said no."
    assert document.slice_text(Span(28, 10_028)) == "x" * 10_000
    assert not document.is_damaged
    assert not document.is_intact(Span(0, 15))


@pytest.mark.parametrize("offset", [28, 28 + 4095, 28 + 4096, 28 + 9_999])
def test_a_change_anywhere_in_a_long_paragraph_is_found_where_it_is_sliced(offset: int) -> None:
    document = Document("a", "\n\n".join(PARAGRAPHS))
    changed = f"{document.text[:offset]}y{document.text[offset + 1 :]}"
    object.__setattr__(document, "text", changed)

    assert not document.is_intact(Span(offset, offset + 1))
    assert not document.is_intact(Span(28, 10_028))


def test_a_quote_whose_cue_changed_after_loading_is_not_intact() -> None:
    document = document_changed("She said no", "Who said no")
    words = Span(14, 26)
    passage = Passage(document, words, words, Kind.DIRECT, 2, cue=(Span(0, 3),))

    assert not Quote(passage, words).is_intact
    assert Quote(replace(passage, cue=()), words).is_intact


def test_text_added_at_the_end_changes_the_last_paragraph_alone() -> None:
    document = document_changed("Nobody spoke.", "Nobody spoke. She lied.")

    assert document.is_intact(Span(28, 10_028))
    assert not document.is_intact(Span(10_030, 10_043))


@given(st.text("a \n", max_size=40), st.data())
def test_every_slice_of_an_unchanged_text_is_intact(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))

    assert Document("a", text).slice_text(Span(start, end)) == text[start:end]


@given(st.text("a \n", min_size=1, max_size=40), st.data())
def test_a_change_of_any_character_is_found_by_a_slice_that_holds_it(text: str, data: st.DataObject) -> None:
    offset = data.draw(st.integers(0, len(text) - 1))
    document = Document("a", text)
    object.__setattr__(document, "text", f"{text[:offset]}b{text[offset + 1 :]}")

    assert not document.is_intact(Span(offset, offset + 1))


def test_a_quote_is_cut_from_its_document_and_named_by_its_place() -> None:
    passage = FERRY.passages[0]
    quote = Quote(passage, Span(2, 7))

    assert quote.text == "ferry"
    assert quote.id == Quote(passage, Span(2, 7)).id
    assert quote.id != Quote(passage, Span(2, 8)).id
    assert len(quote.id) == 8


def test_text_that_no_encoding_takes_still_has_a_fingerprint() -> None:
    assert Document("a", "\ud800").sha256


@pytest.mark.parametrize(
    ("voice", "other", "is_same"),
    [
        (Voice("Keir Ashby", id="xx.parliament/12"), Voice("Lord Ashby", id="xx.parliament/12"), True),
        (Voice("Keir Ashby", id="xx.parliament/12"), Voice("Keir Ashby", id="xx.parliament/13"), False),
        (Voice("Keir Ashby", id="xx.parliament/12"), Voice("keir ashby", "baker"), True),
        (Voice("Keir Ashby", id="xx.parliament/12"), Voice("Keir Ashby", id="xx.press/13"), True),
        (Voice("Keir Ashby", id="xx.parliament/12"), Voice("Ida Ashby", id="xx.press/12"), False),
        (Voice("Keir Ashby"), Voice("Ida Ashby"), False),
    ],
)
def test_one_record_s_identities_tell_people_apart_and_elsewhere_names_do(
    voice: Voice,
    other: Voice,
    is_same: bool,  # noqa: FBT001  a column of the table
) -> None:
    assert voice.is_same_person(other) is other.is_same_person(voice) is is_same


def test_what_is_known_of_a_voice_is_described_once() -> None:
    voice = Voice("Ann Low", "chair", "Riders", party="Riders", seat="Harwick")

    assert voice.descriptions == ("Ann Low", "chair", "Riders", "Harwick")
    assert voice.bodies == ("Riders",)
    assert Voice("Ann Low").bodies == ()
