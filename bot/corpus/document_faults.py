"""Faults of documents: of encoding and extraction, copies of other documents, and contradictory dates.

They are only reported: the bot never repairs a canonical text.
"""

from __future__ import annotations

import re
import textwrap
from calendar import month_name
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date

from bot.attribution.paraphrases import find_paraphrases
from bot.model import Corpus, Document, Span
from bot.text import normalise_name, split_paragraphs, split_words

Issue = tuple[int, str, str]
"""An offset in the canonical text, a fact and a remedy."""

# UTF-8 decoded as Windows-1252, and replacement or control characters.
_MOJIBAKE = re.compile(r"â€[™œ\u009dœ“”˜¦“”]|Ã[\u0080-\u00bf©¨¢¤¶¼±]|Â[£§°·\u00a0]|ï»¿|\ufffd+|[\u0080-\u009f]+")
_HTML_ENTITY = re.compile(r"&(?:amp|lt|gt|quot|nbsp|#\d{1,6}|#x[0-9a-fA-F]{1,5}|[lr][sd]quo|mdash);")
_UNREADABLE_CHARACTER = re.compile(r"\(cid:\d+\)")
# English prose has no words as long; an address has other characters in it.
_RUN_TOGETHER = re.compile(r"(?<![\w/.@-])[^\W\d_]{28,}+(?![\w/@])")
# "bookkeeper" has three pairs of letters; a word whose every letter is printed twice has nothing else.
_DOUBLED = re.compile(r"\b(?:([^\W\d_])\1){4,}")
_LIGATURE = re.compile("[ﬀ-ﬆ]")
# Possessive, and anchored at the word's first letter: with backtracking, a long run of letters takes minutes.
_HYPHENATED_WORD = re.compile(r"(?<![^\W\d_])([^\W\d_]{2,}+)-(?:[ \t]*+\r?\n[ \t]*+| )([a-zà-ÿ]{2,}+)")
_CONJUNCTIONS = frozenset({"and", "or", "to", "und", "et", "ou", "y", "o"})
_DIGITS = re.compile(r"\d+")
# In characters, one printed line: longer repeated paragraphs are copies, not running heads.
_MAX_HEAD_LENGTH = 90
# A line printed twice may be a refrain or a repeated heading.
_MIN_HEAD_COUNT = 3

# A copy has a larger share of the words of its long paragraphs in earlier documents; an article that only quotes
# another at length stays below.
COPY_THRESHOLD = 0.5

# In words: shorter paragraphs, such as "The Minister declined to comment.", may be alike by chance.
_MIN_WORDS = 12
_EXCERPT_LENGTH = 60
_MONTHS = [name.lower() for name in month_name[1:]]
_FULL_DATE = re.compile(rf"\b(\d{{1,2}}) ({'|'.join(_MONTHS)}),? (\d{{4}})\b", re.IGNORECASE)
_DATE_IN_NAME = re.compile(r"(?<!\d)((?:19|20)\d{2})(?:-(\d{2})(?:-(\d{2}))?)?(?![\d-])")
_DATE_IN_URL = re.compile(r"/((?:19|20)\d{2})/(\d{2})(?:/(\d{2}))?(?=/|$)")


def find_encoding_issues(document: Document) -> Iterator[Issue]:
    """Yield an issue for each kind of fault, at its first occurrence, with the number of all."""
    text = document.text
    source_remedy = "extract the text again in the source's own encoding"
    for pattern, description, remedy in (
        (_MOJIBAKE, "text decoded with the wrong encoding", source_remedy),
        (_HTML_ENTITY, "HTML entities", "replace them with the characters they stand for"),
        (_LIGATURE, "typographic ligatures", "write them as separate letters"),
        (_UNREADABLE_CHARACTER, "characters that the file's fonts do not name", source_remedy),
        (_RUN_TOGETHER, "words that may have run together", "part them as the source does"),
        (_DOUBLED, "letters printed twice", "extract the text again, each letter once"),
    ):
        if matches := list(pattern.finditer(text)):
            first = matches[0].group()
            example = first if first.isprintable() else ascii(first)[1:-1]
            yield matches[0].start(), f"{description}: '{example}'{_format_count(len(matches))}", remedy
    yield from _find_broken_words(text)
    if not document.turns:
        yield from _find_running_heads(text)


def _find_broken_words(text: str) -> Iterator[Issue]:
    """Find the first word hyphenated at a line end; "pre- and post-war" is not one."""
    matches = [match for match in _HYPHENATED_WORD.finditer(text) if match[2].lower() not in _CONJUNCTIONS]
    if matches:
        first = matches[0]
        fact = f"words hyphenated at a line end: '{first[1]}-{first[2]}'{_format_count(len(matches))}"
        yield first.start(), fact, "rejoin them as in the source"


def _find_running_heads(text: str) -> Iterator[Issue]:
    """Find short paragraphs that recur, in any case and with any digits, at their first occurrence."""
    spans_by_line: dict[str, list[Span]] = defaultdict(list)
    for span in split_paragraphs(text):
        if span.end - span.start <= _MAX_HEAD_LENGTH:
            line = text[span.start : span.end]
            spans_by_line[_DIGITS.sub("0", line).casefold()].append(span)
    counts = Counter({line: len(spans) for line, spans in spans_by_line.items()})
    for line, count in counts.most_common():
        if count >= _MIN_HEAD_COUNT and not line.endswith((".", "”", '"', "?", "!")):
            first_span = spans_by_line[line][0]
            excerpt = text[first_span.start : first_span.end].splitlines()[0]
            fact = f"possibly a running head or page number: '{excerpt}', {count} times"
            yield first_span.start, fact, "remove it if the source repeats it on every page"


def _format_count(count: int) -> str:
    """Return the number of times as ", 3 times"; "" for one."""
    return f", {count} times" if count > 1 else ""


def shorten(document: Document, span: Span, length: int = 40) -> str:
    """Quote the first words of `span` on one line, in at most `length` characters."""
    text = " ".join(document.text[span.start : span.end].split())
    return textwrap.shorten(text, length, placeholder=" ...")


def compare_documents(corpus: Corpus) -> defaultdict[str, list[Issue]]:
    """Compare documents with each other, and return the issues of each by its id."""
    issues: defaultdict[str, list[Issue]] = defaultdict(list)
    for document_issues in (_find_copies(corpus), _find_other_wordings(corpus), _find_date_conflicts(corpus)):
        for document_id, issue in document_issues:
            issues[document_id].append(issue)
    return issues


def _find_copies(corpus: Corpus) -> Iterator[tuple[str, Issue]]:
    """Find documents whose text is wholly or mostly copied from an earlier one."""
    owners: dict[tuple[str, ...], str] = {}
    texts: dict[str, str] = {}
    for document in corpus.documents:
        remedy = "keep one of them, or say in its title that it is a reprint"
        if (original := texts.setdefault(document.sha256, document.id)) != document.id:
            yield document.id, (0, f"the same text as '{original}', word for word", remedy)
            continue
        long_paragraphs = _list_long_paragraphs(document)
        copied = [paragraph for paragraph in long_paragraphs if paragraph in owners]
        if long_paragraphs and sum(map(len, copied)) > COPY_THRESHOLD * sum(map(len, long_paragraphs)):
            original_id = owners[copied[0]]
            total = len(long_paragraphs)
            yield document.id, (0, f"{len(copied)} of its {total} paragraphs are also in '{original_id}'", remedy)
        for paragraph in long_paragraphs:
            owners.setdefault(paragraph, document.id)


def _list_long_paragraphs(document: Document) -> list[tuple[str, ...]]:
    """Return the words of each paragraph that is too long to match by chance."""
    text = document.text
    word_lists = [tuple(word.normalised for word in split_words(text, span)) for span in split_paragraphs(text)]
    return [word_list for word_list in word_lists if len(word_list) >= _MIN_WORDS]


def _find_other_wordings(corpus: Corpus) -> Iterator[tuple[str, Issue]]:
    """Find statements that the same voice makes elsewhere in other words."""
    # In transcripts such a pair was said twice; in print it may be one statement, quoted differently.
    transcripts = {document.id for document in corpus.documents if document.turns}
    attributed = [(passage, normalise_name(passage.voice.name)) for passage in corpus.passages if passage.voice]
    printed_names = {name for passage, name in attributed if passage.document.id not in transcripts}
    candidates = [passage for passage, name in attributed if name in printed_names]
    for earlier, later, spans in find_paraphrases(candidates, corpus.language):
        if {earlier.document.id, later.document.id} <= transcripts:
            continue
        voice = later.voice.name if later.voice else ""
        first, second = (
            shorten(each.document, span, _EXCERPT_LENGTH) for each, span in zip((earlier, later), spans, strict=True)
        )
        where = "above" if earlier.document is later.document else f"in '{earlier.document.id}'"
        fact = f"'{voice}' is quoted in two wordings: '{second}', and {where} '{first}'"
        yield (
            later.document.id,
            (spans[1].start, fact, "compare both with their sources; the bot shows each as printed"),
        )


def _find_date_conflicts(corpus: Corpus) -> Iterator[tuple[str, Issue]]:
    """Find dates that are contradicted by the file's name, the address, a document at the same address or the text."""
    by_url: dict[str, Document] = {}
    for document in corpus.documents:
        for fact in _find_date_contradictions(document):
            yield document.id, (0, fact, "correct whichever is wrong")
        if document.url and document.date:
            earlier = by_url.setdefault(document.url, document)
            if earlier.date and not _is_compatible_date(earlier.date, document.date):
                fact = f"dated {document.date}, but '{earlier.id}' at the same address is dated {earlier.date}"
                yield document.id, (0, fact, "correct whichever is wrong")
        if later_date := _find_later_date(document):
            yield document.id, later_date


def _find_date_contradictions(document: Document) -> Iterator[str]:
    """Yield each contradiction between the date and the document's name or address."""
    if document.date is None:
        return
    for place, pattern, text in (
        ("file name", _DATE_IN_NAME, document.id),
        ("address", _DATE_IN_URL, document.url or ""),
    ):
        if match := pattern.search(text):
            other_date = "-".join(part for part in match.groups() if part)
            if not _is_compatible_date(other_date, document.date):
                yield f"dated {document.date}, but its {place} says {other_date}"


def _is_compatible_date(one: str, other: str) -> bool:
    """Return whether two dates, each a year, a month or a day, can be the same day."""
    return one.startswith(other) or other.startswith(one)


def _find_later_date(document: Document) -> Issue | None:
    """Return the first full date in the text that is invalid or after the document's own date."""
    for match in _FULL_DATE.finditer(document.text) if document.date else ():
        month = _MONTHS.index(match[2].lower()) + 1
        try:
            mentioned_date = date(int(match[3]), month, int(match[1])).isoformat()
        except ValueError:
            return match.start(), f"{match.group()} is not a date", "compare it with the source"
        document_date = document.date or ""
        if mentioned_date[: len(document_date)] > document_date:
            fact = f"it mentions {match.group()}, after its own date, {document_date}"
            return match.start(), fact, "check which of the two is wrong"
    return None
