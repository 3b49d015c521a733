"""Who speaks each quotation of a document, and the words that prove it.

A cue in the quotation's own sentence comes first; then what introduces it, the
speaker beside it in the paragraph, and, never above the display threshold, the
speaker of the paragraph before. A quotation that goes on over paragraphs keeps
its voice, and its chain leads back to the name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.attribution.antecedents import DOUBTFUL_CONFIDENCE
from bot.attribution.cues import VERB_WITH_COLON, Cue, QuotedWords, find_cue
from bot.attribution.hearsay import is_unsaid, shows_words_of_another
from bot.attribution.lexicon import Tag
from bot.attribution.names import is_person as is_person_name
from bot.attribution.noun_phrases import Subject
from bot.attribution.parsing import Occurrence, Paragraph, ParsedDocument, describe_chain, find_occurrences
from bot.attribution.quotation_layout import (
    INTRODUCING_TAGS,
    find_labelled,
    find_signature,
    is_quotation_alone,
    is_scare_quote,
    is_title_case,
    is_too_slight,
)
from bot.attribution.quotation_marks import count_words
from bot.attribution.resolution import ResolvedVoice, resolve_voice
from bot.attribution.subjects import Sentence
from bot.model import Kind, Span, Voice
from bot.text import split_sentences

# “...,” X said. “...”: 500 of 515 right.
NEIGHBOUR_FACTOR = 0.9
# “...” – X: nobody else is named in the paragraph; too few on the benchmark to judge.
SIGNATURE = 0.9
# X was unmoved. “...”: 7 of 7 right, too few to show where X is only the main subject.
INTRODUCED_CONFIDENCE = 0.72
# Nothing but the speaker of a paragraph before: never shown, whatever the cue was.
INHERITED_FACTOR = 0.5
# The marks themselves say that the quotation goes on; a little less at each step.
CONTINUATION_FACTOR = 0.99
# In paragraphs: further off nobody is named at all, not even below the threshold: spans are F1 95.2 at 2, 95.4 at 5.
_MAX_INHERITED_PARAGRAPHS = 5
NOBODY_NAMED = "nobody is named for these words"
UNCLOSED = "no mark closes these words, and nobody is named for them"
UNCLOSED_WORDS = "no mark closes these words, so the last of them may be the publication's"
UNSAID = "the sentence tells that these words were not said, or by another"
INHERITED_VOICE = "no cue of its own; taken from the quotation before"
# “Yes, we will” stands by itself; two words need the sentence around them.
_MIN_DIRECT_WORDS = 3


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who said the words between two marks, and the evidence.

    `continues_previous` means that they continue the quotation before; `dropped` that they
    are no quotation at all. `chain_root` is the chain up to the first paragraph, `continued_since`
    the number of the first one that goes on, 0 where none does.
    """

    kind: Kind
    voice: Voice | None = None
    cue: tuple[Span, ...] = ()
    confidence: float = 0.0
    reason: str | None = None
    chain: str | None = None
    chain_root: str | None = None
    continued_since: int = 0
    continues_previous: bool = False
    dropped: bool = False
    is_doubtful: bool = False


def attribute_quotations(parsed: ParsedDocument) -> list[Attribution]:
    """Return an attribution for each quotation of the document, in order.

    In a language without reporting verbs a name in the sentence proves nothing: nobody is named,
    and all words are shown in the sentence around them.
    """
    if not parsed.lexicon.has_reporting_verbs:
        return [Attribution(Kind.FRAGMENT, reason=NOBODY_NAMED)] * len(parsed.quotations)
    return _Attributor(parsed).attribute_all()


class _Attributor:
    """Goes through a document in reading order, remembering who spoke last."""

    def __init__(self, parsed: ParsedDocument) -> None:
        self._parsed = parsed
        self._text = parsed.text
        self._attributions: list[Attribution | None] = [None] * len(parsed.quotations)
        self._has_double_marks = any(not quotation.single for quotation in parsed.quotations)
        # A single “Ann Bell: “...”” may be a headline; two are a list.
        self._labelled = find_labelled(parsed)
        self._last_speaker: ResolvedVoice | None = None
        # The last paragraph that stands in a list under a line with a colon, and whose words these are.
        self._introduction: tuple[int, Attribution] | None = None
        self._last_spoken_paragraph = 0

    def attribute_all(self) -> list[Attribution]:
        """Return the attribution of each quotation, in order; where nobody is named, its reason says so."""
        for paragraph_index, paragraph in enumerate(self._parsed.paragraphs):
            occurrences = list(find_occurrences(paragraph))
            for occurrence in occurrences:
                self._attribute(occurrence)
            self._attribute_remaining(paragraph_index, paragraph, occurrences)
        self._carry_back()
        attributions = [each or Attribution(Kind.DIRECT, reason=NOBODY_NAMED) for each in self._attributions]
        return [self._doubt_unclosed(index, each) for index, each in enumerate(attributions)]

    def _doubt_unclosed(self, index: int, attribution: Attribution) -> Attribution:
        """Doubt an attribution whose quotation no mark closes: how much of the paragraph is quoted is not known."""
        quotation = self._parsed.quotations[index]
        is_continued = index + 1 < len(self._parsed.quotations) and self._parsed.continuations[index + 1]
        start = self._parsed.paragraphs[quotation.paragraph_index].span.start
        if quotation.closed or is_continued or attribution.voice is None or quotation.outer.start == start:
            return attribution
        if len(split_sentences(self._text, quotation.inner)) == 1:
            return attribution
        confidence = min(attribution.confidence, DOUBTFUL_CONFIDENCE)
        return replace(attribution, confidence=confidence, reason=UNCLOSED_WORDS, is_doubtful=True)

    def _attribute(self, occurrence: Occurrence) -> None:
        """Record who said a quotation, or that it is dropped, unsaid or nobody's; leave open one without a cue."""
        if self._continue_previous(occurrence):
            return
        attribution = (
            self._reject(occurrence) or self._attribute_to_label(occurrence) or self._attribute_to_signature(occurrence)
        )
        if attribution is not None:
            self._attributions[occurrence.quotation_index] = attribution
            return
        sentence, index = occurrence.sentence, occurrence.token_index
        cue = find_cue(sentence, index, _measure_words(self._text, occurrence.quotation.inner))
        speaker = resolve_voice(self._parsed, sentence, cue.subject, self._last_speaker) if cue is not None else None
        if cue is not None and speaker is not None:
            self._record_speaker(occurrence, cue, speaker)

    def _reject(self, occurrence: Occurrence) -> Attribution | None:
        """Return the attribution of words that are no quotation, or that nobody said; else None."""
        quotation, sentence = occurrence.quotation, occurrence.sentence
        is_secondary = quotation.single and self._has_double_marks
        if is_scare_quote(self._text, quotation, sentence, occurrence.token_index, is_secondary=is_secondary):
            return Attribution(Kind.FRAGMENT, reason=NOBODY_NAMED, dropped=True)
        is_denied = is_unsaid(sentence, occurrence.token_index)
        return Attribution(self._classify(occurrence), reason=UNSAID) if is_denied else None

    def _attribute_to_label(self, occurrence: Occurrence) -> Attribution | None:
        """Return the attribution of “Ann Bell: “...””, if it is one of a list of what several say; else None."""
        sentence = occurrence.sentence
        name = sentence.name_at(0)
        is_labelled = self._labelled.get(sentence.number) == occurrence.token_index
        if name is None or not is_labelled:
            return None
        return self._build_attribution(sentence, sentence.name_subject(name, 0), SIGNATURE)

    def _attribute_to_signature(self, occurrence: Occurrence) -> Attribution | None:
        """Attribute “...” – Ann Bell, Ely; “...” (Ann Bell, Ely); or what the next line signs by itself; else None."""
        signature = find_signature(self._parsed, occurrence)
        if signature is None:
            return None
        sentence, name = signature
        # What ends in a stop is no title: “The Long Road” – Ann Bell.
        ends_in_pause = _measure_words(self._text, occurrence.quotation.inner).ends_in_pause
        if not (ends_in_pause or is_person_name(name, sentence.lexicon)):
            return None
        return self._build_attribution(sentence, sentence.name_subject(name, name.first), SIGNATURE)

    def _continue_previous(self, occurrence: Occurrence) -> bool:
        """Carry the voice on into a paragraph that reopens its quotation and has no cue; return whether it does."""
        index, tokens, inner = occurrence.quotation_index, occurrence.sentence.tokens, occurrence.quotation.inner
        are_verbs = (token.tag is Tag.REPORTING_VERB for token in tokens[occurrence.token_index + 1 :])
        if not self._parsed.continuations[index] or any(are_verbs):
            return False
        previous = self._attributions[index - 1]
        is_aside = self._text[inner.start] in "([" and self._text[inner.end - 1] in ")]"  # “(Laughter.)”
        if is_aside or previous is None or previous.voice is None:
            return False
        self._attributions[index] = self._continue_attribution(previous, index)
        start = tokens[occurrence.token_index].start
        self._parsed.people.record_speaker(start, previous.voice.name, occurrence.sentence.number)
        return True

    def _continue_attribution(self, previous: Attribution, quotation_index: int) -> Attribution:
        """Return the attribution of a paragraph in which the speaker before goes on, somewhat less sure."""
        paragraph_number = self._parsed.quotations[quotation_index].paragraph_index + 1
        chain_root = previous.chain_root or previous.chain or self._describe_chain(previous.cue)
        first_paragraph = previous.continued_since or paragraph_number
        is_one = first_paragraph == paragraph_number
        paragraph_range = f"¶{first_paragraph}" if is_one else f"¶{first_paragraph} to ¶{paragraph_number}"
        return replace(
            previous,
            kind=Kind.DIRECT,
            confidence=round(previous.confidence * CONTINUATION_FACTOR, 3),
            chain=f"{chain_root} → {paragraph_range} continues",
            chain_root=chain_root,
            continued_since=first_paragraph,
            continues_previous=True,
        )

    def _record_speaker(self, occurrence: Occurrence, cue: Cue, speaker: ResolvedVoice) -> None:
        """Record the voice that a cue leads to, or the reason where it leads to nobody."""
        kind, tokens = self._classify(occurrence), occurrence.sentence.tokens
        if speaker.voice is None:
            self._attributions[occurrence.quotation_index] = Attribution(kind, reason=speaker.reason)
            return
        cue_span = Span(tokens[cue.first].start, tokens[cue.last].end)
        attribution = self._cite_speaker(kind, speaker, cue_span, speaker.rate(cue.confidence, cue.subject))
        self._attributions[occurrence.quotation_index] = replace(
            attribution, continues_previous=self._is_second_half(occurrence)
        )
        self._last_speaker = speaker
        self._last_spoken_paragraph = occurrence.quotation.paragraph_index
        if speaker.is_doubtful and speaker.antecedent is not None:
            return  # “he”, who may be another, makes nobody the last to speak
        start, name_span = tokens[occurrence.token_index].start, cue_span if speaker.antecedent is None else None
        self._parsed.people.record_speaker(start, speaker.voice.name, occurrence.sentence.number, name_span)

    def _cite_speaker(self, kind: Kind, speaker: ResolvedVoice, cue_span: Span, confidence: float) -> Attribution:
        """Return words attributed to `speaker` by the cue at `cue_span`; a pronoun's antecedent stands before it."""
        spans = (cue_span,) if speaker.antecedent is None else (speaker.antecedent, cue_span)
        chain = self._describe_chain(spans) if speaker.antecedent is not None else None
        return Attribution(
            kind, speaker.voice, spans, confidence, speaker.reason, chain, is_doubtful=speaker.is_doubtful
        )

    def _describe_chain(self, spans: Sequence[Span]) -> str:
        """Return the way from the name to the pronoun, each step with its paragraph."""
        return describe_chain(self._parsed, spans)

    def _is_second_half(self, occurrence: Occurrence) -> bool:
        """Whether the words are the “go on” of “We will,” X said, “go on”: one quotation around its cue."""
        if not occurrence.token_index or occurrence.sentence.tokens[0].tag is not Tag.QUOTATION:
            return False
        starts_lower = self._text[occurrence.quotation.inner.start].islower()
        return starts_lower and self._attributions[occurrence.quotation_index - 1] is not None

    def _classify(self, occurrence: Occurrence) -> Kind:
        """Return whether words are direct, which stand on their own, or a fragment, which needs its sentence."""
        index, tokens = occurrence.token_index, occurrence.sentence.tokens
        previous_tag = tokens[index - 1].tag if index else Tag.SENTENCE_END
        if previous_tag is Tag.SENTENCE_END or self._is_second_half(occurrence):
            return Kind.DIRECT
        if self._text[occurrence.quotation.inner.start].islower():
            return Kind.FRAGMENT
        follows_conjunction = previous_tag is Tag.CONJUNCTION and index == 1
        is_long = count_words(self._text, occurrence.quotation.inner) >= _MIN_DIRECT_WORDS
        return Kind.DIRECT if follows_conjunction or (previous_tag in INTRODUCING_TAGS and is_long) else Kind.FRAGMENT

    def _attribute_remaining(
        self, paragraph_index: int, paragraph: Paragraph, occurrences: Sequence[Occurrence]
    ) -> None:
        """Give what has no cue of its own to the speaker next to it, at less trust."""
        quotes_only = {id(sentence): is_quotation_alone(sentence) for sentence in paragraph.sentences}
        for position, occurrence in enumerate(occurrences):
            if self._attributions[occurrence.quotation_index] is not None:
                continue
            if quotes_only[id(occurrence.sentence)]:
                neighbours = self._find_neighbours(occurrences, position)
                attribution = self._attribute_from_context(paragraph_index, paragraph, occurrence, neighbours)
            else:
                attribution = self._guess_speaker(paragraph_index, occurrence)
            self._attributions[occurrence.quotation_index] = attribution

    def _find_neighbours(self, occurrences: Sequence[Occurrence], position: int) -> list[int]:
        """Return the indices of the quotations before and behind one in its paragraph, a title in marks left out."""
        neighbours: list[int] = []
        for step in (-1, 1):
            index = position + step
            if 0 <= index < len(occurrences) and self._is_dropped(occurrences[index].quotation_index):
                index += step
            if 0 <= index < len(occurrences):
                neighbours.append(occurrences[index].quotation_index)
        return neighbours

    def _is_dropped(self, quotation_index: int) -> bool:
        """Whether a quotation was found to be none; False while it has no attribution."""
        attribution = self._attributions[quotation_index]
        return attribution is not None and attribution.dropped

    def _guess_speaker(self, paragraph_index: int, occurrence: Occurrence) -> Attribution:
        """Guess whoever was quoted before for words that no cue in their sentence claims: never shown."""
        kind = self._classify(occurrence)
        inner = occurrence.quotation.inner
        is_dropped = is_too_slight(self._text, inner, occurrence.sentence.tokens, occurrence.token_index)
        if is_dropped or is_title_case(self._text, inner, self._parsed.lexicon):
            return Attribution(kind, reason=NOBODY_NAMED, dropped=is_dropped)
        return self._inherit_last_speaker(paragraph_index, kind)

    def _attribute_from_context(
        self, paragraph_index: int, paragraph: Paragraph, occurrence: Occurrence, neighbours: Sequence[int]
    ) -> Attribution:
        """Attribute a sentence of quoted words alone by its introduction, else to a neighbour's or the last speaker."""
        length = count_words(self._text, occurrence.quotation.inner)
        kind = Kind.DIRECT if length >= _MIN_DIRECT_WORDS else Kind.FRAGMENT
        introduction = self._attribute_to_introduction(paragraph_index, paragraph, occurrence.sentence)
        if introduction is not None:
            return replace(introduction, kind=kind)
        for neighbour in neighbours:
            attribution = self._attributions[neighbour]
            if attribution is not None and attribution.voice is not None:
                confidence = round(attribution.confidence * NEIGHBOUR_FACTOR, 3)
                return replace(attribution, kind=kind, confidence=confidence, continues_previous=False)
        if not occurrence.quotation.closed:
            return Attribution(kind, reason=UNCLOSED)
        return self._inherit_last_speaker(paragraph_index, kind)

    def _carry_back(self) -> None:
        """Give the first paragraphs of a quotation, where they have no voice, that of the cue in a later paragraph."""
        for index in range(len(self._attributions) - 1, 0, -1):
            attribution, previous = self._attributions[index], self._attributions[index - 1]
            if not self._parsed.continuations[index] or attribution is None or attribution.voice is None:
                continue
            if previous is None or previous.voice is None:
                paragraph_number = self._parsed.quotations[index].paragraph_index + 1
                way_back = f"{self._describe_chain(attribution.cue)} ← goes on in ¶{paragraph_number}"
                chain = attribution.chain_root or way_back
                confidence = round(attribution.confidence * CONTINUATION_FACTOR, 3)
                self._attributions[index - 1] = replace(
                    attribution,
                    kind=Kind.DIRECT,
                    confidence=confidence,
                    chain=chain,
                    chain_root=chain,
                    continues_previous=False,
                )
                self._attributions[index] = replace(attribution, continues_previous=True)

    def _attribute_to_introduction(
        self, paragraph_index: int, paragraph: Paragraph, sentence: Sentence
    ) -> Attribution | None:
        """Attribute words to whom the sentence before names, as “Low was unmoved” does; None where it names nobody."""
        sentence_index = sentence.number - paragraph.sentences[0].number
        if sentence_index:
            previous = paragraph.sentences[sentence_index - 1]
            has_quotation = any(token.tag is Tag.QUOTATION for token in previous.tokens)
            return None if has_quotation else self._attribute_to_subject(previous, INTRODUCED_CONFIDENCE)
        if not paragraph_index:
            return None
        if self._introduction is not None and self._introduction[0] == paragraph_index - 1:
            self._introduction = (paragraph_index, self._introduction[1])
            return self._introduction[1]
        previous = self._parsed.paragraphs[paragraph_index - 1].sentences[-1]
        if previous.tokens[-1].tag is not Tag.COLON or shows_words_of_another(previous):
            return None
        attribution = self._attribute_to_subject(previous, VERB_WITH_COLON)
        self._introduction = (paragraph_index, attribution) if attribution is not None else None
        return attribution

    def _attribute_to_subject(self, sentence: Sentence, base_confidence: float) -> Attribution | None:
        """Return the last who speaks in a sentence, else its main subject; None without a voice."""
        subject = _last_speaking_subject(sentence) or sentence.find_main_subject(len(sentence.tokens))
        return self._build_attribution(sentence, subject, base_confidence) if subject else None

    def _build_attribution(self, sentence: Sentence, subject: Subject, base_confidence: float) -> Attribution | None:
        """Return direct words attributed to the voice that `subject` means; None without a voice."""
        speaker = resolve_voice(self._parsed, sentence, subject, self._last_speaker)
        if speaker is None or speaker.voice is None:
            return None
        return self._cite_speaker(Kind.DIRECT, speaker, subject.span, speaker.rate(base_confidence, subject))

    def _inherit_last_speaker(self, paragraph_index: int, kind: Kind) -> Attribution:
        """Return whoever spoke last, in doubt; nobody where that is too many paragraphs ago."""
        speaker = self._last_speaker
        is_far = paragraph_index - self._last_spoken_paragraph > _MAX_INHERITED_PARAGRAPHS
        if speaker is None or speaker.voice is None or is_far:
            return Attribution(kind, reason=NOBODY_NAMED)
        confidence = round(INHERITED_FACTOR * speaker.confidence, 3)
        return Attribution(kind, speaker.voice, (speaker.span,), confidence, INHERITED_VOICE, is_doubtful=True)


def _measure_words(text: str, inner: Span) -> QuotedWords:
    """Return how many words a quotation has, and whether it ends with a mark."""
    return QuotedWords(count_words(text, inner), text[inner.end - 1] in ",.!?—-…")


def _last_speaking_subject(sentence: Sentence) -> Subject | None:
    """Return the subject of the sentence's last verb of saying; None without one."""
    for index in range(len(sentence.tokens) - 1, -1, -1):
        if sentence.is_speech_verb(index):
            return sentence.find_subject(index)
    return None
