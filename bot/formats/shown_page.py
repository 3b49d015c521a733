"""A web page as its reader sees it: the tree without what is hidden, before anything is extracted from it.

What style sheets hide is known by inline styles and by the class names that the web has agreed on. A wrapper that is
hidden until a script reveals it holds most of the page's words, and is kept. Words struck out are not as said, and are
left out. A quotation that the page sets apart by markup alone, `<q>` or `<blockquote>`, gets quotation marks: browsers
show the one between marks and the other as a block, and either way it is not the publication that speaks.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from typing import Any

from bot.formats.base import load_table
from bot.text import normalise_line

Node = Any
"""An element of a library that may not be installed."""

SEPARATOR = "\x1d"
_ELEMENTS = {kind: frozenset(names.split()) for kind, names in load_table("html")["elements"].items()}
_BLOCK_TAGS = _ELEMENTS["blocks"]
# Words may stand in these beside paragraphs, where the library does not look for any.
_CONTAINERS = ("article", "body", "center", "div", "main", "section")
_UNSEEN_TAGS = frozenset({"head", "iframe", "noscript", "object", "script", "style", "svg", "template"})
_STRUCK_TAGS = frozenset({"del", "s", "strike"})
_KNOWN_TAGS = _BLOCK_TAGS | _UNSEEN_TAGS | _ELEMENTS["phrases"] | _ELEMENTS["others"]
_HIDDEN_CLASS = re.compile(
    r"(?:^|[\s_-])(?:sr-?only|visually-?hidden|screen-?reader(?:-text|-only)?|off-?screen|a11y-?hidden|assistive-?text"
    r"|(?:u-)?hidden-?visually|element-invisible)(?:$|[\s_-])",
    re.IGNORECASE,
)
_ICON_CLASS = re.compile(r"(?:^|[\s_-])icon(?:$|[\s_-])", re.IGNORECASE)
_HIDDEN_STYLE = re.compile(
    r"display:none|visibility:hidden|opacity:0(?:\.0+)?(?:;|$)|font-size:0(?:px|em|rem|%)?(?:;|$)"
    r"|clip(?:-path)?:(?:rect\((?:[01](?:px)?,?){4}\)|inset\((?:50|100)%)|text-indent:-\d{3,}|left:-\d{4,}"
)
_STRUCK_STYLE = re.compile(r"text-decoration(?:-line)?:[a-z]*line-through")
_STRUCK_CLASS = re.compile(r"(?:^|[\s_-])(?:strike(?:-?through)?|line-through|struck)(?:$|[\s_-])", re.IGNORECASE)
_CLIPPED_STYLE = re.compile(r"clip:rect|(?:width|height):[01]px")
_NOTE_MARK = re.compile(r"[\[(]?(?:\d{1,3}|[a-z*†‡§])[\])]?")
# Of the page's characters: a hidden element with more of them is the article itself, which a script reveals.
_WRAPPER_SHARE = 0.5
# In characters: up to this length a text hidden from screen readers is an icon, left out; longer, it is kept.
_MAX_SIGN_LENGTH = 40
_OPENING_MARKS = frozenset("\"“‘'«„")
_SENTENCE_END = re.compile(r"[.!?:;…][\"”’»)\]]*$")
# Words beside paragraphs are a paragraph only where they are a sentence: single words are buttons and signs.
_STRAY_PROSE = re.compile(r"(?:\S+ ){3}.*[.!?…][\"”’»)]*|[“\"‘'].*")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def remove_controls(page: str) -> str:
    """Return `page` without control characters, which browsers do not show."""
    return _CONTROLS.sub("", page)


def show_page(root: Node) -> list[str]:
    """Reduce the tree at `root` to what a reader sees, in place; return the words struck out."""
    total = _count_characters(root)
    left_out = [words for element in list(root.iter()) if (words := _hide(element, total))]
    for element in list(root.iter()):
        if isinstance(element.tag, str):
            _mark_quotation(element)
            # The library would split a paragraph at an element that it does not know; browsers make it a phrase.
            if element.tag not in _KNOWN_TAGS and not _BLOCK_TAGS.intersection(child.tag for child in element.iter()):
                element.tag = "span"
    _split_lines(root)
    return left_out


def wrap_stray_text(root: Node) -> Node:
    """Return a copy of the tree at `root` in which each sentence beside paragraphs is a paragraph."""
    wrapped = copy.deepcopy(root)
    for element in list(wrapped.iter(*_CONTAINERS)):
        _wrap_text_of(element)
    return wrapped


def iter_visible_text(element: Node) -> Iterator[str]:
    """Yield the text in `element` and right behind it that a reader sees, with `SEPARATOR` between paragraphs."""
    if isinstance(element.tag, str) and element.tag not in _UNSEEN_TAGS and "hidden" not in element.attrib:
        separator = {"br": " "}.get(element.tag, SEPARATOR if element.tag in _BLOCK_TAGS else "")
        yield separator
        yield element.text or ""
        for child in element:
            yield from iter_visible_text(child)
        yield separator
    yield element.tail or ""


def _count_characters(element: Node) -> int:
    """Count the characters in `element` and right behind it that a reader sees."""
    return sum(len(text.strip()) for text in iter_visible_text(element))


def _hide(element: Node, total: int) -> str:
    """Remove `element` if no reader sees it or its words are struck out; return struck words, else ""."""
    if not isinstance(element.tag, str) or element.getparent() is None or element.tag in {"body", "head", "html"}:
        return ""
    is_struck, is_hidden = _is_struck(element), _is_hidden(element)
    if not is_struck and not is_hidden:
        return ""
    is_wrapper = _count_characters(element) > _WRAPPER_SHARE * total
    if is_struck and not is_wrapper:
        words = normalise_line(element.text_content())
        element.drop_tree()
        return words
    # Most of a page hidden by a style waits for a script to reveal it; the attribute says that it is not there.
    is_revealed_later = is_wrapper and "hidden" not in element.attrib and element.tag not in _UNSEEN_TAGS
    if is_hidden and not is_revealed_later:
        element.drop_tree()
    return ""


def _is_struck(element: Node) -> bool:
    """Return whether words are struck out by their element, style or class."""
    style = "".join(element.get("style", "").lower().split())
    is_marked = _STRUCK_STYLE.search(style) or _STRUCK_CLASS.search(element.get("class", ""))
    return element.tag in _STRUCK_TAGS or is_marked is not None


def _is_hidden(element: Node) -> bool:
    """Return whether a browser would not show `element`, or it is a sign or a mark of a footnote."""
    style = "".join(element.get("style", "").lower().split())
    names = element.get("class", "")
    return (
        "hidden" in element.attrib
        or _HIDDEN_STYLE.search(style) is not None
        or ("overflow:hidden" in style and _CLIPPED_STYLE.search(style) is not None)
        or (element.tag not in _BLOCK_TAGS and _is_sign(element, names))
        or (_HIDDEN_CLASS.search(names) is not None)
        or (element.tag == "sup" and _NOTE_MARK.fullmatch(normalise_line(element.text_content())) is not None)
    )


def _is_sign(element: Node, names: str) -> bool:
    """Return whether a phrase is an icon, or a sign that screen readers pass over."""
    is_decoration = element.get("aria-hidden") == "true" or _ICON_CLASS.search(names) is not None
    return is_decoration and len(normalise_line(element.text_content())) <= _MAX_SIGN_LENGTH


def _mark_quotation(element: Node) -> None:
    """Put marks around `<q>`, and around the paragraphs of a block quotation that has none."""
    if element.tag == "q":
        is_inner = any(ancestor.get("data-marked") for ancestor in element.iterancestors("span"))
        opening, closing = "‘’" if is_inner else "“”"
        element.tag = "span"
        element.set("data-marked", "q")
        element.text = f"{opening}{element.text or ''}"
        _append_text(element, closing)
    elif element.tag == "blockquote":
        _mark_blockquote(element)


def _mark_blockquote(block: Node) -> None:
    """Put a block quotation between quotation marks, its source behind it, unless it has marks of its own."""
    for source in [*block.iter("footer", "cite")]:
        _move_behind(source, block)
    paragraphs = [item for item in block.iter("p", "div", "li") if _is_paragraph(item)] or [block]
    words = normalise_line(block.text_content())
    if not words or words[0] in _OPENING_MARKS or "“" in words or '"' in words:
        return
    for paragraph in paragraphs:
        if normalise_line(paragraph.text_content()):
            paragraph.text = f"“{(paragraph.text or '').lstrip()}"
    _append_text(paragraphs[-1], "”")


def _is_paragraph(element: Node) -> bool:
    """Return whether an element has words and no paragraph within."""
    has_inner = any(inner is not element for inner in element.iter("p", "div", "li"))
    return not has_inner and bool(normalise_line(element.text_content()))


def _move_behind(source: Node, block: Node) -> None:
    """Move the source of a block quotation behind it, as a paragraph: it is no part of the words."""
    words = normalise_line(source.text_content())
    source.drop_tree()
    if words:
        paragraph = block.makeelement("p", {})
        paragraph.text, paragraph.tail = words, block.tail
        block.tail = None
        block.addnext(paragraph)


def _append_text(element: Node, text: str) -> None:
    """Add `text` at the end of `element`, in place of the blanks there."""
    if len(element):
        element[-1].tail = (element[-1].tail or "").rstrip() + text
    else:
        element.text = (element.text or "").rstrip() + text


def _split_lines(root: Node) -> None:
    """Turn text parted by `<br>` into paragraphs, where an element has no paragraph besides; a sentence stays whole."""
    for element in [*root.iter("body", "div", "td", "center", "font", "pre")]:
        children = [child.tag for child in element]
        if children.count("br") > 1 and not _BLOCK_TAGS.intersection(children):
            _split_at_breaks(element)


def _split_at_breaks(element: Node) -> None:
    """Make paragraphs of a block at the line breaks that follow a sentence's end, and blanks of the others."""
    paragraphs = [element.makeelement("p", {})]
    paragraphs[0].text = element.text
    for child in list(element):
        tail, child.tail = child.tail, None
        element.remove(child)
        if child.tag != "br":
            child.tail = tail
            paragraphs[-1].append(child)
            continue
        if _SENTENCE_END.search(normalise_line(paragraphs[-1].text_content())) or not normalise_line(tail or " "):
            paragraphs.append(element.makeelement("p", {}))
            paragraphs[-1].text = tail
        else:
            _append_text(paragraphs[-1], f" {tail or ''}")
    element.text = None
    element.extend(paragraph for paragraph in paragraphs if normalise_line(paragraph.text_content()))


def _wrap_text_of(container: Node) -> None:
    """Make each sentence beside the paragraphs of `container` a paragraph; centred text is an ordinary division."""
    if container.tag == "center":
        container.tag = "div" if _has_block(container) else "p"
    if not _has_block(container):
        return
    for comment in [child for child in container if not isinstance(child.tag, str)]:
        comment.drop_tree()
    # What stands between two blocks: the text behind the first, and the phrases that follow.
    runs: list[tuple[Node, list[Node]]] = [(None, [])]
    for child in container:
        if child.tag in _BLOCK_TAGS:
            runs.append((child, []))
        else:
            runs[-1][1].append(child)
    for block, phrases in runs:
        _wrap_run(container, block, phrases)


def _wrap_run(container: Node, block: Node | None, phrases: list[Node]) -> None:
    """Make `phrases`, and the text that opens `container` or follows `block`, a paragraph if they are a sentence."""
    text = container.text if block is None else block.tail
    words = "".join([text or "", *(f"{phrase.text_content()}{phrase.tail or ''}" for phrase in phrases)])
    if not _STRAY_PROSE.fullmatch(normalise_line(words)):
        return
    paragraph = container.makeelement("p", {})
    paragraph.text = text
    if block is None:
        container.text = None
        container.insert(0, paragraph)
    else:
        block.tail = None
        block.addnext(paragraph)
    paragraph.extend(phrases)


def _has_block(element: Node) -> bool:
    """Return whether an element directly within `element` begins a line of its own."""
    return any(child.tag in _BLOCK_TAGS for child in element)
