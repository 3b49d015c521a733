"""A text into claims: which of its words are claimed to be whose.

Words in quotation marks are claims; without any, words that somebody is reported to have said, or else the whole
text. Speakers are found as in any publication, and besides by the ways in which people write to each other:
`NAME: words`, `words - NAME`, `words (NAME)`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, cached_property, partial
from typing import NamedTuple

from bot.answers.question import QuestionToken
from bot.answers.question_language import Phrase, to_phrase
from bot.answers.question_tables import load_question_language
from bot.answers.verification.word_index import find_verbatim_words, fold_verbatim
from bot.answers.voice_names import NameIndex
from bot.attribution import extract_passages
from bot.attribution.lexicon import load_lexicon
from bot.attribution.quotation_marks import Quotation, find_quotations
from bot.languages import list_languages, load_language
from bot.model import Corpus, Document, Kind, Passage, Span, Voice
from bot.text import normalise_name, split_sentences, split_words, trim

# As many claims, each with its place, as a reply has room for.
MAX_CLAIMS = 10
# Up to three words may be in quotation marks for any reason, and may occur anywhere.
MIN_QUOTED_WORDS = 4
# One word in quotation marks is as often irony as a quotation, unless somebody is said to have used it.
_MIN_MARKED_WORDS = 2
# "He said that may be": words too few for a sentence are no statement, and occur anywhere.
_MIN_REPORTED_WORDS = 4
# "Collier on that:": with more words the name may be what the quotation is about.
_MAX_BARE_WORDS = 4
# As in an answer: a speaker found with less confidence is looked for in other ways first.
_SURE = 0.7
_ELLIPSIS = re.compile(r"[\[(]?\s*(?:…|\.(?:\s?\.){2,})\s*[\])]?")
# Quotation marks of other countries and keyboards, each with the words between; an apostrophe closes none.
_RARE_MARKS = re.compile(
    r"‹(?P<a>[^‹›]+)›|›(?P<b>[^‹›]+)‹|‚(?P<c>[^‚]+?)[‘’](?!\w)|(?<![\w`])`(?P<d>[^`]+)`(?![\w`])"
    r"|〝(?P<e>[^〝〞]+)〞|《(?P<f>[^《》]+)》|‟(?P<g>[^‟”]+)”|<(?P<h><[^<>]+>)>"
)
_SIC = re.compile(r"[\[(]\s*sic\s*[\])]", re.IGNORECASE)
# Up to eight words: "Assistant Commissioner Nick Ephgrave, the Met".
_NAME = r"[^\W\d_][\w.’'-]*(?:[ ,]+(?:[^\W\d_][\w.’'-]*|\([^()]{1,60}\))){0,7}"
_NAME_AHEAD = re.compile(rf"(?P<name>{_NAME})\s*(?::|\s[–—-]+|,)\s*$")
_NAME_BEHIND = re.compile(
    rf"\s*[.,]?\s*(?:[–—~-]+\s*(?P<name>{_NAME})|\((?P<bracketed>{_NAME})(?:,[^()\n]*)?\))\s*[.!?]*"
)
_LABEL = re.compile(rf"\A\s*(?P<name>{_NAME})\s*(?::|\s[–—-]+)\s+")
_SIGNATURE = re.compile(rf"\s(?:[–—~-]+\s*(?P<name>{_NAME})|\((?P<bracketed>{_NAME})\))[\s.!?]*$")


class ClaimedWord(NamedTuple):
    """A folded word, and where it stands in the text; `part` counts the ellipses before it."""

    folded: str
    start: int
    end: int
    part: int


@dataclass(frozen=True)
class QuoteClaim:
    """Words of `text` at `span`, and the `voice` claimed to have said them, as named there; None for nobody.

    `names` are the voices of the corpus that may be meant. `is_marked`: the words are in quotation marks.
    """

    text: str
    span: Span
    voice: str | None = None
    names: tuple[str, ...] = ()
    is_marked: bool = False

    @cached_property
    def words(self) -> tuple[ClaimedWord, ...]:
        """The words, in order."""
        return tuple(_list_words(self.text, self.span))

    def is_by(self, voice: Voice | None) -> bool:
        """Return whether `voice` is the one that the claim names, by name or by office."""
        if voice is None or self.voice is None:
            return False
        claimed = normalise_name(self.voice)
        return voice.name in self.names or claimed in {normalise_name(voice.name), normalise_name(voice.role or "")}


def _list_words(text: str, span: Span) -> Iterator[ClaimedWord]:
    """Yield the folded words of `span`, without notes like “[sic]”, each with its part between ellipses."""
    ellipses = [match.start() for match in _ELLIPSIS.finditer(text, *span)]
    notes = [match.span() for match in _SIC.finditer(text, *span)]
    part, is_open = 0, False
    for match in find_verbatim_words(text, span):
        folded = fold_verbatim(match.group())
        if not folded or any(start <= match.start() < end for start, end in notes):
            continue
        while ellipses and ellipses[0] < match.start():
            del ellipses[0]
            # An ellipsis before the first word leaves nothing out between words.
            part += is_open
            is_open = False
        is_open = True
        yield ClaimedWord(folded, *match.span(), part)


class ClaimReader:
    """Reads texts about one corpus, by its language and the names of its voices."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._language = load_language(corpus.language)
        self._asking_words = load_question_language(corpus.language)
        self._lexicon = load_lexicon(self._language)
        # A person's spokesperson is somebody else.
        self._spokespeople = self._lexicon.nouns.spokespeople

    @cached_property
    def _names(self) -> NameIndex:
        """The names of the voices; one of a single word counts only where it is used as a name."""
        return NameIndex(self._corpus, lambda _: True)

    def read(self, text: str) -> list[QuoteClaim]:
        """Return the claims of `text`, in order, up to `MAX_CLAIMS`; none where it has no words.

        If nothing is in quotation marks, the whole text is the last claim, or the only one.
        """
        # A quotation may go on over several lines of a message; offsets stay the same.
        line = _RARE_MARKS.sub(_put_usual_marks, re.sub(r"\s", " ", text))
        claims = list(self._read_marked(line, text, _MIN_MARKED_WORDS))
        if not claims:
            single = [claim for claim in self._read_marked(line, text, 1) if claim.voice]
            claims = [*(single or self._read_reported(line)), self._build(line, Span(0, len(line)))]
        claims = [claim for claim in claims if claim.words]
        return claims[:MAX_CLAIMS]

    def read_nested(self, claim: QuoteClaim) -> list[QuoteClaim]:
        """Return the quotations within the words of a claim that are long enough to be somebody's words."""
        line = " " * claim.span.start + claim.text[slice(*claim.span)]
        nested = (inner for inner in self._read_marked(line, line, MIN_QUOTED_WORDS) if inner.span != claim.span)
        return [replace(inner, text=claim.text) for inner in nested]

    def _read_marked(self, line: str, source: str, fewest: int) -> Iterator[QuoteClaim]:
        """Yield the quotations of at least `fewest` words; `source` is `line` with its line breaks."""
        quotations = [
            quotation
            for quotation in map(partial(_close, line), find_quotations(line, [Span(0, len(line))], self._lexicon))
            if sum(1 for _ in find_verbatim_words(line, quotation.inner)) >= fewest
        ]
        if not quotations:
            return
        passages = {passage.span: passage for passage in self._extract(line)}
        edges = [Span(0, 0), *(quotation.outer for quotation in quotations), Span(len(line), len(line))]
        for quotation, previous, following in zip(quotations, edges, edges[2:], strict=False):
            ahead, behind = Span(previous.end, quotation.outer.start), Span(quotation.outer.end, following.start)
            name = self._find_name(line, source, ahead, behind, passages.get(quotation.inner))
            yield self._build(line, quotation.inner, name, is_marked=True)

    def _find_name(self, line: str, source: str, ahead: Span, behind: Span, passage: Passage | None) -> str | None:
        """Return who is named, before or behind, as the speaker of the words between `ahead` and `behind`."""
        voice = passage.voice if passage else None
        if voice and passage and self._is_spokesperson_of_person(voice):
            return self._drop_reporting_verbs(line[slice(*passage.cue[0])])
        is_sure = passage is not None and passage.confidence >= _SURE
        is_told_here = passage is not None and any(
            part.start <= cue.start and cue.end <= part.end for cue in passage.cue for part in (ahead, behind)
        )
        label = _NAME_AHEAD.search(line, *ahead)
        if not (voice and is_sure and is_told_here):
            labelled = label and self._find_listed(label["name"], is_label=True)
            if name := self._find_signed(source, behind) or labelled:
                return name
        if voice and is_sure:
            return voice.name
        return self._find_told(line, ahead, behind) or self._choose_unlisted(label, voice)

    def _find_told(self, line: str, ahead: Span, behind: Span) -> str | None:
        """Return the listed name in the first of the spans that says somebody spoke."""
        segments = filter(self._tells_of_saying, (line[slice(*ahead)], line[slice(*behind)]))
        return next(filter(None, map(self._find_listed, segments)), None)

    def _choose_unlisted(self, label: re.Match[str] | None, voice: Voice | None) -> str | None:
        """Return the name of somebody unknown here: from a label, or that of `voice`."""
        names = [self._drop_reporting_verbs(label["name"])] if label else []
        names += [voice.name] if voice else []
        return next(filter(_is_name, map(_drop_source_words, names)), None)

    def _find_signed(self, source: str, behind: Span) -> str | None:
        """Return the listed name that signs the words; what follows its comma is a role, or where it was said."""
        signature = _NAME_BEHIND.match(source, *behind)
        name = signature and (signature["name"] or signature["bracketed"])
        parts = dict.fromkeys([name.partition(",")[0], name]) if name else ()
        return next((listed for part in parts if (listed := self._find_listed(part, is_label=True))), None)

    def _is_spokesperson_of_person(self, voice: Voice) -> bool:
        """Return whether `voice` was found as the person for whom a spokesperson speaks, who is somebody else."""
        entry = next((each for each in self._corpus.voices if each.name == voice.name), None)
        is_person = entry is not None and entry.organisation not in {None, entry.name}
        return is_person and voice.role in self._spokespeople

    def _drop_reporting_verbs(self, label: str) -> str:
        """Return a label without the reporting verbs at its end: "Tram Now says"."""
        words = label.strip(" ,").split()
        while len(words) > 1 and words[-1] in self._asking_words.speech_words:
            words.pop()
        return " ".join(words)

    def _tells_of_saying(self, segment: str) -> bool:
        """Return whether a name in `segment` is that of a speaker, and not just of whom the words are about."""
        words, asking_words = to_phrase(segment), self._asking_words
        if not self._spokespeople.isdisjoint(words):
            return False
        is_told = not (asking_words.speech_words | asking_words.attribution_words).isdisjoint(words)
        return is_told or len(words) <= _MAX_BARE_WORDS

    def _find_listed(self, text: str, *, is_label: bool = False) -> str | None:
        """Return the last name in `text` that leads to a voice, as written; a label may be a name as a whole."""
        if is_label and self._names.resolve(to_phrase(text)):
            return text.strip(" ,")
        # Names are found without stems.
        tokens = [QuestionToken(position, *word, "") for position, word in enumerate(split_words(text))]
        matches = list(self._names.find_matches(text, tokens))
        # A longer name may hold a shorter: "Liberty" in "Jack Liberty".
        outer = [m for m in matches if not any(m.positions < other.positions for other in matches)]
        if not outer:
            return None
        last = max(outer, key=lambda match: max(match.positions))
        return text[tokens[min(last.positions)].start : tokens[max(last.positions)].end]

    def _read_reported(self, line: str) -> Iterator[QuoteClaim]:
        """Yield the claims of a text without quotation marks: of a label's or signature's name, or reported speech."""
        for pattern in (_LABEL, _SIGNATURE):
            match = pattern.search(line)
            name = match and (match["name"] or match.groupdict().get("bracketed"))
            listed = name and self._find_listed(name, is_label=True)
            if match and name and (listed or (pattern is _LABEL and _is_name(name))):
                rest = Span(match.end(), len(line)) if pattern is _LABEL else Span(0, match.start())
                yield self._build(line, rest, listed or name)
                return
        for passage in self._extract(line):
            is_long = sum(1 for _ in find_verbatim_words(line, passage.span)) >= _MIN_REPORTED_WORDS
            if passage.kind is Kind.REPORTED and passage.voice and is_long:
                yield self._build(line, passage.span, passage.voice.name)

    def _extract(self, line: str) -> tuple[Passage, ...]:
        """Read a line as a publication is read, with the corpus’s voices listed."""
        return extract_passages(Document("claim", line), self._corpus.voices, language=self._language)

    def _build(self, line: str, span: Span, name: str | None = None, *, is_marked: bool = False) -> QuoteClaim:
        """Build the claim of the words at `span`, with the voices that `name` may mean: none without a `name`."""
        names = self._resolve_name(to_phrase(name)) if name else ()
        return QuoteClaim(line, trim(line, span), name, names, is_marked)

    def _resolve_name(self, words: Phrase) -> tuple[str, ...]:
        """Return the voices that a name may mean; initials before a surname stand for first names."""
        if names := self._names.resolve(words):
            return names
        listed = ((voice.name, to_phrase(voice.name)) for voice in self._corpus.voices)
        return tuple(name for name, parts in listed if _is_abbreviated(words, parts))


@cache
def _load_source_words() -> frozenset[str]:
    """Load the words for "according to" in all languages, in any of which a text may quote this corpus."""
    return frozenset().union(*(load_language(name).words("stop_words", "sources") for name in list_languages()))


def _drop_source_words(name: str) -> str:
    """Return a name without a capitalised "according to" before it.

    >>> _drop_source_words("Selon Ann Low"), _drop_source_words("Laut")
    ('Ann Low', 'Laut')
    """
    first_word, _, rest = name.partition(" ")
    return rest if rest and first_word.casefold().replace("’", "'") in _load_source_words() else name


def _is_abbreviated(words: Phrase, parts: Phrase) -> bool:
    """Return whether `words` are a surname and, before it, initials of the other `parts` of a name.

    >>> _is_abbreviated(("g", "sowerby"), ("graham", "sowerby")), _is_abbreviated(("tom", "low"), ("ann", "low"))
    (True, False)
    """
    initials = words[:-1]
    return (
        0 < len(initials) < len(parts)
        and words[-1] == parts[-1]
        and all(len(letter) == 1 and part.startswith(letter) for letter, part in zip(initials, parts, strict=False))
    )


def _close(line: str, quotation: Quotation) -> Quotation:
    """Return a quotation that has no closing mark without the words at its end that introduce the next."""
    sentences = split_sentences(line, quotation.inner)
    if quotation.closed or len(sentences) == 1 or line[quotation.inner.end - 1] not in ":,":
        return quotation
    end = sentences[-2].end
    return quotation._replace(inner=Span(quotation.inner.start, end), outer=Span(quotation.outer.start, end))


def _put_usual_marks(quotation: re.Match[str]) -> str:
    """Return a quotation in the usual quotation marks."""
    inner = quotation[quotation.lastgroup or 0]
    return f"“{inner}”"


def _is_name(text: str) -> bool:
    """Return whether every longer word of `text` has a capital, as in a name."""
    words = [word for word in re.findall(r"[^\W\d_]+", text) if len(word) > len("the")]
    return bool(words) and all(word[0].isupper() for word in words)
