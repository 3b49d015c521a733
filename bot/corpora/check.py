"""What a curator should mend before a corpus is served, or might mend after.

Errors are what a load would raise. Warnings are what makes answers worse: a
voice nobody can place, a quotation nobody closed, a topic only one side spoke to.
"""

from __future__ import annotations

import re
import textwrap
from collections import Counter, defaultdict
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.corpora.draft import PassedOver, draft, heard, names
from bot.corpora.folder import MANIFEST
from bot.corpora.likeness import likeness
from bot.corpora.mangled import mangled
from bot.corpora.namesakes import namesakes
from bot.formats import source
from bot.formats.tables import line_of
from bot.model import Kind, Side
from bot.terms import Analyser
from bot.voices.roster import key

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from bot.corpora.draft import Part
    from bot.corpora.mangled import Doubt
    from bot.errors import BotError
    from bot.model import Corpus, Document, Passage, Span

LOPSIDED = 0.75
SURE = 0.7

_METADATA = ("title", "publisher", "authors", "date", "url", "licence")
_BETWEEN_MARKS = frozenset({Kind.DIRECT, Kind.FRAGMENT})
_CLOSING = frozenset("\"”“’'»«›」』")
_ALMOST_LABEL = re.compile(r"^([^\W\d_a-z][\w'’.\- ]{1,60}):\s+[\"“]?[^\W\d_a-z]", re.MULTILINE)
_FIRST_WORDS = 40


class Level(StrEnum):
    """Whether a corpus cannot be served, or could be better."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend; `line` counts from 1 in the file, and is None for the whole of it."""

    file: str
    line: int | None
    level: Level
    fact: str
    remedy: str

    def __str__(self) -> str:
        """Return the finding as one line: place, level, fact, remedy."""
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.level}: {self.fact}; {self.remedy}"


@dataclass(frozen=True, slots=True)
class Checked:
    """A corpus as far as it could be read, and what was found; None where it could not be."""

    corpus: Corpus | None
    findings: tuple[Finding, ...]


def check(folder: Path, sure: float = SURE) -> Sequence[Finding]:
    """Return the findings alone; see `checked`."""
    return checked(folder, sure).findings


def checked(folder: Path, sure: float = SURE) -> Checked:
    """Return errors, then warnings: of each document, by id and line, then of the manifest.

    A voice below the confidence `sure` is one to look at. With errors, the
    warnings are about what could be read.
    """
    found = draft(folder)
    errors = [_error(error) for error in found.errors]
    if found.corpus is None:
        return Checked(None, tuple(errors))
    warnings = [
        *_passed_over(found.parts.values()),
        *_of_documents(found.corpus, found.paths, sure),
        *_of_voices(found.corpus, found.toml, str(folder / MANIFEST)),
        *_of_topics(found.corpus, found.toml, str(folder / MANIFEST)),
    ]
    return Checked(found.corpus, (*errors, *warnings))


def _error(error: BotError) -> Finding:
    file, _, line = error.place.rpartition(":")
    if not line.isdecimal():
        return Finding(error.place, None, Level.ERROR, error.fact, error.remedy)
    return Finding(file, int(line), Level.ERROR, error.fact, error.remedy)


def _warning(file: str, line: int | None, fact: str, remedy: str) -> Finding:
    return Finding(file, line, Level.WARNING, fact, remedy)


def _passed_over(parts: Iterable[Part | PassedOver]) -> Iterator[Finding]:
    """Yield each file that is no document to serve, as its format says."""
    for part in parts:
        if isinstance(part, PassedOver):
            why = part.why
            yield _warning(why.place, None, f"passed over: {why.fact}", why.remedy)


def _of_documents(corpus: Corpus, paths: Mapping[str, Path], sure: float) -> Iterator[Finding]:
    known = {name for listed in corpus.voices for name in names(listed)}
    alike, confused = likeness(corpus), list(namesakes(corpus.passages))
    spoken: dict[str, list[Passage]] = defaultdict(list)
    for passage in corpus.passages:
        if passage.kind != Kind.NARRATION:
            spoken[passage.document.id].append(passage)
    for document in corpus.documents:
        path, mine = paths[document.id], spoken[document.id]
        found = [
            *_strangers(mine, known),
            *doubts(document, mine, sure),
            *alike.get(document.id, ()),
            *((p.span.start, fact, to) for p, fact, to in confused if p.document is document),
        ]
        first = _first_line(path, document)
        yield from _metadata(document, str(path))
        for at, fact, remedy in sorted(found):
            line = first + document.text.count("\n", 0, at) if first else None
            yield _warning(str(path), line, fact, remedy)


def doubts(document: Document, spoken: Iterable[Passage], sure: float = SURE) -> Iterator[Doubt]:
    """Yield what to look at in one document by itself; `spoken` are its passages but narration."""
    mine = list(spoken)
    yield from ((p.span.start, *_doubt(p)) for p in mine if not p.voice or p.confidence < sure)
    yield from _unclosed(document, mine)
    yield from _almost_labels(document)
    yield from mangled(document)


def _metadata(document: Document, file: str) -> Iterator[Finding]:
    if missing := [name for name in _METADATA if not getattr(document, name)]:
        fact = f"{', '.join(missing)}: not given"
        yield _warning(file, 1, fact, "add what the source says to its header")


def _strangers(passages: Iterable[Passage], known: Container[str]) -> Iterator[Doubt]:
    """Yield each voice that the manifest does not list, where it first speaks."""
    met: set[str] = set()
    for passage in passages:
        if passage.voice and (name := key(passage.voice.name)) not in met:
            met.add(name)
            if name not in known:
                fact = f"'{passage.voice.name}' is not among the manifest's voices"
                yield passage.span.start, fact, "list the voice with its side, or add an alias"


def _doubt(passage: Passage) -> tuple[str, str]:
    who = (
        f"it is not certain that '{passage.voice.name}'"
        if passage.voice
        else "nobody is known to have"
    )
    why = f" ({passage.reason})" if passage.reason else ""
    said = _opening(passage.document, passage.span)
    return f"{who} said '{said}'{why}", "name the voice in its .voices.toml"


def _unclosed(document: Document, passages: Iterable[Passage]) -> Iterator[Doubt]:
    """Yield each quotation after whose last word no mark closes it."""
    marked = () if document.turns else [p for p in passages if p.kind in _BETWEEN_MARKS]
    for span in sorted({passage.quotation[-1] for passage in marked}):
        if document.text[span.end : span.end + 1] not in _CLOSING:
            fact = f"the quotation '{_opening(document, span)}' is not closed"
            yield span.start, fact, "compare it with the source, and close it if the source does"


def _almost_labels(document: Document) -> Iterator[Doubt]:
    """Yield each line within a turn that begins as another speaker might."""
    for turn in document.turns:
        for line in _ALMOST_LABEL.finditer(document.text, *turn.span):
            fact = f"'{line[1]}:' is read as words of '{turn.voice.name}'"
            yield (
                line.start(),
                fact,
                "if it is a speaker, open each word of the name with a capital",
            )


def _of_voices(corpus: Corpus, toml: str, file: str) -> Iterator[Finding]:
    """Yield each voice without a side, and those of them that never speak."""
    for n, listed in enumerate(corpus.voices):
        if listed.side:
            continue
        line = line_of(toml, ("voices", n))
        remedy = "set it for, against or neither"
        yield _warning(file, line, f"'{listed.name}' has no side", remedy)
        if not heard(listed, corpus.passages):
            remedy = "add an alias that the documents use, or leave the voice out"
            yield _warning(file, line, f"'{listed.name}' never speaks", remedy)


def _of_topics(corpus: Corpus, toml: str, file: str) -> Iterator[Finding]:
    """Yield each topic that leads nowhere, or mostly to one side."""
    analyser = Analyser(corpus.language)
    stems = [
        (passage, frozenset(term.stem for term in analyser.terms(passage.text)))
        for passage in corpus.passages
        if passage.voice
    ]
    for n, topic in enumerate(corpus.topics):
        line = line_of(toml, ("topics", n))
        asked = [frozenset(term.stem for term in analyser.terms(word)) for word in topic.words]
        found = [p for p, said in stems if any(word and word <= said for word in asked)]
        sides = Counter(p.side for p in found if p.side != Side.NEITHER)
        if not found:
            fact, remedy = "no quote has its words", "add words that the documents use"
            yield _warning(file, line, f"topic '{topic.name}': {fact}", remedy)
        elif sides and (most := sides.most_common(1)[0])[1] > LOPSIDED * sides.total():
            fact = f"{most[1]} of {sides.total()} quotes are {most[0]} the motion"
            remedy = "add documents in which the other side speaks to it"
            yield _warning(file, line, f"topic '{topic.name}': {fact}", remedy)


def _opening(document: Document, span: Span) -> str:
    """Return the first words of `span`, on one line."""
    said = " ".join(document.text[span.start : span.end].split())
    return textwrap.shorten(said, _FIRST_WORDS, placeholder=" ...")


def _first_line(path: Path, document: Document) -> int | None:
    """Return the file's line where the canonical text begins, if the text stands in the file."""
    whole = source.octets(path).decode("utf-8", "replace")
    before = len(whole) - len(document.text)
    return whole.count("\n", 0, before) + 1 if whole.endswith(document.text) else None
