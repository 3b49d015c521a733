"""Where a curator's mistake is told to stand."""

from __future__ import annotations

import pytest

from bot.storage.toml_schema import find_line

TOML = """\
# a comment = 1
title = "Tram"
"quoted key" = 1

[[voices]] # the first
name = "Ann"
[[ voices ]]
name = "Bob"
  side = "for"

[synonyms]
'bill' = [
  "cost",
]
"""


@pytest.mark.parametrize(
    ("at", "line"),
    [
        (("title",), 2),
        (("quoted key",), 3),
        (("voices",), 5),
        (("voices", 0, "name"), 6),
        (("voices", 0, "side"), 5),
        (("voices", 1), 7),
        (("voices", 1, "side"), 9),
        (("synonyms", "bill", 0), 12),
        (("synonyms", "price"), 11),
        (("motion",), None),
        ((), None),
    ],
)
def test_a_key_is_found_where_it_or_its_table_is_written(at: tuple[int | str, ...], line: int | None) -> None:
    assert find_line(TOML, at) == line
