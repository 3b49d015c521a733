"""The subject of a verb of saying, read from the words around it.

No grammar beyond this: a subject ends where its verb begins, or at the comma
before a phrase in apposition; a name after a preposition is no subject.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.attribution.lexicon import Lexicon, Tag
from bot.attribution.names import Name, is_office, is_place, looks_like_full_name
from bot.attribution.noun_phrases import APPOSITION_TAGS, PHRASE_TAGS, NounPhrases, Subject, reduce_confidence
from bot.attribution.tokens import Token
from bot.model import Span

# No subject at the verb, so the sentence’s own: 42 of 52 right.
MAIN_SUBJECT_CONFIDENCE = 0.9
# That subject where it is no name: a noun before a verb is less often who speaks.
MAIN_NOUN_CONFIDENCE = 0.85
# “X said the plan failed, adding “...””: 72 of 77 right.
EARLIER_VERB_CONFIDENCE = 0.93
_SKIPPED_TAGS = (Tag.ADVERB, Tag.AUXILIARY, Tag.TIME, Tag.BE)
_SET_OFF_TAGS = (Tag.COMMA, Tag.DASH, Tag.CLOSE_BRACKET)
_APPOSITION_OPENERS = (Tag.COMMA, Tag.DASH, Tag.OPEN_BRACKET, Tag.RELATIVE)
_NO_SUBJECT_AFTER = (Tag.PREPOSITION, Tag.REPORTING_VERB, Tag.REPORTING_PARTICIPLE, Tag.VERB, Tag.BE, Tag.PRONOUN)
# In tokens, “was called a bully and a cheat by X”; 6 and 10 change nothing on the benchmark.
_AGENT_WINDOW = 8


class Sentence(NounPhrases):
    """One sentence, asked for the subjects of its verbs."""

    def __init__(self, text: str, tokens: Sequence[Token], number: int, lexicon: Lexicon) -> None:
        super().__init__(text, tokens, number, lexicon)
        self._subject_cache: dict[int, Subject | None] = {}

    def find_subject(self, verb: int) -> Subject | None:
        """Return the subject of the verb at token `verb`, of a passive the agent; None where there is none to find."""
        if verb not in self._subject_cache:
            self._subject_cache[verb] = None  # a chain of verbs that leads back here has no subject
            find = self._find_agent if self.is_passive(verb) else self._find_active_subject
            self._subject_cache[verb] = find(verb)
        return self._subject_cache[verb]

    def is_passive(self, verb: int) -> bool:
        """Return whether the verb is done to its subject: “was called”, “been told”."""
        if self.tokens[verb].tag is Tag.REPORTING_PARTICIPLE:
            return False
        index = verb - 1
        while index > 0 and self.tokens[index].tag is Tag.ADVERB:
            index -= 1
        return index >= 0 and self.tokens[index].tag is Tag.BE

    def is_documents_participle(self, index: int) -> bool:
        """Return whether a letter's or a statement's words follow token `index`: “a letter saying”."""
        is_participle = self.token_at(index).tag is Tag.REPORTING_PARTICIPLE
        return is_participle and self.token_at(index - 1).lower in self.lexicon.nouns.documents

    def is_speech_verb(self, index: int) -> bool:
        """Return whether token `index` is a verb of saying that somebody does."""
        token = self.tokens[index]
        is_saying = token.tag is Tag.REPORTING_VERB and token.lemma in self.lexicon.speech_verbs
        return is_saying and not self.is_passive(index)

    def opens_source(self, index: int) -> bool:
        """Return whether token `index` opens "according to"."""
        return self.token_at(index).lower in self.lexicon.source[:1]

    def find_source(self, index: int) -> Subject | None:
        """Return the X of the "according to X" that token `index` opens."""
        return self.find_subject_after(index + len(self.lexicon.source))

    def find_subject_of_earlier_verb(self, verb: int) -> Subject | None:
        """Return the subject of the last verb of saying before token `verb`, less sure, else the sentence's own."""
        for index in range(verb - 1, -1, -1):
            if self.tokens[index].tag is Tag.REPORTING_VERB and not self.is_passive(index):
                subject = self.find_subject(index)
                if subject is not None:
                    return reduce_confidence(subject, EARLIER_VERB_CONFIDENCE)
        return self.find_main_subject(verb)

    def find_main_subject(self, end: int) -> Subject | None:
        """Return the subject of the clause before token `end`: a pronoun or name, else a noun with a verb; or None."""
        # Behind the last semicolon another clause begins.
        clause_start = next((index + 1 for index in range(end - 1, -1, -1) if self.tokens[index].lower == ";"), 0)
        noun: Subject | None = None
        index = clause_start
        while index < end:
            token, name = self.tokens[index], self.name_at(index)
            if token.tag is Tag.PRONOUN and token.lower not in self.lexicon.pronouns.addressed:
                return reduce_confidence(self.pronoun_subject(index), MAIN_SUBJECT_CONFIDENCE)
            if name is not None:
                is_object = self.is_governed(name.first, clause_start) or self.is_modifier(name)
                if not (is_object or self.is_incidental_place(name)):
                    return reduce_confidence(self.expand_name(name), MAIN_SUBJECT_CONFIDENCE)
                index = name.last
            elif noun is None and token.tag is Tag.OTHER and self.is_followed_by_verb(index):
                noun = None if self.is_governed(index, clause_start) else self.subject_ending_at(index)
            index += 1
        return reduce_confidence(noun, MAIN_NOUN_CONFIDENCE) if noun else None

    def _find_active_subject(self, verb: int) -> Subject | None:
        """Return who does what `verb` says, before it or, in “said X”, behind it; None without anybody."""
        tokens = self.tokens
        index = self._skip_left(verb - 1)
        if index < 0 or tokens[index].tag is Tag.QUOTATION:
            # “X denied the “fix,” saying that”: a participle's subject stands before the words.
            is_participle = index > 0 and tokens[verb].tag is Tag.REPORTING_PARTICIPLE
            return self.find_subject_of_earlier_verb(verb) if is_participle else self.find_subject_after(verb + 1)
        tag = tokens[index].tag
        if self.is_documents_participle(verb):
            return self._find_author(index)
        if tag in _SET_OFF_TAGS:
            return self._find_subject_past_comma(index, verb)
        if tag is Tag.PRONOUN:
            return self.pronoun_subject(index)
        if tag is Tag.RELATIVE or self._is_relative_that(index):
            return self._find_antecedent(index)
        return self._find_adjacent_subject(index, verb)

    def _find_author(self, document: int) -> Subject | None:
        """Return the X of “X sent a letter saying”; None where X received it, so that nobody is named as its author."""
        for index in range(document - 1, -1, -1):
            if self.tokens[index].tag in (Tag.VERB, Tag.REPORTING_VERB):
                if self.tokens[index].lower in self.lexicon.receiving_forms or self.is_passive(index):
                    return None
                break
        return self.find_subject_of_earlier_verb(document)

    def _find_adjacent_subject(self, index: int, verb: int) -> Subject | None:
        """Return the phrase right before the verb; before “saying” only a name, and not “to X saying”."""
        tokens = self.tokens
        if tokens[verb].tag is Tag.REPORTING_PARTICIPLE and tokens[index].lower in self.lexicon.markers.comparison:
            quoted = self.name_at(index - 1)
            before = self.find_phrase_start(quoted.first) - 1 if quoted is not None else -1
            if quoted is not None and self.token_at(before).lemma in self.lexicon.verbs.relaying:
                return self.expand_name(quoted)  # “the Post quoted Ann Bell as saying”
        if tokens[index].lower in self.lexicon.markers.infinitive or tokens[index].tag not in PHRASE_TAGS:
            return self.find_subject_of_earlier_verb(verb)
        if tokens[verb].tag is Tag.REPORTING_VERB:
            subject = self.subject_ending_at(index)
            if self.token_at(subject.first - 1).lower in self.lexicon.markers.agent:
                return self.find_main_subject(subject.first - 1)
            return self._find_name_before_open_apposition(subject) or subject
        name = self.name_at(index)
        if name is None:
            return self.find_subject_of_earlier_verb(verb)
        first = self.find_phrase_start(name.first)
        connector = self.token_at(first - 1)
        after_preposition = connector.tag is Tag.PREPOSITION and connector.lower not in self.lexicon.markers.company
        return self.find_subject_of_earlier_verb(verb) if after_preposition else self.name_subject(name, first)

    def _find_name_before_open_apposition(self, subject: Subject) -> Subject | None:
        """Return the name in “Ann Bell, head of policy at Liberty said”, whose second comma is left out; else None."""
        comma = subject.first - 1
        if comma > 0 and self.token_at(comma).tag is Tag.CONJUNCTION:
            comma = self.find_phrase_start(comma - 1) - 1  # “president and head of policy at Liberty”
        is_apposed = subject.first < subject.last and self.token_at(comma).tag is Tag.COMMA
        if not is_apposed or (subject.name is not None and subject.name.first == subject.first):
            return None
        nearest, further = (self._find_full_name_ending_at(end) for end in (comma - 1, self._skip_apposed_left(comma)))
        name = nearest or further
        if name is None:
            return None
        first = self.find_phrase_start(name.first)
        opens_clause = first == 0 or self.tokens[first - 1].tag in (Tag.COMMA, Tag.QUOTATION, Tag.CONJUNCTION)
        return self.name_subject(name, first) if opens_clause else None

    def _find_full_name_ending_at(self, index: int) -> Name | None:
        """Return the name of two words or more that ends at `index`, if no preposition governs it; else None."""
        name = self.name_at(index)
        is_full = name is not None and name.last == index and len(name.words) > 1
        return name if name is not None and is_full and not self.is_governed(name.first) else None

    def _skip_apposed_left(self, comma: int) -> int:
        """Return the token before the comma that opens what `comma` closes, as an age or a role; -1 where none does."""
        index = comma - 1
        while self.token_at(index).tag in APPOSITION_TAGS:
            index -= 1
        return index - 1 if self.token_at(index).tag is Tag.COMMA else -1

    def _find_subject_past_comma(self, comma: int, verb: int) -> Subject | None:
        """Return the subject of a verb that stands behind the comma, dash or bracket at token `comma`."""
        tokens = self.tokens
        if tokens[verb].tag is Tag.REPORTING_PARTICIPLE:
            return self.find_subject_of_earlier_verb(verb)
        previous = self._skip_left(comma - 1)
        if previous < 0 or tokens[previous].tag is Tag.QUOTATION:
            return self.find_subject_after(verb + 1)
        # “Ann Bell, the mayor, ripped Karl Low for”: whom a verb of judging has behind it is no speaker.
        verbs, token = self.lexicon.verbs, tokens[verb]
        may_invert = token.lemma not in verbs.judgement and token.lower not in verbs.addressing_forms
        inverted = self.find_subject_after(verb + 1) if may_invert else None
        if inverted is not None and inverted.name is not None and self.is_cue_end(inverted.last + 1):
            return inverted
        return self._find_subject_before_apposition(comma, verb)

    def _skip_left(self, index: int) -> int:
        """Return the token left of adverbs, auxiliaries, times that end at `index`, “X on Monday also said”, or -1."""
        tokens = self.tokens
        while index >= 0:
            tag = tokens[index].tag
            if tag in _SKIPPED_TAGS:
                index -= 1
                if tag is Tag.TIME and self.token_at(index).tag is Tag.PREPOSITION:
                    index -= 1
            elif (opening := self.find_opening_bracket(index)) is not None:
                index = opening - 1
            elif (tag is Tag.NUMBER and self.token_at(index - 1).tag is Tag.TIME) or self._is_floating(index):
                index -= 1
            else:
                break
        return index

    def _is_floating(self, index: int) -> bool:
        """Whether token `index` counts those named before it: “X, Y and Z all said”."""
        is_behind_name = self.token_at(index - 1).tag is Tag.NAME
        return is_behind_name and self.tokens[index].lower in self.lexicon.markers.floating

    def _find_subject_before_apposition(self, comma: int, verb: int) -> Subject | None:
        """Return the subject before “, advocacy director at Liberty, said”.

        The nearest name or pronoun that something is set off behind, else the
        nearest noun, else the name at the comma itself, as in “Nick Ephgrave, said”.
        """
        last_candidate = self._find_candidate_ending_at(comma - 1)
        if last_candidate is not None and last_candidate.name is not None:
            last_candidate = self._join_name_before_office(last_candidate)
            if last_candidate.joint_names:
                return last_candidate
        noun: Subject | None = None
        for index in range(comma - 2, -1, -1):
            if self.tokens[index + 1].tag in _APPOSITION_OPENERS:
                candidate = self._find_candidate_ending_at(index)
                if candidate is not None and candidate.name is not None and self._may_have_holder(candidate.name):
                    return self._find_holder(index + 2, comma) or candidate
                if candidate is not None and (candidate.pronoun or candidate.name):
                    return candidate
                noun = noun or candidate
        if last_candidate is not None and last_candidate.name is not None:
            return last_candidate
        return noun or self.find_main_subject(verb)

    def _join_name_before_office(self, subject: Subject) -> Subject:
        """Return both speakers of “Ann Bell, the mayor, and the clerk, Karl Low, said”, whose last is `subject`."""
        comma = subject.first - 1
        joint = self.find_phrase_start(comma - 1) - 1 if self.token_at(comma).tag is Tag.COMMA else -1
        if self.token_at(joint).tag is not Tag.CONJUNCTION:
            return subject
        end = joint - 1 - (self.token_at(joint - 1).tag is Tag.COMMA)
        name = self._find_full_name_ending_at(end) or self._find_full_name_ending_at(self._skip_apposed_left(end + 1))
        if name is None:
            return subject
        span = Span(self.tokens[name.first].start, subject.span.end)
        return replace(subject, span=span, first=name.first, joint_names=(name,))

    def _find_holder(self, start: int, comma: int) -> Subject | None:
        """Return the name alone between the commas of “the Information Commissioner, Ann Bell, said”; else None."""
        name = self.name_starting_at(start)
        if name is None or name.last != comma - 1 or len(name.words) == 1:
            return None
        return self.name_subject(name, name.first) if looks_like_full_name(name, self.lexicon) else None

    def _may_have_holder(self, name: Name) -> bool:
        """Whether a name is an office's, or short for one: “MEC for Roads, Ann Bell, said”."""
        return is_office(name, self.lexicon) or (len(name.words) == 1 and self.text[slice(*name.span)].isupper())

    def _find_candidate_ending_at(self, last: int) -> Subject | None:
        """Return the phrase that ends at token `last`, if it can be a subject there; else None."""
        tokens = self.tokens
        if tokens[last].tag is Tag.PRONOUN:
            return self.pronoun_subject(last)
        name = self.name_at(last)
        if tokens[last].tag not in PHRASE_TAGS or (name is not None and is_place(name, self.lexicon)):
            return None
        subject = self.subject_ending_at(last)
        previous = subject.first - 1
        if previous < 0:
            return subject
        # Nor may a name be what somebody did something to: “the man who beat Ann Bell”.
        is_object = subject.name is not None and tokens[subject.first].tag is Tag.OTHER
        if tokens[previous].tag in _NO_SUBJECT_AFTER or (is_object and tokens[previous].tag is Tag.RELATIVE):
            return None
        # “Jane Doe, a resident of Austin, Texas, said”: what follows a name and a comma is
        # itself in apposition.
        is_apposed = tokens[previous].tag is Tag.COMMA and self.name_at(previous - 1) is not None
        is_named = subject.name is not None and not is_office(subject.name, self.lexicon)
        return None if is_apposed and not is_named else subject

    def _is_relative_that(self, index: int) -> bool:
        """Whether the "that" at token `index` stands for the noun before it: “a shirt that said”."""
        is_that = self.tokens[index].lower in self.lexicon.markers.that
        return is_that and self.token_at(index - 1).tag in (Tag.OTHER, Tag.NAME)

    def _find_antecedent(self, relative: int) -> Subject | None:
        """Return what a relative or a participle at token `relative` is said of."""
        index = relative - 1
        if self.token_at(index).tag in _SET_OFF_TAGS:
            index -= 1
        index = self._skip_contrast(index)
        if self.token_at(index).tag is Tag.PRONOUN:
            return self.pronoun_subject(index)
        if self.token_at(index).tag not in PHRASE_TAGS:
            return self.find_main_subject(relative)
        head = self.name_at(index)
        if self.tokens[relative].tag is not Tag.RELATIVE:
            # A person is "who": of “the post by Ann Bell that read” the post is meant.
            return self.noun_subject(self.subject_ending_at(index).first, index)
        if head is None:
            return self.subject_ending_at(index)
        first = self.find_phrase_start(head.first)
        # “Rupert Low plays Dr Crane, who says”: the name of a part in a play.
        is_part = self.token_at(first - 1).lower in self.lexicon.markers.playing
        return self.noun_subject(first, index) if is_part else self.name_subject(head, first)

    def _skip_contrast(self, index: int) -> int:
        """Return the token before the “, not Y” that ends at `index`: “It was X, not Y, who said”; else `index`."""
        name = self.name_at(index)
        negation = name.first - 1 if name is not None else -1
        is_negated = self.token_at(negation).lower in self.lexicon.markers.negations
        return negation - 2 if is_negated and self.token_at(negation - 1).tag is Tag.COMMA else index

    def _find_agent(self, verb: int) -> Subject | None:
        """Return the X of “was called a bully by X”; None without one."""
        for index in range(verb + 1, min(len(self.tokens) - 1, verb + _AGENT_WINDOW)):
            if self.tokens[index].lower in self.lexicon.markers.agent:
                return self.find_subject_after(index + 1)
        return None
