"""Saved web pages, extracted with trafilatura.

The library finds the article among menus, advertisements and comments, and the page's metadata. It also repairs text
and takes some that no reader sees, so each paragraph that it returns is looked up on the page, and kept as printed
there. No address is ever fetched.

A debate's page is read as turns. Each contribution on it is an element of its own, with the speaker's name in one
element and the words in paragraphs beside it: hansard.parliament.uk, TheyWorkForYou and others differ only in the names
of their classes. A page on which only headings say who speaks is refused, since nothing says where a speech ends.
"""

from __future__ import annotations

import codecs
import html as html_escapes
import logging
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz, process

from bot.errors import CorpusError
from bot.formats import hearing, shown_page
from bot.formats.base import AddedAs, Parsed, clean_line, import_optional, load_table, parse_date, parse_web_address
from bot.formats.canonical import PARAGRAPH_BREAK
from bot.formats.labels import Certainty, parse_label
from bot.formats.transcript import build_transcript
from bot.model import Document
from bot.storage import filesystem
from bot.text import normalise_line, normalise_name

SUFFIXES = (".html", ".htm")
ADDED_AS = AddedAs.EXTRACT

Node = Any
"""An element or document of a library that may not be installed."""

_DECLARED_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
_CHARSET_SEARCH_BYTES = 4096
_SNIFFED_BYTES = 2048
_ENCODINGS = re.compile(
    r"ascii|big5\S*|euc-\w+|gb\w+|iso-\S+|koi8-\w|ks_c\S*|latin\d|macintosh|shift.jis|sjis|tis-620|us-ascii|utf-?8"
    r"|windows-\d+|windows-31j|x-\S+",
    re.IGNORECASE,
)
_BROWSER_ENCODINGS = load_table("html")["encodings"]
_LENIENT = "replace"
_REPLACEMENT = "\ufffd"
_META_TAG = re.compile(r"<meta\b[^>]{0,500}>", re.IGNORECASE)
_META_NAME = re.compile(r"\b(?:property|name|itemprop)\s*=\s*([\"'])([\w:. -]{1,60})\1", re.IGNORECASE)
_META_CONTENT = re.compile(r"\bcontent\s*=\s*([\"'])(.{1,300}?)\1", re.IGNORECASE | re.DOTALL)
_JSON_LD_DATE = re.compile(r'"datePublished"\s*:\s*"([^"]{4,40})"')
_TIME_TAG = re.compile(r"<time\b[^>]{0,300}>", re.IGNORECASE)
_LEAF_TAGS = frozenset({"ab", "cell", "code", "fw", "head", "item", "p", "quote"})
# Of 100 characters, those that are equal: what differs from a shown paragraph in "[update]" alone is that paragraph.
_MIN_LIKENESS = 85
# A caption or a line of a menu has fewer words, or no stop; what has both and stands amid an article is mostly its own.
_MIN_PROSE_WORDS = 12
_SENTENCE_ENDS = tuple('.!?…”"’')
_AUTHOR_NAMES = frozenset({"author", "citation_author", "dc.creator", "dcterms.creator", "parsely-author", "byl"})
_INVERTED_NAME = re.compile(
    r"(?P<surname>[^\W\d_][\w'’-]*), (?P<forenames>[^\W\d_][\w.'’-]*(?: [^\W\d_][\w.'’-]*){0,2})"
)
_TITLE_END = re.compile(r"\s+[-|–—:·»•]\s+(?P<site>[^-|–—:·»•]+)$")
# Classes of a debate's page.
_CONTRIBUTION_CLASS = re.compile(
    r"(?:^|[\s_-])(?:contribution\w*|debate-?(?:item|speech)|speech|intervention)(?:$|[\s_-])", re.IGNORECASE
)
_SPEAKER_CLASS = re.compile(
    r"(?:^|[\s_-])(?:speaker(?:[_-]*name)?|attributed-?to\S*|member-?name|primary-text|speech__speaker\S*)(?:$|[\s_-])",
    re.IGNORECASE,
)
_CAMEL_CASE = re.compile(r"(?<=[a-z])(?=[A-Z])")
_PARAGRAPH_TAGS = ("p", "li", "td")
_SET_APART_TAGS = frozenset({"blockquote", "table"})
# Two people who each speak once may be two subheadings.
_MIN_SPEAKERS = 2


def sniff(content: bytes) -> bool:
    """Return whether `content` opens as a page: with a document type, <html>, or as XHTML."""
    head = content[:_SNIFFED_BYTES].removeprefix(codecs.BOM_UTF8).lstrip().lower()
    is_xhtml = head.startswith(b"<?xml") and b"<html" in head
    return is_xhtml or head.startswith((b"<!doctype html", b"<html"))


def parse(path: Path, document_id: str) -> Parsed:
    """Extract the article, or the debate, from the page at `path`.

    Raises:
        CorpusError: trafilatura is not installed, the file cannot be decoded, no article is
            found in it, or it reads like a debate and its markup does not say who speaks.
    """
    return parse_page(filesystem.read_bytes(path), path, document_id)


def parse_page(data: bytes, path: Path, document_id: str) -> Parsed:
    """Extract the article or debate from the page `data`; `path` names it in errors and is not read; see `parse`."""
    page = shown_page.remove_controls(_decode_page(data, path))
    root, visible, struck, article = _extract_article(page, path)
    metadata = _read_metadata(article, page)
    headings = [normalise_line("".join(heading.itertext())) for heading in article.body.iter("head")]
    parsed = _parse_debate(root, headings, path, Document(id=document_id, text="", **metadata))
    if parsed is None:
        extracted = filter(None, map(normalise_line, _iter_paragraphs(article.body)))
        paragraphs = list(dict.fromkeys(line for text in extracted for line in _match_visible(text, visible)))
        if not paragraphs:
            raise _build_no_article_error(path)
        document = Document(document_id, PARAGRAPH_BREAK.join(paragraphs), **metadata)
        left_out = (*(text for text in visible if text not in document.text), *struck)
        parsed = Parsed(document, left_out, lost_prose=_find_lost_prose(visible, document.text))
        recorded = hearing.parse_recorded_hearing(document, paragraphs)
        parsed = recorded._replace(left_out=left_out, lost_prose=parsed.lost_prose) if recorded else parsed
    if _REPLACEMENT in parsed.document.text:
        raise CorpusError(str(path), "its text holds bytes that are not in its encoding", "save the page as UTF-8")
    return parsed._replace(dated_by=_find_date_source(page, parsed.document) if parsed.document.date else None)


def _decode_page(data: bytes, path: Path) -> str:
    """Decode the page as browsers do: by its byte order mark, its declared charset, as UTF-8, as Windows-1252."""
    declared = _DECLARED_CHARSET.search(data[:_CHARSET_SEARCH_BYTES])
    name = declared[1].decode().lower() if declared else "utf-8"
    if data.startswith(codecs.BOM_UTF8):
        name = "utf-8-sig"
    elif data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        name = "utf-16"
    elif not _ENCODINGS.fullmatch(name):
        raise CorpusError(str(path), f"unknown encoding '{name}'", "save the page as UTF-8")
    try:
        codec = _BROWSER_ENCODINGS.get(name) or codecs.lookup(name).name
        codec = _BROWSER_ENCODINGS.get(codec, codec)
        return data.decode(codec, "strict" if declared is None else _LENIENT)
    except LookupError as error:
        raise CorpusError(str(path), f"unknown encoding '{name}'", "save the page as UTF-8") from error
    except ValueError:
        return data.decode("cp1252", _LENIENT)


def _extract_article(page: str, path: Path) -> tuple[Node, list[str], list[str], Node]:
    """Return the tree of the page as shown, its visible lines, the words struck out, and the extracted article."""
    trafilatura, lxml = (import_optional("trafilatura", "html", path), import_optional("lxml.html", "html", path))
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    try:
        parser = lxml.HTMLParser(encoding="utf-8", no_network=True)
        root = lxml.document_fromstring(page.encode(), parser=parser)
        struck = shown_page.show_page(root)
        visible = "".join(shown_page.iter_visible_text(root)).split(shown_page.SEPARATOR)
        article = trafilatura.bare_extraction(
            lxml.tostring(shown_page.wrap_stray_text(root), encoding="unicode"),
            include_comments=False,
            with_metadata=True,
            date_extraction_params={"extensive_search": False, "original_date": True},
        )
    # A broken page makes the libraries raise almost anything.
    except Exception as error:
        raise _build_no_article_error(path) from error
    if article is None or article.body is None:
        raise _build_no_article_error(path)
    return root, list(filter(None, map(normalise_line, visible))), struck, article


def _build_no_article_error(path: Path) -> CorpusError:
    """Build the error for a page in which the library finds no article."""
    return CorpusError(str(path), "no article was found in the page", "save its text as .txt")


def _iter_paragraphs(body: Node) -> Iterator[str]:
    """Yield the article's paragraphs; a line break within one becomes a space."""
    for block in body.iter(*_LEAF_TAGS):
        if not any(inner is not block for inner in block.iter(*_LEAF_TAGS)):
            inner = block.iterdescendants()
            pieces = ((" " if item.tag == "lb" else "") + (item.text or "") + (item.tail or "") for item in inner)
            yield (block.text or "") + "".join(pieces)


def _match_visible(paragraph: str, visible: Sequence[str]) -> Iterator[str]:
    """Yield a paragraph as the page shows it, split where the page splits it; nothing where it shows it nowhere.

    >>> list(_match_visible("One. Two. Three.", ["One.", "Two.", "Four."]))
    ['One.', 'Two.']
    >>> list(_match_visible("The tram will be late again, she said.", ["The tram will be late again, [1] she said."]))
    ['The tram will be late again, [1] she said.']
    """
    if paragraph in shown_page.SEPARATOR.join(visible):
        yield paragraph
        return
    nearest = process.extractOne(paragraph, visible, scorer=fuzz.ratio, score_cutoff=_MIN_LIKENESS)
    if nearest:
        yield nearest[0]
        return
    while prefix := max(filter(paragraph.startswith, visible), key=len, default=""):
        yield prefix
        paragraph = paragraph.removeprefix(prefix).lstrip()


def _find_lost_prose(visible: Sequence[str], text: str) -> tuple[str, ...]:
    """Return the pieces of the page that are no part of `text`, stand amid it and read like it."""
    prose = [piece for piece in visible if len(piece.split()) >= _MIN_PROSE_WORDS and piece.endswith(_SENTENCE_ENDS)]
    kept_indexes = [index for index, piece in enumerate(prose) if piece in text] or [0]
    return tuple(piece for piece in prose[kept_indexes[0] : kept_indexes[-1]] if piece not in text)


def _find_date_source(page: str, document: Document) -> str:
    """Return which part of the page states its date, trying the most reliable first."""
    date = document.date or ""
    for tag in _META_TAG.findall(page):
        name_match = _META_NAME.search(tag)
        if date in tag and name_match:
            return f"{normalise_line(name_match[2])} of its meta"
    if any(date in value for value in _JSON_LD_DATE.findall(page)):
        return "datePublished of its JSON-LD"
    if any(date in tag for tag in _TIME_TAG.findall(page)):
        return "a time element"
    return "its address" if date.replace("-", "/") in (document.url or "") else "its text"


def _read_metadata(article: Node, page: str) -> dict[str, Any]:
    """Return the facts of publication that the library found, cleaned, by name."""
    publisher = clean_line(article.sitename)
    return {
        "title": _clean_title(clean_line(article.title), publisher),
        "publisher": publisher,
        "authors": _read_authors(article.author or "", page, publisher),
        "date": parse_date(article.date),
        "url": parse_web_address(article.url),
        "licence": clean_line(article.license),
    }


def _clean_title(title: str | None, publisher: str | None) -> str | None:
    """Return the title without the site's name behind it.

    >>> _clean_title("Trams - a history | The Gazette", "Gazette")
    'Trams - a history'
    """
    end = _TITLE_END.search(title or "")
    if title and end and publisher and normalise_name(end["site"]) == normalise_name(publisher):
        return title[: end.start()]
    return title


def _read_authors(extracted: str, page: str, publisher: str | None) -> tuple[str, ...]:
    """Return one name for each author: the library parts "Low, Ann" and "Ann Low, reporter" at the comma."""
    stated = [
        clean_line(html_escapes.unescape(content[2])) or ""
        for tag in _META_TAG.findall(page)
        if (name := _META_NAME.search(tag))
        and name[2].lower() in _AUTHOR_NAMES
        and (content := _META_CONTENT.search(tag))
    ]
    pieces = {piece.strip(" .") for item in stated for piece in re.split("[,;]", item)}
    authors = [line for author in extracted.split(";") if (line := clean_line(author))]
    if any("," in item for item in stated) and pieces.issuperset(author.strip(" .") for author in authors):
        authors = [author for item in stated for author in _split_authors(item)]
    return tuple(dict.fromkeys(author for author in authors if author != publisher))


def _split_authors(stated: str) -> list[str]:
    """Split what a page states as its author.

    >>> [_split_authors(text) for text in ("Low, Ann", "Ann Low, news reporter", "Ann Low, Bob Dell")]
    [['Ann Low'], ['Ann Low'], ['Ann Low', 'Bob Dell']]
    """
    authors = []
    for item in filter(None, map(str.strip, stated.split(";"))):
        inverted = _INVERTED_NAME.fullmatch(item)
        names = [name.strip() for name in item.split(",")]
        if inverted and inverted["forenames"][0].isupper():
            authors.append(f"{inverted['forenames']} {inverted['surname']}")
        else:
            authors += [names[0], *(name for name in names[1:] if name.istitle() and " " in name)]
    return authors


def _parse_debate(root: Node, headings: list[str], path: Path, document: Document) -> Parsed | None:
    """Parse the debate on the page at `root`, under the facts of `document`; None for a page that is no debate.

    `headings` are those of the article on it, not of what stands around it.

    Raises:
        CorpusError: it reads like a debate, and its markup does not say where a speech ends.
    """
    contributions = list(_iter_contributions(root))
    if len({label for label, _ in contributions}) >= _MIN_SPEAKERS:
        return build_transcript(document, chain.from_iterable(lines for _, lines in contributions))
    marked = _count_speakers(root)
    if len(marked) >= _MIN_SPEAKERS and max(marked.values()) > 1:
        fact = "its markup names speakers, and does not say where a speech begins"
    elif len(_find_speakers(headings)) >= _MIN_SPEAKERS:
        fact = "it reads like a debate, with a heading for each speaker"
    else:
        return None
    raise CorpusError(str(path), fact, "save it as .transcript, with 'NAME: ' before each speech")


def _count_speakers(root: Node) -> Counter[str]:
    """Count by label the elements whose class says that they name a speaker; one within another counts once.

    That is, not directly within such an element, nor further in where both have the same label.
    """
    labels: dict[Node, str | None] = {
        element: _read_label(element)
        for element in root.iter()
        if isinstance(element.tag, str) and _SPEAKER_CLASS.search(_read_class(element))
    }
    return Counter(
        label
        for element, label in labels.items()
        if label and element.getparent() not in labels
        if not any(labels.get(ancestor) == label for ancestor in element.iterancestors())
    )


def _iter_contributions(root: Node) -> Iterator[tuple[str, list[tuple[str | None, str]]]]:
    """Yield the label of each contribution that has a speaker, and its lines as `build_transcript` takes them."""
    for element in root.iter():
        is_contribution = isinstance(element.tag, str) and _CONTRIBUTION_CLASS.search(_read_class(element))
        if is_contribution and not any(_has_contribution(child) for child in element):
            speaker = next((item for item in element.iter() if _SPEAKER_CLASS.search(_read_class(item))), None)
            if label := _read_label(speaker):
                yield label, list(_iter_labelled_lines(element, speaker, label))


def _read_class(element: Node) -> str:
    """Return an element's classes, with a hyphen where a capital begins a word: `memberName` too is a member's name."""
    return _CAMEL_CASE.sub("-", element.get("class", ""))


def _has_contribution(element: Node) -> bool:
    """Return whether `element` is or holds a contribution with a speaker of its own."""
    return any(
        isinstance(item.tag, str)
        and _CONTRIBUTION_CLASS.search(_read_class(item))
        and any(_SPEAKER_CLASS.search(_read_class(inner)) for inner in item.iter() if inner is not item)
        for item in element.iter()
    )


def _read_label(speaker: Node) -> str | None:
    """Return the speaker's label on one line, the details in brackets; None where it names nobody."""
    if speaker is None:
        return None
    pieces = [normalise_line(text) for text in speaker.itertext()]
    name, *details = [piece.strip(" :,") for piece in pieces if piece.strip(" :,")] or [""]
    printed = name + "".join(f" ({detail.strip('()')})" for detail in details)
    label = parse_label(f"{printed}:", 0, len(printed) + 1)
    return printed if label and label.voice else None


def _iter_labelled_lines(element: Node, speaker: Node, label: str) -> Iterator[tuple[str | None, str]]:
    """Yield each paragraph with its label: the speaker at first, then "" for speech, None for what is set apart."""
    inside_label = set(speaker.iter())
    for paragraph in element.iter(*_PARAGRAPH_TAGS):
        is_inner = any(inner is not paragraph for inner in paragraph.iter(*_PARAGRAPH_TAGS))
        words = normalise_line(paragraph.text_content())
        if words and not is_inner and paragraph not in inside_label:
            is_set_apart = any(ancestor.tag in _SET_APART_TAGS for ancestor in paragraph.iterancestors())
            if label and is_set_apart:
                # A speaker who opens with a quotation has said none of it.
                yield label, ""
            yield None if is_set_apart else label, words
            label = ""


def _find_speakers(headings: list[str]) -> set[str]:
    """Return the headings that name a speaker: with a seat, party or office, or more than once."""
    labels = [(heading, parse_label(f"{heading}:", 0, len(heading) + 1)) for heading in headings]
    return {
        label.voice.name
        for heading, label in labels
        if label and label.voice and label.certainty is Certainty.CERTAIN and " " in label.voice.name
        if (label.has_details and heading.endswith((")", "]"))) or headings.count(heading) > 1
    }
