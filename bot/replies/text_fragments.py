"""Links to the words: an address with a text directive, which browsers scroll to and mark.

The directive is made of the exact words of a quote, and only where they are found once in the stored text: a link to
other words would be worse than one to the page. The form is that of the WICG's URL Fragment Text Directives.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import quote, urlsplit

from bot.model import Document, Span

_DIRECTIVE = ":~:"
# A browser reads no words in these; a moment of a recording is marked by its player.
_NO_PAGE = re.compile(r"\.(?:pdf|docx?|odt|rtf|zip|mp[34]|vtt|srt)$", re.IGNORECASE)
_MOMENT = re.compile(r"(?:^|&)t=\d")
# As many words at each end as tell most quotes apart; a few more where they do not.
_EDGE_WORDS = (4, 6, 9)
_MAX_WHOLE_WORDS = 10
# Marks around a quote are often printed otherwise on the page.
_MARKS = "\"'“”‘’«»„ \n"
_MAX_FOLDED_TEXTS = 8


def link_words(url: str | None, document: Document, span: Span) -> str | None:
    """Return `url` with a text directive for the words at `span`; `url` alone where they cannot be told apart."""
    if url is None or not _is_page(url):
        return url
    directive = _find_directive(document, span)
    return f"{url}{'' if '#' in url else '#'}{_DIRECTIVE}text={directive}" if directive else url


def _is_page(url: str) -> bool:
    """Return whether a browser opens `url` as a page in which it can mark words."""
    parts = urlsplit(url)
    is_moment = _MOMENT.search(parts.fragment) or _MOMENT.search(parts.query)
    return _DIRECTIVE not in url and not _NO_PAGE.search(parts.path) and not is_moment


def _find_directive(document: Document, span: Span) -> str | None:
    """Return the shortest directive that a browser would follow to `span` and nowhere else, if there is one."""
    start, end = span
    while start < end and document.text[start] in _MARKS:
        start += 1
    while end > start and document.text[end - 1] in _MARKS:
        end -= 1
    folded = _fold_text(document.sha256, document.text)
    for parts in _list_parts(document.text, start, end):
        if _find_first(folded, parts) == (start, end):
            # A comma parts them, and a hyphen of the words is no sign of it.
            return ",".join(quote(document.text[slice(*part)], safe="").replace("-", "%2D") for part in parts)
    return None


def _list_parts(text: str, start: int, end: int) -> Iterator[tuple[tuple[int, int], ...]]:
    """Yield places of one part, the whole words, or of two, where they begin and end, the shortest first."""
    words = [(start + match.start(), start + match.end()) for match in re.finditer(r"\S+", text[start:end])]
    if not words:
        return
    if len(words) <= _MAX_WHOLE_WORDS and "\n" not in text[start:end]:
        yield ((start, end),)
    for count in _EDGE_WORDS:
        if 2 * count <= len(words):
            first, last = (start, words[count - 1][1]), (words[-count][0], end)
            # A part that reaches over a paragraph's end is found by no browser.
            if "\n" not in text[slice(*first)] and "\n" not in text[slice(*last)]:
                yield first, last


def _find_first(folded: str, parts: tuple[tuple[int, int], ...]) -> tuple[int, int] | None:
    """Return where a browser finds `parts`, the first of each in its order; None where the first stands twice."""
    first, last = parts[0], parts[-1]
    start = _find_word(folded, folded[slice(*first)], 0)
    if start is None or _find_word(folded, folded[slice(*first)], start + 1) is not None:
        return None
    if len(parts) == 1:
        return start, start + first[1] - first[0]
    last_start = _find_word(folded, folded[slice(*last)], start + first[1] - first[0])
    return None if last_start is None else (start, last_start + last[1] - last[0])


def _find_word(folded: str, words: str, position: int) -> int | None:
    """Return where `words` stand from `position` on, at the bounds of words as browsers want it."""
    while (index := folded.find(words, position)) >= 0:
        end = index + len(words)
        is_inside = index and folded[index - 1].isalnum() and words[0].isalnum()
        if not is_inside and not (folded[end : end + 1].isalnum() and words[-1].isalnum()):
            return index
        position = index + 1
    return None


@lru_cache(maxsize=_MAX_FOLDED_TEXTS)
def _fold_text(_: str, text: str) -> str:
    """Return `text` in small letters, each character where it was: browsers pass over case and kinds of blanks."""
    lowered = text.lower()
    return (lowered if len(lowered) == len(text) else text).replace("\n", " ").replace("\u00a0", " ")
