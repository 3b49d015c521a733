"""What kind of thing was asked for, and the shapes it has."""

from __future__ import annotations

import pytest

from bot.answers.question_language import load_question_language

ENGLISH = load_question_language("english")


@pytest.mark.parametrize(
    ("asks", "text", "expected"),
    [
        ({"number"}, "across ten deployments", True),
        ({"number"}, "across deployments", False),
        ({"date"}, "In July they met", True),
        ({"date"}, "They may meet", False),
        ({"duration"}, "for 30 days", True),
        ({"duration"}, "for days", False),
        ({"money"}, "£4m", True),
        ({"money", "number"}, "ten of them", False),
        ({"identity"}, "whatever", True),
        (set(), "", True),
    ],
)
def test_what_is_wanted_has_a_shape(asks: set[str], text: str, *, expected: bool) -> None:
    assert ENGLISH.has_answer_types(frozenset(asks), text) is expected
