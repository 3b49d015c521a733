"""The halves of what somebody says around "he said": one utterance, printed as two quotations.

Each half is a quote of its own; how much of a question they meet is counted together.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from bot.model import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.model import Passage


class UtteranceIndex:
    """Finds the other halves of an utterance: of one voice, in one paragraph that records no turns."""

    def __init__(self, passages: Iterable[Passage]) -> None:
        self._by_paragraph: defaultdict[tuple[str, int], list[Passage]] = defaultdict(list)
        for passage in passages:
            if passage.kind is Kind.DIRECT and not passage.document.turns:
                self._by_paragraph[passage.document.sha256, passage.paragraph].append(passage)

    def find_other_halves(self, passage: Passage) -> tuple[Passage, ...]:
        """Return the other quotations of this voice in the paragraph of `passage`; none where nobody is named."""
        if passage.kind is not Kind.DIRECT or passage.voice is None:
            return ()
        beside = self._by_paragraph.get((passage.document.sha256, passage.paragraph), ())
        return tuple(
            other
            for other in beside
            if other.voice is not None and other.voice.is_same_person(passage.voice) and _is_beside(other, passage)
        )


def _is_beside(one: Passage, other: Passage) -> bool:
    """Return whether two quotations stand one behind the other on the same line."""
    first, second = sorted((one.span, other.span))
    return first.end <= second.start and "\n" not in one.document.text[first.end : second.start]
