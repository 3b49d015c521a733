"""Answers and passages as JSON objects for other programs; missing metadata is null."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from bot.answers.answer import ChosenQuote
from bot.model import PUBLICATION_FIELDS
from bot.replies.quote_block import find_words_link

if TYPE_CHECKING:
    from bot.answers.answer import Answer
    from bot.answers.by_speaker import SpeakerPage
    from bot.answers.verification import Verification
    from bot.model import Corpus, Document, Passage, Quote, Response, Voice

Json = dict[str, Any]


def answer_to_json(answer: Answer) -> Json:
    """Convert an answer for `ask --json`; a quote's `text` is `canonical[start:end]`."""
    return {
        "question": answer.question,
        "corpus": answer.corpus,
        "status": answer.status,
        "searched": answer.searched,
        "expanded": answer.expanded,
        "unmatched": answer.unmatched,
        "topics": answer.topics,
        "silent_sides": answer.silent_sides,
        "card": answer.card,
        "choices": answer.choices,
        "quotes": [_chosen_to_json(chosen) for chosen in answer.quotes],
    }


def verification_to_json(verification: Verification) -> Json:
    """Convert a verified claim for `verify --json`; a difference makes the claimed words the printed ones."""
    return {
        "claimed": verification.claim.span,
        "verdict": verification.verdict,
        "claimed_voice": verification.claim.voice,
        "gaps": verification.has_gaps,
        "continues": verification.continues,
        "too_short": verification.is_too_short,
        "matches": [quote_to_json(match.quote) | {"difference": match.difference} for match in verification.matches],
    }


def quote_to_json(quote: Quote) -> Json:
    """Convert a quote that nothing was asked for: it has no score."""
    return _chosen_to_json(ChosenQuote(quote, 0.0)) | {"score": None}


def speaker_page_to_json(page: SpeakerPage) -> Json:
    """Convert one page of what a voice said, or the names that may be meant."""
    return {
        "voice": page.voice or None,
        "side": page.side,
        "topic": page.topic or None,
        "choices": page.choices,
        "page": page.page,
        "total": page.total,
        "has_more": page.has_more,
        "quotes": [quote_to_json(chosen.quote) for chosen in page.quotes],
    }


def publication_to_json(document: Document) -> Json:
    """Convert the publication facts of a document."""
    facts = {name: getattr(document, name) or None for name in PUBLICATION_FIELDS}
    return {"id": document.id, **facts, "sha256": document.sha256, "characters": document.character_count}


def corpus_to_json(corpus: Corpus) -> Json:
    """Convert what a corpus is about, who speaks in it, and its documents."""
    counts: Counter[str] = Counter()
    for tally in corpus.passages.tallies:
        if tally.voice:
            counts[tally.voice.name] += tally.passage_count
    sides = corpus.passages.find_latest_sides()
    return {
        "name": corpus.name,
        "title": corpus.title,
        "motion": corpus.motion,
        "language": corpus.language,
        "curator": corpus.curator,
        "basis": corpus.basis,
        "notice": corpus.notice,
        "topics": [topic.name for topic in corpus.topics],
        "voices": [{"name": name, "side": sides[name], "passages": count} for name, count in counts.most_common()],
        "documents": [publication_to_json(document) for document in corpus.documents],
    }


def passage_to_json(passage: Passage) -> Json:
    """Convert a passage for `voices --json`: its words, its voice, and the evidence."""
    return {
        "document": passage.document.id,
        "start": passage.span.start,
        "end": passage.span.end,
        "text": passage.text,
        "kind": passage.kind,
        "voice": _voice_to_json(passage.voice),
        "cue": passage.cue,
        "confidence": passage.confidence,
        "by": passage.by,
        "chain": passage.chain,
        "side": passage.side,
    }


def _chosen_to_json(chosen: ChosenQuote) -> Json:
    quote = chosen.quote
    passage = quote.passage
    return {
        "id": quote.id,
        "text": quote.text,
        "start": quote.span.start,
        "end": quote.span.end,
        "paragraph": passage.paragraph,
        "kind": passage.kind,
        "side": passage.side,
        "voice": _voice_to_json(passage.voice),
        "unnamed": passage.is_unnamed,
        "cue": passage.cue,
        "confidence": passage.confidence,
        "by": passage.by,
        "corrected": passage.corrected,
        "link": find_words_link(quote),
        "responses": [_response_to_json(response) for response in quote.responses],
        "score": chosen.score,
        "turn": _turn_to_json(passage),
        "document": _document_to_json(passage.document),
    }


def _response_to_json(response: Response) -> Json:
    document = _document_to_json(response.document)
    return {"by": response.author, "date": response.date, "document": document}


def _turn_to_json(passage: Passage) -> Json | None:
    """Convert a passage's turn: heading, URL of the speech, the record's paragraph name."""
    turn = passage.turn
    if turn is None:
        return None
    return {"heading": turn.heading, "url": turn.url, "address": passage.address}


def _voice_to_json(voice: Voice | None) -> Json | None:
    """Convert a voice; only where the record identifies a member does it have `party`, `seat` and `id`."""
    if voice is None:
        return None
    facts = {"name": voice.name, "role": voice.role, "organisation": voice.organisation}
    membership = {"party": voice.party, "seat": voice.seat, "id": voice.id}
    return facts | membership if any(membership.values()) else facts


def _document_to_json(document: Document) -> Json:
    return {
        "id": document.id,
        "title": document.title,
        "publisher": document.publisher,
        "date": document.date,
        "url": document.url,
        "sha256": document.sha256,
    }
