"""What kind of thing was asked for, and the shapes it has."""

from __future__ import annotations

import pytest

from bot.answers.question_language import to_phrase
from bot.answers.question_tables import load_question_language

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
        ({"number"}, "since 2019 the boats are full", False),
        ({"number"}, "one day, on 12 May, the boats were full", False),
        ({"number"}, "2000 riders a day", True),
        ({"month"}, "from April on", True),
        ({"month"}, "in 2019, on a Tuesday", False),
        ({"year"}, "by 2031", True),
        ({"year"}, "in April", False),
        ({"day"}, "on 3 April", True),
        ({"day"}, "on a Monday", True),
        ({"day"}, "in April 2019", False),
        ({"clock"}, "from 6.40 to midnight", True),
        ({"clock"}, "6.4 per cent of boats", False),
        ({"clock"}, "on Monday", False),
        ({"share"}, "two in five riders", True),
        ({"share"}, "a third of them", True),
        ({"share"}, "40 riders", False),
        ({"date"}, "early in the new year", True),
        ({"date"}, "two years", False),
        ({"identity"}, "whatever", True),
        (set(), "", True),
    ],
)
def test_what_is_wanted_has_a_shape(asks: set[str], text: str, *, expected: bool) -> None:
    assert ENGLISH.has_all_answer_types(frozenset(asks), text) is expected


@pytest.mark.parametrize(
    ("question", "door"),
    [
        ("Good afternoon, everyone", "corpus"),
        ("could you sum up this discussion for me please", "corpus"),
        ("which articles are here?", "corpus"),
        ("who is taking part in the debate", "corpus"),
        ("how recent is this?", "corpus"),
        ("names of all the speakers", "corpus"),
        ("is this article still correct?", "corpus"),
        ("are you actually a human", "about"),
        ("who is behind this bot", "about"),
        ("how do you choose the quotes", "about"),
        ("ta, very helpful", "courtesy"),
        ("lol nice one mate", "courtesy"),
        ("ok got it, cheers", "courtesy"),
        ("is it good?", None),
        ("who pays for it", None),
        ("thanks to whom did it open", None),
        ("what is the cost of this", None),
        ("when was the bridge closed", None),
        (" ".join(["hello"] * 13), None),
        ("", None),
    ],
)
def test_a_question_that_asks_nothing_of_the_debate_opens_a_door(question: str, door: str | None) -> None:
    assert ENGLISH.find_door(to_phrase(question)) == door
