"""Whom he or she means where more than one person was brought in before: certain, or not shown."""

from __future__ import annotations

import pytest

from bot.attribution import extract_passages
from bot.model import Document, Kind
from tests.english import ENGLISH

SHOWN = 0.7
PIER = "\n\n“The pier is closing,” "


def name_shown(text: str) -> str | None:
    """Return who is shown for the last quotation of `text`."""
    found = extract_passages(Document("invented", text), language=ENGLISH)
    passage = [passage for passage in found if passage.kind in (Kind.DIRECT, Kind.FRAGMENT)][-1]
    return passage.voice.name if passage.voice and passage.confidence >= SHOWN else None


DOUBTED = {
    "two women of one surname": "Ann Scott and Bea Scott came.\n\nScott joked about it." + PIER + "she said.",
    "one of two brothers quoted": "Karl Low met Tom Low. “It is old,” said Low." + PIER + "he added.",
    "another for whom it is a chance": "“It is old,” said Mary Marsh.\n\nFor Ida Orme it is a chance."
    + PIER
    + "she said.",
    "another named in passing": "“It is old,” said Mary Marsh.\n\nThe town is with Ida Orme." + PIER + "she said.",
    "what the last sentence is about": "“It is old,” said Karl Marsh.\n\nIvo Orme wished that few had met Karl Marsh."
    + PIER
    + "he said.",
    "one who came in with her": "“It is old,” said Mary Marsh.\n\nIda Orme came with Mary Marsh." + PIER + "she said.",
    "whose letter another printed": "Mary Marsh printed a letter from Ida Orme." + PIER + "she writes.",
    "whose column another read": "Karl Marsh read a column by Ivo Orme." + PIER + "he wrote.",
    "a driver from a town": "Mary Marsh came in.\n\nA lorry driver from Goole had another view." + PIER + "she said.",
    "a knitter": "Mary Marsh lost. A knitter in Hove shrugged." + PIER + "she said.",
    "a knitter at the end": "Mary Marsh lost. There sat a knitter" + PIER + "she said.",
    "a hacker": "Karl Marsh wrote it.\n\nThe hacker left a note." + PIER + "he wrote.",
    "a namesake since": "“It is old,” said Ivo Orme.\n\nKarl Marsh and Ida Marsh own it.\n\nMarsh made a vow."
    + PIER
    + "he said.",
}
MEANT = {
    "a namesake of the other sex": ("Karl Low met Ida Low.\n\nLow spoke up." + PIER + "he said.", "Karl Low"),
    "the woman of the surname": ("Ida Low met Karl Low.\n\nIn the end Low spoke up." + PIER + "she said.", "Ida Low"),
    "not whom his statement is about": (
        "Karl Marsh’s agent, Ivo Orme, says so. “I doubt it” – that Marsh is seen as lazy – “will last,” he says.",
        "Ivo Orme",
    ),
    "not whom her own view is about": (
        "Mary Marsh came in. Asked about her own vote in the event that Ida Orme wins it, she said: “I do not know.”",
        "Mary Marsh",
    ),
    "whom the main clause names": ("When his horse had run off, Karl Marsh stood." + PIER + "he said.", "Karl Marsh"),
    "one quoted, another behind": ("“It is old here,” said Mary Marsh of Ida Orme." + PIER + "she said.", "Mary Marsh"),
    "the one who tells of another": ("Mary Marsh said she knew Ida Orme well." + PIER + "she said.", "Mary Marsh"),
    "a driver who is named": (
        "Karl Marsh and driver Ida Orme came. Karl Marsh is late." + PIER + "he said.",
        "Karl Marsh",
    ),
    "what he is himself": ("Karl Marsh won. He’s a fighter." + PIER + "he said.", "Karl Marsh"),
    "a card that is no knitter": ("Mary Marsh lost. A knitter card fell." + PIER + "she said.", "Mary Marsh"),
    "her own letter": ("Mary Marsh wrote a letter to Ida Orme." + PIER + "she writes.", "Mary Marsh"),
    "a street is no rival": ("Karl Marsh came.\n\nHe walked down Harnet Walk." + PIER + "he said.", "Karl Marsh"),
}


@pytest.mark.parametrize("kind", DOUBTED)
def test_a_pronoun_that_may_mean_another_names_nobody(kind: str) -> None:
    assert name_shown(DOUBTED[kind]) is None


@pytest.mark.parametrize("kind", MEANT)
def test_a_pronoun_means_the_one_whom_the_sentences_lead_to(kind: str) -> None:
    text, meant = MEANT[kind]

    assert name_shown(text) == meant
