"""Published responses to quotes: each is attached to the passage that holds the quote.

So a response goes wherever the quote goes: no surface has to look it up.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.corpus.manifest import locate_key
from bot.errors import CorpusError
from bot.model import Response, quote_id
from bot.storage.records import list_quotable_spans

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bot.model import Corpus, Document, Passage, ResponseEntry, Span


def attach_responses(
    passages: Sequence[Passage], entries: Sequence[ResponseEntry], documents: Mapping[str, Document]
) -> tuple[Passage, ...]:
    """Return `passages`, those that hold a quote of `entries` with its response; see `find_lost_responses`."""
    if not entries:
        return tuple(passages)
    by_quote: dict[str, list[ResponseEntry]] = {}
    for entry in entries:
        by_quote.setdefault(entry.quote, []).append(entry)
    return tuple(_attach_responses(passage, by_quote, documents) for passage in passages)


def find_lost_responses(corpus: Corpus, toml: str, place: str) -> Iterator[CorpusError]:
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
