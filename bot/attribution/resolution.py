"""From the subject of a cue to a voice: full name, role and organisation, as printed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from bot.attribution.affiliations import find_affiliation
from bot.attribution.antecedents import doubt_referent
from bot.attribution.coreference import People
from bot.attribution.lexicon import Lexicon, Tag
from bot.attribution.names import Name, is_office, is_place
from bot.attribution.noun_phrases import Subject
from bot.attribution.parsing import ParsedDocument
from bot.attribution.subjects import Sentence
from bot.model import Span, Voice
from bot.text import normalise_name

# A curator lists this very name: as sure as a surname that one person has.
LISTED_CONFIDENCE = 0.97
# A study or a letter by X: its words are its author's, its figures perhaps not.
STUDY_AUTHORS_CONFIDENCE = 0.9
# A spokesman, somebody's mother: who is meant hangs on a name. Shown behind the surest cues alone.
NAMED_NOUN_CONFIDENCE = 0.74
# China's ambassador to Britain: there is one, as there is one Prime Minister. At 0.89 a verb further off shows none.
SOLE_OFFICE_CONFIDENCE = 0.92
# A noun alone ("campaigners", "one man") says nothing of who: 76 in 100 right, so never shown.
NOUN_CONFIDENCE = 0.7
# The senator: stands for a name given elsewhere, 10 of 19 right, so it stays below 0.7.
ANAPHOR_CONFIDENCE = 0.62
# I, we: the writer, or somebody whom the marks lost; never shown.
WRITER_CONFIDENCE = 0.6
# They, it: may be the speaker before, 1 of 3 right; never shown.
CARRIED_CONFIDENCE = 0.55


class ResolvedVoice(NamedTuple):
    """A voice, how surely the subject at `span` means it, and where a pronoun leads back to."""

    voice: Voice | None
    confidence: float
    span: Span
    reason: str | None = None
    antecedent: Span | None = None
    is_doubtful: bool = False

    def rate(self, base_confidence: float, subject: Subject) -> float:
        """Return the confidence of a passage in this voice: the one place where it is set.

        `base_confidence` is the pattern's of the cue whose subject is `subject`.
        """
        return round(base_confidence * subject.confidence * self.confidence, 3)


def resolve_voice(
    parsed: ParsedDocument, sentence: Sentence, subject: Subject, previous: ResolvedVoice | None = None
) -> ResolvedVoice | None:
    """Return the voice that a subject means; `previous` is who was quoted before it.

    A "he" that leads to nobody gives a result without a voice, which has the reason; another pronoun gives None.
    """
    pronouns = parsed.lexicon.pronouns
    if subject.pronoun in pronouns.masculine or subject.pronoun in pronouns.feminine:
        return _resolve_personal_pronoun(parsed.people, sentence, subject, subject.pronoun)
    if subject.pronoun is not None:
        return _resolve_other_pronoun(parsed.lexicon, subject, subject.pronoun, previous)
    if subject.name is None:
        return _resolve_noun(parsed, sentence, subject)
    if subject.joint_names:
        return _resolve_joint_subject(parsed, subject, (*subject.joint_names, subject.name))
    return _resolve_name(parsed, sentence, subject, subject.name)


def _resolve_name(parsed: ParsedDocument, sentence: Sentence, subject: Subject, name: Name) -> ResolvedVoice:
    """Return the voice of a name, with what its own sentence prints of the office, else the rest of the document."""
    holder = parsed.people.find_office_holder(name.words) if is_office(name, parsed.lexicon) else None
    referent = holder or parsed.people.resolve_name(name)
    # “Old Mr Vaughan” sets somebody apart from the one known.
    is_elder = sentence.token_at(name.first - 1).lower in sentence.lexicon.markers.generation_adjectives
    if holder is None and name.titles and is_elder:
        referent = doubt_referent(referent.name, "another may be meant")
    full_name = referent.name or parsed.text[name.span.start : name.span.end]
    local_affiliation = find_affiliation(parsed.text, sentence, name, subject.first)
    document_affiliation = parsed.people.get_affiliation(full_name)
    voice = Voice(
        full_name,
        local_affiliation.role or document_affiliation.role,
        local_affiliation.organisation or document_affiliation.organisation,
    )
    # The list says that there is such a person, not that the surname of two is theirs.
    is_listed = normalise_name(full_name) in parsed.curated_names and not referent.is_doubtful
    confidence = max(referent.confidence, LISTED_CONFIDENCE) if is_listed else referent.confidence
    reason = None if is_listed else referent.reason
    return ResolvedVoice(voice, confidence, subject.span, reason, is_doubtful=referent.is_doubtful)


def _resolve_personal_pronoun(people: People, sentence: Sentence, subject: Subject, pronoun: str) -> ResolvedVoice:
    """Return whom "he" or "she" means; a result without a voice gives the reason for it."""
    name, confidence, reason, antecedent, is_doubtful = people.resolve_pronoun(
        pronoun, subject.span.start, sentence.number
    )
    voice = Voice(name, *people.get_affiliation(name)) if name is not None else None
    return ResolvedVoice(voice, confidence, subject.span, reason, antecedent, is_doubtful)


def _resolve_other_pronoun(
    lexicon: Lexicon, subject: Subject, pronoun: str, previous: ResolvedVoice | None
) -> ResolvedVoice | None:
    """Return the writer for "I", else who was quoted before; None where there is neither."""
    if pronoun in lexicon.pronouns.writer:
        reason, writer = "the article’s own writer, not named", Voice(lexicon.phrases["writer"])
        is_named = bool(writer.name)
        return ResolvedVoice(writer, WRITER_CONFIDENCE, subject.span, reason, is_doubtful=True) if is_named else None
    if previous is None or previous.voice is None:
        return None
    reason = f"“{pronoun}” may not mean who was quoted before"
    return ResolvedVoice(previous.voice, CARRIED_CONFIDENCE, subject.span, reason, previous.span, is_doubtful=True)


def _resolve_joint_subject(parsed: ParsedDocument, subject: Subject, names: Sequence[Name]) -> ResolvedVoice:
    """Return one voice, “X, Y and Z”, for people who speak together, as sure as the least sure of them.

    A name that nothing explains stands as printed, so there is always one.
    """
    referents = [parsed.people.resolve_name(name) for name in names]
    *full_names, last_name = (referent.name for referent in referents if referent.name)
    joint_name = parsed.lexicon.phrases["joint"].join(filter(None, (", ".join(full_names), last_name)))
    weakest = min(referents, key=lambda referent: referent.confidence)
    return ResolvedVoice(
        Voice(joint_name), weakest.confidence, subject.span, weakest.reason, is_doubtful=weakest.is_doubtful
    )


def _resolve_noun(parsed: ParsedDocument, sentence: Sentence, subject: Subject) -> ResolvedVoice:
    """Return the voice of a subject without a name: an author, a spokesperson, an office or what somebody is."""
    nouns = parsed.lexicon.nouns
    inner_names = [name for name in sentence.names if subject.first <= name.first and name.last <= subject.last]
    words = [token.lower for token in sentence.tokens[subject.first : subject.last + 1]]
    written = _resolve_writing(parsed, sentence, subject, words, inner_names)
    if written is not None:
        return written
    phrase_text = parsed.text[subject.span.start : subject.span.end]
    role = next((word for word in words if word in nouns.spokespeople), None)
    has_principal = role is not None and bool(inner_names)
    voice = _resolve_spokesperson(parsed, phrase_text, role, inner_names[-1]) if has_principal else Voice(phrase_text)
    if normalise_name(voice.name) in parsed.curated_names:
        return ResolvedVoice(voice, LISTED_CONFIDENCE, subject.span)
    if _is_sole_office(sentence, subject):
        return ResolvedVoice(voice, SOLE_OFFICE_CONFIDENCE, subject.span)
    # “A spokesman”, “campaigners” are who they are; “the senator” stands for a name.
    if words[0] in parsed.lexicon.markers.anaphoric and nouns.speakers.isdisjoint(words):
        reason = "stands for somebody named elsewhere"
        return ResolvedVoice(voice, ANAPHOR_CONFIDENCE, subject.span, reason, is_doubtful=True)
    is_office_held = bool(inner_names) and _may_hold_office(sentence, subject, inner_names[-1])
    is_named = bool(inner_names) and not is_office(inner_names[0], parsed.lexicon) and not is_office_held
    if is_named and _is_somebody(words, parsed.lexicon):
        return ResolvedVoice(voice, NAMED_NOUN_CONFIDENCE, subject.span)
    return ResolvedVoice(voice, NOUN_CONFIDENCE, subject.span, "no name stands for whoever spoke")


def _may_hold_office(sentence: Sentence, subject: Subject, name: Name) -> bool:
    """Whether a noun parts the name at a phrase's end from its preposition: “Cabinet member for roads Ann Low”."""
    is_last = name.last == subject.last and len(name.words) > 1 and name.first > subject.first
    return is_last and sentence.tokens[name.first - 1].tag is Tag.OTHER


def _is_sole_office(sentence: Sentence, subject: Subject) -> bool:
    """Whether a country's holder of an office that it has one of speaks: “China’s ambassador to Britain”."""
    tokens, name = sentence.tokens, sentence.name_starting_at(subject.first)
    if name is None or tokens[name.last + 1].tag is not Tag.POSSESSIVE or not is_place(name, sentence.lexicon):
        return False
    nouns = [token.lower for token in tokens[name.last + 2 : subject.last + 1] if token.tag is Tag.OTHER]
    return "-".join(nouns) in sentence.lexicon.nouns.sole_offices


def _is_somebody(words: Sequence[str], lexicon: Lexicon) -> bool:
    """Whether a phrase means people by what they are; what somebody wrote is none of them."""
    nouns = lexicon.nouns
    people = nouns.offices | nouns.speakers
    is_somebody = any(word in people or word.removesuffix("s") in nouns.offices for word in words)
    return is_somebody and nouns.documents.isdisjoint(words)


def _resolve_writing(
    parsed: ParsedDocument, sentence: Sentence, subject: Subject, words: Sequence[str], inner_names: Sequence[Name]
) -> ResolvedVoice | None:
    """Return whose words a study or a letter has; None where it has no author, or is none."""
    nouns = parsed.lexicon.nouns
    agents = [index for index, word in enumerate(words) if word in parsed.lexicon.markers.agent]
    if agents and not nouns.studies.isdisjoint(words):
        by_index = subject.first + agents[0]
        authors = [name for name in inner_names if name.first > by_index]
        if authors:
            return _resolve_study(parsed, sentence, subject, by_index, authors)
    document = next((index for index, word in enumerate(words) if word in nouns.documents), None)
    author = _find_document_author(sentence, subject.first + document) if document is not None else None
    if author is None:
        return None
    # “a statement from Ann Bell and Karl Low”
    is_joint = sentence.token_at(author.last + 1).tag is Tag.CONJUNCTION
    partner = sentence.name_starting_at(author.last + 2) if is_joint else None
    if partner is not None:
        voice = _resolve_joint_subject(parsed, subject, (author, partner))
    else:
        voice = _resolve_name(parsed, sentence, subject, author)
    return voice._replace(confidence=round(voice.confidence * STUDY_AUTHORS_CONFIDENCE, 3))


def _find_document_author(sentence: Sentence, document: int) -> Name | None:
    """Return whose letter it is, “Ann Bell’s letter to Karl Low”, “the statement by Ann Bell”; or None."""
    index = document - 1
    while sentence.token_at(index).tag in (Tag.OTHER, Tag.ADVERB):
        index -= 1
    if sentence.token_at(index).tag is Tag.POSSESSIVE:
        return sentence.name_at(index - 1)
    is_sourced = sentence.token_at(document + 1).lower in sentence.lexicon.markers.authorship
    return sentence.name_starting_at(document + 2) if is_sourced else None


def _resolve_spokesperson(parsed: ParsedDocument, phrase_text: str, role: str | None, principal: Name) -> Voice:
    """Return whose voice it is: a body speaks through its spokesperson; a person's spokesperson is somebody else."""
    organisation = parsed.text[principal.span.start : principal.span.end]
    if parsed.people.is_person(principal):
        return Voice(phrase_text, role)
    return Voice(organisation, role, organisation)


def _resolve_study(
    parsed: ParsedDocument, sentence: Sentence, subject: Subject, by_index: int, authors: Sequence[Name]
) -> ResolvedVoice:
    """Return the voice of “an independent study by X and Y, for Z”: its authors speak, for Z."""
    text, first, last = parsed.text, authors[0], authors[-1]
    start = first.title_span.start if first.titles else first.span.start
    study_text = text[subject.span.start : sentence.tokens[by_index - 1].end]
    role = parsed.lexicon.phrases["authors" if len(authors) > 1 else "author"]
    organisation_name = next((name for name in sentence.names if name.first > last.last), None)
    organisation = text[organisation_name.span.start : organisation_name.span.end] if organisation_name else None
    voice = Voice(text[start : last.span.end], role.format(study=study_text), organisation)
    return ResolvedVoice(voice, STUDY_AUTHORS_CONFIDENCE, subject.span)
