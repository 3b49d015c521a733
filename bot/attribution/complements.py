"""Where the words that a verb reports begin: at "that", behind a listener, or at a clause of their own."""

from __future__ import annotations

from collections.abc import Sequence

from bot.attribution.lexicon import Lexicon, Tag
from bot.attribution.noun_phrases import PHRASE_TAGS
from bot.attribution.subjects import Sentence
from bot.attribution.tokens import Token

# “said so again”: two words are no statement.
TOO_FEW_WORDS = 2
VERB_TAGS = (Tag.BE, Tag.AUXILIARY, Tag.VERB, Tag.REPORTING_VERB)
_LISTENER_TAGS = (*PHRASE_TAGS, Tag.OBJECT_PRONOUN)
_CLAUSE_OPENERS = (Tag.PRONOUN, Tag.DETERMINER, Tag.NAME, Tag.OTHER, Tag.NUMBER)
_CLAUSE_OPENERS_AFTER_SAY = (*_CLAUSE_OPENERS, Tag.SUBORDINATOR, Tag.REPORTING_PARTICIPLE, Tag.TIME)
_CLAUSE_BREAKS = (Tag.COMMA, Tag.SENTENCE_END, Tag.QUOTATION, Tag.COLON, Tag.SUBORDINATOR)
_INTERLUDE_TAGS = (*PHRASE_TAGS, Tag.PREPOSITION, Tag.TIME, Tag.ADVERB, Tag.OBJECT_PRONOUN)
_DATE_TAGS = (Tag.TIME, Tag.NUMBER)
# A subject of a dozen words, then its verb; further off the verb is another clause’s.
_CLAUSE_WINDOW = 14
# “said in a speech to party members on Monday that”: any further and “that” is a pronoun.
_THAT_WINDOW = 9
# “told the members of the town council that”.
_MAX_LISTENER_TOKENS = 6
# In letters: “shed”, “need” and “seed” are no past tenses; “ended” is one.
_MAX_NON_VERB_ED_LENGTH = 4
# “that the mayor of Leeds said was”: a relative pronoun this near governs the verb.
_RELATIVE_WINDOW = 5


def find_complement_start(sentence: Sentence, verb: int) -> int:
    """Return the token where the reported words may begin: after "on Monday", "reporters"."""
    tokens, lexicon, start = sentence.tokens, sentence.lexicon, verb + 1
    start += sentence.token_at(start).lower in lexicon.verb_particles.get(tokens[verb].lemma, ())
    while sentence.token_at(start).tag in (Tag.ADVERB, Tag.TIME) and not _is_existential(sentence, start):
        start += 1
    if sentence.token_at(start).lower in lexicon.markers.date and sentence.token_at(start + 1).tag is Tag.TIME:
        start += 2
        while sentence.token_at(start).tag in _DATE_TAGS:
            start += 1
    is_addressed = tokens[verb].lemma in lexicon.verbs.listener
    return skip_listener(tokens, start) if is_addressed else start


def skip_interlude(sentence: Sentence, start: int) -> int:
    """Return the token behind “after the vote” in “said after the vote he would stay”; `start` without the like."""
    index = start
    if sentence.token_at(start).tag is not Tag.PREPOSITION:
        return start
    while index < start + _THAT_WINDOW and sentence.token_at(index).tag in _INTERLUDE_TAGS:
        index += 1
    is_clause = sentence.token_at(index).tag is Tag.PRONOUN and _opens_clause(sentence, index)
    return index if is_clause else start


def _is_existential(sentence: Sentence, index: int) -> bool:
    """Whether “there is”, “there have been” begins at token `index`."""
    is_opening = sentence.tokens[index].lower in sentence.lexicon.markers.existential
    return is_opening and sentence.token_at(index + 1).tag in (Tag.BE, Tag.AUXILIARY)


def skip_listener(tokens: Sequence[Token], start: int) -> int:
    """Return the token behind the person addressed, who begins at `start`; `start` where nobody is."""
    end = min(len(tokens), start + _MAX_LISTENER_TOKENS)
    while start < end and tokens[start].tag in _LISTENER_TAGS:
        start += 1
    return start


def find_told_clause(sentence: Sentence, verb: int) -> int | None:
    """Return where the words told begin without "that": “told them it was late”, “told Ann Bell he’d go”; or None."""
    start, name = verb + 1, sentence.name_starting_at(verb + 1)
    if sentence.token_at(start).tag is Tag.OBJECT_PRONOUN:
        start += 1
    elif name is not None:
        start = name.last + 1
    else:
        start += sentence.token_at(start).tag is Tag.DETERMINER
        while sentence.token_at(start).tag is Tag.OTHER and start - verb < _MAX_LISTENER_TOKENS:
            start += 1
    listener_end = skip_listener(sentence.tokens, verb + 1)
    if sentence.token_at(listener_end).tag is Tag.PRONOUN:
        start = listener_end  # “told the paper's editor Ann Bell she was late”
    if start == verb + 1:
        return None
    if _is_contracted(sentence.token_at(start), sentence.lexicon):
        return start  # “reminded Ann Bell he’d be late”
    is_bounded = sentence.token_at(start).tag in (Tag.PRONOUN, Tag.DETERMINER, Tag.NAME)
    return start if is_bounded and _opens_clause(sentence, start) else None


def find_that_clause(sentence: Sentence, start: int) -> int | None:
    """Return the token behind "that", if it comes at once or after "in a speech"; else None."""
    tokens = sentence.tokens
    for index in range(start, min(len(tokens), start + _THAT_WINDOW)):
        if tokens[index].lower in sentence.lexicon.markers.that:
            return index + 1
        allowed = _INTERLUDE_TAGS if index > start else (Tag.PREPOSITION, Tag.TIME)
        if tokens[index].tag not in allowed:
            break
    return None


def clause_follows(sentence: Sentence, verb: int, start: int) -> bool:
    """Return whether the words that the verb reports may begin at token `start`, without "that"."""
    tokens, lexicon = sentence.tokens, sentence.lexicon
    if start >= len(tokens):
        return False
    if _is_existential(sentence, start) or _is_contracted(tokens[start], lexicon):
        return True
    if tokens[verb].lemma not in lexicon.verbs.any_clause:
        return _opens_clause(sentence, start)
    in_relative_clause = any(
        token.tag is Tag.RELATIVE or token.lower in lexicon.markers.clause_openers
        for token in tokens[max(0, verb - _RELATIVE_WINDOW) : verb]
    )
    if in_relative_clause and tokens[start].tag in VERB_TAGS:
        return True
    words = [t for t in tokens[start : start + 4] if t.tag not in (Tag.SENTENCE_END, Tag.COMMA)]
    return len(words) > TOO_FEW_WORDS + 1 and tokens[start].tag in _CLAUSE_OPENERS_AFTER_SAY


def _is_contracted(token: Token, lexicon: Lexicon) -> bool:
    """Whether a word is a pronoun with its verb: “he'd”."""
    pronoun, mark, _ = token.lower.partition("'")
    return bool(mark) and lexicon.tags.get(pronoun) is Tag.PRONOUN


def _opens_clause(sentence: Sentence, index: int) -> bool:
    """Whether a clause of its own begins at token `index`: a phrase, and soon its verb."""
    tokens = sentence.tokens
    if tokens[index].tag not in _CLAUSE_OPENERS:
        return False
    for token in tokens[index + 1 : index + _CLAUSE_WINDOW]:
        if token.tag in VERB_TAGS or is_past_tense(token, sentence.lexicon):
            return True
        if token.tag in _CLAUSE_BREAKS:
            return False
    return False


def is_past_tense(token: Token, lexicon: Lexicon) -> bool:
    """Whether a word that is in no list looks like a past tense."""
    is_long = len(token.lower) > _MAX_NON_VERB_ED_LENGTH
    return is_long and token.tag is Tag.OTHER and token.lower.endswith(lexicon.endings["past"])
