"""Everybody who may have said some words, and what speaks for each of them, as numbers.

Candidates are whom the rules chose, the subjects of the verbs around and the names beside them, and who
speaks before and next. Distances are in tokens or sentences; `FAR` is none at all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.attribution.lexicon import Tag
from bot.attribution.noun_phrases import Subject
from bot.attribution.parsing import Occurrence, Paragraph, ParsedDocument
from bot.attribution.resolution import ResolvedVoice, resolve_voice
from bot.attribution.speakers import Attribution
from bot.attribution.subjects import Sentence
from bot.model import Span, Voice
from tests.benchmarks.learned.mark_features import FAR, MAX_COUNT, VERB_TAGS, Features

# Where nothing was seen a distance is far, a weakness is there, and a strength is not.
_UNSEEN: Features = {
    "own_confidence": 0.0,
    "rival_confidence": 0.0,
    "name_before": FAR,
    "name_behind": FAR,
    "speech_verb_before": FAR,
    "speech_verb_behind": FAR,
    "other_verb_before": FAR,
    "other_verb_behind": FAR,
    "verb_gap": FAR,
    "marks_between": FAR,
    "is_main_subject": 0.0,
    "is_governed": 1.0,
    "is_modifier": 1.0,
    "sentences_back": FAR,
    "sentences_on": FAR,
    "speech_sentences_back": FAR,
    "speech_sentences_on": FAR,
    "spoke_before": 0.0,
    "spoke_marks_ago": FAR,
    "speaks_next": 0.0,
    "resolution": 0.0,
    "is_pronoun": 1.0,
    "is_noun": 1.0,
    "is_person": 0.0,
    "name_words": 0.0,
    "quotations": 0.0,
    "share": 0.0,
}
VERB_DISTANCES = ("speech_verb_before", "speech_verb_behind", "other_verb_before", "other_verb_behind")
# Of several phrases that mean the same person the best is the cue: a verb of saying, another verb, a name.
_SPEECH_RANK, _VERB_RANK, _NAME_RANK, _OTHER_SENTENCE_RANK = 0.0, 100.0, 200.0, 300.0
# “X was unmoved. “...”” and the sentence before that; behind the mark one.
_SENTENCES_AROUND = (-2, -1, 1)
# The last sentence of the paragraph before counts as further off than any of the mark's own.
_PREVIOUS_PARAGRAPH = -3
# “We will.” “When?” “Soon.”: two who take turns.
_MARKS_AROUND = (-1, -2, 1)


@dataclass(slots=True)
class Candidate:
    """Somebody who may have said the words; `cue` leads there, `doubt` says what speaks against who it is."""

    voice: Voice
    cue: tuple[Span, ...]
    doubt: str | None
    features: Features
    cue_rank: float = 2 * _OTHER_SENTENCE_RANK


class CandidateFinder:
    """Finds the candidates of each mark in a document that the rules have attributed."""

    def __init__(self, parsed: ParsedDocument, attributions: Sequence[Attribution]) -> None:
        self._parsed = parsed
        self._attributions = attributions
        self._resolved: dict[tuple[int, int, int, str | None], ResolvedVoice | None] = {}
        self._spoken = Counter(attribution.voice.name for attribution in attributions if attribution.voice)
        self._by_name: dict[str, Candidate] = {}

    def find(self, paragraph: Paragraph, occurrence: Occurrence) -> list[Candidate]:
        """Return the candidates of the mark at `occurrence`, in the order found; first whom the rules chose."""
        self._by_name = {}
        own = self._attributions[occurrence.quotation_index]
        if own.voice is not None:
            chosen = self._add(own.voice, own.cue, own.reason)
            chosen.cue_rank, chosen.features["own_confidence"] = -1.0, own.confidence
        self._search_sentence(occurrence.sentence, occurrence.token_index)
        self._search_around(paragraph, occurrence)
        self._search_neighbours(occurrence.quotation_index)
        own_name = own.voice.name if own.voice is not None else None
        for name, candidate in self._by_name.items():
            candidate.features["rival_confidence"] = own.confidence if name != own_name else 0.0
            candidate.features["name_words"] = float(min(MAX_COUNT, len(name.split())))
            candidate.features["quotations"] = float(min(MAX_COUNT, self._spoken[name]))
            candidate.features["share"] = self._spoken[name] / len(self._attributions)
        return list(self._by_name.values())

    def _search_sentence(self, sentence: Sentence, at: int) -> None:
        """The subject of each verb of the mark's own sentence, its own subject, and each name in it."""
        for index, subject, is_speech in _iter_cues(sentence):
            rank = abs(index - at) + (_SPEECH_RANK if is_speech else _VERB_RANK)
            features = self._recognise(sentence, subject, rank)
            _describe_verb(features, sentence, subject, (index, at), is_speech=is_speech)
        main_subject = sentence.find_main_subject(len(sentence.tokens))
        if main_subject is not None:
            self._recognise(sentence, main_subject, _NAME_RANK)["is_main_subject"] = 1.0
        for name in sentence.names:
            features = self._recognise(sentence, sentence.expand_name(name), _NAME_RANK + abs(name.last - at))
            _lower(features, "name_before" if name.last < at else "name_behind", abs(name.last - at))
            _lower(features, "is_governed", sentence.is_governed(name.first))
            _lower(features, "is_modifier", sentence.is_modifier(name))

    def _search_around(self, paragraph: Paragraph, occurrence: Occurrence) -> None:
        """Who speaks, or is named, in the sentences around, or else where the paragraph before ends."""
        own = occurrence.sentence.number - paragraph.sentences[0].number
        for step in _SENTENCES_AROUND:
            if 0 <= own + step < len(paragraph.sentences):
                self._search_other(paragraph.sentences[own + step], step)
        paragraph_index = self._parsed.quotations[occurrence.quotation_index].paragraph_index
        if own == 0 and paragraph_index:
            self._search_other(self._parsed.paragraphs[paragraph_index - 1].sentences[-1], _PREVIOUS_PARAGRAPH)

    def _search_other(self, sentence: Sentence, step: int) -> None:
        side, rank = ("back" if step < 0 else "on"), _OTHER_SENTENCE_RANK + abs(step)
        for _, subject, is_speech in _iter_cues(sentence):
            if is_speech:
                _lower(self._recognise(sentence, subject, rank), f"speech_sentences_{side}", abs(step))
        for name in sentence.names:
            _lower(self._recognise(sentence, sentence.expand_name(name), rank), f"sentences_{side}", abs(step))

    def _search_neighbours(self, index: int) -> None:
        """Who said the words in the marks before and behind."""
        for step in _MARKS_AROUND:
            other = self._attributions[index + step] if 0 <= index + step < len(self._attributions) else None
            if other is None or other.voice is None:
                continue
            features = self._add(other.voice, other.cue, other.reason).features
            if step > 0:
                features["speaks_next"] = other.confidence
            else:
                features["spoke_before"] = max(features["spoke_before"], other.confidence)
                _lower(features, "spoke_marks_ago", -step)

    def _recognise(self, sentence: Sentence, subject: Subject, cue_rank: float) -> Features:
        """Return the features of whom a phrase means, with what the phrase tells; nobody's are thrown away."""
        key = (sentence.number, subject.first, subject.last, subject.pronoun)
        if key not in self._resolved:
            self._resolved[key] = resolve_voice(self._parsed, sentence, subject)
        speaker = self._resolved[key]
        if speaker is None or speaker.voice is None:
            return dict(_UNSEEN)
        cue = (subject.span,) if speaker.antecedent is None else (speaker.antecedent, subject.span)
        candidate = self._add(speaker.voice, cue, speaker.reason)
        if cue_rank < candidate.cue_rank:
            candidate.voice, candidate.cue, candidate.cue_rank = speaker.voice, cue, cue_rank
        features = candidate.features
        features["resolution"] = max(features["resolution"], speaker.confidence * subject.confidence)
        _lower(features, "is_pronoun", subject.pronoun is not None)
        _lower(features, "is_noun", subject.name is None and subject.pronoun is None)
        if subject.name is not None and self._parsed.people.is_person(subject.name):
            features["is_person"] = 1.0
        return features

    def _add(self, voice: Voice, cue: tuple[Span, ...], doubt: str | None) -> Candidate:
        """Return the candidate of this name; a doubt that one phrase leaves stays, whatever another says."""
        candidate = self._by_name.setdefault(voice.name, Candidate(voice, cue, doubt, dict(_UNSEEN)))
        candidate.doubt = candidate.doubt or doubt
        return candidate


def _iter_cues(sentence: Sentence) -> Iterator[tuple[int, Subject, bool]]:
    """Yield where each cue of a sentence stands, its subject, and whether it is one of saying."""
    for index, token in enumerate(sentence.tokens):
        is_source = sentence.opens_source(index)
        if not is_source and token.tag not in VERB_TAGS:
            continue
        subject = sentence.find_source(index) if is_source else sentence.find_subject(index)
        if subject is not None:
            yield index, subject, is_source or token.lemma in sentence.lexicon.speech_verbs


def _describe_verb(
    features: Features, sentence: Sentence, subject: Subject, places: tuple[int, int], *, is_speech: bool
) -> None:
    """Take down how the verb stands to the mark, both by token, and to its subject."""
    index, at = places
    side = "before" if index < at else "behind"
    _lower(features, f"{'speech' if is_speech else 'other'}_verb_{side}", abs(index - at))
    between = sentence.tokens[min(index, at) + 1 : max(index, at)]
    _lower(features, "marks_between", sum(token.tag is Tag.QUOTATION for token in between))
    _lower(features, "verb_gap", abs(index - (subject.last if subject.last < index else subject.first)))


def _lower(features: Features, name: str, value: float) -> None:
    features[name] = min(features[name], float(value))
