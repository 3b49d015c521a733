"""Divisions read from every record, and the sides that follow from them; all people are invented."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from bot import bootstrap, formats
from bot.corpus import load_corpus
from bot.corpus.lint import check_corpus
from bot.corpus.sides import collect_divisions, describe_shortfalls, normalise_voter_name
from bot.formats.divisions import find_question, read_answer
from bot.model import Side
from bot.settings import Settings
from tests.corpus_folders import text

MANIFEST = """\
title = "Bells"
motion = "Night trams should ring"
language = "english"
curator = "the tests"
basis = "invented"
"""
AYE = '[[divisions]]\nid = "commons-2031-05-02-12"\nfor = "aye"\n'
PERSON = "uk.org.publicwhip/person/{}"


def speech(number: int, name: str, words: str) -> str:
    return (
        f'<speech id="uk.org.publicwhip/debate/2031-05-02a.{number}.0" speakername="{name}"'
        f' person_id="{PERSON.format(number)}" url=""><p pid="a{number}/1">{words}</p></speech>'
    )


def voter(number: int, name: str, vote: str, extra: str = "") -> str:
    return f'<mpname person_id="{PERSON.format(number)}" vote="{vote}" {extra}>{name}</mpname>'


def division(ayes: str, noes: str, number: int = 12, counts: str = 'ayes="2" noes="1"') -> str:
    return (
        f'<division id="uk.org.publicwhip/debate/2031-05-02a.{number}00.0" divdate="2031-05-02" divnumber="{number}">'
        f'<divisioncount {counts}/><mplist vote="aye">{ayes}</mplist><mplist vote="no">{noes}</mplist></division>'
    )


DAY = [
    speech(1, "Orla Venn", "The bells keep the whole of Wexcombe from its sleep at night."),
    speech(2, "Piers Holt", "A bell has saved more lives in Marlow Hithe than any lamp."),
    speech(3, "Tam Okoye", "I told for them, and the trams of Ludd Moor were never safe."),
    speech(4, "Jo Ruddle", "I was away that day, and the ferry of Ash Fell was late."),
    speech(5, "Ida Crane", "My vote was cast for me while I lay ill at the infirmary."),
    '<speech id="x" nospeaker="true"><p pid="q/1">Question put, That the bells be muffled.</p></speech>',
]
VOTES = division(
    voter(1, "Orla Venn", "aye")
    + voter(3, "Tam Okoye", "aye", 'teller="yes"')
    + voter(5, "Ida Crane", "aye", f'proxy="{PERSON.format(4)}"'),
    voter(2, "Piers Holt", "no"),
)


def write(folder: Path, manifest: str = "", *parts: str) -> Path:
    corpus = folder / "bells"
    corpus.mkdir(exist_ok=True)
    (corpus / "corpus.toml").write_text(MANIFEST + manifest, "utf-8")
    body = "".join(parts or (*DAY, VOTES))
    (corpus / "debates2031-05-02a.xml").write_text(f'<publicwhip latest="yes">{body}</publicwhip>', "utf-8")
    return corpus


def sides(folder: Path) -> dict[str, Side]:
    return {passage.voice.name: passage.side for passage in load_corpus(folder).passages if passage.voice}


def test_every_voter_has_a_side_tellers_and_proxies_too_and_absence_proves_nothing(tmp_path: Path) -> None:
    assert sides(write(tmp_path, AYE)) == {
        "Orla Venn": Side.FOR,
        "Piers Holt": Side.AGAINST,
        "Tam Okoye": Side.FOR,
        "Jo Ruddle": Side.NEITHER,
        "Ida Crane": Side.FOR,
    }
    assert sides(write(tmp_path, AYE.replace('"aye"', '"no"')))["Piers Holt"] is Side.FOR


def test_without_the_curator_s_reading_no_vote_is_a_side(tmp_path: Path) -> None:
    assert set(sides(write(tmp_path)).values()) == {Side.NEITHER}


def test_a_voice_s_own_entry_wins_over_a_division_and_a_division_over_a_party(tmp_path: Path) -> None:
    answer = {"DivisionId": 7, "Date": "2031-05-02T10:00:00", "Number": 12, "Title": "Bells", "Ayes": [], "Noes": []}
    assert read_answer(answer)
    own = '[[voices]]\nname = "Orla Venn"\nside = "against"\n[[voices]]\nname = "Piers Holt"\nside = "neither"\n'

    found = sides(write(tmp_path, own + AYE))

    assert (found["Orla Venn"], found["Piers Holt"], found["Tam Okoye"]) == (Side.AGAINST, Side.NEITHER, Side.FOR)


def test_a_party_has_a_side_in_one_line_and_a_vote_wins_over_it(tmp_path: Path) -> None:
    folder = write(tmp_path, '[[parties]]\nname = "lab"\nside = "against"\n')
    rows = [("Orla Venn (Wexcombe) (Lab)", 1), ("Rhona Beck (Ash Fell) (Con)", 2), ("Bram Wray (Ludd) (Lab)", 3)]
    write_hansard(folder, rows)

    assert sides(folder) | {} == {
        **dict.fromkeys(("Piers Holt", "Tam Okoye", "Jo Ruddle", "Ida Crane", "Rhona Beck"), Side.NEITHER),
        "Orla Venn": Side.AGAINST,
        "Bram Wray": Side.AGAINST,
    }
    write(tmp_path, '[[parties]]\nname = "Lab"\nside = "against"\n' + AYE)
    assert sides(folder)["Orla Venn"] is Side.FOR


def write_hansard(folder: Path, rows: list[tuple[str, int]]) -> None:
    items = [
        {
            "ItemType": "Contribution",
            "AttributedTo": label,
            "Value": f"<p>The platform of the night tram was closed for the {number} time.</p>",
            "HRSTag": "hs_Para",
            "MemberId": number,
            "OrderInSection": number,
        }
        for label, number in rows
    ]
    overview = {"ExtId": "ab-1", "Title": "Trams", "Date": "2031-05-03T00:00:00", "House": "Commons"}
    made = {"Overview": overview, "Items": items, "ChildDebates": []}
    (folder / "trams.json").write_text(json.dumps(made), "utf-8")


def test_a_voice_that_voted_both_ways_has_no_side_and_check_tells(tmp_path: Path) -> None:
    second = division(voter(2, "Piers Holt", "aye"), voter(1, "Orla Venn", "no"), 13)
    both = AYE + AYE.replace("-12", "-13")

    folder = write(tmp_path, both, *DAY, VOTES, second)

    assert sides(folder)["Orla Venn"] is Side.NEITHER
    facts = [finding.fact for finding in check_corpus(folder).findings]
    assert any("Orla Venn" in fact and "for by division commons-2031-05-02-12" in fact for fact in facts)


def test_a_name_that_two_voters_share_leads_to_neither(tmp_path: Path) -> None:
    folder = write(tmp_path, AYE, *DAY, division(voter(8, "Rhona Beck", "aye"), voter(9, "Rhona Beck", "no")))
    write_hansard(folder, [("Rhona Beck", 1)])

    assert sides(folder)["Rhona Beck"] is Side.NEITHER


def test_a_namesake_of_a_voter_who_was_absent_has_no_side(tmp_path: Path) -> None:
    absent = speech(7, "Piers Holt", "I am another Piers Holt, and I was on a ferry that day.")

    corpus = load_corpus(write(tmp_path, AYE, *DAY, absent, VOTES))

    sides_by_id = {passage.voice.id: passage.side for passage in corpus.passages if passage.voice}
    assert sides_by_id[PERSON.format(2)] is Side.AGAINST
    assert sides_by_id[PERSON.format(7)] is Side.NEITHER


def test_an_article_s_namesake_of_a_voter_has_no_side(tmp_path: Path) -> None:
    folder = write(tmp_path, AYE)
    article = '+++\ntitle = "Bells"\n+++\nPiers Holt, a baker, said: “My bread is better at night.”\n'
    (folder / "article.txt").write_text(article, "utf-8")

    baker = [passage for passage in load_corpus(folder).passages if passage.document.id == "article" and passage.voice]
    assert [passage.side for passage in baker] == [Side.NEITHER]


@pytest.mark.parametrize(
    ("manifest", "told"),
    [
        (
            AYE.replace("-12", "-99"),
            "no document has a division 'commons-2031-05-02-99'; choose from commons-2031-05-02-12",
        ),
        ('[[parties]]\nname = "Purple"\nside = "for"\n', "nobody quoted is of 'Purple'"),
        (AYE.replace('"aye"', '"maybe"'), "divisions"),
        (AYE + AYE, "'commons-2031-05-02-12' is listed twice"),
        ('[[parties]]\nname = "Lab"\nside = "for"\n' * 2, "'lab' is listed twice"),
    ],
)
def test_a_division_or_party_that_is_none_is_an_error_with_its_line(tmp_path: Path, manifest: str, told: str) -> None:
    [error, *_] = [
        str(finding) for finding in check_corpus(write(tmp_path, manifest)).findings if finding.level == "error"
    ]

    assert told in error
    assert "corpus.toml:" in error


def test_context_shows_the_vote_with_its_question_reader_and_link(tmp_path: Path) -> None:
    write(tmp_path, AYE)
    service = asyncio.run(bootstrap.build_service(Settings(corpus="bells", corpora_folder=tmp_path)))
    answer = service.answer("bells Wexcombe sleep")

    shown = asyncio.run(service.show_quote(answer.quotes[0].quote.id))

    said = "FOR: voted Aye, Division 12, 2 May 2031, on: Question put, That the bells be muffled., as read by the tests"
    assert said in text(shown)
    links = {piece.text: piece.url for block in shown.blocks for piece in block if piece.url}
    assert links["The division"] == "https://www.theyworkforyou.com/debates/?id=2031-05-02a.1200.0"


@pytest.mark.parametrize(
    ("printed", "name"),
    [
        ("Orla Venn", "orla venn"),
        ("Venn, Orla", "orla venn"),
        ("Venn, rh Ms Orla", "orla venn"),
        ("Mr. Piers Holt", "piers holt"),
        ("Holt, Sir Piers", "piers holt"),
        ("Addle, L.", "lord addle"),
        ("Ashfell, B. [Teller]", "baroness ashfell"),
        ("Beck, Rhona.", "rhona beck"),
    ],
)
def test_a_voter_s_name_is_compared_in_the_order_of_speaking(printed: str, name: str) -> None:
    assert normalise_voter_name(printed) == name


@pytest.mark.parametrize(
    ("texts", "question"),
    [
        (["Question put, That the bell be rung.", "The House divided."], "Question put, That the bell be rung."),
        (
            ["Amendment proposed: 7, leave out “bell”.", "The House divided."],
            "Amendment proposed: 7, leave out “bell”.",
        ),
        (["Division on Amendment 44", "Contents 3; Not-Contents 2."], "Division on Amendment 44"),
        (["It is late.", "Good night."], None),
        (["Question put, That A."] + ["It is late."] * 8, None),
        ([], None),
    ],
)
def test_the_question_is_the_last_one_put_nearby(texts: list[str], question: str | None) -> None:
    assert find_question(texts) == question


def test_a_committee_s_lists_stand_beside_the_count(tmp_path: Path) -> None:
    address = "uk.org.publicwhip/standing/standing2031-04-20_BELLS_05-0_2031-05-02a.2.5"
    body = (
        speech(1, "Orla Venn", "The bells keep the whole of Wexcombe from its sleep.").replace(
            "debate/2031", "standing/x2031"
        )
        + "<p>Question put, That the amendment be made.</p>"
        + f'<divisioncount id="{address}" divnumber="3" ayes="1" noes="1"/>'
        + '<mplist vote="aye"><mpname memberid="m/1" membername="Orla Venn" vote="aye">Venn, Orla</mpname></mplist>'
        + '<mplist vote="no"><mpname memberid="m/2" membername="Piers Holt" vote="no">Holt, Piers</mpname></mplist>'
        + f'<divisioncount id="{address}" divnumber="4" ayes="0" noes="1"/><mplist vote="aye"/>'
        + '<mplist vote="no"><mpname memberid="m/1" membername="Orla Venn" vote="no">Venn, Orla</mpname></mplist>'
    )
    folder = write(tmp_path, "", body)

    [third, fourth] = formats.read(folder / "debates2031-05-02a.xml").divisions

    assert (third.id, fourth.id) == ("bells-2031-05-02-3", "bells-2031-05-02-4")
    assert [voter.name for voter in third.ayes + third.noes] == ["Orla Venn", "Piers Holt"]
    assert [voter.name for voter in fourth.ayes + fourth.noes] == ["Orla Venn"]


def member(number: int, name: str, **given: Any) -> dict[str, Any]:
    return {"MemberId": number, "DisplayAs": name, "Name": name, "Party": "Labour"} | given


def test_three_interfaces_say_the_same_of_one_division() -> None:
    aye, no, teller = member(1, "Orla Venn"), member(2, "Piers Holt", ProxyName="Ida Crane"), member(3, "Tam Okoye")
    hansard = read_answer(
        {
            "ExternalId": "ab-9", "Number": "12", "Date": "2031-05-02T00:00:00", "House": "Commons", "AyesCount": 1,
            "NoesCount": "1", "TextBeforeVote": "<p>Question put, That the bells be muffled.</p>",
            "AyeMembers": [aye, teller | {"IsTeller": True}], "NoeMembers": [no, 7],
        }
    )  # fmt: skip
    commons = read_answer(
        {
            "DivisionId": 1501, "Date": "2031-05-02T17:02:00", "Number": 12, "Title": "Bells", "AyeCount": 1,
            "NoCount": 1, "Ayes": [aye], "AyeTellers": [teller], "Noes": [no], "NoTellers": [],
        }
    )  # fmt: skip
    assert hansard
    assert commons

    assert hansard.id == commons.id == "commons-2031-05-02-12"
    assert [voter.id for voter in hansard.ayes] == [voter.id for voter in commons.ayes]
    assert commons.noes[0].proxy == "Ida Crane"
    assert [voter.is_teller for voter in commons.ayes] == [False, True]
    assert list(describe_shortfalls(hansard)) == []
    assert commons.url == "https://votes.parliament.uk/votes/commons/division/1501"


def test_the_lords_are_content_or_not() -> None:
    lord = {"memberId": 5, "name": "Lord Addle", "party": "Crossbench"}
    found = read_answer(
        {
            "divisionId": 3001, "date": "2031-05-03T00:00:00", "number": 1, "title": "Trams Bill", "contents": [lord],
            "notContents": [], "contentTellers": [], "notContentTellers": None, "authoritativeContentCount": 2,
            "authoritativeNotContentCount": 0, "amendmentMotionNotes": "<p>Lord Addle moved amendment 4.</p>",
        }
    )  # fmt: skip
    assert found

    assert (found.id, found.question) == ("lords-2031-05-03-1", "Lord Addle moved amendment 4.")
    assert list(describe_shortfalls(found)) == ["aye: 2 counted, 1 listed"]


@pytest.mark.parametrize("answer", [None, [], {}, {"AyeMembers": 3}, {"Ayes": []}, {"contents": []}, "x"])
def test_an_answer_without_a_division_is_none(answer: object) -> None:
    assert read_answer(answer) is None


SITTING = """\
<akomaNtoso><debate><meta><identification><FRBRWork>
<FRBRthis value="/akn/ie/debateRecord/dail/2031-05-02/debate/main"/><FRBRdate date="2031-05-02"/></FRBRWork>
</identification><analysis><parliamentary>
<voting eId="vote_48" href="#sum_2" refersTo="#sum_1"><count refersTo="#ta" value="1"/>
<count refersTo="#nil" value="2"/></voting></parliamentary></analysis><references>
<TLCPerson eId="OrlaVenn" href="/ie/oireachtas/member/id/Orla-Venn" showAs="Orla Venn"/></references></meta><debateBody>
<debateSection><speech by="#OrlaVenn"><from>Deputy Orla Venn</from>
<p>The night tram of Wexcombe is late again.</p></speech>
<debateSection name="division"><summary eId="sum_1">Amendment put:</summary>
<summary eId="sum_2">The Dáil divided</summary>
<debateSection name="ta"><p><person refersTo="#OrlaVenn">Venn, Orla.</person></p></debateSection>
<debateSection name="nil"><p><person refersTo="#PiersHolt">Holt, Piers.</person></p></debateSection>
</debateSection></debateSection></debateBody></debate></akomaNtoso>
"""


def test_a_vote_of_the_dail_gives_sides_too(tmp_path: Path) -> None:
    folder = write(tmp_path, '[[divisions]]\nid = "dail-2031-05-02-48"\nfor = "no"\n')
    (folder / "dail.xml").write_text(SITTING, "utf-8")

    corpus = load_corpus(folder)

    [document] = [each for each in corpus.documents if each.id == "dail"]
    [vote] = document.divisions
    assert (vote.question, vote.ayes_count, vote.noes_count) == ("Amendment put:", 1, 2)
    assert [voter.name for voter in vote.ayes + vote.noes] == ["Orla Venn", "Holt, Piers"]
    assert list(describe_shortfalls(vote)) == ["no: 2 counted, 1 listed"]
    assert {each.side for each in corpus.passages if each.document is document and each.voice} == {Side.AGAINST}


def test_two_records_of_one_division_are_joined(tmp_path: Path) -> None:
    folder = write(tmp_path, AYE)
    short = division(voter(3, "Tam Okoye", "aye"), voter(4, "Jo Ruddle", "no"))
    other = f'<publicwhip latest="yes">{speech(9, "Cleo Wray", "It is late.")}{short}</publicwhip>'
    (folder / "other.xml").write_text(other, "utf-8")

    joined = collect_divisions(load_corpus(folder).documents)["commons-2031-05-02-12"]

    assert [each.name for each in joined.ayes] == ["Orla Venn", "Tam Okoye", "Ida Crane"]
    assert [each.name for each in joined.noes] == ["Piers Holt", "Jo Ruddle"]
