"""Documents to passages: who says what, and the words that prove it.

`extract_passages` is the room's door. Behind it, in the order in which a document passes
through: `lexicon` (the words of its language), `quotation_marks`, `tokens` and `names`,
`noun_phrases` and `subjects` (the subject of a verb), `parsing` (a document read once),
`antecedents`, `coreference` and `resolution` (which person is meant), `cues`, `hearsay`, `quotation_layout` and
`speakers` (who speaks), `reported_speech` and `complements`, `monologues` and `transcripts` (one voice for whole
paragraphs), `pipeline` (the passages of all these), `curated_voices` and `curation` (the curator's last word).
`paraphrases` compares passages.

Beside a constant “n of m right” counts the quotations of tests/benchmarks/voices.py (PolNeAR, the
development part) that rest on it and whose speaker is annotated by name; 2,330 of 2,427 that
reach 0.7 are right in all.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING

from bot.languages.base import Language
from bot.model import Document, Passage, VoiceEntry

if TYPE_CHECKING:  # loaded only where a document is corrected
    from bot.attribution.curation import Correction

__all__ = ["extract_passages"]


def extract_passages(
    document: Document, voices: Sequence[VoiceEntry] = (), corrections: Sequence[Correction] = (), *, language: Language
) -> tuple[Passage, ...]:
    """Return every passage of `document`: see `pipeline`, which is imported with the first document that is read.

    Raises:
        CorpusError: a correction finds no passage, or more than one.
    """
    pipeline = import_module("bot.attribution.pipeline")
    passages: tuple[Passage, ...] = pipeline.extract_passages(document, voices, corrections, language=language)
    return passages
