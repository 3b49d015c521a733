"""Pages saved in one file: the page alone, and its address; all invented."""

from __future__ import annotations

import plistlib
import quopri
from pathlib import Path
from typing import Any

import pytest

from bot import formats
from bot.errors import CorpusError
from bot.ingest import sandbox

WORDS = "“We cannot wait for it any longer,” said Ann Low, who chairs the council of Testbury, on Monday in the town."
PAGE = f"<!DOCTYPE html><html><body><article><h1>Trams</h1><p>{WORDS}</p></article></body></html>"
ADDRESS = "https://example.org/trams"


def mhtml(*parts: str, address: str = f"Snapshot-Content-Location: {ADDRESS}\n") -> bytes:
    head = f"From: <Saved>\n{address}MIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n"
    return (head + "".join(f"--b\n{part}\n" for part in parts) + "--b--\n").encode()


def part(page: str = PAGE, location: str = ADDRESS, kind: str = "text/html; charset=utf-8") -> str:
    encoded = quopri.encodestring(page.encode()).decode()
    return (
        f"Content-Type: {kind}\nContent-Transfer-Encoding: quoted-printable\nContent-Location: {location}\n\n{encoded}"
    )


def webarchive(**resource: Any) -> bytes:
    main = {"WebResourceData": PAGE.encode(), "WebResourceURL": ADDRESS, "WebResourceTextEncodingName": "UTF-8"}
    return plistlib.dumps({"WebMainResource": main | resource}, fmt=plistlib.FMT_BINARY)


def file(folder: Path, content: bytes, suffix: str = ".mhtml") -> Path:
    path = folder / f"a{suffix}"
    path.write_bytes(content)
    return path


def test_the_page_that_a_snapshot_is_of_is_read_and_no_frame_beside_it(tmp_path: Path) -> None:
    frame = part(PAGE.replace("Ann Low", "Cy Dell"), "cid:frame")
    style = part("p { color: red }", "https://example.org/a.css", "text/css")

    document = formats.read(file(tmp_path, mhtml(frame, style, part())))

    assert document.text == f"Trams\n\n{WORDS}"
    assert document.url == ADDRESS


def test_without_an_address_the_first_page_is_read(tmp_path: Path) -> None:
    assert WORDS in formats.read(file(tmp_path, mhtml(part(), address=""), ".mht")).text


def test_a_webarchive_gives_its_main_page(tmp_path: Path) -> None:
    document = formats.read(file(tmp_path, webarchive(), ".webarchive"))

    assert (document.text, document.url) == (f"Trams\n\n{WORDS}", ADDRESS)


def test_a_webarchive_in_another_encoding_is_read(tmp_path: Path) -> None:
    content = webarchive(WebResourceData=PAGE.encode("cp1252"), WebResourceTextEncodingName="windows-1252")

    assert WORDS in formats.read(file(tmp_path, content, ".webarchive")).text


@pytest.mark.parametrize("name", ["a.mhtml", "a.webarchive"])
def test_an_upload_is_read_in_the_confined_child(name: str) -> None:
    content = mhtml(part()) if name == "a.mhtml" else webarchive()

    assert sandbox.parse_untrusted(name, content).document.text == f"Trams\n\n{WORDS}"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (mhtml(part("p {}", "x", "text/css")), "it holds no page"),
        (mhtml(part("<div>" * 50_000)), "no article was found"),
        (mhtml(part(kind="text/html; charset=nonsense")), "not a valid saved page"),
        (b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n" + b"--b\n" * 5000, "it holds no page"),
        (webarchive(WebResourceData=7), "it holds no page"),
        (webarchive()[:-20], "not a valid saved page"),
        (b"bplist00" + b"\xd1" * 5000, "not a valid saved page"),
        (plistlib.dumps([1], fmt=plistlib.FMT_BINARY), "not a valid saved page"),
    ],
    ids=range(8),
)
@pytest.mark.timeout(30)
def test_a_file_made_to_harm_is_refused(tmp_path: Path, content: bytes, told: str) -> None:
    with pytest.raises(CorpusError, match=told):
        formats.read(file(tmp_path, content))
