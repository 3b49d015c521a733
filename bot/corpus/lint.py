"""Corpus lint: the checks of a corpus, each finding with its file and line.

Errors are those that a load raises, and block serving. Warnings point at faults that make answers worse: an unlisted
voice, an unclosed quotation, a topic on which only one side is quoted.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from pathlib import Path

from bot.analysis import Analyser
from bot.corpus.document_faults import Issue, compare_documents, find_encoding_issues, shorten
from bot.corpus.folder import MANIFEST_NAME, EmptyCorpusError
from bot.corpus.manifest import UNQUOTED_REMEDY, Fault, is_quoted_in, name_keys
from bot.corpus.reader import SkippedFile, read_corpus
from bot.corpus.sides import build_side_rules, collect_divisions, describe_shortfalls, find_contradictions
from bot.errors import BotError
from bot.formats.label_doubts import find_label_words
from bot.languages import describe_lacks
from bot.model import Corpus, Document, Kind, Passage, Side, Voice
from bot.storage import filesystem
from bot.storage.toml_schema import find_line
from bot.text import normalise_name

# Of a topic's quotes that take a side, the share of one side: three of four may be chance in a small corpus, more is
# one-sided.
LOPSIDED_SHARE = 0.75
# Attributions of a lower confidence are warned of, unless the settings have another threshold.
MIN_CONFIDENCE = 0.7
SURNAME_REMEDY = "name both in full wherever they speak, or correct the passage in .voices.toml"
ROLE_REMEDY = (
    "if the office changed, list the voice once for each, with `since`; otherwise check whether they are two people"
)
ORGANISATION_REMEDY = "list both, so that neither is taken for the other"

_QUOTED_KINDS = frozenset({Kind.DIRECT, Kind.FRAGMENT})
_CLOSING_MARKS = frozenset("\"”“’'»«›」』")
_LINE = re.compile(r"^\S.*$", re.MULTILINE)


UNLISTED_REMEDY = "list it with its side, or as an alias"


class Level(StrEnum):
    """Whether a finding blocks serving or lowers quality."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding; `line` counts from 1 in the file, None for the whole file."""

    file: str
    line: int | None
    level: Level
    fact: str
    remedy: str

    def __str__(self) -> str:
        """Format the finding as one line: place, level, fact, remedy."""
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.level}: {self.fact}; {self.remedy}"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The readable part of a corpus, None if the manifest is invalid, and the findings."""

    corpus: Corpus | None
    findings: tuple[Finding, ...]


def check_corpus(folder: Path, min_confidence: float = MIN_CONFIDENCE) -> CheckResult:
    """Check the corpus; return errors, then warnings by document id and line, then findings about the manifest.

    Attributions below `min_confidence` are warnings. If there are errors, the warnings cover only the part of the
    corpus that could be read.
    """
    result = read_corpus(folder)
    errors = [_convert_error(error, is_readable=result.corpus is not None) for error in result.errors]
    if result.corpus is None:
        return CheckResult(None, tuple(errors))
    skipped_errors = (part.error for part in result.reusable.values() if isinstance(part, SkippedFile))
    findings = [
        *errors,
        *(_make_warning(error.place, None, f"skipped: {error.fact}", error.remedy) for error in skipped_errors),
        *_check_documents(result.corpus, result.paths, min_confidence),
    ]
    for check in (_check_language, _check_voices, _check_sides, _check_topics, _check_stop_words):
        level = Level.ERROR if check is _check_stop_words else Level.WARNING
        findings += (
            Finding(str(folder / MANIFEST_NAME), find_line(result.toml, key_path), level, fact, remedy)
            for key_path, fact, remedy in check(result.corpus)
        )
    return CheckResult(result.corpus, tuple(findings))


def _convert_error(error: BotError, *, is_readable: bool) -> Finding:
    """Return the finding for an error; a corpus that is still empty is only warned of."""
    if is_readable and isinstance(error, EmptyCorpusError):
        # Every corpus begins without documents; there is nothing to fix.
        return _make_warning(error.place, None, "no documents yet", "add or gather documents before it is served")
    file, _, line = error.place.rpartition(":")
    if not line.isdecimal():
        return Finding(error.place, None, Level.ERROR, error.fact, error.remedy)
    return Finding(file, int(line), Level.ERROR, error.fact, error.remedy)


def _make_warning(file: str, line: int | None, fact: str, remedy: str) -> Finding:
    """Make a finding that lowers quality and blocks nothing."""
    return Finding(file, line, Level.WARNING, fact, remedy)


def _check_documents(corpus: Corpus, paths: Mapping[str, Path], min_confidence: float) -> Iterator[Finding]:
    """Yield the warnings of each document, by line."""
    listed_keys = {name for listed_voice in corpus.voices for name in name_keys(listed_voice)}
    issues_by_document = compare_documents(corpus)
    for passage, fact, remedy in find_namesakes(corpus.passages):
        issues_by_document[passage.document.id].append((passage.span.start, fact, remedy))
    passages_by_document: dict[str, list[Passage]] = defaultdict(list)
    for passage in corpus.passages:
        if passage.kind != Kind.NARRATION:
            passages_by_document[passage.document.id].append(passage)
    for document in corpus.documents:
        path, passages = paths[document.id], passages_by_document[document.id]
        issues = [
            *_find_unlisted_voices(passages, listed_keys),
            *find_issues(document, passages, min_confidence),
            *issues_by_document[document.id],
        ]
        first_line = _find_first_line(path, document)
        yield from _check_metadata(document, str(path))
        for offset, fact, remedy in sorted(issues):
            line = first_line + document.text.count("\n", 0, offset) if first_line else None
            yield _make_warning(str(path), line, fact, remedy)


def find_issues(
    document: Document, spoken_passages: Iterable[Passage], min_confidence: float = MIN_CONFIDENCE
) -> Iterator[Issue]:
    """Find the issues of one document; `spoken_passages` are its passages except narration."""
    passages = list(spoken_passages)
    yield from (
        (p.span.start, *_describe_uncertainty(p)) for p in passages if not p.voice or not p.is_certain(min_confidence)
    )
    yield from _find_unclosed_quotations(document, passages)
    yield from find_label_like_lines(document)
    yield from _find_unchecked_transcript(document)
    yield from find_encoding_issues(document)


def _check_metadata(document: Document, file: str) -> Iterator[Finding]:
    """Yield a warning if a document does not state all facts of its publication."""
    # A record has no authors.
    missing = [name for name in document.missing if not (document.turns and name == "authors")]
    if missing:
        yield _make_warning(file, 1, f"{', '.join(missing)}: not given", "add what the source states to its header")


def _find_unchecked_transcript(document: Document) -> Iterator[Issue]:
    """Find captions that a machine may have made and nobody has compared with the recording."""
    if document.turns and document.transcript == "automatic":
        fact = "its words are taken for automatic captions, which nobody has checked"
        yield document.turns[0].label.start, fact, 'write transcript = "checked" or "automatic" in its header'


def _find_unlisted_voices(passages: Iterable[Passage], listed_keys: Container[str]) -> Iterator[Issue]:
    """Find voices that the manifest does not list, at their first passage."""
    seen: set[str] = set()
    for passage in passages:
        if passage.voice and (name := normalise_name(passage.voice.name)) not in seen:
            seen.add(name)
            # A voice whose side follows from a vote or a party needs no entry.
            if name not in listed_keys and not passage.side_evidence:
                yield passage.span.start, f"'{passage.voice.name}' is not in the manifest's voices", UNLISTED_REMEDY


def _describe_uncertainty(passage: Passage) -> tuple[str, str]:
    """Return what is uncertain about the speaker of a passage, and the remedy."""
    excerpt = shorten(passage.document, passage.span)
    voice, reason = passage.voice, f" ({passage.reason})" if passage.reason else ""
    fact = (
        f"it is uncertain whether '{voice.name}' said '{excerpt}'" if voice else f"no speaker was found for '{excerpt}'"
    )
    return f"{fact}{reason}", "name the voice in its .voices.toml"


def _find_unclosed_quotations(document: Document, passages: Iterable[Passage]) -> Iterator[Issue]:
    """Find quotations without a closing mark after their last word."""
    quoted_passages = () if document.turns else [p for p in passages if p.kind in _QUOTED_KINDS]
    for span in sorted({passage.quotation[-1] for passage in quoted_passages}):
        if document.text[span.end : span.end + 1] not in _CLOSING_MARKS:
            fact = f"the quotation '{shorten(document, span)}' is not closed"
            yield span.start, fact, "compare it with the source, and close it if the source does"


def find_label_like_lines(document: Document) -> Iterator[Issue]:
    """Find lines within a turn that begin like another speaker's label."""
    for turn in document.turns:
        for line in _LINE.finditer(document.text, *turn.span):
            words = find_label_words(document.text, *line.span())
            if words and line.start() > turn.span.start:
                fact = f"'{words}' is read as part of the speech of '{turn.voice.name}'"
                yield (line.start(), fact, "if it is a speaker's label, write it as 'NAME: '")


def _check_language(corpus: Corpus) -> Iterator[Fault]:
    """Find the parts of the corpus's language that are missing."""
    remedy = f"add a table to bot/languages/{corpus.language}, or keep to transcripts"
    return (Fault(("language",), consequence, remedy) for consequence in describe_lacks(corpus.language))


def _check_voices(corpus: Corpus) -> Iterator[Fault]:
    """Find voices without a side, and those of them that are never quoted."""
    for index, listed_voice in enumerate(corpus.voices):
        if listed_voice.side:
            continue
        remedy = "set its side to for, against or neither"
        yield Fault(("voices", index), f"'{listed_voice.name}' has no side", remedy)
        if not is_quoted_in(listed_voice, corpus.passages):
            yield Fault(("voices", index), f"'{listed_voice.name}' is never quoted", UNQUOTED_REMEDY)


def find_namesakes(passages: Iterable[Passage]) -> Iterator[tuple[Passage, str, str]]:
    """Find pairs of voices that could be confused; yield a passage, a fact and a remedy for each.

    These are two people with one surname, one name with two roles or organisations, or an organisation whose name is
    part of a person's. The passage is the first one of the later voice.
    """
    first_passages: dict[Voice, Passage] = {}
    for passage in passages:
        if passage.voice:
            first_passages.setdefault(passage.voice, passage)
    for voice, other_voice in combinations(first_passages, 2):
        for fact, remedy in _compare_voices(voice, other_voice):
            yield first_passages[other_voice], fact, remedy


def _compare_voices(voice: Voice, other_voice: Voice) -> Iterator[tuple[str, str]]:
    """Yield the fact and remedy of each way in which two voices could be confused."""
    if voice.name == other_voice.name:
        for attribute in ("role", "organisation"):
            value, other_value = getattr(voice, attribute), getattr(other_voice, attribute)
            if value and other_value and value != other_value:
                yield (f"{voice.name!r} has the {attribute} {value!r} and {other_value!r}", ROLE_REMEDY)
        return
    name_parts, other_name_parts = voice.name.split(), other_voice.name.split()
    if len(name_parts) > 1 and len(other_name_parts) > 1 and name_parts[-1] == other_name_parts[-1]:
        yield f"{voice.name!r} and {other_voice.name!r} share a surname", SURNAME_REMEDY
    for body, person_name_parts in ((voice, other_name_parts), (other_voice, name_parts)):
        if body.organisation == body.name and len(person_name_parts) > 1 and body.name in person_name_parts:
            fact = f"{body.name!r} is an organisation and part of the name {' '.join(person_name_parts)!r}"
            yield fact, ORGANISATION_REMEDY


def _check_sides(corpus: Corpus) -> Iterator[Fault]:
    """Find divisions of the manifest whose lists fall short, and voices that would have two sides."""
    divisions = collect_divisions(corpus.documents) if corpus.divisions else {}
    for index, read in enumerate(corpus.divisions):
        for shortfall in describe_shortfalls(divisions[read.id]) if read.id in divisions else ():
            remedy = "whoever is not listed has no side by it"
            yield Fault(("divisions", index), f"division '{read.id}': {shortfall}", remedy)
    rules = build_side_rules(corpus.parties, corpus.divisions, divisions)
    for voice, sides in find_contradictions(corpus, rules):
        remedy = "give the voice a side of its own, or read a division otherwise"
        yield Fault((), f"'{voice.name}' is {sides}", remedy)


def _check_topics(corpus: Corpus) -> Iterator[Fault]:
    """Find topics that match no quote, or too many of one side."""
    analyser = Analyser(corpus.language)
    stems_by_passage = [
        (passage, frozenset(term.stem for term in analyser.terms(passage.text)))
        for passage in corpus.passages
        if passage.voice
    ]
    for index, topic in enumerate(corpus.topics):
        topic_stems = [frozenset(term.stem for term in analyser.terms(word)) for word in topic.words]
        matches = [
            p for p, passage_stems in stems_by_passage if any(word and word <= passage_stems for word in topic_stems)
        ]
        sides = Counter(p.side for p in matches if p.side != Side.NEITHER)
        if not matches:
            fact, remedy = "no quote matches its words", "add words that the documents use"
            yield Fault(("topics", index), f"topic '{topic.name}': {fact}", remedy)
        elif sides and (leader := sides.most_common(1)[0])[1] > LOPSIDED_SHARE * sides.total():
            fact = f"{leader[1]} of {sides.total()} quotes are {leader[0]} the motion"
            remedy = "add documents in which the other side speaks about it"
            yield Fault(("topics", index), f"topic '{topic.name}': {fact}", remedy)


def _check_stop_words(corpus: Corpus) -> Iterator[Fault]:
    """Find topics and synonyms of stop words alone: every quote has those, so they match none."""
    analyser = Analyser(corpus.language)

    def is_empty(word: str) -> bool:
        """Return whether `word` has no stem to search for."""
        return "-" not in word and not any(analyser.terms(word))

    remedy = "write a word that tells one quote from another; an acronym in capitals"
    for index, topic in enumerate(corpus.topics):
        for word in filter(is_empty, topic.words):
            yield Fault(("topics", index), f"topic '{topic.name}': {word!r} is stop words alone", remedy)
    for key, words in corpus.synonyms.items():
        for word in filter(is_empty, (key, *words)):
            yield Fault(("synonyms", key), f"synonym '{key}': {word!r} is stop words alone", remedy)


def _find_first_line(path: Path, document: Document) -> int | None:
    """Return the line of the file on which the canonical text begins; None if the text was extracted."""
    file_text = filesystem.read_bytes(path).decode("utf-8", "replace")
    header_length = len(file_text) - len(document.text)
    return file_text.count("\n", 0, header_length) + 1 if file_text.endswith(document.text) else None
