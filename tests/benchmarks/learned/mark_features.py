"""What is known of the words between two marks, as numbers: the words, where they stand, what the rules say.

A learned table reads these features and nothing else, so that it can hold no word, name or place of
what it was fitted on. Yes is 1.0 and no is 0.0; a distance is in tokens, and `FAR` is none at all.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.attribution.lexicon import Lexicon, Tag
from bot.attribution.parsing import Occurrence, Paragraph, ParsedDocument
from bot.attribution.quotation_layout import is_title_case
from bot.attribution.quotation_marks import Quotation, count_words
from bot.attribution.speakers import Attribution
from bot.attribution.subjects import Sentence
from bot.model import Kind

Features = dict[str, float]
# Further off than any rule looks, and so the same as not there.
FAR = 40.0
# Beyond these a number tells no more: of a quotation's words, of things in a document.
MAX_WORDS = 60
MAX_COUNT = 12
VERB_TAGS = (Tag.REPORTING_VERB, Tag.REPORTING_PARTICIPLE)
_FINITE_TAGS = (Tag.BE, Tag.AUXILIARY, Tag.VERB, Tag.REPORTING_VERB)
_WORD_ENDS = ",.!?;:’'”“\"…"


def describe_mark(
    parsed: ParsedDocument, attributions: Sequence[Attribution], paragraph: Paragraph, occurrence: Occurrence
) -> Features:
    """Return the features of the mark at `occurrence`, by name."""
    quotation = parsed.quotations[occurrence.quotation_index]
    has_double_marks = any(not other.single for other in parsed.quotations)
    return {
        **describe_words(parsed.text, quotation, parsed.lexicon),
        "is_secondary": float(quotation.single and has_double_marks),
        "paragraph": float(min(MAX_COUNT, quotation.paragraph_index)),
        "marks_in_paragraph": float(min(MAX_COUNT, len(paragraph.quotation_indices))),
        **describe_neighbours(occurrence.sentence, occurrence.token_index),
        **describe_cues(occurrence.sentence, occurrence.token_index),
        **describe_attribution(attributions, occurrence.quotation_index),
    }


def describe_words(text: str, quotation: Quotation, lexicon: Lexicon) -> Features:
    """Return what the quoted words are like: how many, in title case, with a verb of their own."""
    words = text[quotation.inner.start : quotation.inner.end].split()[:MAX_WORDS]
    tags = [lexicon.tags.get(word.strip(_WORD_ENDS).lower()) for word in words]
    return {
        "words": float(min(MAX_WORDS, count_words(text, quotation.inner))),
        "is_single": float(quotation.single),
        "is_closed": float(quotation.closed),
        "is_title_case": float(is_title_case(text, quotation.inner, lexicon)),
        "capitals": sum(word[0].isupper() for word in words) / len(words),
        "inner_verbs": float(min(MAX_COUNT, sum(tag in _FINITE_TAGS for tag in tags))),
        "ends_in_stop": float(words[-1][-1] in ".!?…"),
    }


def describe_neighbours(sentence: Sentence, index: int) -> Features:
    """Return what stands before and behind the mark at token `index` of its sentence."""
    tokens = sentence.tokens
    previous = tokens[index - 1].tag if index else Tag.SENTENCE_END
    following = tokens[index + 1].tag if index + 1 < len(tokens) else Tag.SENTENCE_END
    nouns = [token.tag for token in tokens if token.tag in (Tag.NAME, Tag.OTHER)]
    return {
        "follows_nothing": float(previous is Tag.SENTENCE_END),
        "follows_determiner": float(previous is Tag.DETERMINER),
        "follows_preposition": float(previous is Tag.PREPOSITION),
        "follows_conjunction": float(previous is Tag.CONJUNCTION),
        "precedes_noun": float(following in (Tag.OTHER, Tag.NAME)),
        "tokens_before": float(min(FAR, index)),
        "tokens_behind": float(min(FAR, len(tokens) - 1 - index)),
        "marks_in_sentence": float(min(MAX_COUNT, sum(token.tag is Tag.QUOTATION for token in tokens))),
        "sentence_capitals": sum(tag is Tag.NAME for tag in nouns) / max(1, len(nouns)),
    }


def describe_cues(sentence: Sentence, index: int) -> Features:
    """Return how far the mark at token `index` is from verbs, nouns and titles that may introduce it."""
    lexicon, tokens = sentence.lexicon, sentence.tokens
    verbs = [place for place, token in enumerate(tokens) if token.tag in VERB_TAGS]
    nouns = [place for place in range(index) if tokens[place].lower in lexicon.nouns.speech]
    title_words = lexicon.markers.titling | lexicon.markers.works
    titles = [place for place in range(index) if tokens[place].lower in title_words]
    speech_verbs = sum(tokens[place].lemma in lexicon.speech_verbs for place in verbs)
    return {
        "verb_before": min((float(index - place) for place in verbs if place < index), default=FAR),
        "verb_behind": min((float(place - index) for place in verbs if place > index), default=FAR),
        "speech_verbs": float(min(MAX_COUNT, speech_verbs)),
        "speech_noun_before": min((float(index - place) for place in nouns), default=FAR),
        "title_word_before": min((float(index - place) for place in titles), default=FAR),
    }


def describe_attribution(attributions: Sequence[Attribution], index: int) -> Features:
    """Return what the rules made of mark `index` and of those beside it."""
    own = attributions[index]
    return {
        "is_dropped": float(own.dropped),
        "is_fragment": float(own.kind is Kind.FRAGMENT),
        "is_named": float(own.voice is not None),
        "rule_confidence": own.confidence,
        "previous_confidence": attributions[index - 1].confidence if index else 0.0,
        "next_confidence": attributions[index + 1].confidence if index + 1 < len(attributions) else 0.0,
    }
