"""The format of a file: by its name, and by its content."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import formats
from bot.errors import CorpusError


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.txt", b"Words.", None),
        ("a.md", b"# Words", None),
        ("a.HTML", b"\xef\xbb\xbf <!DOCTYPE html><p>x", None),
        ("a.htm", b"<?xml version='1.0'?><html/>", None),
        ("a.xml", b"<publicwhip/>", None),
        ("a.txt", b"<html> is a tag", None),
        ("a.pdf", b"Words.", "its content is that of a .txt file, not that of a .pdf file"),
        ("a.docx", b"%PDF-1.7", "its content is that of a .pdf file, not that of a .docx file"),
        ("a.txt", b"%PDF-1.7", "its content is that of a .pdf file, not that of a .txt file"),
        ("a.txt", b"PK\x03\x04word/", "its content is that of a .docx file, not that of a .txt file"),
        ("a.docx", b"PK\x03\x04stuff", "its content is of no known kind, not that of a .docx file"),
        ("a.txt", b"a\0b", "its content is of no known kind"),
        ("a.txt", b"\x1f\x8b\x08", "its content is of no known kind"),
        ("a.exe", b"MZ", "no format reads such a file"),
        ("a", b"Words.", "no format reads such a file"),
    ],
)
def test_a_suffix_must_match_the_content(name: str, content: bytes, told: str | None) -> None:
    if told is None:
        formats.check_suffix_matches_content(name, Path(name).suffix.lower(), content)
        return
    with pytest.raises(CorpusError, match=told):
        formats.check_suffix_matches_content(name, Path(name).suffix.lower(), content)
