"""What kind of thing a question wants, and whether some words hold one.

A question for a date that is shown no date has not been answered, however many
of its words are matched.
"""

from __future__ import annotations

import re

_NUMBER = (
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|twenty|thirty|"
    r"forty|fifty|sixty|seventy|eighty|ninety|hundreds?|thousands?|millions?|billions?|half|"
    r"third|quarter|none|majority|most)\b"
)
_SHAPES = {
    "number": re.compile(_NUMBER, re.IGNORECASE),
    "date": re.compile(
        r"\b(?:1[89]|20)\d\d\b|\b(?:January|February|March|April|May|June|July|August|September|"
        r"October|November|December)\b|\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b"
    ),
    "duration": re.compile(
        rf"(?:{_NUMBER})[\w\s,.-]*?\b(?:second|minute|hour|day|week|month|year|decade)s?\b",
        re.IGNORECASE,
    ),
    "money": re.compile(r"[£$€]|\b(?:pounds?|euros?|dollars?|pence)\b", re.IGNORECASE),
}


def satisfied(asks: frozenset[str], text: str) -> bool:
    """Tell whether `text` holds a thing of every kind in `asks` that has a shape of its own.

    >>> satisfied(frozenset({"number"}), "ten trials"), satisfied(frozenset({"date"}), "soon")
    (True, False)
    """
    return all(_SHAPES[kind].search(text) for kind in asks if kind in _SHAPES)
