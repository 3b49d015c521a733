"""Answers and passages as JSON objects for other programs; missing metadata is null."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from bot.answers.answer import Answer, ChosenQuote
from bot.answers.speakers import SpeakerPage
from bot.model import PUBLICATION_FIELDS, Corpus, Document, Passage, Quote, Response, Voice
from bot.replies.quote_block import find_words_link

if TYPE_CHECKING:  # loaded only where it is used
    from bot.answers.verification import Verification

Json = dict[str, Any]


def answer_to_json(answer: Answer) -> Json:
    """Convert an answer for `ask --json`; a quote's `text` is `canonical[start:end]`."""
    facts = _pick(answer, "question corpus status searched expanded unmatched topics silent_sides card choices")
    return facts | {"quotes": [_chosen_to_json(chosen) for chosen in answer.quotes]}


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
    """Convert a quote that answers no question: its score is null."""
    return _chosen_to_json(ChosenQuote(quote, 0.0)) | {"score": None}


def speaker_page_to_json(page: SpeakerPage) -> Json:
    """Convert one page of what a voice said, or the names that may be meant."""
    return {
        "voice": page.voice or None,
        "side": page.side,
        "topic": page.topic or None,
        **_pick(page, "choices page total has_more"),
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
    return _pick(corpus, "name title motion language curator basis notice") | {
        "topics": [topic.name for topic in corpus.topics],
        "voices": [{"name": name, "side": sides[name], "passages": count} for name, count in counts.most_common()],
        "documents": [publication_to_json(document) for document in corpus.documents],
    }


def passage_to_json(passage: Passage) -> Json:
    """Convert a passage for `voices --json`: its words, its voice, and the evidence."""
    return {
        "document": passage.document.id,
        **_pick(passage.span, "start end"),
        **_pick(passage, "text kind"),
        "voice": _voice_to_json(passage.voice),
        **_pick(passage, "cue confidence by chain side"),
    }


def _chosen_to_json(chosen: ChosenQuote) -> Json:
    """Convert a chosen quote: words, place, voice, evidence, link, responses, score, turn and document."""
    quote = chosen.quote
    passage = quote.passage
    return {
        **_pick(quote, "id text"),
        **_pick(quote.span, "start end"),
        **_pick(passage, "paragraph kind side"),
        "voice": _voice_to_json(passage.voice),
        "unnamed": passage.is_unnamed,
        **_pick(passage, "cue confidence by corrected"),
        "link": find_words_link(quote),
        "responses": [_response_to_json(response) for response in quote.responses],
        "score": chosen.score,
        "turn": _turn_to_json(passage),
        "document": _document_to_json(passage.document),
    }


def _response_to_json(response: Response) -> Json:
    """Convert a published response to a quote."""
    return {"by": response.author, "date": response.date, "document": _document_to_json(response.document)}


def _turn_to_json(passage: Passage) -> Json | None:
    """Convert a passage's turn: heading, URL of the speech, the record's paragraph name."""
    return _pick(passage.turn, "heading url") | {"address": passage.address} if passage.turn else None


def _voice_to_json(voice: Voice | None) -> Json | None:
    """Convert a voice; only where the record identifies a member does it have `party`, `seat` and `id`."""
    if voice is None:
        return None
    facts, membership = _pick(voice, "name role organisation"), _pick(voice, "party seat id")
    return facts | membership if any(membership.values()) else facts


def _document_to_json(document: Document) -> Json:
    """Convert the main publication facts of a document; `publication_to_json` has all."""
    return _pick(document, "id title publisher date url sha256")


def _pick(item: object, names: str) -> Json:
    """Return the attributes of `item` that `names` lists, separated by blanks, in their order."""
    return {name: getattr(item, name) for name in names.split()}
