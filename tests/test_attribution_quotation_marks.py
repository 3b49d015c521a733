"""Quotation marks: where they open and close, whatever their shape, and what is none."""

from __future__ import annotations

import pytest

from bot.attribution.quotation_marks import find_quotations, flag_continuations
from bot.text import split_paragraphs
from tests.english import ENGLISH_LEXICON

FOUND = {
    "curly": ("“a b” c “d”", ["a b", "d"]),
    "straight": ('"a b" c "d"', ["a b", "d"]),
    "curly closed by straight": ('“a b" c', ["a b"]),
    "two singles": ("''a b'' c", ["a b"]),
    "two curly singles": ("’’a b’’ c", ["a b"]),
    "single": ("‘a b’ c", ["a b"]),
    "straight single": ("'a b' c", ["a b"]),
    "money": ("‘$5 a day’ c", ["$5 a day"]),
    "apostrophe": ("it’s Ann’s and the workers’ own", []),
    "clipped": ("’tis the ‘90s and ‘til then’ it", []),
    "nested single": ("“a ‘b c’ d” e", ["a ‘b c’ d"]),
    "nested double": ("‘a “b c” d’ e", ["a “b c” d"]),
    "reopened before closing": ("“a b “c d” e", ["a b", "c d"]),
    "straight reopened": ('"a b "c d" e', ["a b", "c d"]),
    "straight inside a word": ('a 5"6 b', []),
    "straight at a word's end": ('a b" c', []),
    "straight behind a letter": ('a b"c d', []),
    "closing alone": ("a” b ” c", []),
    "closing that opens": ("a ”b c” d", ["b c"]),
    "opening that closes": ("“a b“ c", ["a b"]),
    "german": ("„a b“ c", ["a b"]),
    "low singles": ("‚a b’ c", ["a b"]),
    "swedish": ("”a b” c", ["a b"]),
    "french": ("« a b » c", ["a b"]),
    "danish": ("»a b« c", ["a b"]),
    "danish alone": ("a » b", []),
    "japanese": ("「a」と「b」", ["a", "b"]),
    "japanese double": ("『a』と", ["a"]),
    "empty": ('“” a "" b', []),
    "unclosed": ("a “b c", ["b c"]),
    "dash": ("a—“b c” d", ["b c"]),
    "bracket": ("(“b c”) d", ["b c"]),
}


@pytest.mark.parametrize("shape", FOUND)
def test_the_words_between_marks_are_found(shape: str) -> None:
    text, expected = FOUND[shape]

    found = find_quotations(text, split_paragraphs(text), ENGLISH_LEXICON)
    assert [text[m.inner.start : m.inner.end] for m in found] == expected


def test_what_is_nested_is_known_by_its_mark() -> None:
    text = "“a ‘b c’ d” and ‘e “f” g’"

    double, single = find_quotations(text, split_paragraphs(text), ENGLISH_LEXICON)
    assert [text[a:b] for a, b in double.nested] == ["b c"]
    assert [text[a:b] for a, b in single.nested] == ["f"]
    assert (double.single, single.single) == (False, True)


def test_a_mark_takes_its_outer_marks_in_and_knows_its_paragraph() -> None:
    text = "a\n\nb “c” d"

    [mark] = find_quotations(text, split_paragraphs(text), ENGLISH_LEXICON)
    assert text[mark.outer.start : mark.outer.end] == "“c”"
    assert (mark.paragraph_index, mark.closed) == (1, True)


@pytest.mark.parametrize(
    ("text", "goes_on"),
    [
        ("“a\n\n“b”", [False, True]),
        ("“a”\n\n“b”", [False, False]),
        ("“a\n\nc “b”", [False, False]),
        ("“a\n\nc.\n\n“b”", [False, False]),
        ("“a\n\na caption\n\n“b”", [False, True]),
        ("“a\n\na caption\n\nanother\n\n“b”", [False, True]),
        ("“a\n\na caption\n\nanother\n\na third\n\n“b”", [False, False]),
        ("“a\n\na caption\n\n“b", [False, True]),
        ("‘a\n\n‘b’", [False, True]),
        ("'a\n\n'b'", [False, True]),
    ],
)
def test_a_quotation_goes_on_only_at_the_start_of_the_next_paragraph(text: str, goes_on: list[bool]) -> None:
    lines = split_paragraphs(text)

    assert flag_continuations(text, find_quotations(text, lines, ENGLISH_LEXICON), lines) == goes_on


def test_a_single_mark_that_no_paragraph_reopens_is_an_apostrophe() -> None:
    text = "‘a b c\n\nd e f"

    assert find_quotations(text, split_paragraphs(text), ENGLISH_LEXICON) == []
