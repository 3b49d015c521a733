"""The cue of a quotation within its sentence.

Sought nearest first: right after the quotation, before it, a noun ("X's plan to"), further
on. The confidence of each pattern was set on annotated news.
"""

from __future__ import annotations

from typing import NamedTuple

from bot.attribution.hearsay import MAX_NOUN_DISTANCE, MAX_VERB_DISTANCE, is_hearsay, is_relayed
from bot.attribution.lexicon import Tag
from bot.attribution.noun_phrases import Subject
from bot.attribution.quotation_marks import MAX_SHORT_WORDS
from bot.attribution.subjects import Sentence

# “...,” X said: 1,069 of 1,087 right.
VERB_AFTER = 0.97
# “...,” said X: 576 of 606 right.
INVERTED_AFTER = 0.97
# X said: “...”: 33 of 36 right.
VERB_WITH_COLON = 0.96
# X said that “...”: 130 of 138 right.
ADJACENT_VERB = 0.93
# X said of this and that “...”: 391 of 423 right.
VERB_BEFORE = 0.84
# X called it “...”: 86 of 108 right.
ATTITUDE_VERB = 0.82
# The same from further off than _NEAR_ATTITUDE_DISTANCE: 8 of 11 right, and 6 were no quotation, so below 0.7.
FAR_ATTITUDE_VERB = 0.68
# X’s plan to “...”, taken where there is no surer cue: none of 5 right on the benchmark, too few to judge it by.
SPEECH_NOUN = 0.72
# “...” is wrong, X said: 29 of 38 right.
LATER_VERB = 0.74
# X’s answer: “...”: 9 of 12 right.
COLON_PHRASE = 0.85
# A bare name and a colon may be a list or a headline, so it stays below 0.7.
COLON_NAME = 0.66
# X claims that Y said “...”: what Y said is what X makes of it, so it stays below 0.7.
HEARSAY = 0.66
# No cue, only the subject of the sentence: 12 of 16 right, and 3 were no quotation: below 0.7.
MAIN_SUBJECT = 0.6
# A word or two behind a verb of opinion: 56 of 72 right, 12 were no quotation. With the factor
# 0.82 becomes 0.69, which is not shown.
SHORT_FACTOR = 0.84
# X called it “rotten”: 46 of 48 right, so a full name, or a surname that one person has, is shown.
JUDGEMENT_FACTOR = 0.885
# Tokens from a noun to its owner: two adjectives and a possessive mark; 3 and 5 change nothing on the benchmark.
_MAX_POSSESSOR_DISTANCE = 4
# Tokens from a verb of opinion to the words: 6 loses 8 right names, 10 finds 4 right and 2 wrong ones.
_NEAR_ATTITUDE_DISTANCE = 8
# A verb of opinion this many tokens before the words keeps them from a verb of saying further off.
_FALLBACK_DISTANCE = 3
# Tokens from a verb to the words; “that” may stand between: 1 loses 1 right and 2 wrong names, 3 finds 3 right
# and 1 wrong.
_ADJACENT_DISTANCE = 2
_INTRODUCING_MARKS = frozenset(":,—")
_SEPARATOR_TAGS = (Tag.COMMA, Tag.COLON, Tag.DASH, Tag.CONJUNCTION, Tag.SUBORDINATOR)


class Cue(NamedTuple):
    """A subject, the first and last tokens of subject and verb together, and how far the pattern is trusted."""

    subject: Subject
    first: int
    last: int
    confidence: float


class QuotedWords(NamedTuple):
    """Of the quoted words: how many they are, and whether they pause at their end."""

    length: int
    ends_in_pause: bool


def find_cue(sentence: Sentence, quote_index: int, words: QuotedWords) -> Cue | None:
    """Return the best cue for the quotation at token `quote_index`; None where there is none."""
    if is_relayed(sentence, quote_index) or _is_put_to_subject(sentence, quote_index):
        return None
    opens_sentence = sentence.token_at(quote_index - 1).tag in (Tag.COLON, Tag.SENTENCE_END)
    cue_after = _find_right_after(sentence, quote_index)
    cue_before = _find_verb_before(sentence, quote_index)
    noun_cue = _find_noun_before(sentence, quote_index)
    is_weak = cue_before is None or cue_before.confidence < ADJACENT_VERB
    if cue_before is not None and cue_after is not None and _ends_clause(sentence, cue_after.last + 1):
        # “Nothing the minister said “...”, Ann Bell complained”: the last verb governs all of it.
        is_outermost = sentence.tokens[quote_index + 1].tag is Tag.COMMA and cue_after.first == quote_index + 2
        if is_outermost and sentence.tokens[cue_before.last].tag is Tag.REPORTING_VERB:
            return cue_after
    is_weighty = words.length > MAX_SHORT_WORDS or words.ends_in_pause
    if cue_after is not None and (opens_sentence or (is_weak and is_weighty)):
        return cue_after
    if cue_before is not None:
        return _weigh_before(sentence, quote_index, cue_before, noun_cue, words)
    if noun_cue is not None or words.length <= MAX_SHORT_WORDS:
        return noun_cue or _find_sentence_final(sentence, quote_index)
    return (
        cue_after
        or _find_colon_label(sentence, quote_index)
        or _find_later_verb(sentence, quote_index)
        or _find_main_subject(sentence, quote_index)
    )


def _is_put_to_subject(sentence: Sentence, quote_index: int) -> bool:
    """Whether nobody knows who said the words to the subject: “X was asked: “...””."""
    verb = quote_index - _ADJACENT_DISTANCE
    is_introduced = verb > 0 and sentence.tokens[verb + 1].tag is Tag.COLON
    return is_introduced and _is_spoken_of(sentence, verb, quote_index) and sentence.find_subject(verb) is None


def _weigh_before(
    sentence: Sentence, quote_index: int, cue_before: Cue, noun_cue: Cue | None, words: QuotedWords
) -> Cue:
    """Return the cue of the verb before the words, less sure at times, or of the noun of saying between the two."""
    if noun_cue is not None:
        is_weak = cue_before.confidence < ADJACENT_VERB
        if is_weak and _owns_statement(sentence, noun_cue, cue_before):
            # “X said Y’s claim that it was “...” was wrong”: Y’s words, or X’s for them.
            return cue_before._replace(confidence=MAIN_SUBJECT)
        is_adjoining = noun_cue.last > cue_before.last and quote_index - noun_cue.last == _ADJACENT_DISTANCE
        owner = noun_cue.subject.name
        # “X recalled Y’s warning: “...”” whatever the verb; in “her statement” it is X’s own.
        is_another = noun_cue.subject.pronoun is None and owner != cue_before.subject.name
        if is_adjoining and (is_weak or is_another):
            return noun_cue
    return _discount_short(sentence, quote_index, cue_before, words)


def _owns_statement(sentence: Sentence, noun_cue: Cue, cue_before: Cue) -> bool:
    """Whether the noun of a statement of its own, “Y’s claim that ...”, stands between the verb and the words."""
    is_between = noun_cue.first > cue_before.last
    return is_between and sentence.token_at(noun_cue.last + 1).lower in sentence.lexicon.markers.that


def _discount_short(sentence: Sentence, quote_index: int, cue_before: Cue, words: QuotedWords) -> Cue:
    """Return a cue, less sure for up to three words behind "a" or a verb of opinion, which may be anybody's."""
    if words.length > MAX_SHORT_WORDS:
        return cue_before
    is_label = sentence.tokens[quote_index - 1].tag is Tag.DETERMINER and cue_before.confidence <= VERB_BEFORE
    if is_label or cue_before.confidence <= ATTITUDE_VERB:
        factor = JUDGEMENT_FACTOR if _is_judgement(sentence, cue_before) else SHORT_FACTOR
        return cue_before._replace(confidence=min(cue_before.confidence, ATTITUDE_VERB) * factor)
    return cue_before


def _is_judgement(sentence: Sentence, cue: Cue) -> bool:
    """Whether somebody named says what something is: “Ann Bell called the plan “rotten””."""
    token, verbs, name = sentence.tokens[cue.last], sentence.lexicon.verbs, cue.subject.name
    is_finite = token.tag is Tag.REPORTING_VERB and cue.subject.last < cue.last
    return name is not None and is_finite and (token.lemma in verbs.judgement or token.lemma in verbs.labelling)


def _find_sentence_final(sentence: Sentence, quote_index: int) -> Cue | None:
    """Return the verb of saying further on if it ends the sentence, as it must for a word or two; else None."""
    later_cue = _find_later_verb(sentence, quote_index)
    is_final = later_cue is not None and later_cue.last + 2 >= len(sentence.tokens)
    return later_cue if is_final else None


def _find_right_after(sentence: Sentence, quote_index: int) -> Cue | None:
    """Return the cue in “...,” X said; “...,” said X; “...,” according to X; None where none follows."""
    index = quote_index + 1
    while sentence.token_at(index).tag in (Tag.COMMA, Tag.DASH):
        index += 1
    if sentence.opens_source(index):
        subject = sentence.find_source(index)
        return Cue(subject, index, subject.last, VERB_AFTER) if subject else None
    verb = _find_first_verb(sentence, index)
    subject = sentence.find_subject(verb) if verb is not None else None
    if verb is None or subject is None:
        return None
    if subject.first > verb:
        return Cue(subject, verb, subject.last, INVERTED_AFTER)
    return _build_right_after(sentence, index, verb, subject)


def _build_right_after(sentence: Sentence, start: int, verb: int, subject: Subject) -> Cue | None:
    """Return the cue “X said” right behind the quotation; None for a clause of its own that happens to follow."""
    tokens = sentence.tokens
    is_joined = tokens[start].tag in (Tag.CONJUNCTION, Tag.SUBORDINATOR)
    if is_joined or not start <= subject.first <= start + 1:
        return None
    # “...,” though landlords disagree, Ann Bell said: the verb of saying further on is the cue.
    is_cue = tokens[verb].lemma in sentence.lexicon.speech_verbs or (
        _ends_clause(sentence, verb + 1) and _find_later_verb(sentence, verb) is None
    )
    return Cue(subject, subject.first, verb, VERB_AFTER) if is_cue else None


def _ends_clause(sentence: Sentence, index: int) -> bool:
    """Whether a clause ends before the token at `index`: at a mark, a quotation or the sentence's end."""
    return sentence.token_at(index).tag in (Tag.SENTENCE_END, Tag.COMMA, Tag.QUOTATION)


def _find_first_verb(sentence: Sentence, start: int) -> int | None:
    """Return the verb of the cue behind a quotation, over a relative clause on the way; None where there is none."""
    tokens = sentence.tokens
    in_relative_clause = False
    for index in range(start, min(len(tokens), start + MAX_VERB_DISTANCE)):
        tag = tokens[index].tag
        if tag is Tag.QUOTATION:
            return None
        in_relative_clause = in_relative_clause or tag is Tag.RELATIVE
        if tag is not Tag.REPORTING_VERB or sentence.is_passive(index):
            continue
        lexicon = sentence.lexicon
        allowed_verbs = lexicon.verbs.core if in_relative_clause else lexicon.speech_verbs
        if tokens[index].lemma in allowed_verbs or (index > start and not in_relative_clause):
            return index
    return None


def _find_verb_before(sentence: Sentence, quote_index: int) -> Cue | None:
    """Return the cue of the nearest verb before the words; a far verb of opinion yields to one of saying; or None."""
    fallback: Cue | None = None
    for index in range(quote_index - 1, max(-1, quote_index - 1 - MAX_VERB_DISTANCE), -1):
        cue = _cue_at(sentence, index, quote_index)
        if cue is None:
            if fallback is None and _is_spoken_of(sentence, index, quote_index):
                return None
            continue
        token = sentence.tokens[index]
        is_speech_verb = sentence.opens_source(index) or token.lemma in sentence.lexicon.verbs.core
        if fallback is not None and is_speech_verb and token.tag is Tag.REPORTING_VERB:
            return cue
        if fallback is None and (is_speech_verb or quote_index - index <= _FALLBACK_DISTANCE):
            return cue
        fallback = fallback or cue
    return fallback


def _cue_at(sentence: Sentence, index: int, quote_index: int) -> Cue | None:
    """Return the cue that token `index` is for the quotation at `quote_index`; None where it is none."""
    tokens = sentence.tokens
    if sentence.opens_source(index):
        subject = sentence.find_source(index)
        return Cue(subject, index, subject.last, VERB_BEFORE) if subject and subject.last < quote_index else None
    is_verb = tokens[index].tag in (Tag.REPORTING_VERB, Tag.REPORTING_PARTICIPLE)
    subject = sentence.find_subject(index) if is_verb else None
    if subject is None or subject.first <= quote_index <= subject.last:
        return None
    if _introduces_nothing(sentence, index, quote_index):
        return None
    if sentence.is_passive(index):
        return Cue(subject, index, max(index, subject.last), ATTITUDE_VERB)
    if subject.first > index and tokens[quote_index - 1].tag not in _SEPARATOR_TAGS:
        return None
    first, last = sorted((subject.first, index))
    confidence = _verb_confidence(sentence, index, quote_index)
    cue = Cue(subject, first, max(last, subject.last), confidence)
    return _weigh_hearsay(sentence, index, cue) if subject.last < index and is_hearsay(sentence, subject) else cue


def _weigh_hearsay(sentence: Sentence, verb: int, cue: Cue) -> Cue | None:
    """Return the cue at less confidence, as others allege it; None for a verb as in “X said that Y showed “...””."""
    verbs = sentence.lexicon.verbs
    is_said = sentence.tokens[verb].lemma in sentence.lexicon.speech_verbs | verbs.labelling | verbs.judgement
    return cue._replace(confidence=min(cue.confidence, HEARSAY)) if is_said else None


def _is_spoken_of(sentence: Sentence, index: int, quote_index: int) -> bool:
    """Whether the words are said of the subject by nobody knows whom: “X admitted that he was called “...””."""
    token, verbs = sentence.tokens[index], sentence.lexicon.verbs
    is_near = quote_index - index <= _ADJACENT_DISTANCE
    is_told = token.lemma in verbs.listener or token.lemma in verbs.request  # “they were told that it was “...””
    takes_words = is_told or (is_near and token.lemma in verbs.labelling)
    return takes_words and token.tag is Tag.REPORTING_VERB and sentence.is_passive(index)


def _lacks_object(sentence: Sentence, index: int, quote_index: int) -> bool:
    """Whether a verb of labelling stands behind a comma without an object: “X, described as “...”, left”.

    Nor has it one where "by" follows: “X, described by Y as “...””.
    """
    tokens, lexicon = sentence.tokens, sentence.lexicon
    is_labelling = tokens[index].lemma in lexicon.verbs.labelling and tokens[index].tag is Tag.REPORTING_VERB
    if not is_labelling or sentence.token_at(index - 1).tag not in (Tag.COMMA, Tag.DASH, Tag.OPEN_BRACKET):
        return False
    following, is_compared = tokens[index + 1], tokens[quote_index - 1].lower in lexicon.markers.comparison
    if following.lower in lexicon.markers.comparison | lexicon.markers.agent:
        return True
    if is_compared and following.tag in (Tag.PREPOSITION, Tag.ADVERB):
        return True  # “X – known to friends as “...” – left”
    name = sentence.name_at(index - 2)
    # Not “Ann Bell, for one, called “...”” nor “Liberty, Ann Bell, called “...””.
    return index + 1 == quote_index and name is not None and not sentence.is_behind_comma(name.first)


def _introduces_nothing(sentence: Sentence, index: int, quote_index: int) -> bool:
    """Whether a verb introduces no words: “praised her for showing”, “will continue to be”, “seen by X”."""
    tokens, markers = sentence.tokens, sentence.lexicon.markers
    is_participle = tokens[index].tag is Tag.REPORTING_PARTICIPLE
    if is_participle and sentence.token_at(index - 1).lower in markers.reason:
        return True
    if sentence.is_passive(index) and tokens[index].lemma in sentence.lexicon.verbs.perception:
        return True
    is_continuing = tokens[index].lemma in sentence.lexicon.verbs.aspectual
    return _lacks_object(sentence, index, quote_index) or (
        is_continuing and tokens[index + 1].lower in markers.infinitive
    )


def _verb_confidence(sentence: Sentence, index: int, quote_index: int) -> float:
    """Return how surely the verb at `index` introduces the quotation: by its kind, a colon and the distance."""
    lexicon, previous, distance = sentence.lexicon, sentence.tokens[quote_index - 1], quote_index - index
    if sentence.tokens[index].lemma not in lexicon.speech_verbs:
        # “condemned the whole of the plan as ‘...’”: however far, “as” leads to the words.
        is_near = distance <= _NEAR_ATTITUDE_DISTANCE or previous.lower in lexicon.markers.comparison
        return ATTITUDE_VERB if is_near else FAR_ATTITUDE_VERB
    if previous.tag is Tag.COLON:
        return VERB_WITH_COLON
    return ADJACENT_VERB if distance <= _ADJACENT_DISTANCE else VERB_BEFORE


def _find_noun_before(sentence: Sentence, quote_index: int) -> Cue | None:
    """Return the cue in “X’s plan to ...”, “in her words, ...”, “a letter from X: ...”; None without one."""
    tokens, lexicon = sentence.tokens, sentence.lexicon
    for index in range(quote_index - 1, max(-1, quote_index - MAX_NOUN_DISTANCE), -1):
        if tokens[index].lower not in lexicon.nouns.speech or tokens[index].tag is not Tag.OTHER:
            continue
        possessor, following = _find_possessor(sentence, index), tokens[index + 1].lower
        introduces_words = following in lexicon.markers.introducing or following in _INTRODUCING_MARKS
        if possessor is not None and (introduces_words or index + 1 == quote_index):
            return Cue(possessor, possessor.first, index, SPEECH_NOUN)
        if following in lexicon.markers.sources:
            subject = sentence.find_subject_after(index + 2)
            if subject is not None and subject.last < quote_index and subject.name is not None:
                return Cue(subject, index, subject.last, SPEECH_NOUN)
    return None


def _find_possessor(sentence: Sentence, noun_index: int) -> Subject | None:
    """Return the X of “X’s plan”, “his plan” as a subject; None where nobody owns the noun."""
    tokens = sentence.tokens
    for index in range(noun_index - 1, max(-1, noun_index - 1 - _MAX_POSSESSOR_DISTANCE), -1):
        if tokens[index].tag is Tag.POSSESSIVE and index:
            name = sentence.name_at(index - 1)
            return sentence.expand_name(name) if name is not None else sentence.subject_ending_at(index - 1)
        pronoun = sentence.lexicon.possessives.get(tokens[index].lower)
        if pronoun is not None:
            return sentence.pronoun_subject(index, pronoun)
        if tokens[index].tag not in (Tag.OTHER, Tag.NAME, Tag.NUMBER):
            return None
    return None


def _find_colon_label(sentence: Sentence, quote_index: int) -> Cue | None:
    """Return the cue in “Her answer: ...”, “Ann Bell: ...”, or None; a bare name may be a headline's or a list's."""
    is_introduced = sentence.token_at(quote_index - 1).tag is Tag.COLON
    subject = sentence.find_main_subject(quote_index) if is_introduced else None
    if subject is None:
        return None
    is_bare_name = subject.last == quote_index - 2 and subject.first == 0
    return Cue(subject, subject.first, subject.last, COLON_NAME if is_bare_name else COLON_PHRASE)


def _find_later_verb(sentence: Sentence, quote_index: int) -> Cue | None:
    """Return the cue of a verb of saying further on: “...” is wrong, X said; None without one."""
    tokens = sentence.tokens
    for index in range(quote_index + 1, min(len(tokens), quote_index + MAX_VERB_DISTANCE)):
        if sentence.is_speech_verb(index):
            subject = sentence.find_subject(index)
            if subject is not None:
                first, last = sorted((subject.first, index))
                return Cue(subject, first, max(last, subject.last), LATER_VERB)
    return None


def _find_main_subject(sentence: Sentence, quote_index: int) -> Cue | None:
    """Return the subject of the clause before the words as their cue, where no verb introduces them; or None."""
    subject = sentence.find_main_subject(quote_index)
    return Cue(subject, subject.first, subject.last, MAIN_SUBJECT) if subject is not None else None
