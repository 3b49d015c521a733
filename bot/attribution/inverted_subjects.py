"""Subjects that stand behind their verb: “said Ann Bell”, “said the director, Ann Bell”, “said X, Y and Z”."""

from __future__ import annotations

from dataclasses import replace

from bot.attribution.lexicon import Tag
from bot.attribution.names import Name, is_office
from bot.attribution.noun_phrases import MAX_PHRASE_TOKENS, PHRASE_TAGS, NounPhrases, Subject
from bot.model import Span

# “said Ann Bell and her brother”: she alone did not say it, so the surest cue does not bring her to 0.7.
UNNAMED_PARTNER_CONFIDENCE = 0.7
_AFTER_CUE_TAGS = (Tag.SENTENCE_END, Tag.COMMA, Tag.RELATIVE, Tag.PREPOSITION)
APPOSITION_TAGS = (*PHRASE_TAGS, Tag.PREPOSITION)


class InvertedSubjects(NounPhrases):
    """One sentence, asked for the phrases behind its verbs."""

    def find_subject_after(self, index: int) -> Subject | None:
        """Return the phrase that begins at or just after `index`: who, in “said X”."""
        tokens = self.tokens
        while index < len(tokens) and tokens[index].tag is Tag.ADVERB:
            index += 1
        if index < len(tokens) and tokens[index].tag is Tag.PRONOUN:
            return self.pronoun_subject(index)
        last, head = self._scan_phrase(index)
        if last < index:
            return None
        if head is not None and self._is_phrase_head(head, last):
            subject = self.name_subject(head, index)
            if is_office(head, self.lexicon):
                return self._find_apposed_name(last) or self._find_name_over_conjunction(index, last) or subject
            return self._add_joint_names_behind(subject)
        noun = self.noun_subject(index, last)
        return (
            self._find_apposed_name(last)
            or self._find_apposed_name(noun.last)
            or self._find_name_over_conjunction(index, last)
            or noun
        )

    def _find_name_over_conjunction(self, first: int, last: int) -> Subject | None:
        """The name in “said former mayor and Treasury adviser Colin Ashdown”."""
        tokens = self.tokens
        if last + 2 >= len(tokens) or tokens[last + 1].tag is not Tag.CONJUNCTION:
            return None
        end, head = self._scan_phrase(last + 2)
        is_name = head is not None and head.last == end and len(head.words) > 1
        if head is None or not is_name or head.first <= last + 2 or is_office(head, self.lexicon):
            return None
        return Subject(Span(tokens[first].start, tokens[head.last].end), first, head.last, name=head)

    def _add_joint_names_behind(self, subject: Subject) -> Subject:
        """Return `subject` with all of those named in “said X, Y and Z”, if the cue ends behind them."""
        tokens, names, index = self.tokens, [subject.name], self._skip_apposition(subject.last + 1)
        while index + 1 < len(tokens) and tokens[index].tag in (Tag.COMMA, Tag.CONJUNCTION):
            name = self.name_at(index + 1)
            if name is None or name.first != index + 1:
                break
            names.append(name)
            is_last = tokens[index].tag is Tag.CONJUNCTION
            index = self._skip_apposition(name.last + 1)
            if is_last and self.is_cue_end(index):
                *others, last_name = filter(None, names)
                span = Span(subject.span.start, tokens[last_name.last].end)
                return Subject(span, subject.first, last_name.last, name=last_name, joint_names=tuple(others))
        if self._is_joined_by_phrase(subject.last + 1):
            return reduce_confidence(subject, UNNAMED_PARTNER_CONFIDENCE)
        return subject

    def _is_joined_by_phrase(self, index: int) -> bool:
        """Whether one more speaker, by no full name, follows at `index`: “said Ann Bell and her brother, Karl”."""
        tokens, start = self.tokens, index + 1
        if start >= len(tokens) or tokens[index].tag is not Tag.CONJUNCTION or tokens[start].tag not in PHRASE_TAGS:
            return False
        end = next((i for i in range(start, len(tokens)) if tokens[i].tag not in PHRASE_TAGS), len(tokens))
        nouns = self.lexicon.nouns
        is_person = any(token.lower in nouns.offices or token.lower in nouns.kin for token in tokens[start:end])
        return is_person and self.is_cue_end(end)

    def _skip_apposition(self, index: int) -> int:
        """Return the "and" behind what stands in apposition at `index`: “Ann Bell, the mayor, and”; else `index`."""
        tokens = self.tokens
        if index + 2 >= len(tokens) or tokens[index].tag is not Tag.COMMA or tokens[index + 1].tag is Tag.CONJUNCTION:
            return index
        end = next((i for i in range(index + 1, len(tokens)) if tokens[i].tag not in APPOSITION_TAGS), len(tokens))
        is_joined = end + 1 < len(tokens) and tokens[end].tag is Tag.COMMA and tokens[end + 1].tag is Tag.CONJUNCTION
        return end + 1 if is_joined else index

    def _scan_phrase(self, start: int) -> tuple[int, Name | None]:
        """Return the last token of the phrase that begins at `start`, and its last name."""
        tokens = self.tokens
        last, head = start - 1, None
        for index in range(start, min(len(tokens), start + MAX_PHRASE_TOKENS)):
            name = self.name_at(index)
            if tokens[index].tag not in PHRASE_TAGS and (head is None or name is not head):
                break
            last, head = index, name or head
        return last, head

    def _is_phrase_head(self, head: Name, last: int) -> bool:
        """Whether a name is what its phrase is about: not “Liberty’s lawyer”, “the Met inquiry”."""
        if head.last == last:
            return True
        return self.tokens[head.last + 1].tag not in (Tag.POSSESSIVE, Tag.OTHER)

    def _find_apposed_name(self, last: int) -> Subject | None:
        """The name in “said the director, Clare Collier”, if it stands there."""
        tokens = self.tokens
        if last + 2 < len(tokens) and tokens[last + 1].tag is Tag.COMMA:
            name = self.name_at(last + 2)
            if name is not None and (len(name.words) > 1 or name.titles):
                return self.name_subject(name, name.first)
        return None

    def is_cue_end(self, index: int) -> bool:
        """Whether “, said X” is over here, rather than X beginning a clause."""
        return index >= len(self.tokens) or self.tokens[index].tag in _AFTER_CUE_TAGS


def reduce_confidence(subject: Subject, factor: float) -> Subject:
    """Return `subject` as one that had to be sought further off."""
    return replace(subject, confidence=subject.confidence * factor)
