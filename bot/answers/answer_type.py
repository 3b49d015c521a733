"""What kind of thing a question wants, and whether some words hold one.

A question for a date that is shown no date has not been answered, however many
of its words are matched.
"""

from __future__ import annotations

import re

_NUMBER_PATTERN = (
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|twenty|thirty|"
    r"forty|fifty|sixty|seventy|eighty|ninety|hundreds?|thousands?|millions?|billions?|half|"
    r"third|quarter|none|majority|most)\b"
)
_PATTERNS = {
    "number": re.compile(_NUMBER_PATTERN, re.IGNORECASE),
    "date": re.compile(
        r"\b(?:1[89]|20)\d\d\b|\b(?:January|February|March|April|May|June|July|August|September|"
        r"October|November|December)\b|\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b"
    ),
    "duration": re.compile(
        rf"(?:{_NUMBER_PATTERN})[\w\s,.-]*?\b(?:second|minute|hour|day|week|month|year|decade)s?\b",
        re.IGNORECASE,
    ),
    "money": re.compile(r"[£$€]|\b(?:pounds?|euros?|dollars?|pence)\b", re.IGNORECASE),
}


def has_answer_types(answer_types: frozenset[str], text: str) -> bool:
    """Return whether `text` holds something of every kind in `answer_types` that has a shape.

    >>> number, date = frozenset({"number"}), frozenset({"date"})
    >>> has_answer_types(number, "ten trials"), has_answer_types(date, "soon")
    (True, False)
    """
    return all(_PATTERNS[kind].search(text) for kind in answer_types if kind in _PATTERNS)
