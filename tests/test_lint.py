"""Lint: what a curator must or could correct; all debates here are invented."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.corpus import lint
from bot.corpus.lint import Finding, Level, find_namesakes
from bot.model import Voice
from tests.corpus_folders import DEBATE, SIDES
from tests.invented_debate import FERRY

BUNDLED = Path(__file__).parent.parent / "corpus"

HEADER = """\
+++
title = "Bridge shut (invented example)"
publisher = "The Test Gazette"
authors = ["Tess Orr"]
date = "2024-05-01"
url = "https://example.org/bridge"
licence = "CC0"
+++
"""
ANN = "Ann Bell, clerk at Testbury Council, said: “The bridge is unsafe, and was in May.”\n"
BOB = "Bob Low, a ferryman, said: “The unsafe bridge was good enough for my father.”\n"
LOPSIDED = "add documents in which the other side speaks about it"
SPEECHLESS = "add an alias that the documents use, or remove the voice"


def found(folder: Path, manifest: str, body: str, name: str = "a.txt") -> list[str]:
    """Return the findings of a check, as lines told from the folder."""
    (folder / "corpus.toml").write_text(DEBATE + manifest, "utf-8")
    (folder / name).write_text(body, "utf-8")
    return [str(finding).removeprefix(f"{folder}/") for finding in lint.check_corpus(folder).findings]


def test_a_sound_corpus_has_nothing_to_mend(tmp_path: Path) -> None:
    assert found(tmp_path, SIDES, HEADER + ANN + BOB) == []


def test_missing_metadata_is_named(tmp_path: Path) -> None:
    body = "+++\npublisher = 'The Test Gazette'\n+++\n" + ANN + BOB

    [told] = found(tmp_path, SIDES, body)

    assert told == (
        "a.txt:1: warning: title, authors, date, url, licence: not given; add what the source states to its header"
    )


def test_a_voice_the_manifest_does_not_list_is_named_once_where_it_first_speaks(tmp_path: Path) -> None:
    bob = SIDES.partition("\n\n")[0]

    [told] = found(tmp_path, bob, f"{HEADER}{ANN}\n{BOB}\n{BOB}")

    assert told == (
        "a.txt:11: warning: 'Bob Low' is not in the manifest's voices; list it with its side, or as an alias"
    )


def test_a_voice_without_a_side_and_one_that_never_speaks_are_named(tmp_path: Path) -> None:
    manifest = SIDES.replace('side = "against"', "") + '[[voices]]\nname = "Cy Orr"\n'

    assert found(tmp_path, manifest, HEADER + ANN + BOB) == [
        "corpus.toml:11: warning: 'Bob Low' has no side; set its side to for, against or neither",
        "corpus.toml:14: warning: 'Cy Orr' has no side; set its side to for, against or neither",
        f"corpus.toml:14: warning: 'Cy Orr' is never quoted; {SPEECHLESS}",
    ]


def test_a_quotation_that_nobody_can_be_named_for_is_one_to_look_at(tmp_path: Path) -> None:
    [told] = found(tmp_path, SIDES, f"{HEADER}\n“It will end in the river.”\n\n{ANN}{BOB}")

    said = "a.txt:10: warning: no speaker was found for 'It will end in the river.'"
    assert told.startswith(said)
    assert told.endswith("; name the voice in its .voices.toml")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (
            "He said: “It will end in the river.”",
            (
                "a.txt:10: warning: no speaker was found for 'It will end in the river.' "
                "(nobody before “he” fits); name the voice in its .voices.toml"
            ),
        ),
        (
            f"{ANN}\n“It will end in the river,” they said.",
            (
                "a.txt:12: warning: it is uncertain whether 'Ann Bell' said "
                "'It will end in the river,' (“they” may not mean who was quoted before); "
                "name the voice in its .voices.toml"
            ),
        ),
    ],
)
def test_a_voice_that_is_a_pronoun_alone_is_one_to_look_at(tmp_path: Path, said: str, told: str) -> None:
    assert told in found(tmp_path, SIDES, f"{HEADER}\n{said}\n\n{ANN}{BOB}")


def test_a_voice_below_the_confidence_asked_for_is_one_to_look_at(tmp_path: Path) -> None:
    assert found(tmp_path, SIDES, HEADER + ANN + BOB) == []

    told = [str(finding) for finding in lint.check_corpus(tmp_path, min_confidence=1.1).findings]

    assert len(told) == 2
    assert all(" warning: it is uncertain whether '" in line for line in told)


@pytest.mark.parametrize("ending", ["", "\n", "\n\nThe bridge is shut.\n"])
def test_a_quotation_that_is_not_closed_is_named(tmp_path: Path, ending: str) -> None:
    [told] = found(tmp_path, SIDES, f"{HEADER}{ANN}{BOB.rstrip()[:-1]}{ending}")

    assert told == (
        "a.txt:10: warning: the quotation 'The unsafe bridge was good enough ...' is not "
        "closed; compare it with the source, and close it if the source does"
    )


def test_the_doubts_about_a_document_come_by_line(tmp_path: Path) -> None:
    body = f"{HEADER}{ANN.rstrip()[:-1]}\n{BOB}{BOB.replace('Bob Low', 'Cy Orr')}"

    told = found(tmp_path, SIDES, body)

    assert [line.partition(": warning: ")[0] for line in told] == ["a.txt:9", "a.txt:11"]
    assert "is not closed" in told[0]
    assert "'Cy Orr'" in told[1]


def test_a_quotation_that_goes_on_in_the_next_paragraph_is_not_unclosed(tmp_path: Path) -> None:
    body = f"{HEADER}{ANN.rstrip()[:-1]}\n\n“And in June.”\n\n{BOB}"

    assert found(tmp_path, SIDES, body) == []


@pytest.mark.parametrize(
    ("stated", "count"), [("", 1), ('transcript = "checked"\n', 0), ('transcript = "automatic"\n', 1)]
)
def test_a_transcript_with_times_is_asked_for_whether_somebody_checked_it(
    tmp_path: Path, stated: str, count: int
) -> None:
    header = HEADER.removesuffix("+++\n")

    lines = found(tmp_path, SIDES, f"{header}{stated}+++\n[1:15] Ann Bell: Yes.\n\nBob Low: No.\n", "a.transcript")

    assert len(lines) == count
    assert all('write transcript = "checked" or "automatic" in its header' in line for line in lines)


def test_a_line_of_a_turn_that_begins_like_another_speaker_is_named(tmp_path: Path) -> None:
    body = f"{HEADER}Ann Bell: I met\nCy Dell – never.\n\nBob Low: I say: No.\n"

    [told] = found(tmp_path, SIDES, body, "a.transcript")

    assert told == (
        "a.transcript:10: warning: 'Cy Dell' is read as part of the speech of 'Ann Bell'; "
        "if it is a speaker's label, write it as 'NAME: '"
    )


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("unsafe", []),
        ("UNSAFE bridges", []),
        ("ferry", ["no quote matches its words; add words that the documents use"]),
        ("May", [f"1 of 1 quotes are for the motion; {LOPSIDED}"]),
    ],
)
def test_a_topic_that_leads_nowhere_or_to_one_side_is_named(tmp_path: Path, words: str, told: list[str]) -> None:
    manifest = f'{SIDES}[[topics]]\nname = "safety"\nwords = ["{words}"]\n'

    lines = found(tmp_path, manifest, HEADER + ANN + BOB)

    assert lines == [f"corpus.toml:14: warning: topic 'safety': {line}" for line in told]


@pytest.mark.parametrize(("count", "is_lopsided"), [(3, False), (4, True)])
def test_a_topic_is_lopsided_when_more_than_three_of_four_quotes_are_of_one_side(
    tmp_path: Path, count: int, *, is_lopsided: bool
) -> None:
    manifest = f'{SIDES}[[topics]]\nname = "safety"\nwords = ["unsafe"]\n'

    lines = found(tmp_path, manifest, HEADER + "\n".join([*[ANN] * count, BOB]))

    assert any("quotes are for the motion" in line for line in lines) is is_lopsided


def test_a_topic_only_the_uncommitted_spoke_to_is_not_lopsided(tmp_path: Path) -> None:
    manifest = SIDES.replace('"for"', '"neither"') + '[[topics]]\nname = "x"\nwords = ["May"]\n'

    assert found(tmp_path, manifest, HEADER + ANN + BOB) == []


def test_everything_wrong_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "b.doc").touch()
    (tmp_path / "c.txt").write_bytes(b"\xff")
    (tmp_path / "d.voices.toml").touch()

    told = found(tmp_path, SIDES.replace("Bob Low", "Cy Orr"), HEADER + ANN + BOB)

    assert [line.partition(":")[0] for line in told] == [*("d.voices.toml", "b.doc", "c.txt", "a.txt")]
    assert [": error: " in line for line in told] == [True, True, True, False]


def test_every_fault_of_a_manifest_is_told_beside_those_of_documents(tmp_path: Path) -> None:
    (tmp_path / "b.doc").touch()

    told = found(tmp_path, 'notice = 3\nsides = "both"\n', HEADER + ANN)

    assert [line.partition(": error:")[0] for line in told] == [*("corpus.toml:6", "corpus.toml:7", "b.doc")]


def test_a_finding_gives_file_line_level_fact_and_remedy(tmp_path: Path) -> None:
    found(tmp_path, SIDES, f"{HEADER}\n{ANN}")

    [error] = lint.check_corpus(tmp_path).findings

    assert error == Finding(
        file=str(tmp_path / "corpus.toml"),
        line=13,
        level=Level.ERROR,
        fact="'Bob Low' has a side but is never quoted",
        remedy=SPEECHLESS,
    )


def test_a_missing_folder_is_the_one_thing_found(tmp_path: Path) -> None:
    [error] = lint.check_corpus(tmp_path / "gone").findings

    assert (error.line, error.level, error.fact) == (None, Level.ERROR, "no such file or directory")


def test_the_invented_debate_lacks_nothing_but_addresses() -> None:
    facts = {finding.fact for finding in lint.check_corpus(BUNDLED / "tram").findings}

    assert facts == {"url: not given"}


ANN_LOW = Voice("Ann Low", "chair", "Riders")


def namesake_facts(*voices: Voice | None) -> list[str]:
    passages = [replace(FERRY.passages[0], voice=voice) for voice in voices]
    return [fact for _, fact, _ in find_namesakes(passages)]


@pytest.mark.parametrize(
    ("other", "fact"),
    [
        (Voice("Cy Low"), "'Ann Low' and 'Cy Low' share a surname"),
        (Voice("Ann Low", "mayor", "Riders"), "'Ann Low' has the role 'chair' and 'mayor'"),
        (Voice("Ann Low", "chair", "Payers"), "'Ann Low' has the organisation 'Riders' and 'Payers'"),
        (Voice("Low", None, "Low"), "'Low' is an organisation and part of the name 'Ann Low'"),
    ],
)
def test_voices_that_could_be_confused_are_reported(other: Voice, fact: str) -> None:
    assert namesake_facts(ANN_LOW, other) == [fact]
    assert len(namesake_facts(other, ANN_LOW)) == 1


@pytest.mark.parametrize(
    "other",
    [
        None,
        ANN_LOW,
        Voice("Ann Low"),
        Voice("Ann High"),
        Voice("Low"),
        Voice("Riders", None, "Riders"),
        Voice("Lower Low Street Riders"),
    ],
)
def test_voices_that_differ_plainly_are_not_reported(other: Voice | None) -> None:
    assert namesake_facts(ANN_LOW, other) == []


def test_the_passage_reported_is_the_first_of_the_later_voice() -> None:
    early, late = (replace(FERRY.passages[n], voice=v) for n, v in ((0, ANN_LOW), (3, Voice("Cy Low"))))

    [(passage, _, _)] = find_namesakes([early, late])

    assert passage is late


@pytest.mark.parametrize(
    ("manifest", "told"),
    [
        ('[[topics]]\nname = "safety"\nwords = ["unsafe", "what is it"]\n', "topic 'safety': 'what is it'"),
        ('[synonyms]\n"danger" = ["unsafe", "the"]\n', "synonym 'danger': 'the'"),
        ('[synonyms]\n"who" = ["unsafe"]\n', "synonym 'who': 'who'"),
    ],
)
def test_a_topic_or_synonym_of_stop_words_alone_is_refused(tmp_path: Path, manifest: str, told: str) -> None:
    lines = [line for line in found(tmp_path, SIDES + manifest, HEADER + ANN + BOB) if "stop words" in line]

    assert lines[0].partition(": error: ")[2].startswith(f"{told} is stop words alone; ")
    assert len(lines) == 1


def test_an_acronym_in_capitals_and_a_hyphenated_word_are_no_stop_words(tmp_path: Path) -> None:
    manifest = f'{SIDES}[synonyms]\n"machines" = ["IT"]\n"wellness" = ["well-being"]\n'

    assert found(tmp_path, manifest, HEADER + ANN + BOB) == []
