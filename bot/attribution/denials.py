"""Words in marks that a sentence tells were not said: denied, refused, supposed or alleged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.attribution.cues import MAX_NOUN_DISTANCE, MAX_VERB_DISTANCE
from bot.attribution.lexicon import Tag

if TYPE_CHECKING:
    from bot.attribution.subjects import Sentence

# “denied ever having said”: so far a verb of denying reaches to the one it governs.
_DENIAL_WINDOW = 4


def is_unsaid(sentence: Sentence, quote_index: int) -> bool:
    """Say whether the sentence tells that the words at token `quote_index` were not said.

    “did not say”, “denied that”, “refused to call it”: by the nearest verb before the words, or
    the one right behind them.
    """
    tokens = sentence.tokens
    verbs = (Tag.REPORTING_VERB, Tag.REPORTING_PARTICIPLE)
    start = max(0, quote_index - MAX_VERB_DISTANCE)
    for index in range(quote_index - 1, start - 1, -1):
        if tokens[index].tag in verbs:
            return _is_denied(sentence, index, quote_index)
        if tokens[index].tag is Tag.QUOTATION:
            return False
    following = range(quote_index + 1, min(len(tokens), quote_index + MAX_NOUN_DISTANCE))
    verb = next((index for index in following if tokens[index].tag is Tag.REPORTING_VERB), None)
    return verb is not None and quote_index == 0 and _is_negated(sentence, verb)


def _is_supposed(sentence: Sentence, verb: int) -> bool:
    """Whether it is not told that the subject said it: “whether she had said”, “neither Low nor Bell said”."""
    tokens, markers, subject = sentence.tokens, sentence.lexicon.markers, sentence.find_subject(verb)
    opening = subject.first - 1 if subject else -1
    if opening == 0 and tokens[opening].tag is Tag.AUXILIARY:
        return True  # “Had Low said”, “Did Low say”
    if opening > 0 and tokens[opening].tag is Tag.AUXILIARY:
        opening -= 1  # “nor did Low say”
    return opening >= 0 and tokens[opening].lower in markers.conditions | markers.negations


def _is_rejected(sentence: Sentence, verb: int, quote_index: int) -> bool:
    """Whether what somebody else states, “rejected the suggestion that”, stands between the verb and the words."""
    tokens, lexicon = sentence.tokens, sentence.lexicon
    if tokens[verb].lemma not in lexicon.verbs.rejection:
        return False
    return any(
        tokens[index].lower in lexicon.nouns.speech and tokens[index + 1].lower in lexicon.markers.that
        for index in range(verb + 1, quote_index - 1)
    )


def _is_denied(sentence: Sentence, verb: int, quote_index: int) -> bool:
    """Whether the verb says that the words were not said: by itself, by "not", or by the verb it hangs on."""
    tokens, lexicon = sentence.tokens, sentence.lexicon
    if _is_supposed(sentence, verb):
        return True
    introduced = tokens[quote_index - 1].tag in (Tag.COLON, Tag.COMMA)
    is_saying = tokens[verb].lemma in (lexicon.that_clause_verbs | lexicon.speech_verbs | lexicon.verbs.labelling)
    is_negated = is_saying and tokens[verb].lemma not in lexicon.verbs.aspectual and _is_negated(sentence, verb)
    if _is_alleged(sentence, verb) or _is_rejected(sentence, verb, quote_index):
        return True
    if introduced:
        return is_negated
    if tokens[verb].lemma in lexicon.verbs.denial or is_negated:
        return True
    if any(token.lemma in lexicon.verbs.denial for token in tokens[max(0, verb - _DENIAL_WINDOW) : verb]):
        return True
    clause_start = next((i for i in range(verb - 1, 0, -1) if tokens[i].lower in lexicon.markers.that), 0)
    return clause_start > 0 and tokens[clause_start - 1].lemma in lexicon.verbs.denial


def _is_alleged(sentence: Sentence, verb: int) -> bool:
    """Whether others say that it was said, or it only ought to be: “was accused of saying”, “should say”."""
    tokens, markers, index = sentence.tokens, sentence.lexicon.markers, verb - 1
    if index >= 0 and tokens[index].lower in markers.unreal:
        return True
    while index >= 0 and (tokens[index].tag is Tag.AUXILIARY or tokens[index].lower in markers.allegation):
        index -= 1
    is_led = index < verb - 1 and index >= 0 and tokens[index].tag is Tag.REPORTING_VERB
    return is_led and sentence.is_passive(index)


def _is_negated(sentence: Sentence, verb: int) -> bool:
    """Whether "not" or "never" stands among the auxiliaries before the verb."""
    tokens, lexicon = sentence.tokens, sentence.lexicon
    for index in range(verb - 1, max(-1, verb - 1 - _DENIAL_WINDOW), -1):
        if tokens[index].lower in lexicon.markers.negations:
            return True
        if tokens[index].tag not in (Tag.ADVERB, Tag.AUXILIARY, Tag.BE):
            return False
    return False
