"""Whose name may be shown: only where the evidence reaches a threshold.

A name that is left out here is left out everywhere after: it is not searched
by, takes no side and is never shown.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.model import Kind, Side

if TYPE_CHECKING:
    from bot.model import Corpus, Passage


def drop_uncertain_voices(corpus: Corpus, threshold: float) -> Corpus:
    """Return `corpus` with the voice left out of every passage below `threshold` (0 to 1)."""
    passages = tuple(_drop_uncertain_voice(passage, threshold) for passage in corpus.passages)
    return replace(corpus, passages=passages)


def _drop_uncertain_voice(passage: Passage, threshold: float) -> Passage:
    if passage.kind is Kind.NARRATION or passage.confidence >= threshold:
        return passage
    return replace(passage, voice=None, side=Side.NEITHER)
