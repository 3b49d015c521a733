"""Tools that stay readable on many files: add, check, and voices drafted; everybody is invented."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.cli import main
from bot.corpus import load_corpus
from bot.corpus.lint import check_corpus
from bot.corpus.manifest import Manifest, parse_manifest
from bot.ingest.drafting import collect_drafts
from bot.model import Side
from tests.test_divisions import AYE, DAY, VOTES, division, speech, voter, write, write_hansard

if TYPE_CHECKING:
    from _pytest.capture import CaptureResult

HEADER = '+++\ntitle = "Trams {number}"\npublisher = "The Gazette"\ndate = "2031-05-{day:02}"\n+++\n'


def article(number: int, words: str = "", day: int = 1) -> str:
    said = words or f"Ann Low, a clerk at stop {number}, said: “Tram {number} was late again this morning, and full.”"
    return HEADER.format(number=number, day=day) + said + "\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BOT_CORPORA_FOLDER", str(tmp_path))
    monkeypatch.setenv("BOT_CORPUS", "bells")
    return write(tmp_path)


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    inside = tmp_path / "articles"
    inside.mkdir()
    for number in range(1, 31):
        (inside / f"{number:02}.txt").write_text(article(number, day=number), "utf-8")
    return inside


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, CaptureResult[str]]:
    capsys.readouterr()
    return main(list(arguments)), capsys.readouterr()


def test_a_folder_is_added_a_line_a_file_and_a_summary(
    folder: Path, articles: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (articles / "notes.docx.bak").write_text("no format reads this")
    (articles / "broken.txt").write_bytes(b"\xff\xfe\0")

    status, printed = run(capsys, "add", str(articles))

    lines = printed.out.splitlines()
    assert status == 1
    assert len([line for line in lines if line.startswith("wrote ")]) == 30
    assert len([line for line in lines if line.startswith("not added: ")]) == 1
    assert lines[31] == "30 added, 1 not added, 1 names"
    assert len(list(folder.glob("*.txt"))) == 30


def test_the_most_doubtful_voices_are_told_once_each(
    folder: Path, articles: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(40, 70):
        words = f"“The tram of line {number} rang for nine nights and nobody in this town had slept a wink.”"
        (articles / f"{number}.txt").write_text(article(number, words), "utf-8")

    _, printed = run(capsys, "add", str(articles), "--corpus", folder.name)

    doubtful = [line for line in printed.out.splitlines() if line.startswith("doubtful: ")]
    assert doubtful
    assert doubtful[0].startswith("doubtful: nobody who could be named, ")
    assert " and 29 more: " in doubtful[0]
    assert len(doubtful) <= 20


def test_every_detail_is_printed_where_it_is_asked_for(
    folder: Path, articles: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, printed = run(capsys, "add", str(articles), "--verbose", "--corpus", folder.name)

    assert printed.out.count("cue: ") == 30
    assert printed.out.count("sha256: ") == 30


def test_a_copy_under_another_id_is_told(folder: Path, articles: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["add", str(articles / "01.txt"), "--corpus", folder.name, "--id", "first"])

    _, again = run(capsys, "add", str(articles / "01.txt"), "--corpus", folder.name, "--id", "second")
    record = folder / "debates2031-05-02a.xml"
    _, xml = run(capsys, "add", str(record), "--id", "other-name")
    _, new = run(capsys, "add", str(articles / "02.txt"), "--id", "third")

    assert "the same text as 'first', word for word" in again.out
    assert "the same text as 'debates2031-05-02a', word for word" in xml.out
    assert "the same text" not in new.out


def test_files_of_other_days_are_left_out(folder: Path, articles: Path, capsys: pytest.CaptureFixture[str]) -> None:
    window = ("--since", "2031-05-10", "--until", "2031-05-12")

    status, printed = run(capsys, "add", str(articles), *window, "--corpus", folder.name)

    assert status == 0
    assert printed.out.count("wrote ") == 3
    assert "its date, 2031-05-09, is before 2031-05-10" in printed.out
    assert "its date, 2031-05-13, is after 2031-05-12" in printed.out


def test_facts_stated_for_many_documents_are_refused(
    folder: Path, articles: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(folder.iterdir())

    status, printed = run(capsys, "add", str(articles), "--title", "Trams")

    assert (status, printed.out) == (2, "")
    assert "facts stated for more than one document; add each by itself" in printed.err
    assert sorted(folder.iterdir()) == before


SECTIONED = (
    '<publicwhip latest="yes">\n<major-heading id="uk.org.publicwhip/debate/2031-05-02a.1.0">Ferries</major-heading>\n'
    + speech(1, "Orla Venn", "The ferry &mdash; was late.").replace("&mdash;", "&#8212;")
    + '\n<major-heading id="uk.org.publicwhip/debate/2031-05-02a.2.0">Trams</major-heading>\n'
    + speech(2, "Piers Holt", "A <i>Night</i> tram is safe.")
    + VOTES
    + '\n<minor-heading id="uk.org.publicwhip/debate/2031-05-02a.3.0">Bridges</minor-heading>\n'
    + speech(3, "Tam Okoye", "The bridge is old.")
    + "\n</publicwhip>\n"
)


def test_a_long_record_is_cut_to_the_sections_that_hold_a_term(
    tmp_path: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    day = tmp_path / "debates2031-05-03a.xml"
    day.write_text(SECTIONED, "utf-8")

    status, _ = run(capsys, "add", str(day), "--about", "TRAM")

    assert status == 0
    [document] = [each for each in load_corpus(folder).documents if each.id == "debates2031-05-03a"]
    assert [turn.voice.name for turn in document.turns] == ["Piers Holt"]
    assert len(document.divisions) == 1
    cut = (folder / "debates2031-05-03a.xml").read_text("utf-8")
    start, end = (
        SECTIONED.index('<major-heading id="uk.org.publicwhip/debate/2031-05-02a.2.0'),
        SECTIONED.index("<minor"),
    )
    assert cut == '<publicwhip latest="yes">\n' + SECTIONED[start:end] + "</publicwhip>\n"


@pytest.mark.parametrize("prefix", ["", "akn:"])
def test_a_sitting_in_akoma_ntoso_is_cut_to_its_sections_too(
    prefix: str, tmp_path: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sections = [
        f'<debateSection name="debate"><heading>{heading}</heading><speech by="#v"><from>{name}</from><p>{words}</p>'
        "</speech></debateSection>"
        for heading, name, words in (
            ("Ferries", "Orla Venn", "The ferry is late."),
            ("Roads", "Piers Holt", "A night tram is safe."),
        )
    ]
    meta = (
        '<meta><identification><FRBRWork><FRBRthis value="/akn/ie/debateRecord/dail/2031-05-02/debate/main"/>'
        '<FRBRdate date="2031-05-02"/></FRBRWork></identification></meta>'
    )
    sitting = f"<akomaNtoso><debate>{meta}<debateBody>{''.join(sections)}</debateBody></debate></akomaNtoso>"
    day = tmp_path / "sitting.xml"
    named = re.sub(r"(</?)(?=\w)", rf"\1{prefix}", sitting)
    day.write_text(named.replace("<akn:akomaNtoso", '<akn:akomaNtoso xmlns:akn="http://example.org"'), "utf-8")

    status, _ = run(capsys, "add", str(day), "--about", "tram")

    assert status == 0
    [document] = [each for each in load_corpus(folder).documents if each.id == "sitting"]
    assert [turn.voice.name for turn in document.turns] == ["Piers Holt"]
    assert "ferry" not in (folder / "sitting.xml").read_text("utf-8")


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("day.xml", SECTIONED, "“zeppelin” stands nowhere in it"),
        ("day.xml", "<TEI/>", "only records of TheyWorkForYou and in Akoma Ntoso can be cut by a term"),
        ("day.txt", article(1), "only records of TheyWorkForYou and in Akoma Ntoso can be cut by a term"),
        ("day.xml", "<publicwhip/>", "nobody speaks"),
    ],
)
def test_what_cannot_be_cut_is_refused_in_a_line(
    name: str, content: str, told: str, tmp_path: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / name).write_text(content, "utf-8")
    before = sorted(folder.iterdir())

    status, printed = run(capsys, "add", str(tmp_path / name), "--about", "zeppelin")

    assert (status, len(printed.err.splitlines())) == (2, 1)
    assert told in printed.err
    assert sorted(folder.iterdir()) == before


def test_check_prints_one_warning_a_voice_and_a_kind_most_quotes_first(
    folder: Path, articles: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["add", str(articles)])

    _, quiet = run(capsys, "check")
    _, all_of_it = run(capsys, "check", "--verbose")

    unlisted = [line for line in quiet.out.splitlines() if "is not in the manifest's voices" in line]
    assert "'Ann Low' is not in the manifest's voices" in unlisted[0]
    assert unlisted[0].endswith("(30 quotes, 30 of the files)")
    assert len(unlisted) == 6
    assert len(all_of_it.out.splitlines()) == len(check_corpus(folder).findings) > 60
    assert len(quiet.out.splitlines()) < 15


def test_voices_beyond_a_screen_are_counted(tmp_path: Path, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    people = [speech(number, f"Member{chr(65 + number)} Venn{chr(65 + number)}", "It is late.") for number in range(25)]
    write(tmp_path, "", *people)

    _, printed = run(capsys, "check")

    assert printed.out.count("is not in the manifest's voices") == 20
    assert (
        f"5 more voices are not listed (5 quotes); draft them with: python -m bot voices --draft --corpus {folder.name}"
        in printed.out
    )
    assert folder.is_dir()


def test_drafted_voices_stand_most_quoted_first_and_load_as_they_are(
    tmp_path: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path, "", *DAY, speech(2, "Piers Holt", "A second bell is rung on Sundays."), VOTES)

    status, printed = run(capsys, "voices", "--draft")

    assert status == 0
    drafted = tomllib.loads(printed.out)
    assert drafted["voices"][0]["name"] == "Piers Holt"
    assert "# 2 quotes; 2031-05-02; uk.org.publicwhip/person/2" in printed.out
    assert '# id = "commons-2031-05-02-12"' in printed.out
    assert "on: Question put, That the bells be muffled." in printed.out
    toml = (folder / "corpus.toml").read_text("utf-8") + printed.out
    assert isinstance(parse_manifest(toml, "corpus.toml"), Manifest)
    assert not any("side" in entry for entry in drafted["voices"])


def test_whoever_has_a_side_by_a_vote_is_not_drafted(
    tmp_path: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path, AYE)

    _, printed = run(capsys, "voices", "--draft")

    assert [entry["name"] for entry in tomllib.loads(printed.out)["voices"]] == ["Jo Ruddle"]
    assert "# 4 quotes have a side already, by a vote or a party" in printed.out
    assert folder.is_dir()


@pytest.mark.parametrize(
    ("names", "joined"),
    [
        (["Orla Venn", "OrlaVenn"], 1),
        (["Orla Venn", "Mrs Orla Venn"], 1),
        (["Orla Venn", "Orla Venn, Lab"], 1),
        (["MRS VENN", "CHAIR, MRS VENN"], 1),
        (["Orla Venn", "Orla Venn (Wexcombe)"], 1),
        (["Orla Venn", "Tam Venn"], 2),
        (["Orla Venn", "Orla Vennor"], 2),
    ],
)
def test_one_person_under_two_names_is_drafted_as_one(names: list[str], joined: int, tmp_path: Path) -> None:
    people = [speech(1, name, f"The tram of {name} is late.").replace("person_id", "x") for name in names]

    drafts = collect_drafts(load_corpus(write(tmp_path, "", *people)), 0.7)

    assert len(drafts) == joined


def test_two_members_of_one_name_are_drafted_as_two(tmp_path: Path) -> None:
    people = [speech(1, "Orla Venn", "It is late."), speech(2, "Orla Venn", "It is early.")]

    assert len(collect_drafts(load_corpus(write(tmp_path, "", *people)), 0.7)) == 2


def test_topics_are_proposed_from_headings_with_the_words_that_tell_them_apart(
    tmp_path: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def section(title: str, words: str, first: int) -> str:
        heading = f'<major-heading id="uk.org.publicwhip/debate/2031-05-02a.{first}.0">{title}</major-heading>'
        return heading + "".join(speech(first + number, "Orla Venn", words) for number in range(6))

    write(tmp_path, "", section("Bells", "The bells ring.", 10), section("Ferries", "The ferry sank.", 20))

    _, printed = run(capsys, "voices", "--draft")

    assert '# name = "Bells"' in printed.out
    assert '# words = ["bells", "ring"]' in printed.out
    assert folder.is_dir()


def test_voices_without_a_file_says_what_to_name(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, printed = run(capsys, "voices")

    assert (status, printed.out) == (2, "")
    assert "name one, or ask for --draft" in printed.err
    assert folder.is_dir()


def test_check_lists_a_division_whose_lists_fall_short(tmp_path: Path, folder: Path) -> None:
    short = division(voter(1, "Orla Venn", "aye"), "", counts='ayes="3" noes="0"')
    write(tmp_path, AYE, *DAY, short)

    facts = [finding.fact for finding in check_corpus(folder).findings]

    assert "division 'commons-2031-05-02-12': aye: 3 counted, 1 listed" in facts
    assert Side.FOR in {passage.side for passage in load_corpus(folder).passages}


def test_parties_of_several_are_proposed(tmp_path: Path, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_hansard(
        folder, [("Bram Wray (Ludd) (Lab)", 1), ("Cleo Tolley (Ash) (Lab)", 2), ("Dirk Pask (Ford) (Con)", 3)]
    )

    _, printed = run(capsys, "voices", "--draft", "--most", "1")

    assert '# 2 voices, 2 quotes\n# [[parties]]\n# name = "Lab"' in printed.out
    assert '"Con"' not in printed.out
    assert " more voices with " in printed.out
    assert tmp_path.is_dir()
