"""Names that are withheld: a corpus without them, in memory or beside its index.

Their bearers are quoted without a name, or not at all, as the curator or an admin decides. No word of a quote is ever
altered, so a quote that prints such a name is not shown. To withhold too much is better than to show a name: a surname
counts wherever it is a word of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from bot.corpus.stored import list_tokens
from bot.model import Corpus, Document, HeldPassages, Passage, Span, Turn, Voice, VoiceEntry
from bot.text import normalise_name

if TYPE_CHECKING:  # loaded only where a corpus is stored
    from bot.corpus.stored.passages import StoredPassages
    from bot.corpus.stored.records import StoredDocument, StoredPassage

SomePassage = TypeVar("SomePassage", bound=Passage)
# Stands for a withheld name; surfaces say in the reader's language that it is withheld.
UNNAMED = Voice("")

_APOSTROPHES = "['’`]"
# The facts of a voice that may name somebody else.
_FACTS = ("role", "organisation", "party", "seat")
# Between the words of a name in a web address.
_ADDRESS_BLANK = "(?:[-_+.]|%20)"


@dataclass(frozen=True)
class WithheldNames:
    """The names of voices that are not to be named; `unquoted` are those whose words go too."""

    entries: tuple[VoiceEntry, ...]

    def __bool__(self) -> bool:
        """Return whether any name is withheld."""
        return bool(self.entries)

    @cached_property
    def _names(self) -> tuple[str, ...]:
        """The names and aliases, as they are listed."""
        return tuple(name for entry in self.entries for name in (entry.name, *entry.aliases))

    @cached_property
    def _surnames(self) -> tuple[str, ...]:
        """The surnames of those who have one."""
        return tuple(filter(None, map(_find_surname, self.entries)))

    @cached_property
    def keys(self) -> frozenset[str]:
        """The names and aliases, normalised."""
        return frozenset(map(normalise_name, self._names))

    @cached_property
    def unquoted_keys(self) -> frozenset[str]:
        """The names and aliases, normalised, of those whose words are withheld too."""
        return WithheldNames(tuple(entry for entry in self.entries if entry.unquoted)).keys

    @cached_property
    def words(self) -> frozenset[str]:
        """The words of the names and aliases, in small letters."""
        return frozenset(word for key in self.keys for word in key.casefold().split())

    @cached_property
    def _full(self) -> re.Pattern[str]:
        """Matches any of the names in full, in any case."""
        return re.compile(_join_alternatives(set(self._names), r"\s+"), re.IGNORECASE)

    @cached_property
    def _printed(self) -> re.Pattern[str]:
        """Matches any of the names in full, or a surname by itself as a name is written."""
        either_case = (form for name in self._surnames for form in (name, name.upper()))
        return re.compile(f"(?i:{self._full.pattern})|{_join_alternatives(either_case, ' ')}")

    @cached_property
    def _addresses(self) -> re.Pattern[str]:
        """Matches any name of several words as a web address may spell it."""
        names = {name for name in self._names if " " in name}
        return re.compile(_join_alternatives(names, _ADDRESS_BLANK), re.IGNORECASE)

    def list_printed(self) -> list[str]:
        """List the names, aliases and surnames that a text may print."""
        return [*self._names, *self._surnames]

    def is_named_in(self, text: str | None) -> bool:
        """Return whether `text` has one of the names in full."""
        return self._full.search(text or "") is not None

    def drop_named(self, text: str | None) -> str | None:
        """Return `text`; None where it has one of the names in full."""
        return None if self.is_named_in(text) else text

    def is_printed_in(self, text: str | None) -> bool:
        """Return whether `text` has one of the names, or a surname by itself."""
        return self._printed.search(text or "") is not None

    def is_printed_by(self, passage: Passage) -> bool:
        """Return whether the words of `passage`, or those shown with them, print one of the names or a surname."""
        return any(self.is_printed_in(passage.document.text[slice(*span)]) for span in {passage.span, passage.frame})

    def is_in_address(self, url: str | None) -> bool:
        """Return whether the address spells one of the names."""
        return self._addresses.search(url or "") is not None

    def find_places(self, text: str) -> list[Span]:
        """Return where `text` prints one of the names, or a surname."""
        return [Span(*match.span()) for match in self._printed.finditer(text)]


class NamelessCorpus(NamedTuple):
    """A corpus without some names; `passages` has by the `id()` of each passage what it became, None if left out."""

    corpus: Corpus
    passages: dict[int, Passage | None]


def list_unnamed(voices: Iterable[VoiceEntry]) -> tuple[VoiceEntry, ...]:
    """Return the voices of a manifest whose names, or words too, its curator withholds."""
    return tuple(voice for voice in voices if voice.unnamed or voice.unquoted)


def withhold_names(corpus: Corpus, names: WithheldNames) -> NamelessCorpus:
    """Return `corpus` without `names` in anything that is shown of it."""
    if not names:
        return NamelessCorpus(corpus, {})
    documents = {document.id: _withhold_in_document(document, names) for document in corpus.documents}
    ids = collect_ids((passage.voice for passage in corpus.passages), names)
    passages = {id(passage): withhold_in_passage(passage, documents, names, ids) for passage in corpus.passages}
    return NamelessCorpus(
        replace(
            withhold_in_facts(corpus, names),
            documents=tuple(documents.values()),
            passages=HeldPassages(passage for passage in passages.values() if passage),
            withheld_words=_find_withheld_words(filter(None, passages.values()), names),
        ),
        passages,
    )


def withhold_in_facts(corpus: Corpus, names: WithheldNames) -> Corpus:
    """Return `corpus` without `names` in what its curator has written."""
    return replace(
        corpus,
        voices=tuple(
            _withhold_in_entry(voice, names)
            for voice in corpus.voices
            if normalise_name(voice.name) not in names.keys and not names.is_named_in(voice.name)
        ),
        parties=tuple(party for party in corpus.parties if not names.is_named_in(party.name)),
        topics=tuple(
            replace(topic, words=tuple(word for word in topic.words if not names.is_named_in(word)))
            for topic in corpus.topics
            if not names.is_named_in(topic.name)
        ),
        synonyms=_withhold_in_synonyms(corpus.synonyms, names),
    )


def _find_withheld_words(passages: Iterable[Passage], names: WithheldNames) -> frozenset[str]:
    """Return the words of the names that no passage has once the names are withheld, so that they mean nothing else."""
    pattern = compile_words(names.words)
    texts = (passage.document.text[slice(*passage.frame)] for passage in passages)
    return names.words - {word.casefold() for text in texts for word in pattern.findall(text)}


def compile_words(words: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern of any of `words`, in any case."""
    return re.compile(_join_alternatives(words, " "), re.IGNORECASE)


def _join_alternatives(names: Iterable[str], blank: str) -> str:
    """Return a pattern of any of `names` as whole words, the longest first; without names, one that never matches."""
    patterns = [
        blank.join(re.sub(_APOSTROPHES, _APOSTROPHES, re.escape(word)) for word in name.split())
        for name in sorted(names, key=len, reverse=True)
    ]
    return rf"(?<!\w)(?:{'|'.join(patterns)})(?!\w)" if patterns else r"(?!)"


def _find_surname(entry: VoiceEntry) -> str | None:
    """Return the surname of a person with several names; None for anybody else and for organisations."""
    words = entry.name.split()
    is_body = entry.organisation == entry.name
    return words[-1] if len(words) > 1 and not is_body and words[-1][:1].isupper() else None


def collect_ids(voices: Iterable[Voice | None], names: WithheldNames) -> frozenset[str]:
    """Return the record's identities of those who bear a name, since a record may print another name of theirs."""
    return frozenset(voice.id for voice in voices if voice and voice.id and normalise_name(voice.name) in names.keys)


def is_withheld_voice(voice: Voice | None, names: WithheldNames, ids: frozenset[str]) -> bool:
    """Return whether `voice` bears one of the names, or one of the identities that `collect_ids` returned."""
    return voice is not None and (voice.id in ids or names.is_named_in(voice.name))


def withhold_in_passage(
    passage: SomePassage, documents: Mapping[str, Document], names: WithheldNames, ids: frozenset[str]
) -> SomePassage | None:
    """Return `passage` without the names; None where its words print one, or are withheld too."""
    text, voice = passage.document.text, passage.voice
    is_speaker = is_withheld_voice(voice, names, ids)
    is_unquoted = voice is not None and is_speaker and normalise_name(voice.name) in names.unquoted_keys
    if is_unquoted or names.is_printed_by(passage):
        return None
    document = documents[passage.document.id]
    cue = tuple(span for span in passage.cue if not names.is_printed_in(text[slice(*span)]))
    kept_voice = None if is_speaker else withhold_in_voice(voice, names)
    is_same = document is passage.document and cue == passage.cue and kept_voice is voice
    if is_same and not (passage.responses or passage.chain or passage.side_evidence):
        return passage
    evidence = passage.side_evidence
    return replace(
        passage,
        document=document,
        cue=cue,
        voice=kept_voice,
        chain=None if names.is_printed_in(passage.chain) else passage.chain,
        is_unnamed=passage.is_unnamed or is_speaker,
        side_evidence=None if is_speaker or (evidence and names.is_named_in(evidence.body)) else evidence,
        responses=tuple(response for response in passage.responses if not names.is_named_in(response.author)),
    )


def withhold_in_voice(voice: Voice | None, names: WithheldNames) -> Voice | None:
    """Return somebody else's voice without the facts that name one who is withheld ("mother of ...")."""
    withheld: dict[str, Any] = {fact: None for fact in _FACTS if names.is_named_in(getattr(voice, fact, None))}
    return replace(voice, **withheld) if voice and withheld else voice


def _withhold_in_document(document: Document, names: WithheldNames) -> Document:
    """Return `document` without the names in its facts and turns; the same object where there are none."""
    facts = withhold_in_publication(document, names)
    turns = tuple(withhold_in_turn(turn, names) for turn in document.turns)
    is_same = all(getattr(document, name) == value for name, value in facts.items()) and all(
        new is old for new, old in zip(turns, document.turns, strict=True)
    )
    return document if is_same else document.replace_facts(**facts, turns=turns)


def withhold_in_publication(document: Document, names: WithheldNames) -> dict[str, Any]:
    """Return the facts of `document` that may name somebody, without those that have a withheld name."""
    return {
        "title": None if names.is_printed_in(document.title) else document.title,
        "authors": tuple(author for author in document.authors if not names.is_named_in(author)),
        "url": None if names.is_in_address(document.url) else document.url,
    }


def withhold_in_turn(turn: Turn, names: WithheldNames) -> Turn:
    """Return `turn` without the names; the same object where it has none."""
    voice = UNNAMED if names.is_named_in(turn.voice.name) else withhold_in_voice(turn.voice, names) or turn.voice
    heading = None if names.is_printed_in(turn.heading) else turn.heading
    url = None if names.is_in_address(turn.url) else turn.url
    is_same = voice is turn.voice and (heading, url) == (turn.heading, turn.url)
    return turn if is_same else replace(turn, voice=voice, heading=heading, url=url)


def _withhold_in_entry(entry: VoiceEntry, names: WithheldNames) -> VoiceEntry:
    """Return a listed voice without the names in its aliases, role and organisation."""
    aliases = tuple(alias for alias in entry.aliases if not names.is_named_in(alias))
    role, organisation = names.drop_named(entry.role), names.drop_named(entry.organisation)
    return replace(entry, aliases=aliases, role=role, organisation=organisation)


def _withhold_in_synonyms(synonyms: Mapping[str, Sequence[str]], names: WithheldNames) -> dict[str, tuple[str, ...]]:
    """Return the synonyms without the names; a word without any left is left out."""
    return {
        word: remaining
        for word, others in synonyms.items()
        if not names.is_named_in(word)
        and (remaining := tuple(other for other in others if not names.is_named_in(other)))
    }


def withhold_names_stored(corpus: Corpus, passages: StoredPassages, names: WithheldNames) -> Corpus:
    """Return `corpus`, whose passages are `passages`, without `names` in anything that is shown of it.

    Hidden are the passages that print one of the names, which are found by search, so that no other is read for it,
    and those of speakers who may not be quoted.
    """
    ids = collect_ids(passages.voices, names)

    def change_document(document: StoredDocument) -> StoredDocument:
        """Return `document` without the names in its facts and turns."""
        facts = withhold_in_publication(document, names)
        return document.replace_facts(**facts, change_turn=partial(withhold_in_turn, names=names))

    documents = passages.documents.change(change_document)

    def change(passage: StoredPassage) -> StoredPassage | None:
        return withhold_in_passage(passage, documents.by_id, names, ids)

    voices: list[Voice | None] = []
    unquoted: list[int] = []
    for number, voice in enumerate(passages.catalogue.voices):
        is_speaker = is_withheld_voice(voice, names, ids)
        voices.append(None if is_speaker else withhold_in_voice(voice, names))
        if is_speaker and normalise_name(voice.name) in names.unquoted_keys:
            unquoted.append(number)
    hidden = passages.visibility.hidden.copy()
    hidden[[*passages.find_by_voices(unquoted), *_find_printed(passages, names)]] = True
    shown = passages.restrict(passages.visibility._replace(hidden=hidden, voices=voices, change=change), documents)
    words = frozenset(word for word in names.words if not _is_shown(shown, word))
    return replace(withhold_in_facts(corpus, names), documents=documents, passages=shown, withheld_words=words)


def _find_printed(passages: StoredPassages, names: WithheldNames) -> Iterator[int]:
    """Yield the numbers of the passages that print one of the names, or a surname."""
    candidates = {number for text in names.list_printed() for number in passages.store.find_tokens(list_tokens(text))}
    return (each.number for each in passages.iterate(sorted(candidates)) if names.is_printed_by(each))


def _is_shown(passages: StoredPassages, word: str) -> bool:
    """Return whether a passage that is shown has `word`, which then means something else than the name."""
    pattern = compile_words([word])
    candidates = passages.iterate(passages.store.find_tokens(list_tokens(word)))
    return any(pattern.search(passage.document.text[slice(*passage.frame)]) for passage in candidates)
