"""Text that a machine mangled on its way: wrong letters, broken words, the furniture of pages.

Everything here only points: a canonical text is never mended by the bot.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from bot.text import paragraphs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.model import Document, Span

Doubt = tuple[int, str, str]
"""A place in the canonical text, a fact and a remedy."""

# UTF-8 that was read as Windows-1252, and what stands for letters nobody could read.
_MOJIBAKE = re.compile(
    r"â€[™œ\u009dœ“”˜¦“”]|Ã[\u0080-\u00bf©¨¢¤¶¼±]|Â[£§°·\u00a0]|ï»¿|\ufffd+|[\u0080-\u009f]+"
)
_ENTITY = re.compile(r"&(?:amp|lt|gt|quot|nbsp|#\d{1,6}|#x[0-9a-fA-F]{1,5}|[lr][sd]quo|mdash);")
_LIGATURE = re.compile("[ﬀ-ﬆ]")
# From the word's first letter on and never back: else a long line of letters takes minutes.
_CUT = re.compile(r"(?<![^\W\d_])([^\W\d_]{2,}+)-(?:[ \t]*+\r?\n[ \t]*+| )([a-zà-ÿ]{2,}+)")
_AND = frozenset({"and", "or", "to", "und", "et", "ou", "y", "o"})
_NUMBERED = re.compile(r"\d+")
_LONGEST_HEAD = 90
_FEWEST_HEADS = 3


def mangled(document: Document) -> Iterator[Doubt]:
    """Yield the first place of each kind of mangling in the document, and how often it occurs."""
    text = document.text
    source = "take the text from the source again, in its own encoding"
    for pattern, what, remedy in (
        (_MOJIBAKE, "letters that were read in a wrong encoding", source),
        (_ENTITY, "codes of HTML", "write the characters they stand for, as a reader sees them"),
        (_LIGATURE, "joined letters of a printed page", "write them as single letters"),
    ):
        if found := list(pattern.finditer(text)):
            said = f"{what}: '{_seen(found[0].group())}'{_times(len(found))}"
            yield found[0].start(), said, remedy
    yield from _broken_words(text)
    if not document.turns:
        yield from _running_heads(text)


def _broken_words(text: str) -> Iterator[Doubt]:
    """Yield the first word that the end of a line cut in two; a hyphenated list is none."""
    cut = [found for found in _CUT.finditer(text) if found[2].lower() not in _AND]
    if cut:
        first = cut[0]
        fact = f"words cut at the end of a line: '{first[1]}-{first[2]}'{_times(len(cut))}"
        yield first.start(), fact, "join them as the source has them"


def _running_heads(text: str) -> Iterator[Doubt]:
    """Yield each short line that comes again and again, numbers aside, where it first stands."""
    places: dict[str, list[Span]] = defaultdict(list)
    for span in paragraphs(text):
        if span.end - span.start <= _LONGEST_HEAD:
            line = text[span.start : span.end]
            places[_NUMBERED.sub("0", line).casefold()].append(span)
    words = Counter({line: len(found) for line, found in places.items()})
    for line, count in words.most_common():
        if count >= _FEWEST_HEADS and not line.endswith((".", "”", '"', "?", "!")):
            at = places[line][0]
            shown = text[at.start : at.end].splitlines()[0]
            fact = f"a running head or page number, perhaps: '{shown}', {count} times"
            yield at.start, fact, "leave it out, if the source has it on every page"


def _seen(letters: str) -> str:
    """Return `letters` as they can be told on one line, the invisible ones by their numbers."""
    return letters if letters.isprintable() else ascii(letters)[1:-1]


def _times(count: int) -> str:
    return f", {count} times" if count > 1 else ""
