"""ParlaMint's sittings: names, offices and parties as of the day; all invented."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import formats
from bot.errors import CorpusError, SkippedError
from bot.model import Document, Voice

DAY = "<settingDesc><setting><date when='2024-05-02'/></setting></settingDesc>"
BELL = """
<person xml:id="AB"><persName to="2010"><forename>Ann</forename><surname>Hill</surname></persName>
<persName from="2010-02"><surname>Bell</surname><forename>Ann</forename></persName>
<affiliation role="member" ref="#NR" from="2001"/>
<affiliation role="minister" ref="#GOV" from="2001" to="2009-12-31">
  <roleName>Minister for Drains</roleName></affiliation>
<affiliation role="minister" ref="#GOV" from="2024-05-02">
  <roleName xml:lang="de">Ministerin</roleName>
  <roleName xml:lang="en">Minister for Trams</roleName></affiliation>
<affiliation role="member" ref="#party.OLD" from="2001" to="2024-05-01"/>
<affiliation role="member" ref="#party.NEW" from="2024-05"/></person>
"""


def file(folder: Path, body: str, header: str = DAY, back: str = "", name: str = "ParlaMint-XX_2024-05-02.xml") -> Path:
    path = folder / name
    path.write_text(
        f"<TEI xmlns='http://www.tei-c.org/ns/1.0' xml:lang='en'><teiHeader>{header}</teiHeader>"
        f"<text><body><div>{body}</div></body><back>{back}</back></text></TEI>",
        encoding="utf-8",
    )
    return path


def utterance(words: str = "Yes.", who: str = "#AB", rest: str = "") -> str:
    return f"<u who='{who}' {rest}><seg xml:id='s1'>{words}</seg></u>"


def said(document: Document) -> list[tuple[str, str]]:
    return [(turn.voice.name, document.text[slice(*turn.span)]) for turn in document.turns]


def voice(path: Path) -> Voice:
    return formats.read(path).turns[0].voice


def test_an_utterance_is_a_turn_and_a_segment_a_paragraph(tmp_path: Path) -> None:
    body = (
        "<head>Trams</head><u who='#AB' source='https://example.org/1'><seg xml:id='s1'>A.</seg>"
        "<seg>B.</seg></u>" + utterance("C.", "#BL")
    )

    document = formats.read(file(tmp_path, body))

    assert document.text == "Trams\n\nAB\n\nA.\n\nB.\n\nBL\n\nC."
    assert said(document) == [("AB", "A.\n\nB."), ("BL", "C.")]
    assert [turn.heading for turn in document.turns] == ["Trams", "Trams"]
    assert [turn.addresses for turn in document.turns] == [("s1", ""), ("s1",)]
    assert [turn.url for turn in document.turns] == ["https://example.org/1", None]


def test_name_office_and_party_are_those_of_the_day(tmp_path: Path) -> None:
    found = voice(file(tmp_path, utterance(), back=f"<listPerson>{BELL}</listPerson>"))

    assert found == Voice("Ann Bell", "Minister for Trams", party="NEW", id="ParlaMint-XX/AB")


def test_on_another_day_they_are_others(tmp_path: Path) -> None:
    day = DAY.replace("2024-05-02", "2009-06-01")

    found = voice(file(tmp_path, utterance(), day, f"<listPerson>{BELL}</listPerson>"))

    assert found == Voice("Ann Hill", "Minister for Drains", party="OLD", id="ParlaMint-XX/AB")


def test_without_a_day_only_what_always_held_is_told(tmp_path: Path) -> None:
    found = voice(file(tmp_path, utterance(), "", f"<listPerson>{BELL}</listPerson>"))

    assert found == Voice("Ann Hill", id="ParlaMint-XX/AB")


def test_lists_beside_the_file_are_read(tmp_path: Path) -> None:
    (tmp_path / "ParlaMint-XX-listPerson.xml").write_text(
        "<listPerson><person xml:id='AB'><persName>Ann  Bell</persName>"
        "<affiliation role='member' ref='#NR'/><affiliation role='member' ref='#p1'/>"
        "</person></listPerson>",
        encoding="utf-8",
    )
    (tmp_path / "ParlaMint-XX-listOrg.xml").write_text(
        "<listOrg><org xml:id='NR' role='parliament'><orgName>Council</orgName></org>"
        "<org xml:id='p1' role='parliamentaryGroup'><orgName full='yes'>Tram Party</orgName>"
        "<orgName full='abb' xml:lang='de'>SP</orgName>"
        "<orgName full='abb' xml:lang='en'>TP</orgName></org></listOrg>",
        encoding="utf-8",
    )

    assert voice(file(tmp_path, utterance())) == Voice("Ann Bell", party="TP", id="ParlaMint-XX/AB")


def test_a_party_goes_by_whatever_name_there_is(tmp_path: Path) -> None:
    person = "<person xml:id='AB'><affiliation role='member' ref='#{}'/></person>"
    named = "<org xml:id='a' role='politicalParty'><orgName full='yes'>Tram Party</orgName></org>"
    nameless = "<org xml:id='b' role='politicalParty'/>"

    found = [
        voice(file(tmp_path, utterance(), back=person.format(party) + named + nameless)) for party in ("a", "b", "c")
    ]

    assert [one.party for one in found] == ["Tram Party", "b", None]
    assert {one.name for one in found} == {"AB"}


@pytest.mark.parametrize(("ana", "role"), [("#chair", "chair"), ("#x #guest", "guest"), ("#regular", None)])
def test_the_part_taken_that_day_is_the_role_of_who_has_no_office(tmp_path: Path, ana: str, role: str | None) -> None:
    person = "<person xml:id='AB'><persName>Ann</persName></person>"

    unlisted = voice(file(tmp_path, utterance(rest=f"ana='{ana}'")))
    listed = voice(file(tmp_path, utterance(rest=f"ana='{ana}'"), back=person))

    assert (unlisted, listed) == (
        Voice("AB", role, id="ParlaMint-XX/AB"),
        Voice("Ann", role, id="ParlaMint-XX/AB"),
    )


def test_an_utterance_of_nobody_is_nobodys_words(tmp_path: Path) -> None:
    document = formats.read(file(tmp_path, utterance("A.") + "<u><seg>B.</seg></u>"))

    assert said(document) == [("AB", "A.")]
    assert document.text == "AB\n\nA.\n\n[B.]"


def test_words_that_stand_loose_are_kept(tmp_path: Path) -> None:
    body = "<note>(One)</note>two<u who='#AB'>A <seg>B</seg> C</u><u>D <seg>E</seg> F</u>"

    document = formats.read(file(tmp_path, body))

    assert said(document) == [("AB", "A\n\nB\n\nC")]
    assert document.text.split() == ["(One)", "two", "AB", "A", "B", "C", "D", "[E]", "F"]


def test_notes_and_gaps_break_a_turn(tmp_path: Path) -> None:
    body = (
        "<note>The sitting begins.</note><u who='#AB'><seg>A.</seg>"
        "<gap reason='editorial'><desc xml:lang='en'>Letter left out</desc>"
        "<desc xml:lang='de'>Brief</desc></gap><seg>B.</seg><kinesic><desc>(Applause)</desc>"
        "</kinesic><pb/><seg>C.</seg></u>"
    )

    document = formats.read(file(tmp_path, body))

    assert said(document) == [("AB", "A."), ("AB", "B."), ("AB", "C.")]
    assert "[The sitting begins.]\n\n" in document.text
    assert "\n\n[Letter left out]\n\n" in document.text
    assert "\n\n(Applause)\n\n" in document.text


def test_a_note_within_a_paragraph_stays_in_square_brackets(tmp_path: Path) -> None:
    words = "We<vocal><desc>Laughter</desc></vocal>will <hi>not</hi> wait.<note>[Bell.]</note>"

    document = formats.read(file(tmp_path, utterance(words)))

    assert said(document) == [("AB", "We [Laughter] will not wait. [Bell.]")]


def test_a_sitting_tells_where_it_was_published(tmp_path: Path) -> None:
    header = """
    <titleStmt><title type="main">The corpus</title><title type="sub" xml:lang="de">Sitzung</title>
    <title type="sub" xml:lang="en">Sitting 9</title></titleStmt>
    <publicationStmt><publisher><orgName>The archive</orgName></publisher><availability>
    <licence>https://example.org/by</licence></availability></publicationStmt>
    <sourceDesc><bibl><idno type="URI">https://example.org/9</idno><date when="2024-05-02"/></bibl>
    </sourceDesc>"""

    document = formats.read(file(tmp_path, utterance(), header))

    assert document.title == "Sitting 9"
    assert document.publisher == "The archive"
    assert document.date == "2024-05-02"
    assert document.url == "https://example.org/9"
    assert document.licence == "https://example.org/by"


def test_a_sitting_that_says_nothing_of_itself_is_given_nothing(tmp_path: Path) -> None:
    document = formats.read(file(tmp_path, utterance(), ""))

    assert document.title is document.publisher is document.date is document.url is None


@pytest.mark.parametrize("root", ["listPerson", "listOrg", "teiCorpus"])
def test_a_list_is_skipped(tmp_path: Path, root: str) -> None:
    path = tmp_path / "ParlaMint-XX-list.xml"
    path.write_text(f"<{root}/>", encoding="utf-8")

    with pytest.raises(SkippedError, match="a list that sittings refer to"):
        formats.read(path)


def test_words_one_by_one_are_refused(tmp_path: Path) -> None:
    path = file(tmp_path, utterance("<s><w>Yes</w> <pc>.</pc></s>"))

    with pytest.raises(CorpusError, match=r"a tokenised edition.*without \.ana in its name"):
        formats.read(path)


def test_a_text_in_which_nobody_speaks_is_refused(tmp_path: Path) -> None:
    bare = tmp_path / "a.xml"
    bare.write_text("<TEI/>", encoding="utf-8")

    for path in (bare, file(tmp_path, "<p>A poem.</p>")):
        with pytest.raises(CorpusError, match="nobody speaks"):
            formats.read(path)


@pytest.mark.parametrize(
    "quoted", ["<quote>B.</quote>", "<cit><quote>B.</quote></cit>", "<seg><quote>B.</quote></seg>"]
)
def test_a_quotation_between_segments_is_set_apart_within_the_turn(tmp_path: Path, quoted: str) -> None:
    document = formats.read(file(tmp_path, f"<u who='#AB'><seg>A:</seg>{quoted}<seg>C <quote>d</quote>.</seg></u>"))

    [turn] = document.turns
    assert document.text[slice(*turn.span)] == "A:\n\nB.\n\nC d."
    assert [document.text[slice(*span)] for span in turn.set_apart] == ["B."]


@pytest.mark.parametrize(
    ("days", "date"), [(("2024-05-02", "2024-05-02"), "2024-05-02"), (("2024-05-02", "2024-05-03"), None)]
)
def test_a_corpus_that_holds_its_sittings_is_read_whole(tmp_path: Path, days: tuple[str], date: str | None) -> None:
    sittings = "".join(
        f"<TEI><teiHeader><settingDesc><setting><date when='{day}'/></setting></settingDesc></teiHeader>"
        f"<text><body><div><u who='#AB'><seg>It is day {day}.</seg></u></div></body></text></TEI>"
        for day in days
    )
    path = tmp_path / "corpus.xml"
    title = "<fileDesc><titleStmt><title>Trams</title></titleStmt></fileDesc>"
    path.write_text(f"<teiCorpus><teiHeader>{title}</teiHeader>{sittings}</teiCorpus>", "utf-8")

    document = formats.read(path)

    assert [words for _, words in said(document)] == [f"It is day {day}." for day in days]
    assert (document.title, document.date) == ("Trams", date)


def test_two_who_speak_at_once_are_nobody(tmp_path: Path) -> None:
    body = "<u who='#AB #CD'><seg>A.</seg></u><u who='#AB'><seg>B.</seg></u>"

    assert [words for _, words in said(formats.read(file(tmp_path, body)))] == ["B."]


def test_an_identifier_that_a_list_of_people_lacks_names_nobody(tmp_path: Path) -> None:
    body = "<u who='#GinerJoan'><seg>A.</seg></u><u who='#AB'><seg>B.</seg></u>"

    document = formats.read(file(tmp_path, body, back=f"<listPerson>{BELL}</listPerson>"))

    assert said(document) == [("Ann Bell", "B.")]
