"""Statements in the publication's own words: "X says that ...", "according to X", "..., X said".

Only verbs that leave no doubt that something was said, asked or decided; a
verb of opinion counts before "that" or a clause of its own. What is found is
never shown as anybody's own words.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile
from typing import NamedTuple

from bot.attribution.complements import (
    TOO_FEW_WORDS,
    VERB_TAGS,
    clause_follows,
    find_complement_start,
    find_that_clause,
    find_told_clause,
    is_past_tense,
    skip_interlude,
    skip_listener,
)
from bot.attribution.hearsay import is_denied_before
from bot.attribution.lexicon import Lexicon, Tag
from bot.attribution.noun_phrases import Subject
from bot.attribution.subjects import Sentence
from bot.attribution.tokens import Token
from bot.model import Span

# X says it rains: without “that” the clause may end early.
BARE_CLAUSE_CONFIDENCE = 0.86
# X says that it rains.
THAT_CLAUSE_CONFIDENCE = 0.9
# It rains, X says.
POSTPOSED_CONFIDENCE = 0.9
# According to X, it rains.
ACCORDING_TO_CONFIDENCE = 0.9
# X urged them to stop: what was said is the publication’s summary. Shown for a sure name only.
SPEECH_ACT_CONFIDENCE = 0.75
_CUE_TAGS = (Tag.REPORTING_VERB, Tag.REPORTING_PARTICIPLE)
_AFTER_CUE_TAGS = (Tag.SENTENCE_END, Tag.COMMA, Tag.PREPOSITION, Tag.TIME, Tag.RELATIVE, Tag.SUBORDINATOR)
_OBJECT_TAGS = (Tag.DETERMINER, Tag.NAME, Tag.OTHER, Tag.OBJECT_PRONOUN)
_SUBJECT_OPENERS = (Tag.DETERMINER, Tag.NAME, Tag.OTHER, Tag.PRONOUN, Tag.NUMBER)
_SPLIT_OPENERS = (*_SUBJECT_OPENERS, Tag.SUBORDINATOR)
_PHRASE_TAGS = (*_SUBJECT_OPENERS, Tag.PREPOSITION, Tag.POSSESSIVE)
_PAUSES = (Tag.COMMA, Tag.QUOTATION)
# In tokens, “who also urged”: what follows belongs to a clause about somebody.
_SPEECH_ACT_RELATIVE_WINDOW = 3


class ReportedStatement(NamedTuple):
    """A statement, who is said to have made it, where the cue stands, the trust in it, and the token of its verb."""

    span: Span
    subject: Subject
    cue: Span
    confidence: float
    verb: int


def find_reported_statements(sentence: Sentence) -> list[ReportedStatement]:
    """Return the statements that a sentence reports, in order, none overlapping."""
    statements: list[ReportedStatement] = []
    next_start, sources = 0, sentence.lexicon.source[:1]
    for index, token in enumerate(sentence.tokens):
        if not (token.tag in _CUE_TAGS or token.lower in sources) or token.start < next_start:
            continue
        statement = _find_statement_at(sentence, index)
        if statement is not None and statement.span.start >= next_start:
            statements.append(statement)
            next_start = statement.span.end
    return statements


def _find_statement_at(sentence: Sentence, index: int) -> ReportedStatement | None:
    """Return what the cue at token `index` reports; None where there is no cue, or it is passive or hedged."""
    token = sentence.tokens[index]
    if sentence.opens_source(index):
        return _match_according_to(sentence, index)
    if token.tag not in _CUE_TAGS or sentence.is_passive(index) or _is_hedged(sentence, index):
        return None
    return _match_cue_before(sentence, index) or _match_cue_after(sentence, index) or _match_speech_act(sentence, index)


def _is_hedged(sentence: Sentence, verb: int) -> bool:
    """Whether nothing was said: “would say”, “did not say”, “wants to say”, “if X says”; “went on to say” is a fact."""
    auxiliaries = takewhile(lambda token: token.tag in (Tag.ADVERB, Tag.AUXILIARY), reversed(sentence.tokens[:verb]))
    if any(token.lower in sentence.lexicon.markers.hedges for token in auxiliaries):
        return True
    tokens, markers = sentence.tokens, sentence.lexicon.markers
    is_infinitive = verb > 1 and tokens[verb - 1].lower in markers.infinitive
    if is_infinitive and tokens[verb - 2].lower not in markers.date:
        return not _goes_on(sentence, verb)
    subject = sentence.find_subject(verb)
    if subject is None or subject.first > verb:
        return False
    is_condition = sentence.token_at(subject.first - 1).lower in markers.conditions
    # Not every “not”: “they were not surprised that X said”.
    return is_condition or is_denied_before(sentence, subject.first, markers.absence)


def _goes_on(sentence: Sentence, verb: int) -> bool:
    """Whether the verb is the “insist” of “X continued to insist”, which tells a fact."""
    governor = sentence.token_at(verb - 2)
    is_aspectual = governor.tag is Tag.REPORTING_VERB and governor.lemma in sentence.lexicon.verbs.aspectual
    return verb > 2 and is_aspectual and not _is_hedged(sentence, verb - 2)


def _match_cue_before(sentence: Sentence, verb: int) -> ReportedStatement | None:
    """Return the statement in “X says that STATEMENT”, “X says STATEMENT”; None without one."""
    lemma, lexicon = sentence.tokens[verb].lemma, sentence.lexicon
    complement_start = find_complement_start(sentence, verb)
    clause_start = find_that_clause(sentence, complement_start) if lemma in lexicon.that_clause_verbs else None
    if clause_start is not None:
        return _extract_statement(sentence, verb, clause_start, THAT_CLAUSE_CONFIDENCE)
    if lemma in lexicon.verbs.listener:
        told_start = find_told_clause(sentence, verb)
        return _extract_statement(sentence, verb, told_start, BARE_CLAUSE_CONFIDENCE) if told_start else None
    complement_start = skip_interlude(sentence, complement_start)
    # “The poll shows the mill is dear”: of people only what they show or find that.
    is_study = lemma in lexicon.verbs.that_clause and sentence.token_at(verb - 1).lower in lexicon.nouns.studies
    if not (is_study or lemma in lexicon.verbs.bare_clause) or not clause_follows(sentence, verb, complement_start):
        return None
    return _extract_statement(sentence, verb, complement_start, BARE_CLAUSE_CONFIDENCE)


def _extract_statement(sentence: Sentence, verb: int, start: int, confidence: float) -> ReportedStatement | None:
    """Return the statement from token `start` to the sentence's end or next verb of saying; None without a subject."""
    subject = sentence.find_subject(verb) or _find_subject_behind_participle(sentence, verb)
    is_opening = subject is not None and subject.first > verb and _opens_sentence(sentence, verb)
    if subject is None or (subject.first > verb and not is_opening):
        return None
    tokens = sentence.tokens
    is_first_verb = all(token.tag is not Tag.REPORTING_VERB for token in tokens[subject.last + 1 : verb])
    if is_first_verb and confidence != THAT_CLAUSE_CONFIDENCE and _follows_quotation(sentence, subject.first):
        return None
    end = subject.first if is_opening else _find_content_end(tokens)
    for index in range(start + 2, end):
        is_saying = tokens[index].lemma in sentence.lexicon.that_clause_verbs
        is_next_verb = tokens[index].tag is Tag.REPORTING_VERB and tokens[index - 1].tag is Tag.CONJUNCTION
        is_added = tokens[index].tag is Tag.REPORTING_PARTICIPLE and tokens[index - 1].tag in _PAUSES
        if is_saying and (is_next_verb or is_added):
            end = index - (tokens[index - 1].tag is not Tag.QUOTATION)
            break
        other = _find_other_speaker(sentence, index, start)
        if other is not None:
            end = other
            break
    while end > start and tokens[end - 1].tag in (Tag.COMMA, Tag.CONJUNCTION, Tag.DASH):
        end -= 1
    return _build_statement(sentence, range(start, end), subject, verb, confidence)


def _find_other_speaker(sentence: Sentence, verb: int, start: int) -> int | None:
    """Return the comma before “, while Y said it snows”, which is no part of what X said; None where there is none."""
    tokens = sentence.tokens
    is_saying = tokens[verb].tag is Tag.REPORTING_VERB and tokens[verb].lemma in sentence.lexicon.verbs.core
    subject = sentence.find_subject(verb) if is_saying else None
    joint = subject.first - 1 if subject is not None and subject.first < verb else 0
    is_set_off = joint > start + 1 and tokens[joint - 1].tag is Tag.COMMA
    return joint - 1 if is_set_off and tokens[joint].lower in sentence.lexicon.markers.contrast else None


def _opens_sentence(sentence: Sentence, verb: int) -> bool:
    """Whether a participle opens its sentence: “Claiming that it rains, X left”, “While saying so, X left”."""
    tokens = sentence.tokens
    is_perfect = verb == 1 and tokens[0].lower.endswith(sentence.lexicon.endings["phrase"])  # “Having said that”
    is_participle = tokens[verb].tag is Tag.REPORTING_PARTICIPLE or is_perfect
    return is_participle and all(t.tag in (Tag.AUXILIARY, Tag.SUBORDINATOR, Tag.PREPOSITION) for t in tokens[:verb])


def _find_subject_behind_participle(sentence: Sentence, verb: int) -> Subject | None:
    """Return the X of “Claiming that it rains, X left”: the name or pronoun behind the last comma that has a verb."""
    tokens = sentence.tokens
    if not _opens_sentence(sentence, verb):
        return None
    commas = [index for index in range(verb + 1, len(tokens) - 1) if tokens[index].tag is Tag.COMMA]
    for comma in reversed(commas):
        subject = sentence.find_subject_after(comma + 1)
        is_named = subject is not None and (subject.name is not None or subject.pronoun is not None)
        if subject is not None and is_named and sentence.is_followed_by_verb(subject.last):
            return subject
    return None


def _follows_quotation(sentence: Sentence, subject_start: int) -> bool:
    """Whether the subject stands right behind a quotation: the verb is the cue of that one."""
    quotation = subject_start - 1 - (sentence.token_at(subject_start - 1).tag is Tag.COMMA)
    is_quotation = sentence.token_at(quotation).tag is Tag.QUOTATION
    # “To a question on the “selling of jobs”, Low said”: marked words within a phrase have no cue behind them.
    return is_quotation and sentence.token_at(quotation - 1).tag not in (Tag.PREPOSITION, Tag.DETERMINER)


def _match_cue_after(sentence: Sentence, verb: int) -> ReportedStatement | None:
    """Return the statement in “STATEMENT, X said”, “STATEMENT, said X”, “PHRASE, X said, STATEMENT”; or None."""
    tokens = sentence.tokens
    if tokens[verb].lemma not in sentence.lexicon.verbs.postposed or tokens[verb].tag is not Tag.REPORTING_VERB:
        return None
    subject = sentence.find_subject(verb)
    if subject is None or _has_cue_of_quotation(tokens, verb):
        return None
    first, last = _find_cue_bounds(sentence, subject, verb)
    content = _find_set_off_content(sentence, first, last)
    return _build_statement(sentence, content, subject, verb, POSTPOSED_CONFIDENCE) if content else None


def _has_cue_of_quotation(tokens: Sequence[Token], verb: int) -> bool:
    """Whether the verb may introduce a quotation; not in “The mill is shut, Low said, adding: “...””."""
    quote = next((index for index, token in enumerate(tokens) if token.tag is Tag.QUOTATION), None)
    return quote is not None and (quote <= verb or tokens[quote - 2].tag is not Tag.REPORTING_PARTICIPLE)


def _find_cue_bounds(sentence: Sentence, subject: Subject, verb: int) -> tuple[int, int]:
    """Return the first and last tokens of a cue: with "as" before it, and whom it tells behind it."""
    tokens, lexicon = sentence.tokens, sentence.lexicon
    first, last = min(subject.first, verb), max(subject.last, verb)
    first -= sentence.token_at(first - 1).lower in lexicon.markers.comparison
    if last == verb and tokens[verb].lemma in lexicon.verbs.listener:
        last = skip_listener(tokens, verb + 1) - 1
    behind = sentence.token_at(last + 1).lower
    if last == verb and behind in lexicon.verb_particles.get(tokens[verb].lemma, ()):
        last += 1  # its particle: “as X points out”
    elif behind in lexicon.markers.date and sentence.token_at(last + 2).tag is Tag.TIME:
        last += 2  # “as X reported on Monday”
    return first, last


def _find_set_off_content(sentence: Sentence, first: int, last: int) -> range | None:
    """Return the tokens that the cue in [first, last] reports, where commas set it off from them; else None."""
    tokens, end = sentence.tokens, _find_content_end(sentence.tokens)
    following = sentence.token_at(last + 1).tag
    if first == 0 or tokens[first - 1].tag in (Tag.CONJUNCTION, Tag.SUBORDINATOR):
        # “As Ann Bell noted, the mill is shut.”
        opens_with_as = tokens[first].lower in sentence.lexicon.markers.comparison
        return range(last + 2, end) if opens_with_as and following is Tag.COMMA else None
    if tokens[first - 1].tag not in (Tag.COMMA, Tag.DASH) or following not in _AFTER_CUE_TAGS:
        return None
    if _is_split_statement(sentence, first, last):
        return range(end)
    if _is_clause(tokens[: first - 1], sentence.lexicon):
        return range(first - 1)
    return range(last + 2, end) if following is Tag.COMMA else None


def _is_split_statement(sentence: Sentence, first: int, last: int) -> bool:
    """Whether the cue in tokens [first, last] parts a subject from its verb: “The toll, X claimed, breaks the law”."""
    tokens = sentence.tokens
    if last + 2 >= len(tokens) or tokens[last + 1].tag is not Tag.COMMA or tokens[0].tag not in _SPLIT_OPENERS:
        return False
    if tokens[0].tag is Tag.SUBORDINATOR:
        return True  # “If the rain stops, X said, the roads will dry”
    is_phrase = all(token.tag in _PHRASE_TAGS for token in tokens[: first - 1])
    following = tokens[last + 2]
    if following.tag in (Tag.BE, Tag.AUXILIARY) or tokens[first - 2].tag in (Tag.BE, Tag.AUXILIARY):
        return True  # “The toll that they raised, X said, is dear”; “It was, X said, a blow”
    if following.lower in sentence.lexicon.markers.continuing:
        return True  # “It is no wonder, X said, that they left”
    return is_phrase and (following.tag in VERB_TAGS or following.lower.endswith(sentence.lexicon.endings["verb"]))


def _is_clause(tokens: Sequence[Token], lexicon: Lexicon) -> bool:
    """Whether these tokens are a clause of their own and no mere opening phrase."""
    first = next((token for token in tokens if token.tag is not Tag.CONJUNCTION), None)
    is_phrase = first is None or first.tag in (Tag.PREPOSITION, Tag.SUBORDINATOR, Tag.REPORTING_PARTICIPLE)
    if first is None or is_phrase or (first.lower.endswith(lexicon.endings["phrase"]) and first.tag is not Tag.NAME):
        # “In Leeds, the mill is shut”: the clause stands behind the phrase.
        comma = next((index for index, token in enumerate(tokens) if token.tag is Tag.COMMA), None)
        return comma is not None and _is_clause(tokens[comma + 1 :], lexicon)
    return any(token.tag in VERB_TAGS or is_past_tense(token, lexicon) for token in tokens[1:])


def _match_speech_act(sentence: Sentence, verb: int) -> ReportedStatement | None:
    """Return what is said by the verb itself, “urged them to”, “called for”, “criticised the plan”; or None."""
    tokens = sentence.tokens
    lexicon, lemma, start = sentence.lexicon, tokens[verb].lemma, verb + 1
    previous, following = sentence.token_at(verb - 1), sentence.token_at(start)
    # A participle goes on from its subject: “is backing”, “, promising to”.
    is_act = tokens[verb].tag is Tag.REPORTING_VERB or previous.tag in (Tag.COMMA, Tag.BE)
    is_wish = previous.lower in lexicon.markers.infinitive and not _goes_on(sentence, verb)
    before = tokens[max(0, verb - _SPEECH_ACT_RELATIVE_WINDOW) : verb]
    if not is_act or is_wish or any(token.tag is Tag.RELATIVE for token in before):
        return None
    is_speech_act = following.lower in lexicon.verb_prepositions.get(lemma, ())
    if lemma in lexicon.verbs.request and not is_speech_act:
        start = skip_listener(tokens, start)
        is_speech_act = sentence.token_at(start).lower in lexicon.markers.request_complements
    elif not is_speech_act:
        is_infinitive = lemma in lexicon.verbs.to_infinitive and following.lower in lexicon.markers.infinitive
        # “explained why it rains”
        is_question = following.lower in lexicon.markers.request_complements and following.tag is Tag.SUBORDINATOR
        has_object = following.tag in _OBJECT_TAGS or is_question
        is_speech_act = is_infinitive or (has_object and lemma in lexicon.verbs.speech_act)
    return _extract_statement(sentence, verb, start, SPEECH_ACT_CONFIDENCE) if is_speech_act else None


def _match_according_to(sentence: Sentence, index: int) -> ReportedStatement | None:
    """Return the statement before “according to X”, or behind it if that opens a clause or is far longer; or None."""
    tokens = sentence.tokens
    source = sentence.lexicon.source
    is_whole = tuple(token.lower for token in tokens[index : index + len(source)]) == source
    subject = sentence.find_source(index) if is_whole else None
    if subject is None:
        return None
    end = _find_content_end(tokens)
    commas = (p for p in range(subject.last + 1, end) if tokens[p].tag is Tag.COMMA)
    following = range(next(commas, end) + 1, end)
    is_initial = index == 0 or tokens[index - 1].tag in (Tag.CONJUNCTION, Tag.SUBORDINATOR)
    preceding = range(index - (tokens[index - 1].tag is Tag.COMMA)) if index else range(0)
    if is_initial or len(following) > 2 * len(preceding):
        return _build_statement(sentence, following, subject, index, ACCORDING_TO_CONFIDENCE)
    return _build_statement(sentence, preceding, subject, index, ACCORDING_TO_CONFIDENCE)


def _find_content_end(tokens: Sequence[Token]) -> int:
    """Return where the tokens end without the full stop."""
    return len(tokens) - 1 if tokens[-1].tag is Tag.SENTENCE_END else len(tokens)


def _build_statement(
    sentence: Sentence, token_range: range, subject: Subject, verb: int, confidence: float
) -> ReportedStatement | None:
    """Return the report in `token_range`, without links before it; None if too short."""
    tokens = sentence.tokens
    start, end = token_range.start, max(token_range.start, token_range.stop)
    while start < end and (
        tokens[start].tag is Tag.COMMA or tokens[start].lower in sentence.lexicon.markers.connectors
    ):
        start += 1
    words = [t for t in tokens[start:end] if t.tag not in (Tag.COMMA, Tag.SENTENCE_END, Tag.DASH)]
    if len(words) <= TOO_FEW_WORDS:
        return None
    first, last = min(subject.first, verb), max(subject.last, verb)
    cue = Span(tokens[first].start, tokens[last].end)
    span = Span(tokens[start].start, tokens[end - 1].end)
    return ReportedStatement(span, subject, cue, confidence, verb)
