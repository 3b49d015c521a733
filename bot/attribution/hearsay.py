"""Words in marks that the subject of their sentence need not have said: denied, supposed, alleged, or passed on.

Words read out, quoted from another or only alleged are no statement of the subject's; nor are words that the sentence
denies.
"""

from __future__ import annotations

from bot.attribution.lexicon import Tag, Words
from bot.attribution.noun_phrases import MAX_PHRASE_TOKENS, Subject
from bot.attribution.subjects import Sentence

# Tokens from a verb to the words: 23 loses 10 right names, 37 finds 3 more; beyond, the subject is another clause’s.
MAX_VERB_DISTANCE = 30
# Tokens from a noun of saying to the words, or back to whom a verb accuses: 11 and 17 change nothing on the benchmark.
MAX_NOUN_DISTANCE = 14
# In tokens, “denied ever having said”: so far a verb of denying reaches to the one it governs.
_DENIAL_WINDOW = 4
_BREAKS = (Tag.COMMA, Tag.COLON, Tag.QUOTATION, Tag.SUBORDINATOR, Tag.RELATIVE, Tag.SENTENCE_END)
_CLAUSE_ENDS = (*_BREAKS, Tag.REPORTING_VERB)
_OTHERS = (Tag.NAME, Tag.OTHER, Tag.OBJECT_PRONOUN)
_CLAUSE_BREAKS = (*_BREAKS, Tag.DASH, Tag.CONJUNCTION)
_PHRASE_ENDS = (Tag.NAME, Tag.OTHER, Tag.NUMBER, Tag.DETERMINER)  # “a mother of three”
_INTERLUDE_TAGS = (Tag.PREPOSITION, Tag.NAME, Tag.TIME, Tag.DETERMINER, Tag.OTHER, Tag.OBJECT_PRONOUN, Tag.ADVERB)


def is_relayed(sentence: Sentence, quote_index: int) -> bool:
    """Return whether somebody passes the words on: “Quoting X”, “read a letter from X”; they may be X's or theirs."""
    first, previous = sentence.tokens[0], quote_index - 1
    if sentence.token_at(previous).tag in (Tag.COLON, Tag.COMMA):
        previous -= 1
    if sentence.is_documents_participle(previous) and sentence.find_subject(previous) is None:
        return True  # “X received a letter saying”
    if _is_anothers(sentence, quote_index) or _is_senders(sentence, previous) or _is_quoted_author(sentence, previous):
        return True
    return first.tag is Tag.REPORTING_PARTICIPLE and first.lemma in sentence.lexicon.verbs.relaying


def _is_anothers(sentence: Sentence, quote_index: int) -> bool:
    """Whether the nearest verb relays what is another's: “X quoted Y’s saying that”, “X read out Y’s letter”."""
    tokens, lexicon = sentence.tokens, sentence.lexicon
    for index in range(quote_index - 1, max(-1, quote_index - MAX_PHRASE_TOKENS), -1):
        if tokens[index].tag in (Tag.REPORTING_VERB, Tag.REPORTING_PARTICIPLE):
            is_owned = any(token.tag is Tag.POSSESSIVE for token in tokens[index:quote_index])
            return is_owned and tokens[index].lemma in lexicon.verbs.relaying
    return False


def _is_quoted_author(sentence: Sentence, last: int) -> bool:
    """Whether “X quoted Y”, which ends at token `last`, introduces the words: they are Y’s, as X has them."""
    name = sentence.name_at(last)
    verb = sentence.find_phrase_start(name.first) - 1 if name is not None else -1
    return sentence.token_at(verb).lemma in sentence.lexicon.verbs.relaying


def _is_senders(sentence: Sentence, last: int) -> bool:
    """Whether “a letter by Y saying” or “read out a message from Y” introduces the words: Y’s, whoever tells of it."""
    tokens, lexicon = sentence.tokens, sentence.lexicon
    is_participle = sentence.token_at(last).tag is Tag.REPORTING_PARTICIPLE
    end = last - is_participle
    link = sentence.find_phrase_start(end) - 1 if sentence.token_at(end).tag in _PHRASE_ENDS else -1
    is_joint = link > 1 and tokens[link].lower in lexicon.markers.organisation_joints
    if is_joint and tokens[link - 1].lower not in lexicon.markers.proxies:
        link = sentence.find_phrase_start(link - 1) - 1  # “an e-mail by a mother of three”
    if link < 1 or tokens[link].tag is not Tag.PREPOSITION:
        return False
    is_from = tokens[link].lower in lexicon.markers.authorship
    is_document = sentence.name_at(end) is None and tokens[link - 1].lower in lexicon.nouns.documents
    if is_from and (is_participle or is_document):
        return True
    is_relayed = any(token.lower in lexicon.relaying_forms and token.tag is not Tag.NAME for token in tokens[:link])
    return is_relayed and (is_from or tokens[link - 1].lower in lexicon.markers.proxies)


def is_hearsay(sentence: Sentence, subject: Subject) -> bool:
    """Return whether others allege that the subject said it: “X claims that Y called her”, “rumours that Y said”."""
    claim = subject.first - 1
    is_apposed = claim > 0 and sentence.token_at(claim).tag is Tag.COMMA
    if is_apposed:
        claim = sentence.find_phrase_start(claim - 1) - 1  # “claims that the clerk, Y, called her”
    has_that = sentence.token_at(claim).lower in sentence.lexicon.markers.that
    is_another = is_apposed and not (has_that and sentence.token_at(claim + 1).tag is Tag.DETERMINER)
    if has_that:
        claim -= 1
        while sentence.token_at(claim).tag in _INTERLUDE_TAGS and not _is_claim(sentence, claim):
            claim -= 1  # “told the court that Y called her”
    if subject.name is None or is_another or not _is_claim(sentence, claim):
        return False
    is_active = claim > 0 and sentence.tokens[claim].tag is Tag.REPORTING_VERB and not sentence.is_passive(claim)
    outer = sentence.find_subject(claim) if is_active else None
    return not is_active or (outer is not None and outer.first < claim)


def _is_claim(sentence: Sentence, index: int) -> bool:
    """Whether token `index` is a verb or noun of alleging: “claims”, “rumours”."""
    token, lexicon = sentence.token_at(index), sentence.lexicon
    return token.lemma in lexicon.verbs.allegation or token.lower in lexicon.nouns.rumours


def shows_words_of_another(sentence: Sentence) -> bool:
    """Return whether X shows words that another may have written: “X put up a poster:”, “X got this reply from Y:”."""
    words, lexicon = {token.lower for token in sentence.tokens}, sentence.lexicon
    is_shown = sentence.token_at(len(sentence.tokens) - 2).lower in lexicon.nouns.exhibits
    is_received = not words.isdisjoint(lexicon.receiving_forms) and not words.isdisjoint(lexicon.markers.authorship)
    return is_shown or is_received


def is_unsaid(sentence: Sentence, quote_index: int) -> bool:
    """Return whether the sentence says that the words at token `quote_index` were not said.

    “did not say”, “denied that”, “refused to call it”: by the nearest verb before the words, or
    the one right behind them.
    """
    tokens = sentence.tokens
    if sentence.token_at(quote_index - 1).tag is Tag.VERB and _is_urged(sentence, quote_index - 2):
        return True  # “X urged Y to write “...””
    for index in range(quote_index - 1, max(0, quote_index - MAX_VERB_DISTANCE) - 1, -1):
        if _find_recollection(sentence, index) is not None:
            return True
        if tokens[index].tag in (Tag.REPORTING_VERB, Tag.REPORTING_PARTICIPLE):
            return _is_denied(sentence, index, quote_index)
        if tokens[index].tag is Tag.QUOTATION:
            return False
    return quote_index == 0 and _is_doubted_behind(sentence, quote_index)


def _is_doubted_behind(sentence: Sentence, quote_index: int) -> bool:
    """Whether the cue behind the words doubts them: “X never said”, “X is said to have cried”."""
    tokens = sentence.tokens
    following = range(quote_index + 1, min(len(tokens), quote_index + MAX_NOUN_DISTANCE))
    verbs = [index for index in following if tokens[index].tag is Tag.REPORTING_VERB]
    active = [index for index in verbs if not sentence.is_passive(index)]
    behind = {token.lower for token in tokens[quote_index + 1 : quote_index + 3]}
    is_negative = not behind.isdisjoint(sentence.lexicon.markers.negations)
    if is_negative and sentence.token_at(quote_index + 1).tag is Tag.BE:
        return True  # “is not something X would say”
    if any(_is_negated(sentence, index) or _is_supposed(sentence, index) for index in verbs[:1]):
        return True
    if verbs and any(_find_recollection(sentence, index) == verbs[0] for index in following):
        return True  # “X recalled the mayor telling her”
    rules = (_is_alleged, _leads_to_passive, _leads_to_clause)
    return any(rule(sentence, index) for index in active[:1] for rule in rules)


def _find_recollection(sentence: Sentence, verb: int) -> int | None:
    """Return the verb by which somebody recalls another saying it: “recalled the mayor telling her”; else None."""
    tokens, word = sentence.tokens, sentence.tokens[verb].lower
    is_bare = word == tokens[verb].lemma or sentence.lexicon.tags.get(word) is Tag.REPORTING_PARTICIPLE
    if verb < 2 or not word or not is_bare or tokens[verb - 1].tag not in _OTHERS:
        return None
    is_pronoun = tokens[verb - 1].tag is Tag.OBJECT_PRONOUN
    governor = (verb - 1 if is_pronoun else sentence.find_phrase_start(verb - 1)) - 1
    return governor if sentence.token_at(governor).lower in sentence.lexicon.recollecting_forms else None


def is_denied_before(sentence: Sentence, first: int, denials: Words) -> bool:
    """Return whether one of `denials` stands before token `first` in its clause: “nobody heard X say”."""
    for token in reversed(sentence.tokens[:first]):
        if token.lower in denials:
            return True
        if token.tag in _CLAUSE_BREAKS and token.lower not in sentence.lexicon.markers.that:
            return False
    return False


def _leads_to_passive(sentence: Sentence, verb: int) -> bool:
    """Whether somebody only reports hearing it: “X recalls being told”."""
    return [token.tag for token in sentence.tokens[verb + 1 : verb + 3]] == [Tag.BE, Tag.REPORTING_VERB]


def _leads_to_clause(sentence: Sentence, verb: int) -> bool:
    """Whether somebody says that another said it: “X claims Y told her”."""
    start = verb + 1
    start += sentence.token_at(start).lower in sentence.lexicon.markers.that
    end = _find_subject_end(sentence, start)
    while sentence.token_at(end).tag in (Tag.ADVERB, Tag.AUXILIARY):
        end += 1
    return end > start and sentence.token_at(end).tag is Tag.REPORTING_VERB


def _find_subject_end(sentence: Sentence, start: int) -> int:
    """Return the token behind the name or pronoun that stands at `start`; `start` where none does."""
    name = sentence.name_starting_at(start)
    return name.last + 1 if name is not None else start + (sentence.token_at(start).tag is Tag.PRONOUN)


def _is_supposed(sentence: Sentence, verb: int) -> bool:
    """Whether it is left open that the subject said it: “whether she had said”, “neither Low nor Bell said”."""
    tokens, markers, subject = sentence.tokens, sentence.lexicon.markers, sentence.find_subject(verb)
    opening = subject.first - 1 if subject else -1
    if opening == 0 and tokens[opening].tag is Tag.AUXILIARY:
        return True  # “Had Low said”, “Did Low say”
    if opening > 0 and tokens[opening].tag is Tag.AUXILIARY:
        opening -= 1  # “nor did Low say”
    words = tokens[max(0, opening) : subject.first + 1] if subject else ()
    if any(token.lower in markers.conditions or token.lower in markers.negations for token in words):
        return True
    if subject is None or not 0 < subject.first < verb:
        return False
    has_that = tokens[subject.first - 1].lower in markers.that  # “it is not true that X said”
    denials = markers.absence | markers.negations if has_that else markers.absence
    return is_denied_before(sentence, subject.first, denials)


def _is_rejected(sentence: Sentence, verb: int, quote_index: int) -> bool:
    """Whether the verb rejects what somebody else states in the words: “rejected the suggestion that”."""
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
    introduced = tokens[quote_index - 1].tag in (Tag.COLON, Tag.COMMA)
    is_supposed = _is_supposed(sentence, verb)
    if is_supposed or (introduced and _has_own_cue(sentence, quote_index)):
        return is_supposed
    lemma = tokens[verb].lemma
    is_speech = lemma in lexicon.speech_verbs or lemma in lexicon.verbs.labelling
    is_saying = is_speech or lemma in lexicon.that_clause_verbs
    is_negated = is_saying and tokens[verb].lemma not in lexicon.verbs.aspectual and _is_negated(sentence, verb)
    is_adjoining = introduced or verb == quote_index - 1
    is_unsaid_yet = (is_saying and _is_alleged(sentence, verb)) or (is_adjoining and _is_urged(sentence, verb - 1))
    # “X would not say whether it was “...””
    is_open = tokens[verb + 1].lower in lexicon.markers.open_questions and lemma in lexicon.verbs.bare_clause
    is_kept_back = is_speech and (_is_forborne(sentence, verb) or _is_of_accused(sentence, verb))
    if is_open or is_unsaid_yet or is_kept_back:
        return True
    if _is_rejected(sentence, verb, quote_index) or _is_forbidden(sentence, verb):
        return True
    if introduced or is_negated:
        return is_negated
    if any(token.lemma in lexicon.verbs.denial for token in tokens[max(0, verb - _DENIAL_WINDOW) : verb + 1]):
        return True
    clause_start = next((i for i in range(verb - 1, 0, -1) if tokens[i].lower in lexicon.markers.that), 0)
    return clause_start > 0 and tokens[clause_start - 1].lemma in lexicon.verbs.denial


def _has_own_cue(sentence: Sentence, quote_index: int) -> bool:
    """Whether a cue stands right behind the words: “X did not think it would last: “It is over,” X predicted”."""
    verb = _find_subject_end(sentence, quote_index + 1)
    return verb > quote_index + 1 and sentence.token_at(verb).tag is Tag.REPORTING_VERB


def _is_alleged(sentence: Sentence, verb: int) -> bool:
    """Whether others say that it was said, or it only ought to be: “was accused of saying”, “should say”."""
    lexicon, markers, index = sentence.lexicon, sentence.lexicon.markers, verb - 1
    if sentence.token_at(index).tag is Tag.COMMA and sentence.token_at(index - 1).lemma in lexicon.verbs.allegation:
        return sentence.is_passive(index - 1)  # “X, it is alleged, said”
    while (token := sentence.token_at(index)).tag in (Tag.AUXILIARY, Tag.ADVERB) or token.lower in markers.allegation:
        if token.lower in markers.unreal or token.lower in markers.hearsay:
            return True
        index -= 1
    is_led = index < verb - 1 and token.tag is Tag.REPORTING_VERB
    return is_led and (token.lemma in lexicon.verbs.accusation or sentence.is_passive(index))


def _is_of_accused(sentence: Sentence, verb: int) -> bool:
    """Whether somebody accuses another of saying it: “X accused Y of having said”."""
    lexicon, link = sentence.lexicon, verb - 1
    while (token := sentence.token_at(link)).tag is Tag.AUXILIARY:
        link -= 1
    before = sentence.tokens[max(0, link - MAX_NOUN_DISTANCE) : max(0, link)]
    is_link = token.lower in lexicon.markers.allegation and token.tag is Tag.PREPOSITION
    return is_link and any(token.lemma in lexicon.verbs.accusation for token in before)


def _is_urged(sentence: Sentence, link: int) -> bool:
    """Whether somebody only wants another to say it: “X urged Y to say”; `link` is the "to"."""
    is_infinitive = sentence.token_at(link).lower in sentence.lexicon.markers.infinitive
    if not is_infinitive or sentence.token_at(link - 1).tag not in _OTHERS:
        return False
    verb = sentence.token_at(sentence.find_phrase_start(link - 1) - 1)
    is_verb = verb.tag in (Tag.REPORTING_VERB, Tag.REPORTING_PARTICIPLE)
    return is_verb and verb.lemma in sentence.lexicon.verbs.urging


def _is_forbidden(sentence: Sentence, verb: int) -> bool:
    """Whether somebody is kept from saying it, or made to: “bars her from publishing”, “was made to say”."""
    markers, link = sentence.lexicon.markers, verb - 1
    if sentence.token_at(link).tag is not Tag.PREPOSITION:
        return False
    window = sentence.tokens[max(0, link - _DENIAL_WINDOW) : link]
    is_made = sentence.token_at(link - 1).lower in markers.compulsion and any(token.tag is Tag.BE for token in window)
    return is_made or any(token.lower in markers.prohibition for token in window)


def _is_forborne(sentence: Sentence, verb: int) -> bool:
    """Whether somebody kept from saying it: “could not bring herself to say”, “stopped short of calling it”."""
    tokens, markers, link = sentence.tokens, sentence.lexicon.markers, verb - 1
    if sentence.token_at(link).tag is not Tag.PREPOSITION:
        return sentence.token_at(link).lower in markers.forbearance
    kept_back = markers.forbearance | markers.negations
    if tokens[link].lower in markers.infinitive:
        kept_back |= markers.intention
    for index in range(link - 1, max(-1, link - 1 - _DENIAL_WINDOW), -1):
        if tokens[index].lower in kept_back:
            return True
        if tokens[index].tag in _CLAUSE_ENDS:
            return False
    return False


def _is_negated(sentence: Sentence, verb: int) -> bool:
    """Whether "not" or "never" stands among the auxiliaries before the verb."""
    tokens, lexicon = sentence.tokens, sentence.lexicon
    for index in range(verb - 1, max(-1, verb - 1 - _DENIAL_WINDOW), -1):
        if tokens[index].lower in lexicon.markers.negations:
            return True
        if tokens[index].tag not in (Tag.ADVERB, Tag.AUXILIARY, Tag.BE):
            return False
    return False
