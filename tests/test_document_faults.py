"""What documents say twice or against each other, and text that was mangled; all invented."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from bot.corpus import lint
from bot.corpus.document_faults import find_encoding_issues
from bot.corpus.lint import find_issues
from bot.corpus.manifest import parse_manifest
from bot.model import Document
from tests.corpus_folders import DEBATE

MANIFEST = f"""\
{DEBATE}[[voices]]
name = "Ann Bell"
side = "for"
"""
ANN = "Ann Bell, clerk at Testbury Council, said: “{}”\n"
SAID = "The council will close the old bridge to every lorry before the winter comes."
ALMOST = "The council will close the old bridge to all lorries before winter comes."
OTHER = "Nobody has told the ferry company what the timetable is to be in the coming year."


def found(folder: Path, **bodies: str) -> list[str]:
    """Return what a check finds, metadata aside, told from the folder."""
    (folder / "corpus.toml").write_text(MANIFEST, "utf-8")
    for name, body in bodies.items():
        header = "" if body.startswith("+++") else "+++\npublisher = 'The Gazette'\n+++\n"
        (folder / f"{name.replace('_', '-')}.txt").write_text(header + body, "utf-8")
    told = [str(finding).removeprefix(f"{folder}/") for finding in lint.check_corpus(folder).findings]
    return [line for line in told if "not given" not in line]


def test_a_document_that_is_another_word_for_word_is_named(tmp_path: Path) -> None:
    [told] = found(tmp_path, a=ANN.format(SAID), b=ANN.format(SAID))

    assert told == (
        "b.txt:4: warning: the same text as 'a', word for word; "
        "keep one of them, or say in its title that it is a reprint"
    )


def test_a_document_most_of_which_stands_in_another_is_named(tmp_path: Path) -> None:
    told = found(tmp_path, a=ANN.format(SAID), b=f"{ANN.format(SAID)}\nThe bridge is shut tonight.\n")

    assert [line.partition(";")[0] for line in told] == ["b.txt:4: warning: 1 of its 1 paragraphs are also in 'a'"]
    assert found(tmp_path, b=ANN.format(OTHER)) == []


def test_a_statement_printed_in_two_wordings_is_shown_in_both(tmp_path: Path) -> None:
    [told] = found(tmp_path, a=ANN.format(SAID), b=ANN.format(ALMOST))

    assert told == (
        "b.txt:4: warning: 'Ann Bell' is quoted in two wordings: "
        "'The council will close the old bridge to all lorries ...', and in 'a' "
        "'The council will close the old bridge to every lorry ...'; "
        "compare both with their sources; the bot shows each as printed"
    )


@pytest.mark.parametrize(
    ("name", "header", "told"),
    [
        ("a_2021_03", 'date = "2020-01"', "dated 2020-01, but its file name says 2021-03"),
        ("a_2020_01_24", 'date = "2020-01"', None),
        ("a_2020", 'date = "2020-01-24"', None),
        ("a_99_red", 'date = "2020"', None),
        (
            "a",
            'date = "2020-02"\nurl = "https://example.org/2020/01/24/bridge"',
            "dated 2020-02, but its address says 2020-01-24",
        ),
        ("a", 'date = "2020-01"\nurl = "https://example.org/2020/01/24/bridge"', None),
        ("a", 'url = "https://example.org/2020/01/24/bridge"', None),
    ],
)
def test_a_date_that_the_name_or_the_address_contradicts_is_named(
    tmp_path: Path, name: str, header: str, told: str | None
) -> None:
    body = f"+++\npublisher = 'The Gazette'\n{header}\n+++\n{ANN.format(SAID)}"

    lines = found(tmp_path, **{name: body})

    facts = [line.partition(": warning: ")[2].partition(";")[0] for line in lines]
    assert facts == ([told] if told else [])


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("The bridge fell on 3 May 2021.", "it mentions 3 May 2021, after its own date, 2020-01"),
        ("The bridge fell on 31 February 2019.", "31 February 2019 is not a date"),
        ("The bridge fell on 31 January 2020, and on 3 May 2019.", None),
        ("It will be mended in 2030.", None),
    ],
)
def test_a_date_in_the_text_that_cannot_be_is_named(tmp_path: Path, said: str, told: str | None) -> None:
    body = f"+++\ntitle = 'x'\ndate = '2020-01'\n+++\n{ANN.format(SAID)}\n{said}\n"

    lines = found(tmp_path, a=body)

    assert [line.partition(": warning: ")[2].partition(";")[0] for line in lines] == ([told] if told else [])
    assert not lines or lines[0].startswith("a.txt:7: ")


def test_two_dates_of_one_address_are_named(tmp_path: Path) -> None:
    header = "+++\ntitle = 'x'\nurl = 'https://example.org/x'\ndate = '{}'\n+++\n"

    [told] = found(
        tmp_path,
        a=header.format("2020-01") + ANN.format(SAID),
        b=header.format("2020-02") + ANN.format(OTHER),
        c=header.format("2020-01-05") + ANN.format("Yes, it is so."),
    )

    assert told == (
        "b.txt:6: warning: dated 2020-02, but 'a' at the same address is dated 2020-01; correct whichever is wrong"
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Itâ€™s the councilâ€™s.", "text decoded with the wrong encoding: 'â€™', 2 times"),
        ("A cafÃ© by the river.", "text decoded with the wrong encoding: 'Ã©'"),
        ("It cost Â£40.", "text decoded with the wrong encoding: 'Â£'"),
        ("No�thing.", "text decoded with the wrong encoding: '�'"),
        ("It\u0092s \u0093shut\u0094.", r"text decoded with the wrong encoding: '\x92', 3 times"),
        ("Fish &amp; chips.", "HTML entities: '&amp;'"),
        ("It is (cid:12)(cid:7) late.", "characters that the file's fonts do not name: '(cid:12)', 2 times"),
        (
            "Wewillfightthistotheendandwin.",
            "words that may have run together: 'Wewillfightthistotheendandwin'",
        ),
        ("AAnnnnaa LLooww ssaaiidd so.", "letters printed twice: 'AAnnnnaa', 2 times"),
        ("The ﬁrst oﬃce.", "typographic ligatures: 'ﬁ', 2 times"),
        ("The coun-\ncil met.", "words hyphenated at a line end: 'coun-cil'"),
        ("The coun- cil met.", "words hyphenated at a line end: 'coun-cil'"),
        ("Pre- and post-war.", None),
        ("A café’s – “£40” naïve Ångström.", None),
        ("Bridge-mending.", None),
        (
            "The Gazette 1\n\nA.\n\nThe Gazette 2\n\nB.\n\nThe Gazette 3\n\nC.",
            "possibly a running head or page number: 'The Gazette 1', 3 times",
        ),
        ("1\n\nA.\n\n2\n\nB.\n\n3", "possibly a running head or page number: '1', 3 times"),
        ("Yes.\n\nYes.\n\nYes.", None),
    ],
)
def test_text_that_a_machine_mangled_is_named(text: str, told: str | None) -> None:
    assert [fact for _, fact, _ in find_encoding_issues(Document("a", text))] == ([told] if told else [])


@pytest.mark.parametrize(("length", "times", "is_found"), [(90, 3, True), (91, 3, False), (90, 2, False)])
def test_a_short_line_is_a_running_head_from_the_third_time_on(length: int, times: int, *, is_found: bool) -> None:
    document = Document("a", "\n\n".join([("x0" * length)[:length]] * times))

    assert bool(list(find_encoding_issues(document))) is is_found


def _numbered_words(count: int, start: int = 0) -> str:
    return " ".join(f"w{n}" for n in range(start, start + count))


@pytest.mark.parametrize(("count", "is_found"), [(12, True), (11, False)])
def test_a_paragraph_of_twelve_words_is_not_the_same_by_chance(tmp_path: Path, count: int, *, is_found: bool) -> None:
    shared = _numbered_words(count)

    lines = found(tmp_path, a=f"{ANN.format(SAID)}\n{shared}\n\nOne.", b=f"{shared}\n\nTwo.")

    assert any("paragraphs are also in 'a'" in line for line in lines) is is_found


@pytest.mark.parametrize(("own", "is_found"), [(12, True), (13, False)])
def test_a_document_is_a_copy_when_more_than_half_of_its_words_are(tmp_path: Path, own: int, *, is_found: bool) -> None:
    shared = _numbered_words(13)

    lines = found(tmp_path, a=f"{ANN.format(SAID)}\n{shared}\n\nOne.", b=f"{shared}\n\n{_numbered_words(own, 50)}")

    assert any("paragraphs are also in 'a'" in line for line in lines) is is_found


@pytest.mark.parametrize(
    "run", ["x", "é-", "a-\n", "a- ", "â€", "&", "&#1", "1 May ", "ﬁ", "Head\n\n", "A: B\n", "“", "\t"]
)
def test_a_run_of_anything_is_looked_through_at_once(run: str) -> None:
    document = Document("a", run * (100_000 // len(run)))
    began = time.monotonic()

    assert len(list(find_issues(document, ()))) < 10

    assert time.monotonic() - began < 5


def test_a_manifest_of_a_thousand_mistakes_is_told_at_once() -> None:
    toml = "".join(f"k{n} = 1\n" for n in range(20_000))
    began = time.monotonic()

    found = parse_manifest(toml, "corpus.toml")

    assert isinstance(found, list)
    assert len(found) == 100
    assert time.monotonic() - began < 5


def test_a_file_that_is_passed_over_is_named(tmp_path: Path) -> None:
    (tmp_path / "old.xml").write_text(
        '<publicwhip latest="no"><speech id="a" speakername="Ann"><p>Yes.</p></speech></publicwhip>'
    )

    [told] = found(tmp_path, a=ANN.format(SAID))

    assert told.startswith('old.xml: warning: skipped: superseded: the file says latest="no"')
