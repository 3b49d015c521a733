"""What a curator reviews, as plain lines: documents, attributions, reading lists, and what `check` finds.

A corpus of a thousand files has as many warnings of a kind as it has files; the first of a kind stands for all.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from bot.attribution import extract_passages
from bot.attribution.curation import draft_correction
from bot.corpus.lint import UNLISTED_REMEDY, CheckResult, Finding, Level, find_label_like_lines
from bot.errors import find_program_name
from bot.formats.base import Parsed
from bot.ingest.addition import AddedFile, Addition
from bot.ingest.gathering import GatheredDocument, ListedSource, Plan, ReadingList, SourceOutcome
from bot.languages.base import Language
from bot.model import Corpus, Document, Kind, Passage, Voice
from bot.replies.quote_block import truncate
from bot.text import normalise_name

NOT_GIVEN = "not given"

# Characters of a piece left out, of a title in a plan, and of a doubtful passage.
_MAX_LINE_LENGTH = 160
_MAX_TITLE_LENGTH = 80
_EXCERPT_LENGTH = 60
# As many as a curator looks through at once; --verbose prints all.
_MOST_DOUBTS = 20
_MOST_LEFT_OUT = 5
# As many as fit on a screen with the rest of the findings; `voices --draft` lists them all.
MOST_VOICES = 20
# What varies within a kind of finding: numbers, and excerpts, which go to the last mark since they may hold others.
_VARYING = re.compile(r"'.*'|\d[\d,.:-]*")
_QUOTED = re.compile(r"'(.*)' is not in")
NOBODY = "nobody who could be named"


def describe_document(document: Document) -> Iterator[str]:
    """Yield the metadata of `document`, then its text."""
    yield from _describe_facts(document)
    yield ""
    yield document.text


def _describe_facts(document: Document) -> Iterator[str]:
    """Yield the publication facts of a document, and its SHA-256, a line each."""
    for name in ("title", "publisher", "authors", "date", "url", "licence", "sha256"):
        value = getattr(document, name)
        yield f"{name}: {(', '.join(value) if name == 'authors' else value) or NOT_GIVEN}"


def describe_passage(passage: Passage, threshold: float) -> Iterator[str]:
    """Yield place, speaker and evidence of `passage`; below `threshold` also how to correct it."""
    document = passage.document
    place = f"{document.id} ¶{passage.paragraph} {passage.span.start}-{passage.span.end}"
    yield f"{place} · {passage.kind} · {passage.side} · {passage.confidence:.2f} by {passage.by}"
    yield f"  {_format_voice(passage.voice)}"
    yield f"  | {_join_lines(document.slice_text(passage.span))}"
    yield from (f"  cue: {_join_lines(document.slice_text(span))}" for span in passage.cue)
    if passage.chain:
        yield f"  chain: {passage.chain}"
    if passage.reason:
        yield f"  doubt: {passage.reason}"
    if not passage.is_certain(threshold):
        yield f"  to correct it, in {document.id}.voices.toml:"
        yield ""
        yield draft_correction(passage).rstrip()


def describe_added(
    added: Sequence[AddedFile], threshold: float, language: Language, *, is_verbose: bool = False
) -> Iterator[str]:
    """Yield a line for each file, a summary, and the most doubtful voices; of a single file, what it says of itself."""
    doubtful: list[Passage] = []
    voices: Counter[str] = Counter()
    for each in added:
        if each.addition is None:
            yield f"not added: {each.error}" if each.error else f"left out: {each.source}: {each.left_out}"
            continue
        document = each.addition.document
        passages = () if document.turns and not is_verbose else extract_passages(document, language=language)
        statements = [passage for passage in passages if passage.kind is not Kind.NARRATION]
        speakers = [turn.voice for turn in document.turns] or [passage.voice for passage in statements if passage.voice]
        voices.update(voice.name for voice in speakers)
        doubtful.extend(passage for passage in statements if not passage.is_certain(threshold))
        if len(added) == 1 or is_verbose:
            yield from describe_addition(each.addition)
            yield from _describe_voices(speakers)
        else:
            yield _summarise(each.addition, speakers)
        if each.copy_of:
            yield f"the same text as '{each.copy_of}', word for word; keep one of them"
        if is_verbose:
            for passage in sorted(statements, key=lambda passage: passage.confidence):
                yield ""
                yield from describe_passage(passage, threshold)
    if len(added) > 1:
        yield _summarise_all(added, voices)
    yield from _describe_doubts(doubtful)


def describe_addition(addition: Addition) -> Iterator[str]:
    """Yield what was written, its metadata, and what was left out."""
    report = addition.report
    yield from (f"wrote {path}" for path, _ in reversed(addition.files))
    yield from _describe_facts(addition.document)
    yield f"kept: {report.paragraph_count} paragraphs, {report.kept_share:.0%} of the source's text"
    yield from _describe_left_out(report)
    if report.dated_by:
        yield f"date based on: {report.dated_by}"
    if missing := addition.document.missing:
        yield f"not given by the source: {', '.join(missing)}"
    label_like = list(find_label_like_lines(addition.document))
    for offset, fact, remedy in label_like[:_MOST_DOUBTS]:
        yield f"line {addition.document.text.count(chr(10), 0, offset) + 1} of its text: {fact}; {remedy}"
    if rest := len(label_like[_MOST_DOUBTS:]):
        yield f"{rest:,} more lines look like a label"


def _describe_left_out(report: Parsed) -> Iterator[str]:
    """Yield what was left out, first what stands amid the text and reads like it."""
    if report.lost_prose:
        count = len(report.lost_prose)
        yield f"left out amid the text: {count:,} paragraphs of prose; to keep them, save the page's text as .txt"
    others = [piece for piece in report.left_out if piece not in report.lost_prose]
    for kind, pieces in (("left out, prose", report.lost_prose), ("left out", others)):
        yield from (f"{kind}: {_join_lines(piece)[:_MAX_LINE_LENGTH]}" for piece in pieces[:_MOST_LEFT_OUT])
        if rest := len(pieces[_MOST_LEFT_OUT:]):
            yield f"{kind}: {rest:,} more pieces"


def _describe_voices(speakers: Sequence[Voice]) -> Iterator[str]:
    """Yield who speaks, most quoted first, as far as they can be taken in."""
    counts = Counter(speakers).most_common()
    for voice, count in counts[:_MOST_DOUBTS]:
        yield f"  {_format_voice(voice)}: {count:,}"
    if rest := counts[_MOST_DOUBTS:]:
        yield f"  and {len(rest):,} more"


def _summarise(addition: Addition, speakers: Sequence[Voice]) -> str:
    """Say in a line what was written of one file, and what its source does not give."""
    count = len({voice.id or voice.name for voice in speakers})
    turns = addition.document.turns
    kind = "turns" if turns else "quotes"
    names = [name for name in addition.document.missing if not (turns and name == "authors")]
    missing = f"; not given: {', '.join(names)}" if names else ""
    return f"wrote {addition.path}: {len(speakers):,} {kind} by {count:,} voices{missing}"


def _summarise_all(added: Sequence[AddedFile], voices: Counter[str]) -> str:
    """Say in a line how many files were added, left out or refused."""
    written, left_out, failed = (
        sum(getattr(each, name) is not None for each in added) for name in ("addition", "left_out", "error")
    )
    others = [f"{count:,} {what}" for count, what in ((left_out, "left out"), (failed, "not added")) if count]
    return ", ".join([f"{written:,} added", *others, f"{len(voices):,} names"])


def _describe_doubts(passages: Sequence[Passage]) -> Iterator[str]:
    """Yield the most doubtful voices, each once with its most doubtful passage, and how to see the rest."""
    by_voice: dict[str, list[Passage]] = {}
    for passage in sorted(passages, key=lambda passage: passage.confidence):
        by_voice.setdefault(passage.voice.name if passage.voice else NOBODY, []).append(passage)
    for name, doubts in list(by_voice.items())[:_MOST_DOUBTS]:
        first = doubts[0]
        place = f"{first.document.id} ¶{first.paragraph}"
        more = f" and {len(doubts) - 1:,} more" if len(doubts) > 1 else ""
        excerpt = _join_lines(first.document.slice_text(first.span))[:_EXCERPT_LENGTH]
        yield f"doubtful: {name}, {place}{more}: “{excerpt}”" + (f" ({first.reason})" if first.reason else "")
    if by_voice:
        yield f"look at each with: {find_program_name()} voices FILE; a correction is printed beside it"


def describe_reading_list(reading_list: ReadingList) -> Iterator[str]:
    """Yield each source of a reading list: title, author, date, positions, how it was checked."""
    if reading_list.note:
        yield from (reading_list.note, "")
    for number, source in enumerate(reading_list.sources, 1):
        positions = ", ".join(source.positions) or "position not stated"
        yield f"{number:3}. {source.title}"
        yield f"     {source.who} · {source.date or NOT_GIVEN} · {positions}"
        yield f"     {source.url or _describe_place(source)}"
        if source.facts:
            yield f"     {source.facts}"
        yield f"     checked: {source.checked}"
    yield ""
    counts = Counter(position for source in reading_list.sources for position in source.positions)
    yield f"{len(reading_list.sources)} sources: " + ", ".join(f"{name} {count}" for name, count in counts.items())


def _describe_place(source: ListedSource) -> str:
    """Say how to get a source that has no address."""
    if source.external_id:
        return f"{source.kind} {source.external_id}"
    if source.house and source.date:
        return f"{source.kind}, {source.house}, by its date and title"
    return f"link not given: look for it at {source.who}, and add the file"


def describe_outcome(outcome: SourceOutcome) -> str:
    """Return the outcome of a source in one line."""
    return f"added {outcome.path}" if outcome.path else f"not added: {outcome.error}"


def summarise_outcomes(outcomes: Sequence[SourceOutcome], listed: int) -> str:
    """Say how many of so many `listed` sources came, did not, or were there before."""
    added = sum(outcome.path is not None for outcome in outcomes)
    failed = len(outcomes) - added
    return f"of {listed:,} sources {added:,} came, {failed:,} did not, {listed - len(outcomes):,} were there"


def _format_voice(voice: Voice | None) -> str:
    """Format a voice with all that describes it; say so where there is none."""
    if voice is None:
        return "no named speaker"
    return ", ".join(voice.descriptions)


def _join_lines(text: str) -> str:
    """Return `text` on one line, with single spaces between its words."""
    return " ".join(text.split())


def describe_new_corpus(name: str, *, is_complete: bool) -> str:
    """Say what to do next with a new corpus; one that `is_complete` has a title and a motion."""
    program = find_program_name()
    ways = f'{program} add FILE --corpus {name}, or {program} gather "a term" --corpus {name}'
    return f"next: {ways}" if is_complete else f"fill in its title and motion, then: {ways}"


def describe_plan(plan: Plan, source: str, term: str) -> Iterator[str]:
    """Yield the documents that a gathering would take, a line each with its date, and how many there are."""
    if not plan.documents:
        yield f"{source} has nothing on “{term}” in these days"
        return
    for document in plan.documents:
        stated = document.stated
        house = f"{document.house}  " if document.house else ""
        count = f"{document.matches:,} match" if document.matches else "by its title"
        yield f"{stated.date or NOT_GIVEN}  {house}{truncate(stated.title or NOT_GIVEN, _MAX_TITLE_LENGTH)}  ({count})"
    more = f", and {plan.left_out:,} more that match less (--most takes more)" if plan.left_out else ""
    yield f"{len(plan.documents):,} from {source}{more}"


def describe_gathering(results: Sequence[GatheredDocument], corpus: str) -> Iterator[str]:
    """Yield what failed, a line each, and how many documents are new, changed or as before."""
    for result in results:
        if result.error:
            stated = result.document.stated
            yield f"not taken: {stated.title or result.document.url}: {result.error}"
    counts = Counter(str(result.change) for result in results if result.change)
    counts["failed"] = sum(result.error is not None for result in results)
    yield f"{corpus}: " + ", ".join(f"{count:,} {name}" for name, count in counts.items() if count)


def describe_findings(result: CheckResult, *, is_verbose: bool = False) -> Iterator[str]:
    """Yield the findings of a check, one line each, those of a kind together unless all are asked for."""
    if is_verbose:
        yield from map(str, result.findings)
        return
    yield from (str(finding) for finding in result.findings if finding.level is Level.ERROR)
    warnings = [finding for finding in result.findings if finding.level is not Level.ERROR]
    unlisted = [finding for finding in warnings if finding.remedy == UNLISTED_REMEDY]
    yield from _group_by_kind([finding for finding in warnings if finding.remedy != UNLISTED_REMEDY])
    if result.corpus:
        yield from _group_by_voice(unlisted, _count_quotes(result.corpus), result.corpus.name)


def _group_by_kind(warnings: Sequence[Finding]) -> Iterator[str]:
    """Yield the first warning of each kind, and how many more there are; the most frequent kind first."""
    kinds: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in warnings:
        kind = (_VARYING.sub("…", finding.fact).partition(" ")[0], _VARYING.sub("…", finding.remedy))
        kinds[kind].append(finding)
    for findings in sorted(kinds.values(), key=lambda findings: -len(findings)):
        yield f"{findings[0]}{_count_others(findings)}"


def _count_others(findings: Sequence[Finding]) -> str:
    """Say how many warnings of a kind stand behind its first; nothing for a single one."""
    if len(findings) == 1:
        return ""
    files = len({finding.file for finding in findings})
    return f" (and {len(findings) - 1:,} more of this kind in {files:,} file{'s' * (files > 1)})"


def _group_by_voice(warnings: Sequence[Finding], counts: Counter[str], corpus_name: str) -> Iterator[str]:
    """Yield one warning for each of `MOST_VOICES` voices that are not listed, most quoted first, and count the rest."""
    voices: dict[str, list[Finding]] = defaultdict(list)
    for finding in warnings:
        match = _QUOTED.match(finding.fact)
        voices[normalise_name(match[1]) if match else finding.fact].append(finding)
    ordered = sorted(voices, key=lambda name: (-counts[name], name))
    for name in ordered[:MOST_VOICES]:
        quotes = counts[name]
        yield f"{voices[name][0]} ({quotes:,} quote{'s' * (quotes != 1)}, {len(voices[name]):,} of the files)"
    if rest := ordered[MOST_VOICES:]:
        quotes = sum(counts[name] for name in rest)
        remedy = f"draft them with: {find_program_name()} voices --draft --corpus {corpus_name}"
        yield f"{len(rest):,} more voices are not listed ({quotes:,} quotes); {remedy}"


def _count_quotes(corpus: Corpus) -> Counter[str]:
    """Count the quotes of each voice by the name it is compared by."""
    return Counter(
        normalise_name(passage.voice.name)
        for passage in corpus.passages
        if passage.voice and passage.kind is not Kind.NARRATION
    )
