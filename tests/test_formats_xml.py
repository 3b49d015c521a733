"""XML that leads out of its file, swells, nests or breaks; every file here is invented."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import formats
from bot.formats import xml
from tests import format_files
from tests.format_files import refusal

SAID = "<publicwhip><speech id='uk.org.publicwhip/debate/2024-05-02a.1.1' speakername='Ann'>"


def written(folder: Path, content: str | bytes, name: str = "a.xml") -> Path:
    return format_files.written(folder, content, name)


def speech(folder: Path, words: str, doctype: str = "", encoding: str = "utf-8") -> Path:
    head = f"<?xml version='1.0' encoding='{encoding}'?>{doctype}"
    return written(folder, f"{head}{SAID}<p>{words}</p></speech></publicwhip>".encode(encoding))


def test_entities_for_characters_are_read(tmp_path: Path) -> None:
    listed = '<!ENTITY mdash "&#8212;"><!ENTITY amp "&#38;#38;">'

    path = speech(tmp_path, "Yes&mdash;if &amp; when.", f"<!DOCTYPE publicwhip [{listed}]>")

    assert formats.read(path).text == "Ann\n\nYes—if & when."


def test_an_entity_of_entities_is_refused(tmp_path: Path) -> None:
    bomb = "<!DOCTYPE x [<!ENTITY a 'ha'><!ENTITY b '&a;&a;'><!ENTITY c '&b;&b;'>]>"

    told = refusal(speech(tmp_path, "&c;", bomb))

    assert told == (":1: the entity 'b' stands for more than a few characters; use another edition of this document")


def test_a_long_entity_is_refused(tmp_path: Path) -> None:
    told = refusal(speech(tmp_path, "&a;&a;", f"<!DOCTYPE x [<!ENTITY a '{'h' * 9}'>]>"))

    assert "the entity 'a' stands for more than a few characters" in told


@pytest.mark.parametrize("kind", ["", "% "])
def test_an_entity_that_is_another_file_is_refused(tmp_path: Path, kind: str) -> None:
    secret = written(tmp_path, "a secret", "secret.txt")

    told = refusal(speech(tmp_path, "Yes.", f"<!DOCTYPE x [<!ENTITY {kind}a SYSTEM '{secret}'>]>"))

    assert "the entity 'a' refers to another file" in told


def test_an_entity_that_another_file_would_declare_is_refused(tmp_path: Path) -> None:
    outside = written(tmp_path, "<!ENTITY dash '-'>", "a.dtd")

    told = refusal(speech(tmp_path, "Yes &dash; no.", f"<!DOCTYPE x SYSTEM '{outside}'>"))

    assert "the entity 'dash' is not declared in the file" in told


def test_deep_nesting_is_refused(tmp_path: Path) -> None:
    deep = "<i>" * xml.MAX_DEPTH + "</i>" * xml.MAX_DEPTH

    assert "elements nested more than 100 deep" in refusal(speech(tmp_path, deep))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "not XML: no element found"),
        ("Ann: Yes.", ":1: not XML: syntax error"),
        ("<publicwhip>\n<speech></publicwhip>", ":2: not XML: mismatched tag"),
        ("<publicwhip>", ":1: not XML: no element found"),
        ("<?xml version='1.0' encoding='klingon'?><publicwhip/>", "unknown encoding"),
        (b"<publicwhip>\xff</publicwhip>", "not XML: not well-formed (invalid token)"),
        ("<html><p>Yes.</p></html>", ": no format reads <html>; use a file whose root is one of TEI, akomaN"),
        ("<publicwhip/>", ": nobody speaks; remove it from the corpus"),
    ],
)
def test_what_is_no_record_is_refused(tmp_path: Path, content: str | bytes, told: str) -> None:
    assert told in refusal(written(tmp_path, content))


def test_a_file_without_an_end_of_line_is_refused_by_its_size(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    with path.open("wb") as file:
        file.truncate(1024**3)

    assert "more than 10,485,760 bytes" in refusal(path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1", "windows-1252"])
def test_the_declared_encoding_is_read(tmp_path: Path, encoding: str) -> None:
    assert formats.read(speech(tmp_path, "£5 é", encoding=encoding)).text == "Ann\n\n£5 é"


def test_prefixes_make_no_difference() -> None:
    root = xml.parse_bytes(b"<x:a xmlns:x='urn:x'><x:b>One <x:c>two</x:c></x:b><b/></x:a>", "a.xml")

    assert [one.tag for one in root.iter()] == ["a", "b", "c", "b"]
    assert xml.join_element_text(root) == "One two"
    assert xml.read_clean_text(xml.find_first(root, "b", "c")) == "two"
    assert xml.find_first(root, "c", "b") is None
    assert xml.read_clean_text(xml.find_first(root, "d")) is None
