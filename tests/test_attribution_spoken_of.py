"""Who is spoken of, spoken to, or was sent the words said none of them; a letter's words are its author's."""

from __future__ import annotations

import pytest

from bot.attribution import extract_passages
from bot.model import Document, Kind
from tests.english import ENGLISH
from tests.test_attribution_doubt import name_shown

SHOWN = {
    "who ripped another for acting so": ("Emma Low, the mayor, ripped Karl Marsh for acting as “a judge”.", "Emma Low"),
    "who slammed another for being so": ("Emma Low, the mayor, slammed MP Karl Marsh as “a sad liar”.", "Emma Low"),
    "barred from publishing": ("Emma Low signed a deal barring her from publishing “a diary or a letter”.", None),
    "a clause that stops her": ("Emma Low agreed to a clause stopping her from posting “any film or note”.", None),
    "forbidden to discuss": ("Emma Low took a deal forbidding her to discuss “any film or note”.", None),
    "banned from writing about": ("Emma Low was banned from writing about “any film or note”.", None),
    "made to say": ("Karl Marsh was made to say “I am sorry for it”.", None),
    "forced to tell": ("Karl Marsh was forced to tell them “I am sorry for it”.", None),
    "urged to write": ("Emma Low urged Karl Marsh to write “I am sorry for it”.", None),
    "wanted to write": ("Emma Low wanted Karl Marsh to write “I am sorry for it” to her.", None),
    "described as": ("Karl Marsh, described as “lazy and rude all day”, left.", None),
    "called, behind the name": ("Karl Marsh, called “lazy and rude all day”, left.", None),
    "who described it": ("Edna Marsh described it as “lazy and rude all day”.", "Edna Marsh"),
    "what somebody described as": ("It was what Edna Marsh described as “a lazy, rude day”.", "Edna Marsh"),
    "she, for one": ("Words that Edna Marsh, for one, condemned as “lazy and rude all day”.", "Edna Marsh"),
    "who admitted to being called": ("Karl Marsh admitted he was called “lazy and rude all day”.", None),
    "who was told": ("Karl Marsh said he was told “you are lazy and rude”.", None),
    "who focused on the words": ("Edna Marsh said he was focused on “the long view of it all”.", "Edna Marsh"),
    "who received a letter": ("Karl Marsh received a letter saying: “You are late.”", None),
    "who was sent a message": ("Karl Marsh was sent a message saying: “You are late.”", None),
    "who read an article": ("Karl Marsh read an article stating: “You are late.”", None),
    "who issued a statement": ("Karl Marsh issued a statement saying: “You are late.”", "Karl Marsh"),
    "who sent an e-mail": ("Edna Marsh sent an e-mail saying: “You are late.”", "Edna Marsh"),
    "whose letter it is": ("Edna Marsh’s letter to Karl Orme said: “You are late.”", "Edna Marsh"),
    "whose angry letter it is": ("Edna Marsh’s long letter to Karl Orme said: “You are late.”", "Edna Marsh"),
    "a letter by": ("The letter by Edna Marsh said: “You are late.”", "Edna Marsh"),
    "a statement from": ("A statement from Edna Marsh said: “You are late.”", "Edna Marsh"),
    "whom a letter is to": ("The letter to Karl Orme said: “You are late.”", None),
    "a letter and no more": ("The letter said: “You are late.”", None),
    "one man": ("One man said: “You are late.”", None),
    "a fisherman": ("“You are late,” a fisherman said.", None),
    "critics": ("“You are late,” critics say.", None),
    "a friend": ("A friend said: “You are late.”", None),
    "somebody's mother": ("Edna Marsh’s mother said: “You are late.”", "Edna Marsh’s mother"),
    "a lawyer for": ("A lawyer for Edna Marsh said: “You are late.”", "A lawyer for Edna Marsh"),
    "a post and its medium": ("Edna Marsh left. In a Chirper post she called it “a long, sad day”.", None),
    "no mark closes the words": ("Edna Marsh said: “The pier is closing. Karl Orme said it was late.", None),
    "no mark closes one sentence": ("Edna Marsh said: “The pier is closing.", "Edna Marsh"),
    "no mark closes a paragraph": ("Edna Marsh said:\n\n“The pier is closing. It is late.\n\nHe left.", "Edna Marsh"),
    "a cue behind a stop": ("“The pier is closing.” Edna Marsh said.", "Edna Marsh"),
    "a company within an apposition": (
        "“It is late,” Karl Orme, head of Orme Rail, a rail company in Wigton told the Courier.",
        "Karl Orme",
    ),
    "whose statement read": ("Edna Marsh’s statement read: “You are late.”", "Edna Marsh"),
    "who goes on behind a title": (
        "“It is late,” Edna Marsh told Wigton Radio’s “Morning Hour” on Monday. “The pier is closing.”",
        "Edna Marsh",
    ),
    "who goes on behind the mark": (
        "“It is late,” Edna Marsh said. “What I see is tolls” and other such matters.",
        "Edna Marsh",
    ),
    "words that became a slogan": ("“It is late,” Edna Marsh said. “We want the pier” became a cry.", None),
    "another's words": ("Edna Marsh left. Another tweeted: “The pier is closing.”", None),
    "a party and a state": ("“The pier is closing,” Edna Marsh, R-Wis., said.", "Edna Marsh"),
    "who is from a place": ("Karl Orme, 18, from Lee, disagrees. “I could say anything,” he says.", "Karl Orme"),
    "who is known by the place's name": ("Karl Orme met Lee. Lee is from Lee. “I could say so,” he said.", "Lee"),
    "a programme that runs into the name": (
        "Talking on Good Morning Wigton Derek Orme said: “It is late.”",
        "Derek Orme",
    ),
    "a place and no given name": ("In Upper Wigton Kestrel Orme said: “It is late.”", "Upper Wigton Kestrel Orme"),
    "who wrote a letter": ("Letter saying “the pier is closing soon for good” found.", None),
    "who is accused of saying it": ("Edna Marsh was accused of saying “all cats must go”.", None),
    "who is alleged to have said it": ("Edna Marsh is alleged to have said “all cats must go”.", None),
    "who should say it": ("Edna Marsh should say “all cats must go” at once.", None),
    "who went on to say it": ("Edna Marsh went on to say “all cats must go”.", "Edna Marsh"),
    "who has said it": ("Edna Marsh has said “all cats must go” before.", "Edna Marsh"),
    "an office in capitals": ("MEC for Roads and Culture, Karl Orme, said it “will stay open”.", "Karl Orme"),
    "a verb of reckoning": ("“The pier is closing,” reckons Karl Orme.", "Karl Orme"),
}


@pytest.mark.parametrize("kind", SHOWN)
def test_whoever_is_spoken_of_or_to_says_nothing(kind: str) -> None:
    text, expected = SHOWN[kind]

    assert name_shown(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "“The Long Pier” is a film.",
        "On the broadcast of “Wigton News Hour,” Edna Marsh said it was late.",
        "According to “The Long Pier,” by Edna Marsh, it is late.",
        "Edna Marsh posted the “Perception” syllabus.",
    ],
)
def test_the_name_of_a_work_is_nobodys_words(text: str) -> None:
    passages = extract_passages(Document("invented", text), language=ENGLISH)

    assert not [passage for passage in passages if passage.kind in (Kind.DIRECT, Kind.FRAGMENT) and passage.voice]


def test_reports_seen_by_a_paper_report_nothing() -> None:
    text = "Papers reports seen by the Courier suggest that the pier is closing soon."
    passages = extract_passages(Document("invented", text), language=ENGLISH)

    assert [passage.voice.name for passage in passages if passage.kind is Kind.REPORTED and passage.voice] != [
        "Courier"
    ]
