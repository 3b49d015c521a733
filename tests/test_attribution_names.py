"""Whose name it is: peers, knights, couples, offices and their holders, several behind one verb."""

from __future__ import annotations

import pytest

from tests.test_attribution_doubt import name_shown

SHOWN = {
    "a verb for a given name": ("Bill Wray came. “The mill is shut,” said Wray.", "Bill Wray"),
    "a peer is known by the title": ("Lord Wray of Tarn said: “The mill is shut.”", "Lord Wray of Tarn"),
    "a peer goes by the first word": (
        "Lord Wray of Tarn came. “The mill is shut,” Lord Wray said.",
        "Lord Wray of Tarn",
    ),
    "a peeress nobody else names": ("Baroness Wray said: “The mill is shut.”", "Baroness Wray"),
    "a peer with a given name": ("Lord Peter Wray spoke. “The mill is shut,” said Lord Wray.", "Peter Wray"),
    "a peeress who may be another": ("Edna Wray is a nurse. “The mill is shut,” said Baroness Wray.", None),
    "a knight by a given name in no list": (
        "Sir Aldwyn Wray came. “The mill is shut,” Sir Aldwyn said.",
        "Aldwyn Wray",
    ),
    "a dame by her given name": ("Dame Isolde Wray came. Dame Isolde said: “The mill is shut.”", "Isolde Wray"),
    "a knight of whom no more is known": ("Sir Aldwyn said: “The mill is shut.”", "Sir Aldwyn"),
    "her husband": ("Mr and Mrs Wray run it. “The mill is shut,” said Mr Wray.", "Mr Wray"),
    "a couple, one of them": ("Mr and Mrs Wray run it. “The mill is shut,” Wray said.", None),
    "a couple and a name that tells no sex": (
        "Kestrel Wray runs it. Mrs Wray left. “The mill is shut,” said Mr Wray.",
        None,
    ),
    "particles": ("Ilse van der Tarn came. “The mill is shut,” said Ms van der Tarn.", "Ilse van der Tarn"),
    "three particles": (
        "Ilse von und zu Tarn came. “The mill is shut,” said Ms von und zu Tarn.",
        "Ilse von und zu Tarn",
    ),
    "a particle with a capital": ("Ilse de la Tarn came. De la Tarn said: “The mill is shut.”", "Ilse de la Tarn"),
    "particles of somebody else": ("Ilse de la Tarn came. “The mill is shut,” said Mr van der Wray.", "van der Wray"),
    "an office and its holder, apposed": (
        "The Prime Minister, Karl Wray, came. “The mill is shut,” the Prime Minister said.",
        "Karl Wray",
    ),
    "an office that its holder has left": (
        "The former Home Secretary Edna Wray came. “The mill is shut,” the Home Secretary said.",
        "Home Secretary",
    ),
    "a bishop's name behind the office": ("The Bishop of Tarn, the Rt Rev Karl Wray, said: “It is late.”", "Karl Wray"),
    "a mayor's office is whole": ("The Mayor of Tarn said: “The mill is shut.”", "Mayor of Tarn"),
    "a mayor's name behind the office": ("Mayor of Tarn Ruth Wray said: “The mill is shut.”", "Ruth Wray"),
    "a director's name behind the office": (
        "Deputy Director of Public Prosecution Ruth Wray said: “The mill is shut.”",
        "Ruth Wray",
    ),
    "a director's name that no list has": (
        "Deputy Director of Public Prosecution Kestrel Wray said: “The mill is shut.”",
        None,
    ),
    "a chief behind a body's name": (
        "National Search and Rescue Agency chief Karl Wray said: “Six came.”",
        "Karl Wray",
    ),
    "a right honourable": ("The Rt Hon Edna Wray MP said: “The mill is shut.”", "Edna Wray"),
    "a wing commander": ("Wing Commander Edna Wray said: “The mill is shut.”", "Edna Wray"),
    "two, each with a bracket": (
        "Edna Wray (left) and Karl Tarn (right) said: “It is late.”",
        "Edna Wray and Karl Tarn",
    ),
    "two, each in apposition": (
        "“The mill is shut,” said Edna Wray, the mayor, and Karl Tarn, the clerk.",
        "Edna Wray and Karl Tarn",
    ),
    "one who then leaves": ("“The mill is shut,” said Edna Wray, the mayor, and Karl Tarn left.", "Edna Wray"),
    "one in apposition at a chair": ("“It is late,” said Edna Wray, the mayor, to Karl Tarn and me.", "Edna Wray"),
}


@pytest.mark.parametrize("kind", SHOWN)
def test_a_name_is_whole_and_its_bearers(kind: str) -> None:
    text, expected = SHOWN[kind]

    assert name_shown(text) == expected
