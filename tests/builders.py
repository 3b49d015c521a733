"""Documents made by hand, byte by byte: small PDFs and Word files, all invented."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence

Printed = tuple[float, float, float, str]
"""Where a line of print begins, from the page's bottom left, its size and its words."""

_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_CORE = "http://schemas.openxmlformats.org/package/2006/relationships/metadata"


def printed(
    words: Sequence[str], left: float = 72, top: float = 760, size: float = 10, step: float = 12
) -> list[Printed]:
    """Return lines set one under another; an empty one leaves a gap."""
    return [(left, top - step * n, size, said) for n, said in enumerate(words) if said]


def pdf(pages: Sequence[Sequence[Printed]], about: str = "", trailer: str = "", word_gap: float | None = None) -> bytes:
    """Return a PDF of A4 pages in Helvetica; `about` is its information dictionary.

    With a `word_gap`, in thousandths of the type's size, words are parted by it and by no character, as TeX sets them.
    """
    kids = " ".join(f"{5 + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Count {len(pages)}/Kids[{kids}]>>",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
        f"<<{about}>>",
    ]
    for number, lines in enumerate(pages):
        drawn = "\n".join(
            f"BT /F1 {size} Tf {left} {low} Td {_shown(words, word_gap)} ET" for left, low, size, words in lines
        )
        font = "/Resources<</Font<</F1 3 0 R>>>>"
        place = f"/MediaBox[0 0 595 842]/Contents {6 + 2 * number} 0 R"
        objects += [f"<</Type/Page/Parent 2 0 R{place}{font}>>", f"<</Length {len(drawn)}>>stream\n{drawn}\nendstream"]
    return _numbered(objects, trailer)


def _shown(words: str, word_gap: float | None) -> str:
    if word_gap is None:
        return f"({_escaped(words)}) Tj"
    return "[" + f" {-word_gap} ".join(f"({_escaped(word)})" for word in words.split()) + "] TJ"


def _escaped(words: str) -> str:
    return words.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def _numbered(objects: Sequence[str], trailer: str) -> bytes:
    made = b"%PDF-1.4\n"
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(made))
        made += f"{number} 0 obj\n{body}\nendobj\n".encode("cp1252")
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(objects) + 1
    return (
        made
        + f"xref\n0 {size}\n0000000000 65535 f \n{table}".encode()
        + f"trailer<</Size {size}/Root 1 0 R/Info 4 0 R{trailer}>>\n".encode()
        + f"startxref\n{len(made)}\n%%EOF\n".encode()
    )


def docx(body: str, parts: Mapping[str, str] | None = None, about: str | None = None) -> bytes:
    """Return a Word file with `body` as its XML; `parts` are further ones under `word/`."""
    packed = {
        "_rels/.rels": f"<Relationships><Relationship Type='{_RELATIONS}/officeDocument'"
        f" Target='/word/document.xml'/><Relationship Type='{_CORE}/core-properties'"
        " Target='docProps/core.xml'/></Relationships>",
        "word/document.xml": f"<w:document xmlns:w='{_WORD}'><w:body>{body}</w:body></w:document>",
    }
    if about is not None:
        packed["docProps/core.xml"] = f"<cp:coreProperties>{about}</cp:coreProperties>"
    packed |= {f"word/{name}": xml for name, xml in (parts or {}).items()}
    return zipped(packed)


def zipped(packed: Mapping[str, str | bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in packed.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def paragraph(words: str) -> str:
    return f"<w:p><w:r><w:t>{words}</w:t></w:r></w:p>"


_OPEN_DOCUMENT = "urn:oasis:names:tc:opendocument:xmlns"
_ODT_PATHS = {"office": "office", "text": "text", "style": "style", "draw": "drawing", "table": "table"}
_ODT_NAMESPACES = " ".join(f"xmlns:{name}='{_OPEN_DOCUMENT}:{path}:1.0'" for name, path in _ODT_PATHS.items())


def odt(body: str, styles: str = "", about: str | None = None) -> bytes:
    """Return an OpenDocument text with `body` and automatic `styles` as its XML."""
    content = (
        f"<office:document-content {_ODT_NAMESPACES}><office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    )
    packed = {"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": content}
    if about is not None:
        packed["meta.xml"] = f"<office:document-meta {_ODT_NAMESPACES}>{about}</office:document-meta>"
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in packed.items():
            method = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(zipfile.ZipInfo(name), part, method)
    return made.getvalue()
