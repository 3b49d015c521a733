"""Documents to passages: quotations, reports, and the narration between them.

What a quotation quotes in turn belongs to the inner speaker, where a verb right before the
inner mark has a subject with a name; "he told me" leads nowhere that the outer words prove.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from bot.attribution.curated_voices import CuratedVoices, build_curated_voices
from bot.attribution.curation import Correction, apply_corrections
from bot.attribution.lexicon import Lexicon, Tag, load_lexicon
from bot.attribution.monologues import find_monologues
from bot.attribution.parsing import Paragraph, ParsedDocument, parse_document
from bot.attribution.quotation_marks import MAX_SHORT_WORDS, Quotation, count_words
from bot.attribution.reported_speech import ReportedStatement, find_reported_statements
from bot.attribution.resolution import resolve_voice
from bot.attribution.speakers import NOBODY_NAMED, Attribution, attribute_quotations
from bot.attribution.subjects import Sentence
from bot.attribution.tokens import Tokeniser
from bot.attribution.transcripts import extract_turn_passages
from bot.languages import CONSEQUENCES
from bot.languages.base import Language
from bot.model import Document, Kind, Passage, Side, Span, Voice, VoiceEntry
from bot.text import trim

# As sure as a verb of opinion: the outer speaker may misquote.
NESTED_CONFIDENCE = 0.8
# In tokens, “said to me ‘...’”: further off the inner words may be the outer speaker’s.
_MAX_NESTED_VERB_DISTANCE = 3
NO_LABEL = "no label says whose these words are"
_CUES_AND_QUOTES = (Tag.REPORTING_VERB, Tag.REPORTING_PARTICIPLE, Tag.QUOTATION)


def extract_passages(
    document: Document, voices: Sequence[VoiceEntry] = (), corrections: Sequence[Correction] = (), *, language: Language
) -> tuple[Passage, ...]:
    """Return every passage of `document` in reading order, narration included.

    `voices` are the manifest's voices. Where the source records who holds the
    floor that is the voice; elsewhere the rules find it. Quoted words are
    neither lost nor repeated, with one exception: what a quotation quotes in
    turn is a passage of its own besides, in the inner voice. In a `language` without
    reporting verbs nobody but a recorded turn's speaker has a voice, and the words
    outside quotation marks are not said to be the publication's: their confidence is 0.

    Raises:
        CorpusError: a correction finds no passage, or more than one.
    """
    curated = build_curated_voices(voices, document.date)
    lexicon = load_lexicon(language)
    unsorted_passages = (
        extract_turn_passages(document, curated, lexicon)
        if document.turns
        else _ArticleReader(document, curated, lexicon).extract()
    )
    sorted_passages = sorted(unsorted_passages, key=lambda passage: (passage.span.start, -passage.span.end))
    return tuple(apply_corrections(sorted_passages, corrections, curated))


class _ArticleReader:
    """A document without a record: read, attributed, and laid out as passages."""

    def __init__(self, document: Document, curated: CuratedVoices, lexicon: Lexicon) -> None:
        self._document = document
        self._curated = curated
        self._parsed = parse_document(document.text, lexicon, curated.by_name.keys())
        self._attributions = attribute_quotations(self._parsed)
        words = [quotation.inner for quotation in self._parsed.quotations]
        self._whole_quotations = _group_spans(words, self._attributions)
        paragraph_spans = [paragraph.span for paragraph in self._parsed.paragraphs]
        monologues = find_monologues(document.text, paragraph_spans, lexicon)
        self._monologues = {monologue.paragraph_index: monologue for monologue in monologues}

    def extract(self) -> Iterator[Passage]:
        """Yield the passages of each paragraph; the narration comes last in each."""
        for paragraph_index, paragraph in enumerate(self._parsed.paragraphs):
            if paragraph_index in self._monologues:
                yield from self._extract_monologue(paragraph_index, paragraph)
            else:
                yield from self._extract_mixed(paragraph_index, paragraph)

    def _extract_monologue(self, paragraph_index: int, paragraph: Paragraph) -> Iterator[Passage]:
        """Yield a paragraph of an interview, letter or statement as one passage, its label as narration."""
        monologue = self._monologues[paragraph_index]
        # “Q:” and “A:” say who asks and who answers, and name nobody.
        is_named = monologue.is_named and len(monologue.voice.name) > 1
        voice, side = self._complete_voice(monologue.voice if is_named else None)
        yield Passage(
            self._document,
            monologue.span,
            monologue.span,
            Kind.DIRECT,
            paragraph_index + 1,
            voice,
            (monologue.label,),
            monologue.confidence if is_named else 0.0,
            side=side,
            quotation=(monologue.span,),
            reason=(NO_LABEL if monologue.is_doubtful else None) if is_named else NOBODY_NAMED,
            is_doubtful=monologue.is_doubtful,
        )
        yield from self._extract_narration(paragraph_index, paragraph, [Span(monologue.span.start, paragraph.span.end)])

    def _extract_mixed(self, paragraph_index: int, paragraph: Paragraph) -> Iterator[Passage]:
        """Yield the passages of a paragraph: quoted words, then what is reported, then the narration between."""
        covered_spans: list[Span] = []
        quotation_starts: list[int] = []
        for quotation_index in paragraph.quotation_indices:
            if not self._attributions[quotation_index].dropped:
                passage = self._build_quoted(quotation_index, paragraph)
                quotation = self._parsed.quotations[quotation_index]
                outer, frame = quotation.outer, passage.frame
                covered_spans.append(Span(min(outer.start, frame.start), max(outer.end, frame.end)))
                quotation_starts.append(quotation.inner.start)
                yield passage
                yield from self._extract_nested(quotation_index)
        for sentence_index, sentence in enumerate(paragraph.sentences):
            for report in find_reported_statements(sentence):
                first, end = (bisect_left(quotation_starts, offset) for offset in report.span)
                if first == end:  # no quotation begins within the report
                    frame = Span(sentence.tokens[0].start, _report_end(paragraph, sentence_index))
                    for passage in self._extract_reported(paragraph_index, sentence, report, frame):
                        covered_spans.append(passage.frame)
                        yield passage
        yield from self._extract_narration(paragraph_index, paragraph, covered_spans)

    def _build_quoted(self, quotation_index: int, paragraph: Paragraph) -> Passage:
        """Build the passage of a quotation; a fragment is framed by its sentence, anything longer by itself."""
        quotation, attribution = self._parsed.quotations[quotation_index], self._attributions[quotation_index]
        voice, side = self._complete_voice(attribution.voice)
        is_fragment = attribution.kind is Kind.FRAGMENT
        return Passage(
            self._document,
            quotation.inner,
            _enclosing_sentence(paragraph, quotation.outer) if is_fragment else quotation.inner,
            attribution.kind,
            quotation.paragraph_index + 1,
            voice,
            attribution.cue,
            attribution.confidence,
            chain=attribution.chain,
            side=side,
            quotation=self._whole_quotations[quotation_index],
            reason=attribution.reason,
            is_doubtful=attribution.is_doubtful,
        )

    def _extract_nested(self, quotation_index: int) -> Iterator[Passage]:
        """Yield the passages of what somebody else, who is named, is quoted for within a quotation."""
        quotation = self._parsed.quotations[quotation_index]
        for sentence, quote_index, span in _iter_nested(self._parsed, quotation):
            verb = _find_nested_verb(sentence, quote_index)
            subject = sentence.find_subject(verb) if verb is not None else None
            speaker = resolve_voice(self._parsed, sentence, subject) if subject is not None else None
            if verb is None or subject is None or speaker is None or speaker.voice is None:
                continue
            voice, side = self._complete_voice(speaker.voice)
            tokens = sentence.tokens
            yield Passage(
                self._document,
                span,
                Span(tokens[0].start, tokens[-1].end),
                Kind.FRAGMENT,
                quotation.paragraph_index + 1,
                voice,
                (Span(subject.span.start, tokens[verb].end),),
                speaker.rate(NESTED_CONFIDENCE, subject),
                side=side,
                quotation=(span,),
                reason="quoted within a quotation",
                is_doubtful=speaker.is_doubtful,
            )

    def _extract_reported(
        self, paragraph_index: int, sentence: Sentence, report: ReportedStatement, frame: Span
    ) -> Iterator[Passage]:
        """Yield a reported statement in the voice that makes it; of “they” or “it” in nobody's; else nothing."""
        speaker = resolve_voice(self._parsed, sentence, report.subject)
        # What “they” or “it” said is nobody's for certain, and not the publication's own statement.
        passage = Passage(
            self._document,
            report.span,
            frame,
            Kind.REPORTED,
            paragraph_index + 1,
            cue=(report.cue,),
            confidence=0.0,
            quotation=(report.span,),
            reason=f"“{report.subject.pronoun}” leads to nobody",
        )
        if speaker is None or speaker.voice is None:
            if self._is_statement_of_several(sentence, report):
                yield passage
            return
        voice, side = self._curated.complete_voice(speaker.voice)
        yield replace(
            passage,
            voice=voice,
            cue=(report.cue,) if speaker.antecedent is None else (speaker.antecedent, report.cue),
            confidence=speaker.rate(report.confidence, report.subject),
            side=side,
            reason=speaker.reason,
            is_doubtful=speaker.is_doubtful,
        )

    def _is_statement_of_several(self, sentence: Sentence, report: ReportedStatement) -> bool:
        """Whether “they” or “it” states something by a finite verb that leaves no doubt of it."""
        lexicon, verb = self._parsed.lexicon, sentence.tokens[report.verb]
        is_statement = verb.lemma in lexicon.verbs.postposed or report.subject.pronoun in lexicon.pronouns.people
        is_several = report.subject.pronoun in lexicon.pronouns.several
        return is_several and is_statement and verb.tag is Tag.REPORTING_VERB

    def _extract_narration(
        self, paragraph_index: int, paragraph: Paragraph, covered_spans: Sequence[Span]
    ) -> Iterator[Passage]:
        """Yield the words of a paragraph that no other passage covers, if they are more than marks."""
        text, lexicon = self._document.text, self._parsed.lexicon
        number, confidence, reason = paragraph_index + 1, 1.0, None
        if not lexicon.has_reporting_verbs:
            confidence, reason = 0.0, f"{lexicon.language.name}: {CONSEQUENCES['reporting_verbs']}"
        cursor, end = paragraph.span
        for span in (*sorted(covered_spans), Span(end, end)):
            gap = trim(text, Span(cursor, max(cursor, span.start)))
            if any(character.isalnum() for character in text[gap.start : gap.end]):
                yield Passage(self._document, gap, gap, Kind.NARRATION, number, confidence=confidence, reason=reason)
            cursor = max(cursor, span.end)

    def _complete_voice(self, voice: Voice | None) -> tuple[Voice | None, Side]:
        """Return the voice as the curator lists it, and its side; None has neither."""
        return self._curated.complete_voice(voice) if voice else (None, Side.NEITHER)


def _group_spans(spans: Sequence[Span], attributions: Sequence[Attribution]) -> list[tuple[Span, ...]]:
    """Return, for each of `spans`, all those of the quotation that it is a part of."""
    starts = [index for index, each in enumerate(attributions) if not each.continues_previous or index == 0]
    groups: list[tuple[Span, ...]] = []
    for first, end in pairwise([*starts, len(spans)]):
        groups.extend([tuple(spans[first:end])] * (end - first))
    return groups


def _enclosing_sentence(paragraph: Paragraph, span: Span) -> Span:
    """Return the publication's whole sentence around `span`."""
    index = bisect_right(paragraph.sentences, span.start, key=lambda sentence: sentence.tokens[0].start)
    tokens = paragraph.sentences[index - 1].tokens
    return Span(tokens[0].start, max(span.end, tokens[-1].end))


def _report_end(paragraph: Paragraph, sentence_index: int) -> int:
    """Return where a report ends: before the next sentence that has a cue or a quotation."""
    end = paragraph.sentences[sentence_index].tokens[-1].end
    for sentence in paragraph.sentences[sentence_index + 1 :]:
        source = sentence.lexicon.source[:1]
        if any(token.tag in _CUES_AND_QUOTES or token.lower in source for token in sentence.tokens):
            break
        end = sentence.tokens[-1].end
    return end


def _iter_nested(parsed: ParsedDocument, quotation: Quotation) -> Iterator[tuple[Sentence, int, Span]]:
    """Yield what is quoted inside `quotation`, if over three words: its sentence, its token there, and its words."""
    if not quotation.nested:
        return
    inner_quotations = [
        Quotation(words, Span(words.start - 1, words.end + 1), quotation.paragraph_index, closed=True)
        for words in quotation.nested
    ]
    tokeniser = Tokeniser(parsed.text, parsed.lexicon)
    paragraph_tokens = tokeniser.tokenise(quotation.inner, inner_quotations)
    words = iter(quotation.nested)
    for index, sentence_tokens in enumerate(tokeniser.split_sentences(paragraph_tokens)):
        sentence = Sentence(parsed.text, sentence_tokens, index, parsed.lexicon)
        for quote_index, token in enumerate(sentence_tokens):
            if token.tag is Tag.QUOTATION:
                span = next(words)
                if count_words(parsed.text, span) > MAX_SHORT_WORDS:
                    yield sentence, quote_index, span


def _find_nested_verb(sentence: Sentence, quote_index: int) -> int | None:
    """Return the verb of saying close before the words, if a person or body is named who really said it."""
    tokens, lexicon = sentence.tokens, sentence.lexicon
    before = range(quote_index - 1, max(-1, quote_index - 1 - _MAX_NESTED_VERB_DISTANCE), -1)
    verbs = (index for index in before if tokens[index].tag is Tag.REPORTING_VERB)
    verb = next((index for index in verbs if tokens[index].lemma in lexicon.speech_verbs), None)
    subject = sentence.find_subject(verb) if verb is not None else None
    if verb is None or subject is None or subject.name is None:
        return None
    is_behind = subject.first > verb or subject.name.words[0] in lexicon.names.nobody
    return None if is_behind or any(t.tag is Tag.AUXILIARY for t in tokens[subject.last : verb]) else verb
