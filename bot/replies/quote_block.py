"""One quote as blocks of a reply: its side, speaker, words, kind and source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.model import AttributionSource, Kind
from bot.replies import catalogue
from bot.replies.catalogue import say
from bot.replies.reply import Piece, Style

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.answers.answer import ChosenQuote
    from bot.model import Document, Passage, Quote, Voice
    from bot.replies.reply import Block


def render_quote(chosen: ChosenQuote) -> Block:
    """Render one quote: side, speaker, words, labels, and what else is known of it."""
    quote = chosen.quote
    passage = quote.passage
    pieces = [
        Piece(say(f"sides.{passage.side}"), Style.BOLD),
        Piece(f" · {describe_speaker(passage)}\n"),
        Piece(quote.text, Style.QUOTE),
        Piece(f"\n{' · '.join(_list_labels(passage))} · "),
        Piece(quote.id, quote_id=quote.id),
        Piece(" · "),
        render_location(passage),
    ]
    if chosen.has_caveat:
        pieces.append(Piece(f"\n{say('has_caveat')}"))
    if chosen.has_wordings:
        pieces.append(Piece(f"\n{say('two_wordings')}"))
    if chosen.also_in:
        titles = "; ".join(document.title or document.id for document in chosen.also_in)
        pieces.append(Piece(f"\n{say('also_in', titles=titles)}"))
    return tuple(pieces)


def format_for_copying(quote: Quote) -> str:
    """Format `quote` to be pasted anywhere: words, speaker, kind, source, ID."""
    document = quote.passage.document
    return say(
        "copied",
        text=quote.text,
        voice=describe_speaker(quote.passage),
        kind=describe_kind(quote.passage),
        title=document.title or say("no_title"),
        publisher=document.publisher or say("no_publisher"),
        date=catalogue.format_date(document.date) if document.date else say("no_date"),
        id=quote.id,
    )


def describe_speaker(passage: Passage) -> str:
    """Describe whose words a passage holds."""
    publisher = passage.document.publisher or say("the_publication")
    if passage.is_own_words:
        return say("own_words", publisher=publisher)
    if passage.voice is None:
        turn = passage.turn
        return say("quoted_by", voice=turn.voice.name) if turn else say("uncertain", publisher=publisher)
    voice = format_voice(passage.voice)
    if passage.kind is Kind.DIRECT:
        return voice
    return say(f"framed.{passage.kind}", publisher=publisher, voice=voice)


def describe_kind(passage: Passage) -> str:
    """Return what kind of words a passage holds, as a reply says it."""
    is_unattributed = passage.kind is Kind.NARRATION and not passage.is_own_words
    return say("kinds.unattributed" if is_unattributed else f"kinds.{passage.kind}")


def format_voice(voice: Voice) -> str:
    """Join a voice's name, role, organisation, seat and party, without repeating one.

    >>> from bot.model import Voice
    >>> format_voice(Voice("Ann Low", "chair", "Riders"))
    'Ann Low, chair, Riders'
    >>> format_voice(Voice("Riders", None, "Riders"))
    'Riders'
    """
    return ", ".join(voice.descriptions)


def render_source(document: Document) -> Block:
    """Render the line with a document's title, publisher and date, and its link."""
    title = document.title or say("no_title")
    publisher = document.publisher or say("no_publisher")
    date = catalogue.format_date(document.date) if document.date else say("no_date")
    pieces = [
        Piece(say("source"), Style.ITALIC),
        Piece(title, Style.ITALIC, url=document.url),
        Piece(f" · {publisher} · {date}", Style.ITALIC),
    ]
    if document.url is None:
        pieces.append(Piece(f" · {say('no_link')}", Style.ITALIC))
    return tuple(pieces)


def render_location(passage: Passage) -> Piece:
    """Render the paragraph's number, with the record's own name and link if it has them."""
    address = f" ({passage.address})" if passage.address else ""
    return Piece(f"¶{passage.paragraph}{address}", url=passage.turn.url if passage.turn else None)


def _list_labels(passage: Passage) -> Iterator[str]:
    yield describe_kind(passage)
    first_span = passage.quotation[:1]
    if passage.kind is Kind.DIRECT and first_span and first_span[0].start < passage.span.start:
        yield say("continued")
    if passage.by is AttributionSource.RECORD and passage.voice:
        is_automatic = passage.document.transcript == "automatic"
        yield say("automatic_captions" if is_automatic else "named_by_record")
    if passage.by is AttributionSource.CURATOR:
        yield say("named_by_curator")
