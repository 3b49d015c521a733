"""Words that the subject of a sentence passes on: a letter read out, what somebody quotes, what others allege."""

from __future__ import annotations

from bot.attribution.lexicon import Tag
from bot.attribution.noun_phrases import MAX_PHRASE_TOKENS, Subject
from bot.attribution.subjects import Sentence

_PHRASE_ENDS = (Tag.NAME, Tag.OTHER, Tag.NUMBER, Tag.DETERMINER)  # “a mother of three”
_INTERLUDE_TAGS = (Tag.PREPOSITION, Tag.NAME, Tag.TIME, Tag.DETERMINER, Tag.OTHER, Tag.OBJECT_PRONOUN, Tag.ADVERB)


def is_relayed(sentence: Sentence, quote_index: int) -> bool:
    """Return whether somebody passes the words on: “Quoting X”, “read a letter from X”; they may be X's or theirs."""
    first, previous = sentence.tokens[0], quote_index - 1
    if quote_index > 1 and sentence.tokens[previous].tag in (Tag.COLON, Tag.COMMA):
        previous -= 1
    if sentence.is_documents_participle(previous) and sentence.find_subject(previous) is None:
        return True  # “X received a letter saying”
    if _is_anothers(sentence, quote_index) or _is_senders(sentence, previous) or _is_quoted_author(sentence, previous):
        return True
    return quote_index > 0 and first.tag is Tag.REPORTING_PARTICIPLE and first.lemma in sentence.lexicon.verbs.relaying


def _is_anothers(sentence: Sentence, quote_index: int) -> bool:
    """Whether “X quoted Y’s saying that”, “X read out Y’s letter” lead to the words: their verb relays another's."""
    tokens, lexicon = sentence.tokens, sentence.lexicon
    for index in range(quote_index - 1, max(-1, quote_index - MAX_PHRASE_TOKENS), -1):
        if tokens[index].tag in (Tag.REPORTING_VERB, Tag.REPORTING_PARTICIPLE):
            is_owned = any(token.tag is Tag.POSSESSIVE for token in tokens[index:quote_index])
            return is_owned and tokens[index].lemma in lexicon.verbs.relaying
    return False


def _is_quoted_author(sentence: Sentence, last: int) -> bool:
    """Whether “X quoted Y” introduces the words: they are Y’s, as X has them."""
    name = sentence.name_at(last) if last > 0 else None
    verb = sentence.find_phrase_start(name.first) - 1 if name is not None else -1
    return verb >= 0 and sentence.tokens[verb].lemma in sentence.lexicon.verbs.relaying


def _is_senders(sentence: Sentence, last: int) -> bool:
    """Whether “a letter by Y saying” or “read out a message from Y” introduces the words: Y’s, whoever tells of it."""
    tokens, lexicon = sentence.tokens, sentence.lexicon
    is_participle = last > 0 and tokens[last].tag is Tag.REPORTING_PARTICIPLE
    end = last - is_participle
    link = sentence.find_phrase_start(end) - 1 if end > 1 and tokens[end].tag in _PHRASE_ENDS else 0
    is_joint = link > 1 and tokens[link].lower in lexicon.markers.organisation_joints
    if is_joint and tokens[link - 1].lower not in lexicon.markers.proxies:
        link = sentence.find_phrase_start(link - 1) - 1  # “an e-mail by a mother of three”
    if link < 1 or tokens[link].tag is not Tag.PREPOSITION:
        return False
    is_from = tokens[link].lower in lexicon.markers.authorship
    if is_from and (
        is_participle or (sentence.name_at(end) is None and tokens[link - 1].lower in lexicon.nouns.documents)
    ):
        return True
    is_relayed = any(token.lower in lexicon.relaying_forms and token.tag is not Tag.NAME for token in tokens[:link])
    return is_relayed and (is_from or tokens[link - 1].lower in lexicon.markers.proxies)


def is_hearsay(sentence: Sentence, subject: Subject) -> bool:
    """Return whether others allege that the subject said it: “X claims that Y called her”, “rumours that Y said”."""
    tokens, claim = sentence.tokens, subject.first - 1
    is_apposed = claim > 0 and tokens[claim].tag is Tag.COMMA
    if is_apposed:
        claim = sentence.find_phrase_start(claim - 1) - 1  # “claims that the clerk, Y, called her”
    if subject.name is None or claim < 0:
        return False
    has_that = claim > 0 and tokens[claim].lower in sentence.lexicon.markers.that
    if is_apposed and not (has_that and tokens[claim + 1].tag is Tag.DETERMINER):
        return False
    if has_that:
        claim -= 1
        while claim > 0 and tokens[claim].tag in _INTERLUDE_TAGS and not _is_claim(sentence, claim):
            claim -= 1  # “told the court that Y called her”
    if not _is_claim(sentence, claim):
        return False
    is_active = claim > 0 and tokens[claim].tag is Tag.REPORTING_VERB and not sentence.is_passive(claim)
    outer = sentence.find_subject(claim) if is_active else None
    return not is_active or (outer is not None and outer.first < claim)


def _is_claim(sentence: Sentence, index: int) -> bool:
    """Whether token `index` is a verb or noun by which somebody makes it out to be so."""
    token, lexicon = sentence.tokens[index], sentence.lexicon
    return token.lemma in lexicon.verbs.allegation or token.lower in lexicon.nouns.rumours


def shows_words_of_another(sentence: Sentence) -> bool:
    """Return whether X shows what they need not have written: “X put up a poster:”, “X got this reply from Y:”."""
    tokens, lexicon = sentence.tokens, sentence.lexicon
    last_word = tokens[-2].lower if len(tokens) > 1 else ""
    is_received = any(token.lower in lexicon.receiving_forms for token in tokens)
    return last_word in lexicon.nouns.exhibits or (
        is_received and any(t.lower in lexicon.markers.authorship for t in tokens)
    )
