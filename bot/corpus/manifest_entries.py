"""What the entries of a manifest come to in its documents: a response goes with the passage that holds its quote.

And which entries no document bears out: voices, parties, divisions, responses. No surface has to look a response up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from bot.corpus.manifest import locate_key
from bot.corpus.sides import collect_divisions
from bot.corpus.withheld_names import WithheldNames, list_unnamed
from bot.errors import BotError, CorpusError
from bot.model import Corpus, Document, Passage, Response, ResponseEntry, Span, VoiceEntry, quote_id
from bot.storage.records import list_quotable_spans
from bot.text import normalise_name

# As many as a reader takes in; `voices --draft` lists them all.
_MOST_IDS_NAMED = 10


def check_manifest_used(corpus: Corpus, toml: str, place: str) -> Iterator[BotError]:
    """Yield what the manifest has and no document bears out."""
    yield from _check_voices_quoted(corpus, toml, place)
    yield from _check_sides_used(corpus, toml, place)
    yield from _check_names_occur(corpus, toml, place)
    yield from _find_lost_responses(corpus, toml, place)


def check_has_passages(corpus: Corpus, place: str) -> Iterator[CorpusError]:
    """Yield an error where nothing is said at all."""
    if not corpus.passages:
        yield CorpusError(place, "no document contains any words", "add a document with text")


def is_quoted_in(listed_voice: VoiceEntry, passages: Iterable[Passage]) -> bool:
    """Return whether a voice, or a member of an organisation or party, is quoted under any of its names."""
    keys = name_keys(listed_voice)
    return any(
        any(normalise_name(name) in keys for name in (passage.voice.name, *passage.voice.bodies))
        for passage in passages
        if passage.voice
    )


def name_keys(listed_voice: VoiceEntry) -> frozenset[str]:
    """Return the normalised name and aliases of a listed voice."""
    return frozenset(normalise_name(name) for name in (listed_voice.name, *listed_voice.aliases))


def _check_voices_quoted(corpus: Corpus, toml: str, place: str) -> Iterator[CorpusError]:
    """Yield an error for each voice that has a side but is never quoted."""
    for index, listed_voice in enumerate(corpus.voices):
        if listed_voice.side and not is_quoted_in(listed_voice, corpus.passages):
            yield CorpusError(
                locate_key(toml, place, ("voices", index, "side")),
                f"'{listed_voice.name}' has a side but is never quoted",
                "add an alias that the documents use, or remove the voice",
            )


def _check_names_occur(corpus: Corpus, toml: str, place: str) -> Iterator[CorpusError]:
    """Yield an error for each voice that is not to be named and that no document names: a slip would name it."""
    for index, listed_voice in enumerate(corpus.voices):
        names = WithheldNames(list_unnamed([listed_voice]))
        is_known = is_quoted_in(listed_voice, corpus.passages) if names else True
        if not is_known and not any(names.is_printed_in(document.text) for document in corpus.documents):
            yield CorpusError(
                locate_key(toml, place, ("voices", index, "name")),
                f"no document names '{listed_voice.name}', whose name is withheld",
                "write it as the documents do",
            )


def _check_sides_used(corpus: Corpus, toml: str, place: str) -> Iterator[CorpusError]:
    """Yield an error for each party that nobody has, and for each division that no document has."""
    voices = {passage.voice for passage in corpus.passages if passage.voice}
    bodies = {normalise_name(body) for voice in voices for body in voice.bodies}
    for index, party in enumerate(corpus.parties):
        if normalise_name(party.name) not in bodies:
            line = locate_key(toml, place, ("parties", index, "name"))
            yield CorpusError(line, f"nobody quoted is of '{party.name}'", "write it as the documents do, or remove it")
    known_ids = collect_divisions(corpus.documents).keys() if corpus.divisions else ()
    for index, division in enumerate(corpus.divisions):
        if division.id not in known_ids:
            line = locate_key(toml, place, ("divisions", index, "id"))
            remedy = (
                f"choose from {', '.join(sorted(known_ids)[:_MOST_IDS_NAMED])}" if known_ids else "gather its debate"
            )
            yield CorpusError(line, f"no document has a division '{division.id}'", remedy)


def attach_responses(
    passages: Sequence[Passage], entries: Sequence[ResponseEntry], documents: Mapping[str, Document]
) -> tuple[Passage, ...]:
    """Return `passages`, those that hold a quote of `entries` with its response; see `check_manifest_used`."""
    if not entries:
        return tuple(passages)
    by_quote: dict[str, list[ResponseEntry]] = {}
    for entry in entries:
        by_quote.setdefault(entry.quote, []).append(entry)
    return tuple(_attach_responses(passage, by_quote, documents) for passage in passages)


def _find_lost_responses(corpus: Corpus, toml: str, place: str) -> Iterator[CorpusError]:
    """Yield an error for each response whose quote or whose document the corpus does not have."""
    document_ids = {document.id for document in corpus.documents}
    answered = ((passage, response) for passage in corpus.passages for response in passage.responses)
    attached = {quote_id(passage.document.sha256, response.span) for passage, response in answered}
    for index, entry in enumerate(corpus.responses):
        if entry.document not in document_ids:
            line = locate_key(toml, place, ("responses", index, "document"))
            yield CorpusError(line, f"there is no document '{entry.document}'", "add it, or name another")
        elif entry.quote not in attached:
            line = locate_key(toml, place, ("responses", index, "quote"))
            remedy = "copy the ID of the quote from its context; it changes with the document's text"
            yield CorpusError(line, f"no document has the quote {entry.quote}", remedy)


def _attach_responses(
    passage: Passage, by_quote: Mapping[str, Sequence[ResponseEntry]], documents: Mapping[str, Document]
) -> Passage:
    """Return `passage` with the responses to quotes that it holds."""
    answered = _find_answered_spans(passage, by_quote)
    responses = tuple(
        Response(span, entry.by, entry.date, documents[entry.document])
        for quote, span in answered.items()
        for entry in by_quote[quote]
        if entry.document in documents
    )
    return replace(passage, responses=responses) if responses else passage


def _find_answered_spans(passage: Passage, by_quote: Mapping[str, object]) -> dict[str, Span]:
    """Return by its id each span of `passage` that one of the responses answers."""
    spans = ((quote_id(passage.document.sha256, span), span) for span in list_quotable_spans(passage))
    return {quote: span for quote, span in spans if quote in by_quote}
