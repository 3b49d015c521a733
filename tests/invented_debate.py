"""A small invented debate, made in memory, for tests of single rooms."""

from __future__ import annotations

import itertools
from typing import Any

from bot.analysis import Analyser
from bot.answers.answer_builder import AnswerOptions
from bot.answers.answerer import Answerer
from bot.model import Corpus, Document, HeldPassages, Kind, Passage, Side, Span, Topic, Voice, VoiceEntry
from bot.search.bm25 import engine

ENGLISH = Analyser("english")
RIDERS = Voice("Ann Low", "chair", "Riders")
PAYERS = Voice("Bob High", "treasurer", "Payers")


def said(
    document: Document, words: str, voice: Voice | None, side: Side = Side.NEITHER, kind: Kind = Kind.DIRECT
) -> Passage:
    """Return the passage of `document` that holds `words`, its own frame."""
    start = document.text.index(words)
    span = Span(start, start + len(words))
    return Passage(document, span, span, kind, 1, voice, side=side, quotation=(span,))


def corpus(*lines: tuple[str, Voice | None, Side], **facts: object) -> Corpus:
    """Return a corpus of one invented document with a paragraph for each of `lines`."""
    document = Document("ferry", "\n\n".join(words for words, _, _ in lines), title="Ferry")
    kinds = (Kind.DIRECT if voice else Kind.NARRATION for _, voice, _ in lines)
    passages = tuple(
        said(document, words, voice, side, kind) for (words, voice, side), kind in zip(lines, kinds, strict=True)
    )
    told: dict[str, Any] = {
        "name": "ferry",
        "title": "The ferry (invented)",
        "motion": "The island should run a night ferry",
        "language": "english",
        "curator": "nobody",
        "basis": "invented",
        "documents": (document,),
        "passages": passages,
        "voices": (
            VoiceEntry("Ann Low", ("Low",), "chair", "Riders", Side.FOR),
            VoiceEntry("Bob High", ("High",), "treasurer", "Payers", Side.AGAINST),
            VoiceEntry("Riders", (), None, "Riders", Side.FOR),
        ),
        "topics": (Topic("money", ("taxes",)), Topic("noise", ("engines",))),
        "synonyms": {"cost": ("taxes",), "loud": ("noisy engines",), "price tag": ("taxes",)},
    }
    told |= facts
    told["passages"] = HeldPassages(told["passages"])
    return Corpus(**told)


def passages(*lines: str, title: str | None = None, name: str = "ferry") -> list[Passage]:
    """Return a passage for each line of an invented document."""
    document = Document(name, "\n".join(lines), title=title)
    starts = [0, *itertools.accumulate(len(line) + 1 for line in lines)]
    spans = [Span(s, s + len(line)) for s, line in zip(starts, lines, strict=False)]
    return [Passage(document, span, span, Kind.NARRATION, n) for n, span in enumerate(spans, 1)]


def answerer(debate: Corpus, **options: object) -> Answerer:
    """Return what answers questions of `debate` by the embedded engine."""
    index = engine.build(debate.passages, ENGLISH, engine.Bm25Options())
    return Answerer(debate, index, ENGLISH, AnswerOptions(**options))  # type: ignore[arg-type]


FERRY = corpus(
    ("A ferry after midnight brings nurses home from their shifts safely.", RIDERS, Side.FOR),
    ("It would raise taxes for every household on the island by 40 pounds.", PAYERS, Side.AGAINST),
    ("Noisy engines at two in the morning would wake the whole harbour.", PAYERS, Side.AGAINST),
    ("Taxes are fairer than leaving nurses stranded on a cold quay.", RIDERS, Side.FOR),
    ("The council will vote on the night ferry in March, its clerk confirmed.", None, Side.NEITHER),
)
