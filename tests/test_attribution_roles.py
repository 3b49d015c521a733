"""A name, role and organisation are whole and right, or absent."""

from __future__ import annotations

import pytest

from bot.attribution import extract_passages
from bot.model import Document, Kind
from tests.english import ENGLISH

SAID = "“The pier is closing,” said Edna Marsh"
VOICES = {
    "Edna Orme attacked the council over Ivo Marsh’s remark: “It is late.”": ("Ivo Marsh", None, None),
    "Edna Orme recalled the evening of Ivo Marsh’s warning: “It is late.”": ("Ivo Marsh", None, None),
    "Edna Orme said in her statement: “It is late.”": ("Edna Orme", None, None),
    # What somebody is to somebody else is no role; what a number begins is cut.
    "Edna Marsh, a rival of Karl Orme, said: “It is late.”": ("Edna Marsh", None, None),
    "Edna Marsh, an old friend of the mayor, said: “It is late.”": ("Edna Marsh", None, None),
    "Edna Marsh, a former colleague of Mr Orme, said: “It is late.”": ("Edna Marsh", None, None),
    "Edna Marsh, an ally of Karl Orme in Wigton, said: “It is late.”": ("Edna Marsh", None, None),
    "Edna Marsh, an arch-critic and foe of the mayor, said: “It is late.”": ("Edna Marsh", None, None),
    "Edna Marsh, a veteran of the pier war, said: “It is late.”": ("Edna Marsh", "veteran of the pier war", None),
    "“It is late,” said 38 Steps campaigner Edna Marsh.": ("Edna Marsh", None, None),
    "“It is late,” said £12 campaign director Edna Marsh.": ("Edna Marsh", None, None),
    "“It is late,” said 42-year-old teacher Edna Marsh.": ("Edna Marsh", None, None),
    "“It is late,” said Canal 5 presenter Edna Marsh.": ("Edna Marsh", "Canal 5 presenter", None),
    "“It is late,” said three-time mayor Edna Marsh.": ("Edna Marsh", "three-time mayor", None),
    "Det Con Edna Marsh said: “It is late.”": ("Edna Marsh", "Det Con", None),
    "Mr Speaker told him: “It is late.”": ("Mr Speaker", None, None),
    "Ruth Marsh QPM said: “It is late.”": ("Ruth Marsh", None, None),
    "Mum-of-two Kelly Marsh posted: “It is late.”": ("Kelly Marsh", None, None),
    "Father-of-three Dev Anand, 40, said: “It is late.”": ("Dev Anand", None, None),
    "Mum-of-two Kelly said: “It is late.”": ("Kelly", None, None),
    "King Ivo told crowds: “It is late in the day.”": ("King Ivo", None, None),
    "Pope Ivo said: “It is late.” The Pope left.": ("Pope Ivo", None, None),
    "Former chancellor Lord Marsh told Pier News: “It is late.”": ("Lord Marsh", "Former chancellor", None),
    # What somebody is, in a capital since it opens the sentence.
    "Campaigner Dev Anand said: “It is late.”": ("Dev Anand", "Campaigner", None),
    "Farmer Edna Marsh, 61, said: “It is late.”": ("Edna Marsh", "Farmer", None),
    "Baker Street Trust said: “It is late.”": ("Baker Street Trust", None, None),
    "Worker Protection Agency said: “It is late.”": ("Worker Protection Agency", None, None),
    f"{SAID}, an analyst at Danish investment company Orme Bank.": ("Edna Marsh", "analyst", "Orme Bank"),
    f"{SAID}, a baker from Orme.": ("Edna Marsh", "baker", None),
    f"{SAID}, head of a union from Orme in Wigton.": ("Edna Marsh", "head of a union from Orme in Wigton", None),
    # Names whole.
    "The Department for Piers said: “It is late.”": ("Department for Piers", None, None),
    "The Centre for Piers and Harbours said: “It is late.”": ("Centre for Piers and Harbours", None, None),
    "“It is late,” said the Ways and Works Committee.": ("Ways and Works Committee", None, None),
    "The Campaign for the Protection of Piers said: “It is late.”": (
        "Campaign for the Protection of Piers",
        None,
        None,
    ),
    "The Sailors’ Union said: “It is late.”": ("Sailors’ Union", None, None),
    "The Sailors’ Harbour Union said: “It is late.”": ("Sailors’ Harbour Union", None, None),
    "Downing Street said: “It is late.”": ("Downing Street", None, None),
    "Edna Marsh, Mr Orme, said: “It is late.”": ("Edna Marsh", None, None),
    "Reading Town Council said: “It is late.”": ("Reading Town Council", None, None),
    "“It is late,” said Joost van der Orme.": ("Joost van der Orme", None, None),
    "“It is late,” said Otto von und zu Orme.": ("Otto von und zu Orme", None, None),
    "“It is late,” said Edna Marsh MP.": ("Edna Marsh", None, None),
    "“It is late,” said Bill Orme.": ("Bill Orme", None, None),
    "“It is late,” said Mayor Bill Orme.": ("Bill Orme", "Mayor", None),
    "“It is late,” Ms Hall said. Rain fell on Ms Hall.": ("Hall", None, None),
    "The Prime Minister said: “It is late.”": ("Prime Minister", None, None),
    "The Bishop of Orme said: “It is late.”": ("Bishop of Orme", None, None),
    # Who is in apposition to an office, and in brackets.
    "The Harbour Commissioner, Edna Marsh, said: “It is late.”": ("Edna Marsh", None, None),
    "The Harbour Commissioner, whom all like, said: “It is late.”": ("Harbour Commissioner", None, None),
    "The Harbour Commissioner, Liberty, said: “It is late.”": ("Harbour Commissioner", None, None),
    "“It is late,” said the Bishop of Orme, Edna Marsh.": ("Edna Marsh", None, None),
    "Edna Marsh (Lab, Orme) said: “It is late.”": ("Edna Marsh", None, None),
    "Cllr Edna Marsh (Ind, Orme ward) said: “It is late.”": ("Edna Marsh", "Cllr", None),
    "Edna Marsh, head of policy at Orme Action said: “It is late.”": ("Edna Marsh", None, None),
    "Edna Marsh, 61, a farmer said: “It is late.”": ("Edna Marsh", None, None),
    "Edna Marsh, the Labour MP for Orme, who sat, said: “It is late.”": ("Edna Marsh", "Labour MP", "Orme"),
    "“It is late,” said former Orme mayor and Treasury adviser Edna Marsh.": (
        "Edna Marsh",
        "former Orme mayor and Treasury adviser",
        None,
    ),
    "“It is late,” said Labour MP and former minister Edna Marsh.": (
        "Edna Marsh",
        "Labour MP and former minister",
        None,
    ),
    "“It is late,” said her best friend at college, Edna Marsh.": ("Edna Marsh", None, None),
    "“It is late,” said Det. Supt. Edna Marsh.": ("Edna Marsh", "Det. Supt.", None),
    "“It is late,” said Ald. Edna Marsh.": ("Edna Marsh", "Ald.", None),
    # Several behind one verb.
    "“It is late,” wrote Edna Marsh and Karl Orme.": ("Edna Marsh and Karl Orme", None, None),
    "“It is late,” wrote Edna Marsh, Karl Orme and Ivo Reeve in a letter.": (
        "Edna Marsh, Karl Orme and Ivo Reeve",
        None,
        None,
    ),
    "“It is late,” said Orme Watch and Pier Action.": ("Orme Watch and Pier Action", None, None),
    "“It is late,” said Edna Marsh and Karl Orme sat down.": ("Edna Marsh", None, None),
    "“It is late,” said Edna Marsh, Karl Orme.": ("Edna Marsh", None, None),
    "“It is late,” said Edna Marsh and she sat.": ("Edna Marsh", None, None),
    # Roles: an office, whole; nothing else.
    f"The vote angered Edna Marsh. {SAID}.": ("Edna Marsh", None, None),
    f"The house opposite Edna Marsh is empty. {SAID}.": ("Edna Marsh", None, None),
    f"Voters dumped mayor Edna Marsh. {SAID}.": ("Edna Marsh", "mayor", None),
    f"The ministry’s press secretary Edna Marsh sat. {SAID}.": ("Edna Marsh", "press secretary", None),
    f"Ministry press secretary Edna Marsh sat. {SAID}.": ("Edna Marsh", None, None),
    f"Liberty’s director Edna Marsh sat. {SAID}.": ("Edna Marsh", "director", None),
    f"Mrs Edna Marsh sat. {SAID}.": ("Edna Marsh", None, None),
    f"Dame Edna Marsh sat. {SAID}.": ("Edna Marsh", None, None),
    f"{SAID}, who sat.": ("Edna Marsh", None, None),
    f"{SAID}, Orme.": ("Edna Marsh", None, None),
    f"{SAID}, a nurse from Orme.": ("Edna Marsh", "nurse", None),
    f"{SAID}, director of the Orme inquiry.": ("Edna Marsh", "director of the Orme inquiry", None),
    f"{SAID}, dean of Orme.": ("Edna Marsh", "dean of Orme", None),
    f"{SAID}, a fellow at the Institute for Public Piers.": ("Edna Marsh", "fellow", "Institute for Public Piers"),
    f"{SAID}, director of policy and research at Orme Action.": (
        "Edna Marsh",
        "director of policy and research",
        "Orme Action",
    ),
    # What somebody is to another before a name, and a noun that a name only qualifies.
    f"The rival senator Edna Marsh sat. {SAID}.": ("Edna Marsh", "senator", None),
    f"Its well-organised rival Edna Marsh sat. {SAID}.": ("Edna Marsh", None, None),
    f"Their ally mayor Edna Marsh sat. {SAID}.": ("Edna Marsh", "mayor", None),
    f"The council’s opponent Edna Marsh sat. {SAID}.": ("Edna Marsh", None, None),
    f"Edna Marsh sat. Veteran Marsh critics left. {SAID}.": ("Edna Marsh", None, None),
    # A role, or a body, that is cut is none.
    f"The former harbour planning director Edna Marsh sat. {SAID}.": ("Edna Marsh", None, None),
    f"The town reporting officer Edna Marsh sat. {SAID}.": ("Edna Marsh", None, None),
    f"The town left, blaming Labour mayor Edna Marsh. {SAID}.": ("Edna Marsh", "Labour mayor", None),
    f"Edna Marsh, author of “The Long Pier”, sat. {SAID}.": ("Edna Marsh", None, None),
    f"Edna Marsh, editor at “Pier News”, sat. {SAID}.": ("Edna Marsh", None, None),
    f"{SAID}, director of the charity Piers for Orme.": ("Edna Marsh", "director of the charity Piers for Orme", None),
    f"{SAID}, head of the town’s Harbour School for Trade.": (
        "Edna Marsh",
        "head of the town’s Harbour School for Trade",
        None,
    ),
    f"{SAID}, the Labour MP for Orme.": ("Edna Marsh", "Labour MP", "Orme"),
    f"{SAID}, the harbour master and a close friend.": ("Edna Marsh", "harbour master", None),
    f"{SAID}, a farmer and a mother of three.": ("Edna Marsh", "farmer and a mother of three", None),
    f"{SAID}, the mayor and a former minister.": ("Edna Marsh", "mayor and a former minister", None),
    f"Count former Orme mayor Edna Marsh in. {SAID}.": ("Edna Marsh", "former Orme mayor", None),
    f"Her main Labour rival mayor Edna Marsh sat. {SAID}.": ("Edna Marsh", "mayor", None),
    f"{SAID}, an adviser to firms such as Orme Boats.": ("Edna Marsh", None, None),
    f"{SAID}, a spokeswoman for Mrs. Orme.": ("Edna Marsh", "spokeswoman for Mrs. Orme", None),
    f"{SAID}, head of news at the Orme Post.": ("Edna Marsh", "head of news", "Orme Post"),
    f"The cabinet member for harbours Cllr Edna Marsh sat. {SAID}.": (
        "Edna Marsh",
        "cabinet member for harbours",
        None,
    ),
    f"The cabinet member for {'harbours' * 12} Cllr Edna Marsh sat. {SAID}.": ("Edna Marsh", None, None),
    f"A leader of the group on Orme Council Cllr Edna Marsh sat. {SAID}.": ("Edna Marsh", None, None),
    f"A spokesman for harbours Cllr Edna Marsh sat. {SAID}.": ("Edna Marsh", "harbours Cllr", None),
    f"An aide of mayor Edna Marsh sat. {SAID}.": ("Edna Marsh", "mayor", None),
    "A head of care at the Orme Trust Dr Edna Marsh said: “It is late.”": ("Edna Marsh", None, None),
    "The member for harbours Cllr Edna Marsh said: “It is late.”": ("Edna Marsh", "member for harbours", None),
    "Dean Marsh said: “It is late.”": ("Dean Marsh", None, None),
    "House Speaker Emma Marsh of Orme said: “It is late.”": ("Emma Marsh", "House Speaker", None),
    "Devastated Emma, 24, said: “It is late.”": ("Emma", None, None),
    "Heartbroken Emma Marsh said: “It is late.”": ("Emma Marsh", None, None),
    "Skipper Emma Marsh said: “It is late.”": ("Emma Marsh", "Skipper", None),
    # What somebody is to somebody else is no role, and whoever that is no organisation.
    "His daughter Emma Marsh said: “It is late.”": ("Emma Marsh", None, None),
    f"{SAID}, the eldest daughter.": ("Edna Marsh", None, None),
    f"{SAID}, wife of Orme Bank chairman Karl Low.": ("Edna Marsh", None, None),
    f"{SAID}, the sister of a miner.": ("Edna Marsh", None, None),
    f"{SAID}, a farmer and a mother.": ("Edna Marsh", "farmer and a mother", None),
    "Stepmother Emma Marsh said: “It is late.”": ("Emma Marsh", None, None),
    "His boss Emma Marsh said: “It is late.”": ("Emma Marsh", None, None),
    "Police and crime commissioner Emma Marsh said: “It is late.”": ("Emma Marsh", None, None),
    "Hull-born Emma Marsh said: “It is late.”": ("Emma Marsh", None, None),
    "Londoner Emma Marsh said: “It is late.”": ("Emma Marsh", None, None),
    "Mary-Ann Emma Marsh said: “It is late.”": ("Mary-Ann Emma Marsh", None, None),
    "Lance Corporal Emma Marsh said: “It is late.”": ("Emma Marsh", None, None),
    f"{SAID}, unlike the mayor.": ("Edna Marsh", None, None),
    f"{SAID}, a professor at the University of Orme, San Lee.": ("Edna Marsh", "professor", None),
    f"{SAID}, a professor at the University of Orme, who left.": ("Edna Marsh", "professor", "University of Orme"),
    f"{SAID}, head of care at Orme Bank, San Lee.": ("Edna Marsh", "head of care", "Orme Bank"),
    # A word of a headline that ends as a trade does is none.
    f"{SAID}, Low answer unions.": ("Edna Marsh", None, None),
    f"{SAID}, a knitter and poet.": ("Edna Marsh", "knitter and poet", None),
    # A site's name is one word.
    "Wigton.com writer Emma Marsh said: “It is late.”": ("Emma Marsh", "Wigton.com writer", None),
    f"{SAID}, director at MoveNow.org.": ("Edna Marsh", "director", "MoveNow.org"),
    f"{SAID}, editor of Farm.co.uk, who left.": ("Edna Marsh", "editor", "Farm.co.uk"),
    # What stands before a full name is no part of it.
    "Assemblywoman Emma Marsh said: “It is late.”": ("Emma Marsh", "Assemblywoman", None),
    "Chief Whip Emma Marsh said: “It is late.”": ("Emma Marsh", "Chief Whip", None),
    "Angered Emma Marsh said: “It is late.”": ("Emma Marsh", None, None),
    "The Bishop of Orme, the Rt Rev Karl Marsh, said: “It is late.”": ("Karl Marsh", None, None),
    "Former secretary of state Emma Marsh sat. “It is late,” said Marsh.": (
        "Emma Marsh",
        "Former secretary of state",
        None,
    ),
    f"{SAID}, mother of three.": ("Edna Marsh", "mother of three", None),
    f"{SAID}, a {'quiet ' * 20}farmer.": ("Edna Marsh", None, None),
}


@pytest.mark.parametrize("text", VOICES)
def test_a_voice_is_whole_and_right_or_absent(text: str) -> None:
    found = extract_passages(Document("invented", text), language=ENGLISH)
    [voice] = [passage.voice for passage in found if passage.kind is Kind.DIRECT and passage.voice]

    assert (voice.name, voice.role, voice.organisation) == VOICES[text]
