"""A hundred files made to harm whoever reads them; none is a real document."""

from __future__ import annotations

import gzip
import io
import random
import struct
import zipfile
import zlib
from collections.abc import Iterator
from itertools import pairwise

NAMESPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r" Type="http://x/officeDocument" Target="word/document.xml"/>'
    "</Relationships>"
)
SPEECH = '<speech id="uk.org.publicwhip/debate/2024-05-01a.1.1" speakername="Ann"><p>{}</p></speech>'
SECRET = "/etc/passwd"


def hostile() -> Iterator[tuple[str, bytes]]:
    """Yield names and contents, a hundred of them, always the same."""
    yield from _xml()
    yield from _docx()
    yield from _pdf()
    yield from _html()
    yield from _text()
    yield from _broken()


def _xml() -> Iterator[tuple[str, bytes]]:
    def doctype(declared: str, used: str) -> bytes:
        body = f"<publicwhip>{SPEECH.format(used)}</publicwhip>"
        return f"<?xml version='1.0'?><!DOCTYPE publicwhip [{declared}]>{body}".encode()

    tenfold = [f'<!ENTITY {b} "{10 * f"&{a};"}">' for a, b in pairwise("abcdefghijk")]
    laughs = '<!ENTITY a "ha">' + "".join(tenfold)
    yield "billion-laughs.xml", doctype(laughs, "&k;")
    long = "x" * 50_000
    yield "quadratic.xml", doctype(f'<!ENTITY a "{long}">', "&a;" * 20_000)
    yield "parameters.xml", doctype("<!ENTITY % a \"<!ENTITY b 'x'>\">%a;", "&b;")
    for n, what in enumerate(("file://" + SECRET, "http://127.0.0.1:9/x", "file:///dev/zero", "expect://id")):
        yield f"external-{n}.xml", doctype(f'<!ENTITY a SYSTEM "{what}">', "&a;")
        yield f"external-parameter-{n}.xml", doctype(f'<!ENTITY % a SYSTEM "{what}">%a;', "x")
        yield (
            f"external-type-{n}.xml",
            f"<?xml version='1.0'?><!DOCTYPE publicwhip SYSTEM '{what}'><publicwhip/>".encode(),
        )
    yield "recursive.xml", doctype('<!ENTITY a "&b;"><!ENTITY b "&a;">', "&a;")
    yield "deep.xml", b"<publicwhip>" + b"<a>" * 200_000
    names = " ".join(f"a{n}='x'" for n in range(200_000))
    yield "attributes.xml", f"<publicwhip {names}/>".encode()
    yield "wide.xml", b"<publicwhip>" + b"<p/>" * 600_000 + b"</publicwhip>"
    yield "one-tag.xml", b"<publicwhip" + b"x" * 4_000_000
    yield "utf-7.xml", b"<?xml version='1.0' encoding='utf-7'?><publicwhip/>"
    yield "utf-16.xml", "<?xml version='1.0' encoding='utf-16'?><publicwhip/>".encode("utf-16")
    yield "lying.xml", b"<?xml version='1.0' encoding='utf-8'?><publicwhip>\xff\xfe</publicwhip>"
    yield "unclosed.xml", b"<publicwhip><speech>" + b"x" * 100_000
    yield ("speeches.xml", b"<publicwhip>" + SPEECH.format("Yes.").encode() * 40_000 + b"</publicwhip>")


def _packed(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return made.getvalue()


def _word(body: str, beside: dict[str, bytes] | None = None) -> bytes:
    return _packed(
        {"[Content_Types].xml": TYPES.encode(), "_rels/.rels": RELATIONS.encode(),
         "word/document.xml": body.encode(), **(beside or {})}
    )  # fmt: skip


def _docx() -> Iterator[tuple[str, bytes]]:
    whole = f"<w:document {NAMESPACE}><w:body>{{}}</w:body></w:document>"
    said = "<w:p><w:r><w:t>{}</w:t></w:r></w:p>"
    yield "bomb.docx", _word(whole.format(said.format("x" * 300_000_000)))
    yield "many.docx", _word(whole, {f"word/x{n}.xml": b"" for n in range(2000)})
    yield "nested.docx", _word(whole, {"inner.zip": _packed({"a": b"x" * 1000})})
    yield "climbing.docx", _word(whole, {"../../../climbed": b"x"})
    yield "absolute.docx", _word(whole, {"/climbed": b"x"})
    yield (
        "laughs.docx",
        _word('<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>' + whole.format(said.format("&b;"))),
    )
    yield (
        "external.docx",
        _word(f'<!DOCTYPE x [<!ENTITY a SYSTEM "file://{SECRET}">]>' + whole.format(said.format("&a;"))),
    )
    yield "deep.docx", _word(whole.format("<w:tbl><w:tr><w:tc>" * 60_000))
    yield "wide.docx", _word(whole.format(said.format("a") * 400_000))
    target = RELATIONS.replace("word/document.xml", "../../.." + SECRET)
    yield ("target.docx", _packed({"[Content_Types].xml": TYPES.encode(), "_rels/.rels": target.encode()}))
    yield "no-parts.docx", _packed({"[Content_Types].xml": b""})
    lying = bytearray(_word(whole.format(said.format("x" * 5_000_000))))
    # The listing says that nothing much is packed in it.
    for at in _places(bytes(lying), b"PK\x01\x02"):
        lying[at + 24 : at + 28] = struct.pack("<I", 10)
    yield "lying.docx", bytes(lying)
    yield "overlapping.docx", _overlapping()
    yield "encrypted.docx", b"\xd0\xcf\x11\xe0" + b"\0" * 4096
    yield "truncated.docx", _word(whole.format(said.format("x")))[:-30]
    yield ("lzma.docx", _packed({"[Content_Types].xml": b"x", "word/document.xml": b"x" * 10**7}, zipfile.ZIP_LZMA))
    yield ("bzip.docx", _packed({"[Content_Types].xml": b"x", "word/document.xml": b"x" * 10**7}, zipfile.ZIP_BZIP2))


def _overlapping() -> bytes:
    """Return an archive that lists one packed member many times."""
    whole = _packed({"word/document.xml": b"x" * 10_000_000})
    start = whole.index(b"PK\x01\x02")
    end = whole.index(b"PK\x05\x06")
    listing, tail = whole[start:end] * 900, bytearray(whole[end:])
    tail[8:16] = struct.pack("<HHI", 900, 900, len(listing))
    return whole[:start] + listing + bytes(tail)


def _places(whole: bytes, mark: bytes) -> Iterator[int]:
    at = whole.find(mark)
    while at >= 0:
        yield at
        at = whole.find(mark, at + 1)


def _pdf() -> Iterator[tuple[str, bytes]]:
    def stream(packed: bytes, about: str = "/Filter /FlateDecode") -> bytes:
        head = f"<< /Length {len(packed)} {about} >>\nstream\n".encode()
        return head + packed + b"\nendstream"

    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R >>"
    catalog = b"<< /Type /Catalog /Pages 2 0 R >>"
    pages = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
    show = b"BT /F1 12 Tf 50 700 Td (x) Tj ET\n"
    yield "stream.pdf", _objects(catalog, pages, page, stream(zlib.compress(b" " * 300_000_000)))
    twice = zlib.compress(zlib.compress(b" " * 300_000_000))
    yield ("twice.pdf", _objects(catalog, pages, page, stream(twice, "/Filter [/FlateDecode /FlateDecode]")))
    yield "words.pdf", _objects(catalog, pages, page, stream(zlib.compress(show * 400_000)))
    yield "graphics.pdf", _objects(catalog, pages, page, stream(zlib.compress(b"q " * 3_000_000)))
    yield "arrays.pdf", _objects(catalog, pages, page, stream(zlib.compress(b"[" * 500_000)))
    yield "objects.pdf", _objects(b"[" * 200_000, pages, page)
    yield "dictionaries.pdf", _objects(b"<< /a " * 100_000, pages, page)
    loop = b"<< /Type /Pages /Kids [2 0 R] /Count 1 >>"
    yield "cyclic.pdf", _objects(catalog, loop, page)
    yield ("cyclic-page.pdf", _objects(catalog, pages, b"<< /Type /Page /Parent 3 0 R /Contents 3 0 R >>"))
    many = b"<< /Type /Pages /Kids [" + b"3 0 R " * 100_000 + b"] /Count 100000 >>"
    yield "pages.pdf", _objects(catalog, many, page, stream(zlib.compress(show)))
    yield ("length.pdf", _objects(catalog, pages, page, b"<< /Length 9999999999 >>\nstream\nx\nendstream"))
    yield ("length-loop.pdf", _objects(catalog, pages, page, b"<< /Length 4 0 R >>\nstream\nx\nendstream"))
    yield ("cross.pdf", b"%PDF-1.7\nxref\n0 99999999\ntrailer << /Size 99999999 >>\nstartxref\n9\n%%EOF")
    yield ("previous.pdf", b"%PDF-1.7\nxref\n0 0\ntrailer << /Prev 9 /Root 1 0 R >>\nstartxref\n9\n%%EOF")
    yield "empty.pdf", b"%PDF-1.7\n%%EOF"
    yield (
        "script.pdf",
        _objects(
            b"<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS (app.alert(1)) >> >>",
            pages,
            page,
        ),
    )
    yield (
        "launch.pdf",
        _objects(b"<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /Launch /F (/bin/sh) >> >>", pages, page),
    )
    locked = b"trailer << /Root 1 0 R /Encrypt << /Filter /Standard /V 4 /R 4 /Length 128 >> >>"
    yield "locked.pdf", _objects(catalog, pages, page).replace(b"trailer << /Root 1 0 R >>", locked)
    box = page.replace(b"[0 0 600 800]", b"[0 0 1e300 1e300]")
    yield "vast.pdf", _objects(catalog, pages, box, stream(zlib.compress(show)))


def _objects(*objects: bytes) -> bytes:
    numbered = (b"%d 0 obj\n%s\nendobj\n" % (n, each) for n, each in enumerate(objects, 1))
    return b"%PDF-1.7\n" + b"".join(numbered) + b"trailer << /Root 1 0 R >>\n%%EOF"


def _html() -> Iterator[tuple[str, bytes]]:
    open_, close = b"<!doctype html><html><head><title>x</title></head><body>", b"</body></html>"
    yield "deep.html", open_ + b"<div>" * 300_000
    yield "deep-inline.html", open_ + b"<b><i>" * 200_000 + b"words" + close
    yield "wide.html", open_ + b"<p>word</p>" * 300_000 + close
    yield "attributes.html", open_ + b"<p " + b"a=b " * 800_000 + b">x</p>" + close
    yield "entities.html", open_ + b"&amp;" * 900_000 + close
    yield "script.html", open_ + b"<script>" + b"x" * 4_000_000 + b"</script>" + close
    yield "table.html", open_ + b"<table><tr><td>" * 100_000
    yield ("links.html", open_ + b"<a href=file:///etc/passwd>x</a><iframe src=http://127.0.0.1:9/>" * 30_000)
    yield ("base.html", open_ + b"<base href=file:///etc/><link rel=stylesheet href=passwd><p>x</p>" + close)
    yield "charset.html", b"<!doctype html><meta charset=utf-7><p>+ADw-script+AD4-</p>"
    yield ("refresh.html", open_ + b"<meta http-equiv=refresh content='0;url=file:///etc/passwd'>" + close)
    yield "comment.html", open_ + b"<!--" * 500_000
    yield "data.html", open_ + b"<script type='application/ld+json'>" + b'{"a":' * 200_000 + close


def _text() -> Iterator[tuple[str, bytes]]:
    head = b"+++\ntitle = 'x'\n+++\n"
    yield "line.txt", head + b"x" * 5_000_000
    yield "quotes.txt", head + "“".encode() * 1_000_000
    yield "marks.txt", head + b"\"'" * 1_000_000
    yield "combining.txt", head + "a\u0301".encode() * 500_000
    yield "controls.txt", head + bytes(range(1, 32)) * 10_000
    yield "bidi.txt", head + "\u202e\u2066x".encode() * 50_000
    yield "said.txt", head + b"he said she said " * 100_000
    yield "capitals.txt", head + b"Ann Bell " * 200_000
    yield "sentences.txt", head + b"A. " * 500_000
    yield "labels.transcript", head + b"ANN: x\n" * 200_000
    yield "brackets.transcript", head + b"ANN (" * 200_000
    yield "header.txt", b"+++\n" + b"a = [" * 100_000
    yield ("header-keys.txt", b"+++\n" + b"".join(b"k%d = 1\n" % n for n in range(100_000)) + b"+++\n")
    yield "header-dots.txt", b"+++\n" + b"a." * 100_000 + b"b = 1\n+++\n"


def _broken() -> Iterator[tuple[str, bytes]]:
    """Yield files that are not what they are called, and sound ones with bytes turned over."""
    yield "too-large.txt", b"x" * (5 * 1024 * 1024 + 1)
    yield "packed.txt", gzip.compress(b"x" * 100_000_000)
    yield "../../climbing.txt", b"+++\ntitle = 'x'\n+++\nx"
    yield "a\0b.txt", b"+++\ntitle = 'x'\n+++\nx"
    yield "program.pdf", b"\x7fELF" + b"\0" * 1000
    yield "\u202efdp.exe", b"MZ"
    sound = _word(f"<w:document {NAMESPACE}><w:body><w:p><w:r><w:t>x</w:t></w:r></w:p></w:body></w:document>")
    chance = random.Random(5)
    for n in range(6):
        turned = bytearray(sound)
        for _ in range(20):
            turned[chance.randrange(4, len(turned))] ^= 1 << chance.randrange(8)
        yield f"turned-{n}.docx", bytes(turned)
